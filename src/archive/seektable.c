/* SPDX-License-Identifier: BSD-3-Clause */
/* seektable.c - trailer and seek table to bytes and back. */
#include "archive/seektable.h"

#include "base/bytes.h"

#include <xxhash.h>

#include <stdlib.h>
#include <string.h>

#define TRAILER_MAGIC	0x184D2A53u
#define TRAILER_TEXT	"SPDVTAIL"
#define TRAILER_VERSION 1u
#define TABLE_MAGIC	0x184D2A5Eu /* zstd seekable format 0.1.0 */
#define FOOTER_MAGIC	0x8F92EAB1u
#define SKIPPABLE_HEAD	8u /* magic and length */
#define ENTRY_SIZE	8u

/* Offsets in the trailer, docs/archive-format.md. */
enum {
	AT_TEXT = 8,
	AT_VERSION = 16,
	AT_MANIFEST_FRAME = 20,
	AT_FRAMES = 24,
	AT_RESERVED = 28,
	AT_MANIFEST_OFFSET = 32,
	AT_LENGTH = 40,
	AT_DIGEST = 48,
	AT_TAIL_DIGEST = 56,
};

static size_t table_size(uint32_t entries)
{
	return SKIPPABLE_HEAD + (size_t)entries * ENTRY_SIZE + TAIL_FOOTER_SIZE;
}

static bool grow(struct seektable *t)
{
	uint32_t cap = t->cap ? t->cap * 2 : 256;
	uint64_t *start;
	uint32_t *content;

	start = realloc(t->start, ((size_t)cap + 1) * sizeof(*start));
	if (!start)
		return false;
	if (!t->start)
		start[0] = 0;
	t->start = start;
	content = realloc(t->content, (size_t)cap * sizeof(*content));
	if (!content)
		return false;
	t->content = content;
	t->cap = cap;
	return true;
}

bool seektable_add(struct seektable *t, uint32_t compressed, uint32_t content)
{
	if (t->count == SEEKTABLE_FRAMES_MAX)
		return false;
	if (t->count == t->cap && !grow(t))
		return false;
	t->content[t->count] = content;
	t->start[t->count + 1] = t->start[t->count] + compressed;
	t->count++;
	return true;
}

void seektable_free(struct seektable *t)
{
	free(t->start);
	free(t->content);
	memset(t, 0, sizeof(*t));
}

uint32_t seektable_compressed(const struct seektable *t, uint32_t frame)
{
	return (uint32_t)(t->start[frame + 1] - t->start[frame]);
}

/* One digest over both frames, without the eight bytes that hold it. */
static uint64_t tail_digest(const uint8_t *p, size_t n)
{
	return XXH64(p + TAIL_TRAILER_SIZE, n - TAIL_TRAILER_SIZE,
		     XXH64(p, AT_TAIL_DIGEST, 0));
}

static uint8_t *put_trailer(uint8_t *p, const struct seektable *t,
			    const struct trailer *tr)
{
	put_le32(p, TRAILER_MAGIC);
	put_le32(p + 4, TAIL_TRAILER_SIZE - SKIPPABLE_HEAD);
	memcpy(p + AT_TEXT, TRAILER_TEXT, 8);
	put_le32(p + AT_VERSION, TRAILER_VERSION);
	put_le32(p + AT_MANIFEST_FRAME, tr->manifest_frame);
	put_le32(p + AT_FRAMES, t->count);
	put_le32(p + AT_RESERVED, 0);
	put_le64(p + AT_MANIFEST_OFFSET, tr->manifest_offset);
	put_le64(p + AT_LENGTH, t->start[t->count]);
	put_le64(p + AT_DIGEST, tr->digest);
	return p + TAIL_TRAILER_SIZE;
}

static uint8_t *put_entry(uint8_t *p, uint32_t compressed, uint32_t content)
{
	put_le32(p, compressed);
	put_le32(p + 4, content);
	return p + ENTRY_SIZE;
}

int tail_encode(const struct seektable *t, const struct trailer *tr,
		uint8_t **ret, size_t *ret_len, struct err *e)
{
	size_t n = TAIL_TRAILER_SIZE + table_size(t->count + 1);
	uint8_t *buf, *p;

	if (t->count == 0)
		return err_set(e, ERR_BUG, "a seek table without frames");
	buf = malloc(n);
	if (!buf)
		return err_nomem(e);
	p = put_trailer(buf, t, tr);
	put_le32(p, TABLE_MAGIC);
	put_le32(p + 4, (uint32_t)(table_size(t->count + 1) - SKIPPABLE_HEAD));
	p += SKIPPABLE_HEAD;
	for (uint32_t i = 0; i < t->count; i++)
		p = put_entry(p, seektable_compressed(t, i), t->content[i]);
	p = put_entry(p, TAIL_TRAILER_SIZE, 0);
	put_le32(p, t->count + 1);
	p[4] = 0; /* no checksums in the entries; reserved bits zero */
	put_le32(p + 5, FOOTER_MAGIC);
	put_le64(buf + AT_TAIL_DIGEST, tail_digest(buf, n));
	*ret = buf;
	*ret_len = n;
	return 0;
}

int tail_measure(const uint8_t *footer, uint64_t file_size, size_t *ret_len,
		 struct err *e)
{
	uint32_t entries = get_le32(footer);
	size_t n;

	if (get_le32(footer + 5) != FOOTER_MAGIC)
		return err_set(e, ERR_FORMAT,
			       "no seek table stands at the end of the file");
	if (footer[4] != 0)
		return err_set(e, ERR_FORMAT,
			       "the seek table has descriptor 0x%02x, not 0",
			       footer[4]);
	if (entries < 2 || entries > SEEKTABLE_FRAMES_MAX + 1)
		return err_set(e, ERR_FORMAT,
			       "the seek table promises %u frames", entries);
	n = TAIL_TRAILER_SIZE + table_size(entries);
	if (n > file_size)
		return err_set(e, ERR_FORMAT,
			       "the seek table promises %u frames, which the "
			       "file is too short for",
			       entries);
	*ret_len = n;
	return 0;
}

static int check_trailer(const uint8_t *p, size_t n, uint64_t file_size,
			 struct err *e)
{
	if (get_le32(p) != TRAILER_MAGIC ||
	    get_le32(p + 4) != TAIL_TRAILER_SIZE - SKIPPABLE_HEAD ||
	    memcmp(p + AT_TEXT, TRAILER_TEXT, 8) != 0)
		return err_set(e, ERR_FORMAT,
			       "no trailer stands before the seek table");
	if (get_le32(p + AT_VERSION) != TRAILER_VERSION)
		return err_set(e, ERR_FORMAT, "the trailer has version %u",
			       get_le32(p + AT_VERSION));
	if (get_le64(p + AT_TAIL_DIGEST) != tail_digest(p, n))
		return err_set(e, ERR_FORMAT,
			       "trailer and seek table do not have the digest "
			       "that they state");
	if (get_le64(p + AT_LENGTH) != file_size - n)
		return err_set(e, ERR_FORMAT,
			       "the trailer belongs at another place");
	if (get_le32(p + AT_RESERVED) != 0)
		return err_set(e, ERR_FORMAT,
			       "reserved bytes of the trailer are used");
	return 0;
}

static int read_entries(const uint8_t *p, uint32_t count, struct seektable *t,
			struct err *e)
{
	for (uint32_t i = 0; i < count; i++, p += ENTRY_SIZE)
		if (!seektable_add(t, get_le32(p), get_le32(p + 4)))
			return err_nomem(e);
	if (get_le32(p) != TAIL_TRAILER_SIZE || get_le32(p + 4) != 0)
		return err_set(e, ERR_FORMAT,
			       "the last entry of the seek table is not the "
			       "trailer");
	return 0;
}

/* The sums must come out; the single frames are checked when they are read. */
static int check_entries(const struct seektable *t, const struct trailer *tr,
			 uint64_t data_size, struct err *e)
{
	if (t->start[t->count] != data_size)
		return err_set(e, ERR_FORMAT,
			       "the sizes in the seek table do not add up to "
			       "the size of the file");
	if (tr->manifest_frame >= t->count ||
	    t->start[tr->manifest_frame] != tr->manifest_offset)
		return err_set(e, ERR_FORMAT,
			       "the trailer and the seek table disagree on "
			       "where the manifest is");
	return 0;
}

int tail_decode(const uint8_t *p, size_t n, uint64_t file_size,
		struct seektable *ret, struct trailer *ret_trailer,
		struct err *e)
{
	const uint8_t *table = p + TAIL_TRAILER_SIZE;
	struct seektable t = { 0 };
	struct trailer tr;
	size_t measured;
	uint32_t count;

	if (n < TAIL_TRAILER_SIZE + table_size(2) || n > file_size)
		return err_set(e, ERR_FORMAT, "a tail of %zu bytes", n);
	if (tail_measure(p + n - TAIL_FOOTER_SIZE, file_size, &measured, e) < 0)
		return -(int)e->code;
	if (measured != n)
		return err_set(e, ERR_FORMAT, "a tail of %zu bytes, not %zu",
			       measured, n);
	if (get_le32(table) != TABLE_MAGIC ||
	    get_le32(table + 4) != n - TAIL_TRAILER_SIZE - SKIPPABLE_HEAD)
		return err_set(e, ERR_FORMAT,
			       "the seek table does not start where its end "
			       "says");
	if (check_trailer(p, n, file_size, e) < 0)
		return -(int)e->code;
	count = get_le32(p + n - TAIL_FOOTER_SIZE) - 1;
	if (count != get_le32(p + AT_FRAMES))
		return err_set(e, ERR_FORMAT,
			       "the trailer counts %u frames, the seek table "
			       "%u",
			       get_le32(p + AT_FRAMES), count);
	tr.manifest_frame = get_le32(p + AT_MANIFEST_FRAME);
	tr.manifest_offset = get_le64(p + AT_MANIFEST_OFFSET);
	tr.digest = get_le64(p + AT_DIGEST);
	if (read_entries(table + SKIPPABLE_HEAD, count, &t, e) < 0 ||
	    check_entries(&t, &tr, file_size - n, e) < 0) {
		seektable_free(&t);
		return -(int)e->code;
	}
	*ret = t;
	*ret_trailer = tr;
	return 0;
}
