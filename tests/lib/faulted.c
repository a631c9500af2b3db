/* SPDX-License-Identifier: BSD-3-Clause */
/* faulted.c - runs sessions on a bad line and judges their end. */
#include "lib/faulted_run.h"

#include "lib/rig.h"
#include "lib/smallphone.h"

#include "archive/archive.h"
#include "base/clock.h"
#include "job/backup.h"
#include "sim/phone.h"
#include "transport/sim.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WELL "lose:n=1000000000" /* a plan without a fault */

/*
 * No session waits longer than this, by the phone's clock (each fault may cost
 * a time limit, and a lost phone is waited for) and by ours.
 */
#define EACH_FAULT_MS 20000u
#define LOST_MS	      1500000u
#define REAL_MS	      240000u

/* -- the folder ------------------------------------------------------------ */

static bool complain(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->text);
	return false;
}

bool faulted_open(struct faulted *f)
{
	const char *tmp = getenv("TMPDIR");
	struct err e;

	memset(f, 0, sizeof(*f));
	if (!tmp)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(f->dir, sizeof(f->dir), "%.40s/faulted.XXXXXX", tmp);
	if (!mkdtemp(f->dir)) {
		perror(f->dir);
		return false;
	}
	setenv("SPDVAULT_PROFILES", "profiles", 1);
	if (profile_load_all(&f->profiles, &e) < 0)
		return complain("profiles", &e);
	if (!smallphone_files(f->dir))
		return false;
	if (!smallphone_loader(1, &f->fdl1, &e) ||
	    !smallphone_loader(2, &f->fdl2, &e))
		return complain("loaders", &e);
	return true;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void faulted_close(struct faulted *f)
{
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	profile_set_free(&f->profiles);
	loader_free(&f->fdl1);
	loader_free(&f->fdl2);
}

/* -- one session --------------------------------------------------------- */

/* Asked in every wait: also the watchdog. */
static bool on_cancelled(void *user)
{
	struct run *x = user;
	const struct fault_stats *st = transport_fault_stats(x->line);

	if (st->waited_ms > LOST_MS + st->all * EACH_FAULT_MS ||
	    clock_ms() - x->started > REAL_MS)
		x->hung = true;
	return x->hung;
}

/* -- with a debugger's eyes: struct faulted's `tell` ----------------------- */

static void on_note(void *user, const char *text)
{
	struct run *x = user;

	if (x->f->tell)
		printf("#   %s\n", text);
}

static void on_retry(void *user, unsigned attempt, const struct err *why)
{
	struct run *x = user;

	if (x->f->tell)
		printf("#   again (%u): %s\n", attempt, why->text);
}

static int open_line(struct run *x, const char *plan, struct err *e)
{
	const struct transport_env env = { .note = on_note, .user = x };
	char both[1024];
	struct transport *t;

	if (x->t->c.line)
		snprintf(both, sizeof(both), "%s;%s", x->t->c.line, plan);
	else
		snprintf(both, sizeof(both), "%s", plan);
	if (transport_open_sim(x->t->spec, &t, e) < 0)
		return -(int)e->code;
	x->phone = transport_sim_phone(t);
	return transport_open_fault(both, &env, t, &x->line, e);
}

static int open_session(struct run *x, struct err *e)
{
	const struct session_events ev = { .user = x,
					   .phone_log = on_note,
					   .step = on_note,
					   .retry = on_retry,
					   .cancelled = on_cancelled };
	const uint8_t *bytes;
	size_t n;

	x->so.fdl1 = &x->f->fdl1;
	x->so.fdl2 = &x->f->fdl2;
	phone_sample_loader(x->phone, 1, &x->f->fdl1.addr, &bytes, &n);
	phone_sample_loader(x->phone, 2, &x->f->fdl2.addr, &bytes, &n);
	x->so.chunk_max = x->t->c.chunk_max;
	x->so.regions = x->t->c.regions;
	x->so.nregions = x->t->c.nregions;
	x->so.recover_ms = 120000;
	if (profile_find(&x->f->profiles, phone_model(x->phone)->chip,
			 &x->so.profile, e) < 0) {
		transport_close(x->line);
		return -(int)e->code;
	}
	return session_open(x->line, &x->so, &ev, &x->s, e);
}

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
	const struct job_events ev = { .user = x,
				       .note = on_note,
				       .warning = on_note,
				       .cancelled = on_cancelled };
	struct backup_totals totals;

	bool armed = x->f->arm && x->f->arm_resume == (resume != NULL);
	int rc;

	if (armed)
		x->f->arm(true);
	rc = session_raise(x->s, STAGE_FDL2, e);
	if (rc < 0)
		archive_resume_drop(resume);
	else
		rc = job_backup(x->s, &x->so, &q, &ev, &x->m, &totals, e);
	if (armed)
		x->f->arm(false);
	return rc;
}

static void note_stats(struct run *x)
{
	const struct fault_stats *st = transport_fault_stats(x->line);

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
	struct err e;

	memset(x, 0, sizeof(*x));
	x->f = f;
	x->t = t;
	x->r = ret;
	x->started = clock_ms();
	snprintf(x->out, sizeof(x->out), "%s/a.tar.zst", f->dir);
	snprintf(x->partial, sizeof(x->partial), "%s.partial", x->out);
	snprintf(x->journal, sizeof(x->journal), "%s.journal", x->partial);
	if (open_line(x, plan, &e) < 0 || open_session(x, &e) < 0) {
		faulted_wrong(x, "the rig itself: %s", e.text);
		return false;
	}
	return true;
}

static void end(struct run *x)
{
	session_close(x->s);
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

	if (!begin(&x, f, t, WELL, ret))
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
		    (!sum_on_phone(x->phone, &t->c, p, sum) ||
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
	smallphone_spec(f->dir, c->model, c->sector, c->large, ret->spec,
			sizeof(ret->spec));
	if (!begin(&x, f, ret, WELL, &r)) {
		fprintf(stderr, "%s: %s\n", c->name, r.why);
		return false;
	}
	st = transport_fault_stats(x.line);
	good = session_raise(x.s, STAGE_FDL2, &e) == 0 || complain(c->name, &e);
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
