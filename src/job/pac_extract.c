/* SPDX-License-Identifier: BSD-3-Clause */
/* pac_extract.c - files of a firmware package into a folder. */
#include "base/file.h"
#include "file_sink.h"
#include "folder.h"
#include "job/pac_jobs.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_PLACE UINT64_MAX

struct unpack {
	struct pac *pac;
	const struct pac_extract_request *q;
	const struct job_events *ev;
	struct pac_extract_result *res;
	bool *used; /* which of the globs fitted something */
	const struct pac_file *wanted[PAC_FILES_MAX];
	size_t n;
	struct job_progress pr;
};

static bool fits(const char *glob, const struct pac_file *f)
{
	return (*f->id && fnmatch(glob, f->id, 0) == 0) ||
	       fnmatch(glob, f->name, 0) == 0 || fnmatch(glob, f->safe, 0) == 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct pac_file *x = *(const struct pac_file *const *)a;
	const struct pac_file *y = *(const struct pac_file *const *)b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* In the order of their places, as some PACs can be read in that order only. */
static int choose(struct unpack *u, struct err *e)
{
	const struct pac_info *info = pac_info(u->pac);
	int rc;

	for (size_t i = 0; i < info->nfiles; i++) {
		const struct pac_file *f = &info->files[i];
		bool wanted = u->q->nnames == 0;

		for (size_t k = 0; k < u->q->nnames; k++) {
			if (!fits(u->q->names[k], f))
				continue;
			u->used[k] = true;
			wanted = true;
		}
		if (!wanted || f->size == 0)
			continue;
		u->wanted[u->n++] = f;
		u->pr.all_total += f->size;
	}
	for (size_t k = 0; k < u->q->nnames; k++) {
		if (u->used[k])
			continue;
		rc = err_set(e, ERR_USAGE, "the PAC holds no '%s'",
			     u->q->names[k]);
		err_hint(e, "'spdvault pac list' shows ids and file names");
		return rc;
	}
	qsort(u->wanted, u->n, sizeof(u->wanted[0]), by_offset);
	return 0;
}

static int copy_blocks(struct unpack *u, const struct pac_file *f,
		       struct file_sink *sink, struct err *e)
{
	for (uint64_t at = 0; at < f->size;) {
		uint64_t n = f->size - at;
		struct block *b;

		if (job_go_on(u->ev, e) < 0 || file_sink_get(sink, &b, e) < 0)
			return -(int)e->code;
		if (n > b->cap)
			n = b->cap;
		if (pac_read(u->pac, b->data, (size_t)n, f->offset + at, e) < 0)
			return -(int)e->code;
		b->used = (size_t)n;
		file_sink_put(sink, b);
		at += n;
		u->pr.done = at;
		u->pr.all_done += n;
		job_progress(u->ev, &u->pr);
	}
	return 0;
}

static int copy(struct unpack *u, const struct pac_file *f, struct outfile *out,
		struct err *e)
{
	const struct watch w = job_watch(u->ev, outfile_partial(out));
	struct file_sink *sink;
	int rc;

	if (file_sink_new(out, &w, false, &sink, e) < 0)
		return -(int)e->code;
	rc = copy_blocks(u, f, sink, e);
	if (rc == 0)
		rc = file_sink_end(sink, NULL, e);
	file_sink_free(sink);
	return rc < 0 ? rc : outfile_commit(out, e);
}

/* What is not there as a whole is told, and does not hide the others. */
static int is_missing(struct unpack *u, const struct pac_file *f,
		      const char *what)
{
	u->res->damaged++;
	if (u->ev->difference)
		u->ev->difference(u->ev->user, f->safe, NO_PLACE, 0, what);
	return 0;
}

static int extract_one(struct unpack *u, const struct pac_file *f,
		       struct err *e)
{
	CLEANUP(file_freep) char *path = NULL;
	struct outfile *out;
	int rc;

	if (f->beyond)
		return is_missing(u, f,
				  "lies behind the end of the PAC, which "
				  "was cut");
	if (asprintf(&path, "%s/%s", u->q->dir, f->safe) < 0) {
		path = NULL;
		return err_nomem(e);
	}
	if (outfile_open(path, u->q->force, &out, e) < 0)
		return -(int)e->code;
	u->pr.part = f->safe;
	u->pr.number++;
	u->pr.done = 0;
	u->pr.total = f->size;
	rc = copy(u, f, out, e);
	outfile_close(out, false);
	if (rc == -(int)ERR_FORMAT)
		return is_missing(u, f, e->text);
	if (rc < 0)
		return rc;
	u->res->files++;
	u->res->bytes += f->size;
	return 0;
}

static int extract_all(struct unpack *u, struct err *e)
{
	int rc;

	if (choose(u, e) < 0 || folder_make(u->q->dir, e) < 0)
		return -(int)e->code;
	u->pr.count = u->n;
	for (size_t i = 0; i < u->n; i++)
		if (extract_one(u, u->wanted[i], e) < 0)
			return err_context(e, "extracting '%s'",
					   u->wanted[i]->safe);
	if (u->res->damaged == 0)
		return 0;
	rc = err_set(e, ERR_MISMATCH, "%zu file%s could not be taken out whole",
		     u->res->damaged, u->res->damaged == 1 ? "" : "s");
	err_hint(e, "copy or download the PAC again; 'spdvault pac check' "
		    "tells what is wrong with it");
	return rc;
}

int job_pac_extract(struct pac *p, const struct pac_extract_request *q,
		    const struct job_events *ev, struct pac_extract_result *ret,
		    struct err *e)
{
	struct unpack u = { .pac = p, .q = q, .ev = ev, .res = ret };
	int rc;

	memset(ret, 0, sizeof(*ret));
	u.used = calloc(q->nnames + 1, sizeof(*u.used));
	rc = u.used ? extract_all(&u, e) : err_nomem(e);
	free(u.used);
	return rc;
}
