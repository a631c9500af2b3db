/* SPDX-License-Identifier: BSD-3-Clause */
/* restored_run.h - one restore, and its judge. */
#ifndef LIB_RESTORED_RUN_H
#define LIB_RESTORED_RUN_H

#include "lib/restored.h"

#include "job/restore.h"

#define RESTORED_NAMES_MAX 64

struct run {
	struct badline_run on;
	struct restored *f;
	struct restored_result *r;
	char archive[96], undo[96], state[112], keep[96];
	struct restore *x;
	struct restore_paper *paper;
	const char *names[RESTORED_NAMES_MAX];
	bool applied;
};

/* The first thing that is wrong is the one to tell. */
void restored_wrong(struct run *x, const char *fmt, ...) PRINTF(2, 3);
/* After one that said it is done: the phone holds what it should. */
void restored_judge_whole(struct run *x, const struct phonesum *want);
/* After one that failed with *e: what is said of it, and what it leaves. */
void restored_judge_stopped(struct run *x, const struct err *e);

#endif
