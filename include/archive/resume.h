/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.h - an archive that was not finished, to go on with. */
#ifndef ARCHIVE_RESUME_H
#define ARCHIVE_RESUME_H

#include "archive/archive.h"
#include "archive/journal.h"

struct archive_resume;

/* What is left of an earlier run, as far as it can be trusted. */
struct archive_resume_info {
	/*
	 * Members in order, the last one perhaps without its end; notes of
	 * the run; frames.  No frames: it is as if nothing had been written.
	 */
	const struct journal *journal;
	/* Of the open member: a block border, or its whole size. */
	uint64_t position;
	uint64_t kept, lost; /* bytes of the .partial */
	unsigned resumed;    /* how often it was resumed before */
	bool damaged;	     /* behind `kept` is not what was written there */
};

/* Told while the .partial is read; false: stop, ERR_CANCELLED. */
typedef bool archive_go_on(void *user, uint64_t done, uint64_t total);

/*
 * Takes PATH.partial for itself, reads its journal, and compares every frame
 * with its digest, from the beginning to the first that differs.  Changes
 * nothing on the disk.  1 with *ret, 0 when there is no PATH.partial.
 * ERR_EXISTS: it cannot be resumed, and why; or PATH is there, and o->force
 * not given; or another process is writing it.
 */
int archive_resume_open(const char *path, const struct archive_options *o,
			archive_go_on *go_on, void *user,
			struct archive_resume **ret, struct err *e) MUST_CHECK;
const struct archive_resume_info *
archive_resume_info(const struct archive_resume *r);

/* What archive_end() told when a member was ended. */
void archive_resume_part(const struct journal_member *m,
			 struct manifest_part *ret);

/*
 * A block of the open member that is stored already; false: stop,
 * ERR_CANCELLED.
 */
typedef bool archive_stored(void *user, const struct block *b);

enum archive_keep {
	KEEP_ALL,     /* what was found good */
	KEEP_MEMBERS, /* without the open one, which may be begun again */
	KEEP_NOTHING, /* a new archive in the same file */
};

/*
 * Cuts archive and journal to what was found good, and goes on from there, as
 * if nothing had happened: the next archive_get() gives the block at
 * info->position.  Shows the stored blocks of an open member, in order.  r is
 * gone after success; after a failure it is only to be dropped.
 */
int archive_resume_begin(struct archive_resume *r, enum archive_keep keep,
			 archive_stored *stored, void *user,
			 struct archive_writer **ret, struct err *e) MUST_CHECK;
/* All stays as it was found. */
void archive_resume_drop(struct archive_resume *r);

#endif
