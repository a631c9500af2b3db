/* SPDX-License-Identifier: BSD-3-Clause */
/* utf8.c - characters in UTF-8, and which of them nobody may print. */
#include "base/utf8.h"

#include <string.h>

bool utf8_is_odd(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || (c >= 0xD800 && c <= 0xDFFF) ||
	       c == 0xFEFF || (c & 0xFFFE) == 0xFFFE || c > 0x10FFFF;
}

size_t utf8_put(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

uint32_t utf8_get(const char *s, size_t *ret_n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t b = (uint8_t)*s;
	size_t n = b < 0x80 ? 1 : b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
	uint32_t c = n == 1 ? b : b & (0x7Fu >> n);

	*ret_n = 1;
	if (b >= 0xF8 || (b >= 0x80 && b < 0xC0))
		return UINT32_MAX;
	for (size_t i = 1; i < n; i++) {
		if (((uint8_t)s[i] & 0xC0) != 0x80)
			return UINT32_MAX;
		c = c << 6 | ((uint8_t)s[i] & 0x3F);
	}
	if (c < least[n])
		return UINT32_MAX;
	*ret_n = n;
	return c;
}

void utf8_tame(char *s)
{
	char *to = s;
	size_t n;

	for (; *s; s += n) {
		uint32_t c = utf8_get(s, &n);

		if (utf8_is_odd(c)) {
			*to++ = '?';
		} else {
			memmove(to, s, n);
			to += n;
		}
	}
	*to = '\0';
}
