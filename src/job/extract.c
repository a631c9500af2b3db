/* SPDX-License-Identifier: BSD-3-Clause */
/* extract.c - members to files, or to a pipe. */
#include "base/file.h"
#include "base/text.h"
#include "file_sink.h"
#include "folder.h"
#include "job/archive_jobs.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NO_PLACE UINT64_MAX

struct unpack {
	const struct extract_request *q;
	const struct job_events *ev;
	struct extract_result *res;
	struct archive_reader *r;
	bool *used; /* which of the globs fitted something */
	struct job_progress pr;
	bool stream; /* no manifest at the start: it may stand behind */
	struct taken *taken;
	size_t ntaken;
};

/* Of a stream: what was taken out, for the manifest that may come behind. */
struct taken {
	char member[MEMBER_NAME_MAX];
	char *path; /* its file; NULL: it has been judged already */
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
};

#define TAKEN_MAX (MANIFEST_PARTS_MAX + 16) /* no manifest of ours has more */

bool job_member_fits(const char *glob, const char *member)
{
	const char *base = strrchr(member, '/');
	char part[MEMBER_NAME_MAX];
	size_t n;

	base = base ? base + 1 : member;
	if (fnmatch(glob, member, 0) == 0 || fnmatch(glob, base, 0) == 0)
		return true;
	text_copy(part, sizeof(part), base);
	n = strlen(part);
	if (n > 4 && strcmp(part + n - 4, ".img") == 0)
		part[n - 4] = '\0';
	return fnmatch(glob, part, 0) == 0;
}

static bool is_wanted(struct unpack *u, const char *member)
{
	bool wanted = u->q->nnames == 0;

	for (size_t i = 0; i < u->q->nnames; i++) {
		if (!job_member_fits(u->q->names[i], member))
			continue;
		u->used[i] = true;
		wanted = true;
	}
	return wanted;
}

static int differ(struct unpack *u, const char *member, uint64_t offset,
		  uint64_t length, const char *what)
{
	if (u->ev->difference)
		u->ev->difference(u->ev->user, member, offset, length, what);
	return 0;
}

/* Folders on the way: made by us or real, never a link to elsewhere. */
static int make_folders(char *path, size_t from, struct err *e)
{
	for (char *p = path + from; *p; p++) {
		struct stat st;

		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return err_sys(e, errno, "making the folder '%s'",
				       path);
		if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			return folder_in_the_way(path, e);
		*p = '/';
	}
	return 0;
}

/* *ret_whole: none of the current member's bytes was damaged. */
static int copy_pieces(struct unpack *u, const struct archive_member *m,
		       struct file_sink *sink, bool *ret_whole, struct err *e)
{
	static const uint8_t zeros[65536];
	struct archive_piece p;
	int rc;

	*ret_whole = true;
	for (;;) {
		rc = job_go_on(u->ev, e);
		if (rc == 0)
			rc = archive_pull(u->r, &p, e);
		if (rc <= 0)
			return rc;
		if (p.damage) {
			*ret_whole = false;
			differ(u, m->name, p.offset, p.len, p.damage);
		}
		for (size_t at = 0; p.damage && at < p.len;
		     at += sizeof(zeros)) {
			size_t n = p.len - at < sizeof(zeros) ? p.len - at
							      : sizeof(zeros);

			if (file_sink_write(sink, zeros, n, e) < 0)
				return -(int)e->code;
		}
		if (!p.damage && file_sink_write(sink, p.data, p.len, e) < 0)
			return -(int)e->code;
		u->pr.done = p.offset + p.len;
		u->pr.all_done += p.len;
		job_progress(u->ev, &u->pr);
	}
}

/* Into the file, whose disk may hang; the digest is that of what came there. */
static int copy_member(struct unpack *u, const struct archive_member *m,
		       struct outfile *out, bool *ret_whole,
		       uint8_t sha256[SHA256_LEN], struct err *e)
{
	const struct watch w = job_watch(u->ev, outfile_partial(out));
	struct file_sink *sink;
	struct err later;
	int rc, ended;

	if (file_sink_new(out, &w, true, &sink, e) < 0)
		return -(int)e->code;
	rc = copy_pieces(u, m, sink, ret_whole, e);
	ended = file_sink_end(sink, sha256, rc < 0 ? &later : e);
	file_sink_free(sink);
	return rc < 0 ? rc : ended;
}

static bool is_promised(struct unpack *u, const char *member,
			const uint8_t sha256[SHA256_LEN])
{
	const struct manifest *mf = archive_manifest(u->r);
	const struct manifest_part *p = mf ? manifest_find(mf, member) : NULL;

	if (!p || memcmp(p->sha256, sha256, SHA256_LEN) == 0)
		return true;
	differ(u, member, NO_PLACE, 0,
	       "its SHA-256 is not the one in the manifest");
	return false;
}

/* *ret is NULL where there is nothing to remember. */
static int remember(struct unpack *u, const struct archive_member *m,
		    struct taken **ret, struct err *e)
{
	struct taken *more;

	*ret = NULL;
	if (!u->stream || u->ntaken == TAKEN_MAX)
		return 0;
	more = realloc(u->taken, (u->ntaken + 1) * sizeof(*more));
	if (!more)
		return err_nomem(e);
	u->taken = more;
	*ret = &more[u->ntaken++];
	memset(*ret, 0, sizeof(**ret));
	text_copy((*ret)->member, sizeof((*ret)->member), m->name);
	(*ret)->size = m->size;
	return 0;
}

/* Another copy of the member gets the name: those of before are not judged. */
static void forget_older(struct unpack *u, const char *member)
{
	for (size_t i = 0; i < u->ntaken; i++) {
		if (strcmp(u->taken[i].member, member) != 0)
			continue;
		free(u->taken[i].path);
		u->taken[i].path = NULL;
	}
}

static int extract_to(struct unpack *u, const struct archive_member *m,
		      const char *path, struct outfile *out, struct err *e)
{
	uint8_t sum[SHA256_LEN];
	struct taken *t;
	bool good = false;
	int rc = remember(u, m, &t, e);

	if (rc == 0)
		rc = copy_member(u, m, out, &good, sum, e);
	if (rc < 0)
		return rc;
	good = good && is_promised(u, m->name, sum);
	if (good)
		forget_older(u, m->name);
	if (good && t && !archive_manifest(u->r)) {
		memcpy(t->sha256, sum, sizeof(sum));
		t->path = strdup(path);
		if (!t->path)
			return err_nomem(e);
	}
	if (!good) {
		u->res->damaged++;
		job_warn(u->ev, "'%s' is left as '%s'", m->name,
			 outfile_partial(out));
		return 0;
	}
	u->res->files++;
	u->res->bytes += m->size;
	return outfile_commit(out, e);
}

static int extract_member(struct unpack *u, const struct archive_member *m,
			  struct err *e)
{
	CLEANUP(file_freep) char *path = NULL;
	struct outfile *out;
	int rc;

	if (m->unsafe) {
		u->res->damaged++;
		return differ(u, m->name, NO_PLACE, 0, m->unsafe);
	}
	if (asprintf(&path, "%s/%s", u->q->dir, m->name) < 0) {
		path = NULL;
		return err_nomem(e);
	}
	if (make_folders(path, strlen(u->q->dir) + 1, e) < 0 ||
	    outfile_open(path, u->q->force, &out, e) < 0)
		return -(int)e->code;
	u->pr.part = m->name;
	u->pr.number++;
	u->pr.done = 0;
	u->pr.total = m->size;
	rc = extract_to(u, m, path, out, e);
	outfile_close(out, true);
	return rc;
}

/* It has its name already, and does not deserve it. */
static int take_name_back(struct unpack *u, const struct taken *t,
			  struct err *e)
{
	char *partial;
	int rc = 0;

	if (asprintf(&partial, "%s.partial", t->path) < 0)
		return err_nomem(e);
	if (rename(t->path, partial) < 0)
		rc = err_sys(e, errno, "renaming '%s'", t->path);
	else
		job_warn(u->ev, "'%s' is left as '%s'", t->member, partial);
	free(partial);
	u->res->files--;
	u->res->bytes -= t->size;
	u->res->damaged++;
	return rc;
}

static bool was_taken(const struct unpack *u, const char *member)
{
	for (size_t i = 0; i < u->ntaken; i++)
		if (strcmp(u->taken[i].member, member) == 0)
			return true;
	return false;
}

/* A tar that others have packed: its manifest stands behind, or nowhere. */
static int settle(struct unpack *u, struct err *e)
{
	const struct manifest *mf = archive_manifest(u->r);

	if (!mf && u->res->files)
		job_warn(u->ev, "there is no manifest that can be read: "
				"nothing tells whether these files are right");
	for (size_t i = 0; mf && i < u->ntaken; i++)
		if (u->taken[i].path &&
		    !is_promised(u, u->taken[i].member, u->taken[i].sha256) &&
		    take_name_back(u, &u->taken[i], e) < 0)
			return -(int)e->code;
	for (size_t i = 0; mf && i < mf->nparts; i++) {
		const char *member = mf->parts[i].member;

		if (!is_wanted(u, member) || was_taken(u, member))
			continue;
		differ(u, member, NO_PLACE, 0,
		       "promised by the manifest, not in the archive");
		u->res->damaged++;
	}
	return 0;
}

static int extract_all(struct unpack *u, struct err *e)
{
	const struct manifest *mf = archive_manifest(u->r);
	struct archive_member m;
	int rc;

	u->stream = !mf;
	for (size_t i = 0; mf && i < mf->nparts; i++)
		if (is_wanted(u, mf->parts[i].member))
			u->pr.all_total += mf->parts[i].size;
	while ((rc = archive_next(u->r, &m, e)) > 0) {
		if (!m.is_file || !is_wanted(u, m.name))
			continue;
		rc = extract_member(u, &m, e);
		if (rc < 0)
			return err_context(e, "extracting '%s'", m.name);
	}
	if (rc == 0 && u->stream)
		rc = settle(u, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < u->q->nnames; i++)
		if (!u->used[i])
			return err_set(e, ERR_USAGE,
				       "the archive holds no '%s'",
				       u->q->names[i]);
	return 0;
}

int job_extract(const struct extract_request *q, const struct job_events *ev,
		struct extract_result *ret, struct err *e)
{
	struct unpack u = { .q = q, .ev = ev, .res = ret };
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (folder_make(q->dir, e) < 0)
		return -(int)e->code;
	u.used = calloc(q->nnames + 1, sizeof(*u.used));
	if (!u.used)
		return err_nomem(e);
	rc = archive_open(q->archive, q->threads, &u.r, e);
	if (rc == 0)
		rc = extract_all(&u, e);
	if (rc == 0 && ret->damaged)
		rc = err_set(e, ERR_MISMATCH,
			     "%zu file%s could not be "
			     "extracted whole",
			     ret->damaged, ret->damaged == 1 ? "" : "s");
	archive_close(u.r);
	free(u.used);
	for (size_t i = 0; i < u.ntaken; i++)
		free(u.taken[i].path);
	free(u.taken);
	return rc;
}
