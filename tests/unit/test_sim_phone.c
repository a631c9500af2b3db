/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_phone.c - the simulated phone, driven by raw transfers. */
#include "lib/bench.h"
#include "lib/crc_arc.h"

#include "base/bytes.h"
#include "bsl/proto.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void boots_by_hand(void **state)
{
	const uint8_t exec_crc[] = { 0x7E, 0, 4, 0, 0, 0xDC, 0xC0, 0x7E };
	const uint8_t hello[] = { 0x7E, 0,    0x81, 0,	  6,	0x53, 0x50,
				  0x52, 0x44, 0x33, 0x00, 0x57, 0x0A, 0x7E };
	const uint8_t connect[] = { 0x7E, 0, 0, 0, 0, 0, 0, 0x7E };
	const uint8_t ack[] = { 0x7E, 0, 0x80, 0, 0, 0x3B, 0x5A, 0x7E };

	(void)state;
	bench_plug("ums512");
	assert_string_equal(bench_stats().stage, "brom");
	phone_take(bench.phone, "\x7E", 1);
	bench_hear();
	assert_int_equal(bench.wire_len, sizeof(hello));
	assert_memory_equal(bench.wire, hello, sizeof(hello));
	phone_take(bench.phone, connect, sizeof(connect));
	bench_hear();
	assert_int_equal(bench.wire_len, sizeof(ack));
	assert_memory_equal(bench.wire, ack, sizeof(ack));
	assert_int_equal(bench_send_loader(1, 528), BSL_REP_ACK);
	phone_take(bench.phone, exec_crc, sizeof(exec_crc));
	bench_hear();
	assert_memory_equal(bench.wire, ack, sizeof(ack));
	bench.crc = false;
	assert_string_equal(bench_stats().stage, "fdl1");
	assert_int_equal(bench_baud(), BENCH_NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_string_equal(bench.data, "Spreadtrum Boot Block version 1.1");
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_KEEP_CHARGE), BSL_REP_ACK);
	assert_int_equal(bench_send_loader(2, 0x1000), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_memory_equal(bench.data, "newt", 0);
	assert_int_equal(get_le32(bench.data), BSL_DA_TLV_MAGIC);
	assert_string_equal(bench_stats().stage, "fdl2");
	assert_int_equal(bench_stats().refused, 0);
	assert_int_equal(bench_stats().storage_writes, 0);
}

static void the_clock_holds_replies_back(void **state)
{
	uint8_t exec[16], buf[64];
	size_t n;

	(void)state;
	bench_plug("ums512,fdl2_delay_ms=3000");
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_send_loader(2, 528), BSL_REP_ACK);
	n = bench_make_frame(BSL_CMD_EXEC_DATA, NULL, 0, exec);
	phone_take(bench.phone, exec, n);
	assert_int_equal(phone_give(bench.phone, buf, sizeof(buf)), 0);
	assert_int_equal(phone_next_ms(bench.phone), 3000);
	phone_advance(bench.phone, 2999);
	assert_int_equal(phone_give(bench.phone, buf, sizeof(buf)), 0);
	phone_advance(bench.phone, 1);
	assert_int_equal(phone_next_ms(bench.phone), -1);
	assert_int_equal(phone_give(bench.phone, buf, 4), 4);
	assert_int_not_equal(phone_give(bench.phone, buf, sizeof(buf)), 0);
}

static void every_model_boots_and_says_what_it_is(void **state)
{
	size_t n;
	const struct phone_model *m = phone_models(&n);

	(void)state;
	assert_true(n >= 4);
	for (size_t i = 0; i < n; i++) {
		/* (test_sim_feature.c) */
		if (strstr(m[i].title, "feature phone"))
			continue;
		assert_int_equal(bench_boot(m[i].name),
				 BSL_REP_INCOMPATIBLE_PARTITION);
		assert_ptr_equal(phone_model(bench.phone), &m[i]);
		bench_is_alive();
	}
}

static void check_gpt(const uint8_t *h, const uint8_t *rows)
{
	uint8_t copy[92];

	assert_memory_equal(h, "EFI PART", 8);
	memcpy(copy, h, 92);
	memset(copy + 16, 0, 4);
	assert_int_equal(bench_crc32(copy, 92), get_le32(h + 16));
	assert_int_equal(bench_crc32(rows, 16384), get_le32(h + 88));
}

static void has_a_table_in_front_and_at_the_end(void **state)
{
	static const struct {
		const char *spec;
		size_t sector;
	} cases[] = { { "ums512", 512 }, { "ums9230", 4096 } };
	uint8_t *b = malloc(33 * 4096);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t s = cases[i].sector;
		uint64_t last;

		bench_boot(cases[i].spec);
		bench_plain();
		assert_int_equal(bench_open_name("user_partition"),
				 BSL_REP_ACK);
		assert_int_equal(bench_read_at(0, 0x8000), BSL_REP_READ_FLASH);
		assert_int_equal(bench.len, 0x8000);
		check_gpt(bench.data + s, bench.data + 2 * s);
		assert_int_equal(get_le16(bench.data + 510), 0xAA55);
		last = get_le64(bench.data + s + 32);
		assert_int_equal((last + 1) * s,
				 phone_area_size(bench.phone, "user"));
		assert_true(phone_peek(bench.phone, "user", (last - 32) * s, b,
				       33 * s));
		check_gpt(b + 32 * s, b);
		assert_int_equal(bench_read_at((last + 1) * s - 16, 32),
				 BSL_REP_OPERATION_FAILED);
	}
	free(b);
}

static void reads_by_name_what_lies_at_the_offset(void **state)
{
	static const char *const names[] = { "boot_a", "super",	   "l_fixnv2_a",
					     "logo",   "vbmeta_a", "userdata" };
	static uint8_t want[0x3000];
	uint64_t start, size;

	(void)state;
	bench_boot("ums512");
	for (size_t i = 0; i < 6; i++) {
		assert_true(bench_find_part(names[i], &start, &size));
		assert_int_equal(start % (1 << 20), 0);
		assert_int_equal(bench_open_name(names[i]), BSL_REP_ACK);
		assert_int_equal(bench_read_at(0x123, 0x3000),
				 BSL_REP_READ_FLASH);
		phone_peek(bench.phone, "user", start + 0x123, want, 0x3000);
		assert_memory_equal(bench.data, want, 0x3000);
		assert_int_equal(bench_read32_at(size - 16, 16),
				 BSL_REP_READ_FLASH);
		assert_int_equal(bench_read_at(size - 16, 17),
				 BSL_REP_OPERATION_FAILED);
		assert_int_equal(bench_say(BSL_CMD_READ_END), BSL_REP_ACK);
	}
	assert_int_equal(bench_stats().storage_writes, 0);
	assert_int_equal(bench_stats().reads, 12);
	assert_int_equal(bench_stats().refused, 6);
}

static void kinds_are_all_there(void **state)
{
	static const struct {
		const char *name, *bytes;
		unsigned at, len;
	} cases[] = {
		{ "prodnv", "\x53\xEF", 1080, 2 },
		{ "l_fixnv1_a", "VN\0\0", 0, 4 },
		{ "boot_b", "ANDROID!", 0, 8 },
		{ "vendor_boot_a", "VNDRBOOT", 0, 8 },
		{ "uboot_a", "DHTB", 0, 4 },
		{ "vbmeta_a", "AVB0", 0, 4 },
		{ "misc", "_a\0\0BCAB", 0x800, 8 },
		{ "cache", "\0\0\0\0", 0, 4 },
	};
	uint64_t start, size;
	uint8_t b[8];

	(void)state;
	bench_plug("ums512");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(bench_find_part(cases[i].name, &start, &size));
		phone_peek(bench.phone, "user", start + cases[i].at, b, 8);
		assert_memory_equal(b, cases[i].bytes, cases[i].len);
	}
	phone_peek(bench.phone, "boot1", 0, b, 8);
	assert_memory_equal(b, "DHTB", 4);
	assert_int_equal(phone_area_size(bench.phone, "boot2"), 4 << 20);
	assert_int_equal(phone_area_size(bench.phone, "boot3"), 0);
	assert_false(phone_peek(bench.phone, "boot2", (4 << 20) - 4, b, 8));
}

/* Header sum over the image; CRC over the items, up to the last mark. */
static void nv_is_valid_as_made(void **state)
{
	static uint8_t b[512 + 0x80000], other[sizeof(b)];
	uint64_t start, size;
	size_t at = 512 + 4;

	(void)state;
	bench_plug("ums512");
	assert_true(bench_find_part("l_fixnv1_a", &start, &size));
	phone_peek(bench.phone, "user", start, b, sizeof(b));
	assert_int_equal(get_le32(b + 4), 0x80000);
	bench.crc = false;
	/* bench_sum() is swapped for the wire. */
	assert_int_equal(get_le32(b + 8),
			 __builtin_bswap16(bench_sum(b + 512, 0x80000)));
	assert_int_equal(get_le32(b + 12), 101);
	while (get_le16(b + at) != 0xFFFF)
		at += 4 + get_le16(b + at + 2);
	assert_int_equal(crc_arc(0, (const uint8_t *)"123456789", 9), 0xBB3D);
	assert_int_equal(get_be16(b + 512), crc_arc(0, b + 514, at + 4 - 514));
	assert_true(bench_find_part("l_fixnv2_a", &start, &size));
	phone_peek(bench.phone, "user", start, other, sizeof(other));
	assert_memory_equal(b, other, sizeof(b));
	assert_true(bench_find_part("l_fixnv1_b", &start, &size));
	phone_peek(bench.phone, "user", start, other, sizeof(other));
	assert_memory_not_equal(b, other, sizeof(b));
}

static void lists_partitions(void **state)
{
	uint8_t utf[72];

	(void)state;
	bench_boot("ums512");
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_READ_PARTITION);
	assert_int_equal(bench.len % 76, 0);
	bench_put_name(utf, "misc");
	assert_memory_equal(bench.data + 2 * 76, utf, 72);
	assert_int_equal(get_le32(bench.data + 2 * 76 + 72), 1024);
	bench_boot("ums9230");
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_READ_PARTITION);
	assert_int_equal(get_le32(bench.data + 2 * 76 + 72), 128);
	bench_boot("ums512,ptable=mb");
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_READ_PARTITION);
	assert_int_equal(get_le32(bench.data + 2 * 76 + 72), 1);
	bench_boot("ums512,ptable=silent");
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION), BENCH_NOTHING);
	bench_boot("ums512,ptable=fe");
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_stats().unsupported, 1);
}

static void packets_leak(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(bench_open_name("misc"), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_CONNECT),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_READ_FLASH);
	assert_int_equal(bench_say(BSL_CMD_KEEP_CHARGE),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_say(BSL_CMD_READ_END), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 16), BENCH_NOTHING);
	bench_is_dead();
	bench_boot("ums512");
	for (int i = 0; i < 3; i++)
		assert_int_equal(bench_say(BSL_CMD_CONNECT),
				 BSL_REP_UNSUPPORTED_COMMAND);
	bench_is_dead();
	bench_boot("ums512,leak_unknown=0");
	for (int i = 0; i < 5; i++)
		bench_say(BSL_CMD_CONNECT);
	assert_int_equal(bench_open_name("misc"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_READ_FLASH);
}

static void unknown_commands_end_as_asked(void **state)
{
	(void)state;
	bench_boot("ums512,unknown=83");
	assert_int_equal(bench_say(0), BSL_REP_UNKNOWN_CMD);
	bench_boot("ums512,unknown=silent");
	assert_int_equal(bench_say(0), BENCH_NOTHING);
	bench_is_alive();
	bench_boot("ums512,unknown=crash");
	assert_int_equal(bench_say(0), BENCH_NOTHING);
	bench_is_dead();
}

static void a_bad_frame_hangs_a_loader(void **state)
{
	const uint8_t bad[] = { 0x7E, 0, 0x12, 0, 0, 1, 2, 0x7E };

	(void)state;
	bench_boot("ums512");
	phone_take(bench.phone, bad, sizeof(bad));
	assert_int_equal(bench_reply(), BSL_REP_VERIFY_ERROR);
	bench_is_dead();
	bench_boot("ums512,bad_chk=reply");
	phone_take(bench.phone, bad, sizeof(bad));
	assert_int_equal(bench_reply(), BSL_REP_VERIFY_ERROR);
	bench_is_alive();
	bench_boot("ums512,bad_chk=ignore");
	phone_take(bench.phone, bad, sizeof(bad));
	assert_int_equal(bench_reply(), BSL_REP_ACK);
	bench_plug("ums512");
	phone_take(bench.phone, bad, sizeof(bad));
	assert_int_equal(bench_reply(), BSL_REP_VERIFY_ERROR);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
}

static void a_transfer_is_a_frame_without_escapes(void **state)
{
	uint8_t two[64];
	size_t n;

	(void)state;
	bench_boot("ums512");
	bench_plain();
	assert_int_equal(bench_open_name("logo"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 0xF800), BSL_REP_READ_FLASH);
	assert_int_equal(bench.len, 0xF800);
	assert_int_equal(bench_baud(), BENCH_NOTHING);
	bench_is_dead();
	bench_boot("ums512");
	bench_plain();
	n = bench_make_frame(BSL_CMD_READ_END, NULL, 0, two);
	n += bench_make_frame(BSL_CMD_READ_END, NULL, 0, two + n);
	phone_take(bench.phone, two, n);
	assert_int_equal(bench_reply(), BSL_REP_VERIFY_ERROR);
	bench_is_dead();
}

static void pipelined_requests_are_lost(void **state)
{
	uint8_t two[64];
	size_t n;

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		bench_boot(keep ? "ums512,drop_pipelined=0" : "ums512");
		n = bench_make_frame(BSL_CMD_READ_END, NULL, 0, two);
		n += bench_make_frame(BSL_CMD_READ_END, NULL, 0, two + n);
		phone_take(bench.phone, two, n);
		assert_int_equal(bench_reply(), BSL_REP_ACK);
		assert_int_equal(bench_reply(),
				 keep ? BSL_REP_ACK : BENCH_NOTHING);
		bench_is_alive();
	}
}

static void sizes_have_limits(void **state)
{
	(void)state;
	bench_boot("ums512");
	bench_plain();
	bench_open_name("super");
	assert_int_equal(bench_read_at(0, 0x10001), BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_read_at(0, 0xFFF7), BSL_REP_READ_FLASH);
	/* One more and the driver's 16 bit length wraps: 7 bytes [1.3]. */
	put_le32(bench.data, 0xFFFF);
	put_le32(bench.data + 4, 0);
	{
		uint8_t f[32];
		size_t n =
			bench_make_frame(BSL_CMD_READ_MIDST, bench.data, 8, f);

		phone_take(bench.phone, f, n);
		bench_hear();
		assert_int_equal(bench.wire_len, 7);
	}
	assert_int_equal(bench_read_at(0, 0), BENCH_NOTHING);
	bench_is_dead();
	bench_boot("ums512,size0_crash=0,max_read=0x2000");
	bench_open_name("super");
	assert_int_equal(bench_read_at(0, 0), BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_read_at(0, 0x2001), BSL_REP_DOWN_SIZE_ERROR);
	bench_boot("ums512");
	bench_open_name("logo");
	assert_int_equal(bench_read_at(0, 0x7F00), BSL_REP_READ_FLASH);
	assert_int_equal(bench_read_at(0, 0xF800), BENCH_NOTHING);
	bench_is_dead();
}

static void names_are_only_looked_up_when_read(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(bench_open_name("nobody"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 16), BSL_REP_OPERATION_FAILED);
	bench_boot("ums512,read_start_lazy=0");
	assert_int_equal(bench_open_name("nobody"), BSL_REP_OPERATION_FAILED);
	assert_int_equal(bench_open_name("misc"), BSL_REP_ACK);
}

static void an_old_loader_knows_less(void **state)
{
	(void)state;
	assert_int_equal(bench_boot("sc9832"), BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(bench.len, 0);
	assert_int_equal(bench_open_name("user_partition"),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(bench_say(BSL_CMD_READ_END), BENCH_NOTHING);
	assert_null(bench_stats().dead);
	assert_int_equal(bench_open_name("nobody"),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(bench_open_name("system"), BSL_REP_ACK);
	assert_int_equal(bench_read32_at(0, 0x3000), BSL_REP_READ_FLASH);
	assert_int_equal(bench_read32_at(0, 0x3001), BSL_REP_DOWN_SIZE_ERROR);
	/* Twelve bytes are taken as eight. */
	assert_int_equal(bench_read_at(1ULL << 32, 16), BSL_REP_READ_FLASH);
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_UNSUPPORTED_COMMAND);
	assert_int_equal(bench_say(BSL_CMD_DISABLE_TRANSCODE), BENCH_NOTHING);
	bench_is_dead();
}

static void da_info_has_its_forms(void **state)
{
	(void)state;
	assert_int_equal(bench_boot("ums512,da=none"), BSL_REP_ACK);
	bench_boot("ums512,da=bare");
	assert_int_equal(bench.len, 0);
	bench_boot("ums512,da=v1");
	assert_int_equal(bench.len, 8);
	assert_int_equal(get_le32(bench.data), 1);
	bench_boot("ums512,da=v2,storage_type=0");
	assert_int_equal(bench.len, 256);
	assert_int_equal(get_le32(bench.data), 2);
	assert_int_equal(get_le32(bench.data + 4), 1);
	assert_int_equal(bench.data[8], 6);
	assert_int_equal(get_le32(bench.data + 16), 0);
	bench_boot("ums512,da=v4,hdlc=0");
	assert_int_equal(get_le32(bench.data), 4);
	assert_int_equal(get_le32(bench.data + 4), 0);
	bench_boot("ums9230");
	assert_int_equal(get_le16(bench.data + 4), 0);
	assert_int_equal(get_le32(bench.data + 8), 1);
}

static void brom_wants_the_right_address(void **state)
{
	uint8_t b[8];

	(void)state;
	bench_plug("ums512");
	bench_baud();
	put_be32(b, 0x5000);
	put_be32(b + 4, 0x1000);
	assert_int_equal(bench_call(BSL_CMD_START_DATA, b, 8),
			 BSL_REP_DOWN_SIZE_ERROR);
	put_be32(b, 0x5500);
	put_be32(b + 4, 0);
	assert_int_equal(bench_call(BSL_CMD_START_DATA, b, 8),
			 BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, b, 8),
			 BSL_REP_DOWN_NOT_START);
	put_be32(b + 4, 12);
	assert_int_equal(bench_call(BSL_CMD_START_DATA, b, 8), BSL_REP_ACK);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, b, 8), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_END_DATA), BSL_REP_DOWN_EARLY_END);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, b, 8),
			 BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_DOWN_NOT_START);
	/* What it does not know it does not answer. */
	assert_int_equal(bench_say(BSL_CMD_READ_END), BENCH_NOTHING);
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_call(BSL_CMD_START_DATA, b, 8),
			 BSL_REP_DOWN_DEST_ERROR);
}

static void brom_may_want_a_signature(void **state)
{
	uint8_t b[8] = { 0 };

	(void)state;
	bench_plug("ums512,secure=1");
	bench_to_fdl1();
	bench_plug("ums512,secure=1");
	put_be32(b, 0x5500);
	put_be32(b + 4, 4);
	assert_int_equal(bench_call(BSL_CMD_START_DATA, b, 8), BSL_REP_ACK);
	assert_int_equal(bench_call(BSL_CMD_MIDST_DATA, b, 4), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_END_DATA), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA),
			 BSL_REP_SIGN_VERIFY_ERROR);
	assert_non_null(bench_stats().dead);
	assert_int_equal(bench_baud(), BENCH_NOTHING);
}

static void autod_discards_loaders(void **state)
{
	(void)state;
	bench_plug("ums512,version=SPRD4:AutoD");
	assert_int_equal(bench_baud(), BENCH_NOTHING);
	phone_line_state(bench.phone, 0x0601);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_string_equal(bench.data, BSL_HELLO_AUTOD);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_say(0x55), BENCH_NOTHING);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_ACK);
	bench.crc = false;
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_string_equal(bench_stats().stage, "fdl2");
	bench_is_alive();
}

static void a_serial_line_has_its_own_ways(void **state)
{
	uint8_t b[4];
	int us = 0;

	(void)state;
	bench_plug("sc9863a,link=serial");
	do {
		bench_hear();
		us += bench.wire_len && bench.wire[0] == 'U';
	} while (bench.wire_len);
	assert_int_equal(us, 5);
	assert_int_equal(bench_baud(), BENCH_NOTHING);
	assert_int_equal(bench_baud(), BENCH_NOTHING);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_send_loader(1, 528), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_ACK);
	bench.crc = false;
	bench_greet_fdl1();
	put_be32(b, 921600);
	assert_int_equal(bench_call(BSL_CMD_CHANGE_BAUD, b, 4), BSL_REP_ACK);
	assert_int_equal(bench_send_loader(2, 0x1000), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(bench.len, 0);
	/* Any pieces, and nothing is dropped. */
	bench_open_name("misc");
	for (int i = 0; i < 3; i++) {
		uint8_t f[64];
		size_t n = bench_make_frame(BSL_CMD_READ_END, NULL, 0, f);

		for (size_t k = 0; k < n; k++)
			phone_take(bench.phone, f + k, 1);
		assert_int_equal(bench_reply(), BSL_REP_ACK);
	}
}

static void reading_a_primary_nv_repairs(void **state)
{
	static uint8_t before[0x1000], after[0x1000];
	uint64_t start, size;

	(void)state;
	bench_boot("sc9863a,nv_bad=l_fixnv1");
	assert_true(bench_find_part("l_fixnv2", &start, &size));
	phone_peek(bench.phone, "user", start, before, sizeof(before));
	assert_int_equal(bench_open_name("l_fixnv2"), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 0);
	assert_int_equal(bench_open_name("l_fixnv1"), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 2);
	assert_int_equal(bench_stats().commanded_writes, 0);
	assert_non_null(strstr(phone_write_log(bench.phone), "NV repair"));
	assert_true(bench_find_part("l_fixnv1", &start, &size));
	phone_peek(bench.phone, "user", start, after, sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
	/* Without the header. */
	assert_int_equal(bench_read_at(0, 0x800), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, after + 512, 0x800);
	assert_int_equal(bench_read_at(64 << 20, 16), BSL_REP_READ_FLASH);
	bench_boot("sc9863a,nv_repair=none,nv_bad=l_fixnv1");
	assert_int_equal(bench_open_name("l_fixnv1"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 4), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "VN\0\0", 4);
	assert_int_equal(bench_stats().storage_writes, 0);
}

static void reading_a_slots_nv_writes_the_other_slot(void **state)
{
	uint8_t was[0x400], is[0x400];
	uint64_t start, size;

	(void)state;
	bench_boot("ums512,slot=b");
	assert_true(bench_find_part("l_fixnv2_a", &start, &size));
	phone_peek(bench.phone, "user", start, was, sizeof(was));
	assert_int_equal(bench_open_name("l_fixnv1_a"), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 4);
	phone_peek(bench.phone, "user", start, is, sizeof(is));
	assert_memory_not_equal(was, is, sizeof(is));
	assert_true(bench_find_part("l_fixnv2_b", &start, &size));
	phone_peek(bench.phone, "user", start, was, sizeof(was));
	assert_memory_equal(was, is, sizeof(is));
	assert_int_equal(bench_read_at(0, 0x200), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, is + 512, 0x200);
	/* A name without a suffix next: the same RAM again. */
	assert_int_equal(bench_open_name("l_runtimenv1"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 0x200), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, is + 512, 0x200);
}

static void writing_changes_and_counts(void **state)
{
	static const uint8_t data[16] = "0123456789abcdef";

	(void)state;
	bench_boot("ums512");
	assert_int_equal(bench_write_name("boot_a", data, 16, 0), BSL_REP_ACK);
	bench_check_at("boot_a", 0, data, 16);
	bench_check_at("boot_b", 0, data, 16);
	assert_int_equal(bench_stats().commanded_writes, 2);
	assert_int_equal(bench_write_name("nobody", data, 16, 0),
			 BSL_REP_OPERATION_FAILED);
	assert_int_equal(bench_write_name("user_partition", data, 16, 0),
			 BSL_REP_OPERATION_FAILED);
	assert_int_equal(bench_write_name("misc", data, 0, 0),
			 BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(bench_write_name("splloader", data, 16, 0),
			 BSL_REP_ACK);
	bench_boot("sc9863a");
	assert_int_equal(bench_write_name("sml", data, 16, 0), BSL_REP_ACK);
	bench_check_at("sml_bak", 0, data, 16);
	assert_int_equal(bench_write_name("miscdata", data, 16, 0),
			 BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 5);
	assert_int_equal(bench_stats().storage_writes, 5);
	bench_boot("ums512,write_enable=1");
	assert_int_equal(bench_write_name("misc", data, 16, 0),
			 BSL_REP_NOT_ENABLE_WRITE);
	assert_int_equal(bench_say(BSL_CMD_ENABLE_WRITE_FLASH), BSL_REP_ACK);
	assert_int_equal(bench_write_name("misc", data, 16, 0), BSL_REP_ACK);
	bench_boot("ums512,verify_hang=1");
	assert_int_equal(bench_write_name("boot_a", data, 16, 0),
			 BENCH_NOTHING);
	bench_is_dead();
}

static void every_command_that_writes_is_counted(void **state)
{
	static const unsigned commands[] = {
		BSL_CMD_READ_REFINFO,	BSL_CMD_WRITE_DATETIME,
		BSL_CMD_SET_DEBUGINFO,	BSL_CMD_SET_FIRST_MODE,
		BSL_CMD_SET_TIME_STAMP, BSL_CMD_WRITE_VPAC,
	};
	uint8_t b[76 * 2] = { 0 };

	(void)state;
	bench_boot("ums512");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_true(bench_call(commands[i], "12345678", 8) > 0);
		assert_int_equal(bench_stats().commanded_writes, i + 1);
	}
	bench_put_name(b, "misc");
	assert_int_equal(bench_call(BSL_CMD_ERASE_FLASH, b, 76), BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 7);
	bench_check_at("misc", 0x800, "\0\0\0\0", 4);
	bench_put_name(b, "one");
	put_le32(b + 72, 3);
	bench_put_name(b + 76, "two");
	put_le32(b + 76 + 72, 0xFFFFFFFF);
	assert_int_equal(bench_call(BSL_CMD_REPARTITION, b, 75),
			 BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(bench_call(BSL_CMD_REPARTITION, b, sizeof(b)),
			 BSL_REP_ACK);
	assert_int_equal(bench_stats().commanded_writes, 9);
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_READ_PARTITION);
	assert_int_equal(bench.len, 2 * 76);
	assert_int_equal(get_le32(bench.data + 72), 3 * 1024);
}

static void reset_leaves_the_bus(void **state)
{
	(void)state;
	bench_boot("ums512");
	assert_int_equal(bench_say(BSL_CMD_NORMAL_RESET), BSL_REP_ACK);
	assert_false(phone_attached(bench.phone));
	assert_string_equal(bench_stats().stage, "off");
	assert_int_equal(bench_stats().storage_writes, 2);
	assert_int_equal(bench_stats().commanded_writes, 0);
	bench_check_at("miscdata", 0x2400 + 800, "enabled", 8);
	assert_int_equal(bench_say(BSL_CMD_READ_END), BENCH_NOTHING);
	phone_attach(bench.phone);
	assert_true(phone_attached(bench.phone));
	bench.crc = true;
	bench.plain = false;
	assert_int_equal(bench_baud(), BSL_REP_VER);
	bench_check_at("miscdata", 0x2400 + 832, "disable", 8);
	bench_boot("ums512,miscdata_writes=0,poweroff_waits=1");
	assert_int_equal(bench_say(BSL_CMD_POWER_OFF), BSL_REP_ACK);
	assert_int_equal(bench_stats().storage_writes, 0);
	assert_true(phone_attached(bench.phone));
	bench_is_dead();
}

static void a_bad_table_is_repaired_by_name(void **state)
{
	(void)state;
	bench_boot("ums512,gpt_primary_bad=1");
	assert_int_equal(bench_open_name("user_partition"), BSL_REP_ACK);
	assert_int_equal(bench_read_at(0, 0x4000), BSL_REP_READ_FLASH);
	bench_open_name("splloader");
	assert_int_equal(bench_read_at(0, 0x1000), BSL_REP_READ_FLASH);
	assert_int_equal(bench_stats().storage_writes, 0);
	bench_open_name("misc");
	assert_int_equal(bench_read_at(0, 0x1000), BSL_REP_READ_FLASH);
	assert_int_equal(bench_stats().storage_writes, 1);
	assert_int_equal(bench_stats().commanded_writes, 0);
	bench_open_name("user_partition");
	assert_int_equal(bench_read_at(0, 0x4400), BSL_REP_READ_FLASH);
	check_gpt(bench.data + 512, bench.data + 1024);
	bench_boot("ums512,gpt_primary_bad=1,gpt_backup_bad=1");
	bench_open_name("misc");
	assert_int_equal(bench_read_at(0, 0x1000), BSL_REP_OPERATION_FAILED);
	assert_int_equal(bench_say(BSL_CMD_READ_PARTITION),
			 BSL_REP_OPERATION_FAILED);
}

static void small_switches(void **state)
{
	(void)state;
	bench_boot("ums512,user_partition=84");
	assert_int_equal(bench_open_name("user_partition"),
			 BSL_REP_OPERATION_FAILED);
	bench_is_alive();
	bench_boot("ums512,uid=0011223344");
	assert_int_equal(bench_say(BSL_CMD_READ_CHIP_UID),
			 BSL_REP_READ_CHIP_UID);
	assert_int_equal(bench.len, 6);
	bench_boot("ums512");
	assert_int_equal(bench_say(BSL_CMD_READ_CHIP_UID),
			 BSL_REP_UNSUPPORTED_COMMAND);
	bench_boot("ums512,bad=super+0x2000+0x200");
	bench_open_name("super");
	assert_int_equal(bench_read_at(0x1000, 0x1000), BSL_REP_READ_FLASH);
	assert_int_equal(bench_read_at(0x1000, 0x1001),
			 BSL_REP_OPERATION_FAILED);
	assert_int_equal(bench_read_at(0x2200, 0x1000), BSL_REP_READ_FLASH);
	bench_boot("ums512,log_frames=1");
	assert_int_equal(bench_say(BSL_CMD_READ_END), BSL_REP_LOG);
	assert_int_equal(bench_reply(), BSL_REP_ACK);
	bench_boot("ums512,auth_gate=1");
	assert_int_equal(bench_say(BSL_CMD_AUTH_BEGIN), BSL_REP_AUTH_M1);
	assert_int_equal(bench.len, 290);
	assert_int_equal(bench_open_name("misc"), BSL_REP_UNSUPPORTED_COMMAND);
	bench_boot("ums512,rsa_handshake=1");
	assert_int_equal(bench_open_name("misc"), BSL_REP_HANDSHAKE_FAILED);
	bench_is_dead();
	bench_boot("ums512,info_0d=reply");
	assert_int_equal(bench_say(BSL_CMD_READ_FLASH_INFO),
			 BSL_REP_READ_FLASH_INFO);
	bench_boot("ums512,skip_partition=misc");
	bench_open_name("misc");
	assert_int_equal(bench_read_at(7, 16), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "\x10\0\0\0\x07\0\0\0\0\0\0\0\x10", 13);
	bench_boot("ums512,boot_wrap=1");
	bench_open_name("splloader");
	assert_int_equal(bench_read_at((4 << 20) - 4, 8), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data + 4, "DHTB", 4);
	bench_boot("ums512");
	bench_open_name("splloader");
	assert_int_equal(bench_read_at((4 << 20) - 4, 8),
			 BSL_REP_OPERATION_FAILED);
	bench_open_name("splloader_size");
	assert_int_equal(bench_read_at(0, 0x80), BSL_REP_READ_FLASH);
	assert_string_equal(bench.data,
			    "size:splloader: 0x400000 block number: 0x2000\n");
	bench_open_name("misc_size");
	assert_int_equal(bench_read_at(0, 0x80), BSL_REP_OPERATION_FAILED);
	bench_boot("ums512,no_ack_exec=0");
	assert_int_equal(bench_reply(), BSL_REP_INCOMPATIBLE_PARTITION);
}

static void comes_back_by_itself_in_the_next_stage(void **state)
{
	(void)state;
	bench_plug("ums512,reenum=fdl1");
	bench_to_fdl1();
	assert_false(phone_attached(bench.phone));
	phone_attach(bench.phone);
	assert_string_equal(bench_stats().stage, "fdl1");
	bench_greet_fdl1();
	bench_plug("ums512,disconnect_at=3");
	bench_baud();
	bench_say(BSL_CMD_CONNECT);
	bench_say(BSL_CMD_CONNECT);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BENCH_NOTHING);
	assert_false(phone_attached(bench.phone));
	phone_attach(bench.phone);
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
}

static void a_file_is_storage_and_stays_as_it_is(void **state)
{
	static const uint8_t data[16] = "0123456789abcdef";
	char path[] = "/tmp/sim-XXXXXX", spec[64];
	uint64_t size, at;
	uint8_t b[0x1000];
	FILE *f;

	(void)state;
	bench_plug("ums9230,super=1M,userdata=1M");
	size = phone_area_size(bench.phone, "user");
	f = fdopen(mkstemp(path), "w+");
	assert_non_null(f);
	for (at = 0; at < size; at += sizeof(b)) {
		assert_true(phone_peek(bench.phone, "user", at, b, sizeof(b)));
		assert_int_equal(fwrite(b, 1, sizeof(b), f), sizeof(b));
	}
	fflush(f);
	/* A model with other sectors: the image's own count. */
	snprintf(spec, sizeof(spec), "ums512,storage=%s", path);
	bench_boot(spec);
	assert_int_equal(phone_area_size(bench.phone, "user"), size);
	assert_int_equal(bench_write_name("misc", data, 16, 0), BSL_REP_ACK);
	bench_open_name("misc");
	assert_int_equal(bench_read_at(0, 16), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, data, 16);
	bench_boot(spec);
	bench_open_name("misc");
	assert_int_equal(bench_read_at(0x800, 4), BSL_REP_READ_FLASH);
	assert_memory_equal(bench.data, "_a\0\0", 4);
	fclose(f);
	unlink(path);
}

static void sizes_and_seeds_are_chosen(void **state)
{
	uint8_t a[64], b[64];
	uint64_t start, size;

	(void)state;
	bench_plug("ums512,userdata=16G,super=8G");
	assert_true(bench_find_part("userdata", &start, &size));
	assert_int_equal(size, 16ULL << 30);
	phone_peek(bench.phone, "user", start, a, 64);
	bench_plug("ums512,userdata=16G,super=8G,seed=2");
	phone_peek(bench.phone, "user", start, b, 64);
	assert_memory_not_equal(a, b, 64);
	bench_plug("ums512,userdata=16G,super=8G");
	phone_peek(bench.phone, "user", start, b, 64);
	assert_memory_equal(a, b, 64);
	/* In one piece or many: the same bytes. */
	for (size_t i = 0; i < 64; i++)
		phone_peek(bench.phone, "user", start + i, b + i, 1);
	assert_memory_equal(a, b, 64);
}

static void partitions_may_be_added(void **state)
{
	uint64_t start, size, last;

	(void)state;
	bench_plug("sc9863a,add=calinv+downloadnv");
	assert_true(bench_find_part("calinv", &start, &size));
	assert_int_equal(size, 1 << 20);
	assert_true(bench_find_part("downloadnv", &start, &size));
	assert_true(bench_find_part("userdata", &last, &size));
	assert_int_equal(start + (1 << 20), last);
}

static void slots_may_hold_the_same(void **state)
{
	static const char *const pairs[][2] = { { "boot_a", "boot_b" },
						{ "l_modem_a", "l_modem_b" },
						{ "l_fixnv1_a", "l_fixnv2_b" },
						{ "vbmeta_a", "vbmeta_b" } };
	static uint8_t a[0x40000], b[0x40000];
	uint64_t start, size;

	(void)state;
	for (int same = 0; same < 2; same++) {
		bench_plug(same ? "ums512,same_slots=1" : "ums512");
		for (int i = 0; i < 3; i++) {
			assert_true(
				bench_find_part(pairs[i][0], &start, &size));
			phone_peek(bench.phone, "user", start, a, sizeof(a));
			assert_true(
				bench_find_part(pairs[i][1], &start, &size));
			phone_peek(bench.phone, "user", start, b, sizeof(b));
			assert_int_equal(memcmp(a, b, sizeof(a)) == 0, same);
		}
	}
}

static void names_what_is_wrong_in_a_spec(void **state)
{
	static const char *const specs[] = {
		"nophone",	    "ums512,nokey=1",	"ums512,sector=513",
		"ums512,hdlc=2",    "ums512,bad=x",	"ums512,bad=x+1",
		"ums512,da=",	    "ums512,pool",	"ums512,storage=",
		"ums512,storage=/", "ums512,super=99T", "",
		"ums512,add=+x",
	};
	struct phone *p = NULL;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		memset(&e, 0, sizeof(e));
		assert_true(phone_new(specs[i], &p, &e) < 0);
		assert_null(p);
		assert_int_not_equal(e.text[0], 0);
	}
}

/* Whatever comes, it survives; sanitizers watch. */
static void survives_noise(void **state)
{
	static const char *const specs[] = {
		"ums512",
		"ums512,bad_chk=reply,leak_unknown=0",
		"sc9863a,link=serial,bad_chk=ignore",
	};
	uint8_t b[400];
	uint32_t x = 12345;

	(void)state;
	for (size_t s = 0; s < 3 * 200; s++) {
		if (s % 3 == 2)
			bench_plug(specs[2]);
		else
			bench_boot(specs[s % 3]);
		for (int i = 0; i < 60; i++) {
			size_t n = 0;

			x = x * 1664525 + 1013904223;
			for (; n < (x >> 8) % 300; n++) {
				x = x * 1664525 + 1013904223;
				b[n] = x >> 24 < 64 ? 0 : x >> 24;
			}
			x = x * 1664525 + 1013904223;
			if (x >> 31) {
				phone_take(bench.phone, b, n);
			} else {
				uint8_t f[1000];

				phone_take(bench.phone, f,
					   bench_make_frame((x >> 16) % 80, b,
							    n, f));
			}
			phone_advance(bench.phone, 1000);
			phone_give(bench.phone, bench.wire, sizeof(bench.wire));
		}
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, bench_unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(boots_by_hand),
		TEST(the_clock_holds_replies_back),
		TEST(every_model_boots_and_says_what_it_is),
		TEST(has_a_table_in_front_and_at_the_end),
		TEST(reads_by_name_what_lies_at_the_offset),
		TEST(kinds_are_all_there),
		TEST(nv_is_valid_as_made),
		TEST(lists_partitions),
		TEST(packets_leak),
		TEST(unknown_commands_end_as_asked),
		TEST(a_bad_frame_hangs_a_loader),
		TEST(a_transfer_is_a_frame_without_escapes),
		TEST(pipelined_requests_are_lost),
		TEST(sizes_have_limits),
		TEST(names_are_only_looked_up_when_read),
		TEST(an_old_loader_knows_less),
		TEST(da_info_has_its_forms),
		TEST(brom_wants_the_right_address),
		TEST(brom_may_want_a_signature),
		TEST(autod_discards_loaders),
		TEST(a_serial_line_has_its_own_ways),
		TEST(reading_a_primary_nv_repairs),
		TEST(reading_a_slots_nv_writes_the_other_slot),
		TEST(writing_changes_and_counts),
		TEST(every_command_that_writes_is_counted),
		TEST(reset_leaves_the_bus),
		TEST(a_bad_table_is_repaired_by_name),
		TEST(small_switches),
		TEST(comes_back_by_itself_in_the_next_stage),
		TEST(a_file_is_storage_and_stays_as_it_is),
		TEST(sizes_and_seeds_are_chosen),
		TEST(partitions_may_be_added),
		TEST(slots_may_hold_the_same),
		TEST(names_what_is_wrong_in_a_spec),
		TEST(survives_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
