/* SPDX-License-Identifier: BSD-3-Clause */
/* test_layout.c - the table of a simulated phone, from each of its sources. */
#include "device/layout.h"

#include "lib/tablerig.h"

#include "base/bytes.h"
#include "bsl/proto.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static void done(void)
{
	layout_free(&l);
	wirerig_close(&on);
}

static void read_known(const char *spec, const char *const *known, size_t n)
{
	wirerig_open_raised(&on, spec);
	assert_ok(layout_read(on.s, known, n, &l, &e), &e);
}

static void read_layout(const char *spec)
{
	read_known(spec, NULL, 0);
}

static bool is_warned(const char *piece)
{
	for (size_t i = 0; i < l.nwarnings; i++)
		if (strstr(l.warnings[i], piece))
			return true;
	return false;
}

/* All rows but the boot areas against the phone's own table. */
static void assert_table(size_t boot_areas, bool offsets)
{
	size_t n = 0;

	for (size_t i = 0; i < l.table.n; i++) {
		const struct partition *p = &l.table.v[i];
		uint64_t offset, size;

		if (p->boot_area) {
			assert_true(i + boot_areas >= l.table.n);
			assert_false(p->has_offset);
			continue;
		}
		wirerig_find(&on, p->name, &offset, &size);
		if (p->size != size || p->has_offset != offsets ||
		    (offsets && p->offset != offset))
			fail_msg("'%s' at 0x%llx has 0x%llx bytes", p->name,
				 (unsigned long long)p->offset,
				 (unsigned long long)p->size);
		n++;
	}
	assert_int_equal(n + boot_areas, l.table.n);
}

static size_t rows_of(const char *spec)
{
	size_t n;

	read_layout(spec);
	n = l.table.n;
	done();
	return n;
}

/* -- GPT ----------------------------------------------------------------- */

static void a_good_gpt_is_the_table(void **state)
{
	static const struct {
		const char *spec;
		uint32_t sector;
		size_t rows;
	} cases[] = {
		/* Rows as counted in the simulator's models, two boot areas. */
		{ "ums512", 512, 74 + 2 },
		{ "ums9230", 4096, 67 + 2 },
		{ "sc9863a", 512, 40 + 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		read_layout(cases[i].spec);
		assert_int_equal(l.table.source, PTABLE_GPT);
		assert_int_equal(l.table.sector, cases[i].sector);
		assert_int_equal(l.table.storage_size,
				 phone_area_size(on.phone, "user"));
		assert_int_equal(strlen(l.table.disk_guid), 36);
		assert_table(2, true);
		assert_int_equal(l.table.n, cases[i].rows);
		assert_int_equal(row(BSL_SPLLOADER)->size, 4 * MIB);
		assert_int_equal(row(BSL_SPLLOADER_BAK)->size, 4 * MIB);
		assert_true(l.raw);
		assert_false(l.names_write);
		assert_false(l.narrow_only);
		assert_int_equal(l.nwarnings, 0);
		/* Not one command that the loader did not know. */
		assert_int_equal(session_info(on.s)->unsupported, 0);
		assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 0);
		done();
	}
}

static void assert_copy(const struct gpt_copy *c, bool valid)
{
	assert_non_null(c->data);
	assert_int_equal(c->valid, valid);
	wirerig_assert_bytes(&on, "user", c->offset, c->data, c->len);
}

static void both_copies_of_the_gpt_are_kept(void **state)
{
	(void)state;
	for (int ufs = 0; ufs < 2; ufs++) {
		uint32_t sector = ufs ? 4096 : 512;

		read_layout(ufs ? "ums9230" : "ums512");
		assert_copy(&l.primary, true);
		assert_int_equal(l.primary.offset, 0);
		assert_memory_equal(l.primary.data + sector, "EFI PART", 8);
		assert_copy(&l.backup, true);
		assert_int_equal(l.backup.offset + l.backup.len,
				 phone_area_size(on.phone, "user"));
		assert_memory_equal(l.backup.data + l.backup.len - sector,
				    "EFI PART", 8);
		done();
	}
}

/* Any access by name would make the loader write (assert_untouched sees). */
static void a_bad_primary_is_replaced_by_its_backup(void **state)
{
	(void)state;
	for (int ufs = 0; ufs < 2; ufs++) {
		size_t rows = rows_of(ufs ? "ums9230" : "ums512");

		read_layout(ufs ? "ums9230,gpt_primary_bad=1"
				: "ums512,gpt_primary_bad=1");
		assert_int_equal(l.table.source, PTABLE_GPT_BACKUP);
		assert_true(l.names_write);
		assert_true(is_warned("primary GPT is damaged"));
		assert_copy(&l.primary, false);
		assert_copy(&l.backup, true);
		assert_int_equal(l.table.storage_size,
				 phone_area_size(on.phone, "user"));
		/* The boot area is told of, not read; its copy is left out. */
		assert_table(1, true);
		assert_int_equal(l.table.n, rows - 1);
		assert_int_equal(row(BSL_SPLLOADER)->size, 0);
		done();
	}
}

static void the_witness_sees_a_name_with_a_bad_primary(void **state)
{
	struct phone_stats st;

	(void)state;
	wirerig_open_raised(&on, "ums512,gpt_primary_bad=1");
	assert_int_equal(reader_probe(on.s, "misc", 0, 512, &e), 1);
	phone_stats(on.phone, &st);
	assert_true(st.storage_writes > 0);
	wirerig_drop(&on);
}

static void a_bad_backup_is_a_warning(void **state)
{
	(void)state;
	read_layout("ums512,gpt_backup_bad=1");
	assert_int_equal(l.table.source, PTABLE_GPT);
	assert_false(l.names_write);
	assert_true(is_warned("backup GPT cannot be used"));
	assert_copy(&l.primary, true);
	assert_copy(&l.backup, false);
	assert_table(2, true);
	done();
}

static void assert_whole_storage(uint64_t size)
{
	assert_int_equal(l.table.n, 2);
	assert_string_equal(l.table.v[0].name, BSL_USER_PARTITION);
	assert_int_equal(l.table.v[0].size, size);
	assert_true(l.table.v[0].has_offset);
	assert_true(l.names_write);
	assert_true(is_warned("the whole storage is taken as one image"));
}

static void without_any_gpt_the_storage_is_one_image(void **state)
{
	(void)state;
	read_layout("ums512,gpt_primary_bad=1,gpt_backup_bad=1");
	assert_whole_storage(phone_area_size(on.phone, "user"));
	done();
}

/*
 * The loader can repair what we cannot see: the backup exists, but reading it
 * raw fails.  Then no name may be tried, not even to find a table.
 */
static void no_name_is_probed_with_a_bad_primary(void **state)
{
	static const char *const known[] = { "misc", "boot_a", "super" };
	char spec[160];
	uint64_t size;

	(void)state;
	wirerig_open(&on, "ums512");
	size = phone_area_size(on.phone, "user");
	wirerig_close(&on);
	snprintf(spec, sizeof(spec),
		 "ums512,gpt_primary_bad=1,ptable=fe,"
		 "bad=user_partition+%llu+512",
		 (unsigned long long)size - 512);
	read_known(spec, known, ARRAY_SIZE(known));
	assert_whole_storage(size);
	done();
}

/* -- the loader's list --------------------------------------------------- */

static void without_raw_access_the_list_is_taken(void **state)
{
	static const struct {
		const char *spec;
		uint32_t sector;
	} cases[] = {
		{ "ums512,user_partition=84", 512 },
		{ "ums512,user_partition=96", 512 },
		{ "ums9230,user_partition=84", 4096 },
		{ "sc9863a,user_partition=84", 512 },
		/* The loader does not say what storage it has. */
		{ "ums512,user_partition=84,storage_type=0", 512 },
		{ "ums9230,user_partition=84,storage_type=0", 4096 },
		/* Or what it says is wrong. */
		{ "ums9230,user_partition=84,storage_type=0x102", 4096 },
		{ "ums512,user_partition=84,storage_type=0x103", 512 },
		{ "ums512,user_partition=84,ptable=mb", 512 },
		{ "ums512,user_partition=84,hdlc=0", 512 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		read_layout(cases[i].spec);
		assert_int_equal(l.table.source, PTABLE_LIST);
		assert_false(l.raw);
		assert_null(l.primary.data);
		assert_table(2, false);
		assert_in_range(l.table.n, 30, 100);
		assert_int_equal(l.table.sector, cases[i].sector);
		assert_true(l.unit_why[0]);
		assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 1);
		assert_int_equal(session_info(on.s)->unsupported, 0);
		done();
	}
}

static void a_profile_may_forbid_raw_access_and_list(void **state)
{
	static const char *const known[] = { "misc" };

	(void)state;
	strcpy(on.profile.name, "test");
	on.profile.quirks = QUIRK_NO_RAW;
	read_layout("ums512");
	assert_int_equal(l.table.source, PTABLE_LIST);
	assert_false(l.raw);
	done();
	strcpy(on.profile.name, "test");
	on.profile.quirks = QUIRK_NO_RAW | QUIRK_NO_LIST;
	read_known("ums512", known, 1);
	assert_int_equal(l.table.source, PTABLE_PROBED);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 0);
	done();
}

/* -- known names --------------------------------------------------------- */

static void without_a_list_known_names_are_probed(void **state)
{
	static const char *const known[] = {
		"nosuch",     "misc",	   "prodnv",  "boot_a",
		"vbmeta_a",   "l_modem_a", "persist", "super",
		"l_fixnv2_a", "userdata",  "another",
	};
	static const char *const specs[] = {
		"ums512,user_partition=84,ptable=fe",
		"ums512,user_partition=96,ptable=silent",
		"ums512,user_partition=84,ptable=fe,hdlc=0,userdata=5G",
		"ums512,user_partition=84,ptable=fe,super=77M,userdata=1M",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		read_known(specs[i], known, ARRAY_SIZE(known));
		assert_int_equal(l.table.source, PTABLE_PROBED);
		assert_table(2, false);
		assert_int_equal(l.table.n, 9 + 2);
		assert_true(row("misc")->probed);
		assert_int_equal(session_info(on.s)->unsupported,
				 strstr(specs[i], "fe") ? 1 : 0);
		assert_int_equal(on.retries, 0);
		done();
	}
}

static void an_old_phone_is_probed(void **state)
{
	static const char *const known[] = {
		"prodnv", "miscdata", "recovery", "wmodem",
		"wdsp",	  "nosuch",   "logo",	  "boot",
		"system", "cache",    "userdata",
	};

	(void)state;
	read_known("sc9832", known, ARRAY_SIZE(known));
	assert_int_equal(l.table.source, PTABLE_PROBED);
	assert_table(2, false);
	assert_int_equal(l.table.n, 10 + 2);
	assert_int_equal(row("system")->size, 48 * MIB);
	assert_int_equal(row(BSL_SPLLOADER)->size, 4 * MIB);
	assert_int_equal(on.retries, 0);
	done();
}

/* A bad sector where the end is looked for is not the end. */
static void a_bad_sector_does_not_shorten_what_is_probed(void **state)
{
	static const char *const known[] = { "miscdata", "boot", "system" };
	static const char *const specs[] = {
		"sc9832,bad=system+1048064+512",
		"sc9832,bad=system+16776704+512",
		"sc9832,bad=system+16776704+65536",
		"sc9832,bad=system+1048064+512,bad=system+16776704+512",
		"sc9832,bad=system+0+4096",
		"sc9832,bad=boot+0+512,bad=system+33553920+1024",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		read_known(specs[i], known, ARRAY_SIZE(known));
		assert_table(2, false);
		assert_int_equal(l.table.n, 3 + 2);
		assert_int_equal(row("system")->size, 48 * MIB);
		done();
	}
}

/* Offsets of 32 bits reach just below 4 GiB; all below that is measured. */
static void sizes_below_four_gib_are_found(void **state)
{
	static const char *const known[] = { "boot", "userdata" };
	static const uint64_t sizes[] = { 2048, 2049, 2560, 3072, 4095 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char spec[64];

		snprintf(spec, sizeof(spec), "sc9832,userdata=%uM",
			 (unsigned)sizes[i]);
		read_known(spec, known, ARRAY_SIZE(known));
		assert_int_equal(row("userdata")->size, sizes[i] * MIB);
		assert_false(l.narrow_only);
		done();
	}
}

/* What goes on behind that is not taken for whole. */
static void a_size_out_of_reach_is_told(void **state)
{
	static const char *const known[] = { "boot", "userdata" };
	static const struct ptable_hint hint = { "userdata", 9 * GIB };
	static const char *const specs[] = {
		"sc9832,userdata=4G",
		"sc9832,userdata=9G",
		"ums512,user_partition=84,ptable=fe,da=none,userdata=9G",
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(specs); i++) {
		on.opt.hints = &hint;
		on.opt.nhints = i % 2;
		read_known(specs[i / 2], known, ARRAY_SIZE(known));
		assert_true(row("userdata")->size > 4 * GIB);
		assert_true(layout_is_out_of_reach(&l, row("userdata")));
		assert_true(is_warned("4 GiB"));
		for (size_t k = 0; k < on.tap->nreads; k++)
			assert_true(on.tap->reads[k].offset < 4 * GIB);
		done();
	}
}

/* The storage as one image: the same. */
static void a_storage_out_of_reach_is_told(void **state)
{
	(void)state;
	read_layout("ums512,da=bare,gpt_primary_bad=1,gpt_backup_bad=1,"
		    "size_names=off,userdata=3G");
	assert_int_equal(row(BSL_USER_PARTITION)->size,
			 phone_area_size(on.phone, "user"));
	assert_false(l.narrow_only);
	done();
	read_layout("ums512,da=bare,gpt_primary_bad=1,gpt_backup_bad=1,"
		    "size_names=off,userdata=9G");
	assert_true(layout_is_out_of_reach(&l, row(BSL_USER_PARTITION)));
	assert_true(is_warned("4 GiB"));
	done();
}

/* A first NV copy is told of, with the size of the second, in any order. */
static void first_nv_copies_are_not_probed(void **state)
{
	static const char *const orders[][4] = {
		{ "wfixnv1", "wfixnv2", "wruntimenv1", "wruntimenv2" },
		{ "wfixnv2", "wfixnv1", "wruntimenv2", "wruntimenv1" },
		{ "wfixnv2", "wruntimenv1", "wruntimenv2", "wfixnv1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		read_known("sc9832,nv_bad=wfixnv2", orders[i], 4);
		assert_table(2, false);
		assert_int_equal(l.table.n, 4 + 2);
		assert_int_equal(row("wfixnv1")->size, MIB);
		assert_true(layout_is_first_nv(row("wfixnv1")));
		assert_false(layout_is_first_nv(row("wfixnv2")));
		done();
	}
}

static void no_name_at_all_is_a_clear_end(void **state)
{
	static const char *const known[] = { "nosuch", "another" };

	(void)state;
	wirerig_open_raised(&on, "sc9832");
	assert_err(layout_read(on.s, known, 2, &l, &e), ERR_FORMAT,
		   "no partition table", &e);
	assert_true(e.hint[0]);
	wirerig_close(&on);
}

/* -- boot areas ---------------------------------------------------------- */

static void boot_areas_have_the_right_size_without_a_text(void **state)
{
	static const char *const specs[] = {
		"ums512",
		"ums512,size_names=zero",
		"ums512,size_names=off",
		"ums512,size_names=off,boot_wrap=1",
		"ums512,size_names=zero,boot_wrap=1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		read_layout(specs[i]);
		assert_int_equal(row(BSL_SPLLOADER)->size, 4 * MIB);
		assert_int_equal(row(BSL_SPLLOADER_BAK)->size, 4 * MIB);
		assert_true(row(BSL_SPLLOADER)->boot_area);
		done();
	}
}

/* It must not be missing without a word because its first sector is bad. */
static void a_boot_area_with_a_bad_beginning_is_found(void **state)
{
	static const char *const specs[] = {
		"ums512,bad=splloader+0+512",
		"ums512,bad=splloader+0+4096",
		"ums512,size_names=off,bad=splloader+0+4096",
		"ums512,size_names=off,boot_wrap=1,bad=splloader+0+512",
		/* Where its beginning is looked for once more */
		"ums512,size_names=off,bad=splloader+512+512",
		"ums512,size_names=off,bad=splloader+131072+512",
		"ums512,size_names=off,boot_wrap=1,bad=splloader+4608+512",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		read_layout(specs[i]);
		assert_int_equal(row(BSL_SPLLOADER)->size, 4 * MIB);
		assert_false(is_warned("boot area"));
		done();
	}
}

static void a_boot_area_that_is_not_given_is_told(void **state)
{
	(void)state;
	read_layout("ums512,size_names=off,bad=splloader+0+4M");
	assert_null(ptable_find(&l.table, BSL_SPLLOADER));
	assert_int_equal(row(BSL_SPLLOADER_BAK)->size, 4 * MIB);
	assert_true(is_warned("boot area 'splloader'"));
	done();
}

/* -- 64 bits ------------------------------------------------------------- */

static void high_offsets_are_used_when_proven(void **state)
{
	struct extent x;

	(void)state;
	read_layout("ums512,userdata=9G");
	assert_true(l.wide_proven);
	assert_false(l.narrow_only);
	assert_true(layout_raw_extent(&l, row("userdata"), &x));
	assert_string_equal(x.name, BSL_USER_PARTITION);
	assert_int_equal(x.length, 9 * GIB);
	assert_int_equal(x.offset, row("userdata")->offset);
	done();
}

/* It takes offsets modulo 4 GiB and says nothing. */
static void high_offsets_are_not_used_with_an_old_loader(void **state)
{
	struct extent x;

	(void)state;
	read_layout("ums512,userdata=9G,read32=1");
	assert_true(l.narrow_only);
	assert_true(is_warned("4 GiB"));
	assert_false(layout_raw_extent(&l, row("userdata"), &x));
	assert_true(layout_is_out_of_reach(&l, row("userdata")));
	assert_true(layout_raw_extent(&l, row("super"), &x));
	assert_false(layout_is_out_of_reach(&l, row("super")));
	done();
	/* The same without a raw storage to tell. */
	read_layout("ums512,userdata=9G,read32=1,user_partition=84");
	assert_true(l.narrow_only);
	assert_true(layout_is_out_of_reach(&l, row("userdata")));
	done();
	/* Small phones have nothing up there. */
	read_layout("ums512,read32=1");
	assert_false(l.narrow_only);
	assert_int_equal(l.nwarnings, 0);
	done();
}

/* A bad sector low down says nothing of what lies above. */
static void high_offsets_are_proven_beside_a_bad_sector(void **state)
{
	(void)state;
	read_layout("ums512,userdata=9G,user_partition=84,"
		    "bad=userdata+512+512");
	assert_false(l.narrow_only);
	assert_false(layout_is_out_of_reach(&l, row("userdata")));
	done();
}

static void boot_areas_have_no_raw_extent(void **state)
{
	struct extent x;

	(void)state;
	read_layout("ums512");
	assert_false(layout_raw_extent(&l, row(BSL_SPLLOADER), &x));
	layout_name_extent(row(BSL_SPLLOADER), &x);
	assert_string_equal(x.name, BSL_SPLLOADER);
	assert_int_equal(x.offset, 0);
	assert_int_equal(x.length, 4 * MIB);
	done();
}

/* -- both ways ----------------------------------------------------------- */

static void raw_and_named_reading_are_compared(void **state)
{
	struct both_ways b;

	(void)state;
	read_layout("ums512,skip_partition=persist");
	assert_ok(layout_read_both(on.s, &l, row("l_modem_a"), &b, &e), &e);
	assert_int_equal(b.n, READER_UNIT);
	assert_memory_equal(b.raw, b.named, b.n);
	/* A loader that serves its own request instead [5.2]. */
	assert_err(layout_read_both(on.s, &l, row("persist"), &b, &e),
		   ERR_REFUSED, "built to skip this partition", &e);
	/* The table says another place than the loader means by the name. */
	((struct partition *)(uintptr_t)row("l_modem_a"))->offset += 0x1000;
	assert_ok(layout_read_both(on.s, &l, row("l_modem_a"), &b, &e), &e);
	assert_memory_not_equal(b.raw, b.named, b.n);
	assert_err(layout_read_both(on.s, &l, row(BSL_SPLLOADER), &b, &e),
		   ERR_REFUSED, "", &e);
	done();
}

/* -- loaders that refuse ------------------------------------------------- */

static void one_refusal_of_authorisation_is_enough(void **state)
{
	static const char *const known[] = { "misc", "boot_a" };

	(void)state;
	wirerig_open_raised(&on, "ums512,auth_gate=1,hdlc=0");
	assert_err(layout_read(on.s, known, 2, &l, &e), ERR_REFUSED,
		   "reading the storage", &e);
	assert_int_equal(e.why, WHY_AUTHORISATION);
	assert_int_equal(session_info(on.s)->unsupported, 1);
	wirerig_close(&on);
}

static void a_broken_link_is_not_taken_for_no(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	on.tap->type = BSL_REP_READ_FLASH;
	on.tap->fault = TAP_LOSE;
	on.tap->at = 1;
	on.tap->times = 100000;
	assert_err(layout_read(on.s, NULL, 0, &l, &e), ERR_TIMEOUT, "", &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_PARTITION], 0);
	wirerig_close(&on);
}

/* The refusals of the storage, come twice, do not answer READ_PARTITION. */
static void a_refusal_that_comes_twice_does_not_hide_the_list(void **state)
{
	(void)state;
	for (unsigned at = 1; at <= 4; at++) {
		for (unsigned times = 1; times <= 3; times++) {
			wirerig_open_raised(&on, "ums512,user_partition=84");
			on.tap->type = BSL_REP_OPERATION_FAILED;
			on.tap->fault = TAP_DOUBLE;
			on.tap->at = at;
			on.tap->times = times;
			assert_ok(layout_read(on.s, NULL, 0, &l, &e), &e);
			assert_int_equal(l.table.source, PTABLE_LIST);
			done();
		}
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_gpt_is_the_table),
		TEST(both_copies_of_the_gpt_are_kept),
		TEST(a_bad_primary_is_replaced_by_its_backup),
		TEST(the_witness_sees_a_name_with_a_bad_primary),
		TEST(a_bad_backup_is_a_warning),
		TEST(without_any_gpt_the_storage_is_one_image),
		TEST(no_name_is_probed_with_a_bad_primary),
		TEST(without_raw_access_the_list_is_taken),
		TEST(a_profile_may_forbid_raw_access_and_list),
		TEST(without_a_list_known_names_are_probed),
		TEST(an_old_phone_is_probed),
		TEST(a_bad_sector_does_not_shorten_what_is_probed),
		TEST(sizes_below_four_gib_are_found),
		TEST(a_size_out_of_reach_is_told),
		TEST(a_storage_out_of_reach_is_told),
		TEST(first_nv_copies_are_not_probed),
		TEST(no_name_at_all_is_a_clear_end),
		TEST(boot_areas_have_the_right_size_without_a_text),
		TEST(high_offsets_are_used_when_proven),
		TEST(high_offsets_are_not_used_with_an_old_loader),
		TEST(a_boot_area_with_a_bad_beginning_is_found),
		TEST(a_boot_area_that_is_not_given_is_told),
		TEST(high_offsets_are_proven_beside_a_bad_sector),
		TEST(boot_areas_have_no_raw_extent),
		TEST(raw_and_named_reading_are_compared),
		TEST(one_refusal_of_authorisation_is_enough),
		TEST(a_broken_link_is_not_taken_for_no),
		TEST(a_refusal_that_comes_twice_does_not_hide_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
