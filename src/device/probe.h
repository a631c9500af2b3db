/* SPDX-License-Identifier: BSD-3-Clause */
/* probe.h - sizes found by reading, where no table tells them. */
#ifndef DEVICE_PROBE_H
#define DEVICE_PROBE_H

#include "device/ptable.h"
#include "device/session.h"

#define PROBE_STORAGE_MAX ((uint64_t)4 << 40) /* no phone has 4 TiB */
/*
 * The size of what goes on behind the last place that an old loader can be
 * asked for: more than 4 GiB, so that nobody reads it; how much is not known.
 */
#define PROBE_BEYOND (((uint64_t)4 << 30) + 512)

/*
 * Each of the names that exists, with its size, into t: those of the session's
 * hints, then the others.  A refused read costs the loader nothing [6.3].
 */
int probe_names(struct session *s, const char *const *names, size_t n,
		struct ptable *t, struct err *e) MUST_CHECK;
/* Is the last sector below `size` there, and none behind?  1 yes, 0 no. */
int probe_ends_at(struct session *s, const char *name, uint64_t size,
		  struct err *e) MUST_CHECK;
/*
 * Is there such a name on a NAND, and how large is it?  1 yes, 0 no.  Asked by
 * READ_START, which such loaders check against the size [5.8].
 */
int probe_nand(struct session *s, const char *name, uint64_t *ret,
	       struct err *e) MUST_CHECK;
/*
 * splloader and splloader_bak, if they can be read, into t.  1 when the first
 * one, which every phone starts from, is not given.
 */
int probe_boot_areas(struct session *s, struct ptable *t,
		     struct err *e) MUST_CHECK;
/*
 * Are offsets of 4 GiB and more of `name`, which has `size` bytes, other
 * places than the same modulo 4 GiB?  1 yes, 0 not shown.
 */
int probe_wide(struct session *s, const char *name, uint64_t size,
	       struct err *e) MUST_CHECK;
/*
 * Bytes of user_partition, or PROBE_BEYOND: by the loader's own word, else by
 * reading.
 */
int probe_storage_size(struct session *s, uint64_t *ret,
		       struct err *e) MUST_CHECK;

#endif
