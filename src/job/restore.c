/* SPDX-License-Identifier: BSD-3-Clause */
/* restore.c - archive and phone side by side, before anything is written. */
#include "base/text.h"
#include "job/archive_jobs.h"
#include "job/backup.h"
#include "restore_run.h"

#include <stdlib.h>
#include <string.h>

/* What was not asked for is compared, too, if that takes no long time. */
#define LOOK_MOST ((uint64_t)64 << 20)

static int verify(const struct restore_request *q, const struct job_events *ev,
		  struct err *e)
{
	struct verify_result v;
	int rc = job_verify(q->archive, q->threads, ev, &v, e);

	manifest_free(&v.manifest);
	if (rc == 0)
		return 0;
	if (e->code == ERR_FORMAT || e->code == ERR_MISMATCH)
		err_hint(e, "nothing is written from an archive that is not as "
			    "it was made: take another copy of it");
	return err_context(e, "'%s'", q->archive);
}

static int open_archive(struct restore *r, struct err *e)
{
	int rc = verify(&r->q, &r->ev, e);

	if (rc == 0)
		rc = archive_open(r->q.archive, r->q.threads, &r->r, e);
	if (rc < 0)
		return rc;
	if (archive_is_indexed(r->r)) {
		r->m = archive_manifest(r->r);
		return 0;
	}
	rc = err_set(e, ERR_FORMAT,
		     "'%s' has no index, by which its members are reached one "
		     "by one",
		     r->q.archive);
	err_hint(e, "restore takes the file as 'spdvault backup' wrote it");
	return rc;
}

int restore_open(const struct restore_request *q, const struct job_events *ev,
		 struct restore **ret, struct err *e)
{
	struct restore *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_nomem(e);
	r->q = *q;
	r->ev = *ev;
	r->ours = malloc(BLOCK_SIZE);
	r->theirs = malloc(BLOCK_SIZE);
	rc = r->ours && r->theirs ? sha256_new(&r->hash, e) : err_nomem(e);
	if (rc == 0 && q->image)
		rc = restore_image_open(r, e);
	else if (rc == 0)
		rc = open_archive(r, e);
	if (rc < 0)
		restore_close(r);
	else
		*ret = r;
	return rc;
}

void restore_close(struct restore *r)
{
	if (!r)
		return;
	plan_free(&r->reading);
	layout_free(&r->layout);
	archive_close(r->r);
	restore_image_close(r->image);
	sha256_free(r->hash);
	free(r->plan.v);
	free(r->plan.rows);
	restore_state_close(r, false);
	free(r->undo);
	free(r->ours);
	free(r->theirs);
	free(r);
}

const struct manifest *restore_manifest(const struct restore *r)
{
	return r->m;
}

const struct restore_plan *restore_plan(const struct restore *r)
{
	return &r->plan;
}

/* -- the look ------------------------------------------------------------ */

static int refuse_damaged_table(struct err *e)
{
	int rc = err_set(e, ERR_EXISTS,
			 "the phone's primary partition table is damaged: its "
			 "loader would write that anew when it is asked for "
			 "any partition by its name");

	err_hint(e, "make a backup first ('spdvault backup' reads without "
		    "names); a table is not written by this program");
	return rc;
}

static int look_at_table(struct restore *r, struct err *e)
{
	struct plan_request q = { .all = true };

	if (job_layout(&r->rec, &r->layout, e) < 0)
		return -(int)e->code;
	r->rec.known = &r->layout;
	for (size_t i = 0; i < r->layout.nwarnings; i++)
		job_warn(&r->ev, "%s", r->layout.warnings[i]);
	if (restore_identify(r, e) < 0 ||
	    (r->image ? restore_image_fits(r, e)
		      : restore_compare_tables(r, e)) < 0)
		return -(int)e->code;
	if (r->layout.names_write)
		return refuse_damaged_table(e);
	while (job_trust_raw(r->s, &r->layout, &r->ev, &q.raw_trusted, e) < 0)
		if (job_recover(&r->rec, NULL, e) < 0)
			return err_context(e, "comparing two ways of reading");
	return plan_make(&r->layout, &q, &r->reading, e);
}

static bool is_looked_at(const struct restore_item *it)
{
	return it->state != RESTORE_REFUSED &&
	       (it->state != RESTORE_LEFT || it->size <= LOOK_MOST ||
		it->rule->when == RESTORE_WITH_SUPER) &&
	       it->rule->when != RESTORE_NEVER;
}

/*
 * Its second copy is what it should be; but the first one, which is the one
 * that counts and which only its name leads to, may have been begun.
 */
static bool is_in_doubt(const struct restore *r, const struct restore_item *it)
{
	enum restore_done done;

	if (!r->q.begun || it->how != RESTORE_AS_NV ||
	    strcmp(it->name, it->target) == 0)
		return false;
	done = restore_paper_done(r->q.begun, it->name);
	return done != RESTORE_NOT_BEGUN &&
	       (done != RESTORE_GOOD || !r->q.resumed);
}

static int look_at(struct restore *r, struct restore_item *it, struct err *e)
{
	if (restore_compare(r, it, e) < 0)
		return -(int)e->code;
	if (it->erased_first && it->behind && !it->differs) {
		it->differs = true;
		it->differing = it->behind;
		it->first = it->length;
		it->last = it->source;
	}
	if (!restore_needs_whole(it))
		return 0;
	it->how = RESTORE_WHOLE;
	it->length = it->source;
	return restore_compare(r, it, e);
}

static int compare_all(struct restore *r, struct err *e)
{
	for (size_t i = 0; i < r->plan.n; i++)
		if (is_looked_at(&r->plan.v[i])) {
			r->pr.count++;
			r->pr.all_total += r->plan.v[i].source;
		}
	for (size_t i = 0; i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];
		enum restore_state before = it->state;
		char reason[sizeof(it->reason)];

		if (!is_looked_at(it))
			continue;
		r->pr.number++;
		text_copy(reason, sizeof(reason), it->reason);
		if (restore_set_length(r, it, e) < 0 || look_at(r, it, e) < 0 ||
		    (it->state != RESTORE_REFUSED && it->differs &&
		     restore_is_nv(it) && restore_nv_look(r, it, e) < 0))
			return -(int)e->code;
		if (is_in_doubt(r, it))
			it->differs = true;
		if (before == RESTORE_LEFT)
			restore_say(it, before, "%s", reason);
		else if (it->state == RESTORE_EQUAL && it->differs)
			it->state = RESTORE_WRITE;
		if (it->state == RESTORE_WRITE)
			restore_ask_writer(r, it);
	}
	return 0;
}

int restore_look(struct restore *r, struct session *s,
		 const struct session_options *so, struct err *e)
{
	r->s = s;
	r->so = so;
	r->rec.s = s;
	r->rec.ev = &r->ev;
	if (look_at_table(r, e) < 0 || restore_list(r, e) < 0 ||
	    compare_all(r, e) < 0)
		return -(int)e->code;
	if (restore_pair(r, e) < 0)
		return -(int)e->code;
	restore_settle(r);
	return 0;
}
