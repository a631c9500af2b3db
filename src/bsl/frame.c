/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.c - the frame codec of the host side. */
#include "bsl/frame.h"

#include "base/bytes.h"
#include "bsl/proto.h"

#include <assert.h>
#include <string.h>

/* CRC-16, polynomial 0x1021, start 0: four bits at a time. */
static uint16_t crc16_add(uint16_t crc, const uint8_t *p, size_t n)
{
	static const uint16_t nibble[16] = {
		0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
		0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
	};

	while (n-- > 0) {
		uint8_t b = *p++;

		crc = (uint16_t)(crc << 4 ^ nibble[crc >> 12 ^ b >> 4]);
		crc = (uint16_t)(crc << 4 ^ nibble[crc >> 12 ^ (b & 15)]);
	}
	return crc;
}

static uint16_t crc16(const uint8_t head[4], const uint8_t *p, size_t n)
{
	return crc16_add(crc16_add(0, head, 4), p, n);
}

/* The carry comes in again below, so that any border of 16 bits may be one. */
static uint64_t add_ones(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

/*
 * Ones-complement sum of little-endian words, four of them at a time; an odd
 * last byte counts as it is.
 */
static uint16_t sum16(const uint8_t head[4], const uint8_t *p, size_t n)
{
	uint64_t s = get_le32(head);
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		s = add_ones(s, get_le64(p + i));
	for (; i + 2 <= n; i += 2)
		s = add_ones(s, get_le16(p + i));
	if (i < n)
		s = add_ones(s, p[i]);
	while (s >> 16)
		s = (s >> 16) + (s & 0xFFFF);
	return (uint16_t)~s;
}

/* What the host puts behind the payload. */
static void host_check(enum frame_check check, const uint8_t head[4],
		       const uint8_t *p, size_t n, uint8_t out[2])
{
	uint16_t c;

	if (check == FRAME_CRC16) {
		put_be16(out, crc16(head, p, n));
		return;
	}
	c = sum16(head, p, n);
	/*
	 * The phone sums the whole frame, checksum included; behind an odd
	 * payload the two bytes lie across word borders, hence swapped
	 * [docs/protocol.md 2.2].
	 */
	if (n & 1)
		put_be16(out, c);
	else
		put_le16(out, c);
}

static uint8_t *put_escaped(uint8_t *out, const uint8_t *p, size_t n)
{
	while (n-- > 0) {
		uint8_t b = *p++;

		if (b == BSL_FLAG || b == BSL_ESCAPE) {
			*out++ = BSL_ESCAPE;
			b ^= BSL_ESCAPE_XOR;
		}
		*out++ = b;
	}
	return out;
}

static uint8_t *put_plain(uint8_t *out, const uint8_t *p, size_t n)
{
	if (n > 0)
		memcpy(out, p, n);
	return out + n;
}

size_t frame_encode(struct frame_format fmt, uint16_t type, const void *payload,
		    size_t len, uint8_t *out)
{
	uint8_t *(*put)(uint8_t *, const uint8_t *, size_t) =
		fmt.escape ? put_escaped : put_plain;
	uint8_t head[4], tail[2], *start = out;

	assert(len <= BSL_PAYLOAD_MAX && fmt.check != FRAME_EITHER);
	put_be16(head, type);
	put_be16(head + 2, (uint16_t)len);
	host_check(fmt.check, head, payload, len, tail);

	*out++ = BSL_FLAG;
	out = put(out, head, sizeof(head));
	out = put(out, payload, len);
	out = put(out, tail, sizeof(tail));
	*out++ = BSL_FLAG;
	return (size_t)(out - start);
}

/* -- decoding ------------------------------------------------------------ */

enum { HUNT, START, HEAD, PAYLOAD, TAIL, CLOSE };

void frame_decoder_init(struct frame_decoder *d, struct frame_format fmt)
{
	memset(d, 0, offsetof(struct frame_decoder, ctl));
	d->fmt = fmt;
	d->state = HUNT;
}

void frame_decoder_expect(struct frame_decoder *d, uint16_t bulk_type,
			  void *bulk, size_t cap)
{
	d->bulk_type = bulk_type;
	d->bulk = bulk;
	d->bulk_cap = bulk ? cap : 0;
}

bool frame_decoder_is_inside(const struct frame_decoder *d)
{
	return d->state >= HEAD;
}

static enum frame_status bad(struct frame_decoder *d, const char *why,
			     int next_state)
{
	d->why = why;
	d->state = next_state;
	d->in_escape = false;
	return FRAME_BAD;
}

static void begin(struct frame_decoder *d)
{
	d->state = HEAD;
	d->in_escape = false;
	d->too_long = false;
	d->head_got = d->tail_got = d->got = 0;
}

/* The header is complete: where does the payload go? */
static void route(struct frame_decoder *d)
{
	d->type = get_be16(d->head);
	d->len = get_be16(d->head + 2);
	if (d->bulk && d->type == d->bulk_type && d->len <= d->bulk_cap)
		d->dst = d->bulk;
	else if (d->len <= FRAME_CTL_MAX)
		d->dst = d->ctl;
	else
		d->dst = NULL;
	d->state = d->len ? PAYLOAD : TAIL;
}

/* Where the next bytes of the frame go, and how many of them. */
static size_t want(struct frame_decoder *d, uint8_t **dst)
{
	switch (d->state) {
	case HEAD:
		*dst = d->head + d->head_got;
		return sizeof(d->head) - d->head_got;
	case PAYLOAD:
		*dst = d->dst ? d->dst + d->got : NULL;
		return d->len - d->got;
	default:
		*dst = d->tail + d->tail_got;
		return sizeof(d->tail) - d->tail_got;
	}
}

static void took(struct frame_decoder *d, size_t n)
{
	switch (d->state) {
	case HEAD:
		d->head_got += n;
		if (d->head_got == sizeof(d->head))
			route(d);
		break;
	case PAYLOAD:
		d->got += n;
		if (d->got == d->len)
			d->state = TAIL;
		break;
	default:
		d->tail_got += n;
		if (d->tail_got == sizeof(d->tail))
			d->state = CLOSE;
	}
}

/*
 * Copies up to `room` bytes without escapes to dst (NULL: drops them) and
 * stops before a flag.  Returns the bytes of input taken, *ret_out those that
 * came out, or -1 at an escape that is none.
 */
static ptrdiff_t unescape(struct frame_decoder *d, const uint8_t *in, size_t n,
			  uint8_t *dst, size_t room, size_t *ret_out)
{
	size_t i = 0, out = 0;

	while (i < n && out < room) {
		uint8_t b = in[i];

		if (d->in_escape) {
			b ^= BSL_ESCAPE_XOR;
			if (b != BSL_FLAG && b != BSL_ESCAPE)
				return -1;
			d->in_escape = false;
		} else if (b == BSL_FLAG) {
			break;
		} else if (b == BSL_ESCAPE) {
			d->in_escape = true;
			i++;
			continue;
		}
		if (dst)
			dst[out] = b;
		out++;
		i++;
	}
	*ret_out = out;
	return (ptrdiff_t)i;
}

static enum frame_status finish(struct frame_decoder *d, struct frame *ret)
{
	enum frame_check fits = FRAME_EITHER;

	d->state = START;
	d->too_long = !d->dst;
	if (d->too_long)
		return bad(d, "an answer longer than what was asked for",
			   START);
	/* Replies carry the sum low byte first, odd payload or not. */
	if (d->fmt.check != FRAME_CRC16 &&
	    get_le16(d->tail) == sum16(d->head, d->dst, d->len))
		fits = FRAME_SUM16;
	if (d->fmt.check != FRAME_SUM16 &&
	    get_be16(d->tail) == crc16(d->head, d->dst, d->len))
		fits = FRAME_CRC16;
	if (fits == FRAME_EITHER)
		return bad(d, "wrong checksum", START);

	ret->type = d->type;
	ret->check = fits;
	ret->payload = d->dst;
	ret->len = d->len;
	return FRAME_DONE;
}

enum frame_status frame_feed(struct frame_decoder *d, const uint8_t *in,
			     size_t n, size_t *used, struct frame *ret)
{
	size_t i = 0;
	enum frame_status st = FRAME_MORE;

	while (i < n && st == FRAME_MORE) {
		uint8_t *dst;
		size_t room, out;
		ptrdiff_t taken;

		if (d->state == HUNT) {
			const uint8_t *flag = memchr(in + i, BSL_FLAG, n - i);

			if (!flag) {
				i = n;
				break;
			}
			i = (size_t)(flag - in) + 1;
			d->state = START;
			continue;
		}
		if (d->state == START) {
			if (in[i] == BSL_FLAG)
				i++;
			else
				begin(d);
			continue;
		}
		if (d->state == CLOSE) {
			if (in[i] != BSL_FLAG) {
				st = bad(d, "no flag at the end", HUNT);
				break;
			}
			i++;
			st = finish(d, ret);
			break;
		}

		room = want(d, &dst);
		if (!d->fmt.escape) {
			out = room < n - i ? room : n - i;
			if (dst)
				memcpy(dst, in + i, out);
			taken = (ptrdiff_t)out;
		} else {
			taken = unescape(d, in + i, n - i, dst, room, &out);
		}
		if (taken < 0) {
			st = bad(d, "a wrong escape", HUNT);
			break;
		}
		i += (size_t)taken;
		took(d, out);
		if (taken == 0 && out == 0) {
			/* A flag where the frame still wants bytes. */
			st = bad(d, "it ends too early", START);
			break;
		}
	}
	*used = i;
	return st;
}
