/* SPDX-License-Identifier: BSD-3-Clause */
/* backup.c - plan x reader > archive: the one place that knows both ends. */
#include "job/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "job/content.h"
#include "job/slot.h"
#include "job/mapfile.h"
#include "judge.h"
#include "part_late.h"
#include "run.h"
#include "sample.h"
#include "twice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REFUSED "the loader refused to read it"

static void now_text(char out[32])
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void warn(struct run *r, const char *text)
{
	struct err ignored; /* of a note; it comes out of the next block, too */

	job_warn(r->ev, "%s", text);
	manifest_add_warning(r->m, text);
	if (r->w && resume_note_warning(r->w, text, &ignored) < 0)
		ignored.code = ERR_NONE;
}

/* -- before the first byte ------------------------------------------------ */

static int nothing_left(const struct run *r, struct err *e)
{
	int rc = err_set(e, ERR_USAGE, "nothing is left to back up");

	for (size_t i = 0; i < r->plan.nleft_out; i++)
		if (r->plan.left_out[i].part->by_address &&
		    r->plan.left_out[i].lacking)
			err_hint(e,
				 "no size of '%s' is known, and a wrong one "
				 "would hang the phone: --pac with the "
				 "firmware of this phone tells it",
				 r->plan.left_out[i].part->name);
	return rc;
}

static int make_plan(struct run *r, struct err *e)
{
	struct plan_request q = r->q->plan;

	if (r->q->known)
		r->layout = *r->q->known;
	else if (job_layout(&r->rec, &r->layout, e) < 0)
		return -(int)e->code;
	r->rec.known = &r->layout;
	for (size_t i = 0; i < r->layout.nwarnings && !r->q->known; i++)
		warn(r, r->layout.warnings[i]);
	while (job_trust_raw(r->s, &r->layout, r->ev, &q.raw_trusted, e) < 0)
		if (job_recover(&r->rec, e) < 0)
			return err_context(e, "comparing two ways of reading");
	if (r->q->active_slot_only) {
		while (job_active_slot(r->s, &r->layout, &q.only_slot, e) < 0)
			if (job_recover(&r->rec, e) < 0)
				return -(int)e->code;
		job_note(r->ev, "slot %c is active", q.only_slot);
	}
	if (plan_make(&r->layout, &q, &r->plan, e) < 0)
		return -(int)e->code;
	if (r->plan.n == 0)
		return nothing_left(r, e);
	r->totals->planned = r->plan.n;
	r->totals->planned_bytes = r->plan.bytes;
	return 0;
}

static int check_space(struct run *r, struct err *e)
{
	char need[TEXT_SIZE_MAX], have[TEXT_SIZE_MAX];
	uint64_t space, bytes = r->plan.bytes, there = resume_stored(&r->re);
	int rc;

	bytes -= there < bytes ? there : bytes;
	if (file_space_for(r->q->out, &space, e) < 0)
		return -(int)e->code;
	if (space >= bytes || r->q->ignore_space)
		return 0;
	rc = err_set(e, ERR_EXISTS,
		     "'%s' may need up to %s and the disk has %s left",
		     r->q->out, text_size(bytes, need), text_size(space, have));
	err_hint(e, "free some space or choose another disk; --force starts "
		    "all the same (compressed it is often half)");
	return rc;
}

static int omit(struct run *r, const struct partition *p, const char *reason)
{
	struct manifest_omitted *o = manifest_add_omitted(r->m);

	if (!o)
		return -1;
	text_copy(o->name, sizeof(o->name), p->name);
	o->size = p->size;
	text_copy(o->reason, sizeof(o->reason), reason);
	return 0;
}

static int note_left_out(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->plan.nleft_out; i++) {
		const struct plan_left_out *o = &r->plan.left_out[i];

		if (omit(r, o->part, o->reason) < 0)
			return err_nomem(e);
		if (o->lacking)
			r->m->complete = false;
	}
	return 0;
}

/* -- partitions ------------------------------------------------------------ */

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

static void describe_part(const struct plan_item *it, struct manifest_part *p)
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

/* All blocks are stored: what is to be said of them, and the digest. */
static int end_part(struct run *r, const struct plan_item *it,
		    struct manifest_part *part, uint64_t started, struct err *e)
{
	struct reread again = { r->s, &r->layout, r->ev, &r->rec };

	part->seconds = (double)(clock_ms() - started) / 1000;
	if (it->part->size) {
		text_copy(part->content, sizeof(part->content),
			  content_look_name(&r->look));
		part->payload = r->look.uniform ? 0 : r->look.content.payload;
	}
	part->size = it->part->size;
	if (job_read_twice(&again, r->w, it, r->m, part, e) < 0 ||
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
	describe_part(it, part);
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

/* 1: an earlier run has dealt with it. */
static int is_done(struct run *r, const struct plan_item *it,
		   struct job_progress *pr, struct err *e)
{
	int rc = resume_took(&r->re, it->member, r->m, e);

	if (rc < 0)
		return rc;
	if (rc == 0 && !resume_left_out(&r->re, it->part->name))
		return 0;
	pr->all_done += it->part->size;
	if (rc > 0) {
		count_part(r, &r->m->parts[r->m->nparts - 1], it->part->size);
		return 1;
	}
	r->m->complete = false;
	if (omit(r, it->part, REFUSED) < 0)
		return err_nomem(e);
	return 1;
}

/* A partition that the loader does not open at all is told, not fatal. */
static int store_or_omit(struct run *r, const struct plan_item *it,
			 struct job_progress *pr, struct err *e)
{
	uint64_t all = pr->all_done;
	char text[512];
	int rc = is_done(r, it, pr, e);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = store_part(r, it, pr, e);
	if (rc == 0)
		return 0;
	if (e->code != ERR_REFUSED || r->q->policy == READ_STOP_ON_ERROR ||
	    r->begun)
		return err_context(e, "backing up '%s'", it->part->name);
	snprintf(text, sizeof(text), "'%s' is not in the backup: %s",
		 it->part->name, e->text);
	warn(r, text);
	r->m->complete = false;
	pr->all_done = all + it->part->size;
	if (omit(r, it->part, REFUSED) < 0)
		return err_nomem(e);
	return resume_note_left_out(r->w, it->part->name, e);
}

static int store_parts(struct run *r, struct err *e)
{
	struct job_progress pr = { .count = r->plan.n,
				   .all_total = r->plan.bytes };

	for (size_t i = 0; i < r->plan.n; i++) {
		pr.number = i + 1;
		if (store_or_omit(r, &r->plan.v[i], &pr, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

static int recheck(struct run *r, struct err *e)
{
	struct reread again = { r->s, &r->layout, r->ev, &r->rec };
	int rc = job_recheck(&again, r->w, r->q->recheck, r->m, e);

	if (r->m->recheck.differing)
		r->m->complete = false;
	return rc;
}

/* A dry run: the manifest as far as it is known without reading. */
static int list_plan(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->plan.n; i++) {
		struct manifest_part *p = manifest_add_part(r->m);

		if (!p)
			return err_nomem(e);
		describe_part(&r->plan.v[i], p);
		p->size = r->plan.v[i].part->size;
	}
	r->totals->bytes = r->plan.bytes;
	return 0;
}

/* -- all of it ----------------------------------------------------------- */

static int open_archive(struct run *r, struct err *e)
{
	struct identity id;
	int rc = identity_of(r->m, &r->layout, &r->plan, r->q->policy, &id, e);

	if (rc < 0)
		return rc;
	rc = resume_begin(&r->re, r->q, &id, &r->plan, r->m, &r->w, e);
	identity_free(&id);
	r->totals->begun = rc == 0;
	if (rc == 0) {
		const struct watch w = job_watch(r->ev, archive_partial(r->w));

		archive_set_watch(r->w, &w);
	}
	return rc;
}

static int run_backup(struct run *r, struct err *e)
{
	uint64_t started = clock_ms();
	int rc = make_plan(r, e);

	if (rc < 0)
		return rc;
	rc = note_left_out(r, e);
	if (rc == 0 && r->q->dry_run)
		return list_plan(r, e);
	if (rc == 0)
		rc = check_space(r, e);
	if (rc < 0)
		return rc;
	job_describe(r->s, &r->layout, r->so, r->m);
	if (!content_look_begin(&r->look))
		return err_nomem(e);
	rc = open_archive(r, e);
	if (rc == 0)
		rc = run_add_head(r, e);
	if (rc == 0)
		rc = store_parts(r, e);
	if (rc == 0 && r->q->recheck > 0)
		rc = recheck(r, e);
	if (rc == 0 && !r->q->safety_copy)
		rc = job_judge(&r->rec, &r->layout, r->q->accept_blank, r->m,
			       &r->totals->blank, e);
	if (rc < 0)
		return rc;
	now_text(r->m->finished);
	r->m->chunk = reader_chunk(r->s);
	archive_stop_journal(r->w);
	rc = mapfile_add_all(r->w, r->m, e);
	if (rc == 0)
		rc = archive_finish(r->w, r->m, e);
	if (rc < 0)
		return err_context(e, "finishing the archive");
	r->totals->archive = archive_written(r->w);
	r->totals->seconds = (double)(clock_ms() - started) / 1000;
	return 0;
}

int job_backup(struct session *s, const struct session_options *so,
	       const struct backup_request *q, const struct job_events *ev,
	       struct manifest *ret_m, struct backup_totals *totals,
	       struct err *e)
{
	struct run r = {
		.s = s, .q = q, .so = so, .ev = ev, .m = ret_m, .totals = totals
	};
	int rc;

	r.rec.s = s;
	r.rec.ev = ev;
	r.re.left = q->resume;
	r.re.look = &r.look;
	r.re.ev = ev;
	memset(ret_m, 0, sizeof(*ret_m));
	memset(totals, 0, sizeof(*totals));
	ret_m->complete = true;
	ret_m->simulated = q->simulated;
	now_text(ret_m->created);
	text_copy(ret_m->device, sizeof(ret_m->device), q->device);
	text_copy(ret_m->ending, sizeof(ret_m->ending), q->ending);
	text_copy(ret_m->note, sizeof(ret_m->note), q->note);
	if (q->package)
		ret_m->package = *q->package;
	rc = run_backup(&r, e);
	archive_drop(r.w);
	resume_free(&r.re);
	content_look_end(&r.look);
	plan_free(&r.plan);
	if (!q->known)
		layout_free(&r.layout);
	return rc;
}
