/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_table.c - the archive's table beside that of the phone. */
#include "base/text.h"
#include "device/gpt.h"
#include "restore_run.h"

#include <stdlib.h>
#include <string.h>

static struct restore_row *add_row(struct restore *r, struct err *e)
{
	struct restore_plan *p = &r->plan;
	struct restore_row *more;

	more = realloc(p->rows, (p->nrows + 1) * sizeof(*more));
	if (!more) {
		e->code = ERR_NOMEM;
		return NULL;
	}
	p->rows = more;
	memset(&more[p->nrows], 0, sizeof(*more));
	return &more[p->nrows++];
}

static void set_entry(struct restore_entry *to, const char *name,
		      uint64_t offset, uint64_t size)
{
	text_copy(to->name, sizeof(to->name), name);
	to->offset = offset;
	to->size = size;
}

static void set_phone(struct restore_row *row, const struct partition *p)
{
	if (p)
		set_entry(&row->phone, p->name, p->has_offset ? p->offset : 0,
			  p->size);
}

/* found: by trying names, so that one may be there and not answer now. */
static bool compare_row(struct restore_row *row, bool found)
{
	const struct restore_entry *a = &row->archive, *p = &row->phone;

	row->same = strcmp(a->name, p->name) == 0 && a->size == p->size &&
		    (a->offset == p->offset || !a->offset || !p->offset);
	if (found && (!*a->name || !*p->name))
		row->same = true;
	return row->same;
}

static bool is_found(const struct restore *r)
{
	return r->layout.table.source == PTABLE_PROBED ||
	       r->layout.table.source == PTABLE_PACKAGE;
}

/* -- by the GPT ---------------------------------------------------------- */

/* 1: the archive holds one that holds; 0: it does not. */
static int stored_gpt(struct restore *r, struct gpt *ret, struct err *e)
{
	struct gpt_header h;
	struct err why;
	uint8_t *p;
	uint64_t at;
	size_t n;
	int rc = 0;

	if (!manifest_find(r->m, "gpt/primary.img"))
		return 0;
	if (restore_load(r, "gpt/primary.img", GPT_REACH_MAX, &p, &n, e) < 0)
		return -(int)e->code;
	if (gpt_parse_primary(p, n, &h, &why) == 0) {
		at = h.entries_lba * h.sector;
		rc = at < n && gpt_parse_entries(&h, p + at, n - (size_t)at,
						 ret, &why) == 0;
	}
	free(p);
	return rc;
}

/* In their order: what is inserted shifts all behind it, and is seen so. */
static int rows_of_gpt(struct restore *r, const struct gpt *g, bool *ret_same,
		       struct err *e)
{
	const struct ptable *t = &r->layout.table;
	uint64_t sector = g->header.sector;
	size_t k = 0;

	for (size_t i = 0; i < g->n || k < t->n; i++) {
		struct restore_row *row;

		while (k < t->n && t->v[k].boot_area)
			k++;
		if (i >= g->n && k >= t->n)
			break;
		row = add_row(r, e);
		if (!row)
			return err_nomem(e);
		if (i < g->n)
			set_entry(&row->archive, g->v[i].name,
				  g->v[i].first_lba * sector,
				  (g->v[i].last_lba - g->v[i].first_lba + 1) *
					  sector);
		set_phone(row, k < t->n ? &t->v[k++] : NULL);
		*ret_same &= compare_row(row, is_found(r));
	}
	return 0;
}

/* -- by names and sizes -------------------------------------------------- */

static bool in_manifest(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->nomitted; i++)
		if (strcmp(m->omitted[i].name, name) == 0)
			return true;
	return manifest_find(m, name) != NULL;
}

static int row_of_name(struct restore *r, const char *name, uint64_t offset,
		       uint64_t size, bool *ret_same, struct err *e)
{
	struct restore_row *row = add_row(r, e);

	if (!row)
		return err_nomem(e);
	set_entry(&row->archive, name, offset, size);
	set_phone(row, ptable_find(&r->layout.table, name));
	*ret_same &= compare_row(row, is_found(r));
	return 0;
}

static int rows_of_manifest(struct restore *r, bool *ret_same, struct err *e)
{
	const struct manifest *m = r->m;
	const struct ptable *t = &r->layout.table;

	for (size_t i = 0; i < m->nparts; i++)
		if (restore_is_partition(&m->parts[i]) &&
		    row_of_name(r, m->parts[i].name, m->parts[i].raw_offset,
				m->parts[i].size, ret_same, e) < 0)
			return -(int)e->code;
	for (size_t i = 0; i < m->nomitted; i++)
		if (row_of_name(r, m->omitted[i].name, 0, m->omitted[i].size,
				ret_same, e) < 0)
			return -(int)e->code;
	for (size_t i = 0; i < t->n; i++) {
		struct restore_row *row;

		if (in_manifest(m, t->v[i].name))
			continue;
		row = add_row(r, e);
		if (!row)
			return err_nomem(e);
		set_phone(row, &t->v[i]);
		*ret_same &= compare_row(row, is_found(r));
	}
	return 0;
}

int restore_compare_tables(struct restore *r, struct err *e)
{
	enum ptable_source source = r->layout.table.source;
	struct gpt g = { .n = 0 };
	bool same = true;
	int rc = 0;

	if (source == PTABLE_GPT || source == PTABLE_GPT_BACKUP)
		rc = stored_gpt(r, &g, e);
	if (rc == 1)
		rc = rows_of_gpt(r, &g, &same, e);
	else if (rc == 0)
		rc = rows_of_manifest(r, &same, e);
	gpt_free(&g);
	if (rc < 0)
		return rc;
	if (same) {
		free(r->plan.rows);
		r->plan.rows = NULL;
		r->plan.nrows = 0;
		return 0;
	}
	rc = err_set(e, ERR_EXISTS,
		     "the phone's partition table is not that of the archive");
	err_hint(e, "nothing is written into another table; 'spdvault extract' "
		    "takes files out of the archive");
	return rc;
}
