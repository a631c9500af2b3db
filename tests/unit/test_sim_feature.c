/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_feature.c - simulated feature phones, driven by raw transfers. */
#include "lib/bench.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NOTHING BENCH_NOTHING
#define BASE	0x10000000u /* of the flash of sc6531e */
#define CHIP	((uint64_t)4 << 20)

/* -- requests by number or address --------------------------------------- */

static int read_address(uint32_t addr, uint32_t size)
{
	uint8_t b[8];

	put_be32(b, addr);
	put_be32(b + 4, size);
	return bench_call(BSL_CMD_READ_FLASH, b, 8);
}

static int start_write(uint32_t id, uint32_t size)
{
	uint8_t b[8];

	put_be32(b, id);
	put_be32(b + 4, size);
	return bench_call(BSL_CMD_START_DATA, b, 8);
}

static void untouched(void)
{
	assert_int_equal(bench_stats().storage_writes, 0);
	assert_string_equal(phone_write_log(bench.phone), "");
}

/* -- NOR, two loaders ---------------------------------------------------- */

static void nor_boots_with_one_ack_for_both_loaders(void **state)
{
	(void)state;
	bench_plug("sc6531e");
	bench_to_fdl1();
	assert_int_equal(bench_baud(), NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_string_equal(bench.data, "Spreadtrum Boot Block version 1.2");
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_send_loader(2, 528), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_ACK);
	assert_int_equal(bench_reply(), NOTHING);
	assert_string_equal(bench_stats().stage, "fdl2");
	assert_int_equal(bench_baud(), NOTHING);
	bench_takes_numbers();
	assert_int_equal(get_le32(bench.data), 0x65620000);
	assert_int_equal(bench_stats().refused, 0);
	untouched();
}

static void both_loaders_may_answer(void **state)
{
	(void)state;
	assert_int_equal(bench_boot("sc6531e,no_ack_exec=0"), BSL_REP_ACK);
	assert_int_equal(bench_reply(), BSL_REP_ACK);
	assert_int_equal(bench_reply(), NOTHING);
	bench_takes_numbers();
}

static void a_number_is_a_place_in_the_flash(void **state)
{
	(void)state;
	bench_boot("sc6531e");
	assert_int_equal(bench_read_id(0x80000003, 0, 0x1000),
			 BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "DHTB", 4);
	bench_holds(0, 0x1000);
	assert_int_equal(bench_read_id(0x80000003, 0x12345, 0x333),
			 BSL_REP_READ_FLASH);
	bench_holds(0x12345, 0x333);
	assert_int_equal(bench_read_id(0x90000004, 0, 0x40),
			 BSL_REP_READ_FLASH);
	assert_true(bench_where() > 0 && bench_where() < CHIP);
	for (uint32_t id = 0x90000001; id <= 0x90000007; id++) {
		if (id == 0x90000003 || id == 0x90000005)
			continue;
		assert_int_equal(bench_read_id(id, 0, 0x100),
				 BSL_REP_READ_FLASH);
	}
	assert_int_equal(bench_stats().reads, 8);
	bench_takes_numbers();
	untouched();
}

static void an_address_reaches_all_of_it_and_repeats(void **state)
{
	(void)state;
	bench_boot("sc6531e");
	assert_int_equal(read_address(BASE, 0x1000), BSL_REP_READ_FLASH);
	bench_holds(0, 0x1000);
	/* an address has no offset: the third word is not looked at */
	assert_int_equal(bench_read_id(BASE + 0x8000, 0x4000, 0x200),
			 BSL_REP_READ_FLASH);
	bench_holds(0x8000, 0x200);
	assert_int_equal(read_address(BASE + CHIP - 0x1000, 0x1000),
			 BSL_REP_READ_FLASH);
	bench_holds(CHIP - 0x1000, 0x1000);
	assert_int_equal(read_address(BASE + CHIP + 0x3000, 0x1000),
			 BSL_REP_READ_FLASH);
	bench_holds(0x3000, 0x1000);
	/* over the end: half of the end, half of the start */
	assert_int_equal(read_address(BASE + 5 * CHIP - 0x40, 0x80),
			 BSL_REP_READ_FLASH);
	memmove(bench.data, bench.data + 0x40, 0x40);
	bench.len = 0x40;
	bench_holds(0, 0x40);
	/* what lies in RAM is no flash */
	assert_int_equal(read_address(BASE + 0x4000000, 0x40),
			 BSL_REP_READ_FLASH);
	assert_int_equal(bench_where(), (uint64_t)-1);
	bench_takes_numbers();
	untouched();
}

static void the_last_word_is_a_refusal(void **state)
{
	static const struct {
		uint32_t id, offset, size;
		int says;
	} bad[] = {
		{ 0x80000000, 0, 0x1000, BSL_REP_DOWN_DEST_ERROR },
		{ 0x80000001, 0, 0x1000, BSL_REP_DOWN_DEST_ERROR },
		{ 0x90000101, 0, 0x1000, BSL_REP_DOWN_DEST_ERROR },
		{ 0x30000000, 0, 0x1000, BSL_REP_DOWN_DEST_ERROR },
		{ 0, 0, 0x1000, BSL_REP_DOWN_DEST_ERROR },
		{ 0x80000003, 0, 0x1001, BSL_REP_DOWN_SIZE_ERROR },
		{ 0x80000003, 0x3FFF001, 0x1000, BSL_REP_DOWN_SIZE_ERROR },
		{ BASE, 0, 0x10000, BSL_REP_DOWN_SIZE_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bench_boot("sc6531e");
		assert_int_equal(
			bench_read_id(bad[i].id, bad[i].offset, bad[i].size),
			bad[i].says);
		bench_is_dead();
		assert_int_equal(bench_stats().refused, 1);
		bench_boot("sc6531e,feature_hang=0");
		assert_int_equal(
			bench_read_id(bad[i].id, bad[i].offset, bad[i].size),
			bad[i].says);
		bench_takes_numbers();
	}
	bench_boot("sc6531e");
	assert_int_equal(bench_call(BSL_CMD_READ_FLASH, "\x80", 1),
			 BSL_REP_DOWN_DEST_ERROR);
	bench_is_dead();
}

static void what_it_does_not_know_kills_it(void **state)
{
	static const unsigned foreign[] = {
		BSL_CMD_CONNECT,	BSL_CMD_KEEP_CHARGE,
		BSL_CMD_READ_START,	BSL_CMD_READ_MIDST,
		BSL_CMD_READ_END,	BSL_CMD_READ_FLASH_INFO,
		BSL_CMD_READ_PARTITION, BSL_CMD_DISABLE_TRANSCODE,
		BSL_CMD_READ_CHIP_UID,	BSL_CMD_ENABLE_WRITE_FLASH,
		BSL_CMD_END_PROCESS,	BSL_CMD_REPARTITION,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		bench_boot("sc6531e");
		assert_int_equal(bench_say(foreign[i]), NOTHING);
		bench_is_dead();
		assert_int_equal(bench_stats().unsupported, 1);
		bench_boot("sc6531e,unknown=83");
		assert_int_equal(bench_say(foreign[i]), BSL_REP_UNKNOWN_CMD);
		bench_takes_numbers();
		untouched();
	}
	bench_boot("sc6531e");
	assert_int_equal(bench_call(0x7E7E, NULL, 0), NOTHING);
	bench_is_dead();
}

static void its_fdl1_knows_no_keep_charge(void **state)
{
	(void)state;
	bench_plug("sc6531e");
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_say(BSL_CMD_KEEP_CHARGE), NOTHING);
	assert_non_null(bench_stats().dead);
}

static void a_split_build_keeps_its_boot_loader_in_front(void **state)
{
	(void)state;
	bench_boot("sc6531e,split=1");
	assert_int_equal(bench_read_id(0x80000000, 0, 0x200),
			 BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "DHTB", 4);
	bench_holds(0, 0x200);
	assert_int_equal(bench_read_id(0x80000003, 0, 0x200),
			 BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "DHTB", 4);
	bench_holds(0x10000, 0x200);
}

static void the_good_copy_of_the_nv_is_served(void **state)
{
	uint64_t first, second;

	(void)state;
	bench_boot("sc6531e");
	assert_int_equal(bench_read_id(0x90000001, 0, 0x200),
			 BSL_REP_READ_FLASH);
	first = bench_where();
	bench_boot("sc6531e,nv_bad=fixnv");
	assert_int_equal(bench_read_id(0x90000001, 0, 0x200),
			 BSL_REP_READ_FLASH);
	second = bench_where();
	assert_int_equal(second, first + 0x10000);
	untouched();
}

static void chips_have_a_power_of_two(void **state)
{
	static const char *const bad[] = { "sc6531e,flash=3M",
					   "sc6531e,flash=128M",
					   "sc6530,flash=512K" };
	struct phone *p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(phone_new(bad[i], &p, &e), -ERR_USAGE);
		assert_non_null(strstr(e.text, "flash"));
	}
	for (unsigned mib = 1; mib <= 64; mib *= 2) {
		char spec[32];

		snprintf(spec, sizeof(spec), "sc6531e,flash=%uM,split=1", mib);
		bench_boot(spec);
		assert_int_equal(phone_area_size(bench.phone, "user"),
				 (uint64_t)mib << 20);
		assert_int_equal(bench_read_id(0x90000006, 0, 0x200),
				 BSL_REP_READ_FLASH);
		assert_int_equal(bench_where(),
				 ((uint64_t)mib << 20) / 16 * 15);
	}
}

static void writes_are_counted(void **state)
{
	uint8_t data[64], back[64], erase[8];
	uint64_t at;

	(void)state;
	bench_boot("sc6531e");
	assert_int_equal(bench_read_id(0x90000006, 0, 64), BSL_REP_READ_FLASH);
	at = bench_where();
	memset(data, 0x5A, sizeof(data));
	assert_int_equal(start_write(0x90000006, 64), BSL_REP_ACK);
	untouched();
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, data, 32), BSL_REP_ACK);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, data + 32, 32),
			 BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_END_DATA), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 2);
	assert_int_equal(bench_stats().commanded_writes, 2);
	assert_true(phone_peek(bench.phone, "user", at, back, 64));
	assert_memory_equal(back, data, 64);
	put_be32(erase, 0x90000005);
	put_be32(erase + 4, 0);
	assert_int_equal(bench_call(BSL_CMD_ERASE_FLASH, erase, 8),
			 BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 3);
	assert_non_null(strstr(phone_write_log(bench.phone), "ERASE_FLASH"));
	/* to a RAM address it is no change, but over the end it is refused */
	assert_int_equal(start_write(BASE + 0x4000000, 64), BSL_REP_ACK);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, data, 64), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_END_DATA), BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 3);
	assert_int_equal(start_write(BASE + CHIP - 32, 64),
			 BSL_REP_DOWN_SIZE_ERROR);
	bench_is_dead();
}

static void erase(uint32_t id)
{
	uint8_t b[8] = { 0 };

	put_be32(b, id);
	assert_int_equal(bench_call(BSL_CMD_ERASE_FLASH, b, 8), BSL_REP_ACK);
}

/* Bare flash, also where something was written before. */
static void erased_flash_reads_as_ff(void **state)
{
	static const struct {
		const char *spec;
		uint32_t id;
	} phones[] = { { "sc6531e", 0x90000006 }, { "ums9117", 0x90000001 } };
	uint8_t data[16], ff[0x400];

	(void)state;
	memset(ff, 0xFF, sizeof(ff));
	for (size_t i = 0; i < 2; i++) {
		bench_boot(phones[i].spec);
		assert_int_equal(start_write(phones[i].id, 16), BSL_REP_ACK);
		memset(data, 0x5A, sizeof(data));
		assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, data, 16),
				 BSL_REP_ACK);
		assert_int_equal(bench_say(BSL_CMD_END_DATA), BSL_REP_ACK);
		erase(phones[i].id);
		for (uint32_t at = 0; at < 0x2000; at += 0x1000) {
			assert_int_equal(bench_read_id(phones[i].id, at, 0x400),
					 BSL_REP_READ_FLASH);
			assert_memory_equal(bench.data, ff, 0x400);
		}
	}
}

static size_t lines_of(FILE *f)
{
	size_t n = 0;
	int c;

	while ((c = fgetc(f)) != EOF)
		n += c == '\n';
	return n;
}

/* The copy in memory ends, and says so; the file goes on. */
static void the_log_file_has_every_change(void **state)
{
	char path[] = "/tmp/test-sim-log.XXXXXX", spec[64];
	const char *log, *end;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	(void)state;
	assert_non_null(f);
	snprintf(spec, sizeof(spec), "sc6531e,log=%s", path);
	bench_boot(spec);
	for (int i = 0; i < 8000; i++)
		erase(0x90000005);
	assert_int_equal(bench_stats().storage_writes, 8000);
	assert_int_equal(lines_of(f), 8000);
	fclose(f);
	remove(path);
	log = phone_write_log(bench.phone);
	assert_in_range(strlen(log), 256 << 10, (256 << 10) + 512);
	end = strstr(log, "later changes");
	assert_non_null(end);
	assert_string_equal(end + strcspn(end, "\n"), "\n");
}

static void it_goes_away_without_writing(void **state)
{
	(void)state;
	bench_boot("sc6531e");
	assert_int_equal(bench_say(BSL_CMD_NORMAL_RESET), BSL_REP_ACK);
	assert_false(phone_attached(bench.phone));
	bench_boot("sc6531e,poweroff_waits=1");
	assert_int_equal(bench_say(BSL_CMD_POWER_OFF), BSL_REP_ACK);
	bench_is_dead();
	untouched();
}

/* -- NOR, one loader ----------------------------------------------------- */

static void one_loader_wakes_by_a_flag(void **state)
{
	uint32_t addr;
	const uint8_t *p;
	size_t n;

	(void)state;
	bench_plug("sc6530");
	phone_sample_loader(bench.phone, 1, &addr, &p, &n);
	assert_int_equal(addr, 0x34000000);
	phone_sample_loader(bench.phone, 2, &addr, &p, &n);
	assert_null(p);
	assert_int_equal(addr, 0);
	assert_int_equal(n, 0);
	bench_to_fdl1();
	assert_string_equal(bench_stats().stage, "fdl2");
	assert_int_equal(bench_reply(), NOTHING);
	assert_int_equal(read_address(0x30000000, 16), NOTHING);
	assert_int_equal(bench_baud(), NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_string_equal(bench.data, "Spreadtrum Boot Block version 1.2");
	/* once; later flags are the start of a frame and nothing more */
	assert_int_equal(bench_baud(), NOTHING);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), NOTHING);
	assert_int_equal(bench_read_id(0x80000003, 0, 0x1000),
			 BSL_REP_READ_FLASH);
	bench_holds(0, 0x1000);
	assert_int_equal(read_address(0x30000000 + CHIP, 0x40),
			 BSL_REP_READ_FLASH);
	bench_holds(0, 0x40);
	bench_takes_numbers();
	untouched();
	/* the second stage of another chip is data for an address it lacks */
	assert_int_equal(start_write(0x14000000, 0x1000),
			 BSL_REP_DOWN_DEST_ERROR);
	bench_is_dead();
}

static void one_loader_after_it_left_the_bus(void **state)
{
	(void)state;
	bench_plug("sc6530,reenum=fdl1,ver_skip=0");
	bench_to_fdl1();
	assert_false(phone_attached(bench.phone));
	phone_attach(bench.phone);
	assert_int_equal(bench_reply(), NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(read_address(0x30000000, 0x40), BSL_REP_READ_FLASH);
	bench_holds(0, 0x40);
}

static void serial_rom(const char *spec)
{
	bench_plug(spec);
	do
		bench_hear();
	while (bench.wire_len);
	assert_int_equal(bench_baud(), NOTHING);
	assert_int_equal(bench_baud(), NOTHING);
	bench_to_fdl1();
}

static void a_serial_line_changes_no_answer(void **state)
{
	(void)state;
	serial_rom("sc6531e,link=serial");
	bench_greet_fdl1();
	assert_int_equal(bench_send_loader(2, 0x1000), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_ACK);
	assert_int_equal(bench_read_id(0x80000003, 0, 0x1000),
			 BSL_REP_READ_FLASH);
	bench_holds(0, 0x1000);
	serial_rom("sc6530,link=serial,ver_skip=0");
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(bench_read_id(0x80000003, 0, 0x1000),
			 BSL_REP_READ_FLASH);
	bench_holds(0, 0x1000);
}

static void dumped_chips_can_be_plugged_in(void **state)
{
	char path[] = "/tmp/test-sim-feature.XXXXXX", spec[96];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "wb");
	struct phone *p;
	struct err e;

	(void)state;
	assert_non_null(f);
	for (unsigned i = 0; i < 1 << 20; i += 4) {
		uint8_t b[4];

		put_le32(b, i);
		assert_int_equal(fwrite(b, 4, 1, f), 1);
	}
	assert_int_equal(fclose(f), 0);
	snprintf(spec, sizeof(spec), "sc6531e,flash=1M,storage=%s", path);
	bench_boot(spec);
	assert_int_equal(bench_read_id(0x80000003, 0x8000, 4),
			 BSL_REP_READ_FLASH);
	assert_int_equal(get_le32(bench.data), 0x8000);
	snprintf(spec, sizeof(spec), "sc6531e,flash=2M,storage=%s", path);
	assert_int_equal(phone_new(spec, &p, &e), -ERR_USAGE);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(phone_new("ums9117,boot1=/dev/null", &p, &e),
			 -ERR_USAGE);
	assert_non_null(strstr(e.text, "boot areas"));
	remove(path);
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, bench_unplug)
	const struct CMUnitTest tests[] = {
		T(nor_boots_with_one_ack_for_both_loaders),
		T(both_loaders_may_answer),
		T(a_number_is_a_place_in_the_flash),
		T(an_address_reaches_all_of_it_and_repeats),
		T(the_last_word_is_a_refusal),
		T(what_it_does_not_know_kills_it),
		T(its_fdl1_knows_no_keep_charge),
		T(a_split_build_keeps_its_boot_loader_in_front),
		T(the_good_copy_of_the_nv_is_served),
		T(chips_have_a_power_of_two),
		T(writes_are_counted),
		T(erased_flash_reads_as_ff),
		T(the_log_file_has_every_change),
		T(it_goes_away_without_writing),
		T(one_loader_wakes_by_a_flag),
		T(one_loader_after_it_left_the_bus),
		T(a_serial_line_changes_no_answer),
		T(dumped_chips_can_be_plugged_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
