#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Phones and loaders that say no: exit 4, why, and what to do.
# shellcheck disable=SC2317,SC2094 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

b="backup -o no.tar.zst --device"
# shellcheck disable=SC2086 # words
{
	fails 4 'authoris' 'firmware' $b sim:ums512,auth_gate=1
	fails 4 'vendor key|handshake' 'maker' $b sim:ums512,rsa_handshake=1
	fails 4 'vendor key|handshake' 'maker' $b sim:ums512,rsa_handshake=1,rsa_hang=0
	printf 'no DHTB in here, but %2000s' . | tr ' ' '\001' >fdl.bin
	fails 4 'FDL1|loader' 'signed|firmware' $b sim:ums512,secure=1 --fdl1 fdl.bin@0x5500 --fdl2 fdl.bin@0x9EFFFE00
	fails 4 'FDL1|0x1234|address' 'address|chip' $b sim:ums512 --fdl1 fdl.bin@0x1234 --fdl2 fdl.bin@0x9EFFFE00
	fails 4 'FDL2|0x1234|address' 'address|chip|firmware' $b sim:ums512 --fdl1 fdl.bin@0x5500 --fdl2 fdl.bin@0x1234
	: >empty.bin
	fails 2 'empty' '.' $b sim:ums512 --fdl1 empty.bin@0x5500
	fails 1 "nosuch.bin" 'path' $b sim:ums512 --fdl1 nosuch.bin@0x5500
	fails 2 "address|0xZZ" '.' $b sim:ums512 --fdl1 fdl.bin@0xZZ
	mkdir dir.bin
	run $b sim:ums512 --fdl1 dir.bin@0x5500
	is 'a folder as loader' ended "$code" '^error: .*dir.bin'
	is '... is no success' test "$code" = 1 -o "$code" = 2
	fails 4 'left the bus' 'cable|loaders' $b sim:ums512,disconnect_at=60
}
is 'after all that there is no archive' test ! -e no.tar.zst -a ! -e no.tar.zst.partial
run backup -o cut.tar.zst --device "sim:ums512,$base,disconnect_at=1200,back_ms=999999999"
is 'the cable is pulled in the middle: exit 6' ended 6 'left the bus' '^  try: .*cable' '^  kept: cut.tar.zst.partial'
run list cut.tar.zst.partial
is '... list shows what the .partial holds' prints '^partitions/l_fixnv1_a.img '
is '... and that it ends there' says 'no seek table|no end mark'

finish
