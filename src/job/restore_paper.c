/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_paper.c - plans and states as lines, each with its digest. */
#include "restore_paper.h"

#include "base/file.h"
#include "base/text.h"
#include "restore_run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAPER_FORMAT "1"
#define LINE_MAX_    1024

/* -- writing ------------------------------------------------------------- */

struct pen {
	struct strbuf *b;
	uint64_t *chain;
};

static void put(const struct pen *p, const char *kind, const char *fmt, ...)
	PRINTF(3, 4);

static void put(const struct pen *p, const char *kind, const char *fmt, ...)
{
	char text[LINE_MAX_];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	journal_line_note(p->b, p->chain, kind, text);
}

int restore_archive_id(const struct manifest *m, char ret[SHA256_HEX],
		       struct err *e)
{
	CLEANUP(file_freep) char *json = NULL;
	uint8_t sha256[SHA256_LEN];
	size_t n;

	if (manifest_to_json(m, &json, &n, e) < 0 ||
	    sha256_of(json, n, sha256, e) < 0)
		return -(int)e->code;
	text_hex(sha256, SHA256_LEN, ret);
	return 0;
}

static void put_request(const struct pen *p, const struct restore_request *q)
{
	put(p, PAPER_KINDS, "%u", q->kinds);
	put(p, PAPER_SLOTS, "%d", (int)q->slots);
	put(p, PAPER_OTHER, "%d", q->other_phone);
	put(p, PAPER_SAME, "%d", q->same_phone);
	for (size_t i = 0; i < q->nnames; i++)
		put(p, PAPER_NAME, "%s", q->names[i]);
}

static void put_item(const struct pen *p, const struct restore_item *it)
{
	char ours[SHA256_HEX], theirs[SHA256_HEX];

	text_hex(it->sha256, SHA256_LEN, ours);
	text_hex(it->phone, SHA256_LEN, theirs);
	put(p, PAPER_ITEM, "%s %s %s %" PRIu64 " %" PRIu64 " %s %s", it->name,
	    restore_state_name(it->state), restore_how_name(it->how), it->size,
	    it->length, ours, it->looked && it->to_the_end ? theirs : "-");
}

int restore_paper_plan(const struct restore *r, struct strbuf *b,
		       uint64_t *chain, struct err *e)
{
	const struct pen p = { b, chain };
	char id[SHA256_HEX];

	if (restore_archive_id(r->m, id, e) < 0)
		return -(int)e->code;
	journal_line_start(b, chain, BLOCK_SIZE, "spdvault " SPDVAULT_VERSION);
	put(&p, PAPER_HEAD, PAPER_FORMAT);
	put(&p, PAPER_ARCHIVE, "%s", id);
	put(&p, PAPER_PHONE, "%s", r->plan.owner_why);
	put_request(&p, &r->q);
	for (size_t i = 0; i < r->plan.n; i++)
		put_item(&p, &r->plan.v[i]);
	put(&p, PAPER_END, "%zu", r->plan.n);
	return b->failed ? err_nomem(e) : 0;
}

/* -- reading ------------------------------------------------------------- */

static bool is_kind(const struct journal_note *n, const char *kind)
{
	return strcmp(n->kind, kind) == 0;
}

static int no_plan(struct err *e, const char *why)
{
	int rc = err_set(e, ERR_FORMAT, "it is no whole plan of a restore: %s",
			 why);

	err_hint(e, "'spdvault restore --plan-out FILE' writes one");
	return rc;
}

static bool take_number(const char *text, uint64_t max, uint64_t *ret)
{
	struct err ignored;

	return text_to_u64(text, max, ret, &ignored) == 0;
}

/* One line of the request; false: it makes no sense. */
static bool take_request(struct restore_paper *p, const struct journal_note *n)
{
	uint64_t v = 0;

	if (is_kind(n, PAPER_NAME)) {
		p->names[p->q.nnames++] = n->text;
		return true;
	}
	if (is_kind(n, PAPER_ARCHIVE)) {
		p->archive = n->text;
	} else if (is_kind(n, PAPER_KINDS)) {
		if (!take_number(n->text, (1u << RESTORE_KINDS) - 1, &v))
			return false;
		p->q.kinds = (unsigned)v;
	} else if (is_kind(n, PAPER_SLOTS)) {
		if (!take_number(n->text, RESTORE_SLOT_B, &v))
			return false;
		p->q.slots = (enum restore_slots)v;
	} else if (is_kind(n, PAPER_OTHER)) {
		if (!take_number(n->text, 1, &v))
			return false;
		p->q.other_phone = v;
	} else if (is_kind(n, PAPER_SAME)) {
		if (!take_number(n->text, 1, &v))
			return false;
		p->q.same_phone = v;
	}
	return true;
}

static int take_plan(struct restore_paper *p, struct err *e)
{
	const struct journal *j = &p->j;
	uint64_t items = 0, said;

	if (j->nnotes == 0 || !is_kind(&j->notes[0], PAPER_HEAD))
		return no_plan(e, "it begins otherwise");
	if (strcmp(j->notes[0].text, PAPER_FORMAT) != 0)
		return no_plan(e, "it is of another version of spdvault");
	p->names = calloc(j->nnotes, sizeof(*p->names));
	if (!p->names)
		return err_nomem(e);
	for (p->end = 1; p->end < j->nnotes; p->end++) {
		const struct journal_note *n = &j->notes[p->end];

		if (is_kind(n, PAPER_END)) {
			if (!take_number(n->text, MANIFEST_PARTS_MAX, &said) ||
			    said != items)
				return no_plan(e, "lines are missing");
			if (!p->archive)
				return no_plan(e, "it names no archive");
			p->q.names = p->names;
			return 0;
		}
		if (!take_request(p, n))
			return no_plan(e, "a line makes no sense");
		items += is_kind(n, PAPER_ITEM);
	}
	return no_plan(e, "its end is missing, or a line was changed");
}

int restore_paper_parse(char *text, size_t n, struct restore_paper *ret,
			struct err *e)
{
	struct restore_paper p = { .end = 0 };
	int rc = journal_parse(text, n, &p.j, e);

	if (rc < 0)
		return e->code == ERR_FORMAT ? no_plan(e, "it begins otherwise")
					     : rc;
	rc = take_plan(&p, e);
	if (rc < 0)
		restore_paper_clear(&p);
	else
		*ret = p;
	return rc;
}

void restore_paper_clear(struct restore_paper *p)
{
	journal_free(&p->j);
	free(p->names);
	memset(p, 0, sizeof(*p));
}

const struct journal_note *restore_paper_last(const struct restore_paper *p,
					      const char *kind,
					      const char *text)
{
	for (size_t i = p->j.nnotes; i-- > 0;)
		if (is_kind(&p->j.notes[i], kind) &&
		    (!text || strcmp(p->j.notes[i].text, text) == 0))
			return &p->j.notes[i];
	return NULL;
}

bool restore_paper_writes(const struct restore_paper *p, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < p->end; i++) {
		const char *text = p->j.notes[i].text;

		if (!is_kind(&p->j.notes[i], PAPER_ITEM) ||
		    strncmp(text, name, len) != 0 || text[len] != ' ')
			continue;
		/* A name may have a blank in it. */
		text += len + 1;
		if (strncmp(text, "write ", 6) == 0 ||
		    strncmp(text, "along ", 6) == 0)
			return true;
	}
	return false;
}

const char *restore_paper_touched(const struct restore_paper *p, size_t k)
{
	for (size_t i = p->end; i < p->j.nnotes; i++) {
		const struct journal_note *n = &p->j.notes[i];
		bool first = is_kind(n, PAPER_BEGIN);

		for (size_t j = p->end; first && j < i; j++)
			first = !is_kind(&p->j.notes[j], PAPER_BEGIN) ||
				strcmp(p->j.notes[j].text, n->text) != 0;
		if (first && k-- == 0)
			return n->text;
	}
	return NULL;
}

enum restore_done restore_paper_done(const struct restore_paper *p,
				     const char *name)
{
	enum restore_done done = RESTORE_NOT_BEGUN;

	for (size_t i = p->end; i < p->j.nnotes; i++) {
		const struct journal_note *n = &p->j.notes[i];

		if (strcmp(n->text, name) != 0)
			continue;
		if (is_kind(n, PAPER_BEGIN))
			done = RESTORE_BEGUN;
		else if (is_kind(n, PAPER_WROTE))
			done = RESTORE_WROTE;
		else if (is_kind(n, PAPER_GOOD))
			done = RESTORE_GOOD;
		else if (is_kind(n, PAPER_BAD))
			done = RESTORE_BAD;
	}
	return done;
}
