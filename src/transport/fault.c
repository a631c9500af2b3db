/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.c - spoils the traffic of the transport behind it, by plan. */
#include "transport/fault.h"

#include "fault_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_SIZE    ((size_t)256 << 10) /* more than the largest answer */
#define QUEUE_MAX   64u			/* answers that wait */
#define PIECE_MAX   64u
#define GARBAGE_MAX 40u

/* One answer on its way to the host. */
struct item {
	struct item *next;
	size_t len, pos;
	size_t piece;	/* at most so much with one recv; 0: all */
	bool till_send; /* it waits for the next request */
	uint64_t ms;	/* and so long */
	uint8_t data[];
};

struct fault {
	struct transport base;
	struct transport_ops ops; /* without what `next` does not have */
	struct transport_env env;
	struct fault_plan plan;
	struct fault_stats stats;
	struct item *head; /* in the order of the line */
	size_t queued;
	struct item *joining; /* comes with the answer after it */
	bool stalled, away, vanished;
	size_t raw_len; /* of an answer that has not come whole yet */
	uint8_t raw[RAW_SIZE];
};

/* -- the queue to the host ----------------------------------------------- */

static struct item *item_new(const uint8_t *p, size_t n, size_t before)
{
	struct item *it = calloc(1, sizeof(*it) + before + n);

	if (!it)
		return NULL;
	it->len = before + n;
	memcpy(it->data + before, p, n);
	return it;
}

static void enqueue(struct fault *f, struct item *it)
{
	struct item **at = &f->head;

	if (f->queued == QUEUE_MAX) {
		free(it);
		return;
	}
	while (*at)
		at = &(*at)->next;
	*at = it;
	f->queued++;
}

static void drop_head(struct fault *f)
{
	struct item *it = f->head;

	f->head = it->next;
	f->queued--;
	free(it);
}

static bool is_due(const struct item *it)
{
	return it && !it->till_send && it->ms == 0;
}

static void forget(struct fault *f)
{
	while (f->head)
		drop_head(f);
	free(f->joining);
	f->joining = NULL;
	f->raw_len = 0;
}

/* -- faults -------------------------------------------------------------- */

static void happens(struct fault *f, const struct planned_fault *p, size_t len)
{
	char text[96];
	bool asked = fault_is_of_request(p->kind);

	f->stats.done[p->kind]++;
	f->stats.all++;
	if (!f->env.note)
		return;
	snprintf(text, sizeof(text), "fault: %s, %s %" PRIu64 " (%zu bytes)",
		 fault_kind_name(p->kind), asked ? "request" : "answer",
		 asked ? f->stats.requests : f->stats.replies, len);
	f->env.note(f->env.user, text);
}

static void flip(uint8_t *data, size_t len, struct planned_fault *p)
{
	uint64_t bit = fault_choose(p, (uint64_t)len * 8);

	data[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* The answer with noise in front; NULL without memory. */
static struct item *with_garbage(struct item *it, struct planned_fault *p)
{
	size_t n = 1 + (size_t)fault_choose(p, GARBAGE_MAX);
	struct item *more = item_new(it->data, it->len, n);

	for (size_t i = 0; more && i < n; i++)
		more->data[i] = (uint8_t)fault_choose(p, 256);
	free(it);
	return more;
}

/* It ends before this answer; the rest of the line's life is decided here. */
static bool ends_it(struct fault *f, enum fault_kind kind)
{
	switch (kind) {
	case FAULT_LOSE:
		return true;
	case FAULT_STALL:
		f->stalled = true;
		return true;
	case FAULT_VANISH:
		f->vanished = true;
		/* fall through */
	case FAULT_DISCONNECT:
		f->away = true;
		return true;
	default:
		return false;
	}
}

/* What one fault makes of an answer; NULL: nothing is left of it. */
static struct item *spoil(struct fault *f, struct planned_fault *p,
			  struct item *it, bool *ret_twice)
{
	happens(f, p, it->len);
	if (ends_it(f, p->kind)) {
		free(it);
		return NULL;
	}
	switch (p->kind) {
	case FAULT_LATE:
		it->till_send = p->late_ms == 0;
		it->ms = p->late_ms;
		return it;
	case FAULT_DOUBLE:
		*ret_twice = true;
		return it;
	case FAULT_CUT:
		if (it->len > 1)
			it->len = 1 + (size_t)fault_choose(p, it->len - 1);
		return it;
	case FAULT_FLIP:
		flip(it->data, it->len, p);
		return it;
	case FAULT_SPLIT:
		it->piece = 1 + (size_t)fault_choose(p, PIECE_MAX);
		if (it->piece > it->len / 2)
			it->piece = it->len / 2;
		return it;
	case FAULT_GARBAGE:
		return with_garbage(it, p);
	default: /* FAULT_MERGE */
		f->joining = it;
		return NULL;
	}
}

/* Puts what waits for company in front of an answer. */
static struct item *join(struct fault *f, const uint8_t *p, size_t n)
{
	struct item *first = f->joining;
	struct item *it = item_new(p, n, first ? first->len : 0);

	if (first && it)
		memcpy(it->data, first->data, first->len);
	free(first);
	f->joining = NULL;
	return it;
}

static int take_answer(struct fault *f, const uint8_t *p, size_t n,
		       struct err *e)
{
	struct item *it = join(f, p, n), *second;
	bool twice = false;

	if (!it)
		return err_nomem(e);
	f->stats.replies++;
	for (size_t i = 0; it && i < f->plan.n; i++) {
		struct planned_fault *one = &f->plan.v[i];

		if (!fault_is_of_request(one->kind) &&
		    fault_is_due(one, f->stats.replies))
			it = spoil(f, one, it, &twice);
	}
	if (f->away || f->stalled)
		forget(f);
	if (!it)
		return 0;
	second = twice ? item_new(it->data, it->len, 0) : NULL;
	enqueue(f, it);
	if (second)
		enqueue(f, second);
	return 0;
}

/* -- from the phone ------------------------------------------------------ */

/* all: also what has begun and goes on. */
static int cut_answers(struct fault *f, bool all, struct err *e)
{
	size_t at = 0;

	while (at < f->raw_len && !f->away) {
		size_t n = fault_answer_end(f->raw + at, f->raw_len - at);

		if (n == 0 && (all || (at == 0 && f->raw_len == RAW_SIZE)))
			n = f->raw_len - at;
		if (n == 0)
			break;
		if (f->stalled) {
			at += n;
			continue;
		}
		/* Over when the line breaks: raw is empty then. */
		if (take_answer(f, f->raw + at, n, e) < 0)
			return -(int)e->code;
		at += n;
	}
	if (at >= f->raw_len) {
		f->raw_len = 0;
		return 0;
	}
	memmove(f->raw, f->raw + at, f->raw_len - at);
	f->raw_len -= at;
	return 0;
}

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the phone has left the bus");
}

/* Lets `ms` pass at the end, and takes what comes. */
static int pull(struct fault *f, unsigned ms, struct err *e)
{
	struct transport *next = f->base.next;
	size_t n;
	int rc = next->ops->recv(next, f->raw + f->raw_len,
				 RAW_SIZE - f->raw_len, &n, ms, e);

	if (rc == 0) {
		f->raw_len += n;
		return cut_answers(f, false, e);
	}
	if (e->code != ERR_TIMEOUT)
		return rc;
	f->stats.waited_ms += ms;
	if (f->head && !f->head->till_send)
		f->head->ms -= ms < f->head->ms ? ms : f->head->ms;
	if (f->raw_len) {
		struct err ignored;

		/* The rest does not come: it is an answer as it is. */
		if (cut_answers(f, true, &ignored) < 0)
			return err_nomem(e);
	}
	return rc;
}

static size_t deliver(struct fault *f, void *buf, size_t cap)
{
	struct item *it = f->head;
	size_t n = it->len - it->pos;

	if (n > cap)
		n = cap;
	if (it->piece && n > it->piece)
		n = it->piece;
	memcpy(buf, it->data + it->pos, n);
	it->pos += n;
	if (it->pos == it->len)
		drop_head(f);
	return n;
}

static int fault_recv(struct transport *t, void *buf, size_t cap,
		      size_t *ret_len, unsigned timeout_ms, struct err *e)
{
	struct fault *f = (struct fault *)t;
	unsigned left = timeout_ms;

	for (;;) {
		unsigned wait = left;

		if (f->away)
			return gone(e);
		if (is_due(f->head)) {
			*ret_len = deliver(f, buf, cap);
			return 0;
		}
		if (f->head && !f->head->till_send && f->head->ms < wait)
			wait = (unsigned)f->head->ms;
		if (pull(f, wait, e) == 0)
			continue;
		if (e->code != ERR_TIMEOUT)
			return -(int)e->code;
		left -= wait;
		if (left == 0 && !is_due(f->head))
			return err_set(e, ERR_TIMEOUT,
				       "nothing came within %u ms", timeout_ms);
	}
}

/* -- to the phone -------------------------------------------------------- */

static int send_misheard(struct fault *f, const void *buf, size_t len,
			 struct planned_fault *p, unsigned timeout_ms,
			 struct err *e)
{
	struct transport *next = f->base.next;
	uint8_t *copy = malloc(len);
	int rc;

	if (!copy)
		return err_nomem(e);
	memcpy(copy, buf, len);
	flip(copy, len, p);
	rc = next->ops->send(next, copy, len, timeout_ms, e);
	free(copy);
	return rc;
}

static int fault_send(struct transport *t, const void *buf, size_t len,
		      unsigned timeout_ms, struct err *e)
{
	struct fault *f = (struct fault *)t;

	if (f->away)
		return gone(e);
	for (struct item *it = f->head; it; it = it->next)
		it->till_send = false;
	if (f->stalled)
		return 0;
	f->stats.requests++;
	for (size_t i = 0; i < f->plan.n; i++) {
		struct planned_fault *p = &f->plan.v[i];

		if (!fault_is_of_request(p->kind) ||
		    !fault_is_due(p, f->stats.requests))
			continue;
		happens(f, p, len);
		if (p->kind == FAULT_UNHEARD)
			return 0;
		return send_misheard(f, buf, len, p, timeout_ms, e);
	}
	return t->next->ops->send(t->next, buf, len, timeout_ms, e);
}

/* -- the rest passes through --------------------------------------------- */

/* What is still late is not here yet, so it cannot be thrown away. */
static int fault_drain(struct transport *t, struct err *e)
{
	struct fault *f = (struct fault *)t;

	if (f->away)
		return gone(e);
	while (is_due(f->head))
		drop_head(f);
	f->raw_len = 0;
	return t->next->ops->drain(t->next, e);
}

static int fault_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	struct fault *f = (struct fault *)t;
	int rc;

	if (f->vanished)
		return err_set(e, ERR_GONE,
			       "the phone did not come back within %u ms",
			       timeout_ms);
	forget(f);
	rc = t->next->ops->reopen(t->next, timeout_ms, e);
	f->away = rc < 0;
	f->stalled = false;
	t->baud = t->next->baud;
	memcpy(t->stay, t->next->stay, sizeof(t->stay));
	return rc;
}

static int fault_set_speed(struct transport *t, unsigned baud, struct err *e)
{
	int rc = t->next->ops->set_speed(t->next, baud, e);

	t->baud = t->next->baud;
	return rc;
}

static char *fault_witness(struct transport *t)
{
	return t->next->ops->witness(t->next);
}

static void fault_close(struct transport *t)
{
	struct fault *f = (struct fault *)t;

	transport_close(t->next);
	forget(f);
	free(f);
}

static const struct transport_ops fault_ops = {
	.name = "fault",
	.send = fault_send,
	.recv = fault_recv,
	.drain = fault_drain,
	.reopen = fault_reopen,
	.set_speed = fault_set_speed,
	.witness = fault_witness,
	.close = fault_close,
};

int transport_open_fault(const char *plan, const struct transport_env *env,
			 struct transport *next, struct transport **ret,
			 struct err *e)
{
	struct fault *f = calloc(1, sizeof(*f));
	int rc = f ? fault_plan_parse(plan, &f->plan, e) : err_nomem(e);

	if (rc < 0) {
		transport_close(next);
		free(f);
		return rc;
	}
	f->ops = fault_ops;
	if (!next->ops->reopen)
		f->ops.reopen = NULL;
	if (!next->ops->set_speed)
		f->ops.set_speed = NULL;
	if (!next->ops->witness)
		f->ops.witness = NULL;
	f->base.ops = &f->ops;
	f->base.next = next;
	f->base.baud = next->baud;
	f->base.wanted_baud = next->wanted_baud;
	memcpy(f->base.stay, next->stay, sizeof(f->base.stay));
	if (env)
		f->env = *env;
	*ret = &f->base;
	return 0;
}

const struct fault_stats *transport_fault_stats(const struct transport *t)
{
	return &((const struct fault *)t)->stats;
}
