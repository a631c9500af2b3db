/* SPDX-License-Identifier: BSD-3-Clause */
/* again.h - what an interrupted backup leaves, and the command to go on. */
#ifndef CLI_AGAIN_H
#define CLI_AGAIN_H

#include "base/text.h"
#include "job/backup.h"
#include "options.h"
#include "ui.h"

/*
 * With --resume: what is left of OUT, to be handed to job_backup(), or NULL
 * when there is nothing.  Reads all of it, before the phone is asked for.
 */
int again_open(const struct options *o, struct ui *u,
	       const struct archive_options *a, struct archive_resume **ret,
	       struct err *e) MUST_CHECK;

/* The end of a backup that failed. */
struct again {
	char kept[1280];   /* what is left, in words; empty: nothing */
	char partial[512]; /* the file that can be gone on with, or empty */
	char *command;	   /* that does so, or NULL */
};
/* Looks at the disk; puts into *e the remedy that fits. */
void again_look(const struct options *o, const struct backup_totals *t,
		struct err *e, struct again *ret);
void again_say(struct ui *u, const struct again *a);
/* Sets "partial" and "resume" of a result, null where there is none. */
void again_json(const struct again *a, json_t *result);
void again_free(struct again *a);

/* One more word of a command, as a shell wants it. */
void again_add_word(struct strbuf *b, const char *word);
/* The command as it was typed, with --resume; the caller frees it. */
char *again_command(const struct options *o);

#endif
