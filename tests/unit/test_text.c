/* SPDX-License-Identifier: BSD-3-Clause */
/* test_text.c - numbers and names in words, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/utf8.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void sizes_are_read(void **state)
{
	static const struct {
		const char *s;
		uint64_t n;
	} cases[] = {
		{ "0", 0 },
		{ "4096", 4096 },
		{ "0x1000", 0x1000 },
		{ "0XfF", 255 },
		{ "4K", 4096 },
		{ "4k", 4096 },
		{ "16M", 16 << 20 },
		{ "16MiB", 16 << 20 },
		{ "2G", (uint64_t)2 << 30 },
		{ "1T", (uint64_t)1 << 40 },
		{ "0x10K", 16384 },
		{ "010", 10 },
		{ "18446744073709551615", UINT64_MAX },
		{ "16777215T", (uint64_t)16777215 << 40 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t n;
		struct err e;

		if (text_to_size(cases[i].s, &n, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(n, cases[i].n);
	}
}

static void no_sizes_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"K",
		"1KK",
		"0x",
		"0xg",
		"1.5M",
		"1P",
		"1e3",
		"M1",
		"1MB",
		"1Mi",
		"\xb2",
		"nan",
		"16777216T",
		"18446744073709551616",
		"0x10000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t n = 77;
		struct err e;

		if (text_to_size(cases[i], &n, &e) == 0)
			fail_msg("'%s' was taken", cases[i]);
		assert_int_equal(e.code, ERR_USAGE);
		assert_int_equal(n, 77);
	}
}

static void numbers_have_a_maximum(void **state)
{
	uint64_t n = 7;
	struct err e;

	(void)state;
	assert_int_equal(text_to_u64("255", 255, &n, &e), 0);
	assert_int_equal(n, 255);
	assert_int_equal(text_to_u64("0x100", 255, &n, &e), -ERR_USAGE);
	assert_int_equal(n, 255);
	assert_true(text_to_u64("4K", 9999, &n, &e) < 0);
	assert_true(text_to_u64("", 9999, &n, &e) < 0);
	assert_true(text_to_u64("-1", UINT64_MAX, &n, &e) < 0);
	assert_int_equal(text_to_u64("0xffffffffffffffff", UINT64_MAX, &n, &e),
			 0);
}

static void sizes_are_written(void **state)
{
	static const struct {
		uint64_t n;
		const char *s;
	} cases[] = {
		{ 0, "0 B" },
		{ 1, "1 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1536, "1.5 KiB" },
		{ 1048576, "1 MiB" },
		{ 1048575, "1.0 MiB" },
		{ (uint64_t)3 << 29, "1.5 GiB" },
		{ (uint64_t)100 << 30, "100 GiB" },
		{ UINT64_MAX, "16384 PiB" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[TEXT_SIZE_MAX];

		assert_string_equal(text_size(cases[i].n, buf), cases[i].s);
	}
}

static void durations_are_written(void **state)
{
	char buf[TEXT_SIZE_MAX];

	(void)state;
	assert_string_equal(text_duration(0, buf), "0s");
	assert_string_equal(text_duration(59, buf), "59s");
	assert_string_equal(text_duration(185, buf), "3m05s");
	assert_string_equal(text_duration(3720, buf), "1h02m");
	assert_true(strlen(text_duration(UINT64_MAX, buf)) < TEXT_SIZE_MAX);
}

static void hex_goes_both_ways(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x7E, 0xFF, 0x1a };
	uint8_t back[4];
	char s[9];

	(void)state;
	text_hex(bytes, 4, s);
	assert_string_equal(s, "007eff1a");
	assert_true(text_unhex("007EfF1A", back, 4));
	assert_memory_equal(back, bytes, 4);
	assert_false(text_unhex("007eff1", back, 4));
	assert_false(text_unhex("007eff1a0", back, 4));
	assert_false(text_unhex("007eff1g", back, 4));
	assert_false(text_unhex("", back, 4));
	assert_true(text_unhex("", back, 0));
}

static void names_go_both_ways(void **state)
{
	static const char longest[] = "012345678901234567890123456789012345";
	uint8_t p[72];
	char s[37];

	(void)state;
	assert_true(text_to_utf16le("l_fixnv1_a", p, 36));
	assert_true(text_from_utf16le(p, 36, s, sizeof(s)));
	assert_string_equal(s, "l_fixnv1_a");
	assert_true(text_to_utf16le(longest, p, 36));
	assert_true(text_from_utf16le(p, 36, s, sizeof(s)));
	assert_string_equal(s, longest);
	assert_false(text_from_utf16le(p, 36, s, 36));
	assert_false(text_to_utf16le(longest, p, 35));
	assert_true(text_to_utf16le("", p, 36));
	assert_true(text_from_utf16le(p, 36, s, sizeof(s)));
	assert_string_equal(s, "");
}

static void hostile_names_are_refused(void **state)
{
	static const uint16_t units[] = { 0x2F,	  0x5C,	  0x20,	 0x1F,	 0x7F,
					  0x0A,	  0x80,	  0x100, 0x2215, 0x202E,
					  0xD800, 0xFFFF, 0x2F00 };
	uint8_t p[72];
	char s[37];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		for (size_t at = 0; at < 5; at++) {
			assert_true(text_to_utf16le("abcd", p, 36));
			if (at == 4)
				at++; /* behind the end */
			p[2 * at] = (uint8_t)units[i];
			p[2 * at + 1] = (uint8_t)(units[i] >> 8);
			assert_false(text_from_utf16le(p, 36, s, sizeof(s)));
		}
}

static void text_is_cleaned(void **state)
{
	char out[8];

	(void)state;
	text_clean("a\x1b\n\xff z", 6, out, sizeof(out));
	assert_string_equal(out, "a??? z");
	text_clean("abcdefghijk", 11, out, sizeof(out));
	assert_string_equal(out, "abcdefg");
	text_clean("ab\0cd", 5, out, sizeof(out));
	assert_string_equal(out, "ab");
	text_clean("", 0, out, sizeof(out));
	assert_string_equal(out, "");
	text_clean("x", 1, out, 1);
	assert_string_equal(out, "");
}

static void file_names_are_judged(void **state)
{
	static const char *const good[] = { "a", "boot_a", "x.img", "-x" };
	static const char *const bad[] = {
		"",   ".",   "..",  "/",    "a/b",	"a\\b",
		".x", "a b", "a\n", "\x7f", "\xc3\xa4", "../../etc/passwd",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(text_is_file_name(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(text_is_file_name(bad[i]));
}

static void strings_grow(void **state)
{
	struct strbuf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_add(&b, "%d,", i % 10);
	assert_int_equal(b.len, 2000);
	assert_int_equal(strlen(b.s), 2000);
	strbuf_add(&b, "%s", "");
	assert_int_equal(b.len, 2000);
	strbuf_add_bytes(&b, "x\0y", 3);
	assert_int_equal(b.len, 2003);
	assert_memory_equal(b.s + 2000, "x\0y", 4);
	assert_false(b.failed);
	strbuf_free(&b);
	assert_null(b.s);
	strbuf_add(&b, "again");
	assert_string_equal(b.s, "again");
	strbuf_free(&b);
}

/* Lengths around the steps in which it grows. */
static void strings_keep_their_terminator(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 0; n < sizeof(text); n++) {
		struct strbuf b = { 0 };

		strbuf_add_bytes(&b, text, n);
		strbuf_add(&b, "y");
		assert_int_equal(strlen(b.s), n + 1);
		strbuf_free(&b);
	}
}

static void messages_are_tamed(void **state)
{
	static const char *const cases[][2] = {
		{ "plain text", "plain text" },
		{ "a\x1b[31m\n\tb\x7f", "a?[31m??b?" },
		{ "\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87" },
		/* cut inside of a character */
		{ "\xE4\xB8\xAD\xE6\x96' is", "\xE4\xB8\xAD\?\?' is" },
		{ "\xE4\xB8\xAD\xE6", "\xE4\xB8\xAD?" },
		/* Latin-1; too long a form; half of a pair; beyond the end */
		{ "caf\xE9", "caf?" },
		{ "\xC0\xAF", "\?\?" },
		{ "\xED\xA0\x80", "?" },
		{ "\xF4\x90\x80\x80", "?" },
		/* turns the direction of what follows */
		{ "exe.\xE2\x80\xAEgpj", "exe.?gpj" },
		{ "\xC2\x9B"
		  "2J",
		  "?2J" },
		{ "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80" },
		{ "", "" },
	};
	char s[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_copy(s, sizeof(s), cases[i][0]);
		utf8_tame(s);
		assert_string_equal(s, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_read),
		cmocka_unit_test(no_sizes_are_refused),
		cmocka_unit_test(numbers_have_a_maximum),
		cmocka_unit_test(sizes_are_written),
		cmocka_unit_test(durations_are_written),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(names_go_both_ways),
		cmocka_unit_test(hostile_names_are_refused),
		cmocka_unit_test(text_is_cleaned),
		cmocka_unit_test(file_names_are_judged),
		cmocka_unit_test(strings_grow),
		cmocka_unit_test(strings_keep_their_terminator),
		cmocka_unit_test(messages_are_tamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
