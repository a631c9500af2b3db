/* SPDX-License-Identifier: BSD-3-Clause */
/* plan.c - from the phone's table and the user's wish to a list of reads. */
#include "job/plan.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char why_nv[] =
	"reading a first NV copy by its name makes the loader write; its "
	"second copy holds the same items";
static const char why_gpt[] =
	"only its name leads to it, and with a damaged GPT the loader may "
	"write when it is asked for a name";
static const char why_reach[] =
	"larger than 4 GiB, and the loader does not show that it understands "
	"offsets above";
static const char why_size[] = "its size is not known, and a wrong one would "
			       "hang the phone; --pac with "
			       "the firmware of this phone tells it";
static const char why_absent[] = "not all phones of this chip have it, and "
				 "nothing tells its size (--pac "
				 "may)";
static const char why_default[] =
	"not part of the default set (name it, or give --all)";
static const char why_excluded[] = "excluded by the user";
static const char why_slot[] = "belongs to the slot that is not active";
static const char why_path[] =
	"the archive has a file of that name; 'spdvault read' gives it";
static const char why_unasked[] = "not among the names that were asked for";

static bool any_fits(const char *const *globs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(globs[i], name, 0) == 0)
			return true;
	return false;
}

static bool is_other_slot(const char *name, char only)
{
	size_t n = strlen(name);

	return only && n > 2 && name[n - 2] == '_' &&
	       (name[n - 1] == 'a' || name[n - 1] == 'b') &&
	       name[n - 1] != only;
}

static bool is_named(const struct plan_request *q, const char *name)
{
	for (size_t i = 0; i < q->nnames; i++)
		if (strcmp(q->names[i], name) == 0)
			return true;
	return false;
}

/* Why the user does not want it; NULL: it is wanted. */
static const char *why_unwanted(const struct plan_request *q,
				const struct partition *p,
				const struct part_class *c)
{
	if (any_fits(q->exclude, q->nexclude, p->name))
		return why_excluded;
	if (q->nnames && !any_fits(q->names, q->nnames, p->name))
		return why_unasked;
	if (is_other_slot(p->name, q->only_slot) && !is_named(q, p->name))
		return why_slot;
	if (q->nnames)
		return NULL;
	if (!c->by_default && !q->all)
		return why_default;
	return NULL;
}

/*
 * Blocks that are bad are stepped over in each request anew, from where it
 * begins [5.8]: bytes are given twice, and what follows is not in its place.
 */
static bool is_bare_nand(const struct layout *l, const struct partition *p)
{
	return l->nand &&
	       (p->by_address || p->boot_area || plan_is_below_ubi(p->name));
}

bool plan_may_use_name(const struct layout *l, const struct plan_item *it)
{
	return !l->names_write && !layout_is_first_nv(it->part) &&
	       !layout_is_out_of_reach(l, it->part) &&
	       strcmp(it->part->name, it->x.name) != 0;
}

/* Why it cannot be read without the phone writing; NULL: it can. */
static const char *choose_method(const struct layout *l,
				 const struct plan_request *q,
				 struct plan_item *it)
{
	if (it->part->by_address) {
		it->method = METHOD_BY_ADDRESS;
		layout_name_extent(it->part, &it->x);
		if (it->part->size)
			return NULL;
		return it->part->expected ? why_size : why_absent;
	}
	if (q->raw_trusted && layout_raw_extent(l, it->part, &it->x)) {
		it->method = METHOD_RAW;
		return NULL;
	}
	if (l->names_write)
		return why_gpt;
	if (layout_is_first_nv(it->part) && !q->nv_by_name)
		return why_nv;
	if (layout_is_out_of_reach(l, it->part))
		return why_reach;
	it->method = layout_is_first_nv(it->part) ? METHOD_NV_BY_NAME
						  : METHOD_BY_NAME;
	layout_name_extent(it->part, &it->x);
	return NULL;
}

static int check_globs(const struct layout *l, const char *const *globs,
		       size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		for (size_t k = 0; k < l->table.n && !found; k++)
			found = fnmatch(globs[i], l->table.v[k].name, 0) == 0;
		if (!found) {
			int rc = err_set(e, ERR_USAGE,
					 "the phone has no partition '%s'",
					 globs[i]);

			err_hint(e, "'spdvault info' lists what it has");
			return rc;
		}
	}
	return 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct plan_item *x = a, *y = b;

	/* Where asking may hang the phone: last, and of these the most first.
	 */
	if (x->part->uncertain != y->part->uncertain)
		return x->part->uncertain ? 1 : -1;
	if (x->part->uncertain && x->part->size != y->part->size)
		return x->part->size > y->part->size ? -1 : 1;
	if (x->class->rank != y->class->rank)
		return x->class->rank < y->class->rank ? -1 : 1;
	if (x->part->size != y->part->size)
		return x->part->size < y->part->size ? -1 : 1;
	/* Rows of one table: their order is the address in it. */
	return x->part < y->part ? -1 : 1;
}

static void leave_out(struct plan *p, const struct partition *part,
		      const char *why)
{
	struct plan_left_out *o = &p->left_out[p->nleft_out++];

	o->part = part;
	o->reason = why;
	o->lacking = why == why_gpt || why == why_reach || why == why_size ||
		     why == why_path;
}

int plan_make(const struct layout *l, const struct plan_request *q,
	      struct plan *ret, struct err *e)
{
	struct plan p = { .bytes = 0 };
	size_t n = l->table.n ? l->table.n : 1;

	if (check_globs(l, q->names, q->nnames, e) < 0 ||
	    check_globs(l, q->exclude, q->nexclude, e) < 0)
		return -(int)e->code;
	p.v = calloc(n, sizeof(*p.v));
	p.left_out = calloc(n, sizeof(*p.left_out));
	if (!p.v || !p.left_out) {
		plan_free(&p);
		return err_nomem(e);
	}
	for (size_t i = 0; i < l->table.n; i++) {
		struct plan_item it = { .part = &l->table.v[i] };
		const char *why;

		it.class = plan_class(it.part->name);
		why = why_unwanted(q, it.part, it.class);
		if (!why && q->to_archive &&
		    strcmp(it.part->name, MANIFEST_DEVICE) == 0)
			why = why_path;
		if (!why)
			why = choose_method(l, q, &it);
		if (why) {
			leave_out(&p, it.part, why);
			continue;
		}
		snprintf(it.member, sizeof(it.member), "%s/%s.img",
			 it.part->boot_area ? "boot" : "partitions",
			 it.part->name);
		it.bare_nand = is_bare_nand(l, it.part);
		p.bytes += it.part->size;
		p.v[p.n++] = it;
	}
	qsort(p.v, p.n, sizeof(*p.v), compare_items);
	*ret = p;
	return 0;
}

void plan_free(struct plan *p)
{
	free(p->v);
	free(p->left_out);
	memset(p, 0, sizeof(*p));
}
