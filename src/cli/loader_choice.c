/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_choice.c - which files of a folder are sent, and why these. */
#include "loader_choice.h"

#include "ask.h"
#include "base/text.h"
#include "device/loader_folder.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *stage_name(int which)
{
	return which == 1 ? "FDL1" : "FDL2";
}

void loader_choose_address(struct ui *u, struct loader *l, int which,
			   const struct profile *profile)
{
	struct loader_place place;

	if (l->has_addr || !loader_place(l, which, profile, &place))
		return;
	l->addr = place.addr;
	l->has_addr = true;
	if (place.source == PLACE_PROFILE)
		ui_step(u, "%s '%s' goes to 0x%X: %s", stage_name(which),
			l->file, l->addr, place.why);
	else
		ui_note(u, "%s '%s' goes to 0x%X: %s", stage_name(which),
			l->file, l->addr, place.why);
}

/* "0x5500", or that nobody tells it. */
static void add_address(struct strbuf *b, const struct loader_candidate *c)
{
	if (c->place.source == PLACE_NONE)
		strbuf_add(b, "no address known");
	else
		strbuf_add(b, "0x%X", c->place.addr);
}

/* "'fdl1-sign.bin' (0x5500, signed, a usual name)" */
static void add_candidate(struct strbuf *b, const struct loader_candidate *c)
{
	char name[128];

	text_clean(c->file, strlen(c->file), name, sizeof(name));
	strbuf_add(b, "'%s' (", name);
	add_address(b, c);
	strbuf_add(b, "%s%s%s%s)", *c->why ? ", " : "", c->why,
		   *c->minus ? "; " : "", c->minus);
}

/* Why this one, and which come behind it. */
static void say_choice(struct ui *u, const struct loader_folder *f, size_t at)
{
	const struct loader_candidate *c = &f->v[at];
	struct strbuf b = { 0 };
	size_t n = 0;

	add_candidate(&b, c);
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].which != c->which || i == at)
			continue;
		if (n < 3)
			strbuf_add(&b, "%s", n ? ", " : ", rather than ");
		if (n < 3)
			add_candidate(&b, &f->v[i]);
		n++;
	}
	if (n > 3)
		strbuf_add(&b, " and %zu more", n - 3);
	ui_note(u, "%s: %s", stage_name(c->which),
		b.s && !b.failed ? b.s : c->file);
	if (c->place.source != PLACE_NONE)
		ui_step(u, "%s goes to 0x%X: %s", stage_name(c->which),
			c->place.addr, c->place.why);
	strbuf_free(&b);
}

static int none_there(const char *dir, int which, struct err *e)
{
	int rc =
		err_set(e, ERR_USAGE, "no file in '%.150s' is named like an %s",
			dir, stage_name(which));

	err_hint(e,
		 "usual names are fdl%d-sign.bin, fdl%d-dl.bin and "
		 "fdl%d.bin; or name the file with --fdl%d",
		 which, which, which, which);
	return rc;
}

/* Several with the same points; *at: the first, then the chosen one. */
static int settle(const struct options *o, struct ui *u,
		  const struct loader_folder *f, size_t n, size_t *at,
		  struct err *e)
{
	int which = f->v[*at].which, rc;
	struct strbuf names = { 0 };
	char question[64];
	size_t answer;

	for (size_t i = 0; i < n; i++) {
		struct strbuf b = { 0 };

		add_candidate(&b, &f->v[*at + i]);
		ui_warn(u, "%s may be %zu) %s", stage_name(which), i + 1,
			b.s ? b.s : "");
		strbuf_free(&b);
		strbuf_add(&names, "%s'%.60s'", i ? ", " : "",
			   f->v[*at + i].file);
	}
	if (ui_may_ask(o)) {
		snprintf(question, sizeof(question), "which one is %s?",
			 stage_name(which));
		rc = ui_ask_number(u, question, n, &answer, e);
		if (rc == 0)
			*at += answer - 1;
	} else {
		rc = err_set(e, ERR_USAGE,
			     "%zu files in the folder fit equally well as %s: "
			     "%.200s",
			     n, stage_name(which), names.s ? names.s : "");
		err_hint(e,
			 "name the one that is of this phone's firmware: "
			 "--fdl%d FILE",
			 which);
	}
	strbuf_free(&names);
	return rc;
}

static int open_chosen(const char *dir, const struct loader_candidate *c,
		       struct loader *ret, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, c->file);
	rc = loader_read(path, ret, e);
	if (rc == 0 && c->place.source != PLACE_NONE) {
		ret->addr = c->place.addr;
		ret->has_addr = true;
	}
	return rc;
}

/* twin: the name of the other one, or NULL. */
static int choose(const struct options *o, struct ui *u,
		  const struct phone_link *p, int which, const char *twin,
		  struct loader *ret, struct err *e)
{
	struct loader_folder *f;
	size_t at, n;
	int rc = loader_folder_read(o->loaders, p->so.profile, twin, &f, e);

	if (rc < 0)
		return rc;
	n = loader_folder_best(f, which, &at);
	if (n == 0)
		rc = none_there(o->loaders, which, e);
	if (n > 1)
		rc = settle(o, u, f, n, &at, e);
	if (rc == 0) {
		say_choice(u, f, at);
		rc = open_chosen(o->loaders, &f->v[at], ret, e);
	}
	free(f);
	return rc;
}

/* "DIR/fdl1.bin@0x5500" to "fdl1.bin". */
static void base_name(const char *spec, char *out, size_t cap)
{
	const char *slash = strrchr(spec, '/');

	text_copy(out, cap, slash ? slash + 1 : spec);
	out[strcspn(out, "@")] = '\0';
}

/* Which of them belong together could then only be guessed. */
int loader_two_sources(struct err *e)
{
	int rc = err_set(e, ERR_USAGE,
			 "loaders come either from a package (--pac) or from "
			 "a folder (--loaders)");

	err_hint(e, "drop one of the two options");
	return rc;
}

static bool needs_only_one(const struct profile *p)
{
	return p && (p->quirks & QUIRK_SINGLE_STAGE);
}

int loader_choice(const struct options *o, struct ui *u, struct phone_link *p,
		  struct err *e)
{
	char twin[128] = "";

	if (!o->loaders)
		return 0;
	if (o->fdl2)
		base_name(o->fdl2, twin, sizeof(twin));
	if (!o->fdl1 &&
	    choose(o, u, p, 1, o->fdl2 ? twin : NULL, &p->fdl1, e) < 0)
		return -(int)e->code;
	if (o->fdl2 || needs_only_one(p->so.profile))
		return 0;
	base_name(o->fdl1 ? o->fdl1 : p->fdl1.file, twin, sizeof(twin));
	return choose(o, u, p, 2, twin, &p->fdl2, e);
}
