/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/unit.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "job/plan.h"
#include "job/slot.h"

#define MIB ((uint64_t)1 << 20)

/* A table as a GPT has it, one partition behind the other from 1 MiB on. */
static void make(struct layout *l, const char *const *names, bool offsets)
{
	uint64_t at = MIB;

	memset(l, 0, sizeof(*l));
	l->raw = offsets;
	l->wide_proven = true;
	l->table.sector = 512;
	l->table.source = offsets ? PTABLE_GPT : PTABLE_LIST;
	for (; *names; names++) {
		struct partition *p = ptable_add(&l->table);

		assert_non_null(p);
		snprintf(p->name, sizeof(p->name), "%s", *names);
		p->size = strcmp(p->name, "super") ? MIB : 64 * MIB;
		p->boot_area = strncmp(p->name, "splloader", 9) == 0;
		p->has_offset = offsets && !p->boot_area;
		p->offset = p->has_offset ? at : 0;
		at += p->size;
	}
}

static const char *const usual[] = {
	"prodnv",     "misc",	   "uboot_a", "uboot_b", "l_fixnv1_a",
	"l_fixnv2_a", "boot_a",	   "boot_b",  "super",	 "cache",
	"userdata",   "splloader", NULL,
};

static struct plan plan_of(const struct layout *l, const struct plan_request *q)
{
	struct plan p;
	struct err e;

	assert_ok(plan_make(l, q, &p, &e), &e);
	assert_int_equal(p.n + p.nleft_out, l->table.n);
	return p;
}

static const struct plan_item *item(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].part->name, name) == 0)
			return &p->v[i];
	return NULL;
}

static const struct plan_left_out *left(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->nleft_out; i++)
		if (strcmp(p->left_out[i].part->name, name) == 0)
			return &p->left_out[i];
	fail_msg("'%s' is not among what is left out", name);
	return NULL;
}

static void the_default_set(void **state)
{
	const struct plan_request q = { .raw_trusted = true };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, usual, true);
	p = plan_of(&l, &q);
	assert_int_equal(p.n, 10);
	assert_null(item(&p, "userdata"));
	assert_null(item(&p, "cache"));
	assert_non_null(strstr(left(&p, "userdata")->reason, "--all"));
	assert_int_equal(p.bytes, 9 * MIB + 64 * MIB);
	/* Boot area, NV, boot chain, super last. */
	assert_string_equal(p.v[0].part->name, "splloader");
	assert_string_equal(p.v[p.n - 1].part->name, "super");
	for (size_t i = 1; i < p.n; i++)
		assert_true(p.v[i - 1].class->rank <= p.v[i].class->rank);
	plan_free(&p);
	assert_null(p.v);
	layout_free(&l);
}

static void how_each_is_read(void **state)
{
	const struct plan_request q = { .raw_trusted = true };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, usual, true);
	p = plan_of(&l, &q);
	for (size_t i = 0; i < p.n; i++) {
		const struct plan_item *it = &p.v[i];
		bool boot = it->part->boot_area;
		char member[64];

		snprintf(member, sizeof(member), "%s/%s.img",
			 boot ? "boot" : "partitions", it->part->name);
		assert_string_equal(it->member, member);
		assert_true(manifest_member_is_safe(it->member));
		assert_int_equal(it->x.length, it->part->size);
		assert_int_equal(it->method,
				 boot ? METHOD_BY_NAME : METHOD_RAW);
		assert_string_equal(it->x.name,
				    boot ? "splloader" : "user_partition");
		assert_int_equal(it->x.offset, boot ? 0 : it->part->offset);
	}
	plan_free(&p);
	layout_free(&l);
}

static void without_raw_reading_first_nv_copies_stay(void **state)
{
	struct plan_request q = { .raw_trusted = false };
	struct layout l;
	struct plan p;

	(void)state;
	for (int offsets = 0; offsets < 2; offsets++) {
		make(&l, usual, offsets);
		q.nv_by_name = false;
		p = plan_of(&l, &q);
		assert_null(item(&p, "l_fixnv1_a"));
		assert_non_null(
			strstr(left(&p, "l_fixnv1_a")->reason, "loader write"));
		assert_int_equal(item(&p, "l_fixnv2_a")->method,
				 METHOD_BY_NAME);
		assert_string_equal(item(&p, "super")->x.name, "super");
		plan_free(&p);
		q.nv_by_name = true;
		p = plan_of(&l, &q);
		assert_string_equal(item(&p, "l_fixnv1_a")->x.name,
				    "l_fixnv1_a");
		plan_free(&p);
		layout_free(&l);
	}
}

static void with_a_damaged_gpt_no_name_is_asked_for(void **state)
{
	const struct plan_request q = { .raw_trusted = true,
					.all = true,
					.nv_by_name = true };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, usual, true);
	l.names_write = true;
	p = plan_of(&l, &q);
	for (size_t i = 0; i < p.n; i++)
		assert_int_equal(p.v[i].method, METHOD_RAW);
	assert_int_equal(p.nleft_out, 1);
	assert_non_null(strstr(left(&p, "splloader")->reason, "damaged GPT"));
	plan_free(&p);
	layout_free(&l);
}

static void wishes(void **state)
{
	static const struct {
		const char *names[3], *exclude[3];
		bool all;
		char slot;
		const char *in[5], *out[4];
	} cases[] = {
		{ .all = true, .in = { "userdata", "cache", "super" } },
		{ .names = { "misc" }, .in = { "misc" }, .out = { "super" } },
		{ .names = { "userdata" }, .in = { "userdata" } },
		{ .names = { "*_a" },
		  .in = { "uboot_a", "boot_a", "l_fixnv1_a" },
		  .out = { "boot_b", "misc" } },
		{ .names = { "boot_?", "misc" },
		  .exclude = { "*_b" },
		  .in = { "boot_a", "misc" },
		  .out = { "boot_b", "super" } },
		{ .exclude = { "super", "*boot*" },
		  .in = { "misc", "prodnv" },
		  .out = { "super", "boot_a", "uboot_b" } },
		{ .slot = 'a',
		  .in = { "boot_a", "misc", "super" },
		  .out = { "boot_b", "uboot_b" } },
		{ .slot = 'b',
		  .in = { "boot_b", "splloader" },
		  .out = { "boot_a", "l_fixnv1_a" } },
		{ .all = true,
		  .exclude = { "userdata" },
		  .in = { "cache" },
		  .out = { "userdata" } },
	};
	struct layout l;

	(void)state;
	make(&l, usual, true);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct plan_request q = { .names = cases[i].names,
					  .exclude = cases[i].exclude,
					  .all = cases[i].all,
					  .only_slot = cases[i].slot,
					  .raw_trusted = true };
		struct plan p;

		while (q.nnames < 3 && cases[i].names[q.nnames])
			q.nnames++;
		while (q.nexclude < 3 && cases[i].exclude[q.nexclude])
			q.nexclude++;
		p = plan_of(&l, &q);
		for (size_t k = 0; k < 5 && cases[i].in[k]; k++)
			if (!item(&p, cases[i].in[k]))
				fail_msg("case %zu: '%s' is missing", i,
					 cases[i].in[k]);
		for (size_t k = 0; k < 4 && cases[i].out[k]; k++) {
			if (item(&p, cases[i].out[k]))
				fail_msg("case %zu: '%s' is in it", i,
					 cases[i].out[k]);
			assert_true(left(&p, cases[i].out[k])->reason[0]);
		}
		plan_free(&p);
	}
	layout_free(&l);
}

static void names_that_fit_nothing(void **state)
{
	static const char *const typo[] = { "misc", "bot_a" };
	const struct plan_request names = { .names = typo, .nnames = 2 };
	const struct plan_request exclude = { .exclude = typo, .nexclude = 2 };
	struct layout l;
	struct plan p;
	struct err e;

	(void)state;
	make(&l, usual, true);
	e.hint[0] = '\0';
	assert_err(plan_make(&l, &names, &p, &e), ERR_USAGE, "'bot_a'", &e);
	assert_non_null(strstr(e.hint, "info"));
	assert_err(plan_make(&l, &exclude, &p, &e), ERR_USAGE, "'bot_a'", &e);
	layout_free(&l);
}

static void reasons_fit_the_manifest(void **state)
{
	const struct plan_request q = { .raw_trusted = false };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, usual, true);
	p = plan_of(&l, &q);
	for (size_t i = 0; i < p.nleft_out; i++)
		assert_true(strlen(p.left_out[i].reason) <
			    sizeof(((struct manifest_omitted *)0)->reason));
	plan_free(&p);
	layout_free(&l);
}

static void an_empty_table(void **state)
{
	static const char *const none[] = { NULL };
	const struct plan_request q = { .all = true };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, none, true);
	p = plan_of(&l, &q);
	assert_int_equal(p.n, 0);
	plan_free(&p);
	layout_free(&l);
}

/* -- the active slot ----------------------------------------------------- */

static void control(uint8_t c[32], unsigned a, unsigned b)
{
	uint32_t crc;

	memset(c, 0, 32);
	memcpy(c, "_a", 2);
	memcpy(c + 4, "BCAB", 4);
	c[8] = 1;
	c[9] = 2;
	c[12] = (uint8_t)a;
	c[14] = (uint8_t)b;
	crc = crc32_add(0, c, 28);
	for (int i = 0; i < 4; i++)
		c[28 + i] = (uint8_t)(crc >> 8 * i);
}

/* priority in bits 0..3, tries in 4..6, successful in 7 */
static void the_slot_that_boots(void **state)
{
	static const struct {
		unsigned a, b;
		char slot;
	} cases[] = {
		{ 15, 14, 'a' },
		{ 14, 15, 'b' },
		{ 15, 15, 'a' },
		{ 15, 15 | 128, 'b' },
		{ 15 | 128, 15, 'a' },
		{ 14 | 128, 15, 'b' },
		{ 15 | 16, 15 | 112, 'b' },
		{ 0, 1, 'b' },
	};
	uint8_t c[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		control(c, cases[i].a, cases[i].b);
		if (slot_from_control(c) != cases[i].slot)
			fail_msg("case %zu", i);
	}
}

static void a_damaged_slot_table_says_nothing(void **state)
{
	uint8_t c[32];

	(void)state;
	memset(c, 0, sizeof(c));
	assert_int_equal(slot_from_control(c), 0);
	memset(c, 0xFF, sizeof(c));
	assert_int_equal(slot_from_control(c), 0);
	for (unsigned bit = 0; bit < 256; bit++) {
		control(c, 15, 14);
		assert_int_equal(slot_from_control(c), 'a');
		c[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(slot_from_control(c), 0);
	}
}

/* A phone that is read by address: what has no known size is never asked. */
static void regions_without_a_size_are_named_and_left_out(void **state)
{
	static const char *const names[] = { "ps", "fixnv", "resources", NULL };
	struct plan_request q = { .nnames = 0 };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, names, false);
	l.table.source = PTABLE_REGIONS;
	for (size_t i = 0; i < l.table.n; i++) {
		l.table.v[i].by_address = true;
		l.table.v[i].region = 0x80000003 + (uint32_t)i;
		l.table.v[i].expected = i < 2;
	}
	l.table.v[1].size = l.table.v[2].size = 0;
	p = plan_of(&l, &q);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].method, METHOD_BY_ADDRESS);
	assert_true(p.v[0].x.by_address);
	assert_int_equal(p.v[0].x.region, 0x80000003);
	assert_int_equal(p.v[0].x.length, MIB);
	assert_false(p.v[0].bare_nand);
	/* each phone has NV: without it the backup is incomplete */
	assert_true(left(&p, "fixnv")->lacking);
	assert_non_null(strstr(left(&p, "fixnv")->reason, "--pac"));
	assert_false(left(&p, "resources")->lacking);
	plan_free(&p);
	l.nand = true;
	p = plan_of(&l, &q);
	assert_true(p.v[0].bare_nand);
	plan_free(&p);
	layout_free(&l);
}

static void pieces_beside_ubi_are_a_bare_nand(void **state)
{
	static const char *const names[] = { "splloader", "uboot", "nr_modem",
					     "system", NULL };
	struct plan_request q = { .nnames = 0 };
	struct layout l;
	struct plan p;

	(void)state;
	make(&l, names, false);
	l.nand = true;
	p = plan_of(&l, &q);
	assert_true(item(&p, "splloader")->bare_nand);
	assert_true(item(&p, "uboot")->bare_nand);
	assert_false(item(&p, "nr_modem")->bare_nand);
	assert_false(item(&p, "system")->bare_nand);
	plan_free(&p);
	layout_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_set),
		cmocka_unit_test(how_each_is_read),
		cmocka_unit_test(without_raw_reading_first_nv_copies_stay),
		cmocka_unit_test(with_a_damaged_gpt_no_name_is_asked_for),
		cmocka_unit_test(wishes),
		cmocka_unit_test(names_that_fit_nothing),
		cmocka_unit_test(reasons_fit_the_manifest),
		cmocka_unit_test(an_empty_table),
		cmocka_unit_test(the_slot_that_boots),
		cmocka_unit_test(a_damaged_slot_table_says_nothing),
		cmocka_unit_test(regions_without_a_size_are_named_and_left_out),
		cmocka_unit_test(pieces_beside_ubi_are_a_bare_nand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
