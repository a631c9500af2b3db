#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Loaders that behave oddly: the same bytes all the same.
# shellcheck disable=SC2317,SC2094 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

plain ums512 ums9230 sc9863a
is 'there is something to compare with' test "$(wc -l <ums512.sums)" -gt 60

# -- what FDL2 says of itself ------------------------------------------------

for da in none bare v1 v2 v4 tlv; do
	odd 'form of DA_INFO' ums512 da=$da
	is '... all bytes are right' all_equal ums512
done
odd 'escaping stays on, and kills if switched off' ums512 da=bare,hdlc_dead=1
is '... all bytes are right' all_equal ums512
odd 'escaping cannot be switched off' ums9230 hdlc=0
is '... all bytes are right' all_equal ums9230

# -- reading -----------------------------------------------------------------

odd 'small reads only' ums512 max_read=8K
is '... all bytes are right' all_equal ums512
odd 'very small reads only' sc9863a max_read=4K
is '... all bytes are right' all_equal sc9863a
odd 'a log frame before every reply' ums512 log_frames=1
is '... all bytes are right' all_equal ums512
odd 'sectors of 4096 bytes' ums512 sector=4096
is '... all bytes are right' all_equal ums512
odd 'sectors of 512 bytes' ums9230 sector=512
is '... all bytes are right' all_equal ums9230
odd 'NV repair of both slots, stale NV' ums512 nv_repair=ab,nv_stale=1
is '... all bytes are right' all_equal ums512
odd 'a damaged NV copy is left as it is' ums512 nv_bad=l_fixnv1_a
is '... only that one differs' same "$(diff odd ums512.sums | grep '^[<>]' | awk '{ print $3 }' | sort -u)" \
	partitions/l_fixnv1_a.img
odd 'prodnv without ext4 refused by name' ums512 prodnv_check=1
is '... all bytes are right' all_equal ums512
odd 'a loader that serves garbage for a name' ums512 skip_partition=boot_a
is '... all bytes are right' all_equal ums512
odd 'or for the first one that is compared' ums512 skip_partition=miscdata
is '... all bytes are right, read raw' all_equal ums512
odd 'the chip has an ID' ums9230 uid=0123456789abcdef
is '... all bytes are right' all_equal ums9230

# -- the way there -----------------------------------------------------------

odd 'FDL1 answers late' ums512 ver_skip=4
is '... all bytes are right' all_equal ums512
odd 'the phone leaves the bus for FDL1' ums512 reenum=fdl1
is '... all bytes are right' all_equal ums512
odd 'the phone leaves the bus for FDL2' ums512 reenum=fdl2
is '... all bytes are right' all_equal ums512
odd 'FDL2 takes its time' ums512 fdl2_delay_ms=9000
is '... all bytes are right' all_equal ums512
odd 'an ACK before FDL2 speaks' ums512 no_ack_exec=0
is '... all bytes are right' all_equal ums512
odd 'an AutoD phone' ums512 version=SPRD4:AutoD
is '... all bytes are right' all_equal ums512
odd 'unknown commands crash' ums9230 unknown=crash
is '... all bytes are right' all_equal ums9230
odd 'no packet buffer to spare' ums9230 pool=2
is '... all bytes are right' all_equal ums9230
finish
