/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usb_out.c - requests to a phone that is open; docs/protocol.md 1.3.
 *
 * A small request to a phone that answers is not waited for: the one wait is
 * for its answer.  Should it fail, who receives next is told, or who sends.
 */
#include "base/clock.h"
#include "usb_internal.h"

#include <limits.h>
#include <string.h>

#define CANCEL_MS 2000u

static int out_failed(struct usb *u, int rc, size_t done, size_t len,
		      unsigned timeout_ms, struct err *e)
{
	if (rc == LIBUSB_ERROR_TIMEOUT)
		return err_set(e, ERR_TIMEOUT,
			       "the phone took %zu of %zu bytes, then none for "
			       "%u ms",
			       done, len, timeout_ms);
	if (rc == LIBUSB_ERROR_NO_MEM)
		return err_nomem(e);
	if (rc == LIBUSB_ERROR_NO_DEVICE)
		u->gone = true;
	else if (rc == LIBUSB_ERROR_PIPE)
		rc = libusb_clear_halt(u->port.handle, u->ends.out) ==
				     LIBUSB_ERROR_NO_DEVICE
			     ? LIBUSB_ERROR_NO_DEVICE
			     : LIBUSB_ERROR_PIPE;
	if (rc != LIBUSB_ERROR_PIPE)
		usb_watch_it_leave(u);
	if (u->gone)
		return usb_gone(u, e);
	return err_set(e, ERR_FRAME, "sending %zu bytes to the phone: %s", len,
		       usb_words(rc));
}

static int out(struct usb *u, const void *buf, size_t len, unsigned timeout_ms,
	       struct err *e)
{
	int done = 0;
	int rc = libusb_bulk_transfer(u->port.handle, u->ends.out,
				      (unsigned char *)(uintptr_t)buf, (int)len,
				      &done, timeout_ms);

	if (rc == 0 && (size_t)done < len)
		rc = LIBUSB_ERROR_IO;
	if (rc == 0)
		return 0;
	return out_failed(u, rc, (size_t)(done < 0 ? 0 : done), len, timeout_ms,
			  e);
}

/* -- one that is not waited for ------------------------------------------ */

static int result_of(enum libusb_transfer_status status)
{
	switch (status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return 0;
	case LIBUSB_TRANSFER_TIMED_OUT:
	case LIBUSB_TRANSFER_CANCELLED: /* by us, for that reason */
		return LIBUSB_ERROR_TIMEOUT;
	case LIBUSB_TRANSFER_STALL:
		return LIBUSB_ERROR_PIPE;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return LIBUSB_ERROR_NO_DEVICE;
	default:
		return LIBUSB_ERROR_IO;
	}
}

static void LIBUSB_CALL out_done(struct libusb_transfer *x)
{
	struct usb *u = x->user_data;

	u->out.flying = false;
	u->out.rc = result_of(x->status);
	if (u->out.rc == 0 && x->actual_length < x->length)
		u->out.rc = LIBUSB_ERROR_IO;
	u->event = 1;
}

static int out_behind(struct usb *u, const void *buf, size_t len,
		      unsigned timeout_ms, struct err *e)
{
	struct usb_out *o = &u->out;
	int rc;

	memcpy(o->buf, buf, len);
	o->x->length = (int)len;
	o->timeout_ms = timeout_ms;
	o->limit = clock_ms() + timeout_ms;
	rc = libusb_submit_transfer(o->x);
	if (rc)
		return out_failed(u, rc, 0, len, timeout_ms, e);
	o->flying = true;
	return 0;
}

/* Until it is not under way any more. */
static void cancel_behind(struct usb *u)
{
	uint64_t now, limit = clock_ms() + CANCEL_MS;

	if (u->out.flying &&
	    libusb_cancel_transfer(u->out.x) == LIBUSB_ERROR_NO_DEVICE)
		u->gone = true;
	while (u->out.flying && (now = clock_ms()) < limit)
		usb_pump(u, limit - now);
}

int usb_out_failure(struct usb *u, struct err *e)
{
	struct usb_out *o = &u->out;
	int rc = o->rc;

	if (o->flying || rc == 0)
		return 0;
	o->rc = 0;
	o->behind = false;
	return out_failed(u, rc, (size_t)o->x->actual_length,
			  (size_t)o->x->length, o->timeout_ms, e);
}

/* The request before has left, or has had its time. */
static int end_behind(struct usb *u, struct err *e)
{
	uint64_t now;

	while (u->out.flying && !u->gone && (now = clock_ms()) < u->out.limit)
		usb_pump(u, u->out.limit - now);
	cancel_behind(u);
	return usb_out_failure(u, e);
}

int usb_out_start(struct usb *u, struct err *e)
{
	struct usb_out *o = &u->out;

	o->x = libusb_alloc_transfer(0);
	if (!o->x)
		return err_nomem(e);
	libusb_fill_bulk_transfer(o->x, u->port.handle, u->ends.out, o->buf, 0,
				  out_done, u, 0);
	o->flying = o->behind = false;
	o->rc = 0;
	return 0;
}

void usb_out_stop(struct usb *u)
{
	cancel_behind(u);
	u->out.rc = 0;
}

void usb_out_end(struct usb *u)
{
	libusb_free_transfer(u->out.x);
	u->out.x = NULL;
	u->out.flying = false;
}

/* -- all others ---------------------------------------------------------- */

/* One packet, which is not full: it needs no empty one behind it. */
static bool goes_behind(const struct usb *u, size_t len)
{
	return u->out.behind && len <= sizeof(u->out.buf) &&
	       len < u->ends.out_packet;
}

static int out_all(struct usb *u, const void *buf, size_t len,
		   unsigned timeout_ms, struct err *e)
{
	uint8_t nothing = 0;
	int r;

	usb_post_all(u); /* the answer finds its place prepared */
	r = out(u, buf, len, timeout_ms, e);
	/* Without it the phone waits for more [1.3]. */
	if (r == 0 && usb_needs_zlp(len, u->ends.out_packet))
		r = out(u, &nothing, 0, timeout_ms, e);
	return r;
}

int usb_send(struct transport *t, const void *buf, size_t len,
	     unsigned timeout_ms, struct err *e)
{
	struct usb *u = (struct usb *)t;
	int r;

	if (u->gone)
		return usb_gone(u, e);
	if (len > INT_MAX)
		return err_set(e, ERR_BUG, "a frame of %zu bytes", len);
	r = end_behind(u, e);
	if (r < 0)
		return r;
	if (u->looked && u->queue.len == 0)
		u->open_ended = true; /* what came by looking was all */
	u->looked = false;
	if (goes_behind(u, len)) {
		r = out_behind(u, buf, len, timeout_ms, e);
		usb_post_all(u);
	} else {
		r = out_all(u, buf, len, timeout_ms, e);
	}
	usb_start_looking(u);
	return r;
}
