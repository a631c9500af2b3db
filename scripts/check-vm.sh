#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The program and a simulated phone on both ends of Linux's own USB stack, in a
# virtual machine (docs/usb-testing.md).
#
# usage: check-vm.sh PROGRAM FLOOR FOLDER
#
# The last line is "N passed, N failed".  VM_ONLY: only tests with this in their
# names.  VM_TIMEOUT and VM_KERNEL as in vm.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
prog=$1 floor=$2 dir=$3
# Nothing of it is large, and every kind of content is there.
spec=ums512,super=4M,userdata=4M

mkdir -p "$dir/files"
rm -f "$dir/console.log" # what an earlier run has passed counts no more
files=$(cd "$dir/files" && pwd)
rm -f "$files"/*
echo "$spec" >"$files/phone.spec"
echo "${VM_ONLY:-}" >"$files/only"
# The same storage by the shortest way: what must come out over USB.
"$prog" backup --quiet --device "sim:$spec" -o "$files/expected.tar.zst" \
	>"$dir/expected.log" 2>&1 || {
	cat "$dir/expected.log"
	exit 1
}
"$prog" list --json "$files/expected.tar.zst" | sh tests/usb/members.sh \
	>"$files/expected"

code=0
VM_TIMEOUT=${VM_TIMEOUT:-180} scripts/vm.sh tests/usb/check.sh "$dir" "$prog" \
	"$floor" "$files/expected" "$files/phone.spec" "$files/only" tests/usb/guest.sh \
	tests/usb/members.sh || code=$?

# An end before the plan, or none, is one more that failed; so is a machine that
# never started.
touch "$dir/console.log"
awk -v code=$code '
/^ok / { passed++ }
/^not ok / { failed++ }
/^1\.\.[0-9]+$/ { planned = substr($0, 4) }
END {
	if (!planned || planned != passed + failed || (code && !failed))
		failed++
	printf "\n%d passed, %d failed\n", passed, failed
	exit failed > 0
}' "$dir/console.log"
