/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ubi.c - NAND under UBI: a few raw parts in front, volumes by name behind
 * (docs/partitions.md 1.5), and how those look to who reads them raw.
 */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define KIB	   ((uint64_t)1 << 10)
#define LEB	   (NAND_BLOCK - 2 * NAND_PAGE)
#define SPARE	   20 /* blocks that no volume has */
#define TABLE_LEBS 2  /* two copies of the volume table, in front */

#define TABLE_VOLUME  0x7FFFEFFFu
#define RECORDS	      128
#define RECORD_SIZE   172
#define HEADER_SIZE   64
#define COMPAT_REJECT 5
#define DYNAMIC	      1

static const struct part raw[] = {
	{ "spl", 0, 256 * KIB },	   { "splloader", 0, 256 * KIB },
	{ "2ndbl", 256 * KIB, 768 * KIB }, { "sml", 256 * KIB, 256 * KIB },
	{ "uboot", 512 * KIB, 512 * KIB }, { "kpanic", 1024 * KIB, 512 * KIB },
};
#define RAW_SIZE (1536 * KIB)

bool ubi_raw_part(const struct phone *p, const char *name, struct target *ret)
{
	if (!strcmp(name, "ubipac")) {
		ret->area = AREA_BOOT2;
		ret->start = 0;
		ret->size = p->storage.area[AREA_BOOT2].size;
		return true;
	}
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
		if (strcmp(raw[i].name, name))
			continue;
		ret->area = AREA_BOOT1;
		ret->start = raw[i].start;
		ret->size = raw[i].size;
		return true;
	}
	return false;
}

/* A volume has whole blocks, less the two pages of headers in each. */
void ubi_volumes(const struct model *m, const struct cfg *c, struct table *ret)
{
	uint64_t at = 0;

	memset(ret, 0, sizeof(*ret));
	contents_plan(m->parts, c, ret);
	for (size_t i = 0; i < ret->n; i++) {
		struct part *v = &ret->part[i];

		v->start = at;
		v->size = (v->size + LEB - 1) / LEB * LEB;
		at += v->size;
	}
	ret->known = ret->ok = ret->primary_ok = true;
}

static uint64_t total(const struct table *t)
{
	const struct part *last = &t->part[t->n - 1];

	return last->start + last->size;
}

static int make_volumes(struct area *a, const struct cfg *c,
			const struct table *t, struct err *e)
{
	int r = 0;

	a->size = total(t);
	for (size_t i = 0; i < t->n && !r; i++)
		r = contents_add(a, c, t->part[i].name, t->part[i].start,
				 t->part[i].size, e);
	return r;
}

/* One extent for each place; the other names are the same bytes. */
static int make_raw(struct area *a, const struct cfg *c, struct err *e)
{
	static const size_t once[] = { 1, 3, 4, 5 };
	int r = 0;

	a->size = RAW_SIZE;
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]) && !r; i++)
		r = contents_add(a, c, raw[once[i]].name, raw[once[i]].start,
				 raw[once[i]].size, e);
	return r;
}

int ubi_make(struct storage *s, const struct model *m, const struct cfg *c,
	     struct err *e)
{
	struct table *t;
	int r;

	if (c->storage || c->boot1 || c->boot2)
		return err_set(e, ERR_USAGE,
			       "this model takes no file as its storage: its "
			       "volumes have no place of their own");
	t = malloc(sizeof(*t));
	if (!t)
		return err_nomem(e);
	ubi_volumes(m, c, t);
	r = make_volumes(&s->area[AREA_USER], c, t, e);
	if (!r)
		r = make_raw(&s->area[AREA_BOOT1], c, e);
	s->area[AREA_BOOT2].size =
		(TABLE_LEBS + total(t) / LEB + SPARE) * NAND_BLOCK;
	free(t);
	return r;
}

/* -- the raw image, block by block -------------------------------------------
 */

/* What a block holds: a piece of a volume, the table, or nothing yet. */
struct leb {
	bool used;
	uint32_t volume, number;
	uint64_t at; /* in the area of the volumes */
};

static void put_crc(uint8_t *p, size_t n)
{
	put_be32(p + n, ~crc32_of(p, n));
}

/* Volumes lie scattered, as after some use. */
static uint64_t scattered(uint64_t i, uint64_t n)
{
	uint64_t step = n % 7 ? 7 : n % 11 ? 11 : 1;

	return i * step % n;
}

static struct leb find_leb(const struct phone *p, uint64_t block)
{
	uint64_t n = total(&p->table) / LEB, i;
	struct leb l = { true, TABLE_VOLUME, (uint32_t)block, 0 };

	if (block < TABLE_LEBS)
		return l;
	if (block - TABLE_LEBS >= n)
		return (struct leb) { 0 };
	i = scattered(block - TABLE_LEBS, n);
	l.at = i * LEB;
	for (size_t v = 0; v < p->table.n; v++) {
		const struct part *part = &p->table.part[v];

		if (l.at < part->start || l.at - part->start >= part->size)
			continue;
		l.volume = (uint32_t)v;
		l.number = (uint32_t)((l.at - part->start) / LEB);
	}
	return l;
}

static void erase_header(uint8_t *h, uint64_t block)
{
	memcpy(h, "UBI#\1", 5);
	put_be32(h + 12, 1 + (uint32_t)(block % 5)); /* times erased */
	put_be32(h + 16, (uint32_t)NAND_PAGE);
	put_be32(h + 20, (uint32_t)(2 * NAND_PAGE));
	put_crc(h, HEADER_SIZE - 4);
}

static void volume_header(uint8_t *h, const struct leb *l, uint64_t block)
{
	memcpy(h, "UBI!\1", 5);
	h[5] = DYNAMIC;
	h[7] = l->volume == TABLE_VOLUME ? COMPAT_REJECT : 0;
	put_be32(h + 8, l->volume);
	put_be32(h + 12, l->number);
	put_be32(h + 44, (uint32_t)block + 1); /* of all writes, the last */
	put_crc(h, HEADER_SIZE - 4);
}

static void volume_table(const struct phone *p, uint8_t *out)
{
	for (size_t i = 0; i < RECORDS; i++) {
		uint8_t *r = out + i * RECORD_SIZE;
		const struct part *v = &p->table.part[i];

		if (i < p->table.n) {
			put_be32(r, (uint32_t)(v->size / LEB));
			put_be32(r + 4, 1);
			r[12] = DYNAMIC;
			put_be16(r + 14, (uint16_t)strlen(v->name));
			strcpy((char *)r + 16, v->name);
		}
		put_crc(r, RECORD_SIZE - 4);
	}
}

/* A block of the image, where bad ones are not counted. */
static bool make_block(struct phone *p, uint64_t block, uint8_t *out)
{
	struct leb l;

	fdl2_load_table(p);
	l = find_leb(p, block);
	memset(out, 0xFF, NAND_BLOCK);
	memset(out, 0, HEADER_SIZE);
	erase_header(out, block);
	if (!l.used)
		return true;
	memset(out + NAND_PAGE, 0, HEADER_SIZE);
	volume_header(out + NAND_PAGE, &l, block);
	out += 2 * NAND_PAGE;
	if (l.volume == TABLE_VOLUME) {
		memset(out, 0, RECORDS * RECORD_SIZE);
		volume_table(p, out);
		return true;
	}
	return area_read(&p->storage.area[AREA_USER], l.at, out, LEB);
}

bool ubi_image(struct phone *p, uint64_t offset, uint8_t *out, size_t n)
{
	uint8_t *block = malloc(NAND_BLOCK);
	bool ok = block != NULL;

	while (ok && n) {
		uint64_t in = offset % NAND_BLOCK;
		size_t take =
			n < NAND_BLOCK - in ? n : (size_t)(NAND_BLOCK - in);

		ok = make_block(p, offset / NAND_BLOCK, block);
		if (ok)
			memcpy(out, block + in, take);
		offset += take;
		out += take;
		n -= take;
	}
	free(block);
	return ok;
}
