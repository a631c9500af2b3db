/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host.h - what this computer says of itself and its USB, read from files of
 * the kernel; nothing is opened for writing and nothing is sent.
 */
#ifndef TRANSPORT_HOST_H
#define TRANSPORT_HOST_H

#include "transport/usb.h"

#include <stdint.h>

#define HOST_DEVICES_MAX 32
#define HOST_TEXT_MAX	 64

struct host_facts {
	bool superuser;
	bool remote;	/* this shell came in by ssh: no seat, no uaccess */
	bool has_usb;	/* the kernel lists USB devices */
	bool has_nodes; /* /dev/bus/usb is there */
	bool has_udev;	/* a udev daemon runs */
	char rule[128]; /* our rule, as udev finds it; "" none */
	char vm[HOST_TEXT_MAX];	       /* which virtual machine; "" none */
	char container[HOST_TEXT_MAX]; /* which kind; "" none */
	bool modem_manager;	       /* it runs */
	char taker[HOST_TEXT_MAX]; /* a driver that was told of our phones */
};

enum host_mode {
	HOST_DOWNLOAD, /* 1782:4d00 */
	HOST_DIAG,     /* 1782:4d03 */
	HOST_VENDOR,   /* something else of the vendor */
	HOST_ANDROID,  /* any phone that is on: MTP or adb */
	HOST_FOREIGN,  /* the download mode of another maker's chip */
};

struct host_device {
	enum host_mode mode;
	char path[USB_PATH_MAX];  /* "1-4.2" */
	char where[USB_NAME_MAX]; /* as --device has it: "usb:1-4.2" */
	unsigned vid, pid;
	unsigned address;	  /* on its bus; another one at each visit */
	unsigned mbits;		  /* 480: high speed; 0: not told */
	unsigned hubs;		  /* between it and the computer */
	char name[HOST_TEXT_MAX]; /* as it calls itself; "" */
	char driver[USB_DRIVER_MAX];
	enum usb_access access;
};

/*
 * root: "" or a folder with made-up proc, sys, dev, etc, run and usr below it.
 * What cannot be read counts as not there.
 */
void host_look(const char *root, struct host_facts *ret);
/*
 * The phones and what looks like one; at most HOST_DEVICES_MAX, the others are
 * passed over.  Returns how many.
 */
size_t host_devices(const char *root, struct host_device *ret);

#endif
