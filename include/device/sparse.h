/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sparse.h - Android sparse images between a source and the writer.
 * docs/protocol.md 7.3: a loader expands whatever looks like one, so that a
 * raw dump which begins so has to be wrapped into a second one.
 */
#ifndef DEVICE_SPARSE_H
#define DEVICE_SPARSE_H

#include "base/err.h"
#include "device/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many bytes of the start decide what a loader takes it for. */
#define SPARSE_SEEN 0x21Cu

/* Would a loader expand what begins with these bytes? */
bool sparse_is_expanded(const uint8_t *p, size_t n);
/* Is this the beginning of a sparse image? */
bool sparse_is_image(const uint8_t *p, size_t n);

/*
 * Raw bytes as a sparse image of raw chunks alone: a fill is an erasure to
 * some loaders.  What it becomes on the flash is what the source gives.
 */
struct sparse_wrap {
	struct write_source from;
	uint64_t raw; /* bytes of the source */
	uint64_t at;  /* of these given so far */
	uint8_t head[28 + 12];
	size_t head_at, head_len; /* given of it, and all of it */
	uint64_t chunk;		  /* bytes left in this chunk */
};

/* Bytes of the image made of `raw` bytes; 0: no whole sectors, so none. */
uint64_t sparse_wrapped_size(uint64_t raw);
/* The source of the image; w lives as long as it does. */
struct write_source sparse_wrap_begin(struct sparse_wrap *w,
				      const struct write_source *from,
				      uint64_t raw);

/*
 * The other way: a sparse image to the bytes that it stands for.  What it
 * leaves open (`unsaid` bytes) comes as zeros.
 */
struct sparse_read {
	struct write_source from;
	uint64_t size;	 /* of what it stands for */
	uint64_t unsaid; /* so far */
	/* private from here */
	uint64_t given, left;
	uint32_t block, chunks;
	unsigned type, chunk_head;
	uint8_t fill[4];
};

/* Reads the header from `from`.  ERR_FORMAT: it is none, or a damaged one. */
int sparse_read_begin(struct sparse_read *r, const struct write_source *from,
		      struct err *e) MUST_CHECK;
/*
 * Gives the next n bytes; a struct write_source with r as its user.  Fails
 * with ERR_FORMAT where the image contradicts itself.
 */
int sparse_read_pull(void *r, void *buf, size_t n, struct err *e) MUST_CHECK;
/* When all has been given: nothing may follow that stands for more. */
int sparse_read_end(struct sparse_read *r, struct err *e) MUST_CHECK;

#endif
