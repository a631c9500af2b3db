/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/unit.h"

#include "job/recheck.h"

/*
 * The chance that a sample sees none of `bad` wrong ones, counted by choosing
 * the sample's members one after the other: another way than the program's.
 */
static double unseen(uint64_t all, uint64_t sample, uint64_t bad)
{
	double p = 1;

	for (uint64_t i = 0; i < sample; i++)
		p *= bad > all - i
			     ? 0
			     : (double)(all - i - bad) / (double)(all - i);
	return p;
}

static void bound_is_the_last_that_is_likely_enough(void **state)
{
	static const uint64_t alls[] = { 1, 2, 10, 59, 100, 1000, 16384 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(alls); i++) {
		uint64_t all = alls[i];

		for (uint64_t n = 1; n < all; n += 1 + n / 2) {
			uint64_t k = recheck_bound(all, n);

			assert_true(k <= all - n);
			assert_true(unseen(all, n, k) >= 0.0499999);
			assert_true(unseen(all, n, k + 1) < 0.0500001);
		}
	}
}

static void bound_of_known_cases(void **state)
{
	(void)state;
	/* All were looked at; none was; one of two. */
	assert_int_equal(recheck_bound(100, 100), 0);
	assert_int_equal(recheck_bound(100, 0), 100);
	assert_int_equal(recheck_bound(0, 0), 0);
	assert_int_equal(recheck_bound(2, 1), 1);
	/* 95 of 100 were looked at: one wrong one is missed 1 time in 20. */
	assert_int_equal(recheck_bound(100, 95), 1);
	assert_int_equal(recheck_bound(100, 96), 0);
	/* Large: the rule of three says 3 / 1000 of 1000000. */
	assert_in_range(recheck_bound(1000000, 1000), 2980, 3000);
}

static void sample_is_rounded_up_and_never_empty(void **state)
{
	(void)state;
	assert_int_equal(recheck_sample(100, 5), 5);
	assert_int_equal(recheck_sample(101, 5), 6);
	assert_int_equal(recheck_sample(10, 0.5), 1);
	assert_int_equal(recheck_sample(1, 100), 1);
	assert_int_equal(recheck_sample(16384, 100), 16384);
	assert_int_equal(recheck_sample(0, 50), 0);
}

static void exactly_the_wanted_number_is_taken(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		for (uint64_t wanted = 0; wanted <= 20; wanted++) {
			struct recheck_dice d = { seed, 20, wanted };
			uint64_t taken = 0;

			for (int i = 0; i < 20; i++)
				taken += recheck_take(&d);
			assert_int_equal(taken, wanted);
			assert_false(recheck_take(&d));
		}
	}
}

/* 3 of 30, ten thousand times: each place a thousand times, give or take. */
static void every_place_is_as_likely(void **state)
{
	unsigned count[30] = { 0 };

	(void)state;
	for (uint64_t seed = 1; seed <= 10000; seed++) {
		struct recheck_dice d = { seed, 30, 3 };

		for (int i = 0; i < 30; i++)
			count[i] += recheck_take(&d);
	}
	/* Five standard deviations of sqrt(10000 * 0.1 * 0.9) = 30. */
	for (int i = 0; i < 30; i++)
		assert_in_range(count[i], 850, 1150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bound_is_the_last_that_is_likely_enough),
		cmocka_unit_test(bound_of_known_cases),
		cmocka_unit_test(sample_is_rounded_up_and_never_empty),
		cmocka_unit_test(exactly_the_wanted_number_is_taken),
		cmocka_unit_test(every_place_is_as_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
