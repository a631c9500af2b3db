/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * region.h - pieces of the flash that a loader knows by numbers [5.4].
 *
 * A wrong number or size hangs such a loader, so that nothing is found out by
 * trying: a region can be read as far as somebody who knows told its size.
 */
#ifndef DEVICE_REGION_H
#define DEVICE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGIONS_MAX	 64
#define REGION_MAX	 ((uint64_t)512 << 20) /* no such phone has more */
#define REGION_HEAD_SIZE 0x200u		       /* what holds a header [9] */
#define REGION_SIGN_SIZE 0x260u /* what holds that of a signature, rounded */

/* Who told the size of a region. */
enum region_size_from {
	REGION_SIZE_UNKNOWN,
	REGION_SIZE_PROFILE, /* the same on all phones of the chip */
	REGION_SIZE_DHTB,    /* the header of its image */
	REGION_SIZE_VNTS,    /* its block table */
	REGION_SIZE_PACKAGE, /* the firmware package */
};

/* What a firmware package says of one; it may not be so on this phone. */
struct region_hint {
	char name[37];
	uint32_t id;
	uint64_t size; /* bytes of the region; 0: not told */
	uint64_t file; /* bytes that it brings for it; 0: none */
	bool named;    /* it is there to be read, not only to be erased */
};

/*
 * The bytes that the header of an image (DHTB) or a block table (VNTS) accounts
 * for, from the start of the region; 0 when there is none, or its numbers make
 * no sense.  Pure; any bytes.
 */
uint64_t region_size_of_head(const uint8_t *p, size_t n,
			     enum region_size_from *ret_from);
/*
 * The same with the signature behind a DHTB image that ends at `image`: p holds
 * the REGION_SIGN_SIZE bytes from there on.
 */
uint64_t region_size_of_sign(const uint8_t *p, size_t n, uint64_t image);
const char *region_size_name(enum region_size_from from); /* "dhtb" ... */

#endif
