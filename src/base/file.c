/* SPDX-License-Identifier: BSD-3-Clause */
/* file.c - reading and writing files, without an end in between. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void file_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

void file_freep(void *p)
{
	free(*(void **)p);
}

int file_read_all(const char *path, size_t max, uint8_t **ret, size_t *ret_len,
		  struct err *e)
{
	CLEANUP(file_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(file_freep) uint8_t *buf = NULL;
	size_t cap = 0, len = 0;

	if (fd < 0)
		return err_sys(e, errno, "opening '%s'", path);
	for (;;) {
		ssize_t n;

		if (len == cap) {
			uint8_t *more;

			if (cap > max)
				return err_set(e, ERR_FORMAT,
					       "'%s' is larger than the limit "
					       "of %zu bytes",
					       path, max);
			cap = cap ? cap * 2 : 65536;
			if (cap > max)
				cap = max + 1;
			more = realloc(buf, cap + 1);
			if (!more)
				return err_nomem(e);
			buf = more;
		}
		n = read(fd, buf + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "reading '%s'", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > max)
		return err_set(e, ERR_FORMAT,
			       "'%s' is larger than the limit of %zu bytes",
			       path, max);
	buf[len] = 0;
	*ret = buf;
	*ret_len = len;
	buf = NULL;
	return 0;
}

int file_write_all(int fd, const void *p, size_t n, struct err *e)
{
	const uint8_t *in = p;

	while (n > 0) {
		ssize_t done = write(fd, in, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(e, errno, "writing %zu bytes", n);
		in += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Files and block devices always take bytes; poll() says so, too. */
static bool may_make_wait(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISBLK(st.st_mode);
}

int file_write_until(int fd, const void *p, size_t n, bool (*stop)(void *user),
		     void *user, struct err *e)
{
	const uint8_t *in = p;

	if (!may_make_wait(fd))
		return file_write_all(fd, p, n, e);
	while (n > 0) {
		struct pollfd out = { .fd = fd, .events = POLLOUT };
		/* A pipe that is ready takes that much without a wait. */
		size_t piece = n < PIPE_BUF ? n : PIPE_BUF;

		if (poll(&out, 1, WATCH_SLICE_MS) <= 0) {
			if (stop(user))
				return err_set(e, ERR_CANCELLED,
					       "stopped while nobody took the "
					       "bytes");
			continue;
		}
		if (file_write_all(fd, in, piece, e) < 0)
			return -(int)e->code;
		in += piece;
		n -= piece;
	}
	return 0;
}

int file_pread_all(int fd, void *p, size_t n, uint64_t offset, struct err *e)
{
	uint8_t *out = p;

	while (n > 0) {
		ssize_t done = pread(fd, out, n, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(e, errno,
				       "reading %zu bytes at 0x%" PRIx64, n,
				       offset);
		if (done == 0)
			return err_set(e, ERR_FORMAT,
				       "the file ends at 0x%" PRIx64
				       ", %zu bytes too early",
				       offset, n);
		out += done;
		offset += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

int file_space_for(const char *path, uint64_t *ret, struct err *e)
{
	CLEANUP(file_freep) char *copy = strdup(path);
	struct statvfs fs;

	if (!copy)
		return err_nomem(e);
	if (statvfs(dirname(copy), &fs) < 0)
		return err_sys(e, errno, "looking for free space beside '%s'",
			       path);
	*ret = (uint64_t)fs.f_bavail * fs.f_frsize;
	return 0;
}

bool file_is_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	/* The first byte is zero and each equals the one before it. */
	return n == 0 || (b[0] == 0 && memcmp(b, b + 1, n - 1) == 0);
}
