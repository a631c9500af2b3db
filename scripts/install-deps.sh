#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Installs what is missing of the packages that a group of targets needs, on
# Debian 12 and its kin.  Says and does nothing when all is there.
#
# usage: install-deps.sh [build|demo|check|vm]...     (default: build)
set -eu

build='pkg-config libusb-1.0-0-dev libarchive-dev libssl-dev libzstd-dev
	libxxhash-dev libjansson-dev libinih-dev libexpat1-dev'
demo='gdisk e2fsprogs mkbootimg openssl zstd'
check="$demo time strace xz-utils libcmocka-dev libarchive-tools python3-jsonschema clang
	libclang-rt-14-dev lcov libumockdev-dev umockdev"
vm='qemu-system-x86 busybox-static cpio'

say() {
	echo "install-deps: $*" >&2
}

wanted='' modules=''
for group in "${@:-build}"; do
	case $group in
	build)
		wanted="$wanted $build"
		modules="$modules libusb-1.0 libarchive libcrypto libzstd"
		modules="$modules libxxhash jansson inih expat"
		;;
	demo) wanted="$wanted $demo" ;;
	check)
		wanted="$wanted $check"
		modules="$modules cmocka"
		;;
	vm) wanted="$wanted $vm" ;;
	*)
		say "unknown group '$group'; there are build, demo, check and vm"
		exit 2
		;;
	esac
done
# shellcheck disable=SC2046,SC2086 # words
set -- $(printf '%s\n' $wanted | sort -u)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# shellcheck disable=SC2086
	if [ -z "$modules" ] || pkg-config --exists $modules 2>/dev/null; then
		exit 0
	fi
	say "this is no Debian, so please install by hand what pkg-config knows as"
	say " $modules"
	say "(Debian's names for all that is needed: $*)"
	exit 1
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
	sed -n 's/ installed$//p') || true
missing=''
for package; do
	case "
$installed
" in
	*"
$package
"*) ;;
	*) case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac ;;
	esac
done
[ -n "$missing" ] || exit 0

root=''
if [ "$(id -u)" -ne 0 ]; then
	root=sudo
	if ! command -v sudo >/dev/null; then
		say "packages are missing, and there is no sudo; run this as root:"
		say "  apt-get update && apt-get install --no-install-recommends$missing"
		exit 1
	fi
fi

# apt, without questions, waiting for one that runs already
apt() {
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >&2
}

say "installing$missing"
apt update || say "'apt-get update' failed; trying with the lists there are"
# shellcheck disable=SC2086
if ! apt install -y --no-install-recommends $missing; then
	say "could not install; the command was:"
	say "  ${root:+$root }apt-get install --no-install-recommends$missing"
	exit 1
fi
