/* SPDX-License-Identifier: BSD-3-Clause */
/* test_pac.c - firmware packages of both formats, and what is none. */
#include "lib/pacmaker.h"
#include "lib/unit.h"

#include "base/bytes.h"
#include "base/crc16.h"
#include "pac/pac.h"

/* Offsets of fields in the header and in an entry. */
enum {
	SIZE_HIGH = 44,
	SIZE_LOW = 48,
	COUNT = 1076,
	DIRECTORY = 1080,
	MAGIC = 2116,
	ID = 4,
	NAME = 516,
	E_SIZE_HIGH = 1532,
	E_OFFSET_HIGH = 1536,
	E_SIZE_LOW = 1540,
	E_OFFSET_LOW = 1552,
	E_ADDRESSES = 1560,
};

static const struct pacmaker_file three[] = {
	{ "FDL", "fdl1.bin", "first", 5, 0x101, 0x5500, false },
	{ "BOOT", "boot.img", "an image", 8, 1, 0, true },
	{ "", "scheme.xml", "<BMAConfig/>", 12, 2, 0, false },
	{ "ERASE", "", NULL, 0, 0, 0, false },
};

static struct err e;
static uint8_t *bytes;
static size_t len;
static struct pac *pac;
static const struct pac_info *info;

static void build(const struct pacmaker_file *files, size_t n, bool old)
{
	const struct pacmaker m = { old, "a product", "version 1", files, n };

	bytes = pacmaker_make(&m, &len);
}

static void read_it(void)
{
	assert_ok(pac_open_memory(bytes, len, &pac, &e), &e);
	info = pac_info(pac);
}

static void open_built(const struct pacmaker_file *files, size_t n, bool old)
{
	build(files, n, old);
	read_it();
}

static int drop(void **state)
{
	(void)state;
	pac_close(pac);
	pac = NULL;
	free(bytes);
	bytes = NULL;
	return 0;
}

static void done(void)
{
	drop(NULL);
}

/* The bytes as they are now are refused for this reason. */
static void assert_refused(const char *why)
{
	memset(&e, 0, sizeof(e));
	assert_int_equal(pac_open_memory(bytes, len, &pac, &e), -ERR_FORMAT);
	if (!strstr(e.text, why))
		fail_msg("'%s' has no '%s'", e.text, why);
	assert_true(*e.hint);
	pac = NULL;
	done();
}

static bool is_told(const char *piece)
{
	for (size_t i = 0; i < info->nproblems; i++)
		if (strstr(info->problems[i], piece))
			return true;
	return false;
}

static void both_formats_are_read(void **state)
{
	(void)state;
	for (int old = 0; old < 2; old++) {
		const struct pac_file *f;
		uint8_t *content;

		open_built(three, 4, old);
		f = info->files;
		assert_string_equal(info->format,
				    old ? "BP_R1.0.0" : "BP_R2.0.1");
		assert_string_equal(info->product, "a product");
		assert_string_equal(info->version, "version 1");
		assert_int_equal(info->said_size, len);
		assert_int_equal(info->size, len);
		assert_true(info->size_known);
		assert_int_equal(info->nfiles, 4);
		assert_int_equal(info->nproblems, 0);
		assert_string_equal(f[0].id, "FDL");
		assert_string_equal(f[0].name, "fdl1.bin");
		assert_string_equal(f[0].safe, "fdl1.bin");
		assert_int_equal(f[0].size, 5);
		assert_int_equal(f[0].kind, PAC_FDL);
		assert_int_equal(f[0].naddresses, 1);
		assert_int_equal(f[0].address[0], 0x5500);
		assert_true(f[0].must_flash && !f[0].may_omit);
		assert_true(f[1].may_omit);
		assert_int_equal(f[2].kind, PAC_XML);
		assert_string_equal(f[3].safe, "");
		assert_ok(pac_load(pac, &f[1], 8, &content, &e), &e);
		assert_string_equal((char *)content, "an image");
		free(content);
		assert_int_equal(pac_load(pac, &f[1], 7, &content, &e),
				 -ERR_FORMAT);
		done();
	}
}

/* "123456789" is the usual check of a CRC. */
static void the_checksum_is_crc16_arc(void **state)
{
	(void)state;
	assert_int_equal(crc16_arc(0, "123456789", 9), 0xBB3D);
	assert_int_equal(crc16_arc(crc16_arc(0, "1234", 4), "56789", 5),
			 0xBB3D);
	build(three, 4, false);
	assert_int_equal(get_le16(bytes + 2122),
			 crc16_arc(0, bytes + 2124, len - 2124));
}

static void high_words_count_in_the_newer_format_only(void **state)
{
	(void)state;
	for (int old = 0; old < 2; old++) {
		build(three, 4, old);
		put_le32(bytes + SIZE_HIGH, 2);
		put_le32(bytes + pacmaker_field(1, E_SIZE_HIGH), 1);
		put_le32(bytes + pacmaker_field(1, E_OFFSET_HIGH), 3);
		pacmaker_seal(bytes, len);
		read_it();
		assert_int_equal(info->files[1].size,
				 old ? 8 : ((uint64_t)1 << 32) + 8);
		assert_int_equal(info->files[1].offset >> 32, old ? 0 : 3);
		assert_int_equal(info->said_size >> 32, old ? 0 : 2);
		assert_int_equal(info->files[1].beyond, !old);
		assert_int_equal(is_told("it was cut"), !old);
		assert_int_equal(is_told("reaches behind the end"), !old);
		done();
	}
}

static void a_package_may_end_anywhere(void **state)
{
	size_t whole;

	(void)state;
	build(three, 4, false);
	whole = len;
	for (len = 0; len < whole; len += len < 3000 ? 61 : 1) {
		/* On the heap and exact, so that a sanitizer sees more. */
		uint8_t *cut = malloc(len + 1);

		memcpy(cut, bytes, len);
		if (pac_open_memory(cut, len, &pac, &e) == 0) {
			info = pac_info(pac);
			assert_true(is_told("it was cut"));
			assert_true(len >= 2124 + 4 * 2580);
			pac_close(pac);
		} else {
			assert_int_equal(e.code, ERR_FORMAT);
			assert_true(*e.hint);
		}
		free(cut);
	}
	pac = NULL;
}

static void lies_of_the_header_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *why;
	} cases[] = {
		{ COUNT, 0, "holds no files" },
		{ COUNT, 1025, "1024 is the limit" },
		{ COUNT, 10000, "1024 is the limit" },
		{ COUNT, 0xFFFFFFFF, "1024 is the limit" },
		{ COUNT, 5, "does not fit" },
		{ DIRECTORY, 0, "does not fit" },
		{ DIRECTORY, 2123, "does not fit" },
		{ DIRECTORY, 0xFFFFFFFF, "does not fit" },
		{ DIRECTORY, 2125, "where 2580 are due" },
		{ 2124, 2581, "entry 1 of the directory" },
		{ 2124 + 2580, 0, "entry 2 of the directory" },
		{ 2124 + E_SIZE_HIGH, 64, "256 GiB" },
		{ 2124 + E_OFFSET_HIGH, 0xFFFFFFFF, "256 GiB" },
		{ 12, '2' | '.' << 16, "has the format" },
		{ 0, 'X', "does not begin as a PAC" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		build(three, 4, false);
		put_le32(bytes + cases[i].at, cases[i].value);
		pacmaker_seal(bytes, len);
		assert_refused(cases[i].why);
	}
}

static void what_is_odd_is_told(void **state)
{
	(void)state;
	build(three, 4, false);
	put_le32(bytes + MAGIC, 0);
	read_it();
	assert_true(is_told("mark at the end of the header"));
	assert_true(is_told("checksum of the header"));
	done();
	build(three, 4, false);
	put_le32(bytes + SIZE_LOW, (uint32_t)len - 1);
	pacmaker_seal(bytes, len);
	read_it();
	assert_int_equal(info->nproblems, 1);
	assert_true(is_told("and should have"));
	done();
	build(three, 4, false);
	put_le32(bytes + pacmaker_field(0, E_ADDRESSES), 6);
	read_it();
	assert_true(is_told("holds what is no text"));
	assert_int_equal(info->files[0].naddresses, 5);
}

static void overlaps_are_told_and_shared_bytes_are_not(void **state)
{
	uint32_t first;

	(void)state;
	build(three, 4, false);
	first = get_le32(bytes + pacmaker_field(0, E_OFFSET_LOW));
	put_le32(bytes + pacmaker_field(1, E_OFFSET_LOW), first + 4);
	read_it();
	assert_true(is_told("'fdl1.bin' and 'boot.img' overlap"));
	done();
	build(three, 4, false);
	put_le32(bytes + pacmaker_field(1, E_OFFSET_LOW), first);
	put_le32(bytes + pacmaker_field(1, E_SIZE_LOW), 5);
	read_it();
	assert_false(is_told("overlap"));
	done();
	build(three, 4, false);
	put_le32(bytes + pacmaker_field(1, E_OFFSET_LOW), 100);
	read_it();
	assert_true(is_told("'boot.img' lies in the directory"));
	done();
	/* One that spans all others, and one behind it that does not. */
	build(three, 4, false);
	put_le32(bytes + pacmaker_field(0, E_SIZE_LOW), 25);
	read_it();
	assert_true(is_told("'fdl1.bin' and 'boot.img' overlap"));
	assert_true(is_told("'fdl1.bin' and 'scheme.xml' overlap"));
}

static void names_become_names_of_files(void **state)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "boot.img", "boot.img" },
		{ "fdl1-sign.bin", "fdl1-sign.bin" },
		{ "два слова.bin", "два слова.bin" },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ "/etc/passwd", "_etc_passwd" },
		{ "..", "_" },
		{ ".", "_" },
		{ "...", "_" },
		{ "C:\\x.bin", "C__x.bin" },
		{ "\\\\host\\share", "__host_share" },
		{ ".bashrc", "_bashrc" },
		{ "-rf", "_rf" },
		{ "a\x1b[2Jb", "a_[2Jb" },
		{ "a\tb\nc", "a_b_c" },
		{ "bidi\xE2\x80\xAEgmi.bin", "bidi_gmi.bin" },
		{ "x.img.partial", "x.img_partial" },
		{ "x.", "x" },
		{ "x ", "x" },
		{ "", "unnamed" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pacmaker_file f = {
			"X", cases[i].name, "b", 1, 1, 0, 0
		};
		bool same = strcmp(cases[i].name, cases[i].safe) == 0;

		open_built(&f, 1, i % 2);
		assert_string_equal(info->files[0].safe, cases[i].safe);
		assert_int_equal(is_told("is no name for a file"), !same);
		done();
	}
}

/* 256 characters leave no room for an end. */
static void long_names_are_cut_between_characters(void **state)
{
	(void)state;
	for (unsigned units = 190; units <= 256; units++) {
		struct pacmaker_file f = { "X", "x", "b", 1, 1, 0, 0 };
		const char *s;

		build(&f, 1, false);
		for (unsigned i = 0; i < units; i++)
			put_le16(bytes + pacmaker_field(0, NAME) + 2 * i,
				 i + 4 == units	 ? '.'
				 : i + 4 > units ? 'i'
						 : 0x6F22);
		read_it();
		s = info->files[0].safe;
		assert_in_range(strlen(s), 190, PAC_FILE_NAME_MAX - 1);
		assert_string_equal(s + strlen(s) - 4, ".iii");
		assert_int_equal((strlen(s) - 4) % 3, 0);
		assert_int_equal(is_told("no text"), units == 256);
		done();
	}
}

/* Bytes behind the end of a text are nobody's. */
static void a_text_ends_at_its_zero(void **state)
{
	(void)state;
	build(three, 4, false);
	put_le16(bytes + pacmaker_field(1, NAME) + 2 * 4, 0);
	read_it();
	assert_string_equal(info->files[1].name, "boot");
	assert_string_equal(info->files[1].safe, "boot");
}

static void surrogates_are_paired_or_replaced(void **state)
{
	struct pacmaker_file f = {
		"X", "\xF0\x9F\x93\xB1.img", "b", 1, 1, 0, 0
	};

	(void)state;
	open_built(&f, 1, false);
	assert_string_equal(info->files[0].name, f.name);
	assert_int_equal(info->nproblems, 0);
	done();
	build(&f, 1, false);
	put_le16(bytes + pacmaker_field(0, NAME), 'a');
	read_it();
	assert_string_equal(info->files[0].name, "a?.img");
	assert_string_equal(info->files[0].safe, "a_.img");
	assert_true(is_told("no text"));
}

static void equal_names_are_made_unique(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "A", "u-boot.bin", "1", 1, 1, 0, false },
		{ "B", "u-boot.bin", "2", 1, 1, 0, false },
		{ "C", "u-boot-2.bin", "3", 1, 1, 0, false },
		{ "D", "U-BOOT.bin", "4", 1, 1, 0, false },
		{ "E", "a/b", "5", 1, 1, 0, false },
		{ "F", "a:b", "6", 1, 1, 0, false },
	};
	static const char *const names[] = {
		"u-boot.bin",	"u-boot-2.bin", "u-boot-2-2.bin",
		"U-BOOT-3.bin", "a_b",		"a_b-2"
	};

	(void)state;
	open_built(files, 6, false);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(info->files[i].safe, names[i]);
}

static void the_most_files_are_read(void **state)
{
	struct pacmaker_file *files = calloc(1024, sizeof(*files));

	(void)state;
	for (size_t i = 0; i < 1024; i++)
		files[i] = (struct pacmaker_file) { "X", "x.bin", "b", 1,
						    1,	 0,	  0 };
	open_built(files, 1024, false);
	free(files);
	assert_int_equal(info->nfiles, 1024);
	assert_string_equal(info->files[1023].safe, "x-1024.bin");
	assert_int_equal(info->nproblems, 0);
}

/* Every entry is wrong in several ways: the list of that has an end. */
static void the_list_of_problems_is_limited(void **state)
{
	struct pacmaker_file files[100];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		files[i] =
			(struct pacmaker_file) { "X", "../x", "b", 1, 1, 0, 0 };
	open_built(files, 100, false);
	assert_int_equal(info->nproblems, PAC_PROBLEMS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(both_formats_are_read, drop),
		cmocka_unit_test_teardown(the_checksum_is_crc16_arc, drop),
		cmocka_unit_test_teardown(
			high_words_count_in_the_newer_format_only, drop),
		cmocka_unit_test_teardown(a_package_may_end_anywhere, drop),
		cmocka_unit_test_teardown(lies_of_the_header_are_refused, drop),
		cmocka_unit_test_teardown(what_is_odd_is_told, drop),
		cmocka_unit_test_teardown(
			overlaps_are_told_and_shared_bytes_are_not, drop),
		cmocka_unit_test_teardown(names_become_names_of_files, drop),
		cmocka_unit_test_teardown(long_names_are_cut_between_characters,
					  drop),
		cmocka_unit_test_teardown(a_text_ends_at_its_zero, drop),
		cmocka_unit_test_teardown(surrogates_are_paired_or_replaced,
					  drop),
		cmocka_unit_test_teardown(equal_names_are_made_unique, drop),
		cmocka_unit_test_teardown(the_most_files_are_read, drop),
		cmocka_unit_test_teardown(the_list_of_problems_is_limited,
					  drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
