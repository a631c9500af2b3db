/* SPDX-License-Identifier: BSD-3-Clause */
/* phone_pac.h - what a session takes from a firmware package: --pac. */
#ifndef CLI_PHONE_PAC_H
#define CLI_PHONE_PAC_H

#include "archive/manifest.h"
#include "device/loader.h"
#include "device/ptable.h"
#include "options.h"
#include "ui.h"

struct phone_pac {
	struct loader fdl1, fdl2; /* data NULL: it has none, or not wanted */
	struct ptable_hint *hints;
	size_t nhints;
	struct region_hint *regions;
	size_t nregions;
	char chip[32];	/* a profile's name, by the product's name, or "" */
	char title[96]; /* of that profile */
	struct manifest_package package;
};

/*
 * Reads o->pac as far as it is needed.  Loaders that options name themselves
 * are not read, but their addresses are.  ERR_USAGE when it is of no use.
 */
int phone_pac_open(const struct options *o, struct ui *u, struct phone_pac *ret,
		   struct err *e) MUST_CHECK;
/* Product, version, and what will be sent where, before it is. */
void phone_pac_say(const struct options *o, struct ui *u,
		   const struct phone_pac *p, const struct loader *fdl1,
		   const struct loader *fdl2);
void phone_pac_free(struct phone_pac *p);

#endif
