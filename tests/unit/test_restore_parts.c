/* SPDX-License-Identifier: BSD-3-Clause */
/* The pure parts of a restore: rules, payloads, papers. */
#include "lib/unit.h"

#include "../../src/job/restore_paper.h"
#include "../../src/job/restore_run.h"
#include "base/block.h"
#include "base/bytes.h"

static void put_be64(uint8_t *p, uint64_t v)
{
	put_be32(p, (uint32_t)(v >> 32));
	put_be32(p + 4, (uint32_t)v);
}

static unsigned order_of(const char *name)
{
	return restore_rule(name)->order;
}

static void test_the_boot_chain_comes_last(void **state)
{
	static const char *const names[] = {
		"userdata",   "miscdata",  "l_fixnv1_a", "metadata", "super",
		"system",     "l_modem_a", "boot_a",	 "vbmeta_a", "misc",
		"teecfg_bak", "uboot_b",   "splloader",
	};

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		assert_true(order_of(names[i - 1]) < order_of(names[i]));
	assert_int_equal(order_of("splloader_bak"), order_of("splloader"));
	assert_int_equal(order_of("no_such_name"), order_of("userdata"));
}

static void test_what_needs_asking_for(void **state)
{
	static const struct {
		const char *name;
		enum restore_kind kind;
		enum restore_when when;
	} rows[] = {
		{ "boot_a", RESTORE_CODE, RESTORE_BY_DEFAULT },
		{ "vbmeta_system_b", RESTORE_CODE, RESTORE_BY_DEFAULT },
		{ "misc", RESTORE_CONTROL, RESTORE_BY_DEFAULT },
		{ "nobody_knows", RESTORE_DATA, RESTORE_BY_DEFAULT },
		{ "metadata", RESTORE_DATA, RESTORE_WITH_SUPER },
		{ "l_fixnv1_a", RESTORE_NV, RESTORE_BY_KIND },
		{ "prodnv", RESTORE_NV, RESTORE_BY_KIND },
		{ "miscdata", RESTORE_UNIT, RESTORE_BY_KIND },
		{ "trustos_bak", RESTORE_BOOT, RESTORE_BY_KIND },
		{ "sysdumpdb", RESTORE_LOG, RESTORE_BY_KIND },
		{ "uboot_a", RESTORE_BOOT, RESTORE_BY_NAME },
		{ "splloader", RESTORE_BOOT, RESTORE_BY_NAME },
		{ "userdata", RESTORE_DATA, RESTORE_BY_NAME },
		{ "user_partition", RESTORE_DATA, RESTORE_NEVER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct restore_rule *r = restore_rule(rows[i].name);

		assert_int_equal(r->kind, rows[i].kind);
		assert_int_equal(r->when, rows[i].when);
	}
}

/* -- payloads ------------------------------------------------------------ */

static void test_a_table_of_verified_boot_ends_with_its_blocks(void **state)
{
	static uint8_t p[8192] = "AVB0";

	(void)state;
	put_be64(p + 12, 576);
	put_be64(p + 20, 1984);
	assert_int_equal(restore_payload(p, sizeof(p)), 256 + 576 + 1984);
	put_be64(p + 20, 1983);
	/* No loader takes an odd size. */
	assert_int_equal(restore_payload(p, sizeof(p)), 256 + 576 + 1984);
	put_be64(p + 20, sizeof(p));
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
	put_be64(p + 20, UINT64_MAX - 800);
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
	assert_int_equal(restore_payload(p, 255), 0);
}

static void test_a_signed_image_ends_with_its_signature(void **state)
{
	static uint8_t p[16384] = "DHTB";
	uint8_t *sign = p + 0x200 + 4096;

	(void)state;
	put_le32(p + 0x30, 4096);
	/* Without a header of a signature nobody knows. */
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
	put_le64(sign + 0x10, 4096);
	put_le64(sign + 0x18, 0x200);
	put_le64(sign + 0x20, 0x254);
	put_le64(sign + 0x28, 0x200 + 4096 + 0x60);
	assert_int_equal(restore_payload(p, sizeof(p)),
			 (0x200 + 4096 + 0x60 + 0x254 + 511) / 512 * 512);
	put_le64(sign + 0x20, UINT64_MAX);
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
	put_le64(sign + 0x20, 0x254);
	put_le64(sign + 0x28, sizeof(p));
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
	put_le32(p + 0x30, 0xFFFFFFFF);
	assert_int_equal(restore_payload(p, sizeof(p)), 0);
}

static void test_other_content_is_written_whole(void **state)
{
	static const uint8_t boot[4096] = "ANDROID!";

	(void)state;
	/* What lies at its end counts: the footer of verified boot. */
	assert_int_equal(restore_payload(boot, sizeof(boot)), 0);
	assert_int_equal(restore_payload(boot, 0), 0);
}

/* -- papers -------------------------------------------------------------- */

static void add(struct strbuf *b, uint64_t *chain, const char *kind,
		const char *text)
{
	journal_line_note(b, chain, kind, text);
}

static void plan(struct strbuf *b, uint64_t *chain)
{
	memset(b, 0, sizeof(*b));
	journal_line_start(b, chain, BLOCK_SIZE, "spdvault 0");
	add(b, chain, PAPER_HEAD, "1");
	add(b, chain, PAPER_ARCHIVE, "0123");
	add(b, chain, PAPER_KINDS, "16");
	add(b, chain, PAPER_SLOTS, "2");
	add(b, chain, PAPER_NAME, "boot_*");
	add(b, chain, PAPER_ITEM, "boot_a write whole 8 8 00 11");
	add(b, chain, PAPER_ITEM, "boot_b along whole 8 8 00 11");
	add(b, chain, PAPER_ITEM, "boot equal whole 8 8 00 11");
	add(b, chain, PAPER_ITEM, "boot two write whole 8 8 00 11");
	add(b, chain, PAPER_END, "4");
}

static void test_a_state_tells_how_far_each_came(void **state)
{
	struct restore_paper p;
	struct strbuf b;
	uint64_t chain;
	struct err e;

	(void)state;
	plan(&b, &chain);
	add(&b, &chain, PAPER_SAVING, "x.undo.tar.zst");
	add(&b, &chain, PAPER_BEGIN, "boot_a");
	add(&b, &chain, PAPER_WROTE, "boot_a");
	add(&b, &chain, PAPER_GOOD, "boot_a");
	add(&b, &chain, PAPER_BEGIN, "boot_b");
	assert_ok(restore_paper_parse(b.s, b.len, &p, &e), &e);
	assert_false(restore_paper_saved(&p));
	assert_int_equal(p.q.kinds, 1 << RESTORE_NV);
	assert_int_equal(p.q.slots, RESTORE_SLOT_A);
	assert_int_equal(p.q.nnames, 1);
	assert_string_equal(p.q.names[0], "boot_*");
	assert_true(restore_paper_writes(&p, "boot_a"));
	assert_true(restore_paper_writes(&p, "boot_b"));
	assert_false(restore_paper_writes(&p, "boot"));
	assert_false(restore_paper_writes(&p, "boot_"));
	assert_true(restore_paper_writes(&p, "boot two"));
	assert_string_equal(restore_paper_touched(&p, 0), "boot_a");
	assert_string_equal(restore_paper_touched(&p, 1), "boot_b");
	assert_null(restore_paper_touched(&p, 2));
	assert_int_equal(restore_paper_done(&p, "boot_a"), RESTORE_GOOD);
	assert_int_equal(restore_paper_done(&p, "boot_b"), RESTORE_BEGUN);
	assert_int_equal(restore_paper_done(&p, "boot"), RESTORE_NOT_BEGUN);
	restore_paper_clear(&p);
}

/* A torn last line of a state is as if it had never been; a plan needs all. */
static void test_a_torn_line_says_nothing(void **state)
{
	struct restore_paper p;
	struct strbuf b;
	uint64_t chain;
	struct err e;
	size_t n;

	(void)state;
	plan(&b, &chain);
	n = b.len;
	add(&b, &chain, PAPER_BEGIN, "boot_a");
	assert_ok(restore_paper_parse(b.s, b.len - 1, &p, &e), &e);
	assert_null(restore_paper_touched(&p, 0));
	assert_int_equal(p.j.length, n);
	restore_paper_clear(&p);
	plan(&b, &chain);
	assert_int_equal(restore_paper_parse(b.s, b.len - 1, &p, &e),
			 -ERR_FORMAT);
	assert_non_null(strstr(e.text, "its end is missing"));
}

static void test_a_changed_plan_is_refused(void **state)
{
	struct restore_paper p;
	struct strbuf b;
	uint64_t chain;
	struct err e;

	(void)state;
	plan(&b, &chain);
	*strstr(b.s, "whole") = 'W';
	assert_int_equal(restore_paper_parse(b.s, b.len, &p, &e), -ERR_FORMAT);
	plan(&b, &chain);
	*strstr(b.s, "note restore") = 'X';
	assert_int_equal(restore_paper_parse(b.s, b.len, &p, &e), -ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_boot_chain_comes_last),
		cmocka_unit_test(test_what_needs_asking_for),
		cmocka_unit_test(
			test_a_table_of_verified_boot_ends_with_its_blocks),
		cmocka_unit_test(test_a_signed_image_ends_with_its_signature),
		cmocka_unit_test(test_other_content_is_written_whole),
		cmocka_unit_test(test_a_state_tells_how_far_each_came),
		cmocka_unit_test(test_a_torn_line_says_nothing),
		cmocka_unit_test(test_a_changed_plan_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
