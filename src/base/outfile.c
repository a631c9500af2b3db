/* SPDX-License-Identifier: BSD-3-Clause */
/* outfile.c - an output file that gets its name when it is complete. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READER_MS 60000u /* for somebody to open the other end of a pipe */
#define HOLE_UNIT 4096u	 /* what every common file system can leave out */

struct outfile {
	int fd;
	char *path;    /* NULL: standard output */
	char *partial; /* gone after the commit */
	bool seekable; /* holes are possible */
	bool committed, replace;
	uint64_t size;
	struct watch watch;  /* of the commit */
	atomic_bool give_up; /* nobody reads the pipe, and that is the end */
	bool left;	     /* a thread still waits for the disk */
	bool in_use;	     /* ... and for what is in here */
};

static int refuse_existing(const char *path, struct err *e)
{
	int r = err_set(e, ERR_EXISTS, "'%s' exists already", path);

	err_hint(e, "choose another name, or give --force to replace it");
	return r;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Somebody has to open the other end, and that is not waited for for ever. */
static int open_pipe(struct outfile *f, struct err *e)
{
	const struct timespec slice = { 0, WATCH_SLICE_MS * 1000000L };
	int rc;

	for (unsigned ms = 0; ms <= READER_MS; ms += WATCH_SLICE_MS) {
		f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
		if (f->fd < 0 && errno != ENXIO)
			return err_sys(e, errno, "opening '%s'", f->path);
		if (f->fd >= 0) {
			f->committed = true;
			if (fcntl(f->fd, F_SETFL, O_WRONLY) < 0)
				return err_sys(e, errno, "opening '%s'",
					       f->path);
			return 0;
		}
		if (nanosleep(&slice, NULL) < 0 && errno == EINTR)
			return err_set(e, ERR_CANCELLED,
				       "stopped by the user, before anybody "
				       "read the pipe '%s'",
				       f->path);
	}
	rc = err_set(e, ERR_IO, "nobody reads the pipe '%s' (%u s)", f->path,
		     READER_MS / 1000);
	err_hint(e, "start what reads it first");
	return rc;
}

/* Devices and pipes take bytes, but have no .partial and no rename. */
static int open_special(struct outfile *f, bool is_pipe, struct err *e)
{
	if (is_pipe)
		return open_pipe(f, e);
	f->fd = open(f->path, O_WRONLY | O_CLOEXEC);
	if (f->fd < 0)
		return err_sys(e, errno, "opening '%s'", f->path);
	f->committed = true;
	return 0;
}

static int refuse_other(const char *path, struct err *e)
{
	int r = err_set(e, ERR_EXISTS,
			"another process is writing '%s' right now", path);

	err_hint(e, "wait until it has ended, or choose another name");
	return r;
}

static bool is_being_written(const char *path)
{
	CLEANUP(file_closep)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 &&
	       errno == EWOULDBLOCK;
}

static int refuse_partial(const char *partial, struct err *e)
{
	int r = err_set(e, ERR_EXISTS, "'%s' is left from an interrupted run",
			partial);

	err_hint(e,
		 "look at it with 'spdvault list %s'; then remove it, or give "
		 "--force to replace it",
		 partial);
	e->sys = EEXIST; /* unlike what is in the way for other reasons */
	return r;
}

/* Not removed or renamed by another process before we had the lock? */
static bool is_named(int fd, const char *path)
{
	struct stat st, named;

	return fstat(fd, &st) == 0 && lstat(path, &named) == 0 &&
	       st.st_ino == named.st_ino && st.st_dev == named.st_dev;
}

static int open_partial(struct outfile *f, bool force, struct err *e)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	if (!force) {
		if (exists(f->path))
			return refuse_existing(f->path, e);
		flags |= O_EXCL;
	}
	f->fd = open(f->partial, flags, 0600);
	if (f->fd < 0 && errno == EEXIST)
		return is_being_written(f->partial)
			       ? refuse_other(f->path, e)
			       : refuse_partial(f->partial, e);
	if (f->fd < 0)
		return err_sys(e, errno, "creating '%s'", f->partial);
	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		close(f->fd);
		f->fd = -1; /* not ours: closing must not touch it */
		return refuse_other(f->path, e);
	}
	if (!is_named(f->fd, f->partial)) {
		close(f->fd);
		f->fd = -1;
		return refuse_other(f->path, e);
	}
	if (fchmod(f->fd, 0600) < 0 || ftruncate(f->fd, 0) < 0)
		return err_sys(e, errno, "preparing '%s'", f->partial);
	f->seekable = true;
	return 0;
}

int outfile_open(const char *path, bool force, struct outfile **ret,
		 struct err *e)
{
	struct outfile *f = calloc(1, sizeof(*f));
	struct stat st;
	int r;

	if (!f)
		return err_nomem(e);
	f->fd = -1;
	f->replace = force;
	if (strcmp(path, "-") == 0) {
		f->fd = STDOUT_FILENO;
		f->committed = true;
		*ret = f;
		return 0;
	}
	f->path = strdup(path);
	if (!f->path || asprintf(&f->partial, "%s.partial", path) < 0) {
		f->partial = NULL;
		outfile_close(f, true);
		return err_nomem(e);
	}
	if (stat(path, &st) == 0 &&
	    (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		r = open_special(f, S_ISFIFO(st.st_mode), e);
	else
		r = open_partial(f, force, e);
	if (r < 0) {
		outfile_close(f, true);
		return r;
	}
	*ret = f;
	return 0;
}

/* Ours alone, and still the file that has this name. */
static int take_partial(struct outfile *f, struct err *e)
{
	struct stat st;

	f->fd = open(f->partial, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f->fd < 0)
		return err_sys(e, errno, "opening '%s'", f->partial);
	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return refuse_other(f->path, e);
	if (!is_named(f->fd, f->partial))
		return refuse_other(f->path, e);
	if (fstat(f->fd, &st) < 0)
		return err_sys(e, errno, "looking at '%s'", f->partial);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "'%s' is no file", f->partial);
	f->size = (uint64_t)st.st_size;
	if (lseek(f->fd, 0, SEEK_END) < 0)
		return err_sys(e, errno, "opening '%s'", f->partial);
	return 0;
}

int outfile_reopen(const char *path, bool replace, struct outfile **ret,
		   struct err *e)
{
	struct outfile *f = calloc(1, sizeof(*f));

	if (!f)
		return err_nomem(e);
	f->fd = -1;
	f->replace = replace;
	f->seekable = true;
	f->path = strdup(path);
	if (!f->path || asprintf(&f->partial, "%s.partial", path) < 0) {
		f->partial = NULL;
		outfile_close(f, true);
		return err_nomem(e);
	}
	if (take_partial(f, e) < 0) {
		file_closep(&f->fd);
		f->fd = -1; /* not ours: closing must not touch it */
		outfile_close(f, true);
		return -(int)e->code;
	}
	*ret = f;
	return 0;
}

static const char *shown_name(const struct outfile *f)
{
	if (!f->path)
		return "standard output";
	return f->committed ? f->path : f->partial;
}

static bool gave_up(void *user)
{
	struct outfile *f = user;

	return atomic_load(&f->give_up);
}

int outfile_write(struct outfile *f, const void *p, size_t n, struct err *e)
{
	int rc = f->seekable ? file_write_all(f->fd, p, n, e)
			     : file_write_until(f->fd, p, n, gave_up, f, e);

	if (rc < 0)
		return err_context(e, "%s", shown_name(f));
	f->size += n;
	return 0;
}

int outfile_write_sparse(struct outfile *f, const void *p, size_t n,
			 struct err *e)
{
	const uint8_t *in = p;

	if (!f->seekable)
		return outfile_write(f, p, n, e);
	while (n > 0) {
		size_t unit = HOLE_UNIT - (size_t)(f->size % HOLE_UNIT);
		size_t run = 0;
		bool zero;

		if (unit > n)
			unit = n;
		zero = file_is_zero(in, unit);
		do {
			run += unit;
			unit = n - run < HOLE_UNIT ? n - run : HOLE_UNIT;
		} while (run < n && file_is_zero(in + run, unit) == zero);

		if (!zero) {
			if (outfile_write(f, in, run, e) < 0)
				return -(int)e->code;
		} else {
			if (lseek(f->fd, (off_t)run, SEEK_CUR) < 0)
				return err_sys(e, errno, "leaving a hole in %s",
					       shown_name(f));
			f->size += run;
		}
		in += run;
		n -= run;
	}
	return 0;
}

bool outfile_is_regular(const struct outfile *f)
{
	return f->partial && f->seekable;
}

int outfile_read(struct outfile *f, void *p, size_t n, uint64_t offset,
		 struct err *e)
{
	if (file_pread_all(f->fd, p, n, offset, e) < 0)
		return err_context(e, "%s", shown_name(f));
	return 0;
}

int outfile_patch(struct outfile *f, const void *p, size_t n, uint64_t offset,
		  struct err *e)
{
	/* A hole at the end is there only when the length says so. */
	if (ftruncate(f->fd, (off_t)f->size) < 0 ||
	    lseek(f->fd, (off_t)offset, SEEK_SET) < 0)
		return err_sys(e, errno, "going back in '%s'", shown_name(f));
	if (file_write_all(f->fd, p, n, e) < 0)
		return err_context(e, "%s", shown_name(f));
	if (lseek(f->fd, (off_t)f->size, SEEK_SET) < 0)
		return err_sys(e, errno, "going on in '%s'", shown_name(f));
	return 0;
}

int outfile_cut(struct outfile *f, uint64_t size, struct err *e)
{
	if (ftruncate(f->fd, (off_t)size) < 0 ||
	    lseek(f->fd, (off_t)size, SEEK_SET) < 0)
		return err_sys(e, errno, "cutting '%s'", shown_name(f));
	f->size = size;
	return 0;
}

int outfile_reserve(struct outfile *f, uint64_t n, struct err *e)
{
	/* What a file system cannot promise is seen when it is written. */
	if (n &&
	    fallocate(f->fd, FALLOC_FL_KEEP_SIZE, (off_t)f->size, (off_t)n) <
		    0 &&
	    (errno == ENOSPC || errno == EFBIG || errno == EDQUOT))
		return err_sys(e, errno, "making room in '%s'", shown_name(f));
	return 0;
}

int outfile_sync(struct outfile *f, struct err *e)
{
	/* EINVAL: a file system that has nothing to sync. */
	if (fdatasync(f->fd) < 0 && errno != EINVAL)
		return err_sys(e, errno, "writing '%s' to disk", shown_name(f));
	return 0;
}

void outfile_set_watch(struct outfile *f, const struct watch *w)
{
	f->watch = *w;
}

void outfile_give_up(struct outfile *f)
{
	atomic_store(&f->give_up, true);
}

void outfile_leave(struct outfile *f)
{
	f->in_use = true;
}

uint64_t outfile_size(const struct outfile *f)
{
	return f->size;
}

const char *outfile_partial(const struct outfile *f)
{
	return f->partial ? f->partial : shown_name(f);
}

/*
 * The new name itself must survive a power cut.  Opened before there is one:
 * what can fail, fails first.  *ret is -1 for a folder that may not be read.
 */
static int open_folder(const char *path, int *ret, struct err *e)
{
	CLEANUP(file_freep) char *copy = strdup(path);

	if (!copy)
		return err_nomem(e);
	*ret = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

struct syncing {
	int fd, sys; /* sys: errno, or 0 */
};

static void *sync_main(void *arg)
{
	struct syncing *s = arg;

	s->sys = fsync(s->fd) < 0 ? errno : 0;
	return NULL;
}

/* All that the system still held back goes to the disk now: minutes, maybe. */
static int sync_watched(struct outfile *f, struct err *e)
{
	struct syncing *s = malloc(sizeof(*s));
	pthread_t thread;
	int sys;

	if (!s)
		return err_nomem(e);
	s->fd = f->fd;
	sys = pthread_create(&thread, NULL, sync_main, s);
	if (sys) {
		sync_main(s);
	} else if (watch_join(thread, &f->watch, e) < 0) {
		f->left = true;
		return -(int)e->code;
	}
	sys = s->sys;
	free(s);
	return sys ? err_sys(e, sys, "writing '%s' to disk", f->partial) : 0;
}

int outfile_commit(struct outfile *f, struct err *e)
{
	unsigned flags = f->replace ? 0 : RENAME_NOREPLACE;
	CLEANUP(file_closep) int folder = -1;
	int r;

	if (f->committed)
		return 0;
	/* A hole at the end is not there until the length says so. */
	if (ftruncate(f->fd, (off_t)f->size) < 0)
		return err_sys(e, errno, "writing '%s' to disk", f->partial);
	if (sync_watched(f, e) < 0 || open_folder(f->path, &folder, e) < 0)
		return -(int)e->code;
	r = renameat2(AT_FDCWD, f->partial, AT_FDCWD, f->path, flags);
	if (r < 0 && errno == EINVAL && !exists(f->path))
		r = rename(f->partial, f->path); /* no such flag here (vfat) */
	if (r < 0 && errno == EEXIST)
		return refuse_existing(f->path, e);
	if (r < 0)
		return err_sys(e, errno, "renaming '%s'", f->partial);
	f->committed = true;
	if (folder >= 0 && fsync(folder) < 0 && errno != EINVAL)
		return err_sys(e, errno, "syncing the folder of '%s'", f->path);
	return 0;
}

void outfile_close(struct outfile *f, bool keep)
{
	struct err ignored;

	if (!f || f->in_use)
		return;
	if (f->fd >= 0 && !f->committed) {
		/* Best effort: the caller already reports a failure. */
		if (keep && !f->left && ftruncate(f->fd, (off_t)f->size) == 0 &&
		    sync_watched(f, &ignored) < 0)
			ignored.code = ERR_NONE;
		if (!keep && f->partial)
			unlink(f->partial);
	}
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	free(f->path);
	free(f->partial);
	free(f);
}
