/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h - frames as the phone reads and writes them. */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Written from docs/protocol.md section 2 and from nothing else: the host has
 * a codec of its own, so that a mistake in one does not hide in the other.
 */
enum wire_chk { WIRE_CRC, WIRE_SUM };

#define WIRE_DATA_AT   5 /* payload in an unescaped frame: flag, type, len */
#define WIRE_HEAD      4
#define WIRE_OVERHEAD  6 /* type, len, checksum */
#define WIRE_IN_MAX    0x10000
#define WIRE_DATA_MAX  0x10000
#define WIRE_BUILT_MAX (2 * (WIRE_DATA_MAX + WIRE_OVERHEAD) + 2)

uint16_t wire_crc16(const uint8_t *p, size_t n);
/* Sum of little-endian words, folded, not inverted. */
uint16_t wire_sum16(const uint8_t *p, size_t n);

/* What has come in of a frame: type to checksum, escapes removed. */
struct wire_in {
	uint8_t buf[WIRE_IN_MAX];
	size_t len;
	unsigned flags; /* in the run before the first byte; 0: none seen */
	bool escape;	/* the byte before was 7D */
	bool over;	/* more came than fits */
};

void wire_in_reset(struct wire_in *w);
/* Takes bytes up to the end of one frame; returns how many. */
size_t wire_feed(struct wire_in *w, const uint8_t *p, size_t n,
		 bool *ret_frame);
/* The same with escaping off, by the length field. */
size_t wire_feed_plain(struct wire_in *w, const uint8_t *p, size_t n,
		       bool *ret_frame);
/* A whole USB transfer as one frame: bytes 1 .. n - 2, flags not looked at. */
void wire_feed_transfer(struct wire_in *w, const uint8_t *p, size_t n);

/* One frame, seen from inside w->buf. */
struct wire_msg {
	uint16_t type;
	const uint8_t *data;
	size_t len;
};

/*
 * False for a wrong checksum or length.  fold: accept as the loaders do, by
 * summing the checksum along; else compare with our own idea of it.  ret is
 * filled whenever the frame has a head at all (see wire_has_head()).
 */
bool wire_parse(const struct wire_in *w, enum wire_chk chk, bool fold,
		struct wire_msg *ret);
bool wire_has_head(const struct wire_in *w);

/*
 * Builds a frame in out, which has room for WIRE_BUILT_MAX; n up to
 * WIRE_DATA_MAX.  The length field holds the low 16 bits.  With escape off,
 * data may already lie at out + WIRE_DATA_AT.  Returns the length.
 */
size_t wire_build(uint8_t *out, uint16_t type, const uint8_t *data, size_t n,
		  enum wire_chk chk, bool escape);

#endif
