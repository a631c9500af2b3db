/* SPDX-License-Identifier: BSD-3-Clause */
/* cat.c - a range of a member to a file descriptor. */
#include "base/file.h"
#include "base/text.h"
#include "job/archive_jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A partition's name, its member path, or the path as it is. */
static int find_member(struct archive_reader *r, const char *name,
		       struct archive_member *ret, struct err *e)
{
	const struct manifest *m = archive_manifest(r);
	const struct manifest_part *p = m ? manifest_find(m, name) : NULL;
	int rc;

	if (p)
		return archive_find(r, p->member, ret, e);
	if (archive_is_indexed(r))
		return archive_find(r, name, ret, e);
	/* A stream shows its members only by passing. */
	while ((rc = archive_next(r, ret, e)) > 0)
		if (ret->is_file && job_member_fits(name, ret->name))
			return 1;
	return rc;
}

static bool wants_an_end(void *user)
{
	struct err ignored;

	return job_go_on(user, &ignored) < 0;
}

static int copy_range(struct archive_reader *r, uint64_t left, int fd,
		      const struct job_events *ev, struct err *e)
{
	while (left > 0) {
		struct archive_piece p;
		size_t n;
		int rc = job_go_on(ev, e);

		if (rc == 0)
			rc = archive_pull(r, &p, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return err_set(e, ERR_FORMAT,
				       "it ends %" PRIu64 " bytes too early",
				       left);
		if (p.damage)
			return err_set(e, ERR_MISMATCH,
				       "%zu bytes at 0x%" PRIx64
				       " are damaged: %s",
				       p.len, p.offset, p.damage);
		n = p.len < left ? p.len : (size_t)left;
		if (file_write_until(fd, p.data, n, wants_an_end,
				     (void *)(uintptr_t)ev, e) < 0)
			return -(int)e->code;
		left -= n;
	}
	return 0;
}

static int cat_member(struct archive_reader *r, const char *name,
		      uint64_t offset, uint64_t length, int fd,
		      const struct job_events *ev, struct err *e)
{
	struct archive_member m;
	int rc = find_member(r, name, &m, e);

	if (rc < 0)
		return rc;
	if (rc == 0) {
		rc = err_set(e, ERR_USAGE, "the archive holds no '%s'", name);
		err_hint(e, "'spdvault list ARCHIVE' shows what it holds");
		return rc;
	}
	if (m.damage)
		return err_set(e, ERR_MISMATCH, "%s", m.damage);
	if (offset > m.size)
		return err_set(e, ERR_USAGE,
			       "'%s' has %" PRIu64 " bytes, and ends before "
			       "byte %" PRIu64,
			       name, m.size, offset);
	if (length > m.size - offset)
		return err_set(e, ERR_USAGE,
			       "'%s' has %" PRIu64 " bytes; %" PRIu64
			       " from %" PRIu64 " are not all inside",
			       name, m.size, length, offset);
	if (length == 0)
		length = m.size - offset;
	rc = archive_skip_to(r, offset, e);
	if (rc < 0)
		return rc;
	archive_limit(r, length);
	return copy_range(r, length, fd, ev, e);
}

int job_cat(const char *path, const char *name, uint64_t offset,
	    uint64_t length, int fd, const struct job_events *ev, struct err *e)
{
	struct archive_reader *r;
	int rc = archive_open(path, archive_default_threads(), &r, e);

	if (rc < 0)
		return rc;
	rc = cat_member(r, name, offset, length, fd, ev, e);
	archive_close(r);
	return rc;
}
