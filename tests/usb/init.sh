#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
# The first process of the virtual machine: busybox, the modules, the script.
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /root
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /tmp
# Two buses with a phone's place on each.
while read -r module; do
	case $module in
	dummy_hcd) insmod /modules/"$module".ko is_high_speed=1 num=2 ;;
	*) insmod /modules/"$module".ko ;;
	esac || echo "vm: module $module is refused"
done </modules/order
mount -t configfs configfs /sys/kernel/config
cd /tmp || exit
sh /vm/test.sh
echo "vm: end $?"
poweroff -f
