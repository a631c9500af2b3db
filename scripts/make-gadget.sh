#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Makes or removes a USB gadget with the identity of a phone in download mode,
# for "spdvault sim MODEL --gadget DIR".  Needs root, and of the kernel configfs,
# libcomposite and usb_f_fs.  Plain sh: it also runs under busybox.
#
# usage: make-gadget.sh NAME DIR [MAX-SPEED]    make; mount functionfs on DIR
#        make-gadget.sh --remove NAME DIR
#
# MAX-SPEED is what the kernel calls it: full-speed or high-speed.
set -eu

config=/sys/kernel/config

remove() { # NAME DIR
	gadget=$config/usb_gadget/$1
	# A program that has ended has taken it off the bus itself.
	[ -z "$(cat "$gadget/UDC")" ] || echo >"$gadget/UDC" || true
	umount "$2" 2>/dev/null || true
	rm -f "$gadget/configs/c.1/ffs.$1"
	rmdir "$gadget/configs/c.1" "$gadget/functions/ffs.$1" "$gadget"
}

make() { # NAME DIR [MAX-SPEED]
	gadget=$config/usb_gadget/$1
	[ -d $config/usb_gadget ] || mount -t configfs none $config
	mkdir "$gadget"
	# As vendor loaders describe themselves: no strings at all.  (That of
	# the second stage, FFFF, is no number of this kind for the kernel.)
	echo 0x1782 >"$gadget/idVendor"
	echo 0x4d00 >"$gadget/idProduct"
	echo 0x0200 >"$gadget/bcdUSB"
	echo 0x0202 >"$gadget/bcdDevice"
	[ -z "${3:-}" ] || echo "$3" >"$gadget/max_speed"
	mkdir "$gadget/configs/c.1" "$gadget/functions/ffs.$1"
	ln -s "$gadget/functions/ffs.$1" "$gadget/configs/c.1/"
	mkdir -p "$2"
	mount -t functionfs "$1" "$2"
}

case ${1:-} in
--remove)
	[ $# -eq 3 ] || exit 2
	remove "$2" "$3"
	;;
'' | -*)
	sed -n 's/^# usage: /usage: /p; s/^#        /       /p' "$0" >&2
	exit 2
	;;
*)
	[ $# -ge 2 ] || exit 2
	make "$@"
	;;
esac
