/* SPDX-License-Identifier: BSD-3-Clause */
/* ptable.h - what the phone's storage holds: one table from several sources. */
#ifndef DEVICE_PTABLE_H
#define DEVICE_PTABLE_H

#include "base/err.h"
#include "device/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTABLE_MAX 1024

enum ptable_source {
	PTABLE_NONE,
	PTABLE_GPT,	   /* primary GPT */
	PTABLE_GPT_BACKUP, /* its backup, since the primary is damaged */
	PTABLE_LIST,	   /* the loader's READ_PARTITION */
	PTABLE_PROBED,	   /* known names, sizes found by reading */
	PTABLE_PACKAGE,	   /* also names and sizes of a firmware package */
	PTABLE_REGIONS,	   /* regions by number, as the profile knows them */
};

struct partition {
	char name[37];
	uint64_t size;	 /* bytes */
	bool has_offset; /* `offset` is known: from a GPT */
	uint64_t offset; /* in the whole storage, bytes */
	bool probed;	 /* the size was found by reading */
	bool boot_area;	 /* splloader: by name only, never raw */
	/* A region: read by its number alone; size 0: not known, unreadable. */
	bool by_address;
	uint32_t region;
	enum region_size_from size_from;
	bool expected;	/* each phone of the chip has it */
	bool uncertain; /* not in all phones; asking for it may hang one */
};

/* What others say of a partition; it may not be so on this phone. */
struct ptable_hint {
	char name[37];
	uint64_t size; /* bytes; 0: not told */
};

struct ptable {
	struct partition *v;
	size_t n;
	enum ptable_source source;
	uint32_t sector;       /* bytes, 0: unknown */
	uint64_t storage_size; /* bytes of the user area, 0: unknown */
	char disk_guid[37];    /* or empty */
};

void ptable_free(struct ptable *t);
const struct partition *ptable_find(const struct ptable *t, const char *name);
/* A zeroed row at the end; NULL when memory or PTABLE_MAX is out. */
struct partition *ptable_add(struct ptable *t);
const char *ptable_source_name(enum ptable_source s); /* "gpt", "list" ... */

/*
 * The payload of a READ_PARTITION reply.  `unit` is the number of bytes that
 * a size of 1 means.  ERR_FORMAT for a length that is no multiple of 76, for
 * names that are empty, double or no file names, for a size of 0xFFFFFFFF and
 * for sizes that overflow.  A size of 0 is kept: the caller has to probe.
 */
int ptable_from_list(const void *p, size_t n, uint32_t unit, struct ptable *ret,
		     struct err *e) MUST_CHECK;

/*
 * The unit of such a list from evidence: 1024 (512-byte sectors) or 8192
 * (4096-byte sectors), rarely 1 MiB.  Weighs the storage kind that the loader
 * told (0: nothing), partitions whose size is the same on all phones, and the
 * storage size (0: unknown), which the sum may not exceed.  *ret_sure is false
 * when the evidence is thin or contradicts itself; why[] says in words what
 * spoke for it, for the manifest.  The caller then checks by reading.
 * ERR_FORMAT when even the smallest unit does not fit the storage.
 */
int ptable_guess_unit(const void *p, size_t n, unsigned storage_type,
		      uint64_t storage_size, uint32_t *ret_unit, bool *ret_sure,
		      char why[160], struct err *e) MUST_CHECK;

#endif
