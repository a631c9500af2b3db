/* SPDX-License-Identifier: BSD-3-Clause */
/* verify.c - what the archive holds against what it promises. */
#include "base/sha256.h"
#include "base/text.h"
#include "job/archive_jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUMS_MAX    ((size_t)1 << 20)
#define MEMBERS_MAX (MANIFEST_PARTS_MAX + 16)
#define NO_PLACE    UINT64_MAX

struct seen {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
	bool damaged;	       /* told already; its digest means nothing */
	bool promised, summed; /* by manifest.json, by SHA256SUMS */
};

struct check {
	const struct job_events *ev;
	struct verify_result *res;
	struct archive_reader *r;
	struct sha256 *hash;
	struct seen *v;
	size_t n;
	struct strbuf sums; /* the text of SHA256SUMS */
	bool has_sums, cut;
	struct job_progress pr;
};

static void differ(struct check *c, const char *member, uint64_t offset,
		   uint64_t length, const char *what)
{
	c->res->differences++;
	if (c->ev->difference)
		c->ev->difference(c->ev->user, member, offset, length, what);
}

/* -- one pass over the members ------------------------------------------- */

static int take_piece(struct check *c, struct seen *s,
		      const struct archive_piece *p, struct err *e)
{
	c->pr.done = p->offset + p->len;
	c->pr.all_done += p->len;
	job_progress(c->ev, &c->pr);
	if (p->damage) {
		s->damaged = true;
		differ(c, s->name, p->offset, p->len, p->damage);
		return 0;
	}
	if (strcmp(s->name, MANIFEST_SUMS) == 0 &&
	    c->sums.len + p->len <= SUMS_MAX)
		strbuf_add_bytes(&c->sums, p->data, p->len);
	if (c->sums.failed)
		return err_nomem(e);
	return sha256_add(c->hash, p->data, p->len, e);
}

static int take_member(struct check *c, const struct archive_member *m,
		       struct err *e)
{
	struct seen *s = &c->v[c->n];
	struct archive_piece p;
	int rc;

	memset(s, 0, sizeof(*s));
	text_copy(s->name, sizeof(s->name), m->name);
	s->size = m->size;
	c->n++;
	c->pr.part = s->name;
	c->pr.number = c->n;
	c->pr.done = 0;
	c->pr.total = m->size;
	if (m->damage)
		differ(c, m->name, NO_PLACE, 0, m->damage);
	if (m->unsafe)
		differ(c, m->name, NO_PLACE, 0, m->unsafe);
	if (strcmp(m->name, MANIFEST_SUMS) == 0)
		c->has_sums = true;
	if (sha256_begin(c->hash, e) < 0)
		return -(int)e->code;
	for (;;) {
		rc = job_go_on(c->ev, e);
		if (rc == 0)
			rc = archive_pull(c->r, &p, e);
		if (rc <= 0)
			break;
		rc = take_piece(c, s, &p, e);
		if (rc < 0)
			break;
	}
	if (rc == -(int)ERR_FORMAT) {
		/* A stream cannot go on behind its damage. */
		s->damaged = c->cut = true;
		differ(c, s->name, c->pr.done, 0, e->text);
		return 0;
	}
	if (rc < 0)
		return rc;
	c->res->members++;
	c->res->bytes += m->size;
	return sha256_end(c->hash, s->sha256, e);
}

static int take_all(struct check *c, struct err *e)
{
	while (!c->cut) {
		struct archive_member m;
		int rc = archive_next(c->r, &m, e);

		if (rc == -(int)ERR_FORMAT && c->n > 0) {
			c->cut = true;
			differ(c, NULL, NO_PLACE, 0, e->text);
			return 0;
		}
		if (rc <= 0)
			return rc;
		if (!m.is_file) {
			size_t n = strlen(m.name);

			/* tar of a folder has entries for the folders. */
			if (n && m.name[n - 1] != '/')
				differ(c, m.name, NO_PLACE, 0,
				       "not a regular file");
			continue;
		}
		if (c->n == MEMBERS_MAX)
			return err_set(e, ERR_FORMAT, "more than %d members",
				       MEMBERS_MAX);
		rc = take_member(c, &m, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* -- promises ------------------------------------------------------------ */

static struct seen *find_seen(struct check *c, const char *member)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].name, member) == 0)
			return &c->v[i];
	return NULL;
}

static void compare_digest(struct check *c, const struct seen *s,
			   const uint8_t sha256[SHA256_LEN], const char *who)
{
	char what[160], is[SHA256_HEX], want[SHA256_HEX];

	if (s->damaged || memcmp(s->sha256, sha256, SHA256_LEN) == 0)
		return;
	text_hex(s->sha256, SHA256_LEN, is);
	text_hex(sha256, SHA256_LEN, want);
	snprintf(what, sizeof(what), "SHA-256 is %.16s..., %s says %.16s...",
		 is, who, want);
	differ(c, s->name, NO_PLACE, 0, what);
}

static void compare_manifest(struct check *c, const struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];
		struct seen *s = find_seen(c, p->member);

		if (!s) {
			differ(c, p->member, NO_PLACE, 0,
			       "promised by the manifest, not in the archive");
			continue;
		}
		s->promised = true;
		if (s->size != p->size && !s->damaged) {
			char what[96];

			snprintf(what, sizeof(what),
				 "has %llu bytes, the manifest says %llu",
				 (unsigned long long)s->size,
				 (unsigned long long)p->size);
			differ(c, s->name, NO_PLACE, 0, what);
		}
		compare_digest(c, s, p->sha256, "the manifest");
	}
	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->v[i].name;

		if (!c->v[i].promised && strcmp(name, MANIFEST_NAME) != 0 &&
		    strcmp(name, MANIFEST_SUMS) != 0)
			differ(c, name, NO_PLACE, 0,
			       "in the archive, but not in the manifest");
		if (find_seen(c, name) != &c->v[i])
			differ(c, name, NO_PLACE, 0, "stands here twice");
	}
}

/* A partition "x" is boot/x.img or partitions/x.img, and no other file. */
static bool names_fit(const struct manifest_part *p)
{
	const char *file = strchr(p->member, '/');
	size_t n = strlen(p->name);

	if (strncmp(p->member, "boot/", 5) != 0 &&
	    strncmp(p->member, "partitions/", 11) != 0)
		return true;
	return strncmp(file + 1, p->name, n) == 0 &&
	       strcmp(file + 1 + n, ".img") == 0;
}

/* What the manifest says in one place and denies in another. */
static void compare_sense(struct check *c, const struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		if (!names_fit(p))
			differ(c, p->member, NO_PLACE, 0,
			       "is in the manifest as another partition");
		if (p->payload > p->size)
			differ(c, p->member, NO_PLACE, 0,
			       "has less bytes than the manifest's payload");
		if (m->complete && p->nunreadable)
			differ(c, p->member, NO_PLACE, 0,
			       "has unreadable ranges, and the manifest calls "
			       "the backup complete");
	}
}

/* "HEX  NAME", as sha256sum writes it; false: it is none. */
static bool compare_sum(struct check *c, char *line)
{
	uint8_t sum[SHA256_LEN];
	struct seen *s;

	if (strlen(line) < 67 || line[64] != ' ' ||
	    (line[65] != ' ' && line[65] != '*'))
		return false;
	line[64] = '\0';
	if (!text_unhex(line, sum, sizeof(sum)))
		return false;
	s = find_seen(c, line + 66);
	if (!s) {
		differ(c, line + 66, NO_PLACE, 0,
		       "listed in SHA256SUMS, not in the archive");
		return true;
	}
	s->summed = true;
	compare_digest(c, s, sum, "SHA256SUMS");
	return true;
}

static void compare_sums(struct check *c)
{
	char *line, *rest = c->sums.s;
	bool good = !rest || strlen(rest) == c->sums.len;

	if (!c->has_sums) {
		if (!c->cut)
			differ(c, MANIFEST_SUMS, NO_PLACE, 0, "is missing");
		return;
	}
	while (good && (line = strsep(&rest, "\n")) != NULL)
		good = !*line || compare_sum(c, line);
	if (!good) {
		differ(c, MANIFEST_SUMS, NO_PLACE, 0, "has a damaged line");
		return;
	}
	/* It lists every member but itself. */
	for (size_t i = 0; i < c->n && !c->cut; i++)
		if (!c->v[i].summed && strcmp(c->v[i].name, MANIFEST_SUMS) != 0)
			differ(c, MANIFEST_SUMS, NO_PLACE, 0,
			       "does not list all members");
}

static void complain(void *user, const char *text)
{
	differ(user, NULL, NO_PLACE, 0, text);
}

static int keep_manifest(struct check *c, const struct manifest *m,
			 struct err *e)
{
	char *json;
	size_t n;
	int rc = manifest_to_json(m, &json, &n, e);

	if (rc < 0)
		return rc;
	rc = manifest_from_json(json, n, &c->res->manifest, e);
	free(json);
	return rc;
}

static int no_manifest(struct check *c, struct err *e)
{
	const char *lost = archive_lost_index(c->r);
	int rc;

	if (!lost && !c->cut) {
		rc = err_set(e, ERR_FORMAT,
			     "it holds no manifest.json: this is no backup of "
			     "spdvault");
		err_hint(e, "'tar -tf' may tell what it is");
		return rc;
	}
	rc = err_set(e, ERR_MISMATCH,
		     "the archive is cut off: %s; %zu members before that can "
		     "still be extracted, but nothing proves them",
		     lost ? lost : "its end is missing", c->res->members);
	err_hint(e, "'spdvault extract' saves what is there; make a new "
		    "backup if the phone is at hand");
	return rc;
}

static int check_all(struct check *c, struct err *e)
{
	const struct manifest *m = archive_manifest(c->r);
	int rc;

	if (m)
		for (size_t i = 0; i < m->nparts; i++)
			c->pr.all_total += m->parts[i].size;
	rc = take_all(c, e);
	if (rc < 0)
		return rc;
	m = archive_manifest(c->r);
	if (!m)
		return no_manifest(c, e);
	compare_manifest(c, m);
	compare_sense(c, m);
	compare_sums(c);
	rc = archive_check_container(c->r, complain, c, e);
	if (rc < 0)
		return rc;
	c->res->complete = m->complete;
	return keep_manifest(c, m, e);
}

int job_verify(const char *path, unsigned threads, const struct job_events *ev,
	       struct verify_result *ret, struct err *e)
{
	struct check c = { .ev = ev, .res = ret };
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = archive_open(path, threads, &c.r, e);
	if (rc == 0)
		rc = sha256_new(&c.hash, e);
	if (rc == 0) {
		ret->indexed = archive_is_indexed(c.r);
		c.v = calloc(MEMBERS_MAX, sizeof(*c.v));
		rc = c.v ? check_all(&c, e) : err_nomem(e);
	}
	if (rc == 0 && ret->differences)
		rc = err_set(e, ERR_MISMATCH, "%zu difference%s found",
			     ret->differences,
			     ret->differences == 1 ? "" : "s");
	strbuf_free(&c.sums);
	free(c.v);
	sha256_free(c.hash);
	archive_close(c.r);
	return rc;
}
