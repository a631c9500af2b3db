/* SPDX-License-Identifier: BSD-3-Clause */
/* reader.c - fills blocks by chunks; the one loop that repeats a read. */
#include "device/reader.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "exchange.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ECHO_REPLY	 (-1) /* in err.sys: no reply of the protocol */
#define CHUNKS_AT_A_TIME 8u

/*
 * Some loaders answer for partitions that they are built to skip, with the
 * bytes of the request in place of the content [5.2].  Content may begin so
 * by chance, but not for another size, too.
 */
static int fetch_once(struct part_reader *r, void *dst, uint32_t n,
		      struct err *e)
{
	bool echo;
	int rc = exchange_ask(r, dst, n, &echo, e);

	if (rc < 0 || !echo || n < 32)
		return rc;
	r->room = 0; /* one by one */
	if (r->ahead && exchange_fence(r, e) < 0)
		return -(int)e->code;
	rc = exchange_ask(r, dst, n / 2, &echo, e);
	if (rc < 0)
		return rc;
	if (!echo)
		return exchange_ask(r, dst, n, &echo, e);
	rc = err_set(e, ERR_REFUSED,
		     "the loader gives back the request in place of the "
		     "content: it is built to skip this partition");
	e->sys = ECHO_REPLY;
	return rc;
}

/* -- the loop ------------------------------------------------------------ */

static void tell_retry(struct part_reader *r, unsigned attempt,
		       const struct err *why)
{
	if (r->s->ev.retry)
		r->s->ev.retry(r->s->ev.user, attempt, why);
}

/* The fewest bytes that one refusal stands for. */
static uint32_t unit_of(const struct part_reader *r)
{
	uint32_t sector = session_sector(r->s);
	uint32_t least =
		r->s->chunk.small == SMALL_WORKS ? sector : READER_UNIT;

	return r->unit > least ? r->unit : least;
}

/* From `at` (in what READ_START names) to a border of sectors, at most span. */
static uint64_t to_border(uint64_t at, uint64_t span, uint32_t unit)
{
	uint64_t end = (at + span) / unit * unit;

	return end > at ? end - at : unit - at % unit;
}

static uint32_t next_chunk(const struct part_reader *r, size_t room)
{
	uint64_t left = r->x.length - r->pos, at = r->x.offset + r->pos;
	uint64_t most = chunk_next(r->s), n = most;

	if (left > room)
		left = room;
	if (exchange_pending(r))
		return exchange_pending(r);
	if (r->pos < r->suspect_end)
		n = to_border(at, (r->suspect_end - r->pos) / 2, unit_of(r));
	else if (r->careful && r->careful < n)
		n = to_border(at, r->careful, unit_of(r));
	else
		n = chunk_fit(r->s, n, left);
	if (n > most) /* to a border of large units */
		n = most;
	return address_cut(r, (uint32_t)(n < left ? n : left));
}

static void has_come(struct part_reader *r, uint32_t n)
{
	uint32_t sector = session_sector(r->s);

	chunk_worked(&r->s->chunk, n);
	if (n <= sector)
		r->s->chunk.small = SMALL_WORKS;
	if (n >= sector && (r->x.offset + r->pos) % sector == 0) {
		r->good = r->pos;
		r->has_good = true;
	}
	r->careful = r->careful < chunk_next(r->s) ? 2 * r->careful : 0;
}

/*
 * Answers carry no number.  One that belongs to the request before is noticed
 * by its length before anything wrong is taken; where the lengths are equal,
 * a fence between them shows that none is left.
 */
static int keep_in_step(struct part_reader *r, uint32_t n, struct err *e)
{
	return n == r->last ? exchange_anew(r, e) : 0;
}

/* After an error a loader wants a new start [5.1]. */
static int start_anew(struct part_reader *r, struct err *e)
{
	if (r->shut)
		return err_set(e, ERR_REFUSED,
			       "the loader does not open it "
			       "again");
	return r->stale ? exchange_fence(r, e) : 0;
}

/*
 * Does this loader give single sectors at all?  Only then a refusal of one
 * says that it is bad.  Tried once, at a place that has been read before.
 */
static int try_small(struct part_reader *r, struct err *e)
{
	struct chunk_state *c = &r->s->chunk;
	uint64_t pos = r->pos;
	uint8_t buf[READER_UNIT];
	bool echo;
	int rc;

	if (c->small != SMALL_UNKNOWN || !r->has_good ||
	    session_sector(r->s) >= READER_UNIT)
		return 0;
	if (start_anew(r, e) < 0 ||
	    keep_in_step(r, session_sector(r->s), e) < 0)
		return -(int)e->code;
	r->pos = r->good;
	r->room = 0;
	rc = exchange_ask(r, buf, session_sector(r->s), &echo, e);
	r->pos = pos;
	c->small = rc == 0 ? SMALL_WORKS : SMALL_FAILS;
	r->stale = rc < 0;
	return rc == 0 || exchange_is_spoilt(e) || e->code == ERR_REFUSED ? 0
									  : rc;
}

/*
 * A refused chunk: either too large for this loader, or some of its bytes
 * cannot be read, and half of them will show which.  0: to be asked for
 * again, smaller; else it is the smallest already and *e stays as it is.
 */
static int narrow(struct part_reader *r, uint32_t n, struct err *e)
{
	struct chunk_state *c = &r->s->chunk;
	struct err why = *e;
	bool size_error = why.sys == BSL_REP_DOWN_SIZE_ERROR;
	uint32_t cap = c->cap;

	r->stale = true;
	if (chunk_failed(c, n, size_error)) {
		if (!size_error)
			c->doubt = cap;
		return 0;
	}
	if (n <= READER_UNIT && try_small(r, e) < 0)
		return -(int)e->code;
	if (n > unit_of(r)) {
		r->suspect_end = r->pos + n;
		return 0;
	}
	chunk_acquit(c);
	r->suspect_end = 0;
	r->careful = unit_of(r);
	*e = why;
	return -(int)e->code;
}

/* 0: the line is clear and the same may be asked for again. */
static int repeat(struct part_reader *r, uint32_t n, unsigned *repeats,
		  struct err *e)
{
	struct err why = *e;

	if (!exchange_is_spoilt(e))
		return -(int)e->code;
	if (!chunk_spoilt(&r->s->chunk, n) && (*repeats)++ == REPEATS)
		return -(int)e->code;
	tell_retry(r, *repeats, &why);
	if (exchange_fence(r, e) == 0)
		return 0;
	/* It hung, and with this size: the next session asks for less. */
	if (why.code == ERR_TIMEOUT && r->s->dead)
		chunk_killed(&r->s->chunk, n);
	return -(int)e->code;
}

/* A refusal that holds for any size. */
static bool is_final(const struct part_reader *r, const struct err *e)
{
	return e->code == ERR_REFUSED &&
	       (r->shut || e->sys == ECHO_REPLY || e->sys == ADDRESS_NOT_ASKED);
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
		int rc = start_anew(r, e);
		uint32_t n;

		if (rc < 0)
			return rc;
		n = next_chunk(r, room);
		if (n > room)
			return err_set(e, ERR_BUG,
				       "%u bytes asked for, room for %zu", n,
				       room);
		rc = once ? 0 : keep_in_step(r, n, e);
		if (rc < 0)
			return rc;
		r->blind |= n == r->last;
		r->room = room - n;
		rc = fetch_once(r, dst, n, e);
		if (rc == 0) {
			has_come(r, n);
			*ret_n = n;
			return 0;
		}
		if (e->code == ERR_GONE && n > r->s->chunk.proven)
			chunk_killed(&r->s->chunk, n);
		if (once || session_wants_authorisation(e) || is_final(r, e))
			return rc;
		rc = e->code == ERR_REFUSED ? narrow(r, n, e)
					    : repeat(r, n, &repeats, e);
		if (rc < 0)
			return rc;
	}
}

static int fill(struct part_reader *r, struct block *b, unsigned chunks,
		struct err *e)
{
	if (b->used == 0)
		b->offset = r->pos;
	while (b->used < b->cap && r->pos < r->x.length && chunks-- > 0) {
		uint32_t n;

		if (fetch_chunk(r, b->data + b->used, b->cap - b->used, &n, e) <
		    0) {
			r->lost = e->code == ERR_GONE || r->s->dead;
			return err_context(e, "at 0x%" PRIx64, r->pos);
		}
		b->used += n;
		r->pos += n;
	}
	return 0;
}

int part_reader_fill(struct part_reader *r, struct block *b, struct err *e)
{
	return fill(r, b, UINT_MAX, e);
}

int part_reader_fill_some(struct part_reader *r, struct block *b, struct err *e)
{
	return fill(r, b, CHUNKS_AT_A_TIME, e);
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

uint32_t part_reader_unit(const struct part_reader *r)
{
	return unit_of(r);
}

void part_reader_set_unit(struct part_reader *r, uint32_t unit)
{
	r->unit = unit;
}

int part_reader_peek(struct part_reader *r, uint64_t at, void *buf, uint32_t n,
		     struct err *e)
{
	struct part_reader was = *r;
	uint32_t got;
	int rc;

	r->pos = at;
	r->suspect_end = 0;
	r->careful = n;
	r->room = 0;
	/* An answer that is still to come belongs to another place. */
	r->stale = r->stale || r->ahead;
	rc = fetch_chunk(r, buf, n, &got, e);
	r->pos = was.pos;
	r->suspect_end = was.suspect_end;
	r->careful = was.careful;
	if (rc == 0)
		return (int)got;
	if (e->code == ERR_REFUSED && !session_wants_authorisation(e))
		return 0;
	r->lost = e->code == ERR_GONE || r->s->dead;
	return err_context(e, "at 0x%" PRIx64, at);
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
	r->wide = exchange_size(r) > UINT32_MAX;
	rc = exchange_start(r, e);
	if (rc < 0 && exchange_is_spoilt(e) && !guard_name_repairs(x->name)) {
		struct err why = *e;

		tell_retry(r, 1, &why);
		rc = exchange_fence(r, e);
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
	int rc = exchange_end(r, e);

	/* Where it may be one answer too many, the bytes may be wrong. */
	if (rc < 0 && exchange_is_spoilt(e) && !r->blind)
		rc = exchange_end_again(r, e);
	free(r);
	return rc;
}

void part_reader_drop(struct part_reader *r)
{
	struct err ignored;

	if (!r)
		return;
	/* After a time-out READ_END was tried by the fence already. */
	if (!r->lost && (r->ahead ? exchange_end_again(r, &ignored)
				  : exchange_end(r, &ignored)) < 0)
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
