/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_choice.h - loaders from a folder, and the addresses of loaders. */
#ifndef CLI_LOADER_CHOICE_H
#define CLI_LOADER_CHOICE_H

#include "phone.h"

/*
 * --loaders: fills p->fdl1 and p->fdl2, each unless its own option is given,
 * and says why these.  Where several fit equally well it asks, or ends with
 * ERR_USAGE and the list.
 */
int loader_choice(const struct options *o, struct ui *u, struct phone_link *p,
		  struct err *e) MUST_CHECK;
/* ERR_USAGE: --pac and --loaders at once. */
int loader_two_sources(struct err *e) MUST_CHECK;
/*
 * Where `which` goes when nothing closer to it tells: the profile, or an
 * alternative of it that the file speaks for, which is then told.
 */
void loader_choose_address(struct ui *u, struct loader *l, int which,
			   const struct profile *profile);

#endif
