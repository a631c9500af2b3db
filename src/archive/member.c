/* SPDX-License-Identifier: BSD-3-Clause */
/* member.c - a member from its header to its digest. */
#include "writer.h"

#include "archive/tarhdr.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int send_header(struct archive_writer *w, struct err *e)
{
	struct slot *s = writer_slot(w, SLOT_HEADER, e);

	if (!s || tarhdr_make(w->now.name, w->now.size, s->block.data,
			      &s->raw_len, e) < 0)
		return -(int)e->code;
	return writer_send(w, s, e);
}

static int check_name(struct archive_writer *w, const char *member,
		      struct err *e)
{
	if (!manifest_member_is_safe(member))
		return err_set(e, ERR_BUG, "'%s' is no name for a member",
			       member);
	for (size_t i = 0; i < w->nmembers; i++)
		if (strcmp(w->members[i].name, member) == 0)
			return err_set(e, ERR_BUG, "'%s' is there already",
				       member);
	return 0;
}

int archive_begin(struct archive_writer *w, const char *member, uint64_t size,
		  struct err *e)
{
	uint64_t blocks = size / BLOCK_SIZE + (size % BLOCK_SIZE != 0);

	/*
	 * The frame numbers are ours between members only.  First of all, as
	 * an earlier failure explains every other complaint.
	 */
	if (ring_flush(w->ring, e) < 0)
		return -(int)e->code;
	if (w->open || w->finished)
		return err_set(e, ERR_BUG, "'%s' begins inside another member",
			       member);
	if (check_name(w, member, e) < 0)
		return -(int)e->code;
	if (blocks > SEEKTABLE_FRAMES_MAX - w->table.count)
		return err_set(e, ERR_USAGE,
			       "'%s' has %" PRIu64 " bytes, too many for one "
			       "archive",
			       member, size);
	memset(&w->now, 0, sizeof(w->now));
	memcpy(w->now.name, member, strlen(member) + 1);
	w->now.size = size;
	w->now.first_frame = w->table.count + 1;
	w->now.frames = (uint32_t)blocks;
	w->done = 0;
	w->mended = false;
	if (send_header(w, e) < 0)
		return -(int)e->code;
	w->open = true;
	return 0;
}

int archive_get(struct archive_writer *w, struct block **ret, struct err *e)
{
	struct slot *s;

	if (!w->open || w->held)
		return err_set(e, ERR_BUG, "no block can be had now");
	s = writer_slot(w, SLOT_BODY, e);
	if (!s)
		return -(int)e->code;
	w->held = true;
	s->block.offset = w->done;
	*ret = &s->block;
	return 0;
}

int archive_put(struct archive_writer *w, struct block *b, struct err *e)
{
	struct slot *s = (struct slot *)b;
	size_t padding = 0;

	if (!w->held)
		return err_set(e, ERR_BUG, "a block that was not out");
	w->held = false;
	if (b->used == 0)
		return 0; /* the ring hands the same slot out again */
	if (b->used > BLOCK_SIZE || b->used > w->now.size - w->done)
		return err_set(e, ERR_BUG,
			       "'%s': a block of %zu bytes, %" PRIu64
			       " are left",
			       w->now.name, b->used, w->now.size - w->done);
	if (b->used == w->now.size - w->done)
		padding = tar_padding(w->now.size);
	else if (b->used != BLOCK_SIZE)
		return err_set(e, ERR_BUG,
			       "'%s': a block of %zu bytes in the middle",
			       w->now.name, b->used);
	w->done += b->used;
	memset(b->data + b->used, 0, padding);
	s->raw_len = b->used + padding;
	return writer_send(w, s, e);
}

int writer_remember(struct archive_writer *w, const struct written_member *m,
		    struct err *e)
{
	if (w->nmembers == w->members_cap) {
		size_t cap = w->members_cap ? w->members_cap * 2 : 64;
		void *more = realloc(w->members, cap * sizeof(*w->members));

		if (!more)
			return err_nomem(e);
		w->members = more;
		w->members_cap = cap;
	}
	w->members[w->nmembers++] = *m;
	return 0;
}

/* A whole member is what a resumed run will not ask the phone for again. */
static int journal_end(void *arg, struct err *e)
{
	struct archive_writer *w = arg;
	struct strbuf *b;
	uint64_t *chain;

	b = journal_file_begin(w->journal, &chain);
	journal_line_end(b, chain, w->now.sha256);
	if (journal_file_flush(w->journal, e) < 0)
		return -(int)e->code;
	return writer_sync(w, e);
}

int writer_end(struct archive_writer *w, struct err *e)
{
	if (ring_flush(w->ring, e) < 0)
		return -(int)e->code;
	if (!w->open || w->held)
		return err_set(e, ERR_BUG, "no member to end");
	if (w->done != w->now.size)
		return err_set(e, ERR_BUG,
			       "'%s' was to have %" PRIu64
			       " bytes, not %" PRIu64,
			       w->now.name, w->now.size, w->done);
	w->open = false;
	if (sha256_end(w->sha, w->now.sha256, e) < 0)
		return -(int)e->code;
	if (writer_remember(w, &w->now, e) < 0)
		return -(int)e->code;
	if (!w->journal || w->finishing)
		return 0;
	return writer_call(w, journal_end, w, e);
}

int archive_note(struct archive_writer *w, const char *kind, const char *text,
		 struct err *e)
{
	size_t from = w->notes.len;

	if (!w->journal || w->finishing)
		return 0;
	strbuf_add(&w->notes, "%s %s", kind, text);
	for (size_t i = from; i < w->notes.len; i++)
		if (w->notes.s[i] == '\n')
			w->notes.s[i] = '?';
	strbuf_add(&w->notes, "\n");
	return w->notes.failed ? err_nomem(e) : 0;
}

static int sync_now(void *arg, struct err *e)
{
	return writer_sync(arg, e);
}

int archive_keep_notes(struct archive_writer *w, struct err *e)
{
	if (!w->journal || w->finishing)
		return 0;
	return writer_call(w, sync_now, w, e);
}

void archive_stop_journal(struct archive_writer *w)
{
	w->finishing = true;
}

void writer_tell(const struct written_member *m, struct manifest_part *ret)
{
	memcpy(ret->member, m->name, sizeof(ret->member));
	memcpy(ret->sha256, m->sha256, sizeof(ret->sha256));
	ret->size = m->size;
	ret->first_frame = m->first_frame;
	ret->frames = m->frames;
}

int archive_end(struct archive_writer *w, struct manifest_part *ret,
		struct err *e)
{
	if (writer_end(w, e) < 0)
		return -(int)e->code;
	writer_tell(&w->now, ret);
	return 0;
}

int writer_add(struct archive_writer *w, const char *member, const void *p,
	       size_t n, struct err *e)
{
	const uint8_t *in = p;
	struct block *b;

	if (archive_begin(w, member, n, e) < 0)
		return -(int)e->code;
	while (n > 0) {
		if (archive_get(w, &b, e) < 0)
			return -(int)e->code;
		b->used = n < BLOCK_SIZE ? n : BLOCK_SIZE;
		memcpy(b->data, in, b->used);
		in += b->used;
		n -= b->used;
		if (archive_put(w, b, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

int archive_add(struct archive_writer *w, const char *member, const void *p,
		size_t n, struct manifest_part *ret, struct err *e)
{
	if (writer_add(w, member, p, n, e) < 0)
		return -(int)e->code;
	return archive_end(w, ret, e);
}

int writer_send_end(struct archive_writer *w, struct err *e)
{
	struct slot *s = writer_slot(w, SLOT_END, e);

	if (!s)
		return -(int)e->code;
	s->raw_len = 2 * (size_t)TAR_UNIT;
	memset(s->block.data, 0, s->raw_len);
	if (writer_send(w, s, e) < 0)
		return -(int)e->code;
	return ring_flush(w->ring, e);
}
