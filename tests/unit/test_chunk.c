/* SPDX-License-Identifier: BSD-3-Clause */
/* test_chunk.c - no request is longer than it may be, whatever the sizes. */
#include "device/reader.h"

#include "lib/wirerig.h"
#include "lib/unit.h"

#define MIB ((uint64_t)1 << 20)

static struct wirerig on;
static struct err e;
static uint8_t mem[MIB + 8192];

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

static struct extent extent(const char *name, uint64_t length)
{
	struct extent x = { .length = length };

	snprintf(x.name, sizeof(x.name), "%s", name);
	return x;
}

static uint32_t largest_request(void)
{
	uint32_t most = 0;

	for (size_t i = 0; i < on.tap->nreads; i++)
		if (on.tap->reads[i].size > most)
			most = on.tap->reads[i].size;
	return most;
}

/* Requests that come one behind the other are never for more than is left. */
static void assert_fits(const char *spec, uint32_t chunk, uint64_t length)
{
	struct extent x = extent("boot_a", length);
	uint64_t start, size;

	on.opt.chunk_max = chunk;
	wirerig_open_raised(&on, spec);
	wirerig_find(&on, x.name, &start, &size);
	memset(mem, 0xA5, sizeof(mem));
	assert_ok(reader_read(on.s, &x, mem, &e), &e);
	wirerig_assert_bytes(&on, "user", start, mem, length);
	for (size_t i = length; i < sizeof(mem); i++)
		if (mem[i] != 0xA5)
			fail_msg("%s, chunk %u, length %llu: a byte behind it",
				 spec, chunk, (unsigned long long)length);
	assert_true(largest_request() <= chunk);
	for (size_t i = 0; i < on.tap->nreads; i++)
		if (on.tap->reads[i].offset + on.tap->reads[i].size > length)
			fail_msg("%s, chunk %u, length %llu: request %zu ends "
				 "behind it",
				 spec, chunk, (unsigned long long)length, i);
	wirerig_close(&on);
}

static void the_last_pieces_keep_to_what_is_left(void **state)
{
	static const char *const specs[] = { "ums9230", "ums512" };
	static const uint32_t chunks[] = { 512,	 1024, 1536, 2560,
					   3072, 4608, 6144, 7680 };
	static const uint64_t lengths[] = { 1200, 3584, 64 << 10, MIB };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		for (size_t k = 0; k < ARRAY_SIZE(chunks); k++)
			for (size_t l = 0; l < ARRAY_SIZE(lengths); l++)
				assert_fits(specs[i], chunks[k], lengths[l]);
}

/* Over refused places to borders of a unit that has doubled meanwhile. */
static void fill_in_steps(struct part_reader *r, struct block *b, uint32_t unit)
{
	unsigned refusals = 0;

	part_reader_set_unit(r, unit / 2);
	while (part_reader_fill(r, b, &e) < 0) {
		assert_err(-(int)e.code, ERR_REFUSED, "at 0x", &e);
		assert_true(++refusals < 4);
		part_reader_set_unit(r, unit);
		part_reader_skip(r, b, unit - part_reader_pos(r) % unit);
	}
	assert_int_not_equal(refusals, 0);
}

/*
 * A partition full of defects is walked in ever larger steps, which say nothing
 * of what the loader can give.
 */
static void a_large_step_asks_for_no_more_than_a_chunk(void **state)
{
	static const struct {
		const char *spec;
		uint32_t chunk, unit;
	} cases[] = {
		{ "ums512", 0xF800, 0x10000 },	{ "ums512", 0xF800, 0x20000 },
		{ "ums512", 0x3000, 0x4000 },	{ "ums512", 0x1000, 0x40000 },
		{ "ums9230", 0xF000, 0x10000 }, { "ums9230", 0x5000, 0x8000 },
	};
	const struct extent x = extent("boot_a", MIB);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct block b = { .data = mem, .cap = MIB };
		struct part_reader *r;
		char spec[64];

		snprintf(spec, sizeof(spec), "%s,bad=boot_a+0x45000+0x1000",
			 cases[i].spec);
		on.opt.chunk_max = cases[i].chunk;
		wirerig_open_raised(&on, spec);
		assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
		fill_in_steps(r, &b, cases[i].unit);
		assert_int_equal(b.used, MIB);
		assert_ok(part_reader_close(r, &e), &e);
		assert_int_equal(largest_request(), cases[i].chunk);
		wirerig_close(&on);
	}
}

/*
 * The loader hangs at the first request of this size; less than 4 KiB nobody
 * is known to want.
 */
static void a_size_that_kills_leaves_one_that_works(void **state)
{
	static const struct {
		uint32_t chunk, now;
	} cases[] = {
		{ 0x1000, 0x1000 }, { 0x1200, 0x1000 }, { 0x1E00, 0x1000 },
		{ 0x2000, 0x1000 }, { 0x3E00, 0x1000 }, { 0x800, 0x800 },
	};
	const struct extent x = extent("boot_a", MIB);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		on.opt.chunk_max = cases[i].chunk;
		wirerig_open_raised(&on, "ums512");
		assert_ok(reader_read(on.s, &x, mem, &e), &e);
		session_ask_for_less(on.s);
		on.tap->nreads = 0;
		assert_ok(reader_read(on.s, &x, mem, &e), &e);
		assert_int_equal(largest_request(), cases[i].now);
		wirerig_close(&on);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_pieces_keep_to_what_is_left),
		TEST(a_large_step_asks_for_no_more_than_a_chunk),
		TEST(a_size_that_kills_leaves_one_that_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
