/* SPDX-License-Identifier: BSD-3-Clause */
/* text.c - numbers and names in words. */
#include "base/text.h"

#include "base/bytes.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool strbuf_room(struct strbuf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;
	char *s;

	if (b->failed)
		return false;
	while (cap - b->len <= n)
		cap *= 2;
	if (cap == b->cap)
		return true;
	s = realloc(b->s, cap);
	if (!s) {
		b->failed = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void strbuf_add(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !strbuf_room(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void strbuf_add_bytes(struct strbuf *b, const void *p, size_t n)
{
	if (!strbuf_room(b, n))
		return;
	memcpy(b->s + b->len, p, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void strbuf_free(struct strbuf *b)
{
	free(b->s);
	memset(b, 0, sizeof(*b));
}

/* Parses the digits and says where they end; strtoull alone takes "-1". */
static bool parse_number(const char *s, uint64_t *ret, const char **end)
{
	char *stop;

	if (!isdigit((unsigned char)s[0]))
		return false;
	errno = 0;
	*ret = strtoull(s, &stop,
			s[0] == '0' && tolower(s[1]) == 'x' ? 16 : 10);
	*end = stop;
	return errno == 0;
}

int text_to_size(const char *s, uint64_t *ret, struct err *e)
{
	static const char units[] = "KMGT";
	const char *end, *unit;
	unsigned shift = 0;
	uint64_t n;

	if (!parse_number(s, &n, &end))
		goto bad;
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * ((unsigned)(unit - units) + 1);
		end++;
		if (end[0] == 'i' && end[1] == 'B')
			end += 2;
	}
	if (*end || n > UINT64_MAX >> shift)
		goto bad;
	*ret = n << shift;
	return 0;
bad:
	return err_set(e, ERR_USAGE,
		       "'%s' is no size (write 4096, 0x1000, 4K, 16M, 2G)", s);
}

int text_to_u64(const char *s, uint64_t max, uint64_t *ret, struct err *e)
{
	const char *end;
	uint64_t n;

	if (!parse_number(s, &n, &end) || *end)
		return err_set(e, ERR_USAGE, "'%s' is no number", s);
	if (n > max)
		return err_set(e, ERR_USAGE,
			       "%s is too large (at most %" PRIu64 ")", s, max);
	*ret = n;
	return 0;
}

const char *text_size(uint64_t n, char buf[TEXT_SIZE_MAX])
{
	static const char *const units[] = { "B",   "KiB", "MiB",
					     "GiB", "TiB", "PiB" };
	double v = (double)n;
	size_t u = 0;

	while (v >= 1023.95 && u + 1 < sizeof(units) / sizeof(units[0])) {
		v /= 1024;
		u++;
	}
	if (u == 0 || v >= 99.95 || v == (double)(uint64_t)v)
		snprintf(buf, TEXT_SIZE_MAX, "%.0f %s", v, units[u]);
	else
		snprintf(buf, TEXT_SIZE_MAX, "%.1f %s", v, units[u]);
	return buf;
}

const char *text_sectors(uint32_t n, char buf[TEXT_SIZE_MAX])
{
	buf[0] = '\0';
	if (n)
		snprintf(buf, TEXT_SIZE_MAX, ", sectors of %u bytes", n);
	return buf;
}

const char *text_duration(uint64_t s, char buf[TEXT_SIZE_MAX])
{
	if (s >= 3600)
		snprintf(buf, TEXT_SIZE_MAX, "%" PRIu64 "h%02um", s / 3600,
			 (unsigned)(s / 60 % 60));
	else if (s >= 60)
		snprintf(buf, TEXT_SIZE_MAX, "%um%02us", (unsigned)(s / 60),
			 (unsigned)(s % 60));
	else
		snprintf(buf, TEXT_SIZE_MAX, "%us", (unsigned)s);
	return buf;
}

void text_copy(char *to, size_t cap, const char *from)
{
	size_t n = from ? strnlen(from, cap - 1) : 0;

	memcpy(to, from ? from : "", n);
	to[n] = '\0';
}

void text_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool text_unhex(const char *s, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++, s += 2) {
		int hi = hex_digit(s[0]), lo;

		if (hi < 0)
			return false;
		lo = hex_digit(s[1]);
		if (lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return *s == '\0';
}

bool text_from_utf16le(const uint8_t *p, size_t units, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < units; i++) {
		uint16_t c = get_le16(p + 2 * i);

		if (c == 0) {
			/* Only zeros may follow the end. */
			for (size_t k = i; k < units; k++)
				if (get_le16(p + 2 * k))
					return false;
			break;
		}
		if (c < 0x21 || c > 0x7E || c == '/' || c == '\\')
			return false;
		if (n + 1 >= cap)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

bool text_to_utf16le(const char *s, uint8_t *out, size_t units)
{
	size_t n = strlen(s);

	if (n > units)
		return false;
	memset(out, 0, 2 * units);
	for (size_t i = 0; i < n; i++)
		out[2 * i] = (uint8_t)s[i];
	return true;
}

void text_clean(const void *p, size_t n, char *out, size_t cap)
{
	const uint8_t *in = p;
	size_t i;

	for (i = 0; i < n && i + 1 < cap && in[i]; i++)
		out[i] = in[i] >= 0x20 && in[i] < 0x7F ? (char)in[i] : '?';
	out[i] = '\0';
}

bool text_is_file_name(const char *s)
{
	if (!*s || *s == '.')
		return false;
	for (; *s; s++)
		if (*s < 0x21 || *s > 0x7E || *s == '/' || *s == '\\')
			return false;
	return true;
}
