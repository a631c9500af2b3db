/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * left.h - a note of the loader that a run leaves in a phone, for the next
 * run: where the phone is, which stage, and what was learned of it.
 */
#ifndef CLI_LEFT_H
#define CLI_LEFT_H

#include "device/session.h"

struct left {
	struct session_left session;
	char profile[32]; /* name, or "" */
	/* What was sent; data NULL, file "" where nothing was. */
	struct loader fdl1, fdl2;
};

/*
 * The note of the phone at this stay (struct transport), if there is one and
 * it is whole.  False else, also when notes cannot be kept at all.
 */
bool left_load(const char *stay, struct left *ret);
/* Fails in silence: without a note the phone has to be switched off first. */
void left_save(const char *stay, const struct left *l);
void left_forget(const char *stay);

#endif
