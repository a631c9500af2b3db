/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.h - a phone against an archive of it. */
#ifndef JOB_COMPARE_H
#define JOB_COMPARE_H

#include "device/session.h"
#include "job/events.h"

enum compare_state {
	COMPARE_SAME,
	COMPARE_CHANGED, /* differs, as this one does on a phone in use */
	COMPARE_DIFFERS, /* differs, and should not */
	COMPARE_SKIPPED, /* not compared */
};

/* One partition, when it is done; lives until the callback returns. */
struct compare_part {
	const char *name;
	enum compare_state state;
	const char *reason; /* changed, skipped: why; else NULL */
	uint64_t compared;  /* bytes */
	uint64_t differing; /* in whole sectors */
	size_t ranges;
	uint64_t lacking; /* bytes: unreadable in the archive */
	uint64_t refused; /* bytes: not given by the phone now */
};

struct compare_request {
	const char *archive;
	const char *const *names; /* globs of partitions; none: all */
	size_t nnames;
	bool strict; /* also what changes by itself has to be the same */
	unsigned threads;
	const struct session_options *so; /* what the phone was opened with */
};

struct compare_result {
	size_t parts; /* compared, wholly or in part */
	size_t same, changed, differing, skipped;
	size_t table; /* differences of the table, told as such */
	uint64_t bytes;
	uint64_t lacking, refused; /* sums of the same of all parts */
	bool proven; /* a chip uid or a disk GUID is the same on both sides */
};

/*
 * Reads the phone (in FDL2) and nothing else; writes no file.  0 when all was
 * compared as far as possible, whatever came out: see `differing` and `table`
 * of *ret.  Up to 16 ranges of each partition that should not differ are told
 * as differences.  ERR_EXISTS: another phone, nothing was compared.
 */
int job_compare(struct session *s, const struct compare_request *q,
		const struct job_events *ev, struct compare_result *ret,
		struct err *e) MUST_CHECK;

#endif
