/* SPDX-License-Identifier: BSD-3-Clause */
/* From an archive back onto simulated phones that hold something else. */
#include "lib/phonesum.h"
#include "lib/rig.h"

#include "archive/archive.h"
#include "job/restore.h"

#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 160
#define ALL_KINDS ((1u << RESTORE_KINDS) - 1)

static const char *const models[] = { "ums512", "ums9230", "sc9863a",
				      "sc9832" };

/* The same phone each time: what was written stays in a file. */
static const char *spec(struct rig *r, const char *model, const char *keys)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "%s,super=2M,userdata=1M,same_slots=1,keep=%s%s", model,
		 rig_path(r, "keep"), keys);
	return text;
}

static void open_again(struct rig *r, const char *model, const char *keys)
{
	rig_close(r);
	rig_open(r, spec(r, model, keys));
}

/* Every name that the archive has, so that all of it is asked for. */
static size_t names_of(const struct manifest *m, const char **v)
{
	static char text[NAMES_MAX][40];
	size_t n = 0;

	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		if (strncmp(p->member, "partitions/", 11) != 0 &&
		    strncmp(p->member, "boot/", 5) != 0)
			continue;
		assert_true(n < NAMES_MAX);
		/* (the request borrows them for longer than m lives) */
		snprintf(text[n], sizeof(text[n]), "%s", p->name);
		v[n] = text[n];
		n++;
	}
	return n;
}

static struct restore *look(struct rig *r, const char *archive, bool all)
{
	static const char *names[NAMES_MAX];
	struct restore_request q = { .archive = archive, .same_phone = true };
	struct job_events ev = rig_events(r);
	struct archive_reader *a;
	struct restore *ret;

	assert_ok(archive_open(archive, 0, &a, &r->e), &r->e);
	if (all) {
		q.names = names;
		q.nnames = names_of(archive_manifest(a), names);
		q.kinds = ALL_KINDS;
	}
	assert_ok(restore_open(&q, &ev, &ret, &r->e), &r->e);
	assert_ok(restore_look(ret, r->s, &r->so, &r->e), &r->e);
	archive_close(a);
	return ret;
}

static void assert_none_refused(const struct restore *x)
{
	const struct restore_plan *p = restore_plan(x);

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].state == RESTORE_REFUSED)
			print_error("'%s': %s\n", p->v[i].name, p->v[i].reason);
	assert_int_equal(p->counts[RESTORE_REFUSED], 0);
}

static struct phone_stats stats(const struct rig *r)
{
	struct phone_stats st;

	phone_stats(r->phone, &st);
	return st;
}

/* All of the archive onto the phone, with a safety copy. */
static void write_all(struct rig *r, const char *archive, const char *undo)
{
	struct restore *x = look(r, archive, true);

	assert_none_refused(x);
	assert_int_equal(stats(r).storage_writes, 0);
	assert_true(restore_plan(x)->counts[RESTORE_WRITE] > 0);
	assert_ok(restore_save(x, undo, rig_path(r, "state"), &r->e), &r->e);
	assert_int_equal(stats(r).storage_writes, 0);
	assert_ok(restore_apply(x, &r->e), &r->e);
	assert_int_equal(access(rig_path(r, "state"), F_OK), -1);
	restore_close(x);
	if (stats(r).harm)
		fail_msg("%s", stats(r).harm);
	assert_null(stats(r).dead);
}

static void nothing_is_left_to_write(struct rig *r, const char *archive)
{
	struct restore *x = look(r, archive, true);

	assert_none_refused(x);
	assert_int_equal(restore_plan(x)->counts[RESTORE_WRITE], 0);
	assert_int_equal(restore_plan(x)->counts[RESTORE_ALONG], 0);
	restore_close(x);
	rig_assert_untouched(r);
}

static void back_up(struct rig *r, const char *archive)
{
	struct backup_request q = { .plan = { .all = true },
				    .simulated = true };

	assert_ok(rig_backup(r, archive, 0, &q), &r->e);
	rig_assert_untouched(r);
}

/* Back up, damage everything, restore; the damaged state is left in *ret. */
static void all_of_it(struct rig *r, const char *model, const char *keys,
		      struct phonesum *ret)
{
	static struct phonesum was, is;

	r->may_write = true;
	open_again(r, model, keys);
	back_up(r, "a.tar.zst");
	phonesum_take(r->phone, &was);
	phonesum_damage_all(r->phone);
	phonesum_take(r->phone, ret);
	open_again(r, model, keys);
	write_all(r, rig_path(r, "a.tar.zst"), rig_path(r, "undo.tar.zst"));
	phonesum_take(r->phone, &is);
	phonesum_assert_same(&was, &is, true);
	open_again(r, model, keys);
	nothing_is_left_to_write(r, rig_path(r, "a.tar.zst"));
}

static void all_and_back(struct rig *r, const char *model, const char *keys)
{
	static struct phonesum damaged, is;

	all_of_it(r, model, keys, &damaged);
	open_again(r, model, keys);
	write_all(r, rig_path(r, "undo.tar.zst"), rig_path(r, "redo.tar.zst"));
	phonesum_take(r->phone, &is);
	phonesum_assert_same(&damaged, &is, true);
}

static void a_phone_with_both_slots(void **state)
{
	all_and_back(*state, models[0], "");
}

static void a_phone_with_ufs(void **state)
{
	all_and_back(*state, models[1], "");
}

static void a_phone_with_copies(void **state)
{
	all_and_back(*state, models[2], "");
}

static void an_old_phone(void **state)
{
	all_and_back(*state, models[3], "");
}

/* What the vendor has signed goes back; the damage would not. */
static void a_phone_with_secure_boot(void **state)
{
	static struct phonesum damaged;

	all_of_it(*state, "sc9863a",
		  ",window=64K,verify_hang=1,write_enable=1,nv_write=len",
		  &damaged);
}

static const struct restore_item *item(const struct restore *x,
				       const char *name)
{
	const struct restore_plan *p = restore_plan(x);

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return &p->v[i];
	fail_msg("'%s' is not in the plan", name);
	return NULL;
}

/*
 * The archive lacks a part of one slot's kernel group: neither that slot's
 * nor what a loader would write along into it is said to go there.
 */
static void what_goes_along_is_refused_with_it(void **state)
{
	static const char *const parts[] = { "boot_a", "boot_b",   "dtb_a",
					     "dtb_b",  "vbmeta_a", "vbmeta_b" };
	struct restore_request q = { .same_phone = true };
	struct rig *r = *state;
	struct job_events ev;
	struct restore *x;

	r->may_write = true;
	open_again(r, "ums512", ",bad=dtbo_b+0+512");
	(void)rig_backup(r, "a.tar.zst", 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		phonesum_damage(r->phone, parts[i], 4096);
	open_again(r, "ums512", "");
	phonesum_damage(r->phone, "dtbo_b", 0);
	q.archive = rig_path(r, "a.tar.zst");
	ev = rig_events(r);
	assert_ok(restore_open(&q, &ev, &x, &r->e), &r->e);
	assert_ok(restore_look(x, r->s, &r->so, &r->e), &r->e);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_int_equal(item(x, parts[i])->state, RESTORE_REFUSED);
	restore_close(x);
	rig_assert_untouched(r);
}

static int apply(struct rig *r, struct restore *x)
{
	assert_ok(restore_save(x, rig_path(r, "undo.tar.zst"),
			       rig_path(r, "state"), &r->e),
		  &r->e);
	return restore_apply(x, &r->e);
}

/* Sent as it is a loader would expand it, or what follows 0x200 bytes. */
static void a_raw_image_is_not_expanded(void **state)
{
	static const uint64_t places[] = { 0, 0x200 };
	static const char *const cache[] = { "cache" };
	/* One chunk: ten blocks of 4 KiB full of "abcd". */
	static const uint8_t sparse[44] = {
		0x3A, 0xFF, 0x26, 0xED, 1, 0,  0,    0,	   28,	0,   12,
		0,    0,    0x10, 0,	0, 10, 0,    0,	   0,	1,   0,
		0,    0,    0,	  0,	0, 0,  0xC2, 0xCA, 0,	0,   10,
		0,    0,    0,	  16,	0, 0,  0,    'a',  'b', 'c', 'd',
	};
	static struct phonesum was, is;
	struct rig *r = *state;
	struct rig_place at;

	r->may_write = true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct backup_request b = { .plan = { .names = cache,
						      .nnames = 1 },
					    .simulated = true };
		struct restore *x;

		open_again(r, "sc9863a", "");
		assert_true(rig_find(r->phone, "cache", &at));
		assert_true(phone_poke(r->phone, at.area, at.offset + places[i],
				       sparse, sizeof(sparse)));
		assert_ok(rig_backup(r, "a.tar.zst", 0, &b), &r->e);
		phonesum_take(r->phone, &was);
		phonesum_damage(r->phone, "cache", 0);
		open_again(r, "sc9863a", "");
		x = look(r, rig_path(r, "a.tar.zst"), true);
		assert_ok(apply(r, x), &r->e);
		restore_close(x);
		phonesum_take(r->phone, &is);
		phonesum_assert_same(&was, &is, false);
		unlink(rig_path(r, "a.tar.zst"));
		unlink(rig_path(r, "undo.tar.zst"));
	}
}

/*
 * A loader erases a table of verified boot first, so that its payload is all
 * that is sent: but not where more than padding lies behind, nor where the
 * loader is one that does not.
 */
static void what_lies_behind_a_table_comes_back(void **state)
{
	static const char *const keys[] = { "", ",vbmeta_erase=0" };
	static const uint8_t end[] = "DHTB of the whole";
	static struct phonesum was, is;
	struct rig *r = *state;
	struct rig_place at;

	r->may_write = true;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(keys); i++) {
		const char *k = keys[i / 2];

		open_again(r, "sc9863a", k);
		assert_true(rig_find(r->phone, "vbmeta", &at));
		if (i % 2)
			assert_true(
				phone_poke(r->phone, at.area,
					   at.offset + at.size - sizeof(end),
					   end, sizeof(end)));
		back_up(r, "a.tar.zst");
		phonesum_take(r->phone, &was);
		phonesum_damage(r->phone, "vbmeta", 0);
		phonesum_damage(r->phone, "vbmeta_system", 0x8000);
		open_again(r, "sc9863a", k);
		write_all(r, rig_path(r, "a.tar.zst"),
			  rig_path(r, "undo.tar.zst"));
		phonesum_take(r->phone, &is);
		phonesum_assert_same(&was, &is, false);
		open_again(r, "sc9863a", k);
		nothing_is_left_to_write(r, rig_path(r, "a.tar.zst"));
		unlink(rig_path(r, "a.tar.zst"));
		unlink(rig_path(r, "undo.tar.zst"));
	}
}

/* How often something else than that one or its copy was said to be in hand. */
static void expect_vbmeta(void *user, const struct job_progress *p)
{
	size_t *wrong = user;

	if (strcmp(p->part, "vbmeta") != 0 &&
	    strcmp(p->part, "vbmeta_bak") != 0)
		(*wrong)++;
}

/* The second time, too: the loader did not erase what lies behind. */
static void progress_names_what_is_written_again(void **state)
{
	static const char *const vbmeta[] = { "vbmeta" };
	struct restore_request q = { .same_phone = true,
				     .names = vbmeta,
				     .nnames = 1 };
	struct rig *r = *state;
	size_t wrong = 0;
	const struct job_events ev = { .user = &wrong,
				       .progress = expect_vbmeta };
	struct restore *x;

	r->may_write = true;
	open_again(r, "sc9863a", ",vbmeta_erase=0");
	back_up(r, "a.tar.zst");
	phonesum_damage(r->phone, "vbmeta", 0);
	q.archive = rig_path(r, "a.tar.zst");
	assert_ok(restore_open(&q, &ev, &x, &r->e), &r->e);
	assert_ok(restore_look(x, r->s, &r->so, &r->e), &r->e);
	assert_ok(restore_save(x, rig_path(r, "undo.tar.zst"),
			       rig_path(r, "state"), &r->e),
		  &r->e);
	wrong = 0;
	assert_ok(restore_apply(x, &r->e), &r->e);
	assert_int_equal(item(x, "vbmeta")->how, RESTORE_WHOLE);
	restore_close(x);
	assert_int_equal(wrong, 0);
}

/* -- NV ------------------------------------------------------------------ */

#define SLOTS ",add=calinv+l_downloadnv"

static const char *const nv[] = { "l_fixnv1_a", "l_fixnv2_a",	"l_fixnv1_b",
				  "l_fixnv2_b", "l_runtimenv1", "l_runtimenv2",
				  "calinv",	"prodnv" };

/* The phone of these tests, with an archive and what it held. */
static void phone_with_nv(struct rig *r, const char *keys, struct phonesum *was)
{
	static char all[128];

	snprintf(all, sizeof(all), "%s%s", SLOTS, keys);
	r->may_write = true;
	open_again(r, "ums512", all);
	back_up(r, "a.tar.zst");
	phonesum_take(r->phone, was);
}

/* By their names, or with --class nv. */
static struct restore *look_at_nv(struct rig *r, bool named)
{
	struct restore_request q = { .archive = rig_path(r, "a.tar.zst"),
				     .names = named ? nv : NULL,
				     .nnames = named ? ARRAY_SIZE(nv) : 0,
				     .kinds = 1u << RESTORE_NV };
	struct job_events ev = rig_events(r);
	struct restore *x;

	assert_ok(restore_open(&q, &ev, &x, &r->e), &r->e);
	assert_ok(restore_look(x, r->s, &r->so, &r->e), &r->e);
	return x;
}

static void assert_nv_same(const struct phone *p, const struct phonesum *was)
{
	struct phonesum *is = malloc(sizeof(*is));

	phonesum_take(p, is);
	for (size_t i = 0; i < ARRAY_SIZE(nv); i++)
		if (!phonesum_same(phonesum_find(is, nv[i]),
				   phonesum_find(was, nv[i]), true))
			fail_msg("'%s' is not what it was", nv[i]);
	free(is);
}

/* Another IMEI in every copy, other calibration, no `prodnv` at all. */
static void the_imei_is_what_it_was(void **state)
{
	static const char *const builds[] = { "", ",nv_write=len",
					      ",nv_sum32=1" };
	struct rig *r = *state;
	static struct phonesum was;

	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		struct restore *x;

		phone_with_nv(r, builds[i], &was);
		for (size_t k = 0; k < 6 && i < 2; k++)
			phonesum_change_item(r->phone, nv[k], 5);
		phonesum_damage(r->phone, "calinv", 0);
		phonesum_damage(r->phone, "prodnv", 0);
		x = look_at_nv(r, true);
		assert_int_equal(restore_plan(x)->counts[RESTORE_REFUSED], 0);
		assert_ok(apply(r, x), &r->e);
		restore_close(x);
		assert_nv_same(r->phone, &was);
		assert_null(stats(r).harm);
		unlink(rig_path(r, "undo.tar.zst"));
		unlink(rig_path(r, "a.tar.zst"));
		unlink(rig_path(r, "keep"));
	}
}

/* Both copies are noise: only the archive knows the IMEI yet. */
static void an_nv_that_is_gone_comes_back(void **state)
{
	struct rig *r = *state;
	static struct phonesum was;
	struct restore *x;

	phone_with_nv(r, "", &was);
	for (size_t i = 0; i < 6; i++)
		phonesum_damage(r->phone, nv[i], 0);
	x = look_at_nv(r, true);
	assert_ok(apply(r, x), &r->e);
	restore_close(x);
	assert_nv_same(r->phone, &was);
}

/* It ACKs all, and keeps its own IMEI: seen when it is read back. */
static void a_phone_that_keeps_its_imei_is_found_out(void **state)
{
	struct rig *r = *state;
	static struct phonesum was;
	struct restore *x;

	phone_with_nv(r, ",nv_write=merge", &was);
	for (size_t i = 0; i < 4; i++)
		phonesum_change_item(r->phone, nv[i], 5);
	x = look_at_nv(r, true);
	assert_err(apply(r, x), ERR_MISMATCH, "l_fixnv1_a", &r->e);
	assert_true(restore_touched(x));
	assert_int_equal(item(x, "l_fixnv1_a")->done, RESTORE_BAD);
	restore_close(x);
	assert_int_equal(access(rig_path(r, "undo.tar.zst"), F_OK), 0);
}

/* What the flash holds is no list of items: nobody knows what to send. */
static void an_encrypted_nv_is_refused(void **state)
{
	struct rig *r = *state;
	static struct phonesum was;
	struct restore *x;

	phone_with_nv(r, ",nv_crypt=1", &was);
	for (size_t i = 0; i < 4; i++)
		phonesum_damage(r->phone, nv[i], 0);
	x = look_at_nv(r, false);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(item(x, nv[i])->state, RESTORE_REFUSED);
	assert_int_equal(item(x, "l_fixnv1_a")->how, RESTORE_AS_NV);
	restore_close(x);
	rig_assert_untouched(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_phone_with_both_slots),
		TEST(a_phone_with_ufs),
		TEST(a_phone_with_copies),
		TEST(an_old_phone),
		TEST(a_phone_with_secure_boot),
		TEST(a_raw_image_is_not_expanded),
		TEST(what_lies_behind_a_table_comes_back),
		TEST(progress_names_what_is_written_again),
		TEST(what_goes_along_is_refused_with_it),
		TEST(the_imei_is_what_it_was),
		TEST(an_nv_that_is_gone_comes_back),
		TEST(a_phone_that_keeps_its_imei_is_found_out),
		TEST(an_encrypted_nv_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
