/* SPDX-License-Identifier: BSD-3-Clause */
/* From a simulated phone into an archive and back, without the program. */
#include "lib/rig.h"

#include <sys/stat.h>
#include <unistd.h>

#define SMALL ",super=9M,userdata=5M"

static const char *const models[] = { "ums512", "ums9230", "sc9863a",
				      "sc9832" };

static const char *spec(const char *model, const char *keys)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s%s", model, keys);
	return text;
}

/* -- what is in it ------------------------------------------------------- */

static void find_in_manifest(void *user, const char *name, uint64_t size)
{
	const struct manifest *m = user;
	const struct manifest_part *p = manifest_find(m, name);

	if (p) {
		assert_int_equal(p->size, size);
		return;
	}
	for (size_t i = 0; i < m->nomitted; i++)
		if (strcmp(m->omitted[i].name, name) == 0) {
			assert_int_equal(m->omitted[i].size, size);
			assert_true(m->omitted[i].reason[0]);
			return;
		}
	fail_msg("'%s' is neither in the backup nor named as left out", name);
}

static void assert_order(const struct manifest *m)
{
	unsigned last = 0;

	assert_string_equal(m->parts[0].member, MANIFEST_DEVICE);
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		if (strncmp(p->member, "gpt/", 4) == 0 || i == 0)
			continue;
		assert_true(plan_class(p->name)->rank >= last);
		last = plan_class(p->name)->rank;
	}
}

static void back_up_exactly(struct rig *r, const char *model, unsigned threads,
			    bool all)
{
	struct backup_request q = { .plan = { .all = all }, .simulated = true };
	size_t n;

	rig_open(r, spec(model, SMALL));
	assert_ok(rig_backup(r, "a.tar.zst", threads, &q), &r->e);
	rig_assert_untouched(r);
	assert_true(r->m.complete);
	assert_int_equal(r->totals.parts, r->totals.planned);
	assert_int_equal(r->parts_done, r->totals.parts);
	assert_int_equal(r->totals.unreadable, 0);
	assert_int_equal(r->done, r->totals.bytes);
	rig_each(r->phone, find_in_manifest, &r->m);
	assert_order(&r->m);
	n = rig_assert_exact(r, rig_path(r, "a.tar.zst"), threads);
	assert_int_equal(n, r->totals.parts);
	assert_int_equal(access(rig_path(r, "a.tar.zst.partial"), F_OK), -1);
	unlink(rig_path(r, "a.tar.zst"));
}

static void every_model_is_exact_in_one_thread(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		back_up_exactly(*state, models[i], 0, true);
}

static void every_model_is_exact_with_threads(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		back_up_exactly(*state, models[i], 2, false);
}

/* -- two runs ------------------------------------------------------------ */

struct loaded {
	uint8_t *p;
	size_t n;
	struct seektable t;
	struct trailer tr;
};

static void load(struct rig *r, const char *name, struct loaded *l)
{
	size_t tail;

	l->p = rig_load(rig_path(r, name), &l->n);
	assert_ok(tail_measure(l->p + l->n - TAIL_FOOTER_SIZE, l->n, &tail,
			       &r->e),
		  &r->e);
	assert_ok(tail_decode(l->p + l->n - tail, tail, l->n, &l->t, &l->tr,
			      &r->e),
		  &r->e);
}

static void unload(struct loaded *l)
{
	seektable_free(&l->t);
	free(l->p);
}

/* Frames 0 and 1 are device.json, which tells the time. */
static void assert_same_frames(const struct loaded *a, const struct loaded *b)
{
	size_t skip_a = (size_t)a->t.start[2], skip_b = (size_t)b->t.start[2];
	size_t n = (size_t)a->tr.manifest_offset - skip_a;

	assert_int_equal(a->tr.manifest_frame, b->tr.manifest_frame);
	assert_true(a->tr.manifest_frame > 100);
	assert_int_equal(n, b->tr.manifest_offset - skip_b);
	for (uint32_t i = 2; i < a->tr.manifest_frame; i++) {
		assert_int_equal(a->t.content[i], b->t.content[i]);
		assert_int_equal(seektable_compressed(&a->t, i),
				 seektable_compressed(&b->t, i));
	}
	assert_memory_equal(a->p + skip_a, b->p + skip_b, n);
}

static void threads_change_no_byte(void **state)
{
	struct rig *r = *state;
	struct loaded one, two, again;

	rig_open(r, "ums512" SMALL);
	assert_ok(rig_backup(r, "one.tar.zst", 0, NULL), &r->e);
	rig_open(r, "ums512" SMALL);
	assert_ok(rig_backup(r, "two.tar.zst", 2, NULL), &r->e);
	rig_assert_untouched(r);
	/* The same session once more: nothing of the first run is left. */
	assert_ok(rig_backup(r, "again.tar.zst", 5, NULL), &r->e);
	rig_assert_untouched(r);
	load(r, "one.tar.zst", &one);
	load(r, "two.tar.zst", &two);
	load(r, "again.tar.zst", &again);
	assert_same_frames(&one, &two);
	assert_same_frames(&two, &again);
	unload(&one);
	unload(&two);
	unload(&again);
}

static void another_seed_is_another_phone(void **state)
{
	struct rig *r = *state;
	uint8_t first[SHA256_LEN];

	rig_open(r, "ums512" SMALL);
	assert_ok(rig_backup(r, "a.tar.zst", 0, NULL), &r->e);
	memcpy(first, manifest_find(&r->m, "super")->sha256, SHA256_LEN);
	rig_open(r, "ums512,seed=2" SMALL);
	assert_ok(rig_backup(r, "b.tar.zst", 0, NULL), &r->e);
	assert_memory_not_equal(first, manifest_find(&r->m, "super")->sha256,
				SHA256_LEN);
	rig_assert_exact(r, rig_path(r, "b.tar.zst"), 2);
}

/* -- verify and extract -------------------------------------------------- */

static void compare_file(struct rig *r, const struct manifest_part *p)
{
	char path[256];
	struct rig_place where;
	uint8_t *got, *want;
	size_t n;

	snprintf(path, sizeof(path), "%s/out/%s", r->dir, p->member);
	got = rig_load(path, &n);
	assert_int_equal(n, p->size);
	assert_true(rig_find(r->phone, p->name, &where));
	want = malloc(n);
	assert_non_null(want);
	assert_true(phone_peek(r->phone, where.area, where.offset, want, n));
	assert_memory_equal(got, want, n);
	free(got);
	free(want);
}

static void verify_and_extract(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < ARRAY_SIZE(models); i++) {
		struct extract_request x = { .threads = i % 3 };
		struct extract_result done;
		struct verify_result v;
		struct job_events ev;
		char dir[128];

		rig_open(r, spec(models[i], ",super=5M"));
		assert_ok(rig_backup(r, "a.tar.zst", 2, NULL), &r->e);
		ev = rig_events(r);
		assert_ok(job_verify(rig_path(r, "a.tar.zst"), i % 3, &ev, &v,
				     &r->e),
			  &r->e);
		assert_int_equal(v.differences, 0);
		assert_true(v.indexed && v.complete);
		assert_int_equal(v.members, r->m.nparts + 2);
		assert_int_equal(v.manifest.nparts, r->m.nparts);
		manifest_free(&v.manifest);

		snprintf(dir, sizeof(dir), "%s/out", r->dir);
		x.archive = rig_path(r, "a.tar.zst");
		x.dir = dir;
		x.force = true;
		assert_ok(job_extract(&x, &ev, &done, &r->e), &r->e);
		assert_int_equal(done.files, r->m.nparts + 2);
		assert_int_equal(done.damaged, 0);
		for (size_t k = 0; k < r->m.nparts; k++)
			if (strncmp(r->m.parts[k].member, "gpt/", 4) != 0 &&
			    k > 0)
				compare_file(r, &r->m.parts[k]);
		unlink(x.archive);
	}
}

/* -- runs that do not end well ------------------------------------------- */

static void cancelled_anywhere(void **state)
{
	static const uint64_t at[] = { 1, 9u << 20, 30u << 20 };
	struct rig *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		for (unsigned threads = 0; threads <= 2; threads += 2) {
			struct archive_reader *a;
			struct archive_member m;
			size_t members = 0;

			rig_open(r, "ums512" SMALL);
			r->cancel_at = at[i];
			assert_err(rig_backup(r, "c.tar.zst", threads, NULL),
				   ERR_CANCELLED, "stopped", &r->e);
			r->cancel_at = 0;
			rig_assert_untouched(r);
			assert_int_equal(access(rig_path(r, "c.tar.zst"), F_OK),
					 -1);
			assert_ok(archive_open(rig_path(r, "c.tar.zst.partial"),
					       0, &a, &r->e),
				  &r->e);
			assert_false(archive_is_indexed(a));
			assert_non_null(archive_lost_index(a));
			while (archive_next(a, &m, &r->e) > 0)
				members++;
			assert_int_equal(r->e.code, ERR_FORMAT);
			assert_true(members >= r->totals.parts);
			archive_close(a);
			unlink(rig_path(r, "c.tar.zst.partial"));
		}
}

static void the_phone_leaves_at_any_request(void **state)
{
	static const char *const names[] = { "misc", "splloader" };
	struct backup_request q = { .plan = { .names = names, .nnames = 2 } };
	struct rig *r = *state;
	struct phone_stats st;
	unsigned first, last;

	/* How many requests a whole run takes, and how many of them to FDL2. */
	rig_open(r, "ums512" SMALL);
	phone_stats(r->phone, &st);
	first = (unsigned)st.requests;
	assert_ok(rig_backup(r, "d.tar.zst", 0, &q), &r->e);
	phone_stats(r->phone, &st);
	last = (unsigned)st.requests;
	assert_true(last > first + 50);
	unlink(rig_path(r, "d.tar.zst"));

	for (unsigned n = first + 1; n <= last; n += 7) {
		char keys[64];

		snprintf(keys, sizeof(keys), "ums512" SMALL ",disconnect_at=%u",
			 n);
		rig_open(r, keys);
		assert_err(rig_backup(r, "d.tar.zst", n % 2 * 2, &q), ERR_GONE,
			   "left the bus", &r->e);
		assert_int_equal(access(rig_path(r, "d.tar.zst"), F_OK), -1);
		unlink(rig_path(r, "d.tar.zst.partial"));
	}
}

static void unreadable_places_are_zeros(void **state)
{
	struct rig *r = *state;
	const struct manifest_part *p;

	rig_open(r, "ums9230" SMALL ",bad=super+4190208+16K,bad=misc+0+4096,"
		    "bad=splloader+8K+4K");
	assert_ok(rig_backup(r, "bad.tar.zst", 2, NULL), &r->e);
	rig_assert_untouched(r);
	assert_false(r->m.complete);
	assert_true(r->warnings > 0);
	assert_true(r->totals.unreadable >= 20u << 10);
	p = manifest_find(&r->m, "super");
	assert_int_equal(p->nunreadable, 1);
	assert_true(p->unreadable[0].offset <= 4190208);
	assert_true(p->unreadable[0].offset + p->unreadable[0].length >=
		    4190208 + 16384);
	assert_true(manifest_find(&r->m, "misc")->nunreadable == 1);
	/* Zeros there, every other byte as on the phone. */
	rig_assert_exact(r, rig_path(r, "bad.tar.zst"), 2);
}

static void stop_on_error_stops(void **state)
{
	static const char *const names[] = { "misc", "super" };
	struct backup_request q = { .plan = { .names = names, .nnames = 2 },
				    .policy = READ_STOP_ON_ERROR };
	struct rig *r = *state;

	rig_open(r, "ums512" SMALL ",bad=super+5M+4096");
	assert_err(rig_backup(r, "s.tar.zst", 2, &q), ERR_REFUSED, "super",
		   &r->e);
	rig_assert_untouched(r);
	assert_int_equal(access(rig_path(r, "s.tar.zst"), F_OK), -1);
	assert_int_equal(r->totals.parts, 1);
}

static void a_dry_run_reads_nothing(void **state)
{
	struct backup_request q = { .dry_run = true };
	struct rig *r = *state;

	rig_open(r, "ums512" SMALL);
	assert_ok(rig_backup(r, "dry.tar.zst", 2, &q), &r->e);
	assert_true(r->m.nparts > 60);
	assert_int_equal(r->parts_done, 0);
	assert_int_equal(access(rig_path(r, "dry.tar.zst"), F_OK), -1);
	assert_int_equal(access(rig_path(r, "dry.tar.zst.partial"), F_OK), -1);
	rig_assert_untouched(r);
}

static void existing_files_stay(void **state)
{
	struct rig *r = *state;
	FILE *f = fopen(rig_path(r, "e.tar.zst"), "w");
	struct stat st;

	assert_non_null(f);
	fputs("mine", f);
	fclose(f);
	rig_open(r, "ums512" SMALL);
	assert_err(rig_backup(r, "e.tar.zst", 0, NULL), ERR_EXISTS, "e.tar.zst",
		   &r->e);
	assert_int_equal(stat(rig_path(r, "e.tar.zst"), &st), 0);
	assert_int_equal(st.st_size, 4);
}

static void active_slot_only(void **state)
{
	struct backup_request q = { .active_slot_only = true };
	struct rig *r = *state;

	rig_open(r, "ums512,slot=b" SMALL);
	assert_ok(rig_backup(r, "b.tar.zst", 0, &q), &r->e);
	assert_null(manifest_find(&r->m, "boot_a"));
	assert_non_null(manifest_find(&r->m, "boot_b"));
	assert_non_null(manifest_find(&r->m, "super"));
	rig_each(r->phone, find_in_manifest, &r->m);
	rig_assert_exact(r, rig_path(r, "b.tar.zst"), 0);
}

static void read_agrees_with_the_storage(void **state)
{
	static const struct {
		const char *part;
		uint64_t offset, length;
	} cases[] = {
		{ "super", 0, 1 },	 { "super", 511, 70000 },
		{ "super", 4194303, 2 }, { "l_fixnv1_a", 0, 0 },
		{ "splloader", 5, 513 }, { "logo", 1048575, 1 },
	};
	struct rig *r = *state;

	rig_open(r, "ums512" SMALL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct read_request q = { .part = cases[i].part,
					  .offset = cases[i].offset,
					  .length = cases[i].length,
					  .force = true };
		struct job_events ev = rig_events(r);
		struct manifest_part part;
		struct rig_place where;
		uint8_t *got, *want;
		size_t n;

		q.out = rig_path(r, "piece.img");
		assert_ok(job_read(r->s, &q, &ev, &part, &r->e), &r->e);
		got = rig_load(rig_path(r, "piece.img"), &n);
		assert_true(rig_find(r->phone, q.part, &where));
		assert_int_equal(n,
				 q.length ? q.length : where.size - q.offset);
		want = malloc(n);
		assert_non_null(want);
		assert_true(phone_peek(r->phone, where.area,
				       where.offset + q.offset, want, n));
		assert_memory_equal(got, want, n);
		free(got);
		free(want);
		free(part.unreadable);
	}
	rig_assert_untouched(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_model_is_exact_in_one_thread),
		TEST(every_model_is_exact_with_threads),
		TEST(threads_change_no_byte),
		TEST(another_seed_is_another_phone),
		TEST(verify_and_extract),
		TEST(cancelled_anywhere),
		TEST(the_phone_leaves_at_any_request),
		TEST(unreadable_places_are_zeros),
		TEST(stop_on_error_stops),
		TEST(a_dry_run_reads_nothing),
		TEST(existing_files_stay),
		TEST(active_slot_only),
		TEST(read_agrees_with_the_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
