/* SPDX-License-Identifier: BSD-3-Clause */
/* gadget.c - between the phone, which knows transfers, and FunctionFS. */
#include "sim/gadget.h"

#include "ffs.h"
#include "sim/phone.h"
#include "wire.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Larger than any transfer that a phone takes, and a multiple of any packet
 * size: a read then ends where the transfer ends, by its short packet.
 */
#define OUT_CAP	      ((size_t)128 << 10)
#define IN_CAP	      ((size_t)WIRE_BUILT_MAX)
#define IDLE_NS	      200000000u  /* until stop() is asked again */
#define LAST_WORDS_NS 2000000000u /* a host may be slow to take them */
#define MS	      1000000u

#define LINE_STATE_TYPE	   0x21
#define LINE_STATE_REQUEST 0x22

/* Numbers of the requests; the ones to the host come in this order. */
enum { RQ_OUT, RQ_IN, RQ_IN_REST, RQ_IN_EMPTY };

struct server {
	struct phone *phone;
	const struct gadget_options *o;
	struct gadget_stats *st;
	struct ffs ffs;
	uint8_t *out, *in;
	bool enabled;	  /* the host has chosen our configuration */
	unsigned pending; /* bit per request under way */
	bool cut;	  /* the transfer was longer than our buffer */
	bool pulled;	  /* from outside; the next one finds a new phone */
	size_t held;	  /* bytes of the reply that waits for its time */
	size_t sent;	  /* of these */
	bool cutting;	  /* half of a reply went: the end */
	uint64_t due, asked, said, clocked, leaving, back;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool is_pending(const struct server *s, unsigned id)
{
	return s->pending >> id & 1;
}

/* -- to the phone -------------------------------------------------------- */

static void listen_on(struct server *s)
{
	if (s->enabled && !is_pending(s, RQ_OUT) &&
	    ffs_read(&s->ffs, RQ_OUT, s->out, OUT_CAP))
		s->pending |= 1u << RQ_OUT;
}

static void transfer_came(struct server *s, size_t n)
{
	bool rest = s->cut;

	/* No end has come yet: the next one is the rest of this one. */
	s->cut = n == OUT_CAP;
	s->asked = now_ns();
	if (rest)
		return;
	if (n == 0) {
		s->st->out_empty++;
		return;
	}
	s->st->out_transfers++;
	s->st->out_full += s->st->max_packet && n % s->st->max_packet == 0;
	s->st->out_bytes += n;
	if (!phone_attached(s->phone))
		return;
	if (s->held || s->pending & ~(1u << RQ_OUT))
		phone_take_early(s->phone, s->out, n);
	else
		phone_take(s->phone, s->out, n);
}

/* -- to the host --------------------------------------------------------- */

static void send_part(struct server *s, unsigned id, const uint8_t *p, size_t n)
{
	if (ffs_write(&s->ffs, id, p, n))
		s->pending |= 1u << id;
}

/* How much of what is held leaves in the next transfer. */
static size_t next_part(struct server *s)
{
	size_t n = s->held - s->sent;

	if (s->cutting)
		return (n + 1) / 2;
	return s->o->piece && n > s->o->piece ? (size_t)s->o->piece : n;
}

static void send_held(struct server *s)
{
	size_t n = next_part(s), rest = 0;
	const uint8_t *p = s->in + s->sent;

	/* dwc_otg makes two transfers of what fills packets of 64 [1.3]. */
	if (s->o->split32 && n % 64 == 0)
		rest = 32;
	send_part(s, RQ_IN, p, n - rest);
	if (rest)
		send_part(s, RQ_IN_REST, p + n - rest, rest);
	else if (s->o->zlp_in && s->st->max_packet &&
		 n % s->st->max_packet == 0)
		send_part(s, RQ_IN_EMPTY, p, 0);
	s->sent += n;
	if (s->sent == s->held || s->cutting)
		s->held = 0;
}

/* What the phone has to say now: a reply, or all that are ready. */
static size_t gather(struct server *s)
{
	size_t n = 0, got;

	do {
		got = phone_give(s->phone, s->in + n, IN_CAP - n);
		n += got;
		s->st->replies += got > 0;
	} while (got && s->o->join && n < IN_CAP);
	return n;
}

static uint64_t wire_ns(const struct server *s)
{
	return s->o->bus_mb_s ? s->held * 1000 / s->o->bus_mb_s : 0;
}

static void begin_reply(struct server *s)
{
	uint64_t last = s->st->replies;

	s->sent = 0;
	s->held = gather(s);
	if (!s->held)
		return;
	s->due = (s->asked > s->said ? s->asked : s->said) +
		 s->o->reply_delay_us * 1000 + wire_ns(s);
	if (last < s->o->slow_nth && s->o->slow_nth <= s->st->replies)
		s->due += s->o->slow_ms * MS;
	s->cutting = last < s->o->cut_nth && s->o->cut_nth <= s->st->replies;
	if (last < s->o->stall_nth && s->o->stall_nth <= s->st->replies)
		s->st->stalls += ffs_halt(&s->ffs);
}

/*
 * One reply after the other; a phone works on the next request only when the
 * reply to the last one is out, so that is when the delay starts.
 */
static void speak(struct server *s)
{
	if (!s->enabled || (s->pending & ~(1u << RQ_OUT)))
		return;
	if (!s->held)
		begin_reply(s);
	if (s->held && now_ns() >= s->due)
		send_held(s);
}

static void reply_went(struct server *s, unsigned id, int64_t n)
{
	s->said = now_ns();
	if (n < 0) {
		s->st->in_lost += id == RQ_IN;
		return;
	}
	s->st->in_transfers += id != RQ_IN_EMPTY;
	s->st->in_empty += id == RQ_IN_EMPTY;
	s->st->in_bytes += (uint64_t)n;
}

static void collect(struct server *s)
{
	uint64_t count;
	unsigned id;
	int64_t n;

	(void)!read(s->ffs.done, &count, sizeof(count));
	while (ffs_done(&s->ffs, &id, &n)) {
		s->pending &= ~(1u << id);
		if (id != RQ_OUT)
			reply_went(s, id, n);
		else if (n >= 0)
			transfer_came(s, (size_t)n);
		else
			/*
			 * The host has gone; asking again would spin.  Or it
			 * is back already: the event may overtake this.
			 */
			s->enabled = ffs_max_packet(&s->ffs) != 0;
	}
}

/* -- endpoint 0 ---------------------------------------------------------- */

static void on_setup(struct server *s, const struct usb_ctrlrequest *rq)
{
	bool line_state = rq->bRequestType == LINE_STATE_TYPE &&
			  rq->bRequest == LINE_STATE_REQUEST;

	if (!line_state) {
		s->st->setups++;
		ffs_stall(&s->ffs, rq);
		return;
	}
	s->st->line_states++;
	if (s->o->stall_line_state) {
		ffs_stall(&s->ffs, rq);
		return;
	}
	ffs_ack(&s->ffs, rq);
	phone_line_state(s->phone, le16toh(rq->wValue));
}

static void on_enable(struct server *s)
{
	s->st->enabled++;
	s->st->max_packet = ffs_max_packet(&s->ffs);
	s->enabled = true;
	s->cut = false;
	/* Off the cable is off the power: it starts from its ROM. */
	if (s->pulled && !s->back)
		phone_attach(s->phone);
	s->pulled = false;
}

static void on_event(struct server *s, const struct usb_functionfs_event *ev)
{
	switch (ev->type) {
	case FUNCTIONFS_ENABLE:
		on_enable(s);
		break;
	case FUNCTIONFS_UNBIND:
		s->st->pulled++;
		s->pulled = true;
		/* fall through */
	case FUNCTIONFS_DISABLE:
		s->enabled = s->cutting = false;
		s->held = 0;
		break;
	case FUNCTIONFS_SETUP:
		on_setup(s, &ev->u.setup);
		break;
	default:
		break;
	}
}

static void take_events(struct server *s)
{
	struct usb_functionfs_event ev[4];
	size_t n = ffs_events(&s->ffs, ev, 4);

	for (size_t i = 0; i < n; i++)
		on_event(s, &ev[i]);
}

/* -- off the bus and back ------------------------------------------------ */

static int leave(struct server *s, struct err *e)
{
	struct usb_functionfs_event ev[4];

	s->st->left++;
	s->cutting = false;
	if (ffs_unbind(&s->ffs, e) < 0)
		return err_context(e, "the phone leaves the bus");
	s->enabled = false;
	s->held = 0;
	/* These events are our own doing and not somebody's at the cable. */
	while (ffs_events(&s->ffs, ev, 4) > 0)
		;
	s->leaving = 0;
	s->back = now_ns() + s->o->reattach_ms * MS;
	return 0;
}

static int come_back(struct server *s, struct err *e)
{
	s->back = 0;
	phone_attach(s->phone);
	if (ffs_bind(&s->ffs, s->ffs.udc, e) < 0)
		return err_context(e, "the phone comes back");
	return 0;
}

static int follow_phone(struct server *s, struct err *e)
{
	uint64_t now = now_ns();

	if (s->back)
		return now >= s->back ? come_back(s, e) : 0;
	if (s->cutting && !s->held && !(s->pending & ~(1u << RQ_OUT)))
		return leave(s, e);
	if (phone_attached(s->phone))
		return 0;
	if (!s->leaving)
		s->leaving = now;
	/* Its last words go out first, if anybody listens. */
	if (s->enabled && (s->held || (s->pending & ~(1u << RQ_OUT))) &&
	    now - s->leaving < LAST_WORDS_NS)
		return 0;
	return leave(s, e);
}

/* -- the loop ------------------------------------------------------------ */

static void move_clock(struct server *s)
{
	uint64_t ms = (now_ns() - s->clocked) / MS;

	phone_advance(s->phone, ms);
	s->clocked += ms * MS;
}

static uint64_t sooner(uint64_t wait, uint64_t when, uint64_t now)
{
	uint64_t left = when > now ? when - now : 0;

	return left < wait ? left : wait;
}

static struct timespec wait_time(const struct server *s)
{
	uint64_t now = now_ns(), wait = IDLE_NS;
	int64_t next = phone_next_ms(s->phone);

	if (s->held && s->enabled && !(s->pending & ~(1u << RQ_OUT)))
		wait = sooner(wait, s->due, now);
	if (s->back)
		wait = sooner(wait, s->back, now);
	if (next >= 0)
		wait = sooner(wait, s->clocked + (uint64_t)next * MS, now);
	return (struct timespec) { 0, (long)wait };
}

static int serve(struct server *s, const struct gadget_calls *c, struct err *e)
{
	s->clocked = now_ns();
	while (!c->stop(c->user)) {
		struct pollfd p[2] = { { .fd = s->ffs.ep0, .events = POLLIN },
				       { .fd = s->ffs.done,
					 .events = POLLIN } };
		struct timespec wait = wait_time(s);

		/* A reply in flight answers by its end, not by the clock. */
		if (ppoll(p, 2, &wait, NULL) < 0 && errno != EINTR)
			return err_sys(e, errno, "waiting for the host");
		move_clock(s);
		if (p[0].revents)
			take_events(s);
		if (p[1].revents)
			collect(s);
		listen_on(s);
		speak(s);
		if (follow_phone(s, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

int gadget_serve(struct phone *ph, const char *dir,
		 const struct gadget_options *o, const struct gadget_calls *c,
		 struct gadget_stats *st, struct err *e)
{
	struct server s = { .phone = ph, .o = o, .st = st };
	int rc;

	memset(st, 0, sizeof(*st));
	rc = ffs_open(&s.ffs, dir, e);
	if (rc < 0)
		return rc;
	s.out = malloc(OUT_CAP);
	s.in = malloc(IN_CAP);
	rc = s.out && s.in ? ffs_bind(&s.ffs, o->udc, e) : err_nomem(e);
	if (rc == 0) {
		c->ready(c->user);
		rc = serve(&s, c, e);
	}
	/* The kernel may write into our buffers until it is closed. */
	ffs_close(&s.ffs);
	free(s.out);
	free(s.in);
	return rc;
}
