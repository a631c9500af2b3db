/* SPDX-License-Identifier: BSD-3-Clause */
/* recheck.h - a random sample of a backup, read once more. */
#ifndef JOB_RECHECK_H
#define JOB_RECHECK_H

#include "archive/manifest.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Of `all` things `sample` were looked at, at random and each once, and none
 * was wrong: how many of all may be wrong at most, with 95 % confidence?
 * (The largest number that would go unseen in one of twenty such samples.)
 */
uint64_t recheck_bound(uint64_t all, uint64_t sample);
/* How many of `all` are `percent` of them: at least one, when there is one. */
uint64_t recheck_sample(uint64_t all, double percent);

/*
 * One after the other: is this one of the `wanted` that are chosen out of the
 * `left` that are still to come?  Every choice is as likely as any other.
 */
struct recheck_dice {
	uint64_t state, left, wanted;
};
bool recheck_take(struct recheck_dice *d);

#endif
