#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# doctor: on a made-up computer, whose phones come and go, and with simulated
# phones.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
unset SSH_CONNECTION

# A computer where nothing is in the way.
computer() {
	rm -rf pc
	mkdir -p pc/sys/bus/usb/devices/usb1 pc/dev/bus/usb/001 pc/run/udev \
		pc/etc/udev/rules.d pc/proc/1 pc/sys/class/dmi/id \
		pc/sys/bus/usb-serial/drivers/generic
	: >pc/run/udev/control
	: >pc/etc/udev/rules.d/99-spdvault.rules
	echo systemd >pc/proc/1/comm
	echo 'Linux version 6.1.0' >pc/proc/version
	echo LENOVO >pc/sys/class/dmi/id/sys_vendor
	echo 1d6b >pc/sys/bus/usb/devices/usb1/idVendor
}
# plug PATH DEVNUM [VID PID SPEED NAME CLASS SUBCLASS DRIVER]
plug() {
	local new=pc/new at=pc/sys/bus/usb/devices/$1
	mkdir -p "$new/$1:1.0"
	echo "${3:-1782}" >"$new/idVendor"
	echo "${4:-4d00}" >"$new/idProduct"
	echo 1 >"$new/busnum"
	echo "$2" >"$new/devnum"
	echo "${5:-480}" >"$new/speed"
	echo "${6:-}" >"$new/product"
	echo "${7:-ff}" >"$new/$1:1.0/bInterfaceClass"
	echo "${8:-00}" >"$new/$1:1.0/bInterfaceSubClass"
	[ -z "${9:-}" ] || ln -s "../drivers/$9" "$new/$1:1.0/driver"
	: >"pc/dev/bus/usb/001/$(printf %03d "$2")"
	mv "$new" "$at"
}
unplug() { rm -r "pc/sys/bus/usb/devices/$1"; }
doctor() { run doctor --root pc "$@"; }
# waits until a line of the running doctor fits
until_said() {
	for _ in $(seq 150); do
		grep -Eq -- "$1" "$out" "$err" && return
		sleep 0.05
	done
	return 1
}

computer
doctor --wait 0
is 'a computer without a phone: exit 3' ended 3 '^error: no phone in download mode' '\(no-phone\)$'
is '... and nothing is in its way' no prints '^(bad|warning)'
is '... rights, driver, ModemManager and VM were looked at' test "$(grep -c '^ok' "$out")" -ge 5
rm pc/etc/udev/rules.d/*
doctor --wait 0
is 'without the rule the way to install it is told' prints 'no udev rule|there is no udev rule'
echo QEMU >pc/sys/class/dmi/id/sys_vendor
doctor --wait 0 --log log.txt
is 'its findings are in the log, too' logged log.txt
is 'a virtual machine is named' prints '^note +this is a virtual machine \(QEMU\)'
is '... with what to do' prints 'try: if no phone comes here: pass 1782:4d00'
echo 'Linux version 5.15 (microsoft-standard-WSL2)' >pc/proc/version
doctor --wait 0
is 'WSL, too' prints '^warning +this is Linux inside Windows'
computer
printf 'x86\nflags\t: fpu hypervisor sse\n' >pc/proc/cpuinfo
doctor --wait 0
is '... and one that only the processor tells' prints 'virtual machine \(of a kind'
mkdir pc/proc/77 && echo ModemManager >pc/proc/77/comm
doctor --wait 0
is 'ModemManager is kept away by the rule' prints '^ok +ModemManager runs; the udev rule'
rm pc/etc/udev/rules.d/*
doctor --wait 0
is '... and not without it' prints '^warning +ModemManager runs'
echo '1782 4d00' >pc/sys/bus/usb-serial/drivers/generic/new_id
doctor --wait 0
is 'a driver that was told to take phones' prints "^warning +the serial driver 'generic'"
rm -r pc/dev
doctor --wait 0
is 'no /dev/bus/usb' prints '^bad .*dev/bus/usb, through which they are opened, is missing'
rm -r pc/sys
doctor --wait 0
is 'no USB at all' prints '^bad .*shows no USB at all'

# -- phones that are there ---------------------------------------------------
computer
plug 1-2 5
doctor --wait 0
is 'a phone in download mode: exit 0' ended 0 'a phone is ready; next: spdvault info'
is '... with its place and speed' prints '^ok +usb:1-2: a phone in download mode, high speed'
doctor --wait 0 --device usb:1-3
is '... not at another port' ended 3 'no phone in download mode'
unplug 1-2
plug 1-4.1.2 6 1782 4d00 12 '' ff 00 option
doctor --wait 0
is 'a slow one behind hubs with a driver: exit 0' ended 0
is '... is told to be slow' prints '^warning +usb:1-4.1.2: it runs at full speed'
is '... and behind two hubs' prints '^note +.*there are 2 hubs in between'
is '... and what becomes of the driver' prints "the driver 'option' has it; it is put aside"
unplug 1-4.1.2
plug 1-2 7 1782 4d00 480 '' ff 00 usbfs
doctor --wait 0
is 'one that another program has: exit 3' ended 3 'another program has it open' 'port-busy'
unplug 1-2
plug 1-2 8 && rm pc/dev/bus/usb/001/008
doctor --wait 0
is 'one without a file in /dev: exit 3' ended 3 'dev/bus/usb is missing'
unplug 1-2
plug 1-2 9 1782 4d03
plug 1-3 10 22b8 2e82 480 'moto g04' 06 01
plug 1-4 11 0e8d 2000
plug 1-5 12 046d c31c 12 Keyboard 03 01
doctor --wait 0
is 'phones in other modes: exit 3' ended 3 'no phone in download mode'
is '... one in diag mode' prints 'usb:1-2: a phone that is on, in diag mode'
is '... one that is on' prints "usb:1-3: a phone that is on \('moto g04', 22b8:2e82\)"
is '... another chip' prints 'usb:1-4: a MediaTek phone'
is '... and no keyboard' no prints '1-5'

# -- phones that come and go -------------------------------------------------
computer
ran='doctor while a phone comes and goes' code=-1
"$prog" doctor --root pc --wait 60 --chip 'moto g04' >"$out" 2>"$err" &
pid=$!
helpers+=("$pid")
is 'it watches' until_said 'watching the bus for 60 s'
plug 1-2 5
is 'a phone that comes is told' until_said 'usb:1-2: a phone came, in download mode'
unplug 1-2
is 'one that leaves soon had no key held' until_said 'usb:1-2: it appeared for [0-4]\.[0-9] s and left: boot key not held'
is '... and the key of the model is named' until_said 'try: .*hold volume down'
plug 1-2 6 22b8 2e82 480 'moto g04' 06 01
is 'one that is on' until_said 'a phone that is on'
unplug 1-2
plug 1-2 7
is 'one that stays is ready' until_said 'a phone is ready'
wait $pid
code=$?
is '... exit 0' ended 0
"$prog" doctor --root pc --device usb:1-9 --wait 60 >"$out" 2>"$err" &
pid=$!
is 'it watches again' until_said 'watching the bus'
kill -INT $pid
wait $pid
code=$?
is 'Ctrl-C ends it: exit 130' ended 130 'stopped by the user'

# -- simulated phones --------------------------------------------------------
run doctor --root pc --device sim:ums512
is 'a simulated phone: exit 0, in no time' ended 0 'a phone is ready'
run doctor --root pc --device sim:ums512,host=charging --json
is 'one without its key held: exit 3' ended 3 '\(charging\)$'
is '... each visit has its length' prints '"what":"left",.*"mode":"download",.*"ms":4700,.*it appeared for 4.7 s and left: boot key not held'
is '... a second one asks for another key' prints '2 times now: try another key'
is '... the result has the findings' prints '^\{"event":"result".*"findings":\[\{"severity":'
run doctor --root pc --device sim:ums512,host=denied
is 'no right: exit 3' ended 3 'you have no right to open it' '^  try: ' '\(no-right\)$'
run doctor --root pc --device sim:ums512,host=busy
is 'in use: exit 3' ended 3 'another program has it open' '\(port-busy\)$'
run doctor --root pc --device sim:ums512,host=absent --wait 3600
is 'nobody comes: exit 3' ended 3 'within 3600 s' '\(no-phone\)$'
fails 2 'has no bus that could be watched' '.' doctor --device tty:/dev/null
fails 2 'takes no option --fdl1' '.' doctor --fdl1 x
fails 2 "no profile for 'nosuch'" 'chips' doctor --device sim:ums512 --chip nosuch
if [ "$(id -u)" = 0 ] && [ -n "$(command -v setpriv)" ]; then
	computer
	plug 1-2 5
	chmod 600 pc/dev/bus/usb/001/005
	chmod -R a+rX "$tmp"
	ran='doctor as nobody'
	setpriv --reuid=65534 --regid=65534 --clear-groups "$prog" doctor --root pc --wait 0 >"$out" 2>"$err"
	code=$?
	if grep -q 'Permission denied' "$err"; then
		skip 'without root' 'the program is not readable for others'
	else
		is 'without root: no right is seen: exit 3' ended 3 'you have no right to open it' 'plug the phone in again'
		is '... and the rule' prints '^ok +the udev rule is there'
	fi
else
	skip 'without root' 'needs root and setpriv(1)'
fi
finish
