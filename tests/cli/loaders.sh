#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A loader is looked at before it is sent: exit 7, why, and what --force does.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

# shellcheck source=tests/lib/loaders.sh
. "$tree/tests/lib/loaders.sh"
signed 0x5500 20480 >fdl1.bin
signed 0x9EFFFE00 204800 >fdl2.bin
d="--device sim:ums512"

# shellcheck disable=SC2086 # words
{
	works 'a good pair' info $d --fdl1 fdl1.bin --fdl2 fdl2.bin --verbose
	is '... nothing is said about it' no says 'signature|its header (says|has|promises)|ARM code|--force'
	head -c 20992 fdl1.bin >unsigned.bin
	works 'an unsigned FDL1' info $d --fdl1 unsigned.bin --fdl2 fdl2.bin --verbose
	is '... is a line with --verbose' says "FDL1 'unsigned.bin': it has no signature"
	works 'without it' info $d --fdl1 unsigned.bin --fdl2 fdl2.bin
	is '... nothing is said' no says signature
	head -c 30000 /dev/urandom >random.bin
	works 'a raw binary' info $d --fdl1 random.bin --fdl2 random.bin

	echo '<!DOCTYPE html><html>' >page.bin
	fails 7 "page.bin': it is a web page" 'page that links' info $d --fdl1 page.bin --fdl2 fdl2.bin
	fails 7 'web page' 'page that links' info $d --fdl1 page.bin --fdl2 fdl2.bin --force
	printf 'PK\003\004 %0100d' 0 >fw.zip
	fails 7 "fw.zip': it is a zip archive" '--pac' backup -o no.tar.zst $d --fdl1 fdl1.bin --fdl2 fw.zip
	printf 'B\0P\0_\0R\0002\0.\0000\0' >fw.pac
	fails 7 'PAC' '--pac' info $d --fdl1 fw.pac --fdl2 fdl2.bin
	fails 7 'swapped' '--fdl1' info $d --fdl1 fdl2.bin --fdl2 fdl1.bin
	fails 7 'header says that it belongs at 0x5500, .* 0x65000800' '--chip.*--force' \
		info --device sim:ums9230 --fdl1 fdl1.bin --fdl2 fdl2.bin
	head -c 9000 fdl1.bin >cut.bin
	fails 7 'cut off' 'copy it again.*--force' info $d --fdl1 cut.bin --fdl2 fdl2.bin
	cp fdl1.bin fdl1-ums9230.bin
	fails 7 'its name says that it is for ums9230' '--chip' info $d --fdl1 fdl1-ums9230.bin --fdl2 fdl2.bin
	signed 0x5500 2000000 >large.bin
	fails 7 'own memory|swapped' '--force' info $d --fdl1 large.bin --fdl2 fdl2.bin

	works '--force sends a suspect' info $d --fdl1 fdl1-ums9230.bin --fdl2 fdl2.bin --force
	is '... and says so' says '^warning: .*sent all the same'
	run info $d --fdl1 cut.bin --fdl2 fdl2.bin --json
	is 'in --json it is the kind "safety"' prints '"exit":7.*"kind":"safety"'
}
is 'after all that there is no archive' test ! -e no.tar.zst -a ! -e no.tar.zst.partial

finish
