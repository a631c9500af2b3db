#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# restore --dry-run: what would be written, and that nothing is.
# shellcheck disable=SC2086,SC2317 # words, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

base=super=6M,userdata=1M
plan() { # MODEL KEYS ARG...: with --json, against the archive of the plain phone
	local m=$1 keys=$2
	shift 2
	run restore $m.tar.zst --device "sim:$m,$base$keys" --dry-run --json "$@"
}
words() {
	local m=$1 keys=$2
	shift 2
	run restore $m.tar.zst --device "sim:$m,$base$keys" --dry-run "$@"
}
# Names of one state, sorted: write, along, left, refused, equal
in_state() {
	tail -n 1 "$out" | grep -o '"name":"[^"]*","class":"[^"]*","state":"[^"]*"' |
		sed -n "s/\"name\":\"\([^\"]*\)\",.*\"state\":\"$1\"/\1/p" | sort | paste -sd' '
}
# The order of what would be written
order() {
	tail -n 1 "$out" | grep -o '"name":"[^"]*","class":"[^"]*","state":"write"' |
		cut -d'"' -f4 | paste -sd' '
}

for m in $models; do
	run backup --device "sim:$m,$base" --all -o $m.tar.zst
	is "$m: an archive" ended 0
	plan $m ''
	is "$m: nothing to do" ended 0
	is '... nothing to write' same "$(number to_write)" 0
	is '... nothing refused' same "$(number refused)" 0
	is '... all but user data is equal, as far as it is looked at' same "$(in_state refused)" ''
	is '... untouched' untouched
done

# -- what differs ------------------------------------------------------------

m=sc9863a
plan $m ,change=boot+4096+100,change=logo+0+1,blank=vbmeta,change=l_modem+0+1,change=misc+2+2,change=sysdumpdb+1+1
is 'what differs and is safe' ended 0
is '... untouched' untouched
is '... data, code, tables of verified boot, boot control' same "$(order)" \
	'logo l_modem boot vbmeta vbmeta_bak misc'
is '... logs are not asked for' grep -q '"name":"sysdumpdb","class":"log","state":"left".*needs --class log' "$out"
is '... the range, in sectors' grep -q '"name":"boot",[^}]*"first":4096,"last":4608,"differing":512' "$out"
is '... what the loader writes along is written again' \
	grep -q '"name":"vbmeta_bak",[^}]*"reason":"the loader writes it with .vbmeta.' "$out"
words $m ,change=boot+4096+100
is 'in words' prints '^    boot +8 MiB  code    whole; 512 B differ, in 0x1000 to 0x1200$'
is '... what has to match it' prints '^  must match \(verified boot\): .*boot, vbmeta'
is '... the sum' prints '^1 partition to be written, 8 MiB$'
is '... the phone' prints '^  phone: the phone that the archive is of: disk GUID [0-9a-f-]{36}$'
is '... no write' prints 'no command of ours wrote to the phone'
plan $m ,change=super+1M+1
is 'super' same "$(in_state write)" super
plan $m ,blank=metadata
is 'metadata alone stays: its keys belong to the user data' same "$(in_state write)" ''
plan $m ,change=super+1M+1,blank=metadata
is '... with super it goes along, beside it' same "$(order)" 'metadata super'

# -- what has to be asked for ------------------------------------------------

keys=,change=prodnv+8192+1,change=l_fixnv1+1000+1,change=miscdata+0+1,change=teecfg+0+1
keys+=,change=uboot+0+1,change=splloader+5+1,change=userdata+0+1
plan $m $keys
is 'none of it by default' same "$(in_state write)" ''
words $m $keys
is '... it is said what each needs' prints '^    prodnv, l_fixnv1: needs --class nv, or its name|^    .*l_fixnv1.*: needs --class nv'
is '... the first links of the boot chain' prints 'uboot.*: only when it is named'
plan $m $keys --class nv
is '--class nv' same "$(in_state write)" 'l_fixnv1 prodnv'
is '... the second copy goes along' same "$(in_state along)" l_fixnv2
is '... by the name of the first copy' grep -q '"name":"l_fixnv1",[^}]*"how":"nv"' "$out"
plan $m $keys --class unit
is '--class unit' same "$(in_state write)" miscdata
plan $m $keys --class boot
is '--class boot: not the first links' same "$(in_state write)" 'teecfg teecfg_bak'
plan $m $keys '*boot*' 'spl*'
is '... nor a glob' same "$(in_state write)" ''
plan $m $keys uboot splloader
is '... their names, the first stage last' same "$(order)" 'uboot uboot_bak splloader'
plan $m ,change=miscdata+0x2400+1024,change=miscdata+0x81400+1 miscdata
is 'what a loader writes there by itself is no difference' same "$(in_state write)" ''
fails 2 "no partition 'bot'" 'spdvault list' restore $m.tar.zst --device "sim:$m,$base" --dry-run bot

# -- slots -------------------------------------------------------------------

m=ums512
plan $m ,change=boot_a+4096+1
is 'slots that differ in the archive, and a loader that writes both: 6' ended 6
is '... refused' same "$(in_state refused)" boot_a
plan $m ,change=boot_a+4096+1,change=misc+2+2
is '... and so is what says which slot boots' same "$(in_state refused)" 'boot_a misc'
plan $m ,change=boot_a+4096+1 --slots apart
is '... not if the loader is known to write one' same "$(in_state write)" boot_a
plan $m ,change=boot_a+4096+1 --slots a boot_a boot_b
is '... or if both may get the same' same "$(in_state write) $(in_state along)" 'boot_a boot_b'
run backup --device "sim:$m,$base" -o one.tar.zst boot_a
run restore one.tar.zst --device "sim:$m,$base,change=boot_a+0+1" --dry-run --json
is 'an archive of one slot' same "$(in_state refused)" boot_a

# -- phones and tables -------------------------------------------------------

fails 7 'another phone: the disk GUID is' '--other-phone' \
	restore $m.tar.zst --device "sim:$m,$base,seed=2" --dry-run --json
is '... untouched' untouched
plan $m ,seed=2 --other-phone --slots apart --class nv --class unit
is 'another phone of the model: what is not private' ended 6
is '... untouched' untouched
is '... no NV' no grep -q '"name":"l_fixnv[^}]*"state":"write"' "$out"
is '... no unit data' no grep -Eq '"name":"(prodnv|persist|miscdata|metadata)"[^}]*"state":"write"' "$out"
is '... code' grep -q '"name":"boot_a"[^}]*"state":"write"' "$out"
run restore $m.tar.zst --device "sim:sc9863a,$base" --dry-run --json
is 'another model: 7' ended 7 'the chip is ums512 in the archive, sc9863a on the phone'
is '... untouched' untouched
run restore $m.tar.zst --device "sim:$m,super=8M,userdata=1M" --dry-run
is 'another table: 7' ended 7 "partition table is not that of the archive"
is '... side by side' prints '^  super +0x[0-9a-f]+ +6 MiB  super +0x[0-9a-f]+ +8 MiB$'
is '... only what differs' prints '^  [0-9]+ more rows are the same$'
run restore $m.tar.zst --device "sim:$m,$base,gpt_primary_bad=1" --dry-run --json
is 'a damaged table, which a loader would write anew: 7' ended 7 'primary partition table is damaged'
is '... untouched' untouched
run restore sc9832.tar.zst --device "sim:sc9832,$base,blank=persist" --dry-run --class nv
is 'a phone that tells nothing of itself' ended 6
is '... private partitions are refused' prints '^    .*persist.*: it belongs to one unit, and nothing proves'
run restore sc9832.tar.zst --device "sim:sc9832,$base,blank=persist" --dry-run --class nv --same-phone
is '... unless the user vouches' prints '^    persist +2 MiB  nv '

# -- archives ----------------------------------------------------------------

head -c $(($(size_of $m.tar.zst) / 2)) $m.tar.zst >cut.tar.zst
fails 5 'cut off' 'extract' restore cut.tar.zst --device "sim:$m,$base" --dry-run
cp $m.tar.zst bad.tar.zst
flip bad.tar.zst $(($(size_of bad.tar.zst) / 2)) 3
fails 5 'differences? found' 'another copy' restore bad.tar.zst --device "sim:$m,$base" --dry-run
echo no archive >foreign.tar.zst
fails 5 '.' '.' restore foreign.tar.zst --device "sim:$m,$base" --dry-run
run backup --device "sim:sc9863a,$base,bad=logo+4096+512,blank=boot" -o lacks.tar.zst
run restore lacks.tar.zst --device "sim:sc9863a,$base,change=dtbo+0+1" --dry-run --json
is 'what the archive lacks is refused' same "$(in_state refused)" 'boot dtbo logo'
is '... the range' grep -q '"name":"logo"[^}]*lacks 1 range of it, the first at 0x1000' "$out"
is '... the blank' grep -q '"name":"boot"[^}]*no phone works with that' "$out"
is '... and what has to match it' grep -q "\"name\":\"dtbo\"[^}]*it has to match 'boot', which is refused" "$out"
run restore sc9863a.tar.zst --device "sim:sc9863a,$base,bad=logo+4096+512" --dry-run --json
is 'what the phone does not give cannot be saved' same "$(in_state refused)" logo
m=sc9863a keys=,bad=l_fixnv1+4096+512,change=boot+4096+1
plan $m $keys
is 'nor an NV with an unreadable sector' ended 0
is '... which nobody asked for' same "$(in_state refused)" ''
is '... the others are written' same "$(in_state write)" boot
plan $m $keys --class nv
is '... asked for: refused alone' same "$(in_state refused) but $(in_state write)" 'l_fixnv1 but boot'
is '... with the place' grep -q '"name":"l_fixnv1"[^}]*does not give all of it now (at 0x1000)' "$out"

head -c 1M /dev/zero | tr '\0' x >boot1
run restore sc9863a.tar.zst --device "sim:sc9863a,$base,boot1=$PWD/boot1" --dry-run splloader --json
is 'a boot area that is smaller on the phone' same "$(in_state refused)" splloader
is '... both sizes' grep -q 'it has 1048576 bytes on the phone, 4194304 in the archive' "$out"

# -- plans that are kept -----------------------------------------------------

words sc9863a ,change=boot+4096+100 --plan-out plan.txt
is '--plan-out' ended 0
is '... mode 0600' same "$(mode_of plan.txt)" 600
is '... an item, with both digests' grep -Eq '^note item boot write whole 8388608 8388608 [0-9a-f]{64} [0-9a-f]{64} ' plan.txt
words sc9863a ,change=boot+4096+100 --plan-out plan.txt
is '... never over another file' ended 7 'plan.txt'

finish
