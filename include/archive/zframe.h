/* SPDX-License-Identifier: BSD-3-Clause */
/* zframe.h - one buffer, one independent zstd frame. */
#ifndef ARCHIVE_ZFRAME_H
#define ARCHIVE_ZFRAME_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Nothing in a frame may claim more than this, in either form. */
#define ZFRAME_CONTENT_MAX ((size_t)16 << 20)

/* One for each thread; frames do not depend on what was done before. */
struct zframe_enc;
struct zframe_dec;

int zframe_enc_new(int level, struct zframe_enc **ret,
		   struct err *e) MUST_CHECK;
void zframe_enc_free(struct zframe_enc *z);
/* The most that n bytes can become. */
size_t zframe_bound(size_t n);
/* With content size and checksum in the frame, no window, no dictionary. */
int zframe_encode(struct zframe_enc *z, const void *p, size_t n, void *out,
		  size_t cap, size_t *ret_len, struct err *e) MUST_CHECK;

int zframe_dec_new(struct zframe_dec **ret, struct err *e) MUST_CHECK;
void zframe_dec_free(struct zframe_dec *z);
/*
 * Foreign bytes.  What is wrong with the n bytes as one whole frame that
 * becomes exactly `content` bytes, without decompressing it; NULL: nothing.
 */
const char *zframe_check(const void *p, size_t n, size_t content);
/* Bytes of the whole frame that begins here, 0: none does. */
size_t zframe_length(const void *p, size_t n);
/* The same as zframe_check(), and decompresses to out, which has room for
 * `content` bytes. */
const char *zframe_decode(struct zframe_dec *z, const void *p, size_t n,
			  void *out, size_t content);

#endif
