/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mock.h - phones on a made-up USB: sysfs, device files and the ioctls of
 * usbfs by umockdev.  The process must run with its preload library; see
 * mock_main().
 */
#ifndef USB_MOCK_H
#define USB_MOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOCK_OUTS 64

/* What the phone's descriptors say; { 0 } is a usual phone on port 2. */
struct mock_desc {
	const char *place; /* "1-2" */
	unsigned pid;	   /* 0x4d00 */
	unsigned vid;	   /* 0x1782 */
	unsigned packet;   /* 512; 0xffff: says 0 */
	unsigned speed;	   /* 480 */
	bool no_bulk;	   /* two interrupt endpoints instead */
	bool second;	   /* a second interface that fits as well */
};

/* What the phone does; set before or between calls, under no lock. */
struct mock_phone {
	/* errno of a control request, a claim, a transfer; 0: it succeeds */
	int line_error, claim_error, out_error;
	int out_mute;	      /* takes no OUT transfer: it never ends */
	int in_error;	      /* status of the next IN transfers */
	unsigned in_errors;   /* so many of them */
	unsigned in_error_at; /* or the n-th one that bytes are there for */
	int gone_at; /* at the n-th URB from now on it is unplugged; 0: no */
	/* what was seen */
	unsigned claims, releases, reattached, lines, clear_halts, discards;
	unsigned in_posted, in_flying, in_at_first_out, in_at_clear;
	unsigned in_begun; /* IN transfers that bytes were there for */
	unsigned outlived; /* devices that somebody held beyond their context */
	unsigned freed_late; /* transfers after the handle they belong to */
	unsigned interface, in_ep, out_ep;
	size_t outs[MOCK_OUTS]; /* lengths of OUT transfers */
	unsigned nouts;
};

extern struct mock_phone mock;

/* False and a reason when this cannot run here. */
bool mock_begin(const char **why);
void mock_end(void);
/* Puts a phone on the bus; each has a new address.  All behave as `mock`. */
void mock_plug(const struct mock_desc *d);
void mock_unplug(const char *place);
/* Takes the phone from the bus: URBs end, the device goes from sysfs. */
void mock_vanish(const char *place);
/* The phone plugged in last may be read and not be written, by non-root. */
void mock_forbid(void);

/*
 * n bytes on their way to the host once `after` OUT transfers have been seen.
 * `open`: more may follow in the same transfer (no short or empty packet yet).
 */
void mock_give(const void *p, size_t n, unsigned after, bool open);
/* Or a simulated phone takes what comes and answers; NULL: none any more. */
struct phone;
void mock_serve(struct phone *ph);

/*
 * Starts the program again with the preload library.  Returns only when that
 * is done; 77 with a reason when it cannot be.
 */
int mock_main(int argc, char **argv, int (*run)(void));

#endif
