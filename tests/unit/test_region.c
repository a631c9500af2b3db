/* SPDX-License-Identifier: BSD-3-Clause */
/* test_region.c - sizes that the content of a region tells itself. */
#include "device/region.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "bsl/msg.h"

#include <string.h>

static uint8_t head[REGION_HEAD_SIZE], sign[REGION_SIGN_SIZE];
static enum region_size_from from;

static uint64_t size_of_head(void)
{
	return region_size_of_head(head, sizeof(head), &from);
}

static void make_dhtb(uint32_t image)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "DHTB", 4);
	put_le32(head + 4, 1);
	put_le32(head + 0x30, image);
}

static void make_vnts(uint16_t blocks, uint16_t block)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "VNTS", 4);
	put_le16(head + 12, blocks);
	put_le16(head + 14, block);
}

/* The header of a signature [9], `at` bytes behind the image. */
static void make_sign(size_t at, uint64_t size, uint64_t place)
{
	memset(sign, 0xFF, sizeof(sign));
	put_le64(sign + at + 0x18, 0x200);
	put_le64(sign + at + 0x20, size);
	put_le64(sign + at + 0x28, place);
}

static void an_image_tells_where_it_ends(void **state)
{
	(void)state;
	make_dhtb(0x8000);
	assert_int_equal(size_of_head(), 0x8200);
	assert_int_equal(from, REGION_SIZE_DHTB);
	make_dhtb(1);
	assert_int_equal(size_of_head(), 0x201);
}

static void a_signature_behind_it_counts(void **state)
{
	(void)state;
	make_sign(0, 0x254, 0x8200 + 0x60);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8600); /* 0x84B4, in whole sectors */
	/* behind an image that ends anywhere, on the next border of 16 */
	make_sign(0xF, 0x234, 0x8210 + 0x60);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8201),
			 0x8600);
}

static void without_a_signature_it_ends_with_its_sector(void **state)
{
	(void)state;
	memset(sign, 0xFF, sizeof(sign));
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8200);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8201),
			 0x8400);
	/* one that lies: before the image, far behind, of no size */
	make_sign(0, 0x254, 0x8000);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8200);
	make_sign(0, 0x254, UINT64_MAX);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8200);
	make_sign(0, 0, 0x8260);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8200);
	make_sign(0, UINT64_MAX, 0x8260);
	assert_int_equal(region_size_of_sign(sign, sizeof(sign), 0x8200),
			 0x8200);
}

static void a_block_table_tells_its_blocks(void **state)
{
	(void)state;
	make_vnts(512, 0x800);
	assert_int_equal(size_of_head(), 0x100000);
	assert_int_equal(from, REGION_SIZE_VNTS);
	make_vnts(4, 0x100);
	assert_int_equal(size_of_head(), 0x400);
}

/* A wrong size hangs the phone, so half an answer is none. */
static void numbers_that_make_no_sense_tell_nothing(void **state)
{
	static const uint16_t wrong[][2] = { { 3, 0x800 },   { 512, 0x80 },
					     { 512, 0x801 }, { 512, 0 },
					     { 0, 0x800 },   { 512, 0x600 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		make_vnts(wrong[i][0], wrong[i][1]);
		assert_int_equal(size_of_head(), 0);
		assert_int_equal(from, REGION_SIZE_UNKNOWN);
	}
	make_dhtb(0);
	assert_int_equal(size_of_head(), 0);
	make_dhtb(0xFFFFFFFF);
	assert_int_equal(size_of_head(), 0);
	make_dhtb(0x8000);
	put_le32(head + 4, 2);
	assert_int_equal(size_of_head(), 0);
	memset(head, 0xFF, sizeof(head));
	assert_int_equal(size_of_head(), 0);
	make_dhtb(0x8000);
	assert_int_equal(region_size_of_head(head, sizeof(head) - 1, &from), 0);
	assert_int_equal(region_size_of_head(head, 0, &from), 0);
}

static void each_source_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(region_size_name(REGION_SIZE_DHTB), "dhtb");
	assert_string_equal(region_size_name(REGION_SIZE_UNKNOWN), "");
	assert_string_equal(region_size_name((enum region_size_from)99), "");
}

/* Twelve bytes with an offset, or eight with an address that advances [5.4]. */
static void the_request_has_two_forms(void **state)
{
	static const uint8_t number[] = { 0x80, 0, 0, 3, 0,    0,
					  0x10, 0, 0, 1, 0x20, 0 };
	static const uint8_t address[] = { 0x60, 1, 0x20, 0, 0, 0, 0x10, 0 };
	uint8_t msg[MSG_MAX];

	(void)state;
	assert_int_equal(msg_read_flash(0x80000003, 0x1000, 0x12000, msg), 12);
	assert_memory_equal(msg, number, sizeof(number));
	assert_int_equal(msg_read_flash(0x60000000, 0x1000, 0x12000, msg), 8);
	assert_memory_equal(msg, address, sizeof(address));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_tells_where_it_ends),
		cmocka_unit_test(a_signature_behind_it_counts),
		cmocka_unit_test(without_a_signature_it_ends_with_its_sector),
		cmocka_unit_test(a_block_table_tells_its_blocks),
		cmocka_unit_test(numbers_that_make_no_sense_tell_nothing),
		cmocka_unit_test(each_source_has_a_name),
		cmocka_unit_test(the_request_has_two_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
