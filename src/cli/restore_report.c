/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_report.c - words for what was written and what was not. */
#include "restore_report.h"

#include "again.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX ".tar.zst"

const char *restore_source_name(const struct options *o)
{
	if (o->from)
		return o->from;
	return o->nargs > 1 ? o->args[1] : "";
}

int restore_paths_of(const struct options *o, struct restore_paths *ret,
		     struct err *e)
{
	const char *archive = restore_source_name(o);
	struct strbuf undo = { 0 }, state = { 0 };
	size_t n = strlen(archive), k = strlen(SUFFIX);

	if (n > k && strcmp(archive + n - k, SUFFIX) == 0)
		n -= k;
	if (o->output)
		strbuf_add(&undo, "%s", o->output);
	else
		strbuf_add(&undo, "%.*s.undo" SUFFIX, (int)n, archive);
	strbuf_add(&state, "%s.state", undo.s ? undo.s : "");
	ret->undo = undo.s;
	ret->state = state.s;
	if (!undo.failed && !state.failed)
		return 0;
	restore_paths_free(ret);
	return err_nomem(e);
}

void restore_paths_free(struct restore_paths *p)
{
	free(p->undo);
	free(p->state);
	memset(p, 0, sizeof(*p));
}

void restore_say_done(struct ui *u, const struct options *o,
		      const struct restore *r, const struct restore_paths *p)
{
	const struct restore_plan *plan = restore_plan(r);
	char size[TEXT_SIZE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++)
		n += plan->v[i].done == RESTORE_GOOD;
	ui_result(u,
		  "restored: %zu partition%s, %s, all read back and as they "
		  "should be",
		  n, n == 1 ? "" : "s", text_size(plan->bytes, size));
	if (o->undo)
		ui_result(u, "  the phone is as it was before the restore");
	else
		ui_result(u,
			  "  what was there before: %s (restoring that undoes "
			  "this)",
			  p->undo);
}

/* Is it worth a word: written, or to be written? */
static bool counts(const struct restore_item *it)
{
	return it->state == RESTORE_WRITE || it->state == RESTORE_ALONG;
}

static void say_names(struct ui *u, const struct restore_plan *p,
		      enum restore_done done, const char *title)
{
	struct strbuf names = { 0 };

	for (size_t i = 0; i < p->n; i++)
		if (counts(&p->v[i]) && p->v[i].done == done)
			strbuf_add(&names, "%s%s", names.len ? ", " : "",
				   p->v[i].name);
	if (names.len && !names.failed)
		ui_below(u, title, names.s);
	for (size_t i = 0; names.failed && i < p->n; i++)
		if (counts(&p->v[i]) && p->v[i].done == done)
			ui_below(u, title, p->v[i].name);
	strbuf_free(&names);
}

static void say_ways_on(struct ui *u, const struct options *o)
{
	char *again = again_command(o);
	struct strbuf undo = { 0 };

	if (!again)
		return;
	strbuf_add(&undo, " %s%s", again, o->undo ? "" : " --undo");
	ui_below(u, "  go on", again);
	if (!undo.failed)
		ui_below(u, "  undo", undo.s);
	strbuf_free(&undo);
	free(again);
}

void restore_say_account(struct ui *u, const struct options *o,
			 const struct restore *r, const struct restore_paths *p)
{
	const struct restore_plan *plan = restore_plan(r);
	struct strbuf copy = { 0 };

	if (!restore_touched(r)) {
		ui_below(u, "  phone", "nothing was written to it");
		return;
	}
	say_names(u, plan, RESTORE_GOOD,
		  "  on the phone now, read back and as it should be");
	say_names(u, plan, RESTORE_WROTE,
		  "  on the phone now, acknowledged but not read back");
	say_names(u, plan, RESTORE_BAD,
		  "  on the phone now, and NOT as it should be");
	say_names(u, plan, RESTORE_BEGUN,
		  "  old bytes, new bytes, or parts of both");
	say_names(u, plan, RESTORE_NOT_BEGUN, "  not begun");
	strbuf_add(&copy, "%s holds what all of these had before", p->undo);
	ui_below(u, "  safety copy", copy.s ? copy.s : p->undo);
	strbuf_free(&copy);
	say_ways_on(u, o);
}

void restore_say_state(struct ui *u, const struct restore_paper *p)
{
	static const struct {
		enum restore_done done;
		const char *words;
	} rows[] = {
		{ RESTORE_GOOD, "written, read back" },
		{ RESTORE_WROTE, "written, not read back" },
		{ RESTORE_BAD, "written, and not as it should be" },
		{ RESTORE_BEGUN, "old bytes, new bytes, or parts of both" },
	};
	struct strbuf names = { 0 };

	if (!restore_paper_saved(p)) {
		ui_note(u, "the run before had written nothing yet");
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		names.len = 0;
		for (size_t k = 0; restore_paper_touched(p, k); k++)
			if (restore_paper_done(p,
					       restore_paper_touched(p, k)) ==
			    rows[i].done)
				strbuf_add(&names, "%s%s",
					   names.len ? ", " : "",
					   restore_paper_touched(p, k));
		if (names.len)
			ui_note(u, "the run before: %s: %s", rows[i].words,
				names.s);
	}
	strbuf_free(&names);
}
