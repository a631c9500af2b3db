#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Phones without a table: feature phones by number, a NAND modem by name.
# Every byte, no write, no command that they do not know, and never a size that
# would hang them.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/pac.sh
. "$tree/tests/lib/pac.sh"

for m in sc6531e sc6530 ums9117 udx710; do
	model_pac "$m.pac" "$m"
	"$prog" sim "$m" --save "ref-$m"
done

# -- what the phones hold ----------------------------------------------------

# where MODEL: NAME AREA OFFSET SIZE of what a backup with a package has, as
# docs/simulator.md tells it
where() {
	case $1 in
	sc653*)
		echo ps user 0 $((2432 << 10))
		echo resources user $((2432 << 10)) $((1 << 20))
		echo fixnv user $((3456 << 10)) $((63 << 10))
		echo prodinfo user $((3519 << 10)) 4096
		echo runningnv user $((3584 << 10)) $((256 << 10))
		;;
	ums9117)
		echo boot0 user 0 34304
		echo boot1 user $((128 << 10)) 67072
		echo kernel user $((384 << 10)) 525824
		echo userimage user $((2432 << 10)) 1050112
		echo nv user $((6528 << 10)) $((1 << 20))
		echo nv2 user $((7552 << 10)) $((256 << 10))
		;;
	udx710)
		local v at=0 size
		for v in $modem_volumes; do
			size=${v#*=}
			[ "$size" = "$v" ] && size=1
			[ "$size" = 0xFFFFFFFF ] && size=8
			size=$((((size << 20) + 126975) / 126976 * 126976))
			# the first copies of NV, and what nobody asked for
			case ${v%=*} in
			*nv1 | userdata) ;;
			*) echo "${v%=*}" user "$at" "$size" ;;
			esac
			at=$((at + size))
		done
		echo splloader boot1 0 $((256 << 10))
		echo sml boot1 $((256 << 10)) $((256 << 10))
		echo uboot boot1 $((512 << 10)) $((512 << 10))
		;;
	esac
}
# exact ARCHIVE MODEL: these members, these bytes, and no others
exact() {
	local name area offset size member
	rm -rf unpacked && mkdir unpacked
	"$prog" extract "$1" -C unpacked >/dev/null || return 1
	while read -r name area offset size; do
		member=$(echo unpacked/*/"$name.img")
		piece_of "ref-$2/$area.img" "$offset" "$size" | cmp - "$member" || return 1
		rm "$member"
	done < <(where "$2")
	same "$(find unpacked -name '*.img')" ''
}
# Nothing that the loader does not know, nothing that hangs it
well() {
	untouched && same "$(number unsupported)" 0 && grep -q '"harm":null,"stage":"fdl2"' "$out"
}

# -- from nothing but a package and a phone ----------------------------------

for m in sc6531e sc6530 ums9117 udx710; do
	run backup --pac "$m.pac" --device "sim:$m" --json -o "$m.tar.zst"
	is "$m: backup --pac" ended 0
	is '... the phone is well and untouched' well
	is '... the archive is good' "$prog" verify "$m.tar.zst"
	is '... byte by byte, and nothing else' exact "$m.tar.zst" "$m"
	"$prog" cat "$m.tar.zst" manifest.json >manifest
	if [ "$python" ]; then
		is '... the manifest fits its schema' "$python" -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open("manifest")), json.load(open(sys.argv[1])))' \
			"$tree/docs/manifest.schema.json"
	else
		skip '... the manifest fits its schema' 'no python with jsonschema'
	fi
	run verify --device "sim:$m" --pac "$m.pac" "$m.tar.zst" --json
	is '... the phone is what the archive says' ended 0
	is '... still well' well
done
run verify --device sim:sc6531e sc6531e.tar.zst --json
is 'compared without the package: what has no known size is no difference' ended 0
is '... but is told' prints '"part":"ps","state":"skipped","reason":"its size is not known without the package'
is '... the phone is well' well
run verify --device sim:sc6531e,change=prodinfo+100+1 --pac sc6531e.pac sc6531e.tar.zst
is '... a difference is one' ended 5 'prodinfo'
run list sc6531e.tar.zst
is 'list shows the regions' prints '^partitions/fixnv.img +63 KiB +nv '
"$prog" cat sc6531e.tar.zst manifest.json | tr -d ' \n' >manifest
is 'the manifest has the number, and who told the size' \
	grep -q '"method":"by-address","raw_offset":0,"size_probed":false,"region":2415919105,"size_from":"package"' manifest

# -- without a package -------------------------------------------------------

run backup --device sim:sc6531e --json -o bare.tar.zst
is 'sc6531e without a package: incomplete' ended 6
is '... the phone is well' well
run inspect bare.tar.zst
is '... no size is made up for it' prints '^left out: +fixnv, size not known: '
is '... nor for its sectors' no prints 'sectors of 0'
is '... what is lacking is named, with the remedy' prints '^left out: +fixnv, .*hang the phone; --pac '
run backup --device sim:sc6531e --dry-run -o dry.tar.zst
is '... a plan for that is told to be incomplete: 6' ended 6
is '... in words' prints '^the backup would be incomplete: '
is '... and what it lacks' prints 'fixnv \(size not known\), runningnv .*--pac'
run backup --device sim:ums9117 --json -o bare9.tar.zst
is 'ums9117 without a package: the second NV is lacking' ended 6
is '... the phone is well' well
is '... the rest is equal' same \
	"$(sums bare9.tar.zst)" "$(sums ums9117.tar.zst | grep -v /nv2.img)"
run info --device sim:ums9117
is 'info: who told the size' prints '^  nv +1 MiB +#90000001 .*by its block table$'
is '... or nobody' prints '^  nv2 +not known +#9000000c .*--pac$'
run backup --device sim:udx710 --json -o bare7.tar.zst
is 'udx710 without a package: usual names' ended 0
is '... the phone is well' well
is '... the same' same "$(sums bare7.tar.zst)" "$(sums udx710.tar.zst)"

fails 7 "'fixnv' is not read: its size" '--pac' read fixnv --device sim:sc6531e -o x.img
fails 2 'nothing is left' "no size of 'fixnv' is known.*--pac" backup --device sim:sc6531e fixnv -o x.tar.zst
works 'a piece of a region' read ps --device sim:sc6531e --offset 5000 --length 70001 -o x.img
is '... with the right bytes' cmp x.img <(piece_of ref-sc6531e/user.img 5000 70001)
works 'a piece of what a NAND gives from memory' read uboot --device sim:udx710 --offset 5000 \
	--length 70001 -o x.img --force
is '... with the right bytes' cmp x.img <(piece_of ref-udx710/boot1.img $(((512 << 10) + 5000)) 70001)
is '... that it is of the bare chip is said' says 'bare NAND: .*bad blocks'
fails 2 'not inside' '.' read ps --device sim:sc6531e --offset 1M -o y.img

# -- the larger flash, the split boot loader ---------------------------------

run backup --pac sc6531e.pac --device sim:sc6531e,flash=16M,split=1 --json -o split.tar.zst
is 'a split boot loader that the package does not bring is not asked for' ended 0
is '... the phone is well' well

# -- a package that is not of this phone -------------------------------------

# wrong MODEL BLOCK: the package of MODEL with another size of the second NV
wrong() {
	model_pac wrong.pac ums9117
	sed "s,0x9000000C</Base><Size>0x40000,0x9000000C</Base><Size>$1," ums9117.xml >wrong.xml
	"$maker" -p UMS9117 -v 'SW 2' wrong.pac FDL,fdl1.bin,fdl1,0x101,0x6200 \
		FDL2,fdl2.bin,fdl2,0x101,0x80100000 NV2,nv2.bin,+256K ,ums9117.xml,wrong.xml,2
}
wrong 0x60000
run backup --pac wrong.pac --device sim:ums9117 --wait 0 --json -o no.tar.zst
is 'a package with a size that is too large: the phone hangs, which is explained' ended 6 \
	'^  seen: .*\(wrong-region\)$' '^  likely: the firmware package .* another model'
is '... nothing was written' untouched
run backup --pac wrong.pac --device sim:ums9117,revive_ms=5000 --json -o wrong.tar.zst
is 'when somebody is at hand: it is brought back, and the rest is told' ended 6 \
	'the phone is lost: .*has stopped' 'back and the same one'
is '... what could not be read is a range' prints '"unreadable":132096'
is '... it hung once, and was not asked again' \
	same "$(grep -c 'the phone is lost' "$err")" 1
is '... nothing was written' untouched
is '... the rest is equal' same "$(sums wrong.tar.zst | grep -v /nv2.img)" \
	"$(sums ums9117.tar.zst | grep -v /nv2.img)"
run cat wrong.tar.zst nv2
is '... also what there is of it' cmp <(head -c $((0x3fc00)) "$out") \
	<(piece_of ref-ums9117/user.img $((7552 << 10)) $((0x3fc00)))

# more NAME...: a package for sc6531e that brings regions which are not there
more() {
	local entries
	entries=$(nor_entries)
	model_pac more.pac sc6531e
	[[ " $* " != *' bootloader '* ]] || entries=${entries/ PS/ BOOTLOADER,boot.bin,+32K PS}
	[[ " $* " != *' fota '* ]] || file FOTA CODE 0x8000000F 0x10000 >>scheme.files
	whole_scheme NOR_FLASH_SC6531EFM '' <scheme.files >more.xml
	# shellcheck disable=SC2086 # words
	"$maker" -p NOR_FLASH_SC6531EFM -v 'SW 3' more.pac FDL,fdl1.bin,fdl1,0x101,0x40004000 \
		FDL2,fdl2.bin,fdl2,0x101,0x14000000 $entries ,more.xml,more.xml,2
}
others() { same "$(sums "$1")" "$(sums sc6531e.tar.zst)"; }
for name in bootloader fota; do
	more $name
	run backup --pac more.pac --device sim:sc6531e --json -o more.tar.zst --force
	is "a package with a region that the phone does not have ($name): incomplete" ended 6 \
		"'$name' is not in the backup: the loader refused .* has stopped" "the phone's loader has stopped"
	is '... nothing was waited for' same "$(grep -c 'the phone is lost' "$err")" 0
	is '... nothing was written' untouched
	is '... all others were read before' others more.tar.zst
done
more bootloader fota
run backup --pac more.pac --device sim:sc6531e,revive_ms=5000 --json -o more.tar.zst --force
is 'two of them' ended 6 "'fota' is not in the backup" 'back and the same one' "'bootloader' is not in"
is '... the battery is pulled once' same "$(grep -c 'the phone is lost' "$err")" 1
is '... all others are equal' others more.tar.zst
rm more.tar.zst
run backup --pac more.pac --device sim:sc6531e --wait 1 --json -o more.tar.zst
is '... and nobody pulls it' ended 6 'in vain' "'fota' is not in the backup"
run backup --pac more.pac --device sim:sc6531e --wait 1 --json -o more.tar.zst --resume
is '... --resume asks for the second one alone' ended 6 "'bootloader' is not in"
is '... all others are equal' others more.tar.zst

# A size that is too large, of what is read twice, and nobody pulls the battery.
wrong 0x60000
run backup --pac wrong.pac --device sim:ums9117 --wait 1 --json -o again.tar.zst
is 'a size that is too large hangs it' ended 6 'in vain' 'resume$|--resume'
run backup --pac wrong.pac --device sim:ums9117 --wait 1 --json -o again.tar.zst --resume
is '... and does so once: --resume does not ask there again' ended 6
is '... the same as from one run' same "$(sums again.tar.zst)" "$(sums wrong.tar.zst)"

# -- bad blocks on a bare NAND -----------------------------------------------

run backup --pac ums9117.pac --device sim:ums9117,bad_block=userimage+256K --json -o shift.tar.zst
is 'a bad block below a region: incomplete' ended 6
is '... the phone is well' well
is '... the others are equal' same "$(sums shift.tar.zst | grep -v /userimage.img)" \
	"$(sums ums9117.tar.zst | grep -v /userimage.img)"
run inspect shift.tar.zst
is '... the region has a range that no two readings agree on' prints '^unreadable: +userimage'
run verify shift.tar.zst
is '... in plain words' prints 'raw NAND: .*userimage.*readings differed: do not write these back'
run verify ums9117.tar.zst
is 'without one: what was read is still of a bare NAND' prints 'raw NAND: .*which is no proof'
run backup --pac udx710.pac --device sim:udx710,bad_block=spl+0 --json -o u.tar.zst
is 'a piece that the loader cannot read as a whole' ended 6 'splloader.*gives other memory in its place'
is '... is no other memory' prints '"unreadable":262144'
is '... the phone is well' well
is '... the rest is equal' same "$(sums u.tar.zst | grep -v splloader)" \
	"$(sums udx710.tar.zst | grep -v splloader)"

run restore --dry-run --device sim:udx710,change=uboot+1000+100 udx710.tar.zst uboot
is 'what is of the bare chip is never written back' ended 6
is '... for this reason' prints '^ +uboot: it was read from the bare NAND'

# -- lost, interrupted, unreadable -------------------------------------------

for m in sc6531e ums9117 udx710; do
	at=700
	[ $m = udx710 ] && at=2800 # it is asked for its volumes first
	run backup --pac "$m.pac" --device "sim:$m,disconnect_at=$at" --json -o lost.tar.zst --force
	is "$m: lost and found" ended 0 'the phone is lost' 'back and the same one'
	is '... the same bytes' same "$(sums lost.tar.zst)" "$(sums "$m.tar.zst")"
	run backup --pac "$m.pac" --device "sim:$m" -o cut.tar.zst --wait 1 --fault vanish:n=$at
	is "$m: a cable that is pulled" ended 6 '^  kept: ' '--resume$'
	if [ $m != udx710 ]; then
		run backup --device "sim:$m" -o cut.tar.zst --resume
		is '... not without the package, which told the sizes' \
			ended 7 'another request: reading region' 'package'
	fi
	run backup --pac "$m.pac" --device "sim:$m" --json -o cut.tar.zst --resume
	is '... --resume goes on' ended 0
	is '... the phone is well' well
	is '... the same bytes' same "$(sums cut.tar.zst)" "$(sums "$m.tar.zst")"
	rm cut.tar.zst
done
run backup --pac sc6531e.pac --device sim:sc6531e,bad=ps+64K+1024 --json -o bad.tar.zst
is 'flash that cannot be read' ended 6
is '... is a range of its two sectors' prints '"unreadable":1024'
is '... the phone is well' well
for f in late:n=400,1/23,seed=3,ms=6000 lose:n=400,1/29,seed=2 flip:n=400,1/19,seed=4 \
	'flip:n=400,1/19,seed=4;double:n=400,1/17,seed=5'; do
	run backup --pac udx710.pac --device sim:udx710 --fault "$f" --json -o faulty.tar.zst --force
	is "a bad line while volumes are measured ($f)" ended 0
	is '... the same bytes' same "$(sums faulty.tar.zst)" "$(sums udx710.tar.zst)"
done
for f in late:n=400,1/7,seed=3 double:n=400,1/9,seed=5 lose:n=400,1/11,seed=2; do
	run backup --pac ums9117.pac --device sim:ums9117 --fault "$f" --json -o faulty.tar.zst --force
	is "a bad line ($f)" ended 0
	is '... the same bytes' same "$(sums faulty.tar.zst)" "$(sums ums9117.tar.zst)"
done

finish
