/* SPDX-License-Identifier: BSD-3-Clause */
/* test_guard.c - the white list, and the names and sizes behind it. */
#include "bsl/guard.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "base/text.h"
#include "bsl/proto.h"

static struct err e;

/*
 * Copied from docs/protocol.md 3.1, not from the code.  09 is CHANGE_BAUD for
 * a serial line [1.5]; 05 and 17 end a session and need leave.
 */
static const uint8_t load_list[] = { 0x7E, 0x00, 0x01, 0x02,
				     0x03, 0x04, 0x09, 0x13 };
static const uint8_t read_list[] = { 0x10, 0x11, 0x12, 0x21, 0x2D, 0x1A };
static const uint8_t ending_list[] = { 0x05, 0x17 };
/* One partition, 7.1 and 7.7: nothing is read or erased meanwhile. */
static const uint8_t write_list[] = { 0x01, 0x02, 0x03, 0x1B };

static bool is_in(unsigned cmd, const uint8_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == cmd)
			return true;
	return false;
}

/* Good payloads, so that only the command decides. */
static size_t good_payload(const struct guard *g, unsigned cmd, uint8_t out[88])
{
	memset(out, 0, 88);
	if (g->mode == GUARD_WRITE && cmd == BSL_CMD_START_DATA) {
		assert_true(text_to_utf16le("boot", out, BSL_NAME_UNITS));
		put_le32(out + 72, 0x1000);
		return 76;
	}
	if (g->mode == GUARD_WRITE && cmd == BSL_CMD_MIDST_DATA)
		return 88;
	if (cmd == BSL_CMD_READ_START) {
		assert_true(text_to_utf16le("boot", out, BSL_NAME_UNITS));
		return 88;
	}
	if (cmd == BSL_CMD_READ_MIDST) {
		put_le32(out, 0x1000);
		return 12;
	}
	return 0;
}

static int check(const struct guard *g, unsigned cmd)
{
	uint8_t payload[88];
	size_t n = good_payload(g, cmd, payload);

	return guard_check(g, cmd, payload, n, &e);
}

static void check_all(const struct guard *g, const uint8_t *list, size_t n)
{
	/* 6566 is a command of one open FDL1; the rest for good measure. */
	for (unsigned cmd = 0; cmd <= 0x6566; cmd++) {
		bool wanted = is_in(cmd, list, n) ||
			      (g->allow_ending && g->mode != GUARD_WRITE &&
			       is_in(cmd, ending_list, sizeof(ending_list)));
		int rc = check(g, cmd);

		if (rc != (wanted ? 0 : -(int)ERR_BUG))
			fail_msg("command 0x%02X in mode %d: %d", cmd, g->mode,
				 rc);
	}
}

static void only_the_white_list_passes_while_loading(void **state)
{
	struct guard g = { .mode = GUARD_LOAD, .escape = true };

	(void)state;
	check_all(&g, load_list, sizeof(load_list));
}

static void only_the_white_list_passes_while_reading(void **state)
{
	struct guard g = { .mode = GUARD_READ, .escape = true };

	(void)state;
	check_all(&g, read_list, sizeof(read_list));
	g.escape = false;
	g.allow_nv_name = true;
	check_all(&g, read_list, sizeof(read_list));
}

static struct guard writing(const char *name, uint64_t size)
{
	struct guard g = { .mode = GUARD_WRITE,
			   .escape = true,
			   .write_size = size };

	snprintf(g.write_name, sizeof(g.write_name), "%s", name);
	return g;
}

static void only_the_white_list_passes_while_writing(void **state)
{
	struct guard g = writing("boot", 0x1000);

	(void)state;
	check_all(&g, write_list, sizeof(write_list));
	g.allow_ending = true; /* not in the middle of it */
	g.allow_nv_name = true;
	g.escape = false;
	check_all(&g, write_list, sizeof(write_list));
}

/* START_DATA of `len` bytes: a name, a size. */
static int write_start(const struct guard *g, const char *name, uint64_t size,
		       size_t len)
{
	uint8_t msg[100] = { 0 };

	assert_true(text_to_utf16le(name, msg, BSL_NAME_UNITS));
	if (len >= 88)
		put_le64(msg + 72, size);
	else
		put_le32(msg + 72, (uint32_t)size);
	return guard_check(g, BSL_CMD_START_DATA, msg, len, &e);
}

static void only_what_was_agreed_on_is_started(void **state)
{
	struct guard g = writing("boot", 0x1000);
	struct guard large = writing("super", 0x123456000);
	struct guard none = writing("", 0);
	struct guard odd = writing("boot", 0x1001);

	(void)state;
	for (size_t len = 0; len <= 100; len++)
		if (write_start(&g, "boot", 0x1000, len) !=
		    (len == 76 || len == 80 || len == 88 || len == 92
			     ? 0
			     : -(int)ERR_BUG))
			fail_msg("%zu bytes", len);
	assert_err(write_start(&g, "boot_a", 0x1000, 76), ERR_BUG, "agreed",
		   &e);
	assert_err(write_start(&g, "boot", 0x1002, 76), ERR_BUG, "agreed", &e);
	assert_err(write_start(&g, "boot", 0x100001000, 88), ERR_BUG, "agreed",
		   &e);
	assert_int_equal(write_start(&large, "super", 0x123456000, 88), 0);
	assert_err(write_start(&large, "super", 0x123456000, 76), ERR_BUG,
		   "agreed", &e);
	/* No odd sizes, no 0, which stands for all of it. */
	assert_err(write_start(&odd, "boot", 0x1001, 76), ERR_BUG, "", &e);
	assert_err(write_start(&none, "", 0, 76), ERR_BUG, "", &e);
}

/* Whoever agrees on them: no form of START_DATA leads there. */
static void some_names_are_never_started(void **state)
{
	static const char *const names[] = {
		BSL_USER_PARTITION,
		"",
		"abcdefghijklmnopqrstuvwxyz_123456789",
		"bo ot",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct guard g = writing(names[i], 0x1000);

		assert_non_null(guard_name_unwritable(names[i]));
		assert_int_equal(write_start(&g, names[i], 0x1000, 88),
				 -(int)ERR_BUG);
	}
	assert_null(guard_name_unwritable("boot_a"));
	assert_null(guard_name_unwritable("splloader"));
}

static void a_first_nv_copy_needs_its_sum(void **state)
{
	struct guard g = writing("l_fixnv1_a", 0x1000);
	struct guard second = writing("l_fixnv2_a", 0x1000);

	(void)state;
	assert_err(write_start(&g, "l_fixnv1_a", 0x1000, 76), ERR_BUG, "sum",
		   &e);
	assert_err(write_start(&g, "l_fixnv1_a", 0x1000, 88), ERR_BUG, "sum",
		   &e);
	assert_int_equal(write_start(&g, "l_fixnv1_a", 0x1000, 80), 0);
	assert_int_equal(write_start(&g, "l_fixnv1_a", 0x1000, 92), 0);
	assert_int_equal(write_start(&second, "l_fixnv2_a", 0x1000, 76), 0);
}

static void pieces_are_even_and_fit_the_loader(void **state)
{
	static const size_t sizes[] = { 0,	1,	2,	3,
					0x1000, 0x7000, 0x7001, 0x7002,
					0xF800, 0xF802, 0xFFFF };
	static uint8_t zeros[0x10000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct guard g = writing("boot", 0x1000);

		for (int k = 0; k < 2; k++, g.escape = !g.escape) {
			size_t max = g.escape ? 0x7000 : 0xF800;
			bool ok = sizes[i] && sizes[i] % 2 == 0 &&
				  sizes[i] <= max;
			int rc = guard_check(&g, BSL_CMD_MIDST_DATA, zeros,
					     sizes[i], &e);

			if (rc != (ok ? 0 : -(int)ERR_BUG))
				fail_msg("0x%zX: %d", sizes[i], rc);
		}
	}
}

static void ending_needs_leave(void **state)
{
	struct guard g = { .mode = GUARD_READ, .allow_ending = true };

	(void)state;
	check_all(&g, read_list, sizeof(read_list));
	assert_int_equal(check(&g, BSL_CMD_POWER_OFF), 0);
	g.allow_ending = false;
	assert_err(check(&g, BSL_CMD_POWER_OFF), ERR_BUG, "POWER_OFF", &e);
	assert_err(check(&g, BSL_CMD_NORMAL_RESET), ERR_BUG, "reading", &e);
}

static void sizes_that_corrupt_a_loader_are_refused(void **state)
{
	static const struct {
		bool escape;
		uint32_t size;
		bool ok;
	} cases[] = {
		{ true, 0, false },	      { true, 1, true },
		{ true, 0x7F00, true },	      { true, 0x7F01, false },
		{ true, 0x10000, false },     { true, 0xFFFFFFFF, false },
		{ false, 0, false },	      { false, 1, true },
		{ false, 0x7F01, true },      { false, 0xFFF0, true },
		{ false, 0xFFF1, false },     { false, 0xFFFF, false },
		{ false, 0x10000, false },    { false, 0x80000000, false },
		{ false, 0xFFFFFFFF, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct guard g = { .mode = GUARD_READ,
				   .escape = cases[i].escape };
		uint8_t msg[12] = { 0 };

		put_le32(msg, cases[i].size);
		for (size_t len = 8; len <= 12; len += 4) {
			int rc = guard_check(&g, BSL_CMD_READ_MIDST, msg, len,
					     &e);

			if (rc != (cases[i].ok ? 0 : -(int)ERR_BUG))
				fail_msg("0x%X escape %d: %d", cases[i].size,
					 cases[i].escape, rc);
		}
	}
}

/* Any other length is taken as 8 by loaders, so the offset would be wrong. */
static void read_midst_has_one_of_two_lengths(void **state)
{
	struct guard g = { .mode = GUARD_READ };
	uint8_t msg[32] = { 0 };

	(void)state;
	put_le32(msg, 0x1000);
	for (size_t len = 0; len <= sizeof(msg); len++)
		assert_int_equal(
			guard_check(&g, BSL_CMD_READ_MIDST, msg, len, &e),
			len == 8 || len == 12 ? 0 : -(int)ERR_BUG);
}

static int start(bool allow_nv, const char *name)
{
	struct guard g = { .mode = GUARD_READ, .allow_nv_name = allow_nv };
	uint8_t msg[88] = { 0 };

	assert_true(text_to_utf16le(name, msg, BSL_NAME_UNITS));
	return guard_check(&g, BSL_CMD_READ_START, msg, sizeof(msg), &e);
}

/* docs/protocol.md 5.6: all prefixes, both kinds, with and without a slot. */
static const char *const prefixes[] = { "",    "td", "g_", "nr_", "l_", "tl_",
					"lf_", "w",  "w_", "wl_", "wcn" };
static const char *const slots[] = { "", "_a", "_b" };
static const char *const kinds[] = { "fixnv", "runtimenv" };

static void first_nv_copies_are_refused_by_name(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			for (size_t s = 0; s < ARRAY_SIZE(slots); s++, n++) {
				char name[40];

				snprintf(name, sizeof(name), "%s%s1%s",
					 prefixes[i], kinds[k], slots[s]);
				assert_true(guard_name_repairs(name));
				assert_err(start(false, name), ERR_BUG, name,
					   &e);
				assert_int_equal(start(true, name), 0);
			}
		}
	}
	assert_int_equal(n, 66);
}

static void second_nv_copies_are_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			for (size_t s = 0; s < ARRAY_SIZE(slots); s++) {
				char name[40];

				snprintf(name, sizeof(name), "%s%s2%s",
					 prefixes[i], kinds[k], slots[s]);
				assert_false(guard_name_repairs(name));
				assert_int_equal(start(false, name), 0);
			}
		}
	}
}

static void lookalikes_are_allowed(void **state)
{
	static const char *const names[] = {
		"user_partition",
		"splloader",
		"boot",
		"misc",
		"l_deltanv_a",
		"fixnv",
		"l_fixnv_a",
		"fixnv11",
		"l_fixnv1_c",
		"l_fixnv1_",
		"fixnv1x",
		"l_fixnv1_size",
		"factorynv",
		"runtimenv3",
		"calinv",
		"_a",
		"a",
		"_b",
		"nv1",
		"xnv1_a",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (guard_name_repairs(names[i]) || start(false, names[i]) != 0)
			fail_msg("'%s' is refused", names[i]);
	}
	assert_false(guard_name_repairs(""));
}

static void read_start_needs_a_proper_name(void **state)
{
	struct guard g = { .mode = GUARD_READ, .allow_nv_name = true };
	uint8_t msg[88] = { 0 };

	(void)state;
	assert_int_equal(start(false, "a"), 0);
	/* 35 characters are the most: the last unit is a flag [5.1]. */
	assert_int_equal(start(false, "abcdefghijklmnopqrstuvwxyz_12345678"),
			 0);
	assert_err(start(false, "abcdefghijklmnopqrstuvwxyz_123456789"),
		   ERR_BUG, "name", &e);
	assert_err(start(false, ""), ERR_BUG, "name", &e);
	/* Too short to hold a name. */
	assert_true(text_to_utf16le("boot", msg, BSL_NAME_UNITS));
	assert_int_equal(guard_check(&g, BSL_CMD_READ_START, msg, 76, &e), 0);
	assert_err(guard_check(&g, BSL_CMD_READ_START, msg, 75, &e), ERR_BUG,
		   "name", &e);
	assert_err(guard_check(&g, BSL_CMD_READ_START, NULL, 0, &e), ERR_BUG,
		   "name", &e);
	/* Not ASCII; and something behind the end that a loader may see. */
	msg[1] = 0x01;
	assert_err(guard_check(&g, BSL_CMD_READ_START, msg, 88, &e), ERR_BUG,
		   "name", &e);
	msg[1] = 0;
	put_le16(msg + 70, '1');
	assert_err(guard_check(&g, BSL_CMD_READ_START, msg, 88, &e), ERR_BUG,
		   "name", &e);
}

/* READ_FLASH for n bytes; len 0: as that kind of number has it. */
static int flash(const struct guard *g, uint32_t id, uint32_t size,
		 uint32_t offset, size_t len)
{
	uint8_t msg[16] = { 0 };

	put_be32(msg, id);
	put_be32(msg + 4, size);
	put_be32(msg + 8, offset);
	if (!len)
		len = id >> 31 ? 12 : 8;
	return guard_check(g, BSL_CMD_READ_FLASH, msg, len, &e);
}

static void regions_are_read_up_to_their_known_size(void **state)
{
	static const struct guard_region known[] = {
		{ 0x80000003, 0x12345 },
		{ 0x90000001, 0 }, /* its size is not known */
		{ 0x60000000, 0x2000 },
		{ 0x90000003, 0x1000 }, /* erases, whoever lists it */
	};
	static const struct {
		uint32_t id, size, offset;
		bool ok;
	} cases[] = {
		{ 0x80000003, 0x1000, 0, true },
		{ 0x80000003, 0x1001, 0, false },
		{ 0x80000003, 0, 0, false },
		{ 0x80000003, 0x345, 0x12000, true },
		{ 0x80000003, 0x346, 0x12000, false },
		{ 0x80000003, 1, 0x12344, true },
		{ 0x80000003, 1, 0x12345, false },
		{ 0x80000003, 2, 0xFFFFFFFF, false },
		{ 0x80000003, 0xFFFFFFFF, 2, false },
		{ 0x90000001, 1, 0, false },
		{ 0x80000001, 1, 0, false },
		{ 0x90000003, 1, 0, false },
		{ 0x60000000, 0x1000, 0, true },
		{ 0x60001FFF, 1, 0, true },
		{ 0x60001FFF, 2, 0, false },
		{ 0x60002000, 1, 0, false },
		{ 0x5FFFFFFF, 1, 0, false },
	};
	struct guard g = { .mode = GUARD_READ,
			   .escape = true,
			   .regions = known,
			   .nregions = ARRAY_SIZE(known) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int rc = flash(&g, cases[i].id, cases[i].size, cases[i].offset,
			       0);

		if (rc != (cases[i].ok ? 0 : -(int)ERR_BUG))
			fail_msg("case %zu: %d", i, rc);
	}
	g.nregions = 0;
	assert_err(flash(&g, 0x80000003, 1, 0, 0), ERR_BUG, "hangs", &e);
	g.nregions = ARRAY_SIZE(known);
	/* Eight bytes go with an address, twelve with a number. */
	assert_err(flash(&g, 0x80000003, 1, 0, 8), ERR_BUG, "8 bytes", &e);
	assert_err(flash(&g, 0x60000000, 1, 0, 12), ERR_BUG, "12 bytes", &e);
	assert_err(flash(&g, 0x80000003, 1, 0, 11), ERR_BUG, "11 bytes", &e);
	g.mode = GUARD_LOAD;
	assert_err(flash(&g, 0x80000003, 1, 0, 0), ERR_BUG, "loading", &e);
}

static void numbers_for_writing_are_known(void **state)
{
	static const uint32_t writing[] = {
		0x90000003, 0x90000005, 0x90000112,
		0x90000113, 0x90000009, 0x90001000
	};
	static const uint32_t reading[] = { 0x80000000, 0x80000003, 0x90000001,
					    0x90000002, 0x90000004, 0x90000006,
					    0x90000007, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(writing); i++)
		assert_true(guard_region_is_for_writing(writing[i]));
	for (size_t i = 0; i < ARRAY_SIZE(reading); i++)
		assert_false(guard_region_is_for_writing(reading[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_white_list_passes_while_loading),
		cmocka_unit_test(only_the_white_list_passes_while_reading),
		cmocka_unit_test(only_the_white_list_passes_while_writing),
		cmocka_unit_test(only_what_was_agreed_on_is_started),
		cmocka_unit_test(some_names_are_never_started),
		cmocka_unit_test(a_first_nv_copy_needs_its_sum),
		cmocka_unit_test(pieces_are_even_and_fit_the_loader),
		cmocka_unit_test(ending_needs_leave),
		cmocka_unit_test(sizes_that_corrupt_a_loader_are_refused),
		cmocka_unit_test(read_midst_has_one_of_two_lengths),
		cmocka_unit_test(first_nv_copies_are_refused_by_name),
		cmocka_unit_test(second_nv_copies_are_allowed),
		cmocka_unit_test(lookalikes_are_allowed),
		cmocka_unit_test(read_start_needs_a_proper_name),
		cmocka_unit_test(regions_are_read_up_to_their_known_size),
		cmocka_unit_test(numbers_for_writing_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
