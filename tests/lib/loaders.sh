# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by scripts that make loader files with headers.

le() { # BYTES VALUE: a number, little endian
	local i v=$2
	for ((i = 0; i < $1; i++)); do
		# shellcheck disable=SC2059 # the format is the byte
		printf "\\x$(printf %02x $((v & 255)))"
		v=$((v >> 8))
	done
}
# A DHTB header that belongs at ADDR, an image of SIZE bytes, a signature
signed() { # ADDR SIZE
	printf DHTB && le 4 1 && head -c 32 /dev/zero && le 8 "$1" && le 4 "$2"
	head -c $((0x200 - 0x34)) /dev/zero
	le 4 0xEA00000E && le 4 0xE59FF018 && head -c $(($2 - 8)) /dev/zero
	head -c 16 /dev/zero && le 8 "$2" && le 8 0x200 && le 8 0x234 &&
		le 8 $((0x200 + $2 + 0x60)) && head -c $((0x60 - 0x30)) /dev/zero
	head -c 564 /dev/zero
}
