/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * address.c - READ_FLASH: one request, one answer, nothing to begin or end.
 * A loader that is asked for a wrong place hangs for good,
 * docs/protocol.md 5.4.
 */
#include "bsl/proto.h"
#include "exchange.h"

#include <inttypes.h>

#define OLD_ANSWERS  8u /* in front of a fence's own */
#define FENCE_LEAST  20u
#define FENCE_STEP   4u
#define FENCE_ROUNDS 8u

/* -- what may be asked for ----------------------------------------------- */

/* The row of a region in a table of REGIONS_MAX; a new one; NULL: full. */
static struct guard_region *row_of(struct guard_region *v, size_t *n,
				   uint32_t id)
{
	for (size_t i = 0; i < *n; i++)
		if (v[i].id == id)
			return &v[i];
	if (*n == REGIONS_MAX)
		return NULL;
	v[*n].id = id;
	v[*n].limit = 0;
	return &v[(*n)++];
}

static uint64_t row_limit(const struct guard_region *v, size_t n, uint32_t id,
			  uint64_t otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].id == id)
			return v[i].limit;
	return otherwise;
}

int address_allow(struct session *s, uint32_t id, uint64_t limit, struct err *e)
{
	uint64_t most = row_limit(s->refusals, s->nrefusals, id, UINT64_MAX);
	struct guard_region *r = row_of(s->allowed, &s->nallowed, id);

	if (!r)
		return err_set(e, ERR_FORMAT, "more than %u regions",
			       REGIONS_MAX);
	r->limit = limit < most ? limit : most;
	return 0;
}

void address_forget(struct session *s)
{
	for (size_t i = 0; i < s->nallowed; i++)
		s->allowed[i].limit = 0;
	s->nallowed = 0;
}

uint64_t address_limit(const struct session *s, uint32_t id)
{
	return row_limit(s->allowed, s->nallowed, id, 0);
}

/* Never again from there on, also when the phone has come back. */
static void forbid(struct session *s, uint32_t id, uint64_t from)
{
	struct guard_region *r = row_of(s->refusals, &s->nrefusals, id);

	if (r)
		r->limit = from;
	r = row_of(s->allowed, &s->nallowed, id);
	if (r && r->limit > from)
		r->limit = from;
}

void reader_forbid(struct session *s, const struct extent *x, uint64_t from)
{
	forbid(s, x->region, x->offset + from);
}

/* -- requests ------------------------------------------------------------ */

int address_check(const struct part_reader *r, uint64_t pos, uint32_t n,
		  struct err *e)
{
	uint64_t limit = address_limit(r->s, r->x.region);
	uint64_t end = r->x.offset + pos + n;
	int rc;

	if (end <= limit)
		return 0;
	rc = err_set(e, ERR_REFUSED,
		     "not asked for: region 0x%08X can be read up to 0x%" PRIx64
		     " only, and a loader that is asked for more hangs",
		     r->x.region, limit);
	e->sys = ADDRESS_NOT_ASKED;
	return rc;
}

size_t address_pack(const struct part_reader *r, uint64_t pos, uint32_t n,
		    uint8_t msg[MSG_MAX])
{
	return msg_read_flash(r->x.region, n, (uint32_t)(r->x.offset + pos),
			      msg);
}

uint32_t address_cut(const struct part_reader *r, uint32_t n)
{
	uint64_t at = r->x.offset + r->pos;
	uint64_t limit = r->x.by_address ? address_limit(r->s, r->x.region) : 0;

	return limit > at && limit - at < n ? (uint32_t)(limit - at) : n;
}

int address_stopped(const struct part_reader *r, struct err *e)
{
	int rc;

	if (!r->s->dead)
		return 0;
	rc = err_set(e, ERR_STAGE,
		     "the loader has stopped: it was asked for what it "
		     "refuses");
	err_why(e, WHY_WRONG_REGION);
	err_hint(e, "pull the battery, then start again");
	return rc;
}

int address_refused(struct part_reader *r, uint32_t n, struct err *e)
{
	uint64_t at = r->x.offset + r->pos;
	int rc = -(int)e->code;

	if (e->code != ERR_REFUSED || (e->sys != BSL_REP_DOWN_DEST_ERROR &&
				       e->sys != BSL_REP_DOWN_SIZE_ERROR))
		return rc;
	r->s->dead = true;
	forbid(r->s, r->x.region, at);
	rc = err_set(e, ERR_REFUSED,
		     "the loader refused %u bytes at 0x%" PRIx64
		     " of region 0x%08X and has stopped",
		     n, at, r->x.region);
	err_why(e, WHY_WRONG_REGION);
	e->sys = ADDRESS_NOT_ASKED;
	err_hint(e, "pull the battery, then start again; a firmware package "
		    "(--pac) of exactly this phone tells the right sizes");
	return rc;
}

/*
 * Nothing but READ_FLASH is known to every loader of this kind.  So a fence is
 * an answer of a length that no other request has, and the fence before had
 * not either.
 */
static uint32_t fence_length(struct session *s, const struct extent *x)
{
	uint32_t n = FENCE_LEAST + FENCE_STEP * (s->fences++ % FENCE_ROUNDS);

	return n == x->length % READER_UNIT || n == x->length % 512 ? n + 2 : n;
}

static bool is_old(int rc, const struct err *e)
{
	return rc == 0 || e->code == ERR_FRAME || e->code == ERR_MISMATCH;
}

static int fence_at(struct session *s, const struct extent *x, unsigned ms,
		    struct err *e)
{
	uint8_t msg[MSG_MAX], old[BSL_READ_FLASH_MAX];
	uint32_t n = fence_length(s, x);
	size_t len = msg_read_flash(x->region, n, 0, msg);
	struct reply rep;
	int rc = s->t->ops->drain(s->t, e);

	if (rc < 0)
		return rc;
	rc = link_fetch(s->link, BSL_CMD_READ_FLASH, msg, len, ms,
			BSL_REP_READ_FLASH, old, sizeof(old), &rep, e);
	for (unsigned i = 0; i < OLD_ANSWERS; i++) {
		if (rc == 0 && rep.type == BSL_REP_READ_FLASH && rep.len == n)
			return 0;
		if (!is_old(rc, e))
			return rc;
		rc = link_collect(s->link, ms, BSL_REP_READ_FLASH, old,
				  sizeof(old), &rep, e);
	}
	return err_set(e, ERR_FRAME,
		       "the phone keeps giving other answers than were asked "
		       "for");
}

int address_fence(struct part_reader *r, unsigned ms, struct err *e)
{
	return fence_at(r->s, &r->x, ms, e);
}

bool address_answers(struct session *s, struct err *e)
{
	for (size_t i = 0; i < s->nallowed; i++) {
		const struct extent x = { .by_address = true,
					  .region = s->allowed[i].id };

		if (s->allowed[i].limit >= REGION_HEAD_SIZE)
			return fence_at(s, &x, ANSWER_MS, e) == 0;
	}
	return false;
}
