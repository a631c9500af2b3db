/* SPDX-License-Identifier: BSD-3-Clause */
/* A phone that is lost while it is read, and what comes back. */
#include "lib/rig.h"

#include <sys/stat.h>
#include <unistd.h>

#define SMALL	",super=9M,userdata=5M"
#define WAIT_MS 60000u

static const char *const names[] = { "misc", "boot_a", "l_fixnv1_a", "super" };
static const struct backup_request few = {
	.plan = { .names = names, .nnames = ARRAY_SIZE(names) }
};

static const char *spec(const char *keys)
{
	static char text[256];

	snprintf(text, sizeof(text), "ums512" SMALL "%s", keys);
	return text;
}

static int setup(void **state)
{
	int rc = rig_setup(state);
	struct rig *r = *state;

	r->recover_ms = WAIT_MS;
	return rc;
}

/* Requests of the way up, and of all. */
static void count_requests(struct rig *r, unsigned *ret_first,
			   unsigned *ret_last)
{
	struct phone_stats st;

	rig_open(r, spec(""));
	phone_stats(r->phone, &st);
	*ret_first = (unsigned)st.requests;
	assert_ok(rig_backup(r, "plain.tar.zst", 0, &few), &r->e);
	phone_stats(r->phone, &st);
	*ret_last = (unsigned)st.requests;
}

/* Every member but device.json has the same hash. */
static void assert_same(struct rig *r, const struct manifest *want)
{
	assert_int_equal(r->m.nparts, want->nparts);
	for (size_t i = 1; i < want->nparts; i++) {
		assert_string_equal(r->m.parts[i].member,
				    want->parts[i].member);
		assert_memory_equal(r->m.parts[i].sha256, want->parts[i].sha256,
				    SHA256_LEN);
	}
	assert_true(r->m.complete);
}

static void lost_at_each_request(struct rig *r, const char *more, unsigned step)
{
	unsigned first, last;
	struct manifest plain;

	count_requests(r, &first, &last);
	plain = r->m;
	memset(&r->m, 0, sizeof(r->m));
	for (unsigned n = first + 1; n <= last; n += step) {
		char keys[96];

		snprintf(keys, sizeof(keys), ",disconnect_at=%u%s", n, more);
		rig_open(r, spec(keys));
		assert_ok(rig_backup(r, "b.tar.zst", n % 2 * 2, &few), &r->e);
		assert_same(r, &plain);
		/* The loss is told. */
		assert_true(r->warnings >= 1);
		rig_assert_untouched(r);
		unlink(rig_path(r, "b.tar.zst"));
	}
	manifest_free(&plain);
}

/* In READ_START, READ_MIDST, READ_END, the table, the comparison. */
static void a_phone_lost_at_any_request_is_gone_on_with(void **state)
{
	lost_at_each_request(*state, "", 1);
}

static void its_loader_may_have_kept_running(void **state)
{
	lost_at_each_request(*state, ",back_in=fdl2", 5);
}

static void it_may_take_its_time(void **state)
{
	lost_at_each_request(*state, ",back_ms=50000", 29);
}

static void every_model_comes_back(void **state)
{
	static const char *const models[] = { "ums512", "ums9230", "sc9863a",
					      "sc9832" };
	static const char *const all[] = { "*" };
	struct backup_request q = {
		.plan = { .names = all, .nnames = 1, .exclude = NULL }
	};
	struct rig *r = *state;
	char text[128];

	/* To find the table of sc9832 anew takes more than a thousand. */
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		snprintf(text, sizeof(text), "%s" SMALL ",disconnect_every=%d",
			 models[i],
			 strcmp(models[i], "sc9832") == 0 ? 3000 : 1000);
		rig_open(r, text);
		assert_ok(rig_backup(r, "b.tar.zst", 2, &q), &r->e);
		assert_true(r->warnings >= 1);
		assert_true(r->m.complete);
		rig_assert_exact(r, rig_path(r, "b.tar.zst"), 2);
		unlink(rig_path(r, "b.tar.zst"));
	}
}

static void assert_kept(struct rig *r)
{
	assert_int_equal(access(rig_path(r, "b.tar.zst"), F_OK), -1);
	assert_int_equal(access(rig_path(r, "b.tar.zst.partial"), F_OK), 0);
	unlink(rig_path(r, "b.tar.zst.partial"));
}

static void another_phone_is_refused(void **state)
{
	struct rig *r = *state;
	struct phone_stats before, after;

	rig_open(r, spec(",disconnect_at=330,back_seed=2"));
	phone_stats(r->phone, &before);
	assert_err(rig_backup(r, "b.tar.zst", 0, &few), ERR_EXISTS,
		   "another phone came to this port: its partition table has "
		   "another disk GUID",
		   &r->e);
	phone_stats(r->phone, &after);
	assert_int_equal(after.storage_writes, 0);
	assert_kept(r);
}

static void a_phone_that_stays_away_ends_it(void **state)
{
	struct rig *r = *state;

	rig_open(r, spec(",disconnect_at=330,back_ms=60001"));
	assert_err(rig_backup(r, "b.tar.zst", 0, &few), ERR_GONE,
		   "waited for at the same port, in vain (60 s)", &r->e);
	assert_non_null(strstr(r->e.hint, "kept"));
	assert_kept(r);
}

/* Without a time to wait it ends at once, as a transport that cannot. */
static void without_a_time_nothing_is_waited_for(void **state)
{
	struct rig *r = *state;

	r->recover_ms = 0;
	rig_open(r, spec(",disconnect_at=330"));
	assert_err(rig_backup(r, "b.tar.zst", 0, &few), ERR_GONE,
		   "left the bus", &r->e);
	assert_int_equal(r->warnings, 0);
	assert_kept(r);
}

/* It leaves again before a megabyte has come: not for ever. */
static void a_phone_that_keeps_leaving_ends_it(void **state)
{
	static const char *const super[] = { "super" };
	struct backup_request q = { .plan = { .names = super, .nnames = 1 } };
	struct rig *r = *state;
	unsigned first, last, ended = 0;

	count_requests(r, &first, &last);
	/* With the table, with the first blocks. */
	for (unsigned n = first + 5; n < first + 125; n += 20) {
		char keys[64];

		snprintf(keys, sizeof(keys), ",disconnect_every=%u", n);
		rig_open(r, spec(keys));
		if (rig_backup(r, "b.tar.zst", 0, &q) < 0) {
			assert_int_equal(r->e.code, ERR_GONE);
			assert_true(r->warnings <= 7);
			ended++;
		}
		unlink(rig_path(r, "b.tar.zst"));
		unlink(rig_path(r, "b.tar.zst.partial"));
		unlink(rig_path(r, "b.tar.zst.partial.journal"));
	}
	assert_true(ended >= 3);
}

static void a_size_that_hangs_the_loader_is_given_up(void **state)
{
	struct rig *r = *state;

	rig_open(r, spec(",hang_read=0x8000,revive_ms=70000"));
	assert_ok(rig_backup(r, "b.tar.zst", 2, &few), &r->e);
	assert_true(r->m.complete);
	/* Half of 0xF800 in whole 4 KiB, from then on. */
	assert_int_equal(r->m.chunk, 0x7000);
	rig_assert_exact(r, rig_path(r, "b.tar.zst"), 2);
	rig_assert_untouched(r);
}

static void a_loader_that_hangs_for_good_is_told(void **state)
{
	struct rig *r = *state;

	rig_open(r, spec(",hang_read=0x8000"));
	assert_err(rig_backup(r, "b.tar.zst", 0, &few), ERR_TIMEOUT,
		   "no answer to READ_END", &r->e);
	assert_non_null(strstr(r->e.text, "in vain"));
}

/* One place hangs it at any size: named, and not taken for bad flash. */
static void a_place_that_hangs_is_not_unreadable(void **state)
{
	struct rig *r = *state;

	rig_open(r, spec(",hang_read=0x200,revive_ms=70000"));
	if (rig_backup(r, "b.tar.zst", 0, &few) == 0)
		fail_msg("it came through");
	assert_int_equal(r->e.code, ERR_TIMEOUT);
}

static void reading_one_partition_goes_on_too(void **state)
{
	struct rig *r = *state;
	struct job_events ev;
	struct manifest_part part;
	struct rig_place at;
	struct read_request q = { .part = "super" };
	uint8_t *got, *want;
	size_t n;

	rig_open(r, spec(",disconnect_at=330"));
	q.out = rig_path(r, "super.img");
	ev = rig_events(r);
	assert_ok(job_read(r->s, &q, &ev, &part, &r->e), &r->e);
	assert_int_equal(r->warnings, 1);
	assert_true(rig_find(r->phone, "super", &at));
	got = rig_load(q.out, &n);
	assert_int_equal(n, at.size);
	want = malloc(n);
	assert_non_null(want);
	assert_true(phone_peek(r->phone, "user", at.offset, want, n));
	assert_memory_equal(got, want, n);
	free(got);
	free(want);
	free(part.unreadable);
}

/*
 * The last request is the one that ends the reading of it.  The name is that of
 * the part in hand: kept from an earlier loss, it was read out of freed memory.
 */
static void a_loss_at_its_end_names_the_partition(void **state)
{
	struct rig *r = *state;
	struct job_events ev;
	struct manifest_part part;
	struct read_request q = { .part = "boot_a" };
	struct phone_stats st;
	char keys[64];

	for (unsigned lossy = 0; lossy < 2; lossy++) {
		if (lossy)
			snprintf(keys, sizeof(keys), ",disconnect_at=%u",
				 (unsigned)st.requests);
		rig_open(r, spec(lossy ? keys : ""));
		q.out = rig_path(r, lossy ? "b.img" : "a.img");
		ev = rig_events(r);
		assert_ok(job_read(r->s, &q, &ev, &part, &r->e), &r->e);
		free(part.unreadable);
		assert_int_equal(r->warnings, lossy);
		phone_stats(r->phone, &st);
	}
	assert_memory_equal(r->last_warning, "the phone is lost: boot_a ", 26);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_phone_lost_at_any_request_is_gone_on_with),
		TEST(its_loader_may_have_kept_running),
		TEST(it_may_take_its_time),
		TEST(every_model_comes_back),
		TEST(another_phone_is_refused),
		TEST(a_phone_that_stays_away_ends_it),
		TEST(without_a_time_nothing_is_waited_for),
		TEST(a_phone_that_keeps_leaving_ends_it),
		TEST(a_size_that_hangs_the_loader_is_given_up),
		TEST(a_loader_that_hangs_for_good_is_told),
		TEST(a_place_that_hangs_is_not_unreadable),
		TEST(reading_one_partition_goes_on_too),
		TEST(a_loss_at_its_end_names_the_partition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
