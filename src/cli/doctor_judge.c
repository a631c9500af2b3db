/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor_judge.c - facts to findings, each with what to do about it. */
#include "doctor.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "ok", "note", "warning", "bad" };

	return names[s];
}

static void add(struct findings *r, enum severity severity, const char *id,
		const char *hint, const char *fmt, ...) PRINTF(5, 6);

static void add(struct findings *r, enum severity severity, const char *id,
		const char *hint, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	if (r->n == FINDINGS_MAX)
		return;
	f = &r->v[r->n++];
	f->severity = severity;
	f->id = id;
	text_copy(f->hint, sizeof(f->hint), hint);
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

#define INSTALL_RULE                                                      \
	"sudo make install, or: sudo cp scripts/99-spdvault.rules "       \
	"/etc/udev/rules.d/ && sudo udevadm control --reload; then plug " \
	"the phone in again"

static void judge_usb(const struct host_facts *f, const struct err *usb,
		      struct findings *r)
{
	if (!f->has_usb)
		add(r, FINDING_BAD, "usb",
		    "a computer with USB ports; a container or a virtual "
		    "machine must be given them from outside",
		    "this system shows no USB at all (no "
		    "/sys/bus/usb/devices)");
	else if (!f->has_nodes)
		add(r, FINDING_BAD, "usb",
		    "give the container /dev/bus/usb (docker: --device "
		    "/dev/bus/usb), or mount devtmpfs",
		    "USB devices are listed, but /dev/bus/usb, through which "
		    "they are opened, is missing");
	else if (usb->code != ERR_NONE)
		add(r, FINDING_BAD, "libusb", usb->hint,
		    "libusb cannot look at the bus: %s", usb->text);
	else
		add(r, FINDING_OK, "usb", "",
		    "the USB can be looked at, by the kernel's list and by "
		    "libusb");
}

static void judge_rights(const struct host_facts *f, struct findings *r)
{
	if (f->superuser)
		add(r, FINDING_OK, "rights", "",
		    "runs as root, who may open every device%s%s",
		    *f->rule ? "" : "; for other users there is no udev rule",
		    "");
	else if (!*f->rule)
		add(r, FINDING_WARN, "rights", INSTALL_RULE,
		    "no udev rule gives you the right to open a phone");
	else if (!f->has_udev)
		add(r, FINDING_WARN, "rights",
		    "run as root, or give the device's file to this user from "
		    "outside",
		    "the udev rule is there (%s), but no udev runs that would "
		    "follow it",
		    f->rule);
	else if (f->remote)
		add(r, FINDING_NOTE, "rights",
		    "if the phone cannot be opened: sit at the screen, or run "
		    "as root",
		    "the udev rule is there (%s); it is for who sits at the "
		    "screen, and this is a shell over ssh",
		    f->rule);
	else
		add(r, FINDING_OK, "rights", "", "the udev rule is there (%s)",
		    f->rule);
}

static void judge_others(const struct host_facts *f, struct findings *r)
{
	if (!f->modem_manager)
		add(r, FINDING_OK, "modem-manager", "",
		    "ModemManager does not run");
	else if (*f->rule)
		add(r, FINDING_OK, "modem-manager", "",
		    "ModemManager runs; the udev rule tells it to leave "
		    "phones alone");
	else
		add(r, FINDING_WARN, "modem-manager",
		    "install the udev rule (it keeps ModemManager away), or: "
		    "sudo systemctl stop ModemManager",
		    "ModemManager runs and may talk to a phone on a serial "
		    "port before we do");
	if (*f->taker)
		add(r, FINDING_WARN, "driver",
		    "plug in without that setting, or use the serial line it "
		    "makes: --device tty:/dev/ttyUSB0",
		    "the serial driver '%s' was told to take devices of this "
		    "vendor (1782)",
		    f->taker);
	else
		add(r, FINDING_OK, "driver", "",
		    "no serial driver was told to take such phones");
}

static void judge_walls(const struct host_facts *f, struct findings *r)
{
	if (strcmp(f->vm, "WSL") == 0)
		add(r, FINDING_WARN, "vm",
		    "attach 1782:4d00 with usbipd on the Windows side, each "
		    "time that the phone comes anew; a Linux on the computer "
		    "itself is easier",
		    "this is Linux inside Windows (WSL), which sees no USB by "
		    "itself");
	else if (*f->vm)
		add(r, FINDING_NOTE, "vm",
		    "if no phone comes here: pass 1782:4d00 on to this machine "
		    "by a filter (not once by hand, as it comes and goes "
		    "within seconds), or run on the computer itself",
		    "this is a virtual machine (%s)", f->vm);
	else
		add(r, FINDING_OK, "vm", "", "no virtual machine is seen");
	if (*f->container)
		add(r, FINDING_NOTE, "container",
		    "give it /dev/bus/usb, and the right to open what comes "
		    "there later",
		    "this is a container (%s)", f->container);
}

void judge_host(const struct host_facts *f, const struct err *usb,
		struct findings *ret)
{
	judge_usb(f, usb, ret);
	judge_rights(f, ret);
	judge_others(f, ret);
	judge_walls(f, ret);
}

/* -- devices ------------------------------------------------------------- */

bool device_is_ready(const struct host_device *d)
{
	return d->mode == HOST_DOWNLOAD && d->access == USB_ACCESS_OK;
}

static const char *speed_name(unsigned mbits)
{
	return mbits == 0     ? "unknown"
	       : mbits <= 2   ? "low"
	       : mbits <= 12  ? "full"
	       : mbits <= 480 ? "high"
			      : "super";
}

static void judge_access(const struct host_facts *f,
			 const struct host_device *d, struct findings *r)
{
	switch (d->access) {
	case USB_ACCESS_OK:
		add(r, FINDING_OK, "phone", "",
		    "%s: a phone in download mode, %s speed, and it may be "
		    "opened",
		    d->where, speed_name(d->mbits));
		break;
	case USB_ACCESS_DENIED:
		add(r, FINDING_BAD, "phone",
		    *f->rule ? "plug the phone in again, so that udev follows "
			       "its rule; over ssh run as root"
			     : INSTALL_RULE,
		    "%s: a phone in download mode, and you have no right "
		    "to open it",
		    d->where);
		break;
	case USB_ACCESS_IN_USE:
		add(r, FINDING_BAD, "phone",
		    "end the other program (another spdvault, a virtual "
		    "machine)",
		    "%s: a phone in download mode, and another program "
		    "has it open",
		    d->where);
		break;
	case USB_ACCESS_UNKNOWN:
		add(r, FINDING_BAD, "phone",
		    "if it stays so: a container must be given /dev/bus/usb "
		    "as a whole, as files come and go there",
		    "%s: a phone in download mode whose file in "
		    "/dev/bus/usb is missing",
		    d->where);
		break;
	}
}

static void judge_line(const struct host_device *d, struct findings *r)
{
	if (*d->driver && d->access != USB_ACCESS_IN_USE)
		add(r, FINDING_NOTE, "driver", "",
		    "%s: the driver '%s' has it; it is put aside while the "
		    "phone is read and gets it back afterwards",
		    d->where, d->driver);
	if (d->mbits && d->mbits < 480)
		add(r, FINDING_WARN, "speed",
		    "another cable, or a port of the computer itself",
		    "%s: it runs at %s speed, about 1 MB/s at best", d->where,
		    speed_name(d->mbits));
	if (d->hubs)
		add(r, FINDING_NOTE, "hub",
		    "if answers get lost or the phone leaves: a port of the "
		    "computer itself",
		    "%s: there %s %u hub%s in between", d->where,
		    d->hubs == 1 ? "is" : "are", d->hubs,
		    d->hubs == 1 ? "" : "s");
}

#define SWITCH_OFF                                                          \
	"switch it off, hold the key of its model and plug it in: then it " \
	"is in download mode"

void judge_device(const struct host_facts *f, const struct host_device *d,
		  struct findings *ret)
{
	switch (d->mode) {
	case HOST_DOWNLOAD:
		judge_access(f, d, ret);
		judge_line(d, ret);
		break;
	case HOST_DIAG:
		add(ret, FINDING_NOTE, "phone", SWITCH_OFF,
		    "%s: a phone that is on, in diag mode (1782:4d03)",
		    d->where);
		break;
	case HOST_VENDOR:
		add(ret, FINDING_NOTE, "phone", SWITCH_OFF,
		    "%s: a device of this vendor (1782:%04x) that is not "
		    "in download mode",
		    d->where, d->pid);
		break;
	case HOST_ANDROID:
		add(ret, FINDING_NOTE, "phone", SWITCH_OFF,
		    "%s: a phone that is on ('%s', %04x:%04x)", d->where,
		    *d->name ? d->name : "no name", d->vid, d->pid);
		break;
	case HOST_FOREIGN:
		add(ret, FINDING_NOTE, "phone",
		    "take a program for that chip; this one reads Spreadtrum "
		    "and Unisoc (1782:4d00)",
		    "%s: a %s phone in its own download mode (%04x:%04x)",
		    d->where, d->vid == 0x0E8D ? "MediaTek" : "Qualcomm",
		    d->vid, d->pid);
		break;
	}
}
