/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/unit.h"

#include "base/block.h"
#include "job/blank.h"
#include "job/content.h"
#include "job/plan.h"

#include <stdlib.h>

static uint8_t *block; /* BLOCK_SIZE bytes */

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void noise(uint8_t *p, size_t n, uint64_t seed)
{
	uint64_t x = seed * 0x9E3779B97F4A7C15U + 1;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)next(&x);
}

static int setup(void **state)
{
	(void)state;
	block = malloc(BLOCK_SIZE);
	return block ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(block);
	return 0;
}

/* Content of `size` bytes, byte i by the function, in blocks. */
typedef void fill_fn(uint8_t *p, size_t n, uint64_t offset, const void *user);

static const char *name_of(uint64_t size, fill_fn *fill, const void *user)
{
	static struct content_look k;
	const char *name;

	memset(&k, 0, sizeof(k));
	assert_true(content_look_begin(&k));
	for (uint64_t at = 0; at < size; at += BLOCK_SIZE) {
		size_t n = size - at < BLOCK_SIZE ? (size_t)(size - at)
						  : BLOCK_SIZE;

		fill(block, n, at, user);
		content_look_at(&k, block, n, at, size);
	}
	name = content_look_name(&k);
	content_look_end(&k);
	return name;
}

static uint8_t *piece;

/* The piece of *user bytes again and again. */
static void periodic(uint8_t *p, size_t n, uint64_t offset, const void *user)
{
	size_t period = *(const size_t *)user;

	for (size_t i = 0; i < n; i++)
		p[i] = piece[(offset + i) % period];
}

static void any_period_of_one_buffer_is_seen(void **state)
{
	static const size_t periods[] = {
		512,	 1024,	  4096,	       62976,
		63488,	 65024,	  65536,       (size_t)1 << 20,
		2 << 20, 4 << 20, 3 * 512 * 7,
	};

	(void)state;
	piece = malloc((size_t)4 << 20);
	assert_non_null(piece);
	noise(piece, (size_t)4 << 20, 3);
	for (size_t i = 0; i < ARRAY_SIZE(periods); i++) {
		uint64_t size = periods[i] * (uint64_t)5;

		assert_string_equal(name_of(size, periodic, &periods[i]),
				    "repeated");
		/* Less than four times is a second copy, or chance. */
		size = periods[i] * (uint64_t)3;
		assert_string_equal(name_of(size, periodic, &periods[i]), "");
	}
	free(piece);
}

/* One place that differs, in a partition that else repeats. */
struct stain {
	size_t period;
	uint64_t at;
};

static void stained(uint8_t *p, size_t n, uint64_t offset, const void *user)
{
	const struct stain *s = user;

	periodic(p, n, offset, &s->period);
	if (s->at >= offset && s->at < offset + n)
		p[s->at - offset] ^= 1;
}

static void one_odd_byte_anywhere_ends_it(void **state)
{
	static const uint64_t places[] = { 0,	    511,
					   70000,   4194303,
					   4194304, 4194304 + 700,
					   9000000, 16 * 1048576 - 1 };
	struct stain s = { .period = 65536 };

	(void)state;
	piece = malloc((size_t)4 << 20);
	assert_non_null(piece);
	noise(piece, (size_t)4 << 20, 4);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		s.at = places[i];
		s.period = 65536;
		assert_string_equal(name_of((uint64_t)16 << 20, stained, &s),
				    "");
		s.period = 63488;
		assert_string_equal(name_of((uint64_t)16 << 20, stained, &s),
				    "");
	}
	free(piece);
}

/*
 * As our reader would get it from a loader that never fills its buffer anew:
 * answers that grow, then alternate in length, and end with each block.
 */
static void stale_buffer(uint8_t *p, size_t n, uint64_t offset,
			 const void *user)
{
	size_t at = 0, chunk = offset ? 63488 : 4096;

	(void)user;
	while (at < n) {
		size_t len = chunk < n - at ? chunk : n - at;

		memcpy(p + at, piece, len);
		at += len;
		chunk = chunk < 32768	 ? chunk * 2
			: chunk == 63488 ? 62976
					 : 63488;
	}
}

static void a_loader_with_a_stale_buffer_is_seen(void **state)
{
	(void)state;
	piece = malloc(65536);
	assert_non_null(piece);
	noise(piece, 65536, 5);
	assert_string_equal(name_of((uint64_t)1 << 20, stale_buffer, NULL),
			    "repeated");
	assert_string_equal(name_of((uint64_t)9 << 20, stale_buffer, NULL),
			    "repeated");
	/* Half of the buffer blank. */
	memset(piece + 20000, 0, 30000);
	assert_string_equal(name_of((uint64_t)9 << 20, stale_buffer, NULL),
			    "repeated");
	free(piece);
}

static void fill_byte(uint8_t *p, size_t n, uint64_t offset, const void *user)
{
	(void)offset;
	memset(p, *(const int *)user, n);
}

static void one_byte_keeps_its_name(void **state)
{
	static const struct {
		int byte;
		const char *name;
	} cases[] = { { 0, "zero" }, { 0xFF, "erased" }, { 0x5A, "uniform" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(name_of(512, fill_byte, &cases[i].byte),
				    cases[i].name);
		assert_string_equal(
			name_of((uint64_t)9 << 20, fill_byte, &cases[i].byte),
			cases[i].name);
	}
}

/* A record in blank space, or two copies of one, is what misc looks like. */
static void sparse(uint8_t *p, size_t n, uint64_t offset, const void *user)
{
	const uint64_t *places = user;

	memset(p, 0, n);
	for (; *places; places++)
		if (*places >= offset && *places < offset + n)
			noise(p + (*places - offset), 512, 9);
}

static void a_few_records_in_blank_space_are_content(void **state)
{
	static const uint64_t one[] = { 2048, 0 };
	static const uint64_t two[] = { 2048, 4096, 0 };
	static const uint64_t many[] = { 512, 1024, 1536, 2048, 2560, 0 };
	static const uint64_t late[] = { 4194304 + 512, 0 };

	(void)state;
	assert_string_equal(name_of(1 << 20, sparse, one), "");
	assert_string_equal(name_of(1 << 20, sparse, two), "");
	assert_string_equal(name_of(1 << 20, sparse, many), "");
	assert_string_equal(name_of((uint64_t)8 << 20, sparse, late), "");
}

static void one_look_serves_many_partitions(void **state)
{
	struct content_look k = { .repeat = NULL };
	size_t period = 4096;

	(void)state;
	assert_true(content_look_begin(&k));
	piece = malloc(4096);
	assert_non_null(piece);
	noise(piece, 4096, 6);
	for (int i = 0; i < 3; i++) {
		periodic(block, 1 << 20, 0, &period);
		content_look_at(&k, block, 1 << 20, 0, 1 << 20);
		assert_string_equal(content_look_name(&k), "repeated");
		noise(block, 1 << 20, 7);
		content_look_at(&k, block, 1 << 20, 0, 1 << 20);
		assert_string_equal(content_look_name(&k), "");
	}
	content_look_end(&k);
	free(piece);
}

/* -- the judgement ------------------------------------------------------- */

/* "name content digest" of each part; the size is the same for all. */
struct row {
	const char *name, *content;
	int digest; /* 0: one of its own */
	const char *suspect;
	bool grave;
};

static void judge(const struct row *rows, size_t n, char active)
{
	struct manifest m = { 0 };
	struct blank_report r;
	size_t grave = 0, odd = 0;

	for (size_t i = 0; i < n; i++) {
		struct manifest_part *p = manifest_add_part(&m);

		assert_non_null(p);
		strcpy(p->name, rows[i].name);
		strcpy(p->content, rows[i].content);
		strcpy(p->class, plan_class(p->name)->name);
		p->size = 1 << 20;
		p->method = METHOD_RAW;
		p->sha256[0] = (uint8_t)rows[i].digest;
		p->sha256[1] = rows[i].digest ? 0 : (uint8_t)(i + 1);
	}
	blank_judge(&m, active, &r);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(m.parts[i].suspect, rows[i].suspect);
		if (m.parts[i].grave != rows[i].grave)
			fail_msg("%s: grave is %d", rows[i].name,
				 m.parts[i].grave);
		grave += rows[i].grave;
		odd += *rows[i].suspect && !rows[i].grave;
	}
	assert_int_equal(r.grave, grave);
	assert_int_equal(r.odd, odd);
	manifest_free(&m);
}

static void what_may_be_blank_is_only_counted(void **state)
{
	static const char *const fine[] = {
		"misc",	     "miscdata",  "cache", "metadata", "persist",
		"sysdumpdb", "uboot_log", "frp",   "blackbox", "userdata",
		"dtb",	     "dtbo_a",	  "logo",  "flag",     "l_deltanv",
	};
	struct manifest m = { 0 };
	struct blank_report r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		struct manifest_part *p = manifest_add_part(&m);

		assert_non_null(p);
		strcpy(p->name, fine[i]);
		strcpy(p->content, i % 2 ? "zero" : "erased");
		p->size = 1 << 20;
		p->method = METHOD_RAW;
	}
	blank_judge(&m, 0, &r);
	assert_int_equal(r.quiet, ARRAY_SIZE(fine));
	assert_int_equal(r.odd + r.grave, 0);
	manifest_free(&m);
}

static void what_was_refused_is_not_judged(void **state)
{
	struct manifest m = { 0 };
	struct manifest_part *p = manifest_add_part(&m);
	struct blank_report r;

	(void)state;
	assert_non_null(p);
	strcpy(p->name, "uboot_a");
	strcpy(p->content, "zero");
	p->method = METHOD_RAW;
	p->size = 1 << 20;
	assert_true(manifest_add_range(p, 0, 4096));
	blank_judge(&m, 0, &r);
	assert_int_equal(r.quiet + r.odd + r.grave, 0);
	assert_string_equal(p->suspect, "");
	assert_false(blank_asks_for_slot(&m));
	manifest_free(&m);
}

static void a_blank_boot_chain_is_grave(void **state)
{
	static const struct row rows[] = {
		{ "splloader", "zero", 1, "all-zero", true },
		{ "uboot", "erased", 2, "all-ff", true },
		{ "sml", "repeated", 3, "repeated-block", true },
		{ "trustos", "uniform", 4, "repeated-block", true },
		{ "boot", "zero", 1, "all-zero", true },
		{ "teecfg", "zero", 1, "all-zero", false },
		{ "super", "zero", 1, "all-zero", false },
		{ "vbmeta", "vbmeta", 0, "", false },
	};

	(void)state;
	judge(rows, ARRAY_SIZE(rows), 0);
}

static void one_of_two_copies_may_be_blank(void **state)
{
	static const struct row bak[] = {
		{ "uboot", "dhtb", 0, "", false },
		{ "uboot_bak", "zero", 1, "all-zero", false },
		{ "splloader", "dhtb", 0, "", false },
		{ "splloader_bak", "zero", 1, "all-zero", false },
	};
	static const struct row nv[] = {
		{ "l_fixnv1", "erased", 1, "all-ff", false },
		{ "l_fixnv2", "nv", 0, "", false },
	};
	static const struct row both[] = {
		{ "l_fixnv1", "erased", 1, "all-ff", true },
		{ "l_fixnv2", "erased", 1, "all-ff", true },
		{ "nr_fixnv1", "nv", 0, "", false },
	};

	(void)state;
	judge(bak, ARRAY_SIZE(bak), 0);
	judge(nv, ARRAY_SIZE(nv), 0);
	judge(both, ARRAY_SIZE(both), 0);
}

static void the_slot_that_boots_decides(void **state)
{
	static const struct row b_blank[] = {
		{ "uboot_a", "dhtb", 0, "", false },
		{ "uboot_b", "zero", 1, "all-zero", false },
		{ "l_fixnv1_b", "erased", 2, "all-ff", false },
		{ "l_fixnv2_b", "erased", 2, "all-ff", false },
	};
	static const struct row b_boots[] = {
		{ "uboot_a", "dhtb", 0, "", false },
		{ "uboot_b", "zero", 1, "all-zero", true },
		{ "l_fixnv1_b", "erased", 2, "all-ff", true },
		{ "l_fixnv2_b", "erased", 2, "all-ff", true },
	};
	static const struct row nv_pair[] = {
		{ "l_fixnv1_b", "erased", 2, "all-ff", false },
		{ "l_fixnv2_b", "nv", 0, "", false },
	};

	(void)state;
	judge(b_blank, ARRAY_SIZE(b_blank), 'a');
	judge(b_boots, ARRAY_SIZE(b_boots), 'b');
	judge(nv_pair, ARRAY_SIZE(nv_pair), 'b');
}

static void twins_that_make_no_sense(void **state)
{
	static const struct row rows[] = {
		{ "splloader", "dhtb", 7, "", false },
		{ "splloader_bak", "dhtb", 7, "", false },
		{ "uboot", "dhtb", 7, "same-as:splloader", true },
		{ "l_modem", "", 8, "", false },
		{ "nr_modem", "", 8, "same-as:l_modem", false },
	};

	(void)state;
	judge(rows, ARRAY_SIZE(rows), 0);
}

static void twins_that_are_expected(void **state)
{
	static const struct row rows[] = {
		{ "uboot_a", "dhtb", 1, "", false },
		{ "uboot_b", "dhtb", 1, "", false },
		{ "l_fixnv1", "nv", 2, "", false },
		{ "l_fixnv2", "nv", 2, "", false },
		{ "l_runtimenv1", "nv", 2, "", false },
		{ "vbmeta_system", "vbmeta", 3, "", false },
		{ "vbmeta_vendor", "vbmeta", 3, "", false },
		{ "vbmeta", "vbmeta", 3, "", false },
		{ "boot", "android-boot", 4, "", false },
		{ "recovery", "android-boot", 4, "", false },
		{ "logo", "bmp", 5, "", false },
		{ "fbootlogo", "bmp", 5, "", false },
		{ "sml", "dhtb", 6, "", false },
		{ "sml_bak", "dhtb", 6, "", false },
	};

	(void)state;
	judge(rows, ARRAY_SIZE(rows), 0);
}

static void the_slot_is_asked_for_only_when_it_matters(void **state)
{
	struct manifest m = { 0 };
	struct manifest_part *p = manifest_add_part(&m);

	(void)state;
	assert_non_null(p);
	p->method = METHOD_RAW;
	strcpy(p->name, "uboot_b");
	strcpy(p->content, "dhtb");
	assert_false(blank_asks_for_slot(&m));
	strcpy(p->content, "zero");
	assert_true(blank_asks_for_slot(&m));
	strcpy(p->name, "uboot_bak");
	assert_false(blank_asks_for_slot(&m));
	strcpy(p->name, "logo_b");
	assert_false(blank_asks_for_slot(&m));
	manifest_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_period_of_one_buffer_is_seen),
		cmocka_unit_test(one_odd_byte_anywhere_ends_it),
		cmocka_unit_test(a_loader_with_a_stale_buffer_is_seen),
		cmocka_unit_test(one_byte_keeps_its_name),
		cmocka_unit_test(a_few_records_in_blank_space_are_content),
		cmocka_unit_test(one_look_serves_many_partitions),
		cmocka_unit_test(what_may_be_blank_is_only_counted),
		cmocka_unit_test(what_was_refused_is_not_judged),
		cmocka_unit_test(a_blank_boot_chain_is_grave),
		cmocka_unit_test(one_of_two_copies_may_be_blank),
		cmocka_unit_test(the_slot_that_boots_decides),
		cmocka_unit_test(twins_that_make_no_sense),
		cmocka_unit_test(twins_that_are_expected),
		cmocka_unit_test(the_slot_is_asked_for_only_when_it_matters),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
