/* SPDX-License-Identifier: BSD-3-Clause */
/* backup.c - a whole backup: plan, head, partitions (store.c), judgement. */
#include "job/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "job/content.h"
#include "job/mapfile.h"
#include "job/slot.h"
#include "judge.h"
#include "run.h"
#include "sample.h"

#include <string.h>
#include <time.h>

static void now_text(char out[32])
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* -- before the first byte ----------------------------------------------- */

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

	q.to_archive = true;
	if (r->q->known)
		r->layout = *r->q->known;
	else if (job_layout(&r->rec, &r->layout, e) < 0)
		return -(int)e->code;
	r->rec.known = &r->layout;
	for (size_t i = 0; i < r->layout.nwarnings && !r->q->known; i++)
		run_warn(r, r->layout.warnings[i]);
	while (job_trust_raw(r->s, &r->layout, r->ev, &q.raw_trusted, e) < 0)
		if (job_recover(&r->rec, NULL, e) < 0)
			return err_context(e, "comparing two ways of reading");
	if (r->q->active_slot_only) {
		while (job_active_slot(r->s, &r->layout, &q.only_slot, e) < 0)
			if (job_recover(&r->rec, NULL, e) < 0)
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

static int note_left_out(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->plan.nleft_out; i++) {
		const struct plan_left_out *o = &r->plan.left_out[i];

		if (run_omit(r, o->part, o->reason) < 0)
			return err_nomem(e);
		if (o->lacking)
			r->m->complete = false;
	}
	return 0;
}

/* -- all of it ----------------------------------------------------------- */

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
		run_describe_part(&r->plan.v[i], p);
		p->size = r->plan.v[i].part->size;
	}
	r->totals->bytes = r->plan.bytes;
	return 0;
}

static int open_archive(struct run *r, struct err *e)
{
	struct identity id;
	int rc = identity_of(r->m, &r->layout, &r->plan, r->q->policy, &id, e);

	if (rc < 0)
		return rc;
	rc = resume_begin(&r->re, r->q, &id, &r->plan, r->m, &r->w, e);
	identity_free(&id);
	r->totals->begun = r->w != NULL;
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
		rc = run_store_parts(r, e);
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
