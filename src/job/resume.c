/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.c - the notes of an earlier run understood, and gone on from there. */
#include "resume.h"

#include "base/text.h"
#include "noted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- understanding ------------------------------------------------------- */

static struct manifest_part *find_member(struct manifest *m, const char *member)
{
	for (size_t i = m->nparts; i-- > 0;)
		if (strcmp(m->parts[i].member, member) == 0)
			return &m->parts[i];
	return NULL;
}

static bool has_warning(const struct manifest *m, const char *text)
{
	for (size_t i = 0; i < m->nwarnings; i++)
		if (strcmp(m->warnings[i], text) == 0)
			return true;
	return false;
}

static int take_part(struct resumed *re, const char *text, struct err *e)
{
	struct manifest_part p, *old;

	if (manifest_part_from_text(text, &p, e) < 0)
		return -(int)e->code;
	free(p.unreadable);
	p.unreadable = NULL;
	p.nunreadable = 0;
	old = find_member(&re->old, p.member);
	if (!old)
		return 0; /* it was cut off again */
	/* What the archive knows of it, it knows better. */
	memcpy(p.sha256, old->sha256, sizeof(p.sha256));
	p.size = old->size;
	p.first_frame = old->first_frame;
	p.frames = old->frames;
	p.unreadable = old->unreadable;
	p.nunreadable = old->nunreadable;
	*old = p;
	return 0;
}

/* "OFFSET LENGTH MEMBER", "N MEMBER" */
static int take_range(struct resumed *re, const struct journal_note *n,
		      struct noted *lists, struct err *e)
{
	bool only = strcmp(n->kind, NOTE_ONLY) == 0;
	uint64_t first, length = 0;
	struct manifest_part *p;
	struct noted *l;
	char *s;

	first = strtoull(n->text, &s, 10);
	if (!only)
		length = strtoull(s, &s, 10);
	p = *s == ' ' ? find_member(&re->old, s + 1) : NULL;
	if (!p)
		return 0; /* it was cut off again */
	l = &lists[p - re->old.parts];
	if (only)
		noted_only(l, first);
	else if (!noted_add(l, first, length))
		return err_nomem(e);
	return 0;
}

/* What lies behind the place where reading goes on will be read again. */
static int settle(struct resumed *re, struct noted *lists, struct err *e)
{
	for (size_t i = 0; i < re->old.nparts; i++) {
		struct manifest_part *p = &re->old.parts[i];
		bool open = re->open && i + 1 == re->old.nparts;

		if (!noted_settle(&lists[i], open ? re->position : p->size, p))
			return err_nomem(e);
	}
	return 0;
}

static int take_note(struct resumed *re, const struct journal_note *n,
		     struct noted *lists, struct err *e)
{
	struct manifest_part *p;

	if (strcmp(n->kind, NOTE_RANGE) == 0 || strcmp(n->kind, NOTE_ONLY) == 0)
		return take_range(re, n, lists, e);
	if (strcmp(n->kind, NOTE_PART) == 0)
		return take_part(re, n->text, e);
	if (strcmp(n->kind, NOTE_BEGUN) == 0)
		text_copy(re->old.created, sizeof(re->old.created), n->text);
	if (strcmp(n->kind, NOTE_METHOD) == 0) {
		p = find_member(&re->old, n->text);
		if (p)
			p->method = METHOD_BY_NAME;
	}
	if (strcmp(n->kind, NOTE_WARNING) == 0 &&
	    !has_warning(&re->old, n->text) &&
	    !manifest_add_warning(&re->old, n->text))
		return err_nomem(e);
	if (strcmp(n->kind, NOTE_LEFT_OUT) == 0) {
		struct manifest_omitted *o = manifest_add_omitted(&re->old);

		if (!o)
			return err_nomem(e);
		text_copy(o->name, sizeof(o->name), n->text);
	}
	return 0;
}

static int take_notes(struct resumed *re, const struct journal *j,
		      struct err *e)
{
	struct noted *lists = calloc(re->old.nparts + 1, sizeof(*lists));
	int rc = lists ? 0 : err_nomem(e);

	for (size_t i = 0; rc == 0 && i < j->nnotes; i++)
		rc = take_note(re, &j->notes[i], lists, e);
	if (rc == 0)
		rc = settle(re, lists, e);
	for (size_t i = 0; lists && i < re->old.nparts; i++)
		noted_free(&lists[i]);
	free(lists);
	return rc < 0 ? err_context(e, "the journal") : 0;
}

/* The old run's manifest, as far as it had come. */
static int understand(struct resumed *re, const struct journal *j,
		      size_t nmembers, struct err *e)
{
	for (size_t i = 0; i < nmembers; i++) {
		struct manifest_part *p = manifest_add_part(&re->old);

		if (!p)
			return err_nomem(e);
		archive_resume_part(&j->members[i], p);
		re->open = !j->members[i].ended;
	}
	return take_notes(re, j, e);
}

/* -- beginning ----------------------------------------------------------- */

static bool is_planned(const struct plan *p, const char *member)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].member, member) == 0)
			return true;
	return false;
}

/* What we make ourselves may be other bytes now, and is made at once. */
static enum archive_keep what_to_keep(const struct journal *j,
				      const struct plan *plan)
{
	const struct journal_member *m = journal_open_member(j);

	if (j->nframes == 0 || (m && m->header == 0))
		return KEEP_NOTHING;
	return m && !is_planned(plan, m->name) ? KEEP_MEMBERS : KEEP_ALL;
}

uint64_t resume_stored(const struct resumed *re)
{
	const struct archive_resume_info *i;
	uint64_t sum = 0;

	if (!re->left)
		return 0;
	i = archive_resume_info(re->left);
	for (size_t k = 0; k < i->journal->nmembers; k++)
		if (i->journal->members[k].ended)
			sum += i->journal->members[k].size;
	return sum + i->position;
}

static bool on_stored(void *user, const struct block *b)
{
	struct resumed *re = user;
	const struct manifest_part *open = &re->old.parts[re->old.nparts - 1];
	struct err e;

	content_look_at(re->look, b->data, b->used, b->offset, open->size);
	return job_go_on(re->ev, &e) == 0;
}

/* A killed process leaves no such place; a power cut or a bad disk does. */
static void tell_damage(const struct resumed *re, const char *out)
{
	const struct archive_resume_info *i = archive_resume_info(re->left);
	char size[TEXT_SIZE_MAX];

	if (i->damaged)
		job_warn(re->ev,
			 "'%s.partial' is not what was written from byte "
			 "%" PRIu64 " on (after a power cut, or on a bad "
			 "disk): %s of it are read from the phone again",
			 out, i->kept, text_size(i->lost, size));
}

static void tell(const struct resumed *re, const char *out)
{
	char size[TEXT_SIZE_MAX];
	const struct manifest_part *open;

	if (!re->open) {
		job_note(re->ev,
			 "going on with '%s.partial' behind %zu whole members",
			 out, re->old.nparts);
		return;
	}
	open = &re->old.parts[re->old.nparts - 1];
	job_note(re->ev,
		 "going on with '%s.partial' behind %zu whole members and %s "
		 "of '%s'",
		 out, re->old.nparts - 1, text_size(re->position, size),
		 open->member);
}

/* What was then is told, too; what is new is noted for the next run. */
static int merge(struct resumed *re, struct archive_writer *w,
		 struct manifest *m, struct err *e)
{
	size_t before = m->nwarnings;

	for (size_t i = 0; i < before; i++)
		if (!has_warning(&re->old, m->warnings[i]) &&
		    archive_note(w, NOTE_WARNING, m->warnings[i], e) < 0)
			return -(int)e->code;
	for (size_t i = 0; i < re->old.nwarnings; i++)
		if (!has_warning(m, re->old.warnings[i]) &&
		    !manifest_add_warning(m, re->old.warnings[i]))
			return err_nomem(e);
	if (*re->old.created)
		text_copy(m->created, sizeof(m->created), re->old.created);
	return 0;
}

static int start_new(struct resumed *re, const struct backup_request *q,
		     const struct identity *id, struct manifest *m,
		     struct archive_writer **ret, struct err *e)
{
	int rc;

	if (re->left) {
		job_note(re->ev,
			 "'%s.partial' holds nothing that could be used: "
			 "starting from the beginning",
			 q->out);
		rc = archive_resume_begin(re->left, KEEP_NOTHING, NULL, NULL,
					  ret, e);
		re->left = rc < 0 ? re->left : NULL;
	} else {
		rc = archive_create(q->out, &q->archive, ret, e);
	}
	return rc < 0 ? rc : resume_note_start(*ret, m, id, e);
}

int resume_begin(struct resumed *re, const struct backup_request *q,
		 const struct identity *id, const struct plan *plan,
		 struct manifest *m, struct archive_writer **ret, struct err *e)
{
	const struct archive_resume_info *i;
	struct manifest_part *open;
	enum archive_keep keep;
	int rc;

	if (!re->left)
		return start_new(re, q, id, m, ret, e);
	i = archive_resume_info(re->left);
	keep = what_to_keep(i->journal, plan);
	if (keep == KEEP_NOTHING) {
		tell_damage(re, q->out);
		return start_new(re, q, id, m, ret, e);
	}
	if (identity_compare(i->journal, id, q->out, e) < 0)
		return -(int)e->code;
	re->position = i->position;
	m->resumed = i->resumed + 1;
	if (understand(re, i->journal,
		       i->journal->nmembers - (keep == KEEP_MEMBERS), e) < 0)
		return -(int)e->code;
	tell_damage(re, q->out);
	rc = archive_resume_begin(re->left, keep, on_stored, re, ret, e);
	if (rc < 0)
		return rc;
	re->left = NULL;
	tell(re, q->out);
	open = re->open ? &re->old.parts[re->old.nparts - 1] : NULL;
	if (open && resume_note_ranges(*ret, open->member, open, e) < 0)
		return -(int)e->code;
	return merge(re, *ret, m, e);
}

void resume_free(struct resumed *re)
{
	archive_resume_drop(re->left);
	manifest_free(&re->old);
	memset(re, 0, sizeof(*re));
}

/* -- going on ------------------------------------------------------------ */

/* With its ranges. */
static void move_part(struct manifest_part *from, struct manifest_part *to)
{
	free(to->unreadable);
	*to = *from;
	from->unreadable = NULL;
	from->nunreadable = 0;
}

int resume_took(struct resumed *re, const char *member, struct manifest *m,
		struct err *e)
{
	struct manifest_part *p = find_member(&re->old, member), *mine;

	if (!p || (re->open && p == &re->old.parts[re->old.nparts - 1]))
		return 0;
	mine = manifest_add_part(m);
	if (!mine)
		return err_nomem(e);
	move_part(p, mine);
	return 1;
}

bool resume_left_out(const struct resumed *re, const char *name)
{
	for (size_t i = 0; i < re->old.nomitted; i++)
		if (strcmp(re->old.omitted[i].name, name) == 0)
			return true;
	return false;
}

bool resume_goes_on(struct resumed *re, const char *member,
		    struct manifest_part *p)
{
	struct manifest_part *old =
		re->open ? &re->old.parts[re->old.nparts - 1] : NULL;

	if (!old || strcmp(old->member, member) != 0)
		return false;
	re->open = false;
	if (old->method == METHOD_BY_NAME) {
		p->method = METHOD_BY_NAME;
		p->raw_offset = 0;
	}
	free(p->unreadable);
	p->unreadable = old->unreadable;
	p->nunreadable = old->nunreadable;
	old->unreadable = NULL;
	old->nunreadable = 0;
	return true;
}
