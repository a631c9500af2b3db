/* SPDX-License-Identifier: BSD-3-Clause */
/* recover.h - going on with a phone that was lost and came back. */
#ifndef JOB_RECOVER_H
#define JOB_RECOVER_H

#include "device/layout.h"
#include "device/session.h"
#include "job/events.h"

/* For the time of one job; begin with { .s = ..., .ev = ... }. */
struct recovery {
	struct session *s;
	const struct job_events *ev;
	/* The table that it has to show again; NULL: none was read yet. */
	const struct layout *known;
	unsigned tries; /* since enough bytes came in between */
	uint64_t since; /* bytes */
};

/*
 * After a failure in *e: 0 when the phone was lost, came back within the
 * session's time, and is the same one by chip uid, disk GUID and table: what
 * failed may be done again.  Else what the job ends with: *e as it was, or
 * with the vain wait, or ERR_EXISTS for another phone.  part, for the messages,
 * is what was being read; NULL: no partition.
 */
int job_recover(struct recovery *r, const char *part, struct err *e) MUST_CHECK;
/* Bytes have come: a phone that keeps leaving still gets somewhere. */
void job_has_read(struct recovery *r, uint64_t n);

/* layout_read() with the names of the plan, again after each loss. */
int job_layout(struct recovery *r, struct layout *ret,
	       struct err *e) MUST_CHECK;

#endif
