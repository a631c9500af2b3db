#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Line coverage of all tests, by folder and by file.
#
# usage: cov.sh BUILD-FOLDER
set -euo pipefail

b=$1
flags='-O0 -g --coverage'
make --no-print-directory B="$b" CFLAGS="$flags" LDFLAGS=--coverage all tests
find "$b" -name '*.gcda' -delete
programs=$(make --no-print-directory -s B="$b" list-tests)
# shellcheck disable=SC2086 # words
SPDVAULT="$b/spdvault" TEST_LOGS="$b/logs" scripts/run-tests.sh $programs || true
lcov --quiet --capture --directory "$b" --base-directory . --no-external \
	--rc lcov_branch_coverage=0 --output-file "$b/cov.info"
lcov --quiet --extract "$b/cov.info" "$PWD/src/*" --output-file "$b/src.info"
# One row per file from the records of lcov, then one per folder.
awk -F: '
	/^SF:/ { file = $2; sub(/^.*\/src\//, "src/", file)
		split(file, p, "/"); folder = p[1] "/" p[2] }
	/^LF:/ { all[file] = $2; fall[folder] += $2 }
	/^LH:/ { hit[file] = $2; fhit[folder] += $2 }
	END {
		for (f in all) printf "%6.1f %% of %5d  %s\n", 100 * hit[f] / all[f], all[f], f | "sort -k4"
		close("sort -k4"); print ""
		for (f in fall) printf "%6.1f %% of %5d  %s\n", 100 * fhit[f] / fall[f], fall[f], f | "sort -k4"
	}' "$b/src.info"
