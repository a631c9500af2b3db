#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copies that say nothing: what is told, what ends with 6, what is no alarm.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

dev=sim:ums512,super=6M,userdata=1M
backup() { # KEYS ARG...
	local keys=$1
	shift
	run backup --device "$dev$keys" -o b.tar.zst --force "$@"
}
entry() { # NAME: its part of the manifest, in one line
	"$prog" cat b.tar.zst manifest.json | tr -d '\n' |
		grep -o "\"name\": \"$1\"[^}]*"
}
marked() { entry "$1" | grep -q "\"suspect\": \"$2\", *\"grave\": $3"; }

# -- no false alarm ----------------------------------------------------------

for m in $models; do
	run backup --device "sim:$m,super=6M,userdata=1M" --all -o b.tar.zst --force
	is "$m as it is: complete" ended 0
	is '... no alarm' no says '^suspect'
done
keys=
for name in misc miscdata cache metadata persist sysdumpdb uboot_log userdata; do
	keys+=,blank=$name
done
backup "$keys" --all
is 'what may be blank is no alarm' ended 0
is '... it is counted' prints '^  blank: 8 partitions'
is '... nothing is suspect' no prints suspect
is '... and nothing is marked' no grep -q suspect <("$prog" cat b.tar.zst manifest.json)
is '... list says zero' eval "$prog list b.tar.zst | grep -q 'partitions/cache.img .* zero'"
backup ,blank=uboot_b,erased=sml_b,blank=l_fixnv1_b,blank=l_fixnv2_b
is 'a slot that was never written is no alarm' ended 0
is '... but a line each' prints '^  suspect: uboot_b is all zeros'
is '... and marked' marked uboot_b all-zero false
backup ,erased=l_fixnv1_a
is 'one of two NV copies is no alarm' ended 0
is '... but a line' prints '^  suspect: l_fixnv1_a is all FF'

# -- alarms ------------------------------------------------------------------

backup ,blank=uboot_a --json
is 'the boot chain of the slot that boots is blank: 6' ended 6
is '... the phone is untouched' untouched
is '... said' says '^suspect: uboot_a is all zeros'
is '... result names it' grep -q '"suspects":\[{"name":"uboot_a","suspect":"all-zero","grave":true}\]' "$out"
is '... not called complete' grep -q '"complete":false' "$out"
backup ,blank=uboot_a
is '... the remedy is said' prints 'loaders of exactly this model.*--accept-blank'
is '... in the manifest' marked uboot_a all-zero true
run verify b.tar.zst
is 'verify: the file is good' ended 0
is '... and says what is suspect' prints '^  suspect: uboot_a is all zeros'
run inspect b.tar.zst
is 'inspect says it' prints 'suspect: +uboot_a is all zeros'
backup ,blank=uboot_a --color always
is '... in red' grep -q $'^\033\\[31msuspect:\033\\[0m uboot_a' "$err"
backup ,blank=uboot_a --accept-blank
is '--accept-blank: 0' ended 0 '^suspect: uboot_a'
is '... complete' prints '^complete'
is '... still marked' marked uboot_a all-zero true
backup ,slot=b,blank=uboot_b
is 'slot b boots, and is blank: 6' ended 6 '^suspect: uboot_b'
backup ,slot=b,blank=uboot_a
is 'slot b boots, and a is blank: 0' ended 0
backup ,erased=l_fixnv1_a,erased=l_fixnv2_a
is 'both copies of the NV: 6' ended 6 '^suspect: l_fixnv1_a is all FF' '^suspect: l_fixnv2_a'
backup ,stuck=sml_a
is 'one buffer again and again: 6' ended 6 '^suspect: sml_a is one block again and again'
is '... marked' marked sml_a repeated-block true
backup ,stuck=super
is 'the same in a partition of Android: a line' ended 0
is '... said' prints '^  suspect: super is one block again and again'
run backup --device sim:sc9832,super=6M -o b.tar.zst --force
is 'a name that leads to another place is told' prints '^  suspect: uboot is the same bytes as .splloader'
is '... and is no alarm, as no table said that it is there' ended 0
fails 2 'takes no option --accept-blank' 'help' info --accept-blank --device "$dev"
finish
