/* SPDX-License-Identifier: BSD-3-Clause */
/* reread.c - the same bytes by other requests, and where they differ. */
#include "reread.h"

#include "base/text.h"
#include "part_source.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR 512u

/* -- reading ------------------------------------------------------------- */

static bool find_extent(const struct reread *q, const struct manifest_part *p,
			struct extent *ret)
{
	const struct partition *row = ptable_find(&q->l->table, p->name);

	if (!row || row->size < p->size)
		return false;
	if (p->method == METHOD_RAW)
		return layout_raw_extent(q->l, row, ret) &&
		       ret->offset == p->raw_offset;
	if ((p->method != METHOD_BY_NAME && p->method != METHOD_BY_ADDRESS) ||
	    layout_is_first_nv(row))
		return false;
	layout_name_extent(row, ret);
	return true;
}

bool reread_may(const struct reread *q, const struct manifest_part *p)
{
	struct extent x;

	return find_extent(q, p, &x);
}

/*
 * How much to ask for next.  Two lengths by turns, so that an answer that
 * belongs to the request before has the wrong length.  Both are parts of what
 * has worked, so that the places are others than the first time, when it was
 * eight eighths and a sector less by turns; a loader that gives 4 KiB at most
 * is slow enough, and gets nearly as much each time.
 */
static size_t piece_len(const struct reread *q, unsigned turn, unsigned n)
{
	static const unsigned eighths[2][2] = { { 7, 5 }, { 6, 3 } };
	static const unsigned small[2][2] = { { 7, 6 }, { 7, 5 } };
	uint32_t chunk = reader_chunk(q->s), len;

	if (chunk <= READER_UNIT)
		len = chunk / 8 * small[turn - 1][n % 2] / SECTOR * SECTOR;
	else
		len = chunk / 8 * eighths[turn - 1][n % 2] / READER_UNIT *
		      READER_UNIT;
	return len ? len : SECTOR;
}

static int read_pieces(const struct reread *q, struct part_source *src,
		       unsigned turn, uint8_t *buf, size_t len, struct err *e)
{
	size_t done = 0;

	for (unsigned n = 0; done < len; n++) {
		struct block b = { .data = buf + done };

		b.cap = turn ? piece_len(q, turn, n) : len;
		if (b.cap > len - done)
			b.cap = len - done;
		while (b.used < b.cap)
			if (job_go_on(q->ev, e) < 0 ||
			    part_source_fill(src, &b, e) < 0)
				return -(int)e->code;
		done += b.cap;
	}
	return 0;
}

/* The other way to a raw extent, when asking for the name writes nothing. */
static bool find_by_name(const struct reread *q, const struct manifest_part *p,
			 struct extent *ret)
{
	const struct partition *row = ptable_find(&q->l->table, p->name);

	if (p->method != METHOD_RAW || q->l->names_write ||
	    layout_is_first_nv(row) || layout_is_out_of_reach(q->l, row))
		return false;
	layout_name_extent(row, ret);
	return true;
}

/* Refusals are not told one by one: they come back as ranges. */
static int read_once(struct reread *q, const struct extent *x,
		     const struct extent *by_name, unsigned turn,
		     uint64_t first, uint8_t *buf, struct manifest_part *ret,
		     struct err *e)
{
	const struct job_events ev = { .user = q->ev->user,
				       .cancelled = q->ev->cancelled };
	struct part_source src = { .policy = READ_ZERO_FILL,
				   .ev = &ev,
				   .rec = q->rec,
				   .by_name = by_name,
				   .part = ret,
				   .first = first };

	ret->nunreadable = 0;
	if (part_source_open(&src, q->s, x, e) < 0) {
		if (e->code != ERR_REFUSED)
			return -(int)e->code;
		memset(buf, 0, (size_t)x->length);
		return manifest_add_range(ret, first, x->length) ? 0
								 : err_nomem(e);
	}
	if (read_pieces(q, &src, turn, buf, (size_t)x->length, e) < 0) {
		part_source_drop(&src);
		return -(int)e->code;
	}
	return part_source_close(&src, e);
}

int reread(struct reread *q, const struct manifest_part *p, unsigned turn,
	   uint64_t offset, uint8_t *buf, size_t len, struct manifest_part *ret,
	   struct err *e)
{
	struct extent x, named;
	const struct extent *by_name;
	int rc;

	memset(ret, 0, sizeof(*ret));
	text_copy(ret->name, sizeof(ret->name), p->name);
	ret->method = p->method;
	ret->size = p->size;
	if (!find_extent(q, p, &x))
		return err_set(e, ERR_BUG, "'%s' cannot be read again",
			       p->name);
	by_name = find_by_name(q, p, &named) ? &named : NULL;
	x.offset += offset;
	x.length = named.length = len;
	named.offset = by_name ? named.offset + offset : 0;
	rc = read_once(q, &x, by_name, turn, offset, buf, ret, e);
	/* Perhaps it is the odd lengths that this loader does not give. */
	if (rc == 0 && ret->nunreadable && reader_chunk(q->s) <= READER_UNIT)
		rc = read_once(q, &x, by_name, 0, offset, buf, ret, e);
	return rc;
}

/* -- comparing ----------------------------------------------------------- */

bool part_has_gap(const struct manifest_part *p, uint64_t offset, uint64_t len)
{
	for (size_t i = 0; i < p->nunreadable; i++)
		if (p->unreadable[i].offset < offset + len &&
		    offset < p->unreadable[i].offset + p->unreadable[i].length)
			return true;
	return false;
}

static size_t sector_at(const struct diff *d, size_t at)
{
	return d->len - at < SECTOR ? d->len - at : SECTOR;
}

static bool counts(const struct diff *d, size_t at)
{
	size_t n = sector_at(d, at);

	return !part_has_gap(d->a, d->offset + at, n) &&
	       !part_has_gap(d->b, d->offset + at, n);
}

static bool is_other(const struct diff *d, size_t at)
{
	return memcmp(d->p + at, d->q + at, sector_at(d, at)) != 0 &&
	       counts(d, at);
}

bool diff_next(struct diff *d, size_t *ret_at, size_t *ret_len)
{
	/* Nearly always all is equal. */
	if (memcmp(d->p + d->at, d->q + d->at, d->len - d->at) == 0)
		d->at = d->len;
	while (d->at < d->len && !is_other(d, d->at))
		d->at += sector_at(d, d->at);
	*ret_at = d->at;
	while (d->at < d->len && is_other(d, d->at))
		d->at += sector_at(d, d->at);
	*ret_len = d->at - *ret_at;
	return *ret_len > 0;
}

uint64_t diff_compared(const struct diff *d)
{
	uint64_t sum = 0;

	if (!part_has_gap(d->a, d->offset, d->len) &&
	    !part_has_gap(d->b, d->offset, d->len))
		return d->len;
	for (size_t at = 0; at < d->len; at += sector_at(d, at))
		sum += counts(d, at) ? sector_at(d, at) : 0;
	return sum;
}
