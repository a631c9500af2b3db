/* SPDX-License-Identifier: BSD-3-Clause */
/* repeat.c - one piece again and again; cheap for everything that is not. */
#include "base/block.h"
#include "job/blank.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
/* Of the largest answer to READ_MIDST: what one buffer can hold. */
#define SECTORS_MAX 127u
#define HASH_SLOTS  256u
/* What comes this often is no accident and no second copy. */
#define TIMES 4u

/*
 * Two ways to repeat.  By period: a power of two, as an address that wraps
 * gives it.  By sectors: no more different ones than one answer holds, each
 * of them often; so looks what a loader gives that does not fill its buffer
 * anew, however long the single answers were.
 */
struct repeat {
	uint64_t done;
	size_t period;	/* 0: none */
	uint8_t *piece; /* the first `period` bytes */

	bool few; /* sectors are still counted */
	unsigned n, last;
	uint64_t blank; /* sectors of one repeated byte */
	uint64_t count[SECTORS_MAX];
	uint8_t slot[HASH_SLOTS]; /* 1 + index, 0: free */
	uint8_t sector[SECTORS_MAX][SECTOR];
};

struct repeat *repeat_new(void)
{
	struct repeat *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->piece = malloc(BLOCK_SIZE);
	if (!r->piece) {
		free(r);
		return NULL;
	}
	repeat_reset(r);
	return r;
}

void repeat_reset(struct repeat *r)
{
	r->done = r->blank = 0;
	r->period = 0;
	r->few = true;
	r->n = r->last = 0;
	memset(r->slot, 0, sizeof(r->slot));
}

void repeat_free(struct repeat *r)
{
	if (!r)
		return;
	free(r->piece);
	free(r);
}

/* -- by period ----------------------------------------------------------- */

/* Every byte is the one `period` before it. */
static bool has_period(const uint8_t *p, size_t n, size_t period)
{
	return n <= period || memcmp(p, p + period, n - period) == 0;
}

static size_t find_period(const uint8_t *p, size_t n)
{
	for (size_t period = SECTOR; period < n; period *= 2)
		if (has_period(p, n, period))
			return period;
	return n == BLOCK_SIZE ? n : 0;
}

static void add_to_period(struct repeat *r, const uint8_t *p, size_t n)
{
	if (r->done == 0) {
		r->period = find_period(p, n);
		memcpy(r->piece, p, r->period);
		return;
	}
	if (r->period &&
	    (memcmp(p, r->piece, n < r->period ? n : r->period) != 0 ||
	     !has_period(p, n, r->period)))
		r->period = 0;
}

/* -- by sectors ---------------------------------------------------------- */

static unsigned hash_of(const uint8_t *p)
{
	uint64_t h = 0, v;

	for (size_t i = 0; i < SECTOR; i += sizeof(v)) {
		memcpy(&v, p + i, sizeof(v));
		h = (h ^ v) * 0x9E3779B97F4A7C15U;
		h ^= h >> 32;
	}
	return (unsigned)(h % HASH_SLOTS);
}

/* Counts a sector; false when there are too many different ones. */
static bool count_sector(struct repeat *r, const uint8_t *p)
{
	unsigned at;

	if (r->n && memcmp(p, r->sector[r->last], SECTOR) == 0) {
		r->count[r->last]++;
		return true;
	}
	if (memcmp(p, p + 1, SECTOR - 1) == 0) {
		r->blank++;
		return true;
	}
	for (at = hash_of(p); r->slot[at]; at = (at + 1) % HASH_SLOTS) {
		r->last = r->slot[at] - 1u;
		if (memcmp(p, r->sector[r->last], SECTOR) == 0) {
			r->count[r->last]++;
			return true;
		}
	}
	if (r->n == SECTORS_MAX)
		return false;
	memcpy(r->sector[r->n], p, SECTOR);
	r->count[r->n] = 1;
	r->last = r->n++;
	r->slot[at] = (uint8_t)r->n;
	return true;
}

void repeat_add(struct repeat *r, const uint8_t *p, size_t n)
{
	add_to_period(r, p, n);
	for (size_t i = 0; r->few && i + SECTOR <= n; i += SECTOR)
		r->few = count_sector(r, p + i);
	r->done += n;
}

/* Each often, and together not lost in blank space. */
static bool has_few_sectors(const struct repeat *r)
{
	uint64_t sum = 0;

	if (!r->few || r->n == 0)
		return false;
	for (unsigned i = 0; i < r->n; i++) {
		if (r->count[i] < TIMES)
			return false;
		sum += r->count[i];
	}
	return sum >= r->blank;
}

bool repeat_may_be(const struct repeat *r)
{
	return r->period || r->few;
}

bool repeat_is(const struct repeat *r)
{
	return (r->period && r->done >= TIMES * (uint64_t)r->period) ||
	       has_few_sectors(r);
}
