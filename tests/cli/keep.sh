#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# One simulated phone over several processes.
# shellcheck disable=SC2317,SC2154,SC2016 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

base=super=2M,userdata=1M
for m in $models; do
	sim=sim:$m,$base
	works "$m: a backup" backup --device "$sim" -o "$m.tar.zst"
	works '... is what the phone holds' verify "$m.tar.zst" \
		--device "$sim,keep=$m.keep"
	run verify "$m.tar.zst" --device "$sim,keep=$m.keep,damage=fbootlogo+4K+4K"
	is '... what was damaged differs' ended 5 logo
	run verify "$m.tar.zst" --device "$sim,keep=$m.keep"
	is '... also in the next process' ended 5 logo
	works '... not on another phone' verify "$m.tar.zst" --device "$sim"
	works '... what it holds is saved' sim "$m,$base,keep=$m.keep" --save "$m"
	works '... and what another one does' sim "$m,$base" --save "$m.plain"
	is '... the boot areas are equal' cmp "$m/boot1.img" "$m.plain/boot1.img"
	is '... the rest differs in 4 KiB at most' eval \
		'd=$(cmp -l '"$m/user.img $m.plain/user.img"' | wc -l)
		[ $d -gt 3500 ] && [ $d -le 4096 ]'
	works '... the files are the phone' verify "$m.tar.zst" --device \
		"sim:$m,storage=$m.plain/user.img,boot1=$m.plain/boot1.img,boot2=$m.plain/boot2.img"
	fails 7 'there already' 'another folder' sim "$m,$base" --save "$m"
done
fails 2 'another storage' '.' info --device "sim:sc9832,$base,keep=ums512.keep"
fails 2 'no partition is .nobody' '.' info --device sim:ums512,damage=nobody

finish
