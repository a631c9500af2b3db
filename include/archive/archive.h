/* SPDX-License-Identifier: BSD-3-Clause */
/* archive.h - a seekable .tar.zst: written once, read anywhere. */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include "archive/manifest.h"
#include "base/block.h"
#include "base/err.h"
#include "base/watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -- writing ------------------------------------------------------------- */

struct archive_writer;

struct archive_options {
	/*
	 * Of zstd, 1..19; 0: the default, 3.  Up to 9 a thread takes some
	 * 20 MiB in all, above up to 75.
	 */
	int level;
	unsigned threads; /* compressing; 0: all in the caller's thread */
	bool force;	  /* replace an existing file */
};

/* As many as there are cores, within what the memory limit allows. */
unsigned archive_default_threads(void);

/*
 * Writes PATH.partial and PATH.partial.journal, mode 0600; ERR_EXISTS as for
 * outfile_open().
 */
int archive_create(const char *path, const struct archive_options *o,
		   struct archive_writer **ret, struct err *e) MUST_CHECK;

/*
 * A member of exactly `size` bytes: begin, then get a block, fill it, put it,
 * and so on, then end.  Every block but the last must be full.  A block that
 * was got must be put, also when filling it failed (with used = 0 then: such
 * a block is only given back).  A failure of the disk or the compressor comes
 * out of the next call.
 */
int archive_begin(struct archive_writer *w, const char *member, uint64_t size,
		  struct err *e) MUST_CHECK;
int archive_get(struct archive_writer *w, struct block **ret,
		struct err *e) MUST_CHECK;
int archive_put(struct archive_writer *w, struct block *b,
		struct err *e) MUST_CHECK;
/* Fills sha256, first_frame, frames, size and member of *ret. */
int archive_end(struct archive_writer *w, struct manifest_part *ret,
		struct err *e) MUST_CHECK;
/*
 * A line in the journal, for whoever resumes: `kind` is a word, `text` one
 * line of at most 64000 bytes.  What is told here is known after a crash if
 * any block is that is put later.
 */
int archive_note(struct archive_writer *w, const char *kind, const char *text,
		 struct err *e) MUST_CHECK;
/* Between members: what was noted is on the disk now. */
int archive_keep_notes(struct archive_writer *w, struct err *e) MUST_CHECK;

/*
 * Between members: what is added from here on is no part of the journal, as a
 * resumed run makes it anew.
 */
void archive_stop_journal(struct archive_writer *w);

/* Bytes of the open member that take the place of those stored there. */
struct archive_patch {
	uint64_t offset; /* in the member */
	const uint8_t *data;
	size_t len;
};
/*
 * After the last block of a member was put, before archive_end(): what could
 * be read on a second try.  Only the frames that change are compressed anew;
 * costs reading the member back from the disk and, beside the archive, as much
 * room as it takes from the first such frame on.  Patches may overlap; the
 * last one counts.  On failure either nothing has changed (ERR_IO with the
 * disk full, say; the next call goes on as usual), or every later call fails,
 * too, and resuming brings the mend to its end.  ERR_USAGE when the archive
 * is no file (archive_can_mend).
 */
int archive_mend(struct archive_writer *w, const struct archive_patch *v,
		 size_t n, struct err *e) MUST_CHECK;
bool archive_can_mend(const struct archive_writer *w);
/* Are other bytes stored of the open member than were put? */
bool archive_was_mended(const struct archive_writer *w);
/*
 * One stored block, read from the disk and decompressed, into buf (BLOCK_SIZE
 * bytes): of a part that was ended, or (p NULL) of the open member after its
 * last block was put.  ERR_USAGE as for archive_mend().
 */
int archive_read_back(struct archive_writer *w, const struct manifest_part *p,
		      uint64_t block, uint8_t *buf, size_t *ret,
		      struct err *e) MUST_CHECK;
/* A whole small member from memory. */
int archive_add(struct archive_writer *w, const char *member, const void *p,
		size_t n, struct manifest_part *ret, struct err *e) MUST_CHECK;

/*
 * manifest.json, SHA256SUMS over all members, end of tar, trailer, seek
 * table, fsync, rename.  The archive has its name after this, or it fails.
 */
int archive_finish(struct archive_writer *w, const struct manifest *m,
		   struct err *e) MUST_CHECK;
/*
 * How the calls of this thread wait for the disk or the pipe that another one
 * writes to; { 0 } before.  Copied, but not what it names.
 */
void archive_set_watch(struct archive_writer *w, const struct watch *x);
/* Ends a writer; without archive_finish() before, the .partial stays. */
void archive_drop(struct archive_writer *w);
/* Bytes in the file so far. */
uint64_t archive_written(const struct archive_writer *w);
const char *archive_partial(const struct archive_writer *w);

/* -- reading ------------------------------------------------------------- */

struct archive_reader;

struct archive_member {
	char name[MEMBER_NAME_MAX]; /* as stored, a leading "./" removed */
	uint64_t size;
	bool is_file;	    /* regular; nothing else is ever extracted */
	const char *unsafe; /* why the name must not be used, or NULL */
	const char *damage; /* what is wrong with its header, or NULL */
};

/* A run of bytes of the current member; damage: they could not be had. */
struct archive_piece {
	const uint8_t *data; /* until the next call; NULL when damaged */
	size_t len;
	uint64_t offset;    /* in the member */
	const char *damage; /* what is wrong, or NULL */
};

/*
 * Opens a file, or "-" for standard input.  An archive of ours is read by
 * its frames: on `threads` threads, and only where needed.  Anything else
 * that holds a tar (compressed by what libarchive knows), and everything that
 * cannot seek, is read from front to back.
 */
int archive_open(const char *path, unsigned threads,
		 struct archive_reader **ret, struct err *e) MUST_CHECK;
void archive_close(struct archive_reader *r);
/* True: frames are reached through the seek table. */
bool archive_is_indexed(const struct archive_reader *r);
/*
 * A file that begins as one of ours does, and has no usable index any more:
 * why not.  It was cut, never finished, or damaged there.  Else NULL.
 */
const char *archive_lost_index(const struct archive_reader *r);
/*
 * Indexed: known after archive_open().  Otherwise: NULL until the member has
 * been met on the way.
 */
const struct manifest *archive_manifest(const struct archive_reader *r);

/*
 * The next member in the order of the file: 1, or 0 at the end.  What was
 * not pulled of the one before is passed over, which costs no reading when
 * the archive is indexed.  A damaged header is told in ret->damage and the
 * manifest takes its place; the texts in *ret live until the next call.
 */
int archive_next(struct archive_reader *r, struct archive_member *ret,
		 struct err *e) MUST_CHECK;
/*
 * 1 with the next bytes of the current member, 0 at its end.  Damage in an
 * indexed archive ends with its frame; in a stream it is ERR_FORMAT after
 * everything that could be read before it, and the last that can be had.
 */
int archive_pull(struct archive_reader *r, struct archive_piece *ret,
		 struct err *e) MUST_CHECK;
/*
 * Goes to a member by path: at once when indexed, else forward from where we
 * are.  0 when it is not there.  1 otherwise.
 */
int archive_find(struct archive_reader *r, const char *member,
		 struct archive_member *ret, struct err *e) MUST_CHECK;
/*
 * The next pull starts at `offset`, which is neither before the current place
 * nor behind the end of the member (ERR_USAGE).
 */
int archive_skip_to(struct archive_reader *r, uint64_t offset,
		    struct err *e) MUST_CHECK;
/*
 * This member ends `length` bytes from here, if not earlier: nothing behind
 * is read ahead.  After archive_skip_to(), before the first pull.
 */
void archive_limit(struct archive_reader *r, uint64_t length);

/*
 * The container itself, once more from its first to its last byte: digest of
 * the file, borders and headers of the frames, seek table, trailer, tar
 * padding (of the members that were pulled before), the end of the tar, and
 * SHA256SUMS against the manifest.  Each complaint is told once; returns how
 * many there were, or an error.  A file with a lost index gets that one
 * complaint; any other stream has nothing to check, so 0.
 */
typedef void archive_complain(void *user, const char *text);
int archive_check_container(struct archive_reader *r, archive_complain *tell,
			    void *user, struct err *e) MUST_CHECK;

#endif
