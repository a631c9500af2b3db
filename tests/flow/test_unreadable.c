/* SPDX-License-Identifier: BSD-3-Clause */
/* Flash that cannot be read: what it costs, and what is said of it. */
#include "lib/rig.h"
#include "lib/tap.h"

#include "bsl/proto.h"
#include "transport/sim.h"

#include <unistd.h>

#define SMALL  ",super=64M,userdata=5M"
#define SECTOR 512u
#define MIB    ((uint64_t)1 << 20)

static const char *const super[] = { "super" };
static const struct backup_request only_super = { .plan = { .names = super,
							    .nnames = 1 } };

static const struct manifest_part *part_of(const struct rig *r)
{
	const struct manifest_part *p = manifest_find(&r->m, "super");

	assert_non_null(p);
	return p;
}

static void back_up(struct rig *r, const char *model, const char *keys)
{
	char spec[256];

	snprintf(spec, sizeof(spec), "%s" SMALL "%s", model, keys);
	rig_open(r, spec);
	assert_ok(rig_backup(r, "a.tar.zst", 2, &only_super), &r->e);
	rig_assert_untouched(r);
	rig_assert_exact(r, rig_path(r, "a.tar.zst"), 2);
	unlink(rig_path(r, "a.tar.zst"));
}

static void assert_ranges(const struct rig *r,
			  const struct manifest_range *want, size_t n)
{
	const struct manifest_part *p = part_of(r);
	uint64_t bytes = 0;

	assert_int_equal(p->nunreadable, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(p->unreadable[i].offset, want[i].offset);
		assert_int_equal(p->unreadable[i].length, want[i].length);
		bytes += want[i].length;
	}
	assert_int_equal(r->totals.unreadable, bytes);
	assert_int_equal(r->m.complete, n == 0);
}

/* Not a byte more than the flash has lost, wherever it lies. */
static void a_defect_costs_its_own_sectors(void **state)
{
	static const struct {
		const char *keys;
		struct manifest_range want[2];
		size_t n;
	} cases[] = {
		{ ",bad=super+1M+512", { { MIB, 512 } }, 1 },
		{ ",bad=super+1M+1", { { MIB, 512 } }, 1 },
		{ ",bad=super+0+512", { { 0, 512 } }, 1 },
		{ ",bad=super+67108352+512", { { 64 * MIB - 512, 512 } }, 1 },
		/* Across two sectors, and across two blocks. */
		{ ",bad=super+1048700+400", { { MIB, 1024 } }, 1 },
		{ ",bad=super+4193792+1024", { { 4 * MIB - 512, 1024 } }, 1 },
		{ ",bad=super+1M+512,bad=super+3M+512",
		  { { MIB, 512 }, { 3 * MIB, 512 } },
		  2 },
		/* Longer than what is walked sector by sector. */
		{ ",bad=super+1M+64K", { { MIB, 65536 } }, 1 },
		{ ",bad=super+1M+5M", { { MIB, 5 * MIB } }, 1 },
		{ ",bad=super+1000448+64512", { { 1000448, 64512 } }, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		back_up(*state, "ums512", cases[i].keys);
		assert_ranges(*state, cases[i].want, cases[i].n);
	}
}

static void the_sector_of_the_table_counts(void **state)
{
	static const struct manifest_range want[] = { { MIB, 4096 },
						      { 2 * MIB, 8192 } };

	back_up(*state, "ums9230",
		",bad=super+1M+512,bad=super+2101000+512,"
		"bad=super+2M+1");
	assert_ranges(*state, want, 2);
}

/* A good stretch is found when it is as long as the bad one before it. */
static void good_islands_are_found(void **state)
{
	static const struct manifest_range want[] = { { 8 * MIB, MIB },
						      { 10 * MIB, 2 * MIB },
						      { 14 * MIB, 4 * MIB } };

	back_up(*state, "ums512",
		",bad=super+8M+1M,bad=super+10M+2M,bad=super+14M+4M");
	assert_ranges(*state, want, 3);
}

/* -- the cost in requests ------------------------------------------------ */

static unsigned requests_of(struct rig *r, const char *keys)
{
	struct phone_stats before, after;
	char spec[256];

	snprintf(spec, sizeof(spec), "ums512" SMALL "%s", keys);
	rig_open(r, spec);
	phone_stats(r->phone, &before);
	assert_ok(rig_backup(r, "a.tar.zst", 0, &only_super), &r->e);
	phone_stats(r->phone, &after);
	unlink(rig_path(r, "a.tar.zst"));
	return (unsigned)(after.requests - before.requests);
}

/*
 * The bounds of docs/ARCHITECTURE.md 5.  64 MiB have 2^17 sectors.  A refused
 * request is followed by READ_END and READ_START.
 */
#define HALVINGS    7u	/* of 63488 bytes down to 512, rounded up */
#define WALKED	    17u /* sectors one by one, the last begins the search */
#define LOG2	    17u
#define ONE_DEFECT  (3 * HALVINGS + HALVINGS + 3)
#define SEARCH	    (3 * (2 * LOG2 + 2))
#define ONE_STRETCH (ONE_DEFECT + 3 * WALKED + SEARCH)
/* Growing again behind it, and one more try in the end. */
#define AFTER 16u

static void a_dead_tail_costs_a_bounded_number_of_requests(void **state)
{
	static const struct manifest_range want[] = { { 32 * MIB, 32 * MIB } };
	unsigned plain = requests_of(*state, "");
	unsigned dead = requests_of(*state, ",bad=super+32M+32M");

	assert_ranges(*state, want, 1);
	/* The dead half is not asked for, so this is far below. */
	assert_true(dead < plain / 2 + ONE_STRETCH + AFTER);
	print_message("dead tail: %u requests, without it %u\n", dead, plain);
}

static void a_defect_costs_a_bounded_number_of_requests(void **state)
{
	unsigned plain = requests_of(*state, "");
	unsigned two = requests_of(*state, ",bad=super+5M+512,"
					   "bad=super+33000000+1");

	print_message("two bad sectors: %u requests more\n", two - plain);
	assert_true(two <= plain + 2 * (ONE_DEFECT + AFTER + 3 * 2));
}

/* Everything is refused from the first byte on. */
static void a_partition_that_is_dead_ends_soon(void **state)
{
	struct rig *r = *state;
	unsigned n = requests_of(r, ",bad=super+0+64M");

	assert_int_equal(part_of(r)->unreadable[0].length, 64 * MIB);
	assert_true(n < 400);
}

/* -- a second try -------------------------------------------------------- */

/*
 * How often a sector is asked for before it is given up depends on where it
 * lies in its chunk; so the number of failures is tried out.  Refused at last,
 * and whole all the same: that was the second try.
 */
static unsigned healed_late(struct rig *r, const char *keys, unsigned n)
{
	char spec[128];

	snprintf(spec, sizeof(spec), "%s,flaky_n=%u", keys, n);
	back_up(r, "ums512", spec);
	return r->warnings > 0;
}

static void what_heals_takes_its_place(void **state)
{
	static const struct manifest_range left[] = { { 7 * MIB, 512 },
						      { 9 * MIB, 512 } };
	struct rig *r = *state;
	unsigned late = 0;

	for (unsigned n = 1; n < 10; n++) {
		unsigned told = healed_late(r, ",flaky=super+5M+512", n);

		if (part_of(r)->nunreadable == 0)
			late += told;
		else
			assert_int_equal(part_of(r)->unreadable[0].length, 512);
	}
	/* One try more is that by its name, the next the one at the end. */
	assert_int_equal(late, 2);
	/* Beside one that does not heal; and never. */
	for (unsigned n = 1; n < 10; n++) {
		healed_late(r, ",bad=super+7M+512,flaky=super+9M+512", n);
		assert_ranges(r, left, part_of(r)->nunreadable);
		assert_in_range(part_of(r)->nunreadable, 1, 2);
	}
}

static void assert_content(const struct rig *r, const char *name,
			   const char *content)
{
	const struct manifest_part *p = manifest_find(&r->m, name);

	assert_non_null(p);
	if (p->nunreadable == 0)
		assert_string_equal(p->content, content);
}

/*
 * A magic number, or the only bytes of a partition that are not zeros: what
 * comes at the end tells what it is as if it had come at once.
 */
static void what_heals_is_looked_at(void **state)
{
	static const char *const names[] = { "boot_a", "cache" };
	static const struct backup_request both = { .plan = { .names = names,
							      .nnames = 2 } };
	struct rig *r = *state;
	char spec[256];

	for (unsigned n = 1; n < 12; n++) {
		snprintf(spec, sizeof(spec),
			 "ums512" SMALL ",flaky=boot_a+0+512,"
			 "damage=cache+1M+512,flaky=cache+1M+512,flaky_n=%u",
			 n);
		rig_open(r, spec);
		assert_ok(rig_backup(r, "a.tar.zst", 2, &both), &r->e);
		assert_content(r, "boot_a", "android-boot");
		assert_content(r, "cache", "");
		unlink(rig_path(r, "a.tar.zst"));
	}
}

static void a_tail_that_comes_back_is_read_as_far_as_memory_goes(void **state)
{
	struct rig *r = *state;
	unsigned partly = 0;

	for (unsigned n = 44; n < 52; n++) {
		healed_late(r, ",flaky=super+8M+56M", n);
		if (part_of(r)->nunreadable != 1)
			continue;
		if (part_of(r)->unreadable[0].offset != 8 * MIB) {
			assert_int_equal(part_of(r)->unreadable[0].offset,
					 24 * MIB);
			partly++;
		}
	}
	/* The whole tail, and what two of the last looks found of it. */
	assert_int_equal(partly, 3);
}

static void read_patches_its_file(void **state)
{
	struct rig *r = *state;
	struct read_request q = { .part = "super",
				  .length = 8 * MIB,
				  .offset = MIB };
	struct manifest_part part;
	uint8_t sha[SHA256_LEN], *got, *want;
	struct rig_place at;
	struct job_events ev;
	size_t n;

	rig_open(r, "ums512" SMALL ",flaky=super+5M+512,flaky_n=5,"
		    "bad=super+6M+512");
	q.out = rig_path(r, "s.img");
	ev = rig_events(r);
	assert_ok(job_read(r->s, &q, &ev, &part, &r->e), &r->e);
	assert_int_equal(part.nunreadable, 1);
	assert_int_equal(part.unreadable[0].offset, 6 * MIB);
	got = rig_load(q.out, &n);
	assert_int_equal(n, 8 * MIB);
	assert_ok(sha256_of(got, n, sha, &r->e), &r->e);
	assert_memory_equal(sha, part.sha256, SHA256_LEN);
	want = malloc(n);
	assert_non_null(want);
	assert_true(rig_find(r->phone, "super", &at));
	assert_true(phone_peek(r->phone, "user", at.offset + MIB, want, n));
	memset(want + 5 * MIB, 0, 512);
	assert_memory_equal(got, want, n);
	free(got);
	free(want);
	free(part.unreadable);
}

/* -- the policy, and what is no defect ----------------------------------- */

static void stop_names_the_place(void **state)
{
	struct rig *r = *state;
	struct backup_request q = only_super;

	q.policy = READ_STOP_ON_ERROR;
	rig_open(r, "ums512" SMALL ",bad=super+5243392+512");
	assert_err(rig_backup(r, "a.tar.zst", 0, &q), ERR_REFUSED,
		   "backing up 'super': at 0x500200: READ_MIDST", &r->e);
}

/* A wire that fails is not flash that fails. */
static void lost_answers_are_no_unreadable_bytes(void **state)
{
	struct rig *r = *state;
	struct transport *t;
	struct phone *phone;
	struct tap *tap;

	assert_ok(transport_open_sim("ums512" SMALL, &t, &r->e), &r->e);
	phone = transport_sim_phone(t);
	t = tap_open(t, &tap);
	rig_open_on(r, t, phone);
	tap->type = BSL_REP_READ_FLASH;
	tap->fault = TAP_LOSE;
	tap->at = 300;
	tap->times = 1000;
	assert_err(rig_backup(r, "a.tar.zst", 0, &only_super), ERR_TIMEOUT,
		   "no answer to READ_MIDST", &r->e);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_defect_costs_its_own_sectors),
		TEST(the_sector_of_the_table_counts),
		TEST(good_islands_are_found),
		TEST(a_dead_tail_costs_a_bounded_number_of_requests),
		TEST(a_defect_costs_a_bounded_number_of_requests),
		TEST(a_partition_that_is_dead_ends_soon),
		TEST(what_heals_takes_its_place),
		TEST(what_heals_is_looked_at),
		TEST(a_tail_that_comes_back_is_read_as_far_as_memory_goes),
		TEST(read_patches_its_file),
		TEST(stop_names_the_place),
		TEST(lost_answers_are_no_unreadable_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
