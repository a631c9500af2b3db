/* SPDX-License-Identifier: BSD-3-Clause */
/* identity.h - which phone and which request a .partial belongs to; pure. */
#ifndef SRC_JOB_IDENTITY_H
#define SRC_JOB_IDENTITY_H

#include "archive/journal.h"
#include "job/backup.h"

/* One thing that has to be the same for a run that goes on. */
struct trait {
	char label[64], value[80];
};

struct identity {
	struct trait *v;
	size_t n;
};

#define IDENTITY_NOTE "id" /* the kind of a trait's note: "LABEL = VALUE" */

/* What the phone says of itself is taken from m (job_describe()). */
int identity_of(const struct manifest *m, const struct layout *l,
		const struct plan *p, enum read_policy policy,
		struct identity *ret, struct err *e) MUST_CHECK;
void identity_free(struct identity *id);
/*
 * The notes of a journal against this run: ERR_EXISTS names the first that
 * differs, with both values.  What either side does not know is no difference.
 */
int identity_compare(const struct journal *j, const struct identity *now,
		     const char *out, struct err *e) MUST_CHECK;

#endif
