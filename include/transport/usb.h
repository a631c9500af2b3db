/* SPDX-License-Identifier: BSD-3-Clause */
/* usb.h - which phones are on the USB, and may we open them. */
#ifndef TRANSPORT_USB_H
#define TRANSPORT_USB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define USB_PATH_MAX   36 /* "255-255.255.255.255.255.255.255" */
#define USB_NAME_MAX   44
#define USB_DRIVER_MAX 32

enum usb_mode {
	USB_DOWNLOAD, /* 1782:4d00: BootROM or a loader, what we work with */
	USB_DIAG,     /* 1782:4d03: Android runs, in diag mode */
	USB_OTHER,    /* another product of the vendor */
};

enum usb_access {
	USB_ACCESS_OK,
	USB_ACCESS_DENIED,  /* no right: the udev rule is missing */
	USB_ACCESS_IN_USE,  /* another program has claimed it */
	USB_ACCESS_UNKNOWN, /* it left while we looked, or the system failed */
};

struct usb_phone {
	enum usb_mode mode;
	unsigned vid, pid;
	char path[USB_PATH_MAX]; /* for "--device usb:PATH" */
	unsigned bus, address;
	const char *speed; /* "high" */
	bool slow;	   /* full speed or less: about 1 MB/s at best */
	/* The kernel's driver of its first interface that has one; "" none. */
	char driver[USB_DRIVER_MAX];
	enum usb_access access;
};

/*
 * All devices of the vendor.  Opens each for a moment and sends nothing.  The
 * caller frees *ret, which is NULL when there are none.  ERR_NODEV when this
 * system has no USB.
 */
int usb_list(struct usb_phone **ret, size_t *ret_n, struct err *e) MUST_CHECK;

/* "download", "diag", "other". */
const char *usb_mode_name(enum usb_mode m);
/* "ok", "denied", "in-use", "unknown". */
const char *usb_access_name(enum usb_access a);
/* Fills e as opening this phone without the right does: ERR_NODEV, the rule. */
int usb_no_right(const struct usb_phone *p, struct err *e) MUST_CHECK;

#endif
