#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# restore: what is written, undone, gone on with after each kind of end.
# shellcheck disable=SC2086,SC2317 # words, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

m=sc9863a base=super=3M,userdata=1M
parts='boot logo super misc l_fixnv1 prodnv'
# new: one phone, damaged in `parts`, in the file phone
new() {
	local keys='' p
	for p in $parts; do keys+=,damage=$p; done
	rm -rf phone ./*.undo.tar.zst* out.tar.zst*
	run info --device "sim:$m,$base,keep=phone$keys"
}
restore() { run restore $m.tar.zst --device "sim:$m,$base,keep=phone" "$@"; }
# stored DIR: what the phone holds now
stored() {
	rm -rf "$1"
	"$prog" sim "$m,$base,keep=phone" --save "$1" >/dev/null
}
differ_in() { # DIR DIR: how many MiB
	cmp -l "$1/user.img" "$2/user.img" | awk '{ s[int(($1 - 1) / 1048576)] = 1 }
		END { n = 0; for (i in s) n++; print n }'
}

prints_of() { "$prog" list "$1" | grep "partitions/$2.img"; } # ARCHIVE PART

run backup --device "sim:$m,$base" -o $m.tar.zst
is 'an archive' ended 0
"$prog" sim "$m,$base" --save whole >/dev/null
new
is 'a phone with damage' ended 0
stored broken

# -- consent -----------------------------------------------------------------

echo n >no
echo y >yes
run_in no restore $m.tar.zst --device "sim:$m,$base,keep=phone" --json
is 'no at the prompt: 7' ended 7 'not agreed to' 'answer y'
is '... untouched' untouched
is '... no file is left' same "$(ls ./*.undo* 2>/dev/null)" ''
run_in yes restore $m.tar.zst --device "sim:$m,$base,keep=phone" --json
is 'with --json nothing is asked, and no line of a pipe is consent: 7' ended 7 'not agreed to' '--json'
is '... untouched' untouched
mkfifo answer
sleep 100 >answer &
helpers+=($!)
env --default-signal=INT "$prog" restore $m.tar.zst --device "sim:$m,$base,keep=phone" \
	<answer >"$out" 2>"$err" &
pid=$!
for _ in {1..600}; do
	says 'write this to the phone' || sleep 0.05
done
ended_by INT
is 'Ctrl-C at the prompt: 130' ended 130 'stopped by the user' 'nothing was written'
is '... no file is left' same "$(ls ./*.undo* 2>/dev/null)" ''
restore --no-input --json
is '--no-input without --yes: 7' ended 7 'not agreed to'
is '... untouched' untouched
restore --json
is 'nobody there to ask: 7' ended 7
is '... untouched' untouched

# -- there and back ----------------------------------------------------------

run_in yes restore $m.tar.zst --device "sim:$m,$base,keep=phone" --class nv
is 'restored' ended 0
is '... said' prints '^restored: 7 partitions, .* all read back and as they should be$'
is '... the safety copy is good' "$prog" verify $m.undo.tar.zst
is '... no state is left' no test -e $m.undo.tar.zst.state
stored now
is '... byte for byte, but for what lies behind an NV' same "$(differ_in whole now)" 1
restore --yes --class nv --json
is 'once more: nothing to write' ended 0
is '... untouched' untouched
is '... no second safety copy' same "$(find . -name "*.undo.tar.zst" | wc -l)" 1
run restore $m.undo.tar.zst --device "sim:$m,$base,keep=phone" --yes
is 'undone, but for an NV that is none: 6' ended 6
is '... it is refused' prints 'l_fixnv1: the archive.s copy cannot be written by name'
stored now
is '... the damage is back, but for that' same "$(differ_in broken now)" 1
restore --yes boot
is 'an earlier safety copy is never replaced' ended 7 'undo.tar.zst.* is there already' '-o'
restore --yes boot -o out.tar.zst
is '... -o is another one' ended 0
is '... of what was overwritten alone' same "$("$prog" list out.tar.zst | grep -c partitions/)" 1

# -- ends on the way ---------------------------------------------------------

new
requests() { tail -n 1 "$out" | grep -o '"requests":[0-9]*' | cut -d: -f2; }
cp phone first
restore --yes --json
all=$(requests)
is 'a whole run' ended 0
is '... counted' test "$all" -gt 1000
for k in 65 75 85 92 99; do
	at=$((all * k / 100))
	rm -rf ./*.undo.tar.zst*
	cp first phone
	run restore $m.tar.zst --device "sim:$m,$base,keep=phone,disconnect_at=$at" --yes --wait 1
	e=$code
	[ -e $m.undo.tar.zst.state ] || continue
	is "the phone is gone at request $at: 6" same $e 6
	is '... what is on it now' says '^  (on the phone now|old bytes)'
	is '... two ways on' says '^  undo: .* --resume --undo$'
	restore --yes
	is '... not begun anew: 7' ended 7 'not come to its end' '--resume --undo'
	run restore $m.undo.tar.zst --device "sim:$m,$base,keep=phone" --yes
	is '... nor the safety copy by itself: 7' ended 7 'not come to its end'
	cp phone half
	mkdir -p kept && cp $m.undo.tar.zst* kept
	restore --yes --resume
	is '... --resume goes on' ended 0
	is '... what was before is said' says '^the run before: '
	stored now
	is '... to the end, NV was not asked for' same "$(differ_in whole now)" 6
	cp half phone
	cp kept/* .
	restore --yes --resume --undo
	is '... --resume --undo' ended 0
	stored now
	is '... to the beginning' same "$(differ_in broken now)" 0
	is '... no state is left' no test -e $m.undo.tar.zst.state
done
# What is printed at the end is typed as it stands, but for the cable.
printed() { # WHICH
	ran=$(sed -n "s/^  $1: *//p" "$err" | sed 's/,disconnect_at=[0-9]*//')
	bash -c "timeout -k 5 120 $ran" >"$out" 2>"$err" </dev/null
	code=$?
}
rm -rf ./*.undo.tar.zst*
cp first phone
restore boot logo 'mis?' --yes --json
at=$(($(requests) * 9 / 10))
for way in 'go on' undo; do
	rm -rf ./*.undo.tar.zst*
	cp first phone
	run restore $m.tar.zst boot logo 'mis?' --device "sim:$m,$base,keep=phone,disconnect_at=$at" --yes --wait 1 --log log.txt
	is 'named, and the phone is gone: 6' ended 6
	is '... the log has all of the account' logged log.txt
	cp "$err" said
	restore --yes --resume boot
	is '... --resume with other names: 2' ended 2 'not the partitions that were asked for then' 'leave it out'
	restore --yes --resume --class log
	is '... with another class: 2' ended 2 '--class was not the same then' 'leave it out'
	restore --yes --resume --slots b
	is '... with other slots: 2' ended 2 '--slots was not the same then'
	restore --yes --resume --other-phone
	is '... for another phone: 2' ended 2 '--other-phone was not given then'
	restore --yes --resume --plan nosuch
	is '... with a plan: 2' ended 2 'leave --plan out'
	cp said "$err"
	printed "$way"
	is "... '$way' as it is printed" ended 0
	is '... no state is left' no test -e $m.undo.tar.zst.state
	stored now
	run restore $m.tar.zst boot logo 'mis?' --device "sim:$m,$base,keep=phone" --dry-run
	case $way in
	undo) is '... what was there before is there' same "$(differ_in broken now)" 0 ;;
	*) is '... what was asked for is there' prints '^0 partitions to be written' ;;
	esac
done
# As a kill leaves it while the safety copy is being made.
for way in '' --undo; do
	rm -rf ./*.undo.tar.zst*
	cp first phone
	run restore $m.tar.zst boot --device "sim:$m,$base,keep=phone,power_loss=1" --yes --wait 1
	cp first phone
	sed -i '/^note saved /,$d' $m.undo.tar.zst.state
	restore --yes --resume $way --json
	case $way in
	--undo)
		is 'killed before the first write, --resume --undo: 0' ended 0
		is '... it does nothing' no grep -q phone_witness "$out"
		;;
	*)
		is 'killed before the first write, --resume: 0' ended 0
		is '... it does what was asked for then' grep -q '"name":"boot",[^}]*"state":"write"' "$out"
		;;
	esac
	is '... no state is left' no test -e $m.undo.tar.zst.state
done
rm -rf ./*.undo.tar.zst*
cp first phone
cp $m.tar.zst other.tar.zst
restore --yes --resume
is 'nothing to go on with: 2' ended 2 "there is no '$m.undo.tar.zst.state'"
run restore none.tar.zst --device "sim:$m,$base"
is 'no such archive: 1' ended 1 'none.tar.zst' '^  try: look at the spelling of the path'

# -- other phones ------------------------------------------------------------

run backup --device "sim:ums512,$base,ab_mirror=0" -o slots.tar.zst
run restore slots.tar.zst --device "sim:ums512,$base,ab_mirror=0,damage=avbmeta_rs_a" --yes --slots apart
is 'a payload that ends inside of a sector, with damage behind it' ended 0
is '... all of it' prints '^restored: 1 partition, 1 MiB, all read back'
run restore slots.tar.zst --device "sim:ums512,$base,damage=boot_a,keep=slots.phone" --yes --slots apart \
	-o apart.tar.zst
is 'slots apart, said of a loader that writes both: 5' ended 5 \
	"the loader wrote 'boot_b' along with 'boot_a'" 'NOT as it should be: boot_b'
is '... what it wrote was saved, too' prints_of apart.tar.zst boot_b
run restore slots.tar.zst --device "sim:ums512,$base,damage=*" --slots a --dry-run
is 'a plan of a whole phone fits on a screen' test "$(wc -l <"$out")" -lt 24
is '... slots are told in one line' prints '^  written along by the loader: .*boot_b with boot_a, '
run backup --device "sim:sc9832,$base" -o names.tar.zst
run restore names.tar.zst --device "sim:sc9832,$base,damage=prodnv,damage=boot,damage=wfixnv?" --yes \
	--same-phone --class nv
is 'a name that a loader does not give any more is no other table: 6' ended 6
is '... what it gives is restored' prints '^restored: 2 partitions'
is '... NV of an archive that has the second copy alone' prints 'wfixnv2 .* as NV by the name of the first copy'

# -- a plan that was looked at -----------------------------------------------

restore --dry-run --plan-out plan boot logo
is 'a plan' ended 0
restore --yes --plan plan
is '... done later' ended 0
is '... that and no more' prints '^restored: 2 partitions'
rm -rf ./*.undo.tar.zst*
restore --yes --plan plan --json
is '... of another state of the phone: 7' ended 7 'another state of phone or archive' 'new plan'
is '... untouched' untouched
sed 's/ whole / payload /' plan >changed
restore --yes --plan changed
is '... that was changed: 5' ended 5 'no whole plan'

# -- the disk ----------------------------------------------------------------

cp first phone
restore --yes -o nowhere/out.tar.zst --json
is 'no room for the state: nothing is written' ended 1
is '... untouched' untouched
rm -rf ./*.undo.tar.zst*
left=0 early=0
for at in 1100 1500 1700 1800; do
	restore --yes --fault "vanish:n=$at" --wait 1
	if [ "$code" != 0 ] && no says 'on the phone now|old bytes'; then
		early=$((early + 1))
		left=$((left + $(find . -maxdepth 1 -name '*.undo.*' | wc -l)))
	fi
	rm -rf ./*.undo.tar.zst*
done
is 'lost before the first write, while it is compared and saved' test $early -gt 1
is '... nothing is left behind' same $left 0

long=a_name_of_thirty-six_letters_is_much
run backup --device "sim:$m,$base,add=$long" -o long.tar.zst
run restore long.tar.zst --device "sim:$m,$base,add=$long,damage=a_name_of_*,damage=logo" --yes
is 'a name that no request holds is refused, the others are written: 6' ended 6
is '... why' prints "$long: .*its name is too long for the request"
is '... the others' prints '^restored: 1 partition, .* all read back'
run backup --device "sim:ums512,$base,user_partition=84,same_slots=1" -o second.tar.zst
run restore second.tar.zst l_fixnv1_a --device "sim:ums512,$base,user_partition=84,same_slots=1" --same-phone --dry-run
is 'a first copy that the archive lacks: 2' ended 2 "no partition 'l_fixnv1_a'" "name 'l_fixnv2_a', its second copy"
run restore second.tar.zst --device "sim:ums512,$base,user_partition=84,same_slots=1,damage=l_fixnv*" --yes --same-phone --class nv
is 'second copies alone, of both slots: the loader writes both' ended 0
is '... each is read back' prints '^restored: 2 partitions'
is '... and goes by the name of the first one' prints 'l_fixnv2_a .* as NV by the name of the first copy'

finish
