/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_paper.h - a plan, and what came of it, as lines in a file. */
#ifndef SRC_JOB_RESTORE_PAPER_H
#define SRC_JOB_RESTORE_PAPER_H

#include "archive/journal.h"
#include "job/restore.h"

/* Kinds of lines; docs/restore.md has them in words. */
#define PAPER_HEAD    "restore"
#define PAPER_ARCHIVE "archive"
#define PAPER_PHONE   "phone"
#define PAPER_KINDS   "kinds"
#define PAPER_SLOTS   "slots"
#define PAPER_OTHER   "other-phone"
#define PAPER_SAME    "same-phone"
#define PAPER_NAME    "name"
#define PAPER_ITEM    "item"
#define PAPER_END     "plan-end"
/* Of a state alone, behind the plan. */
#define PAPER_SAVING "saving" /* the safety copy is being made: its path */
#define PAPER_SAVED  "saved"  /* it is whole: what it holds, as a digest */
#define PAPER_BEGIN  "begin"  /* the next thing sent may change this one */
#define PAPER_WROTE  "wrote"  /* the phone has acknowledged all of it */
#define PAPER_GOOD   "good"   /* it was read back, and is as it should be */
#define PAPER_BAD    "bad"    /* it was read back, and is not */
#define PAPER_STOP   "stop"   /* the run ended here, and why */
#define PAPER_UNDO   "undo"   /* from here on the safety copy is written */

#define PAPER_MAX ((size_t)4 << 20) /* bytes; real ones have below 100 KiB */

struct restore_paper {
	struct journal j;
	struct restore_request q; /* names, kinds, slots, whose phone */
	const char **names;	  /* of q; into j */
	size_t end;		  /* the number of the plan's last note */
	const char *archive;	  /* its digest; into j */
};

/* The plan as lines of a journal, up to its end line. */
int restore_paper_plan(const struct restore *r, struct strbuf *b,
		       uint64_t *chain, struct err *e) MUST_CHECK;
/*
 * Foreign bytes, taken over also on failure; pure.  ERR_FORMAT: not the plan
 * of a restore, or not whole.
 */
int restore_paper_parse(char *text, size_t n, struct restore_paper *ret,
			struct err *e) MUST_CHECK;
/* The item of the plan with that name is to be written, or goes along. */
bool restore_paper_writes(const struct restore_paper *p, const char *name);
/* The last line of this kind with this text (NULL: any); NULL: none. */
const struct journal_note *restore_paper_last(const struct restore_paper *p,
					      const char *kind,
					      const char *text);
void restore_paper_clear(struct restore_paper *p);
/* SHA-256 over what a manifest promises, in hex. */
int restore_archive_id(const struct manifest *m, char ret[SHA256_HEX],
		       struct err *e) MUST_CHECK;

#endif
