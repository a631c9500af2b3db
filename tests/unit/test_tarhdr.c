/* SPDX-License-Identifier: BSD-3-Clause */
/* test_tarhdr.c - tar headers, made and parsed. */
#include "archive/tarhdr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define GIB(n)	((uint64_t)(n) << 30)

static void headers_come_back(void **state)
{
	(void)state;
	static const struct {
		uint64_t size;
		size_t length;
	} cases[] = {
		{ 0, 512 },	   { 1, 512 },		{ 511, 512 },
		{ 64 << 20, 512 }, { GIB(8) - 1, 512 }, { GIB(8), 1536 },
		{ GIB(9), 1536 },  { GIB(120), 1536 },	{ GIB(1 << 20), 1536 },
	};
	uint8_t raw[TARHDR_MAX], again[TARHDR_MAX];
	struct tarhdr h;
	struct err e;
	size_t n, m;

	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(tarhdr_make("partitions/super.img",
					     cases[i].size, raw, &n, &e),
				 0);
		assert_int_equal(n, cases[i].length);
		assert_int_equal(tarhdr_parse(raw, n, &h, &e), 0);
		assert_string_equal(h.name, "partitions/super.img");
		assert_int_equal(h.size, cases[i].size);
		assert_int_equal(tarhdr_make("partitions/super.img",
					     cases[i].size, again, &m, &e),
				 0);
		assert_int_equal(m, n);
		assert_memory_equal(raw, again, n);
	}
	assert_int_equal(tarhdr_make("a", (uint64_t)INT64_MAX + 1, raw, &n, &e),
			 -ERR_BUG);
}

static void header_is_reproducible_ustar(void **state)
{
	(void)state;
	uint8_t raw[TARHDR_MAX];
	struct err e;
	size_t n;

	assert_int_equal(tarhdr_make("gpt/a.img", 5, raw, &n, &e), 0);
	assert_string_equal((char *)raw, "gpt/a.img");
	assert_memory_equal(raw + 100, "000644 \0", 8);	    /* mode */
	assert_memory_equal(raw + 108, "000000 \0", 8);	    /* uid */
	assert_memory_equal(raw + 116, "000000 \0", 8);	    /* gid */
	assert_memory_equal(raw + 124, "00000000005 ", 12); /* size */
	assert_memory_equal(raw + 136, "00000000000 ", 12); /* mtime */
	assert_int_equal(raw[156], '0');		    /* file */
	assert_memory_equal(raw + 257,
			    "ustar\0"
			    "00",
			    8);
	assert_int_equal(raw[265], 0); /* no owner's name */
}

static void damage_is_refused(void **state)
{
	(void)state;
	uint8_t raw[TARHDR_MAX], bad[TARHDR_MAX] = { 0 };
	struct tarhdr h;
	struct err e;
	size_t n;

	assert_int_equal(tarhdr_make("gpt/a.img", GIB(9), raw, &n, &e), 0);
	for (size_t len = 0; len < n; len++)
		assert_int_equal(tarhdr_parse(raw, len, &h, &e), -ERR_FORMAT);
	/* A zero block behind it would end the tar for everybody else. */
	memcpy(bad, raw, n);
	assert_int_equal(tarhdr_parse(bad, n + 512, &h, &e), -ERR_FORMAT);
	assert_int_equal(tarhdr_make("gpt/a.img", 0, bad, &n, &e), 0);
	memset(bad + n, 0, 512);
	assert_int_equal(tarhdr_parse(bad, n + 512, &h, &e), -ERR_FORMAT);
	for (size_t i = 0; i < 300; i++) {
		/* The checksum covers all; blanks and zeros are equal to it. */
		memcpy(bad, raw, n);
		bad[i] ^= 0x41;
		if (tarhdr_parse(bad, n, &h, &e) == 0)
			assert_true(i >= 148 && i < 156);
	}
	memset(bad, 0, sizeof(bad));
	assert_int_equal(tarhdr_parse(bad, 512, &h, &e), -ERR_FORMAT);
}

static void names_of_foreign_tars(void **state)
{
	(void)state;
	static const struct {
		const char *name, *out;
		bool safe;
	} cases[] = {
		{ "device.json", "device.json", true },
		{ "./gpt/a.img", "gpt/a.img", true },
		{ "a/b/c", "a/b/c", true },
		{ "", "", false },
		{ ".", ".", false },
		{ "./", "", false },
		{ "..", "..", false },
		{ "/abs", "/abs", false },
		{ ".//abs", "/abs", false },
		{ "a/../b", "a/../b", false },
		{ "a//b", "a//b", false },
		{ "a/", "a/", false },
		{ "a\nb", "a?b", false },
		{ "a\\b", "a\\b", false },
		{ "caf\xC3\xA9", "caf??", false },
	};
	char out[MEMBER_NAME_MAX];

	for (size_t i = 0; i < N(cases); i++) {
		const char *why = tar_name(cases[i].name, out);

		if (!why != cases[i].safe)
			fail_msg("'%s': %s", cases[i].name, why ? why : "-");
		assert_string_equal(out, cases[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_come_back),
		cmocka_unit_test(header_is_reproducible_ustar),
		cmocka_unit_test(damage_is_refused),
		cmocka_unit_test(names_of_foreign_tars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
