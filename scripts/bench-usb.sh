#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# How close the program comes to bare libusb, on Linux's own USB stack in a
# virtual machine (docs/usb-testing.md).  Wall time and CPU time of the reading
# alone; the phone takes its own time for each reply.
#
# usage: bench-usb.sh PROGRAM FLOOR FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${VM_CLOCK:-virtual}" = virtual ]; then
	echo "one emulated processor, 1000 million instructions a second (VM_CLOCK)"
else
	echo "two emulated processors on $(nproc) of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)"
fi
echo
VM_TIMEOUT=${VM_TIMEOUT:-900} scripts/vm.sh tests/usb/bench.sh "$3" "$1" "$2" \
	tests/usb/guest.sh | awk '
BEGIN {
	print "phone takes  chunk   tool      MiB   wall s   CPU s    MB/s  of the floor"
}
/^row / {
	bytes = $5
	wall = $6 > 0.01 ? $6 : 0.01
	rate = bytes / 1e6 / wall
	if ($4 == "floor")
		floor = rate
	printf "%8.1f ms %6d   %-6s %6.1f %8.2f %7.2f %7.1f %8.0f %%\n",
		$2 / 1000, $3, $4, bytes / 1048576, wall, $7, rate,
		100 * rate / floor
	next
}
/^vm: end / { code = $3 }
/^#/ { print }
END { exit code != 0 }'
