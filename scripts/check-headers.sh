#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks that each header of include/ compiles alone, and twice.  CC and CFLAGS
# as for the build.
set -eu

cd "$(dirname "$0")/.."
checked=0 bad=0
for path in include/*/*.h; do
	[ -e "$path" ] || continue
	header=${path#include/}
	checked=$((checked + 1))
	# shellcheck disable=SC2086 # several words in CC and CFLAGS are meant
	printf '#include "%s"\n' "$header" "$header" |
		${CC:-cc} -std=gnu11 -Wall -Wextra -Wundef -Wstrict-prototypes \
			-Werror -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
			${CFLAGS:-} -fsyntax-only -x c - || {
		echo "$path: does not compile alone" >&2
		bad=$((bad + 1))
	}
done
echo "headers: $checked files checked"
[ $checked -gt 0 ] && [ $bad -eq 0 ]
