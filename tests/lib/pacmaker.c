/* SPDX-License-Identifier: BSD-3-Clause */
/* pacmaker.c - writes firmware packages of both formats. */
#include "lib/pacmaker.h"

#include "lib/crc_arc.h"

#include "base/bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HEAD  2124u
#define ENTRY 2580u

/* Good UTF-8 only. */
static void put_text(uint8_t *to, size_t units, const char *s)
{
	const uint8_t *in = (const uint8_t *)s;

	for (size_t i = 0; i < units && *in; i++) {
		uint32_t c = *in++;
		int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;

		if (more)
			c &= 0x3Fu >> more;
		for (; more > 0; more--)
			c = c << 6 | (*in++ & 0x3F);
		if (c > 0xFFFF && i + 1 < units) {
			put_le16(to + 2 * i++,
				 (uint16_t)(0xD800 | (c - 0x10000) >> 10));
			c = 0xDC00 | (c & 0x3FF);
		}
		put_le16(to + 2 * i, (uint16_t)c);
	}
}

static void put_entry(uint8_t *p, const struct pacmaker *m,
		      const struct pacmaker_file *f, uint64_t offset)
{
	put_le32(p, ENTRY);
	put_text(p + 4, 256, f->id);
	put_text(p + 516, 256, f->name);
	if (!m->old) {
		put_le32(p + 1532, (uint32_t)(f->size >> 32));
		put_le32(p + 1536, (uint32_t)(offset >> 32));
	}
	put_le32(p + 1540, (uint32_t)f->size);
	put_le32(p + 1544, f->kind);
	put_le32(p + 1548, f->kind != 0);
	put_le32(p + 1552, (uint32_t)offset);
	put_le32(p + 1556, f->omit);
	put_le32(p + 1560, f->address != 0);
	put_le32(p + 1564, f->address);
}

uint8_t *pacmaker_head(const struct pacmaker *m, size_t *ret_len)
{
	size_t n = HEAD + m->n * ENTRY;
	uint8_t *p = calloc(1, n);
	uint64_t at = n;

	assert(p);
	for (size_t i = 0; i < m->n; i++) {
		put_entry(p + HEAD + i * ENTRY, m, &m->files[i],
			  m->files[i].size ? at : 0);
		at += m->files[i].size;
	}
	put_text(p, 22, m->old ? "BP_R1.0.0" : "BP_R2.0.1");
	if (!m->old)
		put_le32(p + 44, (uint32_t)(at >> 32));
	put_le32(p + 48, (uint32_t)at);
	put_text(p + 52, 256, m->product);
	put_text(p + 564, 256, m->version);
	put_le32(p + 1076, (uint32_t)m->n);
	put_le32(p + 1080, HEAD);
	put_text(p + 1104, 100, m->product);
	put_le32(p + 2116, 0xFFFAFFFA);
	put_le16(p + 2120, crc_arc(0, p, 2120));
	*ret_len = n;
	return p;
}

void pacmaker_seal(uint8_t *p, size_t n)
{
	put_le16(p + 2120, crc_arc(0, p, 2120));
	put_le16(p + 2122, crc_arc(0, p + HEAD, n - HEAD));
}

uint8_t *pacmaker_make(const struct pacmaker *m, size_t *ret_len)
{
	size_t n;
	uint8_t *p = pacmaker_head(m, &n);

	for (size_t i = 0; i < m->n; i++) {
		size_t size = (size_t)m->files[i].size;

		if (size == 0)
			continue;
		p = realloc(p, n + size);
		assert(p);
		memcpy(p + n, m->files[i].data, size);
		n += size;
	}
	pacmaker_seal(p, n);
	*ret_len = n;
	return p;
}

size_t pacmaker_field(size_t i, size_t at)
{
	return HEAD + i * ENTRY + at;
}
