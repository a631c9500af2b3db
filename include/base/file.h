/* SPDX-License-Identifier: BSD-3-Clause */
/* file.h - files that are whole or not there. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"
#include "base/watch.h"

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
/*
 * The same for what may be a pipe that nobody reads: stop(user) is asked four
 * times a second while it takes nothing, and ends it with ERR_CANCELLED.
 */
int file_write_until(int fd, const void *p, size_t n, bool (*stop)(void *user),
		     void *user, struct err *e) MUST_CHECK;
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
 * ERR_EXISTS when path, or its .partial (e->sys is EEXIST then), is there and
 * force is not set.
 * Takes a lock, so that two processes never write the same file.
 */
int outfile_open(const char *path, bool force, struct outfile **ret,
		 struct err *e) MUST_CHECK;
/*
 * The .partial that an earlier run left, unchanged, to go on behind its last
 * byte; replace: an existing path may be replaced in the end.  ERR_EXISTS when
 * another process has it.
 */
int outfile_reopen(const char *path, bool replace, struct outfile **ret,
		   struct err *e) MUST_CHECK;
/* A file with a name of its own: it can be read, cut and synced. */
bool outfile_is_regular(const struct outfile *f);
int outfile_read(struct outfile *f, void *p, size_t n, uint64_t offset,
		 struct err *e) MUST_CHECK;
/* Over bytes that were written before; the next write goes to the end. */
int outfile_patch(struct outfile *f, const void *p, size_t n, uint64_t offset,
		  struct err *e) MUST_CHECK;
/* Forgets all bytes from `size` on; the next are written there. */
int outfile_cut(struct outfile *f, uint64_t size, struct err *e) MUST_CHECK;
/* Room for n more bytes is the file's own after this, if the disk has it. */
int outfile_reserve(struct outfile *f, uint64_t n, struct err *e) MUST_CHECK;
/* The bytes so far are on disk after this. */
int outfile_sync(struct outfile *f, struct err *e) MUST_CHECK;
int outfile_write(struct outfile *f, const void *p, size_t n,
		  struct err *e) MUST_CHECK;
/* As outfile_write(), but runs of zeros become holes where possible. */
int outfile_write_sparse(struct outfile *f, const void *p, size_t n,
			 struct err *e) MUST_CHECK;
/* How outfile_commit() waits for the disk; copied, but not what it names. */
void outfile_set_watch(struct outfile *f, const struct watch *w);
/*
 * For any thread: a write that waits for a pipe's reader ends now, with
 * ERR_CANCELLED, and so does every later one.
 */
void outfile_give_up(struct outfile *f);
/* A thread that a disk does not give back uses f: it stays, also closed. */
void outfile_leave(struct outfile *f);
uint64_t outfile_size(const struct outfile *f);
const char *outfile_partial(const struct outfile *f);
/* fsync, rename, fsync of the folder.  f is still to be closed. */
int outfile_commit(struct outfile *f, struct err *e) MUST_CHECK;
/* Without a commit before: leaves the .partial (keep) or removes it. */
void outfile_close(struct outfile *f, bool keep);

#endif
