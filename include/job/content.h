/* SPDX-License-Identifier: BSD-3-Clause */
/* content.h - what bytes are, by their own headers; pure. */
#ifndef JOB_CONTENT_H
#define JOB_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct content {
	const char *kind; /* "ext4", "dhtb" ...; "" when nothing is known */
	/*
	 * Bytes that the header accounts for, from the start of the partition;
	 * 0: it does not tell.  Never more than the partition holds.
	 */
	uint64_t payload;
};

/*
 * From the first n bytes of a partition of `size` bytes.  4 KiB are enough;
 * with less, less is recognised.  Sources: docs/protocol.md 5.6 and 9.
 */
void content_sniff(const uint8_t *p, size_t n, uint64_t size,
		   struct content *ret);

struct repeat; /* job/blank.h */

/* What all blocks of a partition, in their order, tell about the whole. */
struct content_look {
	bool uniform; /* one repeated byte so far */
	uint8_t byte;
	struct content content; /* of the first block */
	struct repeat *repeat;	/* NULL: repetition is not looked for */
};

/*
 * Lets a zeroed struct also look for repetition; false when there is no
 * memory.  One serves any number of partitions, one after the other.
 */
bool content_look_begin(struct content_look *k);
void content_look_end(struct content_look *k);
/* n is at least 1; offset 0 begins a new partition. */
void content_look_at(struct content_look *k, const uint8_t *p, size_t n,
		     uint64_t offset, uint64_t size);
/* After the first block: does nothing that may follow change its name? */
bool content_look_is_settled(const struct content_look *k);
/*
 * "ext4", or "zero", "erased" (FF), "uniform" for one repeated byte,
 * "repeated" for a longer piece that comes again and again.
 */
const char *content_look_name(const struct content_look *k);

#endif
