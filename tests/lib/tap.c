/* SPDX-License-Identifier: BSD-3-Clause */
/* tap.c - reads along with the simulator's codec, not the program's. */
#include "lib/tap.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "bsl/proto.h"
#include "../../src/sim/wire.h"

struct filter {
	struct transport base;
	struct tap tap;
	bool switching, plain; /* DISABLE_TRANSCODE sent; and acknowledged */
	struct wire_in in;
	uint8_t *held;
	size_t held_len;
	bool held_due;
};

static void note_read(struct tap *t, const struct wire_msg *m)
{
	struct tap_read *r = &t->reads[t->nreads];

	if (t->nreads == TAP_READS_MAX)
		fail_msg("more than %d reads", TAP_READS_MAX);
	assert_true(m->len == 8 || m->len == 12);
	r->size = get_le32(m->data);
	r->offset =
		m->len == 12 ? get_le64(m->data + 4) : get_le32(m->data + 4);
	t->nreads++;
}

static void note(struct filter *f, const uint8_t *buf, size_t len)
{
	struct wire_msg m;
	bool done = true;
	size_t flags;

	/* Flags alone are for a ROM or FDL1, which both escape. */
	for (flags = 0; flags < len && buf[flags] == BSL_FLAG; flags++)
		;
	f->plain = f->plain && flags < len;
	wire_in_reset(&f->in);
	if (f->plain)
		wire_feed_transfer(&f->in, buf, len);
	else
		assert_int_equal(wire_feed(&f->in, buf, len, &done), len);
	if (!done) {
		f->tap.flags++;
		return;
	}
	/* One frame, one transfer, and the length field is right. */
	assert_true(wire_parse(&f->in, WIRE_CRC, true, &m) ||
		    wire_parse(&f->in, WIRE_SUM, true, &m));
	assert_true(m.type < 256);
	f->tap.requests++;
	f->tap.sent[m.type]++;
	f->tap.odd += m.len & 1;
	if (m.type == BSL_CMD_READ_MIDST)
		note_read(&f->tap, &m);
	f->switching = m.type == BSL_CMD_DISABLE_TRANSCODE;
}

static int tap_send(struct transport *t, const void *buf, size_t len,
		    unsigned timeout_ms, struct err *e)
{
	struct filter *f = (struct filter *)t;

	unsigned starts = f->tap.sent[BSL_CMD_READ_START];

	note(f, buf, len);
	f->held_due = f->held != NULL;
	if (f->tap.lose_start && f->tap.sent[BSL_CMD_READ_START] > starts &&
	    --f->tap.lose_start == 0)
		return 0;
	return t->next->ops->send(t->next, buf, len, timeout_ms, e);
}

static void hold(struct filter *f, const void *buf, size_t len)
{
	free(f->held);
	f->held = malloc(len);
	assert_non_null(f->held);
	memcpy(f->held, buf, len);
	f->held_len = len;
	f->held_due = false;
}

/* The answer in buf, or what is left of it; 0: nothing. */
static size_t spoil(struct filter *f, uint8_t *buf, size_t len)
{
	f->tap.spoilt++;
	switch (f->tap.fault) {
	case TAP_LOSE:
		return 0;
	case TAP_LATE:
		hold(f, buf, len);
		return 0;
	case TAP_DOUBLE:
		hold(f, buf, len);
		return len;
	case TAP_CUT:
		return len / 2;
	case TAP_SHORT:
		return wire_build(buf, f->tap.type, (const uint8_t *)"123456",
				  6, WIRE_SUM, !f->plain);
	case TAP_FLIP:
		buf[len / 2] ^= 0x10;
		return len;
	default:
		return len;
	}
}

static int tap_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
		    unsigned timeout_ms, struct err *e)
{
	struct filter *f = (struct filter *)t;
	struct tap *tap = &f->tap;
	uint16_t type;
	int rc;

	if (f->held_due) {
		assert_true(f->held_len <= cap);
		memcpy(buf, f->held, f->held_len);
		*ret_len = f->held_len;
		free(f->held);
		f->held = NULL;
		f->held_due = false;
		return 0;
	}
	rc = t->next->ops->recv(t->next, buf, cap, ret_len, timeout_ms, e);
	if (rc < 0 || *ret_len < 3)
		return rc;
	if (tap->longest && *ret_len > tap->longest)
		*ret_len = tap->longest;
	type = get_be16((const uint8_t *)buf + 1);
	if (f->switching && type == BSL_REP_ACK)
		f->plain = true;
	if (tap->fault == TAP_NONE || type != tap->type)
		return 0;
	tap->seen++;
	if (tap->seen < tap->at || tap->seen - tap->at >= tap->times)
		return 0;
	*ret_len = spoil(f, buf, *ret_len);
	if (*ret_len == 0)
		return err_set(e, ERR_TIMEOUT, "lost by the test");
	return 0;
}

static int tap_drain(struct transport *t, struct err *e)
{
	return t->next->ops->drain(t->next, e);
}

static int tap_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	if (!t->next->ops->reopen)
		return err_set(e, ERR_GONE, "cannot be opened again");
	return t->next->ops->reopen(t->next, timeout_ms, e);
}

static void tap_close(struct transport *t)
{
	struct filter *f = (struct filter *)t;

	transport_close(t->next);
	free(f->held);
	free(f);
}

static const struct transport_ops tap_ops = {
	.name = "tap",
	.send = tap_send,
	.recv = tap_recv,
	.drain = tap_drain,
	.reopen = tap_reopen,
	.close = tap_close,
};

struct transport *tap_open(struct transport *t, struct tap **ret_tap)
{
	struct filter *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->base.ops = &tap_ops;
	f->base.next = t;
	f->base.baud = t->baud;
	f->base.wanted_baud = t->wanted_baud;
	*ret_tap = &f->tap;
	return &f->base;
}
