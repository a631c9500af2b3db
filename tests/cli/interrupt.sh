#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Ctrl-C, kill, full disks and limits: a clear end, and what was read is kept.
# shellcheck disable=SC2317,SC2086,SC2162 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

for s in INT TERM HUP; do
	begin backup --device sim:ums512,super=16G --json -o $s.tar.zst
	is "SIG$s in the middle of a backup" grown $s.tar.zst.partial 30000000
	ended_by $s
	is '... exit 130' ended 130 '^error: .*stopped' '^  try: ' "^  kept: $s.tar.zst.partial \([0-9]+ of 72 partitions"
	is '... the last event is the result' same "$(tail -n 1 "$out" | grep -c '"event":"result".*"exit":130')" 1
	is '... no archive, a .partial, mode 0600' test ! -e $s.tar.zst -a "$(mode_of $s.tar.zst.partial)" = 600
	is '... the phone is untouched' untouched
done
run list INT.tar.zst.partial
is 'list shows what the .partial holds' prints '^partitions/l_fixnv1_a.img'
is '... and that it is not all' says 'warning: |^error: '
run verify INT.tar.zst.partial
is 'verify says that it is cut: exit 5' ended 5 'cut off|no seek table|no end' '^  try: .*extract'
run extract INT.tar.zst.partial -C part l_fixnv1_a misc
run read l_fixnv1_a --device sim:ums512 -o want.img
is 'extract takes whole partitions out' cmp part/partitions/l_fixnv1_a.img want.img
rm -r part
run extract INT.tar.zst.partial -C part
is 'extract of all says that the end is missing' ended 5 '^error: ' '^  try: '
is '... whole partitions are there' cmp part/partitions/l_fixnv1_a.img want.img
is '... super has no final name' test ! -e part/partitions/super.img
fails 7 'left from an interrupted run' 'list.*--force' backup --device sim:ums512 -o INT.tar.zst misc
works '--force starts again' backup --device sim:ums512 -o INT.tar.zst misc --force
is '... with success' "$prog" verify INT.tar.zst

begin backup --device sim:ums512,super=16G -o kill.tar.zst
is 'SIGKILL in the middle of a backup' grown kill.tar.zst.partial 30000000
ended_by KILL
is '... leaves no archive' test ! -e kill.tar.zst
run extract kill.tar.zst.partial -C killed misc
is '... but what was read' cmp killed/partitions/misc.img <("$prog" cat INT.tar.zst misc)

begin backup --device sim:ums512,super=16G -o twice.tar.zst
is 'two processes, one file' grown twice.tar.zst.partial 1000000
fails 7 'another process' 'wait' backup --device sim:ums512 -o twice.tar.zst misc
fails 7 'another process' 'wait' backup --device sim:ums512 -o twice.tar.zst misc --force
is '... the .partial of the other is not called ours' no says '  kept: '
ended_by INT INT
is '... the first one ends by Ctrl-C' same $code 130

begin read super --device sim:ums512,super=16G -o super.img
is 'Ctrl-C in read' grown super.img.partial 30000000
ended_by INT
is '... exit 130' ended 130 '^error: .*stopped' '^  try: '
is '... no file with the final name' test ! -e super.img
rm -f super.img.partial ./*.partial

run backup --device sim:ums512,super=600M -o big.tar.zst super
is 'a larger archive' ended 0
begin extract big.tar.zst -C big
is 'Ctrl-C in extract' grown big/partitions/super.img.partial 4000000
ended_by INT
is '... exit 130' ended 130 '^error: .*stopped'
is '... no file with the final name' test ! -e big/partitions/super.img
rm -rf big big.tar.zst
begin sim ums512 --pty
sleep 0.5
ended_by INT
is 'Ctrl-C ends sim with its report' same "$(grep -c 'storage changed 0 times' "$err")" 1

# -- no room -----------------------------------------------------------------

limited() { # KIB ARG...
	local kib=$1
	shift
	ran="spdvault $* (ulimit -f $kib)"
	(
		ulimit -f "$kib"
		exec timeout 60 "$prog" "$@"
	) >"$out" 2>"$err" </dev/null
	code=$?
}
limited 4096 backup --device sim:ums512 -o limit.tar.zst
is 'a limit for files: exit 1' ended 1 '^error: .*File too large' '^  try: ' '^  kept: '
is '... no archive' test ! -e limit.tar.zst
run extract limit.tar.zst.partial -C limit l_fixnv1_a
is '... what was read comes out' cmp limit/partitions/l_fixnv1_a.img want.img
limited 512 read l_fixnv1_a --device sim:ums512 -o lread.img
is '... read: exit 1' ended 1 '^error: .*File too large' '^  try: '
is '... without a file' test ! -e lread.img
run backup --device sim:ums512,super=5M -o a.tar.zst
limited 512 extract a.tar.zst -C lextract trustos_a
is '... extract: exit 1' ended 1 '^error: .*File too large' '^  try: '
is '... without a file' test ! -e lextract/partitions/trustos_a.img
mkdir full
if mount -t tmpfs -o size=8m none full 2>/dev/null; then
	fails 7 'may need up to .* disk has 8 MiB left' '--force' backup --device sim:ums512 -o full/a.tar.zst
	is '... no file is made' same "$(ls full)" ''
	run backup --device sim:ums512 -o full/a.tar.zst --force
	is 'a full disk: exit 1' ended 1 '^error: .*No space left' '^  try: .*space' '^  kept: '
	is '... no archive' test ! -e full/a.tar.zst
	run extract full/a.tar.zst.partial -C limit2 l_fixnv1_a
	is '... what was read comes out' cmp limit2/partitions/l_fixnv1_a.img want.img
	rm full/*
	run extract a.tar.zst -C full
	is '... extract: exit 1' ended 1 '^error: .*No space left' '^  try: .*space'
	umount full
else
	skip 'a full disk' 'no tmpfs can be mounted here'
fi
finish
