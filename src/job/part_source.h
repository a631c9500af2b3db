/* SPDX-License-Identifier: BSD-3-Clause */
/* part_source.h - an extent read to its end, unreadable places included. */
#ifndef JOB_PART_SOURCE_H
#define JOB_PART_SOURCE_H

#include "device/reader.h"
#include "job/backup.h"
#include "recover.h"

/* Reads one extent; what cannot be read is zeros and a range in *part. */
struct part_source {
	struct session *s;
	struct part_reader *reader;
	const struct job_events *ev;
	struct recovery *rec; /* NULL: a lost phone is the end; borrowed */
	enum read_policy policy;
	struct manifest_part *part; /* gets the ranges; borrowed */
	struct extent x;
	const struct extent *by_name; /* the other way to it, or NULL */
	uint64_t first;		      /* of the extent, in the partition */
	uint64_t at;		      /* the next byte, while no reader is */
	uint64_t from;		      /* of the extent: where to begin */
	uint64_t skip_left;	      /* of a range that did not fit a block */
	unsigned bad_run;    /* refusals with nothing read in between */
	unsigned refusals;   /* in all */
	unsigned doublings;  /* of the unit, since there were so many */
	uint32_t unit;	     /* that came of it; 0: the sector */
	uint64_t unreadable; /* bytes */
};

int part_source_open(struct part_source *src, struct session *s,
		     const struct extent *x, struct err *e) MUST_CHECK;
/*
 * Of a region, before anything is stored of it: one that this phone does not
 * have is refused with its first bytes, and is ERR_REFUSED.
 */
int part_source_look(struct part_source *src, struct err *e) MUST_CHECK;
/*
 * Some more bytes into b; b->used unchanged means the end.  Returns often, so
 * that progress can be shown also on a slow line.  A phone that is lost and
 * comes back is gone on with at the byte.
 */
int part_source_fill(struct part_source *src, struct block *b,
		     struct err *e) MUST_CHECK;
int part_source_close(struct part_source *src, struct err *e) MUST_CHECK;
/* After a failure. */
void part_source_drop(struct part_source *src);

#endif
