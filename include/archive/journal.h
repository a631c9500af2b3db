/* SPDX-License-Identifier: BSD-3-Clause */
/* journal.h - what is known of an archive that is not finished; pure. */
#ifndef ARCHIVE_JOURNAL_H
#define ARCHIVE_JOURNAL_H

#include "archive/manifest.h"
#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_VERSION	  1
#define JOURNAL_LINE_MAX  65536u /* with its digest and the newline */
#define JOURNAL_MAX	  ((size_t)512 << 20)
#define JOURNAL_NOTES_MAX (1u << 20)
#define JOURNAL_KIND_MAX  24u
#define JOURNAL_RESUMED	  "resumed" /* a note that archive_resume() adds */

/* A frame that was written; trusted only when its bytes have the digest. */
struct journal_frame {
	uint64_t digest; /* XXH64 of the compressed bytes */
	uint64_t line;	 /* where its line begins in the journal */
	uint32_t compressed, content;
};

struct journal_member {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
	uint32_t header; /* number of its header frame; the body follows */
	bool ended;
	uint64_t end_line; /* ended: where that line begins */
	uint8_t sha256[SHA256_LEN];
};

/* A line of whoever uses the archive; its meaning is not ours. */
struct journal_note {
	const char *kind, *text;
	uint64_t line;
};

struct journal {
	char tool[48];
	struct journal_frame *frames;
	struct journal_member *members;
	struct journal_note *notes;
	size_t nframes, nmembers, nnotes;
	bool mended;	     /* the newest frames replace older ones, from */
	uint32_t mend_frame; /* this one on, and a spool may be there */
	uint64_t mend_line;
	struct journal_frame *replaced; /* by these, until all are there */
	size_t nreplaced;
	uint64_t length; /* bytes of the journal that count */
	uint64_t chain;	 /* digest of the last line that counts */
	char *text;	 /* all of it; notes point into it */
};

/*
 * Foreign bytes.  Only the longest run of good lines from the beginning
 * counts: a line that is torn, flipped, or makes no sense after those before
 * ends it.  Frames that replace others count when all of them are there.
 * ERR_FORMAT when not even the first line is one of a version that
 * we know.  Takes text over (from malloc, n bytes), also when it fails.
 */
int journal_parse(char *text, size_t n, struct journal *ret,
		  struct err *e) MUST_CHECK;
/* Forgets frame number `frames` and every line from its own on. */
void journal_cut(struct journal *j, uint32_t frames);
void journal_free(struct journal *j);
/* The member that has no end yet, or NULL. */
const struct journal_member *journal_open_member(const struct journal *j);
/* Notes of this kind. */
size_t journal_count(const struct journal *j, const char *kind);

/*
 * Lines, appended to b; *chain goes from line to line, from 0 on.  A note's
 * control characters become '?'; its end is cut when it is too long.
 */
void journal_line_start(struct strbuf *b, uint64_t *chain, uint32_t block_size,
			const char *tool);
void journal_line_head(struct strbuf *b, uint64_t *chain, uint32_t frame,
		       const struct journal_frame *f, const char *name,
		       uint64_t size);
void journal_line_body(struct strbuf *b, uint64_t *chain, uint32_t frame,
		       const struct journal_frame *f);
void journal_line_end(struct strbuf *b, uint64_t *chain,
		      const uint8_t sha256[SHA256_LEN]);
void journal_line_cut(struct strbuf *b, uint64_t *chain, uint32_t frame);
void journal_line_note(struct strbuf *b, uint64_t *chain, const char *kind,
		       const char *text);

#endif
