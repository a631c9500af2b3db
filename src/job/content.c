/* SPDX-License-Identifier: BSD-3-Clause */
/* content.c - magic numbers and the sizes behind them. */
#include "job/content.h"

#include "base/bytes.h"
#include "job/blank.h"

#include <string.h>

#define SECTOR 512u

static uint64_t round_up(uint64_t n, uint64_t unit)
{
	return unit ? (n + unit - 1) / unit * unit : n;
}

/* DHTB: 512 bytes of header, image, signature [9]. */
static uint64_t dhtb(const uint8_t *p, size_t n)
{
	uint32_t image = n >= 0x34 ? get_le32(p + 0x30) : 0;
	uint32_t all = n >= 0x44 ? get_le32(p + 0x40) : 0;

	if (image == 0)
		return 0;
	if (all > image)
		return round_up((uint64_t)SECTOR + all, SECTOR);
	return round_up((uint64_t)SECTOR + image, SECTOR);
}

/* Android boot, header versions 0 to 4: pages of kernel, ramdisk ... */
static uint64_t android_boot(const uint8_t *p, size_t n)
{
	uint32_t version, page;
	uint64_t sum;

	if (n < 1660) /* what the longest header holds */
		return 0;
	version = get_le32(p + 40);
	if (version >= 3 && version <= 4) {
		sum = 4096 + round_up(get_le32(p + 8), 4096) +
		      round_up(get_le32(p + 12), 4096);
		if (version == 4)
			sum += round_up(get_le32(p + 1580), 4096);
		return sum;
	}
	page = get_le32(p + 36);
	if (page < 2048 || page > 65536 || (page & (page - 1)))
		return 0;
	sum = page + round_up(get_le32(p + 8), page) +
	      round_up(get_le32(p + 16), page) +
	      round_up(get_le32(p + 24), page);
	if (version >= 1 && version <= 2)
		sum += round_up(get_le32(p + 1632), page);
	if (version == 2)
		sum += round_up(get_le32(p + 1648), page);
	return sum;
}

/* vbmeta: 256 bytes of header, two blocks [9]. */
static uint64_t avb(const uint8_t *p, size_t n)
{
	uint64_t auth, aux;

	if (n < 28)
		return 0;
	auth = get_be64(p + 12);
	aux = get_be64(p + 20);
	if (auth > UINT32_MAX || aux > UINT32_MAX)
		return 0;
	return 256 + auth + aux;
}

static uint64_t ext4(const uint8_t *p, size_t n)
{
	uint32_t shift = n >= 1052 ? get_le32(p + 1048) : 99;

	return shift <= 6 ? (uint64_t)get_le32(p + 1028) << (10 + shift) : 0;
}

/* NV header: magic, length of the image behind 512 bytes [5.6]. */
static uint64_t nv(const uint8_t *p, size_t n)
{
	return n >= 8 ? SECTOR + (uint64_t)get_le32(p + 4) : 0;
}

static uint64_t bmp(const uint8_t *p, size_t n)
{
	return n >= 6 ? get_le32(p + 2) : 0;
}

static const struct {
	const char *kind;
	size_t offset;
	uint8_t magic[8];
	size_t len;
	uint64_t (*payload)(const uint8_t *p, size_t n);
} kinds[] = {
	{ "dhtb", 0, "DHTB", 4, dhtb },
	{ "android-boot", 0, "ANDROID!", 8, android_boot },
	{ "vendor-boot", 0, "VNDRBOOT", 8, NULL },
	{ "vbmeta", 0, "AVB0", 4, avb },
	{ "android-sparse", 0, { 0x3A, 0xFF, 0x26, 0xED }, 4, NULL },
	{ "dtbo", 0, { 0xD7, 0xB7, 0xAB, 0x1E }, 4, NULL },
	{ "dtb", 0, { 0xD0, 0x0D, 0xFE, 0xED }, 4, NULL },
	{ "nv", 0, { 0x56, 0x4E, 0x00, 0x00 }, 4, nv },
	{ "bmp", 0, "BM", 2, bmp },
	{ "elf", 0, { 0x7F, 'E', 'L', 'F' }, 4, NULL },
	{ "gzip", 0, { 0x1F, 0x8B, 0x08 }, 3, NULL },
	{ "sprd-spl", 0x20, { 0xA5, 0xA5, 0x55, 0xAA }, 4, NULL },
	{ "ext4", 1080, { 0x53, 0xEF }, 2, ext4 },
	{ "f2fs", 1024, { 0x10, 0x20, 0xF5, 0xF2 }, 4, NULL },
	{ "erofs", 1024, { 0xE2, 0xE1, 0xF5, 0xE0 }, 4, NULL },
	{ "android-super", 4096, { 0x67, 0x44, 0x6C, 0x61 }, 4, NULL },
	{ "gpt", 512, "EFI PART", 8, NULL },
};

void content_sniff(const uint8_t *p, size_t n, uint64_t size,
		   struct content *ret)
{
	ret->kind = "";
	ret->payload = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t end = kinds[i].offset + kinds[i].len;

		if (end > n ||
		    memcmp(p + kinds[i].offset, kinds[i].magic, kinds[i].len))
			continue;
		ret->kind = kinds[i].kind;
		if (kinds[i].payload)
			ret->payload = kinds[i].payload(p, n);
		if (ret->payload > size)
			ret->payload = 0;
		return;
	}
}

bool content_look_begin(struct content_look *k)
{
	k->repeat = repeat_new();
	return k->repeat;
}

void content_look_end(struct content_look *k)
{
	repeat_free(k->repeat);
	k->repeat = NULL;
}

void content_look_at(struct content_look *k, const uint8_t *p, size_t n,
		     uint64_t offset, uint64_t size)
{
	if (offset == 0) {
		content_sniff(p, n, size, &k->content);
		k->uniform = true;
		k->byte = p[0];
		if (k->repeat)
			repeat_reset(k->repeat);
	}
	/* Every byte equals the one before it, and the first is as ever. */
	if (k->uniform && (p[0] != k->byte || memcmp(p, p + 1, n - 1) != 0))
		k->uniform = false;
	if (k->repeat)
		repeat_add(k->repeat, p, n);
}

bool content_look_is_settled(const struct content_look *k)
{
	return !k->uniform && !(k->repeat && repeat_may_be(k->repeat));
}

const char *content_look_name(const struct content_look *k)
{
	if (!k->uniform && k->repeat && repeat_is(k->repeat))
		return "repeated";
	if (!k->uniform)
		return k->content.kind;
	return k->byte == 0 ? "zero" : k->byte == 0xFF ? "erased" : "uniform";
}
