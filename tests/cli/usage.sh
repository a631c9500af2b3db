#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Options, arguments, help, and exit code 2 when they make no sense.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

run
is 'without a command: usage, exit 2' ended 2 '^usage: spdvault COMMAND'
is '... and nothing on stdout' same "$(size_of "$out")" 0
run backup --device sim:ums512,userdata=1M -o a.tar.zst misc
is 'a small archive for what follows' ended 0

# -- help and version --------------------------------------------------------

for args in 'help' '--help' '-h'; do
	run $args
	is "'$args' prints commands, options and exit codes" ended 0
	is "'$args': all commands stand there" same "$(grep -Ec \
		'^  (backup|read|info|verify|list|inspect|extract|cat|chips|devices|reboot|poweroff|sim|help) ' \
		"$out")" 14
	is "'$args': the exit codes stand there" prints 'Exit codes: 0 done, 1 failed, 2 '
done
for command in backup read info verify list inspect extract cat chips devices reboot poweroff sim; do
	run help $command
	cp "$out" help.txt
	is "'help $command' shows usage and options" prints "^usage: spdvault $command"
	run $command --help
	is "'$command --help' says the same" cmp "$out" help.txt
done
run --version
is '--version: ours and those of the libraries' ended 0
is '... with numbers' prints '^spdvault [0-9]+\.[0-9]+'
is '... of all four' prints 'libarchive [0-9.]+, zstd [0-9.]+, OpenSSL [0-9.]+.*, jansson [0-9.]+'

# -- what is wrong, and what to do -------------------------------------------

fails 2 "no command 'nosuch'" "'spdvault help' lists" nosuch
run help nosuch
is 'exit 2: help nosuch' ended 2 "no command 'nosuch'"
fails 2 "no option '--nope'" 'spdvault help' backup --nope
fails 2 "no option '--nope'" 'spdvault help' --nope backup
fails 2 "'-o' needs a value" 'spdvault help' backup -o
fails 2 "no option '-x'" 'spdvault help' list -xv a.tar.zst
fails 2 "'--re' may be any of: --resume, --recheck" 'spdvault help' backup --re
fails 2 '--json takes no value' 'spdvault help' list --json=1 a.tar.zst
fails 2 "'list' takes no option --level" "spdvault help list" list --level 3 a.tar.zst
fails 2 "'list' takes no option --device" 'spdvault help list' list --device sim:ums512 a.tar.zst
fails 2 "'chips' takes no option --force" 'spdvault help chips' chips --force
fails 2 'usage: spdvault verify ARCHIVE' 'spdvault help verify' verify
fails 2 'PART only with --device' 'spdvault verify ARCHIVE' verify a b
fails 2 'usage: spdvault cat ARCHIVE' 'spdvault help cat' cat a.tar.zst
fails 2 'usage: spdvault read PART' 'spdvault help read' read --device sim:ums512 -o x
fails 2 'usage: spdvault info' 'spdvault help info' info x --device sim:ums512
fails 2 'where to' '-o phone.tar.zst' backup --device sim:ums512
fails 2 'where to' '-o - for a pipe' read misc --device sim:ums512
fails 2 'no place on the USB' 'usb:BUS-PORT' info --device usb:zz
fails 2 'both want standard output' '.' read misc --device sim:ums512 -o - --json
fails 2 'both want standard output' '.' cat a.tar.zst misc --json
fails 2 'how' '--pty' sim ums512
fails 2 'which phone' 'sim ums512' sim --pty
fails 2 'which phone' 'sim ums512' sim --save files
fails 2 'which phone' 'sim ums512' sim --gadget files --json
fails 2 'inside without a firmware' '--pac' backup --inside foo --device sim:ums512 -o x misc
fails 2 'inside without a firmware' '--pac' info --inside foo --device tty:/dev/nosuch
fails 2 "no simulated model 'nosuch'" 'ums512, ums9230' sim nosuch --pty
fails 2 "no simulated model 'nosuch'" 'ums512, ums9230' info --device sim:nosuch
fails 2 "no simulator key 'zz'" '.' info --device sim:ums512,zz=1
fails 2 "'foo' is no device" '.' info --device foo
fails 2 "no profile for 'FOO'" "'spdvault chips' lists" info --device sim:ums512 --chip FOO
fails 2 'level 0' '.' backup --device sim:ums512 -o x --level 0
fails 2 '20|19' '.' backup --device sim:ums512 -o x --level 20
fails 2 'three' '.' backup --device sim:ums512 -o x --level three
fails 2 'multiple of 512' '.' backup --device sim:ums512 -o x --chunk 1000
fails 2 '--after takes leave, reboot, poweroff' '.' info --device sim:ums512 --after never
fails 2 '--color takes auto, always, never' '.' list a.tar.zst --color sometimes
fails 2 '--on-error takes zero, stop' '.' backup --device sim:ums512 -o x --on-error cry
fails 2 '--slot takes active' '.' backup --device sim:ums512 -o x --slot a
fails 2 'length of 0' '.' cat a.tar.zst misc --length 0
fails 2 '12Q' '.' cat a.tar.zst misc --offset 12Q
fails 2 '-1' '.' cat a.tar.zst misc --offset=-1
fails 2 '99999999999999999999' '.' cat a.tar.zst misc --offset 99999999999999999999
fails 2 "no partition 'nosuch\*'" "spdvault info" backup --device sim:ums512 -o x 'nosuch*'
fails 2 "no partition 'nosuch'" "spdvault info" read nosuch --device sim:ums512 -o x
fails 2 "no partition 'typo'" "spdvault info" backup --device sim:ums512 -o x --exclude typo
fails 2 "holds no 'nosuch'" "spdvault list" cat a.tar.zst nosuch
fails 2 'ends before byte 2097152' '.' cat a.tar.zst misc --offset 2M
fails 2 'not all inside' '.' cat a.tar.zst misc --offset 1M --length 1
fails 2 'not inside' '.' read misc --device sim:ums512 -o x --offset 1M
fails 2 'not 8' '.' read misc --device sim:ums512 -o x --offset 1048572 --length 8
fails 7 'text' 'page' info --device sim:ums512 --fdl1 /etc/passwd@0x5500
fails 1 "'/nonexistent/log'" 'path' list a.tar.zst --log /nonexistent/log
fails 1 "'/nonexistent/x" 'path' backup --device sim:ums512 -o /nonexistent/x
fails 1 "'/nonexistent/x" 'path' verify /nonexistent/x
fails 3 'no phone in download mode is at usb:99-1, and none came within 1 s' 'switch the phone off' info --wait 1 --device usb:99-1
fails 3 '/dev/nosuch' 'ls /dev/tty' info --device tty:/dev/nosuch
is 'nothing was made by all that' same "$(echo ./*)" './a.tar.zst ./help.txt'

# -- order and form of options -----------------------------------------------

for args in '--quiet list a.tar.zst' 'list --quiet a.tar.zst' 'list a.tar.zst --quiet' \
	'list a.tar.zst -q' '-q list -- a.tar.zst'; do
	# shellcheck disable=SC2086 # words
	works "accepted: $args" $args
done
cp a.tar.zst ./--odd.tar.zst
works "a file that looks like an option, behind '--'" verify -- --odd.tar.zst
works '--device=SPEC with an equals sign' info --device=sim:sc9863a
is '... is that phone' prints 'SC9863A'
works 'options before the command' --device sim:sc9863a info
is '... are taken as well' prints 'SC9863A'

# The one profile that is shown in full
prints_only() { same "$(grep -c '^[a-z0-9]* *0x' "$out")" 1 && prints "^$1 "; }

# -- where to ----------------------------------------------------------------
# All of it is said before anything is done with a phone.

touch there
mkdir folder
for c in backup 'read misc'; do
	while read -r want re remedy file; do
		# shellcheck disable=SC2086 # words
		run $c --device sim:ums512,host=denied -o "$file" --json
		is "$c -o '$file': exit $want" ended "$want" "^error: .*$re" "^  try: .*$remedy"
		is '... in the result, too' prints "\"ok\":false,\"exit\":$want,"
	done <<-'END'
		1 nosuch mkdir nosuch/x
		7 exists --force there
		7 folder file folder
		1 Not.a.directory file there/x
		2 empty -o
	END
	run $c --device sim:ums512 -o "$(printf 'x%.0s' {1..300})"
	is "$c -o of 300 letters: a shorter name" ended 1 'File name too long$' '^  try: choose a shorter'
done
rm there
is '... and nothing was made' same "$(find . -newer folder ! -path . | head -3)" ''
run backup --device sim:ums512 -o 'my phone.tar.zst' misc
is 'a name with a blank' prints "^next: spdvault verify 'my phone.tar.zst'$"
run read misc --device sim:ums512 -o -
is 'the log is lost: said' eval '"$prog" info --device sim:ums512 --log /dev/full 2>&1 | grep -q "log could not be written"'
is 'a pipe that ends early: said' eval \
	'(trap "" PIPE; "$prog" read super --device sim:ums512 -o - 2>"$err" | head -c 10 >/dev/null; grep -q "what reads the pipe" "$err")'
is '... a closed stream, too' eval \
	'"$prog" read misc --device sim:ums512 -o - 2>"$err" >&-; grep -q "name a file" "$err"'
fails 2 'a length of 0' "'spdvault help cat'" cat a.tar.zst misc --length 0
fails 2 'usage: spdvault cat' "'spdvault help cat'" cat

fails 2 'descriptor 99 is not open' 'termux-usb' info --device fd:99 --chip T610

# -- chips -------------------------------------------------------------------

works 'chips lists all profiles' chips
is '... one a line' test "$(wc -l <"$out")" -ge 5
works 'chips finds by marketing name' chips T606
is '... the right chip' prints '[Uu][Mm][Ss]9230'
works 'chips, all words must fit' chips moto g04
works 'chips, by a number without its letters' chips 9863
is '... finds SC9863A alone' prints_only sc9863a
works 'chips, by a model in one word' chips 'moto g04'
is '... finds its chip alone' prints_only ums9230
works 'chips with --json' chips --json T606
is '... has what speaks against other addresses' prints '"alternatives":\[\{"fdl1":21760,"fdl2":2667576832,"wrong":true,"why":"Contradicted'
is '... and that it is called so' prints '"fit":"whole"'
works 'chips, a brand before a number' chips spreadtrum 7731e
is '... finds it' prints_only sc7731e
works 'chips, a name with one letter wrong' chips T6O6
is '... finds the nearest' prints_only ums9230
is '... and says that it is not called so' says "no chip or phone is called 'T6O6'; the nearest"
works 'chips, part of names' chips zte blade a3
is '... is said to be a part' says "no chip or phone is called 'zte blade a3'; names with it"
run chips no such thing
is 'chips: nothing fits' ended 2 "^error: no chip or phone fits 'no such thing'" '^  try: .*data sheet'
works 'a chip by a part of a phone'\''s name' info --device sim:sc9863a --chip 'galaxy a03'
is '... which phone is told' says "'galaxy a03' is taken for the Samsung Galaxy A03 Core \(sc9863a\)"
works 'a chip by its own name' info --device sim:sc9863a --chip 9863
is '... is no guess' no says 'is taken for'
mkdir profiles
cp "$SPDVAULT_PROFILES"/ums512.profile profiles
SPDVAULT_PROFILES=profiles works 'profiles of a folder of your own' chips
is '... only these' same "$(wc -l <"$out")" 1
for f in "$tree"/tests/data/bad/*.profile; do
	cp "$f" profiles/bad.profile
	SPDVAULT_PROFILES=profiles run chips
	is "a bad profile (${f##*/}): exit 2, file and line" ended 2 '^error: .*bad.profile' '^  try: '
done
rm -r profiles
works 'sim without a model lists them' sim
for m in $models; do
	is "... $m" prints "^$m "
done
finish
