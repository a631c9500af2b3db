#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The rows of the table of failures that are met in writing
# (docs/failures.md): provoked on the simulator, message and exit code read.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

phone=sim:ums512,super=2M,userdata=2M,same_slots=1,keep=phone.keep

run backup --device "$phone" -o a.tar.zst boot_a boot_b trustos_a trustos_b 'l_*' misc
is 'a backup' ended 0

run extract a.tar.zst trustos_b -C out
cp out/partitions/trustos_b.img other.img
printf 'another one' | dd of=other.img bs=1 seek=70000 conv=notrunc 2>/dev/null

# row EXIT ID CAUSE KEYS PART [ARG...]: the row is named with causes and
# remedies, the same in --json, and a state file or nothing is left
row() {
	local want=$1 id=$2 cause=$3 keys=$4 part=$5
	local what=(a.tar.zst "$part")
	shift 5
	case $part in
	*.img) what=(--from "$part" --to trustos_a --slots a) ;;
	*) keys=$keys,damage=$part ;;
	esac
	rm -f *.undo.* *.restore* phone.keep
	run restore "${what[@]}" --yes --json --force "$@" --device "$phone$keys"
	is "$id ($keys $part $*): exit $want and why" ended "$want" '^error: ' \
		"^  seen: .*\($id\)\$" "^  likely: " "^  (likely|or): .*($cause)" '^  try: '
	is '... in --json, too' prints "\"why\":\{\"row\":\"$id\",.*\"causes\":\[\{\"cause\":.*\"remedy\":"
	is '... no library or number alone explains it' no says 'LIBUSB|errno|answered by [^:]*$'
}
row 4 write-name 'none of this name' ,start_says=84 misc
row 4 write-name 'none of this name' ,start_says=96 misc
row 4 write-not-enabled 'own program' ,start_says=AC misc
row 4 write-size 'keeps less room' ,fixnv_size=1K l_fixnv1_a
row 6 write-protected 'next start' ,last_says=B3 misc
row 6 write-failed 'next start' ,protect=misc misc
row 6 write-checksum 'cable' ,last_says=A0 misc
row 6 write-signature 'another phone' ,last_says=A6 boot_a
row 6 write-signature 'another phone' ,verify_hang=84 other.img
row 6 write-signature-hang 'hangs without a word' ,verify_hang=1 other.img

row 6 write-lost 'cable' ,power_loss=1 misc

finish
