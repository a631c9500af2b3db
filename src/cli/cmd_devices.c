/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_devices.c - which phones are on the USB, and may we open them. */
#include "base/text.h"
#include "commands.h"
#include "transport/usb.h"
#include "ui.h"

#include <stdlib.h>
#include <string.h>

static const char *state_text(const struct usb_phone *p)
{
	switch (p->access) {
	case USB_ACCESS_DENIED:
		return "no right to open it";
	case USB_ACCESS_IN_USE:
		return "another program uses it";
	case USB_ACCESS_UNKNOWN:
		return "cannot be opened now";
	default:
		return p->mode == USB_DOWNLOAD ? "ready" : "not to be read";
	}
}

/* A program that holds it is no driver. */
static const char *driver_of(const struct usb_phone *p)
{
	return p->access == USB_ACCESS_IN_USE ? "" : p->driver;
}

static void say(struct ui *u, const struct usb_phone *p)
{
	char name[USB_NAME_MAX];

	snprintf(name, sizeof(name), "usb:%s", p->path);
	ui_result(u, "%-14s %04x:%04x  %-8s  %-6s  %s%s%s", name, p->vid,
		  p->pid, usb_mode_name(p->mode), p->speed, state_text(p),
		  *driver_of(p) ? "; kernel driver " : "", driver_of(p));
	if (p->mode == USB_DOWNLOAD && p->slow)
		ui_warn(u,
			"%s runs at %s speed, about 1 MB/s at best: try "
			"another cable or port",
			name, p->speed);
	if (p->mode == USB_DIAG)
		ui_note(u,
			"%s is in diag mode: switch it off, hold the key of "
			"its model and plug it in",
			name);
	if (p->mode == USB_DOWNLOAD && *driver_of(p))
		ui_note(u,
			"%s: the driver '%s' is put aside while the phone is "
			"read and gets it back afterwards",
			name, p->driver);
}

static json_t *to_json(const struct usb_phone *p)
{
	return json_pack("{ss+ ss si si si si ss sb ss? ss}", "device",
			 "usb:", p->path, "mode", usb_mode_name(p->mode), "vid",
			 (int)p->vid, "pid", (int)p->pid, "bus", (int)p->bus,
			 "address", (int)p->address, "speed", p->speed, "slow",
			 p->slow, "driver", *driver_of(p) ? driver_of(p) : NULL,
			 "access", usb_access_name(p->access));
}

/* What keeps all phones there are from being read; 0: nothing does. */
static int judge(const struct usb_phone *v, size_t n, struct err *e)
{
	const struct usb_phone *denied = NULL, *used = NULL;
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (v[i].mode != USB_DOWNLOAD)
			continue;
		if (v[i].access == USB_ACCESS_OK)
			return 0;
		if (v[i].access == USB_ACCESS_DENIED)
			denied = &v[i];
		else
			used = &v[i];
	}
	if (denied)
		return usb_no_right(denied, e);
	if (used) {
		rc = err_set(e, ERR_NODEV, "usb:%s: %s", used->path,
			     state_text(used));
		err_hint(e, "end the other program, or plug the phone in "
			    "again");
		return rc;
	}
	return err_set(e, ERR_NODEV,
		       "no phone in download mode (1782:4d00) is "
		       "on the USB");
}

static int run_devices(const struct options *o, struct ui *u)
{
	struct usb_phone *v = NULL;
	json_t *list;
	struct err e;
	size_t n = 0;
	int rc = usb_list(&v, &n, &e);

	(void)o;
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		say(u, &v[i]);
		json_array_append_new(list, to_json(&v[i]));
	}
	rc = judge(v, n, &e);
	free(v);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, json_pack("{so}", "devices", list));
	return command_done(u, 0, json_pack("{so}", "devices", list));
}

const struct command cmd_devices = {
	.name = "devices",
	.args = "",
	.summary = "phones on the USB: mode, place, speed, rights",
	.text = "Lists the vendor's devices on the USB: the name for --device, "
		"what it is, its speed\nand whether it can be opened. Nothing "
		"is sent to them. Serial lines are not listed.\n\n"
		"Exit code 0 when a phone in download mode can be read, 3 when "
		"none is there or none\nmay be opened.\n\n"
		"Examples:\n"
		"  spdvault devices\n"
		"  spdvault info --device usb:1-2\n",
	.run = run_devices,
};
