/* SPDX-License-Identifier: BSD-3-Clause */
/* journal_file.h - the journal beside a .partial, line after line. */
#ifndef SRC_ARCHIVE_JOURNAL_FILE_H
#define SRC_ARCHIVE_JOURNAL_FILE_H

#include "archive/journal.h"

/*
 * PARTIAL.journal, mode 0600.  Who has the lock of the .partial has it, too;
 * one thread at a time.
 */
struct journal_file;

/* The name of the journal of a .partial; the caller frees it. */
char *journal_file_name(const char *partial);
/* Replaces whatever is there by a first line. */
int journal_file_create(const char *partial, struct journal_file **ret,
			struct err *e) MUST_CHECK;
/* Cuts it to what counts by j, and goes on behind that. */
int journal_file_continue(const char *partial, const struct journal *j,
			  struct journal_file **ret, struct err *e) MUST_CHECK;
/* The file stays. */
void journal_file_close(struct journal_file *f);
/*
 * After the archive got its name.  One that cannot be removed is no failure:
 * without a .partial nobody looks at it.
 */
void journal_file_remove(struct journal_file *f);
/* What was added is on disk after this. */
int journal_file_sync(struct journal_file *f, struct err *e) MUST_CHECK;

/*
 * Lines are made between begin and flush, with the functions of journal.h:
 * one call of the system writes them all.
 */
struct strbuf *journal_file_begin(struct journal_file *f, uint64_t **ret_chain);
int journal_file_flush(struct journal_file *f, struct err *e) MUST_CHECK;

#endif
