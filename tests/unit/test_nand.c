/* SPDX-License-Identifier: BSD-3-Clause */
/* test_nand.c - volumes of a simulated modem, and pieces of the bare chip. */
#include "device/layout.h"

#include "lib/tablerig.h"

#include "bsl/proto.h"

#define KIB	((uint64_t)1 << 10)
#define UBI_LEB (124 * KIB) /* what a volume's block holds */

static uint8_t mem[1 << 20];

/* misc lies behind miscdata, and both are of 1 MiB in the vendor's scheme. */
static const char *const names[] = { "nosuch",	  "misc",  "miscdata",
				     "nr_fixnv2", "uboot", "nr_fixnv1" };

static void open_modem(const char *spec)
{
	wirerig_open_raised(&on, spec);
	assert_int_equal(session_info(on.s)->storage, STORAGE_NAND);
	assert_ok(layout_read(on.s, names, ARRAY_SIZE(names), &l, &e), &e);
	assert_int_equal(l.table.source, PTABLE_PROBED);
	assert_true(l.nand);
}

static int read_piece(const char *name, uint64_t offset, uint64_t length)
{
	struct extent x;

	layout_name_extent(row(name), &x);
	x.offset += offset;
	x.length = length;
	assert_true(length <= sizeof(mem));
	return reader_read(on.s, &x, mem, &e);
}

static void sizes_are_those_of_the_volumes(void **state)
{
	(void)state;
	open_modem("udx710");
	assert_int_equal(row("misc")->size, 9 * UBI_LEB);
	assert_int_equal(row("nr_fixnv2")->size, 9 * UBI_LEB);
	assert_int_equal(row("nr_fixnv1")->size, 9 * UBI_LEB);
	assert_int_equal(row("uboot")->size, 512 * KIB);
	assert_int_equal(row(BSL_SPLLOADER)->size, 256 * KIB);
	assert_null(ptable_find(&l.table, "nosuch"));
	assert_null(ptable_find(&l.table, BSL_SPLLOADER_BAK));
	/* no list, and what it does not know costs a buffer each time */
	assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 0);
	assert_int_equal(session_info(on.s)->unsupported, 0);
	wirerig_close(&on);
}

static void assert_measured(enum tap_fault fault, uint16_t type, unsigned at,
			    unsigned times)
{
	static const char *const some[] = { "nosuch", "misc", "nr_fixnv2" };

	wirerig_open_raised(&on, "udx710");
	on.tap->fault = fault;
	on.tap->type = type;
	on.tap->at = on.tap->seen + at;
	on.tap->times = times;
	assert_ok(layout_read(on.s, some, ARRAY_SIZE(some), &l, &e), &e);
	assert_null(ptable_find(&l.table, "nosuch"));
	if (row("misc")->size != 9 * UBI_LEB ||
	    row("nr_fixnv2")->size != 9 * UBI_LEB ||
	    row(BSL_SPLLOADER)->size != 256 * KIB)
		fail_msg("wrong after fault %d, 0x%02X, at %u, %u times", fault,
			 type, at, times);
	layout_free(&l);
	wirerig_close(&on);
}

/* Also those of the answer behind are as good as any. */
static void sizes_are_the_same_when_answers_come_twice(void **state)
{
	static const uint16_t types[] = { BSL_REP_ACK, BSL_REP_DOWN_SIZE_ERROR,
					  BSL_REP_INCOMPATIBLE_PARTITION };

	(void)state;
	for (unsigned at = 1; at < 200; at += 1 + at / 20)
		for (size_t t = 0; t < ARRAY_SIZE(types); t++)
			for (unsigned times = 1; times <= 3; times++)
				assert_measured(TAP_DOUBLE, types[t], at,
						times);
}

/* A volume that stays open keeps all others shut. */
static void each_start_has_its_end(void **state)
{
	struct extent x = { .name = "nosuch", .length = 512 };

	(void)state;
	open_modem("udx710");
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START],
			 on.tap->sent[BSL_CMD_READ_END]);
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "0x96", &e);
	layout_name_extent(row("misc"), &x);
	x.whole = x.length + 512;
	x.length = 512;
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "0x8A", &e);
	assert_ok(read_piece("misc", 0, 4096), &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START],
			 on.tap->sent[BSL_CMD_READ_END]);
	wirerig_close(&on);
}

static void volumes_are_read_to_the_byte(void **state)
{
	const uint64_t size = 9 * UBI_LEB;

	(void)state;
	open_modem("udx710");
	assert_ok(read_piece("misc", 0, sizeof(mem)), &e);
	wirerig_assert_bytes(&on, "user", size, mem, sizeof(mem));
	assert_ok(read_piece("misc", size - 70001, 70001), &e);
	wirerig_assert_bytes(&on, "user", 2 * size - 70001, mem, 70001);
	wirerig_close(&on);
}

/* The loader reads it as a whole when its beginning is asked for. */
static void a_piece_of_the_bare_chip_is_begun_at_its_beginning(void **state)
{
	(void)state;
	open_modem("udx710");
	assert_ok(read_piece("uboot", 70001, 100000), &e);
	wirerig_assert_bytes(&on, "boot1", 512 * KIB + 70001, mem, 100000);
	assert_ok(read_piece("uboot", 512 * KIB - 1, 1), &e);
	wirerig_assert_bytes(&on, "boot1", 1024 * KIB - 1, mem, 1);
	wirerig_close(&on);
}

/* A bad block in it: what comes then is the loader's own memory. */
static void other_memory_is_not_taken_for_the_chip(void **state)
{
	(void)state;
	open_modem("udx710,bad_block=spl+0");
	assert_err(read_piece(BSL_SPLLOADER, 0, 512), ERR_REFUSED, "0x84", &e);
	assert_err(read_piece(BSL_SPLLOADER, 4096, 4096), ERR_REFUSED,
		   "other memory", &e);
	assert_ok(read_piece("misc", 4096, 4096), &e);
	wirerig_close(&on);
}

static void a_volume_with_a_bad_beginning_is_read_behind_it(void **state)
{
	(void)state;
	open_modem("udx710,bad=misc+0+512");
	assert_err(read_piece("misc", 0, 512), ERR_REFUSED, "0x84", &e);
	assert_ok(read_piece("misc", 4096, 4096), &e);
	wirerig_assert_bytes(&on, "user", 9 * UBI_LEB + 4096, mem, 4096);
	wirerig_close(&on);
}

static const struct extent first_nv = { .name = "nr_fixnv1",
					.length = 9 * UBI_LEB,
					.whole = 9 * UBI_LEB };

/* Its beginning is bad: it is gone on with, but not begun again. */
static void a_first_nv_copy_is_not_started_twice(void **state)
{
	struct block b = { .data = mem, .cap = 64 * KIB };
	struct part_reader *r;
	unsigned starts;

	(void)state;
	on.opt.nv_by_name = true;
	open_modem("udx710,nv_repair=none,bad=nr_fixnv1+0+4096");
	starts = on.tap->sent[BSL_CMD_READ_START];
	assert_ok(part_reader_open(on.s, &first_nv, 0, &r, &e), &e);
	assert_err(part_reader_fill(r, &b, &e), ERR_REFUSED, "0x84", &e);
	assert_int_equal(part_reader_skip(r, &b, 4096), 4096);
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_ok(part_reader_close(r, &e), &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], starts + 1);
	wirerig_close(&on);
}

/* It is open all the same. */
static void a_refused_first_nv_copy_is_ended_too(void **state)
{
	struct extent x = first_nv;

	(void)state;
	on.opt.nv_by_name = true;
	open_modem("udx710,nv_repair=none");
	x.whole += 512;
	assert_err(reader_read(on.s, &x, mem, &e), ERR_REFUSED, "0x8A", &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START],
			 on.tap->sent[BSL_CMD_READ_END]);
	assert_ok(read_piece("misc", 0, 4096), &e);
	x = first_nv;
	x.length = 4096;
	assert_ok(reader_read(on.s, &x, mem, &e), &e);
	wirerig_close(&on);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, drop)
	const struct CMUnitTest tests[] = {
		TEST(sizes_are_those_of_the_volumes),
		TEST(sizes_are_the_same_when_answers_come_twice),
		TEST(each_start_has_its_end),
		TEST(volumes_are_read_to_the_byte),
		TEST(a_piece_of_the_bare_chip_is_begun_at_its_beginning),
		TEST(other_memory_is_not_taken_for_the_chip),
		TEST(a_volume_with_a_bad_beginning_is_read_behind_it),
		TEST(a_first_nv_copy_is_not_started_twice),
		TEST(a_refused_first_nv_copy_is_ended_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
