#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The udev rule: its form as udev(7) has it, and what it says.  No udev is needed;
# where 'udevadm verify' is there (systemd 254), it has a look, too.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"
rules=$tree/scripts/99-spdvault.rules

# check FILE: each line is a list of KEY{attribute} OPERATOR "value"
check() {
	awk '
	function bad(why) { print FILENAME ":" FNR ": " why; failed = 1 }
	BEGIN {
		split("ACTION DEVPATH KERNEL KERNELS NAME SYMLINK SUBSYSTEM " \
		      "SUBSYSTEMS DRIVER DRIVERS ATTR{} ATTRS{} SYSCTL{} ENV{} " \
		      "CONST{} TAG TAGS TEST TEST{} PROGRAM RESULT", m, " ")
		split("NAME SYMLINK OWNER GROUP MODE SECLABEL{} ATTR{} SYSCTL{} " \
		      "ENV{} TAG RUN RUN{} LABEL GOTO IMPORT{} OPTIONS", a, " ")
		for (i in m) matches[m[i]]
		for (i in a) assigns[a[i]]
	}
	/^[ \t]*(#|$)/ { next }
	{
		line = $0
		while (line != "") {
			if (!match(line, /^[A-Z]+(\{[^}"]+\})?(==|!=|=|\+=|-=|:=)"[^"]*"/)) {
				bad("no rule: " line)
				next
			}
			token = substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
			if (line != "" && !sub(/^,[ \t]*/, "", line)) {
				bad("no comma behind " token)
				next
			}
			key = token
			sub(/[=!+:-]+".*/, "", key)
			op = substr(token, length(key) + 1)
			sub(/".*/, "", op)
			value = token
			sub(/^[^"]*"/, "", value)
			sub(/"$/, "", value)
			kind = key
			sub(/\{.*/, "{}", kind)
			known = op ~ /^[=!]=$/ ? kind in matches : kind in assigns
			if (!known)
				bad(key " takes no " op)
			if (kind == "RUN{}" && key !~ /^RUN\{(program|builtin)\}$/)
				bad(key " is no kind of RUN")
			if (key == "GOTO")
				to[value] = 1
			if (key == "LABEL")
				at[value] = 1
			said++
		}
	}
	END {
		for (l in to) if (!(l in at)) bad("nowhere a label " l)
		for (l in at) if (!(l in to)) bad("nobody goes to " l)
		exit failed || !said
	}' "$1"
}
spoilt() { # SED-SCRIPT
	sed "$1" "$rules" >spoilt.rules
	! cmp -s "$rules" spoilt.rules && ! check spoilt.rules
}
# says SUBSYSTEM TOKEN...: in the one rule for it
says() {
	local subsystem=$1 token
	shift
	grep "^SUBSYSTEM==\"$subsystem\"," "$rules" >rule || return
	[ "$(wc -l <rule)" -eq 1 ] || return
	for token; do
		grep -qF -- "$token" rule || {
			echo "not there: $token"
			return 1
		}
	done
}
nobody_else() {
	! grep -E '^[^#]*(MODE|GROUP|OWNER):?=' "$rules"
}

is 'the rule has the form of udev(7)' check "$rules"
is '... a missing quote is no rule' spoilt 's/"usb_device"/"usb_device/'
is '... nor is a missing comma' spoilt 's/"usb", /"usb" /'
is '... nor an unknown key' spoilt 's/ATTR{idVendor}/ATR{idVendor}/'
is '... nor a key with the wrong operator' spoilt 's/TAG+=/TAGS+=/'
is '... nor a label that is nowhere' spoilt 's/^LABEL="spdvault_end"/LABEL="end"/'
is 'both modes of the phone may be opened by the user at the screen' says usb \
	'ENV{DEVTYPE}=="usb_device"' 'ATTR{idVendor}=="1782"' \
	'ATTR{idProduct}=="4d00|4d03"' 'TAG+="uaccess"' 'RUN{builtin}+="uaccess"'
is 'ModemManager is told to keep away, also from a serial driver' says tty \
	'ATTRS{idVendor}=="1782"' 'ATTRS{idProduct}=="4d00|4d03"' \
	'ENV{ID_MM_DEVICE_IGNORE}="1"' 'ENV{ID_MM_PORT_IGNORE}="1"'
is '... and from the phone itself' says usb 'ENV{ID_MM_DEVICE_IGNORE}="1"'
is 'nobody else gets a right' nobody_else
is 'make install puts it where udev looks' grep -q \
	'99-spdvault.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/' "$tree/Makefile"
if udevadm verify --help >/dev/null 2>&1; then
	is 'udevadm verify finds nothing' udevadm verify "$rules"
fi
finish
