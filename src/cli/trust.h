/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.h - what is said about how far a copy can be trusted. */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "archive/manifest.h"
#include "job/blank.h"
#include "options.h"
#include "ui.h"

/* One line for each part that is suspect and not grave (`all`: every one). */
void say_odd(struct ui *u, const struct manifest *m, bool all);
/* What a second reading has shown; nothing when there was none. */
void say_confirmed(struct ui *u, const struct manifest *m);
/* What a sample that was read again says; nothing when there was none. */
void say_recheck(struct ui *u, const struct manifest *m);
/* The numbers of it, with the bound; NULL when there was none. */
/* Regions of which only an image is known, and what is of a bare NAND. */
void say_doubts(struct ui *u, const struct manifest *m);
json_t *recheck_json(const struct manifest *m);
/* Closing lines of a backup; nothing when nothing is suspect. */
void say_suspects(struct ui *u, const struct manifest *m,
		  const struct blank_report *b, bool accepted);
/* verify --device: a phone against an archive of it. */
int run_compare(const struct options *o, struct ui *u);
/* [{name, suspect, grave}] */
json_t *suspects_json(const struct manifest *m);

#endif
