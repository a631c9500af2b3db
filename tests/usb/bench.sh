#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# Lines "row DELAY-US CHUNK TOOL BYTES WALL CPU"; runs as /vm/test.sh.
#
# What the start costs (loaders, greeting, table) is measured with a partition
# of 1 MiB and taken off, for the program as for the bare loop.
# shellcheck source=tests/usb/guest.sh
. /vm/guest.sh

model="ums512,userdata=1M,fdl2_delay_ms=0,ver_skip=0"
bad=0

# Wall and CPU seconds of a command, into $took.
clocked() {
	if ! time -o /tmp/took -f '%e %U %S' "$@" >/tmp/log 2>&1; then
		bad=1
		sed 's/^/# /' /tmp/log
	fi
	took=$(awk 'END { printf "%.2f %.2f", $1, $2 + $3 }' /tmp/took)
}
# One run against a new phone whose "super" has so many MiB.
run() { # MIB DELAY COMMAND...
	local spec="$model,super=$1M,reply_delay_us=$2"
	shift 2
	rm -f /tmp/out
	plug one "$spec" || bad=1
	clocked "$@"
	unplug one || bad=1
}
row() { # DELAY CHUNK TOOL MIB COMMAND...
	local delay=$1 chunk=$2 tool=$3 mib=$4 base
	shift 4
	run 1 "$delay" "$@"
	base=$took
	run $((mib + 1)) "$delay" "$@"
	echo "$base $took" | awk -v b=$((mib << 20)) \
		-v head="$delay $chunk $tool" \
		'{ printf "row %s %d %.2f %.2f\n", head, b, $3 - $1, $4 - $2 }'
}
# The loop alone; it measures itself, behind its start.
floor_row() { # DELAY CHUNK MIB
	run $(($3 + 1)) "$1" /vm/floor super "$2" $(($3 << 20))
	echo "row $1 $2 floor $(tail -n 1 /tmp/log)"
}
case_of() { # DELAY CHUNK MIB
	local size="--chunk $2"
	floor_row "$1" "$2" "$3"
	# The largest is what the program finds by itself.
	[ "$2" -lt 60000 ] || size=
	# shellcheck disable=SC2086,SC2154 # words; of guest.sh
	{
		row "$1" "$2" read "$3" spdvault read super --quiet --chip UMS512 \
			$fdls --device usb $size -o /tmp/out
		row "$1" "$2" backup "$3" spdvault backup super --quiet \
			--chip UMS512 $fdls --device usb $size -o /tmp/out
	}
}

for delay in ${DELAYS:-0 300 2000}; do
	case_of "$delay" 4096 6
	case_of "$delay" 16384 16
	case_of "$delay" 63488 48
done
exit $bad
