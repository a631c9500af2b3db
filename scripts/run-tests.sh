#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs test programs in parallel and counts their tests.
#
# usage: run-tests.sh PROGRAM...
#
# A program prints TAP: "ok ..." or "not ok ..." for each test, "# SKIP" in the
# line for a skipped one, "1..N" for as many tests to come (cmocka does it when
# asked, see below).  Exit 77 skips the rest; the last line says why.  It fails
# also by a crash, a timeout, another exit code, or when it holds no test.
#
# TEST_JOBS     programs at a time; default: as many as processors
# TEST_TIMEOUT  seconds for one program; default 600
# TEST_LOGS     folder for the output of each; default build/test-logs
#
# Lines "#= ..." of a program are for the reader; they come before the last line.
# The last line, "N passed, N failed[, N skipped]", is also the content of the
# file "summary" in that folder.
set -euo pipefail

jobs=${TEST_JOBS:-$(nproc)}
limit=${TEST_TIMEOUT:-600}
logs=${TEST_LOGS:-build/test-logs}
export CMOCKA_MESSAGE_OUTPUT=TAP

# Prints "PASSED FAILED SKIPPED" and then, on the same line, what else to say.
count() { # LOG EXIT-CODE
	awk -v code="$2" -v limit="$limit" '
	/^(not )?ok([ \t]|$)/ {
		seen++
		# cmocka 1.1.5 writes "not ok N # SKIP" for a skipped test
		if (toupper($0) ~ /# *SKIP/)
			skipped++
		else if ($1 == "not")
			failed++
		else
			passed++
	}
	/^1\.\.[0-9]+[ \t]*$/ { planned += substr($1, 4) }
	/[^ \t]/ { last = $0 }
	END {
		if (code == 124 || code == 137) {
			failed++
			say = "no end within " limit " s, or killed"
		} else if (code == 77 && !failed) {
			skipped++
			say = "skipped: " (last == "" ? "(no reason given)" : last)
		} else if (code > 128) {
			failed++
			say = "ended by signal " code - 128
		} else if (code != 0 && !failed) {
			failed++
			say = "exit code " code
		} else if (!seen) {
			failed++
			say = "holds no test"
		} else if (seen < planned) {
			failed++
			say = "only " seen " of " planned " tests ran"
		}
		printf "%d %d %d %s\n", passed, failed, skipped, say
	}' "$1"
}

# Runs one program; writes LOG and LOG.count and prints one line.
run() { # PROGRAM LOG
	local start=${EPOCHREALTIME/[.,]/} code=0 pid ms passed failed skipped say
	local how=("$1") text
	[[ $1 == */* ]] || how=("./$1")
	[[ $1 != *.sh || -x $1 ]] || how=(bash "$1")
	# A shell's background jobs ignore Ctrl-C, and so would its children.
	env --default-signal=INT,QUIT timeout -k 10 "$limit" "${how[@]}" \
		>"$2" 2>&1 </dev/null &
	pid=$!
	trap 'kill "$pid" 2>/dev/null; exit 143' INT TERM
	wait "$pid" 2>/dev/null || code=$?
	count "$2" "$code" >"$2.count"
	read -r passed failed skipped say <"$2.count"
	ms=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
	printf -v text '%-5s %-36s %4d passed' \
		"$([ "$failed" -gt 0 ] && echo FAIL || echo ok)" "$1" "$passed"
	[ "$failed" -eq 0 ] || text+=", $failed failed"
	[ "$skipped" -eq 0 ] || text+=", $skipped skipped"
	printf '%s  %d.%d s%s\n' "$text" $((ms / 1000)) $((ms % 1000 / 100)) \
		"${say:+  ($say)}"
}

rm -rf "$logs"
mkdir -p "$logs"
trap 'kill $(jobs -p) 2>/dev/null || true; wait; exit 130' INT TERM

running=0
for program; do
	if [ "$running" -ge "$jobs" ]; then
		wait -n || true
		running=$((running - 1))
	fi
	run "$program" "$logs/${program//\//_}.log" &
	running=$((running + 1))
done
wait

passed=0 failed=0 skipped=0
for program; do
	log=$logs/${program//\//_}.log
	p=0 f=1 s=0
	[ ! -s "$log.count" ] || read -r p f s _ <"$log.count"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$f" -gt 0 ]; then
		printf '\n--- %s, the end of %s\n' "$program" "$log"
		tail -n 200 "$log" || true
	fi
done

for program; do
	log=$logs/${program//\//_}.log
	! grep -qs '^#= ' "$log" || {
		printf '\n%s:\n' "$program"
		sed -n 's/^#= /  /p' "$log"
	}
done

summary="$passed passed, $failed failed"
[ $skipped -eq 0 ] || summary+=", $skipped skipped"
echo
echo "$summary" | tee "$logs/summary"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
