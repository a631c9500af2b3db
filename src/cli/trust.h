/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.h - what is said about how far a copy can be trusted. */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "archive/manifest.h"
#include "job/blank.h"
#include "ui.h"

/* One line for each part that is suspect and not grave (`all`: every one). */
void say_odd(struct ui *u, const struct manifest *m, bool all);
/* Closing lines of a backup; nothing when nothing is suspect. */
void say_suspects(struct ui *u, const struct manifest *m,
		  const struct blank_report *b, bool accepted);
/* [{name, suspect, grave}] */
json_t *suspects_json(const struct manifest *m);

#endif
