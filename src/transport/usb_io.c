/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usb_io.c - bytes from a phone that is open; docs/protocol.md 1.3.
 *
 * There are two bulk IN transfers, one of them always under way, so that an
 * answer never waits for us.  What they bring goes into a queue that recv hands
 * out; libusb calls in_done() for each from inside libusb_handle_events..., in
 * this thread.  The other one is posted when that costs no time: behind the
 * next request (usb_out.c), or while there is nothing to do but wait.
 */
#include "base/clock.h"
#include "usb_internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Of a transfer, all multiples of every packet size.  The kernel finds memory
 * for each anew, which small answers should not pay for: a transfer is as large
 * as the answers have lately been, and a larger one only comes in pieces.
 */
#define IN_LEAST   8192u
#define IN_SIZE	   65536u
#define QUEUE_SIZE (4u * IN_SIZE)
#define SMALL_RUN  32u /* transfers that a half would have done for */

/*
 * An answer of whole packets that no empty packet ends stays inside its
 * transfer [1.3].  So a silence is looked into: after so long, then after twice
 * that, and so on; sooner once the phone is known to leave its answers open.
 */
#define LOOK_FIRST_MS 32u
#define LOOK_OPEN_MS  4u

#define CANCEL_MS    2000u
#define SETTLE_MS    20u  /* after a damaged transfer */
#define LEAVING_MS   250u /* by then an unplugged phone is known as gone */
#define DRAIN_MS     50u  /* silence after which a phone counts as silent */
#define DRAIN_MAX_MS 2000u
#define STALLS_MAX   3u /* in a row, without a byte between */
#define FAILURES_MAX 10u

uint64_t usb_silent_visit(const struct usb *u)
{
	uint64_t stayed = u->port.came_ms ? clock_ms() - u->port.came_ms : 0;

	return u->heard || !usb_visit_is_charging(stayed) ? 0 : stayed;
}

int usb_gone(const struct usb *u, struct err *e)
{
	uint64_t stayed = usb_silent_visit(u);
	int rc;

	if (!stayed)
		return err_set(e, ERR_GONE, "the phone at %s has left the bus",
			       u->port.name);
	rc = err_set(e, ERR_GONE,
		     "the phone at %s left the bus without a word, %u.%u s "
		     "after it came",
		     u->port.name, (unsigned)(stayed / 1000),
		     (unsigned)(stayed / 100 % 10));
	usb_hint_boot_key(e);
	return rc;
}

/* -- transfers from the phone -------------------------------------------- */

static void post(struct usb_in *in)
{
	struct usb *u = in->u;
	int rc;

	in->x->length = (int)u->in_size;
	rc = libusb_submit_transfer(in->x);
	if (rc == 0) {
		in->flying = true;
		in->turn = u->turns++;
	} else if (rc == LIBUSB_ERROR_NO_DEVICE) {
		u->gone = true;
	} else {
		u->fault = IN_FAILED;
	}
}

static unsigned flying(const struct usb *u)
{
	unsigned n = 0;

	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		n += u->in[i].flying;
	return n;
}

/* All that what is under way may bring has its room in the queue. */
static bool may_post(const struct usb *u)
{
	return !u->gone && !u->stopping && u->fault == IN_OK &&
	       usb_queue_room(&u->queue) >= (flying(u) + 1) * (size_t)IN_SIZE;
}

void usb_post_all(struct usb *u)
{
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		if (!u->in[i].flying && may_post(u))
			post(&u->in[i]);
}

/* How large the next ones are to be, by one of `length` that brought n. */
static void learn_size(struct usb *u, size_t n, size_t length)
{
	if (n == length && n >= u->in_size && n < IN_SIZE) {
		u->in_size = 2 * n;
		u->small_run = 0;
	} else if (2 * n > u->in_size || u->in_size == IN_LEAST) {
		u->small_run = 0;
	} else if (++u->small_run == SMALL_RUN) {
		u->in_size /= 2;
		u->small_run = 0;
	}
}

/* To whoever is waiting for it, else into the queue. */
static void deliver(struct usb *u, const uint8_t *p, size_t n)
{
	size_t now = u->dst_cap - u->dst_len;

	now = u->queue.len ? 0 : n < now ? n : now;
	if (now) {
		memcpy(u->dst + u->dst_len, p, now);
		u->dst_len += now;
	}
	usb_queue_put(&u->queue, p + now, n - now);
}

static void LIBUSB_CALL in_done(struct libusb_transfer *x)
{
	struct usb_in *in = x->user_data;
	struct usb *u = in->u;

	in->flying = false;
	u->event = 1;
	/* Also what ended badly has brought what it has brought. */
	if (x->actual_length > 0) {
		deliver(u, x->buffer, (size_t)x->actual_length);
		learn_size(u, (size_t)x->actual_length, (size_t)x->length);
		u->faults = 0;
		u->heard = true;
		u->out.behind = true;
		u->looked = x->status == LIBUSB_TRANSFER_CANCELLED;
	}
	switch (x->status) {
	case LIBUSB_TRANSFER_COMPLETED:
	case LIBUSB_TRANSFER_CANCELLED:
	case LIBUSB_TRANSFER_TIMED_OUT:
		break;
	case LIBUSB_TRANSFER_NO_DEVICE:
		u->gone = true;
		break;
	case LIBUSB_TRANSFER_STALL:
		u->fault = IN_STALL;
		break;
	case LIBUSB_TRANSFER_OVERFLOW:
		u->fault = IN_OVERFLOW;
		break;
	default:
		u->fault = IN_FAILED;
		break;
	}
	/* A full one: there is more to come. */
	if ((flying(u) == 0 || x->actual_length == x->length) && may_post(u))
		post(in);
}

void usb_pump(struct usb *u, uint64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000),
			      (suseconds_t)(ms % 1000 * 1000) };
	int rc;

	u->event = 0;
	rc = libusb_handle_events_timeout_completed(u->port.ctx, &tv,
						    &u->event);
	/* A broken event loop must not become a busy one. */
	if (rc != 0 && rc != LIBUSB_ERROR_INTERRUPTED)
		usleep(1000);
}

/* Until in is not under way, or was posted anew since `turn`. */
static void cancel_one(struct usb_in *in)
{
	uint64_t now, limit = clock_ms() + CANCEL_MS;
	unsigned turn = in->turn;

	if (libusb_cancel_transfer(in->x) == LIBUSB_ERROR_NO_DEVICE)
		in->u->gone = true;
	while (in->flying && in->turn == turn && (now = clock_ms()) < limit)
		usb_pump(in->u, limit - now);
}

static void cancel_all(struct usb *u)
{
	bool before = u->stopping;

	u->stopping = true;
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		if (u->in[i].flying)
			libusb_cancel_transfer(u->in[i].x);
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		if (u->in[i].flying)
			cancel_one(&u->in[i]);
	u->stopping = before;
}

/*
 * Ends the older transfer, so that the bytes in it come out; the younger one
 * goes on receiving meanwhile, so none is lost and the order stays.
 */
static void look_inside(struct usb *u)
{
	struct usb_in *old = NULL;

	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		if (u->in[i].flying &&
		    (!old || (int)(u->in[i].turn - old->turn) < 0))
			old = &u->in[i];
	if (old)
		cancel_one(old);
}

void usb_start_looking(struct usb *u)
{
	u->look_ms = u->open_ended ? LOOK_OPEN_MS : LOOK_FIRST_MS;
	u->look_at = clock_ms() + u->look_ms;
}

void usb_watch_it_leave(struct usb *u)
{
	uint64_t limit = clock_ms() + LEAVING_MS;

	while (!u->gone && clock_ms() < limit) {
		u->fault = IN_OK;
		usb_post_all(u);
		if (!u->gone)
			usb_pump(u, SETTLE_MS);
		if (u->fault != IN_OK)
			usleep(SETTLE_MS * 1000);
	}
	u->fault = IN_OK;
	usb_post_all(u);
}

/* Mends what can be mended.  0: go on. */
static int settle(struct usb *u, struct err *e)
{
	enum in_fault fault = u->fault;

	if (u->gone)
		return usb_gone(u, e);
	if (fault == IN_OK)
		return usb_out_failure(u, e);
	u->faults++;
	u->fault = IN_OK;
	if (fault == IN_OVERFLOW) {
		usb_post_all(u);
		return err_set(
			e, ERR_FRAME,
			"the phone sent more than it announced (babble)");
	}
	if (fault == IN_STALL) {
		cancel_all(u);
		if (libusb_clear_halt(u->port.handle, u->ends.in) ==
		    LIBUSB_ERROR_NO_DEVICE)
			u->gone = true;
	} else {
		usleep(SETTLE_MS * 1000);
	}
	u->fault = IN_OK;
	usb_post_all(u);
	if (u->gone)
		return usb_gone(u, e);
	if (fault == IN_STALL && u->faults > STALLS_MAX)
		return err_set(e, ERR_FRAME,
			       "the phone refuses every transfer to us (a "
			       "stall of its endpoint 0x%02x): what runs in it "
			       "serves nothing",
			       u->ends.in);
	if (u->faults > FAILURES_MAX)
		return err_set(e, ERR_FRAME,
			       "transfers from the phone fail, %u in a row",
			       u->faults);
	return 0;
}

/* As usb_pump(), and the queue is empty: what comes goes to buf at once. */
static size_t pump_into(struct usb *u, void *buf, size_t cap, uint64_t ms)
{
	size_t n;

	u->dst = buf;
	u->dst_cap = cap;
	usb_pump(u, ms);
	n = u->dst_len;
	u->dst_cap = u->dst_len = 0;
	return n;
}

int usb_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
	     unsigned timeout_ms, struct err *e)
{
	struct usb *u = (struct usb *)t;
	uint64_t now = clock_ms(), limit = now + timeout_ms;
	bool last = false;
	size_t n = 0;

	for (;;) {
		int r;

		if (n == 0)
			n = usb_queue_take(&u->queue, buf, cap);
		if (n > 0) {
			if (!u->looked)
				usb_start_looking(u);
			if (flying(u) == 0)
				usb_post_all(u);
			*ret_len = n;
			return 0;
		}
		r = settle(u, e);
		if (r < 0)
			return r;
		usb_post_all(u);
		if (last)
			return err_set(e, ERR_TIMEOUT,
				       "nothing came within %u ms", timeout_ms);
		now = clock_ms();
		if (now < limit && now < u->look_at) {
			n = pump_into(
				u, buf, cap,
				(limit < u->look_at ? limit : u->look_at) -
					now);
			continue;
		}
		last = now >= limit;
		look_inside(u);
		u->look_ms *= 2;
		u->look_at = now + u->look_ms;
	}
}

int usb_drain(struct transport *t, struct err *e)
{
	struct usb *u = (struct usb *)t;
	char waste[4096];
	uint64_t limit = clock_ms() + DRAIN_MAX_MS;
	size_t n;

	while (clock_ms() < limit) {
		int r = usb_recv(t, waste, sizeof(waste), &n, DRAIN_MS, e);

		if (r == -(int)ERR_TIMEOUT)
			return 0;
		if (r < 0 && (e->code != ERR_FRAME || u->faults > STALLS_MAX))
			return r;
	}
	return err_set(e, ERR_FRAME, "the phone never stops sending");
}

/* -- beginning and end --------------------------------------------------- */

int usb_io_new(struct usb *u, struct err *e)
{
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++) {
		u->in[i].u = u;
		u->in[i].buf = malloc(IN_SIZE);
		if (!u->in[i].buf)
			return err_nomem(e);
	}
	return usb_queue_init(&u->queue, QUEUE_SIZE, e);
}

void usb_io_free(struct usb *u)
{
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		free(u->in[i].buf);
	usb_queue_free(&u->queue);
}

int usb_io_start(struct usb *u, struct err *e)
{
	u->gone = u->stopping = u->heard = u->looked = false;
	u->in_size = IN_LEAST;
	u->small_run = 0;
	u->fault = IN_OK;
	u->faults = 0;
	u->queue.len = u->queue.head = 0;
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++) {
		struct usb_in *in = &u->in[i];

		in->x = libusb_alloc_transfer(0);
		if (!in->x)
			return err_nomem(e);
		libusb_fill_bulk_transfer(in->x, u->port.handle, u->ends.in,
					  in->buf, IN_SIZE, in_done, in, 0);
	}
	if (usb_out_start(u, e) < 0)
		return -(int)e->code;
	usb_post_all(u);
	usb_start_looking(u);
	return 0;
}

static void end_one(struct usb_in *in)
{
	libusb_free_transfer(in->x);
	in->x = NULL;
	in->flying = false;
}

void usb_io_stop(struct usb *u)
{
	u->stopping = true;
	usb_out_stop(u);
	cancel_all(u);
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		if (!u->in[i].flying)
			end_one(&u->in[i]);
	if (!u->out.flying)
		usb_out_end(u);
}

void usb_io_end(struct usb *u)
{
	for (unsigned i = 0; i < USB_IN_TRANSFERS; i++)
		end_one(&u->in[i]);
	usb_out_end(u);
	u->gone = true;
}
