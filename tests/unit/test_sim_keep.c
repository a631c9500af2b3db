/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_keep.c - storage that outlives a process, damaged and saved. */
#include "lib/bench.h"

#include <fcntl.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define MIB ((uint64_t)1 << 20)

static char dir[64], file[96];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test-sim-keep.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/kept", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char command[128];

	bench_unplug(state);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static const char *spec(const char *keys)
{
	static char text[256];
	int n = (int)strcspn(keys, ",");

	snprintf(text, sizeof(text), "%.*s,super=1M,userdata=1M,keep=%s%s", n,
		 keys, file, keys + n);
	return text;
}

static uint64_t kept_size(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_size;
}

static void refused(const char *text)
{
	struct phone *p = NULL;
	struct err e;

	assert_int_equal(phone_new(text, &p, &e), -ERR_USAGE);
	assert_null(p);
	assert_non_null(strstr(e.text, "keep"));
}

static void what_was_written_is_there_again(void **state)
{
	static const uint8_t one[16] = "0123456789abcdef";
	uint8_t b[76] = { 0 };

	(void)state;
	bench_boot(spec("ums512"));
	assert_int_equal(bench_write_name("boot_a", one, 16, 0), BSL_REP_ACK);
	bench_put_name(b, "cache");
	assert_int_equal(bench_call(BSL_CMD_ERASE_FLASH, b, 76), BSL_REP_ACK);
	assert_int_equal(bench_write_name("cache", one, 16, 0), BSL_REP_ACK);
	bench_plug(spec("ums512"));
	bench_check_at("boot_b", 0, one, 16);
	bench_check_at("cache", 0, one, 16);
	bench_check_at("cache", 16, "\0\0\0\0", 4);
	assert_int_equal(bench_stats().storage_writes, 0);
	bench_plug("ums512,super=1M,userdata=1M");
	bench_check_at("boot_b", 0, "ANDROID!", 8);
}

/* As after a kill in the middle of writing the file. */
static void a_cut_record_is_taken_off(void **state)
{
	static const uint8_t one[16] = "0123456789abcdef";
	static const uint8_t two[16] = "ABCDEFGHIJKLMNOP";
	uint64_t first, second;

	(void)state;
	bench_plug(spec("sc9863a"));
	assert_true(phone_poke(bench.phone, "boot1", 512, one, 16));
	first = kept_size();
	assert_true(phone_poke(bench.phone, "boot1", 512, two, 16));
	second = kept_size();
	for (uint64_t n = second - 1; n >= first; n--) {
		uint8_t b[16];

		bench_unplug(NULL);
		assert_int_equal(truncate(file, n), 0);
		bench_plug(spec("sc9863a"));
		assert_int_equal(kept_size(), first);
		assert_true(phone_peek(bench.phone, "boot1", 512, b, 16));
		assert_memory_equal(b, one, 16);
		/* It goes on behind what was whole. */
		assert_true(phone_poke(bench.phone, "boot1", 512, two, 16));
		bench_plug("sc9863a");
		bench_plug(spec("sc9863a"));
		assert_true(phone_peek(bench.phone, "boot1", 512, b, 16));
		assert_memory_equal(b, two, 16);
	}
}

static void a_file_of_another_phone_is_refused(void **state)
{
	(void)state;
	bench_plug(spec("ums512"));
	refused(spec("ums512")); /* one at a time */
	bench_unplug(NULL);
	refused(spec("sc9863a"));
	refused(spec("ums512,userdata=2M"));
	assert_int_equal(truncate(file, 63), 0);
	refused(spec("ums512"));
	/* What was refused is as it was. */
	assert_int_equal(kept_size(), 63);
}

static void damage_was_before(void **state)
{
	uint8_t was[0x3000], is[0x3000];
	uint64_t start, size;

	(void)state;
	bench_plug(spec("ums512"));
	assert_true(bench_find_part("boot_b", &start, &size));
	phone_peek(bench.phone, "user", start, was, sizeof(was));
	bench_plug("ums9230");
	bench_boot(spec("ums512,damage=boot_b+0x1000+0x1000"));
	phone_peek(bench.phone, "user", start, is, sizeof(is));
	assert_memory_equal(was, is, 0x1000);
	assert_memory_not_equal(was + 0x1000, is + 0x1000, 16);
	assert_memory_not_equal(was + 0x1FF0, is + 0x1FF0, 16);
	assert_memory_equal(was + 0x2000, is + 0x2000, 0x1000);
	assert_int_equal(bench_stats().storage_writes, 0);
	assert_string_equal(phone_write_log(bench.phone), "");
	/* It lasts, and is the same when it is done again. */
	bench_unplug(NULL);
	bench_plug(spec("ums512"));
	phone_peek(bench.phone, "user", start, was, sizeof(was));
	assert_memory_equal(was, is, sizeof(is));
	bench_unplug(NULL);
	bench_plug(spec("ums512,damage=boot_b+0x1000+0x1000"));
	phone_peek(bench.phone, "user", start, was, sizeof(was));
	assert_memory_equal(was, is, sizeof(is));
}

static void everything_is_damaged_but_the_table(void **state)
{
	static uint8_t was[MIB], is[MIB];
	struct phone *plain;
	struct err e;
	uint64_t size;

	(void)state;
	bench_plug("sc9863a,super=1M,userdata=1M,damage=*");
	assert_int_equal(phone_new("sc9863a,super=1M,userdata=1M", &plain, &e),
			 0);
	size = phone_area_size(plain, "user");
	for (uint64_t at = 0; at < size; at += MIB) {
		phone_peek(plain, "user", at, was, MIB);
		phone_peek(bench.phone, "user", at, is, MIB);
		/* Before the first partition and behind the last one. */
		if (at == 0 || at + MIB == size)
			assert_memory_equal(was, is, MIB);
		else
			assert_memory_not_equal(was, is, 16);
	}
	phone_free(plain);
	phone_peek(bench.phone, "boot2", 0, is, 4);
	assert_memory_not_equal(is, "DHTB", 4);
}

static void no_damage_to_what_is_not_there(void **state)
{
	static const char *const specs[] = {
		"ums512,damage=nobody",	   "ums512,damage=misc+1",
		"ums512,damage=",	   "ums512,damage=misc+2M+1",
		"ums512,damage=misc+0+2M", "ums512,damage=misc+x+1",
	};
	struct phone *p = NULL;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		assert_int_equal(phone_new(specs[i], &p, &e), -ERR_USAGE);
		assert_non_null(strstr(e.text, "damage"));
	}
}

static void compare_areas(struct phone *a, struct phone *b)
{
	static const char *const areas[] = { "user", "boot1", "boot2" };
	static uint8_t x[MIB], y[MIB];

	for (int i = 0; i < 3; i++) {
		uint64_t size = phone_area_size(a, areas[i]);

		assert_int_equal(size, phone_area_size(b, areas[i]));
		for (uint64_t at = 0; at < size; at += MIB) {
			size_t n = size - at < MIB ? size - at : MIB;

			assert_true(phone_peek(a, areas[i], at, x, n));
			assert_true(phone_peek(b, areas[i], at, y, n));
			assert_memory_equal(x, y, n);
		}
	}
}

static void saved_files_are_a_phone_again(void **state)
{
	char text[512], into[96];
	struct phone *again;
	struct err e;

	(void)state;
	bench_plug(spec("ums9230,damage=super"));
	snprintf(into, sizeof(into), "%s/saved", dir);
	assert_int_equal(phone_save(bench.phone, into, &e), 0);
	snprintf(text, sizeof(text),
		 "ums9230,storage=%s/user.img,boot1=%s/boot1.img,"
		 "boot2=%s/boot2.img",
		 into, into, into);
	assert_int_equal(phone_new(text, &again, &e), 0);
	compare_areas(bench.phone, again);
	phone_free(again);
	/* Never over something. */
	assert_int_equal(phone_save(bench.phone, into, &e), -ERR_EXISTS);
	assert_non_null(strstr(e.text, "user.img"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_there_again),
		TEST(a_cut_record_is_taken_off),
		TEST(a_file_of_another_phone_is_refused),
		TEST(damage_was_before),
		TEST(everything_is_damaged_but_the_table),
		TEST(no_damage_to_what_is_not_there),
		TEST(saved_files_are_a_phone_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
