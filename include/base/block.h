/* SPDX-License-Identifier: BSD-3-Clause */
/* block.h - the unit that travels from the phone to the archive. */
#ifndef BASE_BLOCK_H
#define BASE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK_SIZE ((size_t)4 << 20)

/*
 * One block becomes one compressed frame.  Whoever holds the pointer owns
 * the block; it is handed on, never copied.  Bytes past `used` are not there
 * yet: a reader may write into them and try again.
 */
struct block {
	uint8_t *data;
	size_t cap;
	size_t used;
	uint64_t offset; /* of data[0] in its partition */
};

#endif
