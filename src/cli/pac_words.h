/* SPDX-License-Identifier: BSD-3-Clause */
/* pac_words.h - a firmware package in words and as JSON. */
#ifndef CLI_PAC_WORDS_H
#define CLI_PAC_WORDS_H

#include "device/profile.h"
#include "pac/scheme.h"
#include "ui.h"

struct pac_words {
	const struct pac_info *info;
	const struct pac_scheme *scheme; /* or NULL */
	const struct profile *chip;	 /* or NULL */
	struct pac_loader fdl1, fdl2;
};

void pac_words_say(struct ui *u, const struct pac_words *w);
json_t *pac_words_json(const struct pac_words *w);
/* The chip that XML or product name tell; s may be NULL. */
bool pac_words_chip(const struct pac_info *i, const struct pac_scheme *s,
		    const struct profile_set *all, const struct profile **ret);

#endif
