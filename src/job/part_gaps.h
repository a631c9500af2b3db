/* SPDX-License-Identifier: BSD-3-Clause */
/* part_gaps.h - how far a place reaches that cannot be read. */
#ifndef JOB_PART_GAPS_H
#define JOB_PART_GAPS_H

#include "part_source.h"

/*
 * Units refused in a row before the far edge is searched for: the defects of
 * flash are small, and what lies between two of them shall not be jumped over.
 */
#define PART_GAP_PATIENCE 16u

/*
 * After a refusal at the source's next byte: how many bytes from there on
 * cannot be had.  One unit at first; after some in a row the far edge is
 * searched for.  The bound on requests is in docs/ARCHITECTURE.md 5.
 */
int part_gap_measure(struct part_source *src, uint64_t *ret,
		     struct err *e) MUST_CHECK;

/* part_source.c: part_reader_peek(), going on after a loss. */
int part_source_peek(struct part_source *src, uint64_t at, void *buf,
		     uint32_t n, struct err *e) MUST_CHECK;

#endif
