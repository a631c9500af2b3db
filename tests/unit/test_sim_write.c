/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_write.c - what the simulated phone writes, by raw frames. */
#include "lib/bench.h"
#include "lib/crc_arc.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MIB ((uint64_t)1 << 20)
#define ACK BSL_REP_ACK
#define NO  BSL_REP_OPERATION_FAILED
#define BIG BSL_REP_DOWN_SIZE_ERROR

static const uint8_t text[16] = "0123456789abcdef";
static uint8_t bytes[MIB], was[MIB], is[MIB];

/* START_DATA in any of its lengths. */
static int start(const char *name, uint64_t size, size_t form, uint32_t sum)
{
	uint8_t b[100] = { 0 };

	bench_put_name(b, name);
	if (form >= 88)
		put_le64(b + 72, size);
	else
		put_le32(b + 72, (uint32_t)size);
	if (form == 80)
		put_le32(b + 76, sum);
	if (form == 92)
		put_le32(b + 88, sum);
	return bench_call(BSL_CMD_START_DATA, b, form);
}

static int midst(const void *data, size_t n)
{
	return bench_call(BSL_CMD_MIDST_DATA, data, n);
}

static int end(void)
{
	return bench_say(BSL_CMD_END_DATA);
}

/* In pieces of 0x4000; the first answer that is no ACK. */
static int send(const char *name, const uint8_t *p, size_t n)
{
	int r = start(name, n, 88, 0);

	for (size_t at = 0; r == ACK && at < n; at += 0x4000)
		r = midst(p + at, n - at < 0x4000 ? n - at : 0x4000);
	return r == ACK ? end() : r;
}

/* Of a partition, or of a boot area's name. */
static void look(const char *name, uint64_t at, uint8_t *out, size_t n)
{
	uint64_t from, size;

	if (!strncmp(name, "boot", 4) && strlen(name) == 5) {
		assert_true(phone_peek(bench.phone, name, at, out, n));
		return;
	}
	assert_true(bench_find_part(name, &from, &size));
	assert_true(phone_peek(bench.phone, "user", from + at, out, n));
}

static void set(const char *name, uint64_t at, const void *p, size_t n)
{
	uint64_t from, size;

	assert_true(bench_find_part(name, &from, &size));
	assert_true(phone_poke(bench.phone, "user", from + at, p, n));
}

static bool holds(const char *name, uint64_t at, const void *p, size_t n)
{
	look(name, at, is, n);
	return memcmp(is, p, n) == 0;
}

static uint64_t writes(void)
{
	return bench_stats().storage_writes;
}

/* -- START, MIDST, END --------------------------------------------------- */

static void start_has_four_forms(void **state)
{
	static const size_t forms[] = { 76, 80, 88, 92 };
	static const size_t others[] = { 0, 8, 12, 72, 75, 78, 84, 90, 96 };

	(void)state;
	bench_boot("ums512");
	for (size_t i = 0; i < 4; i++) {
		bytes[0] = 'A' + i;
		assert_int_equal(start("cache", 16, forms[i], 0), ACK);
		assert_int_equal(midst(bytes, 16), ACK);
		assert_int_equal(end(), ACK);
		assert_true(holds("cache", 0, bytes, 16));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(start("cache", 16, others[i], 0), NO);
	assert_int_equal(writes(), 4);
	/* A size over 4 GiB is one only in 64 bits. */
	assert_int_equal(start("cache", 4096 * MIB + 16, 88, 0), ACK);
	assert_int_equal(midst(bytes, 16), ACK);
	assert_int_equal(writes(), 4);
	assert_int_equal(start("cache", 4096 * MIB + 16, 76, 0), ACK);
	assert_int_equal(midst(bytes, 16), ACK);
	assert_int_equal(writes(), 5);
}

static void the_oldest_know_less(void **state)
{
	(void)state;
	bench_boot("sc9832");
	assert_int_equal(start("cache", 4096 * MIB + 16, 88, 0), ACK);
	assert_int_equal(midst(bytes, 16), ACK);
	assert_int_equal(writes(), 0);
	assert_int_equal(start("cache", 4096 * MIB + 16, 92, 0), ACK);
	assert_int_equal(midst(bytes, 16), ACK);
	assert_int_equal(writes(), 1);
	assert_int_equal(start("nobody", 16, 88, 0),
			 BSL_REP_INCOMPATIBLE_PARTITION);
}

static void sizes_have_to_fit(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(start("cache", 0, 88, 0), BIG);
	assert_int_equal(start("cache", 15, 88, 0), BIG);
	assert_int_equal(start("cache", 2 * MIB, 88, 0), ACK);
	/* Others than an NV's are looked at when they are to be written. */
	assert_int_equal(start("cache", 2 * MIB + 2, 88, 0), ACK);
	for (uint64_t at = 0; at < 2 * MIB; at += 0x8000)
		assert_int_equal(midst(bytes, 0x8000), ACK);
	assert_int_equal(midst(bytes, 2), NO);
	assert_int_equal(writes(), 0);
	assert_int_equal(start("user_partition", 16, 88, 0), NO);
	assert_int_equal(start("nobody", 16, 88, 0), NO);
	assert_int_equal(start("l_fixnv1_a", 0x80000, 88, 0), ACK);
	assert_int_equal(start("l_fixnv1_a", 0x80002, 88, 0), BIG);
	assert_int_equal(start("l_fixnv2_a", MIB, 88, 0), ACK);
	bench_boot("ums512,fixnv_size=0xC8000,even_sizes=0");
	assert_int_equal(start("l_fixnv1_a", 0xC8000, 88, 0), ACK);
	assert_int_equal(start("l_fixnv1_a", 0xC8001, 88, 0), BIG);
	assert_int_equal(start("cache", 15, 88, 0), ACK);
}

static void no_more_than_was_announced(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(midst(text, 16), NO);
	assert_int_equal(end(), NO);
	assert_int_equal(start("cache", 20, 88, 0), ACK);
	assert_int_equal(midst(text, 16), ACK);
	assert_int_equal(midst(text, 16), BIG);
	assert_int_equal(writes(), 0);
	assert_int_equal(midst(text, 4), ACK);
	assert_int_equal(writes(), 1);
	assert_int_equal(midst(text, 2), NO);
	assert_int_equal(end(), ACK);
	assert_int_equal(end(), NO);
	assert_int_equal(writes(), 1);
}

static void nothing_is_written_before_the_last_midst(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(start("cache", 32, 88, 0), ACK);
	assert_int_equal(midst(text, 16), ACK);
	assert_int_equal(end(), NO);
	assert_int_equal(writes(), 0);
	assert_int_equal(midst(text, 16), NO);
}

static void a_midst_that_comes_twice_is_appended(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(start("cache", 48, 88, 0), ACK);
	assert_int_equal(midst("AAAAAAAAAAAAAAAA", 16), ACK);
	assert_int_equal(midst("AAAAAAAAAAAAAAAA", 16), ACK);
	assert_int_equal(midst("BBBBBBBBBBBBBBBB", 16), ACK);
	assert_int_equal(midst("CCCCCCCCCCCCCCCC", 16), NO);
	assert_true(holds("cache", 16, "AAAAAAAAAAAAAAAA", 16));
	assert_true(holds("cache", 32, "BBBBBBBBBBBBBBBB", 16));
}

static void a_start_that_comes_twice_forgets(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(start("cache", 32, 88, 0), ACK);
	assert_int_equal(midst("AAAAAAAAAAAAAAAA", 16), ACK);
	assert_int_equal(start("cache", 16, 88, 0), ACK);
	assert_int_equal(midst(text, 16), ACK);
	assert_int_equal(end(), ACK);
	assert_true(holds("cache", 0, text, 16));
}

static void a_window_at_a_time(void **state)
{
	(void)state;
	bench_boot("ums512,window=64K");
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(start("cache", 0x30000, 88, 0), ACK);
	for (size_t at = 0; at < 0x30000; at += 0xC00) {
		assert_int_equal(midst(bytes + at, 0xC00), ACK);
		/* The last one is written when all is there. */
		assert_int_equal(writes(), at + 0xC00 == 0x30000
						   ? 3
						   : (at + 0xC00) / 0x10000);
	}
	assert_int_equal(end(), ACK);
	assert_true(holds("cache", 0, bytes, 0x30000));
	/* Half of it stays when the rest does not come. */
	memset(bytes, 'x', 0x10000);
	assert_int_equal(start("cache", 0x20000, 88, 0), ACK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(midst(bytes, 0x4000), ACK);
	assert_int_equal(end(), NO);
	assert_true(holds("cache", 0, bytes, 0x10000));
	assert_int_equal(writes(), 4);
}

/* -- what else is written ------------------------------------------------ */

static void slots_are_written_together(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(send("boot_b", text, 16), ACK);
	assert_true(holds("boot_a", 0, text, 16));
	assert_true(holds("boot_b", 0, text, 16));
	bench_boot("ums512,ab_mirror=0");
	assert_int_equal(send("boot_b", text, 16), ACK);
	assert_false(holds("boot_a", 0, text, 16));
	assert_true(holds("boot_b", 0, text, 16));
	assert_int_equal(writes(), 1);
}

static void copies_are_written_along(void **state)
{
	(void)state;
	bench_boot("sc9863a");
	assert_int_equal(send("uboot", text, 16), ACK);
	assert_true(holds("uboot_bak", 0, text, 16));
	assert_int_equal(send("splloader", text, 16), ACK);
	assert_true(holds("boot1", 0, text, 16));
	assert_true(holds("boot2", 0, text, 16));
	bench_boot("sc9863a,bak=signed");
	look("sml", 0, bytes, 0x8000);
	set("sml_bak", 0, text, 16);
	assert_int_equal(send("sml", text, 16), ACK);
	assert_int_equal(writes(), 1);
	assert_int_equal(send("sml", bytes, 0x8000), ACK);
	assert_int_equal(writes(), 3);
	assert_true(holds("sml_bak", 0, bytes, 0x8000));
	bench_boot("sc9863a,bak=none");
	assert_int_equal(send("sml", bytes, 0x8000), ACK);
	assert_int_equal(writes(), 1);
}

/* Its second boot area is uboot itself. */
static void an_uboot_is_no_copy_of_the_first_stage(void **state)
{
	(void)state;
	bench_boot("sc9832");
	look("boot1", 0, bytes, 0x20000);
	look("boot2", 0, was, 0x20000);
	bytes[0x300] ^= 1;
	assert_int_equal(send("splloader", bytes, 0x20000), ACK);
	assert_true(holds("boot1", 0, bytes, 0x20000));
	assert_true(holds("boot2", 0, was, 0x20000));
}

static void an_unsigned_first_stage_gets_a_sum(void **state)
{
	(void)state;
	bench_boot("sc9863a");
	memset(bytes, 0, 0x40);
	put_le32(bytes + 0x28, 5);
	put_le32(bytes + 0x2C, 7);
	assert_int_equal(send("splloader", bytes, 0x40), ACK);
	put_le32(bytes + 0x24, 12);
	assert_true(holds("boot1", 0, bytes, 0x40));
}

static void a_vbmeta_is_erased_first(void **state)
{
	static const uint8_t none[64];

	(void)state;
	bench_boot("sc9863a");
	look("vbmeta", 0, bytes, MIB);
	set("vbmeta", 0x80000, text, 16);
	assert_int_equal(send("vbmeta", bytes, 4096), ACK);
	assert_true(holds("vbmeta", 0, bytes, 4096));
	assert_true(holds("vbmeta", 0x80000, none, 16));
	assert_int_equal(writes(), 4);
	assert_null(bench_stats().harm);
	/* The whole partition, padding and all. */
	assert_int_equal(send("vbmeta", bytes, MIB), ACK);
	assert_non_null(bench_stats().harm);
	assert_int_equal(send("vbmeta_system", bytes, 4096), ACK);
	assert_non_null(bench_stats().harm);
	assert_int_equal(send("vbmeta", bytes, 2816), ACK);
	assert_null(bench_stats().harm);
}

static void userdata_loses_its_beginning(void **state)
{
	uint64_t from, size;
	static const uint8_t none[64];

	(void)state;
	bench_boot("ums9230");
	assert_true(bench_find_part("userdata", &from, &size));
	set("userdata", size / 100 - 8192, text, 16);
	set("userdata", size / 100 + 8192, text, 16);
	assert_int_equal(send("userdata", text, 16), ACK);
	assert_true(holds("userdata", 0, text, 16));
	assert_true(holds("userdata", size / 100 - 8192, none, 16));
	assert_true(holds("userdata", size / 100 + 8192, text, 16));
}

static void miscdata_loses_two_places(void **state)
{
	static const uint8_t none[64];

	(void)state;
	bench_boot("ums512");
	memset(bytes, 'm', 0x90000);
	assert_int_equal(send("miscdata", bytes, 0x90000), ACK);
	assert_true(holds("miscdata", 0x2000, bytes, 16));
	assert_true(holds("miscdata", 0x2400, none, 64));
	assert_true(holds("miscdata", 0x813F0, bytes, 16));
	assert_true(holds("miscdata", 0x81400, none, 64));
}

/* A raw chunk of 3 blocks, a gap, a filled one, a checksum, a raw one. */
static size_t make_sparse(uint8_t *b)
{
	uint8_t *p = b + 28;

	memset(b, 0, 28 + 5 * 16 + 4 * 4096);
	put_le32(b, 0xED26FF3A);
	put_le16(b + 8, 28);
	put_le16(b + 10, 12);
	put_le32(b + 12, 4096);
	put_le32(b + 16, 6);
	put_le32(b + 20, 5);
	put_le16(p, 0xCAC1);
	put_le32(p + 4, 3);
	put_le32(p + 8, 12 + 3 * 4096);
	for (int i = 0; i < 3 * 4096; i++)
		p[12 + i] = (uint8_t)(i * 3 + i / 199);
	p += 12 + 3 * 4096;
	put_le16(p, 0xCAC3);
	put_le32(p + 4, 1);
	put_le32(p + 8, 12);
	p += 12;
	put_le16(p, 0xCAC2);
	put_le32(p + 4, 1);
	put_le32(p + 8, 16);
	memcpy(p + 12, "abcd", 4);
	p += 16;
	put_le16(p, 0xCAC4);
	put_le32(p + 8, 16);
	p += 16;
	put_le16(p, 0xCAC1);
	put_le32(p + 4, 1);
	put_le32(p + 8, 12 + 4096);
	memset(p + 12, 'z', 4096);
	return (size_t)(p + 12 + 4096 - b);
}

static void sparse_data_are_expanded(void **state)
{
	static const char *const specs[] = { "ums512", "ums512,window=4K",
					     "ums512,window=4110",
					     "ums512,window=12K" };
	static uint8_t image[0x8000];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		bench_boot(specs[i]);
		memset(image, 0, sizeof(image));
		memset(bytes, 'o', 0x6000);
		set("cache", 0, bytes, 0x6000);
		/* One in four behind a header of 0x200 bytes. */
		n = i == 1 ? 0x200 : 0;
		n += make_sparse(image + n);
		assert_int_equal(send("cache", image, n), ACK);
		n = i == 1 ? 0x200 : 0;
		assert_true(holds("cache", 0, image + n + 40, 3 * 4096));
		assert_true(holds("cache", 0x3000, bytes, 4096));
		assert_true(holds("cache", 0x4000, "abcdabcd", 8));
		assert_true(holds("cache", 0x5000, "zzzz", 4));
	}
	/* Chunks that are missing, cut, or outside of the partition. */
	n = make_sparse(image);
	put_le32(image + 20, 6);
	assert_int_equal(send("cache", image, n), NO);
	put_le32(image + 20, 5);
	assert_int_equal(send("cache", image, n - 2), NO);
	put_le32(image + 12, MIB);
	assert_int_equal(send("cache", image, n), NO);
}

/* -- NV ------------------------------------------------------------------ */

/* What the phone holds behind the header, to the end of its list. */
static size_t own_nv(const char *name, uint8_t *out)
{
	size_t at = 4;

	look(name, 512, out, 0x80000);
	while (get_le16(out + at) != 0xFFFF)
		at += 4 + (get_le16(out + at + 2) + 3) / 4 * 4;
	return at + 4;
}

static uint32_t finish_nv(uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	put_be16(p, crc_arc(0, p + 2, n - 2));
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

static int send_nv(const char *name, const uint8_t *p, size_t n, size_t form,
		   uint32_t sum)
{
	int r = start(name, n, form, sum);

	for (size_t at = 0; r == ACK && at < n; at += 0x4000)
		r = midst(p + at, n - at < 0x4000 ? n - at : 0x4000);
	return r == ACK ? end() : r;
}

static void an_nv_wants_both_sums(void **state)
{
	static const struct {
		const char *spec, *name;
		int answer;
	} cases[] = {
		{ "ums512", "l_fixnv1_a", BSL_REP_WRITE_ERROR },
		{ "ums9230", "l_runtimenv1", BSL_REP_WRITE_ERROR },
		{ "sc9863a", "l_fixnv1", BSL_REP_WRITE_ERROR },
		{ "sc9863a,nv_diff=A1", "l_fixnv1", BSL_REP_CHECKSUM_DIFF },
		{ "sc9832", "wfixnv1", BSL_REP_CHECKSUM_DIFF },
	};

	(void)state;
	assert_int_equal(crc_arc(0, (const uint8_t *)"123456789", 9), 0xBB3D);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = cases[i].name;
		uint32_t sum;
		size_t n;

		bench_boot(cases[i].spec);
		n = own_nv(name, bytes);
		sum = finish_nv(bytes, n);
		assert_int_equal(send_nv(name, bytes, n, 80, sum + 1),
				 cases[i].answer);
		assert_int_equal(send_nv(name, bytes, n, 76, 0),
				 cases[i].answer);
		bytes[1] ^= 1;
		assert_int_equal(send_nv(name, bytes, n, 80,
					 sum + (bytes[1] & 1 ? 1 : -1)),
				 cases[i].answer);
		assert_int_equal(writes(), 0);
		bytes[1] ^= 1;
		assert_int_equal(send_nv(name, bytes, n, 80, sum), ACK);
		assert_null(bench_stats().harm);
		if (i < 4)
			assert_int_equal(send_nv(name, bytes, n, 92, sum), ACK);
		else
			assert_int_equal(send_nv(name, bytes, n, 92, sum),
					 cases[i].answer);
	}
}

static void check_head(const char *name, uint32_t len, bool narrow)
{
	uint64_t sum = 0;

	look(name, 0, is, 512 + len);
	assert_int_equal(get_le32(is), 0x4E56);
	assert_int_equal(get_le32(is + 4), len);
	assert_int_equal(get_le32(is + 12), 101);
	for (size_t i = 0; i < len; i += 2)
		sum += get_le16(is + 512 + i);
	if (narrow)
		sum = (uint32_t)sum;
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	assert_int_equal(get_le32(is + 8), ~sum & 0xFFFF);
}

static void an_nv_is_built_anew(void **state)
{
	static const char *const copies[] = { "l_fixnv1_a", "l_fixnv2_a",
					      "l_fixnv1_b", "l_fixnv2_b" };
	uint32_t sum;
	size_t n;

	(void)state;
	bench_boot("ums512");
	n = own_nv("l_fixnv1_a", bytes);
	bytes[40] ^= 0x55;
	sum = finish_nv(bytes, n);
	assert_int_equal(send_nv("l_fixnv1_a", bytes, n, 80, sum), ACK);
	memset(was, 0xFF, 0x1000);
	for (int i = 0; i < 4; i++) {
		check_head(copies[i], 0x80000, false);
		assert_true(holds(copies[i], 512, bytes, n));
		assert_true(holds(copies[i], 512 + n, was, 0x1000));
	}
	assert_int_equal(writes(), 8);
	/* LK: no more than there is. */
	bench_boot("ums512,nv_write=len");
	assert_int_equal(send_nv("l_fixnv1_a", bytes, n, 80, sum), ACK);
	check_head("l_fixnv2_b", (uint32_t)n, false);
	bench_boot("ums512,nv_sum32=1");
	check_head("l_fixnv2_a", 0x80000, true);
	assert_int_equal(bench_open_name("l_fixnv1_a"), ACK);
	assert_int_equal(writes(), 4);
	assert_int_equal(send_nv("l_fixnv1_a", bytes, n, 80, sum), ACK);
	check_head("l_fixnv2_b", 0x80000, true);
}

static void a_second_nv_is_written_as_it_is(void **state)
{
	(void)state;
	bench_boot("sc9863a");
	look("l_fixnv1", 0, was, 512);
	assert_int_equal(send("l_fixnv2", text, 16), ACK);
	assert_true(holds("l_fixnv2", 0, text, 16));
	assert_true(holds("l_fixnv1", 0, was, 512));
	assert_int_equal(writes(), 1);
}

/* The IMEI is item 5, the fifth of 64 bytes. */
#define IMEI_AT (4 + 4 * 64 + 4)

static void a_protecting_build_keeps_its_imei(void **state)
{
	uint32_t sum;
	size_t n;

	(void)state;
	bench_boot("ums512,nv_write=merge");
	n = own_nv("l_fixnv1_a", bytes);
	memcpy(was, bytes, n);
	bytes[IMEI_AT] ^= 0x55;
	bytes[40] ^= 0x55;
	sum = finish_nv(bytes, n);
	assert_int_equal(send_nv("l_fixnv1_a", bytes, n, 80, sum), ACK);
	assert_true(holds("l_fixnv1_a", 512 + IMEI_AT, was + IMEI_AT, 8));
	assert_true(holds("l_fixnv2_b", 512 + 40, bytes + 40, 1));
	look("l_fixnv1_a", 512, is, n);
	assert_int_equal(get_be16(is), crc_arc(0, is + 2, n - 2));
	/* With nothing good to keep, what is sent. */
	for (int i = 0; i < 2; i++)
		set(i ? "l_fixnv1_a" : "l_fixnv2_a", 0, text, 16);
	assert_int_equal(send_nv("l_fixnv1_a", bytes, n, 80, sum), ACK);
	assert_true(holds("l_fixnv1_a", 512 + IMEI_AT, bytes + IMEI_AT, 8));
}

static void an_encrypting_build_encrypts(void **state)
{
	uint32_t sum;
	size_t n;

	(void)state;
	bench_boot("sc9863a");
	n = own_nv("l_fixnv1", bytes);
	sum = finish_nv(bytes, n);
	bench_boot("sc9863a,nv_crypt=1");
	check_head("l_fixnv1", 0x80000, false);
	assert_false(holds("l_fixnv1", 512, bytes, 512));
	look("l_fixnv1", 512, was, 0x80000);
	/* By name it is readable, and goes back to where it came from. */
	assert_int_equal(bench_open_name("l_fixnv1"), ACK);
	assert_int_equal(bench_read_at(0, 512), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, bytes, 512);
	assert_int_equal(send_nv("l_fixnv1", bytes, n, 80, sum), ACK);
	assert_true(holds("l_fixnv1", 512, was, 0x80000));
	assert_null(bench_stats().harm);
	/* What was read past the loader is encrypted a second time. */
	sum = finish_nv(was, 0x80000);
	assert_int_equal(send_nv("l_fixnv1", was, 0x80000, 80, sum), ACK);
	assert_non_null(bench_stats().harm);
	assert_int_equal(bench_open_name("l_fixnv1"), ACK);
	assert_int_equal(bench_read_at(4, 512), BSL_REP_READ_FLASH);
	assert_memory_not_equal(bench.data, bytes + 4, 64);
}

/* -- refusals ------------------------------------------------------------ */

static void what_the_vendor_signed_passes(void **state)
{
	(void)state;
	bench_boot("ums512,verify_hang=1,window=64K");
	/* As it was; to the end of its signature; that of the other slot. */
	look("uboot_b", 0, bytes, MIB);
	assert_int_equal(send("uboot_b", bytes, MIB), ACK);
	assert_int_equal(send("uboot_b", bytes, 0x404B4), ACK);
	assert_int_equal(send("uboot_a", bytes, 0x404B4), ACK);
	look("vbmeta_a", 0, bytes, 4096);
	assert_int_equal(send("vbmeta_a", bytes, 2816), ACK);
	assert_int_equal(send("uboot_log", text, 16), ACK);
	/* Cut short. */
	assert_int_equal(send("vbmeta_a", bytes, 2814), BENCH_NOTHING);
	bench_is_dead();
}

static void what_nobody_signed_does_not(void **state)
{
	static const struct {
		const char *spec;
		int answer;
	} cases[] = {
		{ "ums512,verify_hang=1", BENCH_NOTHING },
		{ "ums512,verify_hang=84", NO },
		{ "ums512,verify_hang=AA", BSL_REP_SECURITY_ERROR },
		{ "ums512", ACK },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		bench_boot(cases[i].spec);
		look("boot_a", 0, bytes, 0x10000);
		bytes[0x8123] ^= 1;
		assert_int_equal(send("boot_a", bytes, 0x10000),
				 cases[i].answer);
		assert_int_equal(writes(), i == 3 ? 2 : 0);
		if (i == 0)
			bench_is_dead();
		else
			assert_int_equal(end(), NO);
	}
}

static void protection_lasts_until_the_power_is_off(void **state)
{
	uint8_t b[76] = { 0 };

	(void)state;
	bench_boot("ums512,protect=prod*,miscdata_writes=0");
	bench_put_name(b, "prodnv");
	assert_int_equal(send("prodnv", text, 16), BSL_REP_WRITE_ERROR);
	assert_int_equal(end(), NO);
	assert_int_equal(bench_call(BSL_CMD_ERASE_FLASH, b, 76), NO);
	assert_int_equal(writes(), 0);
	assert_int_equal(bench_say(BSL_CMD_NORMAL_RESET), ACK);
	phone_attach(bench.phone);
	bench.crc = true;
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_send_loader(2, 0x1000), ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(send("prodnv", text, 16), ACK);
}

static void writing_may_have_to_be_enabled(void **state)
{
	(void)state;
	bench_boot("ums512,write_enable=1");
	assert_int_equal(start("cache", 16, 88, 0), BSL_REP_NOT_ENABLE_WRITE);
	assert_int_equal(midst(text, 16), NO);
	assert_int_equal(bench_say(BSL_CMD_ENABLE_WRITE_FLASH), ACK);
	assert_int_equal(send("cache", text, 16), ACK);
	/* A build that does not want it does not know it. */
	bench_boot("ums512");
	assert_int_equal(bench_say(BSL_CMD_ENABLE_WRITE_FLASH),
			 BSL_REP_UNSUPPORTED_COMMAND);
	bench_boot("ums512,refuse_starts=1");
	assert_int_equal(start("cache", 16, 88, 0), NO);
	assert_int_equal(writes(), 0);
}

/* -- time and power ------------------------------------------------------ */

/* How long the answer took, by the phone's clock. */
static int64_t waited(unsigned type, const void *data, size_t n)
{
	static uint8_t frame[0x20000];
	int64_t ms;

	phone_take(bench.phone, frame, bench_make_frame(type, data, n, frame));
	ms = phone_next_ms(bench.phone);
	assert_int_equal(bench_reply(), ACK);
	return ms < 0 ? 0 : ms;
}

static void answers_may_be_late(void **state)
{
	uint8_t b[76] = { 0 };

	(void)state;
	bench_boot("ums512,window=1M,write_ms=30,last_ms=90000,erase_ms=5000");
	memset(bytes, 1, MIB);
	assert_int_equal(start("cache", 2 * MIB, 88, 0), ACK);
	for (int i = 0; i < 128; i++)
		assert_int_equal(waited(BSL_CMD_MIDST_DATA, bytes, 0x4000),
				 i == 63    ? 30
				 : i == 127 ? 90030
					    : 0);
	assert_int_equal(waited(BSL_CMD_END_DATA, NULL, 0), 0);
	bench_put_name(b, "cache");
	assert_int_equal(waited(BSL_CMD_ERASE_FLASH, b, 76), 5000);
}

static void power_may_go_while_writing(void **state)
{
	(void)state;
	memset(bytes, 'n', 0x4000);
	bench_boot("ums512,power_loss=1,torn=4K");
	look("boot_b", 0, was, 0x4000);
	assert_int_equal(send("boot_a", bytes, 0x4000), BENCH_NOTHING);
	assert_false(phone_attached(bench.phone));
	assert_true(holds("boot_a", 0, bytes, 0x1000));
	assert_false(holds("boot_a", 0x1000, bytes, 16));
	assert_true(holds("boot_b", 0, was, 0x4000));
	assert_int_equal(writes(), 1);
	phone_attach(bench.phone);
	bench.crc = true;
	assert_int_equal(bench_baud(), BSL_REP_VER);
	/* The first slot whole, the second not at all; only once. */
	bench_boot("ums512,power_loss=2,torn=0");
	assert_int_equal(send("boot_a", bytes, 0x4000), BENCH_NOTHING);
	assert_true(holds("boot_a", 0, bytes, 0x4000));
	assert_true(holds("boot_b", 0, was, 0x4000));
	/* All of it, and no answer. */
	bench_boot("ums512,power_loss=2,torn=1G");
	assert_int_equal(send("boot_a", bytes, 0x4000), BENCH_NOTHING);
	assert_true(holds("boot_b", 0, bytes, 0x4000));
}

static void a_loader_may_write_a_log(void **state)
{
	(void)state;
	bench_boot("sc9863a,writes_log=1");
	assert_int_equal(bench_say(BSL_CMD_READ_END), ACK);
	assert_int_equal(bench_say(BSL_CMD_READ_END), ACK);
	assert_int_equal(writes(), 2);
	assert_int_equal(bench_stats().commanded_writes, 0);
	assert_true(holds("uboot_log", 0, "fdl2: ", 6));
}

static void the_log_names_what_was_written(void **state)
{
	(void)state;
	bench_boot("ums512,userdata=1M,super=1M");
	assert_int_equal(send("cache", text, 16), ACK);
	assert_int_equal(send("splloader", text, 16), ACK);
	assert_non_null(strstr(phone_write_log(bench.phone),
			       "+0x10 cache\nSTART_DATA: boot1 0x0+0x10\n"));
}

/* Refused as unknown, and yet whoever sends them has not only read. */
static void unknown_commands_that_would_write_are_counted(void **state)
{
	static const uint8_t types[] = { BSL_CMD_ENABLE_SECUREBOOT,
					 BSL_CMD_DISABLE_SELINUX,
					 BSL_CMD_WRITE_EFUSE };

	(void)state;
	bench_boot("ums512,leak_unknown=0");
	assert_int_equal(bench_say(BSL_CMD_READ_FLASH_TYPE),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(writes(), 0);
	for (size_t i = 0; i < sizeof(types); i++) {
		assert_int_equal(bench_call(types[i], text, 4),
				 BSL_REP_UNSUPPORTED_COMMAND);
		assert_int_equal(writes(), i + 1);
		assert_int_equal(bench_stats().commanded_writes, i + 1);
	}
	assert_string_equal(phone_write_log(bench.phone),
			    "ENABLE_SECUREBOOT: refused, and not simulated\n"
			    "DISABLE_SELINUX: refused, and not simulated\n"
			    "WRITE_EFUSE: refused, and not simulated\n");
}

#define TEST(f) cmocka_unit_test_teardown(f, bench_unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(start_has_four_forms),
		TEST(the_oldest_know_less),
		TEST(sizes_have_to_fit),
		TEST(no_more_than_was_announced),
		TEST(nothing_is_written_before_the_last_midst),
		TEST(a_midst_that_comes_twice_is_appended),
		TEST(a_start_that_comes_twice_forgets),
		TEST(a_window_at_a_time),
		TEST(slots_are_written_together),
		TEST(copies_are_written_along),
		TEST(an_uboot_is_no_copy_of_the_first_stage),
		TEST(an_unsigned_first_stage_gets_a_sum),
		TEST(a_vbmeta_is_erased_first),
		TEST(userdata_loses_its_beginning),
		TEST(miscdata_loses_two_places),
		TEST(sparse_data_are_expanded),
		TEST(an_nv_wants_both_sums),
		TEST(an_nv_is_built_anew),
		TEST(a_second_nv_is_written_as_it_is),
		TEST(a_protecting_build_keeps_its_imei),
		TEST(an_encrypting_build_encrypts),
		TEST(what_the_vendor_signed_passes),
		TEST(what_nobody_signed_does_not),
		TEST(protection_lasts_until_the_power_is_off),
		TEST(writing_may_have_to_be_enabled),
		TEST(answers_may_be_late),
		TEST(power_may_go_while_writing),
		TEST(a_loader_may_write_a_log),
		TEST(the_log_names_what_was_written),
		TEST(unknown_commands_that_would_write_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
