/* SPDX-License-Identifier: BSD-3-Clause */
/* gpt.h - the GUID partition table; pure, every byte is foreign. */
#ifndef DEVICE_GPT_H
#define DEVICE_GPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GPT_ENTRIES_MAX 1024   /* real phones have below 100; 128 is usual */
#define GPT_HEAD_BYTES	0x8000 /* what holds the primary table [6.2] */
/* From a header to the far end of its entries; more is no honest table. */
#define GPT_REACH_MAX ((uint64_t)16 << 20)

struct gpt_header {
	uint32_t sector; /* bytes: 512 or 4096 */
	uint64_t my_lba, alternate_lba, first_usable, last_usable;
	uint64_t entries_lba;
	uint32_t entries, entry_size, entries_crc;
	char disk_guid[37]; /* as text, lower case */
};

struct gpt_entry {
	char name[37];
	uint64_t first_lba, last_lba; /* inclusive */
	uint32_t number;	      /* from 1, holes counted */
};

struct gpt {
	struct gpt_header header;
	struct gpt_entry *v; /* in table order, unused entries left out */
	size_t n;
};

/*
 * Finds the header at LBA 1 of sectors of 512 or 4096 bytes in the first n
 * bytes of the storage and checks its CRC and every number in it.  ERR_FORMAT
 * says which check failed.  ret->sector and ret->alternate_lba are also set
 * on failure when a signature was there (0 otherwise): with a broken primary
 * they are a hint where the backup may be.
 */
int gpt_parse_primary(const uint8_t *p, size_t n, struct gpt_header *ret,
		      struct err *e) MUST_CHECK;
/* One header sector that must say my_lba == lba. */
int gpt_parse_header(const uint8_t *p, size_t n, uint32_t sector, uint64_t lba,
		     struct gpt_header *ret, struct err *e) MUST_CHECK;
/* Bytes of the entry array, rounded up to sectors; checked to be sane. */
uint64_t gpt_entries_bytes(const struct gpt_header *h);
/*
 * The entry array: CRC, names (unique, good as file names), order of first
 * and last, inside the usable range, no overlap.  Unused entries may lie
 * between; none used at all is an error.  ERR_FORMAT names the entry.
 */
int gpt_parse_entries(const struct gpt_header *h, const uint8_t *p, size_t n,
		      struct gpt *ret, struct err *e) MUST_CHECK;
void gpt_free(struct gpt *g);
/* Same disk GUID, and the same entries?  Else why (static text). */
const char *gpt_differ(const struct gpt *a, const struct gpt *b);

#endif
