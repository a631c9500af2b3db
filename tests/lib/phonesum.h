/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * phonesum.h - what a simulated phone holds, partition by partition, and what
 * happens to it between two sessions; shares no code with a restore.
 */
#ifndef LIB_PHONESUM_H
#define LIB_PHONESUM_H

#include "base/sha256.h"
#include "sim/phone.h"

#include <stdbool.h>
#include <stddef.h>

#define PHONESUM_MAX 144

struct phonesum {
	size_t n;
	struct phonesum_part {
		char name[37];
		/*
		 * Of its bytes; of the two places of miscdata that a loader
		 * clears, zeros [7.3].
		 */
		uint8_t bytes[SHA256_LEN];
		bool is_nv; /* a header and a list of items */
		uint8_t items[SHA256_LEN];
	} v[PHONESUM_MAX];
};

/* Every partition by the phone's own GPT, and both boot areas. */
void phonesum_take(const struct phone *p, struct phonesum *ret);
const struct phonesum_part *phonesum_find(const struct phonesum *s,
					  const char *name);
/* The same bytes; of an NV (with items) the same items are enough. */
bool phonesum_same(const struct phonesum_part *a, const struct phonesum_part *b,
		   bool items);
/* Fails the test unless all of them are the same; says which are not. */
void phonesum_assert_same(const struct phonesum *a, const struct phonesum *b,
			  bool items);

/*
 * Other bytes everywhere but in the tables: noise that depends on the place in
 * the partition.  `from`: of a partition's bytes these stay.  An NV stays one,
 * with another IMEI and other items, in both of its copies.
 */
void phonesum_damage(struct phone *p, const char *name, uint64_t from);
void phonesum_damage_all(struct phone *p);
/* Item `id` of an NV, header and all checksums right. */
void phonesum_change_item(struct phone *p, const char *name, unsigned id);

#endif
