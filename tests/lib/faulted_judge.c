/* SPDX-License-Identifier: BSD-3-Clause */
/* faulted_judge.c - two ends are allowed; everything else is wrong. */
#include "lib/faulted_run.h"

#include "archive/archive.h"
#include "job/archive_jobs.h"

#include "../../src/cli/ui.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void faulted_wrong(struct run *x, const char *fmt, ...)
{
	va_list ap;

	if (x->r->end == FAULTED_WRONG)
		return;
	x->r->end = FAULTED_WRONG;
	va_start(ap, fmt);
	vsnprintf(x->r->why, sizeof(x->r->why), fmt, ap);
	va_end(ap);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static const uint8_t *true_sum(const struct faulted_truth *t,
			       const char *member)
{
	for (size_t i = 0; i < t->nparts; i++)
		if (strcmp(t->part[i].member, member) == 0)
			return t->part[i].sha256;
	return NULL;
}

bool judge_is_ours(const char *member)
{
	return strcmp(member, MANIFEST_DEVICE) == 0 ||
	       strcmp(member, MANIFEST_NAME) == 0 ||
	       strcmp(member, MANIFEST_SUMS) == 0;
}

void judge_exact(struct run *x)
{
	const struct job_events ev = { .user = NULL };
	struct verify_result v;
	size_t found = 0;
	struct err e;

	/* A disk that fails may keep the journal, which is of no use then. */
	if (exists(x->partial) || (exists(x->journal) && !x->f->arm))
		faulted_wrong(x,
			      "done, and there is a .partial or its journal");
	if (!x->m.complete)
		faulted_wrong(x, "done, and said to be incomplete: %s",
			      x->m.nwarnings ? x->m.warnings[0] : "no warning");
	if (job_verify(x->out, 0, &ev, &v, &e) < 0) {
		faulted_wrong(x, "done, and does not verify: %s", e.text);
		return;
	}
	for (size_t i = 0; i < v.manifest.nparts; i++) {
		const struct manifest_part *p = &v.manifest.parts[i];
		const uint8_t *sum = true_sum(x->t, p->member);

		if (judge_is_ours(p->member))
			continue;
		if (!sum)
			faulted_wrong(x, "done, with a member '%s'", p->member);
		else if (memcmp(sum, p->sha256, SHA256_LEN) != 0)
			faulted_wrong(x, "SILENT: '%s' holds wrong bytes",
				      p->member);
		found++;
	}
	if (found != x->t->nparts)
		faulted_wrong(x, "done, with %zu members in place of %zu",
			      found, x->t->nparts);
	manifest_free(&v.manifest);
}

/* Takes the current member in; false when it breaks off. */
static bool digest_member(struct archive_reader *a, uint64_t size,
			  uint8_t sum[SHA256_LEN])
{
	struct archive_piece p;
	struct sha256 *h;
	uint64_t got = 0;
	struct err e;
	int rc;

	if (sha256_new(&h, &e) < 0)
		return false;
	rc = sha256_begin(h, &e);
	while (rc == 0 && (rc = archive_pull(a, &p, &e)) > 0) {
		rc = p.damage ? -1 : sha256_add(h, p.data, p.len, &e);
		got += p.len;
	}
	if (rc == 0)
		rc = sha256_end(h, sum, &e);
	sha256_free(h);
	return rc == 0 && got == size;
}

/* What was kept can be listed, and what is whole in it is right. */
static void judge_kept(struct run *x)
{
	struct archive_reader *a;
	struct archive_member m;
	struct err e;

	if (archive_open(x->partial, 0, &a, &e) < 0) {
		struct stat st;

		/* Nothing of a member was stored yet. */
		if (stat(x->partial, &st) == 0 && st.st_size > 0)
			faulted_wrong(x, "the .partial cannot be opened: %s",
				      e.text);
		return;
	}
	while (archive_next(a, &m, &e) > 0) {
		const uint8_t *sum = true_sum(x->t, m.name);
		uint8_t got[SHA256_LEN];

		if (judge_is_ours(m.name))
			continue;
		if (!sum) {
			faulted_wrong(x, "the .partial has a member '%s'",
				      m.name);
			break;
		}
		if (!digest_member(a, m.size, got))
			break;
		if (memcmp(got, sum, SHA256_LEN) != 0)
			faulted_wrong(
				x,
				"SILENT: '%s' in the .partial is whole and "
				"wrong",
				m.name);
	}
	archive_close(a);
}

/*
 * It failed, and there is a file with the name: the one that was there before,
 * or the whole archive (what failed then was making its name last).
 */
static void judge_out(struct run *x, const struct err *e)
{
	char text[sizeof(FAULTED_EXISTING)] = "";
	FILE *f = fopen(x->out, "rb");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	if (x->f->existing && n == sizeof(text) - 1 &&
	    strcmp(text, FAULTED_EXISTING) == 0)
		return;
	judge_exact(x);
	if (x->r->end != FAULTED_WRONG)
		return;
	x->r->end = FAULTED_NAMED;
	faulted_wrong(x, "failed, and a file has the name: %s", e->text);
}

void judge_named(struct run *x, const struct err *e)
{
	const char *hint = remedy_of(e);

	x->r->end = FAULTED_NAMED;
	snprintf(x->r->why, sizeof(x->r->why), "%s", e->text);
	if (x->on.hung)
		faulted_wrong(
			x, "HANG after %llu ms of the phone's clock",
			(unsigned long long)transport_fault_stats(x->on.line)
				->waited_ms);
	if (!*e->text || e->code == ERR_NONE)
		faulted_wrong(x, "an error without words");
	if (!*hint)
		faulted_wrong(x, "no remedy for: %s", e->text);
	/* It is the same phone, and there was no file. */
	if (e->code == ERR_EXISTS)
		faulted_wrong(x, "a false alarm: %s", e->text);
	if (e->code == ERR_BUG)
		faulted_wrong(x, "a bug, it says: %s", e->text);
	if (exists(x->out))
		judge_out(x, e);
	x->r->kept = exists(x->partial);
	if (x->r->kept)
		judge_kept(x);
}

void judge_phone(struct run *x)
{
	struct phone_stats st;

	phone_stats(x->on.phone, &st);
	if (st.storage_writes || st.commanded_writes)
		faulted_wrong(x, "WRITES: %s", phone_write_log(x->on.phone));
}
