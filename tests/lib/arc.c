/* SPDX-License-Identifier: BSD-3-Clause */
/* arc.c - what tests of the archive's writer share. */
#include "lib/arc.h"

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

int arc_make_folder(void **state)
{
	(void)state;
	/* In memory where that can be had: these tests sync a lot. */
	strcpy(folder, access("/dev/shm", W_OK) == 0
			       ? "/dev/shm/spdvault-test-XXXXXX"
			       : "/tmp/spdvault-test-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

int arc_remove_folder(void **state)
{
	char line[100];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf '%s'", folder);
	return system(line) == 0 ? 0 : -1;
}

const char *arc_path(const char *name)
{
	static char paths[8][200];
	static unsigned turn;
	char *p = paths[turn++ % 8];

	snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
	return p;
}

void arc_fill(const char *member, uint64_t offset, void *out, size_t n)
{
	uint64_t seed = 0;
	uint8_t *p = out;

	while (*member)
		seed = seed * 131 + (uint8_t)*member++;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = offset + i, x = seed ^ (at / 8);

		x *= 0x9E3779B97F4A7C15u;
		x ^= x >> 29;
		p[i] = at % 128 < 64 ? (uint8_t)(x >> (8 * (at % 8)))
				     : (uint8_t)(at >> 12 | 1);
	}
}

static void make_hole(struct block *b, uint64_t from, uint64_t len)
{
	uint64_t to = from + len, end = b->offset + b->used;

	from = from > b->offset ? from : b->offset;
	to = to < end ? to : end;
	if (from < to)
		memset(b->data + (from - b->offset), 0, to - from);
}

void arc_put(struct archive_writer *w, const char *member, uint64_t size,
	     uint64_t from, const uint64_t (*holes)[2], size_t nholes)
{
	struct block *b;
	struct err e;

	for (uint64_t at = from; at < size; at += b->used) {
		uint64_t left = size - at;

		assert_ok(archive_get(w, &b, &e), &e);
		assert_int_equal(b->offset, at);
		b->used = left < BLOCK_SIZE ? left : BLOCK_SIZE;
		arc_fill(member, at, b->data, b->used);
		for (size_t i = 0; i < nholes; i++)
			make_hole(b, holes[i][0], holes[i][1]);
		assert_ok(archive_put(w, b, &e), &e);
	}
}

struct archive_writer *arc_create(const char *path, unsigned threads)
{
	struct archive_options o = { .threads = threads, .force = true };
	struct archive_writer *w;
	struct err e;

	assert_ok(archive_create(path, &o, &w, &e), &e);
	return w;
}

void arc_end(struct archive_writer *w, struct manifest *m)
{
	struct manifest_part *p = manifest_add_part(m);
	struct err e;

	assert_non_null(p);
	assert_ok(archive_end(w, p, &e), &e);
	snprintf(p->name, sizeof(p->name), "part%zu", m->nparts);
}

void arc_finish(struct archive_writer *w, struct manifest *m)
{
	struct err e;

	m->format = MANIFEST_FORMAT;
	m->block_size = BLOCK_SIZE;
	assert_ok(archive_finish(w, m, &e), &e);
	archive_drop(w);
	manifest_free(m);
}

void arc_slurp(const char *path, uint8_t **ret, size_t *ret_len)
{
	struct err e;

	assert_ok(file_read_all(path, (size_t)1 << 30, ret, ret_len, &e), &e);
}

void arc_spit(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct err e;

	assert_true(fd >= 0);
	assert_ok(file_write_all(fd, p, n, &e), &e);
	close(fd);
}

bool arc_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

void arc_same_files(const char *a, const char *b)
{
	uint8_t *pa, *pb;
	size_t na, nb;

	arc_slurp(a, &pa, &na);
	arc_slurp(b, &pb, &nb);
	assert_int_equal(na, nb);
	assert_memory_equal(pa, pb, na);
	free(pa);
	free(pb);
}
