/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The n-th call of the disk fails, for n = 1, 2, 3 ... until none does: a full
 * disk, a broken one, short and interrupted writes.  The backup is whole, or
 * says why not and is resumed when the disk is well; what was there before
 * stays.
 */
#include "failing.h"

#include "lib/faulted.h"
#include "lib/unit.h"

#include <errno.h>

struct way {
	const char *name;
	unsigned what;
	int error;
	bool keep;
	bool harmless; /* the backup must be whole all the same */
};

static const struct way ways[] = {
	{ "a full disk", FAIL_WRITE, ENOSPC, true, false },
	{ "a quota", FAIL_WRITE | FAIL_FILE, EDQUOT, true, false },
	{ "a failing disk", FAIL_DISK, EIO, false, false },
	{ "a disk that fails for good", FAIL_DISK, EIO, true, false },
	{ "a short write", FAIL_WRITE, FAIL_SHORT, false, true },
	{ "short writes", FAIL_WRITE, FAIL_SHORT, true, true },
	{ "an interrupted call", FAIL_WRITE | FAIL_READ, EINTR, false, true },
	{ "short reads", FAIL_READ, FAIL_SHORT, true, true },
};

/* In the n-th call in this way; returns false when there was no such call. */
static bool session(struct faulted *f, const struct faulted_truth *t,
		    const struct way *w, const char *plan, unsigned long n,
		    struct faulted_totals *sum, unsigned *wrong)
{
	struct faulted_result r;

	failing = (struct failing) {
		.what = w->what, .error = w->error, .keep = w->keep, .at = n
	};
	faulted_session(f, t, plan, &r);
	faulted_count(sum, &r);
	if (r.end != FAULTED_WRONG && w->harmless && r.code == ERR_IO) {
		r.end = FAULTED_WRONG;
		snprintf(r.why + strlen(r.why), sizeof(r.why) - strlen(r.why),
			 " (harmless)");
	}
	if (r.end == FAULTED_WRONG) {
		print_message("# %s, %s, call %lu: %s\n", t->c.name, w->name, n,
			      r.why);
		(*wrong)++;
	}
	return failing.failed > 0;
}

static unsigned each_call(struct faulted *f, const struct faulted_truth *t,
			  const char *plan)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct faulted_totals sum = { 0 };

		for (unsigned long n = 1;; n++)
			if (!session(f, t, &ways[i], plan, n, &sum, &wrong))
				break;
		print_message("# %s, %s: %llu sessions, %llu whole, %llu "
			      "named; %llu left something, %llu resumed\n",
			      t->c.name, ways[i].name,
			      (unsigned long long)sum.sessions,
			      (unsigned long long)sum.ends[FAULTED_EXACT],
			      (unsigned long long)sum.ends[FAULTED_NAMED],
			      (unsigned long long)sum.kept,
			      (unsigned long long)sum.resumed);
	}
	return wrong;
}

static void sweep(unsigned threads, bool existing, bool resume)
{
	const struct faulted_case c = {
		.name = resume	   ? "resumed"
			: existing ? "over an older one"
			: threads  ? "with threads"
				   : "backup",
		.model = "ums512",
		.sector = 512,
		.threads = threads,
	};
	struct faulted_truth t;
	struct faulted f;
	unsigned wrong;

	failing = (struct failing) { .what = 0 };
	assert_true(faulted_open(&f));
	assert_true(faulted_reference(&f, &c, &t));
	f.arm = failing_arm;
	f.arm_resume = resume;
	f.existing = existing;
	wrong = each_call(&f, &t, resume ? "vanish:n=100" : BADLINE_WELL);
	faulted_close(&f);
	assert_int_equal(wrong, 0);
}

static void a_new_archive(void **state)
{
	(void)state;
	sweep(0, false, false);
}

static void with_threads(void **state)
{
	(void)state;
	sweep(2, false, false);
}

static void over_an_older_one(void **state)
{
	(void)state;
	sweep(0, true, false);
}

static void a_resumed_one(void **state)
{
	(void)state;
	sweep(0, false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_archive),
		cmocka_unit_test(with_threads),
		cmocka_unit_test(over_an_older_one),
		cmocka_unit_test(a_resumed_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
