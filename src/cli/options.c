/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c - the options of a command line; per command by group. */
#include "options.h"

#include "option_values.h"

#include "base/text.h"
#include "job/restore.h"
#include "option_table.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_DEFAULT_S 15
#define LOST_DEFAULT_S 120 /* its user has to come, and hold keys */

static int add_exclude(struct options *o, const char *glob, struct err *e)
{
	const char **v =
		realloc(o->exclude, (o->nexclude + 1) * sizeof(*o->exclude));

	if (!v)
		return err_nomem(e);
	o->exclude = v;
	o->exclude[o->nexclude++] = glob;
	return 0;
}

static int take_choice(struct options *o, int id, const char *arg,
		       struct err *e)
{
	static const char *const after[] = { "leave", "reboot", "poweroff" };
	static const char *const color[] = { "auto", "always", "never" };
	static const char *const policy[] = { "zero", "stop" };
	static const char *const slot[] = { "active" };
	int n = 0, rc;

	switch (id) {
	case O_AFTER:
		rc = option_choice("after", arg, after, 3, &n, e);
		if (rc == 0)
			o->after = (enum after)n;
		return rc;
	case O_COLOR:
		rc = option_choice("color", arg, color, 3, &n, e);
		if (rc == 0)
			o->color = (enum color_when)n;
		return rc;
	case O_ON_ERROR:
		rc = option_choice("on-error", arg, policy, 2, &n, e);
		if (rc == 0)
			o->stop_on_error = n == 1;
		return rc;
	default:
		rc = option_choice("slot", arg, slot, 1, &n, e);
		if (rc == 0)
			o->slot_active = true;
		return rc;
	}
}

static int take_restore(struct options *o, int id, const char *arg,
			struct err *e)
{
	static const char *const kinds[] = { "nv", "boot", "unit", "log" };
	static const unsigned bits[] = {
		1 << RESTORE_NV,
		1 << RESTORE_BOOT | 1 << RESTORE_CONTROL,
		1 << RESTORE_UNIT,
		1 << RESTORE_LOG,
	};
	static const char *const slots[] = { "together", "apart", "a", "b" };
	int n = 0, rc;

	if (id == O_SLOTS)
		return option_choice("slots", arg, slots, 4, &o->slots, e);
	rc = option_choice("class", arg, kinds, 4, &n, e);
	if (rc == 0)
		o->kinds |= bits[n];
	return rc;
}

/* Options that are true when given, and those that are a text. */
#define AT(id, field)                               \
	{                                           \
		id, offsetof(struct options, field) \
	}
static const struct plain {
	int id;
	size_t at;
} flags[] = {
	AT(O_JSON, json),
	AT('q', quiet),
	AT('v', verbose),
	AT(O_YES, yes),
	AT(O_DRY_RUN, dry_run),
	AT('h', help),
	AT(O_VERSION, version),
	AT(O_NV_BY_NAME, nv_by_name),
	AT(O_READ_AHEAD, read_ahead),
	AT(O_ALL, all),
	AT(O_ACCEPT_BLANK, accept_blank),
	AT(O_FORCE, force),
	AT(O_RESUME, resume),
	AT(O_PTY, pty),
	AT(O_STRICT, strict),
	AT(O_NO_INPUT, no_input),
	AT(O_OTHER_PHONE, other_phone),
	AT(O_SAME_PHONE, same_phone),
	AT(O_UNDO, undo),
}, texts[] = {
	AT(O_LOG, log),
	AT(O_DEVICE, device),
	AT(O_CHIP, chip),
	AT(O_FDL1, fdl1),
	AT(O_FDL2, fdl2),
	AT(O_PAC, pac),
	AT(O_INSIDE, inside),
	AT(O_LOADERS, loaders),
	AT(O_ROOT, root),
	AT('o', output),
	AT(O_NOTE, note),
	AT('C', directory),
	AT(O_GADGET, gadget),
	AT(O_FAULT, fault),
	AT(O_PLAN_OUT, plan_out),
	AT(O_PLAN, plan_in),
	AT(O_FROM, from),
	AT(O_TO, to),
	AT(O_MEMBER, member),
	AT(O_SAVE, save),
};
#undef AT

static bool take_plain(struct options *o, int id, const char *arg)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].id == id)
			return *(bool *)((char *)o + flags[i].at) = true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].id != id)
			continue;
		*(const char **)((char *)o + texts[i].at) = arg;
		return true;
	}
	return false;
}

static int take_number(struct options *o, int id, const char *arg,
		       struct err *e)
{
	int rc;

	switch (id) {
	case O_WAIT:
		rc = text_to_u64(arg, 86400, &o->wait_s, e);
		if (rc == 0)
			o->lost_s = o->wait_s;
		return rc;
	case O_TIMEOUT:
		return text_to_u64(arg, 3600000, &o->timeout_ms, e);
	case O_LEVEL:
		rc = text_to_u64(arg, 19, &o->level, e);
		if (rc == 0 && o->level == 0)
			rc = err_set(e, ERR_USAGE, "level 0 is none of 1..19");
		return rc;
	case O_CHUNK:
		rc = text_to_size(arg, &o->chunk, e);
		if (rc == 0 &&
		    (o->chunk < 512 || o->chunk > 0xFFF0 || o->chunk % 512))
			rc = err_set(e, ERR_USAGE,
				     "a chunk is a multiple of 512 from 512 to "
				     "65024 (0xFE00)");
		return rc;
	case O_OFFSET:
		return text_to_size(arg, &o->offset, e);
	default:
		rc = text_to_size(arg, &o->length, e);
		if (rc == 0 && o->length == 0)
			rc = err_set(e, ERR_USAGE, "a length of 0 bytes");
		return rc;
	}
}

static int take(struct options *o, int id, const char *arg, struct err *e)
{
	switch (id) {
	case O_RECHECK:
		return option_percent(arg, &o->recheck, e);
	case O_EXCLUDE:
		return add_exclude(o, arg, e);
	case O_AFTER:
	case O_COLOR:
	case O_ON_ERROR:
	case O_SLOT:
		return take_choice(o, id, arg, e);
	case O_CLASS:
	case O_SLOTS:
		return take_restore(o, id, arg, e);
	default:
		return take_plain(o, id, arg) ? 0 : take_number(o, id, arg, e);
	}
}

/* What getopt does not take, in optopt or only in the word that has it. */
static int refuse(const char *word, struct err *e)
{
	struct strbuf names = { 0 };
	unsigned n = 0;
	int rc;

	if (strncmp(word, "--", 2) != 0)
		return err_set(e, ERR_USAGE, "no option '-%c'", optopt);
	for (size_t i = 0; i < option_count; i++) {
		if (optopt && option_table[i].id == optopt)
			return err_set(e, ERR_USAGE, "--%s takes no value",
				       option_table[i].name);
		if (strncmp(option_table[i].name, word + 2, strlen(word + 2)) ==
		    0)
			strbuf_add(&names, "%s--%s", n++ ? ", " : "",
				   option_table[i].name);
	}
	rc = n > 1 && names.s ? err_set(e, ERR_USAGE, "'%s' may be any of: %s",
					word, names.s)
			      : err_set(e, ERR_USAGE, "no option '%s'", word);
	strbuf_free(&names);
	return rc;
}

int options_parse(int argc, char **argv, struct options *o, struct err *e)
{
	struct option longs[OPTIONS_MAX + 1] = { 0 };
	int index, id;

	memset(o, 0, sizeof(*o));
	o->wait_s = WAIT_DEFAULT_S;
	o->lost_s = LOST_DEFAULT_S;
	/* getopt sorts the others. */
	o->typed = calloc((size_t)argc + 1, sizeof(*o->typed));
	if (!o->typed)
		return err_nomem(e);
	memcpy(o->typed, argv, (size_t)argc * sizeof(*argv));
	for (size_t i = 0; i < option_count; i++) {
		longs[i].name = option_table[i].name;
		longs[i].has_arg =
			option_table[i].arg ? required_argument : no_argument;
		longs[i].val = option_table[i].id;
	}
	opterr = 0;
	optind = 0;
	for (;;) {
		index = -1;
		id = getopt_long(argc, argv, ":o:C:qvh", longs, &index);
		if (id == -1)
			break;
		if (id == ':')
			return err_set(e, ERR_USAGE, "'%s' needs a value",
				       argv[optind - 1]);
		if (id == '?')
			return refuse(argv[optind - 1], e);
		for (size_t i = 0; i < option_count; i++)
			if (option_table[i].id == id)
				o->given |= 1ull << i;
		if (take(o, id, optarg, e) < 0)
			return -(int)e->code;
	}
	o->args = argv + optind;
	o->nargs = argc - optind;
	return 0;
}

void options_free(struct options *o)
{
	free(o->exclude);
	free(o->typed);
}

int options_check(const struct options *o, const struct command *c,
		  struct err *e)
{
	int n = o->nargs - 1;

	for (size_t i = 0; i < option_count; i++)
		if ((o->given >> i & 1) && option_table[i].groups &&
		    !(option_table[i].groups & c->groups))
			return err_set(e, ERR_USAGE,
				       "'%s' takes no option --%s", c->name,
				       option_table[i].name);
	if (n < c->min_args || (c->max_args >= 0 && n > c->max_args))
		return err_set(e, ERR_USAGE, "usage: spdvault %s %s", c->name,
			       c->args);
	return 0;
}

bool options_given(const struct options *o, const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_table[i].name, name) == 0)
			return o->given >> i & 1;
	return false;
}

bool options_phone(const struct options *o)
{
	for (size_t i = 0; i < option_count; i++)
		if ((o->given >> i & 1) &&
		    (option_table[i].groups & (OPT_PHONE | OPT_AFTER)))
			return true;
	return false;
}

static void print_one(size_t i)
{
	char left[40];

	if (option_table[i].id < 256)
		snprintf(left, sizeof(left), "-%c, --%s%s%s",
			 option_table[i].id, option_table[i].name,
			 option_table[i].arg ? " " : "",
			 option_table[i].arg ? option_table[i].arg : "");
	else
		snprintf(left, sizeof(left), "--%s%s%s", option_table[i].name,
			 option_table[i].arg ? " " : "",
			 option_table[i].arg ? option_table[i].arg : "");
	printf("  %-24s %s\n", left, option_table[i].help);
}

void options_print(const struct command *c)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].help &&
		    (!option_table[i].groups ||
		     (c && option_table[i].groups & c->groups)))
			print_one(i);
}
