#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every row of the table of failures (docs/failures.md): provoked on the
# simulator, its message read, its exit code.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

printf 'no DHTB in here, but %40000s' . | tr ' ' '\001' >raw.bin
"$tree/scripts/make-phone.sh" -m ums512 phone >/dev/null 2>&1
auto=version=SPRD4:AutoD

# row EXIT ID CAUSE KEYS [ARG...]: the row is named, its causes and remedies,
# the same in --json, and the phone was not written to
row() {
	local want=$1 id=$2 cause=$3 keys=$4
	shift 4
	run backup --json --wait 2 -o no.tar.zst --force --device "sim:ums512,$base$keys" "$@"
	is "$id ($keys $*): exit $want and why" ended "$want" '^error: ' \
		"^  seen: .*\($id\)\$" "^  likely: " "^  (likely|or): .*($cause)" '^  try: '
	is '... in --json, too' prints "\"why\":\{\"row\":\"$id\",.*\"causes\":\[\{\"cause\":.*\"remedy\":"
	is '... no library or number alone explains it' no says 'LIBUSB|errno|answered by [^:]*$'
	is '... and nothing was written to the phone' no prints '"(storage|commanded)_writes":[1-9]'
}
row 3 no-phone 'not in download mode' ,host=absent
row 3 no-right 'rule' ,host=denied
row 3 port-busy 'driver' ,host=busy
row 3 charging 'key' ,host=charging
row 3 rom-silent 'hub' ,mute=1
row 4 fdl1-address 'another chip' '' --fdl1 raw.bin@0x1234
row 4 fdl1-stalled 'cable' '' --fault stall:n=20
row 4 fdl1-signature 'signed' ,secure=1 --fdl1 raw.bin@0x5500
row 4 fdl1-rejected 'signature' ,fdl1=rom
row 4 fdl1-silent 'memory' ,fdl1=silent
row 4 fdl1-silent 'memory' ,ver_skip=1000
row 4 keep-charge 'older' ,keep_charge=crash --chip UMS512
row 4 lost-on-the-way 'battery' ,fdl1=leave
row 4 lost-on-the-way 'cable' ,disconnect_at=60
row 4 fdl2-address 'another chip' '' --fdl2 raw.bin@0x1234
row 4 fdl2-stalled 'cable' '' --fault stall:n=70
row 4 fdl2-signature 'signed' ,fdl2=A6
row 4 fdl2-signature 'signed' ,secure=1 --fdl2 raw.bin@0x9EFFFE00
row 4 fdl2-silent 'refuses download' ,fdl2=silent
row 4 fdl2-silent 'another board' ,fdl2_delay_ms=60000
row 4 fdl2-left 'permission' ,fdl2=leave
row 4 fdl2-refused 'two firmwares' ,fdl2=84
row 4 memory 'another model' ,fdl2=99
row 4 memory 'another model' ,fdl2=9A
row 4 storage 'failing' ,fdl2=97
row 4 storage 'failing' ,fdl2=98
row 4 storage 'failing' ,fdl2=B4
row 4 other-chip 'another model' ,fdl2=A3
row 4 vendor-key 'maker' ,rsa_handshake=1
row 4 vendor-key 'maker' ,rsa_handshake=1,rsa_hang=0
row 4 fdl2-mute 'escaping' ,hdlc_dead=1
row 4 authorisation 'authorised' ,auth_gate=1
row 4 autod 'authorisation' ",$auto,auth_gate=1"
row 4 autod 'authorisation' ",$auto,fdl2=silent"
row 4 refusing-build 'security download' ,refuse_starts=1
row 4 damaged-frame 'cable' '' --fault misheard:n=70
row 4 short-answer 'chunk' ,short_data=1

run read --device "sim:ums512,$base,no_name=boot_a,user_partition=84" boot_a -o no.img
is 'older-than-table: exit 4 and why' ended 4 '^  seen: .*\(older-than-table\)$' '^  likely: FDL2 is older'

# What a phone does later has rows by its kind.
run backup --wait 1 -o cut.tar.zst --device "sim:ums512,$base,disconnect_at=1200,back_ms=999999999"
is 'a phone that is lost later: exit 6' ended 6 'left the bus' '^  seen: .*\(left-the-bus\)$' '^  try: .*cable'
row 4 left-the-bus 'battery' ,disconnect_at=155,back_ms=999999999
row 4 hangs 'loader hangs' '' --fault stall:n=155
row 4 damaged-answers 'cable' '' --fault garbage:n=4,1/1

# Of a phone that is read by number, sizes are somebody's word.
mkdir profiles && sed 's/0x100000/0x200000/' "$tree/profiles/ums9117.profile" >profiles/ums9117.profile
SPDVAULT_PROFILES=profiles run backup --json -o no.tar.zst --device sim:ums9117 --wait 0
is 'wrong-region (ums9117, a wrong size): exit 6 and why' ended 6 '^  seen: .*\(wrong-region\)$' \
	'^  likely: the firmware package' '^  try: '
is '... and nothing was written to the phone' no prints '"(storage|commanded)_writes":[1-9]'
rm no.tar.zst.partial*

# -- recognised, and left alone: no request more than it took to see it ------
asked() { # MOST
	[ "$(number requests)" -le "$1" ] && [ "$(number unsupported)" -le 1 ]
}
run backup --json -o no.tar.zst --device "sim:ums512,$base,fdl2=97"
climb=$(number requests)
for keys in rsa_handshake=1 auth_gate=1 "auth_gate=1,leak_unknown=0"; do
	run backup --json -o no.tar.zst --device "sim:ums512,$base,$keys"
	is "$keys: at most two requests to FDL2" asked $((climb + 2))
done
for keys in "$auto,auth_gate=1" "$auto,fdl2=silent"; do
	run backup --json -o no.tar.zst --device "sim:ums512,$base,$keys"
	is "$keys: at most six requests in all" asked 6
done
run backup --json -o no.tar.zst --device "sim:ums512,$base,refuse_starts=1"
is 'refuse_starts: some names, not all' asked $((climb + 20))
is 'after all that there is no archive' test ! -e no.tar.zst -a ! -e no.tar.zst.partial

# 0x96 is how FDL2 says that it runs: once, and only with --verbose.
works '0x96' info --device "sim:ums512,$base"
is '... is not spoken of' no says 0x96
works '0x96 with --verbose' info --device "sim:ums512,$base" --verbose
is '... once, as what is usual' test "$(grep -c '0x96.*usual' "$err")" = 1

finish
