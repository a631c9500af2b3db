/* SPDX-License-Identifier: BSD-3-Clause */
/* part_source.c - what to do with bytes that the phone does not give. */
#include "part_source.h"

#include "part_gaps.h"

#include <inttypes.h>
#include <string.h>

#define TOLD_MOST 3u

static int start(struct part_source *src, uint64_t at, struct err *e)
{
	src->at = at;
	if (part_reader_open(src->s, &src->x, at, &src->reader, e) < 0)
		return -(int)e->code;
	part_reader_set_unit(src->reader, src->unit);
	return 0;
}

static void stop(struct part_source *src)
{
	if (src->reader)
		src->at = part_reader_pos(src->reader);
	part_reader_drop(src->reader);
	src->reader = NULL;
}

/*
 * After a failure in *e: 0 when the phone was lost and reading goes on where
 * it was.  A first NV copy that a loader gives by name is not begun twice:
 * that could make it write, and give other bytes [5.6].
 */
static int come_back(struct part_source *src, struct err *e)
{
	if (!src->rec || src->part->method == METHOD_NV_BY_NAME)
		return -(int)e->code;
	do {
		stop(src);
		if (job_recover(src->rec, src->part->name, e) < 0)
			return -(int)e->code;
	} while (start(src, src->at, e) < 0);
	return 0;
}

/*
 * What an earlier run was refused up to the end of a region may have hung the
 * phone, and is not asked for again.
 */
static void heed(struct part_source *src)
{
	const struct manifest_part *p = src->part;
	uint64_t end = src->x.length;

	for (size_t i = p->nunreadable; i-- > 0;) {
		const struct manifest_range *g = &p->unreadable[i];

		if (g->offset - src->first + g->length != end)
			break;
		end = g->offset - src->first;
	}
	if (end > 0 && end < src->x.length)
		reader_forbid(src->s, &src->x, end);
}

int part_source_open(struct part_source *src, struct session *s,
		     const struct extent *x, struct err *e)
{
	src->s = s;
	src->x = *x;
	src->skip_left = 0;
	src->bad_run = 0;
	src->refusals = 0;
	src->doublings = 0;
	src->unit = 0;
	src->unreadable = 0;
	src->reader = NULL;
	if (x->by_address)
		heed(src);
	return start(src, src->from, e) < 0 ? come_back(src, e) : 0;
}

static int skip(struct part_source *src, struct block *b, uint64_t n,
		struct err *e)
{
	uint64_t at = part_reader_pos(src->reader);
	size_t done = part_reader_skip(src->reader, b, n);

	src->skip_left = n - done;
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

int part_source_look(struct part_source *src, struct err *e)
{
	uint8_t head[REGION_HEAD_SIZE];
	uint64_t n =
		src->x.length < sizeof(head) ? src->x.length : sizeof(head);
	struct err why;
	int rc;

	if (!src->x.by_address || n == 0)
		return 0;
	rc = part_source_peek(src, 0, head, (uint32_t)n, e);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	why = *e;
	stop(src);
	rc = start(src, 0, e);
	if (rc == -(int)ERR_REFUSED)
		*e = why;
	return rc;
}

/*
 * Raw reading was refused here: from here on by name, if the loader gives it
 * that way.  0: done; 1: not to be had, the first way is open again and its
 * refusal is in *e as before.
 */
static int change_way(struct part_source *src, struct err *e)
{
	const struct extent *x = src->by_name;
	struct err refusal = *e;
	int rc;

	stop(src);
	rc = reader_probe(src->s, x->name, x->offset + src->at, 512, e);
	if (rc < 0)
		return rc;
	src->by_name = NULL;
	if (rc == 0) {
		rc = start(src, src->at, e);
		*e = rc < 0 ? *e : refusal;
		return rc < 0 ? rc : 1;
	}
	job_warn(src->ev, "'%s': %s; read by its name from there on",
		 src->part->name, refusal.text);
	if (src->at == 0) {
		src->part->method = METHOD_BY_NAME;
		src->part->raw_offset = 0;
	}
	src->x = *x;
	return start(src, src->at, e);
}

static int step_over(struct part_source *src, struct block *b, struct err *e)
{
	uint64_t n;

	src->bad_run++;
	tell_refusal(src, e);
	if (part_gap_measure(src, &n, e) < 0)
		return -(int)e->code;
	return skip(src, b, n, e);
}

static int stopped(struct err *e)
{
	err_hint(e,
		 "with --on-error zero, zeros are stored there, the place is "
		 "listed, and reading goes on");
	return -(int)e->code;
}

static int fill_once(struct part_source *src, struct block *b, struct err *e)
{
	size_t had = b->used;
	int rc = part_reader_fill_some(src->reader, b, e);

	if (b->used > had) {
		src->bad_run = 0;
		if (src->rec)
			job_has_read(src->rec, b->used - had);
	}
	if (rc == 0 || e->code != ERR_REFUSED)
		return rc;
	if (src->by_name) {
		rc = change_way(src, e);
		if (rc <= 0)
			return rc;
	}
	if (src->policy == READ_STOP_ON_ERROR)
		return stopped(e);
	return step_over(src, b, e);
}

int part_source_fill(struct part_source *src, struct block *b, struct err *e)
{
	if (src->skip_left)
		return skip(src, b, src->skip_left, e);
	while (fill_once(src, b, e) < 0)
		if (come_back(src, e) < 0)
			return -(int)e->code;
	return 0;
}

int part_source_peek(struct part_source *src, uint64_t at, void *buf,
		     uint32_t n, struct err *e)
{
	for (;;) {
		int rc = part_reader_peek(src->reader, at, buf, n, e);

		if (rc >= 0)
			return rc;
		if (come_back(src, e) < 0)
			return -(int)e->code;
	}
}

int part_source_close(struct part_source *src, struct err *e)
{
	struct part_reader *r = src->reader;
	int rc;

	src->reader = NULL;
	rc = part_reader_close(r, e);
	/* All of it is here; the next one needs the phone. */
	if (rc < 0 && src->rec)
		rc = job_recover(src->rec, src->part->name, e);
	return rc;
}

void part_source_drop(struct part_source *src)
{
	stop(src);
}
