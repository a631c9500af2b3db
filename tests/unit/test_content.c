/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/unit.h"

#include "job/content.h"

#define SIZE ((uint64_t)8 << 20)

static uint8_t page[8192];

static void clear(void)
{
	memset(page, 0, sizeof(page));
}

static void put32(size_t at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		page[at + i] = (uint8_t)(v >> 8 * i);
}

static void put64be(size_t at, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		page[at + i] = (uint8_t)(v >> 8 * (7 - i));
}

static void expect(const char *kind, uint64_t payload)
{
	struct content c;

	content_sniff(page, 4096, SIZE, &c);
	assert_string_equal(c.kind, kind);
	if (c.payload != payload)
		fail_msg("%s: %llu, not %llu", kind,
			 (unsigned long long)c.payload,
			 (unsigned long long)payload);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	clear();
	expect("", 0);
	memset(page, 0xFF, sizeof(page));
	expect("", 0);
}

static void magic_numbers(void **state)
{
	static const struct {
		const char *kind;
		size_t at;
		const char *magic;
		size_t n;
	} cases[] = {
		{ "vendor-boot", 0, "VNDRBOOT", 8 },
		{ "android-sparse", 0, "\x3a\xff\x26\xed", 4 },
		{ "dtbo", 0, "\xd7\xb7\xab\x1e", 4 },
		{ "dtb", 0, "\xd0\x0d\xfe\xed", 4 },
		{ "elf", 0, "\177ELF", 4 },
		{ "gzip", 0, "\x1f\x8b\x08", 3 },
		{ "f2fs", 1024, "\x10\x20\xf5\xf2", 4 },
		{ "erofs", 1024, "\xe2\xe1\xf5\xe0", 4 },
		{ "gpt", 512, "EFI PART", 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		clear();
		memcpy(page + cases[i].at, cases[i].magic, cases[i].n);
		expect(cases[i].kind, 0);
		/* One bit off is something else. */
		page[cases[i].at + cases[i].n - 1] ^= 1;
		expect("", 0);
	}
}

static void dhtb(void **state)
{
	(void)state;
	clear();
	memcpy(page, "DHTB", 4);
	expect("dhtb", 0);
	put32(0x30, 100000);
	expect("dhtb", 512 + 100352);
	put32(0x30, 99840);
	expect("dhtb", 512 + 99840);
	/* More than the partition holds is no size. */
	put32(0x30, (uint32_t)SIZE);
	expect("dhtb", 0);
	put32(0x30, 0xFFFFFFFF);
	expect("dhtb", 0);
}

static void android_boot(void **state)
{
	(void)state;
	clear();
	memcpy(page, "ANDROID!", 8);
	expect("android-boot", 0); /* a page size of 0 is none */
	put32(36, 2048);
	put32(8, 5000);	 /* kernel: 3 pages */
	put32(16, 2048); /* ramdisk: 1 */
	put32(24, 1);	 /* second: 1 */
	expect("android-boot", (1 + 3 + 1 + 1) * 2048);
	put32(40, 1); /* version */
	put32(1632, 3);
	expect("android-boot", 7 * 2048);
	put32(40, 2);
	put32(1648, 2049);
	expect("android-boot", 9 * 2048);
	put32(36, 3000);
	expect("android-boot", 0);
	put32(36, 0x80000000);
	expect("android-boot", 0);

	clear();
	memcpy(page, "ANDROID!", 8);
	put32(40, 4);
	put32(8, 4097);	 /* kernel */
	put32(12, 4096); /* ramdisk */
	expect("android-boot", 4096 + 8192 + 4096);
	put32(1580, 1); /* signature */
	expect("android-boot", 4096 + 8192 + 4096 + 4096);
	put32(8, 0xFFFFFFFF);
	put32(12, 0xFFFFFFFF);
	expect("android-boot", 0);
}

static void vbmeta(void **state)
{
	(void)state;
	clear();
	memcpy(page, "AVB0", 4);
	expect("vbmeta", 256);
	put64be(12, 576);
	put64be(20, 3456);
	expect("vbmeta", 256 + 576 + 3456);
	put64be(20, UINT64_MAX - 100);
	expect("vbmeta", 0);
}

static void ext4(void **state)
{
	(void)state;
	clear();
	page[1080] = 0x53;
	page[1081] = 0xEF;
	put32(1028, 1000);
	expect("ext4", 1000 * 1024);
	put32(1048, 2);
	expect("ext4", 1000 * 4096);
	put32(1048, 60);
	expect("ext4", 0);
	put32(1048, 6);
	put32(1028, 0xFFFFFFFF);
	expect("ext4", 0);
}

static void nv(void **state)
{
	(void)state;
	clear();
	put32(0, 0x4E56);
	put32(4, 0x80000);
	expect("nv", 512 + 0x80000);
	put32(4, 0xFFFFFFFF);
	expect("nv", 0);
}

/* Whatever stands there and however little it is: no byte behind n is used. */
static void short_and_random_input(void **state)
{
	static const char starts[][9] = { "DHTB",   "ANDROID!", "AVB0",
					  "VN\0\0", "BM",	"VNDRBOOT",
					  "\177ELF" };
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		for (size_t n = 0; n <= 2048; n++) {
			uint8_t *exact = malloc(n ? n : 1);
			struct content c;

			assert_non_null(exact);
			for (size_t k = 0; k < n; k++)
				exact[k] = (uint8_t)next_random(&seed);
			memcpy(exact, starts[i], n < 4 ? n : 4);
			content_sniff(exact, n, SIZE, &c);
			assert_non_null(c.kind);
			assert_true(c.payload <= SIZE);
			free(exact);
		}
}

static void the_look_of_all_blocks(void **state)
{
	struct content_look k = { .uniform = false };

	(void)state;
	clear();
	content_look_at(&k, page, 4096, 0, SIZE);
	content_look_at(&k, page, 4096, 4096, SIZE);
	assert_string_equal(content_look_name(&k), "zero");
	page[4095] = 1;
	content_look_at(&k, page, 4096, 8192, SIZE);
	assert_string_equal(content_look_name(&k), "");

	memset(page, 0xFF, sizeof(page));
	content_look_at(&k, page, 4096, 0, SIZE);
	assert_string_equal(content_look_name(&k), "erased");
	memset(page, 0xA5, sizeof(page));
	content_look_at(&k, page, 4096, 0, SIZE);
	assert_string_equal(content_look_name(&k), "uniform");
	/* The same within a block, another byte in the next. */
	memset(page, 0xA6, sizeof(page));
	content_look_at(&k, page, 4096, 4096, SIZE);
	assert_string_equal(content_look_name(&k), "");
	content_look_at(&k, page, 1, 0, SIZE);
	assert_string_equal(content_look_name(&k), "uniform");

	clear();
	memcpy(page, "AVB0", 4);
	content_look_at(&k, page, 4096, 0, SIZE);
	clear();
	content_look_at(&k, page, 4096, 4096, SIZE);
	assert_string_equal(content_look_name(&k), "vbmeta");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(magic_numbers),
		cmocka_unit_test(dhtb),
		cmocka_unit_test(android_boot),
		cmocka_unit_test(vbmeta),
		cmocka_unit_test(ext4),
		cmocka_unit_test(nv),
		cmocka_unit_test(short_and_random_input),
		cmocka_unit_test(the_look_of_all_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
