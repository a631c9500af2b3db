#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# restore --from: one image from elsewhere, by the same rules.
# shellcheck disable=SC2086,SC2317,SC2059,SC2162 # words, functions by name, formats, our own read
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
# shellcheck source=tests/lib/pac.sh
. "$tree/tests/lib/pac.sh"

m=sc9863a base=super=3M,userdata=1M
phone=sim:$m,$base,keep=phone
image() { # FILE PART ARG...
	local file=$1 part=$2
	shift 2
	rm -f ./*.undo.tar.zst
	run restore --from "$file" --to "$part" --device $phone --yes "$@"
}
part_is() { # PART FILE: its first bytes are those
	run read "$1" --device $phone --length "$(size_of "$2")" -o is.img --force
	cmp is.img "$2"
}
le32() { printf "\\$(printf %03o $(($1 & 255)))\\$(printf %03o $(($1 >> 8 & 255)))\\$(printf %03o $(($1 >> 16 & 255)))\\$(printf %03o $(($1 >> 24 & 255)))"; }
# Two blocks of content, one left open, one filled: an Android sparse image
sparse() { # RAW
	printf '\x3a\xff\x26\xed\x01\0\0\0\x1c\0\x0c\0'
	le32 4096 && le32 4 && le32 3 && le32 0
	printf '\xc1\xca\0\0' && le32 2 && le32 $((12 + 8192)) && head -c 8192 "$1"
	printf '\xc3\xca\0\0' && le32 1 && le32 12
	printf '\xc2\xca\0\0' && le32 1 && le32 16 && le32 0x5a5a5a5a
}

yes 'a picture of nobody' | head -c 70000 >logo.img
image logo.img logo
is 'a raw image, smaller than its partition' ended 0
is '... the plan says what it is' prints "^plan: an image of 68.4 KiB for 'logo'$"
is '... one partition is no group' no prints 'must match'
is '... its bytes are there' part_is logo logo.img
is '... what was there is saved' "$prog" verify logo.img.undo.tar.zst
image logo.img logo --json
is '... once more: nothing to write' ended 0
is '... untouched' untouched

sparse logo.img >sparse.img
{ head -c 8192 logo.img && head -c 4096 /dev/zero && yes ZZZ | tr -d '\n' | head -c 4096; } >raw.img
image sparse.img fbootlogo
is 'a sparse image' ended 0
is '... is written as what it stands for' part_is fbootlogo raw.img
head -c 5000 sparse.img >cut.img
image cut.img fbootlogo --json
is 'a sparse image that was cut: 5' ended 5 "'cut.img'" '^  try: nothing was written; get the file again'

# -- the same rules ----------------------------------------------------------

image logo.img l_fixnv1 --json
is 'what is private to a unit: refused' ended 6
is '... untouched' untouched
is '... why' grep -q 'nothing proves that this is it' "$out"
image logo.img uboot --dry-run
is 'a first link of the boot chain, as it is named' prints '^    uboot .* boot    its first 68.4 KiB'
head -c 2M /dev/zero >large.img
image large.img logo --json
is 'larger than its partition: 7' ended 7 'larger \(2 MiB\) than the partition .logo. \(1 MiB\)'
is '... untouched' untouched
image logo.img nothing
is 'no such partition: 2' ended 2 "no partition 'nothing'" 'spdvault info'
: >empty.img
image empty.img logo
is 'an empty file' ended 5 'it is empty' '^  try: nothing was written; get the file again'
image . logo
is 'a folder' ended 2 'is no file'
fails 2 'takes an ARCHIVE, or --from' '.' restore --from logo.img
fails 2 'takes an ARCHIVE, or --from' '.' restore a.tar.zst --from logo.img --to logo

# -- a file of a package -----------------------------------------------------

make_pac FW.pac
image FW.pac boot
is 'the file of a package with the id of the partition' ended 0
is '... its bytes are there' part_is boot boot
image FW.pac recovery
is 'no such id: 2' ended 2 "0 files of the package fit 'recovery'" '--member'
cp FW.pac spoilt.pac
printf 'X' | dd of=spoilt.pac bs=1 seek=$(($(size_of FW.pac) - 1)) conv=notrunc 2>/dev/null
image spoilt.pac boot --json
is 'a package with a wrong checksum: 5' ended 5 'spoilt.pac.: the package is damaged: the checksum of what follows its header' \
	'download it again; what you trust .* pac extract'
is '... no phone was looked for' no grep -q phone_witness "$out"
image FW.pac super --member 'BO*'
is '--member, and larger than the partition: 7' ended 7 'larger'
image logo.img boot
image FW.pac boot --member 'BO*'
is '--member' ended 0
is '... its bytes are there' part_is boot boot
image logo.img logo --member BOOT
is 'no package: 5' ended 5 'as a firmware package: .* is no PAC'

# -- a package that cannot be read is no raw image ---------------------------

# patched FILE OFFSET BYTES: FW.pac with these in that place
patched() {
	cp FW.pac "$1"
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
# no_image FILE CODE PATTERN: it ends so, before a phone is looked for
no_image() {
	image "$1" boot --json
	is "$1: $2" ended "$2" "$3"
	is '... no phone was looked for' no grep -q phone_witness "$out"
}
patched format.pac 8 9
patched count.pac 1076 '\377\377'
patched name.pac 2124 '\377\377'
patched directory.pac 1080 '\377\377\377\377'
no_image format.pac 5 "the PAC has the format 'BP_R9"
no_image count.pac 5 'says that it holds'
no_image name.pac 5 'entry 1 of the directory'
no_image directory.pac 5 'does not fit into'
mkdir two && cp FW.pac two
bsdtar --format zip -cf two.zip FW.pac two/FW.pac
bsdtar --format zip -cf damaged.zip count.pac
gzip -c count.pac >damaged.pac.gz
bsdtar --format zip -cf long.zip boot fdl1 FW.pac
head -c 100000 long.zip >cut.zip
no_image two.zip 2 'holds several PACs'
no_image damaged.zip 5 'says that it holds'
no_image damaged.pac.gz 5 'says that it holds'
no_image cut.zip 5 'damaged or of an unknown kind'
# What only looks so is taken as it is: nothing in it speaks for a package.
{ head -c 600 /dev/zero && head -c 70000 logo.img | tr a b; } >zeros.img
gzip -c logo.img >kernel.gz
{ head -c 10 kernel.gz && head -c 70000 boot; } >like.gz
bsdtar --format zip -cf animation.zip logo.img
for f in zeros.img kernel.gz like.gz animation.zip; do
	image $f logo
	is "$f is an image" ended 0
	is '... its bytes are there' part_is logo $f
done

# -- lost on the way ---------------------------------------------------------

head -c 900000 /dev/urandom >noise.img
run restore --from noise.img --to logo --device $phone,power_loss=1 --yes --wait 1
is 'the power is gone in the middle of the write: 6' ended 6 'old bytes, new bytes, or parts of both: logo'
is '... half of it is there' no part_is logo noise.img
run restore --from noise.img --to logo --device $phone --yes --resume
is '... --resume goes on' ended 0
is '... its bytes are there' part_is logo noise.img

finish
