/* SPDX-License-Identifier: BSD-3-Clause */
/* judge.h - what the parts of a backup are worth. */
#ifndef JOB_JUDGE_H
#define JOB_JUDGE_H

#include "job/blank.h"
#include "recover.h"

/*
 * Before an archive is finished.  Marks the parts of m that say nothing, as
 * blank_judge(); may ask the phone which slot it boots.  Clears m->complete
 * for what is grave (unless accepted), and when readings differed and not all
 * was read twice.
 */
int job_judge(struct recovery *rec, const struct layout *l, bool accept,
	      struct manifest *m, struct blank_report *ret,
	      struct err *e) MUST_CHECK;

#endif
