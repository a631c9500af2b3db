/* SPDX-License-Identifier: BSD-3-Clause */
/* noted.h - the ranges of a member, as a journal tells them one by one. */
#ifndef SRC_JOB_NOTED_H
#define SRC_JOB_NOTED_H

#include "archive/manifest.h"

/*
 * In the order of the notes, which may overlap: a list that is to count in
 * place of an earlier one comes behind it, and then the word that only the
 * last ones count.  Until then all do: zeros never lose their reason.
 */
struct noted {
	struct manifest_range *v;
	size_t n;
};

bool noted_add(struct noted *l, uint64_t offset, uint64_t length);
/* Only the last n. */
void noted_only(struct noted *l, uint64_t n);
/* Sorted, joined, and nothing from `end` on, into p; false: no memory. */
bool noted_settle(struct noted *l, uint64_t end, struct manifest_part *p);
void noted_free(struct noted *l);

#endif
