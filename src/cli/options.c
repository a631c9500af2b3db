/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c - one table of options; per command by group. */
#include "options.h"

#include "option_values.h"

#include "base/text.h"
#include "job/restore.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_DEFAULT_S 15
#define LOST_DEFAULT_S 120 /* its user has to come, and hold keys */

enum {
	O_JSON = 256,
	O_COLOR,
	O_LOG,
	O_YES,
	O_DRY_RUN,
	O_VERSION,
	O_DEVICE,
	O_CHIP,
	O_FDL1,
	O_FDL2,
	O_PAC,
	O_INSIDE,
	O_LOADERS,
	O_ROOT,
	O_WAIT,
	O_TIMEOUT,
	O_AFTER,
	O_CHUNK,
	O_NV_BY_NAME,
	O_READ_AHEAD,
	O_NOTE,
	O_EXCLUDE,
	O_ALL,
	O_FORCE,
	O_RESUME,
	O_SLOT,
	O_ACCEPT_BLANK,
	O_RECHECK,
	O_STRICT,
	O_ON_ERROR,
	O_LEVEL,
	O_OFFSET,
	O_LENGTH,
	O_PTY,
	O_GADGET,
	O_SAVE,
	O_FAULT,
	O_NO_INPUT,
	O_CLASS,
	O_SLOTS,
	O_OTHER_PHONE,
	O_SAME_PHONE,
	O_PLAN_OUT,
	O_PLAN,
	O_UNDO,
	O_FROM,
	O_TO,
	O_MEMBER,
};

static const struct {
	int id;
	unsigned groups; /* 0: all commands */
	const char *name, *arg;
	const char *help; /* NULL: for developers, see HACKING.md */
} table[] = {
	{ O_DEVICE, OPT_PHONE | OPT_WATCH, "device", "SPEC",
	  "the phone: usb (default), usb:BUS-PORT[.PORT...], tty:PATH[@BAUD], "
	  "sim:MODEL[,key=value...] or fd:N" },
	{ O_CHIP, OPT_PHONE | OPT_WATCH, "chip", "NAME",
	  "its chip or model (see 'spdvault chips')" },
	{ O_FDL1, OPT_PHONE, "fdl1", "FILE[@ADDR]",
	  "first stage loader; ADDR from --chip if left out" },
	{ O_FDL2, OPT_PHONE, "fdl2", "FILE[@ADDR]", "second stage loader" },
	{ O_PAC, OPT_PHONE, "pac", "FILE",
	  "take both loaders and their addresses from this firmware package "
	  "(.pac, also inside .zip, .7z, .tar)" },
	{ O_LOADERS, OPT_PHONE, "loaders", "DIR",
	  "take both loaders from this folder, by their usual names" },
	{ O_INSIDE, OPT_PHONE | OPT_PAC, "inside", "NAME",
	  "of several PACs in an archive this one (a glob)" },
	{ O_WAIT, OPT_PHONE | OPT_WATCH, "wait", "SECONDS",
	  "how long to wait for the phone (default 15, for one that is lost "
	  "while it is read 120)" },
	{ O_TIMEOUT, OPT_PHONE, "timeout", "MS",
	  "give every answer at least this long" },
	{ O_CHUNK, OPT_PHONE, "chunk", "N",
	  "ask for at most N bytes at a time (default: what works)" },
	{ O_AFTER, OPT_AFTER, "after", "WHAT",
	  "leave (default), reboot or poweroff; the last two let newer "
	  "loaders write flags" },
	{ 'o', OPT_OUTPUT, "output", "OUT", "the file to write" },
	{ O_FORCE, OPT_FORCE | OPT_PHONE, "force", NULL,
	  "replace what is there, ignore a disk that may be too small, send a "
	  "loader that looks wrong" },
	{ O_RESUME, OPT_BACKUP | OPT_RESTORE, "resume", NULL,
	  "go on with what an interrupted backup or restore left" },
	{ O_ALL, OPT_BACKUP, "all", NULL,
	  "also what is left out by default: userdata, cache, logs" },
	{ O_EXCLUDE, OPT_BACKUP, "exclude", "PART",
	  "leave out (a glob, may be repeated)" },
	{ O_SLOT, OPT_BACKUP, "slot", "active",
	  "of A/B partitions only the slot that boots" },
	{ O_ACCEPT_BLANK, OPT_BACKUP, "accept-blank", NULL,
	  "a blank boot chain or NV is as it should be" },
	{ O_RECHECK, OPT_BACKUP, "recheck", "N%",
	  "read a random N % of the blocks again and compare" },
	{ O_STRICT, OPT_COMPARE, "strict", NULL,
	  "with --device: also what changes by itself has to be the same" },
	{ O_NOTE, OPT_BACKUP, "note", "TEXT", "kept in the manifest" },
	{ O_LEVEL, OPT_BACKUP, "level", "N",
	  "of compression, 1 to 19 (default 3)" },
	{ O_ON_ERROR, OPT_READ, "on-error", "WHAT",
	  "bytes that cannot be read: zero (default) or stop" },
	{ O_NV_BY_NAME, OPT_READ, "nv-by-name", NULL,
	  "read first NV copies by name, too, where nothing else leads to "
	  "them; the loader may then repair, that is write, the NV" },
	{ O_READ_AHEAD, OPT_READ, "read-ahead", NULL,
	  "ask for the next bytes before the last ones have come (experiment; "
	  "ends by itself with a loader that cannot do it)" },
	{ O_CLASS, OPT_RESTORE, "class", "KIND",
	  "also write nv, boot, unit or log; may be repeated" },
	{ O_SLOTS, OPT_RESTORE, "slots", "WHAT",
	  "where slots differ and a loader writes both: apart (this one does "
	  "not), a or b (both get this one's)" },
	{ O_OTHER_PHONE, OPT_RESTORE, "other-phone", NULL,
	  "onto another phone of the same model, what is not private" },
	{ O_SAME_PHONE, OPT_RESTORE, "same-phone", NULL,
	  "it is the same phone, although it tells nothing that proves it" },
	{ O_PLAN, OPT_RESTORE, "plan", "FILE",
	  "do what that plan says, if phone and archive are the same still" },
	{ O_FROM, OPT_RESTORE, "from", "FILE",
	  "in place of ARCHIVE: a raw or sparse image, or a .pac" },
	{ O_TO, OPT_RESTORE, "to", "PART", "the partition that it is for" },
	{ O_MEMBER, OPT_RESTORE, "member", "NAME",
	  "of a .pac the file with this id or name (default: id PART)" },
	{ O_UNDO, OPT_RESTORE, "undo", NULL,
	  "with --resume: write back what the safety copy holds" },
	{ O_PLAN_OUT, OPT_RESTORE, "plan-out", "FILE",
	  "compare all to the end, and write the plan into FILE" },
	{ O_OFFSET, OPT_RANGE, "offset", "N", "start here (4096, 0x1000, 4K)" },
	{ O_LENGTH, OPT_RANGE, "length", "N", "this many bytes" },
	{ 'C', OPT_DIR, "directory", "DIR", "write below DIR (default .)" },
	{ O_PTY, OPT_SIM, "pty", NULL, "serve on a pseudo terminal" },
	{ O_GADGET, OPT_SIM, "gadget", "DIR",
	  "serve as a USB device, on the functionfs mounted on DIR" },
	{ O_SAVE, OPT_SIM, "save", "DIR",
	  "write its storage into DIR as files" },
	{ O_DRY_RUN, OPT_DRY_RUN, "dry-run", NULL,
	  "show what would be done and stop" },
	{ O_FAULT, OPT_PHONE, "fault", "PLAN", NULL },
	{ O_ROOT, OPT_WATCH, "root", "DIR", NULL },
	{ O_JSON, 0, "json", NULL,
	  "one JSON event a line, the last one 'result'" },
	{ 'q', 0, "quiet", NULL, "no notes and no progress" },
	{ 'v', 0, "verbose", NULL, "also every step and what the phone says" },
	{ O_LOG, 0, "log", "FILE", "append all messages to FILE" },
	{ O_COLOR, 0, "color", "WHEN", "auto (default), always or never" },
	{ O_YES, 0, "yes", NULL, "do not ask for consent (restore does)" },
	{ O_NO_INPUT, 0, "no-input", NULL,
	  "ask nothing; what needs an answer ends the run" },
	{ 'h', 0, "help", NULL, "help on the command" },
	{ O_VERSION, 0, "version", NULL, "version of the program" },
};

#define NOPTIONS (sizeof(table) / sizeof(table[0]))

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

int options_parse(int argc, char **argv, struct options *o, struct err *e)
{
	struct option longs[NOPTIONS + 1] = { 0 };
	int index, id;

	memset(o, 0, sizeof(*o));
	o->wait_s = WAIT_DEFAULT_S;
	o->lost_s = LOST_DEFAULT_S;
	/* getopt sorts the others. */
	o->typed = calloc((size_t)argc + 1, sizeof(*o->typed));
	if (!o->typed)
		return err_nomem(e);
	memcpy(o->typed, argv, (size_t)argc * sizeof(*argv));
	for (size_t i = 0; i < NOPTIONS; i++) {
		longs[i].name = table[i].name;
		longs[i].has_arg =
			table[i].arg ? required_argument : no_argument;
		longs[i].val = table[i].id;
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
			return err_set(e, ERR_USAGE, "no option '%s'",
				       argv[optind - 1]);
		for (size_t i = 0; i < NOPTIONS; i++)
			if (table[i].id == id)
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

	for (size_t i = 0; i < NOPTIONS; i++)
		if ((o->given >> i & 1) && table[i].groups &&
		    !(table[i].groups & c->groups))
			return err_set(e, ERR_USAGE,
				       "'%s' takes no option --%s", c->name,
				       table[i].name);
	if (n < c->min_args || (c->max_args >= 0 && n > c->max_args))
		return err_set(e, ERR_USAGE, "usage: spdvault %s %s", c->name,
			       c->args);
	return 0;
}

bool options_given(const struct options *o, const char *name)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (strcmp(table[i].name, name) == 0)
			return o->given >> i & 1;
	return false;
}

bool options_phone(const struct options *o)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if ((o->given >> i & 1) &&
		    (table[i].groups & (OPT_PHONE | OPT_AFTER)))
			return true;
	return false;
}

static void print_one(size_t i)
{
	char left[40];

	if (table[i].id < 256)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", table[i].id,
			 table[i].name, table[i].arg ? " " : "",
			 table[i].arg ? table[i].arg : "");
	else
		snprintf(left, sizeof(left), "--%s%s%s", table[i].name,
			 table[i].arg ? " " : "",
			 table[i].arg ? table[i].arg : "");
	printf("  %-24s %s\n", left, table[i].help);
}

void options_print(const struct command *c)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (table[i].help &&
		    (!table[i].groups || (c && table[i].groups & c->groups)))
			print_one(i);
}
