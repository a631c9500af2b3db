/* SPDX-License-Identifier: BSD-3-Clause */
/* test_loader_folder.c - names, addresses and the order of candidates. */
#include "device/loader_folder.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "base/text.h"

#include <string.h>

static uint8_t bytes[0x1000];

static struct profile chip = {
	.name = "chip",
	.title = "A chip",
	.has_fdl1 = true,
	.has_fdl2 = true,
	.fdl1 = 0x5500,
	.fdl2 = 0x9EFFFE00,
	.alternatives = { { .has_fdl1 = true,
			    .fdl1 = 0x65000800,
			    .why = "somebody's list" } },
	.nalternatives = 1,
};

/* A raw program; with an address: behind a header that tells it. */
static struct loader file(const char *name, uint64_t header_addr)
{
	struct loader l = { .data = bytes, .len = sizeof(bytes) };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0x80 + i * 7 % 101);
	if (header_addr) {
		memset(bytes, 0, 0x200);
		memcpy(bytes, "DHTB", 4);
		put_le32(bytes + 4, 1);
		put_le64(bytes + 0x28, header_addr);
		put_le32(bytes + 0x30, sizeof(bytes) - 0x200);
	}
	text_copy(l.file, sizeof(l.file), name);
	return l;
}

static void names_tell_the_stage(void **state)
{
	static const struct {
		const char *name;
		int which;
	} cases[] = {
		{ "fdl1-dl.bin", 1 },
		{ "fdl1-sign.bin", 1 },
		{ "FDL1.BIN", 1 },
		{ "fdl2.bin", 2 },
		{ "lk-fdl2-sign.bin", 2 },
		{ "fdl_1.bin", 1 },
		{ "ums512_fdl2_0x9efffe00.bin", 2 },
		{ "u-boot-spl-16k-sign.bin", 1 },
		{ "nand_fdl.bin", 2 },
		{ "fdl1_0x5500.bin", 1 },
		{ "fdl-16k.bin", 0 },
		{ "fdl.bin", 1 },
		{ "FDL_0x34000000.bin", 1 },
		{ "fdl3.bin", 0 },
		{ "fdl1fdl2.bin", 0 },
		{ "hostfdl.bin", 0 },
		{ "fdl1-and-fdl2.zip", 0 },
		{ "boot.img", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (loader_role(cases[i].name) != cases[i].which)
			fail_msg("'%s' is %d", cases[i].name,
				 loader_role(cases[i].name));
}

static void names_tell_an_address(void **state)
{
	static const struct {
		const char *name;
		uint32_t addr; /* 0: none */
	} cases[] = {
		{ "fdl1_0x5500.bin", 0x5500 },
		{ "fdl2-9efffe00.bin", 0x9EFFFE00 },
		{ "0X65000800-fdl1.bin", 0x65000800 },
		{ "fdl1@0x50000000", 0x50000000 },
		{ "fdl1-20231104.bin", 0 },
		{ "fdl1-sign.bin", 0 },
		{ "fdl1_0x55.bin", 0 },
		{ "fdl1_0x123456789.bin", 0 },
		{ "fdl1x0x5500.bin", 0 },
		{ "fdl1_0x", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t addr = 0;

		if (loader_name_address(cases[i].name, &addr) !=
			    (cases[i].addr != 0) ||
		    addr != cases[i].addr)
			fail_msg("'%s': 0x%X", cases[i].name, addr);
	}
}

static void the_profile_is_taken_when_nothing_speaks_against_it(void **state)
{
	struct loader l = file("fdl1.bin", 0);
	struct loader_place p;

	(void)state;
	assert_true(loader_place(&l, 1, &chip, &p));
	assert_int_equal(p.source, PLACE_PROFILE);
	assert_int_equal(p.addr, 0x5500);
	assert_false(p.confirmed);
	assert_non_null(strstr(p.why, "'chip'"));
	l = file("fdl2.bin", 0x9F000000);
	assert_true(loader_place(&l, 2, &chip, &p));
	assert_int_equal(p.addr, 0x9EFFFE00);
	assert_true(p.confirmed);
	assert_false(loader_place(&l, 2, NULL, &p));
	assert_int_equal(p.source, PLACE_NONE);
}

static void an_alternative_needs_a_word_of_the_file(void **state)
{
	struct loader l = file("fdl1.bin", 0x65000800);
	struct loader_place p;

	(void)state;
	assert_true(loader_place(&l, 1, &chip, &p));
	assert_int_equal(p.source, PLACE_ALTERNATIVE);
	assert_int_equal(p.addr, 0x65000800);
	assert_non_null(strstr(p.why, "its header"));
	assert_non_null(strstr(p.why, "in place of 0x5500"));
	assert_non_null(strstr(p.why, "somebody's list"));
	l = file("fdl1_0x65000800.bin", 0);
	assert_true(loader_place(&l, 1, &chip, &p));
	assert_int_equal(p.source, PLACE_ALTERNATIVE);
	assert_non_null(strstr(p.why, "its name"));
}

static void an_address_that_nobody_else_gives_is_a_suspicion(void **state)
{
	struct loader l = file("fdl1_0x40000.bin", 0);
	struct loader_candidate c;
	struct loader_place p;

	(void)state;
	assert_true(loader_place(&l, 1, &chip, &p));
	assert_int_equal(p.source, PLACE_PROFILE);
	loader_rate(&l, 1, &chip, NULL, &c);
	assert_int_equal(c.verdict.worth, LOADER_SUSPECT);
	assert_true(c.points < 0);
	assert_true(loader_place(&l, 1, NULL, &p));
	assert_int_equal(p.source, PLACE_NAME);
	assert_int_equal(p.addr, 0x40000);
}

static int points(const char *name, uint64_t header_addr, const char *twin)
{
	struct loader l = file(name, header_addr);
	struct loader_candidate c;

	loader_rate(&l, 1, &chip, twin, &c);
	return c.points;
}

static void what_a_file_says_weighs_more_than_its_name(void **state)
{
	(void)state;
	assert_true(points("my-fdl1.bin", 0x5500, NULL) >
		    points("fdl1-sign.bin", 0, NULL));
	assert_true(points("fdl1.bin", 0x5500, NULL) >
		    points("fdl1.bin", 0x65000800, NULL));
	assert_true(points("fdl1.bin", 0, NULL) >
		    points("u-boot-spl-16k.bin", 0, NULL));
	assert_true(points("fdl1-dl.bin", 0, "fdl2-dl.bin") >
		    points("fdl1-sign.bin", 0, "fdl2-dl.bin"));
	assert_int_equal(points("fdl1-dl.bin", 0, NULL),
			 points("fdl1-sign.bin", 0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_the_stage),
		cmocka_unit_test(names_tell_an_address),
		cmocka_unit_test(
			the_profile_is_taken_when_nothing_speaks_against_it),
		cmocka_unit_test(an_alternative_needs_a_word_of_the_file),
		cmocka_unit_test(
			an_address_that_nobody_else_gives_is_a_suspicion),
		cmocka_unit_test(what_a_file_says_weighs_more_than_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
