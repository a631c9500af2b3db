#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The program and a simulated phone on both ends of Linux's own USB stack, in a
# virtual machine (docs/usb-testing.md).
#
# usage: check-vm.sh PROGRAM FLOOR FOLDER     (the other host is beside FLOOR)
#
# The last line is "N passed, N failed".  VM_ONLY: only tests with this in their
# names.  VM_TIMEOUT and VM_KERNEL as in vm.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
prog=$1 floor=$2 dir=$3
export SPDVAULT_PROFILES=$PWD/profiles
# Nothing of it is large, and every kind of content is there.
spec=ums512,super=4M,userdata=4M

mkdir -p "$dir/files"
rm -f "$dir/console.log" # what an earlier run has passed counts no more
files=$(cd "$dir/files" && pwd)
rm -f "$files"/*
echo "$spec" >"$files/phone.spec"
echo "${VM_ONLY:-}" >"$files/only"
fdls=(--fdl1 "$dir/fdl1.bin@0x5500" --fdl2 "$dir/fdl2.bin@0x9EFFFE00")
head -c 20K /dev/zero >"$dir/fdl1.bin"
head -c 200K /dev/zero >"$dir/fdl2.bin"

die() {
	cat "$dir/expected.log"
	echo "check-vm: $*" >&2
	printf '\n0 passed, 1 failed\n'
	exit 1
}

# What must come out over USB: the same storage by the shortest way, and over a
# line.  Unpacked and checked here, by the system's own sha256sum.
backup_by() { # WAY DEVICE [ARGUMENT...]
	local way=$1 device=$2
	shift 2
	rm -rf "${dir:?}/$way" "$dir/$way.tar.zst"
	"$prog" backup --quiet --device "$device" "$@" -o "$dir/$way.tar.zst" \
		>"$dir/expected.log" 2>&1 || die "no backup by $way:"
	"$prog" extract --quiet "$dir/$way.tar.zst" -C "$dir/$way" \
		>"$dir/expected.log" 2>&1 || die "not unpacked: $way"
	(cd "$dir/$way" && sha256sum -c --quiet SHA256SUMS) \
		>"$dir/expected.log" 2>&1 || die "not what it promises: $way"
	(cd "$dir/$way" && sh "$OLDPWD/tests/usb/sums.sh") >"$files/$way.sums"
	rm -rf "${dir:?}/$way"
}
backup_by sim "sim:$spec"
"$prog" list --json "$dir/sim.tar.zst" | sh tests/usb/members.sh >"$files/expected"

rm -f "$dir/line"
"$prog" sim "$spec" --pty --quiet >"$dir/line" 2>"$dir/line.log" &
line=$!
trap 'kill -INT $line 2>/dev/null || true' EXIT
for _ in {1..100}; do
	[ -s "$dir/line" ] || sleep 0.1
done
[ -s "$dir/line" ] || die "no line to a simulated phone"
backup_by tty "tty:$(head -n 1 "$dir/line")@921600" --chip UMS512 "${fdls[@]}"
rm -f "$dir"/{sim,tty}.tar.zst

code=0
# A machine with much else to do may take its time; only one that hangs is ended.
VM_TIMEOUT=${VM_TIMEOUT:-600} scripts/vm.sh tests/usb/check.sh "$dir" "$prog" \
	"$floor" "${floor%/*}/stranger" "$files"/* tests/usb/guest.sh \
	tests/usb/{members,sums}.sh || code=$?

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
