#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGKILL at random moments of backups and of resumed ones; each is resumed
# until it ends, and has then what an undisturbed run has.
#
# usage: kill.sh [KILLS [SEED]]
#
# KILL_COUNT  how many kills (default 200)
# KILL_SEED   of the moments (default: another one each time; it is printed)
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

count=${1:-${KILL_COUNT:-200}}
seed=${2:-${KILL_SEED:-$(($(date +%s) % 32768))}}
RANDOM=$seed
echo "# seed $seed, $count kills"

# Partitions of one block and of several, places that cannot be read, and one
# that can on a second try, so that some are killed while they are mended.
phone=sim:ums512,super=30M,bad=super+5M+8192,bad=persist+4096+512
phone+=,flaky=super+9M+4096,flaky=l_fixnv2_a+512+512
backup=(backup --device "$phone" -o a.tar.zst --quiet --json
	misc persist 'l_fixnv*' miscdata super boot_a trustos_a)
# Killed after so many microseconds, unless it ends before: $code is 137
killed() { # MICROSECONDS ARG...
	local t pid
	t=$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))
	shift
	ran="spdvault $* (killed after $t s)"
	"$prog" "$@" >"$out" 2>"$err" </dev/null &
	pid=$!
	sleep "$t"
	kill -KILL $pid 2>/dev/null
	{ wait $pid; } 2>/dev/null
	code=$?
}
random() { echo $(((RANDOM * 32768 + RANDOM) % $1)); } # BELOW
ranges() { "$prog" cat "$1" manifest.json | grep -A 40 '"unreadable": \[$' | grep -E '"(offset|length)"'; }
members() { "$prog" cat "$1" SHA256SUMS | grep -Ev ' (device|manifest)\.json$'; }

began=${EPOCHREALTIME/[.,]/}
run "${backup[@]}"
took=$((${EPOCHREALTIME/[.,]/} - began))
is 'an undisturbed run' ended 6
members a.tar.zst >want
ranges a.tar.zst >want.ranges
is '... has members' same "$(grep -c partitions/ want)" 10
is '... one range for each place' same "$(wc -l <want.ranges)" 4
rm a.tar.zst

kills=0 of_resume=0 archives=0 resumed=0 wrong=0
# Whole and the same, with nothing else beside it
check() {
	"$prog" verify --quiet a.tar.zst >"$out" 2>"$err" || return 1
	members a.tar.zst | cmp - want && ranges a.tar.zst | cmp - want.ranges &&
		same "$(ls -d a.tar.zst*)" a.tar.zst
}
complain() {
	wrong=$((wrong + 1))
	{
		echo "$1: $ran (exit $code)"
		tail -n 4 "$err"
		ls -l
		cat "$tmp/is" 2>/dev/null
	} | sed 's/^/# /'
}
# In the time of a whole run, the first tenth more often: much happens there.
moment() {
	case $((RANDOM % 4)) in
	0) random $((took / 10)) ;;
	*) random $((took * 11 / 10)) ;;
	esac
}
# One archive from its first run to its end
one() {
	local args=("${backup[@]}")
	code=137
	while [ $kills -lt "$count" ] && [ $((RANDOM % 6)) -gt 0 ]; do
		killed "$(moment)" "${args[@]}"
		[ $code = 137 ] || break
		kills=$((kills + 1))
		[ ${#args[@]} = ${#backup[@]} ] || of_resume=$((of_resume + 1))
		[ ! -e a.tar.zst ] || break
		args=("${backup[@]}" --resume)
	done
	# Between the name and the end: it is there, and stays.
	if [ -e a.tar.zst ] && [ "$code" = 137 ]; then
		run "${backup[@]}" --resume
		[ "$code" = 7 ] || complain 'not left alone'
		return
	fi
	[ "$code" != 137 ] || run "${args[@]}"
	[ "$code" = 6 ] || complain 'not resumed'
	[ "$(number resumed_bytes)" = 0 ] || resumed=$((resumed + 1))
}
while [ $kills -lt "$count" ]; do
	rm -f a.tar.zst*
	one
	check >"$tmp/is" 2>&1 || complain 'not the same'
	archives=$((archives + 1))
	[ $wrong -lt 5 ] || break
done
echo "#= $kills kills ($of_resume of resumed runs), $archives archives, $resumed of them with bytes of an earlier run"
is 'every one ended with the members of the undisturbed run' same $wrong 0
is 'as many kills as asked for' test $kills -ge "$count"
finish
