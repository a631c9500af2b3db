/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_nand.c - a simulated modem with UBI volumes, by raw transfers. */
#include "lib/bench.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NOTHING BENCH_NOTHING
#define PAGE	0x800u
#define BLOCK	0x20000u
#define LEB	(BLOCK - 2 * PAGE)
#define MISC	(9 * LEB) /* 1 MiB in the vendor's scheme */

static int start(const char *name, uint32_t size)
{
	uint8_t b[76];

	bench_put_name(b, name);
	put_le32(b + 72, size);
	return bench_call(BSL_CMD_READ_START, b, 76);
}

static void opened(const char *name, uint32_t size)
{
	assert_int_equal(start(name, size), BSL_REP_ACK);
}

static int end(void)
{
	return bench_say(BSL_CMD_READ_END);
}

static void boot_plain(const char *spec)
{
	assert_int_equal(bench_boot(spec), BSL_REP_INCOMPATIBLE_PARTITION);
	bench_plain();
}

/* n bytes from there on, in pieces; the caller frees. */
static uint8_t *fetch(uint64_t offset, size_t n, size_t piece)
{
	uint8_t *p = malloc(n);

	assert_non_null(p);
	for (size_t at = 0; at < n; at += piece) {
		size_t take = n - at < piece ? n - at : piece;

		assert_int_equal(bench_read_at(offset + at, take),
				 BSL_REP_READ_FLASH);
		assert_int_equal(bench.len, take);
		memcpy(p + at, bench.data, take);
	}
	return p;
}

/* The whole of a volume or part, opened, read and closed. */
static uint8_t *dump(const char *name, uint32_t size, size_t piece)
{
	uint8_t *p;

	opened(name, size);
	p = fetch(0, size, piece);
	assert_int_equal(end(), BSL_REP_ACK);
	return p;
}

static void untouched(void)
{
	assert_int_equal(bench_stats().storage_writes, 0);
}

/* -- what it is ---------------------------------------------------------- */

static void says_that_it_is_nand(void **state)
{
	bool told = false;
	size_t at = 4;

	(void)state;
	assert_int_equal(bench_boot("udx710"), BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(get_le32(bench.data), BSL_DA_TLV_MAGIC);
	for (; at + 4 <= bench.len; at += 4 + get_le16(bench.data + at + 2))
		if (get_le16(bench.data + at) == 6)
			told = get_le32(bench.data + at + 4) ==
			       BSL_STORAGE_NAND;
	assert_true(told);
	bench_plain();
	assert_int_equal(bench_say(BSL_CMD_READ_FLASH_INFO),
			 BSL_REP_READ_FLASH_INFO);
	assert_memory_equal(bench.data, "\0\0\0\0\0\2\0\0\0\0\10\0", 12);
	assert_int_equal(bench_stats().unsupported, 0);
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_say(BSL_CMD_READ_FLASH),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_stats().unsupported, 2);
	untouched();
}

static void its_fdl1_is_that_of_a_smartphone(void **state)
{
	(void)state;
	bench_plug("udx710");
	bench_to_fdl1();
	assert_int_equal(bench_baud(), NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_string_equal(bench.data, "Spreadtrum Boot Block version 1.1");
}

/* -- volumes ------------------------------------------------------------- */

static void a_volume_ends_with_its_last_block(void **state)
{
	uint8_t *p, want[0x1000];

	(void)state;
	boot_plain("udx710");
	p = dump("miscdata", MISC, 0x8000);
	for (unsigned at = 0; at < MISC; at += sizeof(want)) {
		assert_true(phone_peek(bench.phone, "user", at, want,
				       sizeof(want)));
		assert_memory_equal(p + at, want, sizeof(want));
	}
	free(p);
	opened("misc", MISC);
	assert_int_equal(bench_read_at(MISC - 0x1000, 0x1000),
			 BSL_REP_READ_FLASH);
	assert_int_equal(bench_read_at(MISC - 0xFFF, 0x1000),
			 BSL_REP_OPERATION_FAILED);
	/* 32 bits of the offset count */
	assert_int_equal(bench_read_at((uint64_t)1 << 32 | 0x800, 16),
			 BSL_REP_READ_FLASH);
	assert_int_equal(end(), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_OPERATION_FAILED);
	untouched();
}

static void sizes_are_looked_at(void **state)
{
	(void)state;
	boot_plain("udx710");
	opened("misc", 0);
	assert_int_equal(end(), BSL_REP_ACK);
	assert_int_equal(start("misc", MISC + 1), BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_READ_FLASH);
	/* refused, but open */
	assert_int_equal(start("misc", 16), BSL_REP_INCOMPATIBLE_PARTITION);
	boot_plain("udx710");
	assert_int_equal(start("misc", MISC + 1), BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(end(), BSL_REP_ACK);
	opened("misc", 16);
	assert_int_equal(end(), BSL_REP_ACK);
	assert_int_equal(start("kpanic", 0x80001), BSL_REP_DOWN_SIZE_ERROR);
	opened("kpanic", 0x80000);
	bench_is_alive();
	untouched();
}

static void without_an_end_there_is_no_second_start(void **state)
{
	static const struct {
		const char *spec;
		int same, other;
	} kinds[] = {
		{ "udx710", BSL_REP_INCOMPATIBLE_PARTITION,
		  BSL_REP_INCOMPATIBLE_PARTITION },
		{ "udx710,must_end=volume", BSL_REP_INCOMPATIBLE_PARTITION,
		  BSL_REP_ACK },
		{ "udx710,must_end=no", BSL_REP_ACK, BSL_REP_ACK },
		{ "udx710,nand=0", BSL_REP_ACK, BSL_REP_ACK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		boot_plain(kinds[i].spec);
		opened("misc", 16);
		assert_int_equal(start("boot", 16), kinds[i].other);
		boot_plain(kinds[i].spec);
		opened("misc", 16);
		assert_int_equal(start("misc", 16), kinds[i].same);
		/* what was refused is not what READ_END closes */
		assert_int_equal(end(), BSL_REP_ACK);
		assert_int_equal(start("misc", 16), kinds[i].same);
		untouched();
	}
}

static void unknown_names_are_refused_at_once(void **state)
{
	static const char *const names[] = { "nothing", BSL_USER_PARTITION,
					     "splloader_bak", "misc_size", "" };

	(void)state;
	boot_plain("udx710");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(start(names[i], 16),
				 BSL_REP_INCOMPATIBLE_PARTITION);
		assert_int_equal(bench_read_at(0, 16),
				 BSL_REP_OPERATION_FAILED);
		bench_is_alive();
	}
	assert_int_equal(bench_call(BSL_CMD_READ_START, "m", 1),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	untouched();
}

static void prodnv_wants_its_file_system(void **state)
{
	static const uint8_t zeros[16];

	(void)state;
	boot_plain("udx710");
	opened("prodnv", 0x1000);
	assert_int_equal(bench_read_at(0, 4), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "\x31\x18\x10\x06", 4);
	assert_int_equal(end(), BSL_REP_ACK);
	assert_int_equal(bench_write_name("prodnv", zeros, sizeof(zeros), 0),
			 BSL_REP_ACK);
	assert_int_equal(start("prodnv", 0x1000), BSL_REP_OPERATION_FAILED);
	assert_int_equal(start("misc", 16), BSL_REP_INCOMPATIBLE_PARTITION);
	boot_plain("udx710,prodnv_check=0");
	opened("prodnv", 0x1000);
}

static void nv_is_repaired_and_read_without_its_header(void **state)
{
	uint8_t *one, *two;

	(void)state;
	boot_plain("udx710");
	two = dump("nr_fixnv2", 0x8000, 0x1000);
	assert_int_equal(get_le32(two), 0x4E56);
	one = dump("nr_fixnv1", 0x4000, 0x1000);
	assert_memory_equal(one, two + 512, 0x4000);
	free(one);
	untouched();
	opened("nr_fixnv1", 16);
	assert_int_equal(bench_read_at(MISC - 512, 512),
			 BSL_REP_OPERATION_FAILED);
	boot_plain("udx710,nv_bad=nr_fixnv1");
	one = dump("nr_fixnv1", 0x4000, 0x1000);
	assert_memory_equal(one, two + 512, 0x4000);
	free(one);
	free(two);
	assert_int_equal(bench_stats().storage_writes, 2);
	assert_int_equal(bench_stats().commanded_writes, 0);
	assert_non_null(strstr(phone_write_log(bench.phone), "NV repair"));
	/* the second copy is a volume like all others */
	boot_plain("udx710,nv_bad=nr_fixnv1");
	free(dump("nr_fixnv2", 0x1000, 0x1000));
	untouched();
}

/* -- raw parts ----------------------------------------------------------- */

static void first_stages_are_read_as_a_whole(void **state)
{
	static const uint8_t zeros[64];
	uint8_t *p, want[64];

	(void)state;
	boot_plain("udx710");
	opened("splloader", 0x40000);
	/* nothing was asked at offset 0: this is RAM */
	assert_int_equal(bench_read_at(0x2000, 64), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, zeros, 64);
	p = fetch(0, 0x40000, 0x8000);
	assert_memory_equal(p, "DHTB", 4);
	for (unsigned at = 0; at < 0x40000; at += 64) {
		assert_true(phone_peek(bench.phone, "boot1", at, want, 64));
		assert_memory_equal(p + at, want, 64);
	}
	free(p);
	/* and has no end */
	assert_int_equal(bench_read_at(0x40000, 64), BSL_REP_READ_FLASH);
	assert_int_equal(end(), BSL_REP_ACK);
	opened("uboot", 0x1000);
	p = fetch(0, 0x2000, 0x1000);
	assert_true(phone_peek(bench.phone, "boot1", 0x80000, want, 64));
	assert_memory_equal(p, want, 64);
	/* not told to READ_START: still the other one's */
	assert_true(phone_peek(bench.phone, "boot1", 0x1000, want, 64));
	assert_memory_equal(p + 0x1000, want, 64);
	free(p);
	untouched();
}

static void bad_blocks_spoil_a_dump_in_pieces(void **state)
{
	uint8_t *good, *pieces, *whole;

	(void)state;
	boot_plain("udx710");
	good = dump("kpanic", 0x60000, 0x8000);
	boot_plain("udx710,bad_block=kpanic+0x2FFFF");
	pieces = dump("kpanic", 0x60000, 0x8000);
	assert_memory_equal(pieces, good, BLOCK);
	for (unsigned at = BLOCK; at < 2 * BLOCK; at += 0x8000)
		assert_memory_equal(pieces + at, good + BLOCK, 0x8000);
	assert_memory_equal(pieces + 2 * BLOCK, good + BLOCK, BLOCK);
	/* in one request nothing would be lost */
	opened("kpanic", 0x60000);
	whole = fetch(0x18000, 0xF000, 0xF000);
	assert_memory_equal(whole, good + 0x18000, 0xF000);
	assert_int_equal(end(), BSL_REP_ACK);
	free(whole);
	free(pieces);
	free(good);
	untouched();
}

static void a_whole_read_steps_over_bad_blocks(void **state)
{
	uint8_t *good, *p;

	(void)state;
	boot_plain("udx710");
	good = dump("uboot", 0x40000, 0x1000);
	boot_plain("udx710,bad_block=uboot+0x20000,bad_block=spl+0");
	p = dump("uboot", 0x40000, 0x1000);
	assert_memory_equal(p, good, 0x40000);
	/* one block is left for the two of this one */
	opened("splloader", 0x40000);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_OPERATION_FAILED);
	assert_int_equal(end(), BSL_REP_ACK);
	free(p);
	free(good);
}

/* -- the raw image of the volumes ---------------------------------------- */

static void header_is_good(const uint8_t *h, const char *magic)
{
	assert_memory_equal(h, magic, 4);
	assert_int_equal(~bench_crc32(h, 60), get_be32(h + 60));
}

/* The volume's number in the table; -1: none of that name. */
static int volume_of(const uint8_t *table, const char *name, uint32_t *blocks)
{
	for (int i = 0; i < 128; i++) {
		const uint8_t *r = table + i * 172;

		assert_int_equal(~bench_crc32(r, 168), get_be32(r + 168));
		if (get_be16(r + 14) != strlen(name) ||
		    memcmp(r + 16, name, strlen(name)))
			continue;
		*blocks = get_be32(r);
		return i;
	}
	return -1;
}

/* A volume put together from the image; the caller frees. */
static uint8_t *from_image(const uint8_t *image, size_t size, const char *name,
			   size_t *ret)
{
	uint32_t blocks = 0, found = 0;
	int volume = volume_of(image + 2 * PAGE, name, &blocks);
	uint8_t *out;

	assert_true(volume >= 0);
	out = malloc(blocks * LEB);
	assert_non_null(out);
	for (size_t at = 0; at < size; at += BLOCK) {
		const uint8_t *vid = image + at + PAGE;

		header_is_good(image + at, "UBI#");
		if (!memcmp(vid, "\xFF\xFF\xFF\xFF", 4))
			continue;
		header_is_good(vid, "UBI!");
		if (get_be32(vid + 8) != (uint32_t)volume)
			continue;
		assert_true(get_be32(vid + 12) < blocks);
		memcpy(out + get_be32(vid + 12) * LEB, vid + PAGE, LEB);
		found++;
	}
	assert_int_equal(found, blocks);
	*ret = blocks * LEB;
	return out;
}

static void the_raw_image_holds_the_volumes(void **state)
{
	static const char *const names[] = { "misc", "nr_modem", "persist",
					     "userdata" };
	size_t size, n;
	uint8_t *image, *one, *named;
	static uint8_t seen[0x200];

	(void)state;
	boot_plain("udx710");
	size = phone_area_size(bench.phone, "boot2");
	assert_int_equal(start("ubipac", size + 1), BSL_REP_DOWN_SIZE_ERROR);
	image = dump("ubipac", size, 0x8000);
	for (size_t at = 0; at < size; at += sizeof(seen)) {
		assert_true(phone_peek(bench.phone, "boot2", at, seen,
				       sizeof(seen)));
		assert_memory_equal(image + at, seen, sizeof(seen));
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		one = from_image(image, size, names[i], &n);
		named = dump(names[i], n, 0x8000);
		assert_memory_equal(one, named, n);
		free(one);
		free(named);
	}
	free(image);
	untouched();
}

/* -- what changes it ----------------------------------------------------- */

static void writes_are_counted(void **state)
{
	uint8_t data[32];

	(void)state;
	boot_plain("udx710");
	memset(data, 0x42, sizeof(data));
	assert_int_equal(bench_write_name("nothing", data, sizeof(data), 0),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	untouched();
	assert_int_equal(bench_write_name("m_raw", data, sizeof(data), 0),
			 BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 1);
	opened("m_raw", 32);
	assert_int_equal(bench_read_at(0, 32), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, data, 32);
	assert_int_equal(end(), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_NORMAL_RESET), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 3);
	assert_int_equal(bench_stats().commanded_writes, 1);
}

static void no_file_is_its_storage(void **state)
{
	struct phone *p;
	struct err e;

	(void)state;
	assert_int_equal(phone_new("udx710,storage=/dev/null", &p, &e),
			 -ERR_USAGE);
	assert_int_equal(phone_new("udx710,bad_block=misc", &p, &e),
			 -ERR_USAGE);
	assert_int_equal(phone_new("udx710,bad_block=misc+x", &p, &e),
			 -ERR_USAGE);
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, bench_unplug)
	const struct CMUnitTest tests[] = {
		T(says_that_it_is_nand),
		T(its_fdl1_is_that_of_a_smartphone),
		T(a_volume_ends_with_its_last_block),
		T(sizes_are_looked_at),
		T(without_an_end_there_is_no_second_start),
		T(unknown_names_are_refused_at_once),
		T(prodnv_wants_its_file_system),
		T(nv_is_repaired_and_read_without_its_header),
		T(first_stages_are_read_as_a_whole),
		T(bad_blocks_spoil_a_dump_in_pieces),
		T(a_whole_read_steps_over_bad_blocks),
		T(the_raw_image_holds_the_volumes),
		T(writes_are_counted),
		T(no_file_is_its_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
