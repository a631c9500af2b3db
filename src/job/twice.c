/* SPDX-License-Identifier: BSD-3-Clause */
/* twice.c - second readings, and votes of three. */
#include "twice.h"

#include "resume.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR	  512u
#define TOLD_MOST 8u /* places of one partition, by name */

struct twice {
	struct reread *q;
	struct archive_writer *w;
	struct manifest *m;
	struct manifest_part *p;
	const char *member;
	uint8_t *stored, *second, *third;
	unsigned told;
	uint64_t lost; /* bytes that no two readings agree on */
	struct manifest_part gaps, gaps3; /* of the second and third reading */
};

static int warn(struct twice *t, struct err *e, const char *fmt, ...)
	PRINTF(3, 4) MUST_CHECK;
static int warn(struct twice *t, struct err *e, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	job_warn(t->q->ev, "%s", text);
	manifest_add_warning(t->m, text);
	return resume_note_warning(t->w, text, e);
}

/*
 * The stored bytes, the second and the third reading of some sectors.  Leaves
 * in `stored` what is to be stored; false: none of the three is to be trusted.
 */
static bool vote(struct twice *t, uint64_t offset, size_t at, size_t n)
{
	uint8_t *stored = t->stored + at;

	if (part_has_gap(&t->gaps3, offset + at, n))
		return false;
	if (memcmp(stored, t->third + at, n) == 0)
		return true;
	if (memcmp(t->second + at, t->third + at, n) != 0)
		return false;
	memcpy(stored, t->third + at, n);
	return true;
}

/* Of a run of len bytes that differed, `lost` are lost. */
static int tell_run(struct twice *t, uint64_t at, uint64_t len, uint64_t lost,
		    struct err *e)
{
	if (t->told++ == TOLD_MOST)
		return warn(t, e,
			    "'%s': further places that differ are only "
			    "counted",
			    t->p->name);
	if (t->told > TOLD_MOST)
		return 0;
	if (lost == 0)
		return warn(t, e,
			    "'%s': %" PRIu64 " bytes at 0x%" PRIx64
			    " came differently the second time; what two of "
			    "three readings agree on is stored",
			    t->p->name, len, at);
	return warn(t, e,
		    "'%s': of %" PRIu64 " bytes at 0x%" PRIx64 " %" PRIu64
		    " came differently each of three times; zeros "
		    "stand in their place",
		    t->p->name, len, at, lost);
}

/* One run that differs, sector by sector, told in as few lines as possible. */
static int settle(struct twice *t, uint64_t offset, size_t at, size_t len,
		  struct err *e)
{
	uint64_t lost = 0;

	for (size_t i = at; i < at + len; i += SECTOR) {
		size_t n = at + len - i < SECTOR ? at + len - i : SECTOR;

		if (vote(t, offset, i, n))
			continue;
		memset(t->stored + i, 0, n);
		lost += n;
		if (!manifest_add_range(t->p, offset + i, n))
			return err_nomem(e);
	}
	if (tell_run(t, offset + at, len, lost, e) < 0)
		return -(int)e->code;
	t->p->outvoted += len - lost;
	t->lost += lost;
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct manifest_range *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* What the votes have added stands behind what was refused before. */
static void sort_ranges(struct manifest_part *p)
{
	size_t n = 0;

	if (p->nunreadable < 2)
		return;
	qsort(p->unreadable, p->nunreadable, sizeof(*p->unreadable), by_offset);
	for (size_t i = 1; i < p->nunreadable; i++) {
		struct manifest_range *last = &p->unreadable[n];

		if (last->offset + last->length == p->unreadable[i].offset)
			last->length += p->unreadable[i].length;
		else
			p->unreadable[++n] = p->unreadable[i];
	}
	p->nunreadable = n + 1;
}

static int settle_block(struct twice *t, struct diff *d, struct err *e)
{
	struct archive_patch patch = { d->offset, t->stored, d->len };
	const struct block b = { .data = t->stored,
				 .used = d->len,
				 .offset = d->offset };
	size_t at, n;
	int rc = reread(t->q, t->p, 2, d->offset, t->third, d->len, &t->gaps3,
			e);

	d->at = 0;
	while (rc == 0 && diff_next(d, &at, &n))
		rc = settle(t, d->offset, at, n, e);
	free(t->gaps3.unreadable);
	if (rc < 0)
		return rc;
	sort_ranges(t->p);
	/* The reason of zeros is known before they are there. */
	if (resume_note_block(t->w, t->member, t->p, &b, e) < 0)
		return -(int)e->code;
	return archive_mend(t->w, &patch, 1, e);
}

static int check_block(struct twice *t, uint64_t block, struct err *e)
{
	struct diff d = { .p = t->stored,
			  .q = t->second,
			  .offset = block * BLOCK_SIZE,
			  .a = &t->gaps,
			  .b = t->p };
	uint64_t compared, lost = t->lost;
	size_t at, n;
	int rc;

	if (archive_read_back(t->w, NULL, block, t->stored, &d.len, e) < 0)
		return -(int)e->code;
	rc = reread(t->q, t->p, 1, d.offset, t->second, d.len, &t->gaps, e);
	compared = rc == 0 ? diff_compared(&d) : 0;
	if (rc == 0 && diff_next(&d, &at, &n))
		rc = settle_block(t, &d, e);
	t->p->confirmed += compared - (t->lost - lost);
	free(t->gaps.unreadable);
	return rc;
}

/* -- all blocks ---------------------------------------------------------- */

static int check_blocks(struct twice *t, struct err *e)
{
	uint64_t gaps = 0;
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i * BLOCK_SIZE < t->p->size; i++)
		rc = check_block(t, i, e);
	for (size_t i = 0; i < t->p->nunreadable; i++)
		gaps += t->p->unreadable[i].length;
	if (rc == 0 && t->p->confirmed + gaps < t->p->size)
		rc = warn(t, e,
			  "'%s': %" PRIu64 " bytes were refused the "
			  "second time and rest on one reading",
			  t->p->name, t->p->size - gaps - t->p->confirmed);
	return rc;
}

/* A loader that was caught once is not believed again. */
static bool was_caught(const struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++)
		if (m->parts[i].outvoted)
			return true;
	return false;
}

int job_read_twice(struct reread *q, struct archive_writer *w,
		   const struct plan_item *it, struct manifest *m,
		   struct manifest_part *p, struct err *e)
{
	struct twice t = {
		.q = q, .w = w, .m = m, .p = p, .member = it->member
	};
	int rc;

	p->confirmed = p->outvoted = 0;
	if ((!it->class->twice && !it->bare_nand && !was_caught(m)) ||
	    !archive_can_mend(w) || !reread_may(q, p))
		return 0;
	t.stored = malloc(BLOCK_SIZE);
	t.second = malloc(BLOCK_SIZE);
	t.third = malloc(BLOCK_SIZE);
	rc = t.stored && t.second && t.third ? check_blocks(&t, e)
					     : err_nomem(e);
	free(t.stored);
	free(t.second);
	free(t.third);
	return rc < 0 ? err_context(e, "the second reading") : 0;
}
