/* SPDX-License-Identifier: BSD-3-Clause */
/* file_sink.c - one thread that hashes and writes in the order of put. */
#include "file_sink.h"

#include "base/ring.h"

#include <stdlib.h>
#include <string.h>

/* One is read, one is written, one lies between them. */
#define SLOTS 3u

struct file_sink {
	struct outfile *file;
	struct sha256 *sha; /* NULL: nobody asks for it */
	struct ring *ring;
	struct block blocks[SLOTS];
};

static int store(void *user, unsigned worker, unsigned slot, struct err *e)
{
	struct file_sink *s = user;
	const struct block *b = &s->blocks[slot];

	(void)worker; /* there is one, so that the order is that of put */
	if (s->sha && sha256_add(s->sha, b->data, b->used, e) < 0)
		return -(int)e->code;
	return outfile_write_sparse(s->file, b->data, b->used, e);
}

int file_sink_new(struct outfile *f, const struct watch *w, bool hash,
		  struct file_sink **ret, struct err *e)
{
	struct file_sink *s = calloc(1, sizeof(*s));
	int rc = 0;

	if (!s)
		return err_nomem(e);
	s->file = f;
	for (unsigned i = 0; i < SLOTS && rc == 0; i++) {
		s->blocks[i].cap = BLOCK_SIZE;
		s->blocks[i].data = malloc(BLOCK_SIZE);
		if (!s->blocks[i].data)
			rc = err_nomem(e);
	}
	if (rc == 0 && hash)
		rc = sha256_new(&s->sha, e);
	if (rc == 0 && hash)
		rc = sha256_begin(s->sha, e);
	if (rc == 0)
		rc = ring_new(1, SLOTS, store, s, &s->ring, e);
	if (rc < 0) {
		file_sink_free(s);
		return rc;
	}
	ring_set_watch(s->ring, w, true);
	outfile_set_watch(f, w);
	*ret = s;
	return 0;
}

void file_sink_free(struct file_sink *s)
{
	if (!s)
		return;
	/* What is to be written at all was, in file_sink_end(). */
	outfile_give_up(s->file);
	if (!ring_free(s->ring)) {
		outfile_leave(s->file);
		return;
	}
	sha256_free(s->sha);
	for (unsigned i = 0; i < SLOTS; i++)
		free(s->blocks[i].data);
	free(s);
}

/* 1, 0 when all have been taken after the end, or the write's own error. */
static int take_one(struct file_sink *s, struct err *e)
{
	unsigned slot;
	int rc = ring_take(s->ring, &slot, e);

	if (rc == 1)
		ring_give_back(s->ring, slot);
	return rc;
}

int file_sink_get(struct file_sink *s, struct block **ret, struct err *e)
{
	unsigned slot;

	while (!ring_may_get(s->ring))
		if (take_one(s, e) < 0)
			return -(int)e->code;
	if (ring_get(s->ring, &slot, e) < 0)
		return -(int)e->code;
	s->blocks[slot].used = 0;
	*ret = &s->blocks[slot];
	return 0;
}

void file_sink_put(struct file_sink *s, struct block *b)
{
	ring_put(s->ring, (unsigned)(b - s->blocks));
}

int file_sink_write(struct file_sink *s, const void *p, size_t n, struct err *e)
{
	const uint8_t *in = p;

	while (n) {
		struct block *b;

		if (file_sink_get(s, &b, e) < 0)
			return -(int)e->code;
		b->used = n < b->cap ? n : b->cap;
		memcpy(b->data, in, b->used);
		in += b->used;
		n -= b->used;
		file_sink_put(s, b);
	}
	return 0;
}

int file_sink_end(struct file_sink *s, uint8_t sha256[SHA256_LEN],
		  struct err *e)
{
	int rc;

	ring_end(s->ring);
	do
		rc = take_one(s, e);
	while (rc == 1);
	return rc < 0 || !s->sha ? rc : sha256_end(s->sha, sha256, e);
}
