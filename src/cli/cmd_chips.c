/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_chips.c - what the profiles know. */
#include "base/text.h"
#include "commands.h"
#include "device/profile.h"
#include "ui.h"

#include <stdlib.h>
#include <string.h>

static void add_address(struct strbuf *b, bool has, uint32_t addr)
{
	if (has)
		strbuf_add(b, "0x%X", addr);
	else
		strbuf_add(b, "-");
}

static void say_short(struct ui *u, const struct profile *p)
{
	struct strbuf at = { 0 };

	add_address(&at, p->has_fdl1, p->fdl1);
	strbuf_add(&at, " / ");
	add_address(&at, p->has_fdl2, p->fdl2);
	ui_result(u, "%-10s %-26s %s", p->name, at.s ? at.s : "", p->title);
	strbuf_free(&at);
}

static const char *storage_text(const struct profile *p, struct strbuf *b)
{
	for (int k = STORAGE_EMMC; k <= STORAGE_NOR; k++)
		if (p->storage >> k & 1)
			strbuf_add(b, "%s%s", b->len ? ", " : "",
				   profile_storage_name((enum storage_kind)k));
	return b->len ? b->s : "not known";
}

static void say_long(struct ui *u, const struct profile *p)
{
	struct strbuf names = { 0 }, models = { 0 }, storage = { 0 },
		      regions = { 0 }, quirks = { 0 };

	for (size_t i = 0; i < p->nnames; i++)
		strbuf_add(&names, "%s%s", i ? ", " : "", p->names[i]);
	for (size_t i = 0; i < p->nmodels; i++)
		strbuf_add(&models, "%s%s", i ? ", " : "", p->models[i]);
	say_short(u, p);
	ui_result(u, "  names:      %s", names.s ? names.s : "-");
	ui_result(u, "  seen on:    %s", models.s ? models.s : "-");
	ui_result(u, "  storage:    %s", storage_text(p, &storage));
	ui_result(u, "  addresses:  %s",
		  profile_confidence_text(p->confidence));
	for (size_t i = 0; i < p->nalternatives; i++) {
		const struct profile_alternative *a = &p->alternatives[i];
		struct strbuf at = { 0 };

		add_address(&at, a->has_fdl1, a->fdl1);
		strbuf_add(&at, " / ");
		add_address(&at, a->has_fdl2, a->fdl2);
		ui_result(u, "  %s %s: %s",
			  a->wrong ? "wrong:     " : "or:        ",
			  at.s ? at.s : "", a->why);
		strbuf_free(&at);
	}
	for (size_t i = 0; i < p->nregions; i++)
		strbuf_add(&regions, "%s%s 0x%08X", i ? ", " : "",
			   p->regions[i].name, p->regions[i].id);
	if (regions.len)
		ui_result(u, "  regions:    %s", regions.s);
	strbuf_free(&regions);
	for (unsigned q = 1; q && q <= p->quirks; q <<= 1)
		if (p->quirks & q)
			strbuf_add(&quirks, "%s%s", quirks.len ? ", " : "",
				   profile_quirk_name((enum quirk)q));
	if (quirks.len)
		ui_result(u, "  quirks:     %s", quirks.s);
	strbuf_free(&quirks);
	if (*p->boot_key)
		ui_result(u, "  boot key:   %s", p->boot_key);
	if (*p->notes)
		ui_result(u, "  notes:      %s", p->notes);
	strbuf_free(&names);
	strbuf_free(&models);
	strbuf_free(&storage);
}

static json_t *address_json(bool has, uint32_t addr)
{
	return has ? json_integer(addr) : json_null();
}

static json_t *alternatives_json(const struct profile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nalternatives; i++) {
		const struct profile_alternative *a = &p->alternatives[i];

		json_array_append_new(
			list,
			json_pack("{so so sb ss}", "fdl1",
				  address_json(a->has_fdl1, a->fdl1), "fdl2",
				  address_json(a->has_fdl2, a->fdl2), "wrong",
				  a->wrong, "why", a->why));
	}
	return list;
}

static json_t *profile_json(const struct profile *p)
{
	json_t *names = json_array(), *models = json_array(),
	       *quirks = json_array(), *storage = json_array(),
	       *regions = json_array();

	for (size_t i = 0; i < p->nnames; i++)
		json_array_append_new(names, json_string(p->names[i]));
	for (size_t i = 0; i < p->nmodels; i++)
		json_array_append_new(models, json_string(p->models[i]));
	for (unsigned q = 1; q <= QUIRK_READ_BY_ADDRESS; q <<= 1)
		if (p->quirks & q)
			json_array_append_new(
				quirks,
				json_string(profile_quirk_name((enum quirk)q)));
	for (int k = STORAGE_EMMC; k <= STORAGE_NOR; k++)
		if (p->storage >> k & 1)
			json_array_append_new(storage,
					      json_string(profile_storage_name(
						      (enum storage_kind)k)));
	for (size_t i = 0; i < p->nregions; i++)
		json_array_append_new(regions,
				      json_pack("{ss sI}", "name",
						p->regions[i].name, "id",
						(json_int_t)p->regions[i].id));
	return json_pack("{ss ss ss so so so so so so so ss so ss ss}", "name",
			 p->name, "title", p->title, "class", p->class, "fdl1",
			 address_json(p->has_fdl1, p->fdl1), "fdl2",
			 address_json(p->has_fdl2, p->fdl2), "names", names,
			 "models", models, "quirks", quirks, "storage", storage,
			 "regions", regions, "confidence",
			 profile_confidence_text(p->confidence), "alternatives",
			 alternatives_json(p), "boot_key", p->boot_key, "notes",
			 p->notes);
}

static char *query_of(const struct options *o, struct err *e)
{
	struct strbuf b = { 0 };

	strbuf_add(&b, "%s", "");
	for (int i = 1; i < o->nargs; i++)
		strbuf_add(&b, "%s%s", i > 1 ? " " : "", o->args[i]);
	if (!b.failed)
		return b.s;
	strbuf_free(&b);
	(void)!err_nomem(e);
	return NULL;
}

static enum profile_fit best_fit(const struct profile_set *s, const char *query,
				 size_t *ret_found)
{
	enum profile_fit best = PROFILE_FIT_NONE;

	*ret_found = 0;
	for (size_t i = 0; i < s->n; i++) {
		enum profile_fit fit = profile_fit(&s->v[i], query);

		if (fit < best) {
			best = fit;
			*ret_found = 0;
		}
		*ret_found += fit == best;
	}
	return best;
}

static void say_fit(struct ui *u, const char *query, enum profile_fit fit)
{
	if (fit == PROFILE_FIT_PART)
		ui_note(u,
			"no chip or phone is called '%s'; names with it in "
			"them:",
			query);
	else if (fit == PROFILE_FIT_NEAR)
		ui_note(u,
			"no chip or phone is called '%s'; the nearest:", query);
}

static int found_none(struct ui *u, const char *query)
{
	struct err e;

	(void)!err_set(&e, ERR_PROFILE, "no chip or phone fits '%.100s'",
		       query);
	err_hint(&e, "try fewer words, or the chip's name, which the phone's "
		     "data sheet tells (T606, SC9863A); 'spdvault chips' lists "
		     "all");
	return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false), NULL,
			      NULL);
}

static int show_fitting(const struct options *o, struct ui *u,
			const struct profile_set *set, const char *query)
{
	static const char *const fits[] = { "whole", "part", "near" };
	size_t found;
	enum profile_fit best = best_fit(set, query, &found);
	json_t *list;

	if (best == PROFILE_FIT_NONE)
		return found_none(u, query);
	say_fit(u, query, best);
	list = json_array();
	for (size_t i = 0; i < set->n; i++) {
		const struct profile *p = &set->v[i];

		if (profile_fit(p, query) != best)
			continue;
		json_array_append_new(list, profile_json(p));
		if (o->nargs > 1 && (found <= 3 || o->verbose))
			say_long(u, p);
		else
			say_short(u, p);
	}
	return command_done(
		u, 0, json_pack("{so ss}", "chips", list, "fit", fits[best]));
}

static int run_chips(const struct options *o, struct ui *u)
{
	struct profile_set set = { 0 };
	char *query;
	struct err e;
	int exit;

	query = query_of(o, &e);
	if (query && profile_load_all(&set, &e) == 0)
		exit = show_fitting(o, u, &set, query);
	else
		exit = command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	profile_set_free(&set);
	free(query);
	return exit;
}

const struct command cmd_chips = {
	.name = "chips",
	.args = "[WORD...]",
	.summary = "what is known of chips: load addresses, names, phones",
	.text = "Lists the profiles, or those that fit all words: chip, "
		"marketing name or phone\nmodel. Where nothing is called so, "
		"names that have the words in them, or that one\nletter tells "
		"apart. The two numbers are the load addresses of FDL1 and "
		"FDL2.\n\n"
		"Examples:\n"
		"  spdvault chips T606\n"
		"  spdvault chips moto g04\n",
	.max_args = -1,
	.run = run_chips,
};
