#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# backup --resume: the printed command, what it refuses, what it survives.
# shellcheck disable=SC2317,SC2086,SC2206,SC2016 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

phone=sim:ums512,super=100M,bad=super+5M+8192
parts=(misc 'l_fixnv*' boot_a super)
backup=(backup --device $phone -o a.tar.zst "${parts[@]}")
# Ended by SIGNAL in the middle of super, ARG... more
interrupt() { # SIGNAL ARG...
	local signal=$1
	shift
	rm -f a.tar.zst*
	begin "${backup[@]}" "$@"
	grown a.tar.zst.partial 20000000
	ended_by "$signal"
}
members() { "$prog" cat "$1" SHA256SUMS | grep -Ev ' (device|manifest)\.json$'; }
is_whole() {
	"$prog" verify --quiet "$1" && members "$1" | cmp - want &&
		same "$(ls -d "$1"*)" "$1"
}
state() { sha256sum a.tar.zst*; }
resume_line() { sed -n 's/^  resume: //p' "$err"; }
unchanged() { state | cmp - before; }

run "${backup[@]}" --json
is 'an undisturbed run' ended 6
all_reads=$(number reads)
all_bytes=$(number bytes)
members a.tar.zst >want

# -- the command -------------------------------------------------------------

interrupt INT
is 'Ctrl-C prints the command to go on' ended 130 '^  try: .*command below' '^  kept: a.tar.zst.partial'
is '... with the words that were typed' same "$(resume_line)" \
	"$prog backup --device $phone -o a.tar.zst misc 'l_fixnv*' boot_a super --resume"
eval "$(resume_line)" >"$out" 2>"$err"
code=$?
is '... and it does go on' ended 6 "^going on with 'a.tar.zst.partial' behind [0-9]+ whole members and [0-9.]+ MiB"
is '... it says what it had' prints 'of an earlier run: [0-9.]+ MiB, not read again'
is '... to the same members' is_whole a.tar.zst
"$prog" cat a.tar.zst manifest.json >"$out"
is '... and the manifest says so' prints '"resumed": 1,'

interrupt TERM
run backup --device $phone --fault vanish:n=195 -o a.tar.zst "${parts[@]}" --resume --wait 1
is 'gone on with, and lost before the first byte: 6, as before' ended 6 '^error: (reading the partition table|comparing two ways)' '^  resume: '

interrupt TERM --json
is 'the result has the file and the command' same \
	"$(tail -n 1 "$out" | grep -c '"partial":"a.tar.zst.partial","resume":"[^"]* --json --resume"')" 1
run "${backup[@]}" --json --resume
is '... the rest is read' ended 6
is '... and only the rest' test "$(number resumed_bytes)" -gt 20000000 -a \
	$(($(number bytes) + $(number resumed_bytes))) = "$all_bytes"
is '... as the phone counts it, too' test \
	$(($(number reads) * 100)) -lt $((all_reads * (all_bytes - 20000000) / (all_bytes / 100)))
is '... the phone is untouched' untouched
is '... the same members' is_whole a.tar.zst

begin backup --device $phone -o "it's a file" --note 'x $y' -- super
is 'odd names' grown "it's a file.partial" 20000000
ended_by KILL
run backup --device $phone -o "it's a file" --note 'x $y' -- super
is '... a new run offers to go on' ended 7 "left from an interrupted run" '^  try: --resume .*list.*--force'
is '... in words for a shell' same "$(resume_line)" \
	"$prog backup --device $phone -o 'it'\\''s a file' --note 'x \$y' --resume -- super"
eval "$(resume_line)" >"$out" 2>"$err"
code=$?
is '... that can be pasted' ended 6 '^going on with'
is '... and it is whole' "$prog" verify --quiet "it's a file"
rm "it's a file"

# -- once more, and other ways -----------------------------------------------

interrupt KILL
begin "${backup[@]}" --resume
grown a.tar.zst.partial 32000000
ended_by KILL
run "${backup[@]}" --resume --level 9 --chunk 4K
is 'twice, then with other sizes and another level' ended 6 '^going on with'
is '... the same members' is_whole a.tar.zst
"$prog" cat a.tar.zst manifest.json >"$out"
is '... the manifest counts' prints '"resumed": 2,'

rm a.tar.zst
run "${backup[@]}" --on-error stop
is '--on-error stop ends at the first' ended 6 '^error: ' '^  resume: .*--resume$'
run "${backup[@]}" --on-error stop --resume
is '... and again' ended 6 '^error: .*0x500000'
run "${backup[@]}" --resume
is '... --resume with zeros goes past it' ended 6 '^going on with'
is '... the same members' is_whole a.tar.zst

run backup --device $phone -o b.tar.zst --resume misc
is 'nothing to go on with: a usual backup, said so' ended 0 "there is no 'b.tar.zst.partial'"
run backup --device $phone -o b.tar.zst --resume misc
is 'a finished one is not touched' ended 7 "exists already, and no .partial" '^  try: .*verify'
run backup --device $phone -o b.tar.zst --resume --force misc
is '... not even with --force' ended 7 "exists already, and no .partial"
is '... it is good' "$prog" verify --quiet b.tar.zst

# -- what is refused ---------------------------------------------------------

interrupt KILL
state >before
refused() { # WHAT CAUSE ARG...
	local what=$1 cause=$2
	shift 2
	run backup -o a.tar.zst --resume "$@"
	is "$what: exit 7" ended 7 "^error: .*$cause" '^  try: '
	is '... the phone is only looked at, and nothing is changed' unchanged
}
refused 'another phone' 'another phone: disk: .* then, .* now' --device $phone,seed=2 "${parts[@]}"
refused 'another size of a partition' 'another phone: ' --device ${phone/100M/101M} "${parts[@]}"
refused 'another model' 'another phone: ' --device sim:sc9863a misc
refused 'fewer partitions' 'another request: reading .* then, not now' --device $phone misc super
refused 'more partitions' 'another request: reading trustos_a: .* now, not then' --device $phone "${parts[@]}" trustos_a
refused 'another policy' 'another request: on-error: zero then, stop now' --device $phone --on-error stop "${parts[@]}"
refused 'the damaged table of a phone' 'another phone: ' --device $phone,gpt_primary_bad=1 "${parts[@]}"
run "${backup[@]}" --resume --quiet
is 'the right one still goes on' ended 6
is '... the same members' is_whole a.tar.zst

mkdir profiles
sed 's/^\[fdl1\]/[quirks]\nquirk = chip-uid\n\n&/' "$SPDVAULT_PROFILES/ums512.profile" >profiles/ums512.profile
with_uid() {
	SPDVAULT_PROFILES=profiles run backup --device "$phone,uid=$1" -o u.tar.zst super "${@:2}"
}
with_uid 0102 --on-error stop
with_uid 0103 --resume
is 'a phone is known by its chip, too, where the loader tells' ended 7 'another phone: uid: 0102 then, 0103 now'
with_uid 0102 --resume
is '... and goes on' ended 6 '^going on with'

interrupt KILL
mv a.tar.zst.partial.journal elsewhere
state >before
run "${backup[@]}" --resume
is 'without a journal' ended 7 'has no journal' '^  try: .*extract.*--force'
is '... nothing is changed' unchanged
tr a b <elsewhere >a.tar.zst.partial.journal
state >before
run "${backup[@]}" --resume
is 'with another file in its place' ended 7 'its journal: ' '^  try: .*extract.*--force'
is '... nothing is changed' unchanged
mv elsewhere a.tar.zst.partial.journal
cp b.tar.zst a.tar.zst
run "${backup[@]}" --resume
is 'an archive that is in the way' ended 7 'beside its .partial' '^  try: .*--force'
run "${backup[@]}" --resume --force --quiet
is '... is replaced with --force' ended 6
is '... the same members' is_whole a.tar.zst

# -- what the loader refused before ------------------------------------------

# By its name, with no ext4 in it, prodnv is refused whole.
listed=sim:ums512,$base,user_partition=84
refusing=$listed,prodnv_check=1,damage=prodnv
again=(backup --device $listed -o r.tar.zst prodnv misc super)
at=900
until run "${again[@]}" --device $refusing --wait 1 --fault "vanish:n=$at" &&
	[ -e r.tar.zst.partial ] || [ $((at -= 50)) -lt 100 ]; do
	rm -f r.tar.zst
done
is 'a partition that is refused, then the cable pulled' ended 6 \
	"^warning: 'prodnv' is not in the backup: " '^  resume: '
cp r.tar.zst.partial s.tar.zst.partial
cp r.tar.zst.partial.journal s.tar.zst.partial.journal
run backup --device $refusing -o s.tar.zst prodnv misc super --resume
is 'refused again' ended 6 "^'prodnv' was refused before: it is tried again" \
	"^warning: 'prodnv' is not in the backup: "
is '... told once' same "$("$prog" cat s.tar.zst manifest.json | grep -c 'is not in the backup')" 1
# However many answers come before it: cut soon after it was begun with.
at=400
until run "${again[@]}" --resume --wait 1 --fault "vanish:n=$at" &&
	says 'tried again' || [ $((at += 50)) -gt 3000 ]; do
	continue
done
is 'given now, and the cable pulled again' ended 6 'tried again' '^  kept: .*2 of 3 partitions'
# The cut may have been before its first block was whole: then once more.
until run "${again[@]}" --resume --wait 1 --fault "vanish:n=$((at += 10))" &&
	says 'behind 3 whole members and' || [ $at -gt 3000 ]; do
	continue
done
is '... it comes as the last one, and is gone on with' ended 6 '^  kept: .*2 of 3 partitions' \
	"behind 3 whole members and [0-9].* 'partitions/prodnv.img'"
run "${again[@]}" --resume
is '... to its end' ended 0
is '... and nothing says that it is not there' no grep -q 'not in the backup' \
	<("$prog" cat r.tar.zst manifest.json)
run "${again[@]}" --force -o plain.tar.zst
is '... the same members' same "$(members r.tar.zst | sort)" "$(members plain.tar.zst | sort)"

# -- power cuts --------------------------------------------------------------

zeros_from() { # FILE OFFSET
	local size
	size=$(size_of "$1")
	truncate -s "$2" "$1" && truncate -s "$size" "$1"
}
for cut in 'partial 9000000' 'partial.journal 9000' 'partial 100' 'partial.journal 2000'; do
	interrupt KILL
	# shellcheck disable=SC2086 # name and offset
	set -- $cut
	zeros_from a.tar.zst.$1 $2
	run "${backup[@]}" --resume --quiet
	is "zeros at the end of the .$1, from $2" ended 6
	is '... the same members' is_whole a.tar.zst
done
interrupt KILL
flip a.tar.zst.partial 5000000 3
run "${backup[@]}" --resume
is 'a flipped bit in the .partial' ended 6 '^warning: .*a.tar.zst.partial. is not what was written from byte' '^going on with'
is '... the same members' is_whole a.tar.zst
interrupt KILL
flip a.tar.zst.partial 3 3
run "${backup[@]}" --resume
is '... in its first bytes' ended 6 '^warning: .*from byte 0 on' 'holds nothing that could be used'
is '... the same members' is_whole a.tar.zst
interrupt KILL
run "${backup[@]}" --resume
is 'a killed one is not called damaged' no says 'is not what was written'
interrupt KILL
: >a.tar.zst.partial
zeros_from a.tar.zst.partial.journal 0
run "${backup[@]}" --resume
is 'nothing left at all' ended 6 'starting from the beginning'
is '... the same members' is_whole a.tar.zst

# -- cables and disks --------------------------------------------------------

run backup --device $phone -o c.tar.zst "${parts[@]}" --wait 1 --fault vanish:n=1500
is 'a cable that is pulled' ended 6 '^error: ' '^  kept: ' "^  resume: .*vanish:n=1500 --resume$"
run backup --device $phone,disconnect_at=400,back_seed=2 -o c.tar.zst "${parts[@]}" --resume
is '... another phone is plugged in' ended 7 '^error: ' '^  resume: '
run backup --device $phone -o c.tar.zst "${parts[@]}" --resume
is '... the right one goes on' ended 6 '^going on with'
is '... to the same members' is_whole c.tar.zst
limited() { # KIB ARG...
	local kib=$1
	shift
	ran="spdvault $* (ulimit -f $kib)"
	(
		ulimit -f "$kib"
		exec timeout 60 "$prog" "$@"
	) >"$out" 2>"$err" </dev/null
	code=$?
}
rm -f a.tar.zst*
limited 20000 "${backup[@]}"
is 'a limit for files' ended 1 'File too large' '^  kept: ' '^  resume: '
run "${backup[@]}" --resume --quiet
is '... without it --resume finishes' ended 6
is '... the same members' is_whole a.tar.zst
mkdir full
if mount -t tmpfs -o size=40m none full 2>/dev/null; then
	rm -f a.tar.zst
	head -c 20000000 /dev/zero >full/other
	backup=(backup --device $phone -o full/a.tar.zst "${parts[@]}")
	run "${backup[@]}" --force
	is 'a full disk says how much more is needed' ended 1 'No space left' \
		'^  try: free some space: up to [0-9.]+ MiB more' '^  resume: .*--force --resume$'
	run "${backup[@]}" --force --resume
	is '... still full' ended 1 'No space left' '^  resume: '
	rm full/other
	mount -o remount,size=200m full
	run "${backup[@]}" --resume --quiet
	is '... and --resume finishes when there is room' ended 6
	is '... the same members' is_whole full/a.tar.zst
	umount full
else
	skip 'a full disk' 'no tmpfs can be mounted here'
fi
finish
