/* SPDX-License-Identifier: BSD-3-Clause */
/* pac_jobs.h - what is done with a firmware package, without a phone. */
#ifndef JOB_PAC_JOBS_H
#define JOB_PAC_JOBS_H

#include "job/events.h"
#include "pac/pac.h"

struct pac_extract_request {
	const char *dir;
	const char *const *names; /* globs of ids or file names; none: all */
	size_t nnames;
	bool force; /* replace files that are there */
};

struct pac_extract_result {
	size_t files;
	uint64_t bytes;
	size_t damaged; /* not there as a whole, told as differences */
};

/*
 * Files of p into dir, never outside it, in the order in which they lie; zeros
 * become holes.  ERR_MISMATCH when some are not whole; the others are there.
 */
int job_pac_extract(struct pac *p, const struct pac_extract_request *q,
		    const struct job_events *ev, struct pac_extract_result *ret,
		    struct err *e) MUST_CHECK;

/*
 * Reads all of p.  Every fault is told as a difference and counted in
 * *ret_faults; ERR_MISMATCH when there are any.
 */
int job_pac_check(struct pac *p, const struct job_events *ev,
		  size_t *ret_faults, struct err *e) MUST_CHECK;

/*
 * Reads all of p and compares both checksums: ERR_MISMATCH when one is wrong,
 * ERR_FORMAT when p is cut off.
 */
int job_pac_sums(struct pac *p, const struct job_events *ev,
		 struct err *e) MUST_CHECK;

#endif
