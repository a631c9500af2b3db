#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A pipe that nobody reads any more: Ctrl-C ends it all the same.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

# begin ARG...: the program in the background, as $pid
begin() {
	ran="spdvault $* &"
	# A shell's background jobs ignore Ctrl-C.
	env --default-signal=INT,QUIT timeout -k 5 100 "$prog" "$@" >pipe 2>"$err" </dev/null &
	pid=$!
	helpers+=("$pid")
}
# reader: opens the pipe, takes 4 KiB, and then holds it open without reading
begin_reader() {
	rm -f first
	{
		head -c 4096 >first.new && mv first.new first
		sleep 100
	} <pipe &
	reader=$!
	helpers+=("$reader")
}
reading() {
	for _ in $(seq 600); do
		[ ! -e first ] || return 0
		sleep 0.05
	done
	return 1
}
# stuck WHAT ARG...: it writes into the pipe, then Ctrl-C
stuck() {
	local what=$1
	shift
	begin_reader
	begin "$@"
	is "$what into a pipe that is read no more" reading
	kill -INT "$(pgrep -P "$pid" -f "$prog" || echo "$pid")"
	{ wait "$pid"; } 2>/dev/null
	code=$?
	is '... Ctrl-C: exit 130' ended 130 '^error: .*stopped'
	kill "$reader" 2>/dev/null
	{ wait "$reader"; } 2>/dev/null
}

mkfifo pipe
"$prog" backup --device "sim:ums512,$base" -o a.tar.zst super boot_a 2>/dev/null >"$out"
stuck backup backup --device sim:ums512,super=16G -o - super
stuck read read super --device sim:ums512,super=16G -o -
stuck cat cat a.tar.zst super

finish
