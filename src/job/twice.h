/* SPDX-License-Identifier: BSD-3-Clause */
/* twice.h - what cannot be had again is read twice. */
#ifndef JOB_TWICE_H
#define JOB_TWICE_H

#include "archive/archive.h"
#include "job/plan.h"
#include "reread.h"

/*
 * After the last block of a member was put, before archive_end(): reads all
 * of it again and compares it with what is stored.  Where they differ a third
 * reading decides: what two of three agree on is stored.  What all three give
 * differently becomes zeros and an unreadable range of *p.  Counts in
 * p->confirmed and p->outvoted, warns through m.  Nothing is done
 * for what is not of a class that is read twice, unless a difference was met
 * before; for what may not be read again; and when the archive cannot be read
 * back.
 */
int job_read_twice(struct reread *q, struct archive_writer *w,
		   const struct plan_item *it, struct manifest *m,
		   struct manifest_part *p, struct err *e) MUST_CHECK;

#endif
