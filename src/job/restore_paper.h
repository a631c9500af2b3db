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

#define PAPER_MAX ((size_t)4 << 20) /* bytes; real ones have below 100 KiB */

struct restore_paper {
	struct journal j;
	struct restore_request q; /* names, kinds, slots, whose phone */
	const char **names;	  /* of q; into j */
	size_t end;		  /* the number of the plan's last note */
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
void restore_paper_clear(struct restore_paper *p);
/* SHA-256 over what a manifest promises, in hex. */
int restore_archive_id(const struct manifest *m, char ret[SHA256_HEX],
		       struct err *e) MUST_CHECK;

#endif
