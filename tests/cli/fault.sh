#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# --fault, for developers: the program on a line that is not well.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

sim=sim:ums512,super=1M
parts='logo misc l_fixnv1_a splloader'

# shellcheck disable=SC2086 # a list of words
works 'without a fault' backup --device $sim -o well.tar.zst $parts
sums well.tar.zst >well

for plan in 'late:n=180,1/10,seed=2' 'flip:n=180,1/12;lose:n=180,1/15,seed=3' \
	'split:1/1' 'garbage:n=180,1/9'; do
	rm -f ill.tar.zst
	# shellcheck disable=SC2086 # a list of words
	works "$plan" --verbose backup --device $sim --fault "$plan" \
		-o ill.tar.zst $parts
	is '... faults are told' says '^fault: [a-z]+, answer [0-9]+ \([0-9]+ bytes\)$'
	is '... the archive verifies' "$prog" verify ill.tar.zst
	is '... and holds what it should' same "$(sums ill.tar.zst)" "$(cat well)"
done

# shellcheck disable=SC2086 # a list of words
run backup --device $sim --fault vanish:n=300 -o gone.tar.zst $parts
is 'a phone that vanishes' ended 6 '^error: .*left the bus|^error: .*come back'
is '... no archive' test ! -e gone.tar.zst
is '... what was read is kept' test -s gone.tar.zst.partial

fails 2 "no fault 'lost'" 'there are lose, late' \
	info --device $sim --fault lost
fails 2 'none of n=N' 'late:n=7' info --device $sim --fault lose:k=2
fails 2 'takes no option --fault' '' list --fault lose well.tar.zst
is 'it is no option of the help' no grep -q -- --fault \
	<("$prog" help backup)


finish
