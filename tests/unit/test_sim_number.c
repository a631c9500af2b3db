/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_number.c - a simulated 4G feature phone: NAND, read by number. */
#include "lib/bench.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define BLOCK 0x20000u

static void untouched(void)
{
	assert_int_equal(bench_stats().storage_writes, 0);
}

static void nand_sizes_are_told_by_headers(void **state)
{
	static const uint32_t images[] = { 0x80000001, 0x80000002, 0x80000003,
					   0x80000004 };

	(void)state;
	assert_int_equal(bench_boot("ums9117"), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	for (size_t i = 0; i < 4; i++) {
		uint32_t image, total;

		assert_int_equal(bench_read_id(images[i], 0, 0x200),
				 BSL_REP_READ_FLASH);
		assert_memory_equal(bench.data, "DHTB", 4);
		image = get_le32(bench.data + 0x30);
		assert_int_equal(bench_read_id(images[i], 0x200 + image, 0x60),
				 BSL_REP_READ_FLASH);
		assert_int_equal(get_le64(bench.data + 0x10), image);
		total = (uint32_t)get_le64(bench.data + 0x28) +
			(uint32_t)get_le64(bench.data + 0x20);
		assert_int_equal(bench_read_id(images[i], total - 16, 16),
				 BSL_REP_READ_FLASH);
	}
	assert_int_equal(bench_read_id(0x90000001, 0, 0x20),
			 BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "VNTS", 4);
	assert_int_equal(get_le16(bench.data + 12) * get_le16(bench.data + 14),
			 0x100000);
	assert_int_equal(bench_read_id(0x90000001, 0xFF000, 0x1000),
			 BSL_REP_READ_FLASH);
	untouched();
	assert_int_equal(bench_read_id(0x90000001, 0xFF001, 0x1000),
			 BSL_REP_DOWN_SIZE_ERROR);
	bench_is_dead();
	bench_boot("ums9117");
	assert_int_equal(bench_read_id(0x10000000, 0, 0x1000),
			 BSL_REP_DOWN_DEST_ERROR);
	bench_is_dead();
}

static uint64_t kernel_at(uint32_t offset)
{
	assert_int_equal(bench_read_id(0x80000003, offset, 0x1000),
			 BSL_REP_READ_FLASH);
	return bench_where();
}

static void a_bad_block_shifts_what_is_read_in_pieces(void **state)
{
	uint64_t start;

	(void)state;
	bench_boot("ums9117");
	start = kernel_at(0);
	assert_int_equal(kernel_at(3 * BLOCK), start + 3 * BLOCK);
	bench_boot("ums9117,bad_block=kernel+0x50000");
	assert_int_equal(kernel_at(2 * BLOCK - 0x1000),
			 start + 2 * BLOCK - 0x1000);
	/* the block behind it is read again and again in its place ... */
	assert_int_equal(kernel_at(2 * BLOCK), start + 2 * BLOCK);
	assert_int_equal(kernel_at(2 * BLOCK + 0x1000), start + 2 * BLOCK);
	assert_int_equal(kernel_at(3 * BLOCK - 0x1000), start + 2 * BLOCK);
	/* ... and all that follows is a block late */
	assert_int_equal(kernel_at(3 * BLOCK), start + 2 * BLOCK);
	assert_int_equal(kernel_at(3 * BLOCK + 0x1000),
			 start + 2 * BLOCK + 0x1000);
	/* other regions are not concerned */
	assert_int_equal(bench_read_id(0x90000001, 0, 0x20),
			 BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "VNTS", 4);
	untouched();
}

static void nand_can_be_unreadable(void **state)
{
	(void)state;
	bench_boot("ums9117,bad=nv+0x3000+16");
	assert_int_equal(bench_read_id(0x90000001, 0x2000, 0x1000),
			 BSL_REP_READ_FLASH);
	assert_int_equal(bench_read_id(0x90000001, 0x3000, 0x1000),
			 BSL_REP_OPERATION_FAILED);
	bench_takes_numbers();
	bench_boot("ums9117,bad_block=nv2+0,bad_block=nv2+0x20000");
	assert_int_equal(bench_read_id(0x9000000C, 0, 0x1000),
			 BSL_REP_OPERATION_FAILED);
	bench_takes_numbers();
}

static void keep_charge_is_its_own(void **state)
{
	(void)state;
	bench_plug("ums9117");
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_say(BSL_CMD_KEEP_CHARGE), BSL_REP_ACK);
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, bench_unplug)
	const struct CMUnitTest tests[] = {
		T(nand_sizes_are_told_by_headers),
		T(a_bad_block_shifts_what_is_read_in_pieces),
		T(nand_can_be_unreadable),
		T(keep_charge_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
