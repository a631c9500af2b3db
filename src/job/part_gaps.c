/* SPDX-License-Identifier: BSD-3-Clause */
/* part_gaps.c - the edges of what cannot be read. */
#include "part_gaps.h"

#include <inttypes.h>

/*
 * A partition that is full of defects is not walked for hours: after so many
 * refusals the unit doubles, each time.
 */
#define COARSER_AFTER 1024u
#define UNIT_MAX      (1u << 30)

static uint32_t unit_now(struct part_source *src)
{
	uint32_t unit = part_reader_unit(src->reader);

	if (src->refusals / COARSER_AFTER <= src->doublings || unit >= UNIT_MAX)
		return unit;
	src->doublings++;
	src->unit = 2 * unit;
	part_reader_set_unit(src->reader, src->unit);
	job_warn(src->ev,
		 "'%s': %u places were refused; from here on in steps of "
		 "%" PRIu32 " bytes",
		 src->part->name, src->refusals, src->unit);
	return src->unit;
}

/* Is there anything at this place? */
static int look(struct part_source *src, uint64_t at, uint32_t unit,
		struct err *e)
{
	uint64_t left = src->x.length - at;
	uint32_t n = unit < READER_UNIT ? unit : READER_UNIT;
	uint8_t buf[READER_UNIT];
	int rc = job_go_on(src->ev, e);

	if (rc == 0)
		rc = part_source_peek(src, at, buf,
				      n < left ? n : (uint32_t)left, e);
	src->refusals += rc == 0;
	return rc;
}

/* The good place found first by growing steps; x.length when there is none. */
static int gallop(struct part_source *src, uint64_t from, uint32_t unit,
		  uint64_t *ret_bad, uint64_t *ret_good, struct err *e)
{
	uint64_t length = src->x.length, last = length - 1;
	uint64_t at = from, step = unit;
	int rc;

	last -= (src->x.offset + last) % unit;
	*ret_bad = from - unit;
	*ret_good = length;
	while (at < length) {
		rc = look(src, at, unit, e);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			*ret_good = at;
			return 0;
		}
		*ret_bad = at;
		if (at == last)
			break;
		at = step < last - at ? at + step : last;
		step *= 2;
	}
	return 0;
}

/*
 * From `from` on, which is a border of units behind refused ones: the first
 * good one.  A good stretch is found if it is as long as the bad one before.
 */
static int find_good(struct part_source *src, uint64_t from, uint32_t unit,
		     uint64_t *ret, struct err *e)
{
	uint64_t bad, good;

	if (gallop(src, from, unit, &bad, &good, e) < 0)
		return -(int)e->code;
	/* bad may lie one unit before the extent; differences still hold. */
	while (good < src->x.length && good - bad > unit) {
		uint64_t middle = bad + (good - bad) / unit / 2 * unit;
		int rc = look(src, middle, unit, e);

		if (rc < 0)
			return rc;
		if (rc > 0)
			good = middle;
		else
			bad = middle;
	}
	*ret = good;
	return 0;
}

int part_gap_measure(struct part_source *src, uint64_t *ret, struct err *e)
{
	uint64_t at = part_reader_pos(src->reader), end;
	uint32_t unit = unit_now(src);

	end = at + unit - (src->x.offset + at) % unit;
	if (src->bad_run > PART_GAP_PATIENCE && end < src->x.length &&
	    find_good(src, end, unit, &end, e) < 0)
		return -(int)e->code;
	if (src->bad_run > PART_GAP_PATIENCE && end >= src->x.length)
		job_warn(src->ev,
			 "'%s': nothing from 0x%" PRIx64
			 " on can be read; the rest is left out",
			 src->part->name, src->first + at);
	*ret = (end < src->x.length ? end : src->x.length) - at;
	return 0;
}
