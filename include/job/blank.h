/* SPDX-License-Identifier: BSD-3-Clause */
/* blank.h - copies that say nothing: blank, one block repeated, twins. */
#ifndef JOB_BLANK_H
#define JOB_BLANK_H

#include "archive/manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is a partition one piece again and again, as a loader gives it that answers
 * every request from the same buffer?  Streaming; most partitions are decided
 * after their first 64 KiB.
 */
struct repeat;

/* NULL: no memory. */
struct repeat *repeat_new(void);
void repeat_free(struct repeat *r);
/* For the next partition. */
void repeat_reset(struct repeat *r);
/* All blocks in their order; all but the last are BLOCK_SIZE bytes. */
void repeat_add(struct repeat *r, const uint8_t *p, size_t n);
/* What was seen so far comes again at least four times, and is not blank. */
bool repeat_is(const struct repeat *r);
/* After the first block: false when it never will, whatever follows. */
bool repeat_may_be(const struct repeat *r);

struct blank_report {
	size_t quiet; /* blank, and nobody minds */
	size_t odd;   /* suspect, but proves nothing */
	size_t grave; /* blank where no working phone is */
};

/*
 * Sets `suspect` and `grave` of all parts, from their content, digest, size
 * and name; docs/partitions.md 5.  active: 'a', 'b', or 0 when not known.
 * Pure; may be called again.
 */
void blank_judge(struct manifest *m, char active, struct blank_report *ret);
/* Would the judgement be another one if the active slot were known? */
bool blank_asks_for_slot(const struct manifest *m);
/* "all zeros", "the same bytes as 'boot'"; for people. */
const char *blank_words(const struct manifest_part *p, char buf[64]);

#endif
