/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_state.c - what was done to the phone, told before it is done. */
#include "base/file.h"
#include "restore_paper.h"
#include "restore_run.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The folder, so that the name itself outlives a power cut. */
static int sync_folder(const char *path, struct err *e)
{
	CLEANUP(file_freep) char *copy = strdup(path);
	CLEANUP(file_closep) int fd = -1;

	if (!copy)
		return err_nomem(e);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, errno, "the folder of '%s'", path);
	return 0;
}

static int append(struct restore_log *l, const struct strbuf *b, struct err *e)
{
	if (b->failed)
		return err_nomem(e);
	if (file_write_all(l->fd, b->s, b->len, e) < 0)
		return err_context(e, "writing '%s'", l->path);
	if (fsync(l->fd) < 0)
		return err_sys(e, errno, "writing '%s'", l->path);
	return 0;
}

static int busy(const char *path, struct err *e)
{
	int rc =
		err_set(e, ERR_EXISTS, "another process works with '%s'", path);

	err_hint(e, "let it end");
	return rc;
}

static int open_state(struct restore_log *l, const char *path, int flags,
		      struct err *e)
{
	char *copy = strdup(path);
	int rc = 0;

	if (!copy)
		return err_nomem(e);
	l->fd = open(path, flags | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	if (l->fd < 0)
		rc = err_sys(e, errno, "opening '%s'", path);
	else if (flock(l->fd, LOCK_EX | LOCK_NB) < 0)
		rc = busy(path, e);
	if (rc == 0) {
		l->path = copy;
		return 0;
	}
	if (l->fd >= 0)
		close(l->fd);
	free(copy);
	return rc;
}

int restore_state_begin(struct restore *r, const char *path, const char *undo,
			struct err *e)
{
	struct restore_log *l = &r->log;
	struct strbuf b = { 0 };
	int rc = open_state(l, path, O_CREAT | O_EXCL, e);

	if (rc == 0)
		rc = restore_paper_plan(r, &b, &l->chain, e);
	if (rc == 0) {
		journal_line_note(&b, &l->chain, PAPER_SAVING, undo);
		rc = append(l, &b, e);
	}
	if (rc == 0)
		rc = sync_folder(path, e);
	strbuf_free(&b);
	if (rc < 0)
		restore_state_close(r, true);
	return rc;
}

int restore_state_go_on(struct restore *r, const char *path,
			const struct restore_paper *p, struct err *e)
{
	struct restore_log *l = &r->log;

	if (open_state(l, path, 0, e) < 0)
		return -(int)e->code;
	/* A line that was torn says nothing. */
	if (ftruncate(l->fd, (off_t)p->j.length) < 0)
		return err_sys(e, errno, "writing '%s'", path);
	l->chain = p->j.chain;
	return 0;
}

int restore_paper_discard(const char *undo, const char *state, struct err *e)
{
	CLEANUP(file_closep) int fd = open(state, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "opening '%s'", state);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return busy(state, e);
	restore_save_forget(undo);
	(void)unlink(state);
	return 0;
}

int restore_state_note(struct restore *r, struct err *e, const char *kind,
		       const char *fmt, ...)
{
	struct strbuf b = { 0 };
	char text[640];
	va_list ap;
	int rc;

	if (!r->log.path)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	journal_line_note(&b, &r->log.chain, kind, text);
	rc = append(&r->log, &b, e);
	strbuf_free(&b);
	return rc;
}

void restore_state_close(struct restore *r, bool remove)
{
	struct restore_log *l = &r->log;

	if (!l->path)
		return;
	/* Left behind it would only say that all is well. */
	if (remove && unlink(l->path) < 0)
		job_warn(&r->ev, "'%s' could not be removed: %s", l->path,
			 strerror(errno));
	close(l->fd);
	free(l->path);
	memset(l, 0, sizeof(*l));
}
