/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_screen.h - the plan of a restore on one screen, and as JSON. */
#ifndef CLI_RESTORE_SCREEN_H
#define CLI_RESTORE_SCREEN_H

#include "job/restore.h"
#include "ui.h"

void restore_screen(struct ui *u, const struct restore *r);
/* Both tables side by side, where they are not the same. */
void restore_screen_tables(struct ui *u, const struct restore_plan *p);
json_t *restore_plan_json(const struct restore *r);

#endif
