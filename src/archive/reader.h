/* SPDX-License-Identifier: BSD-3-Clause */
/* reader.h - inside of the archive reader: two ways behind one table. */
#ifndef SRC_ARCHIVE_READER_H
#define SRC_ARCHIVE_READER_H

#include "archive/archive.h"
#include "archive/seektable.h"
#include "archive/zframe.h"
#include "base/ring.h"
#include "base/sha256.h"

/* Contracts as of the public functions of the same name. */
struct reader_ops {
	int (*next)(struct archive_reader *r, struct archive_member *ret,
		    struct err *e);
	int (*pull)(struct archive_reader *r, struct archive_piece *ret,
		    struct err *e);
	int (*find)(struct archive_reader *r, const char *member,
		    struct archive_member *ret, struct err *e);
	int (*skip_to)(struct archive_reader *r, uint64_t offset,
		       struct err *e);
	void (*limit)(struct archive_reader *r, uint64_t length);
	int (*check)(struct archive_reader *r, archive_complain *tell,
		     void *user, struct err *e);
	void (*close)(struct archive_reader *r);
};

struct archive_reader {
	const struct reader_ops *ops;
	struct manifest manifest;
	bool has_manifest;
	char lost[sizeof(((struct err *)0)->text)]; /* empty: nothing lost */
};

/* -- by frames ----------------------------------------------------------- */

/* Where one member lies, by manifest and seek table. */
struct place {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
	uint32_t header; /* frame; the body follows */
	uint32_t frames;
	bool bad_padding; /* seen while it was pulled */
};

/* A frame on its way through the ring. */
struct read_slot {
	uint32_t frame;
	uint8_t *data;
	const char *damage; /* a constant text, or NULL */
};

struct indexed {
	struct archive_reader base;
	int fd;
	uint64_t tail_start;
	struct seektable table;
	struct trailer trailer;
	uint8_t manifest_sha256[SHA256_LEN];
	struct place *places;
	size_t nplaces;

	unsigned threads, nslots;
	struct ring *ring;
	struct read_slot *slots;
	struct zframe_dec **dec; /* one for each worker, as the buffers are */
	uint8_t **in;
	size_t *in_cap;

	/* The current member. */
	size_t next_place; /* the one after it */
	struct place *now; /* NULL: none */
	uint64_t at, end;  /* in its bytes */
	uint32_t asked;	   /* the next frame to hand to the ring */
	unsigned waiting;  /* slots in the ring */
	bool holds;	   /* `held` is with the caller */
	unsigned held;
	char damage[sizeof(((struct err *)0)->text)];
};

/* Takes over fd.  ERR_FORMAT: no index that can be used; fd stays open. */
int indexed_open(int fd, uint64_t file_size, unsigned threads,
		 struct archive_reader **ret, struct err *e) MUST_CHECK;
/*
 * One frame into `data`, which has room for what the seek table says, by
 * worker 0 or more.  *ret_damage is NULL or a constant text.
 */
int indexed_read_frame(struct indexed *x, unsigned worker, uint32_t frame,
		       uint8_t *data, const char **ret_damage,
		       struct err *e) MUST_CHECK;
/* Parses and compares the header of a place; damage goes to x->damage. */
int indexed_check_header(struct indexed *x, const struct place *p,
			 struct err *e) MUST_CHECK;
int indexed_check(struct archive_reader *r, archive_complain *tell, void *user,
		  struct err *e) MUST_CHECK;
/* SHA256SUMS as it must be by the manifest; the caller frees it. */
int indexed_expected_sums(const struct indexed *x, char **ret, size_t *ret_len,
			  struct err *e) MUST_CHECK;
/* Fills manifest, table, places of x; fd must be set. */
int indexed_plan(struct indexed *x, uint64_t file_size,
		 struct err *e) MUST_CHECK;
/* Is there a first frame that is the header of our first member? */
bool indexed_begins_as_ours(int fd);

/* -- front to back ------------------------------------------------------- */

/* Takes over fd, also on failure. */
int stream_open(int fd, struct archive_reader **ret, struct err *e) MUST_CHECK;

#endif
