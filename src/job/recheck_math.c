/* SPDX-License-Identifier: BSD-3-Clause */
/* recheck_math.c - what a sample says about the whole; pure. */
#include "job/recheck.h"

#define DOUBT 0.05

uint64_t recheck_bound(uint64_t all, uint64_t sample)
{
	double unseen = 1;
	uint64_t bad = 0;

	if (sample == 0 || sample > all)
		return all;
	/*
	 * Drawing without putting back: the chance that `bad` wrong ones are
	 * all outside of the sample is the product of (all - sample - i) /
	 * (all - i) for i below bad.
	 */
	while (bad < all - sample) {
		unseen *= (double)(all - sample - bad) / (double)(all - bad);
		if (unseen < DOUBT)
			break;
		bad++;
	}
	return bad;
}

uint64_t recheck_sample(uint64_t all, double percent)
{
	double n = (double)all * percent / 100;
	uint64_t up = (uint64_t)n + ((double)(uint64_t)n < n);

	if (up < 1)
		up = 1;
	return up < all ? up : all;
}

/* splitmix64 (public domain, Vigna) */
static uint64_t roll(uint64_t *state)
{
	uint64_t x = *state += 0x9E3779B97F4A7C15U;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
	x = (x ^ x >> 27) * 0x94D049BB133111EBU;
	return x ^ x >> 31;
}

/* Even: what would make the first remainders likelier is rolled again. */
static uint64_t roll_below(uint64_t *state, uint64_t n)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;

	do
		x = roll(state);
	while (x >= limit);
	return x % n;
}

bool recheck_take(struct recheck_dice *d)
{
	bool take;

	if (d->left == 0)
		return false;
	take = roll_below(&d->state, d->left--) < d->wanted;
	d->wanted -= take;
	return take;
}
