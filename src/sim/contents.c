/* SPDX-License-Identifier: BSD-3-Clause */
/* contents.c - what a new phone holds: table, partitions, boot areas. */
#include "internal.h"

#include "base/bytes.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define MIB	      ((uint64_t)1 << 20)
#define BOOT_SIZE     (4 * MIB) /* BOOT_SIZE_MULT of many eMMC [5.5] */
#define SPL_SIZE      ((uint64_t)256 << 10)
#define NV_ITEMS      600
#define NV_ITEM_DATA  60
#define NV_LIST_BYTES (4 + NV_ITEMS * (4 + NV_ITEM_DATA) + 4)

/* What one partition's head is made for. */
struct job {
	const struct cfg *cfg;
	const char *name;
	struct extent *x;
};

/* "_a" and "_b" differ, unless both slots hold the same. */
static bool is_any_slot(const struct cfg *c, const char *name)
{
	size_t n = strlen(name);

	return c->same_slots && n > 2 && name[n - 2] == '_' &&
	       (name[n - 1] == 'a' || name[n - 1] == 'b');
}

uint64_t content_seed(const struct cfg *c, const char *name)
{
	uint64_t h = content_mix(c->seed);
	size_t n = strlen(name) - (is_any_slot(c, name) ? 2 : 0);

	for (size_t i = 0; i < n; i++)
		h = content_mix(h ^ (uint8_t)name[i]);
	return h;
}

/* A head of n bytes of noise, of which the maker overwrites what it knows. */
static uint8_t *new_head(struct job *j, size_t n)
{
	struct extent *x = j->x;

	if (n > x->size)
		n = (size_t)x->size;
	x->head = malloc(n);
	if (!x->head)
		return NULL;
	x->head_len = n;
	content_fill(CONTENT_RANDOM, content_seed(j->cfg, j->name), 0, x->head,
		     n);
	return x->head;
}

static bool make_plain(struct job *j)
{
	(void)j;
	return true;
}

/* The superblock node of UBIFS, which lies in front. */
static bool make_ubifs(struct job *j)
{
	uint8_t *h = new_head(j, 4096);

	if (!h)
		return false;
	memset(h, 0, j->x->head_len);
	put_le32(h, 0x06101831);
	put_le32(h + 16, 4096);
	h[20] = 6;
	put_le32(h + 4, ~crc32_of(h + 8, 4096 - 8));
	j->x->tail_at = j->x->size / 2;
	return true;
}

/* Superblock at 1024 [9]; half of the rest is used. */
static bool make_ext4(struct job *j)
{
	uint8_t *h;

	if (j->cfg->nand)
		return make_ubifs(j);
	h = new_head(j, 4096);
	if (!h)
		return false;
	memset(h, 0, 2048);
	put_le32(h + 1024, 1024);
	put_le32(h + 1028, (uint32_t)(j->x->size / 4096));
	put_le32(h + 1048, 2);
	put_le16(h + 1080, 0xEF53);
	strncpy((char *)h + 1024 + 120, j->name, 16);
	j->x->tail_at = j->x->size / 2;
	return true;
}

/* Header, image, sign header with the offsets of its parts [9]. */
static bool make_dhtb(struct job *j)
{
	size_t image = (size_t)(j->x->size / 4);
	uint8_t *h = new_head(j, image + 0x200 + 0x60 + 0x254), *sign;

	if (!h)
		return false;
	memset(h, 0, 0x28);
	memcpy(h, "DHTB", 4);
	put_le32(h + 4, 1);
	put_le64(h + 0x28, 0x9EFFFE00);
	memset(h + 0x30, 0, 0x200 - 0x30);
	put_le32(h + 0x30, (uint32_t)image);
	sign = h + 0x200 + image;
	memset(sign, 0, 0x60);
	put_le64(sign + 0x10, image);
	put_le64(sign + 0x18, 0x200);
	put_le64(sign + 0x20, 0x254);
	put_le64(sign + 0x28, 0x200 + image + 0x60);
	j->x->tail_at = j->x->head_len;
	return true;
}

static bool make_boot(struct job *j)
{
	uint8_t *h = new_head(j, 4096);

	if (!h)
		return false;
	memset(h, 0, 2048);
	memcpy(h, strncmp(j->name, "vendor", 6) ? "ANDROID!" : "VNDRBOOT", 8);
	put_le32(h + 8, (uint32_t)(j->x->size / 2));
	j->x->tail_at = j->x->size / 4 * 3;
	return true;
}

static bool make_vbmeta(struct job *j)
{
	const uint64_t auth = 576, aux = 1984;
	uint8_t *h = new_head(j, 256 + 576 + 1984);

	if (!h)
		return false;
	memset(h, 0, 256);
	memcpy(h, "AVB0", 4);
	put_be32(h + 4, 1);
	put_be32(h + 12, (uint32_t)(auth >> 32));
	put_be32(h + 16, (uint32_t)auth);
	put_be32(h + 20, (uint32_t)(aux >> 32));
	put_be32(h + 24, (uint32_t)aux);
	j->x->tail_at = j->x->head_len;
	return true;
}

/* bootloader_control [6.4] */
static bool make_misc(struct job *j)
{
	uint8_t *h = new_head(j, 0x1000), *b;
	unsigned active = (unsigned)j->cfg->slot;

	if (!h)
		return false;
	memset(h, 0, j->x->head_len);
	b = h + 0x800;
	b[0] = '_';
	b[1] = active ? 'b' : 'a';
	put_le32(b + 4, 0x42414342);
	b[8] = 1;
	b[9] = 2;
	/* Priority 15 or 14, seven... tries left, booted well. */
	put_le16(b + 12, active ? 14 | 1 << 7 : 15 | 1 << 7);
	put_le16(b + 14, active ? 15 | 1 << 7 : 14 | 1 << 7);
	put_le32(b + 28, crc32_of(b, 28));
	return true;
}

/* Both copies of one NV are equal; the slots differ, or nobody would see
 * that one was written over the other. */
static void nv_base(const char *name, char out[BSL_NAME_UNITS])
{
	size_t n = 0;

	for (; *name && n < BSL_NAME_UNITS - 1; name++)
		if (*name != '1' && *name != '2')
			out[n++] = *name;
	out[n] = 0;
}

static void fill_nv_items(uint8_t *image, uint64_t seed)
{
	uint8_t *p = image + 4;

	for (unsigned id = 1; id <= NV_ITEMS; id++) {
		put_le16(p, (uint16_t)id);
		put_le16(p + 2, NV_ITEM_DATA);
		content_fill(CONTENT_RANDOM, seed, (uint64_t)id * 256, p + 4,
			     NV_ITEM_DATA);
		p += 4 + NV_ITEM_DATA;
	}
	/* Item 5 is the IMEI [5.6]: BCD, this one is nobody's. */
	memcpy(image + 4 + 4 * (4 + NV_ITEM_DATA) + 4,
	       "\x0A\x00\x10\x32\x54\x76\x98\x00\x00", 9);
	put_le32(p, 0xFFFFFFFF);
	put_le16(image + 2, (uint16_t)seed);
	put_be16(image, nv_crc(image + 2, NV_LIST_BYTES - 2));
}

/* "VN" header and item list, FF up to the size that the loader knows. */
static bool make_nv(struct job *j)
{
	char base[BSL_NAME_UNITS];
	struct extent *x = j->x;
	uint64_t len = j->cfg->fixnv_size;
	size_t summed;
	uint8_t *h;

	if (x->size < NV_HEAD + NV_LIST_BYTES)
		return true;
	if (len > x->size - NV_HEAD)
		len = x->size - NV_HEAD;
	if (len < NV_LIST_BYTES)
		len = NV_LIST_BYTES;
	summed = j->cfg->nv_crypt ? (size_t)len : NV_LIST_BYTES;
	h = new_head(j, NV_HEAD + summed);
	if (!h)
		return false;
	nv_base(j->name, base);
	memset(h, 0, NV_HEAD);
	memset(h + NV_HEAD, 0xFF, summed);
	fill_nv_items(h + NV_HEAD, content_seed(j->cfg, base));
	nv_crypt(j->cfg, h + NV_HEAD, summed);
	put_le32(h, NV_MAGIC);
	put_le32(h + 4, (uint32_t)len);
	put_le32(h + 8, nv_checksum(j->cfg, h + NV_HEAD, summed, len - summed));
	put_le32(h + 12, 101);
	if (j->cfg->nv_bad && !strcmp(j->cfg->nv_bad, j->name))
		h[8] ^= 0x55;
	x->kind = CONTENT_ERASED;
	x->tail_at = NV_HEAD + len;
	return true;
}

/* A block table: how many blocks of how many bytes [5.4]. */
static bool make_vnts(struct job *j)
{
	const uint16_t block = 0x800;
	uint8_t *h = new_head(j, block);

	if (!h)
		return false;
	memset(h, 0, 16);
	memcpy(h, "VNTS", 4);
	put_le16(h + 12, (uint16_t)(j->x->size / block));
	put_le16(h + 14, block);
	return true;
}

/* The first that matches; "*" ends the list. */
static const struct recipe {
	const char *pattern;
	bool (*make)(struct job *);
	enum content kind;
} recipes[] = {
	{ "prodnv", make_ext4, CONTENT_RANDOM },
	{ "*persist", make_ext4, CONTENT_TEXT },
	{ "metadata", make_ext4, CONTENT_BULK },
	{ "*fixnv[12]*", make_nv, CONTENT_RANDOM },
	{ "*runtimenv[12]*", make_nv, CONTENT_RANDOM },
	{ "misc", make_misc, CONTENT_ZERO },
	{ "miscdata", make_plain, CONTENT_ZERO },
	{ "cache", make_plain, CONTENT_ZERO },
	{ "sysdumpdb", make_plain, CONTENT_ZERO },
	{ "uboot_log", make_plain, CONTENT_TEXT },
	{ "wcn*", make_plain, CONTENT_TEXT },
	{ "*logo*", make_plain, CONTENT_FLAGS },
	{ "*vbmeta*", make_vbmeta, CONTENT_RANDOM },
	{ "*uboot*", make_dhtb, CONTENT_RANDOM },
	{ "sml*", make_dhtb, CONTENT_RANDOM },
	{ "trustos*", make_dhtb, CONTENT_RANDOM },
	{ "teecfg*", make_dhtb, CONTENT_RANDOM },
	{ "splloader*", make_dhtb, CONTENT_RANDOM },
	{ "bootloader", make_dhtb, CONTENT_RANDOM },
	{ "boot[01]", make_dhtb, CONTENT_RANDOM },
	{ "ps", make_dhtb, CONTENT_RANDOM },
	{ "kernel", make_dhtb, CONTENT_RANDOM },
	{ "userimage", make_dhtb, CONTENT_BULK },
	{ "nv", make_vnts, CONTENT_RANDOM },
	{ "udisk", make_plain, CONTENT_BULK },
	{ "boot*", make_boot, CONTENT_RANDOM },
	{ "init_boot*", make_boot, CONTENT_RANDOM },
	{ "vendor_boot*", make_boot, CONTENT_RANDOM },
	{ "recovery*", make_boot, CONTENT_RANDOM },
	{ "super", make_plain, CONTENT_BULK },
	{ "system", make_plain, CONTENT_BULK },
	{ "userdata", make_plain, CONTENT_BULK },
	{ "*", make_plain, CONTENT_RANDOM },
};

int contents_add(struct area *a, const struct cfg *c, const char *name,
		 uint64_t start, uint64_t size, struct err *e)
{
	struct extent x = { .start = start, .size = size, .tail_at = size };
	struct job j = { c, name, &x };
	const struct recipe *r = recipes;

	while (fnmatch(r->pattern, name, 0))
		r++;
	x.kind = r->kind;
	x.seed = content_seed(c, name);
	x.from = is_any_slot(c, name) ? 0 : start;
	if (!r->make(&j))
		return err_nomem(e);
	return area_add(a, &x, e);
}

static uint64_t part_size(const struct cfg *c, const char *name, uint64_t mib)
{
	uint64_t size = mib * MIB;

	if (!strcmp(name, "super") && c->super)
		size = c->super;
	if (!strcmp(name, "userdata") && c->userdata)
		size = c->userdata;
	return (size + MIB - 1) / MIB * MIB;
}

static uint64_t plan_one(struct table *t, const char *name, size_t len,
			 uint64_t at, uint64_t mib, const struct cfg *c)
{
	struct part *part = &t->part[t->n++];

	memcpy(part->name, name, len);
	part->name[len] = 0;
	part->start = at;
	part->size = part_size(c, part->name, mib);
	return at + part->size;
}

/* The names of key `add`, of 1 MiB each; configure() knows that they fit. */
static uint64_t plan_added(struct table *t, uint64_t at, const struct cfg *c)
{
	const char *name = c->add ? c->add : "";

	for (size_t len; *name; name += len + (name[len] == '+')) {
		len = strcspn(name, "+");
		at = plan_one(t, name, len, at, 1, c);
	}
	return at;
}

/* From "name=MiB ..."; ret->part[] with places, the disk's size returned. */
uint64_t contents_plan(const char *parts, const struct cfg *c,
		       struct table *ret)
{
	uint64_t at = MIB;

	while (*parts) {
		size_t len = strcspn(parts, "=");
		char *end;
		uint64_t mib = strtoul(parts + len + 1, &end, 10);

		if (!*end)
			at = plan_added(ret, at, c);
		at = plan_one(ret, parts, len, at, mib, c);
		parts = end + strspn(end, " ");
	}
	return at + MIB;
}

static int add_gpt(struct area *a, const struct cfg *c, struct table *t,
		   struct err *e)
{
	size_t front_len = gpt_front_size(c->sector);
	size_t back_len = (size_t)(GPT_BACKUP_LBAS * c->sector);
	struct extent front = { .head_len = front_len,
				.size = front_len,
				.tail_at = front_len };
	struct extent back = { .start = a->size - back_len,
			       .head_len = back_len,
			       .size = back_len,
			       .tail_at = back_len };
	int r;

	front.head = malloc(front_len);
	back.head = malloc(back_len);
	if (!front.head || !back.head) {
		free(front.head);
		free(back.head);
		return err_nomem(e);
	}
	gpt_build(t, c->sector, a->size, c->seed, front.head, back.head);
	if (c->gpt_primary_bad)
		front.head[c->sector + 16] ^= 0x55;
	if (c->gpt_backup_bad)
		back.head[back_len - c->sector + 16] ^= 0x55;
	r = area_add(a, &front, e);
	if (r < 0) {
		free(back.head);
		return r;
	}
	for (size_t i = 0; i < t->n && !r; i++)
		r = contents_add(a, c, t->part[i].name, t->part[i].start,
				 t->part[i].size, e);
	if (r < 0) {
		free(back.head);
		return r;
	}
	return area_add(a, &back, e);
}

static int make_user(struct area *a, const struct model *m, struct cfg *c,
		     struct err *e)
{
	struct table *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return err_nomem(e);
	a->size = contents_plan(m->parts, c, t);
	r = add_gpt(a, c, t, e);
	free(t);
	return r;
}

/* An image brings its own sector size. */
static int load_user(struct area *a, struct cfg *c, struct err *e)
{
	uint8_t mark[8];
	int r = area_map_file(a, c->storage, e);

	if (r < 0)
		return r;
	if (area_read(a, 512, mark, sizeof(mark)) &&
	    !memcmp(mark, "EFI PART", 8))
		c->sector = 512;
	else if (area_read(a, 4096, mark, sizeof(mark)) &&
		 !memcmp(mark, "EFI PART", 8))
		c->sector = 4096;
	return 0;
}

static int make_boot_area(struct area *a, const struct cfg *c, const char *path,
			  struct err *e)
{
	if (path)
		return area_map_file(a, path, e);
	a->size = BOOT_SIZE;
	return contents_add(a, c, BSL_SPLLOADER, 0, SPL_SIZE, e);
}

int layout_make(struct storage *s, const struct model *m, struct cfg *c,
		struct err *e)
{
	int r;

	/* Flash itself; an eMMC's or UFS' controller says zeros. */
	for (int i = 0; i < AREAS; i++)
		s->area[i].erased_byte = m->kind == MODEL_NAMES ? 0 : 0xFF;
	if (c->super > (uint64_t)1 << 44 || c->userdata > (uint64_t)1 << 44)
		return err_set(e, ERR_USAGE, "no phone is larger than 16T");
	if (m->kind == MODEL_UBI)
		return ubi_make(s, m, c, e);
	if (m->kind != MODEL_NAMES)
		return regions_make(&s->area[AREA_USER], m, c, e);
	if (c->storage)
		r = load_user(&s->area[AREA_USER], c, e);
	else
		r = make_user(&s->area[AREA_USER], m, c, e);
	if (!r)
		r = make_boot_area(&s->area[AREA_BOOT1], c, c->boot1, e);
	if (!r)
		r = make_boot_area(&s->area[AREA_BOOT2], c, c->boot2, e);
	return r;
}
