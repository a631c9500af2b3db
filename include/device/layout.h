/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.h - the phone's table, and which ways of reading can be trusted. */
#ifndef DEVICE_LAYOUT_H
#define DEVICE_LAYOUT_H

#include "base/err.h"
#include "device/ptable.h"
#include "device/reader.h"
#include "device/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_WARNINGS_MAX 8

/* Raw bytes of one copy of the GPT, as they lie on the storage. */
struct gpt_copy {
	uint8_t *data; /* NULL: could not be read */
	size_t len;
	uint64_t offset;
	bool valid; /* CRCs and all numbers hold */
};

struct layout {
	struct ptable table; /* boot areas last */
	struct gpt_copy primary, backup;
	bool raw; /* user_partition is readable */
	/*
	 * Offsets of 4 GiB and more are not understood, or not shown to be:
	 * an old loader takes them modulo 4 GiB without a word.
	 */
	bool narrow_only;
	bool wide_proven; /* a high offset gave what had to be there */
	/*
	 * The primary GPT is damaged: a loader that is asked for a partition
	 * by its name would rewrite it from the backup (docs/protocol.md 4.7).
	 */
	bool names_write;
	bool nand;	    /* the storage has bad blocks that nothing hides */
	char unit_why[160]; /* PTABLE_LIST: what spoke for its unit */
	char warnings[LAYOUT_WARNINGS_MAX][256];
	size_t nwarnings;
};

/*
 * Of a phone that is read by address: the regions of its profile and of the
 * session's hints, with the sizes that are told; nothing is tried.  Else the
 * GPT through user_partition, else the loader's list, else the names of the
 * session's hints and the `known` ones, tried one by one; a size that a hint
 * tells is taken when reading shows that the partition ends there.  Sends at
 * most one command that the loader may not know.  Then the boot areas.  When
 * no table can be trusted but the raw storage can be read, that is the one row
 * of the table (user_partition).  ERR_FORMAT when there is nothing to be had.
 */
int layout_read(struct session *s, const char *const *known, size_t nknown,
		struct layout *ret, struct err *e) MUST_CHECK;
void layout_free(struct layout *l);

/* A first NV copy: a loader that is asked for it by name may write [5.6]. */
bool layout_is_first_nv(const struct partition *p);
/* Reaches p beyond what this loader is shown to understand? */
bool layout_is_out_of_reach(const struct layout *l, const struct partition *p);
/* Where the raw bytes of p lie; false when only its name leads to it. */
bool layout_raw_extent(const struct layout *l, const struct partition *p,
		       struct extent *ret);
/* By its name, or the number of its region. */
void layout_name_extent(const struct partition *p, struct extent *ret);
/* The first bytes of a partition, by offset and by its name. */
struct both_ways {
	uint8_t raw[READER_UNIT], named[READER_UNIT];
	size_t n;
};
/* ERR_REFUSED when one of the ways is not to be had. */
int layout_read_both(struct session *s, const struct layout *l,
		     const struct partition *p, struct both_ways *ret,
		     struct err *e) MUST_CHECK;

#endif
