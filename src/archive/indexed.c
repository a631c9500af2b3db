/* SPDX-License-Identifier: BSD-3-Clause */
/* indexed.c - our own archive by its frames, on many threads. */
#include "reader.h"

#include "archive/tarhdr.h"
#include "base/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As in the writer: each costs two blocks. */
#define THREADS_MAX 8

static struct indexed *indexed_of(struct archive_reader *r)
{
	return (struct indexed *)r;
}

static unsigned workers(const struct indexed *x)
{
	return x->threads ? x->threads : 1;
}

bool archive_is_indexed(const struct archive_reader *r)
{
	return r->ops->check == indexed_check;
}

/* -- frames -------------------------------------------------------------- */

/* The input buffer of a worker grows to what it meets, within limits. */
static int need_input(struct indexed *x, unsigned worker, size_t n,
		      struct err *e)
{
	if (n <= x->in_cap[worker])
		return 0;
	free(x->in[worker]);
	x->in_cap[worker] = 0;
	x->in[worker] = malloc(n);
	if (!x->in[worker])
		return err_nomem(e);
	x->in_cap[worker] = n;
	return 0;
}

int indexed_read_frame(struct indexed *x, unsigned worker, uint32_t frame,
		       uint8_t *data, const char **ret_damage, struct err *e)
{
	size_t content = x->table.content[frame];
	size_t n = seektable_compressed(&x->table, frame);

	*ret_damage = "the frame is larger than any of ours";
	if (content > ZFRAME_CONTENT_MAX || n > zframe_bound(content))
		return 0;
	if (need_input(x, worker, n, e) < 0 ||
	    file_pread_all(x->fd, x->in[worker], n, x->table.start[frame], e) <
		    0)
		return -(int)e->code;
	*ret_damage =
		zframe_decode(x->dec[worker], x->in[worker], n, data, content);
	return 0;
}

static int read_slot(void *user, unsigned worker, unsigned slot, struct err *e)
{
	struct indexed *x = user;
	struct read_slot *s = &x->slots[slot];

	return indexed_read_frame(x, worker, s->frame, s->data, &s->damage, e);
}

/* -- the ring ------------------------------------------------------------ */

static void give_back(struct indexed *x)
{
	if (!x->holds)
		return;
	ring_give_back(x->ring, x->held);
	x->holds = false;
	x->waiting--;
}

static int take(struct indexed *x, struct err *e)
{
	/* Also when the work failed the slot is ours. */
	int rc = ring_take(x->ring, &x->held, e);

	x->holds = true;
	return rc < 0 ? rc : 0;
}

/* What was read ahead and is not wanted any more. */
static void drop_waiting(struct indexed *x)
{
	struct err ignored;

	give_back(x);
	while (x->waiting > 0) {
		/* Nobody asks for these bytes, nor for what ails them. */
		take(x, &ignored);
		give_back(x);
	}
}

static uint64_t block_size(const struct indexed *x)
{
	return x->base.manifest.block_size;
}

static uint32_t frame_of(const struct indexed *x, uint64_t offset)
{
	return x->now->header + 1 + (uint32_t)(offset / block_size(x));
}

static int ask(struct indexed *x, struct err *e)
{
	uint32_t last = frame_of(x, x->end - 1);

	while (x->asked <= last && ring_may_get(x->ring)) {
		unsigned slot;

		if (ring_get(x->ring, &slot, e) < 0)
			return -(int)e->code;
		x->slots[slot].frame = x->asked++;
		ring_put(x->ring, slot);
		x->waiting++;
	}
	return 0;
}

/* -- members ------------------------------------------------------------- */

int indexed_check_header(struct indexed *x, const struct place *p,
			 struct err *e)
{
	size_t n = x->table.content[p->header];
	uint8_t raw[TARHDR_MAX];
	const char *damage;
	struct tarhdr h;
	struct err why;

	x->damage[0] = '\0';
	/* The plan has checked that it fits. */
	if (indexed_read_frame(x, 0, p->header, raw, &damage, e) < 0)
		return -(int)e->code;
	if (damage) {
		snprintf(x->damage, sizeof(x->damage), "%s", damage);
	} else if (tarhdr_parse(raw, n, &h, &why) < 0) {
		if (why.code == ERR_NOMEM) {
			*e = why;
			return -(int)ERR_NOMEM;
		}
		memcpy(x->damage, why.text, sizeof(x->damage));
	} else if (strcmp(h.name, p->name) != 0) {
		snprintf(x->damage, sizeof(x->damage),
			 "the tar header names '%s'", h.name);
	} else if (h.size != p->size) {
		snprintf(x->damage, sizeof(x->damage),
			 "the tar header says %" PRIu64 " bytes, the manifest "
			 "%" PRIu64,
			 h.size, p->size);
	}
	return 0;
}

static int enter(struct indexed *x, size_t i, struct archive_member *ret,
		 struct err *e)
{
	struct place *p = &x->places[i];

	/* Worker 0's buffers are free only when the ring is empty. */
	drop_waiting(x);
	if (indexed_check_header(x, p, e) < 0)
		return err_context(e, "'%s'", p->name);
	x->next_place = i + 1;
	x->now = p;
	x->at = 0;
	x->end = p->size;
	x->asked = p->header + 1;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->name, p->name, sizeof(ret->name));
	ret->size = p->size;
	ret->is_file = true;
	ret->damage = x->damage[0] ? x->damage : NULL;
	return 1;
}

static int indexed_next(struct archive_reader *r, struct archive_member *ret,
			struct err *e)
{
	struct indexed *x = indexed_of(r);

	if (x->next_place < x->nplaces)
		return enter(x, x->next_place, ret, e);
	drop_waiting(x);
	x->now = NULL;
	return 0;
}

static int indexed_find(struct archive_reader *r, const char *member,
			struct archive_member *ret, struct err *e)
{
	struct indexed *x = indexed_of(r);

	for (size_t i = 0; i < x->nplaces; i++)
		if (strcmp(x->places[i].name, member) == 0)
			return enter(x, i, ret, e);
	return 0;
}

static int indexed_skip_to(struct archive_reader *r, uint64_t offset,
			   struct err *e)
{
	struct indexed *x = indexed_of(r);

	if (!x->now || offset < x->at || offset > x->end)
		return err_set(e, ERR_USAGE,
			       "offset %" PRIu64 " is outside of the member",
			       offset);
	drop_waiting(x);
	x->at = offset;
	x->asked = frame_of(x, offset);
	return 0;
}

static void indexed_limit(struct archive_reader *r, uint64_t length)
{
	struct indexed *x = indexed_of(r);

	if (x->now && length < x->end - x->at)
		x->end = x->at + length;
}

/* The part of a block that was asked for; what follows it must be zeros. */
static void fill_piece(struct indexed *x, const struct read_slot *s,
		       struct archive_piece *ret)
{
	uint64_t start = (s->frame - x->now->header - 1) * block_size(x);
	uint64_t content = x->table.content[s->frame], used = content;

	if (used > x->now->size - start)
		used = x->now->size - start;
	if (!s->damage && !file_is_zero(s->data + used, content - used))
		x->now->bad_padding = true;
	ret->offset = x->at;
	ret->len =
		start + used < x->end ? start + used - x->at : x->end - x->at;
	ret->damage = s->damage;
	ret->data = s->damage ? NULL : s->data + (x->at - start);
}

static int indexed_pull(struct archive_reader *r, struct archive_piece *ret,
			struct err *e)
{
	struct indexed *x = indexed_of(r);

	give_back(x);
	if (!x->now || x->at == x->end)
		return 0;
	if (ask(x, e) < 0)
		return -(int)e->code;
	if (take(x, e) < 0)
		return err_context(e, "'%s': at 0x%" PRIx64, x->now->name,
				   x->at);
	fill_piece(x, &x->slots[x->held], ret);
	x->at += ret->len;
	return 1;
}

/* -- a life -------------------------------------------------------------- */

static void indexed_free(struct indexed *x)
{
	/* Workers first: they use all the rest. */
	if (!ring_free(x->ring))
		return;
	for (unsigned i = 0; x->slots && i < x->nslots; i++)
		free(x->slots[i].data);
	for (unsigned i = 0; i < workers(x); i++) {
		if (x->dec)
			zframe_dec_free(x->dec[i]);
		if (x->in)
			free(x->in[i]);
	}
	free(x->slots);
	free(x->dec);
	free(x->in);
	free(x->in_cap);
	free(x->places);
	seektable_free(&x->table);
	free(x);
}

static void indexed_close(struct archive_reader *r)
{
	struct indexed *x = indexed_of(r);

	close(x->fd);
	indexed_free(x);
}

static const struct reader_ops ops = {
	.next = indexed_next,
	.pull = indexed_pull,
	.find = indexed_find,
	.skip_to = indexed_skip_to,
	.limit = indexed_limit,
	.check = indexed_check,
	.close = indexed_close,
};

static int make_decoders(struct indexed *x, struct err *e)
{
	x->dec = calloc(workers(x), sizeof(*x->dec));
	x->in = calloc(workers(x), sizeof(*x->in));
	x->in_cap = calloc(workers(x), sizeof(*x->in_cap));
	if (!x->dec || !x->in || !x->in_cap)
		return err_nomem(e);
	for (unsigned i = 0; i < workers(x); i++)
		if (zframe_dec_new(&x->dec[i], e) < 0)
			return -(int)e->code;
	return 0;
}

/* One block for each slot, when its size is known. */
static int make_slots(struct indexed *x, struct err *e)
{
	x->nslots = x->threads ? x->threads + 2 : 1;
	x->slots = calloc(x->nslots, sizeof(*x->slots));
	if (!x->slots)
		return err_nomem(e);
	for (unsigned i = 0; i < x->nslots; i++) {
		x->slots[i].data = malloc(block_size(x));
		if (!x->slots[i].data)
			return err_nomem(e);
	}
	return ring_new(x->threads, x->nslots, read_slot, x, &x->ring, e);
}

int indexed_open(int fd, uint64_t file_size, unsigned threads,
		 struct archive_reader **ret, struct err *e)
{
	struct indexed *x = calloc(1, sizeof(*x));

	if (!x)
		return err_nomem(e);
	x->base.ops = &ops;
	x->fd = fd;
	x->threads = threads > THREADS_MAX ? THREADS_MAX : threads;
	if (make_decoders(x, e) < 0 || indexed_plan(x, file_size, e) < 0 ||
	    make_slots(x, e) < 0) {
		if (x->base.has_manifest)
			manifest_free(&x->base.manifest);
		indexed_free(x);
		return -(int)e->code;
	}
	*ret = &x->base;
	return 0;
}
