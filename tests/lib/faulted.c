/* SPDX-License-Identifier: BSD-3-Clause */
/* faulted.c - runs sessions on a bad line and judges their end. */
#include "lib/faulted_run.h"

#include "lib/rig.h"
#include "lib/smallphone.h"

#include "archive/archive.h"
#include "job/backup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The most that one fault costs: a time limit, the silence that proves its
 * answer lost, and some seconds for what is refused again.
 */
#define EACH_FAULT_MS 45000u

static bool complain(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->text);
	return false;
}

bool faulted_open(struct faulted *f)
{
	memset(f, 0, sizeof(*f));
	return badline_open(&f->b) && smallphone_files(f->b.dir);
}

void faulted_close(struct faulted *f)
{
	badline_close(&f->b);
}

/* -- one session --------------------------------------------------------- */

static int back_up(struct run *x, struct archive_resume *resume, struct err *e)
{
	struct backup_request q = { .out = x->out,
				    .resume = resume,
				    .plan = { .all = true },
				    .archive = { .force = x->f->existing,
						 .level = 1,
						 .threads = x->t->c.threads },
				    .device = "sim:faulted",
				    .ending = "leave",
				    .simulated = true };
	const struct job_events ev = badline_events(&x->on);
	struct backup_totals totals;

	bool armed = x->f->arm && x->f->arm_resume == (resume != NULL);
	int rc;

	if (armed)
		x->f->arm(true);
	rc = session_raise(x->on.s, STAGE_FDL2, e);
	if (rc < 0)
		archive_resume_drop(resume);
	else
		rc = job_backup(x->on.s, &x->on.so, &q, &ev, &x->m, &totals, e);
	if (armed)
		x->f->arm(false);
	return rc;
}

static void note_stats(struct run *x)
{
	const struct fault_stats *st = transport_fault_stats(x->on.line);

	x->r->replies = st->replies;
	x->r->waited_ms = st->waited_ms;
	memcpy(x->r->done, st->done, sizeof(x->r->done));
	/* What always happens on this line is no fault. */
	if (x->t->c.line)
		x->r->done[FAULT_SPLIT] = 0;
	x->r->faults = 0;
	for (unsigned k = 0; k < FAULT_KINDS; k++)
		x->r->faults += x->r->done[k];
}

static bool begin(struct run *x, struct faulted *f,
		  const struct faulted_truth *t, const char *plan,
		  struct faulted_result *ret)
{
	const struct faulted_case *c = &t->c;
	char both[1024];
	struct err e;

	memset(x, 0, sizeof(*x));
	x->f = f;
	x->t = t;
	x->r = ret;
	x->on.each_fault_ms = EACH_FAULT_MS;
	x->on.so.chunk_max = c->chunk_max;
	x->on.so.regions = c->regions;
	x->on.so.nregions = c->nregions;
	snprintf(x->out, sizeof(x->out), "%s/a.tar.zst", f->b.dir);
	snprintf(x->partial, sizeof(x->partial), "%s.partial", x->out);
	snprintf(x->journal, sizeof(x->journal), "%s.journal", x->partial);
	snprintf(both, sizeof(both), "%s%s%s", c->line ? c->line : "",
		 c->line ? ";" : "", plan);
	if (badline_connect(&x->on, &f->b, t->spec, both, &e) == 0)
		return true;
	faulted_wrong(x, "the rig itself: %s", e.text);
	return false;
}

static void end(struct run *x)
{
	session_close(x->on.s);
	manifest_free(&x->m);
}

static void put_existing(struct run *x)
{
	FILE *f = fopen(x->out, "wb");

	if (!f || fputs(FAULTED_EXISTING, f) < 0 || fclose(f) != 0)
		faulted_wrong(x, "the rig itself: %s", x->out);
}

static void clean(struct run *x)
{
	unlink(x->out);
	unlink(x->partial);
	unlink(x->journal);
}

/* What was kept, on a line that is well: the whole archive. */
static void go_on(struct faulted *f, const struct faulted_truth *t,
		  struct faulted_result *ret, bool again)
{
	const struct archive_options o = { .force = f->existing,
					   .level = 1,
					   .threads = t->c.threads };
	struct archive_resume *left;
	struct err e = { .code = ERR_NONE };
	struct run x;

	if (!begin(&x, f, t, BADLINE_WELL, ret))
		return;
	if (archive_resume_open(x.out, &o, NULL, NULL, &left, &e) != 1) {
		faulted_wrong(&x, "cannot be resumed: %s", e.text);
	} else if (back_up(&x, left, &e) == 0) {
		judge_exact(&x);
		ret->resumed = ret->end != FAULTED_WRONG;
	} else if (again) {
		ret->code = e.code;
		judge_named(&x, &e);
	} else {
		faulted_wrong(&x, "resuming fails: %s", e.text);
	}
	judge_phone(&x);
	end(&x);
}

void faulted_session(struct faulted *f, const struct faulted_truth *t,
		     const char *plan, struct faulted_result *ret)
{
	struct run x;
	struct err e = { .code = ERR_NONE };
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!begin(&x, f, t, plan, ret))
		return;
	if (f->existing)
		put_existing(&x);
	rc = back_up(&x, NULL, &e);
	ret->code = rc < 0 ? e.code : ERR_NONE;
	if (rc == 0)
		judge_exact(&x);
	else
		judge_named(&x, &e);
	judge_phone(&x);
	note_stats(&x);
	end(&x);
	if (ret->kept && ret->end == FAULTED_NAMED)
		go_on(f, t, ret, f->arm_resume);
	if (ret->kept && ret->end == FAULTED_NAMED && !ret->resumed) {
		f->arm_resume = false;
		go_on(f, t, ret, false);
		f->arm_resume = true;
	}
	clean(&x);
}

/* -- the undisturbed run ------------------------------------------------- */

/* Where a partition lies; a region by its number, as the case tells. */
static bool find_place(const struct phone *p, const struct faulted_case *c,
		       const struct manifest_part *part, struct rig_place *ret)
{
	if (part->method != METHOD_BY_ADDRESS)
		return rig_find(p, part->name, ret) && ret->size == part->size;
	for (size_t i = 0; i < c->nregions; i++)
		if (c->regions[i].id == part->region) {
			*ret = (struct rig_place) { "user", c->places[i],
						    part->size };
			return true;
		}
	return false;
}

/* The digest of the bytes that the phone holds for a partition. */
static bool sum_on_phone(const struct phone *p, const struct faulted_case *c,
			 const struct manifest_part *part,
			 uint8_t sum[SHA256_LEN])
{
	struct rig_place where;
	struct err e;
	uint8_t *all;
	bool good;

	if (!find_place(p, c, part, &where))
		return false;
	all = malloc(where.size);
	good = all &&
	       phone_peek(p, where.area, where.offset, all, where.size) &&
	       sha256_of(all, where.size, sum, &e) == 0;
	free(all);
	return good;
}

static bool note_truth(struct run *x, struct faulted_truth *t)
{
	for (size_t i = 0; i < x->m.nparts; i++) {
		const struct manifest_part *p = &x->m.parts[i];
		uint8_t sum[SHA256_LEN];

		if (judge_is_ours(p->member))
			continue;
		if (t->nparts == FAULTED_PARTS_MAX)
			return false;
		if (strncmp(p->member, "gpt/", 4) != 0 &&
		    (!sum_on_phone(x->on.phone, &t->c, p, sum) ||
		     memcmp(sum, p->sha256, SHA256_LEN) != 0)) {
			fprintf(stderr, "%s: '%s' differs from the phone\n",
				t->c.name, p->member);
			return false;
		}
		snprintf(t->part[t->nparts].member, MEMBER_NAME_MAX, "%s",
			 p->member);
		memcpy(t->part[t->nparts++].sha256, p->sha256, SHA256_LEN);
	}
	return true;
}

bool faulted_reference(struct faulted *f, const struct faulted_case *c,
		       struct faulted_truth *ret)
{
	const struct fault_stats *st;
	struct faulted_result r;
	struct run x;
	struct err e;
	bool good;

	memset(&r, 0, sizeof(r));
	memset(ret, 0, sizeof(*ret));
	ret->c = *c;
	smallphone_spec(f->b.dir, c->model, c->sector, c->large, ret->spec,
			sizeof(ret->spec));
	if (!begin(&x, f, ret, BADLINE_WELL, &r)) {
		fprintf(stderr, "%s: %s\n", c->name, r.why);
		return false;
	}
	st = transport_fault_stats(x.on.line);
	good = session_raise(x.on.s, STAGE_FDL2, &e) == 0 ||
	       complain(c->name, &e);
	ret->replies_to_fdl2 = st->replies;
	if (good && back_up(&x, NULL, &e) < 0)
		good = complain(c->name, &e);
	ret->replies = st->replies;
	ret->requests = st->requests;
	ret->waited_ms = st->waited_ms;
	good = good && note_truth(&x, ret);
	if (good) {
		judge_exact(&x);
		judge_phone(&x);
	}
	if (r.end == FAULTED_WRONG)
		fprintf(stderr, "%s: %s\n", c->name, r.why);
	end(&x);
	clean(&x);
	return good && r.end != FAULTED_WRONG;
}
