/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The n-th allocation fails, for n = 1, 2, 3 ... until all of them succeed:
 * "no memory" each time, nothing leaks (with the sanitizers), and nothing that
 * is said to be done is wrong.
 */
#include "failing.h"

#include "lib/faulted.h"
#include "lib/rig.h"

#include "job/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A thread that cannot be started is the system's word for it. */
static bool is_no_memory(const struct err *e)
{
	return e->code == ERR_NOMEM || (e->code == ERR_IO && e->sys == EAGAIN);
}

/*
 * Calls f, each time one allocation later, until none has failed; with rarely
 * set by more than one the later it gets.
 */
static void some_allocations(const char *name, unsigned rarely,
			     int (*f)(void *arg, struct err *e), void *arg)
{
	unsigned long n, refused = 0, wrong = 0;

	failing = (struct failing) { .what = FAIL_ALLOC };
	for (n = 1;; n += 1 + (rarely ? n / rarely : 0)) {
		struct err e = { .code = ERR_NONE };
		int rc;

		failing.at = n;
		rc = f(arg, &e);
		failing_arm(false);
		if (rc < 0 && !is_no_memory(&e) && ++wrong)
			print_message("%s, allocation %lu: %s (%d)\n", name, n,
				      e.text, e.code);
		if (failing.failed == 0)
			break;
		refused += rc < 0;
	}
	assert_int_equal(wrong, 0);
	assert_true(refused > 0);
	print_message("# %s: %lu allocations, %lu of them needed\n", name,
		      n - 1, refused);
}

static void each_allocation(const char *name,
			    int (*f)(void *arg, struct err *e), void *arg)
{
	some_allocations(name, 0, f, arg);
}

/* -- an archive ---------------------------------------------------------- */

static int setup(void **state)
{
	static const char *const names[] = { "misc", "logo", "l_fixnv1_a" };
	struct backup_request q = { .plan = { .names = names, .nnames = 3 } };
	struct rig *r;

	rig_setup(state);
	r = *state;
	rig_open(r, "ums512,super=1M,userdata=1M");
	assert_ok(rig_backup(r, "a.tar.zst", 0, &q), &r->e);
	return 0;
}

struct job {
	struct rig *r;
	unsigned threads;
};

static void on_difference(void *user, const char *member, uint64_t offset,
			  uint64_t length, const char *what)
{
	(void)user;
	(void)offset;
	(void)length;
	print_message("%s: %s\n", member ? member : "archive", what);
}

static int verify(void *arg, struct err *e)
{
	const struct job *j = arg;
	const struct job_events ev = { .difference = on_difference };
	struct verify_result v;
	int rc;

	failing_arm(true);
	rc = job_verify(rig_path(j->r, "a.tar.zst"), j->threads, &ev, &v, e);
	failing_arm(false);
	if (rc == 0) {
		assert_int_equal(v.differences, 0);
		manifest_free(&v.manifest);
	}
	return rc;
}

static int extract(void *arg, struct err *e)
{
	const struct job *j = arg;
	const struct job_events ev = { .difference = on_difference };
	struct extract_request q = { .threads = j->threads, .force = true };
	struct extract_result done;
	char dir[128];
	int rc;

	snprintf(dir, sizeof(dir), "%s/out", j->r->dir);
	q.archive = rig_path(j->r, "a.tar.zst");
	q.dir = dir;
	failing_arm(true);
	rc = job_extract(&q, &ev, &done, e);
	failing_arm(false);
	if (rc == 0)
		assert_int_equal(done.damaged, 0);
	return rc;
}

static int cat(void *arg, struct err *e)
{
	const struct job *j = arg;
	const struct job_events ev = { .user = NULL };
	int fd = open("/dev/null", O_WRONLY), rc;

	failing_arm(true);
	rc = job_cat(rig_path(j->r, "a.tar.zst"), "logo", 1000, 5000, fd, &ev,
		     e);
	failing_arm(false);
	close(fd);
	return rc;
}

static int profiles(void *arg, struct err *e)
{
	struct profile_set s = { 0 };
	int rc;

	(void)arg;
	failing_arm(true);
	rc = profile_load_all(&s, e);
	failing_arm(false);
	profile_set_free(&s);
	return rc;
}

static void archives_are_read(void **state)
{
	struct job one = { *state, 0 }, two = { *state, 2 };

	each_allocation("verify", verify, &one);
	each_allocation("verify with threads", verify, &two);
	each_allocation("extract", extract, &one);
	each_allocation("extract with threads", extract, &two);
	each_allocation("cat", cat, &one);
}

static void profiles_are_read(void **state)
{
	(void)state;
	each_allocation("profiles", profiles, NULL);
}

/* -- restores ------------------------------------------------------------ */

#define SMALL "ums512,super=1M,userdata=1M,damage=logo,damage=l_fixnv1_a+1000+9"

static const struct job_events quiet = { .user = NULL };

static int open_restore(struct rig *r, struct restore **ret, struct err *e)
{
	struct restore_request q = { .kinds = 1 << RESTORE_NV,
				     .slots = RESTORE_SLOT_A,
				     .archive = rig_path(r, "a.tar.zst"),
				     .simulated = true,
				     .device = "sim:test" };
	int rc = restore_open(&q, &quiet, ret, e);

	if (rc == 0) {
		rc = restore_look(*ret, r->s, &r->so, e);
		if (rc < 0)
			restore_close(*ret);
	}
	return rc;
}

static int make_plan(void *arg, struct err *e)
{
	struct rig *r = arg;
	struct restore *x;
	int rc;

	failing_arm(true);
	rc = open_restore(r, &x, e);
	if (rc == 0) {
		rc = restore_plan_save(x, rig_path(r, "plan"), true, e);
		failing_arm(false);
		assert_int_equal(restore_plan(x)->counts[RESTORE_WRITE], 2);
		restore_close(x);
	}
	return rc;
}

/* All of it, on a phone that is damaged each time. */
static int restore_all(void *arg, struct err *e)
{
	struct rig *r = arg;
	struct phone_stats st;
	struct restore *x;
	bool touched;
	int rc;

	unlink(rig_path(r, "undo"));
	unlink(rig_path(r, "state"));
	rig_open(r, SMALL);
	rc = open_restore(r, &x, e);
	assert_ok(rc, e);
	failing_arm(true);
	rc = restore_save(x, rig_path(r, "undo"), rig_path(r, "state"), e);
	if (rc == 0)
		rc = restore_apply(x, e);
	failing_arm(false);
	touched = restore_touched(x);
	restore_close(x);
	phone_stats(r->phone, &st);
	/* Nothing is written that nothing tells of. */
	assert_int_equal(touched, st.commanded_writes > 0);
	assert_int_equal(access(rig_path(r, "state"), F_OK) == 0,
			 rc < 0 && touched);
	assert_int_equal(access(rig_path(r, "undo"), F_OK) == 0,
			 rc == 0 || touched);
	return rc;
}

static int setup_restore(void **state)
{
	struct rig *r;

	setup(state);
	r = *state;
	r->may_write = true;
	rig_open(r, SMALL);
	return 0;
}

static void restores(void **state)
{
	each_allocation("plan of a restore", make_plan, *state);
	some_allocations("restore", 20, restore_all, *state);
}

/* -- backups ------------------------------------------------------------- */

/* resume: the first run was lost, the second one had no memory. */
static bool is_expected(const struct faulted_result *r, bool resume)
{
	bool by_memory =
		r->code == ERR_NOMEM || strstr(r->why, "starting a thread");

	if (r->end == FAULTED_WRONG)
		return false;
	if (resume)
		return r->resumed && (failing.failed == 0 || by_memory ||
				      r->code == ERR_GONE);
	return r->end == FAULTED_EXACT || by_memory;
}

static void each_session(const struct faulted_case *c, const char *plan,
			 bool resume)
{
	struct faulted_truth t;
	struct faulted_totals sum = { 0 };
	struct faulted f;
	unsigned long wrong = 0;

	failing = (struct failing) { .what = FAIL_ALLOC };
	assert_true(faulted_open(&f));
	assert_true(faulted_reference(&f, c, &t));
	f.arm = failing_arm;
	f.arm_resume = resume;
	for (unsigned long n = 1;; n++) {
		struct faulted_result r;

		failing.at = n;
		faulted_session(&f, &t, plan, &r);
		faulted_count(&sum, &r);
		if (!is_expected(&r, resume) && ++wrong)
			print_message("%s, allocation %lu: %s\n", c->name, n,
				      r.why);
		if (failing.failed == 0)
			break;
	}
	print_message("# %s: %llu sessions, %llu exact, %llu named; %llu left "
		      "something, %llu resumed\n",
		      c->name, (unsigned long long)sum.sessions,
		      (unsigned long long)sum.ends[FAULTED_EXACT],
		      (unsigned long long)sum.ends[FAULTED_NAMED],
		      (unsigned long long)sum.kept,
		      (unsigned long long)sum.resumed);
	faulted_close(&f);
	assert_int_equal(wrong, 0);
}

static void backups(void **state)
{
	static const struct faulted_case cases[] = {
		{ .name = "backup", .model = "ums512", .sector = 512 },
		{ .name = "backup with threads",
		  .model = "ums512",
		  .sector = 512,
		  .threads = 2 },
		{ .name = "backup by a list",
		  .model = "ums512,user_partition=84",
		  .sector = 512 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		each_session(&cases[i], BADLINE_WELL, false);
}

static void resumed_backups(void **state)
{
	static const struct faulted_case c = { .name = "resumed backup",
					       .model = "ums512",
					       .sector = 512 };

	(void)state;
	each_session(&c, "vanish:n=100", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(archives_are_read, setup,
						rig_teardown),
		cmocka_unit_test(profiles_are_read),
		cmocka_unit_test_setup_teardown(restores, setup_restore,
						rig_teardown),
		cmocka_unit_test(backups),
		cmocka_unit_test(resumed_backups),
	};

	setenv("SPDVAULT_PROFILES", "profiles", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
