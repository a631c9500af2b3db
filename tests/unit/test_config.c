/* SPDX-License-Identifier: BSD-3-Clause */
/* test_config.c - INI text: order, limits, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/config.h"

static struct config *parse(const char *text)
{
	struct config *c = NULL;
	struct err e;

	if (config_parse(text, strlen(text), "t.ini", &c, &e) < 0)
		fail_msg("%s", e.text);
	return c;
}

static void refuses(const char *text, size_t n, const char *expect)
{
	struct config *c = NULL;
	struct err e = { .code = ERR_NONE };

	if (config_parse(text, n, "t.ini", &c, &e) == 0) {
		config_free(c);
		fail_msg("taken, though: %s", expect);
	}
	assert_int_equal(e.code, ERR_PROFILE);
	assert_null(c);
	if (!strstr(e.text, expect))
		fail_msg("'%s' has no '%s'", e.text, expect);
}

static void repeated_keys_keep_their_order(void **state)
{
	struct config *c = parse("[a]\nk = 1\nx = 9\nk=2\n[b]\nk = 3\n"
				 "[a]\nk : 4\n");
	struct err e;

	(void)state;
	assert_string_equal(config_take(c, "a", "k"), "1");
	assert_string_equal(config_take(c, "a", "k"), "2");
	assert_string_equal(config_take(c, "a", "k"), "4");
	assert_null(config_take(c, "a", "k"));
	assert_null(config_take(c, "a", "nothing"));
	assert_string_equal(config_take(c, "b", "k"), "3");
	assert_true(config_done(c, &e) < 0);
	assert_string_equal(e.text, "t.ini:3: unknown or repeated key [a] x");
	assert_string_equal(config_take(c, "a", "x"), "9");
	assert_int_equal(config_done(c, &e), 0);
	config_free(c);
}

static void need_names_what_is_missing(void **state)
{
	struct config *c = parse("[a]\nk = 1\n");
	const char *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(config_need(c, "a", "k", &s, &e), 0);
	assert_string_equal(s, "1");
	assert_int_equal(config_need(c, "a", "k", &s, &e), -ERR_PROFILE);
	assert_string_equal(e.text, "t.ini: [a] k is missing");
	config_free(c);
}

static void bad_names_line_and_value(void **state)
{
	struct config *c = parse("# one\n\n[a]\n; four\nk = 1\n");
	const char *s = config_take(c, "a", "k");
	struct err e;

	(void)state;
	assert_int_equal(config_bad(c, "a", "k", s, "too small", &e),
			 -ERR_PROFILE);
	assert_string_equal(e.text, "t.ini:5: [a] k = 1: too small");
	assert_int_equal(config_bad(c, "a", "k", "x", "why", &e), -ERR_PROFILE);
	assert_string_equal(e.text, "t.ini: [a] k = x: why");
	config_free(c);
}

static void comments_blanks_and_line_ends(void **state)
{
	struct config *c = parse("\xEF\xBB\xBF[a]\r\n  \r\n# c\r\n"
				 "k =  v w  ; rest\r\n"
				 "u = a#b;c\r\n"
				 "last = end");
	struct err e;

	(void)state;
	assert_string_equal(config_take(c, "a", "k"), "v w");
	assert_string_equal(config_take(c, "a", "u"), "a#b;c");
	assert_string_equal(config_take(c, "a", "last"), "end");
	assert_int_equal(config_done(c, &e), 0);
	config_free(c);
}

static void an_empty_text_has_no_values(void **state)
{
	struct config *c = parse("");
	struct err e;

	(void)state;
	assert_null(config_take(c, "", ""));
	assert_int_equal(config_done(c, &e), 0);
	config_free(c);
	config_free(NULL);
}

static void text_without_terminator_is_not_overrun(void **state)
{
	/* On the heap and exact, so that a sanitizer sees one byte too many. */
	static const char text[] = { '[', 'a', ']', '\n', 'k', '=', 'v' };
	char *p = malloc(sizeof(text));
	struct config *c = NULL;
	struct err e;

	(void)state;
	assert_non_null(p);
	memcpy(p, text, sizeof(text));
	assert_int_equal(config_parse(p, sizeof(text), "t", &c, &e), 0);
	free(p);
	assert_string_equal(config_take(c, "a", "k"), "v");
	config_free(c);
}

static void hostile_text_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *expect;
	} cases[] = {
		{ "[a]\nk = 1\0002\n", 12, "t.ini:2: byte 0x00 is no text" },
		{ "[a]\nk = \x1b[2J\n", 13, "t.ini:2: byte 0x1b" },
		{ "[a]\nk = \x7f\n", 10, "byte 0x7f" },
		{ "[a]\nnonsense\n", 13, "t.ini:2: neither" },
		{ "[a\nk = 1\n", 9, "t.ini:1: neither" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(cases[i].text, cases[i].n, cases[i].expect);
}

/* Each length around the limit is either taken whole or refused. */
static void long_lines_are_never_cut(void **state)
{
	unsigned taken = 0, refused = 0;

	(void)state;
	for (size_t len = 150; len < 450; len++) {
		char text[512], want[512];
		struct config *c = NULL;
		struct err e;
		int n;

		memset(want, 'x', len);
		want[len] = '\0';
		n = snprintf(text, sizeof(text), "[a]\nk=%s%s", want,
			     len % 2 ? "\n" : "");
		if (config_parse(text, (size_t)n, "t.ini", &c, &e) < 0) {
			assert_non_null(strstr(e.text, "t.ini:2: line longer"));
			assert_true(e.hint[0]);
			refused++;
			continue;
		}
		assert_string_equal(config_take(c, "a", "k"), want);
		config_free(c);
		taken++;
	}
	assert_true(taken > 0);
	assert_true(refused > 0);
}

static void sizes_are_limited(void **state)
{
	char *big = malloc(CONFIG_FILE_MAX + 1);
	size_t n = 0;

	(void)state;
	assert_non_null(big);
	memset(big, '\n', CONFIG_FILE_MAX + 1);
	refuses(big, CONFIG_FILE_MAX + 1, "too many");
	for (int i = 0; i <= CONFIG_VALUES_MAX; i++) {
		memcpy(big + n, "k=v\n", 4);
		n += 4;
	}
	refuses(big, n, "t.ini:513: more than 512 values");
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_keys_keep_their_order),
		cmocka_unit_test(need_names_what_is_missing),
		cmocka_unit_test(bad_names_line_and_value),
		cmocka_unit_test(comments_blanks_and_line_ends),
		cmocka_unit_test(an_empty_text_has_no_values),
		cmocka_unit_test(text_without_terminator_is_not_overrun),
		cmocka_unit_test(hostile_text_is_refused),
		cmocka_unit_test(long_lines_are_never_cut),
		cmocka_unit_test(sizes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
