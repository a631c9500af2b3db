/* SPDX-License-Identifier: BSD-3-Clause */
/* file_sink.h - blocks into a file and a digest, while others are read. */
#ifndef JOB_FILE_SINK_H
#define JOB_FILE_SINK_H

#include "base/block.h"
#include "base/file.h"
#include "base/sha256.h"

struct file_sink;

/*
 * Borrows f, whose owner does not touch it before file_sink_end(), and has it
 * watched by *w from now on.
 */
int file_sink_new(struct outfile *f, const struct watch *w, bool hash,
		  struct file_sink **ret, struct err *e) MUST_CHECK;
/*
 * Ends the thread, also in the middle; what was put may be lost then.  A
 * thread that a disk does not give back stays, with what it uses, f too.
 */
void file_sink_free(struct file_sink *s);

/* Waits for an empty block.  A failed write of an earlier one comes out here.
 */
int file_sink_get(struct file_sink *s, struct block **ret,
		  struct err *e) MUST_CHECK;
/* Takes back the block that was got last. */
void file_sink_put(struct file_sink *s, struct block *b);
/* For bytes that lie elsewhere: copies them into as many blocks as they need.
 */
int file_sink_write(struct file_sink *s, const void *p, size_t n,
		    struct err *e) MUST_CHECK;
/* Waits until all is written.  sha256: of all of it; NULL without `hash`. */
int file_sink_end(struct file_sink *s, uint8_t sha256[SHA256_LEN],
		  struct err *e) MUST_CHECK;

#endif
