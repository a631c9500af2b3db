/* SPDX-License-Identifier: BSD-3-Clause */
/* usb_internal.h - what the files of the USB transport share. */
#ifndef TRANSPORT_USB_INTERNAL_H
#define TRANSPORT_USB_INTERNAL_H

#include "transport/transport.h"
#include "transport/usb.h"

#include <libusb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USB_VID		 0x1782u /* Spreadtrum [1.1] */
#define USB_PID_DOWNLOAD 0x4d00u /* BootROM, FDL1, FDL2, AutoD [1.1] */
#define USB_PID_DIAG	 0x4d03u /* Android in diag mode [1.1] */

#define USB_PORTS_MAX 7 /* hubs in a row, by the USB specification */

/* -- usb_parts.c: no device needed --------------------------------------- */

/* A place to plug in; nports == 0: any. */
struct usb_path {
	unsigned bus;
	unsigned nports;
	uint8_t ports[USB_PORTS_MAX];
};

/* "" (any) or "BUS-PORT[.PORT...]"; ERR_USAGE for anything else. */
int usb_path_parse(const char *s, struct usb_path *ret,
		   struct err *e) MUST_CHECK;
/* "1-2.3", as the kernel names it; returns buf. */
const char *usb_path_text(const struct usb_path *p, char buf[USB_PATH_MAX]);
/* True also when `want` is any. */
bool usb_path_fits(const struct usb_path *want, const struct usb_path *p);

/* Where a phone talks. */
struct usb_ends {
	uint8_t interface, alt;
	uint8_t in, out; /* endpoint addresses */
	unsigned in_packet, out_packet;
};

/*
 * The first interface with a bulk IN and a bulk OUT endpoint [1.1].  ERR_NODEV
 * when there is none, or none with packet sizes that exist on any bus.
 */
int usb_scan(const struct libusb_config_descriptor *c, struct usb_ends *ret,
	     struct err *e) MUST_CHECK;

/* Does a transfer of len bytes need an empty packet to end it? [1.3] */
bool usb_needs_zlp(size_t len, unsigned packet);

/* Bytes that have come and were not asked for yet; a ring of fixed size. */
struct usb_queue {
	uint8_t *data;
	size_t cap, head, len;
};

int usb_queue_init(struct usb_queue *q, size_t cap, struct err *e) MUST_CHECK;
void usb_queue_free(struct usb_queue *q);
size_t usb_queue_room(const struct usb_queue *q);
/* All n bytes, or none and false when they do not fit. */
bool usb_queue_put(struct usb_queue *q, const void *p, size_t n);
/* The oldest bytes, up to cap; 0 when there are none. */
size_t usb_queue_take(struct usb_queue *q, void *buf, size_t cap);

/* A result of libusb in words, never as a number. */
const char *usb_words(int rc);

/* -- usb_find.c ---------------------------------------------------------- */

/* What was seen while waiting; start from { 0 }, keep it over all looks. */
struct usb_watch {
	bool looked;	       /* at least once */
	bool denied;	       /* the last failure was one of rights */
	uint64_t came_ms;      /* clock; 0: not there, or since before us */
	uint64_t visit_ms;     /* how long the last short visit was */
	uint64_t denied_since; /* clock */
	bool there, told;
};

/* A phone that is open and not claimed. */
struct usb_port {
	libusb_context *ctx;
	libusb_device_handle *handle;
	struct usb_path path; /* nports == 0 when only a descriptor is known */
	char name[USB_NAME_MAX]; /* "usb:1-2.3", for messages */
	uint64_t came_ms;	 /* clock when we saw it come; 0: not seen */
};

/*
 * The one phone in download mode that fits `want`, waiting up to wait_ms for
 * it to come.  ERR_NODEV says what is there instead, or which rule gives the
 * right to open it; ERR_CANCELLED when env says so.
 */
int usb_find(const struct usb_path *want, unsigned wait_ms,
	     const struct transport_env *env, struct usb_watch *w,
	     struct usb_port *ret, struct err *e) MUST_CHECK;
/* A descriptor of /dev/bus/usb/... that somebody else has opened. */
int usb_adopt(int fd, struct usb_port *ret, struct err *e) MUST_CHECK;
/* Also on one that is closed or { 0 }. */
void usb_port_close(struct usb_port *p);

/* False, and no ports, for a root hub. */
bool usb_path_of(libusb_device *dev, struct usb_path *ret);
/* libusb could not be started, or not list: no USB here. */
int usb_no_bus(int rc, struct err *e) MUST_CHECK;
/* ERR_NODEV with the udev rule to install. */
int usb_denied(const char *name, struct err *e) MUST_CHECK;
/* True when such a short visit means a phone that goes to charge [1.6]. */
bool usb_visit_is_charging(uint64_t ms);
void usb_hint_boot_key(struct err *e);

/* -- usb_io.c ------------------------------------------------------------ */

#define USB_IN_TRANSFERS 2u
#define USB_OUT_SMALL	 256u /* less than a packet at high speed */

enum in_fault { IN_OK, IN_STALL, IN_OVERFLOW, IN_FAILED };

struct usb;

struct usb_in {
	struct usb *u;
	struct libusb_transfer *x;
	uint8_t *buf;
	bool flying;
	unsigned turn; /* order of posting */
};

/* The request that is on its way while we listen already. */
struct usb_out {
	struct libusb_transfer *x;
	bool behind; /* small requests go this way: the phone answers */
	bool flying;
	int rc; /* of libusb; how the last one ended */
	unsigned timeout_ms;
	uint64_t limit; /* clock */
	uint8_t buf[USB_OUT_SMALL];
};

struct usb {
	struct transport base;
	struct transport_env env;
	struct usb_path asked; /* by the user */
	struct usb_path want;  /* where the phone was that we have met */
	uint64_t wait_until;   /* the user's patience; clock */
	uint64_t opened_ms;    /* clock */
	bool known;	       /* on an earlier visit it has spoken */
	struct usb_port port;
	struct usb_ends ends;
	bool claimed;
	struct usb_in in[USB_IN_TRANSFERS];
	struct usb_out out;
	unsigned turns;
	size_t in_size; /* of the next ones */
	unsigned small_run;
	/* Where recv waits for bytes, while it does; else dst_cap is 0. */
	uint8_t *dst;
	size_t dst_cap, dst_len;
	struct usb_queue queue;
	int event;	     /* for libusb: something has ended */
	bool gone, stopping; /* post nothing any more */
	enum in_fault fault;
	unsigned faults; /* since the last byte */
	bool heard;	 /* a byte has come since it was opened */
	bool looked;	 /* the last bytes came by looking */
	bool open_ended; /* this phone ends no answer with an empty packet */
	unsigned look_ms;
	uint64_t look_at;
};

/* Buffers, for as long as the transport lives. */
int usb_io_new(struct usb *u, struct err *e) MUST_CHECK;
void usb_io_free(struct usb *u);
/* Begins to listen on u->port at u->ends, which must be claimed. */
int usb_io_start(struct usb *u, struct err *e) MUST_CHECK;
/*
 * Ends and frees the transfers.  Before the handle is closed, into which some
 * versions of libusb look as they free ...
 */
void usb_io_stop(struct usb *u);
/* ... and between that and the end of the context: what would not end. */
void usb_io_end(struct usb *u);

int usb_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
	     unsigned timeout_ms, struct err *e) MUST_CHECK;
int usb_drain(struct transport *t, struct err *e) MUST_CHECK;

/*
 * After a damaged transfer, which is often the first sign of a pulled cable:
 * waits until u->gone is known, or that it stays.
 */
void usb_watch_it_leave(struct usb *u);
/* Lets libusb work until something ends, or so long. */
void usb_pump(struct usb *u, uint64_t ms);
/* Makes all places for answers ready; those that are, stay. */
void usb_post_all(struct usb *u);
/* From now on the silence counts after which a transfer is looked into. */
void usb_start_looking(struct usb *u);
/* ERR_GONE, with the boot key when it was a visit of that kind. */
int usb_gone(const struct usb *u, struct err *e) MUST_CHECK;
/* How long a phone was there that never said a word; 0: another case. */
uint64_t usb_silent_visit(const struct usb *u);

/* -- usb_out.c ----------------------------------------------------------- */

/* As usb_io_start, _stop and _end, which call them. */
int usb_out_start(struct usb *u, struct err *e) MUST_CHECK;
void usb_out_stop(struct usb *u);
void usb_out_end(struct usb *u);

int usb_send(struct transport *t, const void *buf, size_t len,
	     unsigned timeout_ms, struct err *e) MUST_CHECK;
/* How the request ended that was not waited for, once; 0: well, or not yet. */
int usb_out_failure(struct usb *u, struct err *e) MUST_CHECK;

#endif
