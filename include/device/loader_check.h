/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_check.h - does this file look like the loader it is taken for? */
#ifndef DEVICE_LOADER_CHECK_H
#define DEVICE_LOADER_CHECK_H

#include "device/loader.h"
#include "device/profile.h"

enum loader_worth {
	LOADER_FINE,
	LOADER_NOTED,	/* usual with many phones, but worth a line */
	LOADER_SUSPECT, /* most likely wrong: only if the user insists */
	LOADER_WRONG,	/* certainly no loader: never sent */
};

struct loader_verdict {
	enum loader_worth worth;
	char text[256]; /* why; empty with LOADER_FINE */
	char hint[160]; /* what to do; may be empty */
};

/* What the DHTB header says, as far as the file has one [9]. */
struct loader_head {
	bool dhtb;
	uint32_t version;
	uint64_t addr; /* 0 or all ones: not told */
	uint32_t size; /* of the image behind the header, bytes */
	bool has_signature;
	uint64_t end; /* of image and signature, as the header has it */
};

/* Pure; any bytes.  False, and all zero, without a whole DHTB header. */
bool loader_head_parse(const uint8_t *p, size_t n, struct loader_head *ret);
/* Is this address of a header one at all? */
bool loader_head_tells(uint64_t addr);

/*
 * Where the signature behind an image ends, by its own header [9].  All
 * offsets count from the DHTB header: p holds n bytes from `from` on, the image
 * ends at `image`.  Pure; any bytes.
 */
bool loader_find_signature(const uint8_t *p, size_t n, uint64_t from,
			   uint64_t image, uint64_t *ret_end);

/*
 * What kind of file bytes are that are certainly no loader, in words for
 * people ("a PAC firmware package"); NULL: nothing that is known.
 */
const char *loader_foreign_kind(const uint8_t *p, size_t n);

/*
 * The file by itself and against where it goes.  which: 1 FDL1, 2 FDL2.  The
 * profile may be NULL.  Pure; the worst finding wins.
 */
void loader_check(const struct loader *l, int which,
		  const struct profile *profile, struct loader_verdict *ret);
/* Both together: taken for each other?  Pure. */
void loader_check_pair(const struct loader *fdl1, const struct loader *fdl2,
		       struct loader_verdict *ret);

#endif
