/* SPDX-License-Identifier: BSD-3-Clause */
/* writer.c - blocks in, frames out: compress anywhere, write in order. */
#include "writer.h"

#include "archive/tarhdr.h"
#include "archive/zframe.h"

#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LEVEL 3
/* Each costs a slot of 8 MiB and a compressor; more than disks can follow. */
#define THREADS_MAX 8

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

/* -- the three places where a block is worked on ----------------------- */

static int compress_slot(void *user, unsigned worker, unsigned slot,
			 struct err *e)
{
	struct archive_writer *w = user;
	struct slot *s = &w->slots[slot];

	return zframe_encode(w->enc[worker], s->block.data, s->raw_len, s->out,
			     w->out_cap, &s->out_len, e);
}

static int write_slot(struct archive_writer *w, struct slot *s, struct err *e)
{
	if (s->kind == SLOT_HEADER && sha256_begin(w->sha, e) < 0)
		return -(int)e->code;
	if (s->kind == SLOT_BODY &&
	    sha256_add(w->sha, s->block.data, s->block.used, e) < 0)
		return -(int)e->code;
	XXH64_update(w->xxh, s->out, s->out_len);
	if (outfile_write(w->file, s->out, s->out_len, e) < 0)
		return -(int)e->code;
	if (!seektable_add(&w->table, (uint32_t)s->out_len,
			   (uint32_t)s->raw_len))
		return err_set(e, ERR_NOMEM, "no room for another frame");
	atomic_fetch_add(&w->size, s->out_len);
	return 0;
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

	while (write_next(arg, &e) > 0)
		;
	return NULL;
}

/* The whole way of a filled slot; without threads it is gone here. */
static int send_slot(struct archive_writer *w, struct slot *s, struct err *e)
{
	ring_put(w->ring, (unsigned)(s - w->slots));
	if (w->has_writer)
		return 0;
	return write_next(w, e) < 0 ? -(int)e->code : 0;
}

/* -- a life ------------------------------------------------------------- */

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

static int start(struct archive_writer *w, const char *path,
		 const struct archive_options *o, struct err *e)
{
	int level = o->level ? o->level : DEFAULT_LEVEL, sys;

	if (level < 1 || level > 19)
		return err_set(e, ERR_USAGE, "there is no level %d (1 to 19)",
			       level);
	w->threads = o->threads > THREADS_MAX ? THREADS_MAX : o->threads;
	w->nslots = w->threads ? w->threads + 2 : 1;
	w->xxh = XXH64_createState();
	if (!w->xxh || alloc_slots(w, e) < 0)
		return err_nomem(e);
	XXH64_reset(w->xxh, 0);
	for (unsigned i = 0; i == 0 || i < w->threads; i++)
		if (zframe_enc_new(level, &w->enc[i], e) < 0)
			return -(int)e->code;
	if (sha256_new(&w->sha, e) < 0 ||
	    ring_new(w->threads, w->nslots, compress_slot, w, &w->ring, e) <
		    0 ||
	    outfile_open(path, o->force, &w->file, e) < 0)
		return -(int)e->code;
	if (w->threads == 0)
		return 0;
	sys = pthread_create(&w->writer, NULL, writer_main, w);
	if (sys)
		return err_sys(e, sys, "starting a thread");
	w->has_writer = true;
	return 0;
}

int archive_create(const char *path, const struct archive_options *o,
		   struct archive_writer **ret, struct err *e)
{
	struct archive_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem(e);
	if (start(w, path, o, e) < 0) {
		archive_drop(w);
		return -(int)e->code;
	}
	*ret = w;
	return 0;
}

void writer_stop(struct archive_writer *w)
{
	if (w->ring)
		ring_end(w->ring);
	if (w->has_writer)
		pthread_join(w->writer, NULL);
	w->has_writer = false;
}

void archive_drop(struct archive_writer *w)
{
	if (!w)
		return;
	/* What was put before is still written: it may be all there is. */
	writer_stop(w);
	ring_free(w->ring);
	outfile_close(w->file, true);
	for (unsigned i = 0; w->slots && i < w->nslots; i++) {
		free(w->slots[i].block.data);
		free(w->slots[i].out);
	}
	for (unsigned i = 0; w->enc && i <= w->threads; i++)
		zframe_enc_free(w->enc[i]);
	free(w->slots);
	free(w->enc);
	free(w->members);
	sha256_free(w->sha);
	XXH64_freeState(w->xxh);
	seektable_free(&w->table);
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

/* -- one member --------------------------------------------------------- */

/* NULL: failed. */
static struct slot *get_slot(struct archive_writer *w, enum slot_kind kind,
			     struct err *e)
{
	unsigned slot = 0;

	if (ring_get(w->ring, &slot, e) < 0)
		return NULL;
	w->slots[slot].kind = kind;
	w->slots[slot].block.used = 0;
	return &w->slots[slot];
}

static int send_header(struct archive_writer *w, struct err *e)
{
	struct slot *s = get_slot(w, SLOT_HEADER, e);

	if (!s || tarhdr_make(w->now.name, w->now.size, s->block.data,
			      &s->raw_len, e) < 0)
		return -(int)e->code;
	return send_slot(w, s, e);
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
	s = get_slot(w, SLOT_BODY, e);
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
	return send_slot(w, s, e);
}

static int remember(struct archive_writer *w, struct err *e)
{
	if (w->nmembers == w->members_cap) {
		size_t cap = w->members_cap ? w->members_cap * 2 : 64;
		void *more = realloc(w->members, cap * sizeof(*w->members));

		if (!more)
			return err_nomem(e);
		w->members = more;
		w->members_cap = cap;
	}
	w->members[w->nmembers++] = w->now;
	return 0;
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
	return remember(w, e);
}

int archive_end(struct archive_writer *w, struct manifest_part *ret,
		struct err *e)
{
	if (writer_end(w, e) < 0)
		return -(int)e->code;
	memcpy(ret->member, w->now.name, sizeof(ret->member));
	memcpy(ret->sha256, w->now.sha256, sizeof(ret->sha256));
	ret->size = w->now.size;
	ret->first_frame = w->now.first_frame;
	ret->frames = w->now.frames;
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
	struct slot *s = get_slot(w, SLOT_END, e);

	if (!s)
		return -(int)e->code;
	s->raw_len = 2 * (size_t)TAR_UNIT;
	memset(s->block.data, 0, s->raw_len);
	if (send_slot(w, s, e) < 0)
		return -(int)e->code;
	return ring_flush(w->ring, e);
}
