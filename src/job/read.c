/* SPDX-License-Identifier: BSD-3-Clause */
/* read.c - one partition, or a piece of it, into a file. */
#include "base/file.h"
#include "base/text.h"
#include "file_sink.h"
#include "job/backup.h"
#include "part_source.h"

#include <string.h>

/* How the plan of a backup would read just this partition. */
static int find_extent(struct session *s, const struct read_request *q,
		       const struct job_events *ev, struct layout *l,
		       struct extent *ret, struct manifest_part *part,
		       struct err *e)
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
	if (job_trust_raw(s, l, ev, &pq.raw_trusted, e) < 0 ||
	    plan_make(l, &pq, &plan, e) < 0)
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
		if (layout_is_first_nv(p))
			err_hint(e, "read the second copy, or give "
				    "--nv-by-name and let the loader write");
		return rc;
	}
	*ret = plan.v[0].x;
	part->method = plan.v[0].method;
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

static int read_extent(struct session *s, const struct read_request *q,
		       const struct extent *x, const struct job_events *ev,
		       struct manifest_part *part, struct err *e)
{
	struct part_source src = {
		.policy = q->policy, .ev = ev, .part = part, .first = q->offset
	};
	struct outfile *out = NULL;
	struct file_sink *sink = NULL;
	struct err later;
	int ended = 0;
	int rc = outfile_open(q->out, q->force, &out, e);

	if (rc == 0)
		rc = file_sink_new(out, &sink, e);
	if (rc == 0)
		rc = part_source_open(&src, s, x, e);
	if (rc == 0) {
		rc = copy_all(&src, x->length, sink, ev, e);
		if (rc == 0)
			rc = part_source_close(&src, e);
		else
			part_source_drop(&src);
	}
	/* Also after a failure: what was read stays in the .partial. */
	if (sink)
		ended = file_sink_end(sink, part->sha256, rc < 0 ? &later : e);
	if (rc == 0)
		rc = ended;
	file_sink_free(sink);
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
	const char *const *known;
	struct layout l;
	struct extent x;
	size_t nknown;
	int rc;

	memset(ret, 0, sizeof(*ret));
	known = plan_known_names(&nknown);
	if (layout_read(s, known, nknown, &l, e) < 0)
		return err_context(e, "reading the partition table");
	for (size_t i = 0; i < l.nwarnings; i++)
		job_warn(ev, "%s", l.warnings[i]);
	rc = find_extent(s, q, ev, &l, &x, ret, e);
	if (rc == 0)
		rc = cut_extent(q, &x, e);
	if (rc == 0 && read_extent(s, q, &x, ev, ret, e) < 0)
		rc = err_context(e, "reading '%s'", q->part);
	layout_free(&l);
	return rc;
}
