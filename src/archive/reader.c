/* SPDX-License-Identifier: BSD-3-Clause */
/* reader.c - decides how a file is read, and passes the calls on. */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(int fd, unsigned threads, struct archive_reader **ret,
		     struct err *e)
{
	struct err why;
	struct stat st;
	bool ours;

	if (fstat(fd, &st) < 0) {
		int sys = errno;

		close(fd);
		return err_sys(e, sys, "asking for the size");
	}
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_FORMAT, "it is a folder");
	}
	if (S_ISREG(st.st_mode) && st.st_size == 0) {
		close(fd);
		return err_set(e, ERR_FORMAT, "it is empty");
	}
	if (!S_ISREG(st.st_mode))
		return stream_open(fd, ret, e);
	if (indexed_open(fd, (uint64_t)st.st_size, threads, ret, &why) == 0)
		return 0;
	if (why.code != ERR_FORMAT) {
		close(fd);
		*e = why;
		return -(int)e->code;
	}
	ours = indexed_begins_as_ours(fd);
	if (stream_open(fd, ret, e) < 0)
		return -(int)e->code;
	if (ours)
		memcpy((*ret)->lost, why.text, sizeof((*ret)->lost));
	return 0;
}

int archive_open(const char *path, unsigned threads,
		 struct archive_reader **ret, struct err *e)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return err_sys(e, errno, "reading standard input");
		if (stream_open(fd, ret, e) < 0)
			return err_context(e, "standard input");
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == EINTR) {
		/* Only a pipe lets one wait here. */
		(void)!err_set(e, ERR_CANCELLED,
			       "interrupted while nobody wrote into '%s'",
			       path);
		err_hint(e, "start what writes into the pipe first");
		return -(int)e->code;
	}
	if (fd < 0)
		return err_sys(e, errno, "opening '%s'", path);
	if (open_file(fd, threads, ret, e) < 0)
		return err_context(e, "'%s'", path);
	return 0;
}

void archive_close(struct archive_reader *r)
{
	if (!r)
		return;
	if (r->has_manifest)
		manifest_free(&r->manifest);
	r->ops->close(r);
}

const char *archive_lost_index(const struct archive_reader *r)
{
	return r->lost[0] ? r->lost : NULL;
}

const struct manifest *archive_manifest(const struct archive_reader *r)
{
	return r->has_manifest ? &r->manifest : NULL;
}

int archive_next(struct archive_reader *r, struct archive_member *ret,
		 struct err *e)
{
	return r->ops->next(r, ret, e);
}

int archive_pull(struct archive_reader *r, struct archive_piece *ret,
		 struct err *e)
{
	return r->ops->pull(r, ret, e);
}

int archive_find(struct archive_reader *r, const char *member,
		 struct archive_member *ret, struct err *e)
{
	return r->ops->find(r, member, ret, e);
}

int archive_skip_to(struct archive_reader *r, uint64_t offset, struct err *e)
{
	return r->ops->skip_to(r, offset, e);
}

void archive_limit(struct archive_reader *r, uint64_t length)
{
	r->ops->limit(r, length);
}

int archive_check_container(struct archive_reader *r, archive_complain *tell,
			    void *user, struct err *e)
{
	return r->ops->check(r, tell, user, e);
}
