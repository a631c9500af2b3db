/* SPDX-License-Identifier: BSD-3-Clause */
/* test_gpt.c - tables built byte by byte, then damaged in each field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "device/gpt.h"

#define ENTRIES	      128
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Bit by bit and apart from the code under test. */
static uint32_t crc32_slow(const uint8_t *p, size_t n)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < 8 * n; i++) {
		uint32_t bit = (crc ^ p[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (bit ? 0xEDB88320 : 0);
	}
	return ~crc;
}

/* A storage of 1 GiB with a primary and a backup, both good. */
struct disk {
	uint32_t sector;
	uint64_t sectors, last_usable;
	uint8_t head[GPT_HEAD_BYTES];
	uint8_t *entries; /* in head */
	uint8_t backup[4096];
};

static void put_entry(uint8_t *p, const char *name, uint64_t first,
		      uint64_t last)
{
	memset(p, 0, 128);
	memset(p, 0xA5, 32);
	put_le64(p + 32, first);
	put_le64(p + 40, last);
	for (size_t i = 0; name[i] && i < 36; i++)
		p[56 + 2 * i] = (uint8_t)name[i];
}

static void seal_header(uint8_t *p)
{
	uint32_t size = get_le32(p + 12);

	put_le32(p + 16, 0);
	put_le32(p + 16, crc32_slow(p, size > 4096 ? 92 : size));
}

static void put_header(struct disk *d, uint8_t *p, uint64_t my, uint64_t other,
		       uint64_t entries_lba)
{
	memset(p, 0, d->sector);
	memcpy(p, "EFI PART", 8);
	put_le32(p + 8, 0x10000);
	put_le32(p + 12, 92);
	put_le64(p + 24, my);
	put_le64(p + 32, other);
	put_le64(p + 40, 34);
	put_le64(p + 48, d->last_usable);
	for (unsigned i = 0; i < 16; i++)
		p[56 + i] = (uint8_t)(0x10 + i);
	put_le64(p + 72, entries_lba);
	put_le32(p + 80, ENTRIES);
	put_le32(p + 84, 128);
	put_le32(p + 88, crc32_slow(d->entries, ENTRIES * 128));
	seal_header(p);
}

static void seal(struct disk *d)
{
	uint64_t last = d->sectors - 1;

	put_header(d, d->head + d->sector, 1, last, 2);
	/* As Spreadtrum loaders do: 32 sectors in front, whatever the size. */
	put_header(d, d->backup, last, 1, last - 32);
}

static void disk_init(struct disk *d, uint32_t sector)
{
	memset(d, 0, sizeof(*d));
	d->sector = sector;
	d->sectors = (1u << 30) / sector;
	d->last_usable = d->sectors - 1 - 34;
	d->entries = d->head + (size_t)2 * sector;
	put_entry(d->entries, "prodnv", 64, 127);
	put_entry(d->entries + 128, "misc", 128, 129);
	/* A hole, and an order on disk that is not that of the table. */
	put_entry(d->entries + 3 * 128, "userdata", 1000, d->last_usable);
	put_entry(d->entries + 127 * 128, "boot_a", 130, 999);
	seal(d);
}

static int parse(struct disk *d, struct gpt *g, struct err *e)
{
	struct gpt_header h;
	int code = gpt_parse_primary(d->head, sizeof(d->head), &h, e);

	if (code < 0)
		return code;
	return gpt_parse_entries(&h, d->entries, ENTRIES * 128, g, e);
}

static void good_tables_are_read(void **state)
{
	static const uint32_t sectors[] = { 512, 4096 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct disk d;
		struct gpt g;
		struct err e;

		disk_init(&d, sectors[i]);
		if (parse(&d, &g, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(g.header.sector, sectors[i]);
		assert_int_equal(g.header.alternate_lba, d.sectors - 1);
		assert_int_equal(gpt_entries_bytes(&g.header), 16384);
		assert_string_equal(g.header.disk_guid,
				    "13121110-1514-1716-1819-1a1b1c1d1e1f");
		assert_int_equal(g.n, 4);
		assert_string_equal(g.v[0].name, "prodnv");
		assert_int_equal(g.v[1].number, 2);
		assert_int_equal(g.v[2].number, 4);
		assert_int_equal(g.v[2].last_lba, d.last_usable);
		assert_string_equal(g.v[3].name, "boot_a");
		assert_int_equal(g.v[3].number, 128);
		gpt_free(&g);
		assert_null(g.v);
	}
}

static void backup_is_read_at_its_place_only(void **state)
{
	struct gpt_header h;
	struct disk d;
	struct err e;

	(void)state;
	disk_init(&d, 512);
	assert_int_equal(
		gpt_parse_header(d.backup, 512, 512, d.sectors - 1, &h, &e), 0);
	assert_int_equal(h.entries_lba, d.sectors - 33);
	assert_int_equal(
		gpt_parse_header(d.backup, 512, 512, d.sectors - 2, &h, &e),
		-ERR_FORMAT);
	assert_non_null(strstr(e.text, "was read from"));
	assert_true(gpt_parse_header(d.backup, 511, 512, d.sectors - 1, &h,
				     &e) < 0);
	assert_int_equal(gpt_parse_header(d.backup, 4096, 1024, 1, &h, &e),
			 -ERR_BUG);
	/* Some builds end the usable range 4097 sectors in front of it. */
	d.last_usable = d.sectors - 1 - 4097;
	seal(&d);
	assert_int_equal(
		gpt_parse_header(d.backup, 512, 512, d.sectors - 1, &h, &e), 0);
}

struct field {
	size_t at;
	unsigned width;
	uint64_t value;
	const char *expect;
};

static void put(uint8_t *p, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void each_number_of_the_header_is_checked(void **state)
{
	static const struct field cases[] = {
		{ 8, 4, 0x20000, "unknown revision 0x20000" },
		{ 12, 4, 91, "a length of 91" },
		{ 12, 4, 0, "a length of 0" },
		{ 12, 4, 513, "a length of 513" },
		{ 12, 4, 0xFFFFFFFF, "a length of" },
		{ 24, 8, 2, "it says LBA 2" },
		{ 32, 8, 1, "other header at LBA 1" },
		{ 32, 8, 0, "other header at LBA 0" },
		{ 32, 8, 1000, "other header at LBA 1000" },
		{ 32, 8, UINT64_MAX, "lies beyond" },
		{ 40, 8, UINT64_MAX, "is backwards" },
		{ 40, 8, 33, "overlap the header or the usable range" },
		{ 48, 8, 33, "is backwards" },
		{ 48, 8, UINT64_MAX, "lies beyond" },
		{ 72, 8, 0, "overlap the header" },
		{ 72, 8, 1, "overlap the header" },
		{ 72, 8, 3, "overlap the header or the usable range" },
		{ 72, 8, UINT64_MAX, "lies beyond" },
		{ 72, 8, (uint64_t)INT64_MAX, "lies beyond" },
		{ 80, 4, 0, "0 entries" },
		{ 80, 4, 1025, "1025 entries" },
		{ 80, 4, 0xFFFFFFFF, "4294967295 entries" },
		{ 84, 4, 0, "entries of 0 bytes" },
		{ 84, 4, 64, "entries of 64 bytes" },
		{ 84, 4, 192, "entries of 192 bytes" },
		{ 84, 4, 8192, "entries of 8192 bytes" },
		{ 84, 4, 256, "overlap the header or the usable range" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct field *c = &cases[i];
		struct gpt_header h;
		struct disk d;
		struct err e = { .code = ERR_NONE };
		uint8_t *p;

		disk_init(&d, 512);
		p = d.head + 512;
		put(p + c->at, c->width, c->value);
		seal_header(p);
		assert_int_equal(
			gpt_parse_primary(d.head, sizeof(d.head), &h, &e),
			-ERR_FORMAT);
		if (!strstr(e.text, c->expect))
			fail_msg("case %zu: '%s' has no '%s'", i, e.text,
				 c->expect);
		/* The hint for the backup is there all the same. */
		assert_int_equal(h.sector, 512);
		assert_int_equal(h.alternate_lba, get_le64(p + 32));
	}
}

static void backup_numbers_are_checked(void **state)
{
	static const struct field cases[] = {
		{ 72, 8, 2, "overlap the header or the usable range" },
		{ 72, 8, 2097151 - 31, "overlap the header" },
		{ 48, 8, 2097151, "overlap the header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct field *c = &cases[i];
		struct gpt_header h;
		struct disk d;
		struct err e;

		disk_init(&d, 512);
		put(d.backup + c->at, c->width, c->value);
		seal_header(d.backup);
		assert_int_equal(gpt_parse_header(d.backup, 512, 512,
						  d.sectors - 1, &h, &e),
				 -ERR_FORMAT);
		if (!strstr(e.text, c->expect))
			fail_msg("case %zu: %s", i, e.text);
	}
}

static void each_bit_of_the_header_counts(void **state)
{
	struct disk d;
	struct err e;

	(void)state;
	disk_init(&d, 512);
	for (size_t i = 0; i < 8 * 92; i++) {
		struct gpt_header h;

		d.head[512 + i / 8] ^= (uint8_t)(1 << i % 8);
		assert_true(gpt_parse_primary(d.head, sizeof(d.head), &h, &e) <
			    0);
		d.head[512 + i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void no_signature_gives_no_hint(void **state)
{
	static const uint8_t zero[GPT_HEAD_BYTES];
	struct gpt_header h;
	struct err e;

	(void)state;
	memset(&h, 0xFF, sizeof(h));
	assert_int_equal(gpt_parse_primary(zero, sizeof(zero), &h, &e),
			 -ERR_FORMAT);
	assert_int_equal(h.sector, 0);
	assert_int_equal(h.alternate_lba, 0);
	assert_true(gpt_parse_primary(zero, 0, &h, &e) < 0);
}

/* A leftover of 512-byte sectors on a storage of 4096-byte sectors. */
static void a_stale_header_does_not_hide_a_good_one(void **state)
{
	struct gpt_header h;
	struct disk d;
	struct err e;

	(void)state;
	disk_init(&d, 4096);
	memcpy(d.head + 512, "EFI PART", 8);
	assert_int_equal(gpt_parse_primary(d.head, sizeof(d.head), &h, &e), 0);
	assert_int_equal(h.sector, 4096);
}

static void short_input_is_refused_without_overrun(void **state)
{
	static const size_t lengths[] = { 1, 511, 512, 1023, 1024, 4096, 8191 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct gpt_header h;
		struct disk d;
		struct err e;
		uint8_t *p = malloc(lengths[i]);

		assert_non_null(p);
		disk_init(&d, lengths[i] > 1024 ? 4096 : 512);
		memcpy(p, d.head, lengths[i]);
		assert_int_equal(gpt_parse_primary(p, lengths[i], &h, &e) == 0,
				 lengths[i] == 1024);
		free(p);
	}
}

static void each_entry_is_checked(void **state)
{
	static const struct {
		const char *name;
		uint64_t first, last;
		const char *expect;
	} cases[] = {
		{ "x", 63, 63, NULL },
		{ "x", 34, 63, NULL },
		{ "x", 33, 63, "GPT entry 3 'x' (LBA 33 to 63): outside" },
		{ "x", 0, 0, "outside" },
		{ "x", 40, 39, "it ends before it begins" },
		{ "x", 40, 2097117 + 1, "outside" },
		{ "x", 40, UINT64_MAX, "outside" },
		{ "x", UINT64_MAX, UINT64_MAX, "outside" },
		{ "x", 40, 64, "it overlaps an entry before it" },
		{ "x", 127, 127, "it overlaps an entry before it" },
		{ "x", 70, 80, "it overlaps an entry before it" },
		{ "x", 34, 200, "it overlaps an entry before it" },
		{ "misc", 40, 41, "'misc' (LBA 40 to 41): an entry before" },
		{ "", 40, 41, "the name is no file name" },
		{ "a/b", 40, 41, "'a/b' (LBA 40 to 41): the name is no" },
		{ "a\\b", 40, 41, "the name is no file name" },
		{ "..", 40, 41, "the name is no file name" },
		{ ".x", 40, 41, "the name is no file name" },
		{ "a b", 40, 41, "the name is no file name" },
		{ "a\x1b[2J", 40, 41, "'a?[2J' (LBA 40 to 41)" },
		{ "\xE4", 40, 41, "the name is no file name" },
		{ "012345678901234567890123456789012345", 40, 41, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct disk d;
		struct gpt g;
		struct err e = { .code = ERR_NONE };
		int code;

		disk_init(&d, 512);
		put_entry(d.entries + 256, cases[i].name, cases[i].first,
			  cases[i].last);
		seal(&d);
		code = parse(&d, &g, &e);
		if (!cases[i].expect) {
			if (code < 0)
				fail_msg("case %zu: %s", i, e.text);
			assert_string_equal(g.v[2].name, cases[i].name);
			gpt_free(&g);
			continue;
		}
		assert_int_equal(code, -ERR_FORMAT);
		if (!strstr(e.text, cases[i].expect))
			fail_msg("case %zu: '%s' has no '%s'", i, e.text,
				 cases[i].expect);
	}
}

static void names_beyond_ascii_are_refused(void **state)
{
	struct disk d;
	struct gpt g;
	struct err e;

	(void)state;
	disk_init(&d, 512);
	d.entries[128 + 57] = 1; /* U+016D for the m of "misc" */
	seal(&d);
	assert_int_equal(parse(&d, &g, &e), -ERR_FORMAT);
	assert_non_null(strstr(e.text, "GPT entry 2 '?isc'"));
	disk_init(&d, 512);
	d.entries[128 + 56 + 2 * 6] = 'x'; /* behind the end of the name */
	seal(&d);
	assert_int_equal(parse(&d, &g, &e), -ERR_FORMAT);
}

static void entries_are_checked_as_a_whole(void **state)
{
	struct gpt_header h;
	struct disk d;
	struct gpt g;
	struct err e;

	(void)state;
	disk_init(&d, 512);
	assert_int_equal(gpt_parse_primary(d.head, sizeof(d.head), &h, &e), 0);
	assert_true(gpt_parse_entries(&h, d.entries, 128 * 128 - 1, &g, &e) <
		    0);
	assert_string_equal(e.text, "GPT entries: only 16383 of 16384 bytes");
	d.entries[5000] ^= 1;
	assert_true(gpt_parse_entries(&h, d.entries, 128 * 128, &g, &e) < 0);
	assert_non_null(strstr(e.text, "GPT entries: CRC"));

	/* A header that did not come from us is checked again. */
	h.entries = 0xFFFFFFFF;
	h.entry_size = 4096;
	assert_true(gpt_parse_entries(&h, d.entries, 128 * 128, &g, &e) < 0);

	disk_init(&d, 512);
	memset(d.entries, 0, 128 * 128);
	seal(&d);
	assert_true(parse(&d, &g, &e) < 0);
	assert_string_equal(e.text, "GPT: no partition in it");
}

static void differences_are_named(void **state)
{
	struct disk da, db;
	struct gpt a, b;
	struct err e;

	(void)state;
	disk_init(&da, 512);
	disk_init(&db, 512);
	assert_int_equal(parse(&da, &a, &e), 0);
	assert_int_equal(parse(&db, &b, &e), 0);
	assert_null(gpt_differ(&a, &b));
	b.v[0].last_lba--;
	assert_string_equal(gpt_differ(&a, &b), "borders of partitions differ");
	b.v[0].name[0] = 'P';
	assert_string_equal(gpt_differ(&a, &b), "names of partitions differ");
	b.n--;
	assert_non_null(strstr(gpt_differ(&a, &b), "numbers"));
	b.header.disk_guid[0] = 'f';
	assert_non_null(strstr(gpt_differ(&a, &b), "GUIDs"));
	b.header.sector = 4096;
	assert_non_null(strstr(gpt_differ(&a, &b), "sector"));
	gpt_free(&a);
	gpt_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tables_are_read),
		cmocka_unit_test(backup_is_read_at_its_place_only),
		cmocka_unit_test(each_number_of_the_header_is_checked),
		cmocka_unit_test(backup_numbers_are_checked),
		cmocka_unit_test(each_bit_of_the_header_counts),
		cmocka_unit_test(no_signature_gives_no_hint),
		cmocka_unit_test(a_stale_header_does_not_hide_a_good_one),
		cmocka_unit_test(short_input_is_refused_without_overrun),
		cmocka_unit_test(each_entry_is_checked),
		cmocka_unit_test(names_beyond_ascii_are_refused),
		cmocka_unit_test(entries_are_checked_as_a_whole),
		cmocka_unit_test(differences_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
