/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_ptable.c - the loader's list, and the guess what its sizes count. */
#include "fuzz.h"

#include "base/text.h"
#include "device/ptable.h"

#define RECORD	76
#define SIZE_AT 72

static void check_table(const struct ptable *t, const uint8_t *p, size_t n,
			uint32_t unit)
{
	assert(t->n * RECORD == n && t->source == PTABLE_LIST);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t size = get_le32(p + i * RECORD + SIZE_AT);

		assert(text_is_file_name(t->v[i].name));
		assert(ptable_find(t, t->v[i].name) == &t->v[i]);
		assert(size != UINT32_MAX && !t->v[i].has_offset);
		assert(t->v[i].size == (uint64_t)size * unit);
	}
}

static void try_list(const uint8_t *p, size_t n, uint32_t unit)
{
	struct err e = { .code = ERR_NONE };
	struct ptable t;
	int rc = ptable_from_list(p, n, unit, &t, &e);

	if (rc < 0) {
		assert_failure(rc, &e);
		return;
	}
	check_table(&t, p, n, unit);
	ptable_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	unsigned kind = take_u16(&in);
	uint64_t storage = take_u64(&in), sum = 0;
	uint8_t *list = exact_copy(in.p, in.n);
	struct err e = { .code = ERR_NONE };
	uint32_t unit;
	char why[160];
	bool sure;
	int rc;

	rc = ptable_guess_unit(list, in.n, kind, storage, &unit, &sure, why,
			       &e);
	if (rc < 0) {
		assert_failure(rc, &e);
		unit = 1024;
	} else {
		assert(unit == 1024 || unit == 8192 || unit == 1 << 20);
		assert(why[0] && memchr(why, 0, sizeof(why)));
		assert(sure != !!strstr(why, "not sure"));
		for (size_t i = SIZE_AT; i < in.n; i += RECORD)
			sum += get_le32(list + i);
		assert(!storage || sum * unit <= storage);
	}
	try_list(list, in.n, unit);
	free(list);
	return 0;
}
