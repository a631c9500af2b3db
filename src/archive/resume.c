/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.c - what of a .partial is good, found out without touching it. */
#include "archive/resume.h"

#include "archive/zframe.h"
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot(const char *path, struct err *e, const char *why)
{
	int rc = err_set(e, ERR_EXISTS, "'%s.partial' cannot be resumed: %s",
			 path, why);

	err_hint(e,
		 "'spdvault extract %s.partial' takes out what it holds; "
		 "--force in place of --resume starts again",
		 path);
	return rc;
}

/* -- the journal --------------------------------------------------------- */

/* An empty .partial is no loss, whatever its journal says. */
static int read_journal(struct archive_resume *r, const char *path,
			struct err *e)
{
	CLEANUP(file_freep) char *name = journal_file_name(r->partial);
	uint8_t *text;
	struct stat st;
	char why[sizeof(e->text) + 32];
	struct err bad;
	size_t n;

	if (!name)
		return err_nomem(e);
	if (r->size == 0)
		return 0;
	if (lstat(name, &st) < 0 && errno == ENOENT)
		return cannot(path, e, "it has no journal beside it");
	if (file_read_all(name, JOURNAL_MAX, &text, &n, e) < 0)
		return -(int)e->code;
	if (journal_parse((char *)text, n, &r->journal, &bad) == 0)
		return 0;
	if (bad.code == ERR_NOMEM)
		return err_nomem(e);
	snprintf(why, sizeof(why), "its journal: %s", bad.text);
	return cannot(path, e, why);
}

/* -- frames -------------------------------------------------------------- */

static bool is_good(const struct journal_frame *f, const uint8_t *p)
{
	return XXH64(p, f->compressed, 0) == f->digest &&
	       !zframe_check(p, f->compressed, f->content);
}

/*
 * 1: frame i is in r->packed, from the archive or, when a mend did not come to
 * its end, from its spool.  0: nowhere.
 */
static int find_frame(struct archive_resume *r, uint32_t i, struct err *e)
{
	const struct journal *j = &r->journal;
	const struct journal_frame *f = &j->frames[i];
	uint64_t at = r->table.start ? r->table.start[r->table.count] : 0;

	if (at <= r->size && f->compressed <= r->size - at) {
		if (outfile_read(r->file, r->packed, f->compressed, at, e) < 0)
			return -(int)e->code;
		if (is_good(f, r->packed))
			return 1;
	}
	if (r->spool < 0 || !j->mended || i < j->mend_frame)
		return 0;
	at -= r->table.start[j->mend_frame];
	if (file_pread_all(r->spool, r->packed, f->compressed, at, e) < 0)
		return e->code == ERR_FORMAT ? 0 : -(int)e->code;
	if (!is_good(f, r->packed))
		return 0;
	r->redo = true;
	return 1;
}

static bool is_header(const struct journal *j, uint32_t frame, size_t *member)
{
	while (*member < j->nmembers && j->members[*member].header < frame)
		(*member)++;
	return *member < j->nmembers && j->members[*member].header == frame;
}

static int check_frames(struct archive_resume *r, archive_go_on *go_on,
			void *user, struct err *e)
{
	const struct journal *j = &r->journal;
	size_t member = 0;
	uint32_t i;
	int rc;

	for (i = 0; i < j->nframes; i++) {
		const struct journal_frame *f = &j->frames[i];

		if (go_on && !go_on(user, r->info.kept, r->size))
			return err_set(e, ERR_CANCELLED, "stopped");
		rc = find_frame(r, i, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
		if (is_header(j, i, &member))
			XXH64_copyState(r->xxh_begin, r->xxh);
		XXH64_update(r->xxh, r->packed, f->compressed);
		if (!seektable_add(&r->table, f->compressed, f->content) ||
		    !digests_add(&r->digests, f->digest))
			return err_nomem(e);
		r->info.kept += f->compressed;
	}
	r->info.damaged = i < j->nframes;
	journal_cut(&r->journal, i);
	r->info.lost = r->size > r->info.kept ? r->size - r->info.kept : 0;
	return 0;
}

/* -- opening ------------------------------------------------------------- */

static int refuse_finished(const char *path, bool partial, struct err *e)
{
	int rc = err_set(e, ERR_EXISTS,
			 partial ? "'%s' exists already, beside its .partial"
				 : "'%s' exists already, and no .partial that "
				   "could be resumed",
			 path);

	if (partial)
		err_hint(e, "with --force, too, it is replaced when the "
			    "resumed one is complete");
	else
		err_hint(e,
			 "it may be the finished one: 'spdvault verify %s'; "
			 "else choose another name",
			 path);
	return rc;
}

/*
 * A process that ended between giving the archive its name and removing the
 * journal.  Who makes the .partial has the journal, too, so that we cannot
 * take away that of a run that begins right now.
 */
static void remove_stale(const char *partial)
{
	CLEANUP(file_freep) char *journal = journal_file_name(partial);
	CLEANUP(file_closep) int fd = -1;

	if (!journal || access(journal, F_OK) < 0)
		return;
	fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(journal);
	unlink(partial);
}

/* 1: there is a .partial; 0: none, and nothing that stands in the way. */
static int look(const char *path, const char *partial, bool force,
		struct err *e)
{
	struct stat st;
	bool is = lstat(partial, &st) == 0;

	if (lstat(path, &st) == 0 && (!force || !is)) {
		if (!is)
			remove_stale(partial);
		return refuse_finished(path, is, e);
	}
	return is;
}

static int open_all(struct archive_resume *r, const char *path, struct err *e)
{
	r->spool_name = writer_spool_name(r->partial);
	r->xxh = XXH64_createState();
	r->xxh_begin = XXH64_createState();
	r->packed = malloc(zframe_bound(ZFRAME_CONTENT_MAX));
	if (!r->spool_name || !r->xxh || !r->xxh_begin || !r->packed)
		return err_nomem(e);
	XXH64_reset(r->xxh, 0);
	if (outfile_reopen(path, r->options.force, &r->file, e) < 0)
		return -(int)e->code;
	r->size = outfile_size(r->file);
	r->spool = open(r->spool_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return read_journal(r, path, e);
}

static void describe(struct archive_resume *r)
{
	const struct journal_member *m = journal_open_member(&r->journal);

	r->info.journal = &r->journal;
	r->info.resumed = (unsigned)journal_count(&r->journal, JOURNAL_RESUMED);
	if (!m)
		return;
	r->info.position =
		(r->journal.nframes - m->header - 1) * (uint64_t)BLOCK_SIZE;
	if (r->info.position > m->size)
		r->info.position = m->size;
}

int archive_resume_open(const char *path, const struct archive_options *o,
			archive_go_on *go_on, void *user,
			struct archive_resume **ret, struct err *e)
{
	struct archive_resume *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_nomem(e);
	r->spool = -1;
	r->options = *o;
	if (asprintf(&r->partial, "%s.partial", path) < 0) {
		r->partial = NULL;
		rc = err_nomem(e);
	} else {
		rc = look(path, r->partial, o->force, e);
	}
	if (rc > 0) {
		rc = open_all(r, path, e);
		if (rc == 0)
			rc = check_frames(r, go_on, user, e);
		if (rc == 0) {
			describe(r);
			*ret = r;
			return 1;
		}
	}
	archive_resume_drop(r);
	return rc;
}

const struct archive_resume_info *
archive_resume_info(const struct archive_resume *r)
{
	return &r->info;
}

void archive_resume_drop(struct archive_resume *r)
{
	if (!r)
		return;
	outfile_close(r->file, true);
	if (r->spool >= 0)
		close(r->spool);
	journal_free(&r->journal);
	seektable_free(&r->table);
	XXH64_freeState(r->xxh);
	XXH64_freeState(r->xxh_begin);
	free(r->digests.v);
	free(r->packed);
	free(r->partial);
	free(r->spool_name);
	free(r);
}
