#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The cable is pulled in the middle: the same phone, another one, nobody.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

plain ums512
for keys in disconnect_at=400 disconnect_at=400,back_in=fdl2 \
	disconnect_every=300,back_ms=20000 hang_read=0x8000,revive_ms=90000; do
	odd 'a phone that is lost and comes back' ums512 "$keys"
	is '... every partition is as without the loss' all_equal ums512
	is '... the loss is told' says '^warning: the phone is lost: '
	is '... and the return' says 'back and the same one \(disk GUID, partition table\)'
done
is 'a loader that hangs: what to do is said' says 'hold the power key'

d=sim:ums512,$base,disconnect_at=1200
fails 7 'another phone came to this port: .*disk GUID' 'phone that was being read' \
	backup -o other.tar.zst --device "$d,back_seed=2"
is '... what was read is kept' says '^  kept: other.tar.zst.partial'
is '... and nothing has the name' test ! -e other.tar.zst
fails 6 'in vain \(120 s\)' 'kept' backup -o gone.tar.zst --device "$d,back_ms=120001"
# The first words of FDL2, the 150th answer, have its kind of storage.
works 'a phone whose storage was not heard at first' read super -o unheard.img \
	--device "sim:ums512,$base,disconnect_at=400" --fault disconnect:n=150
is '... is no other phone' ended 0 '^fault: disconnect, answer 150 \(66 bytes\)' \
	'back and the same one'
works 'a longer --wait' backup -o wait.tar.zst --device "$d,back_ms=120001" --wait 121
fails 6 'left the bus$' 'cable' backup -o now.tar.zst --device "$d" --wait 0

works 'read goes on, too' read super --device "$d" -o super.img
is '... with the right bytes' same "$(sha256sum <super.img | cut -c 1-64)" \
	"$(grep ' partitions/super.img' ums512.sums | cut -c 1-64)"
works '... also to a pipe' read super --device "$d" -o -
is '... with the right bytes' same "$(sha256sum <"$out" | cut -c 1-64)" \
	"$(grep ' partitions/super.img' ums512.sums | cut -c 1-64)"

finish
