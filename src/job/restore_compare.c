/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_compare.c - what the phone holds now, beside what it would get. */
#include "base/text.h"
#include "job/backup.h"
#include "part_source.h"
#include "reread.h"
#include "restore_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Places that a loader writes by itself when that partition was written [7.3]:
 * they never are as they were told to be.
 */
static struct manifest_range miscdata[] = { { 0x2400, 0x400 },
					    { 0x81400, 0x400 } };
static const struct manifest_part none,
	altered = { .unreadable = miscdata, .nunreadable = 2 };

/* Larger ones are left at the first difference, unless all is wanted. */
#define LOOK_WHOLE ((uint64_t)16 << 20)

struct look {
	struct restore *r;
	struct restore_item *it;
	struct part_source src;
	struct manifest_part gaps; /* what the phone does not give */
	uint64_t at;
	int behind; /* the byte behind the payload; -1 none yet, -2 several */
};

static const struct plan_item *way_to(const struct restore *r, const char *name)
{
	for (size_t i = 0; i < r->reading.n; i++)
		if (strcmp(r->reading.v[i].part->name, name) == 0)
			return &r->reading.v[i];
	return NULL;
}

static int read_step(struct look *k, size_t n, struct err *e)
{
	struct restore *r = k->r;
	struct block b = { .data = r->theirs, .cap = n };

	while (b.used < n) {
		size_t before = b.used;

		if (job_go_on(&r->ev, e) < 0 ||
		    part_source_fill(&k->src, &b, e) < 0)
			return -(int)e->code;
		if (b.used == before)
			return err_set(e, ERR_MISMATCH,
				       "'%s' ends at 0x%" PRIx64
				       " on the phone",
				       k->it->name, k->at + before);
		r->pr.done += b.used - before;
		r->pr.all_done += b.used - before;
		job_progress(&r->ev, &r->pr);
	}
	return 0;
}

static void count_range(struct restore_item *it, uint64_t from, uint64_t n)
{
	if (from >= it->length) {
		it->behind += n;
		return;
	}
	if (!it->differs)
		it->first = from;
	it->differs = true;
	it->last = from + n;
	it->differing += n;
}

/* Bytes [from, to) of this step. */
static void count_piece(struct look *k, size_t from, size_t to)
{
	struct diff d = { .p = k->r->ours + from,
			  .q = k->r->theirs + from,
			  .len = to - from,
			  .offset = k->at + from,
			  .a = strcmp(k->it->name, "miscdata") ? &none
							       : &altered,
			  .b = &none };
	size_t at, len;

	while (diff_next(&d, &at, &len))
		count_range(k->it, d.offset + at, len);
}

/* What the phone has behind the payload: is it one byte again and again? */
static void look_behind(struct look *k, const uint8_t *p, size_t n)
{
	if (n == 0)
		return;
	if (k->behind == -1)
		k->behind = p[0];
	if (k->behind != p[0] || memcmp(p, p + 1, n - 1) != 0)
		k->behind = -2;
}

static int look_at_step(struct look *k, size_t n, struct err *e)
{
	struct restore *r = k->r;
	uint64_t end = k->it->length; /* may lie inside of a sector */
	size_t cut = end <= k->at      ? 0
		     : end - k->at < n ? (size_t)(end - k->at)
				       : n;

	if (restore_source_pull(r, r->ours, n, e) < 0 ||
	    read_step(k, n, e) < 0 || sha256_add(r->hash, r->theirs, n, e) < 0)
		return -(int)e->code;
	count_piece(k, 0, cut);
	count_piece(k, cut, n);
	look_behind(k, r->theirs + cut, n - cut);
	k->at += n;
	return 0;
}

static bool is_enough(const struct look *k)
{
	return k->it->differs && !k->r->q.whole && k->it->source > LOOK_WHOLE;
}

static int look_at_bytes(struct look *k, struct err *e)
{
	struct restore_item *it = k->it;

	if (sha256_begin(k->r->hash, e) < 0)
		return -(int)e->code;
	while (k->at < it->source && !is_enough(k)) {
		uint64_t left = it->source - k->at;

		if (look_at_step(k,
				 left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE,
				 e) < 0)
			return -(int)e->code;
	}
	it->to_the_end = k->at == it->source;
	/* Builds differ in what erasing leaves there [7.3]: it is padding. */
	if (it->erased_first && (k->behind == 0 || k->behind == 0xFF))
		it->behind = 0;
	return sha256_end(k->r->hash, it->phone, e);
}

static int look(struct look *k, const struct plan_item *way, struct err *e)
{
	struct extent by_name;
	int rc;

	if (way->method == METHOD_RAW &&
	    plan_may_use_name(&k->r->layout, way)) {
		layout_name_extent(way->part, &by_name);
		k->src.by_name = &by_name;
	}
	k->gaps.method = way->method;
	rc = part_source_open(&k->src, k->r->s, &way->x, e);
	if (rc < 0)
		return rc;
	rc = restore_source_begin(k->r, k->it, e);
	if (rc == 0)
		rc = look_at_bytes(k, e);
	if (rc < 0 || k->at < k->it->size) {
		part_source_drop(&k->src);
		return rc;
	}
	return part_source_close(&k->src, e);
}

static void forget(struct restore_item *it)
{
	it->looked = it->differs = it->to_the_end = false;
	it->first = it->last = it->differing = it->behind = 0;
}

int restore_compare(struct restore *r, struct restore_item *it, struct err *e)
{
	const struct plan_item *way = way_to(r, it->name);
	struct look k = { .r = r, .it = it, .behind = -1 };
	int rc;

	forget(it);
	r->pr.done = 0;
	r->pr.total = it->source;
	k.src.policy = READ_ZERO_FILL;
	k.src.ev = &r->ev;
	k.src.rec = &r->rec;
	k.src.part = &k.gaps;
	text_copy(k.gaps.name, sizeof(k.gaps.name), it->name);
	if (!way) {
		restore_say(it, RESTORE_REFUSED,
			    "what the phone holds there cannot be read without "
			    "the loader writing, so nothing of it could be "
			    "saved");
		return 0;
	}
	/* (`it` may be a copy that ends before the next progress is told) */
	r->pr.part = way->part->name;
	if (way->x.length < it->source) {
		restore_say(it, RESTORE_REFUSED,
			    "it has %" PRIu64 " bytes on the phone, %" PRIu64
			    " in the archive",
			    way->x.length, it->source);
		return 0;
	}
	rc = look(&k, way, e);
	if (rc < 0 && e->code == ERR_REFUSED) {
		restore_say(it, RESTORE_REFUSED,
			    "the loader refuses to read it, so nothing of it "
			    "could be saved");
		rc = 0;
	} else if (rc == 0) {
		it->looked = true;
	}
	if (k.gaps.nunreadable)
		restore_say(
			it, RESTORE_REFUSED,
			"the phone does not give all of it now (at 0x%" PRIx64
			"), so the safety copy would lack that",
			k.gaps.unreadable[0].offset);
	free(k.gaps.unreadable);
	return rc < 0 ? err_context(e, "comparing '%s'", it->name) : 0;
}

int restore_read(struct restore *r, const char *name, size_t n, uint8_t **ret,
		 struct err *e)
{
	const struct plan_item *way = way_to(r, name);
	struct manifest_part gaps = { .size = n };
	struct part_source src = { .policy = READ_STOP_ON_ERROR,
				   .ev = &r->ev,
				   .rec = &r->rec,
				   .part = &gaps };
	struct block b = { .data = malloc(n), .cap = n };
	int rc;

	if (!b.data)
		return err_nomem(e);
	rc = way ? part_source_open(&src, r->s, &way->x, e)
		 : err_set(e, ERR_REFUSED, "'%s' cannot be read", name);
	if (rc == 0) {
		while (rc == 0 && b.used < n) {
			size_t before = b.used;

			rc = part_source_fill(&src, &b, e);
			if (rc == 0 && b.used == before)
				rc = err_set(e, ERR_MISMATCH,
					     "'%s' ends at 0x%zx on the phone",
					     name, before);
		}
		part_source_drop(&src);
	}
	if (rc < 0)
		free(b.data);
	else
		*ret = b.data;
	return rc;
}
