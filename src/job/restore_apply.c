/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_apply.c - one partition after the other, each read back. */
#include "base/text.h"
#include "device/sparse.h"
#include "device/writer.h"
#include "restore_paper.h"
#include "restore_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Up to that size a wish to stop waits until the partition is whole. */
#define TO_ITS_END ((uint64_t)64 << 20)

static int pull_archive(void *user, void *buf, size_t n, struct err *e)
{
	return restore_source_pull(user, buf, n, e);
}

struct memory {
	const uint8_t *p;
	size_t left;
};

static int pull_memory(void *user, void *buf, size_t n, struct err *e)
{
	struct memory *m = user;

	if (n > m->left)
		return err_set(e, ERR_BUG, "an image that ends too early");
	memcpy(buf, m->p, n);
	m->p += n;
	m->left -= n;
	return 0;
}

static void on_progress(void *user, uint64_t done)
{
	struct restore *r = user;

	r->pr.done = done < r->pr.total ? done : r->pr.total;
	job_progress(&r->ev, &r->pr);
}

/* -- one partition ------------------------------------------------------- */

static int put(struct restore *r, const struct restore_item *it,
	       const struct write_target *t, const struct write_source *src,
	       struct err *e)
{
	const struct write_events ev = { r, on_progress };
	struct write_result res = { .state = WRITE_UNTOUCHED };
	int rc = writer_put(r->s, t, src, &ev, &res, e);

	r->untouched = rc < 0 && res.state == WRITE_UNTOUCHED;
	r->pr.all_done += it->length;
	return rc;
}

static void target_of(const struct restore_item *it, struct write_target *t)
{
	memset(t, 0, sizeof(*t));
	text_copy(t->name, sizeof(t->name), it->target);
	t->size = it->length;
	t->is_signed = it->rule->is_signed;
	t->to_its_end =
		it->length <= TO_ITS_END || it->rule->kind == RESTORE_BOOT;
}

void restore_ask_writer(const struct restore *r, struct restore_item *it)
{
	struct write_target t;
	struct err e;

	target_of(it, &t);
	t.has_sum = it->how == RESTORE_AS_NV;
	if (writer_check(r->s, &t, &e) < 0)
		restore_say(it, RESTORE_REFUSED, "%s", e.text);
}

static int put_nv(struct restore *r, const struct restore_item *it,
		  struct err *e)
{
	struct write_target t;
	struct memory m;
	const struct write_source src = { &m, pull_memory };
	uint8_t *image;
	uint32_t sum;
	size_t n;
	int rc = restore_nv_pack(r, it, &image, &n, &sum, e);

	if (rc < 0)
		return rc;
	target_of(it, &t);
	t.size = n;
	t.has_sum = true;
	t.sum = sum;
	m.p = image;
	m.left = n;
	rc = put(r, it, &t, &src, e);
	free(image);
	return rc;
}

/* A raw image that a loader would take for a sparse one is wrapped into one. */
static int put_bytes(struct restore *r, const struct restore_item *it,
		     struct err *e)
{
	const struct write_source plain = { r, pull_archive };
	size_t n = it->length < SPARSE_SEEN ? (size_t)it->length : SPARSE_SEEN;
	struct sparse_wrap wrap;
	struct write_source src = plain;
	struct write_target t;

	target_of(it, &t);
	if (restore_source_begin(r, it, e) < 0 ||
	    restore_source_pull(r, r->ours, n, e) < 0 ||
	    restore_source_begin(r, it, e) < 0)
		return -(int)e->code;
	if (sparse_is_expanded(r->ours, n)) {
		t.size = sparse_wrapped_size(it->length);
		src = sparse_wrap_begin(&wrap, &plain, it->length);
		if (!t.size)
			return err_set(e, ERR_EXISTS,
				       "it begins like a sparse image, which "
				       "the loader would expand, and is not "
				       "made of whole sectors");
	}
	return put(r, it, &t, &src, e);
}

/* What stands on the phone after the loader said that all is well? */
static int read_back(struct restore *r, struct restore_item *it, struct err *e)
{
	struct restore_item now = *it;
	bool whole = r->q.whole;
	int rc;

	r->left_behind = false;
	r->q.whole = true;
	rc = restore_compare(r, &now, e);
	r->q.whole = whole;
	if (rc == 0 && now.state != RESTORE_REFUSED && now.differs &&
	    restore_is_nv(it))
		rc = restore_nv_look(r, &now, e);
	if (rc < 0)
		return rc;
	if (now.state == RESTORE_REFUSED)
		return err_set(e, ERR_REFUSED, "reading '%s' back: %s",
			       it->name, now.reason);
	r->left_behind = now.erased_first && now.behind > 0;
	if (!now.differs)
		return 0;
	return err_set(e, ERR_MISMATCH,
		       "'%s' was written, and differs when it is read back: "
		       "%" PRIu64 " bytes from 0x%" PRIx64 " on",
		       it->name, now.differing, now.first);
}

/* Of the plan, what a loader may write with this one; NULL: no more. */
static struct restore_item *next_along(struct restore *r,
				       const struct restore_item *it, size_t *k)
{
	char names[RESTORE_ALONG_MAX][37];
	size_t n = restore_in_danger(r, it->target, names);

	while (*k < n) {
		struct restore_item *x = restore_find(r, names[(*k)++]);

		if (x && x != it && x->done == RESTORE_NOT_BEGUN &&
		    (x->state == RESTORE_WRITE || x->state == RESTORE_ALONG))
			return x;
	}
	return NULL;
}

static int note_begin(struct restore *r, const struct restore_item *it,
		      struct err *e)
{
	struct restore_item *x;
	size_t k = 0;

	if (restore_state_note(r, e, PAPER_BEGIN, "%s", it->name) < 0)
		return -(int)e->code;
	while ((x = next_along(r, it, &k)))
		if (restore_state_note(r, e, PAPER_BEGIN, "%s", x->name) < 0)
			return -(int)e->code;
	return 0;
}

static void begun(struct restore *r, const struct restore_item *it)
{
	struct restore_item *x;
	size_t k = 0;

	r->touched = true;
	while ((x = next_along(r, it, &k)))
		x->done = RESTORE_BEGUN;
}

static int write_once(struct restore *r, struct restore_item *it, struct err *e)
{
	/* Something of it may be there, written along with another one. */
	const enum restore_done before = it->done;
	int rc;

	if (note_begin(r, it, e) < 0)
		return -(int)e->code;
	it->done = RESTORE_BEGUN;
	r->untouched = true;
	rc = it->how == RESTORE_AS_NV ? put_nv(r, it, e) : put_bytes(r, it, e);
	if (rc < 0 && r->untouched)
		it->done = before;
	else
		begun(r, it);
	if (rc < 0)
		return rc;
	it->done = RESTORE_WROTE;
	if (restore_state_note(r, e, PAPER_WROTE, "%s", it->name) < 0)
		return -(int)e->code;
	rc = read_back(r, it, e);
	if (rc == 0) {
		it->done = RESTORE_GOOD;
		return restore_state_note(r, e, PAPER_GOOD, "%s", it->name);
	}
	if (e->code == ERR_MISMATCH) {
		struct err ignored; /* the first failure is the one to tell */

		it->done = RESTORE_BAD;
		if (restore_state_note(r, &ignored, PAPER_BAD, "%s", it->name) <
		    0)
			return rc;
	}
	return rc;
}

/* What the loader was to erase behind a payload is there still. */
static int write_whole(struct restore *r, struct restore_item *it,
		       struct err *e)
{
	job_note(&r->ev,
		 "the loader did not erase '%s' before it was written: now all "
		 "of it",
		 it->name);
	it->how = RESTORE_WHOLE;
	it->length = it->source;
	return write_once(r, it, e);
}

static int write_item(struct restore *r, struct restore_item *it, struct err *e)
{
	int rc = write_once(r, it, e);

	return rc == 0 && r->left_behind ? write_whole(r, it, e) : rc;
}

/* Written along with another one, as was expected?  Else by itself. */
static int check_along(struct restore *r, struct restore_item *it,
		       struct err *e)
{
	struct err why;

	if (read_back(r, it, &why) == 0) {
		if (r->left_behind)
			return write_whole(r, it, e);
		it->done = RESTORE_GOOD;
		return restore_state_note(r, e, PAPER_GOOD, "%s", it->name);
	}
	if (why.code != ERR_MISMATCH) {
		*e = why;
		return -(int)e->code;
	}
	job_note(&r->ev, "'%s' was not written along with '%s'", it->name,
		 it->with);
	return write_item(r, it, e);
}

/* Was it said wrongly that this loader keeps slots apart? */
static int check_apart(struct restore *r, const struct restore_item *it,
		       struct err *e)
{
	struct restore_item *o, now;
	char other[37];
	int rc;

	if (r->q.slots != RESTORE_SLOTS_APART ||
	    !restore_other_slot(it->target, other))
		return 0;
	o = restore_find(r, other);
	/* What is still to be written may be anything. */
	if (!o || !o->looked || (o->differs && o->done != RESTORE_GOOD))
		return 0;
	now = *o;
	if (restore_compare(r, &now, e) < 0)
		return -(int)e->code;
	if (!now.differs)
		return 0;
	o->state = RESTORE_WRITE;
	o->done = RESTORE_BAD;
	if (restore_state_note(r, e, PAPER_BEGIN, "%s", other) < 0 ||
	    restore_state_note(r, e, PAPER_BAD, "%s", other) < 0)
		return -(int)e->code;
	rc = err_set(e, ERR_MISMATCH,
		     "the loader wrote '%s' along with '%s': it does not keep "
		     "slots apart",
		     other, it->name);
	err_hint(e, "--resume --undo writes back what was there, as far as "
		    "such a loader can; then without --slots apart");
	return rc;
}

static int apply_item(struct restore *r, struct restore_item *it, struct err *e)
{
	int rc;

	r->pr.part = it->name;
	r->pr.number++;
	r->pr.done = 0;
	r->pr.total = it->length;
	rc = job_go_on(&r->ev, e);
	if (rc == 0)
		rc = it->state == RESTORE_ALONG ? check_along(r, it, e)
						: write_item(r, it, e);
	if (rc == 0)
		rc = check_apart(r, it, e);
	return rc;
}

/* Along with what comes later in the order: after that one. */
static int apply_along(struct restore *r, const struct restore_item *with,
		       struct err *e)
{
	for (size_t i = 0; i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];

		if (it->state == RESTORE_ALONG &&
		    strcmp(it->with, with->name) == 0 &&
		    apply_item(r, it, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

/* What a failure leaves: the truth in the state file, or nothing at all. */
static void give_up(struct restore *r, const struct err *why)
{
	struct err later; /* the first failure is the one to tell */

	if (restore_state_note(r, &later, PAPER_STOP, "%s", why->text) < 0)
		job_warn(&r->ev, "the state file lacks its last line: %s",
			 later.text);
	if (!r->touched && r->undo && unlink(r->undo) < 0)
		job_warn(&r->ev, "'%s' could not be removed", r->undo);
}

bool restore_touched(const struct restore *r)
{
	return r->touched;
}

int restore_apply(struct restore *r, struct err *e)
{
	int rc = 0;

	memset(&r->pr, 0, sizeof(r->pr));
	r->pr.count =
		r->plan.counts[RESTORE_WRITE] + r->plan.counts[RESTORE_ALONG];
	r->pr.all_total = r->plan.bytes;
	for (size_t i = 0; rc == 0 && i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];

		if (it->state != RESTORE_WRITE)
			continue;
		rc = apply_item(r, it, e);
		if (rc == 0)
			rc = apply_along(r, it, e);
	}
	if (rc < 0)
		give_up(r, e);
	restore_state_close(r, rc == 0 || !r->touched);
	return rc;
}
