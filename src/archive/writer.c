/* SPDX-License-Identifier: BSD-3-Clause */
/* writer.c - blocks in, frames out: compress anywhere, write in order. */
#include "writer.h"

#include "archive/zframe.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LEVEL 3
/* Each costs a slot of 8 MiB and a compressor; more than disks can follow. */
#define THREADS_MAX 8
/* 64 MiB of content: what a power cut may cost, at most. */
#define SYNC_EVERY 16u

unsigned archive_default_threads(void)
{
	cpu_set_t set;
	int n = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	if (n < 1)
		n = 1;
	return n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* -- the three places where a block is worked on ------------------------- */

static int compress_slot(void *user, unsigned worker, unsigned slot,
			 struct err *e)
{
	struct archive_writer *w = user;
	struct slot *s = &w->slots[slot];

	if (s->kind == SLOT_CALL)
		return 0;
	return zframe_encode(w->enc[worker], s->block.data, s->raw_len, s->out,
			     w->out_cap, &s->out_len, e);
}

bool digests_add(struct frame_digests *d, uint64_t digest)
{
	/* Doubles at the powers of two, so no capacity has to be kept. */
	if ((d->count & (d->count - 1)) == 0) {
		size_t cap = d->count ? (size_t)d->count * 2 : 1;
		void *more = realloc(d->v, cap * sizeof(*d->v));

		if (!more)
			return false;
		d->v = more;
	}
	d->v[d->count++] = digest;
	return true;
}

int writer_sync(struct archive_writer *w, struct err *e)
{
	if (!w->journal)
		return 0;
	w->unsynced = 0;
	/* The journal speaks of the data, so the data come first. */
	if (outfile_sync(w->file, e) < 0 ||
	    journal_file_sync(w->journal, e) < 0)
		return -(int)e->code;
	return 0;
}

/* "KIND TEXT" each; between what was stored before and what comes. */
static int write_notes(struct archive_writer *w, struct slot *s, struct err *e)
{
	char *line = s->notes.s, *end = line + s->notes.len;
	struct strbuf *b;
	uint64_t *chain;

	if (s->notes.failed)
		return err_nomem(e);
	if (!w->journal || w->finishing || s->notes.len == 0)
		return 0;
	b = journal_file_begin(w->journal, &chain);
	for (char *stop; line < end; line = stop + 1) {
		char *text = strchr(line, ' ');

		stop = strchr(line, '\n');
		*text = *stop = '\0';
		journal_line_note(b, chain, line, text + 1);
	}
	s->notes.len = 0;
	return journal_file_flush(w->journal, e);
}

/* One more frame is in the file: what resuming has to know of it. */
static int journal_slot(struct archive_writer *w, const struct slot *s,
			uint64_t digest, struct err *e)
{
	struct journal_frame f = { .digest = digest,
				   .compressed = (uint32_t)s->out_len,
				   .content = (uint32_t)s->raw_len };
	uint32_t frame = w->table.count - 1;
	struct strbuf *b;
	uint64_t *chain;

	if (!w->journal || w->finishing)
		return 0;
	b = journal_file_begin(w->journal, &chain);
	if (s->kind == SLOT_HEADER)
		journal_line_head(b, chain, frame, &f, w->now.name,
				  w->now.size);
	else
		journal_line_body(b, chain, frame, &f);
	if (journal_file_flush(w->journal, e) < 0)
		return -(int)e->code;
	return ++w->unsynced < SYNC_EVERY ? 0 : writer_sync(w, e);
}

static int write_slot(struct archive_writer *w, struct slot *s, struct err *e)
{
	uint64_t digest;

	if (write_notes(w, s, e) < 0)
		return -(int)e->code;
	if (s->kind == SLOT_CALL) {
		w->call_rc = s->call(s->arg, &w->call_err);
		atomic_store(&w->calling, false);
		return 0;
	}
	digest = XXH64(s->out, s->out_len, 0);
	if (s->kind == SLOT_HEADER) {
		if (sha256_begin(w->sha, e) < 0)
			return -(int)e->code;
		XXH64_copyState(w->xxh_begin, w->xxh);
	}
	if (s->kind == SLOT_BODY &&
	    sha256_add(w->sha, s->block.data, s->block.used, e) < 0)
		return -(int)e->code;
	XXH64_update(w->xxh, s->out, s->out_len);
	if (outfile_write(w->file, s->out, s->out_len, e) < 0)
		return -(int)e->code;
	if (!digests_add(&w->digests, digest) ||
	    !seektable_add(&w->table, (uint32_t)s->out_len,
			   (uint32_t)s->raw_len))
		return err_set(e, ERR_NOMEM, "no room for another frame");
	atomic_fetch_add(&w->size, s->out_len);
	return journal_slot(w, s, digest, e);
}

/* Takes one slot and writes it: 1, 0 at the end, or what went wrong. */
static int write_next(struct archive_writer *w, struct err *e)
{
	unsigned slot;
	int rc = ring_take(w->ring, &slot, e);

	if (rc > 0 && write_slot(w, &w->slots[slot], e) < 0)
		rc = -(int)e->code;
	if (rc < 0)
		ring_stop(w->ring, e);
	if (rc > 0)
		ring_give_back(w->ring, slot);
	return rc;
}

static void *writer_main(void *arg)
{
	struct err e;

	ring_give_way();
	while (write_next(arg, &e) > 0)
		;
	return NULL;
}

struct slot *writer_slot(struct archive_writer *w, enum slot_kind kind,
			 struct err *e)
{
	unsigned slot = 0;

	if (ring_get(w->ring, &slot, e) < 0)
		return NULL;
	w->slots[slot].kind = kind;
	w->slots[slot].block.used = 0;
	return &w->slots[slot];
}

/* The whole way of a filled slot; without threads it is gone here. */
int writer_send(struct archive_writer *w, struct slot *s, struct err *e)
{
	struct strbuf empty = s->notes;

	empty.len = 0;
	s->notes = w->notes;
	w->notes = empty;
	ring_put(w->ring, (unsigned)(s - w->slots));
	if (w->has_writer)
		return 0;
	return write_next(w, e) < 0 ? -(int)e->code : 0;
}

int writer_call(struct archive_writer *w, writer_work *work, void *arg,
		struct err *e)
{
	struct slot *s = writer_slot(w, SLOT_CALL, e);

	if (!s)
		return -(int)e->code;
	s->call = work;
	s->arg = arg;
	atomic_store(&w->calling, true);
	if (writer_send(w, s, e) < 0 || ring_flush(w->ring, e) < 0)
		return -(int)e->code;
	if (w->call_rc < 0)
		*e = w->call_err;
	return w->call_rc;
}

/* -- a life -------------------------------------------------------------- */

static int alloc_slots(struct archive_writer *w, struct err *e)
{
	w->out_cap = zframe_bound(BLOCK_SIZE);
	w->slots = calloc(w->nslots, sizeof(*w->slots));
	w->enc = calloc(w->threads + 1, sizeof(*w->enc));
	if (!w->slots || !w->enc)
		return err_nomem(e);
	for (unsigned i = 0; i < w->nslots; i++) {
		struct slot *s = &w->slots[i];

		s->block.data = malloc(BLOCK_SIZE);
		s->block.cap = BLOCK_SIZE;
		s->out = malloc(w->out_cap);
		if (!s->block.data || !s->out)
			return err_nomem(e);
	}
	return 0;
}

static int fill_new(struct archive_writer *w, const struct archive_options *o,
		    struct err *e)
{
	int level = o->level ? o->level : DEFAULT_LEVEL;

	if (level < 1 || level > 19)
		return err_set(e, ERR_USAGE, "there is no level %d (1 to 19)",
			       level);
	w->threads = o->threads > THREADS_MAX ? THREADS_MAX : o->threads;
	w->nslots = w->threads ? w->threads + 2 : 1;
	w->xxh = XXH64_createState();
	w->xxh_begin = XXH64_createState();
	if (!w->xxh || !w->xxh_begin || alloc_slots(w, e) < 0)
		return err_nomem(e);
	XXH64_reset(w->xxh, 0);
	for (unsigned i = 0; i == 0 || i < w->threads; i++)
		if (zframe_enc_new(level, &w->enc[i], e) < 0)
			return -(int)e->code;
	if (sha256_new(&w->sha, e) < 0)
		return -(int)e->code;
	return ring_new(w->threads, w->nslots, compress_slot, w, &w->ring, e);
}

int writer_new(const struct archive_options *o, struct archive_writer **ret,
	       struct err *e)
{
	struct archive_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem(e);
	if (fill_new(w, o, e) < 0) {
		archive_drop(w);
		return -(int)e->code;
	}
	*ret = w;
	return 0;
}

int writer_start(struct archive_writer *w, struct err *e)
{
	int sys;

	if (w->threads == 0)
		return 0;
	sys = pthread_create(&w->writer, NULL, writer_main, w);
	if (sys) {
		sys = err_sys(e, sys, "starting a thread");
		err_hint(e, "close other programs, or raise the limit of "
			    "processes (ulimit -u)");
		return sys;
	}
	w->has_writer = true;
	return 0;
}

/* The .partial of an earlier run: is there more to do than to look at it? */
static void offer_resume(const char *path, struct err *e)
{
	char *journal;
	bool there;

	if (e->code != ERR_EXISTS || e->sys != EEXIST ||
	    asprintf(&journal, "%s.partial.journal", path) < 0)
		return;
	there = access(journal, F_OK) == 0;
	free(journal);
	if (!there)
		return;
	e->hint[0] = '\0';
	err_hint(e,
		 "--resume goes on with it; 'spdvault list %s.partial' shows "
		 "what it holds; --force starts again",
		 path);
}

/* A pipe or a device has no journal: nothing could be resumed there. */
static int open_new(struct archive_writer *w, const char *path, bool force,
		    struct err *e)
{
	CLEANUP(file_freep) char *spool = NULL;

	if (outfile_open(path, force, &w->file, e) < 0) {
		offer_resume(path, e);
		return -(int)e->code;
	}
	if (!outfile_is_regular(w->file))
		return 0;
	spool = writer_spool_name(archive_partial(w));
	if (!spool)
		return err_nomem(e);
	unlink(spool);
	return journal_file_create(archive_partial(w), &w->journal, e);
}

int archive_create(const char *path, const struct archive_options *o,
		   struct archive_writer **ret, struct err *e)
{
	struct archive_writer *w;

	if (writer_new(o, &w, e) < 0)
		return -(int)e->code;
	if (open_new(w, path, o->force, e) < 0 || writer_start(w, e) < 0) {
		/* Nothing of it is in there yet. */
		if (w->journal)
			journal_file_remove(w->journal);
		outfile_close(w->file, false);
		w->file = NULL;
		archive_drop(w);
		return -(int)e->code;
	}
	*ret = w;
	return 0;
}

/*
 * False: it hangs, and what it uses has to stay.  A pipe that nobody reads is
 * left by it when it is told to.
 */
static bool join_writer(struct archive_writer *w)
{
	static const struct watch soon = { .limit_ms = WATCH_GRACE_MS };
	struct watch patient = w->watch;
	struct err ignored;

	/* A wait that was too long already is not waited for once more. */
	if (ring_is_stopped(w->ring))
		patient = soon;
	if (watch_join(w->writer, &patient, &ignored) == 0)
		return true;
	outfile_give_up(w->file);
	return watch_join(w->writer, &soon, &ignored) == 0;
}

void writer_stop(struct archive_writer *w)
{
	if (w->ring)
		ring_end(w->ring);
	if (w->has_writer)
		w->left = !join_writer(w);
	w->has_writer = false;
}

void archive_set_watch(struct archive_writer *w, const struct watch *x)
{
	w->watch = *x;
	ring_set_watch(w->ring, x, false);
	outfile_set_watch(w->file, x);
}

void archive_drop(struct archive_writer *w)
{
	if (!w)
		return;
	/* What was put before is still written: it may be all there is. */
	writer_stop(w);
	if (w->left || !ring_free(w->ring))
		return;
	outfile_close(w->file, true);
	journal_file_close(w->journal);
	for (unsigned i = 0; w->slots && i < w->nslots; i++) {
		free(w->slots[i].block.data);
		free(w->slots[i].out);
		strbuf_free(&w->slots[i].notes);
	}
	for (unsigned i = 0; w->enc && i <= w->threads; i++)
		zframe_enc_free(w->enc[i]);
	free(w->slots);
	free(w->enc);
	free(w->members);
	sha256_free(w->sha);
	XXH64_freeState(w->xxh);
	XXH64_freeState(w->xxh_begin);
	seektable_free(&w->table);
	free(w->digests.v);
	strbuf_free(&w->notes);
	free(w);
}

uint64_t archive_written(const struct archive_writer *w)
{
	return atomic_load(&w->size);
}

const char *archive_partial(const struct archive_writer *w)
{
	return outfile_partial(w->file);
}
