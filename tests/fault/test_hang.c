/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A disk that stops in the middle of a call: the user gets out by Ctrl-C, and
 * the thread that comes back from it later finds all that it uses.
 */
#include "failing.h"

#include "job/archive_jobs.h"
#include "lib/arc.h"
#include "lib/rig.h"

#include <dirent.h>
#include <unistd.h>

/* What such a thread uses is never given back: that is the point. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:file_sink_new\nleak:outfile_open\nleak:archive_mend\n";
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

/* One thread hangs; then it comes back, and ends by itself. */
static void assert_thread_comes_back(unsigned others)
{
	failing_arm(false);
	assert_int_equal(count_threads(), others + 1);
	failing_release();
	for (unsigned i = 0; count_threads() != others; i++) {
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

/* What is to be mended belongs to the caller again when that has failed. */
static void while_a_member_is_mended(void **state)
{
	static const uint64_t hole[1][2] = { { 4096, 512 } };
	static const char member[] = "partitions/x.img";
	const struct watch user = { .cancelled = on_cancelled, .grace_ms = 1 };
	struct archive_patch late = { .offset = 4096, .len = 512 };
	struct rig *r = *state;
	uint8_t *bytes = malloc(late.len);
	struct archive_writer *w = arc_create(rig_path(r, "a.tar.zst"), 1);
	unsigned threads = count_threads();

	assert_non_null(bytes);
	arc_fill(member, late.offset, bytes, late.len);
	late.data = bytes;
	assert_ok(archive_begin(w, member, 8192, &r->e), &r->e);
	arc_put(w, member, 8192, 0, hole, 1);
	archive_set_watch(w, &user);
	/* The header is the first one, its only block the second one. */
	failing = (struct failing) { .what = FAIL_READ,
				     .error = FAIL_HANG,
				     .at = 2 };
	failing_arm(true);
	assert_err(archive_mend(w, &late, 1, &r->e), ERR_CANCELLED, "", &r->e);
	free(bytes);
	memset(&late, 0, sizeof(late));
	assert_thread_comes_back(threads - 1);
	assert_int_equal(access(rig_path(r, "a.tar.zst.partial.mend"), F_OK),
			 0);
	archive_drop(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(while_a_partition_is_read),
		TEST(while_a_member_is_extracted),
		TEST(while_a_member_is_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
