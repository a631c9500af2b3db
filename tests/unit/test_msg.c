/* SPDX-License-Identifier: BSD-3-Clause */
/* test_msg.c - payloads byte by byte, and what FDL2 says of itself. */
#include "bsl/msg.h"

#include "lib/golden.h"
#include "lib/unit.h"

#include "base/bytes.h"
#include "bsl/proto.h"

static uint8_t out[MSG_MAX];

static void assert_bytes(size_t n, const char *hex)
{
	uint8_t want[MSG_MAX];
	size_t len = golden_hex(hex, want, sizeof(want));

	assert_int_equal(n, len);
	assert_memory_equal(out, want, len);
}

static void start_data_is_big_endian(void **state)
{
	(void)state;
	assert_bytes(msg_start_data(0x9EFFFE00, 0x12345, out),
		     "9E FF FE 00 00 01 23 45");
}

static void a_write_has_name_size_and_perhaps_a_sum(void **state)
{
	static const uint8_t name[] = { 'b', 0, 'o', 0, 'o', 0, 't', 0 };
	uint32_t sum = 0x11223344;

	(void)state;
	memset(out, 0xA5, sizeof(out));
	assert_int_equal(msg_write_start("boot", 0x89ABCDEF, false, NULL, out),
			 76);
	assert_memory_equal(out, name, 8);
	assert_int_equal(get_le32(out + 72), 0x89ABCDEF);
	assert_int_equal(msg_write_start("boot", 0x1000, false, &sum, out), 80);
	assert_int_equal(get_le32(out + 72), 0x1000);
	assert_int_equal(get_le32(out + 76), 0x11223344);
	assert_int_equal(msg_write_start("boot", 0x123456789A, true, NULL, out),
			 88);
	assert_int_equal(get_le64(out + 72), 0x123456789A);
	assert_int_equal(get_le64(out + 80), 0);
	assert_int_equal(msg_write_start("boot", 0x1000, true, &sum, out), 92);
	assert_int_equal(get_le64(out + 80), 0);
	assert_int_equal(get_le32(out + 88), 0x11223344);
}

static void change_baud_is_big_endian(void **state)
{
	(void)state;
	assert_bytes(msg_change_baud(921600, out), "00 0E 10 00");
}

static void read_midst_is_little_endian_in_both_widths(void **state)
{
	(void)state;
	assert_bytes(msg_read_midst(0x1000, 0x7E000, false, out),
		     "00 10 00 00 00 E0 07 00");
	assert_bytes(msg_read_midst(0xF800, 0x123456789A, true, out),
		     "00 F8 00 00 9A 78 56 34 12 00 00 00");
	assert_bytes(msg_read_midst(1, 0xFFFFFFFF, false, out),
		     "01 00 00 00 FF FF FF FF");
}

static void read_start_has_name_and_size(void **state)
{
	static const uint8_t name[] = { 'b', 0, 'o', 0, 'o', 0, 't', 0 };

	(void)state;
	memset(out, 0xA5, sizeof(out));
	assert_int_equal(msg_read_start("boot", 0x89ABCDEF, false, out), 76);
	assert_memory_equal(out, name, 8);
	for (size_t i = 8; i < 72; i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(get_le32(out + 72), 0x89ABCDEF);

	memset(out, 0xA5, sizeof(out));
	assert_int_equal(msg_read_start("boot", 0x123456789A, true, out), 88);
	assert_int_equal(get_le64(out + 72), 0x123456789A);
	assert_int_equal(get_le64(out + 80), 0);
}

/* Unit 35 is the NV slot flag of some loaders [docs/protocol.md 5.1]. */
static void the_last_unit_of_a_name_is_zero(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz_12345678";

	(void)state;
	assert_int_equal(strlen(longest), BSL_NAME_MAX);
	memset(out, 0xA5, sizeof(out));
	assert_int_equal(msg_read_start(longest, 1, true, out), 88);
	assert_int_equal(get_le16(out + 68), '8');
	assert_int_equal(get_le16(out + 70), 0);
}

/* -- DA_INFO ------------------------------------------------------------- */

static struct da_info parse(const char *hex)
{
	struct da_info da;
	uint8_t p[600];

	memset(&da, 0xA5, sizeof(da));
	msg_parse_da_info(p, golden_hex(hex, p, sizeof(p)), &da);
	return da;
}

static void assert_says_nothing(const struct da_info *da)
{
	assert_false(da->can_stop_escape);
	assert_false(da->wants_handshake);
	assert_false(da->has_log);
	assert_int_equal(da->version, 0);
	assert_int_equal(da->old_memory, 0);
	assert_int_equal(da->storage_type, 0);
}

static void a_bare_answer_says_nothing(void **state)
{
	static const char *const bare[] = { "", "01", "01 00 00 00",
					    "01 00 00 00 01 00 00" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bare); i++) {
		struct da_info da = parse(bare[i]);

		assert_int_equal(da.form, DA_BARE);
		assert_says_nothing(&da);
	}
}

static void eight_bytes_say_version_and_escaping(void **state)
{
	struct da_info da = parse("01 00 00 00 01 00 00 00");

	(void)state;
	assert_int_equal(da.form, DA_EIGHT);
	assert_int_equal(da.version, 1);
	assert_true(da.can_stop_escape);
	da = parse("01 00 00 00 00 00 00 00");
	assert_false(da.can_stop_escape);
	/* Not a flag we know: better keep escaping. */
	da = parse("01 00 00 00 02 00 00 00");
	assert_false(da.can_stop_escape);
}

static void the_real_sample_is_understood(void **state)
{
	struct golden g;
	struct da_info da;

	(void)state;
	golden_load("da-info-v2", &g);
	assert_int_equal(g.len, 256);
	msg_parse_da_info(g.payload, g.len, &da);
	assert_int_equal(da.form, DA_STRUCT);
	assert_int_equal(da.version, 2);
	assert_true(da.can_stop_escape);
	assert_int_equal(da.old_memory, 6);
	assert_int_equal(da.raw_data, 0);
	assert_int_equal(da.flush_kib, 0);
	assert_int_equal(da.storage_type, 0);
	assert_false(da.wants_handshake);
	assert_false(da.has_log);
}

static void a_struct_says_all_its_fields(void **state)
{
	struct da_info da = parse("04 00 00 00 01 00 00 00 07 02 00 00"
				  "00 08 00 00 03 01 00 00");

	(void)state;
	assert_int_equal(da.form, DA_STRUCT);
	assert_int_equal(da.version, 4);
	assert_int_equal(da.old_memory, 7);
	assert_int_equal(da.raw_data, 2);
	assert_int_equal(da.flush_kib, 2048);
	assert_int_equal(da.storage_type, BSL_STORAGE_UFS);
}

#define MAGIC "6E 65 77 74 "

static void tlv_says_all_its_fields(void **state)
{
	/* In the order of the wire: 0 1 2 3 5 6 7 [docs/protocol.md 4.4]. */
	struct da_info da = parse(
		MAGIC "00 00 04 00 01 00 00 00  01 00 01 00 06  02 00 01 00 01"
		      "03 00 04 00 00 08 00 00"
		      "05 00 08 00 FF FF FF FF FF FF FF FF"
		      "06 00 04 00 02 01 00 00  07 00 04 00 01 00 00 00");

	(void)state;
	assert_int_equal(da.form, DA_TLV);
	assert_true(da.can_stop_escape);
	assert_int_equal(da.old_memory, 6);
	assert_int_equal(da.raw_data, 1);
	assert_int_equal(da.flush_kib, 2048);
	assert_int_equal(da.storage_type, BSL_STORAGE_EMMC);
	assert_true(da.has_log);
	assert_false(da.wants_handshake);
}

static void tlv_without_anything_says_nothing(void **state)
{
	struct da_info da = parse(MAGIC);

	(void)state;
	assert_int_equal(da.form, DA_TLV);
	assert_says_nothing(&da);
}

static void unknown_ids_of_a_tlv_are_skipped(void **state)
{
	struct da_info da = parse(MAGIC "63 00 03 00 AA BB CC  FF FF 00 00"
					"06 00 04 00 03 01 00 00");

	(void)state;
	assert_int_equal(da.storage_type, BSL_STORAGE_UFS);
}

static void a_short_tail_of_a_tlv_ends_it(void **state)
{
	static const char *const tails[] = {
		"06",
		"06 00",
		"06 00 04",
		"06 00 04 00",
		"06 00 04 00 03",
		"06 00 04 00 03 01 00",
		"06 00 FF FF 03 01 00 00",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		char hex[128];
		struct da_info da;

		snprintf(hex, sizeof(hex), MAGIC "01 00 01 00 06 %s", tails[i]);
		da = parse(hex);
		assert_int_equal(da.old_memory, 6);
		assert_int_equal(da.storage_type, 0);
	}
}

static void the_handshake_is_recognised(void **state)
{
	uint8_t p[4 + 8 + 264] = { 0 };
	struct da_info da;

	(void)state;
	golden_hex(MAGIC "00 00 04 00 01 00 00 00 04 00 04 01 02", p,
		   sizeof(p));
	msg_parse_da_info(p, sizeof(p), &da);
	assert_true(da.can_stop_escape);
	assert_true(da.wants_handshake);
}

/* Every prefix of a long answer: nothing but the sanitizers can complain. */
static void any_bytes_are_accepted(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = malloc(n ? n : 1);
		struct da_info da;

		for (size_t i = 0; i < n; i++)
			p[i] = (uint8_t)next_random(&seed);
		if (n >= 4 && n % 2)
			put_le32(p, BSL_DA_TLV_MAGIC);
		msg_parse_da_info(p, n, &da);
		assert_int_equal(da.form, n >= 4 && n % 2 ? DA_TLV
					  : n < 8	  ? DA_BARE
					  : n == 8	  ? DA_EIGHT
							  : DA_STRUCT);
		free(p);
	}
}

/* -- texts --------------------------------------------------------------- */

static void size_texts_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} cases[] = {
		{ "size:user_partition: 0x747c00000 block number: 0x3a3e000\n",
		  0x747c00000 },
		{ "size:splloader: 0x400000 block number: 0x2000\n", 0x400000 },
		{ "partition uboot_a total size: 0x300000", 0x300000 },
		{ "size:splloader: 0x0 block number: 0x0\n", 0 },
		/* A loader that does not know, and noise [5.5]. */
		{ "uboot_a, 0x0", 0 },
		{ "", 0 },
		{ "size", 0 },
		{ "size: none", 0 },
		{ "\xA5\xA5\xA5\xA5", 0 },
		/* Only the first line counts; the rest is stale. */
		{ "size:\nsize:x: 0x1234", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t buf[0x80];
		size_t n = strlen(cases[i].text);

		memset(buf, 0xA5, sizeof(buf));
		memcpy(buf, cases[i].text, n + 1);
		assert_int_equal(msg_parse_size_text(buf, sizeof(buf)),
				 cases[i].size);
		assert_int_equal(msg_parse_size_text(buf, n), cases[i].size);
	}
}

static void a_size_text_without_end_is_no_overrun(void **state)
{
	uint8_t *p = malloc(4096);

	(void)state;
	memset(p, '1', 4096);
	memcpy(p, "size:x: 0x", 10);
	/* More digits than 64 bits hold: the largest number, not a crash. */
	assert_int_equal(msg_parse_size_text(p, 4096), UINT64_MAX);
	assert_int_equal(msg_parse_size_text(p, 12), 0x11);
	free(p);
}

static void commands_and_replies_have_names(void **state)
{
	char buf[MSG_NAME_MAX];

	(void)state;
	assert_string_equal(msg_command_name(BSL_CMD_READ_MIDST, buf),
			    "READ_MIDST");
	assert_string_equal(msg_command_name(0xA7, buf), "command 0xA7");
	assert_string_equal(msg_reply_name(0x93, buf), "READ_FLASH (0x93)");
	assert_string_equal(msg_reply_name(0x55, buf),
			    "a reply without a name (0x55)");
	assert_non_null(strstr(msg_reply_meaning(0xA6), "signature"));
}

/* No message may show a number alone. */
static void every_reply_has_a_meaning(void **state)
{
	static const uint8_t yes[] = { 0x80, 0x81, 0x93, 0xAB, 0xBA, 0xFF };

	(void)state;
	for (unsigned t = 0; t <= 0xFF; t++) {
		bool is_yes = memchr(yes, (int)t, sizeof(yes)) != NULL;

		if (is_yes != !*msg_reply_meaning(t))
			fail_msg("0x%02X: '%s'", t, msg_reply_meaning(t));
	}
}

static void every_da_form_has_a_name(void **state)
{
	(void)state;
	for (int f = DA_NONE; f <= DA_TLV; f++)
		for (int g = f + 1; g <= DA_TLV; g++)
			assert_string_not_equal(msg_da_form_name(f),
						msg_da_form_name(g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_has_name_size_and_perhaps_a_sum),
		cmocka_unit_test(start_data_is_big_endian),
		cmocka_unit_test(change_baud_is_big_endian),
		cmocka_unit_test(read_midst_is_little_endian_in_both_widths),
		cmocka_unit_test(read_start_has_name_and_size),
		cmocka_unit_test(the_last_unit_of_a_name_is_zero),
		cmocka_unit_test(a_bare_answer_says_nothing),
		cmocka_unit_test(eight_bytes_say_version_and_escaping),
		cmocka_unit_test(the_real_sample_is_understood),
		cmocka_unit_test(a_struct_says_all_its_fields),
		cmocka_unit_test(tlv_says_all_its_fields),
		cmocka_unit_test(tlv_without_anything_says_nothing),
		cmocka_unit_test(unknown_ids_of_a_tlv_are_skipped),
		cmocka_unit_test(a_short_tail_of_a_tlv_ends_it),
		cmocka_unit_test(the_handshake_is_recognised),
		cmocka_unit_test(any_bytes_are_accepted),
		cmocka_unit_test(size_texts_are_read),
		cmocka_unit_test(a_size_text_without_end_is_no_overrun),
		cmocka_unit_test(commands_and_replies_have_names),
		cmocka_unit_test(every_reply_has_a_meaning),
		cmocka_unit_test(every_da_form_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
