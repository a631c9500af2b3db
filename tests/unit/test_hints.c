/* SPDX-License-Identifier: BSD-3-Clause */
/* test_hints.c - a firmware package's list as the table of last resort. */
#include "device/layout.h"

#include "lib/tablerig.h"

#include "bsl/proto.h"

#define MIB  ((uint64_t)1 << 20)
#define MUTE "ums512,user_partition=84,ptable=fe"

static void done(void)
{
	layout_free(&l);
	wirerig_close(&on);
}

static void read_with(const char *spec, const struct ptable_hint *hints,
		      size_t n)
{
	on.opt.hints = hints;
	on.opt.nhints = n;
	wirerig_open_raised(&on, spec);
	assert_ok(layout_read(on.s, NULL, 0, &l, &e), &e);
}

static const struct ptable_hint right[] = {
	{ "prodnv", 10 * MIB },	 { "misc", MIB },
	{ "nosuch", MIB },	 { "l_fixnv1_a", MIB },
	{ "l_fixnv2_a", MIB },	 { "boot_a", 4 * MIB },
	{ "l_runtimenv1", MIB }, { "l_runtimenv1", MIB },
	{ "l_runtimenv2", MIB }, { "common_rs2_b", MIB },
	{ "misc", 3 * MIB },
};

static void sizes_that_reading_shows_are_taken(void **state)
{
	struct ptable_hint names[ARRAY_SIZE(right)];
	unsigned asked;

	(void)state;
	read_with(MUTE, right, ARRAY_SIZE(right));
	assert_int_equal(l.table.source, PTABLE_PACKAGE);
	assert_string_equal(ptable_source_name(l.table.source), "package");
	/* Eight names, one of which came twice, and two boot areas. */
	assert_int_equal(l.table.n, 8 + 2);
	for (size_t i = 0; i < l.table.n; i++) {
		const struct partition *p = &l.table.v[i];
		uint64_t offset, size;

		if (p->boot_area)
			continue;
		wirerig_find(&on, p->name, &offset, &size);
		assert_int_equal(p->size, size);
		assert_false(p->has_offset);
	}
	assert_false(row("prodnv")->probed);
	assert_false(row("boot_a")->probed);
	assert_int_equal(l.nwarnings, 1);
	assert_non_null(strstr(l.warnings[0], "firmware package"));
	asked = on.tap->sent[BSL_CMD_READ_MIDST];
	done();
	/* The same names without sizes cost more. */
	memcpy(names, right, sizeof(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		names[i].size = 0;
	read_with(MUTE, names, ARRAY_SIZE(names));
	assert_true(row("prodnv")->probed);
	assert_int_equal(row("prodnv")->size, 10 * MIB);
	assert_true(on.tap->sent[BSL_CMD_READ_MIDST] > asked);
	done();
}

static void sizes_that_are_not_so_are_found_by_reading(void **state)
{
	static const struct ptable_hint wrong[] = {
		{ "prodnv", 9 * MIB },
		{ "misc", 2 * MIB },
		{ "boot_a", 1 },
		{ "boot_b", 4 * MIB + 1 },
		{ "vbmeta_a", (uint64_t)1 << 60 },
		{ "logo", UINT64_MAX },
	};

	(void)state;
	read_with(MUTE, wrong, ARRAY_SIZE(wrong));
	assert_int_equal(l.table.n, 6 + 2);
	for (size_t i = 0; i < 6; i++) {
		uint64_t offset, size;

		wirerig_find(&on, wrong[i].name, &offset, &size);
		assert_int_equal(row(wrong[i].name)->size, size);
		assert_true(row(wrong[i].name)->probed);
	}
	done();
}

static void a_table_of_the_phone_goes_before(void **state)
{
	(void)state;
	read_with("ums512", right, ARRAY_SIZE(right));
	assert_int_equal(l.table.source, PTABLE_GPT);
	assert_null(ptable_find(&l.table, "nosuch"));
	done();
	read_with("ums512,user_partition=84", right, ARRAY_SIZE(right));
	assert_int_equal(l.table.source, PTABLE_LIST);
	assert_int_equal(row("misc")->size, MIB);
	done();
}

/* Not even a package makes a damaged phone be asked by name. */
static void a_damaged_gpt_is_not_asked_by_name(void **state)
{
	(void)state;
	read_with("ums512,gpt_primary_bad=1,gpt_backup_bad=1", right,
		  ARRAY_SIZE(right));
	assert_true(l.names_write);
	assert_int_not_equal(l.table.source, PTABLE_PACKAGE);
	assert_null(ptable_find(&l.table, "misc"));
	done();
}

static void a_package_of_another_phone_is_no_source(void **state)
{
	static const struct ptable_hint none[] = { { "nosuch", MIB } };
	static const char *const known[] = { "misc" };

	(void)state;
	on.opt.hints = none;
	on.opt.nhints = 1;
	wirerig_open_raised(&on, MUTE);
	assert_ok(layout_read(on.s, known, 1, &l, &e), &e);
	assert_int_equal(l.table.source, PTABLE_PROBED);
	assert_int_equal(row("misc")->size, MIB);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(sizes_that_reading_shows_are_taken,
					  drop),
		cmocka_unit_test_teardown(
			sizes_that_are_not_so_are_found_by_reading, drop),
		cmocka_unit_test_teardown(a_table_of_the_phone_goes_before,
					  drop),
		cmocka_unit_test_teardown(a_damaged_gpt_is_not_asked_by_name,
					  drop),
		cmocka_unit_test_teardown(
			a_package_of_another_phone_is_no_source, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
