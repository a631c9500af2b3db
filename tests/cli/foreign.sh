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
	tar -C whole --zstd -cf behind.tar.zst device.json gpt partitions manifest.json SHA256SUMS
	tar -C whole --zstd -cf before.tar.zst manifest.json device.json gpt partitions SHA256SUMS
	mv was "$1"
}
for m in partitions/misc.img partitions/super.img gpt/primary.img device.json SHA256SUMS; do
	changed whole/$m
	run verify changed.tar.zst
	is "a changed byte in $m: exit 5, named" ended 5 "^differs: ${m//./\\.}: |^differs: .*SHA256SUMS" '^error: [0-9]+ differences? found' '^  try: '
	run verify changed.tar.zst --json
	is '... also in JSON' prints '"event":"difference","member":'
	[ $m = SHA256SUMS ] || is '... list still works' "$prog" list changed.tar.zst
done
changed whole/partitions/misc.img
for f in behind before; do
	rm -rf x
	run extract $f.tar.zst -C x
	is "extract, the manifest $f: exit 5 names it" ended 5 '^differs: partitions/misc.img: its SHA-256' "left as .*misc.img.partial"
	is '... it has not got its name' test ! -e x/partitions/misc.img -a -e x/partitions/misc.img.partial
	is '... the others have' cmp x/partitions/super.img whole/partitions/super.img
	rm -rf x
	works '... some that are right' extract $f.tar.zst -C x super
done
sed 's/UMS9230/UMS9231/' whole/manifest.json >m.json
cp whole/manifest.json was && cp m.json whole/manifest.json
tar -C whole --zstd -cf changed.tar.zst . && cp was whole/manifest.json
run verify changed.tar.zst
is 'a changed manifest: SHA256SUMS tells' ended 5 '^differs: manifest.json: .*SHA256SUMS'
cp whole/manifest.json json && cp whole/SHA256SUMS was
# Who changes it can make all digests fit, and may contradict himself.
while read -r what re how; do
	sed -i "$how" whole/manifest.json
	is "$what was changed" no cmp -s json whole/manifest.json
	(cd whole && find . -type f ! -name SHA256SUMS -printf '%P\n' | xargs sha256sum >SHA256SUMS)
	tar -C whole --zstd -cf changed.tar.zst .
	cp json whole/manifest.json && cp was whole/SHA256SUMS
	run verify changed.tar.zst
	is '... a contradiction is told' ended 5 "^differs: partitions/misc.img: .*$re" '^error: 1 difference'
done <<-'END'
	name another.partition s/"name":."misc"/"name":"mosc"/
	payload payload /"name":."misc"/,/payload/s/"payload":.*/"payload":99999999,/
	unreadable complete /"name":."misc"/,/unreadable/s/"unreadable":.*/"unreadable":[{"offset":0,"length":512}]/
END
sums() { # WHAT: of a changed SHA256SUMS
	tar -C whole --zstd -cf changed.tar.zst .
	run verify changed.tar.zst
	cp was whole/SHA256SUMS
	is "SHA256SUMS $1" ended 5 '^differs: SHA256SUMS: '
}
sed -n '1,2p;2p;4,$p' was >whole/SHA256SUMS
sums 'with a line twice in place of another'
printf '\0more' >>whole/SHA256SUMS
sums 'with bytes behind its end'
sed 's/^\(.\{64\}\)  /\1 x/' was >whole/SHA256SUMS
sums 'in a form that sha256sum does not know'

# -- more and less -----------------------------------------------------------

mv whole/partitions/misc.img .
tar -C whole --zstd -cf less.tar.zst .
run verify less.tar.zst
is 'a missing member: exit 5, named' ended 5 '^differs: partitions/misc.img: promised'
run extract less.tar.zst -C z
is '... extract, too' ended 5 '^differs: partitions/misc.img: promised' '^  try: '
is '... takes out the others' cmp z/partitions/super.img whole/partitions/super.img
mv misc.img whole/partitions
echo more >whole/partitions/more.img
tar -C whole --zstd -cf more.tar.zst .
run verify more.tar.zst
is 'a member too many: exit 5, named' ended 5 '^differs: partitions/more.img: '
rm whole/partitions/more.img
(cd whole && tar -cf ../twice.tar . && tar -rf ../twice.tar ./partitions/misc.img)
run verify twice.tar
is 'a member that stands there twice' ended 5 'misc.img: stands here twice'
# extract --force: what has the name in the end is judged, and that alone
cp -r whole old
flip old/partitions/misc.img 100 1
flip old/partitions/super.img 100 1
(cd old && tar -cf ../late.tar device.json gpt partitions)
cp late.tar wrong.tar
tar -C whole -rf late.tar partitions manifest.json SHA256SUMS
flip old/partitions/misc.img 200 1
tar -C old -rf wrong.tar partitions/misc.img
tar -C whole -rf wrong.tar manifest.json SHA256SUMS
(cd old && tar -cf ../between.tar partitions device.json gpt)
tar -C whole -rf between.tar manifest.json partitions SHA256SUMS
for f in late between; do
	rm -rf x
	run extract $f.tar -C x --force
	is "$f: the second of two copies is right" ended 0
	is '... and is there' diff -r whole x
done
rm -rf x
run extract wrong.tar -C x --force
is 'two copies, and both are wrong' ended 5 '^differs: partitions/misc.img: its SHA-256' \
	'2 files could not be extracted whole'
is '... the last one has lost its name' cmp x/partitions/misc.img.partial old/partitions/misc.img
is '... what lies behind it is judged' test ! -e x/partitions/super.img -a -e x/partitions/super.img.partial
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
is '... and says what that is worth' ended 0 'no manifest that can be read: nothing tells'
head -c 100000 /dev/zero >zeros
tar -cf none.tar -T /dev/null
: >empty
bsdtar --format zip -cf some.zip -C whole device.json
for c in 'verify -' 'list -' 'inspect -' 'extract - -C w' 'cat - misc'; do
	for f in zeros none.tar; do
		# shellcheck disable=SC2086 # words
		run_in $f $c
		is "$c: $f holds nothing" ended 5 'holds nothing' '^  try: '
	done
done
fails 5 "'empty': it is empty" 'file NAME' verify empty
fails 5 "'some.zip': it is no tar" 'file NAME' verify some.zip
fails 5 'more than 1 GiB' 'file NAME' verify /dev/zero
mkfifo silent
"$prog" verify silent >"$out" 2>"$err" &
helpers+=($!)
while kill -INT $! 2>/dev/null; do sleep 0.1; done
wait $!
code=$?
is 'Ctrl-C while nobody writes into a pipe: 130' ended 130
head -c $(($(size_of again.tar.gz) * 2 / 3)) again.tar.gz >cut.tar.gz
run verify cut.tar.gz
is 'a cut .tar.gz' ended 5 '^error: ' '^  try: '
finish
