/* SPDX-License-Identifier: BSD-3-Clause */
/* again.c - the user's own command, with --resume. */
#include "again.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool go_on(void *user, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	return !ui_stopped(user);
}

int again_open(const struct options *o, struct ui *u,
	       const struct archive_options *a, struct archive_resume **ret,
	       struct err *e)
{
	const struct archive_resume_info *i;
	char kept[TEXT_SIZE_MAX], lost[TEXT_SIZE_MAX];
	int rc;

	*ret = NULL;
	if (!o->resume || o->dry_run)
		return 0;
	/* Minutes, for a large one on a slow disk. */
	ui_note(u, "reading what is kept of '%s'", o->output);
	rc = archive_resume_open(o->output, a, go_on, NULL, ret, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		ui_note(u,
			"there is no '%s.partial' to go on with: starting from "
			"the beginning",
			o->output);
		return 0;
	}
	i = archive_resume_info(*ret);
	ui_step(u, "%s.partial: %s are good, %s behind them are not", o->output,
		text_size(i->kept, kept), text_size(i->lost, lost));
	return 0;
}

void again_add_word(struct strbuf *b, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				    "opqrstuvwxyz0123456789_-+=./,:@%";

	if (b->len)
		strbuf_add(b, " ");
	if (*s && strspn(s, plain) == strlen(s)) {
		strbuf_add(b, "%s", s);
		return;
	}
	strbuf_add(b, "'");
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_add(b, "'\\''");
		else
			strbuf_add_bytes(b, s, 1);
	}
	strbuf_add(b, "'");
}

char *again_command(const struct options *o)
{
	struct strbuf b = { 0 };
	bool said = o->resume;

	for (size_t i = 0; o->typed[i]; i++) {
		if (!said && strcmp(o->typed[i], "--") == 0) {
			again_add_word(&b, "--resume");
			said = true;
		}
		again_add_word(&b, o->typed[i]);
	}
	if (!said)
		again_add_word(&b, "--resume");
	if (!b.failed)
		return b.s;
	strbuf_free(&b);
	return NULL;
}

static bool is_there(const char *path, bool filled)
{
	struct stat st;

	return stat(path, &st) == 0 && (!filled || st.st_size > 0);
}

/* Refused before anything was done: what is there may not be ours. */
static bool is_ours(const struct options *o, const struct backup_totals *t,
		    const struct err *e)
{
	if (t->begun)
		return true;
	if (e->code == ERR_EXISTS)
		return e->sys == EEXIST;
	return o->resume || !o->force;
}

static void advise(const struct backup_totals *t, struct err *e)
{
	char more[TEXT_SIZE_MAX];

	if (e->code == ERR_CANCELLED)
		err_hint(e, "the command below goes on from here");
	if (e->code != ERR_IO || e->sys != ENOSPC)
		return;
	if (t->planned_bytes > t->reached)
		err_hint(e,
			 "free some space: up to %s more are needed, "
			 "compressed often half of that; then the command "
			 "below",
			 text_size(t->planned_bytes - t->reached, more));
	else
		err_hint(e, "free some space; then the command below");
}

void again_look(const struct options *o, const struct backup_totals *t,
		struct err *e, struct again *ret)
{
	char journal[sizeof(ret->partial) + 16];

	memset(ret, 0, sizeof(*ret));
	if (!o->output || o->dry_run || !is_ours(o, t, e) ||
	    snprintf(ret->partial, sizeof(ret->partial), "%s.partial",
		     o->output) >= (int)sizeof(ret->partial) ||
	    !is_there(ret->partial, true)) {
		ret->partial[0] = '\0';
		return;
	}
	if (t->begun)
		snprintf(ret->kept, sizeof(ret->kept),
			 "%s (%zu of %zu partitions; 'spdvault extract "
			 "%s' takes them out)",
			 ret->partial, t->parts, t->planned, ret->partial);
	snprintf(journal, sizeof(journal), "%s.journal", ret->partial);
	if (is_there(journal, true)) {
		ret->command = again_command(o);
		advise(t, e);
	} else {
		ret->partial[0] = '\0';
	}
}

void again_say(struct ui *u, const struct again *a)
{
	if (a->command)
		ui_below(u, "  resume", a->command);
}

void again_json(const struct again *a, json_t *result)
{
	if (!result)
		return;
	json_object_set_new(result, "partial",
			    ui_text(*a->partial ? a->partial : NULL));
	json_object_set_new(result, "resume", ui_text(a->command));
}

void again_free(struct again *a)
{
	free(a->command);
	a->command = NULL;
}
