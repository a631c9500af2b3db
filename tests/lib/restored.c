/* SPDX-License-Identifier: BSD-3-Clause */
/* restored.c - runs restores that are disturbed, and judges their end. */
#include "lib/restored_run.h"

#include "lib/restorable.h"
#include "lib/rig.h"

#include "archive/archive.h"
#include "base/file.h"

#include <unistd.h>

/* The most that one fault costs. */
#define EACH_FAULT_MS 200000u

enum mode { ANEW, GO_ON, UNDO };

/* -- the folder ---------------------------------------------------------- */

bool restored_open(struct restored *f)
{
	memset(f, 0, sizeof(*f));
	return badline_open(&f->b) && restorable_files(f->b.dir);
}

void restored_close(struct restored *f)
{
	badline_close(&f->b);
}

static void copy(const struct restored *f, const char *from, const char *to)
{
	char a[128], b[128];
	uint8_t *p;
	size_t n;
	struct err e;
	FILE *out;

	snprintf(a, sizeof(a), "%s/%s", f->b.dir, from);
	snprintf(b, sizeof(b), "%s/%s", f->b.dir, to);
	out = fopen(b, "wb");
	if (file_read_all(a, 64 << 20, &p, &n, &e) < 0 || !out ||
	    fwrite(p, 1, n, out) != n || fclose(out) != 0) {
		fprintf(stderr, "the rig itself: '%s' to '%s'\n", a, b);
		exit(1);
	}
	free(p);
}

/* -- one session --------------------------------------------------------- */

static bool begin(struct run *x, struct restored *f,
		  const struct restored_case *c, const char *keys,
		  const char *plan, struct restored_result *ret)
{
	char spec[768], small[512];
	struct err e;

	memset(x, 0, sizeof(*x));
	x->f = f;
	x->r = ret;
	x->on.each_fault_ms = EACH_FAULT_MS;
	x->on.so.may_write = true;
	snprintf(x->archive, sizeof(x->archive), "%s/a.tar.zst", f->b.dir);
	snprintf(x->undo, sizeof(x->undo), "%s/undo.tar.zst", f->b.dir);
	snprintf(x->state, sizeof(x->state), "%s.state", x->undo);
	snprintf(x->keep, sizeof(x->keep), "%s/keep", f->b.dir);
	restorable_spec(f->b.dir, c->model, small, sizeof(small));
	snprintf(spec, sizeof(spec), "%s,keep=%s%s", small, x->keep, keys);
	if (badline_connect(&x->on, &f->b, spec, plan, &e) == 0)
		return true;
	restored_wrong(x, "the rig itself: %s", e.text);
	return false;
}

static void end(struct run *x)
{
	restore_close(x->x);
	restore_paper_close(x->paper);
	session_close(x->on.s);
}

/* Everything that the archive has. */
static int ask_for_all(struct run *x, struct restore_request *q, struct err *e)
{
	struct archive_reader *a;
	const struct manifest *m;
	static char names[RESTORED_NAMES_MAX][40];
	size_t n = 0;

	if (archive_open(q->archive, 0, &a, e) < 0)
		return -(int)e->code;
	m = archive_manifest(a);
	for (size_t i = 0; i < m->nparts; i++)
		if (strncmp(m->parts[i].member, "partitions/", 11) == 0 ||
		    strncmp(m->parts[i].member, "boot/", 5) == 0) {
			snprintf(names[n], sizeof(names[n]), "%s",
				 m->parts[i].name);
			x->names[n] = names[n];
			n++;
		}
	q->names = x->names;
	q->nnames = n;
	archive_close(a);
	return 0;
}

/* What `spdvault restore` does: anew, with --resume, with --resume --undo. */
static int open_restore(struct run *x, enum mode mode, struct err *e)
{
	const struct job_events ev = badline_events(&x->on);
	struct restore_request q = { .archive = x->archive,
				     .kinds = (1u << RESTORE_KINDS) - 1,
				     .same_phone = true };

	if (mode == ANEW) {
		if (ask_for_all(x, &q, e) < 0)
			return -(int)e->code;
		return restore_open(&q, &ev, &x->x, e);
	}
	if (restore_paper_open(x->state, &x->paper, e) < 0)
		return -(int)e->code;
	if (mode == GO_ON) {
		q = *restore_paper_request(x->paper);
		q.archive = x->archive;
		q.resumed = x->paper;
	} else {
		q.archive = x->undo;
	}
	q.begun = x->paper;
	if (restore_open(&q, &ev, &x->x, e) < 0)
		return -(int)e->code;
	return restore_paper_fits(x->paper, x->x, mode == UNDO, e);
}

static void note_before(struct run *x, bool reference)
{
	const struct fault_stats *st = transport_fault_stats(x->on.line);

	if (!reference)
		return;
	x->f->replies_before = st->replies;
	x->f->requests_before = st->requests;
}

static int restore(struct run *x, enum mode mode, bool reference, struct err *e)
{
	int rc = open_restore(x, mode, e);

	if (rc == 0)
		rc = session_raise(x->on.s, STAGE_FDL2, e);
	if (rc == 0)
		rc = restore_look(x->x, x->on.s, &x->on.so, e);
	if (rc == 0)
		rc = mode == ANEW ? restore_save(x->x, x->undo, x->state, e)
				  : restore_go_on(x->x, x->paper, x->state,
						  mode == UNDO, e);
	note_before(x, reference);
	if (rc < 0)
		return rc;
	x->applied = true;
	return restore_apply(x->x, e);
}

/* -- the whole of it ----------------------------------------------------- */

static void clean(const struct run *x)
{
	char partial[112];

	unlink(x->undo);
	unlink(x->state);
	for (int i = 0; i < 2; i++) {
		snprintf(partial, sizeof(partial), "%s.partial%s", x->undo,
			 i ? ".journal" : "");
		unlink(partial);
	}
}

static void finish(struct restored *f, const struct restored_case *c, bool undo,
		   struct restored_result *ret)
{
	struct err e = { .code = ERR_NONE };
	struct run x;

	if (!begin(&x, f, c, "", BADLINE_WELL, ret))
		return;
	if (restore(&x, undo ? UNDO : GO_ON, false, &e) < 0)
		restored_wrong(&x, "%s: %s; before: %.200s",
			       undo ? "cannot be undone" : "cannot be resumed",
			       e.text, ret->why);
	else
		restored_judge_whole(&x, undo ? &f->damaged : &f->was);
	ret->undone = undo;
	ret->resumed = !undo;
	end(&x);
}

void restored_session(struct restored *f, const struct restored_case *c,
		      const char *keys, const char *plan, bool undo,
		      struct restored_result *ret)
{
	struct err e = { .code = ERR_NONE };
	struct run x;

	memset(ret, 0, sizeof(*ret));
	copy(f, "damaged", "keep");
	if (!begin(&x, f, c, keys, plan, ret))
		return;
	if (restore(&x, ANEW, false, &e) == 0)
		restored_judge_whole(&x, &f->was);
	else
		restored_judge_stopped(&x, &e);
	ret->faults = transport_fault_stats(x.on.line)->all;
	end(&x);
	if (ret->end == RESTORED_STOPPED)
		finish(f, c, undo, ret);
	clean(&x);
}

/* -- the undisturbed run ------------------------------------------------- */

static int make_archive(struct run *x, struct err *e)
{
	const struct backup_request q = { .out = x->archive,
					  .plan = { .all = true },
					  .archive = { .force = true,
						       .level = 1 },
					  .device = "sim:restored",
					  .ending = "leave",
					  .simulated = true };
	const struct job_events ev = badline_events(&x->on);
	struct backup_totals totals;
	struct manifest m;
	int rc = session_raise(x->on.s, STAGE_FDL2, e);

	if (rc < 0)
		return rc;
	rc = job_backup(x->on.s, &x->on.so, &q, &ev, &m, &totals, e);
	manifest_free(&m);
	phonesum_take(x->on.phone, &x->f->was);
	phonesum_damage_all(x->on.phone);
	phonesum_take(x->on.phone, &x->f->damaged);
	return rc;
}

bool restored_reference(struct restored *f, const struct restored_case *c)
{
	struct restored_result r = { .end = RESTORED_WHOLE };
	struct phone_stats st;
	struct err e;
	struct run x;
	char keep[96];

	snprintf(keep, sizeof(keep), "%s/keep", f->b.dir);
	unlink(keep);
	if (!begin(&x, f, c, "", BADLINE_WELL, &r))
		goto out;
	if (make_archive(&x, &e) < 0)
		restored_wrong(&x, "%s", e.text);
	end(&x);
	copy(f, "keep", "damaged");
	if (!begin(&x, f, c, "", BADLINE_WELL, &r))
		goto out;
	if (restore(&x, ANEW, true, &e) < 0)
		restored_wrong(&x, "%s", e.text);
	else
		restored_judge_whole(&x, &f->was);
	f->replies = transport_fault_stats(x.on.line)->replies;
	f->requests = transport_fault_stats(x.on.line)->requests;
	phone_stats(x.on.phone, &st);
	f->writes = (unsigned)st.storage_writes;
	end(&x);
	clean(&x);
out:
	if (r.end == RESTORED_WRONG)
		fprintf(stderr, "%s: %s\n", c->name, r.why);
	return r.end != RESTORED_WRONG;
}
