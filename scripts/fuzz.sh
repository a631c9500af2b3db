#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs libFuzzer programs, two at a time, each over its corpus and beyond.
#
# usage: fuzz.sh BUILD SECONDS NAME...
#
# Programs are BUILD/tests/fuzz/NAME.libfuzzer.  What they find stays in
# BUILD/fuzz-corpus/NAME and is gone on from by the next run; the tree itself is
# not written to.  Inputs that fail are kept in BUILD/fuzz-crashes.  Prints one
# TAP line for each program; exit 1 when one has failed.
#
# FUZZ_JOBS  programs at a time; default 2
set -euo pipefail

[ $# -ge 3 ] || {
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 2
}
build=$1 seconds=$2
shift 2
jobs=${FUZZ_JOBS:-2}
crashes=$build/fuzz-crashes
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# The longest input that is worth its time.
max_len() { # NAME
	case $1 in
	fuzz_archive | fuzz_gpt | fuzz_pac | fuzz_session) echo 16384 ;;
	fuzz_manifest | fuzz_profile | fuzz_content | fuzz_sim) echo 8192 ;;
	*) echo 4096 ;;
	esac
}

run() { # NUMBER NAME
	local name=$2 found=$build/fuzz-corpus/$2 log=$build/fuzz-logs/$2.log
	local seeds=tests/fuzz/corpus/${2#fuzz_} code=0 runs args=()
	mkdir -p "$found"
	args=(-max_total_time="$seconds" -max_len="$(max_len "$name")"
		-rss_limit_mb=2048 -timeout=20 -print_final_stats=1
		-artifact_prefix="$crashes/$name-")
	[ ! -f "tests/fuzz/$name.dict" ] || args+=(-dict="tests/fuzz/$name.dict")
	args+=("$found")
	[ ! -d "$seeds" ] || args+=("$seeds")
	"$build/tests/fuzz/$name.libfuzzer" "${args[@]}" >"$log" 2>&1 || code=$?
	runs=$(awk '/^stat::number_of_executed_units/ { n = $2 }
		END { print n + 0 }' "$log")
	if [ "$code" -eq 0 ]; then
		echo "ok $1 - $name: $runs runs in $seconds s"
		return 0
	fi
	echo "not ok $1 - $name: exit code $code, see $log"
	grep -aE 'SUMMARY|Assertion|runtime error' "$log" | sed 's/^/# /' || true
	sed -n "s|.*Test unit written to |# again: $build/tests/fuzz/$name.libfuzzer |p" \
		"$log"
	return 1
}

mkdir -p "$crashes" "$build/fuzz-logs"
trap 'kill $(jobs -p) 2>/dev/null || true; wait; exit 130' INT TERM

echo "1..$#"
failed=0 running=0 number=0
for name; do
	if [ "$running" -ge "$jobs" ]; then
		wait -n || failed=1
		running=$((running - 1))
	fi
	number=$((number + 1))
	run "$number" "$name" &
	running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
	wait -n || failed=1
	running=$((running - 1))
done
exit $failed
