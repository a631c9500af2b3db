#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# list, inspect, extract and cat of a good archive.
# shellcheck disable=SC2317,SC2016,SC2162,SC2086 # called by name; words
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

run backup --device sim:ums512,super=17M,userdata=1M -o a.tar.zst --note 'for tests'
is 'an archive' ended 0
stock_unpack a.tar.zst whole

# What docs/archive-format.md tells people to do without this program
sed -n '/^```sh/,/^```/p' "$tree/docs/archive-format.md" | sed '1d;$d' >stock.sh
mkdir stock && is 'the script of docs/archive-format.md' eval '(cd stock && sh -e ../stock.sh ../a.tar.zst)'
is '... it had something to check' test -s stock/backup/SHA256SUMS

# -- list and inspect --------------------------------------------------------

works 'list' list a.tar.zst
is '... one line for each member with content' same "$(wc -l <"$out")" \
	"$(find whole -type f ! -name manifest.json ! -name SHA256SUMS | wc -l)"
is '... what it is' prints '^partitions/boot_a.img +4 MiB +kernel +android-boot'
is '... what is private' prints '^partitions/l_fixnv1_a.img .* private'
works 'list --verbose' list -v a.tar.zst
is '... with SHA-256' prints "^partitions/misc.img .*$(sha256sum <whole/partitions/misc.img | cut -c 1-64)"
works 'list reads only the end of a file' list a.tar.zst
works 'inspect' inspect a.tar.zst
for re in '^made: .*spdvault .*SIMULATED' '^note: +for tests' '^state: +complete' '^chip: +UMS512 ' \
	'^storage: +eMMC, .* sectors of 512' '^table: +from gpt' '^FDL1: +.* at 0x5500, SHA-256 [0-9a-f]{64}' \
	'^FDL2: +.* at 0x9EFFFE00' '^link: +sim:ums512' '^afterwards: +leave$' \
	'^left out: +userdata, 1 MiB'; do
	is "inspect: $re" prints "$re"
done

# -- extract -----------------------------------------------------------------

works 'extract' extract a.tar.zst -C x
is '... is what tar unpacks' diff -r whole x
is '... no .partial is left' same "$(find x -name '*.partial')" ''
is '... files are mode 0600' same "$(find x -type f -printf '%m\n' | sort -u)" 600
is '... zeros are holes' test "$(du -k x/partitions/miscdata.img | cut -f1)" -lt 64
is '... the length is right all the same' same "$(size_of x/partitions/miscdata.img)" 1048576
is '... most of super is no hole' test "$(du -k x/partitions/super.img | cut -f1)" -gt 12000
for what in misc partitions/misc.img misc.img '*sc'; do
	rm -rf y
	works "extract '$what'" extract a.tar.zst -C y "$what"
	is '... just that' same "$(cd y && find . -type f)" ./partitions/misc.img
done
works 'extract a folder that does not exist yet, some names' extract a.tar.zst -C new vbmeta_a gpt/primary.img splloader misc
is '... four files' same "$(find new -type f | wc -l)" 4
rm -rf new
works 'extract several globs' extract a.tar.zst -C new 'boot_?' vbmeta_a
is '... three files' same "$(find new -type f | wc -l)" 3
fails 2 "holds no 'nosuch'" '.' extract a.tar.zst -C new2 nosuch
echo mine >x/partitions/misc.img
fails 7 "partitions/misc.img' exists" '--force' extract a.tar.zst -C x misc
is '... the file is as it was' same "$(cat x/partitions/misc.img)" mine
works 'extract --force replaces it' extract a.tar.zst -C x misc --force
is '... by the right bytes' cmp x/partitions/misc.img whole/partitions/misc.img
rm x/partitions/misc.img
ln -s "$PWD/victim" x/partitions/misc.img
echo victim >victim
run extract a.tar.zst -C x misc
is 'a link in place of the file: exit 7' ended 7 'exists'
works '... --force replaces the link' extract a.tar.zst -C x misc --force
is '... not what it leads to' same "$(cat victim)" victim
rm -f x/partitions/misc.img
ln -s "$PWD/victim" x/partitions/misc.img.partial
run extract a.tar.zst -C x misc --force
is 'a link in place of the .partial is not followed' same "$(cat victim)" victim
: >file
fails 7 "'file' is in the way" '-C' extract a.tar.zst -C file misc
mkdir z && : >z/partitions
fails 7 "z/partitions' is in the way" '.' extract a.tar.zst -C z misc
works 'extract into the current folder' extract a.tar.zst dtbo_a
is '... without -C' cmp partitions/dtbo_a.img whole/partitions/dtbo_a.img
# Root has all rights: as nobody then.
mkdir ro && chmod 555 ro
cp a.tar.zst readable.tar.zst && chmod -R a+rX "$tmp"
as_nobody=''
[ "$(id -u)" != 0 ] || as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
ran='spdvault extract readable.tar.zst -C ro misc'
# shellcheck disable=SC2086 # words
$as_nobody "$prog" extract readable.tar.zst -C ro misc >"$out" 2>"$err" </dev/null
code=$?
if grep -q '^setpriv: \|setpriv: not found' "$err"; then
	skip 'extract into a folder without rights' 'the program is not readable for others'
else
	is 'extract into a folder without rights' ended 1 '^error: .*ro' '^  try: .*rights'
fi
rm readable.tar.zst

# -- cat ---------------------------------------------------------------------

run cat a.tar.zst super
is 'cat' cmp "$out" whole/partitions/super.img
for name in partitions/super.img super; do
	run cat a.tar.zst $name --offset 4M --length 1
	is "cat $name, one byte" cmp "$out" <(piece_of whole/partitions/super.img 4194304 1)
done
super=whole/partitions/super.img
B=4194304
for at in 0 1 511 512 4095 4096 $((B - 1)) $B $((B + 1)) $((2 * B - 512)) $((3 * B - 1)) $((4 * B - 1)) $((4 * B)) $((4 * B + 1)) $((17 * 1048576 - 1)); do
	for len in 1 512 4097 $B $((2 * B + 3)); do
		[ $((at + len)) -le $((17 * 1048576)) ] || continue
		run cat a.tar.zst super --offset $at --length $len
		is "cat --offset $at --length $len" cmp "$out" <(piece_of $super $at $len)
	done
done
run cat a.tar.zst super --offset 0x400000
is 'cat --offset alone: to the end' cmp "$out" <(tail -c "+$((B + 1))" $super)
run cat a.tar.zst super --length 5M
is 'cat --length alone: from the start' cmp "$out" <(head -c 5M $super)
for m in manifest.json SHA256SUMS device.json gpt/primary.img boot/splloader.img; do
	run cat a.tar.zst $m
	is "cat $m" cmp "$out" whole/$m
done
is 'cat into a reader that has enough' eval '"$prog" cat a.tar.zst super | head -c 10 | cmp - <(head -c 10 $super)'

# -- standard streams that are no good ---------------------------------------

ran='list > /dev/full'
"$prog" list a.tar.zst >/dev/full 2>"$err"
code=$?
is 'results that cannot be written: exit 1' ended 1 'standard output'
"$prog" cat a.tar.zst super >/dev/full 2>"$err"
code=$?
is 'cat to a full device: exit 1' ended 1 'No space left' '^  try: '
ran='list >&-'
"$prog" list a.tar.zst >&- 2>"$err"
code=$?
is 'stdout closed: exit 1' ended 1 'standard output'
ran='backup with closed streams'
"$prog" backup --device sim:ums512 -v -o closed.tar.zst misc logo <&- >&- 2>&-
is 'all three closed: the archive is good' "$prog" verify closed.tar.zst
"$prog" backup --device sim:ums512 -v -o closed2.tar.zst misc logo >&- 2>/dev/null
is 'stdout closed: the archive is good' "$prog" verify closed2.tar.zst
"$prog" backup --device sim:ums512 -v -o closed3.tar.zst misc logo 2>&- >/dev/null
is 'stderr closed: the archive is good' "$prog" verify closed3.tar.zst
"$prog" read misc --device sim:ums512 -o closed.img >&- 2>&-
is 'read with closed streams: the file is good' cmp closed.img whole/partitions/misc.img
"$prog" extract a.tar.zst logo -C closed >&- 2>&-
is 'extract with closed streams: the file is good' cmp closed/partitions/logo.img whole/partitions/logo.img

# -- read --------------------------------------------------------------------

works 'read a partition' read boot_a --device sim:ums512 -o boot_a.img
is '... the same bytes as in the backup' cmp boot_a.img whole/partitions/boot_a.img
is '... mode 0600' same "$(mode_of boot_a.img)" 600
fails 7 "'boot_a.img' exists" '--force' read boot_a --device sim:ums512 -o boot_a.img
works 'read --force' read boot_a --device sim:ums512 -o boot_a.img --force
for r in '0 512' '1 1' '4095 4098' '1048576 2097152' '4194303 1'; do
	set -- $r
	run read boot_a --device sim:ums512 --offset "$1" --length "$2" -o -
	is "read --offset $1 --length $2 -o -" cmp "$out" <(piece_of whole/partitions/boot_a.img "$1" "$2")
done
run read splloader --device sim:ums512 -o -
is 'read of a boot area' cmp "$out" whole/boot/splloader.img
run read l_fixnv1_a --device sim:ums512 -o -
is 'read of a first NV copy: raw' cmp "$out" whole/partitions/l_fixnv1_a.img
fails 7 'makes the loader write' '--nv-by-name' read l_fixnv1_a --device sim:ums512,user_partition=84 -o nv.img
is '... no file is made' test ! -e nv.img -a ! -e nv.img.partial
finish
