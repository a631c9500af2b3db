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

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_pieces_keep_to_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
