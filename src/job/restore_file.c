/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_file.c - a plan that is kept, and the same plan again. */
#include "base/file.h"
#include "restore_paper.h"
#include "restore_run.h"

#include <stdlib.h>
#include <string.h>

int restore_plan_save(const struct restore *r, const char *path, bool force,
		      struct err *e)
{
	struct strbuf b = { 0 };
	struct outfile *f;
	uint64_t chain;
	int rc = restore_paper_plan(r, &b, &chain, e);

	if (rc == 0)
		rc = outfile_open(path, force, &f, e);
	if (rc == 0) {
		rc = outfile_write(f, b.s, b.len, e);
		if (rc == 0)
			rc = outfile_commit(f, e);
		outfile_close(f, false);
	}
	strbuf_free(&b);
	return rc < 0 ? err_context(e, "keeping the plan in '%s'", path) : 0;
}

int restore_paper_open(const char *path, struct restore_paper **ret,
		       struct err *e)
{
	struct restore_paper *p = calloc(1, sizeof(*p));
	uint8_t *text;
	size_t n;
	int rc;

	if (!p)
		return err_nomem(e);
	rc = file_read_all(path, PAPER_MAX, &text, &n, e);
	if (rc == 0)
		rc = restore_paper_parse((char *)text, n, p, e);
	if (rc < 0) {
		free(p);
		return err_context(e, "'%s'", path);
	}
	*ret = p;
	return 0;
}

void restore_paper_close(struct restore_paper *p)
{
	if (!p)
		return;
	restore_paper_clear(p);
	free(p);
}

const struct restore_request *
restore_paper_request(const struct restore_paper *p)
{
	return &p->q;
}

bool restore_paper_saved(const struct restore_paper *p)
{
	return restore_paper_last(p, PAPER_SAVED, NULL);
}

int restore_paper_fits(const struct restore_paper *p, const struct restore *r,
		       bool undo, struct err *e)
{
	const struct journal_note *saved =
		restore_paper_last(p, PAPER_SAVED, NULL);
	const char *want = undo && saved ? saved->text : p->archive;
	char id[SHA256_HEX];
	int rc = restore_archive_id(r->m, id, e);

	if (rc < 0 || strcmp(id, want) == 0)
		return rc;
	rc = err_set(e, ERR_EXISTS, "'%s' is not the archive %s", r->q.archive,
		     undo ? "that was made before the first write"
			  : "that the plan was made with");
	err_hint(e, "give the one that was used then");
	return rc;
}

static int differs(struct err *e, const char *then, const char *now)
{
	int rc = err_set(e, ERR_EXISTS,
			 "the plan is of another state of phone or archive: "
			 "'%.100s' then, '%.100s' now",
			 then, now);

	err_hint(e, "make a new plan with --plan-out, and look at it");
	return rc;
}

int restore_paper_check(const struct restore_paper *p, const struct restore *r,
			struct err *e)
{
	struct restore_paper now;
	struct strbuf b = { 0 };
	uint64_t chain;
	int rc = restore_paper_plan(r, &b, &chain, e);

	if (rc < 0) {
		strbuf_free(&b);
		return rc;
	}
	if (restore_paper_parse(b.s, b.len, &now, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; rc == 0 && (i <= p->end || i <= now.end); i++) {
		const char *a = i <= p->end ? p->j.notes[i].text : "nothing";
		const char *b_ = i <= now.end ? now.j.notes[i].text : "nothing";

		if (strcmp(a, b_) != 0)
			rc = differs(e, a, b_);
	}
	restore_paper_clear(&now);
	return rc;
}
