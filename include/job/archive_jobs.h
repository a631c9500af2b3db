/* SPDX-License-Identifier: BSD-3-Clause */
/* archive_jobs.h - what is done with an archive, without a phone. */
#ifndef JOB_ARCHIVE_JOBS_H
#define JOB_ARCHIVE_JOBS_H

#include "archive/archive.h"
#include "job/events.h"

struct verify_result {
	size_t members;
	uint64_t bytes;		  /* of all members, as unpacked */
	size_t differences;	  /* told through events */
	bool indexed;		  /* by its frames; else front to back */
	bool complete;		  /* what the manifest says of the backup */
	struct manifest manifest; /* the caller frees it; format 0: none */
};

/*
 * Every byte against every promise: frames, members' SHA-256, tar, seek
 * table, trailer, SHA256SUMS, manifest.  0 when all agree, ERR_MISMATCH when
 * something differs (each difference is an event), ERR_FORMAT when this is no
 * archive of a phone.
 */
int job_verify(const char *path, unsigned threads, const struct job_events *ev,
	       struct verify_result *ret, struct err *e) MUST_CHECK;

struct extract_request {
	const char *archive;
	const char *dir;
	const char *const
		*names; /* globs of partitions or members; none: all */
	size_t nnames;
	unsigned threads;
	bool force; /* replace files that are there */
};

struct extract_result {
	size_t files;
	uint64_t bytes;
	size_t damaged; /* left as NAME.partial, or not there: told */
};

/*
 * Members into files below dir, never outside it; zeros become holes.  Each
 * file gets its name only when its SHA-256 is the promised one.  Of a tar whose
 * manifest stands behind them that is known at its end: then those that are
 * not get their .partial back, and what is promised and not there is told.
 */
int job_extract(const struct extract_request *q, const struct job_events *ev,
		struct extract_result *ret, struct err *e) MUST_CHECK;

/*
 * length bytes (0: to the end) of a partition or member from offset, to the
 * file descriptor; reads only the frames that hold them.
 */
int job_cat(const char *path, const char *name, uint64_t offset,
	    uint64_t length, int fd, const struct job_events *ev,
	    struct err *e) MUST_CHECK;

/* Does a glob fit the member's path, its file name, or its partition? */
bool job_member_fits(const char *glob, const char *member);

#endif
