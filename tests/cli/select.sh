#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What goes into a backup, and which file it goes into.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

members() { tar --zstd -tf "$1" | sed 's/.*\///; s/\.img$//' | sort; }
sim=sim:ums512,super=8M

run backup --device $sim -o def.tar.zst
is 'the default set' ended 0
is '... says that nothing was written' prints 'no command of ours wrote to the phone'
is '... says what to do next' prints '^next: spdvault verify def.tar.zst$'
for p in userdata cache uboot_log sysdumpdb; do
	is "... names $p as left out, and why" prints "left out: .*$p \([0-9.]+ [KMG]iB\)[,:].*--all"
done
members def.tar.zst >def
is '... holds super, NV, boot areas, both slots' same \
	"$(grep -Ecx 'super|l_fixnv1_a|l_fixnv2_b|splloader|splloader_bak|boot_a|boot_b|primary|backup' def)" 9
is '... and none of the rest' no grep -Eqx 'userdata|cache|uboot_log|sysdumpdb' def
is 'what cannot be had again is read first' same \
	"$(tar --zstd -tf def.tar.zst | sed -n '4p;$!d' )" boot/splloader.img
is '... NV before the boot chain before super' test \
	"$(tar --zstd -tf def.tar.zst | grep -n fixnv2_a | cut -d: -f1)" -lt \
	"$(tar --zstd -tf def.tar.zst | grep -n uboot_a | cut -d: -f1)"
is '... super is the last partition' same \
	"$(tar --zstd -tf def.tar.zst | grep ^partitions/ | tail -n 1)" partitions/super.img

in_backup() { # WHAT LIST ARG...
	local what=$1 want=$2
	shift 2
	rm -f sub.tar.zst
	run backup --device $sim -o sub.tar.zst "$@"
	is "$what" ended 0
	is "... holds just these" same "$(members sub.tar.zst | grep -Evx \
		'device.json|manifest.json|SHA256SUMS|primary|backup' | tr '\n' ' ')" "$want"
}
in_backup 'by name' 'misc persist ' misc persist
in_backup 'by glob' 'boot_a boot_b init_boot_a init_boot_b vendor_boot_a vendor_boot_b ' '*boot_[ab]' --exclude 'uboot*'
in_backup 'a name that is left out by default' 'cache ' cache
in_backup 'a boot area by name' 'splloader splloader_bak ' 'splloader*'
in_backup 'names minus --exclude' 'l_fixnv1_a l_fixnv2_a ' '*fixnv*' --exclude '*_b'
run backup --device $sim -o ex.tar.zst --exclude super --exclude '*modem*' --exclude 'boot_*'
is '--exclude, several times' ended 0
is '... they are not there' no grep -Eq '^(super|.*modem.*|boot_.)$' <(members ex.tar.zst)
is '... all others are' same "$(members ex.tar.zst)" "$(grep -Evx 'super|.*modem.*|boot_.' def)"
is '... and the manifest says why' grep -q 'excluded by the user' <("$prog" cat ex.tar.zst manifest.json)
is 'excluding all is refused' no "$prog" backup --device $sim -o none.tar.zst --exclude '*'
is '... without leaving a file' test ! -e none.tar.zst -a ! -e none.tar.zst.partial

for s in a b; do
	[ $s = a ] && other=b || other=a
	run backup --device "$sim,slot=$s" --slot active -o "slot$s.tar.zst"
	is "--slot active with slot $s" ended 0 "slot $s is active"
	is "... without slot $other" no grep -q "_$other\$" <(members slot$s.tar.zst)
	is "... the rest is there" same "$(members slot$s.tar.zst)" "$(grep -v "_$other\$" def)"
done
run backup --device "$sim,slot=a" --slot active -o named.tar.zst boot_b 'dtbo_*'
is '--slot active: a glob is for the active slot, a full name is a name' same "$(members named.tar.zst | grep _ | paste -sd' ')" 'boot_b dtbo_a'
run backup --device sim:sc9832,super=1M --slot active -o noslot.tar.zst
is '--slot active on a phone without slots' ended 2 'the phone has no slots'

# -- files -------------------------------------------------------------------

b="backup --device $sim misc -o"
echo precious >there.tar.zst
# shellcheck disable=SC2086 # words
fails 7 "'there.tar.zst' exists" '--force' $b there.tar.zst
is '... and is as it was' same "$(cat there.tar.zst)" precious
ln -s nowhere link.tar.zst
# shellcheck disable=SC2086
fails 7 "'link.tar.zst' exists" '--force' $b link.tar.zst
echo half >half.tar.zst.partial
# shellcheck disable=SC2086
fails 7 'left from an interrupted run' 'spdvault list.*--force' $b half.tar.zst
is '... the .partial is as it was' same "$(cat half.tar.zst.partial)" half
# shellcheck disable=SC2086
works '--force replaces a file' $b there.tar.zst --force
is '... by an archive' "$prog" verify there.tar.zst
is '... mode 0600 again' same "$(mode_of there.tar.zst)" 600
# shellcheck disable=SC2086
works '--force replaces a .partial' $b half.tar.zst --force
is '... by an archive' "$prog" verify half.tar.zst
mkdir folder
# shellcheck disable=SC2086
run $b folder
is 'a folder is in the way' ended 7 '^error: ' '^  try: '
# shellcheck disable=SC2086
run $b folder --force
is 'also with --force nothing happens to it' test "$code" -ne 0 -a -d folder
ln -s victim link2.tar.zst.partial
echo victim >victim
# shellcheck disable=SC2086
run $b link2.tar.zst --force
is 'a link in place of the .partial is not followed' same "$(cat victim)" victim

# -- small things ------------------------------------------------------------

# shellcheck disable=SC2086
works '--note is kept' $b note.tar.zst --note 'before the repair, "quoted"'
run inspect note.tar.zst
is '... as it was given' prints '^note: +before the repair, "quoted"$'
for level in 1 19; do
	# shellcheck disable=SC2086
	works "--level $level" $b level$level.tar.zst --level $level
	is "... is good" "$prog" verify level$level.tar.zst
done
works '--dry-run' backup --device $sim --dry-run
is '... lists what would be read' prints 'would read [0-9]+ partitions'
works '--dry-run with -o' backup --device $sim --dry-run -o dry.tar.zst
is '... makes no file' test ! -e dry.tar.zst -a ! -e dry.tar.zst.partial
for c in 512 4K 32K; do
	works "--chunk $c" backup --device $sim --chunk $c -o "c$c.tar.zst" misc logo
	is '... is good' "$prog" verify "c$c.tar.zst"
done
is '--chunk changes no byte' same \
	"$("$prog" cat c512.tar.zst SHA256SUMS | grep partitions/)" \
	"$("$prog" cat c32K.tar.zst SHA256SUMS | grep partitions/)"
# shellcheck disable=SC2086
run $b quiet.tar.zst --quiet
is '--quiet: nothing but results' silent
# shellcheck disable=SC2086
works '--verbose tells the steps' $b verbose.tar.zst --verbose
is '... with the stages' says 'FDL2'
# shellcheck disable=SC2086
works '--log keeps the steps' $b log.tar.zst --log log.txt
is '... with time' grep -Eq '^20[0-9]{2}-.*Z .*FDL2' log.txt
is '... and all that was printed' logged log.txt
for json in '' --json; do
	run $b lacks$json.tar.zst --device $sim,bad=misc+0+4K --log lacks.txt $json misc
	is "an incomplete backup $json: 6" ended 6
	is '... in the log, too' grep -Eq "Z incomplete: lacks$json.tar.zst$" lacks.txt
	is '... with the place' grep -q 'Z   unreadable: misc, 4096 bytes at 0x0$' lacks.txt
	[ -n "$json" ] || is '... and all that was printed' logged lacks.txt
	rm lacks.txt
done
# shellcheck disable=SC2086
works '--color always' $b color.tar.zst --color always
run list nosuch --color always
is '... colours the word error' grep -q $'\033\\[31merror:' "$err"
ran='NO_COLOR, --color auto' NO_COLOR=1 "$prog" list nosuch >"$out" 2>"$err"
is 'NO_COLOR: no escape sequence' no grep -q $'\033' "$err"
finish
