/* SPDX-License-Identifier: BSD-3-Clause */
/* chunk.c - how many bytes to ask for at a time; docs/protocol.md 5.3. */
#include "bsl/proto.h"
#include "device/reader.h"
#include "internal.h"

/* Sectors of both kinds divide it, so that no chunk ends inside one. */
#define CHUNK_STEP  0x1000u
#define CHUNK_LEAST 0x200u /* smaller ones no loader is known to want */
#define SMALL	    0x800u /* a page of some flash; less some may not give */
#define STRIKES	    3u	   /* then it is the size, and not the line */

void chunk_init(struct chunk_state *c, uint32_t cap)
{
	c->cap = cap;
	c->now = cap < READER_UNIT ? cap : READER_UNIT;
	c->proven = 0;
	c->doubt = 0;
	c->small = SMALL_UNKNOWN;
}

/*
 * A loader that says nothing of itself (no DA_INFO) is an old one, or sits on
 * a serial line: its buffers are small and a request too large may hang it.
 */
uint32_t chunk_cap(const struct session *s)
{
	const struct profile *p = s->opt.profile;
	uint32_t limit =
		s->info.escaping ? BSL_READ_MAX_ESCAPED : BSL_READ_MAX_PLAIN;
	uint32_t cap;

	if (session_has_quirk(s, QUIRK_READ_BY_ADDRESS))
		limit = BSL_READ_FLASH_MAX;
	if (s->opt.chunk_max)
		return s->opt.chunk_max < limit ? s->opt.chunk_max : limit;
	if (s->info.da.form <= DA_BARE)
		cap = p && p->read_chunk ? p->read_chunk : READER_UNIT;
	else if (s->info.escaping) /* whole sectors of either kind */
		cap = BSL_READ_MAX_ESCAPED / CHUNK_STEP * CHUNK_STEP;
	else if (s->info.storage == STORAGE_UFS)
		cap = BSL_READ_PLAIN_UFS;
	else
		cap = BSL_READ_PLAIN_EMMC;
	return cap < limit ? cap : limit;
}

static uint32_t next_of(const struct session *s, const struct chunk_state *c)
{
	uint32_t sector = session_sector(s);

	if (c->odd && c->now > sector && c->now <= c->proven)
		return c->now - sector;
	return c->now;
}

uint32_t chunk_next(const struct session *s)
{
	return next_of(s, &s->chunk);
}

uint32_t chunk_after(const struct session *s, uint32_t n)
{
	struct chunk_state after = s->chunk;

	if (after.now > after.proven)
		return 0;
	chunk_worked(&after, n);
	return after.now > after.proven ? 0 : next_of(s, &after);
}

uint32_t chunk_fit(const struct session *s, uint64_t n, uint64_t left)
{
	uint32_t sector = session_sector(s);
	uint64_t half = (left / 2 + sector - 1) / sector * sector;

	if (left <= n)
		return (uint32_t)left;
	if (left - n >= n / 2 || n > s->chunk.proven)
		return (uint32_t)n;
	if (half == left - half && half - sector >= SMALL)
		half += sector;
	return (uint32_t)(half < n ? half : n);
}

void chunk_worked(struct chunk_state *c, uint32_t n)
{
	c->odd = !c->odd;
	if (n < c->now)
		return; /* the last piece of something; proves nothing */
	if (n > c->proven)
		c->proven = n;
	if (c->now < c->cap)
		c->now = c->cap / 2 < c->now ? c->cap : 2 * c->now;
}

bool chunk_failed(struct chunk_state *c, uint32_t n, bool size_error)
{
	uint32_t least = size_error ? CHUNK_LEAST : READER_UNIT;

	if (n <= c->proven || n <= least)
		return false;
	c->cap = c->proven ? c->proven : n / 2 / CHUNK_LEAST * CHUNK_LEAST;
	if (c->cap < least)
		c->cap = least;
	c->now = c->cap;
	return true;
}

bool chunk_spoilt(struct chunk_state *c, uint32_t n)
{
	uint32_t cap = c->cap;

	if (!chunk_failed(c, n, false))
		return false;
	c->strikes = n == c->struck ? c->strikes + 1 : 1;
	c->struck = n;
	if (c->strikes < STRIKES)
		c->cap = cap;
	return true;
}

void chunk_killed(struct chunk_state *c, uint32_t n)
{
	uint32_t half = n / 2 / CHUNK_STEP * CHUNK_STEP;

	if (n <= READER_UNIT)
		return;
	if (half < READER_UNIT)
		half = READER_UNIT;
	if (c->cap > half)
		c->cap = half;
	if (c->proven > c->cap)
		c->proven = c->cap;
	if (c->now > c->cap)
		c->now = c->cap;
	c->doubt = 0;
}

void chunk_acquit(struct chunk_state *c)
{
	if (c->doubt > c->cap)
		c->cap = c->doubt;
	c->doubt = 0;
}

uint32_t reader_chunk(const struct session *s)
{
	return s->chunk.proven;
}
