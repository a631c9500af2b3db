#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Flash that cannot be read: exit 6, the ranges, and everything else exact.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

plain ums512
want=6
odd 'two bad sectors' ums512 bad=super+1M+512,bad=super+3000000+1
is '... cost the one partition' same "$(comm -13 odd ums512.sums | wc -l)" 1
works 'the archive verifies' verify odd.tar.zst
"$prog" cat odd.tar.zst super >bad.img
"$prog" cat ums512.tar.zst super >good.img
is '... and 1024 bytes of it, at most' test "$(cmp -l bad.img good.img | wc -l)" -le 1024
# 3000000 lies in the sector at 2999808.
cp good.img zeros.img
dd if=/dev/zero of=zeros.img bs=512 seek=2048 count=1 conv=notrunc status=none
dd if=/dev/zero of=zeros.img bs=512 seek=5859 count=1 conv=notrunc status=none
is '... which are these two sectors' cmp bad.img zeros.img


# The same ranges as ddrescue writes them down.
mkdir unpacked
is 'a mapfile is in the archive' stock_unpack odd.tar.zst unpacked
cat >map.want <<'M'
0x00600000 + 1
0x00000000 0x00100000 +
0x00100000 0x00000200 -
0x00100200 0x001DC400 +
0x002DC600 0x00000200 -
0x002DC800 0x00323800 +
M
grep -v '^#' unpacked/mapfiles/super.map | tr -s ' ' >map.got
is '... with the ranges' cmp map.want map.got
is '... only where something is missing' same "$(ls unpacked/mapfiles)" super.map
if command -v ddrescuelog >/dev/null; then
	is '... which ddrescuelog reads' same "$(ddrescuelog --list-blocks=- unpacked/mapfiles/super.map | tr '\n' ' ')" '2048 5859 '
else
	skip '... which ddrescuelog reads' 'no ddrescuelog here (gddrescue)'
fi

run backup -o say.tar.zst --device "sim:ums512,$base,bad=super+1M+512,bad=misc+4K+2K"
is 'the ranges are on the screen' ended 6
is '... with partition, size and place' prints 'unreadable: super, 512 bytes at 0x100000'
is '... each of them' prints 'unreadable: misc, 2048 bytes at 0x1000'
many=$(for i in $(seq 1 12); do printf ',bad=super+%dK+512' $((i * 100)); done)
run backup -o many.tar.zst --device "sim:ums512,$base$many"
is 'of many ranges the first are named' same "$(grep -c 'unreadable: super, 512 bytes at' "$out")" 8
is '... and the others counted' prints 'unreadable: super, 2048 bytes more in 4 ranges'
run backup -o tail.tar.zst --device "sim:ums512,$base,bad=super+3M+3M"
is 'a dead tail is one range' prints 'unreadable: super, 3145728 bytes at 0x300000'
is '... and said to be left out' says "'super': nothing from 0x[0-9a-f]* on can be read; the rest is left out"

works 'what heals is read at the end' backup -o heal.tar.zst --device "sim:ums512,$base,flaky=super+5M+512,flaky_n=6"
is '... and told' says "'super': 512 bytes that were refused at first could be read at the end"
sums heal.tar.zst >odd
is '... and in its place' all_equal ums512
# One try less than a backup makes: it is not asked for by its name.
run read super -o heal.img --device "sim:ums512,$base,flaky=super+5M+512,flaky_n=5"
is '... by read as well' cmp heal.img good.img

fails 6 "backing up 'super': at 0x100000: READ_MIDST" '--on-error zero' backup -o stop.tar.zst \
	--on-error stop --device "sim:ums512,$base,bad=super+1M+512"
works 'what the name gives is not refused' backup -o name.tar.zst --on-error stop \
	--device "sim:ums512,$base,flaky=super+5M+512,flaky_n=5"
is '... and told' says 'read by its name from there on'
sums name.tar.zst >odd
is '... and whole' all_equal ums512

finish
