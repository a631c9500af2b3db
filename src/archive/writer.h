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
#include "journal_file.h"

#include <xxhash.h>

#include <pthread.h>
#include <stdatomic.h>

enum slot_kind {
	SLOT_HEADER, /* a tar header: starts a digest */
	SLOT_BODY,   /* bytes of a member, perhaps with padding */
	SLOT_END,    /* the end of the tar */
	SLOT_CALL,   /* no frame: something to be done in between */
};

/* What the thread that writes does; on whose side a disk may hang. */
typedef int writer_work(void *arg, struct err *e);

struct slot {
	struct block block; /* first: archive_put() finds the slot by it */
	enum slot_kind kind;
	size_t raw_len; /* block.used and padding */
	uint8_t *out;
	size_t out_len;
	struct strbuf
		notes; /* for the journal, before the frame: a line each */
	writer_work *call;
	void *arg;
};

/* What was written; becomes SHA256SUMS. */
struct written_member {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
	uint32_t first_frame, frames;
};

/* XXH64 of the compressed bytes of each frame. */
struct frame_digests {
	uint64_t *v;
	uint32_t count;
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
	XXH64_state_t *xxh_begin; /* before the header of the open member */
	struct seektable table;
	struct frame_digests digests; /* one for each row of the table */
	unsigned unsynced;	      /* frames since the last sync */
	_Atomic uint64_t size;	      /* for anyone */

	struct journal_file *journal; /* NULL: the file has no name */
	struct strbuf notes;	      /* that wait for the next slot */
	atomic_bool calling;	      /* writer_call() goes on */
	int call_rc;		      /* of the last one */
	struct err call_err;
	bool finishing; /* what comes now is made anew after a resume */

	pthread_t writer;
	bool has_writer;
	bool left; /* the writer does not come back from the disk */
	struct watch watch;

	/* The member that is being written. */
	bool open, held, finished;
	bool mended; /* what is stored of it is not what was put */
	struct written_member now;
	uint64_t done;

	struct written_member *members;
	size_t nmembers, members_cap;
};

/* All but the file and the thread that writes. */
int writer_new(const struct archive_options *o, struct archive_writer **ret,
	       struct err *e) MUST_CHECK;
/* An empty one; NULL: failed. */
struct slot *writer_slot(struct archive_writer *w, enum slot_kind kind,
			 struct err *e);
/* The whole way of a filled slot; without threads it is gone after it. */
int writer_send(struct archive_writer *w, struct slot *s,
		struct err *e) MUST_CHECK;
/*
 * Does that where blocks are written, behind all of them, and waits as for
 * blocks; no block may be out.  Its failure is not that of the writer.  After
 * a failure w->calling says that it hangs: then `arg` must stay.
 */
int writer_call(struct archive_writer *w, writer_work *work, void *arg,
		struct err *e) MUST_CHECK;
/* Last: from here on blocks can be put. */
int writer_start(struct archive_writer *w, struct err *e) MUST_CHECK;
/* A frame that is in the file now. */
bool digests_add(struct frame_digests *d, uint64_t digest);
int writer_remember(struct archive_writer *w, const struct written_member *m,
		    struct err *e) MUST_CHECK;
void writer_tell(const struct written_member *m, struct manifest_part *ret);
/* Reads frame number `frame` back; ERR_IO when its digest is another one. */
int writer_frame(struct archive_writer *w, uint32_t frame, uint8_t *packed,
		 struct err *e) MUST_CHECK;
/* Archive and journal are on disk after this. */
int writer_sync(struct archive_writer *w, struct err *e) MUST_CHECK;
/* The name of the file that keeps a mend; the caller frees it. */
char *writer_spool_name(const char *partial);
/* Bytes of the member in block `i` of it, without padding. */
size_t writer_block_len(uint64_t size, uint64_t i);

/* A whole member out of memory, up to and without writer_end(). */
int writer_add(struct archive_writer *w, const char *member, const void *p,
	       size_t n, struct err *e) MUST_CHECK;
/* Waits until it is written, and takes its digest. */
int writer_end(struct archive_writer *w, struct err *e) MUST_CHECK;
/* The two zero blocks that end a tar; waits until they are written. */
int writer_send_end(struct archive_writer *w, struct err *e) MUST_CHECK;
/*
 * Everything put is written, then the thread is gone; or w->left, where what
 * takes the bytes hangs.
 */
void writer_stop(struct archive_writer *w);

#endif
