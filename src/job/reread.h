/* SPDX-License-Identifier: BSD-3-Clause */
/* reread.h - bytes of a partition once more, asked for in another way. */
#ifndef JOB_REREAD_H
#define JOB_REREAD_H

#include "device/layout.h"
#include "device/session.h"
#include "job/events.h"
#include "recover.h"

/* Who is asked; all borrowed. */
struct reread {
	struct session *s;
	const struct layout *l;
	const struct job_events *ev;
	struct recovery *rec; /* NULL: a lost phone is the end */
};

/* May p be read again at all?  Not when that could make a loader write. */
bool reread_may(const struct reread *q, const struct manifest_part *p);
/*
 * len bytes of p from `offset` on, in requests of other lengths and at other
 * places than the first time; `turn` 1 and 2 differ.  The way is that of the
 * first time, by p->method.  What cannot be read is zeros, and a range (in
 * the partition) of *ret, whose list the caller frees, also on failure.
 */
int reread(struct reread *q, const struct manifest_part *p, unsigned turn,
	   uint64_t offset, uint8_t *buf, size_t len, struct manifest_part *ret,
	   struct err *e) MUST_CHECK;

/*
 * Where two copies of a piece of a partition differ.  Sectors that are in the
 * ranges of a or of b do not count.
 */
struct diff {
	const uint8_t *p, *q;
	size_t len, at;	 /* at: where to go on; begin with 0 */
	uint64_t offset; /* of p[0] in the partition */
	const struct manifest_part *a, *b;
};
/*
 * The next run of sectors (512 bytes) that differ, as a place in p, in units
 * of bytes; false: no more.
 */
bool diff_next(struct diff *d, size_t *ret_at, size_t *ret_len);
/* Bytes that were compared: all that are in no range. */
uint64_t diff_compared(const struct diff *d);
/* Is any byte of [offset, offset + len) in a range of p? */
bool part_has_gap(const struct manifest_part *p, uint64_t offset, uint64_t len);

#endif
