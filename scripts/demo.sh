#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The main job on the built-in simulated phone, with the commands shown.
#
# usage: demo.sh PROGRAM FOLDER
set -euo pipefail

prog=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$2"
mkdir -p "$2"
cd "$2"

step() {
	printf '\n== %s\n' "$1"
	shift
	printf '$ %s\n' "spdvault $*"
	"$prog" "$@"
}

printf '== a phone to save: an A/B eMMC storage with real file systems in it\n'
"$here"/make-phone.sh -m ums512 phone
device="sim:ums512,storage=phone/user.img,boot1=phone/boot1.img,boot2=phone/boot2.img"

step 'what is it?  (the first lines)' info --device "$device" \
	--fdl1 phone/fdl1.bin --fdl2 phone/fdl2.bin | sed -n '1,16p'
step 'back it up' backup --device "$device" --fdl1 phone/fdl1.bin \
	--fdl2 phone/fdl2.bin -o phone.tar.zst
step 'check every byte of the archive' verify phone.tar.zst
step 'what does it hold?  (the first lines)' list phone.tar.zst | sed -n '1,16p'
step 'take one partition out' extract phone.tar.zst prodnv -C out

printf '\n== the same without spdvault\n'
printf '$ tar --zstd -xf phone.tar.zst -C stock && cd stock && sha256sum -c SHA256SUMS\n'
mkdir stock
tar --zstd -xf phone.tar.zst -C stock
(cd stock && sha256sum --quiet -c SHA256SUMS && echo "all members OK")

cat <<END

All of it lies in $2 (the phone was a simulated one).  Next:
  build/spdvault help                  the commands
  build/spdvault chips T610            load addresses of a chip
  README.md                            your first backup of a real phone
END
