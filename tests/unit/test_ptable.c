/* SPDX-License-Identifier: BSD-3-Clause */
/* test_ptable.c - the loader's partition list and the unit of its sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/text.h"
#include "device/ptable.h"

#define RECORD	      76
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIB	      ((uint64_t)1 << 20)

#define EMMC 0x102
#define UFS  0x103

/* A list of tests/data/lists; sizes in KiB. */
struct list {
	char names[128][40];
	uint64_t kib[128];
	size_t n;
	uint64_t storage; /* bytes */
};

static void read_list(const char *name, struct list *l)
{
	const char *src = getenv("SPDVAULT_SRC");
	char path[512], line[256];
	unsigned long long kib;
	FILE *f;

	memset(l, 0, sizeof(*l));
	snprintf(path, sizeof(path), "%s/tests/data/lists/%s.txt",
		 src && *src ? src : ".", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s", path);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "# storage %llu", &kib) == 1)
			l->storage = kib * 1024;
		else if (line[0] != '#') {
			assert_int_equal(
				sscanf(line, "%39s %llu", l->names[l->n], &kib),
				2);
			l->kib[l->n++] = kib;
			assert_true(l->n < 128);
		}
	}
	fclose(f);
	assert_true(l->n > 10 && l->storage);
}

static size_t encode(const struct list *l, uint32_t unit, uint8_t *out)
{
	memset(out, 0, l->n * RECORD);
	for (size_t i = 0; i < l->n; i++) {
		uint8_t *p = out + i * RECORD;

		for (size_t k = 0; l->names[i][k]; k++)
			p[2 * k] = (uint8_t)l->names[i][k];
		put_le32(p + 72, (uint32_t)(l->kib[i] * 1024 / unit));
	}
	return l->n * RECORD;
}

static const char *const lists[] = {
	"ums9230-zte-v40-vita", "sc9863a-nokia-c01-plus",
	"ums512-rg-rotate",	"ud710-hisense-a7cc",
	"udx710-r106",		"uis7885-openharmony",
	"sc8830-default",	"sc8810-mtd",
};

struct guess {
	uint32_t unit;
	bool sure;
	char why[160];
};

static struct guess guess(const struct list *l, uint32_t unit, unsigned kind,
			  uint64_t storage)
{
	static uint8_t bytes[128 * RECORD];
	size_t n = encode(l, unit, bytes);
	struct guess g;
	struct err e;

	if (ptable_guess_unit(bytes, n, kind, storage, &g.unit, &g.sure, g.why,
			      &e) < 0)
		fail_msg("%s", e.text);
	assert_true(g.why[0] && strlen(g.why) < sizeof(g.why));
	return g;
}

static void the_unit_of_every_known_list_is_found(void **state)
{
	static const uint32_t units[] = { 1024, 8192 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct list l;

		read_list(lists[i], &l);
		/* Without and with the storage kind, and the storage size. */
		for (unsigned k = 0; k < 8; k++) {
			uint32_t unit = units[k & 1];
			unsigned kind = unit == 1024 ? EMMC : UFS;
			struct guess g = guess(&l, unit, k & 2 ? kind : 0,
					       k & 4 ? l.storage : 0);

			if (g.unit != unit || !g.sure)
				fail_msg("%s as %u, case %u: %u, sure %d: %s",
					 lists[i], unit, k, g.unit, g.sure,
					 g.why);
		}
	}
}

static void sizes_in_mebibytes_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct guess g;
		struct list l;
		size_t k = 0;

		read_list(lists[i], &l);
		while (k + 1 < l.n && l.kib[k] % 1024 == 0)
			k++;
		if (k + 1 < l.n)
			continue; /* cannot be said in MiB */
		g = guess(&l, 1 << 20, 0, 0);
		assert_int_equal(g.unit, 1 << 20);
		assert_true(g.sure);
	}
}

/* What makes programs double all sizes that look at the smallest one only. */
static void one_small_partition_changes_nothing(void **state)
{
	static const uint64_t odd[] = { 0, 1, 4, 64, 256, 512, 100000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct list l;
		struct guess g;

		read_list("ums512-rg-rotate", &l);
		strcpy(l.names[l.n], "odd");
		l.kib[l.n++] = odd[i];
		g = guess(&l, 1024, 0, 0);
		assert_int_equal(g.unit, 1024);
		assert_true(g.sure);
		g = guess(&l, 8192, 0, 0);
		assert_int_equal(g.unit, 8192);
		assert_true(g.sure);
	}
}

static void a_makers_odd_misc_does_not_decide(void **state)
{
	struct list l;
	struct guess g;

	(void)state;
	read_list("ud710-hisense-a7cc", &l);
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.names[i], "misc") == 0)
			l.kib[i] = 8192; /* reads as 1 MiB in units of 8 KiB */
	g = guess(&l, 1024, 0, 0);
	assert_int_equal(g.unit, 1024);
	assert_true(g.sure);
}

static void contradictions_are_not_sure(void **state)
{
	struct list l;
	struct guess g;

	(void)state;
	read_list("ums512-rg-rotate", &l);
	/* The loader's word is the strongest, but not the only one. */
	g = guess(&l, 1024, UFS, 0);
	assert_int_equal(g.unit, 8192);
	assert_false(g.sure);
	assert_non_null(strstr(g.why, "not sure"));
	/* Two against one. */
	g = guess(&l, 1024, UFS, l.storage * 8);
	assert_int_equal(g.unit, 8192);
	assert_false(g.sure);
	g = guess(&l, 8192, EMMC, l.storage);
	assert_int_equal(g.unit, 8192);
	assert_false(g.sure);
	assert_non_null(strstr(g.why, "against: "));
	/* The sum may not exceed the storage, whatever the loader says. */
	g = guess(&l, 1024, UFS, l.storage);
	assert_int_equal(g.unit, 1024);
	assert_false(g.sure);
}

static void thin_evidence_is_not_sure(void **state)
{
	struct list l = { .n = 2 };
	struct guess g;

	(void)state;
	strcpy(l.names[0], "alpha");
	strcpy(l.names[1], "beta");
	l.kib[0] = 65536;
	l.kib[1] = 1048576;
	g = guess(&l, 1024, 0, 0);
	assert_int_equal(g.unit, 1024);
	assert_false(g.sure);
	strcpy(l.names[0], "misc");
	l.kib[0] = 1024;
	g = guess(&l, 8192, 0, 0);
	assert_int_equal(g.unit, 8192);
	assert_false(g.sure);
	/* The kind, or a storage that it fills, is enough. */
	strcpy(l.names[0], "alpha");
	g = guess(&l, 8192, UFS, 0);
	assert_int_equal(g.unit, 8192);
	assert_true(g.sure);
	g = guess(&l, 8192, 0, 1100000 * (uint64_t)1024);
	assert_int_equal(g.unit, 8192);
	assert_true(g.sure);
}

static void sums_that_cannot_be_are_refused(void **state)
{
	uint8_t bytes[PTABLE_MAX * RECORD];
	uint32_t unit = 7;
	bool sure;
	char why[160];
	struct err e;

	(void)state;
	memset(bytes, 0xFF, sizeof(bytes)); /* 4 PiB */
	assert_int_equal(ptable_guess_unit(bytes, sizeof(bytes), UFS, 0, &unit,
					   &sure, why, &e),
			 -ERR_FORMAT);
	assert_non_null(strstr(e.text, "any phone has"));
	assert_int_equal(unit, 7);
	/* One row of 4 TiB less 1 KiB; all others have size 0. */
	memset(bytes, 0, sizeof(bytes));
	memset(bytes, 0xFF, RECORD);
	assert_int_equal(ptable_guess_unit(bytes, sizeof(bytes), UFS, 0, &unit,
					   &sure, why, &e),
			 0);
	assert_int_equal(unit, 1024);
	assert_false(sure);
	assert_int_equal(ptable_guess_unit(bytes, sizeof(bytes), UFS, MIB,
					   &unit, &sure, why, &e),
			 -ERR_FORMAT);
	assert_non_null(strstr(e.text, "the storage has"));
	assert_int_equal(
		ptable_guess_unit(bytes, 75, 0, 0, &unit, &sure, why, &e),
		-ERR_FORMAT);
	assert_int_equal(
		ptable_guess_unit(bytes, 0, 0, 0, &unit, &sure, why, &e),
		-ERR_FORMAT);
}

static void a_list_becomes_a_table(void **state)
{
	static uint8_t bytes[128 * RECORD];
	struct ptable t;
	struct list l;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		read_list(lists[i], &l);
		if (ptable_from_list(bytes, encode(&l, 1024, bytes), 1024, &t,
				     &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(t.source, PTABLE_LIST);
		assert_int_equal(t.n, l.n);
		for (size_t k = 0; k < t.n; k++) {
			const struct partition *v;

			v = ptable_find(&t, l.names[k]);
			assert_ptr_equal(v, &t.v[k]);
			assert_int_equal(v->size, l.kib[k] * 1024);
			assert_false(v->has_offset || v->probed);
		}
		assert_null(ptable_find(&t, "nothing"));
		ptable_free(&t);
		assert_null(t.v);
	}
}

static void bad_lists_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		uint32_t size, unit;
		const char *expect;
	} cases[] = {
		{ "good", 4, 5, 1024, NULL },
		{ "good", 4, 0, 1024, NULL },
		{ "good", 4, 0xFFFFFFFE, 0xFFFFFFFF, NULL },
		{ "012345678901234567890123456789012345", 36, 1, 1, NULL },
		{ "", 0, 5, 1024, "the name of entry 2" },
		{ "a/b", 3, 5, 1024, "the name of entry 2" },
		{ "..", 2, 5, 1024, "the name of entry 2" },
		{ "a\\b", 3, 5, 1024, "the name of entry 2" },
		{ "a\nb", 3, 5, 1024, "the name of entry 2" },
		{ "a\0b", 3, 5, 1024, "the name of entry 2" },
		{ "first", 5, 5, 1024, "'first' stands there twice" },
		{ "good", 4, 0xFFFFFFFF, 1024, "'good' has no size" },
		{ "good", 4, 5, 0, "without a unit" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* Exact on the heap, so that a sanitizer sees an overrun. */
		uint8_t *p = calloc(2, RECORD);
		struct ptable t = { 0 };
		struct err e = { .code = ERR_NONE };
		int code;

		assert_non_null(p);
		assert_true(text_to_utf16le("first", p, 36));
		put_le32(p + 72, 1);
		for (size_t k = 0; k < cases[i].len; k++)
			p[RECORD + 2 * k] = (uint8_t)cases[i].name[k];
		put_le32(p + RECORD + 72, cases[i].size);
		code = ptable_from_list(p, 2 * RECORD, cases[i].unit, &t, &e);
		free(p);
		if (!cases[i].expect) {
			assert_int_equal(code, 0);
			assert_int_equal(t.v[1].size, (uint64_t)cases[i].size *
							      cases[i].unit);
			ptable_free(&t);
			continue;
		}
		assert_true(code < 0);
		assert_null(t.v);
		if (!strstr(e.text, cases[i].expect))
			fail_msg("case %zu: %s", i, e.text);
	}
}

static void lengths_are_checked(void **state)
{
	uint8_t *p = calloc(PTABLE_MAX + 1, RECORD);
	struct ptable t;
	struct err e;

	(void)state;
	assert_non_null(p);
	assert_int_equal(ptable_from_list(p, 0, 1024, &t, &e), -ERR_FORMAT);
	assert_int_equal(ptable_from_list(p, 75, 1024, &t, &e), -ERR_FORMAT);
	assert_int_equal(ptable_from_list(p, 77, 1024, &t, &e), -ERR_FORMAT);
	assert_int_equal(
		ptable_from_list(p, (PTABLE_MAX + 1) * RECORD, 1024, &t, &e),
		-ERR_FORMAT);
	free(p);
}

/* 1024 times nearly 2^64 does not fit; the last that fits is still taken. */
static void sizes_that_overflow_are_refused(void **state)
{
	uint8_t *p = calloc(PTABLE_MAX, RECORD);
	struct ptable t;
	struct err e;

	(void)state;
	assert_non_null(p);
	for (unsigned i = 0; i < PTABLE_MAX; i++) {
		char name[16];

		snprintf(name, sizeof(name), "p%u", i);
		assert_true(text_to_utf16le(name, p + i * RECORD, 36));
		put_le32(p + i * RECORD + 72, 0xFFFFFFFE);
	}
	assert_int_equal(
		ptable_from_list(p, PTABLE_MAX * RECORD, 0xFFFFFFFF, &t, &e),
		-ERR_FORMAT);
	assert_non_null(strstr(e.text, "add up"));
	assert_int_equal(
		ptable_from_list(p, PTABLE_MAX * RECORD, 1 << 20, &t, &e), 0);
	assert_int_equal(t.n, PTABLE_MAX);
	assert_null(ptable_add(&t));
	ptable_free(&t);
	free(p);
}

static void rows_are_added_zeroed(void **state)
{
	struct ptable t = { 0 };

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		struct partition *v = ptable_add(&t);

		assert_non_null(v);
		assert_int_equal(v->size, 0);
		memset(v, 0xFF, sizeof(*v));
	}
	assert_int_equal(t.n, 100);
	ptable_free(&t);
	assert_string_equal(ptable_source_name(PTABLE_GPT_BACKUP),
			    "gpt-backup");
	assert_string_equal(ptable_source_name((enum ptable_source)99), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_unit_of_every_known_list_is_found),
		cmocka_unit_test(sizes_in_mebibytes_are_found),
		cmocka_unit_test(one_small_partition_changes_nothing),
		cmocka_unit_test(a_makers_odd_misc_does_not_decide),
		cmocka_unit_test(contradictions_are_not_sure),
		cmocka_unit_test(thin_evidence_is_not_sure),
		cmocka_unit_test(sums_that_cannot_be_are_refused),
		cmocka_unit_test(a_list_becomes_a_table),
		cmocka_unit_test(bad_lists_are_refused),
		cmocka_unit_test(lengths_are_checked),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(rows_are_added_zeroed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
