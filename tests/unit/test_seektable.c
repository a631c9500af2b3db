/* SPDX-License-Identifier: BSD-3-Clause */
/* test_seektable.c - the tail of an archive, right and wrong. */
#include "archive/seektable.h"

#include "base/bytes.h"

#include <xxhash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* Three frames of 100, 200 and 300 bytes; the second is the manifest's. */
static void make(uint8_t **p, size_t *n)
{
	struct trailer tr = { 1, 100, 0x1122334455667788u };
	struct seektable t = { 0 };
	struct err e;

	assert_true(seektable_add(&t, 100, 512));
	assert_true(seektable_add(&t, 200, 1024));
	assert_true(seektable_add(&t, 300, 1024));
	assert_int_equal(tail_encode(&t, &tr, p, n, &e), 0);
	seektable_free(&t);
}

static void golden_bytes(void **state)
{
	(void)state;
	static const uint8_t start[] = {
		0x53, 0x2A, 0x4D, 0x18, 56,   0,    0, 0, 'S',	'P',
		'D',  'V',  'T',  'A',	'I',  'L',  1, 0, 0,	0,
		1,    0,    0,	  0,	3,    0,    0, 0, 0,	0,
		0,    0,    100,  0,	0,    0,    0, 0, 0,	0,
		88,   2,    0,	  0,	0,    0,    0, 0, 0x88, 0x77,
		0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
	};
	static const uint8_t table[] = {
		0x5E, 0x2A, 0x4D, 0x18, 41, 0, 0,    0,	   100,	 0,    0, 0,  0,
		2,    0,    0,	  200,	0,  0, 0,    0,	   4,	 0,    0, 44, 1,
		0,    0,    0,	  4,	0,  0, 64,   0,	   0,	 0,    0, 0,  0,
		0,    4,    0,	  0,	0,  0, 0xB1, 0xEA, 0x92, 0x8F,
	};
	uint8_t *p;
	size_t n;

	make(&p, &n);
	assert_int_equal(n, 64 + sizeof(table));
	assert_memory_equal(p, start, sizeof(start));
	assert_memory_equal(p + 64, table, sizeof(table));
	assert_int_equal(get_le64(p + 56),
			 XXH64(table, sizeof(table), XXH64(start, 56, 0)));
	free(p);
}

static void comes_back(void **state)
{
	(void)state;
	struct seektable t;
	struct trailer tr;
	struct err e;
	size_t n, measured;
	uint8_t *p;

	make(&p, &n);
	assert_int_equal(tail_measure(p + n - 9, 600 + n, &measured, &e), 0);
	assert_int_equal(measured, n);
	assert_int_equal(tail_decode(p, n, 600 + n, &t, &tr, &e), 0);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.start[1], 100);
	assert_int_equal(t.start[2], 300);
	assert_int_equal(t.start[3], 600);
	assert_int_equal(t.content[2], 1024);
	assert_int_equal(seektable_compressed(&t, 2), 300);
	assert_int_equal(tr.manifest_frame, 1);
	assert_int_equal(tr.manifest_offset, 100);
	assert_int_equal(tr.digest, 0x1122334455667788u);
	seektable_free(&t);
	free(p);
}

static void refused(const uint8_t *p, size_t n, uint64_t file_size)
{
	struct seektable t = { 0 };
	struct trailer tr;
	struct err e;

	assert_int_equal(tail_decode(p, n, file_size, &t, &tr, &e),
			 -ERR_FORMAT);
	assert_null(t.start);
}

static void every_bit_of_it_counts(void **state)
{
	(void)state;
	uint8_t *p;
	size_t n;

	make(&p, &n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		refused(p, n, 600 + n);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < n; len++) {
		refused(p, len, 600 + n);
		refused(p + n - len, len, 600 + n);
	}
	refused(p, n, 601 + n);
	refused(p, n, 599 + n);
	refused(p, n, n - 1);
	free(p);
}

/* Lies with a digest that is right: someone meant it. */
static void lies_are_refused(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint32_t value;
	} cases[] = {
		{ 16, 2 },	 /* version */
		{ 20, 3 },	 /* manifest frame: none of them */
		{ 20, 0 },	 /* another place */
		{ 24, 2 },	 /* number of frames */
		{ 28, 1 },	 /* reserved */
		{ 32, 101 },	 /* manifest offset */
		{ 40, 601 },	 /* length */
		{ 44, 1 },	 /* its high half */
		{ 64 + 8, 101 }, /* a compressed size */
		{ 64 + 8, UINT32_MAX },
		{ 64 + 32, 63 }, /* the trailer's own entry */
		{ 64 + 36, 1 },
		{ 64 + 4, 42 }, /* length of the table */
	};
	uint8_t *p;
	size_t n;

	for (size_t i = 0; i < N(cases); i++) {
		make(&p, &n);
		put_le32(p + cases[i].at, cases[i].value);
		put_le64(p + 56, XXH64(p + 64, n - 64, XXH64(p, 56, 0)));
		refused(p, n, 600 + n);
		free(p);
	}
}

static void absurd_footers_are_refused(void **state)
{
	(void)state;
	static const uint32_t counts[] = { 0,	     1,	       1000,
					   1u << 22, 1u << 27, UINT32_MAX };
	uint8_t footer[9] = { 0 };
	struct err e;
	size_t n;

	put_le32(footer + 5, 0x8F92EAB1u);
	for (size_t i = 0; i < N(counts); i++) {
		put_le32(footer, counts[i]);
		assert_int_equal(tail_measure(footer, 5000, &n, &e),
				 -ERR_FORMAT);
	}
	put_le32(footer, 2);
	assert_int_equal(tail_measure(footer, 5000, &n, &e), 0);
	assert_int_equal(tail_measure(footer, n - 1, &n, &e), -ERR_FORMAT);
	footer[4] = 0x80;
	assert_int_equal(tail_measure(footer, 5000, &n, &e), -ERR_FORMAT);
}

static void grows_to_many_frames(void **state)
{
	(void)state;
	struct seektable t = { 0 };

	for (uint32_t i = 0; i < 100000; i++)
		assert_true(seektable_add(&t, UINT32_MAX, i));
	assert_int_equal(t.start[100000], 100000ull * UINT32_MAX);
	assert_int_equal(t.content[99999], 99999);
	seektable_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_bytes),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(every_bit_of_it_counts),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(absurd_footers_are_refused),
		cmocka_unit_test(grows_to_many_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
