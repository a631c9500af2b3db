#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks that what docs and comments point at is there: sections of docs, as
# [5.6] (of protocol.md) or "restore.md 4"; files of the tree; links.
# shellcheck disable=SC2086 # lists of files, without blanks
set -eu

cd "$(dirname "$0")/.."
docs=$(echo README.md HACKING.md CHANGELOG.md docs/*.md docs/spdvault.1 profiles/README.md)
code=$(find src include tests scripts \( -name '*.[ch]' -o -name '*.sh' \) -print)
checked=0 bad=0

# check GOOD WHAT
check() {
	checked=$((checked + 1))
	[ "$1" = 0 ] && return
	echo "$2" >&2
	bad=$((bad + 1))
}

# Sections: "protocol:5.6"
sections() {
	grep -hoE '\[[0-9]+\.[0-9]+(, [0-9]+\.[0-9]+)*\]' $code |
		tr ',' '\n' | tr -d '[] ' | sed 's/^/protocol:/'
	grep -hoE '\b(protocol|partitions|restore|archive-format|ARCHITECTURE)\.md[])`,]* (sections? )?[0-9]+(\.[0-9]+)?' \
		$code $docs | sed -E 's/\.md[^0-9]*/:/'
}
for s in $(sections | sort -u); do
	good=0
	grep -qE "^#+ ${s#*:}\.? " "docs/${s%%:*}.md" || good=1
	check $good "docs/${s%%:*}.md has no section ${s#*:}, which is referred to"
done

# Files: src/device/nv.c, and device/nv.c as docs/ARCHITECTURE.md has it
files() {
	grep -hoE '(^|[^[:alnum:]/_.-])(src|include|tests|scripts|docs|profiles)/[[:alnum:]_./-]+' $docs |
		sed 's/^[^a-z]//'
	grep -hoE '`(base|sim|transport|bsl|device|archive|pac|job|cli)/[[:alnum:]_-]+\.[ch]\b' $docs |
		sed -e 's/^`\(.*\.c\)$/src\/\1/' -e 's/^`\(.*\.h\)$/include\/\1/'
}
for path in $(files | sed 's/[.]*$//' | grep -vE 'NAME|LAYER|_$' | sort -u); do
	good=0
	# (tests/fault/test_sweep*.c ends at its star)
	ls -d "$path"* >/dev/null 2>&1 || good=1
	check $good "docs name '$path', which is not there"
done

for file in $docs; do
	# shellcheck disable=SC2013 # links have no blanks
	for to in $(grep -oE '\]\([^)#]+' "$file" | cut -c 3- | grep -v '^http'); do
		good=0
		[ -e "$(dirname "$file")/$to" ] || good=1
		check $good "$file links to '$to', which is not there"
	done
done
echo "docs: $checked references checked"
[ $checked -gt 100 ] && [ $bad -eq 0 ]
