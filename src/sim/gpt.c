/* SPDX-License-Identifier: BSD-3-Clause */
/* gpt.c - the partition table on the simulated storage, both ways. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 92
#define ENTRY_SIZE  128

uint32_t crc32_of(const uint8_t *p, size_t n)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
		0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
		0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
		0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
	};
	uint32_t c = 0xFFFFFFFF;

	for (size_t i = 0; i < n; i++) {
		c ^= p[i];
		c = c >> 4 ^ nibble[c & 15];
		c = c >> 4 ^ nibble[c & 15];
	}
	return ~c;
}

size_t gpt_front_size(uint64_t sector)
{
	return (size_t)(2 * sector) + GPT_ENTRIES_SIZE;
}

static void guid_from(uint64_t seed, uint8_t *out)
{
	put_le64(out, content_mix(seed));
	put_le64(out + 8, content_mix(seed + 1));
	out[7] = (uint8_t)((out[7] & 0x0F) | 0x40);
	out[8] = (uint8_t)((out[8] & 0x3F) | 0x80);
}

static void build_entries(const struct table *t, uint64_t sector, uint64_t seed,
			  uint8_t *out)
{
	/* Basic data partition. */
	static const uint8_t type[16] = { 0xA2, 0xA0, 0xD0, 0xEB, 0xE5, 0xB9,
					  0x33, 0x44, 0x87, 0xC0, 0x68, 0xB6,
					  0xB7, 0x26, 0x99, 0xC7 };

	memset(out, 0, GPT_ENTRIES_SIZE);
	for (size_t i = 0; i < t->n; i++) {
		const struct part *part = &t->part[i];
		uint8_t *row = out + i * ENTRY_SIZE;

		memcpy(row, type, sizeof(type));
		guid_from(seed + 2 * i + 2, row + 16);
		put_le64(row + 32, part->start / sector);
		put_le64(row + 40, (part->start + part->size) / sector - 1);
		(void)text_to_utf16le(part->name, row + 56, BSL_NAME_UNITS);
	}
}

static void build_header(uint8_t *h, uint64_t self, uint64_t other,
			 uint64_t entries, uint64_t sector, uint64_t seed,
			 uint32_t entries_crc)
{
	uint64_t last = self > other ? self : other;

	memcpy(h, "EFI PART", 8);
	put_le32(h + 8, 0x00010000);
	put_le32(h + 12, HEADER_SIZE);
	put_le64(h + 24, self);
	put_le64(h + 32, other);
	put_le64(h + 40, 2 + GPT_ENTRIES_SIZE / sector);
	put_le64(h + 48, last - 34);
	guid_from(seed, h + 56);
	put_le64(h + 72, entries);
	put_le32(h + 80, GPT_ENTRIES_SIZE / ENTRY_SIZE);
	put_le32(h + 84, ENTRY_SIZE);
	put_le32(h + 88, entries_crc);
	put_le32(h + 16, crc32_of(h, HEADER_SIZE));
}

static void build_mbr(uint8_t *mbr, uint64_t sectors)
{
	static const uint8_t head[] = { 0x00, 0x00, 0x02, 0x00,
					0xEE, 0xFF, 0xFF, 0xFF };

	memcpy(mbr + 446, head, sizeof(head));
	put_le32(mbr + 454, 1);
	put_le32(mbr + 458, sectors - 1 > UINT32_MAX ? UINT32_MAX
						     : (uint32_t)(sectors - 1));
	put_le16(mbr + 510, 0xAA55);
}

void gpt_build(const struct table *t, uint64_t sector, uint64_t disk,
	       uint64_t seed, uint8_t *front, uint8_t *back)
{
	uint64_t last = disk / sector - 1;
	uint32_t crc;

	memset(front, 0, gpt_front_size(sector));
	memset(back, 0, (size_t)(GPT_BACKUP_LBAS * sector));
	build_mbr(front, disk / sector);
	build_entries(t, sector, seed, front + 2 * sector);
	memcpy(back, front + 2 * sector, GPT_ENTRIES_SIZE);
	crc = crc32_of(back, GPT_ENTRIES_SIZE);
	build_header(front + sector, 1, last, 2, sector, seed, crc);
	build_header(back + (GPT_BACKUP_LBAS - 1) * sector, last, 1, last - 32,
		     sector, seed, crc);
}

static bool header_ok(const uint8_t *h, uint64_t lba)
{
	uint8_t copy[HEADER_SIZE];

	memcpy(copy, h, sizeof(copy));
	memset(copy + 16, 0, 4);
	return !memcmp(h, "EFI PART", 8) && get_le32(h + 12) == HEADER_SIZE &&
	       get_le32(h + 16) == crc32_of(copy, sizeof(copy)) &&
	       get_le64(h + 24) == lba && get_le32(h + 84) == ENTRY_SIZE &&
	       get_le32(h + 80) <= GPT_PARTS_MAX;
}

static void take_entries(const uint8_t *rows, size_t n, uint64_t sector,
			 uint64_t disk, struct table *t)
{
	static const uint8_t unused[16];

	t->n = 0;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *row = rows + i * ENTRY_SIZE;
		uint64_t first = get_le64(row + 32), last = get_le64(row + 40);
		struct part *part = &t->part[t->n];

		if (!memcmp(row, unused, sizeof(unused)) || last < first ||
		    last >= disk / sector)
			continue;
		for (size_t k = 0; k < BSL_NAME_UNITS; k++)
			part->name[k] = (char)row[56 + 2 * k];
		part->name[BSL_NAME_UNITS] = 0;
		part->start = first * sector;
		part->size = (last - first + 1) * sector;
		t->n++;
	}
}

static bool load_from(const struct area *a, uint64_t sector, uint64_t lba,
		      struct table *t)
{
	uint8_t head[HEADER_SIZE], *rows;
	uint64_t at;
	size_t size;
	bool ok;

	if (!area_read(a, lba * sector, head, sizeof(head)) ||
	    !header_ok(head, lba))
		return false;
	size = (size_t)get_le32(head + 80) * ENTRY_SIZE;
	if (__builtin_mul_overflow(get_le64(head + 72), sector, &at))
		return false;
	rows = malloc(size + 1);
	ok = rows && area_read(a, at, rows, size) &&
	     crc32_of(rows, size) == get_le32(head + 88);
	if (ok)
		take_entries(rows, size / ENTRY_SIZE, sector, a->size, t);
	free(rows);
	return ok;
}

bool gpt_front_from_back(const struct area *a, uint64_t sector, uint8_t *out)
{
	uint64_t last = a->size / sector - 1, at;

	memset(out, 0, gpt_front_size(sector) - sector);
	if (!area_read(a, last * sector, out, HEADER_SIZE) ||
	    __builtin_mul_overflow(get_le64(out + 72), sector, &at) ||
	    !area_read(a, at, out + sector, GPT_ENTRIES_SIZE))
		return false;
	put_le64(out + 24, 1);
	put_le64(out + 32, last);
	put_le64(out + 72, 2);
	put_le32(out + 16, 0);
	put_le32(out + 16, crc32_of(out, HEADER_SIZE));
	return true;
}

void gpt_load(const struct area *a, uint64_t sector, struct table *t)
{
	uint64_t sectors = a->size / sector;

	t->n = 0;
	t->known = true;
	t->primary_ok = load_from(a, sector, 1, t);
	t->ok = t->primary_ok ||
		(sectors && load_from(a, sector, sectors - 1, t));
}
