/* SPDX-License-Identifier: BSD-3-Clause */
/* sample.h - job_recheck(): the sample against the phone. */
#ifndef JOB_SAMPLE_H
#define JOB_SAMPLE_H

#include "archive/archive.h"
#include "reread.h"

/*
 * Reads percent of the stored blocks of m again, at random, and compares them
 * with what lies on the disk.  Fills m->recheck; each difference is an event
 * and a warning of m.  Left out: what may not be read again, and blocks with
 * unreadable ranges.  All parts must have been ended.
 */
int job_recheck(struct reread *q, struct archive_writer *w, double percent,
		struct manifest *m, struct err *e) MUST_CHECK;

#endif
