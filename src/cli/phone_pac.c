/* SPDX-License-Identifier: BSD-3-Clause */
/* phone_pac.c - loaders, addresses and names out of a firmware package. */
#include "phone_pac.h"

#include "base/file.h"
#include "base/text.h"
#include "bsl/proto.h"
#include "pac_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Two loaders with one id: which is meant only the user can tell. */
static int ambiguous(const struct pac_loader *from, const char *which,
		     struct err *e)
{
	int rc = err_set(e, ERR_USAGE,
			 "the package holds two different %s: '%.80s' and "
			 "'%.80s'",
			 which, from->file->safe, from->rival->safe);

	err_hint(e, "take out the one for this phone ('spdvault pac extract'), "
		    "and give it with --fdl1 or --fdl2 FILE@ADDR");
	return rc;
}

/* Vendors pack one file twice; that is no question to ask. */
static int differ(struct pac *p, const struct pac_loader *from, bool *ret,
		  struct err *e)
{
	CLEANUP(file_freep) uint8_t *one = NULL;
	CLEANUP(file_freep) uint8_t *two = NULL;

	*ret = from->rival && from->rival->size != from->file->size;
	if (!from->rival || *ret)
		return 0;
	if (pac_load(p, from->file, PAC_LOADER_MAX, &one, e) < 0 ||
	    pac_load(p, from->rival, PAC_LOADER_MAX, &two, e) < 0)
		return -(int)e->code;
	*ret = memcmp(one, two, (size_t)from->file->size) != 0;
	return 0;
}

static int take_loader(struct pac *p, const struct pac_loader *from,
		       const char *which, bool given, struct ui *u,
		       struct loader *ret, struct err *e)
{
	CLEANUP(file_freep) uint8_t *bytes = NULL;
	char name[sizeof(ret->file)];
	bool rivals;

	if (!from->file)
		return 0;
	if (given) {
		/* Only where it goes is of interest. */
		ret->has_addr = from->has_address && !from->rival;
		ret->addr = from->address;
		return 0;
	}
	if (differ(p, from, &rivals, e) < 0)
		return -(int)e->code;
	if (rivals)
		return ambiguous(from, which, e);
	if (from->differs)
		ui_warn(u,
			"the package gives two addresses for %s: 0x%X and "
			"0x%X; the first is taken",
			which, from->address, from->other);
	pac_clean(from->file->safe, name, sizeof(name));
	if (pac_load(p, from->file, PAC_LOADER_MAX, &bytes, e) < 0 ||
	    loader_from_memory(name, from->address, bytes,
			       (size_t)from->file->size, ret, e) < 0)
		return -(int)e->code;
	ret->has_addr = from->has_address;
	return 0;
}

static int take_loaders(const struct options *o, struct ui *u, struct pac *p,
			const struct pac_scheme *s, struct phone_pac *ret,
			struct err *e)
{
	struct pac_loader fdl1, fdl2;
	int rc;

	pac_find_loaders(p, s, &fdl1, &fdl2);
	if (!fdl1.file && !fdl2.file && !o->fdl1 && !o->fdl2) {
		rc = err_set(e, ERR_USAGE, "it holds no loader (FDL, FDL2)");
		err_hint(e, "'spdvault pac list' shows what it holds; loaders "
			    "of their own can be given with --fdl1 and --fdl2");
		return rc;
	}
	/* In the order of their places: an archive is read once then. */
	if (fdl1.file && fdl2.file && fdl2.file->offset < fdl1.file->offset) {
		rc = take_loader(p, &fdl2, "FDL2", o->fdl2, u, &ret->fdl2, e);
		return rc ? rc
			  : take_loader(p, &fdl1, "FDL1", o->fdl1, u,
					&ret->fdl1, e);
	}
	rc = take_loader(p, &fdl1, "FDL1", o->fdl1, u, &ret->fdl1, e);
	return rc ? rc
		  : take_loader(p, &fdl2, "FDL2", o->fdl2, u, &ret->fdl2, e);
}

/* What has a way of its own, and is in no table. */
static bool is_special(const char *name)
{
	return strcmp(name, "user_partition") == 0 ||
	       strncmp(name, "splloader", 9) == 0;
}

static int take_hints(const struct pac_scheme *s, struct phone_pac *ret,
		      struct err *e)
{
	ret->hints = calloc(s->npartitions + 1, sizeof(*ret->hints));
	if (!ret->hints)
		return err_nomem(e);
	for (size_t i = 0; i < s->npartitions; i++) {
		const struct pac_partition *from = &s->partitions[i];
		struct ptable_hint *h = &ret->hints[ret->nhints];

		if (is_special(from->name))
			continue;
		text_copy(h->name, sizeof(h->name), from->name);
		h->size = from->size == PAC_REST ? 0 : from->size;
		ret->nhints++;
	}
	return 0;
}

/*
 * What is erased under one number is read under another [5.4], where there is
 * such a number: the size is the same.
 */
static uint32_t number_to_read(uint32_t base)
{
	if (base == 0x90000003)
		return 0x90000007;
	return base == 0x90000005 ? 0x90000006 : base;
}

static struct region_hint *region_row(struct phone_pac *p, uint32_t id)
{
	for (size_t i = 0; i < p->nregions; i++)
		if (p->regions[i].id == id)
			return &p->regions[i];
	p->regions[p->nregions].id = id;
	return &p->regions[p->nregions++];
}

/* "MMIRes" to "mmires", fit to be a member's name. */
static void region_name(const struct pac_item *from, char *to, size_t cap)
{
	size_t n = 0;

	for (const char *s = from->id; *s && n + 1 < cap; s++)
		if (isalnum((unsigned char)*s) || *s == '_' || *s == '-')
			to[n++] = (char)tolower((unsigned char)*s);
	to[n] = '\0';
	if (!text_is_file_name(to))
		snprintf(to, cap, "region_%08x", from->base);
}

/*
 * Blocks of the flash that have numbers, for phones that are read by address;
 * others take no notice of them.
 */
static int take_regions(const struct pac_scheme *s, struct phone_pac *ret,
			struct err *e)
{
	ret->regions = calloc(s->nitems + 1, sizeof(*ret->regions));
	if (!ret->regions)
		return err_nomem(e);
	for (size_t i = 0; i < s->nitems; i++) {
		const struct pac_item *from = &s->items[i];
		bool erased = strncmp(from->type, "Erase", 5) == 0;
		uint32_t id = number_to_read(from->base);
		struct region_hint *h;

		if (!(id & BSL_REGION_BIT) || strstr(from->type, "FDL"))
			continue;
		h = region_row(ret, id);
		if (!*h->name)
			region_name(from, h->name, sizeof(h->name));
		h->named |= !erased;
		if (from->size > h->size)
			h->size = from->size;
		if (!erased && from->file && from->file->size > h->file)
			h->file = from->file->size;
	}
	return 0;
}

static void learn_chip(const struct pac_info *i, const struct pac_scheme *s,
		       struct phone_pac *ret)
{
	struct profile_set all = { 0 };
	const struct profile *chip;
	struct err e;

	if (profile_load_all(&all, &e) == 0 &&
	    pac_words_chip(i, s, &all, &chip)) {
		text_copy(ret->chip, sizeof(ret->chip), chip->name);
		text_copy(ret->title, sizeof(ret->title), chip->title);
	}
	profile_set_free(&all);
}

static int take_all(const struct options *o, struct ui *u, struct pac *p,
		    struct phone_pac *ret, struct err *e)
{
	const struct pac_info *i = pac_info(p);
	const char *slash = strrchr(o->pac, '/');
	struct pac_scheme s = { .nitems = 0 };
	int rc = pac_scheme_read(p, &s, e);
	bool has_scheme = rc == 0;

	if (i->nproblems)
		ui_warn(u,
			"the package has %zu fault%s; 'spdvault pac check' "
			"names them",
			i->nproblems, i->nproblems == 1 ? "" : "s");
	if (rc == -(int)ERR_FORMAT)
		ui_warn(u,
			"the package: %s; its loaders are looked for by their "
			"ids alone",
			e->text);
	else if (rc < 0)
		return rc;
	text_copy(ret->package.file, sizeof(ret->package.file),
		  slash ? slash + 1 : o->pac);
	pac_clean(i->product, ret->package.product,
		  sizeof(ret->package.product));
	pac_clean(i->version, ret->package.version,
		  sizeof(ret->package.version));
	learn_chip(i, has_scheme ? &s : NULL, ret);
	rc = take_loaders(o, u, p, has_scheme ? &s : NULL, ret, e);
	if (rc == 0 && has_scheme)
		rc = take_hints(&s, ret, e);
	if (rc == 0 && has_scheme)
		rc = take_regions(&s, ret, e);
	pac_scheme_free(&s);
	return rc;
}

int phone_pac_open(const struct options *o, struct ui *u, struct phone_pac *ret,
		   struct err *e)
{
	struct pac *p;
	int rc = pac_open(o->pac, o->inside, &p, e);

	if (rc == 0) {
		rc = take_all(o, u, p, ret, e);
		pac_close(p);
	}
	if (rc == 0)
		return 0;
	/* It is the user's file that is wrong, not the phone. */
	if (e->code == ERR_FORMAT)
		e->code = ERR_USAGE;
	return err_context(e, "firmware package '%s'", o->pac);
}

static json_t *say_loader(struct ui *u, const char *which, const char *by_hand,
			  const struct loader *l)
{
	char hex[SHA256_HEX], size[TEXT_SIZE_MAX];

	if (!l->data)
		return json_null();
	text_hex(l->sha256, SHA256_LEN, hex);
	if (l->has_addr)
		ui_note(u, "%s: '%s' to 0x%X, %s, SHA-256 %s%s", which, l->file,
			l->addr, text_size(l->len, size), hex,
			by_hand ? " (given by hand)" : "");
	return json_pack("{so so sI ss}", "file", ui_text(l->file), "address",
			 l->has_addr ? json_integer(l->addr) : json_null(),
			 "size", (json_int_t)l->len, "sha256", hex);
}

void phone_pac_say(const struct options *o, struct ui *u,
		   const struct phone_pac *p, const struct loader *fdl1,
		   const struct loader *fdl2)
{
	const struct manifest_package *k = &p->package;
	json_t *one, *two;

	ui_note(u, "firmware package: product '%s', version '%s'%s%s",
		k->product, k->version, *p->title ? ", chip " : "", p->title);
	one = say_loader(u, "FDL1", o->fdl1, fdl1);
	two = say_loader(u, "FDL2", o->fdl2, fdl2);
	ui_event(u, "package",
		 json_pack("{so so so so so so}", "file", ui_text(k->file),
			   "product", ui_text(k->product), "version",
			   ui_text(k->version), "chip",
			   ui_text(*p->chip ? p->chip : NULL), "fdl1", one,
			   "fdl2", two));
}

void phone_pac_free(struct phone_pac *p)
{
	loader_free(&p->fdl1);
	loader_free(&p->fdl2);
	free(p->hints);
	free(p->regions);
	memset(p, 0, sizeof(*p));
}
