/* SPDX-License-Identifier: BSD-3-Clause */
/* gpt.c - the GUID partition table: headers, entries, and every check. */
#include "device/gpt.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* UEFI specification 2.10, section 5.3: all numbers little-endian. */
#define HDR_SIGNATURE  "EFI PART"
#define HDR_REVISION   0x00010000
#define HDR_SIZE_MIN   92
#define ENTRY_SIZE_MIN 128
#define ENTRY_SIZE_MAX 4096
#define NAME_UNITS     36

enum {
	HDR_AT_REVISION = 8,
	HDR_AT_SIZE = 12,
	HDR_AT_CRC = 16,
	HDR_AT_MY_LBA = 24,
	HDR_AT_ALTERNATE = 32,
	HDR_AT_FIRST = 40,
	HDR_AT_LAST = 48,
	HDR_AT_GUID = 56,
	HDR_AT_ENTRIES_LBA = 72,
	HDR_AT_ENTRIES = 80,
	HDR_AT_ENTRY_SIZE = 84,
	HDR_AT_ENTRIES_CRC = 88,
};

enum { ENTRY_AT_FIRST = 32, ENTRY_AT_LAST = 40, ENTRY_AT_NAME = 56 };

/* The CRC covers the header with its own field as zero. */
static uint32_t header_crc(const uint8_t *p, size_t n)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32_add(0, p, HDR_AT_CRC);

	crc = crc32_add(crc, zero, sizeof(zero));
	return crc32_add(crc, p + HDR_AT_CRC + 4, n - HDR_AT_CRC - 4);
}

/* The first three groups of a GUID are little-endian, the rest are bytes. */
static void guid_text(const uint8_t *p, char out[37])
{
	snprintf(out, 37,
		 "%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 get_le32(p), get_le16(p + 4), get_le16(p + 6), p[8], p[9],
		 p[10], p[11], p[12], p[13], p[14], p[15]);
}

static bool has_signature(const uint8_t *p)
{
	return memcmp(p, HDR_SIGNATURE, 8) == 0;
}

uint64_t gpt_entries_bytes(const struct gpt_header *h)
{
	uint64_t n = (uint64_t)h->entries * h->entry_size;

	return (n + h->sector - 1) / h->sector * h->sector;
}

static int check_array(const struct gpt_header *h, struct err *e)
{
	uint32_t size = h->entry_size;

	/* 128 times a power of two, says the specification. */
	if (size < ENTRY_SIZE_MIN || size > ENTRY_SIZE_MAX || size & (size - 1))
		return err_set(e, ERR_FORMAT,
			       "GPT header: entries of %" PRIu32 " bytes",
			       size);
	if (h->entries < 1 || h->entries > GPT_ENTRIES_MAX)
		return err_set(e, ERR_FORMAT,
			       "GPT header: %" PRIu32
			       " entries (1 to %d are possible)",
			       h->entries, GPT_ENTRIES_MAX);
	return 0;
}

/*
 * Where header, entries and usable range lie to each other.  The array of a
 * backup need not touch its header: Spreadtrum loaders put it 32 sectors in
 * front whatever its size, and some end the usable range 4097 sectors in
 * front of it (protocol.md 6.2).
 */
static int check_places(const struct gpt_header *h, struct err *e)
{
	uint64_t max = (uint64_t)INT64_MAX / h->sector;
	uint64_t sectors = gpt_entries_bytes(h) / h->sector, end;
	uint64_t reach = GPT_REACH_MAX / h->sector;

	if (h->last_usable > max || h->my_lba > max || h->alternate_lba > max ||
	    h->entries_lba > max)
		return err_set(e, ERR_FORMAT,
			       "GPT header: an LBA lies beyond %" PRIu64, max);
	end = h->entries_lba + sectors;
	if (h->first_usable > h->last_usable)
		return err_set(e, ERR_FORMAT,
			       "GPT header: usable range %" PRIu64
			       " to %" PRIu64 " is backwards",
			       h->first_usable, h->last_usable);
	if (h->my_lba == h->alternate_lba || h->alternate_lba < 1 ||
	    (h->alternate_lba >= h->first_usable &&
	     h->alternate_lba <= h->last_usable))
		return err_set(e, ERR_FORMAT,
			       "GPT header: other header at LBA %" PRIu64
			       " is not possible",
			       h->alternate_lba);
	if (h->my_lba == 1
		    ? h->entries_lba < 2 || end > h->first_usable
		    : h->entries_lba <= h->last_usable || end > h->my_lba ||
			      h->my_lba <= h->last_usable)
		return err_set(e, ERR_FORMAT,
			       "GPT header: entries at LBA %" PRIu64
			       " to %" PRIu64
			       " overlap the header or the usable range",
			       h->entries_lba, end - 1);
	/* What lies between is read, too. */
	if (end > h->my_lba + reach || h->entries_lba + reach < h->my_lba)
		return err_set(e, ERR_FORMAT,
			       "GPT header: entries at LBA %" PRIu64
			       " are too far away",
			       h->entries_lba);
	return 0;
}

static void header_read(const uint8_t *p, struct gpt_header *h)
{
	h->my_lba = get_le64(p + HDR_AT_MY_LBA);
	h->alternate_lba = get_le64(p + HDR_AT_ALTERNATE);
	h->first_usable = get_le64(p + HDR_AT_FIRST);
	h->last_usable = get_le64(p + HDR_AT_LAST);
	h->entries_lba = get_le64(p + HDR_AT_ENTRIES_LBA);
	h->entries = get_le32(p + HDR_AT_ENTRIES);
	h->entry_size = get_le32(p + HDR_AT_ENTRY_SIZE);
	h->entries_crc = get_le32(p + HDR_AT_ENTRIES_CRC);
	guid_text(p + HDR_AT_GUID, h->disk_guid);
}

/* Signature, revision, size and CRC: is this a header at all? */
static int check_envelope(const uint8_t *p, uint32_t sector, struct err *e)
{
	uint32_t size, crc, want;

	if (!has_signature(p))
		return err_set(e, ERR_FORMAT,
			       "no GPT header: the signature is missing");
	if (get_le32(p + HDR_AT_REVISION) != HDR_REVISION)
		return err_set(e, ERR_FORMAT,
			       "GPT header: unknown revision 0x%" PRIx32,
			       get_le32(p + HDR_AT_REVISION));
	size = get_le32(p + HDR_AT_SIZE);
	if (size < HDR_SIZE_MIN || size > sector)
		return err_set(e, ERR_FORMAT,
			       "GPT header: a length of %" PRIu32 " bytes",
			       size);
	want = get_le32(p + HDR_AT_CRC);
	crc = header_crc(p, size);
	if (crc != want)
		return err_set(e, ERR_FORMAT,
			       "GPT header: CRC is 0x%08" PRIx32
			       " but should be 0x%08" PRIx32,
			       crc, want);
	return 0;
}

int gpt_parse_header(const uint8_t *p, size_t n, uint32_t sector, uint64_t lba,
		     struct gpt_header *ret, struct err *e)
{
	struct gpt_header h = { .sector = sector };
	int code;

	if (sector != 512 && sector != 4096)
		return err_set(e, ERR_BUG,
			       "sectors of %" PRIu32 " bytes are not possible",
			       sector);
	if (n < sector)
		return err_set(e, ERR_FORMAT,
			       "GPT header: only %zu of %" PRIu32 " bytes", n,
			       sector);
	code = check_envelope(p, sector, e);
	if (code < 0)
		return code;
	header_read(p, &h);
	if (h.my_lba != lba)
		return err_set(e, ERR_FORMAT,
			       "GPT header: it says LBA %" PRIu64
			       " but was read from %" PRIu64,
			       h.my_lba, lba);
	code = check_array(&h, e);
	if (code == 0)
		code = check_places(&h, e);
	if (code == 0)
		*ret = h;
	return code;
}

int gpt_parse_primary(const uint8_t *p, size_t n, struct gpt_header *ret,
		      struct err *e)
{
	static const uint32_t sectors[] = { 512, 4096 };
	struct err first = { .code = ERR_NONE };

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < 2; i++) {
		uint32_t sector = sectors[i];
		struct err why = { .code = ERR_NONE };

		if (n < 2 * (size_t)sector || !has_signature(p + sector))
			continue;
		if (gpt_parse_header(p + sector, n - sector, sector, 1, ret,
				     &why) == 0)
			return 0;
		if (first.code)
			continue;
		first = why;
		ret->sector = sector;
		ret->alternate_lba = get_le64(p + sector + HDR_AT_ALTERNATE);
	}
	if (!first.code)
		return err_set(e, ERR_FORMAT,
			       "no GPT: no signature at byte 512 or 4096");
	*e = first;
	return -(int)first.code;
}

/* The name, or what can be printed of it, for a message. */
static int bad_entry(const struct gpt_entry *v, const uint8_t *p,
		     const char *why, struct err *e)
{
	char name[NAME_UNITS + 1];

	for (size_t i = 0; i < NAME_UNITS; i++)
		name[i] = (char)(p[2 * i + 1] ? '?' : p[2 * i]);
	text_clean(name, NAME_UNITS, name, sizeof(name));
	return err_set(e, ERR_FORMAT,
		       "GPT entry %" PRIu32 " '%s' (LBA %" PRIu64 " to %" PRIu64
		       "): %s",
		       v->number, name, v->first_lba, v->last_lba, why);
}

static const char *entry_clash(const struct gpt *g, const struct gpt_entry *v)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct gpt_entry *o = &g->v[i];

		if (strcmp(o->name, v->name) == 0)
			return "an entry before it has the same name";
		if (v->first_lba <= o->last_lba && o->first_lba <= v->last_lba)
			return "it overlaps an entry before it";
	}
	return NULL;
}

static int add_entry(struct gpt *g, const uint8_t *p, uint32_t number,
		     struct err *e)
{
	const struct gpt_header *h = &g->header;
	const uint8_t *name = p + ENTRY_AT_NAME;
	struct gpt_entry v = { .number = number };
	const char *why;

	v.first_lba = get_le64(p + ENTRY_AT_FIRST);
	v.last_lba = get_le64(p + ENTRY_AT_LAST);
	if (!text_from_utf16le(name, NAME_UNITS, v.name, sizeof(v.name)) ||
	    !text_is_file_name(v.name))
		return bad_entry(&v, name, "the name is no file name", e);
	if (v.first_lba > v.last_lba)
		return bad_entry(&v, name, "it ends before it begins", e);
	if (v.first_lba < h->first_usable || v.last_lba > h->last_usable)
		return bad_entry(&v, name, "outside the usable range", e);
	why = entry_clash(g, &v);
	if (why)
		return bad_entry(&v, name, why, e);
	g->v[g->n++] = v;
	return 0;
}

static bool entry_used(const uint8_t *p)
{
	static const uint8_t unused[16]; /* type GUID zero */

	return memcmp(p, unused, sizeof(unused)) != 0;
}

static int check_entries_crc(const struct gpt_header *h, const uint8_t *p,
			     size_t n, struct err *e)
{
	size_t bytes = (size_t)h->entries * h->entry_size;
	uint32_t crc;

	if (n < bytes)
		return err_set(e, ERR_FORMAT,
			       "GPT entries: only %zu of %zu bytes", n, bytes);
	crc = crc32_add(0, p, bytes);
	if (crc != h->entries_crc)
		return err_set(e, ERR_FORMAT,
			       "GPT entries: CRC is 0x%08" PRIx32
			       " but should be 0x%08" PRIx32,
			       crc, h->entries_crc);
	return 0;
}

int gpt_parse_entries(const struct gpt_header *h, const uint8_t *p, size_t n,
		      struct gpt *ret, struct err *e)
{
	struct gpt g = { .header = *h };
	int code = check_array(h, e);

	if (code == 0)
		code = check_entries_crc(h, p, n, e);
	if (code < 0)
		return code;
	g.v = calloc(h->entries, sizeof(*g.v));
	if (!g.v)
		return err_nomem(e);
	/* Holes are allowed, so all entries are looked at. */
	for (uint32_t i = 0; i < h->entries && code == 0; i++) {
		const uint8_t *entry = p + (size_t)i * h->entry_size;

		if (entry_used(entry))
			code = add_entry(&g, entry, i + 1, e);
	}
	if (code == 0 && g.n == 0)
		code = err_set(e, ERR_FORMAT, "GPT: no partition in it");
	if (code < 0) {
		gpt_free(&g);
		return code;
	}
	*ret = g;
	return 0;
}

void gpt_free(struct gpt *g)
{
	free(g->v);
	memset(g, 0, sizeof(*g));
}

const char *gpt_differ(const struct gpt *a, const struct gpt *b)
{
	if (a->header.sector != b->header.sector)
		return "the sector sizes differ";
	if (strcmp(a->header.disk_guid, b->header.disk_guid) != 0)
		return "the disk GUIDs differ";
	if (a->n != b->n)
		return "the numbers of partitions differ";
	for (size_t i = 0; i < a->n; i++) {
		const struct gpt_entry *x = &a->v[i], *y = &b->v[i];

		if (strcmp(x->name, y->name) != 0)
			return "names of partitions differ";
		if (x->first_lba != y->first_lba || x->last_lba != y->last_lba)
			return "borders of partitions differ";
	}
	return NULL;
}
