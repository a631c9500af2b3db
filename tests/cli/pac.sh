#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pac list, extract and check, of good packages and of bad ones.
# shellcheck disable=SC2016 # called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/pac.sh
. "$tree/tests/lib/pac.sh"

# -- good ones ---------------------------------------------------------------

for old in '' -1; do
	make_pac $old a.pac
	works "pac list $old" pac list a.pac
	is '... says nothing else' silent
	for re in '^product: +ums512_1h10_Natv' '^version: +SW 1\.0 версия' "^format: +BP_R$([ "$old" ] && echo 1.0.0 || echo 2.0.1)," \
		'^chip: .*UMS512' '^scheme: +UMS512' "^FDL1: +'fdl1-sign.bin' at 0x5500" \
		"^FDL2: +'fdl2-sign.bin' at 0x9EFFFE00" '^  BOOT +4\.2 MiB +file +boot\.img' '^  prodnv +10 MiB' \
		'^  userdata +the rest' '^  Calibration +0x5 0x179 +\(kept'; do
		is "... $re" prints "$re"
	done
	works "pac check $old" pac check a.pac
	is '... good' prints ': good$'
	works "pac extract $old" pac extract a.pac -C x
	is '... the loaders' cmp x/fdl1-sign.bin fdl1
	is '... an image' cmp x/boot.img boot
	is '... files are mode 0600' same "$(find x -type f -printf '%m\n' | sort -u)" 600
	is '... zeros are holes' test "$(du -k x/boot.img | cut -f1)" -lt 600
	is '... four files' same "$(find x -type f | wc -l)" 4
	py=$(command -v python3 || true)
	if [ -n "$py" ]; then
		rm -rf y && mkdir y
		is '... the same as another reader takes out' eval \
			'"$py" "$tree/tests/pac/read_pac.py" a.pac y && diff -r x y'
	else
		skip '... the same as another reader takes out' 'no python3'
	fi
	rm -rf x
done

works 'pac extract says what it did not look at' pac extract a.pac FDL -C x
is '... and what does' prints "not compared with the package's checksum.*'spdvault pac check'"
rm -rf x
works 'pac extract by id and by name' pac extract a.pac 'FDL*' 'boot.*' -C x
is '... three files' same "$(find x -type f | wc -l)" 3
fails 7 "fdl1-sign.bin' exists" '--force' pac extract a.pac FDL -C x
works 'pac extract --force' pac extract a.pac FDL -C x --force
fails 2 "holds no 'nosuch'" 'pac list' pac extract a.pac nosuch -C z
is '... no folder is made' test ! -e z
run pac list a.pac --json
is 'pac list --json' ended 0
is '... the loaders' prints '"fdl1":\{"file":"fdl1-sign.bin","size":[0-9]+,"address":21760\}'
is '... partitions' prints '\{"name":"userdata","size":null\}'
fails 2 'not .look.' 'help pac' pac look a.pac
fails 2 'takes one file' 'help pac' pac check a.pac x
fails 2 'is a PAC itself' 'leave --inside out' pac list a.pac --inside x

# Above 4 GiB: what lies behind a hole of 5 GiB.
"$maker" -n big.pac HUGE,huge.img,+5G FDL,fdl1.bin,fdl1,0x101,0x5500
works 'a package of 5 GiB' pac list big.pac
is '... its size' prints 'HUGE +5 GiB'
works '... a file behind 4 GiB' pac extract big.pac FDL -C big
is '... has its bytes' cmp big/fdl1.bin fdl1
rm -f big.pac

# Of any size, in the same memory.
"$maker" wide.pac HUGE,huge.img,+300M FDL,fdl1.bin,fdl1,0x101,0x5500
gzip -1 -c wide.pac >wide.pac.gz
for file in wide.pac wide.pac.gz; do
	if ! (ulimit -v 100000 && exec "$prog" --version) >"$out" 2>&1; then
		skip 'in 100 MB of address space' 'this build needs more to start'
		continue
	fi
	ran="pac extract $file in 100 MB"
	(ulimit -v 100000 && exec "$prog" pac extract $file -C wide --force) >"$out" 2>"$err"
	code=$?
	is "300 MiB in 100 MB of address space ($file)" ended 0
	is '... its size' same "$(size_of wide/huge.img)" 314572800
	is '... and no blocks' test "$(du -k wide/huge.img | cut -f1)" -lt 100
done
rm -rf wide wide.pac*

bsdtar --format zip -cf whole.zip a.pac
head -c $(($(size_of whole.zip) * 2 / 3)) whole.zip >broken.zip
run pac check broken.zip
is 'a cut zip' ended 5 'damaged or of an unknown kind'
is '... no number of a library' no grep -Eq '\(-?[0-9]+\)$' "$err"

# A message cuts long names anywhere, also inside of a character.
long=$(printf '中%.0s' $(seq 90))
"$maker" long.pac "X,$long.img,fdl1"
run pac check long.pac --json
is 'a name too long for a message' ended 5
is '... is no broken text in it' iconv -f UTF-8 -t UTF-8 "$out"
is '... nor on the terminal' iconv -f UTF-8 -t UTF-8 "$err"
is '... and stands there' prints '"what":".中+.* is no name for a file'

# -- in archives -------------------------------------------------------------

for kind in zip 7zip gnutar; do
	bsdtar --format $kind -cf "a.$kind" a.pac fdl1
	works "pac list inside $kind" pac list "a.$kind"
	is '... its name in there' prints 'inside the archive as a\.pac$'
	works "pac extract inside $kind" pac extract "a.$kind" -C "x.$kind"
	is '... the same files' eval '"$prog" pac extract a.pac -C whole --force -q && diff -r whole "x.$kind"'
	works "pac check inside $kind" pac check "a.$kind"
done
for z in gzip xz zstd; do
	$z -c a.gnutar >"a.tar.$z" 2>/dev/null
	works "pac check inside tar, $z" pac check "a.tar.$z"
	$z -c a.pac >"a.pac.$z" 2>/dev/null
	works "pac check, $z alone" pac check "a.pac.$z"
done
is 'nothing is unpacked to disk on the way' same "$(find . -name '*.partial')" ''
mkdir one two && cp a.pac one/ && cp a.pac two/b.PAC
tar cf both.tar one two
fails 2 "several PACs: 'one/a.pac', 'two/b.PAC'" '--inside' pac list both.tar
works 'one of several by its name' pac list both.tar --inside b.PAC
works 'one of several by its path' pac list both.tar --inside 'one/*'
fails 2 "holds no 'c.pac'" 'without --inside' pac list both.tar --inside c.pac
tar cf none.tar fdl1
fails 5 'no archive with a PAC' 'NAME.pac' pac list none.tar
head -c 100000 a.zip >cut.zip
run pac check cut.zip
is 'a cut archive: exit 5' ended 5 '^  try: '
{
	printf 'PK\3\4'
	head -c 100 /dev/zero
} >bad.zip
fails 5 'damaged|no archive' '.' pac list bad.zip
mkfifo pipe
fails 2 'is no file' 'pipe' pac list pipe
: >empty
fails 5 "'empty' is empty" 'again' pac list empty
fails 5 'no PAC' '.' pac list fdl1
fails 1 'No such file' 'spelling' pac list nosuch.pac

# -- bad ones ----------------------------------------------------------------

cp a.pac flipped.pac && flip flipped.pac 90000 3
works 'a wrong bit: list says nothing' pac list flipped.pac
fails 5 'fault was found' 'download it again' pac check flipped.pac
is '... which' says 'checksum of what follows the header is 0x'
for at in 60 1076 2118; do
	cp a.pac flipped.pac && flip flipped.pac $at 0
	run pac check flipped.pac
	is "a wrong bit in the header at $at: exit 5" ended 5
done
whole=$(size_of a.pac)
head -c $((whole - 300)) a.pac >cut.pac
run pac list cut.pac
is 'a cut package is listed, exit 5' ended 5 'it was cut: [0-9]+ of [0-9]+ bytes' '^error: the package was cut' '^  try: .*again'
is '... what is not whole' prints 'NOT WHOLE'
fails 5 'could not be taken out whole' 'again' pac extract cut.pac -C cut
is '... the others are there' cmp cut/boot.img boot
is '... and nothing else' same "$(find cut -type f | wc -l)" 3
for at in 0 43 44 2123 2124 5000 14999; do
	head -c $at a.pac >cut.pac
	run pac list cut.pac
	is "cut after $at bytes: exit 5, with a remedy" ended 5 '^error: ' '^  try: '
done
"$maker" -r 10000 many.pac X,x.bin,fdl1
fails 5 '10000 files; 1024 is the limit' 'again' pac list many.pac

: >one.bin && printf 'x' >one.bin
"$maker" odd.pac A,../../../up.bin,one.bin B,/etc/abs.bin,one.bin 'C,C:\win.bin,one.bin' \
	D,..,one.bin E,same.bin,one.bin F,same.bin,one.bin G,"$(printf 'a\033[2Jb')",one.bin \
	"H,$(printf '%0256d' 0).bin,one.bin"
run pac extract odd.pac -C deep
is 'names that lead elsewhere: extracted' ended 0
is '... eight files, all below' same "$(find deep -type f | wc -l) $(find . -newer odd.pac -type f | grep -vc '^./deep/')" '8 0'
is '... made unique' test -e deep/same.bin -a -e deep/same-2.bin
run pac list odd.pac
is '... printed without control characters' no grep -q "$(printf '\033')" "$out" "$err"
run pac check odd.pac
is '... and told by check' ended 5 'is no name for a file'
ln -s "$PWD/victim" deep/planted
"$maker" plant.pac A,planted,one.bin
run pac extract plant.pac -C deep
is 'a link in the place of a file: exit 7' ended 7
is '... what it leads to is not made' test ! -e victim

bomb='<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
for i in 1 2 3 4 5 6 7 8 9; do
	bomb+="<!ENTITY a$i '&a;&a;&a;&a;&a;&a;&a;&a;'>"
done
printf '<?xml version="1.0"?>%s]><BMAConfig>&a9;</BMAConfig>' "$bomb" >bomb.xml
"$maker" bomb.pac FDL,fdl1.bin,fdl1,0x101,0x5500 ,bomb.xml,bomb.xml,2
run pac list bomb.pac
is 'an XML bomb: listed without it' ended 0 'document type'
run pac check bomb.pac
is '... a fault for check' ended 5 'document type'
finish
