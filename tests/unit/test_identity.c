/* SPDX-License-Identifier: BSD-3-Clause */
/* test_identity.c - what has to be the same for a run that goes on. */
#include "../../src/job/identity.h"
#include "../../src/job/noted.h"

#include "base/block.h"
#include "lib/unit.h"

/* A journal whose notes are these traits. */
static void journal_of(const struct identity *id, struct journal *ret)
{
	struct strbuf b = { 0 };
	uint64_t chain;
	struct err e;

	journal_line_start(&b, &chain, BLOCK_SIZE, "test");
	for (size_t i = 0; i < id->n; i++) {
		char text[1000];

		snprintf(text, sizeof(text), "%s = %s", id->v[i].label,
			 id->v[i].value);
		journal_line_note(&b, &chain, IDENTITY_NOTE, text);
		journal_line_note(&b, &chain, "other", text);
	}
	assert_ok(journal_parse(b.s, b.len, ret, &e), &e);
}

static struct trait then[] = {
	{ "chip", "UMS512" },
	{ "uid", "0102" },
	{ "partition misc", "1024 bytes at 0x1000" },
	{ "on-error", "zero" },
	{ "reading misc", "raw" },
};
#define N ARRAY_SIZE(then)

static int compare(struct trait *now, size_t n, struct err *e)
{
	const struct identity was = { then, N }, is = { now, n };
	struct journal j;
	int rc;

	journal_of(&was, &j);
	rc = identity_compare(&j, &is, "a", e);
	journal_free(&j);
	return rc;
}

static void with(size_t i, const char *value, struct trait now[N])
{
	memcpy(now, then, sizeof(then));
	strcpy(now[i].value, value);
}

static void the_same_is_the_same(void **state)
{
	struct err e;

	(void)state;
	assert_ok(compare(then, N, &e), &e);
}

static void the_first_difference_is_named_with_both_values(void **state)
{
	struct trait now[N];
	struct err e;

	(void)state;
	with(1, "0103", now);
	assert_err(compare(now, N, &e), ERR_EXISTS,
		   "another phone: uid: 0102 then, 0103 now", &e);
	assert_non_null(strstr(e.hint, "connect the phone"));
	with(2, "1024 bytes at 0x2000", now);
	assert_err(compare(now, N, &e), ERR_EXISTS,
		   "misc: 1024 bytes at 0x1000 then, 1024 bytes at 0x2000", &e);
	with(4, "by-name", now);
	assert_err(compare(now, N, &e), ERR_EXISTS,
		   "another request: reading misc: raw then, by-name now", &e);
	assert_non_null(strstr(e.hint, "same partitions, options"));
	with(3, "stop", now);
	assert_err(compare(now, N, &e), ERR_EXISTS, "on-error", &e);
}

static void what_one_side_does_not_know_is_no_difference(void **state)
{
	struct trait now[N];
	struct err e;

	(void)state;
	with(1, "", now);
	assert_ok(compare(now, N, &e), &e);
	with(0, "", now);
	assert_ok(compare(now, N, &e), &e);
	/* A table is always known. */
	with(2, "", now);
	assert_err(compare(now, N, &e), ERR_EXISTS, "none now", &e);
	strcpy(then[3].value, "stop");
	with(3, "zero", now);
	assert_ok(compare(now, N, &e), &e);
	strcpy(then[3].value, "zero");
}

/* A loader tells its storage when it starts, and that may get lost. */
static void a_storage_that_was_not_told_is_no_difference(void **state)
{
	struct trait unknown = { "storage", "" }, emmc = { "storage", "eMMC" };
	struct trait ufs = { "storage", "UFS" };
	const struct identity is[] = { { &unknown, 1 }, { &emmc, 1 } };
	const struct identity other = { &ufs, 1 };
	struct journal j;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		journal_of(&is[i], &j);
		assert_ok(identity_compare(&j, &is[1 - i], "a", &e), &e);
		journal_free(&j);
	}
	journal_of(&is[1], &j);
	assert_err(identity_compare(&j, &other, "a", &e), ERR_EXISTS,
		   "another phone: storage: eMMC then, UFS now", &e);
	journal_free(&j);
}

static void more_less_and_another_order_are_named(void **state)
{
	struct trait now[N + 1], swap;
	struct err e;

	(void)state;
	assert_err(compare(then, N - 1, &e), ERR_EXISTS,
		   "reading misc: raw then, not now", &e);
	memcpy(now, then, sizeof(then));
	now[N] = then[4];
	strcpy(now[N].label, "reading super");
	assert_err(compare(now, N + 1, &e), ERR_EXISTS,
		   "reading super: raw now, not then", &e);
	swap = now[2];
	now[2] = now[4];
	now[4] = swap;
	assert_err(compare(now, N, &e), ERR_EXISTS, "reading misc", &e);
}

static void ranges_settle(const uint64_t (*v)[2], size_t n, uint64_t only,
			  uint64_t end, struct manifest_part *p)
{
	struct noted l = { 0 };

	memset(p, 0, sizeof(*p));
	for (size_t i = 0; i < n; i++)
		assert_true(noted_add(&l, v[i][0], v[i][1]));
	noted_only(&l, only);
	assert_true(noted_settle(&l, end, p));
	noted_free(&l);
}

static void ranges_are_sorted_joined_and_cut(void **state)
{
	static const uint64_t v[][2] = { { 50, 10 },  { 0, 5 },	 { 55, 10 },
					 { 60, 20 },  { 5, 1 },	 { 90, 0 },
					 { 95, 100 }, { 300, 9 } };
	struct manifest_part p;

	(void)state;
	ranges_settle(v, ARRAY_SIZE(v), 100, 100, &p);
	assert_int_equal(p.nunreadable, 3);
	assert_int_equal(p.unreadable[0].offset, 0);
	assert_int_equal(p.unreadable[0].length, 6);
	assert_int_equal(p.unreadable[1].offset, 50);
	assert_int_equal(p.unreadable[1].length, 30);
	assert_int_equal(p.unreadable[2].offset, 95);
	assert_int_equal(p.unreadable[2].length, 5);
	free(p.unreadable);
	ranges_settle(v, 5, 2, 100, &p);
	assert_int_equal(p.nunreadable, 2);
	assert_int_equal(p.unreadable[0].offset, 5);
	assert_int_equal(p.unreadable[1].offset, 60);
	free(p.unreadable);
	ranges_settle(v, 5, 0, 100, &p);
	assert_int_equal(p.nunreadable, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(
			the_first_difference_is_named_with_both_values),
		cmocka_unit_test(what_one_side_does_not_know_is_no_difference),
		cmocka_unit_test(a_storage_that_was_not_told_is_no_difference),
		cmocka_unit_test(more_less_and_another_order_are_named),
		cmocka_unit_test(ranges_are_sorted_joined_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
