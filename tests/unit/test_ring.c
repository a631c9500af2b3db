/* SPDX-License-Identifier: BSD-3-Clause */
/* test_ring.c - order, errors and endings of the thread pool. */
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 5
#define ITEMS 500u

struct job {
	unsigned in[SLOTS], out[SLOTS];
	unsigned bad; /* this item fails; ITEMS: none does */
};

static int square(void *user, unsigned worker, unsigned slot, struct err *e)
{
	struct job *j = user;

	(void)worker;
	/* Uneven work, so that items overtake each other. */
	for (unsigned i = 0; i < j->in[slot] % 7; i++)
		sched_yield();
	if (j->in[slot] == j->bad)
		return err_set(e, ERR_FORMAT, "item %u", j->bad);
	j->out[slot] = j->in[slot] * j->in[slot];
	return 0;
}

struct taker {
	struct ring *ring;
	struct job *job;
	unsigned seen;
	int end;
	struct err e;
};

static void *take_all(void *arg)
{
	struct taker *t = arg;
	unsigned slot;

	while ((t->end = ring_take(t->ring, &slot, &t->e)) > 0) {
		if (t->job->out[slot] != t->seen * t->seen)
			return NULL; /* out of order: seen stays behind */
		t->seen++;
		ring_give_back(t->ring, slot);
	}
	if (t->end < 0)
		ring_stop(t->ring, &t->e);
	return NULL;
}

static void two_sides_keep_the_order(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads < 5; threads++) {
		struct job j = { .bad = ITEMS };
		struct taker t = { .job = &j };
		pthread_t thread;
		unsigned slot;
		struct err e;

		assert_int_equal(
			ring_new(threads, SLOTS, square, &j, &t.ring, &e), 0);
		pthread_create(&thread, NULL, take_all, &t);
		for (unsigned i = 0; i < ITEMS; i++) {
			assert_int_equal(ring_get(t.ring, &slot, &e), 0);
			j.in[slot] = i;
			ring_put(t.ring, slot);
			if (i % 100 == 50)
				assert_int_equal(ring_flush(t.ring, &e), 0);
		}
		ring_end(t.ring);
		pthread_join(thread, NULL);
		assert_int_equal(t.end, 0);
		assert_int_equal(t.seen, ITEMS);
		assert_true(ring_free(t.ring));
	}
}

static void one_thread_may_be_both_sides(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads < 4; threads++) {
		struct job j = { .bad = ITEMS };
		unsigned slot, put = 0, taken = 0;
		struct ring *r;
		struct err e;

		assert_int_equal(ring_new(threads, SLOTS, square, &j, &r, &e),
				 0);
		while (taken < ITEMS) {
			while (put < ITEMS && ring_may_get(r)) {
				assert_int_equal(ring_get(r, &slot, &e), 0);
				j.in[slot] = put++;
				ring_put(r, slot);
			}
			assert_int_equal(ring_take(r, &slot, &e), 1);
			assert_int_equal(j.out[slot], taken * taken);
			taken++;
			ring_give_back(r, slot);
		}
		ring_end(r);
		assert_int_equal(ring_take(r, &slot, &e), 0);
		assert_true(ring_free(r));
	}
}

static void errors_stop_both_sides(void **state)
{
	(void)state;
	struct job j = { .bad = 37 };
	struct taker t = { .job = &j };
	pthread_t thread;
	unsigned slot, i;
	struct err e;
	int rc = 0;

	assert_int_equal(ring_new(2, SLOTS, square, &j, &t.ring, &e), 0);
	pthread_create(&thread, NULL, take_all, &t);
	for (i = 0; i < ITEMS; i++) {
		rc = ring_get(t.ring, &slot, &e);
		if (rc < 0)
			break;
		j.in[slot] = i;
		ring_put(t.ring, slot);
	}
	pthread_join(thread, NULL);
	assert_int_equal(rc, -ERR_FORMAT);
	assert_string_equal(e.text, "item 37");
	assert_int_equal(t.seen, 37);
	assert_true(i <= 37 + SLOTS);
	assert_int_equal(ring_flush(t.ring, &e), -ERR_FORMAT);
	assert_true(ring_may_get(t.ring));
	assert_true(ring_free(t.ring));
}

static void first_reason_to_stop_is_kept(void **state)
{
	(void)state;
	struct job j = { .bad = ITEMS };
	struct err a, b, e;
	struct ring *r;
	unsigned slot;

	(void)!err_set(&a, ERR_CANCELLED, "first");
	(void)!err_set(&b, ERR_IO, "second");
	assert_int_equal(ring_new(1, 1, square, &j, &r, &e), 0);
	ring_stop(r, &a);
	ring_stop(r, &b);
	assert_int_equal(ring_get(r, &slot, &e), -ERR_CANCELLED);
	assert_string_equal(e.text, "first");
	assert_int_equal(ring_take(r, &slot, &e), -ERR_CANCELLED);
	assert_true(ring_free(r));
}

static void freeing_does_not_wait_for_a_taker(void **state)
{
	(void)state;
	struct job j = { .bad = ITEMS };
	struct ring *r;
	unsigned slot;
	struct err e;

	assert_int_equal(ring_new(3, SLOTS, square, &j, &r, &e), 0);
	for (unsigned i = 0; i < SLOTS; i++) {
		assert_int_equal(ring_get(r, &slot, &e), 0);
		j.in[slot] = i;
		ring_put(r, slot);
	}
	assert_false(ring_may_get(r));
	assert_true(ring_free(r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sides_keep_the_order),
		cmocka_unit_test(one_thread_may_be_both_sides),
		cmocka_unit_test(errors_stop_both_sides),
		cmocka_unit_test(first_reason_to_stop_is_kept),
		cmocka_unit_test(freeing_does_not_wait_for_a_taker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
