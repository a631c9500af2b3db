/* SPDX-License-Identifier: BSD-3-Clause */
/* golden.h - frames from tests/data/frames, as bytes. */
#ifndef LIB_GOLDEN_H
#define LIB_GOLDEN_H

#include "bsl/frame.h"

#define GOLDEN_MAX 64

/*
 * A file is "key value" lines; '#' starts a comment line, a line that starts
 * with a tab goes on with the hex of the line before.  All keys must be there:
 * direction, check, escape, type, payload, wire.
 */
struct golden {
	char name[48]; /* of the file, without ".hex" */
	bool from_phone;
	struct frame_format fmt;
	uint16_t type;
	uint8_t payload[512];
	size_t len;
	uint8_t wire[1100];
	size_t wire_len;
};

/* Fails the running test when the file is missing or wrong. */
void golden_load(const char *name, struct golden *ret);
/* All files, sorted by name; fails when there are less than `least`. */
size_t golden_load_all(struct golden ret[GOLDEN_MAX], size_t least);

/* "7E 00 ..." to bytes; returns how many.  Fails the test for anything else. */
size_t golden_hex(const char *hex, uint8_t *out, size_t cap);

#endif
