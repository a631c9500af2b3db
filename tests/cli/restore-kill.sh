#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# restore: killed at any time, its state file tells the truth, and it goes on
# or back from there.
#
# usage: restore-kill.sh [KILLS [SEED]]
# shellcheck disable=SC2086,SC2317 # words, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

kills=${1:-16}
RANDOM=${2:-1}
m=sc9863a base=super=1M,userdata=1M
parts='logo boot misc super'
phone=sim:$m,$base,keep=phone
stored() {
	rm -rf "$1"
	"$prog" sim "$m,$base,keep=phone" --save "$1" >/dev/null
}
# MiB of the storage that differ, and those of the partitions that may
differ_in() {
	cmp -l "$1/user.img" "$2/user.img" | awk '{ s[int(($1 - 1) / 1048576)] = 1 }
		END { for (i in s) print i }' | sort
}

run backup --device "sim:$m,$base" -o a.tar.zst
is 'an archive' ended 0
keys=''
for p in $parts; do keys+=,damage=$p+4096+20000; done
run info --device "$phone$keys"
stored broken
cp phone first
began=$(date +%s%3N)
run restore a.tar.zst --device $phone $parts --yes
took=$(($(date +%s%3N) - began))
is 'a whole run' ended 0
stored whole
# Of each partition the MiB that it has
for p in $parts; do
	cp first phone
	rm -f ./*.undo.tar.zst
	run restore a.tar.zst --device $phone $p --yes
	stored one
	differ_in broken one >$p.places
done

wrong=0 done_=0 nothing=0 half=0
for k in $(seq "$kills"); do
	rm -f ./*.undo.tar.zst*
	cp first phone
	"$prog" restore a.tar.zst --device $phone $parts --yes >/dev/null 2>&1 &
	pid=$!
	ms=$((RANDOM % took))
	sleep "$(printf %d.%03d $((ms / 1000)) $((ms % 1000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	stored now
	state=a.undo.tar.zst.state
	if [ ! -e $state ]; then
		if [ -z "$(differ_in whole now)" ]; then
			done_=$((done_ + 1))
		elif [ -z "$(differ_in broken now)" ]; then
			nothing=$((nothing + 1))
		else
			echo "# kill $k: changed, and no state file"
			wrong=$((wrong + 1))
		fi
		continue
	fi
	# What is other than before was begun, and what is good is as it should be
	for p in $parts; do
		changed=$(differ_in broken now | comm -12 - $p.places)
		lacks=$(differ_in whole now | comm -12 - $p.places)
		if [ -n "$changed" ] && ! grep -q "^note begin $p " $state ||
			[ -n "$lacks" ] && grep -q "^note good $p " $state; then
			echo "# kill $k: the state is wrong about $p"
			wrong=$((wrong + 1))
		fi
	done
	half=$((half + 1))
	way=$([ $((k % 2)) = 0 ] && echo --undo) || way=''
	[ "$way" ] && want=broken || want=whole
	run restore a.tar.zst --device $phone --yes --resume $way
	stored now
	if [ "$code" != 0 ] || [ -e $state ] || [ "$(differ_in $want now)" ]; then
		echo "# kill $k: --resume $way: exit $code"
		cp $state "$tmp/is" 2>/dev/null
		wrong=$((wrong + 1))
	fi
done
echo "# $kills kills: $nothing before anything, $half in between, $done_ behind all"
is 'each ended in a state that is true, and came to its end' same $wrong 0

finish
