/* SPDX-License-Identifier: BSD-3-Clause */
/* mend.c - bytes that came late take their place in a member. */
#include "writer.h"

#include "archive/tarhdr.h"
#include "archive/zframe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The frames of the member from the first changed one on are made anew in a
 * file of their own, the spool.  When that is on disk the journal names them,
 * and then they take their place in the archive.  Whatever ends the process on
 * the way: either the journal does not name them, or the spool is there.
 */
struct mend {
	struct archive_writer *w;
	struct archive_patch *v; /* ours with their data: it may outlast them */
	size_t n;
	uint8_t *data;
	XXH64_state_t *xxh;
	struct sha256 *sha;
	struct zframe_dec *dec;
	uint8_t *raw, *packed;
	char *spool_name;
	int spool;
	bool keep_spool;
	uint64_t spooled;
	struct journal_frame *frames; /* of the spool */
	uint32_t first, count;
	uint32_t frame;	 /* the next one to pass */
	uint64_t copied; /* of the spool, into the archive */
};

char *writer_spool_name(const char *partial)
{
	char *path;

	return asprintf(&path, "%s.mend", partial) < 0 ? NULL : path;
}

size_t writer_block_len(uint64_t size, uint64_t i)
{
	uint64_t left = size - i * BLOCK_SIZE;

	return left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
}

int writer_frame(struct archive_writer *w, uint32_t frame, uint8_t *packed,
		 struct err *e)
{
	size_t n = seektable_compressed(&w->table, frame);
	uint64_t at = w->table.start[frame];
	int rc;

	if (outfile_read(w->file, packed, n, at, e) < 0)
		return -(int)e->code;
	if (XXH64(packed, n, 0) == w->digests.v[frame])
		return 0;
	rc = err_set(e, ERR_IO,
		     "'%s' gives back other bytes at 0x%" PRIx64
		     " than were written there",
		     archive_partial(w), at);
	err_hint(e, "this disk is not to be trusted: use another one");
	return rc;
}

/* True when a patch changes bytes of the block at `offset`. */
static bool apply(const struct mend *m, uint64_t offset, size_t len)
{
	bool changed = false;

	for (size_t i = 0; i < m->n; i++) {
		const struct archive_patch *p = &m->v[i];
		uint64_t from = p->offset > offset ? p->offset : offset;
		uint64_t to = p->offset + p->len;

		if (to > offset + len)
			to = offset + len;
		if (from >= to || memcmp(m->raw + (from - offset),
					 p->data + (from - p->offset),
					 (size_t)(to - from)) == 0)
			continue;
		memcpy(m->raw + (from - offset), p->data + (from - p->offset),
		       (size_t)(to - from));
		changed = true;
	}
	return changed;
}

static int open_spool(struct mend *m, uint32_t first, struct err *e)
{
	m->first = first;
	m->spool =
		open(m->spool_name,
		     O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (m->spool < 0)
		return err_sys(e, errno, "creating '%s'", m->spool_name);
	return 0;
}

static int spool_frame(struct mend *m, size_t packed, uint32_t content,
		       struct err *e)
{
	struct journal_frame *f = &m->frames[m->count++];

	f->compressed = (uint32_t)packed;
	f->content = content;
	f->digest = XXH64(m->packed, packed, 0);
	m->spooled += packed;
	if (file_write_all(m->spool, m->packed, packed, e) < 0)
		return err_context(e, "%s", m->spool_name);
	return 0;
}

/* One block of the member: read back, changed or not, counted again. */
static int pass_block(void *arg, struct err *e)
{
	struct mend *m = arg;
	struct archive_writer *w = m->w;
	uint32_t frame = m->frame++;
	uint64_t block = frame - w->now.first_frame;
	size_t len = writer_block_len(w->now.size, block);
	size_t packed = seektable_compressed(&w->table, frame);
	uint32_t content = w->table.content[frame];
	const char *why;

	if (writer_frame(w, frame, m->packed, e) < 0)
		return -(int)e->code;
	why = zframe_decode(m->dec, m->packed, packed, m->raw, content);
	if (why)
		return err_set(e, ERR_IO, "frame %" PRIu32 " of '%s': %s",
			       frame, archive_partial(w), why);
	if (apply(m, block * BLOCK_SIZE, len)) {
		if (m->spool < 0 && open_spool(m, frame, e) < 0)
			return -(int)e->code;
		if (zframe_encode(w->enc[0], m->raw, content, m->packed,
				  w->out_cap, &packed, e) < 0)
			return -(int)e->code;
	}
	XXH64_update(m->xxh, m->packed, packed);
	if (m->spool >= 0 && spool_frame(m, packed, content, e) < 0)
		return -(int)e->code;
	return sha256_add(m->sha, m->raw, len, e);
}

static int pass_header(void *arg, struct err *e)
{
	struct mend *m = arg;
	struct archive_writer *w = m->w;
	uint32_t head = w->now.first_frame - 1;

	XXH64_copyState(m->xxh, w->xxh_begin);
	if (sha256_begin(m->sha, e) < 0 ||
	    writer_frame(w, head, m->packed, e) < 0)
		return -(int)e->code;
	XXH64_update(m->xxh, m->packed, seektable_compressed(&w->table, head));
	m->frame = head + 1;
	return 0;
}

/* Piece by piece, so that a disk that hangs is told from one that is slow. */
static int pass_member(struct mend *m, struct err *e)
{
	int rc = writer_call(m->w, pass_header, m, e);

	while (rc == 0 && m->frame < m->w->table.count)
		rc = writer_call(m->w, pass_block, m, e);
	return rc;
}

/* The whole spool, or nothing, becomes what the journal speaks of. */
static int journal_mend(void *arg, struct err *e)
{
	struct mend *m = arg;
	struct strbuf *b;
	uint64_t *chain;

	b = journal_file_begin(m->w->journal, &chain);
	journal_line_cut(b, chain, m->first);
	for (uint32_t i = 0; i < m->count; i++)
		journal_line_body(b, chain, m->first + i, &m->frames[i]);
	if (journal_file_flush(m->w->journal, e) < 0)
		return -(int)e->code;
	return journal_file_sync(m->w->journal, e);
}

static int begin_copy(void *arg, struct err *e)
{
	struct mend *m = arg;

	return outfile_cut(m->w->file, m->w->table.start[m->first], e);
}

static int copy_piece(void *arg, struct err *e)
{
	struct mend *m = arg;
	uint64_t left = m->spooled - m->copied;
	size_t n = left < m->w->out_cap ? (size_t)left : m->w->out_cap;

	if (file_pread_all(m->spool, m->packed, n, m->copied, e) < 0)
		return err_context(e, "%s", m->spool_name);
	m->copied += n;
	return outfile_write(m->w->file, m->packed, n, e);
}

static int end_copy(void *arg, struct err *e)
{
	struct mend *m = arg;

	return outfile_sync(m->w->file, e);
}

static int copy_spool(struct mend *m, struct err *e)
{
	int rc = writer_call(m->w, begin_copy, m, e);

	while (rc == 0 && m->copied < m->spooled)
		rc = writer_call(m->w, copy_piece, m, e);
	return rc < 0 ? rc : writer_call(m->w, end_copy, m, e);
}

static int count_again(struct mend *m, struct err *e)
{
	struct archive_writer *w = m->w;
	XXH64_state_t *xxh = w->xxh;
	struct sha256 *sha = w->sha;

	w->xxh = m->xxh;
	m->xxh = xxh;
	w->sha = m->sha;
	m->sha = sha;
	w->table.count = w->digests.count = m->first;
	for (uint32_t i = 0; i < m->count; i++)
		if (!seektable_add(&w->table, m->frames[i].compressed,
				   m->frames[i].content) ||
		    !digests_add(&w->digests, m->frames[i].digest))
			return err_nomem(e);
	atomic_store(&w->size, w->table.start[w->table.count]);
	return 0;
}

/* The last step that may fail without anything being changed. */
static int seal_spool(void *arg, struct err *e)
{
	struct mend *m = arg;
	struct archive_writer *w = m->w;
	uint64_t end = w->table.start[w->table.count];
	uint64_t new_end = w->table.start[m->first] + m->spooled;

	if (fdatasync(m->spool) < 0 && errno != EINVAL)
		return err_sys(e, errno, "writing '%s' to disk", m->spool_name);
	if (new_end <= end)
		return 0;
	return outfile_reserve(w->file, new_end - end, e);
}

static int commit(struct mend *m, struct err *e)
{
	if (writer_call(m->w, seal_spool, m, e) < 0)
		return -(int)e->code;
	if (writer_call(m->w, journal_mend, m, e) < 0 || copy_spool(m, e) < 0 ||
	    count_again(m, e) < 0) {
		/* Half of it may have happened; resuming finds out. */
		ring_stop(m->w->ring, e);
		m->keep_spool = true;
		return -(int)e->code;
	}
	return 0;
}

static int take_patches(struct mend *m, const struct archive_patch *v, size_t n,
			struct err *e)
{
	size_t bytes = 0;
	uint8_t *to;

	for (size_t i = 0; i < n; i++)
		bytes += v[i].len;
	m->v = calloc(n + 1, sizeof(*m->v));
	m->data = to = malloc(bytes + 1);
	if (!m->v || !m->data)
		return err_nomem(e);
	for (; m->n < n; v++) {
		memcpy(to, v->data, v->len);
		m->v[m->n++] = (struct archive_patch) { v->offset, to, v->len };
		to += v->len;
	}
	return 0;
}

static int prepare(struct mend *m, struct err *e)
{
	struct archive_writer *w = m->w;

	m->xxh = XXH64_createState();
	m->raw = malloc(BLOCK_SIZE);
	m->packed = malloc(w->out_cap);
	m->frames = calloc((size_t)w->now.frames + 1, sizeof(*m->frames));
	m->spool_name = writer_spool_name(archive_partial(w));
	if (!m->xxh || !m->raw || !m->packed || !m->frames || !m->spool_name)
		return err_nomem(e);
	if (sha256_new(&m->sha, e) < 0)
		return -(int)e->code;
	return zframe_dec_new(&m->dec, e);
}

static void forget(struct mend *m)
{
	if (m->spool >= 0) {
		close(m->spool);
		if (!m->keep_spool)
			unlink(m->spool_name);
	}
	zframe_dec_free(m->dec);
	sha256_free(m->sha);
	XXH64_freeState(m->xxh);
	free(m->v);
	free(m->data);
	free(m->raw);
	free(m->packed);
	free(m->frames);
	free(m->spool_name);
	free(m);
}

static int check_request(struct archive_writer *w,
			 const struct archive_patch *v, size_t n, struct err *e)
{
	if (!archive_can_mend(w))
		return err_set(e, ERR_USAGE,
			       "what was written cannot be changed there");
	if (!w->open || w->held || w->done != w->now.size)
		return err_set(e, ERR_BUG, "no whole member to mend");
	for (size_t i = 0; i < n; i++)
		if (v[i].offset > w->now.size ||
		    v[i].len > w->now.size - v[i].offset)
			return err_set(e, ERR_BUG,
				       "'%s' has no %zu bytes at 0x%" PRIx64,
				       w->now.name, v[i].len, v[i].offset);
	return 0;
}

bool archive_can_mend(const struct archive_writer *w)
{
	return w->journal != NULL;
}

bool archive_was_mended(const struct archive_writer *w)
{
	return w->mended;
}

int archive_mend(struct archive_writer *w, const struct archive_patch *v,
		 size_t n, struct err *e)
{
	struct mend *m;
	int rc;

	/* Everything is written then, and the other threads have nothing. */
	if (ring_flush(w->ring, e) < 0 || check_request(w, v, n, e) < 0)
		return -(int)e->code;
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_nomem(e);
	m->w = w;
	m->spool = -1;
	rc = take_patches(m, v, n, e);
	if (rc == 0)
		rc = prepare(m, e);
	if (rc == 0)
		rc = pass_member(m, e);
	if (rc == 0 && m->spool >= 0) {
		rc = commit(m, e);
		w->mended = true;
	}
	/* What hangs in the disk still uses it. */
	if (!atomic_load(&w->calling))
		forget(m);
	if (rc < 0)
		return err_context(e, "mending '%s'", w->now.name);
	return 0;
}
