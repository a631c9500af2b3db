/* SPDX-License-Identifier: BSD-3-Clause */
/* watch.h - a wait that is told, can be ended, and does not last for ever. */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include "base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define WATCH_SLICE_MS 250u    /* how often a wait looks up */
#define WATCH_GRACE_MS 5000u   /* a wait that the user has ended */
#define WATCH_TELL_MS  30000u  /* silence until it is told; then doubled */
#define WATCH_LIMIT_MS 600000u /* silence that is the end */

/*
 * For waits of one thread, the one that talks to the user, for a disk or a
 * pipe that another one writes to.  { 0 } is valid: only the limit holds.
 */
struct watch {
	void *user;
	const char *what; /* a file's name, for messages; borrowed */
	/*
	 * True: the user wants an end.  What goes on may still do so for
	 * grace_ms, as it may be the last thing that is kept.
	 */
	bool (*cancelled)(void *user);
	void (*stuck)(void *user, const char *text);
	unsigned grace_ms, tell_ms, limit_ms; /* 0: as above */
};

/* One wait; begun anew whenever something has moved. */
struct watch_wait {
	const struct watch *w;
	uint64_t since, next;
};

void watch_begin(struct watch_wait *x, const struct watch *w);
/* After each slice: ERR_CANCELLED, or ERR_IO when it was too long. */
int watch_look(struct watch_wait *x, struct err *e) MUST_CHECK;
/* When a slice ends, for the pthread functions, by CLOCK_MONOTONIC. */
struct timespec watch_slice(void);
/*
 * Waits for a thread.  Negative as watch_look(): it still runs, and what it
 * uses must stay.
 */
int watch_join(pthread_t thread, const struct watch *w,
	       struct err *e) MUST_CHECK;

#endif
