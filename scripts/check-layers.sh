#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks what the layers may know of each other; prints FILE:LINE per offence.
#
#   includes   the table "allowed" below
#   libraries  the table "library" below
#   names      src/device and src/bsl decide nothing by a partition's name
#   writing    the table "writes": who may have to do with what changes a phone
#   printing   only src/cli prints or ends the process
#
# usage: check-layers.sh [ROOT]
set -eu

cd "${1:-$(dirname "$0")/..}"
files=$(find src include -name '*.[ch]' | LC_ALL=C sort)
if [ -z "$files" ]; then
	echo "check-layers: no sources in $PWD" >&2
	exit 1
fi

# shellcheck disable=SC2086 # file names of this project have no spaces
LC_ALL=C exec awk '
BEGIN {
	# layer: what it may include besides itself; a layer or one header
	allowed["base"] = ""
	allowed["sim"] = "base bsl/proto.h"
	allowed["transport"] = "base sim"
	allowed["bsl"] = "base transport"
	allowed["device"] = "base bsl"
	allowed["archive"] = "base"
	allowed["pac"] = "base"
	allowed["job"] = "base device archive pac"
	allowed["cli"] = "base sim transport bsl device archive pac job"

	# header of a library: the files that know it
	library["^(libusb-1[.]0/)?libusb[.]h$"] = "^src/transport/usb[^/]*$"
	library["^openssl/"] = "^src/(base/sha256|cli/main)[.]c$"
	library["^ini[.]h$"] = "^src/base/config[.]c$"
	library["^jansson[.]h$"] = "^src/(archive|cli)/"
	# (main.c: --version names the libraries)
	library["^(zstd|zstd_errors|zdict|xxhash)[.]h$"] = "^src/(archive/|cli/main[.]c$)"
	library["^archive(_entry)?[.]h$"] = "^src/(archive/|pac/packed[.]c$|cli/main[.]c$)"
	library["^expat[.]h$"] = "^src/(pac/scheme[.]c$|cli/main[.]c$)"
	library["^cmocka[.]h$"] = "^tests/"

	# What leads to a change on a phone: who may name it.
	writes["GUARD_WRITE"] = "^(include/bsl/guard[.]h|src/bsl/guard[.]c|src/device/writer[.]c)$"
	writes["BSL_CMD_ENABLE_WRITE_FLASH"] = \
		"^(include/bsl/proto[.]h|src/bsl/(guard|names)[.]c|src/device/writer[.]c|src/sim/.*)$"
	writes["BSL_CMD_(ERASE_FLASH|REPARTITION|ENABLE_SECUREBOOT|READ_REFINFO|" \
		"WRITE_DATETIME|SET_DEBUGINFO|SET_FIRST_MODE|SET_TIME_STAMP|" \
		"WRITE_VPAC|WRITE_EFUSE)"] = "^(include/bsl/proto[.]h|src/sim/.*)$"
	writes["may_write"] = \
		"^(include/device/session[.]h|src/device/writer[.]c|src/(job|cli)/(restore[^/]*|cmd_restore|phone)[.][ch])$"
	writes["writer_put"] = \
		"^(include/device/writer[.]h|src/device/writer[.]c|src/job/restore[^/]*[.]c)$"

	# Names of partitions that no code of these layers may spell out.
	nv = "((l|nr|td|tl|lf|w|wl|g|wcn)_?)?(fixnv|runtimenv)[12]?"
	partition = "^(" nv "|deltanv|l_deltanv|nr_deltanv|calinv|factorynv|" \
		"prodnv|productinfo|prodinfo[1-4]?|miscdata|misc|persist|" \
		"splloader|splloader_bak|user_partition|uboot|uboot_log|sml|" \
		"trustos|teecfg|hypervsior|boot|init_boot|vendor_boot|recovery|" \
		"dtbo|vbmeta|vbmeta_.*|super|metadata|cache|userdata|blackbox|" \
		"sysdumpdb|socko|odmko|wcnmodem|gnssmodem|l_modem|nr_modem|" \
		"l_[agl]dsp|pm_sys|fbootlogo)(_a|_b|_bak)?$"
	named = "^(src|include)/(device|bsl)/"
	# The names, where they are spelled out for a reason.
	names["include/bsl/proto.h"] = "." # names that the loader itself knows
	names["src/bsl/guard.c"] = "^" nv "$" # these a loader repairs when read
	# Sizes that are the same on all phones tell the unit of a list.
	names["src/device/ptable.c"] = "."
}

function offence(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad++
}

# Takes comments and strings out of a line; strings go to lit[1..nlit].
function strip(s,   out, c, two, i, n, quote, text) {
	out = ""
	nlit = 0
	n = length(s)
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		two = substr(s, i, 2)
		if (comment) {
			if (two == "*/") {
				comment = 0
				i++
			}
		} else if (two == "/*") {
			comment = 1
			i++
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "\047") {
			quote = c
			text = ""
			for (i++; i <= n; i++) {
				c = substr(s, i, 1)
				if (c == quote)
					break
				if (c == "\\")
					c = c substr(s, ++i, 1)
				text = text c
			}
			if (quote == "\"")
				lit[++nlit] = text
			out = out quote quote
		} else {
			out = out c
		}
	}
	return out
}

function exists(path,   line, there) {
	if (!(path in seen)) {
		there = (getline line < path) >= 0
		close(path)
		seen[path] = there
	}
	return seen[path]
}

function check_quoted(name,   head, n, i, list) {
	if (name ~ /(^|\/)[.][.]?\//)
		return offence("include \"" name "\": no way through the folders")
	if (name !~ /\//) {
		if (!exists(folder name))
			offence("include \"" name "\": no such file in " folder)
		return
	}
	head = name
	sub(/\/.*/, "", head)
	if (head == layer)
		return
	n = split(allowed[layer], list, " ")
	for (i = 1; i <= n; i++)
		if (list[i] == head || list[i] == name)
			return
	offence("include \"" name "\": " layer " may include only " \
		(n ? allowed[layer] : "itself"))
}

function check_library(name,   pattern) {
	for (pattern in library)
		if (name ~ pattern && FILENAME !~ library[pattern])
			offence("<" name ">: only " library[pattern] " knows this library")
}

function check_writing(s,   word) {
	for (word in writes)
		if (s ~ "[^A-Za-z0-9_]" word "[^A-Za-z0-9_]" && FILENAME !~ writes[word])
			offence(word ": only " writes[word] " has to do with writing")
}

FNR == 1 {
	comment = 0
	checked++
	split(FILENAME, path, "/")
	layer = path[2]
	folder = FILENAME
	sub(/[^\/]*$/, "", folder)
	if (!(layer in allowed))
		offence("\"" layer "\" is no layer")
}

{
	code = strip($0)
	if (code ~ /^[ \t]*#[ \t]*include/) {
		if (nlit)
			check_quoted(lit[1])
		else if (match(code, /<[^>]*>/))
			check_library(substr(code, RSTART + 1, RLENGTH - 2))
		next
	}
	if (FILENAME ~ named)
		for (i = 1; i <= nlit; i++)
			if (lit[i] ~ partition && !(FILENAME in names &&
			    lit[i] ~ names[FILENAME]))
				offence("partition name \"" lit[i] "\" in " layer)
	check_writing(" " code " ")
	if (layer == "cli")
		next
	if (match(" " code, /[^A-Za-z0-9_](v?printf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort)[ \t]*\(/))
		offence(substr(" " code, RSTART + 1, RLENGTH - 1) ") outside of src/cli")
	if (match(" " code " ", /[^A-Za-z0-9_](stdout|stderr)[^A-Za-z0-9_]/))
		offence(substr(" " code, RSTART + 1, RLENGTH - 2) " outside of src/cli")
}

END {
	printf "layers: %d files checked\n", checked
	exit bad > 0
}' $files
