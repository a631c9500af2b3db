/* SPDX-License-Identifier: BSD-3-Clause */
/* part_source.c - what to do with bytes that the phone does not give. */
#include "part_source.h"

#include <inttypes.h>

#define CHUNKS_PER_FILL 8u
/*
 * Refusals in a row before the steps grow: a defect of the flash is small; a
 * phone that refuses everything is not walked for hours.
 */
#define PATIENCE  16u
#define GIVE_UP	  32u
#define TOLD_MOST 3u

int part_source_open(struct part_source *src, struct session *s,
		     const struct extent *x, struct err *e)
{
	src->s = s;
	src->x = *x;
	src->skip_left = 0;
	src->bad_run = 0;
	src->refusals = 0;
	src->unreadable = 0;
	return part_reader_open(s, x, 0, &src->reader, e);
}

/* How far to go on after a refusal: small steps, then growing, then all. */
static uint64_t step_over(const struct part_source *src)
{
	if (src->bad_run > GIVE_UP)
		return UINT64_MAX;
	if (src->bad_run > PATIENCE)
		return (uint64_t)READER_UNIT << (src->bad_run - PATIENCE);
	return READER_UNIT - part_reader_pos(src->reader) % READER_UNIT;
}

static int skip(struct part_source *src, struct block *b, uint64_t n,
		struct err *e)
{
	uint64_t at = part_reader_pos(src->reader);
	size_t done = part_reader_skip(src->reader, b, n);

	src->skip_left = n == UINT64_MAX ? n : n - done;
	src->unreadable += done;
	if (done && !manifest_add_range(src->part, src->first + at, done))
		return err_nomem(e);
	return 0;
}

/* All ranges are listed in the end; here only that it happens, and why. */
static void tell_refusal(struct part_source *src, const struct err *e)
{
	src->refusals++;
	if (src->refusals <= TOLD_MOST)
		job_warn(src->ev, "'%s': %s", src->part->name, e->text);
	if (src->refusals == TOLD_MOST)
		job_warn(src->ev, "'%s': further refusals are only counted",
			 src->part->name);
}

/*
 * Raw reading was refused here: from here on by name, if the loader gives it
 * that way.  0: done; 1: not to be had, the first way is open again and its
 * refusal is in *e as before.
 */
static int change_way(struct part_source *src, struct err *e)
{
	const struct extent *x = src->by_name;
	uint64_t at = part_reader_pos(src->reader);
	struct err refusal = *e;
	int rc;

	src->by_name = NULL;
	part_reader_drop(src->reader);
	src->reader = NULL;
	rc = reader_probe(src->s, x->name, x->offset + at, 512, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		rc = part_reader_open(src->s, &src->x, at, &src->reader, e);
		*e = rc < 0 ? *e : refusal;
		return rc < 0 ? rc : 1;
	}
	job_warn(src->ev, "'%s': %s; read by its name from there on",
		 src->part->name, refusal.text);
	if (at == 0) {
		src->part->method = METHOD_BY_NAME;
		src->part->raw_offset = 0;
	}
	return part_reader_open(src->s, x, at, &src->reader, e);
}

int part_source_fill(struct part_source *src, struct block *b, struct err *e)
{
	size_t step = (size_t)reader_chunk(src->s) * CHUNKS_PER_FILL;
	struct block view = *b;
	int rc;

	if (src->skip_left)
		return skip(src, b, src->skip_left, e);
	if (step < READER_UNIT)
		step = READER_UNIT;
	if (view.cap - view.used > step && !reader_is_ahead(src->s))
		view.cap = view.used + step;
	rc = part_reader_fill(src->reader, &view, e);
	if (view.used > b->used)
		src->bad_run = 0;
	b->used = view.used;
	b->offset = view.offset;
	if (rc == 0)
		return 0;
	if (e->code != ERR_REFUSED || src->policy == READ_STOP_ON_ERROR)
		return rc;
	if (src->by_name) {
		rc = change_way(src, e);
		if (rc <= 0)
			return rc;
	}
	src->bad_run++;
	tell_refusal(src, e);
	if (src->bad_run == GIVE_UP + 1)
		job_warn(src->ev,
			 "'%s': nothing from 0x%" PRIx64
			 " on can be read; the rest is left out",
			 src->part->name, part_reader_pos(src->reader));
	return skip(src, b, step_over(src), e);
}

int part_source_close(struct part_source *src, struct err *e)
{
	struct part_reader *r = src->reader;

	src->reader = NULL;
	return part_reader_close(r, e);
}

void part_source_drop(struct part_source *src)
{
	part_reader_drop(src->reader);
	src->reader = NULL;
}
