/* SPDX-License-Identifier: BSD-3-Clause */
/* test_profile.c - profile files, those shipped and bad ones; the search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "device/profile.h"

static struct profile_set all;

static const char *source_path(const char *name, char buf[512])
{
	const char *src = getenv("SPDVAULT_SRC");

	snprintf(buf, 512, "%s/%s", src && *src ? src : ".", name);
	return buf;
}

static int load(void **state)
{
	char path[512];
	struct err e;

	(void)state;
	setenv("SPDVAULT_PROFILES", source_path("profiles", path), 1);
	if (profile_load_all(&all, &e) < 0) {
		print_error("%s\n", e.text);
		return -1;
	}
	return 0;
}

static int unload(void **state)
{
	(void)state;
	profile_set_free(&all);
	return 0;
}

static const struct profile *find(const char *name)
{
	const struct profile *p = NULL;
	struct err e;

	if (profile_find(&all, name, &p, &e) < 0)
		fail_msg("'%s': %s", name, e.text);
	return p;
}

static void every_key_arrives(void **state)
{
	static const char text[] =
		"[profile]\ntitle = A chip\ntitle = (two lines)\n"
		"class = feature phone\nname = X1\nname = Tiger X2\n"
		"model = Phone 5\n[fdl1]\naddress = 0x5500\n"
		"[fdl2]\naddress = 0x9efffe00\n[read]\nchunk = 4K\n"
		"[storage]\nkind = eMMC\nkind = UFS\n"
		"[quirks]\nquirk = no-list\nquirk = keep-charge\n"
		"[alternative 1]\nfdl1 = 0x4000\nfdl2 = 0\nwhy = so\n"
		"[alternative 2]\nfdl2 = 8\nwhy = a\nwhy = b\n"
		"[region 1]\nname = ps\nid = 0x80000003\nheader = yes\n"
		"[region 2]\nname = nv\nid = 0x90000001\nsize = 1M\n"
		"optional = yes\n"
		"[help]\nboot-key = hold\nboot-key = it\nnotes = note\n"
		"[source]\nconfidence = inferred\nevidence = e1\n"
		"evidence = e2\n";
	struct profile p;
	struct err e;

	(void)state;
	if (profile_parse(text, strlen(text), "d/UMS-1.profile", &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(p.name, "ums-1");
	assert_string_equal(p.origin, "d/UMS-1.profile");
	assert_string_equal(p.title, "A chip (two lines)");
	assert_string_equal(p.class, "feature phone");
	assert_int_equal(p.nnames, 2);
	assert_string_equal(p.names[1], "Tiger X2");
	assert_int_equal(p.nmodels, 1);
	assert_string_equal(p.models[0], "Phone 5");
	assert_true(p.has_fdl1 && p.has_fdl2);
	assert_int_equal(p.fdl1, 0x5500);
	assert_int_equal(p.fdl2, 0x9efffe00);
	assert_int_equal(p.read_chunk, 4096);
	assert_int_equal(p.storage, 1 << STORAGE_EMMC | 1 << STORAGE_UFS);
	assert_int_equal(p.quirks, QUIRK_NO_LIST | QUIRK_KEEP_CHARGE);
	assert_int_equal(p.nalternatives, 2);
	assert_true(p.alternatives[0].has_fdl1 && p.alternatives[0].has_fdl2);
	assert_int_equal(p.alternatives[0].fdl2, 0);
	assert_false(p.alternatives[1].has_fdl1);
	assert_string_equal(p.alternatives[1].why, "a b");
	assert_int_equal(p.nregions, 2);
	assert_string_equal(p.regions[0].name, "ps");
	assert_int_equal(p.regions[0].id, 0x80000003);
	assert_int_equal(p.regions[0].size, 0);
	assert_true(p.regions[0].header && !p.regions[0].optional);
	assert_int_equal(p.regions[1].size, 1 << 20);
	assert_true(!p.regions[1].header && p.regions[1].optional);
	assert_string_equal(p.boot_key, "hold it");
	assert_string_equal(p.notes, "note");
	assert_string_equal(p.evidence, "e1\ne2");
	assert_int_equal(p.confidence, CONFIDENCE_INFERRED);
}

/* The first line of such a file says what the message has to contain. */
static void refuse_file(const char *path)
{
	static const char mark[] = "# expect: ";
	CLEANUP(file_freep) uint8_t *text = NULL;
	struct profile p, before;
	struct err e = { .code = ERR_NONE };
	char *expect, *end;
	size_t n;

	if (file_read_all(path, 1 << 17, &text, &n, &e) < 0)
		fail_msg("%s", e.text);
	expect = (char *)text + strlen(mark);
	end = memchr(text, '\n', n);
	assert_non_null(end);
	assert_memory_equal(text, mark, strlen(mark));
	memset(&p, 0x5A, sizeof(p));
	before = p;
	if (profile_parse((char *)text, n, path, &p, &e) == 0)
		fail_msg("%s was taken", path);
	*end = '\0';
	if (!strstr(e.text, expect))
		fail_msg("%s: '%s' has no '%s'", path, e.text, expect);
	assert_int_equal(e.code, ERR_PROFILE);
	assert_non_null(strstr(e.text, strrchr(path, '/') + 1));
	assert_memory_equal(&p, &before, sizeof(p));
}

static void bad_files_are_refused(void **state)
{
	char dir[512], path[1024];
	struct dirent *entry;
	unsigned n = 0;
	DIR *d;

	(void)state;
	d = opendir(source_path("tests/data/bad", dir));
	assert_non_null(d);
	while ((entry = readdir(d))) {
		if (!strstr(entry->d_name, ".profile"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		refuse_file(path);
		n++;
	}
	closedir(d);
	assert_true(n >= 30);
}

static void bad_origins_are_refused(void **state)
{
	static const char *const names[] = {
		"",
		".profile",
		"a b.profile",
		"dir/",
		"x/\xC3\xA4.profile",
		"0123456789012345678901234567890123.profile",
		"a.b.profile",
	};
	struct profile p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(profile_parse("", 0, names[i], &p, &e),
				 -ERR_PROFILE);
}

/* Every prefix and every flipped byte of a good file: no crash, no hang. */
static void damaged_files_do_no_harm(void **state)
{
	char path[512];
	struct profile p;
	struct err e;
	uint8_t *text;
	size_t n;

	(void)state;
	source_path("profiles/ums512.profile", path);
	assert_int_equal(file_read_all(path, 1 << 16, &text, &n, &e), 0);
	for (size_t i = 0; i < n; i++) {
		char *copy = malloc(i + 1);
		uint8_t old = text[i];

		assert_non_null(copy);
		memcpy(copy, text, i);
		if (profile_parse(copy, i, path, &p, &e) < 0)
			assert_int_equal(e.code, ERR_PROFILE);
		free(copy);
		text[i] = (uint8_t)(old ^ 0x80 >> i % 8);
		if (profile_parse((char *)text, n, path, &p, &e) < 0)
			assert_int_equal(e.code, ERR_PROFILE);
		text[i] = old;
	}
	free(text);
}

static void every_profile_is_complete(void **state)
{
	(void)state;
	assert_true(all.n >= 40);
	for (size_t i = 0; i < all.n; i++) {
		const struct profile *p = &all.v[i];

		if (i)
			assert_true(strcmp(all.v[i - 1].name, p->name) < 0);
		assert_true(p->title[0] && p->evidence[0]);
		assert_true(p->nnames > 0);
		for (size_t k = 0; k < p->nalternatives; k++)
			assert_true(p->alternatives[k].why[0]);
		/* What a user reads must not say where we keep our notes. */
		assert_null(strstr(p->notes, "/work"));
		assert_null(strstr(p->evidence, "/work"));
		/* Two stages, one, or none known; SC9861 has a known half. */
		if (!p->has_fdl2 && p->has_fdl1 &&
		    !(p->quirks & QUIRK_SINGLE_STAGE))
			assert_string_equal(p->name, "sc9861");
		if (p->quirks & QUIRK_KEEP_CHARGE)
			assert_string_equal(p->class, "smartphone");
	}
}

/* Two chips share this code name, and nothing but it. */
static bool ambiguous_on_purpose(const char *name)
{
	return strcmp(name, "sharkle") == 0;
}

static void every_name_is_found_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		const struct profile *p = &all.v[i], *got;
		struct err e;

		assert_ptr_equal(find(p->name), p);
		for (size_t k = 0; k < p->nnames; k++) {
			const char *name = p->names[k];

			assert_true(profile_matches(p, name));
			if (!ambiguous_on_purpose(name)) {
				if (find(name) != p)
					fail_msg("%s: '%s'", p->name, name);
				continue;
			}
			assert_int_equal(profile_find(&all, name, &got, &e),
					 -ERR_PROFILE);
			assert_non_null(strstr(e.text, p->name));
		}
		for (size_t k = 0; k < p->nmodels; k++)
			if (find(p->models[k]) != p)
				fail_msg("%s: '%s'", p->name, p->models[k]);
	}
}

static void what_users_type_is_found(void **state)
{
	static const char *const cases[][2] = {
		{ "9863", "sc9863a" },
		{ "SC9863A", "sc9863a" },
		{ "sc-9863a", "sc9863a" },
		{ "sc9863", "sc9863a" },
		{ "Unisoc SC9863A", "sc9863a" },
		{ "T606", "ums9230" },
		{ "t 606", "ums9230" },
		{ "606", "ums9230" },
		{ "Unisoc Tiger T606", "ums9230" },
		{ "qogirl6", "ums9230" },
		{ "moto g04", "ums9230" },
		{ "MOTO-G04", "ums9230" },
		{ "nokia g21", "ums9230" },
		{ "ums512", "ums512" },
		{ "UMS-512", "ums512" },
		{ "512", "ums512" },
		{ "tiger t610", "ums512" },
		{ "moto g20", "ums512" },
		{ "RMX3261", "ums512" },
		{ "alldocube iplay 50", "ums512" },
		{ "alldocube iplay 50 mini", "ums9230" },
		{ "T310", "ums312" },
		{ "nokia c01 plus", "sc9863a" },
		{ "TA-1383", "sc9863a" },
		{ "itel vision 5 plus", "ums9230" },
		{ "nubia neo 2", "ums9620" },
		{ "sc6531da", "sc6531" },
		{ "SC6531E", "sc6531e" },
		{ "T117", "ums9117" },
		{ "tanggula t740", "ud710" },
		{ "zte f50", "ums9620" },
		{ "zte f50 pro", "ums9632" },
		{ "SC9832A", "sc9830" },
		{ "sc9832e", "sc9832e" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct profile *p = find(cases[i][0]);

		if (strcmp(p->name, cases[i][1]) != 0)
			fail_msg("'%s' found %s, not %s", cases[i][0], p->name,
				 cases[i][1]);
	}
}

static void doubtful_names_are_refused(void **state)
{
	static const struct {
		const char *query, *expect;
	} cases[] = {
		{ "9832", "several profiles: sc9830, sc9832e, sc9832ep" },
		{ "6531", "several profiles: sc6531, sc6531e" },
		{ "nokia 110", "several profiles: sc6531e, ums9117" },
		{ "iplay 50", "several profiles: ums512, ums9230" },
		{ "sharkle", "several profiles: sc9820e, sc9832e" },
		{ "sc9863b", "similar: sc9863a" },
		{ "t60", "ums9230" },
		{ "sc98", "similar: sc9820a" },
		{ "nokia", "no profile for 'nokia'; similar: " },
		{ "jambophone deluxe", "no profile for" },
		{ "tecno", "similar: ums9230" },
		{ "", "no profile for ''" },
		{ " - ", "no profile for" },
		{ "unisoc", "no profile for" },
		{ "5", "no profile for" },
		{ "2019", "no profile for" },
		{ "4g", "no profile for" },
		{ "\x1b[2Jx", "no profile for '?[2Jx'" },
		{ "\xff\xfe\x80", "no profile for '\?\?\?'" },
		{ "../ums512/..x", "no profile for" },
	};
	char name[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct profile *p = NULL;
		struct err e;

		if (profile_find(&all, cases[i].query, &p, &e) == 0)
			fail_msg("'%s' found %s", cases[i].query, p->name);
		assert_int_equal(e.code, ERR_PROFILE);
		assert_true(e.hint[0]);
		if (!strstr(e.text, cases[i].expect))
			fail_msg("'%s': %s", cases[i].query, e.text);
	}
	/* A name must not become a known one by being cut. */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memcpy(name, "ums512 ", 7);
	for (size_t len = 8; len < sizeof(name); len++) {
		const struct profile *p;
		char save = name[len];
		struct err e;

		name[len] = '\0';
		assert_true(profile_find(&all, name, &p, &e) < 0);
		name[len] = save;
	}
}

static void search_takes_parts_of_words(void **state)
{
	const struct profile *p = find("ums512");

	(void)state;
	assert_true(profile_matches(p, "t610"));
	assert_true(profile_matches(p, "Tiger"));
	assert_true(profile_matches(p, "tiger T610"));
	assert_true(profile_matches(p, "moto 20"));
	assert_true(profile_matches(p, "hisense"));
	assert_true(profile_matches(p, ""));
	assert_false(profile_matches(p, "t606"));
	assert_false(profile_matches(p, "motorola t610"));
	assert_false(profile_matches(p, "motog20"));
}

/* What people type into a search. */
static void searches_say_how_well_they_fit(void **state)
{
	static const struct {
		const char *query, *profile;
		enum profile_fit fit;
	} cases[] = {
		{ "T606", "ums9230", PROFILE_FIT_WHOLE },
		{ "unisoc t606", "ums9230", PROFILE_FIT_WHOLE },
		{ "T 606", "ums9230", PROFILE_FIT_WHOLE },
		{ "tiger T610", "ums512", PROFILE_FIT_WHOLE },
		{ "9863", "sc9863a", PROFILE_FIT_WHOLE },
		{ "spreadtrum 7731e", "sc7731e", PROFILE_FIT_WHOLE },
		{ "moto g04", "ums9230", PROFILE_FIT_WHOLE },
		{ "motorola g04", "ums9230", PROFILE_FIT_WHOLE },
		{ "Realme C11", "sc9863a", PROFILE_FIT_WHOLE },
		{ "sharkl5pro", "ums512", PROFILE_FIT_WHOLE },
		{ "unisoc", "ums512", PROFILE_FIT_WHOLE },
		{ "realme 9863", "sc9863a", PROFILE_FIT_PART },
		{ "zte blade a3", "sc9863a", PROFILE_FIT_PART },
		{ "moto g 04", "ums9230", PROFILE_FIT_PART },
		{ "SC9863A1", "sc9863a", PROFILE_FIT_NEAR },
		{ "UMS9230_6h10", "ums9230", PROFILE_FIT_NEAR },
		{ "ums512t", "ums512", PROFILE_FIT_NEAR },
		{ "T6O6", "ums9230", PROFILE_FIT_NEAR },
		{ "moto go4", "ums9230", PROFILE_FIT_NEAR },
		{ "motog04", "ums9230", PROFILE_FIT_NEAR },
		{ "T606", "ums512", PROFILE_FIT_NONE },
		{ "motorola t610", "ums9230", PROFILE_FIT_NONE },
		{ "xyzzy", "ums512", PROFILE_FIT_NONE },
		{ "spreadtrum 7731e", "ums512", PROFILE_FIT_NONE },
	};
	char name[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum profile_fit fit =
			profile_fit(find(cases[i].profile), cases[i].query);

		if (fit != cases[i].fit)
			fail_msg("'%s' of %s: %d", cases[i].query,
				 cases[i].profile, fit);
	}
	/* Too long for a name, it is not all of them. */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 60; i < sizeof(name) - 1; i += 60)
		name[i] = ' ';
	assert_int_equal(profile_fit(find("ums512"), name), PROFILE_FIT_NONE);
}

static void a_guess_names_the_phone(void **state)
{
	const struct profile *p = find("galaxy a03");

	(void)state;
	assert_string_equal(profile_guess(p, "galaxy a03"),
			    "Samsung Galaxy A03 Core");
	assert_null(profile_guess(p, "Samsung Galaxy A03 Core"));
	assert_null(profile_guess(p, "9863"));
	assert_null(profile_guess(p, "sc9863a"));
}

static void load_needs_the_folder_it_was_told(void **state)
{
	struct profile_set s = { 0 };
	char path[512];
	struct err e;

	(void)state;
	setenv("SPDVAULT_PROFILES", "/nonexistent/profiles", 1);
	assert_int_equal(profile_load_all(&s, &e), -ERR_IO);
	setenv("SPDVAULT_PROFILES", source_path("tests/data/bad", path), 1);
	assert_int_equal(profile_load_all(&s, &e), -ERR_PROFILE);
	setenv("SPDVAULT_PROFILES", source_path("tests/data/lists", path), 1);
	assert_int_equal(profile_load_all(&s, &e), -ERR_PROFILE);
	assert_string_equal(e.text, "no profiles found");
	assert_null(s.v);
}

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
}

static void users_folder_is_read_without_being_told(void **state)
{
	char dir[] = "/tmp/spdvault-test-XXXXXX", path[256];
	struct profile_set s = { 0 };
	const struct profile *p;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "mkdir -p %s/spdvault/profiles", dir);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/spdvault/profiles/zz9.profile", dir);
	put_file(path, "[profile]\ntitle = mine\nclass = modem\n"
		       "[source]\nconfidence = one\nevidence = me\n");
	unsetenv("SPDVAULT_PROFILES");
	setenv("XDG_CONFIG_HOME", dir, 1);
	if (profile_load_all(&s, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(profile_find(&s, "zz9", &p, &e), 0);
	assert_string_equal(p->title, "mine");
	profile_set_free(&s);
	snprintf(path, sizeof(path), "rm -r %s", dir);
	assert_int_equal(system(path), 0);
}

static void numbers_have_names(void **state)
{
	(void)state;
	assert_string_equal(profile_quirk_name(QUIRK_NO_LIST), "no-list");
	assert_string_equal(profile_quirk_name((enum quirk)0), "unknown");
	assert_string_equal(profile_storage_name(STORAGE_EMMC), "eMMC");
	assert_string_equal(profile_storage_name((enum storage_kind)99),
			    "unknown");
	for (int c = CONFIDENCE_DEVICE; c <= CONFIDENCE_INFERRED; c++)
		assert_string_not_equal(profile_confidence_text(c), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_arrives),
		cmocka_unit_test(bad_files_are_refused),
		cmocka_unit_test(bad_origins_are_refused),
		cmocka_unit_test(damaged_files_do_no_harm),
		cmocka_unit_test(every_profile_is_complete),
		cmocka_unit_test(every_name_is_found_again),
		cmocka_unit_test(what_users_type_is_found),
		cmocka_unit_test(doubtful_names_are_refused),
		cmocka_unit_test(search_takes_parts_of_words),
		cmocka_unit_test(searches_say_how_well_they_fit),
		cmocka_unit_test(a_guess_names_the_phone),
		cmocka_unit_test(load_needs_the_folder_it_was_told),
		cmocka_unit_test(users_folder_is_read_without_being_told),
		cmocka_unit_test(numbers_have_names),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
