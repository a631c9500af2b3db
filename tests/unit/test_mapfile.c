/* SPDX-License-Identifier: BSD-3-Clause */
/* test_mapfile.c - what ddrescue would read of a list of ranges. */
#include "job/mapfile.h"

#include "lib/unit.h"

#include <inttypes.h>
#include <stdio.h>

static struct manifest_part part;
static struct strbuf text;

static int drop(void **state)
{
	(void)state;
	free(part.unreadable);
	memset(&part, 0, sizeof(part));
	strbuf_free(&text);
	memset(&text, 0, sizeof(text));
	return 0;
}

static void make(uint64_t size, const struct manifest_range *v, size_t n)
{
	snprintf(part.member, sizeof(part.member), "partitions/super.img");
	part.size = size;
	for (size_t i = 0; i < n; i++)
		assert_true(
			manifest_add_range(&part, v[i].offset, v[i].length));
	mapfile_text(&part, &text);
	assert_false(text.failed);
}

static void the_form_is_that_of_the_manual(void **state)
{
	static const struct manifest_range v[] = { { 0x100000, 512 },
						   { 0x1FFE00, 512 } };

	(void)state;
	make(0x200000, v, ARRAY_SIZE(v));
	assert_string_equal(
		text.s,
		"# Mapfile. Created by spdvault\n"
		"# partitions/super.img, 2097152 bytes, 2 ranges could not be "
		"read\n"
		"# current_pos  current_status  current_pass\n"
		"0x00200000     +               1\n"
		"#      pos        size  status\n"
		"0x00000000  0x00100000  +\n"
		"0x00100000  0x00000200  -\n"
		"0x00100200  0x000FFC00  +\n"
		"0x001FFE00  0x00000200  -\n");
}

/* As ddrescue reads it: rows without a gap or an overlap, to the end. */
static void rows_follow_each_other(void **state)
{
	static const struct manifest_range v[] = {
		{ 0, 4096 },
		{ 5000, 1 },
		{ UINT64_C(0x123456789A), UINT64_C(0x1000000000) },
	};
	uint64_t size = UINT64_C(0x4000000000), at = 0, bad = 0;
	unsigned rows = 0;
	const char *line;

	(void)state;
	make(size, v, ARRAY_SIZE(v));
	for (line = text.s; *line; line = strchr(line, '\n') + 1) {
		uint64_t pos, len;
		char status;

		if (*line == '#' || rows++ == 0)
			continue;
		assert_int_equal(sscanf(line, "0x%" SCNx64 " 0x%" SCNx64 " %c",
					&pos, &len, &status),
				 3);
		assert_int_equal(pos, at);
		assert_true(len > 0);
		assert_true(status == '+' || status == '-');
		bad += status == '-' ? len : 0;
		at = pos + len;
	}
	assert_int_equal(at, size);
	assert_int_equal(bad, 4096 + 1 + UINT64_C(0x1000000000));
}

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_form_is_that_of_the_manual),
		TEST(rows_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
