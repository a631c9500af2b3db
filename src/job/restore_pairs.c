/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_pairs.c - what a loader writes along with what [7.2, 7.3]. */
#include "base/text.h"
#include "restore_run.h"

#include <stdio.h>
#include <string.h>

/* '_a' or '_b' at the end: the place of the letter, else NULL. */
static char *slot_letter(char *name)
{
	size_t n = strlen(name);

	if (n < 3 || name[n - 2] != '_' ||
	    (name[n - 1] != 'a' && name[n - 1] != 'b'))
		return NULL;
	return name + n - 1;
}

static bool other_slot(const char *name, char ret[37])
{
	char *letter;

	text_copy(ret, 37, name);
	letter = slot_letter(ret);
	if (letter)
		*letter = *letter == 'a' ? 'b' : 'a';
	return letter;
}

static bool is_first_nv(const struct restore *r, const char *name)
{
	const struct partition *p = ptable_find(&r->layout.table, name);

	return p && layout_is_first_nv(p);
}

/* The name of the second copy of a first one. */
static void second_copy(const char *name, char ret[37])
{
	char *digit;

	text_copy(ret, 37, name);
	digit = strrchr(ret, '1');
	if (digit)
		*digit = '2';
}

static bool has_copy(const char *name)
{
	static const char *const doubled[] = { "splloader", "uboot", "trustos",
					       "teecfg",    "sml",   "vbmeta" };

	for (size_t i = 0; i < sizeof(doubled) / sizeof(doubled[0]); i++)
		if (strcmp(doubled[i], name) == 0)
			return true;
	return false;
}

struct names {
	const struct restore *r;
	char (*v)[37];
	size_t n;
};

static void add_name(struct names *x, const char *name)
{
	if (ptable_find(&x->r->layout.table, name))
		text_copy(x->v[x->n++], 37, name);
}

static size_t companions(const struct restore *r, const char *name, bool slots,
			 char ret[RESTORE_ALONG_MAX][37])
{
	struct names x = { .r = r, .v = ret };
	char other[48], second[37];
	bool nv = is_first_nv(r, name);

	if (nv) {
		second_copy(name, second);
		add_name(&x, second);
	}
	if ((nv || slots) && other_slot(name, other)) {
		add_name(&x, other);
		if (nv) {
			second_copy(other, second);
			add_name(&x, second);
		}
	}
	if (has_copy(name)) {
		snprintf(other, sizeof(other), "%s_bak", name);
		add_name(&x, other);
	}
	return x.n;
}

size_t restore_companions(const struct restore *r, const char *name,
			  char ret[RESTORE_ALONG_MAX][37])
{
	return companions(r, name, r->q.slots != RESTORE_SLOTS_APART, ret);
}

size_t restore_in_danger(const struct restore *r, const char *name,
			 char ret[RESTORE_ALONG_MAX][37])
{
	return companions(r, name, true, ret);
}

bool restore_other_slot(const char *name, char ret[37])
{
	return other_slot(name, ret);
}

/* -- the same, or in each other's way ------------------------------------ */

static bool is_slot_of(const char *a, const char *b)
{
	char other[37];

	return other_slot(a, other) && strcmp(other, b) == 0;
}

/* 1 or 0; negative: the archive could not be read. */
static int same_content(struct restore *r, const struct restore_item *a,
			const struct restore_item *b, struct err *e)
{
	if (a->source == b->source &&
	    memcmp(a->sha256, b->sha256, SHA256_LEN) == 0)
		return 1;
	return restore_is_nv(a) && restore_is_nv(b)
		       ? restore_nv_same(r, a, b, e)
		       : 0;
}

static void along(struct restore_item *it, const struct restore_item *with)
{
	text_copy(it->with, sizeof(it->with), with->name);
	restore_say(it, RESTORE_ALONG, "the loader writes it with '%s'",
		    with->name);
}

/* A slot that has to be different, and would not be afterwards. */
static void refuse_slots(struct restore_item *it, bool stored)
{
	restore_say(it, RESTORE_REFUSED, "%s",
		    stored ? "a loader writes both slots, and in the archive "
			     "they differ (--slots says what to do)"
			   : "a loader writes both slots, and the archive "
			     "lacks the other one (--slots says what to do)");
}

/* What goes to that name: of a first NV copy also the second one. */
static struct restore_item *goes_to(struct restore *r, const char *name)
{
	struct restore_item *it = restore_find(r, name);

	for (size_t i = 0; !it && i < r->plan.n; i++)
		if (strcmp(r->plan.v[i].target, name) == 0)
			it = &r->plan.v[i];
	return it;
}

static int pair_slots(struct restore *r, struct restore_item *it,
		      const char *other, struct err *e)
{
	struct restore_item *o = goes_to(r, other);
	int same = o ? same_content(r, it, o, e) : 0;

	if (same < 0)
		return same;
	if (!o && restore_chosen_slot(r))
		return 0;
	if (!o) {
		refuse_slots(it, false);
	} else if (!same) {
		refuse_slots(it, true);
		if (o->state == RESTORE_WRITE)
			refuse_slots(o, true);
	} else if (o->state == RESTORE_REFUSED) {
		restore_say(it, RESTORE_REFUSED,
			    "a loader writes '%s' with it, which is refused",
			    other);
	} else {
		along(o, it);
	}
	return 0;
}

/* The copy is written with it; where it has to differ, once more by itself. */
static int pair_copy(struct restore *r, struct restore_item *it,
		     struct restore_item *copy, struct err *e)
{
	int same = same_content(r, it, copy, e);

	if (same < 0 || copy->state == RESTORE_REFUSED)
		return same < 0 ? same : 0;
	if (same) {
		along(copy, it);
		return 0;
	}
	/* Also what it has behind its payload will be gone. */
	if (copy->how == RESTORE_PAYLOAD && !copy->erased_first) {
		copy->how = RESTORE_WHOLE;
		copy->length = copy->source;
	}
	restore_say(copy, RESTORE_WRITE,
		    "the loader writes it with '%s', and it has to differ",
		    it->name);
	return 0;
}

static int pair_one(struct restore *r, struct restore_item *it, struct err *e)
{
	char names[RESTORE_ALONG_MAX][37];
	size_t n = restore_companions(r, it->target, names);

	for (size_t i = 0; i < n && it->state == RESTORE_WRITE; i++)
		if (is_slot_of(it->target, names[i]) &&
		    pair_slots(r, it, names[i], e) < 0)
			return -(int)e->code;
	for (size_t i = 0; i < n && it->state == RESTORE_WRITE; i++) {
		struct restore_item *copy = restore_find(r, names[i]);

		if (copy && copy != it && !is_slot_of(it->target, names[i]) &&
		    pair_copy(r, it, copy, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

/* A valid first copy counts before the second one [5.6]. */
static void pair_refused(struct restore *r)
{
	char second[37];

	for (size_t i = 0; i < r->plan.n; i++) {
		struct restore_item *it = &r->plan.v[i], *copy;

		if (it->state != RESTORE_REFUSED || !is_first_nv(r, it->name))
			continue;
		second_copy(it->name, second);
		copy = restore_find(r, second);
		if (copy && copy->state == RESTORE_WRITE && !copy->named)
			restore_say(copy, RESTORE_REFUSED,
				    "the first copy, '%s', is refused, and "
				    "counts before it (name it to write it)",
				    it->name);
	}
}

int restore_pair(struct restore *r, struct err *e)
{
	for (size_t i = 0; i < r->plan.n; i++)
		if (r->plan.v[i].state == RESTORE_WRITE &&
		    pair_one(r, &r->plan.v[i], e) < 0)
			return -(int)e->code;
	pair_refused(r);
	return 0;
}

bool restore_by_first_name(const struct restore *r, const char *name,
			   char ret[37])
{
	char *digit;

	if (is_first_nv(r, name)) {
		text_copy(ret, 37, name);
		return true;
	}
	text_copy(ret, 37, name);
	digit = strrchr(ret, '2');
	if (!digit)
		return false;
	*digit = '1';
	return is_first_nv(r, ret) && !manifest_find(r->m, ret);
}

/* -- one slot for both --------------------------------------------------- */

char restore_chosen_slot(const struct restore *r)
{
	return r->q.slots == RESTORE_SLOT_A   ? 'a'
	       : r->q.slots == RESTORE_SLOT_B ? 'b'
					      : 0;
}

const struct manifest_part *restore_chosen(const struct restore *r,
					   const struct manifest_part *p)
{
	char want = restore_chosen_slot(r), other[37];
	const struct manifest_part *o;

	if (!want || !other_slot(p->name, other) ||
	    other[strlen(other) - 1] != want)
		return p;
	o = manifest_find(r->m, other);
	return o && restore_is_partition(o) && o->size == p->size ? o : p;
}
