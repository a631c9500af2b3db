/* SPDX-License-Identifier: BSD-3-Clause */
/* loaders.c - scheme and directory together: which files are the loaders. */
#include "base/file.h"
#include "internal.h"
#include "pac/scheme.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct pac_file *find_xml(const struct pac *p)
{
	const struct pac_file *best = NULL;

	for (size_t i = 0; i < p->info.nfiles; i++) {
		const struct pac_file *f = &p->files[i];
		size_t n = strlen(f->name);
		bool named = n > 4 && strcasecmp(f->name + n - 4, ".xml") == 0;

		if (f->size == 0)
			continue;
		if (f->kind == PAC_XML && (!best || named))
			best = f;
	}
	return best;
}

/* The k-th item with an id belongs to the k-th file with it. */
static void tie(const struct pac *p, struct pac_scheme *s)
{
	for (size_t i = 0; i < s->nitems; i++) {
		size_t k = 0;

		for (size_t j = 0; j < i; j++)
			k += strcmp(s->items[j].id, s->items[i].id) == 0;
		for (size_t j = 0; *s->items[i].id && j < p->info.nfiles; j++) {
			if (strcmp(p->files[j].id, s->items[i].id) != 0)
				continue;
			if (k-- == 0) {
				s->items[i].file = &p->files[j];
				break;
			}
		}
	}
}

int pac_scheme_read(struct pac *p, struct pac_scheme *ret, struct err *e)
{
	const struct pac_file *f = find_xml(p);
	CLEANUP(file_freep) uint8_t *xml = NULL;
	int rc;

	if (!f) {
		rc = err_set(e, ERR_FORMAT, "there is no XML in it");
		err_hint(e, "loaders and files can be taken out all the same "
			    "('spdvault pac extract')");
		return rc;
	}
	if (pac_load(p, f, PAC_XML_MAX, &xml, e) < 0)
		return -(int)e->code;
	if (pac_scheme_parse(xml, (size_t)f->size, p->info.product, ret, e) < 0)
		return err_context(e, "'%.60s'", f->name);
	tie(p, ret);
	return 0;
}

/* -- loaders ------------------------------------------------------------- */

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(s, *words) == 0)
			return true;
	return false;
}

static const char *const ids_fdl1[] = { "FDL", "FDL1", NULL };
static const char *const ids_fdl2[] = { "FDL2", NULL };
static const char *const types_fdl1[] = { "FDL", NULL };
static const char *const types_fdl2[] = { "NAND_FDL", "EMMC_FDL", "FDL2",
					  NULL };

static bool same(const struct pac_file *a, const struct pac_file *b)
{
	return a == b || (a->offset == b->offset && a->size == b->size);
}

static void offer(struct pac_loader *l, const struct pac_file *f, bool has_base,
		  uint32_t base)
{
	if (!f || f->size == 0)
		return;
	if (l->file) {
		if (!same(l->file, f) && strcmp(l->file->id, f->id) == 0)
			l->rival = f;
		return;
	}
	l->file = f;
	l->has_address = has_base;
	l->address = base;
	if (f->naddresses == 0 || f->address[0] == 0)
		return;
	l->other = f->address[0];
	if (!has_base || base == 0) {
		l->has_address = true;
		l->address = l->other;
	}
	l->differs = l->address != l->other;
}

static void by_id(const struct pac *p, const struct pac_scheme *s,
		  const char *const *ids, struct pac_loader *l)
{
	for (size_t i = 0; s && i < s->nitems; i++)
		if (is_one_of(s->items[i].id, ids))
			offer(l, s->items[i].file, s->items[i].has_base,
			      s->items[i].base);
	/* What the scheme does not name. */
	for (size_t i = 0; i < p->info.nfiles; i++)
		if (is_one_of(p->files[i].id, ids))
			offer(l, &p->files[i], false, 0);
}

static void by_type(const struct pac_scheme *s, const char *const *types,
		    const struct pac_file *taken, struct pac_loader *l)
{
	static const char *const host[] = { "HOST_FDL", NULL };

	for (size_t i = 0; s && i < s->nitems; i++)
		if (is_one_of(s->items[i].type, types) &&
		    !is_one_of(s->items[i].id, host) &&
		    s->items[i].file != taken)
			offer(l, s->items[i].file, s->items[i].has_base,
			      s->items[i].base);
}

void pac_find_loaders(const struct pac *p, const struct pac_scheme *s,
		      struct pac_loader *ret_fdl1, struct pac_loader *ret_fdl2)
{
	memset(ret_fdl1, 0, sizeof(*ret_fdl1));
	memset(ret_fdl2, 0, sizeof(*ret_fdl2));
	by_id(p, s, ids_fdl1, ret_fdl1);
	by_id(p, s, ids_fdl2, ret_fdl2);
	if (!ret_fdl1->file)
		by_type(s, types_fdl1, ret_fdl2->file, ret_fdl1);
	if (!ret_fdl2->file)
		by_type(s, types_fdl2, ret_fdl1->file, ret_fdl2);
}
