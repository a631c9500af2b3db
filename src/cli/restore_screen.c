/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_screen.c - what will be written, before it is. */
#include "restore_screen.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SCREEN_MOST 16u /* more are told in lines of several */

/* -- words --------------------------------------------------------------- */

static void words_for_how(const struct restore_item *it, char out[96])
{
	char size[TEXT_SIZE_MAX];

	if (it->how == RESTORE_AS_NV)
		snprintf(out, 96, "as NV by the name of the first copy");
	else if (it->length < it->size)
		snprintf(out, 96, "its first %s", text_size(it->length, size));
	else
		snprintf(out, 96, "whole");
}

static void words_for_difference(const struct restore_item *it, char out[96])
{
	char size[TEXT_SIZE_MAX];

	if (!it->looked || !it->differs)
		out[0] = '\0';
	else if (it->to_the_end)
		snprintf(out, 96, "; %s differ, in 0x%" PRIx64 " to 0x%" PRIx64,
			 text_size(it->differing, size), it->first, it->last);
	else
		snprintf(out, 96, "; differs from 0x%" PRIx64 " on", it->first);
}

static void say_write(struct ui *u, const struct restore_item *it)
{
	char how[96], differs[96], size[TEXT_SIZE_MAX];

	words_for_how(it, how);
	words_for_difference(it, differs);
	ui_result(u, "    %-20s %9s  %-7s %s%s%s%s", it->name,
		  text_size(it->length, size),
		  restore_kind_name(it->rule->kind), how, differs,
		  *it->reason ? "; " : "", it->reason);
}

static bool is_told(const struct restore_item *it)
{
	return it->state != RESTORE_LEFT || !it->looked || it->differs;
}

/* Those that follow each other in the order and are of one kind. */
static size_t say_run(struct ui *u, const struct restore_plan *p, size_t first)
{
	const struct restore_item *a = &p->v[first];
	struct strbuf names = { 0 };
	char size[TEXT_SIZE_MAX];
	uint64_t bytes = 0;
	size_t i, n = 0;

	for (i = first; i < p->n; i++) {
		const struct restore_item *it = &p->v[i];

		if (it->state != RESTORE_WRITE)
			continue;
		if (it->rule->kind != a->rule->kind ||
		    it->rule->group != a->rule->group)
			break;
		strbuf_add(&names, "%s%s%s", n++ ? ", " : "", it->name,
			   *it->reason ? "*" : "");
		bytes += it->length;
	}
	ui_result(u, "    %-7s %9s  %s", restore_kind_name(a->rule->kind),
		  text_size(bytes, size), names.s ? names.s : "");
	strbuf_free(&names);
	return i;
}

static void say_writes(struct ui *u, const struct restore_plan *p)
{
	bool brief = p->counts[RESTORE_WRITE] > SCREEN_MOST && !u->verbose;

	if (p->counts[RESTORE_WRITE] == 0)
		return;
	ui_result(u, "  to be written, in this order%s:",
		  brief ? " (--verbose shows how; * also by another one)" : "");
	for (size_t i = 0; i < p->n;) {
		if (p->v[i].state != RESTORE_WRITE) {
			i++;
		} else if (brief) {
			i = say_run(u, p, i);
		} else {
			say_write(u, &p->v[i++]);
		}
	}
}

/* All of one state whose reason is that of item `first`, in one line. */
static void say_reason(struct ui *u, const struct restore_plan *p, size_t first)
{
	const struct restore_item *it = &p->v[first];
	struct strbuf names = { 0 };

	for (size_t i = first; i < p->n; i++)
		if (p->v[i].state == it->state && is_told(&p->v[i]) &&
		    strcmp(p->v[i].reason, it->reason) == 0)
			strbuf_add(&names, "%s%s", names.len ? ", " : "",
				   p->v[i].name);
	ui_result(u, "    %s: %s", names.s ? names.s : it->name, it->reason);
	strbuf_free(&names);
}

static void say_alongs(struct ui *u, const struct restore_plan *p)
{
	struct strbuf names = { 0 };

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].state == RESTORE_ALONG)
			strbuf_add(&names, "%s%s with %s",
				   names.len ? ", " : "", p->v[i].name,
				   p->v[i].with);
	if (names.s)
		ui_result(u, "  written along by the loader: %s", names.s);
	strbuf_free(&names);
}

static void say_state(struct ui *u, const struct restore_plan *p,
		      enum restore_state st, const char *title)
{
	bool headed = false;

	for (size_t i = 0; i < p->n; i++) {
		bool told = false;

		if (p->v[i].state != st || !is_told(&p->v[i]))
			continue;
		for (size_t k = 0; k < i && !told; k++)
			told = p->v[k].state == st && is_told(&p->v[k]) &&
			       strcmp(p->v[k].reason, p->v[i].reason) == 0;
		if (told)
			continue;
		if (!headed)
			ui_result(u, "  %s:", title);
		headed = true;
		say_reason(u, p, i);
	}
}

/* Partitions that must match each other, when one of them is written. */
static void say_group(struct ui *u, const struct restore_plan *p, size_t first)
{
	const char *group = p->v[first].group;
	struct strbuf names = { 0 };
	bool written = false;
	size_t n = 0;

	for (size_t i = 0; i < first; i++)
		if (strcmp(p->v[i].group, group) == 0)
			return;
	for (size_t i = first; i < p->n; i++) {
		if (strcmp(p->v[i].group, group) != 0)
			continue;
		written |= p->v[i].state == RESTORE_WRITE;
		n++;
		strbuf_add(&names, "%s%s", names.len ? ", " : "", p->v[i].name);
	}
	if (written && n > 1 && names.s)
		ui_result(u, "  must match (%s): %s", group, names.s);
	strbuf_free(&names);
}

static void say_owner(struct ui *u, const struct restore_plan *p)
{
	static const char *const words[] = {
		[RESTORE_SAME_PHONE] = "the phone that the archive is of",
		[RESTORE_UNPROVEN] = "not proven to be the same phone",
		[RESTORE_OTHER_PHONE] = "ANOTHER phone",
	};

	ui_result(u, "  phone: %s: %s", words[p->owner], p->owner_why);
}

void restore_screen(struct ui *u, const struct restore *r)
{
	const struct restore_plan *p = restore_plan(r);
	const struct manifest *m = restore_manifest(r);
	char size[TEXT_SIZE_MAX];

	if (*m->created)
		ui_result(u, "plan: the archive of %s (%s)", m->created,
			  *m->chip ? m->chip : "chip not named");
	else
		ui_result(u, "plan: an image of %s for '%s'",
			  text_size(m->parts[0].size, size), m->parts[0].name);
	say_owner(u, p);
	say_writes(u, p);
	say_alongs(u, p);
	for (size_t i = 0; i < p->n; i++)
		if (*p->v[i].group)
			say_group(u, p, i);
	say_state(u, p, RESTORE_REFUSED, "refused");
	say_state(u, p, RESTORE_LEFT,
		  "differ or were not compared, and are "
		  "not asked for");
	ui_result(u, "  equal, not written: %zu partition%s", p->equal,
		  p->equal == 1 ? "" : "s");
	ui_result(u, "%zu partition%s to be written, %s",
		  p->counts[RESTORE_WRITE],
		  p->counts[RESTORE_WRITE] == 1 ? "" : "s",
		  text_size(p->bytes, size));
}

/* -- tables -------------------------------------------------------------- */

static void entry_words(const struct restore_entry *x, char out[72])
{
	char size[TEXT_SIZE_MAX];

	if (*x->name)
		snprintf(out, 72, "%-18s 0x%09" PRIx64 " %9s", x->name,
			 x->offset, text_size(x->size, size));
	else
		snprintf(out, 72, "-");
}

void restore_screen_tables(struct ui *u, const struct restore_plan *p)
{
	char left[72], right[72];
	size_t same = 0;

	if (!p->nrows)
		return;
	ui_result(u, "  %-41s %s", "archive", "phone");
	for (size_t i = 0; i < p->nrows; i++) {
		if (p->rows[i].same) {
			same++;
			continue;
		}
		entry_words(&p->rows[i].archive, left);
		entry_words(&p->rows[i].phone, right);
		ui_result(u, "  %-41s %s", left, right);
	}
	ui_result(u, "  %zu more rows are the same", same);
}

/* -- JSON ---------------------------------------------------------------- */

static json_t *item_json(const struct restore_item *it)
{
	static const char *const done[] = {
		[RESTORE_NOT_BEGUN] = "no", [RESTORE_BEGUN] = "begun",
		[RESTORE_WROTE] = "wrote",  [RESTORE_BAD] = "bad",
		[RESTORE_GOOD] = "good",
	};
	char hex[SHA256_HEX];

	text_hex(it->sha256, SHA256_LEN, hex);
	return json_pack(
		"{ss ss ss ss sI sI sb sb sb sI sI sI sI ss ss so ss ss}",
		"name", it->name, "class", restore_kind_name(it->rule->kind),
		"state", restore_state_name(it->state), "how",
		restore_how_name(it->how), "size", (json_int_t)it->size,
		"length", (json_int_t)it->length, "compared", it->looked,
		"differs", it->differs, "to_the_end", it->to_the_end, "first",
		(json_int_t)it->first, "last", (json_int_t)it->last,
		"differing", (json_int_t)it->differing, "behind",
		(json_int_t)it->behind, "with", it->with, "group", it->group,
		"reason", ui_text(*it->reason ? it->reason : NULL), "sha256",
		hex, "done", done[it->done]);
}

static json_t *row_json(const struct restore_row *row)
{
	return json_pack("{ss sI sI ss sI sI sb}", "archive", row->archive.name,
			 "archive_offset", (json_int_t)row->archive.offset,
			 "archive_size", (json_int_t)row->archive.size, "phone",
			 row->phone.name, "phone_offset",
			 (json_int_t)row->phone.offset, "phone_size",
			 (json_int_t)row->phone.size, "same", row->same);
}

json_t *restore_plan_json(const struct restore *r)
{
	static const char *const owners[] = {
		[RESTORE_SAME_PHONE] = "same",
		[RESTORE_UNPROVEN] = "unproven",
		[RESTORE_OTHER_PHONE] = "other",
	};
	const struct restore_plan *p = restore_plan(r);
	json_t *items = json_array(), *rows = json_array();

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(items, item_json(&p->v[i]));
	for (size_t i = 0; i < p->nrows; i++)
		json_array_append_new(rows, row_json(&p->rows[i]));
	return json_pack("{ss so sI sI sI sI so so}", "phone", owners[p->owner],
			 "phone_why", ui_text(p->owner_why), "to_write",
			 (json_int_t)p->counts[RESTORE_WRITE], "to_write_bytes",
			 (json_int_t)p->bytes, "equal", (json_int_t)p->equal,
			 "refused", (json_int_t)p->counts[RESTORE_REFUSED],
			 "plan", items, "table", rows);
}
