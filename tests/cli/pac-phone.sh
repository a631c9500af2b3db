#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# --pac: loaders, addresses and names out of a firmware package.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/pac.sh
. "$tree/tests/lib/pac.sh"

phone=sim:ums512,$base
sha() { sha256sum "$1" | cut -c 1-64; }

# -- nothing but a package and a phone ---------------------------------------

make_pac FW.pac
run backup --pac FW.pac --device $phone --json -o a.tar.zst
is 'backup --pac' ended 0
is '... the phone is untouched' untouched
is '... an event tells product, version and hashes' prints \
	"\"event\":\"package\".*\"product\":\"ums512_1h10_Natv\".*\"fdl1\":\{.*\"sha256\":\"$(sha fdl1)\""
is '... the archive is good' "$prog" verify a.tar.zst
run inspect a.tar.zst
is '... FDL1 in the manifest' prints "^FDL1: +fdl1-sign.bin at 0x5500, SHA-256 $(sha fdl1)"
is '... FDL2 in the manifest' prints "^FDL2: +fdl2-sign.bin at 0x9EFFFE00, SHA-256 $(sha fdl2)"
is '... the package' prints '^package: +FW.pac: ums512_1h10_Natv, version SW 1.0 '
if [ "$python" ]; then
	for m in manifest device; do
		"$prog" cat a.tar.zst "$m.json" >"got-$m"
	done
	is '... the manifest fits its schema' "$python" -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open("got-manifest")), json.load(open(sys.argv[1])))' \
		"$tree/docs/manifest.schema.json"
	is '... device.json tells the package, too' grep -q '"product": "ums512_1h10_Natv"' got-device
else
	skip '... the manifest fits its schema' 'no python with jsonschema'
fi
run backup --device $phone -o plain.tar.zst
sums a.tar.zst >a.sums && sums plain.tar.zst >plain.sums
is '... the same bytes as with loader files' cmp a.sums plain.sums

bsdtar --format zip -cf FW.zip FW.pac
for c in 'info' 'read misc -o misc.img' 'backup -o b.tar.zst misc'; do
	# shellcheck disable=SC2086 # words
	works "$c --pac, inside a zip" $c --pac FW.zip --device $phone
	is '... product, version and where from are shown first' says \
		"^firmware package: product 'ums512_1h10_Natv', version 'SW 1\.0 "
	is '... and each loader' says "^FDL2: 'fdl2-sign.bin' to 0x9EFFFE00, 488 KiB, SHA-256 $(sha fdl2)"
done

# -- the phone leaves while it starts ----------------------------------------

# The answer to EXEC of FDL2 is the first behind those to its bytes.
before=1 exec=4096
while [ $((exec - before)) -gt 1 ]; do
	at=$(((before + exec) / 2))
	run info --pac FW.pac --device $phone --fault disconnect:n=$at
	if says 'loading FDL[12]|FDL1 was sent|silent'; then
		before=$at
	else
		exec=$at
	fi
done
works 'a phone that leaves as FDL2 starts is gone on with' backup --pac FW.pac \
	--device $phone --fault disconnect:n=$exec -o left.tar.zst misc
is '... it is said what happened' says 'left the bus while FDL2 started, and FDL2 answers now'
is '... and not that nothing was sent' no says 'earlier run'
run inspect left.tar.zst
is '... FDL1 is kept, as it was sent' prints "^FDL1: +fdl1-sign.bin at 0x5500, SHA-256 $(sha fdl1)"
is '... and FDL2' prints "^FDL2: +fdl2-sign.bin at 0x9EFFFE00, SHA-256 $(sha fdl2)"
is '... and the package' prints '^package: +FW.pac: ums512_1h10_Natv, version SW 1.0 '

works 'a phone that runs its own loader' backup --pac FW.pac \
	--device $phone,version=SPRD4:AutoD -o auto.tar.zst misc
run inspect auto.tar.zst
is '... gets none of ours, and none is in the manifest' no prints '^(FDL[12]|package): '

# -- some of it --------------------------------------------------------------

noise 20000 | tr '\0-\377' '\1-\377\0' >mine
works '--fdl1 goes before the package' backup --pac FW.pac --fdl1 mine --device $phone -o c.tar.zst misc
is '... it is said' says "^FDL1: 'mine' to 0x5500, .*by hand"
run inspect c.tar.zst
is '... with the address of the package' prints "^FDL1: +mine at 0x5500, SHA-256 $(sha mine)"
is '... FDL2 is still of the package' prints "^FDL2: +fdl2-sign.bin at 0x9EFFFE00"
fails 4 '0x5600|FDL1' '.' info --pac FW.pac --fdl1 mine@0x5600 --device $phone
works 'the package of another chip' info --pac FW.pac --device sim:sc9863a --fdl1 mine@0x5000
is '... is told' says 'is for Unisoc UMS512.*should be .*SC9863A'

# -- a phone without a table -------------------------------------------------

# NAME=MIB of each partition but boot areas, by the last run with --json
# (where there is none, 'uboot' is one, too)
table() {
	tail -n 1 "$out" | grep -o '{"name":"[^"]*","size":[0-9]*' | grep -Ev '"(splloader.*|uboot)"' |
		sed 's/.*"name":"\([^"]*\)","size":\([0-9]*\)/\1 \2/' |
		while read -r name size; do
			echo "$name=$((size / 1048576))"
		done
}

run info --device sim:ums512 --json
table=$(table)
mute=sim:ums512,user_partition=84,ptable=fe
# shellcheck disable=SC2086 # words
make_pac table.pac $table
run info --pac table.pac --device $mute --json
is 'the package is the table of last resort' ended 0 'no partition table; those of the firmware package'
is '... the phone is untouched' untouched
is '... all partitions, with their sizes' same "$(table | sort)" "$(echo "$table" | sort)"
run info --pac table.pac --device $mute
is '... said so' prints '^table: +package'
requests=$("$prog" info --pac table.pac --device $mute --json -q | tail -n 1 | grep -o '"requests":[0-9]*' | cut -d: -f2)
usual=$("$prog" info --device $mute --json -q | tail -n 1 | grep -o '"requests":[0-9]*' | cut -d: -f2)
is '... with fewer requests than by trying' test "${requests:-0}" -gt 0 -a "${requests:-0}" -lt "${usual:-0}"
# Sizes that are not those of this phone are found by reading.
# shellcheck disable=SC2086 # words
make_pac wrong.pac misc=2 boot_a=3 odd_name=5 common_rs1_a=1 userdata=0xFFFFFFFF logo=0
run info --pac wrong.pac --device $mute --json
is 'a package with wrong sizes' ended 0
for row in 'misc 1' 'boot_a 4' 'common_rs1_a 1' 'userdata 32' 'logo 1'; do
	is "... ${row% *} has ${row#* } MiB all the same" prints \
		"\"name\":\"${row% *}\",\"size\":$((${row#* } * 1048576)),"
done
is '... a name that is not there is not made up' no prints odd_name
run backup --pac table.pac --device $mute -o t.tar.zst misc common_rs1_a
is 'a backup with such a table' ended 0
is '... says where it is from' prints 'table from package'

# -- packages that are of no use ---------------------------------------------

"$maker" none.pac BOOT,boot.img,boot ,scheme.xml,scheme.xml,2
fails 2 'no loader' '--fdl1 and --fdl2' info --pac none.pac --device $phone
"$maker" three.pac FDL,fdl1.bin,fdl1,0x101,0x5500 FDL2,a.bin,fdl2,0x101,0x9EFFFE00 FDL2,b.bin,fdl1,0x101,0x9EFFFE00
fails 2 "two different FDL2: 'a.bin' and 'b.bin'" 'pac extract' info --pac three.pac --device $phone
"$maker" twice.pac FDL,fdl1.bin,fdl1,0x101,0x5500 FDL2,a.bin,fdl2,0x101,0x9EFFFE00 FDL2,b.bin,fdl2,0x101,0x9EFFFE00
works 'one loader twice is no question' info --pac twice.pac --device $phone
works 'one of two given by hand' info --pac three.pac --fdl2 fdl2@0x9EFFFE00 --device $phone
"$maker" one.pac FDL,fdl1.bin,fdl1,0x101,0x5500
fails 2 'needs a second stage loader' '--fdl2' info --pac one.pac --device $phone
head -c 40000 FW.pac >cut.pac
fails 2 'before what it promises' 'copy or download' info --pac cut.pac --device $phone
fails 2 'no PAC' 'NAME.pac' info --pac fdl1 --device $phone
fails 1 'No such file' 'spelling' info --pac nosuch.pac --device $phone
cp FW.pac flipped.pac && flip flipped.pac 60 0
works 'a header with a wrong checksum' info --pac flipped.pac --device $phone
is '... is a warning' says "warning: the package has 1 fault; 'spdvault pac check'"
"$maker" noxml.pac FDL,fdl1.bin,fdl1,0x101,0x5500 FDL2,fdl2.bin,fdl2,0x101,0x9EFFFE00
works 'a package without XML' info --pac noxml.pac --device $phone
is '... is a warning' says 'looked for by their ids alone'
finish
