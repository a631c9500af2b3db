/* SPDX-License-Identifier: BSD-3-Clause */
/* ui.h - the one room that prints: words, progress, JSON events. */
#ifndef CLI_UI_H
#define CLI_UI_H

#include "base/err.h"
#include "job/events.h"
#include "options.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ui {
	bool json, quiet, verbose, color, tty;
	FILE *log;	     /* or NULL */
	const char *command; /* for hints; NULL: not known yet */
	/* the progress line */
	bool line_shown;
	uint64_t shown_at, started_at, part_started_at;
	size_t part_number;
	size_t warnings, differences;
};

int ui_init(struct ui *u, const struct options *o, struct err *e) MUST_CHECK;
void ui_end(struct ui *u);

void ui_note(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
/* Only with --verbose (and in the log). */
void ui_step(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
void ui_warn(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
/* A finding that must not be overlooked: in red, also when quiet. */
void ui_alarm(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
/* Cause, remedy, and what is kept (NULL: nothing to say). */
void ui_error(struct ui *u, const struct err *e, const char *kept);
/* A line below an error, "kind: text"; kind begins with its indentation. */
void ui_below(struct ui *u, const char *kind, const char *text);
/*
 * A question for consent, on stderr; the answer is a line of standard input.
 * Its end, or anything but yes, is no.
 */
bool ui_ask(struct ui *u, const char *question);
/* A result for people, on stdout; with --json in the log alone. */
void ui_result(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
/* One JSON line on stdout, with "event" first; takes o over. */
void ui_event(struct ui *u, const char *event, json_t *o);
/*
 * A text for an event, NULL as null.  What comes from outside, as a path, may
 * be no UTF-8, which JSON cannot hold: its odd bytes become '?'.
 */
json_t *ui_text(const char *s);

/* Fills ev so that a job talks to u. */
void ui_job_events(struct ui *u, struct job_events *ev);

/* Set by SIGINT and SIGTERM; the second one ends the process at once. */
bool ui_stopped(void *unused);
void ui_catch_signals(void);

/* hints.c */
enum err_place { PLACE_PHONE, PLACE_ARCHIVE };
/* Exit code of a failure; `kept`: something resumable or readable is left. */
int exit_code(const struct err *e, enum err_place where, bool kept);
/* What to do: the failure's own words, its row's first ones, its kind's. */
const char *remedy_of(const struct err *e);
const char *err_kind_name(enum err_code code);

#define EXIT_USAGE	2
#define EXIT_DIFFERS	5
#define EXIT_INCOMPLETE 6
#define EXIT_INTERRUPT	130

#endif
