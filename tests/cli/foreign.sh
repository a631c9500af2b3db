#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Archives that others packed again from the unpacked folder, and pipes.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

run backup --device sim:ums9230,super=5M -o good.tar.zst super misc persist 'l_fixnv?_a' cache
is 'an archive to pack again' ended 0
stock_unpack good.tar.zst whole
tar -C whole -cf plain.tar .
tar -C whole --zstd -cf again.tar.zst .
tar -C whole -czf again.tar.gz .
tar -C whole -cJf again.tar.xz device.json gpt partitions manifest.json SHA256SUMS
tar -C whole --sparse --format=posix -cf sparse.tar .
bsdtar -C whole -cf bsd.tar .
(cd whole && tar --zstd -cf ../reversed.tar.zst SHA256SUMS manifest.json partitions/*.img gpt device.json)
zstd -dqc good.tar.zst | zstd -qf -9 --long=27 -o whole-stream.tar.zst
cat good.tar.zst >copy.tar.zst

for f in plain.tar again.tar.zst again.tar.gz again.tar.xz sparse.tar bsd.tar reversed.tar.zst \
	whole-stream.tar.zst copy.tar.zst; do
	works "$f: verify" verify "$f"
	is '... says good' prints "^$f: good"
	works '... list' list "$f"
	is '... shows the partitions' same "$(grep -c '^partitions/' "$out")" 6
	works '... inspect' inspect "$f"
	is '... knows the phone' prints '^chip: +UMS9230'
	rm -rf x
	works '... extract' extract "$f" -C x
	is '... gives the same files' diff -r whole x
	run cat "$f" persist
	is '... cat' cmp "$out" whole/partitions/persist.img
	run cat "$f" partitions/super.img --offset 4194000 --length 1K
	is '... cat of a range over a block border' cmp "$out" <(piece_of whole/partitions/super.img 4194000 1024)
done

# -- pipes -------------------------------------------------------------------

for f in good.tar.zst again.tar.gz plain.tar; do
	run_in $f verify -
	is "verify - < $f" ended 0
	is "... from a real pipe" eval "cat $f | '$prog' verify -"
	run_in $f list -
	is "... list -" prints '^partitions/super.img'
	run_in $f inspect -
	is "... inspect -" prints '^chip: +UMS9230'
	rm -rf x
	run_in $f extract - -C x
	is "... extract - gives the same files" diff -r whole x
	run_in $f cat - misc
	is "... cat -" cmp "$out" whole/partitions/misc.img
done
mkfifo pipe
cat good.tar.zst >pipe &
works 'verify of a named pipe' verify pipe

# -- one changed byte --------------------------------------------------------

changed() { # FILE
	cp "$1" was
	flip "$1" $(($(size_of "$1") / 2)) 0
	tar -C whole --zstd -cf changed.tar.zst .
	mv was "$1"
}
for m in partitions/misc.img partitions/super.img gpt/primary.img device.json SHA256SUMS; do
	changed whole/$m
	run verify changed.tar.zst
	is "a changed byte in $m: exit 5, named" ended 5 "^differs: ${m//./\\.}: |^differs: .*SHA256SUMS" '^error: [0-9]+ differences? found' '^  try: '
	run verify changed.tar.zst --json
	is '... also in JSON' prints '"event":"difference","member":'
	rm -rf x
	run extract changed.tar.zst -C x partitions
	[ $m = SHA256SUMS ] || is '... list still works' "$prog" list changed.tar.zst
done
sed 's/UMS9230/UMS9231/' whole/manifest.json >m.json
cp whole/manifest.json was && cp m.json whole/manifest.json
tar -C whole --zstd -cf changed.tar.zst . && cp was whole/manifest.json
run verify changed.tar.zst
is 'a changed manifest: SHA256SUMS tells' ended 5 '^differs: manifest.json: .*SHA256SUMS'

# -- more and less -----------------------------------------------------------

mv whole/partitions/misc.img .
tar -C whole --zstd -cf less.tar.zst .
run verify less.tar.zst
is 'a missing member: exit 5, named' ended 5 '^differs: partitions/misc.img: promised'
mv misc.img whole/partitions
echo more >whole/partitions/more.img
tar -C whole --zstd -cf more.tar.zst .
run verify more.tar.zst
is 'a member too many: exit 5, named' ended 5 '^differs: partitions/more.img: '
rm whole/partitions/more.img
(cd whole && tar -cf ../twice.tar . && tar -rf ../twice.tar ./partitions/misc.img)
run verify twice.tar
is 'a member that stands there twice' ended 5 'misc.img: stands here twice'
rm whole/SHA256SUMS
tar -C whole --zstd -cf nosums.tar.zst .
run verify nosums.tar.zst
is 'without SHA256SUMS' ended 5 'SHA256SUMS: is missing'
rm whole/manifest.json
tar -C whole --zstd -cf nomanifest.tar.zst .
run verify nomanifest.tar.zst
is 'without a manifest: no backup' ended 5 'no manifest.json' '^  try: '
run extract nomanifest.tar.zst -C y misc
is '... but extract works' cmp y/partitions/misc.img whole/partitions/misc.img
head -c $(($(size_of again.tar.gz) * 2 / 3)) again.tar.gz >cut.tar.gz
run verify cut.tar.gz
is 'a cut .tar.gz' ended 5 '^error: ' '^  try: '
finish
