/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fault_answer.c - where an answer ends, by flags and its length field: faults
 * are made to whole answers, however many pieces they come in.  Pure.
 */
#include "base/bytes.h"
#include "fault_internal.h"

#include <string.h>

#define FLAG	    0x7Eu
#define ESCAPE	    0x7Du
#define HEAD	    4u /* type, length */
#define FRAME_EXTRA 6u /* and checksum */

/*
 * A frame with escapes: from flag to flag, if its length field agrees.
 * Returns its end, 0 when more is needed, or n + 1 when it is no such frame.
 */
static size_t escaped_end(const uint8_t *p, size_t n)
{
	uint8_t head[HEAD];
	size_t got = 0;
	bool escape = false;

	for (size_t i = 1; i < n; i++) {
		if (p[i] == FLAG)
			return got >= FRAME_EXTRA && got == get_be16(head + 2) +
								     FRAME_EXTRA
				       ? i + 1
				       : n + 1;
		if (!escape && p[i] == ESCAPE) {
			escape = true;
			continue;
		}
		if (got < HEAD)
			head[got] = escape ? p[i] ^ 0x20u : p[i];
		escape = false;
		got++;
	}
	return 0;
}

/* The same without escapes: by the length field, and a flag behind it. */
static size_t plain_end(const uint8_t *p, size_t n)
{
	size_t end;

	if (n < 1 + HEAD)
		return 0;
	end = 1u + FRAME_EXTRA + get_be16(p + 3);
	if (n <= end)
		return 0;
	return p[end] == FLAG ? end + 1 : n + 1;
}

size_t fault_answer_end(const uint8_t *p, size_t n)
{
	const uint8_t *flag;
	size_t escaped, plain, skip = 0;

	if (n == 0)
		return 0;
	if (p[0] != FLAG) {
		flag = memchr(p, FLAG, n);
		return flag ? (size_t)(flag - p) : n;
	}
	while (skip + 1 < n && p[skip + 1] == FLAG)
		skip++;
	plain = plain_end(p + skip, n - skip);
	if (plain && plain <= n - skip)
		return skip + plain;
	escaped = escaped_end(p + skip, n - skip);
	if (escaped && escaped <= n - skip)
		return skip + escaped;
	return plain && escaped ? n : 0;
}
