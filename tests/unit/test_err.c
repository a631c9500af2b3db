/* SPDX-License-Identifier: BSD-3-Clause */
/* test_err.c - causes, contexts and remedies, also when they get too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void set_fills_everything(void **state)
{
	struct err e;

	(void)state;
	memset(&e, 0x5A, sizeof(e));
	assert_int_equal(err_set(&e, ERR_FRAME, "got %d of %s", 3, "four"),
			 -ERR_FRAME);
	assert_int_equal(e.code, ERR_FRAME);
	assert_int_equal(e.sys, 0);
	assert_string_equal(e.text, "got 3 of four");
	assert_string_equal(e.hint, "");
}

static void system_errors_keep_number_and_words(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_sys(&e, ENOSPC, "writing '%s'", "x"), -ERR_IO);
	assert_int_equal(e.sys, ENOSPC);
	assert_string_equal(e.text, "writing 'x': No space left on device");
	assert_int_equal(err_sys(&e, ENOMEM, "x"), -ERR_NOMEM);
	assert_int_equal(err_nomem(&e), -ERR_NOMEM);
	assert_int_equal(e.code, ERR_NOMEM);
}

static void a_long_name_does_not_hide_the_cause(void **state)
{
	static const char end[] = "...: File name too long";
	char name[2 * sizeof(((struct err *)0)->text)];
	struct err e;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	for (size_t n = sizeof(e.text) - 80; n < sizeof(name) - 1; n++) {
		name[n] = '\0';
		assert_true(err_sys(&e, ENAMETOOLONG, "making '%s'", name) < 0);
		name[n] = 'x';
		assert_true(strlen(e.text) < sizeof(e.text));
		assert_non_null(strstr(e.text, ": File name too long"));
	}
	assert_string_equal(e.text + strlen(e.text) - strlen(end), end);
}

static void contexts_stand_outside_in(void **state)
{
	struct err e;

	(void)state;
	assert_true(err_set(&e, ERR_TIMEOUT, "no answer") < 0);
	assert_int_equal(err_context(&e, "at 0x%x", 16), -ERR_TIMEOUT);
	assert_int_equal(err_context(&e, "reading '%s'", "super"),
			 -ERR_TIMEOUT);
	assert_string_equal(e.text, "reading 'super': at 0x10: no answer");
}

static void the_first_hint_stays(void **state)
{
	struct err e;

	(void)state;
	assert_true(err_set(&e, ERR_GONE, "gone") < 0);
	err_hint(&e, "plug in port %d", 2);
	err_hint(&e, "other");
	assert_string_equal(e.hint, "plug in port 2");
	assert_true(err_context(&e, "x") < 0);
	assert_string_equal(e.hint, "plug in port 2");
	assert_true(err_set(&e, ERR_GONE, "again") < 0);
	assert_string_equal(e.hint, "");
}

/* Beginning and end survive, however much comes in front. */
static void the_middle_is_cut(void **state)
{
	char longest[1000];
	struct err *e = malloc(sizeof(*e)); /* a sanitizer guards its end */

	(void)state;
	assert_non_null(e);
	memset(longest, 'm', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t head = 0; head < 500; head += 7)
		for (size_t text = 0; text < 500; text += 11) {
			assert_true(err_set(e, ERR_IO, "%.*sEND", (int)text,
					    longest) < 0);
			assert_true(err_context(e, "START%.*s", (int)head,
						longest) < 0);
			assert_true(strlen(e->text) < sizeof(e->text));
			assert_memory_equal(e->text, "START", 5);
			if (text < 300)
				assert_string_equal(
					e->text + strlen(e->text) - 3, "END");
		}
	for (int i = 0; i < 100; i++)
		assert_true(err_context(e, "layer %d", i) < 0);
	assert_memory_equal(e->text, "layer 99: ", 10);
	assert_true(strlen(e->text) < sizeof(e->text));
	assert_true(err_sys(e, EIO, "%s", longest) < 0);
	assert_true(strlen(e->text) < sizeof(e->text));
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_everything),
		cmocka_unit_test(system_errors_keep_number_and_words),
		cmocka_unit_test(a_long_name_does_not_hide_the_cause),
		cmocka_unit_test(contexts_stand_outside_in),
		cmocka_unit_test(the_first_hint_stays),
		cmocka_unit_test(the_middle_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
