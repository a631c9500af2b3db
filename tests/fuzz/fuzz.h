/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz.h - what the fuzz targets share: taking input apart, and checks. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/err.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "the properties are asserts"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is left of the input. */
struct input {
	const uint8_t *p;
	size_t n;
};

/* At most n bytes from the front. */
static inline struct input take(struct input *in, size_t n)
{
	struct input piece = { in->p, n < in->n ? n : in->n };

	in->p += piece.n;
	in->n -= piece.n;
	return piece;
}

/* Zero when there is nothing left. */
static inline uint8_t take_u8(struct input *in)
{
	struct input b = take(in, 1);

	return b.n ? b.p[0] : 0;
}

static inline uint16_t take_u16(struct input *in)
{
	uint16_t low = take_u8(in);

	return (uint16_t)(low | take_u8(in) << 8);
}

static inline uint64_t take_u64(struct input *in)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 64; i += 8)
		v |= (uint64_t)take_u8(in) << i;
	return v;
}

/* Of exactly n bytes, so that a sanitizer sees the first one behind. */
static inline uint8_t *exact(size_t n)
{
	uint8_t *p = malloc(n ? n : 1);

	assert(p);
	return p;
}

static inline uint8_t *exact_copy(const void *from, size_t n)
{
	uint8_t *p = exact(n);

	if (n)
		memcpy(p, from, n);
	return p;
}

/* Reads each byte; the sum is of no other use. */
static inline uint32_t touch(const void *p, size_t n)
{
	return crc32_add(0, p, n);
}

/* A failure says what it is.  `e` was all zero before the call. */
static inline void assert_failure(int rc, const struct err *e)
{
	assert(rc < 0 && rc == -(int)e->code && e->code < ERR_CODES);
	assert(e->text[0] && memchr(e->text, 0, sizeof(e->text)));
	assert(memchr(e->hint, 0, sizeof(e->hint)));
	/* None of ours to blame for what came from outside. */
	assert(e->code != ERR_BUG);
}

/*
 * Makes the checksums of a GPT header right whose sector starts at `head`,
 * in n bytes where LBA `base` lies at `disk`: no fuzzer finds a CRC.
 */
static inline void fix_gpt(uint8_t *disk, size_t n, uint64_t base, size_t head,
			   uint32_t sector)
{
	uint64_t lba, bytes, at;
	uint32_t size;

	if (n < sector || head > n - sector)
		return;
	lba = get_le64(disk + head + 72);
	bytes = (uint64_t)get_le32(disk + head + 80) *
		get_le32(disk + head + 84);
	if (lba >= base && lba - base < n / sector) {
		at = (lba - base) * sector;
		if (bytes <= n - at)
			put_le32(disk + head + 88,
				 crc32_add(0, disk + at, bytes));
	}
	size = get_le32(disk + head + 12);
	if (size < 92 || size > sector)
		return;
	put_le32(disk + head + 16, 0);
	put_le32(disk + head + 16, crc32_add(0, disk + head, size));
}

/* The checksum of a tar header: six octal digits, a zero byte, a blank. */
static inline void fix_tar(uint8_t p[512])
{
	uint32_t sum = 0;

	memset(p + 148, ' ', 8);
	for (unsigned i = 0; i < 512; i++)
		sum += p[i];
	for (int i = 5; i >= 0; i--, sum >>= 3)
		p[148 + i] = (uint8_t)('0' + (sum & 7));
	p[148 + 6] = 0;
}

#endif
