#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# How close the program comes to bare libusb, on Linux's own USB stack in a
# virtual machine (docs/usb-testing.md).  Wall time and CPU time of the reading
# alone; the phone takes its own time for each reply.
#
# usage: bench-usb.sh PROGRAM FLOOR FOLDER
#
# CASES    BUS:DELAY ...  BUS: million bytes a second that the wire moves, 0: as
#          fast as memory; DELAY: microseconds that the phone takes for a reply
# CHUNKS   bytes of a request
# ROUNDS   of each case; the medians are shown
# SPEED    thousand million instructions that the processor does in a second;
#          1 with VM_CLOCK=real, where the processor is as fast as it is
set -euo pipefail
cd "$(dirname "$0")/.."

export VM_CLOCK=${VM_CLOCK:-virtual} VM_TIMEOUT=${VM_TIMEOUT:-3600}
case $VM_CLOCK in
real) SPEED=1 ;;
*) SPEED=${SPEED:-10} ;;
esac
export VM_SPEED=$SPEED
list() { # NAME: for the kernel's command line
	[ -z "${!1:-}" ] || echo "$1=$(echo "${!1}" | tr -s ' ,' +)"
}
VM_APPEND="$(list CASES) $(list CHUNKS) $(list ROUNDS) $(list SPEED)"
export VM_APPEND

if [ "$VM_CLOCK" = virtual ]; then
	echo "one emulated processor, $SPEED thousand million instructions a second;" \
		"no SHA instructions"
else
	echo "two emulated processors on $(nproc) of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)"
fi
echo
scripts/vm.sh tests/usb/bench.sh "$3" "$1" "$2" tests/usb/guest.sh | awk -v speed="$SPEED" '
function median(list, n,    a, i, j, t) {
	split(list, a)
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j] < a[j - 1]; j--) {
			t = a[j]
			a[j] = a[j - 1]
			a[j - 1] = t
		}
	return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}
BEGIN {
	print "bus MB/s  phone takes  chunk   tool      MiB   wall s    MB/s  wall/floor  CPU s/GiB"
}
/^row end/ {
	for (k = 1; k <= tools; k++) {
		t = order[k]
		w = median(walls[t], count[t])
		if (w < 0.001)
			w = 0.001
		if (k == 1)
			floor = w
		printf "%8s %9.1f ms %6d   %-8s %4.0f %8.2f %7.1f %11.2f %10.1f\n", \
			bus ? bus : "-", delay / 1000, chunk, t, bytes / 1048576, w, \
			bytes / 1e6 / w, w / floor, \
			median(cpus[t], count[t]) * 1073741824 / bytes
	}
	tools = 0
	split("", walls)
	split("", cpus)
	split("", count)
	next
}
/^row / {
	bus = $2
	delay = $3
	chunk = $4
	bytes = $6
	if (!($5 in count))
		order[++tools] = $5
	count[$5]++
	walls[$5] = walls[$5] " " $7 / speed
	cpus[$5] = cpus[$5] " " $8 / speed
	next
}
/^vm: end / { code = $3 }
/^#/ { print }
END { exit code != 0 }'
