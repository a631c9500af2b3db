#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Read twice, and a sample read again: loaders that tell the truth, or do not.
# shellcheck disable=SC2016,SC2086,SC2317 # words, eval, functions by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

base=super=24M,userdata=1M
backup() { # MODEL KEYS ARG...
	local dev=sim:$1,$base$2
	shift 2
	run backup --device "$dev" -o b.tar.zst --force "$@"
}
manifest() { "$prog" cat b.tar.zst manifest.json | tr -d '\n'; }
# The value of a key of a part
of_part() { # NAME KEY
	manifest | grep -o "\"name\": \"$1\"[^}]*" | grep -o "\"$2\": [0-9]*" | cut -d' ' -f2
}
plain $models

# -- a loader that tells the truth -------------------------------------------

for m in $models; do
	backup "$m" '' --json
	is "$m: backup" ended 0
	is '... untouched by the second reading' untouched
	backup "$m" '' --recheck 100%
	is "$m: all of it again" ended 0
	is '... said' prints '^  read twice: [0-9]+ partitions, .* no difference'
	is '... all equal' prints '^  read again: all [0-9]+ blocks of 4 MiB, all equal'
	is '... verify' "$prog" verify b.tar.zst
done
backup ums512 ''
for name in l_fixnv1_a l_fixnv2_b l_runtimenv1 prodnv miscdata uboot_a sml_b trustos_a splloader; do
	size=$(of_part $name size)
	is "$name was read twice" same "$(of_part $name confirmed)" "$size"
done
is 'super was not' same "$(of_part super confirmed)" ''
backup ums512 ,user_partition=84 --nv-by-name --json
is 'NV by name: never asked for twice' same "$(of_part l_fixnv1_a confirmed)" ''
is '... the second copy is read twice' test "$(of_part l_fixnv2_a confirmed)" -gt 0
backup ums512 ,min_read=2K --chunk 4096 --exclude "vbmeta*"
is 'a loader that gives no odd lengths' ended 0
is '... is read twice all the same' prints '^  read twice: .* no difference'

# -- a sample ----------------------------------------------------------------

backup ums512 '' --recheck 20% --json
is 'a sample: 0' ended 0
is '... untouched' untouched
blocks=$(number blocks) compared=$(number compared) bound=$(number bound)
is '... of the right size' same "$compared" $(((blocks * 20 + 99) / 100))
is '... with a bound' test "$bound" -gt 0 -a "$bound" -lt "$blocks"
seed=$(number seed)
is '... the manifest has the seed' eval "manifest | grep -q '\"seed\": $seed,'"
is '... it is the schema' eval '[ -z "$python" ] || manifest | "$python" -c "
import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(\"$tree/docs/manifest.schema.json\"))).validate(json.load(sys.stdin))"'
backup ums512 '' --recheck 20%
is '... honest words' prints 'drawn at random, all equal: with 95 % confidence at most [0-9]+ blocks \([0-9.]+ %\)'
run inspect b.tar.zst
is 'inspect has it' prints '^read again: +[0-9]+ of [0-9]+ blocks'
backup ums512 ,bad=super+1M+8K --recheck 100%
is 'unreadable places are no difference' ended 6
is '... the other blocks are equal' prints '^  read again: all [0-9]+ blocks'
backup ums512 '' --recheck 0.1 misc
is 'a sample is never empty' prints '^  read again: all 1 blocks'
for wrong in 0 0% 101% -5 5%% abc '' 1e1 nan; do
	fails 2 'percentage' '5%' backup --device sim:ums512 -o x.tar.zst --recheck "$wrong"
done

# -- over two runs -----------------------------------------------------------

rm -f b.tar.zst
run backup --device "sim:ums512,$base,disconnect_at=2000,back_ms=999999999" -o b.tar.zst --force --wait 1
is 'a run that ends early' ended 6
run backup --device "sim:ums512,$base" -o b.tar.zst --resume --recheck 100%
is '... and is gone on with' ended 0
is '... what the first run has read twice is known' same "$(of_part prodnv confirmed)" "$(of_part prodnv size)"
is '... the sample is of both runs' prints '^  read again: all [0-9]+ blocks of 4 MiB, all equal'
is '... the bytes are right' cmp <(sums b.tar.zst) ums512.sums

# -- a loader that does not --------------------------------------------------

backup ums512 ,lie=150,seed=1
is 'one answer of 150 has a wrong bit: told' says '^warning: .* came differently the second time'
is '... what is read twice is right' same \
	"$(sums b.tar.zst | grep -E '/(prodnv|.*nv[12].*|miscdata|uboot.*|sml.*|splloader.*)\.img')" \
	"$(grep -E '/(prodnv|.*nv[12].*|miscdata|uboot.*|sml.*|splloader.*)\.img' ums512.sums)"
is '... from the first lie on all is read twice' test "$(of_part super confirmed)" -gt 0
is '... so all of super is right' same "$(sums b.tar.zst | grep super)" "$(grep super ums512.sums)"
is '... the manifest counts them' test "$(of_part prodnv outvoted)" -gt 0
case $code in
0) is '... complete: nothing was read once' no says 'were read only once' ;;
6) is '... incomplete: some were read once' says 'were read only once' ;;
*) is "... it ends with 0 or 6, not $code" false ;;
esac
backup ums512 ,lie=60 super --recheck 100%
is 'lies in what is read once, all of it read again: 5' ended 5
is '... the places are named' says '^differs: partitions/super.img: 0x[0-9a-f]+ to 0x[0-9a-f]+: is stored wrongly'
is '... in red words' says '^suspect: [0-9]+ of [0-9]+ blocks .* not to be trusted'
is '... not called complete' prints '^incomplete'
finish
