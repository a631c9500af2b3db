/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_archive.c - files that call themselves archives, read as users do.
 *
 * The input is a whole file, or the frames of one: those are compressed here
 * and get a seek table and a trailer that fit, which no fuzzer could make.
 */
#include "fuzz.h"

#include "archive/archive.h"
#include "archive/seektable.h"
#include "archive/zframe.h"
#include "base/file.h"
#include "base/text.h"
#include "job/archive_jobs.h"

#include <xxhash.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PULL_MAX   ((uint64_t)4 << 20) /* of a member; a hole has no end */
#define FRAME_LONG 0x8000	       /* as it is, not compressed here */

/* Records of a length and bytes; each becomes a frame. */
static void build(struct input in, struct strbuf *out)
{
	static struct zframe_enc *enc;
	struct seektable t = { 0 };
	struct trailer tr = { .manifest_frame = take_u8(&in) };
	struct err e;
	uint8_t *tail;
	size_t n;

	assert(enc || zframe_enc_new(1, &enc, &e) == 0);
	while (in.n > 0) {
		uint16_t head = take_u16(&in);
		struct input data = take(&in, head & 0x7FFF);
		size_t cap = zframe_bound(data.n);
		uint8_t *frame = exact(cap);

		n = data.n;
		if (head & FRAME_LONG)
			memcpy(frame, data.p, n);
		else
			assert(zframe_encode(enc, data.p, data.n, frame, cap,
					     &n, &e) == 0);
		strbuf_add_bytes(out, frame, n);
		assert(seektable_add(&t, (uint32_t)n, (uint32_t)data.n));
		free(frame);
	}
	if (t.count > 0) {
		tr.manifest_frame %= t.count;
		tr.manifest_offset = t.start[tr.manifest_frame];
		tr.digest = XXH64(out->s, out->len, 0);
		assert(tail_encode(&t, &tr, &tail, &n, &e) == 0);
		strbuf_add_bytes(out, tail, n);
		free(tail);
	}
	seektable_free(&t);
}

/* All of the current member.  False: something of it could not be had. */
static bool pull(struct archive_reader *r, const struct archive_member *m)
{
	bool whole = true;
	uint64_t at = 0;
	struct archive_piece piece;
	struct err e = { .code = ERR_NONE };
	int rc;

	while ((rc = archive_pull(r, &piece, &e)) > 0 && at < PULL_MAX) {
		assert(piece.offset == at && piece.len > 0);
		assert(!piece.data == !!piece.damage);
		assert(!piece.damage || archive_is_indexed(r));
		if (piece.data)
			touch(piece.data, piece.len);
		else
			whole = false;
		at += piece.len;
		assert(at <= m->size);
	}
	if (rc < 0)
		assert_failure(rc, &e);
	assert(rc != 0 || at == m->size);
	return whole && rc >= 0;
}

static bool walk(struct archive_reader *r, struct archive_member *ret_first,
		 bool *ret_huge)
{
	bool good = true;
	struct archive_member m;
	struct err e = { .code = ERR_NONE };
	int rc;

	ret_first->name[0] = '\0';
	while ((rc = archive_next(r, &m, &e)) > 0) {
		assert(memchr(m.name, 0, sizeof(m.name)));
		assert(m.unsafe || manifest_member_is_safe(m.name));
		assert(!archive_is_indexed(r) || (m.is_file && !m.unsafe));
		if (!ret_first->name[0])
			*ret_first = m;
		*ret_huge |= m.size > PULL_MAX;
		if (m.damage)
			good = false;
		if (m.is_file && !pull(r, &m))
			good = false;
	}
	if (rc < 0)
		assert_failure(rc, &e);
	return good && rc == 0;
}

/* A few bytes from the middle, as 'cat' reads them. */
static void jump(struct archive_reader *r, const char *name)
{
	struct archive_member m;
	struct archive_piece piece;
	struct err e;

	assert(archive_find(r, name, &m, &e) == 1);
	assert(archive_skip_to(r, m.size / 2, &e) == 0);
	archive_limit(r, 10);
	if (m.size == 0)
		return;
	assert(archive_pull(r, &piece, &e) == 1);
	assert(piece.offset == m.size / 2 && piece.len <= 10 && piece.len > 0);
}

static void count(void *user, const char *text)
{
	assert(text[0]);
	++*(int *)user;
}

/* Verify reads it all, also a hole of exabytes. */
static void verify(const char *path, bool good)
{
	struct err e = { .code = ERR_NONE };
	struct job_events none = { .user = NULL };
	struct verify_result v;
	int rc = job_verify(path, 0, &none, &v, &e);

	if (rc < 0)
		assert_failure(rc, &e);
	/* Whatever is wrong, it is not missed. */
	assert(rc != 0 || (good && v.differences == 0));
	manifest_free(&v.manifest);
}

static void read_it(const char *path)
{
	int told = 0, rc;
	struct archive_reader *r;
	struct archive_member first;
	struct err e = { .code = ERR_NONE };
	bool good, indexed, huge = false;

	rc = archive_open(path, 0, &r, &e);
	if (rc < 0) {
		assert_failure(rc, &e);
		return;
	}
	indexed = archive_is_indexed(r);
	assert(!indexed || (archive_manifest(r) && !archive_lost_index(r)));
	good = walk(r, &first, &huge);
	if (indexed)
		jump(r, first.name);
	rc = archive_check_container(r, count, &told, &e);
	if (rc < 0)
		assert_failure(rc, &e);
	assert(rc < 0 || rc == told);
	archive_close(r);
	if (!huge)
		verify(path, good && told == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	struct strbuf built = { 0 };
	char path[40];
	struct err e;
	int fd = memfd_create("archive", MFD_CLOEXEC);

	assert(fd >= 0);
	if (take_u8(&in) & 1) {
		build(in, &built);
		in = (struct input) { (uint8_t *)built.s, built.len };
	}
	assert(file_write_all(fd, in.p, in.n, &e) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_it(path);
	close(fd);
	strbuf_free(&built);
	return 0;
}
