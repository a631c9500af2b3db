/* SPDX-License-Identifier: BSD-3-Clause */
/* journal_words.c - a line of a journal, word by word. */
#include "journal_words.h"

#include <string.h>

bool words_next(struct words *w, char **ret, size_t *ret_n)
{
	char *stop = memchr(w->p, ' ', (size_t)(w->end - w->p));

	if (!stop)
		stop = w->end;
	*ret = w->p;
	*ret_n = (size_t)(stop - w->p);
	w->p = stop < w->end ? stop + 1 : stop;
	if (*ret_n == 0)
		w->bad = true;
	return !w->bad;
}

uint64_t words_number(struct words *w, uint64_t max)
{
	uint64_t n = 0;
	size_t len;
	char *s;

	if (!words_next(w, &s, &len) || len > 20)
		w->bad = true;
	for (size_t i = 0; i < len && !w->bad; i++) {
		unsigned digit = (unsigned)(s[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			w->bad = true;
	}
	if (n > max)
		w->bad = true;
	return w->bad ? 0 : n;
}

bool words_hex64(const char *s, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 16; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = s[i] ? strchr(digits, s[i]) : NULL;

		if (!d)
			return false;
		n = n << 4 | (uint64_t)(d - digits);
	}
	*ret = n;
	return true;
}

uint64_t words_digest(struct words *w)
{
	uint64_t n = 0;
	size_t len;
	char *s;

	if (!words_next(w, &s, &len) || len != 16 || !words_hex64(s, &n))
		w->bad = true;
	return n;
}

bool words_end(const struct words *w)
{
	return !w->bad && w->p == w->end;
}
