/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_plan.c - what would be written, in which order, and what not. */
#include "base/text.h"
#include "restore_paper.h"
#include "restore_run.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool restore_is_partition(const struct manifest_part *p)
{
	return p->method != METHOD_NONE && strcmp(p->class, "table") != 0;
}

struct restore_item *restore_find(struct restore *r, const char *name)
{
	for (size_t i = 0; i < r->plan.n; i++)
		if (strcmp(r->plan.v[i].name, name) == 0)
			return &r->plan.v[i];
	return NULL;
}

void restore_say(struct restore_item *it, enum restore_state st,
		 const char *fmt, ...)
{
	va_list ap;

	it->state = st;
	va_start(ap, fmt);
	vsnprintf(it->reason, sizeof(it->reason), fmt, ap);
	va_end(ap);
}

bool restore_is_undo(const struct restore *r)
{
	return strcmp(r->m->note, RESTORE_UNDO_NOTE) == 0;
}

/* -- what is asked for --------------------------------------------------- */

/* The first links of the boot chain are meant only when they are spelled out.
 */
static bool is_named(const struct restore *r, const struct restore_item *it)
{
	for (size_t i = 0; i < r->q.nnames; i++)
		if (it->rule->when == RESTORE_BY_NAME
			    ? strcmp(r->q.names[i], it->name) == 0
			    : fnmatch(r->q.names[i], it->name, 0) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct restore *r, const struct restore_item *it)
{
	if (it->named || (restore_is_undo(r) && r->q.nnames == 0))
		return true;
	/* It was, by whatever way, in the run that is gone on with. */
	if (r->q.resumed && restore_paper_writes(r->q.resumed, it->name))
		return true;
	if (it->rule->when == RESTORE_BY_KIND)
		return r->q.kinds >> it->rule->kind & 1;
	return it->rule->when == RESTORE_BY_DEFAULT && r->q.nnames == 0;
}

static void leave(const struct restore *r, struct restore_item *it)
{
	if (it->rule->when == RESTORE_BY_KIND)
		restore_say(it, RESTORE_LEFT, "needs --class %s, or its name",
			    restore_kind_name(it->rule->kind));
	else if (it->rule->when == RESTORE_WITH_SUPER)
		restore_say(it, RESTORE_LEFT,
			    "it has the keys of the user data that is on the "
			    "phone now; written with 'super', or by its name");
	else if (it->rule->when == RESTORE_NEVER)
		restore_say(it, RESTORE_LEFT, "cannot be written by a loader");
	else if (it->rule->when == RESTORE_BY_NAME)
		restore_say(it, RESTORE_LEFT, "only when it is named");
	else
		restore_say(it, RESTORE_LEFT, "%s",
			    r->q.nnames ? "not named" : "not asked for");
}

/* Why the archive's bytes must not be written, whatever is asked for. */
static bool refuse(const struct restore *r, const struct manifest_part *p,
		   struct restore_item *it)
{
	if (p->method == METHOD_NV_BY_NAME)
		restore_say(it, RESTORE_REFUSED,
			    "it was read by its name: its header is missing, "
			    "and what follows its end is of no known origin");
	else if (p->nunreadable)
		restore_say(it, RESTORE_REFUSED,
			    "the archive lacks %zu range%s of it, the first at "
			    "0x%" PRIx64 ": zeros would take their place",
			    p->nunreadable, p->nunreadable == 1 ? "" : "s",
			    p->unreadable[0].offset);
	else if (*p->doubt)
		restore_say(it, RESTORE_REFUSED,
			    "it was read from the bare NAND, where bad blocks "
			    "shift what lies behind them: nothing proves that "
			    "its bytes are in their places");
	else if (p->grave)
		restore_say(it, RESTORE_REFUSED,
			    "its copy in the archive is blank or another "
			    "one's: no phone works with that");
	else if (it->private_ && r->plan.owner == RESTORE_OTHER_PHONE)
		restore_say(it, RESTORE_REFUSED,
			    "it belongs to the unit that the archive is of");
	else if (it->private_ && r->plan.owner == RESTORE_UNPROVEN &&
		 !r->q.same_phone)
		restore_say(it, RESTORE_REFUSED,
			    "it belongs to one unit, and nothing proves that "
			    "this is it (--same-phone, if you know)");
	else
		return false;
	return true;
}

static void describe(struct restore *r, const struct manifest_part *part,
		     struct restore_item *it)
{
	const struct manifest_part *p = restore_chosen(r, part);

	memset(it, 0, sizeof(*it));
	text_copy(it->name, sizeof(it->name), part->name);
	text_copy(it->member, sizeof(it->member), p->member);
	it->rule = restore_rule(part->name);
	it->size = it->source = it->length = p->size;
	it->private_ = plan_class(part->name)->private_ || p->private_;
	memcpy(it->sha256, p->sha256, SHA256_LEN);
	if (r->image)
		it->size = ptable_find(&r->layout.table, it->name)->size;
	it->named = is_named(r, it);
	if (restore_is_nv(it) &&
	    restore_by_first_name(r, part->name, it->target))
		it->how = RESTORE_AS_NV;
	else
		text_copy(it->target, sizeof(it->target), part->name);
	if (it->rule->when == RESTORE_NEVER || !is_wanted(r, it))
		leave(r, it);
	else if (!refuse(r, p, it))
		it->state = RESTORE_EQUAL;
}

static int no_such_name(const struct restore *r, const char *name,
			struct err *e)
{
	int rc = err_set(e, ERR_USAGE, "the archive has no partition '%s'",
			 name);
	char first[37];

	for (size_t i = 0; i < r->m->nparts; i++) {
		const char *other = r->m->parts[i].name;

		if (restore_by_first_name(r, other, first) &&
		    strcmp(first, name) == 0)
			err_hint(e,
				 "name '%s', its second copy: the archive "
				 "has that one alone, with the same items",
				 other);
	}
	err_hint(e, "'spdvault list' says what it has");
	return rc;
}

static int check_names(const struct restore *r, struct err *e)
{
	for (size_t i = 0; i < r->q.nnames; i++) {
		bool found = false;

		for (size_t k = 0; k < r->m->nparts && !found; k++)
			found = restore_is_partition(&r->m->parts[k]) &&
				fnmatch(r->q.names[i], r->m->parts[k].name,
					0) == 0;
		if (!found)
			return no_such_name(r, r->q.names[i], e);
	}
	return 0;
}

int restore_list(struct restore *r, struct err *e)
{
	if (check_names(r, e) < 0)
		return -(int)e->code;
	r->plan.v = calloc(r->m->nparts ? r->m->nparts : 1, sizeof(*r->plan.v));
	if (!r->plan.v)
		return err_nomem(e);
	for (size_t i = 0; i < r->m->nparts; i++)
		if (restore_is_partition(&r->m->parts[i]))
			describe(r, &r->m->parts[i], &r->plan.v[r->plan.n++]);
	return 0;
}

/* -- what has to match --------------------------------------------------- */

static void set_group(struct restore_item *it)
{
	size_t n = strlen(it->name);
	bool slot = it->rule->per_slot && n > 2 && it->name[n - 2] == '_';

	if (it->rule->group)
		snprintf(it->group, sizeof(it->group), "%s%s%s",
			 it->rule->group, slot ? " " : "",
			 slot ? it->name + n - 1 : "");
}

static bool is_missing(const struct restore_item *it)
{
	return it->state == RESTORE_REFUSED && (it->differs || !it->looked);
}

/* Its bytes would be other ones afterwards. */
static bool is_to_change(const struct restore_item *it)
{
	return it->state == RESTORE_WRITE ||
	       (it->state == RESTORE_ALONG && it->differs);
}

/* Half of a group is worse than none, unless the user has named it. */
static bool settle_groups(struct restore *r)
{
	bool changed = false;

	for (size_t i = 0; i < r->plan.n; i++) {
		const struct restore_item *bad = &r->plan.v[i];

		for (size_t k = 0;
		     *bad->group && is_missing(bad) && k < r->plan.n; k++) {
			struct restore_item *it = &r->plan.v[k];

			if (!is_to_change(it) || it->named ||
			    strcmp(it->group, bad->group) != 0)
				continue;
			restore_say(it, RESTORE_REFUSED,
				    "it has to match '%s', which is refused "
				    "(name it to write it all the same)",
				    bad->name);
			changed = true;
		}
	}
	return changed;
}

/* What goes along is written, or not, with the one that it goes along with. */
static bool settle_along(struct restore *r)
{
	bool changed = false;

	for (size_t i = 0; i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];
		struct restore_item *with =
			*it->with ? restore_find(r, it->with) : NULL;

		if (!with)
			continue;
		if (it->state == RESTORE_ALONG &&
		    with->state == RESTORE_REFUSED) {
			restore_say(it,
				    it->differs ? RESTORE_REFUSED
						: RESTORE_EQUAL,
				    "the loader writes it with '%s', which is "
				    "refused",
				    with->name);
			changed = true;
		} else if (it->state == RESTORE_REFUSED &&
			   with->state == RESTORE_WRITE && !with->named) {
			restore_say(with, RESTORE_REFUSED,
				    "the loader writes '%s' with it, which is "
				    "refused",
				    it->name);
			changed = true;
		}
	}
	return changed;
}

static bool writes_super(const struct restore *r)
{
	for (size_t i = 0; i < r->plan.n; i++)
		if (r->plan.v[i].state == RESTORE_WRITE &&
		    strcmp(r->plan.v[i].name, "super") == 0)
			return true;
	return false;
}

static void settle_super(struct restore *r)
{
	for (size_t i = 0; i < r->plan.n && writes_super(r); i++) {
		struct restore_item *it = &r->plan.v[i];

		if (it->rule->when != RESTORE_WITH_SUPER ||
		    it->state != RESTORE_LEFT || !it->looked)
			continue;
		it->state = it->differs ? RESTORE_WRITE : RESTORE_EQUAL;
		it->reason[0] = '\0';
		/* What another phone has of it fits to its own super. */
		if (refuse(r, manifest_find(r->m, it->name), it) &&
		    r->plan.owner != RESTORE_SAME_PHONE)
			it->state = RESTORE_LEFT;
	}
}

/* Which slot boots must not change while code of it is not as it was then. */
static void settle_control(struct restore *r)
{
	const char *bad = NULL;

	for (size_t i = 0; i < r->plan.n; i++)
		if (r->plan.v[i].rule->kind == RESTORE_CODE &&
		    is_missing(&r->plan.v[i]))
			bad = r->plan.v[i].name;
	for (size_t i = 0; bad && i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];

		if (it->rule->kind == RESTORE_CONTROL &&
		    it->state == RESTORE_WRITE && !it->named)
			restore_say(it, RESTORE_REFUSED,
				    "which slot boots stays as it is, since "
				    "'%s' is refused",
				    bad);
	}
}

/* What changed since the run that is gone on with is in no safety copy. */
static void settle_resumed(struct restore *r)
{
	for (size_t i = 0; r->q.resumed && i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i];

		if ((it->state == RESTORE_WRITE ||
		     it->state == RESTORE_ALONG) &&
		    !restore_paper_writes(r->q.resumed, it->name))
			restore_say(it, RESTORE_LEFT,
				    "it was not part of the plan that is gone "
				    "on with, and no safety copy has it");
	}
}

/* -- order --------------------------------------------------------------- */

/* A copy is written after what the loader writes it along with. */
static int copy_rank(const struct restore_item *it)
{
	size_t n = strlen(it->name);

	return it->rule->kind == RESTORE_NV
		       ? strstr(it->name, "nv2") != NULL
		       : n > 4 && strcmp(it->name + n - 4, "_bak") == 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct restore_item *x = a, *y = b;

	if (x->rule->order != y->rule->order)
		return x->rule->order < y->rule->order ? -1 : 1;
	if (copy_rank(x) != copy_rank(y))
		return copy_rank(x) - copy_rank(y);
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

void restore_settle(struct restore *r)
{
	bool changed;

	settle_super(r);
	for (size_t i = 0; i < r->plan.n; i++)
		set_group(&r->plan.v[i]);
	do {
		changed = settle_groups(r);
		changed = settle_along(r) || changed;
	} while (changed);
	settle_control(r);
	settle_resumed(r);
	qsort(r->plan.v, r->plan.n, sizeof(*r->plan.v), compare_items);
	for (size_t i = 0; i < r->plan.n; i++) {
		const struct restore_item *it = &r->plan.v[i];

		r->plan.counts[it->state]++;
		r->plan.equal += it->looked && !it->differs &&
				 it->state != RESTORE_ALONG;
		if (it->state == RESTORE_WRITE)
			r->plan.bytes += it->length;
	}
}
