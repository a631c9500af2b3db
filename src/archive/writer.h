/* SPDX-License-Identifier: BSD-3-Clause */
/* writer.h - inside of the archive writer: members here, the end there. */
#ifndef SRC_ARCHIVE_WRITER_H
#define SRC_ARCHIVE_WRITER_H

#include "archive/archive.h"
#include "archive/seektable.h"
#include "base/block.h"
#include "base/file.h"
#include "base/ring.h"
#include "base/sha256.h"

#include <xxhash.h>

#include <pthread.h>
#include <stdatomic.h>

enum slot_kind {
	SLOT_HEADER, /* a tar header: starts a digest */
	SLOT_BODY,   /* bytes of a member, perhaps with padding */
	SLOT_END,    /* the end of the tar */
};

struct slot {
	struct block block; /* first: archive_put() finds the slot by it */
	enum slot_kind kind;
	size_t raw_len; /* block.used and padding */
	uint8_t *out;
	size_t out_len;
};

/* What was written; becomes SHA256SUMS. */
struct written_member {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
	uint32_t first_frame, frames;
};

struct archive_writer {
	struct ring *ring;
	unsigned threads, nslots;
	struct slot *slots;
	struct zframe_enc **enc; /* one for each worker */
	size_t out_cap;

	/* Of the writer thread; ours when the ring is empty. */
	struct outfile *file;
	struct sha256 *sha;
	XXH64_state_t *xxh;
	struct seektable table;
	_Atomic uint64_t size; /* for anyone */

	pthread_t writer;
	bool has_writer;

	/* The member that is being written. */
	bool open, held, finished;
	struct written_member now;
	uint64_t done;

	struct written_member *members;
	size_t nmembers, members_cap;
};

/* A whole member out of memory, up to and without writer_end(). */
int writer_add(struct archive_writer *w, const char *member, const void *p,
	       size_t n, struct err *e) MUST_CHECK;
/* Waits until it is written, and takes its digest. */
int writer_end(struct archive_writer *w, struct err *e) MUST_CHECK;
/* The two zero blocks that end a tar; waits until they are written. */
int writer_send_end(struct archive_writer *w, struct err *e) MUST_CHECK;
/* Everything put is written, then the threads are gone. */
void writer_stop(struct archive_writer *w);

#endif
