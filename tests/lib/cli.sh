# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034 # the variables are for the scripts
# Sourced by the scripts in tests/cli: an empty folder to work in, the program,
# and tests that print TAP.
#
# SPDVAULT  the program (default build/spdvault)
set -u

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
prog=${SPDVAULT:-$tree/build/spdvault}
[ -x "$prog" ] || {
	echo "not ok 1 - there is no program '$prog' (make)"
	exit 1
}
prog=$(realpath "$prog")
export LC_ALL=C TZ=UTC SPDVAULT_PROFILES=$tree/profiles
unset NO_COLOR SPDVAULT XDG_CONFIG_HOME
umask 022

tmp=$(mktemp -d "${TMPDIR:-/tmp}/spdvault-cli.XXXXXX") || exit 1
helpers=()
clean_up() {
	[ ${#helpers[@]} -eq 0 ] || kill "${helpers[@]}" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 143' INT TERM
# Notes of phones that were left in their loaders
export XDG_RUNTIME_DIR=$tmp/run
mkdir "$tmp/run" "$tmp/work" && cd "$tmp/work" || exit 1
out=$tmp/out err=$tmp/err code=-1 ran=''

models='ums512 ums9230 sc9863a sc9832'
n=0 bad=0

# -- running -----------------------------------------------------------------

# run ARG...: the program, with $out, $err and $code; never for long
run() {
	ran="spdvault $*"
	timeout -k 5 120 "$prog" "$@" >"$out" 2>"$err" </dev/null
	code=$?
}
# run_in FILE ARG...: the same with standard input
run_in() {
	local file=$1
	shift
	ran="spdvault $* < $file"
	timeout -k 5 120 "$prog" "$@" >"$out" 2>"$err" <"$file"
	code=$?
}

# begin ARG...: the program in the background, as $pid
begin() {
	ran="spdvault $* &"
	# A shell's background jobs ignore Ctrl-C.
	env --default-signal=INT,QUIT "$prog" "$@" >"$out" 2>"$err" </dev/null &
	pid=$!
	helpers+=("$pid")
}
# Until FILE has so many bytes, or what was begun has ended
grown() { # FILE BYTES
	for _ in $(seq 3000); do
		[ ! -e "$1" ] || [ "$(size_of "$1")" -lt "$2" ] || return 0
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.01
	done
	return 1
}
# Sends them to what was begun, and waits for its $code
ended_by() { # SIGNAL...
	local s
	for s; do
		kill -"$s" "$pid"
	done
	{ wait "$pid"; } 2>/dev/null
	code=$?
}

# -- tests -------------------------------------------------------------------

report() { # GOOD WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	bad=1
	{
		printf '%s\n(exit %s)\n' "$ran" "$code"
		tail -n 3 "$out" 2>/dev/null
		tail -n 12 "$err" 2>/dev/null
		head -n 20 "$tmp/is" 2>/dev/null
	} | cut -c 1-300 | tr -cd '\t\n -~' | sed 's/^/# /'
	echo "not ok $n - $2"
}
# is WHAT COMMAND...: the command succeeds
is() {
	local what=$1
	shift
	"$@" >"$tmp/is" 2>&1
	report $? "$what"
	: >"$tmp/is"
}
skip() { # WHAT WHY
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
# Of the last run: the exit code, and that all of these stand in stderr
ended() { # CODE [REGEX...]
	local good=0 re
	[ "$code" = "$1" ] || good=1
	shift
	for re; do
		grep -Eq -- "$re" "$err" || {
			echo "not said: $re"
			good=1
		}
	done
	return $good
}
# fails CODE CAUSE REMEDY ARG...: one test; both regexes must be in stderr
fails() {
	local want=$1 cause=$2 remedy=$3
	shift 3
	run "$@"
	is "exit $want: spdvault $*" ended "$want" "^error: .*($cause)" \
		"^  try: .*($remedy)"
}
# works WHAT ARG...: exit 0
works() {
	local what=$1
	shift
	run "$@"
	is "$what" ended 0
}
prints() { grep -Eq -- "$1" "$out"; }
says() { grep -Eq -- "$1" "$err"; }
silent() { [ ! -s "$err" ]; }
no() { ! "$@"; }
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'" && false; }; }
mode_of() { stat -c %a "$1"; }
size_of() { stat -c %s "$1"; }

# The number behind a key in the last line of the last run with --json.
number() { # KEY
	tail -n 1 "$out" | grep -o "\"$1\":[0-9.]*" | head -n 1 | cut -d: -f2
}
# Every line that the last run printed is in the log, behind its time.
logged() { # FILE
	cut -d' ' -f2- "$1" >"$tmp/logged"
	cat "$out" "$err" | no grep -vxFf "$tmp/logged"
}
# What the simulated phone saw: no change at all, hardly a probe.
untouched() {
	same "$(number storage_writes)" 0 && same "$(number commanded_writes)" 0 &&
		[ "$(number unsupported)" -le 1 ]
}

# -- archives ----------------------------------------------------------------

# Every member as stock tools see it, against SHA256SUMS
stock_unpack() { # ARCHIVE DIR
	mkdir -p "$2" && tar --zstd -xf "$1" -C "$2" &&
		(cd "$2" && sha256sum --quiet -c SHA256SUMS)
}
# Bytes of a file: OFFSET LENGTH
piece_of() { tail -c "+$(($2 + 1))" "$1" | head -c "$3"; }
# Writes one byte, given in hex, into a file
poke() { # FILE OFFSET HEX
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
peek() { od -An -tx1 -j "$2" -N 1 "$1" | tr -d ' '; } # FILE OFFSET
flip() { # FILE OFFSET BIT
	poke "$1" "$2" "$(printf %02x $((0x$(peek "$1" "$2") ^ 1 << $3)))"
}

# -- odd phones beside plain ones --------------------------------------------

base=super=6M,userdata=1M
# "SHA256  MEMBER" of each partition
sums() { "$prog" cat "$1" SHA256SUMS | grep -E ' (partitions|boot)/' | sort; }
# odd WHAT MODEL KEYS [ARG...]: ends as it should, and the phone is untouched
want=0
odd() {
	local what=$1 model=$2 keys=$3
	shift 3
	run backup --device "sim:$model,$base,$keys" --json -o odd.tar.zst --force "$@"
	is "$what ($model,$keys)" ended $want
	is '... the phone is untouched' untouched
	sums odd.tar.zst >odd
}
# The same partitions with the same bytes as on the plain phone
all_equal() { cmp odd "$1.sums"; }
# What is there has the right bytes; how many may be missing
mostly_equal() { # MODEL MISSING
	same "$(comm -23 odd "$1.sums")" '' && same "$(comm -13 odd "$1.sums" | wc -l)" "$2"
}

# plain MODEL...: what an odd one is compared with
plain() {
	local m
	for m; do
		run backup --device "sim:$m,$base" -o "$m.tar.zst"
		is "$m as it usually is" ended 0
		is '... verify says good' "$prog" verify "$m.tar.zst"
		sums "$m.tar.zst" >"$m.sums"
	done
}

# A python with jsonschema, which Debian's own has; empty without.
python=
for p in /usr/bin/python3 python3; do
	"$p" -c 'import jsonschema' >/dev/null 2>&1 && python=$p && break
done

finish() {
	echo "1..$n"
	exit $bad
}
