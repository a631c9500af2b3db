/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * store.c - plan x reader > archive, one partition after the other: the one
 * place that knows both ends.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "part_late.h"
#include "run.h"
#include "twice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFUSED "the loader refused to read it"

/* What came on a second try takes its place in the member. */
static int store_late(struct run *r, struct part_source *src, struct err *e)
{
	struct part_late l;

	if (src->unreadable == 0 || !archive_can_mend(r->w))
		return 0;
	if (part_late_read(src, &l, e) < 0)
		return -(int)e->code;
	if (l.n && archive_mend(r->w, l.v, l.n, e) < 0)
		job_warn(r->ev,
			 "'%s': what came on a second try could not be put in "
			 "its place and stays zeros: %s",
			 src->part->name, e->text);
	else
		part_late_adopt(src, &l);
	part_late_free(&l);
	return 0;
}

static int store_blocks(struct run *r, const struct plan_item *it,
			struct part_source *src, struct job_progress *pr,
			struct err *e)
{
	uint64_t before = pr->all_done;
	struct err later;

	while (pr->done < pr->total) {
		struct block *b;
		int rc = archive_get(r->w, &b, e);

		if (rc < 0)
			return rc;
		while (b->used < b->cap && pr->done < pr->total) {
			rc = job_go_on(r->ev, e);
			if (rc == 0)
				rc = part_source_fill(src, b, e);
			if (rc < 0) {
				b->used = 0;
				/* The first failure is the one to tell. */
				if (archive_put(r->w, b, &later) < 0)
					later.code = ERR_NONE;
				return rc;
			}
			pr->done = b->offset + b->used;
			pr->all_done = before + pr->done;
			job_progress(r->ev, pr);
		}
		content_look_at(&r->look, b->data, b->used, b->offset,
				pr->total);
		rc = resume_note_block(r->w, it->member, src->part, b, e);
		if (rc < 0)
			b->used = 0;
		if (archive_put(r->w, b, rc < 0 ? &later : e) < 0 || rc < 0)
			return -(int)e->code;
		r->totals->reached = pr->all_done;
	}
	return store_late(r, src, e);
}

void run_describe_part(const struct plan_item *it, struct manifest_part *p)
{
	memcpy(p->name, it->part->name, sizeof(p->name));
	p->method = it->method;
	p->raw_offset = it->method == METHOD_RAW ? it->x.offset : 0;
	p->size_probed = it->part->probed;
	p->region = it->part->region;
	text_copy(p->size_from, sizeof(p->size_from),
		  region_size_name(it->part->size_from));
	if (it->bare_nand)
		text_copy(p->doubt, sizeof(p->doubt), "raw-nand");
	text_copy(p->class, sizeof(p->class), it->class->name);
	p->private_ = it->class->private_;
}

static uint64_t unreadable_bytes(const struct manifest_part *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->nunreadable; i++)
		sum += p->unreadable[i].length;
	return sum;
}

/* One more partition is in the archive; `before` bytes of it were already. */
static void count_part(struct run *r, const struct manifest_part *part,
		       uint64_t before)
{
	uint64_t unreadable = unreadable_bytes(part);

	r->totals->bytes += part->size - before;
	r->totals->resumed += before;
	r->totals->unreadable += unreadable;
	r->totals->parts++;
	if (unreadable)
		r->m->complete = false;
	if (r->ev->part_done)
		r->ev->part_done(r->ev->user, part);
}

/* What came later than the rest of its block, or was outvoted, was not seen. */
static int look_again(struct run *r, uint64_t size, struct err *e)
{
	CLEANUP(file_freep) uint8_t *buf = malloc(BLOCK_SIZE);
	uint64_t at = 0;
	size_t n;

	if (!buf)
		return err_nomem(e);
	do {
		if (job_go_on(r->ev, e) < 0 ||
		    archive_read_back(r->w, NULL, at / BLOCK_SIZE, buf, &n, e) <
			    0)
			return -(int)e->code;
		content_look_at(&r->look, buf, n, at, size);
		at += n;
	} while (at < size && !content_look_is_settled(&r->look));
	return 0;
}

/*
 * A loader that gives one buffer again and again is known by what was read
 * first; where no two readings agreed there are zeros now, which would hide it.
 */
static bool stays_repeated(const struct run *r, const struct manifest_part *p)
{
	return p->nunreadable &&
	       strcmp(content_look_name(&r->look), "repeated") == 0;
}

static int name_content(struct run *r, struct manifest_part *part,
			struct err *e)
{
	if (part->size == 0)
		return 0;
	if (archive_was_mended(r->w) && !stays_repeated(r, part) &&
	    look_again(r, part->size, e) < 0)
		return -(int)e->code;
	text_copy(part->content, sizeof(part->content),
		  content_look_name(&r->look));
	part->payload = r->look.uniform ? 0 : r->look.content.payload;
	return 0;
}

/* All blocks are stored: what is to be said of them, and the digest. */
static int end_part(struct run *r, const struct plan_item *it,
		    struct manifest_part *part, uint64_t started, struct err *e)
{
	struct reread again = { r->s, &r->layout, r->ev, &r->rec };

	part->seconds = (double)(clock_ms() - started) / 1000;
	part->size = it->part->size;
	if (job_read_twice(&again, r->w, it, r->m, part, e) < 0 ||
	    name_content(r, part, e) < 0 ||
	    resume_note_part(r->w, it->member, part, e) < 0)
		return -(int)e->code;
	return archive_end(r->w, part, e);
}

static int open_source(struct run *r, const struct plan_item *it,
		       const struct extent *by_name, struct part_source *src,
		       struct err *e)
{
	bool changed = src->part->method != it->method;
	int rc;

	if (it->method == METHOD_RAW && plan_may_use_name(&r->layout, it) &&
	    !changed)
		src->by_name = by_name;
	rc = part_source_open(src, r->s, changed ? by_name : &it->x, e);
	src->unreadable = unreadable_bytes(src->part);
	return rc < 0 || r->begun ? rc : part_source_look(src, e);
}

static int store_part(struct run *r, const struct plan_item *it,
		      struct job_progress *pr, struct err *e)
{
	struct manifest_part *part = manifest_add_part(r->m);
	struct part_source src = { .policy = r->q->policy,
				   .ev = r->ev,
				   .rec = &r->rec };
	struct extent by_name;
	uint64_t started = clock_ms();
	int rc;

	r->begun = false;
	if (!part)
		return err_nomem(e);
	run_describe_part(it, part);
	r->begun = resume_goes_on(&r->re, it->member, part);
	src.from = r->begun ? r->re.position : 0;
	src.part = part;
	pr->part = part->name;
	pr->done = src.from;
	pr->total = it->part->size;
	layout_name_extent(it->part, &by_name);
	rc = open_source(r, it, &by_name, &src, e);
	if (rc < 0) {
		manifest_drop_part(r->m);
		return rc;
	}
	if (!r->begun)
		rc = archive_begin(r->w, it->member, it->part->size, e);
	r->begun = true;
	if (rc == 0)
		rc = store_blocks(r, it, &src, pr, e);
	if (rc < 0) {
		part_source_drop(&src);
		manifest_drop_part(r->m);
		return rc;
	}
	rc = part_source_close(&src, e);
	if (rc == 0)
		rc = end_part(r, it, part, started, e);
	if (rc < 0)
		manifest_drop_part(r->m);
	else
		count_part(r, part, src.from);
	return rc;
}

static const char *not_in_it(const char *name, char out[128])
{
	snprintf(out, 128, "'%s' is not in the backup: ", name);
	return out;
}

/* Refused in an earlier run, and worth another try when all else is there. */
static bool is_put_off(const struct run *r, const struct plan_item *it)
{
	/* What was asked for there has hung the loader [5.4]. */
	return !it->part->by_address && resume_left_out(&r->re, it->part->name);
}

/* 1: an earlier run has dealt with it. */
static int is_done(struct run *r, const struct plan_item *it,
		   struct job_progress *pr, struct err *e)
{
	int rc = resume_took(&r->re, it->member, r->m, e);
	char begin[128];

	if (rc < 0)
		return rc;
	if (rc > 0) {
		pr->all_done += it->part->size;
		count_part(r, &r->m->parts[r->m->nparts - 1], it->part->size);
		manifest_drop_warnings(r->m, not_in_it(it->part->name, begin));
		return 1;
	}
	if (!it->part->by_address || !resume_left_out(&r->re, it->part->name))
		return 0;
	pr->all_done += it->part->size;
	r->m->complete = false;
	if (run_omit(r, it->part, REFUSED) < 0)
		return err_nomem(e);
	return 1;
}

/* A partition that the loader does not open at all is told, not fatal. */
static int store_or_omit(struct run *r, const struct plan_item *it,
			 struct job_progress *pr, struct err *e)
{
	uint64_t all = pr->all_done;
	char begin[128], text[512];
	int rc = store_part(r, it, pr, e);

	manifest_drop_warnings(r->m, not_in_it(it->part->name, begin));
	if (rc == 0)
		return 0;
	if (e->code != ERR_REFUSED || r->q->policy == READ_STOP_ON_ERROR ||
	    r->begun)
		return err_context(e, "backing up '%s'", it->part->name);
	snprintf(text, sizeof(text), "%s%s", begin, e->text);
	run_warn(r, text);
	r->m->complete = false;
	pr->all_done = all + it->part->size;
	if (run_omit(r, it->part, REFUSED) < 0)
		return err_nomem(e);
	return resume_note_left_out(r->w, it->part->name, e);
}

static bool is_stored(const struct manifest *m, const char *member)
{
	for (size_t i = 0; i < m->nparts; i++)
		if (strcmp(m->parts[i].member, member) == 0)
			return true;
	return false;
}

/* Begun with in the run before. */
static bool is_open(const struct run *r, const struct plan_item *it)
{
	const struct manifest *old = &r->re.old;

	return r->re.open &&
	       strcmp(old->parts[old->nparts - 1].member, it->member) == 0;
}

/* Behind all others; of these first the one whose member is open. */
static int store_put_off(struct run *r, struct job_progress *pr, struct err *e)
{
	for (size_t i = 0; i < 2 * r->plan.n; i++) {
		const struct plan_item *it = &r->plan.v[i % r->plan.n];
		bool open = is_open(r, it);

		if (!is_put_off(r, it) || is_stored(r->m, it->member) ||
		    (i < r->plan.n && !open))
			continue;
		if (!open)
			job_note(r->ev,
				 "'%s' was refused before: it is tried again",
				 it->part->name);
		pr->number = i % r->plan.n + 1;
		if (store_or_omit(r, it, pr, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

int run_store_parts(struct run *r, struct err *e)
{
	struct job_progress pr = { .count = r->plan.n,
				   .all_total = r->plan.bytes };

	for (size_t i = 0; i < r->plan.n; i++) {
		const struct plan_item *it = &r->plan.v[i];
		int rc = is_done(r, it, &pr, e);

		pr.number = i + 1;
		if (rc == 0 && !is_put_off(r, it))
			rc = store_or_omit(r, it, &pr, e);
		if (rc < 0)
			return rc;
	}
	if (store_put_off(r, &pr, e) < 0)
		return -(int)e->code;
	/* What was put off lies behind all others, whoever stored it. */
	manifest_sort_parts(r->m);
	return 0;
}
