/* SPDX-License-Identifier: BSD-3-Clause */
/* part_late.h - what was refused at first and came on a second try. */
#ifndef JOB_PART_LATE_H
#define JOB_PART_LATE_H

#include "part_source.h"

#define PART_LATE_MAX ((uint64_t)16 << 20) /* bytes kept in memory */

struct part_late {
	struct archive_patch *v; /* offsets count from the extent's start */
	size_t n;
	uint64_t bytes;
	size_t cap;		   /* allocated for the last piece */
	struct manifest_part left; /* in it: the ranges that stay */
};

/*
 * After the last byte of the source and before part_source_close(): every
 * unreadable range once more, unit by unit; a long one only from its start
 * on and as long as that goes well.  PART_LATE_MAX is the end.  Changes
 * neither the ranges nor anything else: the caller has to find a place for
 * the bytes first.  ERR_CANCELLED, or the phone is lost for good.
 */
int part_late_read(struct part_source *src, struct part_late *ret,
		   struct err *e) MUST_CHECK;
/* They have their place: the ranges shrink. */
void part_late_adopt(struct part_source *src, struct part_late *l);
void part_late_free(struct part_late *l);

#endif
