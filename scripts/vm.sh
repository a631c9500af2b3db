#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs a script in a virtual machine with Debian's stock kernel, which has what
# it takes to plug a USB device into itself (docs/usb-testing.md).
#
# usage: vm.sh SCRIPT FOLDER PROGRAM [FILE...]
#
# FOLDER    for the kernel, which is fetched once, and the machine's parts
# SCRIPT    becomes /vm/test.sh; its exit code is ours
# PROGRAM   becomes /bin/spdvault; /vm/ holds each FILE under its own name,
#           and every program among them brings its libraries
#
# VM_TIMEOUT  seconds until the machine is ended; default 180
# VM_KERNEL   a kernel package (*.deb) to take instead of fetching one
# VM_CLOCK    virtual (default): the machine's clock counts instructions, one a
#             nanosecond, and jumps where nothing runs, so that what it
#             measures is not this machine's load, nor its speed;
#             real: our clock, and two processors
# VM_SPEED    with the virtual clock: this many times 1000 million instructions
#             in the time of eight USB frames of 1/8 ms; default 1.  It is the
#             frames that are made longer, so a millisecond in there is to be
#             read as 1/VM_SPEED ms.
set -euo pipefail
export LC_ALL=C

[ $# -ge 3 ] || {
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 2
}
here=$(cd "$(dirname "$0")/.." && pwd)
script=$1 dir=$2 prog=$3
shift 3
modules='dummy_hcd usb_f_fs'

die() {
	echo "vm: $*" >&2
	exit 1
}

kernel_package() {
	apt-cache depends linux-image-amd64 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | sed -n 1p
}

new_lists() {
	local root=''
	[ "$(id -u)" -eq 0 ] || root='sudo -n'
	$root apt-get -q update >>"$dir/fetch.log" 2>&1 || true
}
download() { # PACKAGE
	(cd "$dir" && rm -f linux-image-*.deb &&
		apt-get -q download "$1" >>fetch.log 2>&1)
}
no_kernel() { # WHAT
	tail -n 5 "$dir/fetch.log" >&2
	die "$1: without a kernel there is no machine, and nothing was tested;" \
		"mend the network, or set VM_KERNEL to a linux-image-*.deb" \
		"(more in $dir/fetch.log)"
}

# The kernel that this Debian would install, unpacked only.  What was fetched
# once does without a network.
fetch_kernel() {
	local package deb=${VM_KERNEL:-}
	: >"$dir/fetch.log"
	if [ -n "$deb" ]; then
		unpack "$deb"
		return
	fi
	package=$(kernel_package)
	if [ -z "$package" ] && [ ! -e "$dir/kernel/complete" ]; then
		new_lists
		package=$(kernel_package)
	fi
	if [ -e "$dir/kernel/complete" ] && { [ -z "$package" ] ||
		[ "$(cat "$dir/kernel/complete")" = "$package" ]; }; then
		return
	fi
	[ -n "$package" ] || no_kernel "apt knows no kernel package"
	# Lists that are old name files that are there no more.
	if ! download "$package"; then
		new_lists
		package=$(kernel_package)
		if ! download "$package"; then
			[ -e "$dir/kernel/complete" ] ||
				no_kernel "$package cannot be fetched"
			echo "vm: $package cannot be fetched; going on with" \
				"$(cat "$dir/kernel/complete")" >&2
			return
		fi
	fi
	unpack "$dir/$package"_*.deb
	echo "$package" >"$dir/kernel/complete"
	rm -f "$dir"/linux-image-*.deb
}
unpack() { # DEB
	rm -rf "$dir/kernel"
	dpkg -x "$1" "$dir/kernel"
}

# Puts a module behind those that it depends on; files are named with - or _.
add_module() { # NAME
	local file name=${1//-/_} needs
	! grep -qx "$name" "$root/modules/order" || return 0
	file=$(find "$dir/kernel/lib/modules" \
		\( -name "$name.ko" -o -name "${name//_/-}.ko" \) -print -quit)
	[ -n "$file" ] || return 0 # built in
	needs=$(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p')
	for needs in ${needs//,/ }; do
		add_module "$needs"
	done
	cp "$file" "$root/modules/$name.ko"
	echo "$name" >>"$root/modules/order"
}

# The frame of the host controller is a number in its module, which stands there
# twice.  The signature would not fit any more; objcopy leaves it out.
stretch_frames() { # FILE
	objcopy "$1"
	FRAME=$((125000 * VM_SPEED)) perl -0777 -pi -e '
		BEGIN { ($old, $new) = map { pack "V", $_ } 125000, $ENV{FRAME} }
		$n = s/\xbe\K\Q$old/$new/g;
		END { die "vm: this kernel'\''s dummy_hcd looks otherwise, so VM_SPEED " .
			"cannot be had; VM_SPEED=1 can\n" if $n != 2 }' "$1"
}

# A program, and the libraries that its linker would find here.
add_program() { # FILE PATH-INSIDE
	local lib
	install -D -m 755 "$1" "$root/$2"
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		[ -e "$root$lib" ] || install -D -m 755 "$lib" "$root$lib"
	done
}

make_root() {
	local file
	rm -rf "$root"
	mkdir -p "$root"/{bin,etc,modules,vm,usr/local/share/spdvault}
	: >"$root/modules/order"
	for file in $modules; do
		add_module "$file"
	done
	[ "${VM_SPEED:-1}" -eq 1 ] || stretch_frames "$root/modules/dummy_hcd.ko"
	install -m 755 "$(command -v busybox)" "$root/bin/busybox"
	add_program "$prog" bin/spdvault
	for file; do
		if [ "$(head -c 4 "$file" | tr -d '\177')" = ELF ]; then
			add_program "$file" "vm/$(basename "$file")"
		else
			cp "$file" "$root/vm/"
		fi
	done
	cp -r "$here/profiles" "$root/usr/local/share/spdvault/"
	install -m 755 "$here/tests/usb/init.sh" "$root/init"
	install -m 755 "$here/scripts/make-gadget.sh" "$root/vm/"
	cp "$script" "$root/vm/test.sh"
	printf 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' \
		>"$root/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
}

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
root=$dir/root
fetch_kernel
make_root "$@"
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >"$dir/initrd"

# Software emulation always: where virtual machines are nested, KVM may be
# there and still hang.
# With our clock the kernel reads it from the processor, as on a computer; it
# would not trust it by itself, and ask a slow timer chip by system calls.
case ${VM_CLOCK:-virtual} in
virtual)
	clock=(-accel 'tcg,thread=single' -smp 1 -icount 'shift=0,sleep=off')
	tsc='tsc=unstable'
	;;
real)
	clock=(-accel 'tcg,thread=multi' -smp 2)
	tsc='tsc=reliable clocksource=tsc'
	;;
*) die "VM_CLOCK is virtual or real" ;;
esac

code=0
timeout -k 5 "${VM_TIMEOUT:-180}" qemu-system-x86_64 "${clock[@]}" -m 768 \
	-nodefaults -no-reboot -display none -serial stdio \
	-kernel "$dir"/kernel/boot/vmlinuz-* -initrd "$dir/initrd" \
	-append "console=ttyS0 quiet panic=-1 $tsc ${VM_APPEND:-}" \
	</dev/null 2>"$dir/qemu.log" | stdbuf -o0 tr -d '\r' | tee "$dir/console.log" ||
	code=$?
if [ $code -eq 124 ] || [ $code -eq 137 ]; then
	die "no end within ${VM_TIMEOUT:-180} s"
fi
code=$(sed -n 's/^vm: end \([0-9]*\)$/\1/p' "$dir/console.log")
[ -n "$code" ] || die "the machine ended early; see $dir/console.log, qemu.log"
exit "$code"
