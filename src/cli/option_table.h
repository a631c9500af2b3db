/* SPDX-License-Identifier: BSD-3-Clause */
/* option_table.h - every option: its name, its commands, its help. */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "options.h"

#include <stddef.h>

/* Ids of options without a letter. */
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

struct option_row {
	int id;		 /* a letter, or one of the above */
	unsigned groups; /* 0: all commands */
	const char *name, *arg;
	const char *help; /* NULL: for developers, see HACKING.md */
};

#define OPTIONS_MAX 64 /* a bit each in struct options */
extern const struct option_row option_table[];
extern const size_t option_count;

#endif
