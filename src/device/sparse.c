/* SPDX-License-Identifier: BSD-3-Clause */
/* sparse.c - the format is libsparse's: header, then chunks of blocks. */
#include "device/sparse.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <string.h>

#define MAGIC	   0xED26FF3Au
#define HEAD	   28u
#define CHUNK_HEAD 12u
#define HEAD_MAX   4096u
#define BLOCK_MAX  ((uint32_t)16 << 20)
/* Loaders copy a chunk through buffers of 4 MiB; larger ones need luck. */
#define WRAP_CHUNK ((uint64_t)4 << 20)
#define BEHIND	   0x200u /* a header of the vendor's may stand in front */

enum { RAW = 0xCAC1, FILL = 0xCAC2, SKIP = 0xCAC3, CRC = 0xCAC4 };

bool sparse_is_image(const uint8_t *p, size_t n)
{
	return n >= 4 && get_le32(p) == MAGIC;
}

bool sparse_is_expanded(const uint8_t *p, size_t n)
{
	return sparse_is_image(p, n) ||
	       (n >= BEHIND + 4 && sparse_is_image(p + BEHIND, n - BEHIND));
}

/* -- wrapping ------------------------------------------------------------ */

static uint32_t block_of(uint64_t raw)
{
	return raw % 4096 == 0 ? 4096 : 512;
}

static uint64_t chunks_of(uint64_t raw)
{
	return (raw + WRAP_CHUNK - 1) / WRAP_CHUNK;
}

uint64_t sparse_wrapped_size(uint64_t raw)
{
	if (raw == 0 || raw % 512 || raw / block_of(raw) > UINT32_MAX)
		return 0;
	return HEAD + chunks_of(raw) * CHUNK_HEAD + raw;
}

static void add_chunk_head(struct sparse_wrap *w)
{
	uint64_t left = w->raw - w->at;
	uint8_t *p = w->head + w->head_len;

	w->chunk = left < WRAP_CHUNK ? left : WRAP_CHUNK;
	memset(p, 0, CHUNK_HEAD);
	put_le16(p, RAW);
	put_le32(p + 4, (uint32_t)(w->chunk / block_of(w->raw)));
	put_le32(p + 8, (uint32_t)(CHUNK_HEAD + w->chunk));
	w->head_len += CHUNK_HEAD;
}

static void make_head(struct sparse_wrap *w)
{
	uint32_t block = block_of(w->raw);
	uint8_t *p = w->head;

	memset(p, 0, HEAD);
	put_le32(p, MAGIC);
	put_le16(p + 4, 1); /* version 1.0 */
	put_le16(p + 8, HEAD);
	put_le16(p + 10, CHUNK_HEAD);
	put_le32(p + 12, block);
	put_le32(p + 16, (uint32_t)(w->raw / block));
	put_le32(p + 20, (uint32_t)chunks_of(w->raw));
	w->head_len = HEAD;
	add_chunk_head(w);
}

/* Heads first, then what the chunk holds. */
static int wrap_some(struct sparse_wrap *w, uint8_t *buf, size_t n,
		     size_t *ret_n, struct err *e)
{
	if (w->head_at == w->head_len && w->chunk == 0) {
		w->head_at = w->head_len = 0;
		add_chunk_head(w);
	}
	if (w->head_at < w->head_len) {
		if (n > w->head_len - w->head_at)
			n = w->head_len - w->head_at;
		memcpy(buf, w->head + w->head_at, n);
		w->head_at += n;
	} else {
		if (n > w->chunk)
			n = (size_t)w->chunk;
		if (w->from.pull(w->from.user, buf, n, e) < 0)
			return -(int)e->code;
		w->chunk -= n;
		w->at += n;
	}
	*ret_n = n;
	return 0;
}

static int wrap_pull(void *user, void *buf, size_t n, struct err *e)
{
	uint8_t *to = buf;
	size_t some = 0;

	for (; n > 0; to += some, n -= some)
		if (wrap_some(user, to, n, &some, e) < 0)
			return -(int)e->code;
	return 0;
}

struct write_source sparse_wrap_begin(struct sparse_wrap *w,
				      const struct write_source *from,
				      uint64_t raw)
{
	memset(w, 0, sizeof(*w));
	w->from = *from;
	w->raw = raw;
	make_head(w);
	return (struct write_source) { w, wrap_pull };
}

/* -- reading ------------------------------------------------------------- */

static int damaged(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "the sparse image is damaged: %s", what);
}

static int take(struct sparse_read *r, void *buf, size_t n, struct err *e)
{
	return n ? r->from.pull(r->from.user, buf, n, e) : 0;
}

/* The rest of a head that is longer than we know. */
static int pass(struct sparse_read *r, size_t n, struct err *e)
{
	uint8_t waste[HEAD_MAX];

	return take(r, waste, n, e);
}

int sparse_read_begin(struct sparse_read *r, const struct write_source *from,
		      struct err *e)
{
	uint8_t p[HEAD];
	unsigned head;

	memset(r, 0, sizeof(*r));
	r->from = *from;
	if (take(r, p, sizeof(p), e) < 0)
		return -(int)e->code;
	if (!sparse_is_image(p, sizeof(p)) || get_le16(p + 4) != 1)
		return err_set(e, ERR_FORMAT,
			       "this is no sparse image that "
			       "we know");
	head = get_le16(p + 8);
	r->chunk_head = get_le16(p + 10);
	r->block = get_le32(p + 12);
	r->chunks = get_le32(p + 20);
	r->size = (uint64_t)get_le32(p + 16) * r->block;
	if (head < HEAD || head > HEAD_MAX || r->chunk_head < CHUNK_HEAD ||
	    r->chunk_head > HEAD_MAX || r->block == 0 || r->block % 4 ||
	    r->block > BLOCK_MAX)
		return damaged(e, "its header");
	return pass(r, head - HEAD, e);
}

/* What a chunk of that type must hold behind its head. */
static uint64_t body_of(unsigned type, uint64_t size)
{
	return type == RAW ? size : type == SKIP ? 0 : 4;
}

static int next_chunk(struct sparse_read *r, struct err *e)
{
	uint8_t p[CHUNK_HEAD];
	uint64_t size;

	if (r->chunks == 0)
		return damaged(e, "it ends before its last block");
	r->chunks--;
	if (take(r, p, sizeof(p), e) < 0 ||
	    pass(r, r->chunk_head - CHUNK_HEAD, e) < 0)
		return -(int)e->code;
	r->type = get_le16(p);
	size = (uint64_t)get_le32(p + 4) * r->block;
	if (r->type < RAW || r->type > CRC)
		return damaged(e, "a chunk of unknown kind");
	if (get_le32(p + 8) != r->chunk_head + body_of(r->type, size) ||
	    (r->type == CRC && size))
		return damaged(e, "a chunk's length");
	if (size > r->size - r->given)
		return damaged(e, "more blocks than its header says");
	if (r->type == FILL || r->type == CRC) {
		if (take(r, r->fill, 4, e) < 0)
			return -(int)e->code;
	}
	r->left = size;
	return 0;
}

static int expand_some(struct sparse_read *r, uint8_t *buf, size_t n,
		       struct err *e)
{
	/* Chunks begin at multiples of blocks, and these are multiples of 4. */
	uint64_t phase = r->given;

	if (r->type == RAW)
		return take(r, buf, n, e);
	for (size_t i = 0; i < n; i++)
		buf[i] = r->type == FILL ? r->fill[(phase + i) % 4] : 0;
	if (r->type == SKIP)
		r->unsaid += n;
	return 0;
}

int sparse_read_pull(void *user, void *buf, size_t n, struct err *e)
{
	struct sparse_read *r = user;
	uint8_t *to = buf;

	while (n > 0) {
		size_t some;

		if (r->given == r->size)
			return damaged(e, "more was asked for than it has");
		while (r->left == 0)
			if (next_chunk(r, e) < 0)
				return -(int)e->code;
		some = n < r->left ? n : (size_t)r->left;
		if (expand_some(r, to, some, e) < 0)
			return -(int)e->code;
		to += some;
		n -= some;
		r->left -= some;
		r->given += some;
	}
	return 0;
}

int sparse_read_end(struct sparse_read *r, struct err *e)
{
	while (r->chunks > 0)
		if (next_chunk(r, e) < 0)
			return -(int)e->code;
	return r->given == r->size ? 0 : damaged(e, "not all of it was read");
}
