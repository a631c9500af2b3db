/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h - what the user asked for, as one struct. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui;
struct command;

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum after { AFTER_LEAVE, AFTER_REBOOT, AFTER_POWEROFF };

struct options {
	/* everywhere */
	bool json, quiet, verbose, yes, no_input, dry_run, help, version;
	enum color_when color;
	const char *log;
	/* with a phone */
	const char *device, *chip, *fdl1, *fdl2;
	const char *pac, *inside, *loaders;
	const char *root;  /* of a made-up computer, for doctor */
	const char *fault; /* a plan of transport/fault.h */
	uint64_t wait_s, lost_s, timeout_ms, chunk;
	enum after after;
	bool nv_by_name, read_ahead;
	/* backup, read */
	const char *output, *note;
	const char **exclude;
	size_t nexclude;
	bool all, force, resume, slot_active, stop_on_error, accept_blank;
	uint64_t level;
	double recheck; /* percent; 0: none */
	/* restore */
	unsigned kinds; /* 1 << enum restore_kind */
	int slots;	/* enum restore_slots */
	bool other_phone, same_phone, undo;
	bool writes; /* set by the command: it may write to the phone */
	const char *plan_in, *plan_out, *from, *to, *member;
	/* archives */
	bool strict;
	const char *directory;
	uint64_t offset, length;
	/* sim */
	bool pty;
	const char *gadget, *save;
	/* the words that are no options; the first is the command */
	char **args;
	int nargs;
	/* The words as they were typed, the program first; NULL at the end. */
	char **typed;
	uint64_t given; /* bit per row of the table in option_table.c */
};

/* Which options a command takes, besides those that all take. */
enum option_group {
	OPT_PHONE = 1 << 0,
	OPT_AFTER = 1 << 1,
	OPT_OUTPUT = 1 << 2,
	OPT_FORCE = 1 << 3,
	OPT_BACKUP = 1 << 4,
	OPT_READ = 1 << 5, /* also of backup: policy, NV by name */
	OPT_RANGE = 1 << 6,
	OPT_DIR = 1 << 7,
	OPT_SIM = 1 << 8,
	OPT_DRY_RUN = 1 << 9,
	OPT_COMPARE = 1 << 10,
	OPT_PAC = 1 << 11,
	OPT_RESTORE = 1 << 12,
	OPT_WATCH = 1 << 13,
};

struct command {
	const char *name;
	const char *args;	/* "ARCHIVE [PART...]" */
	const char *summary;	/* one line */
	const char *text;	/* help: what it does, examples */
	int min_args, max_args; /* without the command itself; -1: any */
	unsigned groups;	/* of enum option_group */
	/* Returns the exit code; prints its own errors through ui. */
	int (*run)(const struct options *o, struct ui *u);
};

/*
 * Options may stand before or behind the command.  argv is reordered and
 * o->args points into it.  ERR_USAGE names the option.
 */
int options_parse(int argc, char **argv, struct options *o,
		  struct err *e) MUST_CHECK;
void options_free(struct options *o);
/* ERR_USAGE when an option was given that this command does not take. */
int options_check(const struct options *o, const struct command *c,
		  struct err *e) MUST_CHECK;
/* Was the option of this name given? */
bool options_given(const struct options *o, const char *name);
/* Was an option given that is only for a phone? */
bool options_phone(const struct options *o);
/* The options of a command (NULL: of all), one a line, for help. */
void options_print(const struct command *c);

#endif
