/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.h - what may be sent at all; pure.  A backup cannot write. */
#ifndef BSL_GUARD_H
#define BSL_GUARD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What READ_FLASH may be asked for: `limit` bytes of a region, no more. */
struct guard_region {
	uint32_t id;
	uint64_t limit;
};

enum guard_mode {
	GUARD_LOAD,  /* BootROM, FDL1: only RAM is filled */
	GUARD_READ,  /* FDL2: nothing that changes the storage */
	GUARD_WRITE, /* FDL2: what writes one partition, and nothing else */
};

struct guard {
	enum guard_mode mode;
	bool escape;	    /* of the link: limits the size of a reply */
	bool allow_nv_name; /* READ_START of a first NV copy [5.6] */
	bool allow_ending;  /* NORMAL_RESET, POWER_OFF [3.3] */
	/* GUARD_WRITE: what START_DATA has to say, to the byte. */
	char write_name[37];
	uint64_t write_size;
	/*
	 * A wrong number or size hangs the loader for good [5.4], so READ_FLASH
	 * passes only inside of these.  Borrowed; may change at any time.
	 */
	const struct guard_region *regions;
	size_t nregions;
};

/*
 * 0 when the request may go out, else ERR_BUG with the reason: a request that
 * ends here was made wrongly by our own code.  Refused in every mode: a read
 * of 0 bytes, or of more than the loader can answer (docs/protocol.md 5.2);
 * and in FDL2 every START_DATA but that of a name that can be written, in the
 * form that a loader takes, with its sum where it has to have one (7.1, 7.2).
 */
int guard_check(const struct guard *g, unsigned cmd, const uint8_t *payload,
		size_t len, struct err *e) MUST_CHECK;
/* A number under which loaders erase or only write?  Never sent. */
bool guard_region_is_for_writing(uint32_t id);
/* Does READ_START of this name make a loader repair, that is write? */
bool guard_name_repairs(const char *name);
/* Why no START_DATA of this name may go out, in words; NULL: it may. */
const char *guard_name_unwritable(const char *name);

#endif
