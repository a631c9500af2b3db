/* SPDX-License-Identifier: BSD-3-Clause */
/* commands.h - one function and one row per command. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "options.h"

#include <jansson.h>

extern const struct command cmd_backup, cmd_read, cmd_info, cmd_reboot,
	cmd_poweroff, cmd_chips, cmd_sim, cmd_verify, cmd_list, cmd_inspect,
	cmd_extract, cmd_cat, cmd_devices, cmd_doctor, cmd_pac, cmd_restore;

/* The end of a command that failed: message, result event, exit code. */
int command_failed(struct ui *u, const struct err *e, int exit,
		   const char *kept, json_t *more);
/* The end of one that did not. */
int command_done(struct ui *u, int exit, json_t *more);

#endif
