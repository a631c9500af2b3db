/* SPDX-License-Identifier: BSD-3-Clause */
/* events.h - what a job tells while it works; no data flows through it. */
#ifndef JOB_EVENTS_H
#define JOB_EVENTS_H

#include "archive/manifest.h"
#include "base/err.h"
#include "base/watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compare_part; /* job/compare.h */

struct job_progress {
	const char *part;
	size_t number, count; /* this is part `number` of `count` */
	uint64_t done, total; /* bytes of this part */
	uint64_t all_done, all_total;
};

/* Any of these may be NULL. */
struct job_events {
	void *user;
	void (*note)(void *user, const char *text);
	void (*warning)(void *user, const char *text);
	void (*progress)(void *user, const struct job_progress *p);
	void (*part_done)(void *user, const struct manifest_part *p);
	/* Verify: what is wrong, where.  offset UINT64_MAX: no place. */
	void (*difference)(void *user, const char *member, uint64_t offset,
			   uint64_t length, const char *what);
	/* A partition was compared with an archive. */
	void (*compared)(void *user, const struct compare_part *p);
	bool (*cancelled)(void *user);
};

void job_note(const struct job_events *ev, const char *fmt, ...) PRINTF(2, 3);
void job_warn(const struct job_events *ev, const char *fmt, ...) PRINTF(2, 3);
void job_progress(const struct job_events *ev, const struct job_progress *p);
/* The same events for waits on `what`, which is borrowed, as ev is. */
struct watch job_watch(const struct job_events *ev, const char *what);
/* ERR_CANCELLED when the user wants an end. */
int job_go_on(const struct job_events *ev, struct err *e) MUST_CHECK;

#endif
