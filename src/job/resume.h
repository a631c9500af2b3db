/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.h - what a backup leaves for the next run, and takes from the last. */
#ifndef SRC_JOB_RESUME_H
#define SRC_JOB_RESUME_H

#include "archive/resume.h"
#include "identity.h"
#include "job/backup.h"
#include "job/content.h"

/* Kinds of notes; docs/archive-format.md 8 has the words for each. */
#define NOTE_BEGUN    "begun"
#define NOTE_WARNING  "warning"
#define NOTE_LEFT_OUT "left-out"
#define NOTE_PART     "part"
#define NOTE_METHOD   "method"
#define NOTE_ONLY     "only"
#define NOTE_RANGE    "range"

struct resumed {
	struct archive_resume *left; /* owned; NULL: a new archive */
	/*
	 * A part for each member that is in the archive; what was left out and
	 * warned of.  The last part is open when `open` is set.
	 */
	struct manifest old;
	bool open;
	uint64_t position;	   /* bytes of the open one that are stored */
	struct content_look *look; /* borrowed: sees the stored blocks */
	const struct job_events *ev;
};

/* Bytes that need not be read again, before resume_begin(). */
uint64_t resume_stored(const struct resumed *re);
/*
 * The writer, new or in the place of the last run.  ERR_EXISTS when that was
 * of another phone or another request: nothing is changed then.  m gets what
 * is true for the whole archive: when it began, how often it was resumed,
 * warnings.
 */
int resume_begin(struct resumed *re, const struct backup_request *q,
		 const struct identity *id, const struct plan *plan,
		 struct manifest *m, struct archive_writer **ret,
		 struct err *e) MUST_CHECK;
void resume_free(struct resumed *re);

/* 1 when this whole member is there already: it is m's last part now. */
int resume_took(struct resumed *re, const char *member, struct manifest *m,
		struct err *e) MUST_CHECK;
/* Was this partition left out, since the loader refused to read it? */
bool resume_left_out(const struct resumed *re, const char *name);
/*
 * Does this member go on?  Then its ranges and its method are p's now, and
 * reading starts at re->position.
 */
bool resume_goes_on(struct resumed *re, const char *member,
		    struct manifest_part *p);

/* -- for the next run: resume_note.c ------------------------------------- */

/* Whose backup of which phone this is; the first notes of a new archive. */
int resume_note_start(struct archive_writer *w, const struct manifest *m,
		      const struct identity *id, struct err *e) MUST_CHECK;
/*
 * The places of this block that could not be read, before
 * the block is put: zeros must never be there without the reason.
 */
int resume_note_block(struct archive_writer *w, const char *member,
		      const struct manifest_part *p, const struct block *b,
		      struct err *e) MUST_CHECK;
/*
 * In place of all that was noted of ranges before: first those that count now,
 * then that only they do.
 */
int resume_note_ranges(struct archive_writer *w, const char *member,
		       const struct manifest_part *p, struct err *e) MUST_CHECK;
/* All of a part but what archive_end() will tell, before that. */
int resume_note_part(struct archive_writer *w, const char *member,
		     const struct manifest_part *p, struct err *e) MUST_CHECK;
int resume_note_warning(struct archive_writer *w, const char *text,
			struct err *e) MUST_CHECK;
int resume_note_left_out(struct archive_writer *w, const char *name,
			 struct err *e) MUST_CHECK;

#endif
