/* SPDX-License-Identifier: BSD-3-Clause */
/* arc.h - small archives in a folder of their own, for tests of the writer. */
#ifndef LIB_ARC_H
#define LIB_ARC_H

#include "archive/archive.h"
#include "lib/unit.h"

/* A folder that is there while the tests run; for group setup and teardown. */
int arc_make_folder(void **state);
int arc_remove_folder(void **state);
/* A path in it; good for the next seven calls. */
const char *arc_path(const char *name);

/* Content: a function of member and offset, half of it compressible. */
void arc_fill(const char *member, uint64_t offset, void *p, size_t n);
/*
 * A member of that content, or of zeros from holes[i][0] on for holes[i][1]
 * bytes, in blocks from `from` on; neither begun nor ended here.
 */
void arc_put(struct archive_writer *w, const char *member, uint64_t size,
	     uint64_t from, const uint64_t (*holes)[2], size_t nholes);
struct archive_writer *arc_create(const char *path, unsigned threads);
/* The manifest of what was written, with one part more for each call. */
void arc_end(struct archive_writer *w, struct manifest *m);
void arc_finish(struct archive_writer *w, struct manifest *m);

/* A whole file; the caller frees *ret. */
void arc_slurp(const char *path, uint8_t **ret, size_t *ret_len);
void arc_spit(const char *path, const void *p, size_t n);
bool arc_exists(const char *path);
void arc_same_files(const char *a, const char *b);

#endif
