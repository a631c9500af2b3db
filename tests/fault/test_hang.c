/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A disk that stops in the middle of a write: the user gets out by Ctrl-C, and
 * the thread that comes back from it later finds all that it uses.
 */
#include "failing.h"

#include "job/archive_jobs.h"
#include "lib/rig.h"

#include <dirent.h>
#include <unistd.h>

/* What such a thread uses is never given back: that is the point. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:file_sink_new\nleak:outfile_open\n";
}

static unsigned count_threads(void)
{
	DIR *d = opendir("/proc/self/task");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Ctrl-C, as soon as it hangs. */
static bool on_cancelled(void *user)
{
	(void)user;
	return failing.failed > 0;
}

static const struct job_events ev = { .cancelled = on_cancelled };

static void hang_in_the_first_write(void)
{
	failing = (struct failing) { .what = FAIL_WRITE,
				     .error = FAIL_HANG,
				     .at = 1 };
	failing_arm(true);
}

/* The job has ended, and its thread is still there; it ends by itself. */
static void assert_thread_comes_back(unsigned before)
{
	failing_arm(false);
	assert_int_equal(count_threads(), before + 1);
	failing_release();
	for (unsigned i = 0; count_threads() != before; i++) {
		if (i == 10000)
			fail_msg("the thread has not ended");
		usleep(1000);
	}
}

static void while_a_partition_is_read(void **state)
{
	struct rig *r = *state;
	struct read_request q = { .part = "boot_a" };
	struct manifest_part part;
	unsigned before = count_threads();

	rig_open(r, "ums512,super=5M");
	q.out = rig_path(r, "boot.img");
	hang_in_the_first_write();
	assert_err(job_read(r->s, &q, &ev, &part, &r->e), ERR_CANCELLED, "",
		   &r->e);
	free(part.unreadable);
	assert_thread_comes_back(before);
	/* What it had is not taken away. */
	assert_int_equal(access(rig_path(r, "boot.img.partial"), F_OK), 0);
	assert_int_equal(access(q.out, F_OK), -1);
}

static void while_a_member_is_extracted(void **state)
{
	static const char *const names[] = { "super" };
	struct rig *r = *state;
	struct extract_request q = { .names = names, .nnames = 1 };
	struct extract_result done;
	unsigned before = count_threads();
	char dir[128];

	rig_open(r, "ums512,super=5M");
	assert_ok(rig_backup(r, "a.tar.zst", 0, NULL), &r->e);
	snprintf(dir, sizeof(dir), "%s/out", r->dir);
	q.archive = rig_path(r, "a.tar.zst");
	q.dir = dir;
	hang_in_the_first_write();
	assert_err(job_extract(&q, &ev, &done, &r->e), ERR_CANCELLED, "",
		   &r->e);
	assert_thread_comes_back(before);
	assert_int_equal(done.files, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(while_a_partition_is_read),
		TEST(while_a_member_is_extracted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
