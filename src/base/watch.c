/* SPDX-License-Identifier: BSD-3-Clause */
/* watch.c - a wait that is told, can be ended, and does not last for ever. */
#include "base/watch.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

/* Between two looks at a thread that may have ended, doubled each time. */
#define JOIN_LEAST_US 100u
#define JOIN_MOST_US  12800u

static unsigned or_usual(unsigned ms, unsigned usual)
{
	return ms ? ms : usual;
}

void watch_begin(struct watch_wait *x, const struct watch *w)
{
	x->w = w;
	x->since = clock_ms();
	x->next = or_usual(w->tell_ms, WATCH_TELL_MS);
}

static const char *named(const struct watch *w)
{
	return w->what ? w->what : "the output";
}

static int too_long(const struct watch *w, uint64_t waited, struct err *e)
{
	int rc = err_set(e, ERR_IO, "'%s' has taken nothing for %u s", named(w),
			 (unsigned)(waited / 1000));

	err_hint(e, "the disk hangs, or nobody reads the pipe: write to "
		    "another place");
	return rc;
}

static void tell(const struct watch *w, uint64_t waited)
{
	char text[256];

	if (!w->stuck)
		return;
	snprintf(text, sizeof(text),
		 "'%s' has taken nothing for %u s: the disk hangs, or nobody "
		 "reads the pipe; still waiting (Ctrl-C ends this)",
		 named(w), (unsigned)(waited / 1000));
	w->stuck(w->user, text);
}

int watch_look(struct watch_wait *x, struct err *e)
{
	const struct watch *w = x->w;
	uint64_t waited = clock_ms() - x->since;

	if (waited >= or_usual(w->grace_ms, WATCH_GRACE_MS) && w->cancelled &&
	    w->cancelled(w->user))
		return err_set(e, ERR_CANCELLED,
			       "stopped by the user, while '%s' took nothing",
			       named(w));
	if (waited >= or_usual(w->limit_ms, WATCH_LIMIT_MS))
		return too_long(w, waited, e);
	if (waited >= x->next) {
		x->next *= 2;
		tell(w, waited);
	}
	return 0;
}

struct timespec watch_slice(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += WATCH_SLICE_MS * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

/*
 * False: not within a slice.  Asks again and again: the functions that wait for
 * a thread count on the wall clock, which may be set back meanwhile, or are
 * not known to the thread sanitizer.
 */
static bool join_within_slice(pthread_t thread)
{
	uint64_t limit = clock_ms() + WATCH_SLICE_MS;
	unsigned us = JOIN_LEAST_US;

	while (pthread_tryjoin_np(thread, NULL) != 0) {
		if (clock_ms() >= limit)
			return false;
		usleep(us);
		if (us < JOIN_MOST_US)
			us *= 2;
	}
	return true;
}

int watch_join(pthread_t thread, const struct watch *w, struct err *e)
{
	struct watch_wait x;

	watch_begin(&x, w);
	while (!join_within_slice(thread))
		if (watch_look(&x, e) < 0)
			return -(int)e->code;
	return 0;
}
