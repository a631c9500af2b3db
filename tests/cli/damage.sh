#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Damaged, cut and hostile archives: found, named, survived.
# shellcheck disable=SC2317,SC2094 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

run backup --device sim:ums512,super=5M,userdata=1M -o good.tar.zst \
	super misc persist logo '*fixnv*_a' cache
is 'an archive to damage' ended 0
size=$(size_of good.tar.zst)
stock_unpack good.tar.zst whole
RANDOM=4711
random() { echo $(((RANDOM << 15 | RANDOM) % $1)); }

# Exit 5 and words why; everything but a crash or a "good".
found() {
	[ "$code" = 5 ] || [ "$code" = 1 ] || return 1
	grep -q '^error: ' "$err" && grep -q '^  try: ' "$err" && ! grep -q ': good' "$out"
}
cp good.tar.zst flipped.tar.zst
for i in $(seq 60); do
	# The last ones hit the tail.
	[ "$i" -gt 50 ] && at=$((size - 1 - $(random 700))) || at=$(random "$size")
	bit=$(random 8)
	flip flipped.tar.zst "$at" "$bit"
	run verify flipped.tar.zst
	is "bit $bit of byte $at of $size flipped: verify finds it" found
	flip flipped.tar.zst "$at" "$bit"
done
is 'flipped back it is the same again' cmp good.tar.zst flipped.tar.zst
for i in $(seq 20); do
	case $i in
	1) at=0 ;;
	2) at=1 ;;
	3) at=$((size - 1)) ;;
	4) at=$((size - 9)) ;;
	5) at=512 ;;
	*) at=$(random "$size") ;;
	esac
	head -c "$at" good.tar.zst >cut.tar.zst
	run verify cut.tar.zst
	is "cut after $at of $size bytes: verify finds it" found
done
rm cut.tar.zst
printf x | cat good.tar.zst - >longer.tar.zst
run verify longer.tar.zst
is 'a byte more at the end: verify finds it' found

# -- what is whole comes out, what is damaged says so ------------------------

# A byte in the middle of "super": its first frame is noise, so nothing else is near.
flip flipped.tar.zst $((size - 1500000)) 3
run verify flipped.tar.zst
is 'damage in one member: exit 5' ended 5 '^differs: partitions/super.img: 0x[0-9a-f]+ to 0x[0-9a-f]+: '
run extract flipped.tar.zst -C part
is 'extract: exit 5 names the member' ended 5 '^differs: partitions/super.img: ' "left as '.*super.img.partial'"
is '... the damaged file has no final name' test ! -e part/partitions/super.img -a -e part/partitions/super.img.partial
is '... with its full length' same "$(size_of part/partitions/super.img.partial)" "$(size_of whole/partitions/super.img)"
rm part/partitions/super.img.partial
rm whole/partitions/super.img
is '... all others are whole' diff -r part whole
run cat flipped.tar.zst super
is 'cat of the damaged member: exit 5' ended 5 'are damaged' '^  try: .*verify'
run cat flipped.tar.zst persist
is 'cat of another: fine' ended 0
is '... and right' cmp "$out" whole/partitions/persist.img
head -c $((size * 2 / 3)) good.tar.zst >cut.tar.zst
run extract cut.tar.zst -C cutparts
is 'extract from a cut file: not 0' ended 5 '^error: '
is '... what came before is named, and what to do' says "^  try: [0-9]+ files before that are below 'cutparts', .*copy the archive again"
is '... what was whole is there' cmp cutparts/partitions/persist.img whole/partitions/persist.img
run inspect cut.tar.zst
is 'inspect of a cut file: the manifest is lost' ended 5 "^  try: its end is lost, .*'spdvault list'"

# -- hostile ones ------------------------------------------------------------

# Nothing of this may take more than this much memory, or long.
limit=600000
tight() { # ARG...
	ran="spdvault $* (ulimit -v $limit)"
	case $prog in *asan* | *tsan*) limit=unlimited ;; esac
	(
		ulimit -v $limit
		exec timeout -k 5 60 "$prog" "$@"
	) >"$out" 2>"$err" </dev/null
	code=$?
}
# refused FILE WHAT: verify, list, extract and cat all say no, or at least nothing bad
refused() {
	tight verify "$1"
	is "$2: verify" found
	for c in list inspect; do
		tight $c "$1"
		is "... $c ends well" test "$code" -lt 7
	done
	tight extract "$1" -C evil --force
	is '... extract ends well' test "$code" -lt 8
	tight cat "$1" misc
	is '... cat ends well' test "$code" -lt 8
}
mkdir -p m/partitions evil
cp whole/manifest.json whole/SHA256SUMS whole/device.json m
pack() { tar --zstd -C m -cf "$1" "${@:2}"; }

echo outside >outside
for name in /tmp/spdvault-evil ../evil2 partitions/../../evil3 ./partitions/./../../../evil4; do
	echo gotcha >m/x
	tar --zstd -C m -P --transform "s,^x\$,$name," -cf hostile.tar.zst x manifest.json SHA256SUMS
	tight extract hostile.tar.zst -C evil --force
	is "a member named $name: exit 5" ended 5 '^differs: '
	tight verify hostile.tar.zst
	is '... verify, too' ended 5 '^differs: '
	tight list hostile.tar.zst
	is '... list shows it and says why not' prints 'evil'
done
rm -f m/x
is '... nothing was made outside' test ! -e /tmp/spdvault-evil -a ! -e evil2 -a ! -e evil3 -a ! -e ../evil4 -a ! -e ../evil3
is '... nor inside' same "$(find evil -name 'evil*' -o -name '*gotcha*' | grep -vx evil)" ''
ln -s ../outside m/partitions/link.img
ln m/manifest.json m/hard.json
pack hostile.tar.zst device.json partitions manifest.json hard.json SHA256SUMS
tight extract hostile.tar.zst -C evil --force
is 'links are never made' same "$(find evil -type l)" ''
tight verify hostile.tar.zst
is '... and are told' ended 5 'link.img: not a regular file'
rm m/partitions/link.img m/hard.json

esc=$(printf 'evil\033[2Jname')
echo x >"m/$esc"
pack hostile.tar.zst device.json "$esc"
rm "m/$esc"
for c in list verify extract; do
	tight $c hostile.tar.zst
	is "$c: a name cannot command a terminal" no grep -q "$(printf '\033')" "$out" "$err"
done
rm -f device.json

# A folder that is a link to elsewhere stands in the way.
mkdir -p target elsewhere
ln -s ../elsewhere target/partitions
run extract good.tar.zst -C target misc
is 'a linked folder in the way: exit 7' ended 7 "partitions' is in the way"
is '... nothing was written through it' same "$(ls elsewhere)" ''

truncate -s 1G m/manifest.json
pack hostile.tar.zst device.json manifest.json SHA256SUMS
refused hostile.tar.zst 'a manifest of 1 GiB'
head -c 3000000 /dev/zero | tr '\0' '[' >m/manifest.json
pack hostile.tar.zst device.json manifest.json SHA256SUMS
refused hostile.tar.zst 'very deep JSON'
printf '{"format":1,' >m/manifest.json
pack hostile.tar.zst device.json manifest.json SHA256SUMS
refused hostile.tar.zst 'half a JSON'
sed 's/"format": 1/"format": 99/' whole/manifest.json >m/manifest.json
pack hostile.tar.zst device.json manifest.json SHA256SUMS
refused hostile.tar.zst 'a later format'
sed 's/"size": 1048576/"size": 9000000000000000000/' whole/manifest.json >m/manifest.json
cp -r whole/partitions whole/gpt m
(cd m && find . -type f ! -name SHA256SUMS -printf '%P\n' | xargs sha256sum >SHA256SUMS)
pack hostile.tar.zst device.json gpt partitions manifest.json SHA256SUMS
refused hostile.tar.zst 'sizes that lie'
sed 's,"member": "partitions/misc.img","member": "../../misc.img",; s,"path": "partitions/misc.img","path": "../../misc.img",' \
	whole/manifest.json >m/manifest.json
is 'the manifest has been changed for this' no cmp -s m/manifest.json whole/manifest.json
pack hostile.tar.zst device.json gpt partitions manifest.json SHA256SUMS
refused hostile.tar.zst 'a member path that climbs'

# One frame of 2^40 bytes by its header: single segment, 8 bytes of content size.
printf '\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\x01\0\0\x01\0\0' >claim
refused claim 'a frame that claims a terabyte'
# A window of terabytes (exponent 31).
printf '\x28\xb5\x2f\xfd\x00\xf8\x01\0\0' >claim
refused claim 'a frame that wants a window of terabytes'
for count in '\xff\xff\xff\xff' '\xff\xff\x3f\0' '\x00\0\0\0' '\x01\0\0\0' '\xff\xff\xff\x0f'; do
	# shellcheck disable=SC2059 # the format is the bytes
	{ head -c $((size - 9)) good.tar.zst; printf "$count\0\xb1\xea\x92\x8f"; } >claim
	refused claim "a seek table with $count entries"
done
head -c 4096 /dev/urandom >noise
refused noise 'noise'
: >empty
refused empty 'an empty file'
refused . 'a folder'
head -c 100000 /dev/zero >zeros
refused zeros 'zeros'
tar -C whole -cf strange.tar device.json
refused strange.tar 'a tar that is no backup'
is '... the file outside is as it was' same "$(cat outside)" outside
finish
