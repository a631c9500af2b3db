/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.c - the phone's own frame codec. */
#include "wire.h"

#include "base/bytes.h"
#include "bsl/proto.h"

#include <string.h>

static uint16_t crc_add(uint16_t c, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		c ^= (uint16_t)(p[i] << 8);
		for (int k = 0; k < 8; k++)
			c = (uint16_t)(c & 0x8000 ? c << 1 ^ 0x1021 : c << 1);
	}
	return c;
}

uint16_t wire_crc16(const uint8_t *p, size_t n)
{
	return crc_add(0, p, n);
}

static uint16_t fold(uint64_t s)
{
	while (s >> 16)
		s = (s >> 16) + (s & 0xFFFF);
	return (uint16_t)s;
}

/*
 * Sums of 32 bit words fold to the same as sums of 16 bit words, because
 * 0x10000 is 1 modulo 0xFFFF.
 */
uint16_t wire_sum16(const uint8_t *p, size_t n)
{
	uint64_t s = 0;
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		s += get_le32(p + i);
	if (i + 2 <= n) {
		s += get_le16(p + i);
		i += 2;
	}
	if (i < n)
		s += p[i];
	return fold(s);
}

void wire_in_reset(struct wire_in *w)
{
	w->len = 0;
	w->flags = 0;
	w->escape = false;
	w->over = false;
}

static void put(struct wire_in *w, uint8_t b)
{
	if (w->len < sizeof(w->buf))
		w->buf[w->len++] = b;
	else
		w->over = true;
}

static void start_over(struct wire_in *w)
{
	w->len = 0;
	w->escape = false;
	w->over = false;
	w->flags++;
}

size_t wire_feed(struct wire_in *w, const uint8_t *p, size_t n, bool *ret_frame)
{
	*ret_frame = false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == BSL_FLAG) {
			if (w->flags && w->len) {
				w->flags = 0;
				*ret_frame = true;
				return i + 1;
			}
			start_over(w);
			continue;
		}
		if (!w->flags)
			continue;
		if (w->escape) {
			/* Loaders do not check what follows; the sum does. */
			put(w, p[i] ^ BSL_ESCAPE_XOR);
			w->escape = false;
		} else if (p[i] == BSL_ESCAPE) {
			w->escape = true;
		} else {
			put(w, p[i]);
		}
	}
	return n;
}

static bool complete(const struct wire_in *w)
{
	return w->len >= WIRE_HEAD &&
	       w->len >= (size_t)WIRE_OVERHEAD + get_be16(w->buf + 2);
}

size_t wire_feed_plain(struct wire_in *w, const uint8_t *p, size_t n,
		       bool *ret_frame)
{
	*ret_frame = false;
	for (size_t i = 0; i < n; i++) {
		if (w->flags && w->len && (complete(w) || w->over)) {
			/* Whatever stands where the end flag should be. */
			w->flags = 0;
			*ret_frame = true;
			return i + 1;
		}
		if (!w->len && p[i] == BSL_FLAG)
			start_over(w);
		else if (w->flags)
			put(w, p[i]);
	}
	return n;
}

void wire_feed_transfer(struct wire_in *w, const uint8_t *p, size_t n)
{
	size_t take = n < 2 ? 0 : n - 2;

	wire_in_reset(w);
	if (take > sizeof(w->buf)) {
		take = sizeof(w->buf);
		w->over = true;
	}
	if (take)
		memcpy(w->buf, p + 1, take);
	w->len = take;
}

bool wire_has_head(const struct wire_in *w)
{
	return w->len >= WIRE_OVERHEAD;
}

/* What a device would store that compares instead of folding. */
static uint16_t own_sum(const uint8_t *p, size_t n)
{
	uint16_t c = (uint16_t)~wire_sum16(p, n);

	return (uint16_t)(c << 8 | c >> 8);
}

bool wire_parse(const struct wire_in *w, enum wire_chk chk, bool fold_all,
		struct wire_msg *ret)
{
	size_t body;

	if (!wire_has_head(w))
		return false;
	body = w->len - 2;
	ret->type = get_be16(w->buf);
	ret->data = w->buf + WIRE_HEAD;
	ret->len = body - WIRE_HEAD;
	if (w->over || ret->len != get_be16(w->buf + 2))
		return false;
	if (chk == WIRE_CRC)
		return wire_crc16(w->buf, body) == get_be16(w->buf + body);
	if (!fold_all)
		return own_sum(w->buf, body) == get_be16(w->buf + body);
	return wire_sum16(w->buf, w->len) == 0xFFFF;
}

static bool has_special(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101U, high = ones << 7;
	uint64_t a = v ^ ones * BSL_FLAG, b = v ^ ones * BSL_ESCAPE;

	return (((a - ones) & ~a) | ((b - ones) & ~b)) & high;
}

static size_t escape_to(uint8_t *out, const uint8_t *p, size_t n)
{
	uint8_t *o = out;
	uint64_t v;
	size_t i = 0;

	while (i < n) {
		if (i + sizeof(v) <= n) {
			memcpy(&v, p + i, sizeof(v));
			if (!has_special(v)) {
				memcpy(o, &v, sizeof(v));
				o += sizeof(v);
				i += sizeof(v);
				continue;
			}
		}
		for (size_t k = 0; k < sizeof(v) && i < n; k++, i++) {
			if (p[i] == BSL_FLAG || p[i] == BSL_ESCAPE) {
				*o++ = BSL_ESCAPE;
				*o++ = p[i] ^ BSL_ESCAPE_XOR;
			} else {
				*o++ = p[i];
			}
		}
	}
	return (size_t)(o - out);
}

/* Of head and data, which lie apart; the head is even, so sums just add. */
static uint16_t checksum(const uint8_t *head, const uint8_t *data, size_t n,
			 enum wire_chk chk)
{
	uint16_t c;

	if (chk == WIRE_CRC)
		return crc_add(wire_crc16(head, WIRE_HEAD), data, n);
	c = (uint16_t)~fold((uint64_t)wire_sum16(head, WIRE_HEAD) +
			    wire_sum16(data, n));
	/* Towards the host always with the low byte first [2.2]. */
	return (uint16_t)(c << 8 | c >> 8);
}

size_t wire_build(uint8_t *out, uint16_t type, const uint8_t *data, size_t n,
		  enum wire_chk chk, bool escape)
{
	uint8_t head[WIRE_HEAD], tail[2];
	size_t at = 0;

	put_be16(head, type);
	put_be16(head + 2, (uint16_t)n);
	put_be16(tail, checksum(head, data, n, chk));
	out[at++] = BSL_FLAG;
	if (escape) {
		at += escape_to(out + at, head, sizeof(head));
		at += escape_to(out + at, data, n);
		at += escape_to(out + at, tail, sizeof(tail));
	} else {
		memcpy(out + at, head, sizeof(head));
		at += sizeof(head);
		if (n && data != out + at)
			memmove(out + at, data, n);
		at += n;
		memcpy(out + at, tail, sizeof(tail));
		at += sizeof(tail);
	}
	out[at++] = BSL_FLAG;
	return at;
}
