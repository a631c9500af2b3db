/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_save.c - what is about to be overwritten, into an archive. */
#include "base/file.h"
#include "base/text.h"
#include "job/archive_jobs.h"
#include "job/backup.h"
#include "restore_paper.h"
#include "restore_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names that are to be saved, each once; into the layout and the plan. */
struct list {
	const char **v;
	size_t n;
};

static void add(struct list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], name) == 0)
			return;
	l->v[l->n++] = name;
}

/* A first NV copy that nothing but its name leads to cannot be saved; its
 * second one, which a loader writes with it, holds the same items. */
static bool can_be_read(const struct restore *r, const char *name)
{
	for (size_t i = 0; i < r->reading.n; i++)
		if (strcmp(r->reading.v[i].part->name, name) == 0)
			return true;
	return false;
}

static void add_touched(const struct restore *r, const char *target,
			struct list *l)
{
	char names[RESTORE_ALONG_MAX][37];
	size_t n = restore_in_danger(r, target, names);
	const struct partition *p = ptable_find(&r->layout.table, target);

	if (p && can_be_read(r, target))
		add(l, p->name);
	for (size_t i = 0; i < n; i++)
		if (can_be_read(r, names[i]))
			add(l, ptable_find(&r->layout.table, names[i])->name);
}

static int list_touched(const struct restore *r, struct list *ret,
			struct err *e)
{
	/* Each is a row of the phone's table. */
	ret->v = calloc(r->layout.table.n, sizeof(*ret->v));
	ret->n = 0;
	if (!ret->v)
		return err_nomem(e);
	for (size_t i = 0; i < r->plan.n; i++)
		if (r->plan.v[i].state == RESTORE_WRITE)
			add_touched(r, r->plan.v[i].target, ret);
	return 0;
}

static int check_saved(struct restore *r, const char *undo, char id[SHA256_HEX],
		       struct err *e)
{
	struct verify_result v;
	int rc = job_verify(undo, r->q.threads, &r->ev, &v, e);

	if (rc == 0)
		rc = restore_archive_id(&v.manifest, id, e);
	manifest_free(&v.manifest);
	return rc;
}

void restore_save_forget(const char *undo)
{
	static const char *const ends[] = { "", ".partial", ".partial.journal",
					    ".partial.mend" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct strbuf path = { 0 };

		strbuf_add(&path, "%s%s", undo, ends[i]);
		if (!path.failed)
			(void)unlink(path.s);
		strbuf_free(&path);
	}
}

static int save(struct restore *r, const char *undo, const struct list *l,
		struct err *e)
{
	const struct backup_request q = {
		.out = undo,
		.archive = { .threads = r->q.threads },
		.plan = { .names = l->v, .nnames = l->n },
		.policy = READ_STOP_ON_ERROR,
		.known = &r->layout,
		.safety_copy = true,
		.device = r->q.device,
		.note = RESTORE_UNDO_NOTE,
		.ending = "leave",
		.simulated = r->q.simulated,
	};
	struct backup_totals totals;
	struct manifest m;
	char id[SHA256_HEX];
	int rc = job_backup(r->s, r->so, &q, &r->ev, &m, &totals, e);

	manifest_free(&m);
	if (rc == 0)
		rc = check_saved(r, undo, id, e);
	if (rc == 0)
		rc = restore_state_note(r, e, PAPER_SAVED, "%s", id);
	/* (another process may have begun a file of that name just before) */
	if (rc < 0 && totals.begun)
		restore_save_forget(undo);
	return rc;
}

/* Neither its name nor its .partial: that is not ours to replace. */
static int check_name(const char *undo, struct err *e)
{
	struct strbuf partial = { 0 };
	int rc = 0;

	strbuf_add(&partial, "%s.partial", undo);
	if (partial.failed) {
		rc = err_nomem(e);
	} else if (access(undo, F_OK) == 0) {
		rc = err_set(e, ERR_EXISTS, "'%s' is there already", undo);
		err_hint(e, "it is the safety copy of an earlier restore: give "
			    "this one another name with -o");
	} else if (access(partial.s, F_OK) == 0) {
		rc = err_set(e, ERR_EXISTS, "'%s' is there already", partial.s);
		err_hint(e, "a run that was interrupted, or is not done, wrote "
			    "it: give the safety copy another name with -o");
	}
	strbuf_free(&partial);
	return rc;
}

int restore_save(struct restore *r, const char *undo, const char *state,
		 struct err *e)
{
	struct list l = { 0 };
	int rc;

	if (check_name(undo, e) < 0)
		return -(int)e->code;
	if (restore_state_begin(r, state, undo, e) < 0)
		return -(int)e->code;
	r->undo = strdup(undo);
	rc = r->undo ? list_touched(r, &l, e) : err_nomem(e);
	if (rc == 0)
		rc = save(r, undo, &l, e);
	free(l.v);
	if (rc == 0)
		return 0;
	/* Nothing was written to the phone. */
	free(r->undo);
	r->undo = NULL;
	restore_state_close(r, true);
	return err_context(e, "saving what would be overwritten");
}

int restore_go_on(struct restore *r, const struct restore_paper *p,
		  const char *state, bool undo, struct err *e)
{
	if (restore_state_go_on(r, state, p, e) < 0)
		return -(int)e->code;
	/* Whatever was written before still is. */
	r->touched = true;
	return undo ? restore_state_note(r, e, PAPER_UNDO, "%s", r->q.archive)
		    : 0;
}
