/* SPDX-License-Identifier: BSD-3-Clause */
/* why.h - the table of failures: likely causes in order, and remedies. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

#define WHY_CAUSES_MAX 4

struct why_cause {
	const char *cause, *remedy; /* NULL behind the last one */
};

struct why_row {
	const char *id;	  /* "fdl2-silent"; in docs/failures.md, too */
	const char *seen; /* what happened, in words */
	struct why_cause causes[WHY_CAUSES_MAX];
};

/* The row of this failure, or NULL: its remedy is in hint or kind. */
const struct why_row *why_row(const struct err *e);
/* Row by number, for tests and lists; NULL for none. */
const struct why_row *why_at(enum why why);
/* {"row", "seen", "causes": [{"cause", "remedy"}]}, or NULL. */
json_t *why_json(const struct err *e);

#endif
