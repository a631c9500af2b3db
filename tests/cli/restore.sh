#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# restore --yes: what must not write a single byte, and kills in the middle.
# shellcheck disable=SC2086,SC2317,SC2154,SC2016 # words, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

m=sc9863a base=super=2M,userdata=1M
broken=damage=boot,damage=logo,damage=prodnv+4K+0,damage=super,damage=uboot+1K+64K
all=(--class nv --class boot --class unit uboot '*')

run backup --device "sim:$m,$base" --all -o $m.tar.zst
is 'an archive' ended 0
run info --device "sim:$m,$base,keep=first,$broken"
is 'a phone with damage' ended 0
cp first phone

# -- zero writes -------------------------------------------------------------

# writes_nothing CODE WHAT ARCHIVE: with consent to everything
writes_nothing() {
	run restore $3 "${all[@]}" --yes --json --device "sim:$m,$base,keep=phone"
	is "$2: exit $1" ended $1
	is '... no write is counted' eval 'untouched || [ -z "$(number storage_writes)" ]'
	is '... the storage is as it was' cmp phone first
	is '... no file is left' same "$(ls ./*.undo.* 2>/dev/null)" ''
}
run backup --device "sim:$m,$base,seed=2" --all -o foreign.tar.zst
writes_nothing 7 'an archive of another phone' foreign.tar.zst
run backup --device "sim:ums512,$base" --all -o swapped.tar.zst
writes_nothing 7 'an archive of another model' swapped.tar.zst
head -c $(($(size_of $m.tar.zst) - 5000)) $m.tar.zst >cut.tar.zst
writes_nothing 5 'an archive that is cut off' cut.tar.zst
head -c $(($(size_of $m.tar.zst) / 3)) $m.tar.zst >cut.tar.zst
writes_nothing 5 'an archive of which a third is there' cut.tar.zst
for i in 1 3 5 7 9; do
	cp $m.tar.zst flipped.tar.zst
	flip flipped.tar.zst $(($(size_of $m.tar.zst) * i / 10)) $((i % 8))
	writes_nothing 5 "an archive with a wrong bit at $i tenths" flipped.tar.zst
done
: >empty.tar.zst
writes_nothing 5 'an empty file' empty.tar.zst
run backup --device "sim:$m,$base,add=calinv" --all -o table.tar.zst
writes_nothing 7 'an archive with another table' table.tar.zst
run restore $m.tar.zst "${all[@]}" --yes --json \
	--device "sim:$m,$base,gpt_primary_bad=1"
is 'a damaged table on the phone: 7' ended 7
is '... no write is counted' untouched
echo n >no
run_in no restore $m.tar.zst "${all[@]}" --json --device "sim:$m,$base,keep=phone"
is 'a full plan, refused at the prompt: 7' ended 7
is '... no write is counted' untouched
is '... the storage is as it was' cmp phone first
run restore $m.tar.zst "${all[@]}" --yes --json --device "sim:$m,$base,keep=phone,refuse_starts=1"
is 'a loader that writes nothing' no ended 0
is '... no write is counted' untouched

# -- what lies where the safety copy goes ------------------------------------

boot() { run restore $m.tar.zst boot --yes --json --device "sim:$m,$base,keep=phone" "$@"; }
run backup --device "sim:$m,$base" -o half.tar.zst --fault vanish:n=600 --wait 1
is 'a backup that was interrupted' test -e half.tar.zst.partial -a -e half.tar.zst.partial.journal
mkdir kept && cp half.tar.zst.partial* kept
boot -o half.tar.zst
is '... is in the way of a safety copy: 7' ended 7 'half.tar.zst.partial. is there already' '-o'
is '... untouched' untouched
for f in half.tar.zst.partial half.tar.zst.partial.journal; do
	is "... $f is as it was" cmp kept/$f $f
done
is '... no state is left' no test -e half.tar.zst.state
run backup --device "sim:$m,$base" -o half.tar.zst --resume
is '... and can be gone on with' ended 0
mkdir full.tar.zst.partial.journal
boot -o full.tar.zst
is 'a safety copy that cannot be begun' no ended 0
is '... untouched' untouched
is '... nothing of it is left' same "$(ls -d full*)" full.tar.zst.partial.journal
rm -r full* kept

# -- killed ------------------------------------------------------------------

"$prog" sim "$m,$base" --save whole >/dev/null
slow=window=4K,log=changes
run restore $m.tar.zst "${all[@]}" --yes --device "sim:$m,$base,keep=phone,$slow"
is 'a whole run' ended 0
"$prog" sim "$m,$base,keep=phone" --save now >/dev/null
is '... byte for byte' eval 'cmp whole/user.img now/user.img && cmp whole/boot1.img now/boot1.img'
is '... what was equal cost no write' same \
	"$(awk '{ print $NF == "erased" ? $(NF - 1) : $NF }' changes | sort -u | paste -sd' ')" \
	'boot logo prodnv super uboot uboot_bak'
is '... the boot chain came last' \
	eval 'sed -n "/ uboot$/q;p" changes | grep -q " super$" &&
	sed "1,/ uboot$/d" changes | no grep -Eqv " uboot(_bak)?$"'
"$prog" sim "$m,$base,keep=first" --save damaged >/dev/null
from=$(size_of first) to=$(size_of phone)

# kill_at SIZE: when so much is in the phone's file, or at the end
kill_at() {
	"$prog" restore $m.tar.zst "${all[@]}" --yes \
		--device "sim:$m,$base,keep=phone,$slow" >/dev/null 2>&1 &
	local pid=$!
	while [ "$(size_of phone)" -lt "$1" ] && kill -0 $pid 2>/dev/null; do :; done
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
}
# While the safety copy was made: nothing has been written yet.
for way in '' --undo; do
	rm -f ./*.undo.*
	cp first phone
	boot --device "sim:$m,$base,keep=phone,power_loss=1" --wait 1
	cp first phone
	sed -i '/^note saved /,$d' $m.undo.tar.zst.state
	mv $m.undo.tar.zst $m.undo.tar.zst.partial
	touch $m.undo.tar.zst.partial.{journal,mend}
	exec 9<$m.undo.tar.zst.state
	flock 9
	boot --resume $way
	is 'a run that still makes its safety copy: 7' ended 7 'another process works with'
	is '... keeps its files' same "$(ls ./*.undo.* | wc -l)" 4
	exec 9<&-
	boot --resume $way
	is "killed while it was saved, --resume $way" ended 0
	is '... nothing of that run is left' same \
		"$(ls ./*.undo.* 2>/dev/null)" "$([ -n "$way" ] || echo "./$m.undo.tar.zst")"
done
undone=0 gone_on=0 late=0
for i in $(seq 16); do
	rm -rf ./*.undo.* now
	cp first phone
	kill_at $((from + (to - from) * i / 17))
	wanted=whole
	if [ ! -e $m.undo.tar.zst.state ]; then
		late=$((late + 1))
		code=0
	elif [ $((i % 2)) = 0 ]; then
		gone_on=$((gone_on + 1))
		run restore $m.tar.zst --yes --resume --device "sim:$m,$base,keep=phone"
	else
		undone=$((undone + 1)) wanted=damaged
		run restore $m.tar.zst --yes --resume --undo --device "sim:$m,$base,keep=phone"
	fi
	is "killed at $i of 17: $wanted" eval '[ $code = 0 ] &&
		"$prog" sim "$m,$base,keep=phone" --save now >/dev/null &&
		cmp $wanted/user.img now/user.img && cmp $wanted/boot1.img now/boot1.img'
done
is "of 16 kills $gone_on gone on with, $undone undone, $late too late" \
	test $gone_on -gt 3 -a $undone -gt 3

finish
