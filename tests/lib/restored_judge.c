/* SPDX-License-Identifier: BSD-3-Clause */
/* restored_judge.c - how a disturbed restore may end, and how not. */
#include "lib/restored_run.h"

#include "../../src/cli/ui.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void restored_wrong(struct run *x, const char *fmt, ...)
{
	va_list ap;

	if (x->r->end == RESTORED_WRONG)
		return;
	x->r->end = RESTORED_WRONG;
	va_start(ap, fmt);
	vsnprintf(x->r->why, sizeof(x->r->why), fmt, ap);
	va_end(ap);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* NULL, or a name that is not the same in both. */
static const char *differs(const struct phonesum *a, const struct phonesum *b,
			   bool items)
{
	for (size_t i = 0; i < a->n; i++)
		if (!phonesum_same(&a->v[i], &b->v[i], items))
			return a->v[i].name;
	return NULL;
}

void restored_judge_whole(struct run *x, const struct phonesum *want)
{
	static struct phonesum now;
	struct phone_stats st;
	const char *name;

	phonesum_take(x->on.phone, &now);
	phone_stats(x->on.phone, &st);
	name = differs(want, &now, true);
	if (name)
		restored_wrong(x,
			       "SILENT: done, and '%s' is not as it should be",
			       name);
	if (st.harm)
		restored_wrong(x, "HARM: %s", st.harm);
	if (exists(x->state))
		restored_wrong(x, "done, and there is a state file");
}

static void judge_words(struct run *x, const struct err *e)
{
	if (x->r->end != RESTORED_WRONG)
		snprintf(x->r->why, sizeof(x->r->why), "%s", e->text);
	if (x->on.hung)
		restored_wrong(x, "HANG: %s", e->text);
	if (!*e->text || e->code == ERR_NONE)
		restored_wrong(x, "an error without words");
	if (!*remedy_of(e))
		restored_wrong(x, "no remedy for: %s", e->text);
	if (e->code == ERR_BUG || e->code == ERR_EXISTS)
		restored_wrong(x, "a false alarm, or a bug: %s", e->text);
}

static const struct restore_item *item_of(const struct restore_plan *p,
					  const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return &p->v[i];
	return NULL;
}

/* Is what is said of one partition what the phone holds? */
static void judge_item(struct run *x, const struct restore_item *it,
		       const struct phonesum *now)
{
	const struct phonesum_part *is = phonesum_find(now, it->name);
	const struct phonesum_part *was = phonesum_find(&x->f->was, it->name);
	const struct phonesum_part *old =
		phonesum_find(&x->f->damaged, it->name);

	if (!is || !was || !old)
		return; /* (an old phone's uboot is the second boot area) */
	if (it->done == RESTORE_GOOD && !phonesum_same(is, was, true))
		restored_wrong(x, "SILENT: '%s' is said to be good", it->name);
	if (it->done == RESTORE_BAD && phonesum_same(is, was, false))
		restored_wrong(x, "'%s' is said to be bad, and is not",
			       it->name);
	if (it->done == RESTORE_NOT_BEGUN && it->state != RESTORE_EQUAL &&
	    !phonesum_same(is, old, false))
		restored_wrong(x, "SILENT: '%s' is said to be as it was",
			       it->name);
}

/* Whatever is wrong with the line: first the data, then the boot chain. */
static void judge_chain(struct run *x, const struct restore_plan *p,
			const struct phonesum *now)
{
	const char *chain = NULL, *data = NULL;

	for (size_t i = 0; i < now->n; i++) {
		const struct phonesum_part *is = &now->v[i];
		const struct restore_item *it = item_of(p, is->name);

		if (!it)
			continue;
		if (it->rule->kind != RESTORE_BOOT) {
			if (!phonesum_same(is, &x->f->was.v[i], true))
				data = is->name;
		} else if (!phonesum_same(is, &x->f->damaged.v[i], false)) {
			chain = is->name;
		}
	}
	if (chain && data)
		restored_wrong(x, "'%s' was begun while '%s' was still to come",
			       chain, data);
}

/* It stopped; what does it leave? */
void restored_judge_stopped(struct run *x, const struct err *e)
{
	static struct phonesum now;
	const struct restore_plan *p = x->x ? restore_plan(x->x) : NULL;
	bool touched = x->x && restore_touched(x->x);

	judge_words(x, e);
	phonesum_take(x->on.phone, &now);
	if (!touched) {
		const char *name = differs(&x->f->damaged, &now, false);

		if (name)
			restored_wrong(x,
				       "WRITES: '%s', and says nothing of it",
				       name);
		if (exists(x->state))
			restored_wrong(
				x, "nothing was written: a state file is left");
		if (x->r->end != RESTORED_WRONG)
			x->r->end = RESTORED_UNTOUCHED;
		return;
	}
	for (size_t i = 0; i < p->n; i++)
		judge_item(x, &p->v[i], &now);
	judge_chain(x, p, &now);
	if (!exists(x->state) || !exists(x->undo))
		restored_wrong(x, "stopped, and cannot be gone on with: %s",
			       e->text);
	if (x->r->end != RESTORED_WRONG)
		x->r->end = RESTORED_STOPPED;
}
