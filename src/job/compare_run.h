/* SPDX-License-Identifier: BSD-3-Clause */
/* compare_run.h - inside of the comparison: identity and table, then bytes. */
#ifndef SRC_JOB_COMPARE_RUN_H
#define SRC_JOB_COMPARE_RUN_H

#include "archive/archive.h"
#include "job/compare.h"
#include "job/plan.h"
#include "recover.h"
#include "reread.h"

struct compare {
	struct session *s;
	const struct compare_request *q;
	const struct job_events *ev;
	struct compare_result *res;
	struct archive_reader *r;
	const struct manifest *m;
	struct recovery rec;
	struct layout layout;
	struct plan plan;
	struct job_progress pr;
	uint8_t *buf; /* BLOCK_SIZE bytes */
};

/* ERR_EXISTS when the archive is of another phone. */
int compare_identity(struct compare *c, struct err *e) MUST_CHECK;
/* Rows that are gone, moved or of another size; each is a difference. */
void compare_tables(struct compare *c);
/* The stored copies of the GPT against those of the phone. */
int compare_gpt(struct compare *c, struct err *e) MUST_CHECK;
void compare_tell(struct compare *c, const char *member, uint64_t offset,
		  uint64_t length, const char *fmt, ...) PRINTF(5, 6);
/* A partition of the archive that is to be compared, and how to read it. */
const struct plan_item *compare_item(const struct compare *c,
				     const struct manifest_part *p);

#endif
