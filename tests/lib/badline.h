/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * badline.h - a simulated phone on a line that is not well: the folder and the
 * loaders of many sessions, and each session with its watchdog.  faulted.h
 * (backups) and restored.h (restores) stand on it.
 */
#ifndef LIB_BADLINE_H
#define LIB_BADLINE_H

#include "device/loader.h"
#include "device/profile.h"
#include "device/session.h"
#include "job/events.h"
#include "sim/phone.h"
#include "transport/fault.h"

#include <stdbool.h>
#include <stdint.h>

#define BADLINE_WELL "lose:n=1000000000" /* a plan without a fault */

struct badline {
	char dir[64];
	struct profile_set profiles;
	struct loader fdl1, fdl2; /* small ones */
	bool tell;		  /* all that happens, on stdout */
};

/* An empty folder, profiles and loaders; false with a message on stderr. */
bool badline_open(struct badline *b);
/* Also removes the folder, with all that is in it. */
void badline_close(struct badline *b);

/* One session.  The caller sets `each_fault_ms`, and what it wants of `so`. */
struct badline_run {
	struct badline *b;
	struct transport *line;
	struct phone *phone;
	struct session *s;
	struct session_options so;
	unsigned each_fault_ms; /* of the phone's time, the most one costs */
	uint64_t started;
	bool hung; /* the watchdog ended it */
};

/*
 * The simulator of `spec` behind the faults of `plan`, and a session that is
 * not raised yet.  A kind of error, as everywhere; then nothing is open.
 */
int badline_connect(struct badline_run *x, struct badline *b, const char *spec,
		    const char *plan, struct err *e);
/* For the jobs of a connected one: they tell, and ask the watchdog. */
struct job_events badline_events(struct badline_run *x);

#endif
