/* SPDX-License-Identifier: BSD-3-Clause */
/* test_mend.c - bytes that come late, in their place as if they never had. */
#include "base/file.h"
#include "lib/arc.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "partitions/x.img"
#define SIZE (BLOCK_SIZE * 4 + 12345)

struct range {
	uint64_t offset, length;
};

/* What an undisturbed run makes: the file to be equal to. */
static void write_plain(const char *path)
{
	struct archive_writer *w = arc_create(path, 0);
	struct manifest m = { 0 };
	struct err e;

	assert_ok(archive_add(w, "device.json", "{}", 2, manifest_add_part(&m),
			      &e),
		  &e);
	strcpy(m.parts[0].name, "device");
	assert_ok(archive_begin(w, NAME, SIZE, &e), &e);
	arc_put(w, NAME, SIZE, 0, NULL, 0);
	arc_end(w, &m);
	assert_ok(archive_begin(w, "partitions/y.img", 1000, &e), &e);
	arc_put(w, "partitions/y.img", 1000, 0, NULL, 0);
	arc_end(w, &m);
	arc_finish(w, &m);
}

/* The same with holes, up to the moment where they can be mended. */
static struct archive_writer *write_holes(const char *path, unsigned threads,
					  const struct range *v, size_t n,
					  struct manifest *m)
{
	struct archive_writer *w = arc_create(path, threads);
	uint64_t holes[8][2];
	struct err e;

	memset(m, 0, sizeof(*m));
	assert_ok(archive_add(w, "device.json", "{}", 2, manifest_add_part(m),
			      &e),
		  &e);
	strcpy(m->parts[0].name, "device");
	for (size_t i = 0; i < n; i++) {
		holes[i][0] = v[i].offset;
		holes[i][1] = v[i].length;
	}
	assert_ok(archive_begin(w, NAME, SIZE, &e), &e);
	arc_put(w, NAME, SIZE, 0, holes, n);
	return w;
}

static int mend(struct archive_writer *w, const struct range *v, size_t n,
		struct err *e)
{
	struct archive_patch patch[8] = { 0 };
	int rc;

	for (size_t i = 0; i < n; i++) {
		uint8_t *p = malloc(v[i].length + 1);

		arc_fill(NAME, v[i].offset, p, v[i].length);
		patch[i] =
			(struct archive_patch) { v[i].offset, p, v[i].length };
	}
	rc = archive_mend(w, patch, n, e);
	for (size_t i = 0; i < n; i++)
		free((void *)patch[i].data);
	return rc;
}

static void end_all(struct archive_writer *w, struct manifest *m)
{
	struct err e;

	arc_end(w, m);
	assert_ok(archive_begin(w, "partitions/y.img", 1000, &e), &e);
	arc_put(w, "partitions/y.img", 1000, 0, NULL, 0);
	arc_end(w, m);
	arc_finish(w, m);
}

static void check(const struct range *v, size_t n, unsigned threads,
		  bool at_once)
{
	const char *path = arc_path("mended");
	struct manifest m;
	struct archive_writer *w = write_holes(path, threads, v, n, &m);
	struct err e;

	for (size_t i = 0; i < n && !at_once; i++)
		assert_ok(mend(w, &v[i], 1, &e), &e);
	if (at_once)
		assert_ok(mend(w, v, n, &e), &e);
	end_all(w, &m);
	arc_same_files(path, arc_path("plain"));
	assert_false(arc_exists(arc_path("mended.partial.mend")));
	assert_false(arc_exists(arc_path("mended.partial.journal")));
}

static void the_archive_is_that_of_an_undisturbed_run(void **state)
{
	static const struct range first[] = { { 0, 512 } };
	static const struct range last[] = { { SIZE - 1, 1 } };
	static const struct range border[] = { { BLOCK_SIZE * 2 - 700, 9000 } };
	static const struct range many[] = { { SIZE - 4096, 4096 },
					     { BLOCK_SIZE + 5, 100000 },
					     { BLOCK_SIZE * 3, BLOCK_SIZE },
					     { BLOCK_SIZE + 50, 100 } };
	static const struct range all[] = { { 0, SIZE } };

	(void)state;
	for (unsigned threads = 0; threads <= 4; threads += 4) {
		check(first, 1, threads, true);
		check(last, 1, threads, true);
		check(border, 1, threads, true);
		check(many, 4, threads, true);
		check(many, 4, threads, false);
		check(all, 1, threads, true);
	}
}

static void what_is_there_already_changes_nothing(void **state)
{
	static const struct range whole[] = { { 0, SIZE } };
	const char *path = arc_path("mended");
	struct manifest m;
	struct archive_writer *w = write_holes(path, 2, NULL, 0, &m);
	struct err e;

	(void)state;
	assert_ok(mend(w, NULL, 0, &e), &e);
	assert_ok(mend(w, whole, 1, &e), &e);
	end_all(w, &m);
	arc_same_files(path, arc_path("plain"));
}

static void without_room_for_the_spool_nothing_changes(void **state)
{
	static const struct range hole[] = { { BLOCK_SIZE, 5000 } };
	const char *path = arc_path("mended");
	const char *spool = arc_path("mended.partial.mend");
	struct manifest m;
	struct archive_writer *w = write_holes(path, 2, hole, 1, &m);
	struct err e;

	(void)state;
	assert_int_equal(mkdir(spool, 0700), 0);
	assert_err(mend(w, hole, 1, &e), ERR_IO, "mending '" NAME "'", &e);
	assert_int_equal(rmdir(spool), 0);
	/* The writer goes on, and the next try succeeds. */
	assert_ok(mend(w, hole, 1, &e), &e);
	end_all(w, &m);
	arc_same_files(path, arc_path("plain"));
}

static void a_disk_that_forgets_is_not_mended(void **state)
{
	static const struct range hole[] = { { BLOCK_SIZE, 5000 } };
	const char *path = arc_path("mended");
	struct manifest m;
	struct archive_writer *w = write_holes(path, 2, hole, 1, &m);
	int fd = open(arc_path("mended.partial"), O_RDWR);
	struct stat st;
	struct err e;
	uint8_t b;

	(void)state;
	assert_ok(mend(w, NULL, 0, &e), &e); /* all is written */
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pread(fd, &b, 1, st.st_size / 2), 1);
	b ^= 1;
	assert_int_equal(pwrite(fd, &b, 1, st.st_size / 2), 1);
	close(fd);
	assert_err(mend(w, hole, 1, &e), ERR_IO, "other bytes", &e);
	archive_drop(w);
	manifest_free(&m);
}

static void only_a_whole_open_member_of_a_file_is_mended(void **state)
{
	static const struct range beyond[] = { { SIZE - 1, 2 } };
	static const struct range fine[] = { { 0, 1 } };
	struct archive_options o = { .threads = 0 };
	struct archive_writer *w;
	struct manifest m;
	struct block *b;
	struct err e;

	(void)state;
	w = write_holes(arc_path("mended"), 0, NULL, 0, &m);
	assert_err(mend(w, beyond, 1, &e), ERR_BUG, "has no", &e);
	arc_end(w, &m);
	assert_err(mend(w, fine, 1, &e), ERR_BUG, "no whole member", &e);
	assert_ok(archive_begin(w, "partitions/y.img", 1000, &e), &e);
	assert_err(mend(w, fine, 1, &e), ERR_BUG, "no whole member", &e);
	archive_drop(w);
	manifest_free(&m);

	assert_ok(archive_create("/dev/null", &o, &w, &e), &e);
	assert_false(archive_can_mend(w));
	assert_ok(archive_begin(w, NAME, 1, &e), &e);
	assert_ok(archive_get(w, &b, &e), &e);
	b->data[0] = 0;
	b->used = 1;
	assert_ok(archive_put(w, b, &e), &e);
	assert_err(mend(w, fine, 1, &e), ERR_USAGE, "cannot be changed", &e);
	archive_drop(w);
}

static int setup(void **state)
{
	int rc = arc_make_folder(state);

	if (rc == 0)
		write_plain(arc_path("plain"));
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_archive_is_that_of_an_undisturbed_run),
		cmocka_unit_test(what_is_there_already_changes_nothing),
		cmocka_unit_test(without_room_for_the_spool_nothing_changes),
		cmocka_unit_test(a_disk_that_forgets_is_not_mended),
		cmocka_unit_test(only_a_whole_open_member_of_a_file_is_mended),
	};

	return cmocka_run_group_tests(tests, setup, arc_remove_folder);
}
