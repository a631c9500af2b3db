/* SPDX-License-Identifier: BSD-3-Clause */
/* go_on.c - a writer that stands where another one ended. */
#include "resume.h"

#include "archive/zframe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- on the disk --------------------------------------------------------- */

/* The frames of a mend that did not come to its end take their places. */
static int redo_mend(struct archive_resume *r, struct archive_writer *w,
		     struct err *e)
{
	uint32_t first = r->journal.mend_frame;
	uint64_t from = r->table.start[first];

	if (outfile_cut(w->file, from, e) < 0)
		return -(int)e->code;
	for (uint32_t i = first; i < r->table.count; i++) {
		size_t n = seektable_compressed(&r->table, i);

		if (file_pread_all(r->spool, r->packed, n,
				   r->table.start[i] - from, e) < 0)
			return err_context(e, "%s", r->spool_name);
		if (outfile_write(w->file, r->packed, n, e) < 0)
			return -(int)e->code;
	}
	return outfile_sync(w->file, e);
}

/* In memory: as if the open member, or all of it, had never begun. */
static void forget(struct archive_resume *r, enum archive_keep keep)
{
	const struct journal_member *m = journal_open_member(&r->journal);
	uint32_t frames = m ? m->header : r->table.count;

	if (keep == KEEP_NOTHING) {
		XXH64_reset(r->xxh, 0);
		frames = 0;
		journal_free(&r->journal);
	} else if (m) {
		XXH64_copyState(r->xxh, r->xxh_begin);
		journal_cut(&r->journal, frames);
	}
	r->table.count = r->digests.count = frames;
	r->redo = r->redo && r->journal.mended;
}

/*
 * First the journal, then the data: whatever is lost on the way, the journal
 * never speaks of more than there is.
 */
static int cut_files(struct archive_resume *r, struct archive_writer *w,
		     struct err *e)
{
	uint64_t end = r->table.count ? r->table.start[r->table.count] : 0;
	struct strbuf *b;
	uint64_t *chain;
	char times[16];

	if (r->journal.length == 0) {
		if (outfile_cut(w->file, 0, e) < 0)
			return -(int)e->code;
		return journal_file_create(r->partial, &w->journal, e);
	}
	if (journal_file_continue(r->partial, &r->journal, &w->journal, e) <
		    0 ||
	    outfile_cut(w->file, end, e) < 0)
		return -(int)e->code;
	snprintf(times, sizeof(times), "%u", r->info.resumed + 1);
	b = journal_file_begin(w->journal, &chain);
	journal_line_note(b, chain, JOURNAL_RESUMED, times);
	if (journal_file_flush(w->journal, e) < 0)
		return -(int)e->code;
	return writer_sync(w, e);
}

/* -- in memory ----------------------------------------------------------- */

static uint32_t blocks_of(uint64_t size)
{
	return (uint32_t)(size / BLOCK_SIZE + (size % BLOCK_SIZE != 0));
}

static void describe(const struct journal_member *m, struct written_member *to)
{
	memset(to, 0, sizeof(*to));
	memcpy(to->name, m->name, sizeof(to->name));
	to->size = m->size;
	memcpy(to->sha256, m->sha256, sizeof(to->sha256));
	to->first_frame = m->header + 1;
	to->frames = blocks_of(m->size);
}

void archive_resume_part(const struct journal_member *m,
			 struct manifest_part *ret)
{
	struct written_member is;

	describe(m, &is);
	writer_tell(&is, ret);
}

static int take_members(struct archive_resume *r, struct archive_writer *w,
			struct err *e)
{
	const struct journal *j = &r->journal;

	for (size_t i = 0; i < j->nmembers; i++) {
		describe(&j->members[i], &w->now);
		w->open = !j->members[i].ended;
		if (!w->open && writer_remember(w, &w->now, e) < 0)
			return -(int)e->code;
	}
	w->done = w->open ? r->info.position : 0;
	return 0;
}

/* The digest of the open member, from its stored blocks. */
static int count_stored(struct archive_resume *r, struct archive_writer *w,
			archive_stored *stored, void *user, struct err *e)
{
	struct block *b = &w->slots[0].block;
	struct zframe_dec *dec = NULL;
	int rc = zframe_dec_new(&dec, e);

	if (rc == 0)
		rc = sha256_begin(w->sha, e);
	for (uint32_t i = w->now.first_frame; rc == 0 && i < w->table.count;
	     i++) {
		uint64_t block = i - w->now.first_frame;
		const char *why = NULL;

		rc = writer_frame(w, i, r->packed, e);
		if (rc == 0)
			why = zframe_decode(dec, r->packed,
					    seektable_compressed(&w->table, i),
					    b->data, w->table.content[i]);
		if (why)
			rc = err_set(e, ERR_IO, "frame %" PRIu32 ": %s", i,
				     why);
		b->offset = block * BLOCK_SIZE;
		b->used = writer_block_len(w->now.size, block);
		if (rc == 0)
			rc = sha256_add(w->sha, b->data, b->used, e);
		if (rc == 0 && stored && !stored(user, b))
			rc = err_set(e, ERR_CANCELLED, "stopped");
	}
	b->used = 0;
	zframe_dec_free(dec);
	return rc;
}

/* What was found becomes the writer's own. */
static void hand_over(struct archive_resume *r, struct archive_writer *w)
{
	w->table = r->table;
	memset(&r->table, 0, sizeof(r->table));
	w->digests = r->digests;
	memset(&r->digests, 0, sizeof(r->digests));
	XXH64_copyState(w->xxh, r->xxh);
	XXH64_copyState(w->xxh_begin, r->xxh_begin);
	atomic_store(&w->size, outfile_size(w->file));
}

static int go_on(struct archive_resume *r, struct archive_writer *w,
		 archive_stored *stored, void *user, struct err *e)
{
	w->file = r->file;
	r->file = NULL;
	if (r->redo && redo_mend(r, w, e) < 0)
		return -(int)e->code;
	if (cut_files(r, w, e) < 0)
		return -(int)e->code;
	unlink(r->spool_name);
	hand_over(r, w);
	if (take_members(r, w, e) < 0)
		return -(int)e->code;
	if (w->open && count_stored(r, w, stored, user, e) < 0)
		return err_context(e, "reading '%s' back", archive_partial(w));
	return writer_start(w, e);
}

int archive_resume_begin(struct archive_resume *r, enum archive_keep keep,
			 archive_stored *stored, void *user,
			 struct archive_writer **ret, struct err *e)
{
	struct archive_writer *w;

	if (writer_new(&r->options, &w, e) < 0)
		return -(int)e->code;
	if (keep != KEEP_ALL)
		forget(r, keep);
	if (go_on(r, w, stored, user, e) < 0) {
		archive_drop(w);
		return -(int)e->code;
	}
	archive_resume_drop(r);
	*ret = w;
	return 0;
}
