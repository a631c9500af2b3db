/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One answer in ten comes too late, damaged, or not at all, from the first
 * reading on: the dump is bit-exact, and takes as much longer as the time
 * limits explain.
 */
#include "lib/rig.h"

#include "transport/fault.h"
#include "transport/sim.h"

#include <inttypes.h>
#include <unistd.h>

/* What one missing answer costs at most: the longest limit of reading. */
#define LONGEST_MS 15000u
#define USUAL_MS   5000u

struct figures {
	uint64_t to_fdl2; /* answers until FDL2 ran */
	uint64_t replies, faults, waited_ms;
};

static const char *const phones[] = {
	"ums512,super=9M",	  /* chunks of 62 KiB */
	"ums512,super=9M,hdlc=0", /* 28 KiB, escaped */
	"ums512,super=5M,da=bare" /* 4 KiB, escaped */
};

/* A backup by way of the plan: exact, complete, and the phone untouched. */
static void back_up(struct rig *r, const char *spec, unsigned threads,
		    const char *plan, struct figures *ret)
{
	static const char *const names[] = { "super",	"*fixnv*", "boot_a",
					     "logo",	"misc",	   "splloader",
					     "persist", "uboot_*" };
	struct backup_request q = { .plan = { .names = names,
					      .nnames = ARRAY_SIZE(names) },
				    .simulated = true };
	const struct fault_stats *st;
	struct transport *t;
	struct phone *p;

	assert_ok(transport_open_sim(spec, &t, &r->e), &r->e);
	p = transport_sim_phone(t);
	assert_ok(transport_open_fault(plan, NULL, t, &t, &r->e), &r->e);
	st = transport_fault_stats(t);
	rig_open_on(r, t, p);
	ret->to_fdl2 = st->replies;
	assert_ok(rig_backup(r, "a.tar.zst", threads, &q), &r->e);
	rig_assert_untouched(r);
	assert_true(r->m.complete);
	assert_int_equal(r->totals.unreadable, 0);
	assert_int_equal(r->totals.parts, r->totals.planned);
	rig_assert_exact(r, rig_path(r, "a.tar.zst"), threads);
	unlink(rig_path(r, "a.tar.zst"));
	ret->replies = st->replies;
	ret->faults = st->all;
	ret->waited_ms = st->waited_ms;
}

static void compare(struct rig *r, const char *kind, unsigned usual_ms)
{
	for (size_t i = 0; i < ARRAY_SIZE(phones); i++) {
		struct figures well, ill;
		char plan[64];
		uint64_t more;

		back_up(r, phones[i], 0, "lose:n=1000000000", &well);
		snprintf(plan, sizeof(plan), "%s:n=%" PRIu64 ",1/10,seed=%zu",
			 kind, well.to_fdl2 + 1, i + 1);
		back_up(r, phones[i], (unsigned)i, plan, &ill);
		more = ill.waited_ms - well.waited_ms;
		print_message("#= %s, %s: %" PRIu64 " of %" PRIu64
			      " answers, %" PRIu64 " without; waited %" PRIu64
			      " ms more, %" PRIu64 " for each\n",
			      kind, phones[i], ill.faults, ill.replies,
			      well.replies, more, more / ill.faults);
		assert_in_range(ill.faults, ill.replies / 15, ill.replies / 6);
		assert_true(ill.waited_ms >= well.waited_ms);
		assert_true(more <= ill.faults * LONGEST_MS);
		/* Most are waited for no longer than a usual answer. */
		assert_true(more <= 2 * ill.faults * usual_ms);
		/* A fence is two exchanges, and the chunk comes again. */
		assert_true(ill.replies - well.replies <= 6 * ill.faults);
	}
}

static void late_at_one_in_ten(void **state)
{
	compare(*state, "late", USUAL_MS);
}

static void lost_at_one_in_ten(void **state)
{
	/* Whether an ACK is late or lost, 20 s of silence tell. */
	compare(*state, "lose", LONGEST_MS / 2);
}

static void damaged_at_one_in_ten(void **state)
{
	compare(*state, "flip", USUAL_MS);
}

/* Late, but within the limits: nothing is asked for twice. */
static void slow_is_not_late(void **state)
{
	struct rig *r = *state;
	struct figures well, slow;
	char plan[64];

	back_up(r, phones[0], 2, "lose:n=1000000000", &well);
	snprintf(plan, sizeof(plan), "late:n=%" PRIu64 ",1/10,ms=4900",
		 well.to_fdl2 + 1);
	back_up(r, phones[0], 2, plan, &slow);
	assert_int_equal(slow.replies, well.replies);
	assert_int_equal(slow.waited_ms, well.waited_ms + 4900 * slow.faults);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(late_at_one_in_ten),
		TEST(lost_at_one_in_ten),
		TEST(damaged_at_one_in_ten),
		TEST(slow_is_not_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
