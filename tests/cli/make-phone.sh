#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The made-up phone: the same bytes each time, and what its table promises.
# shellcheck disable=SC2317 # functions are called by name
set -u

script=$(cd "$(dirname "$0")/../.." && pwd)/scripts/make-phone.sh
PATH=$PATH:/usr/sbin:/sbin
for tool in sgdisk mke2fs debugfs mkbootimg openssl perl; do
	command -v $tool >/dev/null || {
		echo "no '$tool' here"
		exit 77
	}
done
tmp=$(mktemp -d "${TMPDIR:-/tmp}/make-phone.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

n=0 bad=0
# is WHAT COMMAND...: one test
is() {
	local what=$1
	shift
	n=$((n + 1))
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok $n - $what"
	else
		sed 's/^/# /' "$tmp/out"
		echo "not ok $n - $what"
		bad=1
	fi
}
# at MODEL NAME [OFFSET [BYTES]]: in hex, from inside a partition
at() {
	local start
	start=$(awk -v n="$2" '$1 == n { print $2 }' "$tmp/$1/table.txt")
	od -An -v -tx1 -j $((start + ${3:-0})) -N "${4:-4}" "$tmp/$1/user.img" | tr -d ' \n'
}
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'" && false; }; }
differ() { ! cmp -s "$1" "$2"; }
all_same() {
	local f
	for f in "$tmp/ums512/"*; do
		cmp "$f" "$tmp/again, elsewhere/${f##*/}" || return
	done
}
table_fits() { # DIR: in order, without gaps and inside the file
	awk -v size="$(stat -c %s "$1/user.img")" '
	NR > 1 && $2 != end { print "gap before " $1; bad = 1 }
	{ end = $2 + $3 }
	END { exit bad || end > size || NR < 30 }' "$1/table.txt"
}

# make DIR OPTION...: in the background; "made DIR" tells how it ended
make() {
	local dir=$1
	shift
	"$script" --small "$@" "$tmp/$dir" >"$tmp/$dir.log" 2>&1
	echo $? >"$tmp/$dir.code"
}
made() { cat "$tmp/$1.log" && return "$(cat "$tmp/$1.code")"; }

make ums512 -m ums512 &
make ums9230 -m ums9230 &
make sc9863a -m sc9863a &
make 'again, elsewhere' &
make other -s 2 &
wait

for model in ums512 ums9230 sc9863a; do
	is "$model is made" made $model
	is "$model: the table fits" table_fits "$tmp/$model"
	is "$model: both boot areas have 4 MiB" same \
		"$(stat -c %s "$tmp/$model"/boot[12].img | tr '\n' ' ')" '4194304 4194304 '
	is "$model: the first stage is there" same "$(head -c 4 "$tmp/$model/boot1.img")" DHTB
	is "$model: loaders have even sizes" same \
		"$(stat -c %s "$tmp/$model"/fdl[12].bin | tr '\n' ' ')" '20480 204800 '
	is "$model: prodnv is ext4" same "$(at $model prodnv 1080 2)" 53ef
done
is 'a name with blanks is no obstacle' made 'again, elsewhere'
is 'the same seed gives the same bytes' all_same
is 'another seed is accepted' made other
is 'and gives other bytes' differ "$tmp/ums512/user.img" "$tmp/other/user.img"

efi=4546492050415254
is 'eMMC: the table is at byte 512' same \
	"$(od -An -tx1 -j 512 -N 8 "$tmp/ums512/user.img" | tr -d ' ')" $efi
is 'UFS: the table is at byte 4096' same \
	"$(od -An -tx1 -j 4096 -N 8 "$tmp/ums9230/user.img" | tr -d ' ')" $efi
is 'the backup is in the last sector' same \
	"$(tail -c 4096 "$tmp/ums9230/user.img" | head -c 8 | od -An -tx1 | tr -d ' ')" $efi

is 'both NV copies have their header' same \
	"$(at ums512 l_fixnv1_a)$(at ums512 l_fixnv2_a)" 564e0000564e0000
is 'and are the same' same "$(at ums512 l_fixnv1_a 0 32768)" "$(at ums512 l_fixnv2_a 0 32768)"
is 'the slot table says _a' same "$(at ums512 misc 2048 8)" 5f61000042434142
is 'boot_a is a boot image' same "$(at ums512 boot_a)" 414e4452
is 'vbmeta_a is an AVB table' same "$(at ums512 vbmeta_a)" 41564230
is 'l_cdsp_a holds 7e and 7d only' same \
	"$(at ums512 l_cdsp_a 0 4096 | sed 's/7[ed]//g')" ''

"$script" -m nosuch "$tmp/x" >"$tmp/out" 2>&1
is 'an unknown model is refused' same $? 1
"$script" >"$tmp/out" 2>&1
is 'without a folder: the usage, exit 2' same $? 2
exit $bad
