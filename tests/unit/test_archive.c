/* SPDX-License-Identifier: BSD-3-Clause */
/* test_archive.c - archives written, read back, damaged, and read again. */
#include "archive/archive.h"

#include "lib/arc.h"

#include "archive/seektable.h"
#include "base/file.h"
#include "base/sha256.h"

#include <archive.h>
#include <archive_entry.h>

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BIG (BLOCK_SIZE * 5 + 12345)

struct sample {
	const char *name, *member;
	uint64_t size;
};

/* Sizes around every border that the layout has. */
static const struct sample borders[] = {
	{ "device.json", "device.json", 300 },
	{ "empty", "gpt/empty.img", 0 },
	{ "one", "gpt/one.img", 1 },
	{ "s511", "boot/s511.img", 511 },
	{ "s512", "boot/s512.img", 512 },
	{ "s513", "partitions/s513.img", 513 },
	{ "less", "partitions/less.img", BLOCK_SIZE - 1 },
	{ "block", "partitions/block.img", BLOCK_SIZE },
	{ "more", "partitions/more.img", BLOCK_SIZE + 1 },
	{ "big", "partitions/big.img", BIG },
	{ "empty2", "partitions/empty2.img", 0 },
};

static const struct sample small[] = {
	{ "device.json", "device.json", 200 },
	{ "gpt", "gpt/primary.img", 3000 },
	{ "nv", "partitions/nv.img", 25000 },
	{ "none", "partitions/none.img", 0 },
	{ "misc", "partitions/misc.img", 4096 },
};

#define N(list) (sizeof(list) / sizeof((list)[0]))

static char folder[] = "/tmp/spdvault-test-XXXXXX";

static const char *in_folder(const char *name)
{
	static char paths[4][200];
	static unsigned turn;
	char *p = paths[turn++ % 4];

	snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
	return p;
}

static void must(int rc, const struct err *e)
{
	if (rc < 0)
		fail_msg("%s", e->text);
}

static void put_member(struct archive_writer *w, struct manifest *m,
		       const struct sample *s)
{
	struct manifest_part *p = manifest_add_part(m);
	struct block *b;
	struct err e;

	must(archive_begin(w, s->member, s->size, &e), &e);
	for (uint64_t at = 0; at < s->size;) {
		uint64_t left = s->size - at;

		must(archive_get(w, &b, &e), &e);
		assert_int_equal(b->offset, at);
		assert_int_equal(b->cap, BLOCK_SIZE);
		assert_int_equal(b->used, 0);
		/* A block that is only given back changes nothing. */
		must(archive_put(w, b, &e), &e);
		must(archive_get(w, &b, &e), &e);
		memset(b->data, 0xEE, b->cap);
		b->used = left < BLOCK_SIZE ? left : BLOCK_SIZE;
		at += b->used;
		arc_fill(s->member, b->offset, b->data, b->used);
		must(archive_put(w, b, &e), &e);
	}
	must(archive_end(w, p, &e), &e);
	assert_string_equal(p->member, s->member);
	assert_int_equal(p->size, s->size);
	snprintf(p->name, sizeof(p->name), "%s", s->name);
}

static struct archive_writer *create(const char *path, unsigned threads,
				     int level)
{
	struct archive_options o = {
		.level = level,
		.threads = threads,
		.force = true,
	};
	struct archive_writer *w;
	struct err e;

	must(archive_create(path, &o, &w, &e), &e);
	return w;
}

static void write_archive(const char *path, const struct sample *list, size_t n,
			  unsigned threads, int level)
{
	struct archive_writer *w = create(path, threads, level);
	struct manifest m = {
		.format = MANIFEST_FORMAT,
		.tool = "test 1",
		.block_size = BLOCK_SIZE,
	};
	struct stat st;
	struct err e;

	for (size_t i = 0; i < n; i++)
		put_member(w, &m, &list[i]);
	must(archive_finish(w, &m, &e), &e);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, archive_written(w));
	archive_drop(w);
	manifest_free(&m);
}

static struct archive_reader *open_archive(const char *path, unsigned threads)
{
	struct archive_reader *r;
	struct err e;

	must(archive_open(path, threads, &r, &e), &e);
	return r;
}

/* Pulls the current member; every byte must be as it was put in. */
static void check_bytes(struct archive_reader *r, const char *member,
			uint64_t from, uint64_t size)
{
	uint8_t *want = malloc(BLOCK_SIZE);
	struct archive_piece p;
	uint64_t at = from;
	struct err e;
	int rc;

	while ((rc = archive_pull(r, &p, &e)) > 0) {
		assert_null(p.damage);
		assert_int_equal(p.offset, at);
		assert_true(p.len > 0 && p.len <= BLOCK_SIZE);
		arc_fill(member, at, want, p.len);
		assert_memory_equal(p.data, want, p.len);
		at += p.len;
	}
	must(rc, &e);
	assert_int_equal(at, from + size);
	free(want);
}

static void check_whole(const char *path, const struct sample *list, size_t n,
			unsigned threads, bool indexed)
{
	struct archive_reader *r = open_archive(path, threads);
	struct archive_member m;
	struct err e;

	assert_int_equal(archive_is_indexed(r), indexed);
	assert_null(archive_lost_index(r));
	assert_true(!indexed == !archive_manifest(r));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(archive_next(r, &m, &e), 1);
		assert_string_equal(m.name, list[i].member);
		assert_int_equal(m.size, list[i].size);
		assert_true(m.is_file);
		assert_null(m.unsafe);
		assert_null(m.damage);
		check_bytes(r, m.name, 0, m.size);
	}
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_string_equal(m.name, MANIFEST_NAME);
	assert_non_null(archive_manifest(r));
	assert_int_equal(archive_manifest(r)->nparts, n);
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_string_equal(m.name, MANIFEST_SUMS);
	assert_int_equal(archive_next(r, &m, &e), 0);
	assert_int_equal(archive_next(r, &m, &e), 0);
	archive_close(r);
}

static void no_complaint(void *user, const char *text)
{
	(void)user;
	fail_msg("%s", text);
}

static void count_complaint(void *user, const char *text)
{
	assert_true(strlen(text) > 0);
	(*(unsigned *)user)++;
}

static void check_container(const char *path)
{
	struct archive_reader *r = open_archive(path, 2);
	struct err e;
	int rc = archive_check_container(r, no_complaint, NULL, &e);

	must(rc, &e);
	assert_int_equal(rc, 0);
	archive_close(r);
}

static int shell(const char *command)
{
	char line[1000];
	int rc;

	snprintf(line, sizeof(line), "cd %s && (%s) >out 2>&1", folder,
		 command);
	rc = system(line);
	return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

static void slurp(const char *path, uint8_t **ret, size_t *ret_len)
{
	struct err e;

	must(file_read_all(path, (size_t)1 << 30, ret, ret_len, &e), &e);
}

static void spit(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct err e;

	assert_true(fd >= 0);
	must(file_write_all(fd, p, n, &e), &e);
	close(fd);
}

/* -- round trips --------------------------------------------------------- */

static void round_trip_of_every_border_size(void **state)
{
	(void)state;
	const char *path = in_folder("borders.tar.zst");

	write_archive(path, borders, N(borders), 2, 0);
	check_whole(path, borders, N(borders), 0, true);
	check_whole(path, borders, N(borders), 1, true);
	check_whole(path, borders, N(borders), 3, true);
	check_container(path);
}

static void same_bytes_for_every_thread_count_and_level(void **state)
{
	(void)state;
	static const int levels[] = { 1, 3, 5, 9, 13 };

	for (size_t i = 0; i < N(levels); i++) {
		write_archive(in_folder("a.tar.zst"), borders, N(borders), 0,
			      levels[i]);
		write_archive(in_folder("b.tar.zst"), borders, N(borders), 3,
			      levels[i]);
		assert_int_equal(shell("cmp a.tar.zst b.tar.zst"), 0);
	}
}

static void stream_reader_sees_the_same(void **state)
{
	(void)state;
	const char *path = in_folder("s.tar.zst");

	write_archive(path, borders, N(borders), 2, 0);
	assert_int_equal(shell("zstd -dqf s.tar.zst -o s.tar && "
			       "zstd -qf -5 s.tar -o again.tar.zst && "
			       "gzip -1 -kf s.tar && xz -0 -T2 -kf s.tar"),
			 0);
	check_whole(in_folder("s.tar"), borders, N(borders), 2, false);
	check_whole(in_folder("again.tar.zst"), borders, N(borders), 2, false);
	check_whole(in_folder("s.tar.gz"), borders, N(borders), 2, false);
	check_whole(in_folder("s.tar.xz"), borders, N(borders), 2, false);
}

static void standard_input_is_a_stream(void **state)
{
	(void)state;
	int fd, saved = dup(STDIN_FILENO), pipes[2];

	write_archive(in_folder("p.tar.zst"), borders, N(borders), 2, 0);
	fd = open(in_folder("p.tar.zst"), O_RDONLY);
	assert_int_equal(pipe(pipes), 0);
	if (fork() == 0) {
		char buf[5000];
		ssize_t n;

		close(pipes[0]);
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			if (write(pipes[1], buf, (size_t)n) != n)
				_exit(1);
		_exit(0);
	}
	close(pipes[1]);
	dup2(pipes[0], STDIN_FILENO);
	check_whole("-", borders, N(borders), 2, false);
	int status;
	wait(&status);
	/* The pipe was emptied: the writer saw no broken one. */
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(pipes[0]);
	close(fd);
}

static void stock_tools_read_and_verify_it(void **state)
{
	(void)state;
	write_archive(in_folder("t.tar.zst"), borders, N(borders), 2, 0);
	assert_int_equal(shell("zstd -tq t.tar.zst"), 0);
	assert_int_equal(shell("rm -rf x && mkdir x && "
			       "tar --zstd -xf t.tar.zst -C x && cd x && "
			       "sha256sum -c --quiet --strict SHA256SUMS"),
			 0);
	assert_int_equal(shell("bsdtar -tf t.tar.zst | wc -l | grep -qx 13"),
			 0);
	assert_int_equal(shell("rm -rf y && mkdir y && "
			       "bsdtar -xf t.tar.zst -C y && diff -r x y"),
			 0);
	assert_int_equal(shell("tail -c 5 t.tar.zst | od -An -tx1 | "
			       "grep -q '00 b1 ea 92 8f'"),
			 0);
}

static void ranges_and_finding(void **state)
{
	(void)state;
	static const struct {
		uint64_t offset, length;
	} cases[] = {
		{ 0, 1 },
		{ 0, BIG },
		{ BLOCK_SIZE - 1, 2 },
		{ BLOCK_SIZE, BLOCK_SIZE },
		{ 3 * BLOCK_SIZE + 77, BLOCK_SIZE + 5 },
		{ BIG - 1, 1 },
		{ BIG, 0 },
		{ 5 * BLOCK_SIZE, 12345 },
	};
	const char *path = in_folder("r.tar.zst");
	struct archive_member m;
	struct err e;

	write_archive(path, borders, N(borders), 2, 0);
	for (unsigned threads = 0; threads < 4; threads += 3) {
		struct archive_reader *r = open_archive(path, threads);

		for (size_t i = 0; i < N(cases); i++) {
			assert_int_equal(
				archive_find(r, "partitions/big.img", &m, &e),
				1);
			must(archive_skip_to(r, cases[i].offset, &e), &e);
			archive_limit(r, cases[i].length);
			check_bytes(r, m.name, cases[i].offset,
				    cases[i].length);
		}
		assert_int_equal(archive_find(r, "gpt/none", &m, &e), 0);
		assert_int_equal(archive_find(r, MANIFEST_SUMS, &m, &e), 1);
		/* Backwards is fine, too; leaving in the middle as well. */
		assert_int_equal(archive_find(r, "partitions/big.img", &m, &e),
				 1);
		struct archive_piece p;
		assert_int_equal(archive_pull(r, &p, &e), 1);
		assert_int_equal(archive_next(r, &m, &e), 1);
		assert_string_equal(m.name, "partitions/empty2.img");
		assert_int_equal(archive_skip_to(r, 1, &e), -ERR_USAGE);
		archive_close(r);
	}
}

static void ranges_in_a_stream(void **state)
{
	(void)state;
	struct archive_reader *r;
	struct archive_member m;
	struct err e;

	write_archive(in_folder("q.tar.zst"), borders, N(borders), 2, 0);
	assert_int_equal(shell("zstd -dqf q.tar.zst -o q.tar"), 0);
	r = open_archive(in_folder("q.tar"), 0);
	assert_int_equal(archive_find(r, "partitions/more.img", &m, &e), 1);
	must(archive_skip_to(r, BLOCK_SIZE - 3, &e), &e);
	archive_limit(r, 3);
	check_bytes(r, m.name, BLOCK_SIZE - 3, 3);
	assert_int_equal(archive_find(r, "partitions/big.img", &m, &e), 1);
	must(archive_skip_to(r, 4 * BLOCK_SIZE, &e), &e);
	check_bytes(r, m.name, 4 * BLOCK_SIZE, BIG - 4 * BLOCK_SIZE);
	/* What is behind us is not found. */
	assert_int_equal(archive_find(r, "device.json", &m, &e), 0);
	archive_close(r);
}

/* -- misuse and failures of the writer ----------------------------------- */

static void lies_about_the_size_are_bugs(void **state)
{
	(void)state;
	struct archive_writer *w = create(in_folder("l.tar.zst"), 2, 0);
	struct manifest_part part;
	struct block *b;
	struct err e;

	must(archive_begin(w, "gpt/a", 10, &e), &e);
	assert_int_equal(archive_end(w, &part, &e), -ERR_BUG);
	assert_int_equal(archive_begin(w, "gpt/b", 1, &e), -ERR_BUG);
	must(archive_get(w, &b, &e), &e);
	assert_int_equal(archive_get(w, &b, &e), -ERR_BUG);
	b->used = 11;
	assert_int_equal(archive_put(w, b, &e), -ERR_BUG);
	must(archive_get(w, &b, &e), &e);
	b->used = 9; /* not full, not the last */
	assert_int_equal(archive_put(w, b, &e), -ERR_BUG);
	must(archive_get(w, &b, &e), &e);
	b->used = 10;
	must(archive_put(w, b, &e), &e);
	must(archive_end(w, &part, &e), &e);
	assert_int_equal(archive_begin(w, "gpt/a", 1, &e), -ERR_BUG);
	assert_int_equal(archive_begin(w, "../a", 1, &e), -ERR_BUG);
	assert_int_equal(archive_begin(w, "/a", 1, &e), -ERR_BUG);
	archive_drop(w);
}

static void manifest_must_tell_what_was_written(void **state)
{
	(void)state;
	struct archive_writer *w = create(in_folder("m.tar.zst"), 0, 0);
	struct manifest m = { .format = 1, .block_size = BLOCK_SIZE };
	struct err e;

	put_member(w, &m, &small[0]);
	m.parts[0].sha256[0] ^= 1;
	assert_int_equal(archive_finish(w, &m, &e), -ERR_BUG);
	m.parts[0].sha256[0] ^= 1;
	m.nparts = 0;
	assert_int_equal(archive_finish(w, &m, &e), -ERR_BUG);
	m.nparts = 1;
	must(archive_finish(w, &m, &e), &e);
	assert_int_equal(archive_finish(w, &m, &e), -ERR_BUG);
	archive_drop(w);
	manifest_free(&m);
}

static void full_disk_comes_out_of_the_next_call(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads < 3; threads++) {
		struct archive_writer *w = create("/dev/full", threads, 0);
		struct manifest_part part;
		struct err e;
		int rc = 0;

		for (unsigned i = 0; i < 100 && rc == 0; i++) {
			char name[20];

			snprintf(name, sizeof(name), "gpt/%u", i);
			rc = archive_add(w, name, "x", 1, &part, &e);
		}
		assert_int_equal(rc, -ERR_IO);
		assert_non_null(strstr(e.text, "No space"));
		assert_int_equal(archive_begin(w, "gpt/y", 1, &e), -ERR_IO);
		archive_drop(w);
	}
}

static void existing_files_are_not_replaced(void **state)
{
	(void)state;
	struct archive_options o = { 0 };
	struct archive_writer *w;
	struct err e;

	spit(in_folder("there"), "x", 1);
	assert_int_equal(archive_create(in_folder("there"), &o, &w, &e),
			 -ERR_EXISTS);
	o.level = 20;
	assert_int_equal(archive_create(in_folder("new"), &o, &w, &e),
			 -ERR_USAGE);
}

static void a_partial_is_listed_and_extracted(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads < 3; threads += 2) {
		struct archive_writer *w =
			create(in_folder("i.tar.zst"), threads, 0);
		struct manifest m = { 0 };
		struct archive_reader *r;
		struct archive_member member;
		struct archive_piece p;
		struct block *b;
		struct err e;

		put_member(w, &m, &borders[0]);
		put_member(w, &m, &borders[2]);
		put_member(w, &m, &borders[8]);
		must(archive_begin(w, "partitions/cut.img", 2 * BLOCK_SIZE, &e),
		     &e);
		must(archive_get(w, &b, &e), &e);
		b->used = BLOCK_SIZE;
		arc_fill("partitions/cut.img", 0, b->data, b->used);
		must(archive_put(w, b, &e), &e);
		archive_drop(w);
		manifest_free(&m);

		r = open_archive(in_folder("i.tar.zst.partial"), 2);
		assert_false(archive_is_indexed(r));
		assert_non_null(archive_lost_index(r));
		for (unsigned i = 0; i < 3; i++) {
			assert_int_equal(archive_next(r, &member, &e), 1);
			check_bytes(r, member.name, 0, member.size);
		}
		assert_int_equal(archive_next(r, &member, &e), 1);
		assert_string_equal(member.name, "partitions/cut.img");
		uint64_t had = 0;
		int rc;
		while ((rc = archive_pull(r, &p, &e)) > 0)
			had += p.len;
		assert_int_equal(rc, -ERR_FORMAT);
		assert_int_equal(had, BLOCK_SIZE);
		assert_int_equal(archive_next(r, &member, &e), -ERR_FORMAT);
		assert_null(archive_manifest(r));
		archive_close(r);
	}
}

static void a_partial_between_members_is_not_whole(void **state)
{
	(void)state;
	struct archive_writer *w = create(in_folder("j.tar.zst"), 0, 0);
	struct manifest m = { 0 };
	struct archive_reader *r;
	struct archive_member member;
	struct err e;
	unsigned n = 0;

	put_member(w, &m, &borders[0]);
	put_member(w, &m, &borders[4]);
	archive_drop(w);
	manifest_free(&m);
	r = open_archive(in_folder("j.tar.zst.partial"), 2);
	assert_non_null(archive_lost_index(r));
	assert_int_equal(archive_next(r, &member, &e), 1);
	assert_int_equal(archive_next(r, &member, &e), 1);
	assert_int_equal(archive_next(r, &member, &e), -ERR_FORMAT);
	assert_non_null(strstr(e.text, "end mark"));
	assert_int_equal(archive_check_container(r, count_complaint, &n, &e),
			 1);
	assert_int_equal(n, 1);
	archive_close(r);
}

/* -- damage -------------------------------------------------------------- */

/* All that verify does.  How many things were found wrong. */
static unsigned faults(const char *path, unsigned threads)
{
	struct archive_reader *r;
	struct archive_member m;
	struct archive_piece p;
	unsigned n = 0;
	struct err e;
	int rc;

	if (archive_open(path, threads, &r, &e) < 0)
		return 1;
	n += archive_lost_index(r) != NULL;
	while ((rc = archive_next(r, &m, &e)) > 0) {
		const struct manifest_part *part = NULL;
		uint8_t sum[SHA256_LEN];
		struct sha256 *h;

		must(sha256_new(&h, &e), &e);
		must(sha256_begin(h, &e), &e);
		n += m.damage != NULL || m.unsafe != NULL || !m.is_file;
		while ((rc = archive_pull(r, &p, &e)) > 0) {
			n += p.damage != NULL;
			if (!p.damage)
				must(sha256_add(h, p.data, p.len, &e), &e);
		}
		must(sha256_end(h, sum, &e), &e);
		sha256_free(h);
		n += rc < 0;
		if (archive_manifest(r))
			part = manifest_find(archive_manifest(r), m.name);
		n += part && memcmp(part->sha256, sum, sizeof(sum)) != 0;
		if (rc < 0)
			break;
	}
	n += rc < 0;
	rc = archive_check_container(r, count_complaint, &n, &e);
	n += rc < 0 || !archive_manifest(r);
	archive_close(r);
	return n;
}

static void every_flipped_byte_is_found(void **state)
{
	(void)state;
	const char *path = in_folder("f.tar.zst"), *bad = in_folder("bad");
	uint8_t *p;
	size_t n;
	int fd;

	write_archive(path, small, N(small), 0, 0);
	assert_int_equal(faults(path, 0), 0);
	slurp(path, &p, &n);
	assert_true(n > 8000 && n < 40000);
	spit(bad, p, n);
	fd = open(bad, O_WRONLY);
	for (size_t i = 0; i < n; i++) {
		uint8_t flipped = p[i] ^ (uint8_t)(1u << (i % 8));

		assert_int_equal(pwrite(fd, &flipped, 1, (off_t)i), 1);
		if (faults(bad, 0) == 0)
			fail_msg("bit %zu of byte %zu of %zu", i % 8, i, n);
		assert_int_equal(pwrite(fd, &p[i], 1, (off_t)i), 1);
	}
	assert_int_equal(faults(bad, 0), 0);
	close(fd);
	free(p);
}

static void every_cut_is_found(void **state)
{
	(void)state;
	const char *path = in_folder("c.tar.zst"), *bad = in_folder("cut");
	uint8_t *p;
	size_t n;

	write_archive(path, small, N(small), 0, 0);
	slurp(path, &p, &n);
	spit(bad, p, n);
	while (n-- > 0) {
		assert_int_equal(truncate(bad, (off_t)n), 0);
		if (faults(bad, 0) == 0)
			fail_msg("cut to %zu bytes", n);
	}
	free(p);
}

static void bytes_behind_the_end_are_found(void **state)
{
	(void)state;
	const char *path = in_folder("e.tar.zst");
	int fd;

	write_archive(path, small, N(small), 0, 0);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "\0", 1), 1);
	close(fd);
	assert_true(faults(path, 0) > 0);
}

/* Where a frame lies, by the seek table at the end of the file. */
static uint64_t frame_offset(const uint8_t *p, size_t n, uint32_t frame)
{
	uint32_t entries;
	uint64_t at = 0;

	memcpy(&entries, p + n - 9, 4);
	for (uint32_t i = 0; i < frame; i++) {
		uint32_t size;

		memcpy(&size, p + n - 9 - 8 * (size_t)(entries - i), 4);
		at += size;
	}
	return at;
}

static void a_damaged_frame_does_not_hide_the_next(void **state)
{
	(void)state;
	const char *path = in_folder("d.tar.zst");
	struct archive_reader *r;
	const struct manifest_part *part;
	struct archive_member m;
	struct archive_piece piece;
	uint64_t good = 0, damaged = 0;
	unsigned n = 0;
	uint8_t *p;
	size_t len;
	struct err e;

	write_archive(path, borders, N(borders), 2, 0);
	slurp(path, &p, &len);
	r = open_archive(path, 2);
	part = manifest_find(archive_manifest(r), "big");
	/* The third block, and the header. */
	p[frame_offset(p, len, part->first_frame + 2) + 1000] ^= 4;
	p[frame_offset(p, len, part->first_frame - 1) + 20] ^= 4;
	archive_close(r);
	spit(path, p, len);
	free(p);

	r = open_archive(path, 3);
	assert_true(archive_is_indexed(r));
	assert_int_equal(archive_find(r, "partitions/big.img", &m, &e), 1);
	assert_int_equal(m.size, BIG);
	assert_non_null(m.damage);
	while (archive_pull(r, &piece, &e) > 0) {
		assert_int_equal(piece.offset, good + damaged);
		if (piece.damage) {
			assert_null(piece.data);
			assert_int_equal(piece.offset, 2 * BLOCK_SIZE);
			damaged += piece.len;
		} else {
			good += piece.len;
		}
	}
	assert_int_equal(damaged, BLOCK_SIZE);
	assert_int_equal(good, BIG - BLOCK_SIZE);
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_null(m.damage);
	assert_true(archive_check_container(r, count_complaint, &n, &e) > 0);
	assert_true(n > 0);
	archive_close(r);
}

static void a_lost_tail_leaves_a_stream(void **state)
{
	(void)state;
	const char *path = in_folder("k.tar.zst");
	struct archive_reader *r;
	struct archive_member m;
	struct err e;
	uint8_t *p;
	size_t n;

	write_archive(path, small, N(small), 0, 0);
	slurp(path, &p, &n);
	p[n - 30] ^= 1; /* an entry of the seek table */
	spit(path, p, n);
	free(p);
	r = open_archive(path, 2);
	assert_false(archive_is_indexed(r));
	assert_non_null(archive_lost_index(r));
	for (size_t i = 0; i < N(small); i++) {
		assert_int_equal(archive_next(r, &m, &e), 1);
		check_bytes(r, m.name, 0, m.size);
	}
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_int_equal(archive_next(r, &m, &e), 0);
	assert_non_null(archive_manifest(r));
	archive_close(r);
}

/* A tail with digests that are right and a table that is not. */
static void lie(const char *path, const uint8_t *p, size_t n, uint32_t frame,
		unsigned kind)
{
	size_t tail, len;
	struct seektable t;
	struct trailer tr;
	uint8_t *bytes;
	struct err e;
	int fd;

	must(tail_measure(p + n - TAIL_FOOTER_SIZE, n, &tail, &e), &e);
	must(tail_decode(p + n - tail, tail, n, &t, &tr, &e), &e);
	switch (kind) {
	case 0:
		t.content[frame] = UINT32_MAX;
		break;
	case 1:
		t.content[frame] += 512;
		break;
	case 2:
		t.content[frame] = 0;
		break;
	case 3:
		t.start[frame + 1]--;
		break;
	case 4: /* the frame is empty, its neighbour holds both */
		t.start[frame + 1] = t.start[frame];
		break;
	case 5:
		tr.manifest_frame = frame;
		break;
	case 6:
		tr.digest ^= 1ull << frame % 64;
		break;
	}
	tr.manifest_offset = t.start[tr.manifest_frame];
	must(tail_encode(&t, &tr, &bytes, &len, &e), &e);
	seektable_free(&t);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, bytes, len, (off_t)(n - tail)), len);
	close(fd);
	free(bytes);
}

static void lying_tables_are_survived_and_told(void **state)
{
	(void)state;
	const char *path = in_folder("g.tar.zst");
	struct trailer tr;
	struct seektable t;
	size_t n, tail;
	struct err e;
	uint8_t *p;

	write_archive(path, small, N(small), 0, 0);
	slurp(path, &p, &n);
	must(tail_measure(p + n - TAIL_FOOTER_SIZE, n, &tail, &e), &e);
	must(tail_decode(p + n - tail, tail, n, &t, &tr, &e), &e);
	for (uint32_t frame = 0; frame < t.count; frame++) {
		for (unsigned kind = 0; kind < 7; kind++) {
			if (kind == 5 && frame == tr.manifest_frame)
				continue;
			/* The last border is the length of the file. */
			if ((kind == 3 || kind == 4) && frame + 1 == t.count)
				continue;
			lie(path, p, n, frame, kind);
			if (faults(path, 2) == 0)
				fail_msg("frame %u, lie %u", frame, kind);
		}
	}
	seektable_free(&t);
	free(p);
}

/* -- foreign tars -------------------------------------------------------- */

struct foreign {
	const char *name, *link;
	int type;
	bool unsafe, file;
};

static void hostile_names_and_links_are_told(void **state)
{
	(void)state;
	static const struct foreign list[] = {
		{ "./gpt/good.img", NULL, AE_IFREG, false, true },
		{ "/etc/passwd", NULL, AE_IFREG, true, true },
		{ "../up", NULL, AE_IFREG, true, true },
		{ "gpt/../../up", NULL, AE_IFREG, true, true },
		{ "gpt/.hidden", NULL, AE_IFREG, true, true },
		{ "gpt//double", NULL, AE_IFREG, true, true },
		{ "gpt/back\\slash", NULL, AE_IFREG, true, true },
		{ "gpt/esc\033[2J", NULL, AE_IFREG, true, true },
		{ "gpt/with space", NULL, AE_IFREG, true, true },
		{ "gpt/soft", "/etc/passwd", AE_IFLNK, false, false },
		{ "gpt/hard", "gpt/good.img", AE_IFREG, false, false },
		{ "gpt/fifo", NULL, AE_IFIFO, false, false },
		{ "gpt/folder/", NULL, AE_IFDIR, true, false },
		{ "gpt/dev", NULL, AE_IFBLK, false, false },
	};
	struct archive *a = archive_write_new();
	const char *path = in_folder("hostile.tar");
	struct archive_entry *entry;
	struct archive_reader *r;
	struct archive_member m;
	struct err e;
	char longname[300];

	archive_write_set_format_pax(a);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	memset(longname, 'a', sizeof(longname) - 1);
	longname[sizeof(longname) - 1] = 0;
	for (size_t i = 0; i <= N(list); i++) {
		const char *name = i < N(list) ? list[i].name : longname;
		int type = i < N(list) ? list[i].type : (int)AE_IFREG;

		entry = archive_entry_new();
		archive_entry_set_pathname(entry, name);
		archive_entry_set_filetype(entry, type);
		archive_entry_set_perm(entry, 0644);
		if (i < N(list) && type == (int)AE_IFLNK)
			archive_entry_set_symlink(entry, list[i].link);
		else if (i < N(list) && list[i].link)
			archive_entry_set_hardlink(entry, list[i].link);
		else if (type == (int)AE_IFREG)
			archive_entry_set_size(entry, 3);
		archive_write_header(a, entry);
		if (type == (int)AE_IFREG)
			archive_write_data(a, "abc", 3);
		archive_entry_free(entry);
	}
	archive_write_free(a);

	r = open_archive(path, 0);
	assert_null(archive_lost_index(r));
	for (size_t i = 0; i < N(list); i++) {
		must(archive_next(r, &m, &e), &e);
		if (!m.unsafe == list[i].unsafe || m.is_file != list[i].file)
			fail_msg("'%s': unsafe '%s', file %d", list[i].name,
				 m.unsafe ? m.unsafe : "no", m.is_file);
	}
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_non_null(m.unsafe);
	assert_true(strlen(m.name) < MEMBER_NAME_MAX);
	assert_int_equal(archive_next(r, &m, &e), 0);
	archive_close(r);
}

static void sparse_members_get_their_zeros(void **state)
{
	(void)state;
	struct archive_reader *r;
	struct archive_member m;
	struct archive_piece p;
	uint64_t at = 0;
	struct err e;

	if (shell("truncate -s 3M sp && printf x | dd of=sp bs=1 "
		  "seek=1000000 conv=notrunc && tar -Scf sp.tar sp") != 0)
		skip();
	r = open_archive(in_folder("sp.tar"), 0);
	assert_int_equal(archive_next(r, &m, &e), 1);
	assert_int_equal(m.size, 3 << 20);
	while (archive_pull(r, &p, &e) > 0) {
		assert_int_equal(p.offset, at);
		if (at <= 1000000 && 1000000 < at + p.len)
			assert_int_equal(p.data[1000000 - at], 'x');
		at += p.len;
	}
	assert_int_equal(at, 3 << 20);
	archive_close(r);
}

static void what_is_no_archive_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "", 0 },
		{ "x", 1 },
		{ "hello, this is a text\n", 22 },
		{ "\x28\xB5\x2F\xFD", 4 },
		{ "\x28\xB5\x2F\xFD\xE0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x01",
		  14 },
		{ "PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18 },
	};
	struct archive_reader *r;
	struct archive_member m;
	struct err e;

	for (size_t i = 0; i < N(cases); i++) {
		int rc;

		spit(in_folder("no"), cases[i].bytes, cases[i].n);
		rc = archive_open(in_folder("no"), 0, &r, &e);
		if (rc == 0) {
			rc = archive_next(r, &m, &e);
			archive_close(r);
		}
		assert_int_equal(rc, -ERR_FORMAT);
	}
	assert_int_equal(archive_open(folder, 0, &r, &e), -ERR_FORMAT);
	assert_int_equal(archive_open(in_folder("none"), 0, &r, &e), -ERR_IO);
}

/* A foreign tar with a member called manifest.json of any content. */
static void other_manifests_are_only_members(void **state)
{
	(void)state;
	static const char *const commands[] = {
		"echo '[1]' >manifest.json",
		"truncate -s 1G manifest.json",
	};
	struct archive_reader *r;
	struct archive_member m;
	struct archive_piece p;
	struct err e;

	for (size_t i = 0; i < N(commands); i++) {
		uint64_t had = 0;

		assert_int_equal(shell(commands[i]), 0);
		assert_int_equal(shell("echo x >after; tar cf - "
				       "manifest.json after | zstd -q1 "
				       ">mf.tar.zst; rm manifest.json"),
				 0);
		r = open_archive(in_folder("mf.tar.zst"), 0);
		assert_int_equal(archive_next(r, &m, &e), 1);
		assert_non_null(m.damage);
		assert_null(archive_manifest(r));
		while (archive_pull(r, &p, &e) > 0)
			had += p.len;
		assert_int_equal(had, m.size);
		assert_int_equal(archive_next(r, &m, &e), 1);
		assert_string_equal(m.name, "after");
		assert_int_equal(archive_next(r, &m, &e), 0);
		archive_close(r);
	}
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char line[100];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", folder);
	return system(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_of_every_border_size),
		cmocka_unit_test(same_bytes_for_every_thread_count_and_level),
		cmocka_unit_test(stream_reader_sees_the_same),
		cmocka_unit_test(standard_input_is_a_stream),
		cmocka_unit_test(stock_tools_read_and_verify_it),
		cmocka_unit_test(ranges_and_finding),
		cmocka_unit_test(ranges_in_a_stream),
		cmocka_unit_test(lies_about_the_size_are_bugs),
		cmocka_unit_test(manifest_must_tell_what_was_written),
		cmocka_unit_test(full_disk_comes_out_of_the_next_call),
		cmocka_unit_test(existing_files_are_not_replaced),
		cmocka_unit_test(a_partial_is_listed_and_extracted),
		cmocka_unit_test(a_partial_between_members_is_not_whole),
		cmocka_unit_test(every_flipped_byte_is_found),
		cmocka_unit_test(every_cut_is_found),
		cmocka_unit_test(bytes_behind_the_end_are_found),
		cmocka_unit_test(a_damaged_frame_does_not_hide_the_next),
		cmocka_unit_test(a_lost_tail_leaves_a_stream),
		cmocka_unit_test(lying_tables_are_survived_and_told),
		cmocka_unit_test(hostile_names_and_links_are_told),
		cmocka_unit_test(sparse_members_get_their_zeros),
		cmocka_unit_test(what_is_no_archive_is_refused),
		cmocka_unit_test(other_manifests_are_only_members),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
