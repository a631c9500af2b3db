#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Throughput, memory and bytes read, beside the standard tools, in one run.
#
# usage: bench.sh PROGRAM
#
# BENCH_DIR    a folder for what is made and removed again (about 8 GiB), in a
#              folder of its own there; default build/bench
# BENCH_MIB    size of the phone's super partition in MiB; default 2048
# BENCH_BIG    size of the partition of the memory test; default 16G
# BENCH_RUNS   runs of each command, of which the median counts; default 3
set -euo pipefail
export LC_ALL=C

prog=$(realpath "$1")
dir=${BENCH_DIR:-build/bench}
mib=${BENCH_MIB:-2048}
big=${BENCH_BIG:-16G}
runs=${BENCH_RUNS:-3}
mkdir -p "$dir"
work=$(mktemp -d "$(realpath "$dir")/spdvault-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"

# Seconds of wall time of a command (the median of the runs), into $seconds.
measure() {
	local i start times=''
	for ((i = 0; i < runs; i++)); do
		rm -rf out out.tar.zst out.zst
		start=$EPOCHREALTIME
		"$@" >measure.log 2>&1
		times+="$(awk -v a="$start" -v b="$EPOCHREALTIME" \
			'BEGIN { printf "%.3f", b - a }')"$'\n'
	done
	seconds=$(printf '%s' "$times" | sort -n | sed -n "$(((runs + 1) / 2))p")
}

row() { # NAME MIB
	awk -v n="$1" -v m="$2" -v s="$seconds" \
		'BEGIN { printf "  %-52s %8.2f s %8.0f MiB/s\n", n, s, m / s }'
}

backup() { # KEYS
	"$prog" backup --quiet --device "sim:ums512,super=${mib}M$1" \
		-o out.tar.zst super
}
stock_hash() { cat raw/super.img | sha256sum; }
stock_zstd() { zstd -q -3 -T0 raw/super.img -o out.zst; }
verify() { "$prog" verify --quiet one.tar.zst; }
extract() { "$prog" extract --quiet one.tar.zst -C out; }
stock_verify() {
	mkdir out && tar --zstd -xf one.tar.zst -C out &&
		(cd out && sha256sum --quiet -c SHA256SUMS)
}

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)"
"$prog" --version
echo
echo "the whole line, $mib MiB, level 3; the median of $runs runs"
measure backup ''
row 'sim > archive, escaping off' "$mib"
line=$seconds
measure backup ',hdlc=0'
row 'sim > archive, escaping on' "$mib"
rm -f out.tar.zst
backup ''
mv out.tar.zst one.tar.zst
mkdir raw
"$prog" cat one.tar.zst super >raw/super.img
measure stock_hash
row 'the same bytes: cat | sha256sum' "$mib"
measure stock_zstd
row 'the same bytes: zstd -3 -T0' "$mib"

echo
echo 'the archive read back'
measure verify
row 'spdvault verify' "$mib"
mine=$seconds
measure extract
row 'spdvault extract (checks every SHA-256)' "$mib"
measure stock_verify
row 'tar --zstd -x + sha256sum -c' "$mib"
awk -v a="$mine" -v b="$seconds" -v l="$line" -v m="$mib" 'BEGIN {
	printf "  verify takes %.2f times what the standard tools take\n", a / b
	printf "  aims: the line at least 150 MiB/s: %s; verify at most 1.00: %s\n",
		(m / l >= 150 ? "met" : "MISSED"), (a <= b ? "met" : "MISSED") }'

echo
echo "memory and reads, a partition of $big"
rm -rf raw out one.tar.zst
peak() { # NAME COMMAND...
	local name=$1 kib
	shift
	/usr/bin/time -f %M -o peak.txt "$@" >/dev/null 2>measure.log
	kib=$(tail -n 1 peak.txt)
	awk -v n="$name" -v k="$kib" 'BEGIN {
		printf "  %-52s %8.1f MiB resident at most%s\n", n, k / 1024,
			(k / 1024 <= 96 ? "" : " MISSED the aim of 96") }'
}
peak 'backup' "$prog" backup --quiet --device "sim:ums512,super=$big" \
	-o big.tar.zst super
peak 'verify' "$prog" verify --quiet big.tar.zst
bytes=$("$prog" list --json big.tar.zst |
	sed -n 's/.*"name":"super"[^}]*"size":\([0-9]*\).*/\1/p')
strace -f -e trace=read,pread64 -o trace.txt \
	"$prog" cat big.tar.zst super --offset $((bytes - 1048576 - 12345)) \
	--length 1M >/dev/null
# Reads of the archive only: its descriptor is the one that pread64 uses.
awk '/pread64/ && $NF ~ /^[0-9]+$/ { n++; sum += $NF; if ($NF > max) max = $NF }
	END { printf "  cat of 1 MiB at the far end: %d reads, %.2f MiB, the largest %.2f MiB\n",
		n, sum / 1048576, max / 1048576 }' trace.txt
ls -l big.tar.zst | awk '{ printf "  (of an archive of %.0f MiB)\n", $5 / 1048576 }'
