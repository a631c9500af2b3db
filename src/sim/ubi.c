/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ubi.c - NAND under UBI: a few raw parts in front, volumes by name behind
 * (docs/protocol.md 5.8), and how those look to who reads them raw.
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

/* -- the raw image ------------------------------------------------------- */

struct ubi {
	const struct area *volumes;
	struct table table;
};

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

static struct leb find_leb(const struct table *t, uint64_t block)
{
	uint64_t n = total(t) / LEB;
	struct leb l = { true, TABLE_VOLUME, (uint32_t)block, 0 };

	if (block < TABLE_LEBS)
		return l;
	if (block - TABLE_LEBS >= n)
		return (struct leb) { 0 };
	l.at = scattered(block - TABLE_LEBS, n) * LEB;
	for (size_t v = 0; v < t->n; v++) {
		const struct part *part = &t->part[v];

		if (l.at < part->start || l.at - part->start >= part->size)
			continue;
		l.volume = (uint32_t)v;
		l.number = (uint32_t)((l.at - part->start) / LEB);
	}
	return l;
}

static void erase_header(uint8_t *h, uint64_t block)
{
	memset(h, 0, HEADER_SIZE);
	memcpy(h, "UBI#\1", 5);
	put_be32(h + 12, 1 + (uint32_t)(block % 5)); /* times erased */
	put_be32(h + 16, (uint32_t)NAND_PAGE);
	put_be32(h + 20, (uint32_t)(2 * NAND_PAGE));
	put_crc(h, HEADER_SIZE - 4);
}

static void volume_header(uint8_t *h, const struct leb *l, uint64_t block)
{
	memset(h, 0, HEADER_SIZE);
	memcpy(h, "UBI!\1", 5);
	h[5] = DYNAMIC;
	h[7] = l->volume == TABLE_VOLUME ? COMPAT_REJECT : 0;
	put_be32(h + 8, l->volume);
	put_be32(h + 12, l->number);
	put_be32(h + 44, (uint32_t)block + 1); /* of all writes, the last */
	put_crc(h, HEADER_SIZE - 4);
}

static void record(const struct table *t, size_t i, uint8_t *r)
{
	const struct part *v = &t->part[i];

	memset(r, 0, RECORD_SIZE);
	if (i < t->n) {
		put_be32(r, (uint32_t)(v->size / LEB));
		put_be32(r + 4, 1);
		r[12] = DYNAMIC;
		put_be16(r + 14, (uint16_t)strlen(v->name));
		strcpy((char *)r + 16, v->name);
	}
	put_crc(r, RECORD_SIZE - 4);
}

/* Bytes [from, from + n) of what has `len` bytes, and FF behind them. */
static void give(const uint8_t *p, size_t len, uint64_t from, uint8_t *out,
		 size_t n)
{
	size_t have = from < len ? len - (size_t)from : 0;

	memset(out, 0xFF, n);
	if (have)
		memcpy(out, p + from, have < n ? have : n);
}

static void give_table(const struct table *t, uint64_t from, uint8_t *out,
		       size_t n)
{
	uint8_t all[RECORDS * RECORD_SIZE];

	for (size_t i = 0; i < RECORDS; i++)
		record(t, i, all + i * RECORD_SIZE);
	give(all, sizeof(all), from, out, n);
}

/* Inside one block, and there inside one of its three parts. */
static void give_piece(const struct ubi *u, uint64_t block, uint64_t in,
		       uint8_t *out, size_t n)
{
	struct leb l = find_leb(&u->table, block);
	uint8_t h[HEADER_SIZE];

	if (in < NAND_PAGE) {
		erase_header(h, block);
		give(h, sizeof(h), in, out, n);
	} else if (!l.used) {
		memset(out, 0xFF, n);
	} else if (in < 2 * NAND_PAGE) {
		volume_header(h, &l, block);
		give(h, sizeof(h), in - NAND_PAGE, out, n);
	} else if (l.volume == TABLE_VOLUME) {
		give_table(&u->table, in - 2 * NAND_PAGE, out, n);
	} else if (!area_read(u->volumes, l.at + in - 2 * NAND_PAGE, out, n)) {
		memset(out, 0xFF, n);
	}
}

static void image(const void *of, uint64_t offset, uint8_t *out, size_t n)
{
	while (n) {
		uint64_t in = offset % NAND_BLOCK;
		uint64_t end = in < NAND_PAGE	    ? NAND_PAGE
			       : in < 2 * NAND_PAGE ? 2 * NAND_PAGE
						    : NAND_BLOCK;
		size_t take = n < end - in ? n : (size_t)(end - in);

		give_piece(of, offset / NAND_BLOCK, in, out, take);
		offset += take;
		out += take;
		n -= take;
	}
}

int ubi_make(struct storage *s, const struct model *m, const struct cfg *c,
	     struct err *e)
{
	struct area *ubipac = &s->area[AREA_BOOT2];
	struct ubi *u;
	int r;

	if (c->storage || c->boot1 || c->boot2)
		return err_set(e, ERR_USAGE,
			       "this model takes no file as its storage: its "
			       "volumes have no place of their own");
	u = calloc(1, sizeof(*u));
	if (!u)
		return err_nomem(e);
	ubi_volumes(m, c, &u->table);
	u->volumes = &s->area[AREA_USER];
	ubipac->image = image;
	ubipac->image_of = u;
	ubipac->size =
		(TABLE_LEBS + total(&u->table) / LEB + SPARE) * NAND_BLOCK;
	r = make_volumes(&s->area[AREA_USER], c, &u->table, e);
	return r < 0 ? r : make_raw(&s->area[AREA_BOOT1], c, e);
}
