/* SPDX-License-Identifier: BSD-3-Clause */
/* test_nv.c - NV images: header, lists, sums, and two of them compared. */
#include "device/nv.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "base/crc16.h"

#define ROOM 0x8000u

static struct err e;
static uint8_t flash[ROOM + 512], other[ROOM + 512];

/* -- a maker of images that shares nothing with the parser --------------- */

struct maker {
	uint8_t *p; /* the image */
	size_t at;
};

static struct maker begin(uint8_t *partition)
{
	struct maker m = { partition + 512, 4 };

	memset(partition, 0, 512);
	memset(m.p, 0xFF, ROOM);
	m.p[2] = 0x34; /* time stamp */
	m.p[3] = 0x12;
	return m;
}

static void add(struct maker *m, unsigned id, const char *data, size_t n)
{
	put_le16(m->p + m->at, (uint16_t)id);
	put_le16(m->p + m->at + 2, (uint16_t)n);
	memcpy(m->p + m->at + 4, data, n);
	m->at += 4 + n;
	while (m->at % 4)
		m->p[m->at++] = 0;
}

static void mark(struct maker *m)
{
	put_le32(m->p + m->at, 0xFFFFFFFF);
	m->at += 4;
}

/* The header of an image of `len` bytes, with both of its sums. */
static void end(struct maker *m, size_t crc_len, uint32_t len)
{
	uint8_t *head = m->p - 512;
	uint32_t sum = 0;

	put_be16(m->p, crc16_arc(0, m->p + 2, crc_len - 2));
	for (uint32_t i = 0; i < len; i += 2)
		sum += get_le16(m->p + i);
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	memcpy(head, "VN\0\0", 4);
	head[0] = 0x56;
	head[1] = 0x4E;
	put_le32(head + 4, len);
	put_le32(head + 8, (uint16_t)~sum);
	put_le32(head + 12, 101);
}

/* Three items, FF behind them, as a u-boot loader leaves it. */
static size_t usual(uint8_t *partition)
{
	struct maker m = begin(partition);

	add(&m, 5, "\x0A\x00\x10\x32\x54\x76\x98\x00\x00", 9);
	add(&m, 377, "abcd", 4);
	add(&m, 9, "", 0);
	mark(&m);
	end(&m, m.at, ROOM);
	return m.at;
}

/* -- parsing ------------------------------------------------------------- */

static void an_image_is_taken_apart(void **state)
{
	size_t list = usual(flash);
	struct nv_cursor c = { 0 };
	struct nv_image im;
	struct nv_item item;

	(void)state;
	assert_int_equal(list, 4 + 16 + 8 + 4 + 4);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_ptr_equal(im.body, flash + 512);
	assert_int_equal(im.len, ROOM);
	assert_int_equal(im.list_end, list);
	assert_int_equal(im.send_len, list);
	assert_int_equal(im.items, 3);
	assert_int_equal(im.ncores, 1);
	assert_string_equal(im.cores[0].name, "");
	assert_true(im.sum_fits && im.crc_fits);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.id, 5);
	assert_int_equal(item.len, 9);
	assert_memory_equal(item.data, "\x0A\x00\x10\x32", 4);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.id, 377);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.id, 9);
	assert_int_equal(item.len, 0);
	assert_false(nv_next(&im, &c, &item));
	assert_false(nv_next(&im, &c, &item));
}

/* LK writes the real length; and a list may end with its bytes. */
static void a_list_may_end_without_a_mark(void **state)
{
	struct maker m = begin(flash);
	struct nv_image im;

	(void)state;
	add(&m, 1, "xy", 2);
	end(&m, m.at, (uint32_t)m.at);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.items, 1);
	assert_int_equal(im.list_end, m.at);
	assert_int_equal(im.send_len, m.at);
	assert_true(im.sum_fits && im.crc_fits);
	/* FFFE ends one, too. */
	put_le32(m.p + m.at, 0xFFFE);
	end(&m, m.at + 4, (uint32_t)m.at + 4);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.items, 1);
	assert_int_equal(im.list_end, m.at + 4);
	/* The mark alone, without a length, and then nothing. */
	put_le16(m.p + m.at, 0xFFFF);
	end(&m, m.at + 2, (uint32_t)m.at + 2);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.items, 1);
	assert_int_equal(im.send_len, m.at + 2);
	assert_true(im.sum_fits && im.crc_fits);
}

/* Something behind the list that is no padding belongs to it, if the CRC of
 * all says so. */
static void what_the_crc_covers_is_sent(void **state)
{
	struct maker m = begin(flash);
	struct nv_image im;

	(void)state;
	add(&m, 1, "xy", 2);
	mark(&m);
	memcpy(m.p + m.at, "more", 4);
	end(&m, m.at + 8, (uint32_t)m.at + 8);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.send_len, m.at + 8);
	m.p[m.at + 6] ^= 1;
	assert_err(nv_parse(flash, sizeof(flash), &im, &e), ERR_FORMAT,
		   "encrypts or protects", &e);
}

static void a_wrong_sum_is_told(void **state)
{
	struct nv_image im;

	(void)state;
	usual(flash);
	flash[8] ^= 1;
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_false(im.sum_fits);
	assert_true(im.crc_fits);
	usual(flash);
	flash[512] ^= 1;
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_false(im.crc_fits);
}

/* Words added in 16 bits, or in 32: the carries are lost. */
static void a_narrow_sum_fits_too(void **state)
{
	size_t n = (size_t)256 << 10; /* of FF: more than 32 bits hold */
	uint8_t *large = malloc(512 + n);
	uint32_t sum = 0;
	struct nv_image im;

	(void)state;
	usual(flash);
	for (uint32_t i = 0; i < ROOM; i += 2)
		sum += get_le16(flash + 512 + i);
	put_le32(flash + 8, (uint16_t)~sum);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_true(im.sum_fits);

	assert_non_null(large);
	usual(flash);
	memset(large, 0xFF, 512 + n);
	memcpy(large, flash, sizeof(flash));
	put_le32(large + 4, (uint32_t)n);
	sum = 0;
	for (size_t i = 0; i < n; i += 2)
		sum += get_le16(large + 512 + i);
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	put_le32(large + 8, (uint16_t)~sum);
	assert_ok(nv_parse(large, 512 + n, &im, &e), &e);
	assert_true(im.sum_fits);
	free(large);
}

static void what_has_no_header_is_refused(void **state)
{
	struct nv_image im;

	(void)state;
	usual(flash);
	assert_err(nv_parse(flash + 512, ROOM, &im, &e), ERR_FORMAT,
		   "does not begin with the header", &e);
	assert_err(nv_parse(flash, 511, &im, &e), ERR_FORMAT, "header", &e);
	assert_err(nv_parse(flash, 0, &im, &e), ERR_FORMAT, "header", &e);
	/* A length beyond what is there. */
	assert_err(nv_parse(flash, 512 + ROOM - 1, &im, &e), ERR_FORMAT,
		   "32768 bytes of NV, and there are 32767", &e);
	put_le32(flash + 4, 0xFFFFFFFF);
	assert_err(nv_parse(flash, sizeof(flash), &im, &e), ERR_FORMAT,
		   "4294967295", &e);
}

/* Ciphertext, zeros, erased flash: never taken for items. */
static void what_is_no_list_is_refused(void **state)
{
	uint32_t seed = 1;
	struct nv_image im;

	(void)state;
	usual(flash);
	for (unsigned round = 0; round < 2000; round++) {
		for (size_t i = 512; i < sizeof(flash); i++)
			flash[i] = (uint8_t)next_random(&seed);
		if (nv_parse(flash, sizeof(flash), &im, &e) == 0)
			fail_msg("round %u: %zu items", round, im.items);
		assert_non_null(strstr(e.text, "encrypts or protects"));
	}
	memset(flash + 512, 0xFF, ROOM);
	assert_err(nv_parse(flash, sizeof(flash), &im, &e), ERR_FORMAT,
		   "encrypts or protects", &e);
	for (uint32_t len = 0; len <= 4; len++) {
		put_le32(flash + 4, len);
		assert_err(nv_parse(flash, sizeof(flash), &im, &e), ERR_FORMAT,
			   "encrypts or protects", &e);
	}
}

/* -- more than one core -------------------------------------------------- */

static void row(uint8_t *p, const char *name, size_t at, size_t n)
{
	memset(p, 0, 24);
	memcpy(p, name, strlen(name));
	put_le32(p + 16, (uint32_t)at);
	put_le32(p + 20, (uint32_t)n);
}

/* Two cores, each with a list of its own behind an index. */
static size_t cores(uint8_t *partition, const char *second)
{
	struct maker m = begin(partition);
	uint8_t index[8 + 48] = "INDX\0\0\2";
	size_t one, two;

	add(&m, 0, (char *)index, sizeof(index));
	one = m.at;
	add(&m, 5, "first", 5);
	mark(&m);
	two = m.at;
	add(&m, 5, second, strlen(second));
	add(&m, 6, "", 0);
	mark(&m);
	row(m.p + 16, "CORE_A", one, two - one);
	row(m.p + 40, "CORE_B_16_LETTER", two, m.at - two);
	end(&m, m.at, ROOM);
	return m.at;
}

static void each_core_has_its_list(void **state)
{
	size_t all = cores(flash, "other");
	struct nv_cursor c = { 0 };
	struct nv_image im;
	struct nv_item item;

	(void)state;
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.ncores, 2);
	assert_string_equal(im.cores[0].name, "CORE_A");
	assert_string_equal(im.cores[1].name, "CORE_B_16_LETTER");
	assert_int_equal(im.items, 3);
	assert_int_equal(im.list_end, all);
	assert_int_equal(im.send_len, all);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.core, 0);
	assert_memory_equal(item.data, "first", 5);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.core, 1);
	assert_memory_equal(item.data, "other", 5);
	assert_true(nv_next(&im, &c, &item));
	assert_int_equal(item.id, 6);
	assert_false(nv_next(&im, &c, &item));
}

/* An index that ends the image, of an odd length: it has no padding. */
static void nothing_behind_an_image_is_looked_at(void **state)
{
	enum { LIST = 12, INDEX = 8 + 24 + LIST + 1, BODY = 4 + 4 + INDEX };
	uint8_t *p = calloc(1, NV_HEAD_SIZE + BODY), *body = p + NV_HEAD_SIZE;
	struct nv_image im;

	(void)state;
	assert_non_null(p);
	put_le32(p, 0x4E56);
	put_le32(p + 4, BODY);
	put_le16(body + 6, INDEX);
	memcpy(body + 8, "INDX\0\0\1", 8);
	row(body + 16, "ONE", 40, LIST);
	put_le16(body + 40, 5);
	put_le16(body + 42, 4);
	memset(body + 48, 0xFF, 4);
	put_be16(body, crc16_arc(0, body + 2, BODY - 2));
	assert_ok(nv_parse(p, NV_HEAD_SIZE + BODY, &im, &e), &e);
	assert_int_equal(im.items, 1);
	assert_int_equal(im.list_end, BODY);
	assert_int_equal(im.send_len, BODY);
	assert_true(im.crc_fits);
	free(p);
}

static void an_index_that_leads_astray_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} wrong[] = {
		{ 512 + 12, 0x00020001 }, /* version 1 */
		{ 512 + 12, 0x00000000 }, /* no core */
		{ 512 + 12, 0x00030000 }, /* more than rows */
		{ 512 + 12, 0xFFFF0000 },
		{ 512 + 32, 0xFFFFFFFF }, /* offset, size of the first */
		{ 512 + 32, ROOM + 1 },
		{ 512 + 36, 0xFFFFFFFF },
		{ 512 + 36, ROOM },
		{ 512 + 36, 7 },	 /* in the middle of an item */
		{ 512 + 4, 0xFFF00000 }, /* an index longer than the image */
	};
	struct nv_image im;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cores(flash, "other");
		put_le32(flash + wrong[i].at, wrong[i].value);
		if (nv_parse(flash, sizeof(flash), &im, &e) != -(int)ERR_FORMAT)
			fail_msg("case %zu: %zu items", i, im.items);
	}
}

/* -- what goes to the loader --------------------------------------------- */

static void a_packed_image_has_both_sums(void **state)
{
	size_t list = usual(flash);
	struct nv_image im;
	uint32_t sum, want = 0;
	uint8_t *p;
	size_t n;

	(void)state;
	flash[512] ^= 0x55; /* whatever stood there */
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_ok(nv_pack(&im, &p, &n, &sum, &e), &e);
	assert_int_equal(n, list);
	assert_int_equal(get_be16(p), crc16_arc(0, flash + 514, list - 2));
	assert_memory_equal(p + 2, flash + 514, list - 2);
	for (size_t i = 0; i < list; i++)
		want += p[i];
	assert_int_equal(sum, want);
	free(p);
}

/* Its list ends without a mark, in the middle of a word. */
static void an_odd_image_is_packed_as_an_even_one(void **state)
{
	struct maker m = begin(flash);
	struct nv_image im;
	uint32_t sum, want = 0;
	uint8_t *p;
	size_t n;

	(void)state;
	add(&m, 5, "odd", 3);
	end(&m, m.at - 1, (uint32_t)m.at - 1);
	assert_ok(nv_parse(flash, sizeof(flash), &im, &e), &e);
	assert_int_equal(im.send_len % 2, 1);
	assert_ok(nv_pack(&im, &p, &n, &sum, &e), &e);
	assert_int_equal(n, im.send_len + 1);
	assert_int_equal(p[n - 1], 0);
	assert_int_equal(get_be16(p), crc16_arc(0, p + 2, n - 2));
	for (size_t i = 0; i < n; i++)
		want += p[i];
	assert_int_equal(sum, want);
	free(p);
}

/* -- two images ---------------------------------------------------------- */

static int compare(struct nv_difference *d)
{
	struct nv_image a, b;

	assert_ok(nv_parse(flash, sizeof(flash), &a, &e), &e);
	assert_ok(nv_parse(other, sizeof(other), &b, &e), &e);
	return nv_compare(&a, &b, d, &e);
}

static void items_count_and_nothing_else(void **state)
{
	struct maker m = begin(other);
	struct nv_difference d;

	(void)state;
	usual(flash);
	/* Another order, another stamp, other padding, other length. */
	add(&m, 9, "", 0);
	add(&m, 377, "abcd", 4);
	add(&m, 5, "\x0A\x00\x10\x32\x54\x76\x98\x00\x00", 9);
	m.p[m.at - 1] = 0x77;
	mark(&m);
	m.p[2] ^= 0xFF;
	end(&m, m.at, (uint32_t)m.at);
	assert_int_equal(compare(&d), 1);
	assert_int_equal(d.equal, 3);
	assert_false(d.cores);
}

static void each_difference_is_counted(void **state)
{
	struct maker m = begin(other);
	struct nv_difference d;

	(void)state;
	usual(flash);
	add(&m, 377, "abcd", 4);
	add(&m, 5, "\x0A\x00\x10\x32\x54\x76\x99\x00\x00", 9);
	add(&m, 10, "", 0);
	mark(&m);
	end(&m, m.at, ROOM);
	assert_int_equal(compare(&d), 0);
	assert_int_equal(d.equal, 1);
	assert_int_equal(d.differ, 1);
	assert_int_equal(d.only_a, 1);
	assert_int_equal(d.only_b, 1);
	assert_int_equal(d.id, 5);
	/* A shorter one is another one. */
	m = begin(other);
	add(&m, 5, "\x0A\x00\x10\x32\x54\x76\x98\x00", 8);
	add(&m, 377, "abcd", 4);
	add(&m, 9, "", 0);
	mark(&m);
	end(&m, m.at, ROOM);
	assert_int_equal(compare(&d), 0);
	assert_int_equal(d.differ, 1);
}

/* The same number twice: the first with the first, the second with the second.
 */
static void a_number_may_come_twice(void **state)
{
	struct nv_difference d;
	struct maker m;

	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		m = begin(swap ? other : flash);
		add(&m, 7, "one", 3);
		add(&m, 8, "", 0);
		add(&m, 7, "two", 3);
		mark(&m);
		end(&m, m.at, ROOM);
	}
	assert_int_equal(compare(&d), 1);
	memcpy(m.p + 8, "two", 3);
	assert_int_equal(compare(&d), 0);
	assert_int_equal(d.differ, 1);
}

static void cores_are_compared_by_name(void **state)
{
	struct nv_difference d;

	(void)state;
	cores(flash, "other");
	cores(other, "other");
	assert_int_equal(compare(&d), 1);
	assert_int_equal(d.equal, 3);
	cores(other, "othef");
	assert_int_equal(compare(&d), 0);
	assert_int_equal(d.differ, 1);
	assert_string_equal(d.core, "CORE_B_16_LETTER");
	cores(other, "other");
	other[512 + 16] = 'K';
	assert_int_equal(compare(&d), 0);
	assert_true(d.cores);
	usual(other);
	assert_int_equal(compare(&d), 0);
	assert_true(d.cores);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_is_taken_apart),
		cmocka_unit_test(a_list_may_end_without_a_mark),
		cmocka_unit_test(what_the_crc_covers_is_sent),
		cmocka_unit_test(a_wrong_sum_is_told),
		cmocka_unit_test(a_narrow_sum_fits_too),
		cmocka_unit_test(what_has_no_header_is_refused),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(each_core_has_its_list),
		cmocka_unit_test(nothing_behind_an_image_is_looked_at),
		cmocka_unit_test(an_index_that_leads_astray_is_refused),
		cmocka_unit_test(a_packed_image_has_both_sums),
		cmocka_unit_test(an_odd_image_is_packed_as_an_even_one),
		cmocka_unit_test(items_count_and_nothing_else),
		cmocka_unit_test(each_difference_is_counted),
		cmocka_unit_test(a_number_may_come_twice),
		cmocka_unit_test(cores_are_compared_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
