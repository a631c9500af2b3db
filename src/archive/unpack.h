/* SPDX-License-Identifier: BSD-3-Clause */
/* unpack.h - the bytes of a file, with zstd taken off, to the last good one. */
#ifndef SRC_ARCHIVE_UNPACK_H
#define SRC_ARCHIVE_UNPACK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

/* Takes over fd, also on failure. */
int source_open(int fd, struct source **ret, struct err *e) MUST_CHECK;
void source_close(struct source *s);
/* True: source_read() decompresses.  Else it hands out what is there. */
bool source_is_zstd(const struct source *s);
/*
 * 1 with the next bytes, valid until the next call; 0 at the end.  A failure
 * comes after all bytes before it, and then again and again.
 */
int source_read(struct source *s, const uint8_t **ret, size_t *ret_len,
		struct err *e) MUST_CHECK;
/* The failure that source_read() has told, or NULL. */
const struct err *source_failure(const struct source *s);

#endif
