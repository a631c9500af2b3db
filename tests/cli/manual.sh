#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The manual page against the program: each command, option and exit code is
# described there, and nothing that does not exist.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

# The page without its hyphens and fonts; what begins a paragraph is bare words.
sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' -e 's/"//g' \
	-e 's/^\.\(B\|I\|BI\|BR\|RB\|RI\) /.B /' "$tree/docs/spdvault.1" >page
# section NAME: its lines
section() { awk -v name="$1" '/^\.SH /{on = $0 == ".SH " name} on' page; }
# described NAME: the first words of its paragraphs
described() { section "$1" | awk '/^\.TP/{head = 1; next} head{print; head = 0}'; }
options_in() { grep -oE -- '(^|[^[:alnum:]-])(--[a-z][a-z0-9-]*|-[a-zA-Z])\b' | grep -oE -- '-.*' | sort -u; }

run help
is 'help lists the commands' ended 0
awk '/^  [a-z]+ +/{print $1}' "$out" | sort -u >commands
is '... a dozen at least' test "$(wc -l <commands)" -ge 12
sed -n '/^Exit codes/,$p' "$out" | tr '\n' ' ' | grep -oE '(^| )[0-9]+ ' | tr -d ' ' | sort -u >codes
cp "$out" help
while read -r command; do
	run help "$command"
	is "help $command" ended 0
	cat "$out" >>help
	is '... is described in the manual' \
		grep -qE -- "^\.B ([a-z]+, )*$command\b" <(described COMMANDS)
done <commands

# What others' programs take stands in texts and examples, never at the
# beginning of a paragraph.
options_in <help >options
described OPTIONS | options_in >told
is 'there are options' test "$(wc -l <options)" -ge 30
is 'each option is described' same "$(comm -23 options told | xargs)" ''
is 'no option is described that does not exist' same "$(comm -13 options told | xargs)" ''
options_in <page >named
is 'none is named anywhere but those of tar and sha256sum' \
	same "$(comm -13 options named | grep -vx -e --zstd -e -c | xargs)" ''

described 'EXIT STATUS' | grep -oE '\b[0-9]+\b' | sort -u >told
is 'the exit codes are those of the help' same "$(xargs <told)" "$(xargs <codes)"
finish
