/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h - 7E type len payload check 7E.  Pure: no I/O, no allocation. */
#ifndef BSL_FRAME_H
#define BSL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_check {
	FRAME_CRC16,  /* the BootROM, and what plays it */
	FRAME_SUM16,  /* FDL1 and FDL2 */
	FRAME_EITHER, /* decode only: the first VER tells which it is */
};

/*
 * What both ends agreed on; changes at the steps between the stages.  The
 * 16-bit sum of an odd number of bytes differs by direction: encode writes
 * the host's variant, the decoder checks the phone's [docs/protocol.md 2.2].
 */
struct frame_format {
	enum frame_check check;
	bool escape;
};

#define FRAME_CTL_MAX	  4096 /* a reply that is not bulk data */
#define FRAME_WIRE_MAX(n) (2 + 2 * ((n) + 6))

struct frame {
	uint16_t type;
	enum frame_check check; /* CRC16 or SUM16: which one fitted */
	const uint8_t *payload; /* in the bulk buffer, or in the decoder */
	size_t len;
};

/*
 * Returns the bytes written to out, which has room for FRAME_WIRE_MAX(len).
 * len is at most 0xFFFF, fmt.check is not FRAME_EITHER.
 */
size_t frame_encode(struct frame_format fmt, uint16_t type, const void *payload,
		    size_t len, uint8_t *out);

enum frame_status {
	FRAME_MORE, /* all bytes taken, the frame is not complete */
	FRAME_DONE, /* *ret is filled */
	FRAME_BAD,  /* d->why says what is wrong; ready for the next frame */
};

struct frame_decoder {
	struct frame_format fmt;
	uint16_t bulk_type; /* payloads of this type go to bulk */
	uint8_t *bulk;
	size_t bulk_cap;
	const char *why; /* set with FRAME_BAD */
	bool too_long;	 /* with FRAME_BAD: whole, but more than fits */
	/* private from here */
	int state;
	bool in_escape;
	uint8_t head[4], tail[2];
	size_t head_got, tail_got;
	uint16_t type;
	size_t len, got;
	uint8_t *dst; /* NULL: the payload fits nowhere and is passed over */
	uint8_t ctl[FRAME_CTL_MAX];
};

void frame_decoder_init(struct frame_decoder *d, struct frame_format fmt);
/* Once per expected reply; NULL when no bulk data is expected. */
void frame_decoder_expect(struct frame_decoder *d, uint16_t bulk_type,
			  void *bulk, size_t cap);
/* Is a frame begun and not ended? */
bool frame_decoder_is_inside(const struct frame_decoder *d);
/*
 * Takes bytes as they arrive, in pieces of any size.  *used may be less than
 * n: the rest belongs to the next frame.  Bytes before the first flag are
 * passed over.
 */
enum frame_status frame_feed(struct frame_decoder *d, const uint8_t *in,
			     size_t n, size_t *used, struct frame *ret);

#endif
