/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.c - the bytes of a phone against those of its archive. */
#include "compare_run.h"

#include "base/text.h"
#include "compare_nv.h"
#include "job/archive_jobs.h"
#include "job/backup.h"
#include "part_source.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MOST 16u	  /* ranges of one partition */
#define JOIN	  0x1000u /* what is nearer than that is one range */

/* One partition while it is compared. */
struct pass {
	struct compare *c;
	const struct manifest_part *p;
	struct compare_part out;
	struct manifest_part gaps; /* what the phone does not give now */
	bool told;		   /* ranges are differences, and told */
	uint64_t from, to;	   /* the range that is not told yet */
	struct nv_pair nv;
	struct manifest_part held; /* the ranges of an NV, told at its end */
};

/* -- ranges -------------------------------------------------------------- */

/* Whether those of an NV count is known behind its last byte. */
static void tell_range(struct pass *a, uint64_t offset, uint64_t length)
{
	if (a->nv.then && manifest_add_range(&a->held, offset, length))
		return;
	compare_tell(a->c, a->p->member, offset, length,
		     "differs from the archive");
}

static void end_range(struct pass *a)
{
	if (a->to == a->from)
		return;
	a->out.ranges++;
	if (a->told && a->out.ranges <= TOLD_MOST)
		tell_range(a, a->from, a->to - a->from);
	a->from = a->to = 0;
}

static void add_range(struct pass *a, uint64_t offset, uint64_t len)
{
	a->out.differing += len;
	if (a->to > a->from && offset - a->to < JOIN) {
		a->to = offset + len;
		return;
	}
	end_range(a);
	a->from = offset;
	a->to = offset + len;
}

static void end_ranges(struct pass *a)
{
	end_range(a);
	for (size_t i = 0; i < a->held.nunreadable; i++)
		compare_tell(a->c, a->p->member, a->held.unreadable[i].offset,
			     a->held.unreadable[i].length,
			     "differs from the archive");
	if (a->told && a->out.ranges > TOLD_MOST)
		compare_tell(a->c, a->p->member, UINT64_MAX, 0,
			     "differs in %zu more ranges",
			     a->out.ranges - TOLD_MOST);
}

/* -- bytes --------------------------------------------------------------- */

static int read_phone(struct pass *a, struct part_source *src, size_t len,
		      struct err *e)
{
	struct compare *c = a->c;
	struct block b = { .data = c->buf, .cap = len };

	while (b.used < b.cap) {
		size_t before = b.used;

		if (job_go_on(c->ev, e) < 0 || part_source_fill(src, &b, e) < 0)
			return -(int)e->code;
		c->pr.done += b.used - before;
		c->pr.all_done += b.used - before;
		job_progress(c->ev, &c->pr);
	}
	return 0;
}

static int compare_piece(struct pass *a, struct part_source *src,
			 const struct archive_piece *piece, struct err *e)
{
	struct diff d = { .p = piece->data,
			  .q = a->c->buf,
			  .len = piece->len,
			  .offset = piece->offset,
			  .a = a->p,
			  .b = &a->gaps };
	size_t at, n;

	/* The phone may have less now; that was told with the table. */
	if (piece->offset >= a->c->pr.total)
		return 0;
	if (d.len > a->c->pr.total - piece->offset)
		d.len = (size_t)(a->c->pr.total - piece->offset);
	if (read_phone(a, src, d.len, e) < 0)
		return -(int)e->code;
	if (piece->damage) {
		a->out.state = COMPARE_DIFFERS;
		compare_tell(a->c, a->p->member, piece->offset, piece->len,
			     "the archive is damaged here: %s", piece->damage);
		return 0;
	}
	a->out.compared += diff_compared(&d);
	compare_nv_add(&a->nv, d.p, d.q, d.len);
	while (diff_next(&d, &at, &n))
		add_range(a, d.offset + at, n);
	return 0;
}

static int compare_bytes(struct pass *a, struct part_source *src, struct err *e)
{
	struct archive_piece piece;
	struct archive_member m;
	int rc = archive_find(a->c->r, a->p->member, &m, e);

	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the archive lacks '%s'",
			       a->p->member);
	while (rc > 0) {
		rc = archive_pull(a->c->r, &piece, e);
		if (rc > 0 && compare_piece(a, src, &piece, e) < 0)
			return -(int)e->code;
	}
	return rc;
}

/* -- NV ------------------------------------------------------------------ */

static void tell_items(struct pass *a, const struct nv_difference *d)
{
	if (!a->told)
		return;
	if (d->cores)
		compare_tell(a->c, a->p->member, UINT64_MAX, 0,
			     "has items for other processors");
	else
		compare_tell(a->c, a->p->member, UINT64_MAX, 0,
			     "%zu of its items are others (first: 0x%04X%s%s), "
			     "%zu are in the archive only, %zu on the phone "
			     "only",
			     d->differ, d->id, *d->core ? " of " : "", d->core,
			     d->only_a, d->only_b);
}

/* Same items behind another header, or with other padding, are the same NV. */
static int compare_items(struct pass *a, struct err *e)
{
	struct nv_difference d;
	int rc;

	end_range(a);
	if (!a->out.ranges || a->out.state != COMPARE_SAME || a->c->q->strict ||
	    a->p->nunreadable || a->gaps.nunreadable)
		return 0;
	rc = compare_nv_end(&a->nv, &d, e);
	if (rc == 0)
		tell_items(a, &d);
	if (rc != 1)
		return rc < 0 ? rc : 0;
	job_note(a->c->ev,
		 "'%s': all %zu items are the same; bytes of its header, or "
		 "behind its end, differ, and do not count",
		 a->p->name, d.equal);
	a->out.ranges = a->held.nunreadable = 0;
	a->out.differing = 0;
	return 0;
}

/* -- partitions ---------------------------------------------------------- */

static uint64_t sum_of(const struct manifest_part *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->nunreadable; i++)
		sum += p->unreadable[i].length;
	return sum;
}

static void count(struct pass *a)
{
	struct compare_result *res = a->c->res;
	struct compare_part *o = &a->out;

	if (o->state == COMPARE_SAME && o->ranges)
		o->state = a->told ? COMPARE_DIFFERS : COMPARE_CHANGED;
	if (o->state == COMPARE_SAME)
		o->reason = NULL;
	o->lacking = sum_of(a->p);
	o->refused = sum_of(&a->gaps);
	res->same += o->state == COMPARE_SAME;
	res->changed += o->state == COMPARE_CHANGED;
	res->differing += o->state == COMPARE_DIFFERS;
	res->skipped += o->state == COMPARE_SKIPPED;
	res->parts += o->state != COMPARE_SKIPPED;
	res->bytes += o->compared;
	res->lacking += o->lacking;
	res->refused += o->refused;
	if (a->c->ev->compared)
		a->c->ev->compared(a->c->ev->user, o);
}

static int compare_open(struct pass *a, const struct plan_item *it,
			struct err *e)
{
	struct compare *c = a->c;
	struct part_source src = { .policy = READ_ZERO_FILL,
				   .ev = c->ev,
				   .rec = &c->rec,
				   .part = &a->gaps };
	struct extent by_name;
	int rc;

	if (it->method == METHOD_RAW && plan_may_use_name(&c->layout, it)) {
		layout_name_extent(it->part, &by_name);
		src.by_name = &by_name;
	}
	c->pr.total = it->part->size < a->p->size ? it->part->size : a->p->size;
	rc = part_source_open(&src, c->s, &it->x, e);
	if (rc < 0)
		return rc;
	rc = compare_nv_begin(&a->nv, a->p, e);
	if (rc == 0)
		rc = compare_bytes(a, &src, e);
	if (rc == 0)
		rc = compare_items(a, e);
	if (rc < 0) {
		part_source_drop(&src);
		return rc;
	}
	end_ranges(a);
	/* A phone that has more now was not read to its end. */
	if (it->part->size > a->p->size) {
		part_source_drop(&src);
		return 0;
	}
	return part_source_close(&src, e);
}

/* Less of it is known than was read then. */
static bool is_cut(const struct plan_item *it, const struct manifest_part *p)
{
	return it->part->by_address && it->part->size < p->size;
}

static const char *why_not_compared(const struct compare *c,
				    const struct plan_item *it,
				    const struct manifest_part *p)
{
	if (it && p->method == METHOD_NV_BY_NAME)
		return "it was read by its name, which gives other bytes than "
		       "lie there";
	if (p->method == METHOD_BY_ADDRESS && *c->m->package.file)
		return "its size is not known without the package (--pac) that "
		       "it was read with";
	return "it cannot be read now without the loader writing, or is not "
	       "there";
}

static int compare_part(struct compare *c, const struct manifest_part *p,
			struct err *e)
{
	const struct plan_item *it = compare_item(c, p);
	struct pass a = { .c = c, .p = p };
	int rc = 0;

	a.out.name = p->name;
	a.out.reason = plan_changes(p->name);
	a.told = c->q->strict || !a.out.reason;
	a.gaps.method = it ? it->method : METHOD_NONE;
	text_copy(a.gaps.name, sizeof(a.gaps.name), p->name);
	c->pr.part = p->name;
	c->pr.number++;
	c->pr.done = 0;
	if (!it || p->method == METHOD_NV_BY_NAME || is_cut(it, p)) {
		a.out.state = COMPARE_SKIPPED;
		a.out.reason = why_not_compared(c, it, p);
	} else {
		rc = compare_open(&a, it, e);
		if (rc < 0 && e->code == ERR_REFUSED) {
			a.out.state = COMPARE_SKIPPED;
			a.out.reason = "the loader refuses to read it";
			rc = 0;
		}
	}
	if (rc == 0)
		count(&a);
	free(a.gaps.unreadable);
	free(a.held.unreadable);
	compare_nv_free(&a.nv);
	return rc < 0 ? err_context(e, "comparing '%s'", p->name) : 0;
}

/* -- all of it ----------------------------------------------------------- */

static bool is_wanted(const struct compare *c, const struct manifest_part *p)
{
	if (p->method == METHOD_NONE || strcmp(p->class, "table") == 0)
		return false;
	for (size_t i = 0; i < c->q->nnames; i++)
		if (job_member_fits(c->q->names[i], p->member))
			return true;
	return c->q->nnames == 0;
}

static int check_names(struct compare *c, struct err *e)
{
	for (size_t i = 0; i < c->q->nnames; i++) {
		bool found = false;

		for (size_t k = 0; k < c->m->nparts && !found; k++)
			found = c->m->parts[k].method != METHOD_NONE &&
				job_member_fits(c->q->names[i],
						c->m->parts[k].member);
		if (!found) {
			int rc = err_set(e, ERR_USAGE,
					 "the archive has no partition '%s'",
					 c->q->names[i]);

			err_hint(e, "'spdvault list' says what it has");
			return rc;
		}
	}
	for (size_t i = 0; i < c->m->nparts; i++) {
		if (!is_wanted(c, &c->m->parts[i]))
			continue;
		c->pr.count++;
		c->pr.all_total += c->m->parts[i].size;
	}
	return 0;
}

static int look_at_phone(struct compare *c, struct err *e)
{
	struct plan_request q = { .all = true };

	if (job_layout(&c->rec, &c->layout, e) < 0)
		return -(int)e->code;
	c->rec.known = &c->layout;
	for (size_t i = 0; i < c->layout.nwarnings; i++)
		job_warn(c->ev, "%s", c->layout.warnings[i]);
	if (compare_identity(c, e) < 0)
		return -(int)e->code;
	while (job_trust_raw(c->s, &c->layout, c->ev, &q.raw_trusted, e) < 0)
		if (job_recover(&c->rec, NULL, e) < 0)
			return err_context(e, "comparing two ways of reading");
	return plan_make(&c->layout, &q, &c->plan, e);
}

static int compare_all(struct compare *c, struct err *e)
{
	if (look_at_phone(c, e) < 0)
		return -(int)e->code;
	compare_tables(c);
	if (c->q->nnames == 0 && compare_gpt(c, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < c->m->nparts; i++)
		if (is_wanted(c, &c->m->parts[i]) &&
		    compare_part(c, &c->m->parts[i], e) < 0)
			return -(int)e->code;
	return 0;
}

static int open_archive(struct compare *c, struct err *e)
{
	int rc;

	if (archive_open(c->q->archive, c->q->threads, &c->r, e) < 0)
		return -(int)e->code;
	if (archive_is_indexed(c->r)) {
		c->m = archive_manifest(c->r);
		return check_names(c, e);
	}
	rc = err_set(e, ERR_FORMAT, "'%s' has no index that can be used: %s",
		     c->q->archive,
		     archive_lost_index(c->r)
			     ? archive_lost_index(c->r)
			     : "it is no file as 'spdvault backup' writes it");
	err_hint(e, "'spdvault verify' without --device says what it is");
	return rc;
}

int job_compare(struct session *s, const struct compare_request *q,
		const struct job_events *ev, struct compare_result *ret,
		struct err *e)
{
	struct compare c = { .s = s, .q = q, .ev = ev, .res = ret };
	int rc;

	memset(ret, 0, sizeof(*ret));
	c.rec.s = s;
	c.rec.ev = ev;
	c.buf = malloc(BLOCK_SIZE);
	rc = c.buf ? open_archive(&c, e) : err_nomem(e);
	if (rc == 0)
		rc = compare_all(&c, e);
	free(c.buf);
	plan_free(&c.plan);
	layout_free(&c.layout);
	archive_close(c.r);
	return rc;
}
