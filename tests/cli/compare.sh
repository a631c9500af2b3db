#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# verify --device: a phone against an archive of it.
# shellcheck disable=SC2086,SC2317 # words, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

base=super=12M,userdata=2M
for m in $models; do
	run backup --device "sim:$m,$base" --all -o $m.tar.zst
	is "$m: an archive" ended 0
	run verify --device "sim:$m,$base" $m.tar.zst --json
	is "$m: the same phone" ended 0
	is '... untouched' untouched
	is '... all of it was compared' same "$(number bytes)" \
		"$("$prog" list --json $m.tar.zst | grep -o '"member":"\(partitions\|boot\)/[^}]*' |
			grep -o '"size":[0-9]*' | cut -d: -f2 | paste -sd+ | bc)"
	is '... nothing differs' same "$(number differing) $(number changed) $(number table) $(number skipped)" '0 0 0 0'
done
compare() { # KEYS ARG...
	local keys=$1
	shift
	run verify --device "sim:ums512,$base$keys" ums512.tar.zst "$@"
}
compare ''
is 'the same, in words' prints '^the same: 76 partitions'
is '... no alarm' silent

# -- differences -------------------------------------------------------------

compare ,change=super+5M+1000,change=super+5M+3000,change=super+9M+4K,change=boot_a+12345+1 --json
is 'bytes that should not differ: 5' ended 5 '2 partitions' 'another backup'
is '... untouched' untouched
is '... one byte is one sector' says '^differs: partitions/boot_a.img: 0x3000 to 0x3200: '
is '... near ones are one range' says '^differs: partitions/super.img: 0x500200 to 0x500c00: '
is '... far ones are two' says '^differs: partitions/super.img: 0x900000 to 0x901000: '
is '... as data' grep -q '"event":"difference","member":"partitions/super.img","offset":9437184,"length":4096' "$out"
is '... a result for each partition' grep -q '"event":"compared","part":"super","state":"differs".*"ranges":2' "$out"
is '... the others are the same' same "$(number same)" 74
many=
for i in $(seq 0 15); do many+=,change=super+$((i * 64))K+512; done
compare "$many" super
is 'sixteen ranges are named' same "$(grep -c '^differs: .*0x' "$err")" 16
compare ,stuck=super super
is 'not a thousand' same "$(grep -c '^differs: ' "$err")" 1
compare ,change=misc+0+512,blank=userdata,change=l_runtimenv1+1000+1
is 'what changes by itself: 0' ended 0
is '... is said, with the reason' prints '^  changed, as expected: misc, 512 B in 1 range: the boot control'
is '... each' prints '^  changed, as expected: l_runtimenv1, 512 B in 1 range: the modem'
is '... in the first line' prints '^the same, but for what changes by itself'
is '... no alarm' silent
compare ,change=misc+0+512 --strict
is 'not so with --strict: 5' ended 5 '^differs: partitions/misc.img: 0x0 to 0x200'
compare ,change=misc+0+512,change=boot_a+0+512 misc 'vbmeta_*'
is 'only what is named' ended 0
is '... and no more' prints ': 9 partitions,|: [0-9]+ partitions, '
compare ,blank=boot_a 'boot_?'
is 'a glob' ended 5 '^differs: partitions/boot_a.img: 0x0 to 0x300000'
is '... two partitions' prints '^different: 2 partitions, 8 MiB'

# Behind the end of an image a loader writes what it likes.
compare ,change=l_fixnv2_a+1000K+512 'l_fixnv2_?'
is 'the same items of an NV are the same' ended 0 "^'l_fixnv2_a': all [0-9]+ items are the same"
is '... and count so' prints '^  2 are equal, 0 changed as expected, 0 differ,'
compare ,change=l_fixnv2_a+1000K+512 'l_fixnv2_?' --strict
is '... not so with --strict' ended 5 '^differs: partitions/l_fixnv2_a.img: 0xfa000 to 0xfa200'
compare ,change=l_fixnv2_a+1000+1,change=l_fixnv2_a+1000K+512 'l_fixnv2_?'
is 'a damaged NV differs by its bytes' ended 5 '^differs: partitions/l_fixnv2_a.img: 0x200 to 0x400' \
	'^differs: partitions/l_fixnv2_a.img: 0xfa000 to 0xfa200'
run verify --device "sim:sc9832,$base,seed=2" sc9832.tar.zst wfixnv2
is 'other items are counted' ended 5 \
	'^differs: partitions/wfixnv2.img: 600 of its items are others \(first: 0x0001\), 0 .* 0 '

# -- other phones, other tables ----------------------------------------------

compare ,seed=2 --json
is 'another phone: 7' ended 7 'another phone.*disk GUID [0-9a-f-]{36}, this one has [0-9a-f-]{36}' 'own archive'
is '... untouched' untouched
is '... nothing was compared' same "$(number bytes)" 0
run verify --device "sim:ums512,super=14M,userdata=2M" ums512.tar.zst --json
is 'another table: 5' ended 5 'super.img: is 14680064 bytes large on the phone, 12582912 in the archive' \
	'begins at 0x[0-9a-f]+ on the phone, at 0x' 'gpt/primary.img: .*the partition table differs'
is '... untouched' untouched
run backup --device "sim:ums512,$base" -o some.tar.zst boot_a super
run verify --device "sim:ums512,$base" some.tar.zst
is 'an archive of two partitions: the others were left out, not new' ended 0
is '... two are compared' prints '^the same: 2 partitions'
run verify --device "sim:sc9832,$base" sc9832.tar.zst
is 'a phone that tells nothing of itself' ended 0 '^warning: nothing proves that this is the phone'

run verify --device sim:sc6531e sc9832.tar.zst
is '... but another chip is another phone: 7' ended 7 'another phone: .*the chip sc9830, this one has sc6531e'
compare "" boot_a --after reboot --json
is '--after reboot: what that writes is in the witness' same "$(number storage_writes)" 2
compare '' boot_a --after reboot
is '... and the claim is for the time before' prints 'wrote to the phone so far'

# -- unreadable --------------------------------------------------------------

compare ,bad=super+1M+4K super
is 'the phone does not give all now: 6' ended 6
is '... said' prints '^  not compared: 4 KiB of super, which the phone does not give now'
run backup --device "sim:ums512,$base,bad=super+1M+4K" -o holes.tar.zst super
run verify --device "sim:ums512,$base" holes.tar.zst
is 'unreadable in the archive: no difference' ended 0
is '... said' prints '^  not compared: 4 KiB of super, unreadable when it was archived'
cp ums512.tar.zst damaged.tar.zst
flip damaged.tar.zst $(($(size_of damaged.tar.zst) / 2)) 3
run verify --device "sim:ums512,$base" damaged.tar.zst
is 'a damaged archive: 5' ended 5 'the archive is damaged here'

# -- usage -------------------------------------------------------------------

d=sim:ums512,$base
fails 2 'PART only with --device' 'without a phone' verify ums512.tar.zst boot_a
fails 2 'phone only with --device' 'without a phone' verify ums512.tar.zst --chip UMS512
fails 2 'phone only with --device' 'without a phone' verify ums512.tar.zst --strict
fails 2 "no partition 'nosuch'" 'list' verify --device "$d" ums512.tar.zst nosuch
fails 1 'nosuch.tar.zst' 'path' verify --device "$d" nosuch.tar.zst
fails 5 'README' 'spdvault backup' verify --device "$d" "$tree/README.md"
head -c 1000000 ums512.tar.zst >cut.tar.zst
fails 5 'no index' 'without --device' verify --device "$d" cut.tar.zst
finish
