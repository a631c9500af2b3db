#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# One request ahead of the answer: the same bytes, whatever the loader does.
# shellcheck disable=SC2317,SC2094 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

some_early() { test "$(number early)" -gt 20; }
no_early() { same "$(number early)" 0; }

plain ums512 ums9230
odd 'without the option nothing goes ahead' ums512 seed=1
is '... none' no_early
for chunk in 4K 5K 16K 63488; do
	odd "one ahead, chunks of $chunk" ums512 drop_early=0 --read-ahead --chunk $chunk
	is '... some have gone ahead' some_early
	is '... all bytes are right' all_equal ums512
	for nth in 1 2 7 31; do
		odd 'some of these are dropped' ums512 drop_early=$nth --read-ahead --chunk $chunk
		is '... all bytes are right' all_equal ums512
	done
done
odd 'escaping on' ums512 hdlc=0 --read-ahead
is '... some have gone ahead' some_early
is '... all bytes are right' all_equal ums512
odd 'sectors of 4 KiB' ums9230 drop_early=0 --read-ahead
is '... some have gone ahead' some_early
is '... all bytes are right' all_equal ums9230
odd 'chunks of one sector: two would be of one length' ums9230 drop_early=0 --read-ahead --chunk 4K
is '... so none goes ahead' no_early
is '... all bytes are right' all_equal ums9230
odd 'a log frame before every reply' ums512 log_frames=1 --read-ahead
is '... all bytes are right' all_equal ums512
odd 'a loader that serves garbage for a name' ums512 skip_partition=boot_a --read-ahead
is '... all bytes are right' all_equal ums512

want=6
odd 'unreadable places' ums512 bad=boot_b+0x3000+512 --read-ahead --chunk 4K
is '... some have gone ahead' some_early
cp odd ahead
odd 'the same one by one' ums512 bad=boot_b+0x3000+512
is '... give the same bytes' cmp odd ahead

run read boot_b --device "sim:ums512,$base,drop_early=5" --read-ahead --verbose -o b.img
is 'a loader that drops them is read to the end' ended 0
is '... and the end of the experiment is told' says 'read-ahead ends here'
run read boot_b --device "sim:ums512,$base" -o c.img
is '... with the same bytes' cmp b.img c.img

finish
