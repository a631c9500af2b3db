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

static bool write_fill(struct phone *p, enum area_id area, uint64_t at,
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
	ok = sim_write(p, "START_DATA of a sparse image", true, area, at, buf,
		       size);
	free(buf);
	return ok;
}

/* One chunk of `size` bytes once expanded; body is what follows its head. */
static bool write_chunk(struct phone *p, const struct target *t, uint64_t at,
			unsigned type, const uint8_t *body, size_t n,
			uint64_t size)
{
	if (!size || type == SKIP)
		return true;
	if (at > t->size || size > t->size - at)
		return false;
	if (type == RAW)
		return n >= size &&
		       sim_write(p, "START_DATA of a sparse image", true,
				 t->area, t->start + at, body, size);
	return type == FILL && n >= 4 &&
	       write_fill(p, t->area, t->start + at, get_le32(body), size);
}

bool sparse_write(struct phone *p, const struct target *t, const uint8_t *in,
		  size_t n)
{
	size_t pos = image_at(in, n), total;
	uint32_t block, chunks;
	uint64_t at = 0, size;

	block = get_le32(in + pos + 12);
	chunks = get_le32(in + pos + 20);
	if (!block || block % 4)
		return false;
	for (pos += HEADER; chunks; chunks--) {
		if (n - pos < CHUNK)
			return false;
		size = (uint64_t)get_le32(in + pos + 4) * block;
		total = get_le32(in + pos + 8);
		if (total < CHUNK || total > n - pos || at + size < at)
			return false;
		if (!write_chunk(p, t, at, get_le16(in + pos), in + pos + CHUNK,
				 total - CHUNK, size))
			return false;
		at += size;
		pos += total;
	}
	return true;
}
