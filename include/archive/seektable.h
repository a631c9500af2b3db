/* SPDX-License-Identifier: BSD-3-Clause */
/* seektable.h - the tail of our file: trailer and seek table, as bytes. */
#ifndef ARCHIVE_SEEKTABLE_H
#define ARCHIVE_SEEKTABLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEKTABLE_FRAMES_MAX (1u << 22) /* 16 TiB in blocks of 4 MiB */
#define TAIL_FOOTER_SIZE     9u		/* the last bytes of the file */
#define TAIL_TRAILER_SIZE    64u

/* Where each data frame lies in the file, and what it holds. */
struct seektable {
	uint64_t *start;   /* count + 1 file offsets; the last one is the end */
	uint32_t *content; /* count decompressed sizes */
	uint32_t count, cap;
};

/* What stands right before the seek table. */
struct trailer {
	uint32_t manifest_frame;  /* the header frame of manifest.json */
	uint64_t manifest_offset; /* the same as a place in the file */
	uint64_t digest;	  /* XXH64 of the file up to the trailer */
};

/* Appends a frame; false when memory or the limit is out. */
bool seektable_add(struct seektable *t, uint32_t compressed, uint32_t content);
void seektable_free(struct seektable *t);
uint32_t seektable_compressed(const struct seektable *t, uint32_t frame);

/* All bytes that follow the data frames; the caller frees *ret. */
int tail_encode(const struct seektable *t, const struct trailer *tr,
		uint8_t **ret, size_t *ret_len, struct err *e) MUST_CHECK;
/*
 * How long the tail of a file is, by its last TAIL_FOOTER_SIZE bytes.
 * ERR_FORMAT when they promise what the file cannot hold.
 */
int tail_measure(const uint8_t *footer, uint64_t file_size, size_t *ret_len,
		 struct err *e) MUST_CHECK;
/*
 * Foreign bytes: exactly the tail as measured.  Every byte of it is checked;
 * on failure nothing is returned and nothing is left to free.
 */
int tail_decode(const uint8_t *p, size_t n, uint64_t file_size,
		struct seektable *ret, struct trailer *ret_trailer,
		struct err *e) MUST_CHECK;

#endif
