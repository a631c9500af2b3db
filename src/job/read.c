/* SPDX-License-Identifier: BSD-3-Clause */
/* read.c - one partition, or a piece of it, into a file. */
#include "base/file.h"
#include "base/text.h"
#include "file_sink.h"
#include "job/backup.h"
#include "part_late.h"

#include <stdlib.h>
#include <string.h>

/* How the plan of a backup would read just this partition. */
static int find_extent(struct recovery *rec, const struct read_request *q,
		       struct layout *l, struct extent *ret,
		       struct manifest_part *part, struct err *e)
{
	const struct partition *p = ptable_find(&l->table, q->part);
	struct plan_request pq = { .names = &q->part,
				   .nnames = 1,
				   .nv_by_name = q->nv_by_name };
	struct plan plan;
	int rc;

	if (!p) {
		rc = err_set(e, ERR_USAGE, "the phone has no partition '%s'",
			     q->part);
		err_hint(e, "'spdvault info' lists what it has");
		return rc;
	}
	while (job_trust_raw(rec->s, l, rec->ev, &pq.raw_trusted, e) < 0)
		if (job_recover(rec, NULL, e) < 0)
			return -(int)e->code;
	if (plan_make(l, &pq, &plan, e) < 0)
		return -(int)e->code;
	if (plan.n != 1) {
		/* A glob, or a name that may not be asked for. */
		const char *why = "it stands for several partitions";

		for (size_t i = 0; i < plan.nleft_out && plan.n == 0; i++)
			if (plan.left_out[i].part == p)
				why = plan.left_out[i].reason;
		plan_free(&plan);
		rc = err_set(e, ERR_EXISTS, "'%s' is not read: %s", q->part,
			     why);
		if (p->by_address)
			err_hint(e, "give the firmware package of this phone "
				    "with --pac");
		else if (layout_is_first_nv(p))
			err_hint(e, "read the second copy, or give "
				    "--nv-by-name and let the loader write");
		return rc;
	}
	*ret = plan.v[0].x;
	part->method = plan.v[0].method;
	if (plan.v[0].bare_nand)
		text_copy(part->doubt, sizeof(part->doubt), "raw-nand");
	text_copy(part->name, sizeof(part->name), p->name);
	plan_free(&plan);
	return 0;
}

static int cut_extent(const struct read_request *q, struct extent *x,
		      struct err *e)
{
	uint64_t left;

	if (q->offset > x->length || (q->offset == x->length && x->length > 0))
		return err_set(e, ERR_USAGE,
			       "offset %llu is not inside '%s' (%llu bytes)",
			       (unsigned long long)q->offset, q->part,
			       (unsigned long long)x->length);
	left = x->length - q->offset;
	if (q->length > left)
		return err_set(e, ERR_USAGE,
			       "'%s' has %llu bytes from there on, not %llu",
			       q->part, (unsigned long long)left,
			       (unsigned long long)q->length);
	x->offset += q->offset;
	x->length = q->length ? q->length : left;
	return 0;
}

static int fill(struct part_source *src, struct block *b,
		struct job_progress *pr, const struct job_events *ev,
		struct err *e)
{
	while (b->used < b->cap && pr->done < pr->total) {
		if (job_go_on(ev, e) < 0 || part_source_fill(src, b, e) < 0)
			return -(int)e->code;
		pr->done = b->offset + b->used;
		pr->all_done = pr->done;
		job_progress(ev, pr);
	}
	return 0;
}

static int copy_all(struct part_source *src, uint64_t length,
		    struct file_sink *sink, const struct job_events *ev,
		    struct err *e)
{
	struct job_progress pr = { .part = src->part->name,
				   .number = 1,
				   .count = 1,
				   .total = length,
				   .all_total = length };

	while (pr.done < length) {
		struct block *b;

		if (file_sink_get(sink, &b, e) < 0)
			return -(int)e->code;
		if (fill(src, b, &pr, ev, e) < 0)
			return -(int)e->code;
		file_sink_put(sink, b);
	}
	return 0;
}

static int hash_again(struct outfile *out, uint8_t ret[SHA256_LEN],
		      struct err *e)
{
	CLEANUP(file_freep) uint8_t *buf = malloc(BLOCK_SIZE);
	struct sha256 *h = NULL;
	uint64_t at = 0, size = outfile_size(out);
	int rc = buf ? sha256_new(&h, e) : err_nomem(e);

	if (rc == 0)
		rc = sha256_begin(h, e);
	while (rc == 0 && at < size) {
		size_t n = size - at < BLOCK_SIZE ? (size_t)(size - at)
						  : BLOCK_SIZE;

		rc = outfile_read(out, buf, n, at, e);
		if (rc == 0)
			rc = sha256_add(h, buf, n, e);
		at += n;
	}
	if (rc == 0)
		rc = sha256_end(h, ret, e);
	sha256_free(h);
	return rc;
}

/* What came on a second try, over the zeros that stand for it. */
static int put_late(struct part_source *src, struct part_late *l,
		    struct outfile *out, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (outfile_patch(out, l->v[i].data, l->v[i].len,
				  l->v[i].offset, e) < 0)
			return -(int)e->code;
	if (l->n && hash_again(out, src->part->sha256, e) < 0)
		return -(int)e->code;
	part_late_adopt(src, l);
	return 0;
}

static int read_source(struct part_source *src, const struct extent *x,
		       struct file_sink *sink, bool again,
		       struct part_late *late, struct err *e)
{
	int rc = part_source_open(src, src->s, x, e);

	if (rc < 0)
		return rc;
	rc = copy_all(src, x->length, sink, src->ev, e);
	if (rc == 0 && again && src->unreadable)
		rc = part_late_read(src, late, e);
	if (rc == 0)
		return part_source_close(src, e);
	part_source_drop(src);
	return rc;
}

static int read_extent(struct recovery *rec, const struct read_request *q,
		       const struct extent *x, const struct job_events *ev,
		       struct manifest_part *part, struct err *e)
{
	struct part_source src = { .s = rec->s,
				   .rec = rec,
				   .policy = q->policy,
				   .ev = ev,
				   .part = part,
				   .first = q->offset };
	struct part_late late = { .n = 0 };
	struct outfile *out = NULL;
	struct file_sink *sink = NULL;
	struct err later;
	int ended = 0;
	int rc = outfile_open(q->out, q->force, &out, e);

	if (rc == 0) {
		const struct watch w = job_watch(ev, outfile_partial(out));

		rc = file_sink_new(out, &w, true, &sink, e);
	}
	if (rc == 0)
		rc = read_source(&src, x, sink, outfile_is_regular(out), &late,
				 e);
	/* Also after a failure: what was read stays in the .partial. */
	if (sink)
		ended = file_sink_end(sink, part->sha256, rc < 0 ? &later : e);
	if (rc == 0)
		rc = ended;
	file_sink_free(sink);
	if (rc == 0)
		rc = put_late(&src, &late, out, e);
	part_late_free(&late);
	if (rc == 0)
		rc = outfile_commit(out, e);
	part->size = x->length;
	outfile_close(out, out && outfile_size(out) > 0);
	return rc;
}

int job_read(struct session *s, const struct read_request *q,
	     const struct job_events *ev, struct manifest_part *ret,
	     struct err *e)
{
	struct recovery rec = { .s = s, .ev = ev };
	struct layout l;
	struct extent x;
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (job_layout(&rec, &l, e) < 0)
		return -(int)e->code;
	rec.known = &l;
	for (size_t i = 0; i < l.nwarnings; i++)
		job_warn(ev, "%s", l.warnings[i]);
	rc = find_extent(&rec, q, &l, &x, ret, e);
	if (rc == 0)
		rc = cut_extent(q, &x, e);
	if (rc == 0 && read_extent(&rec, q, &x, ev, ret, e) < 0)
		rc = err_context(e, "reading '%s'", q->part);
	layout_free(&l);
	return rc;
}
