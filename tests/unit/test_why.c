/* SPDX-License-Identifier: BSD-3-Clause */
/* test_why.c - the table of failures is whole, and docs/failures.md is it. */
#include "../../src/cli/ui.h"
#include "../../src/cli/why.h"

#include "lib/unit.h"

#include "base/file.h"

#define DOC    "docs/failures.md"
#define TEST   "tests/cli/failures.sh"
#define WRITER "tests/unit/test_writer.c"

static struct err e;

static char *text_of(const char *path)
{
	uint8_t *p;
	char *s;
	size_t n;

	assert_ok(file_read_all(path, 1 << 20, &p, &n, &e), &e);
	s = strndup((const char *)p, n);
	assert_non_null(s);
	free(p);
	return s;
}

static void every_row_has_causes_and_remedies(void **state)
{
	(void)state;
	assert_null(why_at(WHY_NONE));
	assert_null(why_at(WHY_ROWS));
	for (enum why w = WHY_NONE + 1; w < WHY_ROWS; w++) {
		const struct why_row *r = why_at(w);

		if (!r)
			fail_msg("row %d is empty", (int)w);
		assert_true(*r->id && *r->seen);
		assert_non_null(r->causes[0].cause);
		for (int i = 0; i < WHY_CAUSES_MAX; i++)
			assert_int_equal(!r->causes[i].cause,
					 !r->causes[i].remedy);
		for (enum why o = WHY_NONE + 1; o < w; o++)
			assert_string_not_equal(r->id, why_at(o)->id);
	}
}

static void has(const char *doc, const char *path, const char *what)
{
	if (!strstr(doc, what))
		fail_msg("%s lacks: %s", path, what);
}

static void the_page_says_the_same(void **state)
{
	char *doc = text_of(DOC), *test = text_of(TEST);
	char *writer = text_of(WRITER);
	char line[1024];

	(void)state;
	for (enum why w = WHY_NONE + 1; w < WHY_ROWS; w++) {
		const struct why_row *r = why_at(w);

		snprintf(line, sizeof(line), "\n### %s\n", r->id);
		has(doc, DOC, line);
		has(w < WHY_WRITE_NAME ? test : writer,
		    w < WHY_WRITE_NAME ? TEST : WRITER, r->id);
		for (int i = 0; i < WHY_CAUSES_MAX && r->causes[i].cause; i++) {
			snprintf(line, sizeof(line), "\n| %s | %s |\n",
				 r->causes[i].cause, r->causes[i].remedy);
			has(doc, DOC, line);
		}
	}
	free(doc);
	free(test);
	free(writer);
}

static void a_row_gives_the_remedy(void **state)
{
	(void)state;
	assert_int_equal(err_set(&e, ERR_TIMEOUT, "x"), -(int)ERR_TIMEOUT);
	err_why(&e, WHY_FDL2_SILENT);
	err_why(&e, WHY_HANGS); /* who is deeper knows better */
	assert_string_equal(why_row(&e)->id, "fdl2-silent");
	assert_string_equal(remedy_of(&e), why_row(&e)->causes[0].remedy);
	err_hint(&e, "its own words");
	assert_string_equal(remedy_of(&e), "its own words");
	assert_non_null(why_row(&e));
}

/* That no phone is there may have its own words: several are. */
static void a_kind_has_its_usual_row(void **state)
{
	(void)state;
	assert_int_equal(err_set(&e, ERR_NODEV, "x"), -(int)ERR_NODEV);
	assert_string_equal(why_row(&e)->id, "no-phone");
	err_hint(&e, "its own words");
	assert_null(why_row(&e));
	assert_int_equal(err_set(&e, ERR_GONE, "x"), -(int)ERR_GONE);
	assert_string_equal(why_row(&e)->id, "left-the-bus");
	assert_int_equal(err_set(&e, ERR_EXISTS, "x"), -(int)ERR_EXISTS);
	assert_null(why_row(&e));
	assert_null(why_json(&e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_causes_and_remedies),
		cmocka_unit_test(the_page_says_the_same),
		cmocka_unit_test(a_row_gives_the_remedy),
		cmocka_unit_test(a_kind_has_its_usual_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
