# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# Phones to plug in, inside the virtual machine; sourced by what runs there.
# The place of phone NAME is a port of its own: "one" is 1-1, "two" is 2-1.

# Any two files will do as loaders.
# shellcheck disable=SC2034 # for those who source this
fdls="--fdl1 /tmp/fdl1.bin@0x5500 --fdl2 /tmp/fdl2.bin@0x9EFFFE00"
dd if=/dev/zero of=/tmp/fdl1.bin bs=1024 count=20 2>/dev/null
dd if=/dev/zero of=/tmp/fdl2.bin bs=1024 count=200 2>/dev/null

udc_of() { # NAME
	case $1 in
	two) echo dummy_udc.1 ;;
	*) echo dummy_udc.0 ;;
	esac
}
port_of() { # NAME
	case $1 in
	two) echo 2-1 ;;
	*) echo 1-1 ;;
	esac
}

# Waits up to 10 s until a command succeeds.
wait_for() {
	for _ in $(seq 200); do
		"$@" && return 0
		usleep 50000
	done
	return 1
}
on_bus() { # NAME
	[ -e "/sys/bus/usb/devices/$(port_of "$1")/$(port_of "$1"):1.0" ]
}
off_bus() {
	! on_bus "$1"
}

# Puts a phone in; SPEC as for --device sim:, with the keys of the cable.
plug() { # NAME SPEC [MAX-SPEED]
	sh /vm/make-gadget.sh "$1" "/run/$1" ${3:+"$3"} || return
	spdvault sim "$2,udc=$(udc_of "$1")" --gadget "/run/$1" --json \
		>"/tmp/$1.phone" 2>"/tmp/$1.phone.err" &
	echo $! >"/tmp/$1.pid"
	wait_for on_bus "$1"
}
# Takes it out and ends it; its last words are in NAME.phone then.
unplug() { # NAME
	local code=0 pid
	pid=$(cat "/tmp/$1.pid")
	kill -INT "$pid" 2>/dev/null
	wait "$pid" || code=$?
	sh /vm/make-gadget.sh --remove "$1" "/run/$1" || code=99
	return $code
}
# A phone on a serial line, that is on a pseudo terminal; its path in NAME.tty.
has_line() {
	[ -s "$1" ]
}
wire() { # NAME SPEC
	spdvault sim "$2" --pty --json >"/tmp/$1.phone" 2>"/tmp/$1.phone.err" &
	echo $! >"/tmp/$1.pid"
	wait_for has_line "/tmp/$1.phone" || return
	sed -n 's/.*"path":"\([^"]*\)".*/\1/p' "/tmp/$1.phone" >"/tmp/$1.tty"
}
unwire() { # NAME
	kill -INT "$(cat "/tmp/$1.pid")"
	wait "$(cat "/tmp/$1.pid")"
}
# The cable without the phone.
pull() { # NAME
	echo >"/sys/kernel/config/usb_gadget/$1/UDC"
}
put() { # NAME
	udc_of "$1" >"/sys/kernel/config/usb_gadget/$1/UDC"
	wait_for on_bus "$1"
}
# A number that the phone counted.
saw() { # NAME KEY
	sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p" "/tmp/$1.phone"
}
