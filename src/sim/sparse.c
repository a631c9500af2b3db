/* SPDX-License-Identifier: BSD-3-Clause */
/* sparse.c - loaders expand what looks like an Android sparse image. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC	 0xED26FF3AU
#define HEADER	 28
#define CHUNK	 12
#define RAW	 0xCAC1
#define FILL	 0xCAC2
#define SKIP	 0xCAC3
#define FILL_MAX ((uint64_t)64 << 20) /* of what is held in memory here */

static const char cause[] = "START_DATA of a sparse image";

/* Also behind a header of 0x200 bytes [7.3]. */
static size_t image_at(const uint8_t *p, size_t n)
{
	if (n >= HEADER && get_le32(p) == MAGIC)
		return 0;
	if (n >= 0x200 + HEADER && get_le32(p + 0x200) == MAGIC)
		return 0x200;
	return SIZE_MAX;
}

bool sparse_is(const uint8_t *p, size_t n)
{
	return image_at(p, n) != SIZE_MAX;
}

static bool begin(struct sparse *s, const uint8_t *p)
{
	s->begun = true;
	s->block = get_le32(p + 12);
	s->chunks = get_le32(p + 20);
	return s->block && s->block % 4 == 0;
}

static bool write_fill(struct phone *p, const struct target *t, uint64_t at,
		       uint32_t value, uint64_t size)
{
	uint8_t *buf = NULL;
	bool ok;

	if (value) {
		buf = size <= FILL_MAX ? malloc((size_t)size) : NULL;
		if (!buf)
			return false;
		for (size_t i = 0; i + 4 <= size; i += 4)
			put_le32(buf + i, value);
	}
	ok = sim_write(p, cause, true, t->area, t->start + at, buf, size);
	free(buf);
	return ok;
}

/* As much of the data of a raw chunk as has come. */
static bool write_raw(struct phone *p, const struct target *t, struct sparse *s,
		      const uint8_t *in, size_t n)
{
	if (n && !sim_write(p, cause, true, t->area, t->start + s->at, in, n))
		return false;
	s->at += n;
	s->left -= n;
	return true;
}

/* The head of a chunk, n bytes of it and what follows; how many it took. */
static ptrdiff_t take_chunk(struct phone *p, const struct target *t,
			    struct sparse *s, const uint8_t *in, size_t n)
{
	uint64_t size = (uint64_t)get_le32(in + 4) * s->block;
	uint64_t total = get_le32(in + 8);
	unsigned type = get_le16(in);

	if (s->at > t->size || size > t->size - s->at)
		return -1;
	if (type == RAW) {
		s->left = size;
		s->chunks--;
		return total == CHUNK + size ? CHUNK : -1;
	}
	if (total < CHUNK || total > CHUNK + 4 ||
	    (size && type != FILL && type != SKIP))
		return -1;
	if (n < total)
		return 0;
	if (size && type == FILL &&
	    (total != CHUNK + 4 ||
	     !write_fill(p, t, s->at, get_le32(in + CHUNK), size)))
		return -1;
	s->at += size;
	s->chunks--;
	return (ptrdiff_t)total;
}

ptrdiff_t sparse_take(struct phone *p, const struct target *t, struct sparse *s,
		      const uint8_t *in, size_t n)
{
	size_t pos = 0;

	if (!s->begun) {
		pos = image_at(in, n);
		if (!begin(s, in + pos))
			return -1;
		pos += HEADER;
	}
	while (s->left || s->chunks) {
		size_t most = n - pos < s->left ? n - pos : (size_t)s->left;
		ptrdiff_t took;

		if (!write_raw(p, t, s, in + pos, most))
			return -1;
		pos += most;
		if (s->left || !s->chunks || n - pos < CHUNK)
			return (ptrdiff_t)pos;
		took = take_chunk(p, t, s, in + pos, n - pos);
		if (took <= 0)
			return took < 0 ? -1 : (ptrdiff_t)pos;
		pos += (size_t)took;
	}
	return (ptrdiff_t)n;
}

bool sparse_done(const struct sparse *s)
{
	return !s->left && !s->chunks;
}
