#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The same phones on a pseudo terminal, as on a serial cable.
# shellcheck disable=SC2317,SC2154 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

base=super=6M,userdata=1M
head -c 20480 /dev/zero >fdl1.bin
head -c 204800 /dev/zero >fdl2.bin

# serve SPEC [NAME]: a phone on $tty, whose last words will be in NAME.err
serve() {
	local log=${2:-phone}
	: >"$log.out"
	"$prog" sim "$1" --pty >"$log.out" 2>"$log.err" &
	phone=$!
	helpers+=("$phone")
	for _ in $(seq 100); do
		[ ! -s "$log.out" ] || break
		sleep 0.1
	done
	tty=$(head -n 1 "$log.out")
}
hang_up() {
	kill -INT "$phone" 2>/dev/null
	wait "$phone"
}
loaders() { # CHIP
	echo --chip "$1" --fdl1 fdl1.bin --fdl2 fdl2.bin
}

# All at once: a terminal is slow, and most of it is waiting.
for m in $models; do
	chip=$m
	[ "$m" != sc9832 ] || chip=sc9830
	serve "$m,$base" "$m"
	is "$m: there is a terminal" test -c "$tty"
	(
		# shellcheck disable=SC2046 # words
		timeout 120 "$prog" backup --device "tty:$tty" $(loaders "$chip") \
			-o "$m.tty.tar.zst" >"$m.said" 2>"$m.warned"
		echo $? >"$m.code"
		kill -INT "$phone"
	) &
done
wait
for m in $models; do
	cp "$m.warned" "$err"
	code=$(cat "$m.code") ran="backup of $m over a terminal"
	is "$m: backup over a terminal" ended 0 'unplug it and hold the power key'
	is "$m: the phone saw no write" grep -q 'its storage changed 0 times' "$m.err"
	is "$m: ... and no command it did not know" grep -Eq 'did not know [01];' "$m.err"
	run backup --device "sim:$m,$base" -o "$m.sim.tar.zst"
	is "$m: the same bytes as without a terminal" same \
		"$("$prog" cat "$m.tty.tar.zst" SHA256SUMS | grep -E ' (partitions|boot|gpt)/')" \
		"$("$prog" cat "$m.sim.tar.zst" SHA256SUMS | grep -E ' (partitions|boot|gpt)/')"
	is "$m: verify" "$prog" verify "$m.tty.tar.zst"
	run inspect "$m.tty.tar.zst"
	is "$m: not called simulated" no prints SIMULATED
done

# Another speed is agreed on when FDL1 runs.
serve "ums512,$base"
# shellcheck disable=SC2046
run backup --device "tty:$tty@921600" $(loaders UMS512) -o speed.tar.zst misc logo
is 'with a higher speed' ended 0
hang_up

# A phone that an earlier command has left in its loader.
serve "ums512,$base" left
# shellcheck disable=SC2046
run info --device "tty:$tty" $(loaders UMS512)
is 'info leaves the phone in its loader, and says so' ended 0 'still in its loader' 'next command, which goes on from there'
is '... a note of it is kept' test -e "$XDG_RUNTIME_DIR/spdvault/tty-136-${tty##*/}.json"
works 'the next command needs no loaders' backup --device "tty:$tty" -o second.tar.zst misc --verbose
is '... goes on from there' says 'still runs the loader of an earlier run'
is '... sends none' no says '^sending|the phone says'
is '... and its archive is good' "$prog" verify second.tar.zst
run inspect second.tar.zst
is '... with the loaders that were sent then' prints '^FDL1: +fdl1.bin at 0x5500'
is '... and the chip' prints 'profile ums512'
# One that is killed while it reads.
"$prog" read --device "tty:$tty" -o killed.img super --log killed.log >/dev/null 2>&1 &
reader=$!
for _ in $(seq 100); do
	[ ! -s killed.img.partial ] || break
	sleep 0.05
done
is 'a run that reads' test -s killed.img.partial
kill -KILL $reader
wait $reader 2>/dev/null
works 'after it was killed the next goes on, too' backup --device "tty:$tty" -o third.tar.zst misc --verbose
is '... from there' says 'still runs the loader of an earlier run'
is '... with the same bytes' same "$("$prog" cat second.tar.zst misc | sha256sum)" "$("$prog" cat third.tar.zst misc | sha256sum)"
mv "$XDG_RUNTIME_DIR/spdvault" notes
works 'where no note of it was kept it is found by its silence' info --wait 1 --device "tty:$tty" --verbose
is '... and says so' says 'answers as FDL2, which something else has started'
hang_up
is 'the phone was never asked what it does not know' grep -q 'did not know 0; its storage changed 0 times; it is in fdl2' left.err

# One without a list of partitions is asked for it once, not in each run.
serve "ums512,$base,user_partition=84,ptable=fe" fe
# shellcheck disable=SC2046
run info --device "tty:$tty" $(loaders UMS512)
is 'a loader without a list' ended 0
works '... in the next run' info --device "tty:$tty"
rm -r "$XDG_RUNTIME_DIR/spdvault"
works '... in one that knows nothing of the others' info --wait 1 --device "tty:$tty"
is '... which says why it did not ask' says 'may have refused a command before'
hang_up
is '... was asked once' grep -q 'did not know 1; its storage changed 0 times; it is in fdl2' fe.err

# The same for loaders of other kinds: by number, one alone, volumes, no table.
for m in sc6531e sc6530 ums9117 udx710 sc9832; do
	chip=$m
	[ "$m" != sc9832 ] || chip=sc9830
	serve "$m" kind
	# shellcheck disable=SC2046
	run info --device "tty:$tty" $(loaders "$chip")
	mv "$out" first
	works "$m is gone on with" info --device "tty:$tty"
	is '... without loaders' says 'still runs the loader of an earlier run'
	is '... and says the same of itself' cmp first "$out"
	hang_up
	is '... and knows all it was asked' grep -q 'did not know 0; its storage changed 0 times; it is in fdl2' kind.err
done

# Rebooted: nothing is left there.
serve "ums512,$base"
# shellcheck disable=SC2046
run info --device "tty:$tty" $(loaders UMS512) --after reboot
is 'a phone that reboots' ended 0 'reboots'
is '... leaves no note' test ! -e "$XDG_RUNTIME_DIR/spdvault/tty-136-${tty##*/}.json"
hang_up

# -- what goes wrong ---------------------------------------------------------

serve "ums512,$base"
fails 2 'loader|fdl1|FDL1' '.' backup --device "tty:$tty" -o x.tar.zst
hang_up
serve "ums512,$base"
run backup --device "tty:$tty" --chip UMS512 --fdl1 nosuch.bin --fdl2 fdl2.bin -o x.tar.zst
is 'a loader that is not there: exit 1' ended 1 "nosuch.bin" '^  try: '
hang_up
serve "ums512,$base"
run backup --device "tty:$tty" --fdl1 fdl1.bin --fdl2 fdl2.bin -o x.tar.zst
is 'no address for the loaders: exit 2' ended 2 'address' '^  try: .*(chip|@)'
hang_up
fails 2 'no serial line' 'ttyUSB' info --device tty:/dev/null
: >plain
fails 2 "'plain' is no serial line" 'ttyUSB' info --device tty:plain
fails 2 '12three' '.' info --device "tty:/dev/null@12three"
# Nobody there: the other end of a terminal is open, but silent.
if [ -n "$(command -v python3)" ]; then
	python3 -c 'import os, pty, time
m, s = pty.openpty(); print(os.ttyname(s), flush=True); time.sleep(60)' >silent &
	helpers+=($!)
	for _ in $(seq 100); do
		[ ! -s silent ] || break
		sleep 0.1
	done
	# shellcheck disable=SC2046
	fails 3 'answered within 1 s' 'switch the phone off' info --wait 1 --device "tty:$(cat silent)" $(loaders UMS512)
else
	skip 'nobody at the other end' 'no python3'
fi
is 'no archive was made by that' test ! -e x.tar.zst -a ! -e x.tar.zst.partial
finish
