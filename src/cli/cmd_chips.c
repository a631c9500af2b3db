/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_chips.c - what the profiles know. */
#include "base/text.h"
#include "commands.h"
#include "device/profile.h"
#include "ui.h"

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
		      regions = { 0 };

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
	       *quirks = json_array();

	for (size_t i = 0; i < p->nnames; i++)
		json_array_append_new(names, json_string(p->names[i]));
	for (size_t i = 0; i < p->nmodels; i++)
		json_array_append_new(models, json_string(p->models[i]));
	for (unsigned q = 1; q <= QUIRK_READ_BY_ADDRESS; q <<= 1)
		if (p->quirks & q)
			json_array_append_new(
				quirks,
				json_string(profile_quirk_name((enum quirk)q)));
	return json_pack("{ss ss ss so so so so so ss so ss ss}", "name",
			 p->name, "title", p->title, "class", p->class, "fdl1",
			 address_json(p->has_fdl1, p->fdl1), "fdl2",
			 address_json(p->has_fdl2, p->fdl2), "names", names,
			 "models", models, "quirks", quirks, "confidence",
			 profile_confidence_text(p->confidence), "alternatives",
			 alternatives_json(p), "boot_key", p->boot_key, "notes",
			 p->notes);
}

static bool matches_all(const struct profile *p, const struct options *o)
{
	for (int i = 1; i < o->nargs; i++)
		if (!profile_matches(p, o->args[i]))
			return false;
	return true;
}

static int run_chips(const struct options *o, struct ui *u)
{
	struct profile_set set;
	json_t *list = json_array();
	struct err e;
	size_t found = 0;
	int rc = profile_load_all(&set, &e);

	if (rc < 0) {
		json_decref(list);
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	}
	for (size_t i = 0; i < set.n; i++)
		found += matches_all(&set.v[i], o);
	for (size_t i = 0; i < set.n; i++) {
		if (!matches_all(&set.v[i], o))
			continue;
		json_array_append_new(list, profile_json(&set.v[i]));
		if (o->nargs > 1 && (found <= 3 || o->verbose))
			say_long(u, &set.v[i]);
		else
			say_short(u, &set.v[i]);
	}
	profile_set_free(&set);
	if (found == 0) {
		(void)!err_set(&e, ERR_PROFILE, "no chip or phone fits");
		err_hint(&e, "try a part of the name; 'spdvault chips' lists "
			     "all");
		json_decref(list);
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	}
	return command_done(u, 0, json_pack("{so}", "chips", list));
}

const struct command cmd_chips = {
	.name = "chips",
	.args = "[WORD...]",
	.summary = "what is known of chips: load addresses, names, phones",
	.text = "Lists the profiles, or those that fit all words: chip, "
		"marketing name or phone\nmodel. The two numbers are the load "
		"addresses of FDL1 and FDL2.\n\n"
		"Examples:\n"
		"  spdvault chips T606\n"
		"  spdvault chips moto g04\n",
	.max_args = -1,
	.run = run_chips,
};
