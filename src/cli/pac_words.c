/* SPDX-License-Identifier: BSD-3-Clause */
/* pac_words.c - a firmware package in words and as JSON. */
#include "pac_words.h"

#include "base/text.h"
#include "device/profile.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first word of the product's name that is a chip: "ums512_1h10_Natv". */
static bool chip_of(const char *product, const struct profile_set *all,
		    const struct profile **ret)
{
	char word[64];
	struct err e;

	while (*product) {
		size_t n = strcspn(product, "_- .,()/");

		/* Short numbers and words fit too much. */
		if (n >= 4 && n < sizeof(word) &&
		    strcspn(product, "0123456789") < n) {
			memcpy(word, product, n);
			word[n] = '\0';
			if (profile_find(all, word, ret, &e) == 0)
				return true;
		}
		product += n;
		product += strspn(product, "_- .,()/");
	}
	return false;
}

bool pac_words_chip(const struct pac_info *i, const struct pac_scheme *s,
		    const struct profile_set *all, const struct profile **ret)
{
	return (s && *s->chip && chip_of(s->chip, all, ret)) ||
	       chip_of(i->product, all, ret) ||
	       (s && chip_of(s->product, all, ret));
}

static void say_loader(struct ui *u, const char *which,
		       const struct pac_loader *l)
{
	char size[TEXT_SIZE_MAX];

	if (!l->file)
		return;
	if (l->has_address)
		ui_result(u, "%s:       '%s' at 0x%X, %s", which, l->file->name,
			  l->address, text_size(l->file->size, size));
	else
		ui_result(u, "%s:       '%s', no address, %s", which,
			  l->file->name, text_size(l->file->size, size));
	if (l->differs)
		ui_warn(u, "the directory has another address for %s: 0x%X",
			which, l->other);
	if (l->rival)
		ui_warn(u, "there is another %s with the same id: '%s'", which,
			l->rival->safe);
}

static const char *kind_text(const struct pac_file *f)
{
	switch (f->kind) {
	case PAC_OPERATION:
		return "no file";
	case PAC_FILE:
		return "file";
	case PAC_XML:
		return "XML";
	case PAC_FDL:
		return "loader";
	}
	return "?";
}

static void say_files(struct ui *u, const struct pac_info *i)
{
	char size[TEXT_SIZE_MAX], at[32];

	ui_result(u, "files:");
	for (size_t k = 0; k < i->nfiles; k++) {
		const struct pac_file *f = &i->files[k];

		at[0] = '\0';
		if (f->naddresses && f->address[0])
			snprintf(at, sizeof(at), "  at 0x%X", f->address[0]);
		ui_result(u, "  %-20s %10s  %-7s %s%s%s%s", f->id,
			  text_size(f->size, size), kind_text(f), f->name,
			  f->may_omit ? "  (may be left out)" : "", at,
			  f->beyond ? "  NOT WHOLE" : "");
	}
}

static void say_scheme(struct ui *u, const struct pac_scheme *s)
{
	char size[TEXT_SIZE_MAX];

	if (s->npartitions)
		ui_result(u, "partitions:");
	for (size_t i = 0; i < s->npartitions; i++)
		ui_result(u, "  %-30s %10s", s->partitions[i].name,
			  s->partitions[i].size == PAC_REST
				  ? "the rest"
				  : text_size(s->partitions[i].size, size));
	if (s->nnv)
		ui_result(u, "NV items:");
	for (size_t i = 0; i < s->nnv; i++)
		ui_result(u, "  %-30s %s%s", s->nv[i].name, s->nv[i].ids,
			  s->nv[i].backup ? "  (kept by the vendor's tool)"
					  : "");
}

void pac_words_say(struct ui *u, const struct pac_words *w)
{
	const struct pac_info *i = w->info;
	char size[TEXT_SIZE_MAX];

	ui_result(u, "product:    %s%s%s", *i->product ? i->product : "-",
		  *i->alias ? ", alias " : "", i->alias);
	ui_result(u, "version:    %s", *i->version ? i->version : "-");
	ui_result(u, "format:     %s, %s, %zu entries%s%s", i->format,
		  text_size(i->size, size), i->nfiles,
		  *i->inside ? ", inside the archive as " : "", i->inside);
	if (w->chip)
		ui_result(u, "chip:       %s (by the product's name)",
			  w->chip->title);
	if (w->scheme && *w->scheme->scheme)
		ui_result(u, "scheme:     %s", w->scheme->scheme);
	say_loader(u, "FDL1", &w->fdl1);
	say_loader(u, "FDL2", &w->fdl2);
	if (!w->fdl1.file && !w->fdl2.file)
		ui_result(u, "loaders:    none");
	say_files(u, i);
	if (w->scheme)
		say_scheme(u, w->scheme);
}

/* -- JSON ---------------------------------------------------------------- */

static json_t *loader_json(const struct pac_loader *l)
{
	if (!l->file)
		return json_null();
	return json_pack("{so sI so}", "file", ui_text(l->file->safe), "size",
			 (json_int_t)l->file->size, "address",
			 l->has_address ? json_integer(l->address)
					: json_null());
}

static json_t *files_json(const struct pac_info *i)
{
	json_t *list = json_array();

	for (size_t k = 0; k < i->nfiles; k++) {
		const struct pac_file *f = &i->files[k];
		json_t *at = json_array();

		for (unsigned n = 0; n < f->naddresses; n++)
			json_array_append_new(at, json_integer(f->address[n]));
		json_array_append_new(
			list,
			json_pack("{so so so sI sI sI sb sb so sb}", "id",
				  ui_text(f->id), "name", ui_text(f->name),
				  "file", ui_text(*f->safe ? f->safe : NULL),
				  "offset", (json_int_t)f->offset, "size",
				  (json_int_t)f->size, "type",
				  (json_int_t)f->kind, "must_flash",
				  f->must_flash, "may_omit", f->may_omit,
				  "addresses", at, "whole", !f->beyond));
	}
	return list;
}

static json_t *partitions_json(const struct pac_scheme *s)
{
	json_t *list = json_array();

	for (size_t i = 0; s && i < s->npartitions; i++) {
		const struct pac_partition *p = &s->partitions[i];

		json_array_append_new(
			list,
			json_pack("{so so}", "name", ui_text(p->name), "size",
				  p->size == PAC_REST
					  ? json_null()
					  : json_integer((json_int_t)p->size)));
	}
	return list;
}

static json_t *nv_json(const struct pac_scheme *s)
{
	json_t *list = json_array();

	for (size_t i = 0; s && i < s->nnv; i++)
		json_array_append_new(list,
				      json_pack("{so so sb}", "name",
						ui_text(s->nv[i].name), "ids",
						ui_text(s->nv[i].ids), "backup",
						s->nv[i].backup));
	return list;
}

json_t *pac_words_json(const struct pac_words *w)
{
	const struct pac_info *i = w->info;

	return json_pack(
		"{so so so so so sI so so so so so so so}", "format",
		ui_text(i->format), "product", ui_text(i->product), "version",
		ui_text(i->version), "alias", ui_text(i->alias), "inside",
		ui_text(*i->inside ? i->inside : NULL), "size",
		(json_int_t)i->size, "chip",
		ui_text(w->chip ? w->chip->names[0] : NULL), "scheme",
		ui_text(w->scheme ? w->scheme->scheme : NULL), "fdl1",
		loader_json(&w->fdl1), "fdl2", loader_json(&w->fdl2), "files",
		files_json(i), "partitions", partitions_json(w->scheme),
		"nv_items", nv_json(w->scheme));
}
