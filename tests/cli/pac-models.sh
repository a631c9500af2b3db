#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Packages for the simulated phones without a table: they are good, lead to each
# phone's own addresses, and with nothing else such a phone is backed up.
# shellcheck disable=SC2317 # functions are called by name
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

# holds MODEL MEMBER FILE OFFSET: that many bytes of what the phone has there
holds() {
	"$prog" cat "$1.tar.zst" "$2" >member
	[ -s member ] && piece_of "$1/$3" "$4" "$(size_of member)" | cmp member -
}

for m in sc6531e sc6530 ums9117 udx710; do
	run backup --pac "$m.pac" --device "sim:$m" --json -o "$m.tar.zst"
	is "$m: a backup from nothing but the package" ended 0
	is '... the phone is untouched' untouched
	is '... and was told nothing that it does not know' same "$(number unsupported)" 0
	is '... the archive is good' "$prog" verify "$m.tar.zst"
	"$prog" sim "$m" --save "$m" >/dev/null 2>&1
done
for m in sc6531e sc6530; do
	is "$m: the system image is its own" holds "$m" partitions/ps.img user.img 0
	is '... and the NV' holds "$m" partitions/fixnv.img user.img $((3456 * 1024))
done
is 'ums9117: the kernel is its own' holds ums9117 partitions/kernel.img user.img $((384 * 1024))
is '... and the NV, to its end' holds ums9117 partitions/nv.img user.img $((6528 * 1024))
is 'udx710: the first volume is its own, to the end of its last block' \
	holds udx710 partitions/miscdata.img user.img 0
is '... of nine' same "$(size_of member)" $((9 * 124 * 1024))
is '... the second stage, too' holds udx710 partitions/uboot.img boot1.img $((512 * 1024))
finish
