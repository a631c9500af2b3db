/* SPDX-License-Identifier: BSD-3-Clause */
/* test_loader_check.c - good loaders pass, the usual wrong files do not. */
#include "device/loader_check.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)2 << 20)

static uint8_t bytes[2][ROOM];
static struct loader l[2];
static struct loader_verdict v;
static struct profile ums512 = { .name = "ums512",
				 .title = "Unisoc UMS512 (Tiger T610)",
				 .names = { "UMS512", "T610" },
				 .nnames = 2 };

/* Noise that is no text and has no magic, with a branch in front. */
static struct loader *raw(int i, size_t n, uint32_t addr)
{
	for (size_t k = 0; k < n; k++)
		bytes[i][k] = (uint8_t)(0x80 + k * 7 % 101);
	put_le32(bytes[i], 0xEA00000E);
	put_le32(bytes[i] + 4, 0xE59FF018);
	l[i] = (struct loader) {
		.addr = addr, .has_addr = true, .data = bytes[i], .len = n
	};
	text_copy(l[i].file, sizeof(l[i].file), i ? "two.bin" : "one.bin");
	return &l[i];
}

/* The same behind a DHTB header and with a signature. */
static struct loader *signed_one(int i, size_t image, uint32_t addr,
				 uint64_t header_addr)
{
	uint8_t *p = bytes[i], *sign;

	raw(i, 0x200 + image + 0x60 + 0x234, addr);
	memmove(p + 0x200, p, image);
	memset(p, 0, 0x200);
	memcpy(p, "DHTB", 4);
	put_le32(p + 4, 1);
	put_le64(p + 0x28, header_addr);
	put_le32(p + 0x30, (uint32_t)image);
	sign = p + 0x200 + image;
	memset(sign, 0, 0x60);
	put_le64(sign + 0x10, image);
	put_le64(sign + 0x18, 0x200);
	put_le64(sign + 0x20, 0x234);
	put_le64(sign + 0x28, 0x200 + image + 0x60);
	return &l[i];
}

static void expect(enum loader_worth worth, const char *text)
{
	if (v.worth != worth)
		fail_msg("worth %d, '%s'", v.worth, v.text);
	assert_non_null(strstr(v.text, text));
	assert_true((worth == LOADER_FINE) == !*v.text);
}

static void good_loaders_are_fine(void **state)
{
	struct loader_head h;

	(void)state;
	loader_check(signed_one(0, 20 << 10, 0x5500, 0x5500), 1, &ums512, &v);
	expect(LOADER_FINE, "");
	assert_true(loader_head_parse(l[0].data, l[0].len, &h));
	assert_true(h.has_signature);
	assert_int_equal(h.end, l[0].len);
	loader_check(signed_one(1, 400 << 10, 0x9EFFFE00, 0x9F000000), 2,
		     &ums512, &v);
	expect(LOADER_FINE, "");
	loader_check_pair(&l[0], &l[1], &v);
	expect(LOADER_FINE, "");
}

/* Addresses that a header does not tell say nothing. */
static void an_address_that_is_not_told_is_fine(void **state)
{
	static const uint64_t none[] = { 0, UINT64_MAX, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		loader_check(signed_one(0, 20 << 10, 0x5500, none[i]), 1, NULL,
			     &v);
		expect(LOADER_FINE, "");
	}
}

static void a_raw_binary_is_at_most_noted(void **state)
{
	(void)state;
	loader_check(raw(0, 20 << 10, 0x5500), 1, &ums512, &v);
	expect(LOADER_FINE, "");
	memset(bytes[0], 0x33, 64);
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_NOTED, "ARM");
	memset(bytes[0], 0xFF, 20 << 10);
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_NOTED, "0xFF");
	loader_check(raw(0, 9, 0x5500), 1, &ums512, &v);
	expect(LOADER_NOTED, "9 bytes");
	loader_check(raw(1, 64 << 10, 0x80000000), 2, &ums512, &v);
	expect(LOADER_FINE, "");
	loader_check(raw(1, 2000, 0x80000000), 2, &ums512, &v);
	expect(LOADER_NOTED, "small");
}

static void an_unsigned_one_is_only_noted(void **state)
{
	(void)state;
	signed_one(0, 20 << 10, 0x5500, 0x5500)->len = 0x200 + (20 << 10);
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_NOTED, "no signature");
}

static void a_header_against_the_place_is_suspect(void **state)
{
	(void)state;
	loader_check(signed_one(0, 20 << 10, 0x5500, 0x65000800), 1, &ums512,
		     &v);
	expect(LOADER_SUSPECT, "0x65000800");
	assert_non_null(strstr(v.text, "0x00005500"));
	assert_non_null(strstr(v.hint, "--chip"));
	l[0].has_addr = false; /* nothing to compare with */
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_FINE, "");
}

static void a_cut_one_is_suspect(void **state)
{
	(void)state;
	signed_one(0, 20 << 10, 0x5500, 0x5500)->len = 0x2000;
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_SUSPECT, "cut off");
	signed_one(0, 20 << 10, 0x5500, 0x5500)->len -= 100;
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_SUSPECT, "cut off");
	put_le32(bytes[0] + 0x30, 0);
	loader_check(&l[0], 1, &ums512, &v);
	expect(LOADER_SUSPECT, "0 bytes");
}

static void other_files_are_never_sent(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *says, *hint;
	} cases[] = {
		{ "hello, this is a page", 21, "text", "page" },
		{ "\xEF\xBB\xBF<!DOCTYPE html><html>", 24, "web page", "page" },
		{ "<HTML>\n\xC3\xA4", 9, "web page", "page" },
		{ "PK\3\4....", 8, "zip", "--pac" },
		{ "B\0P\0_\0R\0001\0", 10, "PAC", "--pac" },
		{ "ANDROID!....", 12, "boot image", "firmware" },
		{ "\x7F"
		  "ELF\1\1\1",
		  7, "ELF", "firmware" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		raw(0, cases[i].n, 0x5500);
		memcpy(bytes[0], cases[i].bytes, cases[i].n);
		loader_check(&l[0], 1, &ums512, &v);
		expect(LOADER_WRONG, cases[i].says);
		assert_non_null(strstr(v.hint, cases[i].hint));
	}
}

static void a_name_of_another_chip_is_suspect(void **state)
{
	static const struct {
		const char *file;
		enum loader_worth worth;
	} cases[] = {
		{ "fdl1-ums9230-sign.bin", LOADER_SUSPECT },
		{ "SC9863A_fdl1.bin", LOADER_SUSPECT },
		{ "fdl1-ums512.bin", LOADER_FINE },
		{ "fdl1_ums512_for_sc9863a.bin", LOADER_FINE },
		{ "fdl1-sc2731.bin", LOADER_FINE }, /* a power manager */
		{ "fdl1-0x5500.bin", LOADER_FINE },
		{ "disc1234.bin", LOADER_FINE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		signed_one(0, 20 << 10, 0x5500, 0x5500);
		text_copy(l[0].file, sizeof(l[0].file), cases[i].file);
		loader_check(&l[0], 1, &ums512, &v);
		expect(cases[i].worth, cases[i].worth ? "name says" : "");
		loader_check(&l[0], 1, NULL, &v);
		expect(LOADER_FINE, "");
	}
}

static void swapped_ones_are_suspect(void **state)
{
	(void)state;
	signed_one(0, 400 << 10, 0x5500, 0x9EFFFE00);
	signed_one(1, 20 << 10, 0x9EFFFE00, 0x5500);
	loader_check_pair(&l[0], &l[1], &v);
	expect(LOADER_SUSPECT, "headers");
	raw(0, 400 << 10, 0x5500);
	raw(1, 20 << 10, 0x9EFFFE00);
	loader_check_pair(&l[0], &l[1], &v);
	expect(LOADER_SUSPECT, "larger");
	raw(0, 20 << 10, 0x5500);
	raw(1, 20 << 10, 0x9EFFFE00);
	loader_check_pair(&l[0], &l[1], &v);
	expect(LOADER_FINE, "");
	text_copy(l[0].file, sizeof(l[0].file), "FDL2-sign.bin");
	text_copy(l[1].file, sizeof(l[1].file), "fdl1-sign.bin");
	loader_check_pair(&l[0], &l[1], &v);
	expect(LOADER_SUSPECT, "names");
}

static void an_fdl1_larger_than_any_window_is_suspect(void **state)
{
	(void)state;
	loader_check(signed_one(0, ROOM - 0x1000, 0x5500, 0x5500), 1, &ums512,
		     &v);
	expect(LOADER_SUSPECT, "own memory");
	loader_check(&l[0], 2, &ums512, &v);
	expect(LOADER_FINE, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_loaders_are_fine),
		cmocka_unit_test(an_address_that_is_not_told_is_fine),
		cmocka_unit_test(a_raw_binary_is_at_most_noted),
		cmocka_unit_test(an_unsigned_one_is_only_noted),
		cmocka_unit_test(a_header_against_the_place_is_suspect),
		cmocka_unit_test(a_cut_one_is_suspect),
		cmocka_unit_test(other_files_are_never_sent),
		cmocka_unit_test(a_name_of_another_chip_is_suspect),
		cmocka_unit_test(swapped_ones_are_suspect),
		cmocka_unit_test(an_fdl1_larger_than_any_window_is_suspect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
