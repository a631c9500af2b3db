#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# What the program does on the kernel's USB stack; TAP.  Runs as /vm/test.sh.
# shellcheck source=tests/usb/guest.sh
. /vm/guest.sh

phone=$(cat /vm/phone.spec)
only=$(cat /vm/only)
count=0 failed=0

# A test is a function; its output is shown when it fails.
t() { # NAME FUNCTION
	local start took result=ok
	case $1 in *"$only"*) ;; *) return ;; esac
	count=$((count + 1))
	start=$(cut -d' ' -f1 /proc/uptime)
	rm -f /tmp/one.phone* /tmp/two.phone*
	"$2" >/tmp/log 2>&1 || result='not ok'
	took=$(awk -v s="$start" '{ printf "%.1f s", $1 - s }' /proc/uptime)
	echo "$result $count - $1 ($took)"
	if [ "$result" != ok ]; then
		failed=$((failed + 1))
		tail -n 25 /tmp/log | sed 's/^/#   /'
		cat /tmp/*.phone* 2>/dev/null | sed 's/^/#   phone: /'
		dmesg | tail -n 5 | sed 's/^/#   kernel: /'
	fi
	# A test that failed in its middle leaves its phones behind.
	for name in one two; do
		[ ! -d "/sys/kernel/config/usb_gadget/$name" ] || unplug $name
	done >/dev/null 2>&1
	[ ! -e /tmp/line.pid ] || unwire line 2>/dev/null
	rm -rf /tmp/*.tar.zst* /tmp/*.img* /tmp/line.* /tmp/out /tmp/said
}

# Runs a command that must end with one exit code and say something.
ends() { # CODE TEXT COMMAND...
	local code=0 want=$1 text=$2
	shift 2
	"$@" >/tmp/said 2>&1 || code=$?
	cat /tmp/said
	[ $code -eq "$want" ] || {
		echo "exit code $code, not $want: $*"
		return 1
	}
	grep -q -- "$text" /tmp/said || {
		echo "does not say '$text': $*"
		return 1
	}
}

usb() { # COMMAND ARGUMENT...
	local command=$1
	shift
	# shellcheck disable=SC2086,SC2154 # words; of guest.sh
	spdvault "$command" --chip UMS512 $fdls --device "${device:-usb}" "$@"
}
hash() {
	sha256sum "$1" | cut -d' ' -f1
}
# Partition and hash, as the phone has them by another way.
expected() { # PART
	sed -n "s/^$1 //p" /vm/expected
}
reads() { # PART
	rm -f "/tmp/$1.img"
	usb read "$1" -o "/tmp/$1.img" &&
		[ "$(hash "/tmp/$1.img")" = "$(expected "$1")" ]
}
nothing_written() { # NAME
	[ "$(saw "$1" storage_writes)" = 0 ]
}

# -- a bare host, not our program --------------------------------------------

identity() {
	local d=/sys/bus/usb/devices/1-1
	plug one "$phone" && dmesg | tail -n 4 &&
		[ "$(cat $d/idVendor):$(cat $d/idProduct)" = 1782:4d00 ] &&
		[ "$(cat $d/speed)" = 480 ] &&
		[ "$(cat $d/1-1:1.0/bInterfaceClass)" = ff ] &&
		[ "$(cat $d/1-1:1.0/bNumEndpoints)" = 02 ] &&
		cat $d/1-1:1.0/ep_*/direction $d/1-1:1.0/ep_*/wMaxPacketSize &&
		unplug one && wait_for off_bus one
}
bare_plain() {
	plug one "$phone" && /vm/floor super 4096 1000000 &&
		/vm/floor super 4096 1 >/dev/null 2>&1
	unplug one && [ "$(saw one line_states)" = 2 ] && [ "$(saw one in_lost)" = 0 ]
}
bare_escaped() {
	plug one "$phone" && /vm/floor logo 4096 500000 --escaped &&
		unplug one && [ "$(saw one reads)" = 122 ]
}
# 504 bytes make a reply of exactly one packet, 4088 of eight.
bare_multiple() {
	plug one "$phone" && /vm/floor super 504 50000 && unplug one &&
		[ "$(saw one in_empty)" = 99 ] &&
		plug one "$phone,zlp_in=0" && /vm/floor super 4088 50000 &&
		unplug one && [ "$(saw one in_empty)" = 0 ]
}
bare_full_speed() {
	plug one "$phone" full-speed &&
		[ "$(cat /sys/bus/usb/devices/1-1/speed)" = 12 ] &&
		/vm/floor super 4096 100000 && unplug one
}
# A host that dies in the middle of a transfer, and the next one.
bare_killed() {
	plug one "$phone,reply_delay_us=2000" || return
	/vm/floor super 4096 4000000 &
	sleep 2
	kill -9 $!
	wait $!
	echo "the first host ended with $?"
	pull one && wait_for off_bus one && put one &&
		/vm/floor super 4096 100000 && unplug one &&
		[ "$(saw one pulled)" = 1 ]
}
# Nobody takes the reply any more; the phone must be able to end all the same.
bare_deserted() {
	plug one "$phone,reply_delay_us=2000" || return
	/vm/floor super 4096 4000000 &
	sleep 2
	kill -9 $!
	unplug one && wait_for off_bus one && [ "$(saw one pulled)" = 0 ]
}
# Somebody else's client, on both ends that the simulator has.
stranger_usb() {
	plug one "$phone" && /vm/stranger usb logo 1048576 >logo.img &&
		[ "$(hash logo.img)" = "$(expected logo)" ] && unplug one &&
		nothing_written one && [ "$(saw one refused)" = 0 ]
}
stranger_tty() {
	wire line "$phone" && /vm/stranger "$(cat line.tty)" logo 1048576 >logo.img &&
		[ "$(hash logo.img)" = "$(expected logo)" ] && unwire line &&
		nothing_written line && [ "$(saw line refused)" = 0 ]
}
no_functionfs() {
	ends 1 'mount functionfs' spdvault sim ums512 --gadget /tmp
}

# -- the program -------------------------------------------------------------

devices() {
	plug one "$phone" && spdvault devices && spdvault devices | grep -q '1-1' &&
		spdvault devices --json && unplug one
}
no_phone() {
	ends 3 '' usb info --wait 1
}
whole_backup() {
	plug one "$phone" && usb backup -o one.tar.zst &&
		spdvault verify one.tar.zst && unplug one &&
		spdvault list --json one.tar.zst | sh /vm/members.sh >members &&
		wc -l members && cmp members /vm/expected && nothing_written one &&
		mkdir -p kept && mv one.tar.zst kept/usb.tar.zst
}
# That of sim: and tty: were made and unpacked outside, by check-vm.sh.
three_ways() {
	if [ ! -e /tmp/kept/usb.tar.zst ]; then
		whole_backup || return
	fi
	spdvault extract /tmp/kept/usb.tar.zst -C out --quiet &&
		rm /tmp/kept/usb.tar.zst && (cd out && sha256sum -c -s SHA256SUMS &&
		sh /vm/sums.sh) >usb.sums && wc -l usb.sums &&
		cmp usb.sums /vm/sim.sums && cmp usb.sums /vm/tty.sums
}
reenum_fdl1() {
	plug one "$phone,reenum=fdl1" && reads super && unplug one &&
		[ "$(saw one left)" = 1 ] && [ "$(saw one enumerated)" = 2 ]
}
reenum_fdl2() {
	plug one "$phone,reenum=fdl2" && reads super && unplug one &&
		[ "$(saw one left)" = 1 ] && [ "$(saw one enumerated)" = 2 ]
}
line_state_needed() {
	plug one "$phone,need_line_state=1" && reads misc && unplug one
}
line_state_stalled() {
	plug one "$phone,stall_line_state=1" && reads misc && unplug one
}
no_zlp() {
	plug one "$phone,zlp_in=0" && reads super && unplug one
}
split32() {
	plug one "$phone,split32=1" && reads super && unplug one
}
full_speed() {
	plug one "$phone" full-speed && spdvault devices 2>warning &&
		grep 'runs at full speed' warning && reads logo 2>warning &&
		grep 'runs at full speed' warning && unplug one &&
		plug one "$phone" && reads logo 2>warning && unplug one &&
		! grep 'full speed' warning
}
# Answers 1 to 150 are those of the way up.
stalls() {
	for nth in 1 20 170; do
		plug one "$phone,stall_nth=$nth" && reads misc && unplug one &&
			[ "$(saw one stalls)" = 1 ] || return
	done
}
pieces() {
	for piece in 1000 61; do
		plug one "$phone,piece=$piece" && reads misc && unplug one &&
			[ "$(saw one in_transfers)" -gt "$(saw one replies)" ] || return
	done
}
joined() {
	plug one "$phone,join=1,log_frames=1" && reads misc && unplug one &&
		[ "$(saw one in_transfers)" -lt "$(saw one replies)" ]
}
late() {
	plug one "$phone,slow_nth=210" && usb read super -o super.img --verbose 2>said &&
		cat said && [ "$(hash super.img)" = "$(expected super)" ] &&
		grep 'no answer' said && unplug one && nothing_written one
}
cut_off() {
	plug one "$phone,cut_nth=170" && reads misc && unplug one &&
		nothing_written one && [ "$(saw one left)" = 1 ] &&
		[ "$(saw one enumerated)" = 2 ]
}
# 528 bytes with 488 flags among them make frames of 1024 on the wire.
full_frames() {
	for _ in $(seq 40); do
		yes '~' | tr -d '\n' | head -c 488
		head -c 40 /dev/zero
	done >full.bin
	plug one "$phone" && spdvault read misc --chip UMS512 -o misc.img --device usb \
		--fdl1 full.bin@0x5500 --fdl2 full.bin@0x9EFFFE00 &&
		[ "$(hash misc.img)" = "$(expected misc)" ] && unplug one &&
		[ "$(saw one out_full)" -ge 40 ]
}
# A phone that goes on to charging: here one that is deaf, and pulled.
deaf=need_line_state=1,stall_line_state=1
charging() {
	local pid code=0 gone
	plug one "$phone,$deaf" || return
	usb info --wait 2 >said 2>&1 &
	pid=$!
	sleep 1
	pull one
	gone=$(cut -d. -f1 /proc/uptime)
	wait $pid || code=$?
	cat said
	unplug one
	[ $code -eq 3 ] && grep 'without a word' said && grep 'boot key' said &&
		[ $(($(cut -d. -f1 /proc/uptime) - gone)) -lt 5 ]
}
charging_then_well() {
	local pid
	usb read misc -o misc.img --wait 60 >said 2>&1 &
	pid=$!
	sleep 1
	plug one "$phone,$deaf" && sleep 2 && pull one || return
	wait_for grep 'boot key' said || return
	unplug one
	plug one "$phone" && wait $pid && cat said &&
		[ "$(hash misc.img)" = "$(expected misc)" ] && unplug one
}
escaped() {
	plug one "$phone,hdlc=0" && reads logo && unplug one &&
		[ "$(saw one in_lost)" = 0 ]
}

# Some partitions are enough where it is about the cable.
some='super boot_a vendor_boot_a metadata'
whole() { # ARCHIVE
	spdvault list --json "$1" | sh /vm/members.sh >members || return
	# None that the phone does not have so, and none is lacking.
	! grep -vxFf /vm/expected members && for part in $some; do
		grep "^$part " members || return
	done
}
grown() { # FILE BYTES
	[ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -ge "$2" ]
}
cable_pulled() {
	local code=0 pid
	plug one "$phone,reply_delay_us=500" || return
	# shellcheck disable=SC2086 # words
	usb backup --json --wait 0 -o one.tar.zst $some >events 2>errors &
	pid=$!
	wait_for grown one.tar.zst.partial 1000000 || return
	pull one
	wait $pid || code=$?
	tail -n 1 events
	cat errors
	case $code in 4 | 6) ;; *) echo "exit code $code" && return 1 ;; esac
	grep -q '"kind":"gone"' events && [ ! -e one.tar.zst ] &&
		wait_for off_bus one && put one &&
		usb backup --resume -o one.tar.zst $some && unplug one &&
		nothing_written one && whole one.tar.zst
}
# Off the cable it is off, and comes back with its ROM.
cable_back() {
	local code=0 pid
	plug one "$phone,reply_delay_us=500" || return
	# shellcheck disable=SC2086 # words
	usb backup --json -o one.tar.zst $some >events 2>errors &
	pid=$!
	wait_for grown one.tar.zst.partial 1000000 || return
	pull one
	sleep 2
	put one
	wait $pid || code=$?
	tail -n 1 events
	cat errors
	[ $code -eq 0 ] && [ ! -e one.tar.zst.partial ] && unplug one &&
		nothing_written one && [ "$(saw one enumerated)" = 2 ] &&
		whole one.tar.zst
}
two_phones() {
	plug one "$phone" && plug two "$phone,seed=2" || return
	spdvault devices
	ends 2 '2-1' usb info --wait 1 || ends 3 '2-1' usb info --wait 1 || return
	device=usb:1-1 && reads super && mv super.img one.img &&
		device=usb:2-1 && usb read super -o two.img &&
		! cmp -s one.img two.img && unplug one && unplug two
	device=
}
both_at_once() {
	local first=1 second=1
	plug one "$phone" && plug two "$phone,seed=2" || return
	device=usb:1-1
	usb read super -o one.img &
	first=$!
	device=usb:2-1
	usb read super -o two.img &
	second=$!
	device=
	wait $first && wait $second &&
		[ "$(hash one.img)" = "$(expected super)" ] &&
		! cmp -s one.img two.img && unplug one && unplug two
}
# No loaders, no greeting: with escaping off a flag would be its end.
again() { # OUT
	spdvault read misc -o "$1" --force --device usb --wait 2 --verbose >said 2>&1 ||
		{ cat said && return 1; }
	cat said
	grep 'still runs the loader of an earlier run' said && ! grep '^sending' said &&
		grep 'escaping off' said && [ "$(hash "$1")" = "$(expected misc)" ]
}
left_in_fdl2() {
	local pid
	plug one "$phone,reply_delay_us=2000" && reads misc && again misc.img || return
	for _ in 1 2 3; do
		# Not by usb(): that would be another process.
		spdvault read super -o super.img --force --quiet --chunk 4096 &
		pid=$!
		wait_for test -e super.img.partial || return
		kill -KILL $pid
		wait $pid && echo 'it was too late to kill it' && return 1
		rm super.img.partial
		again misc.img || return
	done
	unplug one && nothing_written one && [ "$(saw one enumerated)" = 1 ] &&
		[ "$(saw one unsupported)" = 0 ]
}
# The next visit has another address: its ROM is greeted.
left_and_came_anew() {
	plug one "$phone" && reads misc && unplug one && plug one "$phone" &&
		usb read misc -o misc.img --force --verbose >said 2>&1 && cat said &&
		grep '^sending FDL2' said && [ "$(hash misc.img)" = "$(expected misc)" ] &&
		unplug one
}
doctor() {
	local pid
	spdvault doctor --wait 60 >said 2>&1 &
	pid=$!
	wait_for grep 'watching the bus' said || return
	plug one "$phone" && wait_for grep 'a phone came, in download mode' said &&
		unplug one && wait_for grep 'boot key not held' said &&
		plug one "$phone" && wait $pid && cat said &&
		grep 'it stays: this is download mode' said &&
		grep 'high speed, and it may be opened' said && unplug one
}
node_of() { # NAME
	local d
	d=/sys/bus/usb/devices/$(port_of "$1")
	printf '/dev/bus/usb/%03d/%03d\n' "$(cat "$d/busnum")" "$(cat "$d/devnum")"
}
as_user() {
	su user -c "$*"
}
# shellcheck disable=SC2086,SC2154 # words; of guest.sh
denied() { # TEXT
	ends 3 'no right' as_user spdvault devices && grep "$1" said &&
		ends 3 'no right' as_user spdvault info --chip UMS512 $fdls \
			--device usb --wait 1 && grep "$1" said
}
user_without_right() {
	local code=0 rules=/usr/local/lib/udev/rules.d
	plug one "$phone" && ls -l "$(node_of one)" && chmod 600 "$(node_of one)" &&
		denied 'copy scripts/99-spdvault.rules to /etc/udev/rules.d' || return
	mkdir -p $rules && touch $rules/99-spdvault.rules
	denied "$rules/99-spdvault.rules is installed" || code=1
	rm -r $rules
	unplug one && [ $code -eq 0 ]
}
# What was damaged since is written back over the cable, in spite of it.
back='misc logo'
writes() { # ARGUMENT...
	# shellcheck disable=SC2086 # words
	usb restore one.tar.zst $back --yes "$@"
}
restored() {
	local code=0 pid
	# shellcheck disable=SC2086 # words
	plug one "$phone" && usb backup -o one.tar.zst $back && unplug one &&
		plug one "$phone,damage=misc,damage=logo,keep=/tmp/phone.keep,reply_delay_us=10000" || return
	writes --wait 0 >said 2>&1 &
	pid=$!
	# The first write comes behind the safety copy, and takes longer.
	wait_for test -e one.undo.tar.zst || return
	usleep 200000
	pull one
	wait $pid || code=$?
	cat said
	unplug one
	[ $code -eq 6 ] && plug one "$phone,keep=/tmp/phone.keep" &&
		writes --resume || return
	for part in $back; do
		reads "$part" || return
	done
	unplug one && [ "$(saw one storage_writes)" -gt 0 ] && rm /tmp/phone.keep
}

# As a udev rule does it.
# shellcheck disable=SC2086
user_with_right() {
	plug one "$phone" && chown 1000 "$(node_of one)" &&
		as_user spdvault read misc --chip UMS512 $fdls --device usb \
			-o /tmp/misc.img && [ "$(hash misc.img)" = "$(expected misc)" ] &&
		unplug one
}

echo "# kernel $(uname -r), the phone is $phone"
t 'the kernel sees 1782:4d00, class ff, two bulk endpoints' identity
echo '# what the kernel said of it:'
dmesg | grep 'usb 1-1: ' | sed 's/^/# /'
t 'a bare host reads, escaping off' bare_plain
t 'a bare host reads, escaping on' bare_escaped
t 'replies of whole packets, with and without an empty one' bare_multiple
t 'full speed: packets of 64' bare_full_speed
t 'a host that dies in the middle, and the next one' bare_killed
t 'a phone whose host has died ends when told to' bare_deserted
t "a stranger's client reads over USB" stranger_usb
t "a stranger's client reads over a line" stranger_tty
t 'no functionfs: said so' no_functionfs
if spdvault help devices >/dev/null 2>&1; then
	t 'no phone: exit code 3' no_phone
	t 'devices lists the phone' devices
	t 'backup, verify, each member as by sim:' whole_backup
	t 'sim:, tty: and USB: the same storage, byte-identical members' three_ways
	t 'the phone re-enumerates after FDL1' reenum_fdl1
	t 'the phone re-enumerates after FDL2' reenum_fdl2
	t 'a phone that waits for the line state' line_state_needed
	t 'a phone that refuses the line state' line_state_stalled
	t 'a phone without empty packets' no_zlp
	t 'a phone that sends its last 32 bytes apart' split32
	t 'a stall in front of an answer' stalls
	t 'answers in pieces' pieces
	t 'answers joined' joined
	t 'an answer that comes too late' late
	t 'the bus left in the middle of an answer' cut_off
	t 'requests of whole packets are ended by an empty one' full_frames
	t 'charging mode: explained at once' charging
	t 'charging mode: explained, and the next one is waited for' charging_then_well
	t 'full speed: read, and warned of' full_speed
	t 'read with escaping on' escaped
	t 'the cable pulled in the middle of a backup, and resumed' cable_pulled
	t 'the cable pulled and put in again: gone on with, nothing lost' cable_back
	t 'the cable pulled in the middle of a restore, and resumed' restored
	t 'left in FDL2, also by a killed run' left_in_fdl2
	t 'left in FDL2, and plugged in anew' left_and_came_anew
	t 'doctor sees phones come, go and stay' doctor
	t 'two phones are told apart by their ports' two_phones
	t 'two phones read at the same time' both_at_once
	t 'a user without the right' user_without_right
	t 'a user with the right' user_with_right
else
	echo "not ok $((count += 1)) - the program knows USB"
	failed=$((failed + 1))
fi
echo "1..$count"
[ $failed -eq 0 ]
