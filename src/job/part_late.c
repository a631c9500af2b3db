/* SPDX-License-Identifier: BSD-3-Clause */
/* part_late.c - unreadable ranges once more, when all else has been read. */
#include "part_late.h"

#include "part_gaps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Room for @n more bytes at the end of the last piece.  It doubles: a loader
 * may give a long tail one sector at a time. */
static int make_room(struct part_late *l, struct archive_patch *last, size_t n,
		     struct err *e)
{
	size_t cap = last->len + n;
	void *grown;

	if (cap <= l->cap)
		return 0;
	if (cap < 2 * last->len)
		cap = 2 * last->len;
	grown = realloc((void *)(uintptr_t)last->data, cap);
	if (!grown)
		return err_nomem(e);
	last->data = grown;
	l->cap = cap;
	return 0;
}

/* One piece for what follows each other. */
static int keep(struct part_late *l, uint64_t at, const void *p, size_t n,
		struct err *e)
{
	struct archive_patch *last = l->n ? &l->v[l->n - 1] : NULL;

	if (!last || last->offset + last->len != at) {
		void *more = realloc(l->v, (l->n + 1) * sizeof(*l->v));

		if (!more)
			return err_nomem(e);
		l->v = more;
		last = &l->v[l->n++];
		memset(last, 0, sizeof(*last));
		last->offset = at;
		l->cap = 0;
	}
	if (make_room(l, last, n, e) < 0)
		return -(int)e->code;
	memcpy((uint8_t *)(uintptr_t)last->data + last->len, p, n);
	last->len += n;
	l->bytes += n;
	return 0;
}

static int leave(struct part_source *src, struct part_late *l, uint64_t at,
		 uint64_t n, struct err *e)
{
	if (n && !manifest_add_range(&l->left, src->first + at, n))
		return err_nomem(e);
	return 0;
}

static int one_more_try(struct part_source *src, struct part_late *l,
			uint64_t at, uint32_t n, struct err *e)
{
	uint8_t buf[READER_UNIT];
	int rc = job_go_on(src->ev, e);

	if (rc == 0)
		rc = part_source_peek(src, at, buf, n, e);
	if (rc > 0 && keep(l, at, buf, (size_t)rc, e) < 0)
		return -(int)e->code;
	return rc;
}

static int try_range(struct part_source *src, struct part_late *l, uint64_t at,
		     uint64_t end, struct err *e)
{
	uint32_t unit = part_reader_unit(src->reader);
	bool is_long = end - at > (uint64_t)PART_GAP_PATIENCE * unit;

	if (unit > READER_UNIT)
		unit = READER_UNIT;
	while (at < end && l->bytes < PART_LATE_MAX) {
		uint64_t n = unit - (src->x.offset + at) % unit;
		int rc;

		if (n > end - at)
			n = end - at;
		rc = one_more_try(src, l, at, (uint32_t)n, e);
		if (rc < 0)
			return rc;
		if (rc == 0 && is_long)
			break;
		if (rc == 0 && leave(src, l, at, n, e) < 0)
			return -(int)e->code;
		at += rc ? (uint64_t)rc : n;
	}
	return leave(src, l, at, end - at, e);
}

int part_late_read(struct part_source *src, struct part_late *ret,
		   struct err *e)
{
	const struct manifest_part *p = src->part;
	struct part_late l = { .n = 0 };

	/* What a loader gives by name for these it may give otherwise now. */
	for (size_t i = 0; p->method != METHOD_NV_BY_NAME && i < p->nunreadable;
	     i++) {
		uint64_t at = p->unreadable[i].offset - src->first;

		if (try_range(src, &l, at, at + p->unreadable[i].length, e) <
		    0) {
			part_late_free(&l);
			return -(int)e->code;
		}
	}
	*ret = l;
	return 0;
}

void part_late_adopt(struct part_source *src, struct part_late *l)
{
	struct manifest_part *p = src->part;

	if (l->n == 0)
		return;
	job_note(src->ev,
		 "'%s': %" PRIu64 " bytes that were refused at first could be "
		 "read at the end",
		 p->name, l->bytes);
	free(p->unreadable);
	p->unreadable = l->left.unreadable;
	p->nunreadable = l->left.nunreadable;
	l->left.unreadable = NULL;
	src->unreadable -= l->bytes;
}

void part_late_free(struct part_late *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->v[i].data);
	free(l->v);
	free(l->left.unreadable);
	memset(l, 0, sizeof(*l));
}
