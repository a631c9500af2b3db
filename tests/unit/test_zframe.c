/* SPDX-License-Identifier: BSD-3-Clause */
/* test_zframe.c - single zstd frames, right and wrong. */
#include "archive/zframe.h"

#include "base/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

static size_t encode(const void *p, size_t n, int level, uint8_t **ret)
{
	struct zframe_enc *z;
	struct err e;
	size_t len;

	*ret = malloc(zframe_bound(n));
	assert_int_equal(zframe_enc_new(level, &z, &e), 0);
	assert_int_equal(
		zframe_encode(z, p, n, *ret, zframe_bound(n), &len, &e), 0);
	zframe_enc_free(z);
	return len;
}

static const char *decode(const void *p, size_t n, void *out, size_t content)
{
	struct zframe_dec *z;
	const char *damage;
	struct err e;

	assert_int_equal(zframe_dec_new(&z, &e), 0);
	damage = zframe_decode(z, p, n, out, content);
	zframe_dec_free(z);
	return damage;
}

static uint8_t *noise(size_t n)
{
	uint8_t *p = malloc(n + 1);
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = i % 4096 < 2000 ? (uint8_t)(x >> 24) : 0;
	}
	return p;
}

static void frames_come_back(void **state)
{
	(void)state;
	static const size_t sizes[] = {
		0, 1, 511, 512, 1536, 70000, BLOCK_SIZE - 512, BLOCK_SIZE
	};
	static const int levels[] = { 1, 3, 7, 12, 19 };

	for (size_t i = 0; i < N(sizes); i++) {
		for (size_t k = 0; k < N(levels); k++) {
			size_t n = sizes[i], len;
			uint8_t *raw = noise(n), *out = malloc(n + 1), *z;

			len = encode(raw, n, levels[k], &z);
			/* Single segment, checksum, no dictionary. */
			assert_int_equal(z[4] & 0x3F, 0x24);
			assert_null(zframe_check(z, len, n));
			assert_int_equal(zframe_length(z, len), len);
			assert_null(decode(z, len, out, n));
			assert_memory_equal(raw, out, n);
			free(raw);
			free(out);
			free(z);
		}
	}
}

static void an_encoder_has_no_memory(void **state)
{
	(void)state;
	uint8_t *raw = noise(BLOCK_SIZE), *first, *out;
	struct zframe_enc *z;
	struct err e;
	size_t n = encode(raw, BLOCK_SIZE, 3, &first), len;

	out = malloc(zframe_bound(BLOCK_SIZE));
	assert_int_equal(zframe_enc_new(3, &z, &e), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(zframe_encode(z, raw, 1000, out,
					       zframe_bound(1000), &len, &e),
				 0);
		assert_int_equal(zframe_encode(z, raw, BLOCK_SIZE, out,
					       zframe_bound(BLOCK_SIZE), &len,
					       &e),
				 0);
		assert_int_equal(len, n);
		assert_memory_equal(out, first, n);
	}
	zframe_enc_free(z);
	free(out);
	free(first);
	free(raw);
}

static void every_flip_is_found(void **state)
{
	(void)state;
	uint8_t *raw = noise(1536), *z, out[1536];
	size_t n = encode(raw, 1536, 3, &z);

	for (size_t bit = 0; bit < 8 * n; bit++) {
		z[bit / 8] ^= (uint8_t)(1u << bit % 8);
		/* Some bits of a block carry nothing; the bytes do count. */
		if (!decode(z, n, out, sizeof(out)))
			assert_memory_equal(out, raw, sizeof(out));
		z[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < n; len++)
		assert_non_null(decode(z, len, out, sizeof(out)));
	free(z);
	free(raw);
}

static void claims_are_no_allocations(void **state)
{
	(void)state;
	/* 8 bytes of content size: 2^63; then a raw block. */
	static const uint8_t huge[] = { 0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0, 0, 0,
					0,    0,    0,	  0,	0x80, 1, 0, 0 };
	static const uint8_t skippable[] = {
		0x50, 0x2A, 0x4D, 0x18, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
	};
	uint8_t out[512], *z, *raw = noise(512);
	size_t n;

	assert_non_null(decode(huge, sizeof(huge), out, sizeof(out)));
	assert_non_null(zframe_check(huge, sizeof(huge), (size_t)1 << 63));
	assert_non_null(decode(skippable, sizeof(skippable), out, 0));
	assert_non_null(decode("", 0, out, 0));
	n = encode(raw, 512, 3, &z);
	assert_non_null(decode(z, n, out, 511));
	z = realloc(z, 2 * n);
	memcpy(z + n, z, n); /* two frames are not one */
	assert_non_null(decode(z, 2 * n, out, 512));
	free(z);
	free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_back),
		cmocka_unit_test(an_encoder_has_no_memory),
		cmocka_unit_test(every_flip_is_found),
		cmocka_unit_test(claims_are_no_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
