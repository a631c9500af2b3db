#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Packages for the simulated phones without a table: they are good, and lead
# to each phone's own addresses.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/pac.sh
. "$tree/tests/lib/pac.sh"

for m in sc6531e sc6530 ums9117 udx710; do
	model_pac "$m.pac" "$m"
	works "$m: a package" pac check "$m.pac"
	is '... nothing is wrong with it' prints "^$m.pac: good"
	run pac list "$m.pac"
	is '... its chip is found' prints "^chip: .*${m^^}"
	"$prog" chips "$m" >chip
	for i in 1 2; do
		address=$(sed -n "s/^FDL$i:.* at \(0x[0-9A-F]*\),.*/\1/p" "$out")
		[ "$m$i" = sc65302 ] && continue
		is "... FDL$i goes to ${address:-nowhere}, as the profile says" \
			grep -qi "${address:-nowhere}" chip
	done
done
run pac list sc6530.pac
is 'there is one loader for sc6530' no prints '^FDL2:'
run pac list udx710.pac
is 'the modem has its volumes' prints '^  userdata +the rest'
finish
