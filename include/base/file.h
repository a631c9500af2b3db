/* SPDX-License-Identifier: BSD-3-Clause */
/* file.h - files that are whole or not there. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Close or free when the scope is left; errno stays as it was. */
#define CLEANUP(f) __attribute__((cleanup(f)))
void file_closep(int *fd);
void file_freep(void *p);

/* A whole small file; ERR_FORMAT when it is larger than max.  The caller
 * frees *ret, which has a zero byte behind its *ret_len bytes. */
int file_read_all(const char *path, size_t max, uint8_t **ret, size_t *ret_len,
		  struct err *e) MUST_CHECK;
/* All of it, however many calls that takes. */
int file_write_all(int fd, const void *p, size_t n, struct err *e) MUST_CHECK;
/* Exactly n bytes at offset; a file that ends earlier is ERR_FORMAT. */
int file_pread_all(int fd, void *p, size_t n, uint64_t offset,
		   struct err *e) MUST_CHECK;
/* Bytes that an unprivileged user may still write where path will lie. */
int file_space_for(const char *path, uint64_t *ret, struct err *e) MUST_CHECK;
bool file_is_zero(const void *p, size_t n);

/*
 * An output file: written as NAME.partial, mode 0600, and given its name
 * only when it is complete and on disk.  "-" is standard output and has
 * nothing of this.
 */
struct outfile;

/*
 * ERR_EXISTS when path, or its .partial, is there and force is not set.
 * Takes a lock, so that two processes never write the same file.
 */
int outfile_open(const char *path, bool force, struct outfile **ret,
		 struct err *e) MUST_CHECK;
int outfile_write(struct outfile *f, const void *p, size_t n,
		  struct err *e) MUST_CHECK;
/* As outfile_write(), but runs of zeros become holes where possible. */
int outfile_write_sparse(struct outfile *f, const void *p, size_t n,
			 struct err *e) MUST_CHECK;
uint64_t outfile_size(const struct outfile *f);
const char *outfile_partial(const struct outfile *f);
/* fsync, rename, fsync of the folder.  f is still to be closed. */
int outfile_commit(struct outfile *f, struct err *e) MUST_CHECK;
/* Without a commit before: leaves the .partial (keep) or removes it. */
void outfile_close(struct outfile *f, bool keep);

#endif
