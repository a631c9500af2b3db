/* SPDX-License-Identifier: BSD-3-Clause */
/* ask.h - a question to who sits at the terminal. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "options.h"
#include "ui.h"

/* Somebody is there to answer, and --no-input and --json are not given. */
bool ui_may_ask(const struct options *o);
/*
 * A number from 1 to n, asked for until it is one.  ERR_CANCELLED at the end
 * of the input or with Ctrl-C.
 */
int ui_ask_number(struct ui *u, const char *question, size_t n, size_t *ret,
		  struct err *e) MUST_CHECK;

#endif
