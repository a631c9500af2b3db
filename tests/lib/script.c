/* SPDX-License-Identifier: BSD-3-Clause */
/* script.c - plays a written exchange. */
#include "lib/script.h"

#include "lib/golden.h"
#include "lib/unit.h"

#define STEP_BYTES 2048
#define QUEUE_MAX  32

struct queued {
	uint8_t data[STEP_BYTES];
	size_t len, at;
};

struct script {
	struct transport base;
	const struct script_step *steps;
	size_t n, at;
	unsigned times;	 /* of the step at `at` that were said */
	unsigned waited; /* ms of the step at `at` */
	size_t piece;
	struct queued queue[QUEUE_MAX];
	size_t first, count;
};

static const struct script_step *now(const struct script *s)
{
	return s->at < s->n ? &s->steps[s->at] : NULL;
}

static bool is_now(const struct script *s, enum script_what what)
{
	return s->at < s->n && s->steps[s->at].what == what;
}

static void step_on(struct script *s)
{
	s->at++;
	s->times = s->waited = 0;
}

/* What the phone says now goes into the queue, once. */
static void say(struct script *s)
{
	const struct script_step *step = now(s);
	struct queued *q = &s->queue[(s->first + s->count) % QUEUE_MAX];

	if (s->count == QUEUE_MAX)
		fail_msg("step %zu: too much waits to be read", s->at);
	q->len = golden_hex(step->hex, q->data, sizeof(q->data));
	q->at = 0;
	s->count++;
	if (++s->times >= (step->n ? step->n : 1))
		step_on(s);
}

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the phone has left the bus");
}

static int script_send(struct transport *t, const void *buf, size_t len,
		       unsigned timeout_ms, struct err *e)
{
	struct script *s = (struct script *)t;
	static uint8_t want[STEP_BYTES];
	size_t n;

	(void)timeout_ms;
	while (is_now(s, SCRIPT_PHONE) || is_now(s, SCRIPT_SILENT)) {
		if (is_now(s, SCRIPT_PHONE))
			say(s);
		else
			step_on(s);
	}
	if (is_now(s, SCRIPT_GONE))
		return gone(e);
	if (!now(s))
		fail_msg("sent after the script's end: %zu bytes, first %02X "
			 "%02X %02X",
			 len, ((const uint8_t *)buf)[0],
			 len > 1 ? ((const uint8_t *)buf)[1] : 0,
			 len > 2 ? ((const uint8_t *)buf)[2] : 0);
	n = golden_hex(now(s)->hex, want, sizeof(want));
	if (n != len || memcmp(want, buf, len) != 0) {
		fprintf(stderr, "sent:");
		for (size_t i = 0; i < len && i < 64; i++)
			fprintf(stderr, " %02X", ((const uint8_t *)buf)[i]);
		fprintf(stderr, "\n");
		fail_msg("step %zu: wanted %s", s->at, now(s)->hex);
	}
	step_on(s);
	return 0;
}

static int script_recv(struct transport *t, void *buf, size_t cap,
		       size_t *ret_len, unsigned timeout_ms, struct err *e)
{
	struct script *s = (struct script *)t;
	unsigned left = timeout_ms;
	struct queued *q;
	size_t n;

	while (s->count == 0 && is_now(s, SCRIPT_SILENT)) {
		unsigned more = now(s)->n - s->waited;

		/* What comes when the time is over is late. */
		if (more >= left) {
			s->waited += left;
			if (more == left)
				step_on(s);
			return err_set(e, ERR_TIMEOUT, "nothing came");
		}
		left -= more;
		step_on(s);
	}
	if (s->count == 0 && is_now(s, SCRIPT_PHONE))
		say(s);
	if (s->count == 0 && is_now(s, SCRIPT_GONE))
		return gone(e);
	if (s->count == 0)
		return err_set(e, ERR_TIMEOUT, "nothing came");
	q = &s->queue[s->first];
	n = q->len - q->at;
	if (n > cap)
		n = cap;
	if (s->piece && n > s->piece)
		n = s->piece;
	memcpy(buf, q->data + q->at, n);
	q->at += n;
	if (q->at == q->len) {
		s->first = (s->first + 1) % QUEUE_MAX;
		s->count--;
	}
	*ret_len = n;
	return 0;
}

static int script_drain(struct transport *t, struct err *e)
{
	struct script *s = (struct script *)t;

	while (is_now(s, SCRIPT_PHONE))
		say(s);
	s->count = 0;
	return is_now(s, SCRIPT_GONE) ? gone(e) : 0;
}

static void script_close(struct transport *t)
{
	free(t);
}

static const struct transport_ops script_ops = {
	.name = "script",
	.send = script_send,
	.recv = script_recv,
	.drain = script_drain,
	.close = script_close,
};

struct transport *script_open(const struct script_step *steps, size_t n)
{
	struct script *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->base.ops = &script_ops;
	s->steps = steps;
	s->n = n;
	return &s->base;
}

void script_set_piece(struct transport *t, size_t piece)
{
	((struct script *)t)->piece = piece;
}

void script_assert_played(const struct transport *t)
{
	const struct script *s = (const struct script *)t;

	if (now(s) && now(s)->what != SCRIPT_GONE)
		fail_msg("step %zu of %zu was not played", s->at, s->n);
	if (s->count)
		fail_msg("%zu transfers were not read", s->count);
}
