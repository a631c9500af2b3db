#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# Lines "row BUS DELAY-US CHUNK TOOL BYTES WALL CPU"; runs as /vm/test.sh.
#
# What beginning and end cost (loaders, greeting, table; the last blocks, which
# are hashed and written when the phone has given all) is measured with a small
# partition of one block and more, and taken off.  Where the processor is SPEED
# times as fast, it is the phone and the wire that are so much slower.
# shellcheck source=tests/usb/guest.sh
. /vm/guest.sh

# From the kernel's command line; a list is joined by "+".
cases=$(echo "${CASES:-50:0+50:300+50:2000}" | tr + ' ')
chunks=$(echo "${CHUNKS:-4096+16384+63488}" | tr + ' ')
rounds=${ROUNDS:-1}
speed=${SPEED:-1}

model="ums512,userdata=1M,fdl2_delay_ms=0,ver_skip=0"
phone="--chip UMS512 $fdls --device usb --quiet -o /tmp/out"
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
run() { # MIB COMMAND...
	local mib=$1
	shift
	rm -f /tmp/out
	plug one "$model,super=${mib}M,$slow" || bad=1
	clocked "$@"
	unplug one || bad=1
}
tool() { # NAME MIB: one run
	local ahead=
	case $1 in
	floor)
		run "$2" /vm/floor super "$chunk" $((($2 - 1) << 20))
		# It measures itself, behind its start.
		took=$(awk 'END { print $2, $3 }' /tmp/log)
		return
		;;
	*+) ahead=--read-ahead ;;
	esac
	# The largest is what the program finds by itself.
	[ "$chunk" -ge 60000 ] || ahead="$ahead --chunk $chunk"
	# shellcheck disable=SC2086 # words
	run "$2" spdvault "${1%+}" super $phone $ahead
}
one_case() { # MIB
	local t base few=5
	for t in floor read backup read+ backup+; do
		tool $t $few
		echo "$took" >"/tmp/base.$t"
	done
	# In turns, so that what disturbs one disturbs all.
	for _ in $(seq "$rounds"); do
		for t in floor read backup read+ backup+; do
			tool $t $(($1 + few))
			base=$(cat "/tmp/base.$t")
			echo "$base $took" | awk -v b=$(($1 << 20)) \
				-v head="$bus $delay $chunk $t" \
				'{ printf "row %s %d %.3f %.3f\n", head, b, $3 - $1, $4 - $2 }'
		done
	done
	echo "row end"
}

for case in $cases; do
	bus=${case%:*} delay=${case#*:}
	slow="reply_delay_us=$((delay * speed)),bus_mb_s=$((bus / speed))"
	for chunk in $chunks; do
		case $chunk in
		4096) one_case 12 ;;
		16384) one_case 16 ;;
		*) one_case 32 ;;
		esac
	done
done
exit $bad
