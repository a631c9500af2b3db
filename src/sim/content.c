/* SPDX-License-Identifier: BSD-3-Clause */
/* content.c - bytes as a function of seed and offset, fast. */
#include "storage.h"

#include "bsl/proto.h"

#include <string.h>

#define LINE	   16
#define BULK_SHIFT 16 /* compressible or not: per 64 KiB */

/* splitmix64 (public domain, Vigna) */
uint64_t content_mix(uint64_t x)
{
	x += 0x9E3779B97F4A7C15U;
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
	x = (x ^ x >> 27) * 0x94D049BB133111EBU;
	return x ^ x >> 31;
}

static void random_line(uint64_t seed, uint64_t line, uint8_t *out)
{
	uint64_t v[2];

	v[0] = content_mix(seed ^ line);
	v[1] = (v[0] << 29 | v[0] >> 35) * 0xD6E8FEB86659FD93U;
	memcpy(out, v, sizeof(v));
}

static void bulk_line(uint64_t seed, uint64_t line, uint8_t *out)
{
	uint64_t block = line >> (BULK_SHIFT - 4);
	uint64_t v[2];

	if (content_mix(seed + block) & 1) {
		random_line(seed, line, out);
		return;
	}
	v[0] = line;
	v[1] = seed ^ 0x0101010101010101U;
	memcpy(out, v, sizeof(v));
}

static void text_line(uint64_t line, uint8_t *out)
{
	static const char hex[] = "0123456789abcdef";

	out[0] = 'l';
	out[1] = '=';
	for (int i = 0; i < 13; i++)
		out[2 + i] = (uint8_t)hex[line >> (4 * (12 - i)) & 15];
	out[15] = '\n';
}

static void flags_line(uint64_t seed, uint64_t line, uint8_t *out)
{
	random_line(seed, line, out);
	for (int i = 0; i < LINE; i++) {
		if (out[i] & 1)
			out[i] = BSL_FLAG;
		else if (out[i] & 2)
			out[i] = BSL_ESCAPE;
	}
}

static void one_line(enum content kind, uint64_t seed, uint64_t line,
		     uint8_t *out)
{
	switch (kind) {
	case CONTENT_RANDOM:
		random_line(seed, line, out);
		return;
	case CONTENT_BULK:
		bulk_line(seed, line, out);
		return;
	case CONTENT_TEXT:
		text_line(line, out);
		return;
	case CONTENT_FLAGS:
		flags_line(seed, line, out);
		return;
	case CONTENT_ZERO:
	case CONTENT_ERASED:
		break;
	}
	memset(out, kind == CONTENT_ZERO ? 0 : 0xFF, LINE);
}

/* One loop per kind, so that the compiler sees through each. */
static void lines(enum content kind, uint64_t seed, uint64_t line, uint8_t *out,
		  size_t n)
{
	if (kind == CONTENT_RANDOM)
		for (size_t i = 0; i < n; i++)
			random_line(seed, line + i, out + i * LINE);
	else if (kind == CONTENT_BULK)
		for (size_t i = 0; i < n; i++)
			bulk_line(seed, line + i, out + i * LINE);
	else
		for (size_t i = 0; i < n; i++)
			one_line(kind, seed, line + i, out + i * LINE);
}

void content_fill(enum content kind, uint64_t seed, uint64_t offset,
		  uint8_t *out, size_t n)
{
	size_t skip = (size_t)(offset % LINE), part;
	uint8_t tmp[LINE];

	if (kind == CONTENT_ZERO || kind == CONTENT_ERASED) {
		memset(out, kind == CONTENT_ZERO ? 0 : 0xFF, n);
		return;
	}
	if (skip) {
		part = LINE - skip < n ? LINE - skip : n;
		one_line(kind, seed, offset / LINE, tmp);
		memcpy(out, tmp + skip, part);
		offset += part;
		out += part;
		n -= part;
	}
	lines(kind, seed, offset / LINE, out, n / LINE);
	part = n % LINE;
	if (part) {
		one_line(kind, seed, offset / LINE + n / LINE, tmp);
		memcpy(out + (n - part), tmp, part);
	}
}
