/* SPDX-License-Identifier: BSD-3-Clause */
/* test_address.c - regions of a simulated feature phone, by their numbers. */
#include "device/layout.h"

#include "lib/tablerig.h"

#include "bsl/proto.h"

#define KIB ((uint64_t)1 << 10)

static uint8_t mem[1 << 20];

static void use_profile(const char *name)
{
	struct profile_set all;
	const struct profile *p;

	assert_ok(profile_load_all(&all, &e), &e);
	assert_ok(profile_find(&all, name, &p, &e), &e);
	on.profile = *p;
	profile_set_free(&all);
}

static void open_phone(const char *spec)
{
	char chip[16];

	snprintf(chip, sizeof(chip), "%.*s", (int)strcspn(spec, ","), spec);
	use_profile(chip);
	wirerig_open_raised(&on, spec);
}

static int layout(void)
{
	layout_free(&l);
	return layout_read(on.s, NULL, 0, &l, &e);
}

static int read_row(const struct partition *p)
{
	struct extent x;

	layout_name_extent(p, &x);
	assert_true(x.by_address && x.length <= sizeof(mem));
	memset(mem, 0xA5, sizeof(mem));
	return reader_read(on.s, &x, mem, &e);
}

/* The layout, then one region, compared with the phone's flash. */
static void read_and_compare(const char *name, uint64_t place, uint64_t size)
{
	const struct partition *p = row(name);

	assert_int_equal(p->size, size);
	assert_ok(read_row(p), &e);
	wirerig_assert_bytes(&on, "user", place, mem, size);
}

static void sizes_are_told_and_the_bytes_are_right(void **state)
{
	(void)state;
	open_phone("ums9117");
	assert_ok(layout(), &e);
	assert_int_equal(l.table.source, PTABLE_REGIONS);
	assert_int_equal(row("boot0")->size_from, REGION_SIZE_DHTB);
	assert_int_equal(row("nv")->size_from, REGION_SIZE_VNTS);
	assert_int_equal(row("nv2")->size, 0);
	read_and_compare("boot1", 128 * KIB, 67072);
	read_and_compare("nv", 6528 * KIB, 1024 * KIB);
	assert_string_equal(session_info(on.s)->hello, "SPRD3");
	/* READ_FLASH alone, and nothing that these loaders do not know. */
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_DISABLE_TRANSCODE], 0);
	wirerig_close(&on);
}

static void one_loader_does_it_all_where_the_profile_says_so(void **state)
{
	(void)state;
	open_phone("sc6530");
	assert_int_equal(on.tap->sent[BSL_CMD_EXEC_DATA], 1);
	assert_ok(layout(), &e);
	read_and_compare("prodinfo", 3519 * KIB, 0x1000);
	wirerig_close(&on);
}

static void what_has_no_known_size_is_not_asked_for(void **state)
{
	unsigned before;
	struct extent x;

	(void)state;
	open_phone("sc6531e");
	assert_ok(layout(), &e);
	before = on.tap->sent[BSL_CMD_READ_FLASH];
	assert_int_equal(row("fixnv")->size, 0);
	layout_name_extent(row("fixnv"), &x);
	x.length = 0x1000;
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "not asked",
		   &e);
	/* nor more than is known of the others */
	layout_name_extent(row("prodinfo"), &x);
	x.length++;
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "not asked",
		   &e);
	x.offset = UINT32_MAX;
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "not asked",
		   &e);
	/* (the fence behind a chunk that was refused here is small) */
	assert_true(on.tap->sent[BSL_CMD_READ_FLASH] < before + 40);
	assert_ok(read_row(row("prodinfo")), &e);
	wirerig_close(&on);
}

static void a_package_tells_sizes_and_regions(void **state)
{
	static const struct region_hint hints[] = {
		{ "nv2", 0x9000000C, 256 * KIB, 0, true },
		{ "boot1x", 0x80000002, 0, 64 * KIB, true },
		{ "nosuch", 0x90000007, 0x1000, 0, false }, /* erased only */
		{ "erase", 0x90000003, 0x1000, 0, true },
	};

	(void)state;
	use_profile("ums9117");
	on.opt.regions = hints;
	on.opt.nregions = ARRAY_SIZE(hints);
	wirerig_open_raised(&on, "ums9117");
	assert_ok(layout(), &e);
	read_and_compare("nv2", 7552 * KIB, 256 * KIB);
	assert_int_equal(row("nv2")->size_from, REGION_SIZE_PACKAGE);
	/* the larger one, under the profile's name */
	assert_int_equal(row("boot1")->size, 67072);
	assert_null(ptable_find(&l.table, "boot1x"));
	assert_null(ptable_find(&l.table, "nosuch"));
	assert_null(ptable_find(&l.table, "erase"));
	wirerig_close(&on);
}

/* What a wrong package does: once, and only as far as it was not known. */
static void a_place_that_hung_the_phone_is_not_asked_for_again(void **state)
{
	static const struct region_hint hint = { "nv2", 0x9000000C, 384 * KIB,
						 0, true };
	struct extent x;

	(void)state;
	use_profile("ums9117");
	on.opt.regions = &hint;
	on.opt.nregions = 1;
	on.opt.recover_ms = 60000;
	wirerig_open_raised(&on, "ums9117,revive_ms=1000");
	assert_ok(layout(), &e);
	assert_err(read_row(row("nv2")), ERR_REFUSED, "has stopped", &e);
	assert_true(session_has_stopped(on.s));
	/* What else there is needs the phone, and that is told before it. */
	assert_err(read_row(row("boot0")), ERR_STAGE, "has stopped", &e);
	assert_true(session_is_lost(on.s, &e));
	assert_ok(session_recover(on.s, &e), &e);
	assert_false(session_has_stopped(on.s));
	assert_ok(layout(), &e);
	/* the table is the same, and so is what was refused */
	assert_int_equal(row("nv2")->size, 384 * KIB);
	assert_err(read_row(row("nv2")), ERR_REFUSED, "not asked", &e);
	layout_name_extent(row("nv2"), &x);
	x.length = 240 * KIB;
	assert_ok(reader_read(on.s, &x, mem, &e), &e);
	wirerig_assert_bytes(&on, "user", 7552 * KIB, mem, x.length);
	wirerig_close(&on);
}

static void a_phone_that_nobody_named_is_not_read(void **state)
{
	(void)state;
	wirerig_open(&on, "sc6531e");
	assert_err(session_raise(on.s, STAGE_FDL2, &e), ERR_PROFILE,
		   "feature phone", &e);
	assert_non_null(strstr(e.hint, "--chip"));
	wirerig_close(&on);
}

static void a_chip_without_known_regions_is_not_read(void **state)
{
	(void)state;
	use_profile("sc6531e");
	on.profile.nregions = 0;
	wirerig_open(&on, "sc6531e");
	assert_err(session_raise(on.s, STAGE_FDL2, &e), ERR_PROFILE,
		   "which regions", &e);
	assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 0);
	wirerig_close(&on);
}

/* Answers carry no number: nothing of another place may be taken. */
static void spoilt_answers_are_asked_for_again(void **state)
{
	static const enum tap_fault faults[] = { TAP_LOSE, TAP_LATE, TAP_CUT,
						 TAP_FLIP, TAP_DOUBLE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		for (unsigned at = 1; at < 20; at += 3) {
			open_phone("ums9117");
			assert_ok(layout(), &e);
			on.tap->seen = 0;
			on.tap->type = BSL_REP_READ_FLASH;
			on.tap->fault = faults[i];
			on.tap->at = at;
			on.tap->times = 2;
			read_and_compare("boot1", 128 * KIB, 67072);
			assert_true(on.tap->spoilt > 0);
			wirerig_close(&on);
			drop(NULL);
		}
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, drop)
	const struct CMUnitTest tests[] = {
		TEST(sizes_are_told_and_the_bytes_are_right),
		TEST(one_loader_does_it_all_where_the_profile_says_so),
		TEST(what_has_no_known_size_is_not_asked_for),
		TEST(a_package_tells_sizes_and_regions),
		TEST(a_place_that_hung_the_phone_is_not_asked_for_again),
		TEST(a_phone_that_nobody_named_is_not_read),
		TEST(a_chip_without_known_regions_is_not_read),
		TEST(spoilt_answers_are_asked_for_again),
	};

	setenv("SPDVAULT_PROFILES", "profiles", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
