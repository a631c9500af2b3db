/* SPDX-License-Identifier: BSD-3-Clause */
/* reader.c - fills blocks by chunks; the one loop that repeats a read. */
#include "device/reader.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS 2u /* of one chunk after the first try [4.9] */

#define ECHO_REPLY (-1) /* in err.sys: no reply of the protocol */

struct part_reader {
	struct session *s;
	struct extent x;
	uint64_t pos;
	bool wide;     /* 64-bit form: part of it lies at 4 GiB or above */
	bool answered; /* the first chunk has come; time limits shrink */
	uint64_t narrow_until; /* below this only READER_UNIT at a time */
	uint32_t last;	       /* length of the answer before */
};

/* -- one exchange each -------------------------------------------------- */

static size_t pack_read_start(const struct part_reader *r, uint8_t msg[MSG_MAX])
{
	return msg_read_start(r->x.name, r->x.offset + r->x.length, r->wide,
			      msg);
}

static int send_read_start(struct part_reader *r, struct err *e)
{
	uint8_t msg[MSG_MAX];
	size_t n = pack_read_start(r, msg);

	return session_expect_ack(r->s, BSL_CMD_READ_START, msg, n,
				  session_timeout(r->s, FIRST_READ_MS), e);
}

static int send_read_end(struct part_reader *r, struct err *e)
{
	return session_expect_ack(r->s, BSL_CMD_READ_END, NULL, 0,
				  session_timeout(r->s, READ_MS), e);
}

/* One READ_MIDST: exactly n bytes at pos, or an error. */
static int ask(struct part_reader *r, void *dst, uint32_t n, bool *ret_echo,
	       struct err *e)
{
	unsigned usual = r->answered ? READ_MS : FIRST_READ_MS;
	uint8_t msg[MSG_MAX];
	size_t len = msg_read_midst(n, r->x.offset + r->pos, r->wide, msg);
	struct reply rep;
	int rc = link_fetch(r->s->link, BSL_CMD_READ_MIDST, msg, len,
			    session_timeout(r->s, usual), BSL_REP_READ_FLASH,
			    dst, n, &rep, e);

	if (rc < 0)
		return rc;
	/* The answer to an earlier request: no refusal of this one. */
	if (rep.type == BSL_REP_ACK || rep.type == BSL_REP_VER)
		return err_set(e, ERR_FRAME,
			       "READ_MIDST got the answer to another request");
	if (rep.type != BSL_REP_READ_FLASH)
		return session_refusal(r->s, BSL_CMD_READ_MIDST, &rep, e);
	if (rep.len != n)
		return err_set(e, ERR_MISMATCH,
			       "%zu bytes came where %u were asked for",
			       rep.len, n);
	r->answered = true;
	*ret_echo = n >= len && memcmp(dst, msg, len) == 0;
	return 0;
}

/*
 * Some loaders answer for partitions that they are built to skip, with the
 * bytes of the request in place of the content [5.2].  Content may begin so
 * by chance, but not for another size, too.
 */
static int fetch_once(struct part_reader *r, void *dst, uint32_t n,
		      struct err *e)
{
	bool echo;
	int rc = ask(r, dst, n, &echo, e);

	if (rc < 0 || !echo || n < 32)
		return rc;
	rc = ask(r, dst, n / 2, &echo, e);
	if (rc < 0)
		return rc;
	if (!echo)
		return ask(r, dst, n, &echo, e);
	rc = err_set(e, ERR_REFUSED,
		     "the loader gives back the request in place of the "
		     "content: it is built to skip this partition");
	e->sys = ECHO_REPLY;
	return rc;
}

/* No answer, or a damaged one: the loader itself is well. */
static bool is_spoilt(const struct err *e)
{
	return e->code == ERR_TIMEOUT || e->code == ERR_FRAME;
}

/*
 * READ_END and READ_START, each answered by ACK: every data frame that was
 * still on its way has arrived before them and is thrown away.  Both change
 * nothing, so that they may be sent again when their own answers are spoilt.
 */
static int fence(struct part_reader *r, struct err *e)
{
	unsigned ms = session_timeout(r->s, FIRST_READ_MS);
	uint8_t msg[MSG_MAX];
	size_t n = pack_read_start(r, msg);
	int rc;

	for (unsigned i = 0;; i++) {
		rc = link_fence(r->s->link, BSL_CMD_READ_END, NULL, 0, ms,
				BSL_REP_ACK, e);
		if (rc == 0)
			rc = link_fence(r->s->link, BSL_CMD_READ_START, msg, n,
					ms, BSL_REP_ACK, e);
		if (rc == 0)
			return 0;
		if (!is_spoilt(e) || i == REPEATS)
			return err_context(e, "clearing the line");
	}
}

/* READ_END whose answer was spoilt: once more, and only its own counts. */
static int end_again(struct part_reader *r, struct err *e)
{
	return link_fence(r->s->link, BSL_CMD_READ_END, NULL, 0,
			  session_timeout(r->s, READ_MS), BSL_REP_ACK, e);
}

/* -- the loop ------------------------------------------------------------ */

static void tell_retry(struct part_reader *r, unsigned attempt,
		       const struct err *why)
{
	if (r->s->ev.retry)
		r->s->ev.retry(r->s->ev.user, attempt, why);
}

static uint32_t next_chunk(const struct part_reader *r, size_t room)
{
	uint64_t left = r->x.length - r->pos;
	uint64_t n = chunk_next(r->s);

	if (r->pos < r->narrow_until && n > READER_UNIT)
		n = READER_UNIT - r->pos % READER_UNIT;
	if (n > room)
		n = room;
	return (uint32_t)(n < left ? n : left);
}

/*
 * An answer of another length may mean that this size is too large for the
 * loader's driver, or that it is a second copy of the answer before, which
 * had another length, so that nothing wrong was taken yet.  Else answers are
 * out of step, and so may those be that were taken since: asking again would
 * hide that.
 */
static bool is_repeatable(const struct part_reader *r, uint32_t n,
			  const struct err *e)
{
	if (e->code == ERR_MISMATCH)
		return n > r->s->chunk.proven || (r->last && r->last != n);
	return is_spoilt(e);
}

/*
 * A refused chunk: either too large for this loader, or some of its bytes
 * cannot be read, which small chunks will show.  False: it is small already.
 */
static bool narrow(struct part_reader *r, uint32_t n, const struct err *why)
{
	struct chunk_state *c = &r->s->chunk;
	bool size_error = why->sys == BSL_REP_DOWN_SIZE_ERROR;
	uint32_t cap = c->cap;

	if (chunk_failed(c, n, size_error)) {
		if (!size_error)
			c->doubt = cap;
		return true;
	}
	if (n <= READER_UNIT) {
		chunk_acquit(c);
		return false;
	}
	r->narrow_until = r->pos + n;
	return true;
}

/*
 * The next chunk, at most `room` bytes, into dst.  A READ_START of a first NV
 * copy is not repeated: each one may make the loader write [5.6].
 */
static int fetch_chunk(struct part_reader *r, uint8_t *dst, size_t room,
		       uint32_t *ret_n, struct err *e)
{
	bool once = guard_name_repairs(r->x.name);
	unsigned repeats = 0;

	for (;;) {
		uint32_t n = next_chunk(r, room);
		struct err why;
		int rc = fetch_once(r, dst, n, e);

		if (rc == 0) {
			chunk_worked(&r->s->chunk, n);
			r->last = n;
			*ret_n = n;
			return 0;
		}
		if (once || session_wants_authorisation(e) ||
		    (e->code == ERR_REFUSED && e->sys == ECHO_REPLY))
			return rc;
		if (e->code == ERR_REFUSED) {
			if (!narrow(r, n, e))
				return rc;
			/* After an error a loader wants a new start [5.1]. */
			rc = fence(r, e);
			if (rc < 0)
				return rc;
			continue;
		}
		if (!is_repeatable(r, n, e))
			return e->code == ERR_MISMATCH
				       ? err_context(e, "answers out of step")
				       : rc;
		if (!chunk_failed(&r->s->chunk, n, false) &&
		    repeats++ == REPEATS)
			return rc;
		why = *e;
		tell_retry(r, repeats, &why);
		rc = fence(r, e);
		if (rc < 0)
			return rc;
	}
}

int part_reader_fill(struct part_reader *r, struct block *b, struct err *e)
{
	if (b->used == 0)
		b->offset = r->pos;
	while (b->used < b->cap && r->pos < r->x.length) {
		uint32_t n;

		if (fetch_chunk(r, b->data + b->used, b->cap - b->used, &n, e) <
		    0)
			return err_context(e, "at 0x%" PRIx64, r->pos);
		b->used += n;
		r->pos += n;
	}
	return 0;
}

size_t part_reader_skip(struct part_reader *r, struct block *b, uint64_t n)
{
	if (b->used == 0)
		b->offset = r->pos;
	if (n > r->x.length - r->pos)
		n = r->x.length - r->pos;
	if (n > b->cap - b->used)
		n = b->cap - b->used;
	memset(b->data + b->used, 0, (size_t)n);
	b->used += (size_t)n;
	r->pos += n;
	return (size_t)n;
}

uint64_t part_reader_pos(const struct part_reader *r)
{
	return r->pos;
}

/* -- opening and closing ------------------------------------------------- */

int part_reader_open(struct session *s, const struct extent *x, uint64_t from,
		     struct part_reader **ret, struct err *e)
{
	struct part_reader *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_nomem(e);
	r->s = s;
	r->x = *x;
	r->pos = from;
	r->wide = x->offset + x->length > UINT32_MAX;
	rc = send_read_start(r, e);
	if (rc < 0 && is_spoilt(e) && !guard_name_repairs(x->name)) {
		struct err why = *e;

		tell_retry(r, 1, &why);
		rc = fence(r, e);
	}
	if (rc < 0) {
		/* No READ_END: an old loader never answers it now [5.9]. */
		free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

int part_reader_close(struct part_reader *r, struct err *e)
{
	int rc = send_read_end(r, e);

	if (rc < 0 && is_spoilt(e))
		rc = end_again(r, e);
	free(r);
	return rc;
}

void part_reader_drop(struct part_reader *r)
{
	struct err ignored;

	if (!r)
		return;
	/* After a time-out READ_END was tried by the fence already. */
	if (send_read_end(r, &ignored) < 0)
		ignored.code = ERR_NONE;
	free(r);
}

int reader_read(struct session *s, const struct extent *x, void *buf,
		struct err *e)
{
	struct block b = { .data = buf, .cap = (size_t)x->length };
	struct part_reader *r;

	if (part_reader_open(s, x, 0, &r, e) < 0)
		return -(int)e->code;
	if (part_reader_fill(r, &b, e) < 0) {
		part_reader_drop(r);
		return -(int)e->code;
	}
	return part_reader_close(r, e);
}

int reader_probe(struct session *s, const char *name, uint64_t offset,
		 uint32_t n, struct err *e)
{
	struct extent x = { .offset = offset, .length = n };
	uint8_t buf[READER_UNIT];
	int rc;

	text_copy(x.name, sizeof(x.name), name);
	rc = reader_read(s, &x, buf, e);
	if (rc == 0)
		return 1;
	return e->code == ERR_REFUSED ? 0 : rc;
}
