/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sparse.c - sparse images there and back, and damaged ones. */
#include "device/sparse.h"

#include "lib/unit.h"
#include "lib/wirerig.h"

#include "base/bytes.h"

#define MIB ((uint64_t)1 << 20)

static struct wirerig on;
static struct err e;
static uint8_t raw[9 << 20], image[10 << 20], out[9 << 20];

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

/* Bytes in memory as a source; past their end it fails. */
struct memory {
	const uint8_t *p;
	size_t n, at;
};

static int from_memory(void *user, void *buf, size_t n, struct err *pe)
{
	struct memory *m = user;

	assert_true(n > 0 && n <= WRITE_PULL_MAX);
	if (n > m->n - m->at)
		return err_set(pe, ERR_FORMAT, "the file ends");
	memcpy(buf, m->p + m->at, n);
	m->at += n;
	return 0;
}

/* All n bytes in pieces of that size. */
static int pull_all(const struct write_source *s, uint8_t *to, size_t n,
		    size_t piece)
{
	for (size_t at = 0; at < n;) {
		size_t some = n - at < piece ? n - at : piece;

		if (s->pull(s->user, to + at, some, &e) < 0)
			return -(int)e.code;
		at += some;
	}
	return 0;
}

static void fill(size_t n, uint32_t seed)
{
	assert_true(n <= sizeof(raw));
	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)next_random(&seed);
	put_le32(raw, 0xED26FF3A); /* or it would not need all this */
}

static size_t wrap(size_t n, size_t piece)
{
	struct memory m = { raw, n, 0 };
	struct write_source from = { &m, from_memory }, s;
	size_t size = (size_t)sparse_wrapped_size(n);
	struct sparse_wrap w;

	assert_true(size > n && size <= sizeof(image));
	s = sparse_wrap_begin(&w, &from, n);
	assert_ok(pull_all(&s, image, size, piece), &e);
	assert_int_equal(m.at, n);
	return size;
}

static int expand(size_t n, struct sparse_read *r, size_t piece)
{
	struct memory m = { image, n, 0 };
	struct write_source from = { &m, from_memory };
	struct write_source s = { r, sparse_read_pull };
	int rc = sparse_read_begin(r, &from, &e);

	if (rc < 0)
		return rc;
	assert_true(r->size <= sizeof(out));
	rc = pull_all(&s, out, (size_t)r->size, piece);
	return rc < 0 ? rc : sparse_read_end(r, &e);
}

/* -- wrapping ------------------------------------------------------------ */

static void a_wrapped_dump_comes_out_again(void **state)
{
	static const size_t sizes[] = { 512,	 4096,	  0x3000,
					0x3200,	 4 << 20, (4 << 20) + 512,
					8 << 20, 9 << 20 };
	static const size_t pieces[] = { 0xF000, 0x3000, 0x1000, 0x200, 2 };
	struct sparse_read r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(pieces); k++) {
			size_t n;

			if (pieces[k] == 2 && sizes[i] > 0x4000)
				continue;
			fill(sizes[i], (uint32_t)(i + 1));
			n = wrap(sizes[i], pieces[k]);
			assert_int_equal(n % 2, 0);
			memset(out, 0, sizes[i]);
			assert_ok(expand(n, &r, pieces[k]), &e);
			assert_int_equal(r.size, sizes[i]);
			assert_int_equal(r.unsaid, 0);
			assert_memory_equal(out, raw, sizes[i]);
		}
	}
}

/* The header by its published layout, not by our reader. */
static void the_header_is_as_published(void **state)
{
	static const uint8_t head[] = {
		0x3A, 0xFF, 0x26, 0xED, 1, 0, 0, 0, 28, 0, 12,	 0,
		0,    0x10, 0,	  0, /* 4096 */
		0,    5,    0,	  0, /* 1280 blocks */
		2,    0,    0,	  0, /* chunks */
		0,    0,    0,	  0, /* no sum */
		0xC1, 0xCA, 0,	  0,	0, 4, 0, 0, 12, 0, 0x40, 0,
	};

	(void)state;
	fill(5 << 20, 1);
	assert_int_equal(wrap(5 << 20, 0xF000), 28 + 2 * 12 + (5 << 20));
	assert_memory_equal(image, head, sizeof(head));
	assert_memory_equal(image + 40, raw, 4 << 20);
	assert_int_equal(get_le16(image + 40 + (4 << 20)), 0xCAC1);
	assert_int_equal(get_le32(image + 44 + (4 << 20)), 256);
	assert_int_equal(get_le32(image + 48 + (4 << 20)), 12 + (1 << 20));
}

static void only_whole_sectors_can_be_wrapped(void **state)
{
	(void)state;
	assert_int_equal(sparse_wrapped_size(0), 0);
	assert_int_equal(sparse_wrapped_size(511), 0);
	assert_int_equal(sparse_wrapped_size(4097), 0);
	assert_int_equal(sparse_wrapped_size(512), 28 + 12 + 512);
	/* More blocks than the header can count. */
	assert_int_equal(sparse_wrapped_size((uint64_t)1 << 45), 0);
	assert_int_equal(sparse_wrapped_size(((uint64_t)1 << 42) + 512), 0);
}

static void what_a_loader_expands_is_known(void **state)
{
	static uint8_t p[SPARSE_SEEN];

	(void)state;
	memset(p, 0, sizeof(p));
	assert_false(sparse_is_expanded(p, sizeof(p)));
	put_le32(p, 0xED26FF3A);
	assert_true(sparse_is_expanded(p, sizeof(p)));
	assert_true(sparse_is_expanded(p, 4));
	assert_false(sparse_is_expanded(p, 3));
	assert_true(sparse_is_image(p, sizeof(p)));
	memset(p, 0, sizeof(p));
	put_le32(p + 0x200, 0xED26FF3A);
	assert_true(sparse_is_expanded(p, sizeof(p)));
	assert_true(sparse_is_expanded(p, 0x204));
	assert_false(sparse_is_expanded(p, 0x203));
	assert_false(sparse_is_image(p, sizeof(p)));
}

/* The very thing: what would be expanded lies on the flash as it was. */
static void a_dump_that_begins_so_arrives_on_a_phone(void **state)
{
	struct write_target t = { .name = "boot_b" };
	struct memory m = { raw, MIB, 0 };
	struct write_source from = { &m, from_memory }, s;
	struct write_result result;
	struct sparse_wrap w;
	uint64_t start, size;

	(void)state;
	/* A whole sparse image of its own, which lies there as data. */
	fill(sizeof(raw), 3);
	memcpy(raw, image, wrap(0x8000, 0xF000));
	on.opt.may_write = on.may_write = true;
	wirerig_open_raised(&on, "ums512,window=1M");
	wirerig_find(&on, "boot_b", &start, &size);
	assert_in_range(size, MIB, sizeof(raw));
	m.n = (size_t)size; /* all of it, so that the image is larger */
	t.size = sparse_wrapped_size(size);
	s = sparse_wrap_begin(&w, &from, size);
	assert_ok(writer_put(on.s, &t, &s, NULL, &result, &e), &e);
	wirerig_assert_bytes(&on, "user", start, raw, (size_t)size);
	/* As it is, it would be another partition. */
	m.at = 0;
	t.size = size;
	assert_ok(writer_put(on.s, &t, &from, NULL, &result, &e), &e);
	assert_true(phone_peek(on.phone, "user", start, out, 64));
	assert_memory_not_equal(out, raw, 64);
	wirerig_close(&on);
}

/* -- reading ------------------------------------------------------------- */

struct maker {
	size_t at;
	uint32_t blocks, chunks;
};

static void chunk(struct maker *m, unsigned type, uint32_t blocks,
		  const void *body, size_t n)
{
	uint8_t *p = image + m->at;

	put_le16(p, (uint16_t)type);
	put_le16(p + 2, 0);
	put_le32(p + 4, blocks);
	put_le32(p + 8, (uint32_t)(12 + n));
	if (n)
		memcpy(p + 12, body, n);
	m->at += 12 + n;
	m->blocks += blocks;
	m->chunks++;
	put_le32(image + 16, m->blocks);
	put_le32(image + 20, m->chunks);
}

static struct maker begin(uint32_t block)
{
	memset(image, 0, 28);
	put_le32(image, 0xED26FF3A);
	put_le16(image + 4, 1);
	put_le16(image + 8, 28);
	put_le16(image + 10, 12);
	put_le32(image + 12, block);
	return (struct maker) { 28, 0, 0 };
}

static struct maker of_all_kinds(void)
{
	struct maker m = begin(512);

	chunk(&m, 0xCAC1, 2, raw, 1024);
	chunk(&m, 0xCAC2, 3, "abcd", 4);
	chunk(&m, 0xCAC4, 0, "crc!", 4);
	chunk(&m, 0xCAC3, 4, NULL, 0);
	chunk(&m, 0xCAC1, 0, NULL, 0);
	chunk(&m, 0xCAC1, 1, raw + 1024, 512);
	return m;
}

static void every_kind_of_chunk_is_read(void **state)
{
	struct sparse_read r;
	struct maker m;

	(void)state;
	fill(4096, 5);
	m = of_all_kinds();
	for (size_t piece = 1; piece < 6000; piece = piece * 3 + 1) {
		memset(out, 0xA5, 10 * 512 + 1);
		assert_ok(expand(m.at, &r, piece), &e);
		assert_int_equal(r.size, 10 * 512);
		assert_int_equal(r.unsaid, 4 * 512);
		assert_memory_equal(out, raw, 1024);
		for (size_t i = 0; i < 3 * 512; i++)
			assert_int_equal(out[1024 + i], "abcd"[i % 4]);
		for (size_t i = 5 * 512; i < 9 * 512; i++)
			assert_int_equal(out[i], 0);
		assert_memory_equal(out + 9 * 512, raw + 1024, 512);
		assert_int_equal(out[10 * 512], 0xA5);
	}
	/* No more than it has. */
	assert_err(sparse_read_pull(&r, out, 1, &e), ERR_FORMAT, "more was",
		   &e);
}

/* Heads longer than ours, as a later version may have. */
static void longer_heads_are_passed_over(void **state)
{
	struct sparse_read r;

	(void)state;
	fill(512, 6);
	begin(512);
	put_le16(image + 8, 32);
	put_le16(image + 10, 16);
	put_le32(image + 16, 1);
	put_le32(image + 20, 1);
	memset(image + 28, 0x77, 4);
	put_le16(image + 32, 0xCAC1);
	put_le16(image + 34, 0);
	put_le32(image + 36, 1);
	put_le32(image + 40, 16 + 512);
	memset(image + 44, 0x77, 4);
	memcpy(image + 48, raw, 512);
	assert_ok(expand(48 + 512, &r, 100), &e);
	assert_memory_equal(out, raw, 512);
}

static void damage_is_told(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *why;
	} cases[] = {
		{ 0, 0xED26FF3B, "no sparse image" },
		{ 4, 2, "no sparse image" },
		{ 8, 0x000C001B, "its header" },
		{ 8, 0x000B001C, "its header" },
		{ 8, 0xFFFF001C, "its header" },
		{ 12, 0, "its header" },
		{ 12, 510, "its header" },
		{ 12, 0x80000000, "its header" },
		{ 16, 9, "more blocks than" },
		{ 16, 11, "before its last block" },
		{ 20, 5, "before its last block" },
		{ 28, 0xCAC5, "unknown kind" },
		{ 28, 0, "unknown kind" },
		{ 32, 3, "a chunk's length" },
		{ 36, 12, "a chunk's length" },
	};
	struct sparse_read r;

	(void)state;
	fill(4096, 5);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct maker m = of_all_kinds();

		put_le32(image + cases[i].at, cases[i].value);
		assert_err(expand(m.at, &r, 0x1000), ERR_FORMAT, cases[i].why,
			   &e);
	}
	/* Cut off anywhere: the source says so. */
	for (size_t n = 0; n < of_all_kinds().at; n++)
		assert_err(expand(n, &r, 0x1000), ERR_FORMAT, "the file ends",
			   &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrapped_dump_comes_out_again),
		cmocka_unit_test(the_header_is_as_published),
		cmocka_unit_test(only_whole_sectors_can_be_wrapped),
		cmocka_unit_test(what_a_loader_expands_is_known),
		cmocka_unit_test_teardown(
			a_dump_that_begins_so_arrives_on_a_phone, drop),
		cmocka_unit_test(every_kind_of_chunk_is_read),
		cmocka_unit_test(longer_heads_are_passed_over),
		cmocka_unit_test(damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
