/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_place.h - where a loader file goes, and who says so; pure. */
#ifndef DEVICE_LOADER_PLACE_H
#define DEVICE_LOADER_PLACE_H

#include "device/loader.h"
#include "device/profile.h"

enum place_source {
	PLACE_NONE,
	PLACE_PROFILE,	   /* its first address */
	PLACE_ALTERNATIVE, /* one that another source gives: the file says so */
	PLACE_NAME,	   /* the file's name alone */
};

struct loader_place {
	enum place_source source;
	uint32_t addr;
	/* The file itself, by its header or name, says the same. */
	bool confirmed;
	char why[400]; /* who says so, in words; empty with PLACE_NONE */
};

/*
 * "fdl1_0x5500.bin", "fdl2-9efffe00.bin": 0x and 3 to 8 digits, or 8 digits
 * with a letter, that stand alone.
 */
bool loader_name_address(const char *file, uint32_t *ret);

/*
 * Do two addresses mean one place?  A header of 512 bytes is loaded in front
 * of the image, and either may be what is named.
 */
bool loader_same_place(uint64_t a, uint64_t b);

/*
 * For a file that nobody gave an address.  which: 1 FDL1, 2 FDL2; the profile
 * may be NULL.  Where header or name speak for an alternative of the profile
 * that one is taken; what they say against all of them is for loader_check().
 * False with PLACE_NONE.
 */
bool loader_place(const struct loader *l, int which, const struct profile *p,
		  struct loader_place *ret);

#endif
