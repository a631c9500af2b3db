/* SPDX-License-Identifier: BSD-3-Clause */
/* badline.c - the folder, the line, the session and the watchdog. */
#include "lib/badline.h"

#include "lib/smallphone.h"

#include "base/clock.h"
#include "transport/sim.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * No session waits longer than this, by the phone's clock (each fault may cost
 * a time limit, and a lost phone is waited for) and by ours.
 */
#define LOST_MS 1500000u
#define REAL_MS 240000u

/* -- the folder ---------------------------------------------------------- */

bool badline_open(struct badline *b)
{
	const char *tmp = getenv("TMPDIR");
	struct err e;

	memset(b, 0, sizeof(*b));
	if (!tmp)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(b->dir, sizeof(b->dir), "%.40s/badline.XXXXXX", tmp);
	if (!mkdtemp(b->dir)) {
		perror(b->dir);
		return false;
	}
	setenv("SPDVAULT_PROFILES", "profiles", 1);
	if (profile_load_all(&b->profiles, &e) < 0 ||
	    !smallphone_loader(1, &b->fdl1, &e) ||
	    !smallphone_loader(2, &b->fdl2, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
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

void badline_close(struct badline *b)
{
	nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	profile_set_free(&b->profiles);
	loader_free(&b->fdl1);
	loader_free(&b->fdl2);
}

/* -- with a debugger's eyes: `tell` -------------------------------------- */

static void on_note(void *user, const char *text)
{
	struct badline_run *x = user;

	if (x->b->tell)
		printf("#   %s\n", text);
}

static void on_retry(void *user, unsigned attempt, const struct err *why)
{
	struct badline_run *x = user;

	if (x->b->tell)
		printf("#   again (%u): %s\n", attempt, why->text);
}

/* -- one session --------------------------------------------------------- */

/* Asked in every wait: the watchdog. */
static bool on_cancelled(void *user)
{
	struct badline_run *x = user;
	const struct fault_stats *st = transport_fault_stats(x->line);

	if (st->waited_ms > LOST_MS + st->all * x->each_fault_ms ||
	    clock_ms() - x->started > REAL_MS)
		x->hung = true;
	return x->hung;
}

static int open_line(struct badline_run *x, const char *spec, const char *plan,
		     struct err *e)
{
	const struct transport_env env = { .note = on_note, .user = x };
	struct transport *t;

	if (transport_open_sim(spec, &t, e) < 0)
		return -(int)e->code;
	x->phone = transport_sim_phone(t);
	return transport_open_fault(plan, &env, t, &x->line, e);
}

static int open_session(struct badline_run *x, struct err *e)
{
	const struct session_events ev = { .user = x,
					   .phone_log = on_note,
					   .step = on_note,
					   .retry = on_retry,
					   .cancelled = on_cancelled };
	const uint8_t *bytes;
	size_t n;

	x->so.fdl1 = &x->b->fdl1;
	x->so.fdl2 = &x->b->fdl2;
	phone_sample_loader(x->phone, 1, &x->b->fdl1.addr, &bytes, &n);
	phone_sample_loader(x->phone, 2, &x->b->fdl2.addr, &bytes, &n);
	x->so.recover_ms = 120000;
	if (profile_find(&x->b->profiles, phone_model(x->phone)->chip,
			 &x->so.profile, e) < 0) {
		transport_close(x->line);
		return -(int)e->code;
	}
	return session_open(x->line, &x->so, &ev, &x->s, e);
}

int badline_connect(struct badline_run *x, struct badline *b, const char *spec,
		    const char *plan, struct err *e)
{
	int rc;

	x->b = b;
	x->started = clock_ms();
	rc = open_line(x, spec, plan, e);
	return rc < 0 ? rc : open_session(x, e);
}

struct job_events badline_events(struct badline_run *x)
{
	return (struct job_events) { .user = x,
				     .note = on_note,
				     .warning = on_note,
				     .cancelled = on_cancelled };
}
