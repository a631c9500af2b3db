#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# --loaders DIR: which files are taken, where they go, and what is said of it.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/loaders.sh
. "$tree/tests/lib/loaders.sh"

d="--device sim:ums512"
# serve MODEL: a phone on $tty
serve() {
	: >out.tty
	"$prog" sim "$1" --pty >out.tty 2>/dev/null &
	helpers+=($!)
	for _ in $(seq 100); do
		[ ! -s out.tty ] || break
		sleep 0.1
	done
	tty=tty:$(head -n 1 out.tty)
}
folder() { rm -rf fw && mkdir fw; }
raw() { head -c "$1" /dev/urandom; }
# sent FILE ADDRESS: by the steps of --verbose
sent() { says "sending FDL[12] '$1' to $2\$"; }

# shellcheck disable=SC2086 # words
{
	folder
	signed 0x5500 20480 >fw/fdl1-sign.bin
	signed 0x9EFFFE00 204800 >fw/fdl2-sign.bin
	raw 20000 >fw/fdl1.bin
	raw 20000 >fw/u-boot-spl-16k-sign.bin
	echo '<html>' >fw/fdl2.html
	raw 3000 >fw/boot.img
	mkdir fw/fdl2-old
	works 'a folder of a package' info $d --loaders fw --verbose
	is '... the signed ones are sent' sent fdl1-sign.bin 0x00005500
	is '... both' sent fdl2-sign.bin 0x9EFFFE00
	is '... and why is said' says "^FDL1: 'fdl1-sign.bin' \(0x5500, it says this address itself, signed, a usual name\), rather than 'fdl1.bin' \(.*not signed\)"
	is '... who gives the address' says "^FDL1 goes to 0x5500: the profile 'ums512' \(.*\) and its header"
	works '... without --verbose' info $d --loaders fw
	is '... a line for each' test "$(grep -c '^FDL[12]: ' "$err")" = 2

	works 'one that is named goes before the folder' info $d --loaders fw --fdl1 fw/fdl1.bin --verbose
	is '... and the other comes from it' sent fdl2-sign.bin 0x9EFFFE00
	is '... the named one is sent' sent fdl1.bin 0x00005500

	folder
	raw 20000 >fw/fdl1_0x5500.bin && raw 200000 >fw/fdl2-9EFFFE00.bin
	raw 20000 >fw/fdl1_0x65000800.bin
	works 'addresses in names' info $d --loaders fw --verbose
	is '... are a reason' says "^FDL1: 'fdl1_0x5500.bin' \(0x5500, it says this address itself"
	fails 7 'its name says that it belongs at 0x65000800' '--chip' info $d --loaders fw --fdl1 fw/fdl1_0x65000800.bin

	folder
	raw 20000 >fw/fdl1-dl.bin && raw 20000 >fw/fdl1-sign.bin
	raw 200000 >fw/fdl2-dl.bin && raw 200000 >fw/fdl2-sign.bin
	fails 2 "2 files in the folder fit equally well as FDL1: 'fdl1-dl.bin', 'fdl1-sign.bin'" '--fdl1 FILE' info $d --loaders fw --no-input
	fails 2 'equally well' '--fdl1' info $d --loaders fw
	works 'one named settles the other by its twin' info $d --loaders fw --fdl1 fw/fdl1-dl.bin --verbose
	is '... which is sent' sent fdl2-dl.bin 0x9EFFFE00
	cp fw/fdl1-dl.bin fw/fdl1-sign.bin
	works 'a copy is no question' info $d --loaders fw
	if [ -n "$(command -v script)" ]; then
		raw 20000 >fw/fdl1-sign.bin
		ran='a question at a terminal'
		printf 'x\n2\n' | TERM=dumb timeout 60 script -qec "$prog info $d --loaders fw --verbose" /dev/null >"$err" 2>&1
		code=$?
		tr -d '\r' <"$err" >said && cp said "$err"
		is 'at a terminal it asks' ended 0 'which one is FDL1\? \[1-2\]' 'type a number from 1 to 2'
		is '... and the second is sent' sent fdl1-sign.bin 0x00005500
	else
		skip 'a question at a terminal' 'no script(1)'
	fi

	folder
	raw 20000 >fw/fdl.bin
	works 'a chip with one loader needs one' info --device sim:sc6530 --loaders fw --verbose
	is '... which may have no number' sent fdl.bin 0x34000000

	folder
	raw 20000 >fw/fdl1.bin
	fails 2 'no file in .* is named like an FDL2' 'usual names' info $d --loaders fw
	fails 1 "looking for loaders in 'nosuch'" 'spelling' info $d --loaders nosuch
	fails 2 'either' 'drop one' info $d --loaders fw --pac x.pac

	# Addresses that sources disagree about: what the file says decides.
	raw 20000 >fdl1.bin && raw 200000 >fdl2.bin
	serve ums9230
	run info --device $tty --chip UMS9230 --fdl1 fdl1.bin --fdl2 fdl2.bin --verbose
	is '--chip gives both addresses' ended 0 "'fdl1.bin' goes to 0x65000800: the profile 'ums9230'" 'to 0x9EFFFE00$'
	signed 0x50002E00 20480 >fdl1.bin
	serve sc9832
	run info --wait 1 --device $tty --chip SC9830 --fdl1 fdl1.bin --fdl2 fdl2.bin
	is 'an alternative that the header speaks for is named' says "goes to 0x50002E00: its header, and another source of the profile 'sc9830' in place of 0x50000000: .*secure boot"
	run info --wait 1 --device $tty --chip SC9830 --fdl1 fdl1.bin@0x50000000 --fdl2 fdl2.bin
	is '... and not when the user says where' ended 7 'header says that it belongs at 0x50002E00'
	signed 0x5000 20480 >fdl1.bin
	run info --wait 1 --device $tty --chip SC9830 --fdl1 fdl1.bin --fdl2 fdl2.bin
	is 'one that is known to be wrong is not taken' ended 7 'header says that it belongs at 0x5000,'
}
finish
