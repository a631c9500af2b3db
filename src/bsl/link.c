/* SPDX-License-Identifier: BSD-3-Clause */
/* link.c - requests out, replies in, one at a time. */
#include "bsl/link.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"
#include "bsl/msg.h"
#include "bsl/proto.h"

#include <stdlib.h>
#include <string.h>

#define RX_SIZE	     65536u /* a multiple of every USB packet size */
#define SLICE_MS     250u   /* how often a wait looks up for Ctrl-C */
#define SEND_MS	     5000u
#define LOGS_MAX     1000u   /* log frames in front of one answer */
#define LOGS_MS	     120000u /* so long they may hold it back */
#define FENCE_FRAMES 8u	     /* old answers in front of a fence's own */
#define BEHIND_MS    1000u   /* its own at most so much later */
#define SILENCE_MS   20000u  /* no answer of old comes any more */
/* An answer that trickles: bytes per ms that even a 57600 baud line does. */
#define SLOWEST_BYTES_PER_MS 4u

struct link {
	struct transport *t;
	struct link_events ev;
	struct guard guard;
	struct frame_decoder dec;
	unsigned last_cmd;  /* for messages */
	unsigned posted;    /* requests whose answers are to be collected */
	uint64_t silent_ms; /* that were waited for the frame in hand */
	uint16_t seen;	    /* by the last fence, of another type; 0: none */
	size_t rx_at, rx_len;
	uint8_t rx[RX_SIZE];
	uint8_t tx[FRAME_WIRE_MAX(BSL_PAYLOAD_MAX)];
};

int link_new(struct transport *t, const struct link_events *ev,
	     struct link **ret, struct err *e)
{
	struct frame_format rom = { FRAME_EITHER, true };
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return err_nomem(e);
	l->t = t;
	if (ev)
		l->ev = *ev;
	l->guard.mode = GUARD_LOAD;
	link_set_format(l, rom);
	*ret = l;
	return 0;
}

void link_free(struct link *l)
{
	free(l);
}

void link_set_format(struct link *l, struct frame_format fmt)
{
	frame_decoder_init(&l->dec, fmt);
	l->guard.escape = fmt.escape;
}

struct frame_format link_format(const struct link *l)
{
	return l->dec.fmt;
}

void link_set_guard(struct link *l, const struct guard *g)
{
	l->guard = *g;
	l->guard.escape = l->dec.fmt.escape;
}

static bool cancelled(struct link *l)
{
	return l->ev.cancelled && l->ev.cancelled(l->ev.user);
}

static int timed_out(struct link *l, unsigned timeout_ms, struct err *e)
{
	char name[MSG_NAME_MAX];
	const char *cmd = msg_command_name(l->last_cmd, name);

	if (frame_decoder_is_inside(&l->dec) && l->dec.len == 0)
		return err_set(e, ERR_TIMEOUT,
			       "the answer to %s broke off, then nothing for "
			       "%u ms",
			       cmd, timeout_ms);
	if (frame_decoder_is_inside(&l->dec))
		return err_set(e, ERR_TIMEOUT,
			       "the answer to %s broke off after %zu of %zu "
			       "bytes, then nothing for %u ms",
			       cmd, l->dec.got, l->dec.len, timeout_ms);
	return err_set(e, ERR_TIMEOUT, "no answer to %s within %u ms", cmd,
		       timeout_ms);
}

/*
 * Adds to rx.  The time is counted by what the transport waited, so that a
 * transport with a clock of its own (the simulator) needs no real time.
 */
static int receive(struct link *l, unsigned timeout_ms, struct err *e)
{
	unsigned left = timeout_ms;

	for (;;) {
		unsigned slice = left < SLICE_MS ? left : SLICE_MS;
		size_t n;
		int r;

		if (cancelled(l))
			return err_set(e, ERR_CANCELLED, "stopped by the user");
		if (l->rx_at == l->rx_len)
			l->rx_at = l->rx_len = 0;
		r = l->t->ops->recv(l->t, l->rx + l->rx_len,
				    sizeof(l->rx) - l->rx_len, &n, slice, e);
		if (r == 0) {
			l->rx_len += n;
			return 0;
		}
		if (e->code != ERR_TIMEOUT)
			return r;
		left -= slice;
		l->silent_ms += slice;
		if (left == 0)
			return timed_out(l, timeout_ms, e);
	}
}

static void tell_log(struct link *l, const struct frame *f)
{
	char text[512];

	if (!l->ev.log || f->len <= 4)
		return;
	text_clean(f->payload + 4, f->len - 4, text, sizeof(text));
	l->ev.log(l->ev.user, text);
}

/* They are signs of life, but may not come for ever. */
static int take_log(struct link *l, const struct frame *f, unsigned nth,
		    unsigned timeout_ms, struct err *e)
{
	char name[MSG_NAME_MAX];

	tell_log(l, f);
	if (nth > LOGS_MAX)
		return err_set(e, ERR_FRAME,
			       "the phone sends log messages without end");
	if (l->silent_ms >= (uint64_t)timeout_ms + LOGS_MS)
		return err_set(e, ERR_TIMEOUT,
			       "no answer to %s, only log messages for %u s",
			       msg_command_name(l->last_cmd, name),
			       (unsigned)(l->silent_ms / 1000));
	return 0;
}

static int bad_frame(struct link *l, struct err *e)
{
	char name[MSG_NAME_MAX];
	int r = err_set(e, l->dec.too_long ? ERR_MISMATCH : ERR_FRAME,
			"a damaged answer to %s: %s",
			msg_command_name(l->last_cmd, name), l->dec.why);

	err_hint(e, "another cable, or a port without a hub; on a serial line "
		    "a lower speed");
	return r;
}

/* By when an answer must have ended that never pauses for timeout_ms. */
static uint64_t latest_end(const struct link *l, unsigned timeout_ms)
{
	return clock_ms() + 2ull * timeout_ms +
	       FRAME_WIRE_MAX(l->dec.bulk_cap) / SLOWEST_BYTES_PER_MS;
}

/* The next frame that is not a log message. */
static int next_frame(struct link *l, unsigned timeout_ms, struct frame *f,
		      struct err *e)
{
	uint64_t limit = latest_end(l, timeout_ms);
	unsigned logs = 0;

	l->silent_ms = 0;
	for (;;) {
		enum frame_status st;
		size_t used;

		if (l->rx_at == l->rx_len) {
			int r = receive(l, timeout_ms, e);

			if (r < 0)
				return r;
		}
		st = frame_feed(&l->dec, l->rx + l->rx_at, l->rx_len - l->rx_at,
				&used, f);
		l->rx_at += used;
		if (st == FRAME_BAD)
			return bad_frame(l, e);
		if (st == FRAME_DONE && f->type != BSL_REP_LOG)
			return 0;
		if (st == FRAME_DONE) {
			int r = take_log(l, f, ++logs, timeout_ms, e);

			if (r < 0)
				return r;
		} else if (clock_ms() > limit) {
			return timed_out(l, timeout_ms, e);
		}
	}
}

static void to_reply(const struct frame *f, struct reply *ret)
{
	ret->type = f->type;
	ret->check = f->check;
	ret->data = f->payload;
	ret->len = f->len;
}

/*
 * Forgets a frame that was begun.  Bytes behind the last answer have come
 * without being asked for; they cannot belong to the next one either.
 */
static void forget_input(struct link *l)
{
	frame_decoder_init(&l->dec, l->dec.fmt);
	l->rx_at = l->rx_len = 0;
	l->posted = 0;
}

static int send_frame(struct link *l, unsigned cmd, const void *payload,
		      size_t len, struct err *e)
{
	struct frame_format fmt = l->dec.fmt;
	size_t n;

	if (guard_check(&l->guard, cmd, payload, len, e) < 0)
		return -(int)e->code;
	if (fmt.check == FRAME_EITHER)
		fmt.check = FRAME_CRC16;
	n = frame_encode(fmt, (uint16_t)cmd, payload, len, l->tx);
	l->last_cmd = cmd;
	return l->t->ops->send(l->t, l->tx, n, SEND_MS, e);
}

int link_post(struct link *l, unsigned cmd, const void *payload, size_t len,
	      struct err *e)
{
	int r;

	if (l->posted == 0)
		forget_input(l);
	r = send_frame(l, cmd, payload, len, e);
	if (r == 0)
		l->posted++;
	return r;
}

enum seen { SEEN_PART, SEEN_WHOLE, SEEN_OTHER };

/* What lies in rx and was not looked at yet: an answer of that kind? */
static enum seen look_at_rx(const struct link *l, uint16_t type, size_t len)
{
	const uint8_t *p = l->rx + l->rx_at, *end = l->rx + l->rx_len;

	while (end - p > 1 && p[0] == BSL_FLAG && p[1] == BSL_FLAG)
		p++;
	if (end - p < 8)
		return SEEN_PART;
	if (p[0] != BSL_FLAG || get_be16(p + 1) != type)
		return SEEN_OTHER;
	if (l->dec.fmt.escape)
		return memchr(p + 5, BSL_FLAG, (size_t)(end - p) - 5)
			       ? SEEN_WHOLE
			       : SEEN_PART;
	if (get_be16(p + 3) != len)
		return SEEN_OTHER;
	return (size_t)(end - p) >= len + 8 ? SEEN_WHOLE : SEEN_PART;
}

/* The words for a silence speak of what has come before it. */
static int silent(struct link *l, unsigned timeout_ms, struct err *e)
{
	struct frame ignored;
	size_t used;

	if (l->rx_at < l->rx_len &&
	    frame_feed(&l->dec, l->rx + l->rx_at, l->rx_len - l->rx_at, &used,
		       &ignored) == FRAME_MORE)
		return timed_out(l, timeout_ms, e);
	return -(int)e->code;
}

int link_await(struct link *l, unsigned timeout_ms, uint16_t type, size_t len,
	       bool *ret_whole, struct err *e)
{
	uint64_t limit = latest_end(l, timeout_ms);
	enum seen seen = SEEN_OTHER;

	if (!frame_decoder_is_inside(&l->dec))
		seen = look_at_rx(l, type, len);
	while (seen == SEEN_PART && l->rx_len < sizeof(l->rx) &&
	       clock_ms() < limit) {
		if (receive(l, timeout_ms, e) < 0) {
			l->posted = 0;
			return e->code == ERR_TIMEOUT ? silent(l, timeout_ms, e)
						      : -(int)e->code;
		}
		seen = look_at_rx(l, type, len);
	}
	*ret_whole = seen == SEEN_WHOLE;
	return 0;
}

int link_collect(struct link *l, unsigned timeout_ms, uint16_t want, void *dst,
		 size_t cap, struct reply *ret, struct err *e)
{
	struct frame f;
	int r;

	/* Before the first byte is looked at: it knows its place. */
	frame_decoder_expect(&l->dec, want, dst, cap);
	r = next_frame(l, timeout_ms, &f, e);
	frame_decoder_expect(&l->dec, 0, NULL, 0);
	if (r < 0) {
		l->posted = 0;
		return r;
	}
	if (l->posted)
		l->posted--;
	to_reply(&f, ret);
	return 0;
}

int link_fetch(struct link *l, unsigned cmd, const void *payload, size_t len,
	       unsigned timeout_ms, uint16_t want, void *dst, size_t cap,
	       struct reply *ret, struct err *e)
{
	l->posted = 0;
	if (link_post(l, cmd, payload, len, e) < 0)
		return -(int)e->code;
	return link_collect(l, timeout_ms, want, dst, cap, ret, e);
}

int link_call(struct link *l, unsigned cmd, const void *payload, size_t len,
	      unsigned timeout_ms, struct reply *ret, struct err *e)
{
	return link_fetch(l, cmd, payload, len, timeout_ms, 0, NULL, 0, ret, e);
}

int link_wait(struct link *l, unsigned timeout_ms, struct reply *ret,
	      struct err *e)
{
	struct frame f;
	int r = next_frame(l, timeout_ms, &f, e);

	if (r < 0)
		return r;
	to_reply(&f, ret);
	return 0;
}

int link_hello(struct link *l, unsigned flags, unsigned timeout_ms,
	       struct reply *ret, struct err *e)
{
	static const uint8_t run[10] = { BSL_FLAG, BSL_FLAG, BSL_FLAG, BSL_FLAG,
					 BSL_FLAG, BSL_FLAG, BSL_FLAG, BSL_FLAG,
					 BSL_FLAG, BSL_FLAG };
	int r;

	if (flags > sizeof(run))
		flags = sizeof(run);
	forget_input(l);
	l->last_cmd = BSL_CMD_CHECK_BAUD;
	r = guard_check(&l->guard, BSL_CMD_CHECK_BAUD, NULL, 0, e);
	if (r < 0)
		return r;
	r = l->t->ops->send(l->t, run, flags, SEND_MS, e);
	if (r < 0)
		return r;
	return link_wait(l, timeout_ms, ret, e);
}

bool link_has_more(const struct link *l)
{
	return l->rx_at < l->rx_len;
}

/* The next answer of type `want`; others, whole or damaged, are old. */
static int wait_for(struct link *l, unsigned timeout_ms, uint16_t want,
		    struct err *e)
{
	for (unsigned i = 0; i < FENCE_FRAMES; i++) {
		struct reply rep;
		int r = link_wait(l, timeout_ms, &rep, e);

		if (r == 0 && rep.type == want)
			return 0;
		if (r == 0) {
			l->seen = rep.type;
			if (timeout_ms > BEHIND_MS)
				timeout_ms = BEHIND_MS;
		}
		if (r < 0 && e->code != ERR_FRAME && e->code != ERR_MISMATCH)
			return r;
	}
	return err_set(e, ERR_FRAME,
		       "the phone keeps giving other answers than were "
		       "asked for");
}

int link_fence(struct link *l, unsigned cmd, const void *payload, size_t len,
	       unsigned timeout_ms, uint16_t want, unsigned owed, struct err *e)
{
	int r = l->t->ops->drain(l->t, e);

	if (r < 0)
		return r;
	forget_input(l);
	l->seen = 0;
	r = send_frame(l, cmd, payload, len, e);
	if (r == 0)
		r = wait_for(l, timeout_ms, want, e);
	if (r < 0)
		return r;
	for (; r == 0 && owed; owed--)
		r = wait_for(l, SILENCE_MS, want, e);
	/* Silence: those that are still owed are lost. */
	return r == -(int)ERR_TIMEOUT ? 0 : r;
}

uint16_t link_fence_saw(const struct link *l)
{
	return l->seen;
}
