#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Damaged, hidden and missing tables; places that cannot be read.
# shellcheck disable=SC2317,SC2094,SC2162 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

plain ums512 ums9230 sc9863a

# -- tables ------------------------------------------------------------------

want=6
odd 'the primary GPT is damaged' ums512 gpt_primary_bad=1
want=0
is '... it is said' says 'warning: the primary GPT is damaged'
is '... also that boot areas cannot be had' prints '"name":"splloader"[^}]*damaged GPT'
is '... raw: only the boot areas are missing' mostly_equal ums512 2
is '... which makes it incomplete' prints '"complete":false'
run inspect odd.tar.zst
is '... inspect says so' prints 'table: +from gpt-backup'
is '... the damaged copy is kept as it is' prints 'warning: +the primary GPT is damaged'
odd 'the backup GPT is damaged' ums512 gpt_backup_bad=1
is '... it is said' says 'warning: the backup GPT cannot be used'
is '... all bytes are right' all_equal ums512
odd 'no raw reading: the list' ums512 user_partition=84
is '... only the three first NV copies are missing' mostly_equal ums512 3
is '... which is said' prints '"name":"l_fixnv1_a"[^}]*second copy'
odd 'no raw reading: the list, 4096' ums9230 user_partition=84
is '... only the three first NV copies are missing' mostly_equal ums9230 3
odd 'no raw reading, garbage for a name' ums512 user_partition=96
is '... only the three first NV copies are missing' mostly_equal ums512 3
odd 'a list in MiB' sc9863a user_partition=84,ptable=mb
is '... only the two first NV copies are missing' mostly_equal sc9863a 2
# Such a loader also finds l_fixnv2 when it is asked for l_fixnv2_a.
alias='partitions/l_fixnv2_a.img$'
odd 'no raw reading, no list: names are tried' sc9863a user_partition=84,ptable=fe
is '... what is there is right' same "$(comm -23 odd sc9863a.sums | grep -v "$alias")" ''
is '... and that is most of it' test "$(wc -l <odd)" -ge 34
odd 'no raw reading, silence instead of a list' sc9863a user_partition=84,ptable=silent
is '... what is there is right' same "$(comm -23 odd sc9863a.sums | grep -v "$alias")" ''

run backup --device "sim:sc9832,$base,userdata=9G" -o far.tar.zst --json userdata misc
is 'a partition larger than an old loader can be asked for: exit 6' ended 6
is '... it is left out by name, not cut' prints '"name":"userdata"[^}]*larger than 4 GiB'
is '... which makes it incomplete' prints '"complete":false'

run backup --device "sim:ums512,$base,gpt_primary_bad=1,gpt_backup_bad=1" -o whole.tar.zst --json
is 'both copies of the GPT damaged: exit 6' ended 6 'primary GPT is damaged' 'the whole storage is taken as one image'
is '... the phone is untouched, no name is asked for' untouched
run cat whole.tar.zst user_partition
is '... the storage is there as a whole' ended 0
cp "$out" whole.img
# Its partitions lie where they lie on the undamaged phone.
raw_offset() { # NAME
	"$prog" cat ums512.tar.zst manifest.json | tr -d ' \n' |
		grep -o "\"name\":\"$1\".*" | grep -o '"raw_offset":[0-9]*' | head -n 1 | cut -d: -f2
}
for p in l_fixnv1_a super; do
	"$prog" cat ums512.tar.zst $p >want.img
	is "... with $p in it" cmp want.img <(piece_of whole.img "$(raw_offset $p)" "$(size_of want.img)")
done

# -- partitions that are called like members of an archive -------------------

phone=sim:ums512,$base,add=device+gpt-primary+gpt-backup+device-2
run backup --device "$phone" --all -o names.tar.zst --json
is 'partitions with names of our own parts' ended 0
is '... the phone is untouched' untouched
works '... verify' verify names.tar.zst
is '... says good' prints '^names.tar.zst: good'
for p in device gpt-primary gpt-backup device-2; do
	run read "$p" --device "$phone" -o one.img --force
	run cat names.tar.zst "$p"
	is "... $p is the partition" cmp "$out" one.img
done
works '... device.json is the phone' cat names.tar.zst device.json
is '... still' prints '"phone"'
works '... phone and archive are compared' verify --device "$phone" names.tar.zst
run backup --device "sim:ums512,$base,add=device.json" -o path.tar.zst --json
is 'one with the path of a member: exit 6' ended 6
is '... it is left out by name' prints '"name":"device.json"[^}]*the archive has a file of that name'
is '... the others are there' "$prog" verify path.tar.zst
run read device.json --device "sim:ums512,$base,add=device.json" -o one.img --force
is '... read gives it' ended 0

# -- asked for: first NV copies by name --------------------------------------

run backup --device "sim:ums512,$base,user_partition=84" --json -o nv.tar.zst --nv-by-name
is '--nv-by-name reads the first copies' ended 0
is '... which are then in the archive' "$prog" cat nv.tar.zst l_fixnv1_a

# -- places that cannot be read ----------------------------------------------

# The manifest's ranges of one partition as "OFFSET LENGTH" lines
ranges() { # ARCHIVE NAME
	"$prog" inspect "$1" | sed -n "s/^unreadable: $2, \([0-9]*\) bytes at \(0x[0-9a-f]*\)\$/\2 \1/p"
}
# Zeros where the ranges say, the same bytes everywhere else
holds_with_holes() { # ARCHIVE NAME RANGES-FILE
	"$prog" cat "$1" "$2" >"$tmp/got" && "$prog" cat ums512.tar.zst "$2" >"$tmp/want" || return
	while read -r at len; do
		dd if=/dev/zero of="$tmp/want" bs=512 seek=$((at / 512)) count=$((len / 512)) \
			conv=notrunc status=none
	done <"$3"
	cmp "$tmp/got" "$tmp/want"
}
run backup --device "sim:ums512,$base,bad=boot_a+0x10000+4096,bad=boot_a+2M+64K,bad=misc+0+512,bad=super+4190208+8K" \
	--json -o bad.tar.zst
is 'places that cannot be read: exit 6' ended 6
is '... the phone is untouched' untouched
is '... the result counts the bytes' test "$(number unreadable)" -ge 78336
is '... and says incomplete' prints '"complete":false'
is '... the archive has its name, not .partial' test -e bad.tar.zst -a ! -e bad.tar.zst.partial
for p in boot_a misc super; do
	ranges bad.tar.zst $p >ranges
	is "... $p: the manifest names ranges" test -s ranges
	is "... $p: zeros there, the rest is exact" holds_with_holes bad.tar.zst $p ranges
done
ranges bad.tar.zst boot_a >ranges
covers() { # OFFSET LENGTH
	local at len
	while read -r at len; do
		[ $((at)) -gt $(($1)) ] || [ $((at + len)) -lt $(($1 + $2)) ] || return 0
	done <ranges
	return 1
}
is '... the first bad place lies in them' covers 0x10000 4096
is '... the second, too' covers 0x200000 65536
is '... and little else' test "$(awk '{ sum += $2 } END { print sum }' ranges)" -le $((8192 + 65536 + 8192))
works '... verify says good' verify bad.tar.zst
is '... and incomplete' prints 'incomplete: [0-9]+ ranges'
run backup --device "sim:ums512,$base,bad=boot_a+0x10000+4096" --on-error stop -o stop.tar.zst boot_a
is '--on-error stop: an error, a .partial' test "$code" = 4 -o "$code" = 6
is '... that says where' ended "$code" "^error: .*boot_a.*0x[0-9a-f]+" '^  try: '
is '... and no archive' test ! -e stop.tar.zst
run read boot_a --device "sim:ums512,$base,bad=boot_a+0x10000+4096" -o read.img
is 'read with a bad place: exit 6' ended 6 'could not be read and are zeros'
is '... a whole file' same "$(size_of read.img)" "$("$prog" cat ums512.tar.zst boot_a | wc -c)"
run backup --device "sim:ums512,$base,bad=trustos_a+0+1M" -o gone.tar.zst trustos_a misc
is 'a partition that gives nothing: exit 6, no hang' ended 6 'trustos_a'
is '... all of it is named as unreadable' same \
	"$("$prog" inspect gone.tar.zst | sed -n 's/^unreadable: trustos_a, \([0-9]*\) .*/\1/p')" 1048576

finish
