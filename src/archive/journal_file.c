/* SPDX-License-Identifier: BSD-3-Clause */
/* journal_file.c - a file that only grows, a few whole lines at a time. */
#include "journal_file.h"

#include "base/block.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal_file {
	int fd;
	char *path;
	struct strbuf lines;
	uint64_t chain;
};

char *journal_file_name(const char *partial)
{
	char *path;

	return asprintf(&path, "%s.journal", partial) < 0 ? NULL : path;
}

static int open_file(const char *partial, int flags, struct journal_file **ret,
		     struct err *e)
{
	struct journal_file *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return err_nomem(e);
	f->fd = -1;
	f->path = journal_file_name(partial);
	if (!f->path) {
		journal_file_close(f);
		return err_nomem(e);
	}
	f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (f->fd < 0 || fchmod(f->fd, 0600) < 0) {
		rc = err_sys(e, errno, "opening the journal '%s'", f->path);
		journal_file_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

int journal_file_create(const char *partial, struct journal_file **ret,
			struct err *e)
{
	struct journal_file *f;
	struct strbuf *b;
	uint64_t *chain;

	if (open_file(partial, O_CREAT | O_TRUNC, &f, e) < 0)
		return -(int)e->code;
	b = journal_file_begin(f, &chain);
	journal_line_start(b, chain, BLOCK_SIZE, "spdvault " SPDVAULT_VERSION);
	if (journal_file_flush(f, e) < 0) {
		journal_file_remove(f);
		journal_file_close(f);
		return -(int)e->code;
	}
	*ret = f;
	return 0;
}

int journal_file_continue(const char *partial, const struct journal *j,
			  struct journal_file **ret, struct err *e)
{
	struct journal_file *f;
	int rc;

	if (open_file(partial, 0, &f, e) < 0)
		return -(int)e->code;
	if (ftruncate(f->fd, (off_t)j->length) < 0 ||
	    lseek(f->fd, (off_t)j->length, SEEK_SET) < 0) {
		rc = err_sys(e, errno, "cutting the journal '%s'", f->path);
		journal_file_close(f);
		return rc;
	}
	f->chain = j->chain;
	*ret = f;
	return 0;
}

void journal_file_close(struct journal_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	strbuf_free(&f->lines);
	free(f->path);
	free(f);
}

void journal_file_remove(struct journal_file *f)
{
	unlink(f->path);
}

int journal_file_sync(struct journal_file *f, struct err *e)
{
	/* EINVAL: a file system that has nothing to sync. */
	if (fdatasync(f->fd) < 0 && errno != EINVAL)
		return err_sys(e, errno, "writing '%s' to disk", f->path);
	return 0;
}

struct strbuf *journal_file_begin(struct journal_file *f, uint64_t **ret_chain)
{
	f->lines.len = 0;
	*ret_chain = &f->chain;
	return &f->lines;
}

int journal_file_flush(struct journal_file *f, struct err *e)
{
	int rc;

	if (f->lines.failed)
		rc = err_nomem(e);
	else
		rc = file_write_all(f->fd, f->lines.s, f->lines.len, e);
	if (rc < 0 && e->code != ERR_NOMEM)
		rc = err_context(e, "%s", f->path);
	return rc;
}
