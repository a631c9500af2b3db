/* SPDX-License-Identifier: BSD-3-Clause */
/* restorable.c - a small GPT with the kinds of partitions that matter. */
#include "lib/restorable.h"

#include "lib/smallphone.h"

#include "../../src/sim/internal.h"

#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT	    4096u
#define SECTOR	    512u
#define FIRST_BYTES 65536u /* of the first partition; behind the table */
#define BEHIND	    ((GPT_BACKUP_LBAS + 2) * UNIT)
#define NV_LEN	    0x1000u
#define BOOT_BYTES  (4 * UNIT)

enum kind { NOISE, BULK, NV, SIGNED, AVB, EXT };

/* On a phone with slots: both; else, if `copied`: a "_bak". */
static const struct {
	const char *name;
	enum kind kind;
	unsigned units;
	bool slots, copied;
} parts[] = {
	{ "prodnv", EXT, 2, false, false }, { "misc", NOISE, 2, false, false },
	{ "l_fixnv1", NV, 3, true, false }, { "l_fixnv2", NV, 3, true, false },
	{ "sml", SIGNED, 3, true, true },   { "uboot", SIGNED, 3, true, true },
	{ "logo", NOISE, 2, false, false }, { "boot", BULK, 5, true, false },
	{ "super", BULK, 9, false, false }, { "vbmeta", AVB, 2, true, true },
};
#define NPARTS (sizeof(parts) / sizeof(parts[0]))

/* Ten items of 20 bytes, and FF. */
static void fill_nv(uint8_t *p)
{
	static const struct cfg plain;
	uint8_t *at = p + NV_HEAD + 4;

	memset(p, 0, NV_HEAD);
	memset(p + NV_HEAD, 0xFF, NV_LEN);
	put_le16(p + NV_HEAD + 2, 0x1234);
	for (unsigned id = 1; id <= 10; id++, at += 24) {
		put_le16(at, (uint16_t)id);
		put_le16(at + 2, 20);
		content_fill(CONTENT_RANDOM, id, 0, at + 4, 20);
	}
	at += 4;
	put_be16(p + NV_HEAD,
		 nv_crc(p + NV_HEAD + 2, (size_t)(at - p) - NV_HEAD - 2));
	put_le32(p, NV_MAGIC);
	put_le32(p + 4, NV_LEN);
	put_le32(p + 8, nv_checksum(&plain, p + NV_HEAD, NV_LEN, 0));
	put_le32(p + 12, 101);
}

/* An image of n / 2 bytes, and what is said of its signature. */
static void fill_signed(uint8_t *p, size_t n)
{
	size_t image = n / 2;
	uint8_t *sign = p + 0x200 + image;

	memset(p, 0, 0x200);
	memcpy(p, "DHTB", 4);
	put_le32(p + 4, 1);
	put_le32(p + 0x30, (uint32_t)image);
	memset(sign, 0, 0x60);
	put_le64(sign + 0x10, image);
	put_le64(sign + 0x18, 0x200);
	put_le64(sign + 0x20, 0x254);
	put_le64(sign + 0x28, 0x200 + image + 0x60);
	memset(sign + 0x60 + 0x254, 0, n - (0x200 + image + 0x60 + 0x254));
}

static void fill_avb(uint8_t *p, size_t n)
{
	memset(p, 0, 256);
	memcpy(p, "AVB0", 4);
	put_be32(p + 4, 1);
	put_be32(p + 16, 576);
	put_be32(p + 24, 1984);
	memset(p + 256 + 576 + 1984, 0, n - (256 + 576 + 1984));
}

static void fill(enum kind kind, uint64_t seed, uint8_t *p, size_t n)
{
	content_fill(kind == BULK ? CONTENT_BULK : CONTENT_RANDOM, seed, 0, p,
		     n);
	switch (kind) {
	case NV:
		fill_nv(p);
		break;
	case SIGNED:
		fill_signed(p, n);
		break;
	case AVB:
		fill_avb(p, n);
		break;
	case EXT:
		put_le16(p + 1080, 0xEF53);
		break;
	case NOISE:
	case BULK:
		break;
	}
}

static void add_part(struct table *t, size_t i, const char *suffix)
{
	struct part *last = t->n ? &t->part[t->n - 1] : NULL;
	struct part *p = &t->part[t->n++];

	snprintf(p->name, sizeof(p->name), "%s%s", parts[i].name, suffix);
	p->start = last ? last->start + last->size : FIRST_BYTES;
	p->size = parts[i].units * UNIT;
}

static bool make_user(const char *dir, bool slots)
{
	static struct table t;
	size_t from[NPARTS * 2], size;
	uint8_t *disk;
	bool good;

	memset(&t, 0, sizeof(t));
	for (size_t i = 0; i < NPARTS; i++) {
		bool two = slots ? parts[i].slots : parts[i].copied;

		from[t.n] = i;
		add_part(&t, i, slots && two ? "_a" : "");
		if (!two)
			continue;
		from[t.n] = i;
		add_part(&t, i, slots ? "_b" : "_bak");
	}
	size = t.part[t.n - 1].start + t.part[t.n - 1].size + BEHIND;
	disk = calloc(1, size);
	if (!disk)
		return false;
	for (size_t i = 0; i < t.n; i++)
		/* The copy of `uboot` is an older one. */
		fill(parts[from[i]].kind,
		     from[i] + 1 + 100 * !strcmp(t.part[i].name, "uboot_bak"),
		     disk + t.part[i].start, t.part[i].size);
	gpt_build(&t, SECTOR, size, 7, disk,
		  disk + size - (size_t)GPT_BACKUP_LBAS * SECTOR);
	good = smallphone_put(dir, slots ? "slots.img" : "plain.img", disk,
			      size);
	free(disk);
	return good;
}

bool restorable_files(const char *dir)
{
	uint8_t boot[BOOT_BYTES];

	fill(SIGNED, 99, boot, sizeof(boot));
	return smallphone_put(dir, "first.img", boot, sizeof(boot)) &&
	       make_user(dir, true) && make_user(dir, false);
}

void restorable_spec(const char *dir, const char *model, char *out, size_t cap)
{
	const char *keys = strchr(model, ',');
	size_t n = keys ? (size_t)(keys - model) : strlen(model);

	snprintf(out, cap,
		 "%.*s,fixnv_size=0x1000,storage=%s/%s.img,boot1=%s/first.img,"
		 "boot2=%s/first.img%s",
		 (int)n, model, dir,
		 strncmp(model, "ums", 3) == 0 ? "slots" : "plain", dir, dir,
		 keys ? keys : "");
}
