/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/unit.h"

#include "job/plan.h"

#include <glob.h>

static void names_have_their_class(void **state)
{
	static const struct {
		const char *name, *class;
		bool by_default, private_;
	} cases[] = {
		{ "splloader", "boot-area", true, false },
		{ "splloader_bak", "boot-area", true, false },
		{ "l_fixnv1", "nv", true, true },
		{ "l_fixnv1_a", "nv", true, true },
		{ "l_fixnv2_b", "nv", true, true },
		{ "nr_runtimenv2", "nv", true, true },
		{ "tdfixnv1", "nv", true, true },
		{ "fixnv", "nv", true, true },
		{ "l_deltanv_a", "nv", true, true },
		{ "prodnv", "calibration", true, true },
		{ "persist", "calibration", true, true },
		{ "prodinfo3", "calibration", true, true },
		{ "miscdata", "unit", true, true },
		{ "simlock", "unit", true, true },
		{ "misc", "boot-control", true, false },
		{ "uboot", "boot-chain", true, false },
		{ "uboot_b", "boot-chain", true, false },
		{ "uboot_bak", "boot-chain", true, false },
		{ "uboot_log", "log", false, true },
		{ "trustos_bak", "boot-chain", true, false },
		{ "vbmeta", "boot-chain", true, false },
		{ "vbmeta_system_ext_a", "boot-chain", true, false },
		{ "hypervsior_a", "boot-chain", true, false },
		{ "boot", "kernel", true, false },
		{ "boot_a", "kernel", true, false },
		{ "init_boot_b", "kernel", true, false },
		{ "recovery", "kernel", true, false },
		{ "dtbo_a", "kernel", true, false },
		{ "l_modem_a", "firmware", true, false },
		{ "wcnmodem", "firmware", true, false },
		{ "l_cdsp_a", "firmware", true, false },
		{ "pm_sys", "firmware", true, false },
		{ "logo", "firmware", true, false },
		{ "super", "system", true, false },
		{ "system", "system", true, false },
		{ "vendor", "system", true, false },
		{ "metadata", "keys", true, true },
		{ "userdata", "userdata", false, true },
		{ "cache", "cache", false, false },
		{ "sysdumpdb", "log", false, true },
		{ "blackbox", "log", false, true },
		/* What nobody knows is kept. */
		{ "something_new", "other", true, false },
		{ "", "other", true, false },
		{ "_a", "other", true, false },
		{ "misc2", "other", true, false },
		{ "MISC", "other", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct part_class *c = plan_class(cases[i].name);

		if (strcmp(c->name, cases[i].class) != 0)
			fail_msg("'%s' is '%s', not '%s'", cases[i].name,
				 c->name, cases[i].class);
		if (c->by_default != cases[i].by_default ||
		    c->private_ != cases[i].private_)
			fail_msg("'%s': by default %d, private %d",
				 cases[i].name, c->by_default, c->private_);
	}
}

static void assert_before(const char *first, const char *then)
{
	if (plan_class(first)->rank >= plan_class(then)->rank)
		fail_msg("'%s' does not come before '%s'", first, then);
}

static void the_irreplaceable_comes_first(void **state)
{
	(void)state;
	assert_before("splloader", "l_fixnv1_a");
	assert_before("l_fixnv1_a", "uboot_a");
	assert_before("miscdata", "boot_a");
	assert_before("persist", "vbmeta_a");
	assert_before("uboot_a", "l_modem_a");
	assert_before("boot_a", "system");
	assert_before("something_new", "super");
	assert_before("l_modem_a", "super");
	assert_before("super", "userdata");
	assert_before("super", "cache");
}

/* What a loader changes or keeps in RAM cannot prove that raw reading works. */
static void ordinary_is_what_loaders_leave_alone(void **state)
{
	static const char *const special[] = {
		"l_fixnv1",  "l_fixnv2_a", "l_runtimenv1", "prodnv",
		"splloader", "boot",	   "boot_a",	   "vendor_boot_a"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (plan_class(special[i])->ordinary)
			fail_msg("'%s' is called ordinary", special[i]);
	assert_true(plan_class("uboot_a")->ordinary);
	assert_true(plan_class("logo")->ordinary);
	assert_true(plan_class("super")->ordinary);
}

static void long_names_do_no_harm(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[299] = '\0';
	assert_string_equal(plan_class(name)->name, "other");
	memcpy(name, "l_fixnv1", 8);
	assert_string_equal(plan_class(name)->name, "other");
}

/* Tables of real phones: most names are known, and none is left out unseen. */
static void names_of_real_phones(void **state)
{
	size_t names = 0, others = 0;
	char line[256], name[64];
	glob_t g;

	(void)state;
	assert_int_equal(glob("tests/data/lists/*.txt", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 5);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *f = fopen(g.gl_pathv[i], "r");

		assert_non_null(f);
		while (fgets(line, sizeof(line), f)) {
			if (*line == '#' || sscanf(line, "%63s", name) != 1)
				continue;
			names++;
			others += !strcmp(plan_class(name)->name, "other");
		}
		fclose(f);
	}
	globfree(&g);
	assert_true(names > 200);
	/* Unknown ones are kept, but should be few. */
	if (others * 10 > names)
		fail_msg("%zu of %zu names have no class", others, names);
}

static void known_names_are_good_for_probing(void **state)
{
	const char *const *v;
	size_t n;

	(void)state;
	v = plan_known_names(&n);
	assert_true(n > 50);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(v[i]);
		assert_true(strlen(v[i]) > 0 && strlen(v[i]) <= 35);
		for (size_t k = 0; k < i; k++)
			if (strcmp(v[i], v[k]) == 0)
				fail_msg("'%s' stands there twice", v[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_their_class),
		cmocka_unit_test(the_irreplaceable_comes_first),
		cmocka_unit_test(ordinary_is_what_loaders_leave_alone),
		cmocka_unit_test(long_names_do_no_harm),
		cmocka_unit_test(names_of_real_phones),
		cmocka_unit_test(known_names_are_good_for_probing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
