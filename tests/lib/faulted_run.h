/* SPDX-License-Identifier: BSD-3-Clause */
/* faulted_run.h - what the files of faulted.h share: one run, and its judge. */
#ifndef LIB_FAULTED_RUN_H
#define LIB_FAULTED_RUN_H

#include "lib/faulted.h"

struct run {
	struct badline_run on;
	struct faulted *f;
	const struct faulted_truth *t;
	struct faulted_result *r;
	char out[128], partial[160], journal[192];
	struct manifest m;
};

/* The first thing that is wrong is the one to tell. */
void faulted_wrong(struct run *x, const char *fmt, ...) PRINTF(2, 3);

/* After a backup that said it is done. */
void judge_exact(struct run *x);
/* After one that failed with *e. */
void judge_named(struct run *x, const struct err *e);
/* After each: it was not written to. */
void judge_phone(struct run *x);
/* Made by us, and different each time: device.json ... */
bool judge_is_ours(const char *member);

/* What stood in the place of the archive before, with struct faulted's
 * `existing`. */
#define FAULTED_EXISTING "an older archive"

#endif
