/* SPDX-License-Identifier: BSD-3-Clause */
/* names.c - names from outside: for people, and for a folder of theirs. */
#include "base/bytes.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PARTIAL ".partial" /* base/file.h writes under that name first */

/* Control characters, what turns the direction of text, and no characters. */
static bool is_odd(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || (c >= 0xD800 && c <= 0xDFFF) ||
	       c == 0xFEFF || (c & 0xFFFE) == 0xFFFE || c > 0x10FFFF;
}

static size_t put_utf8(uint32_t c, char *to)
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

bool pac_text(const uint8_t *p, size_t units, char *to)
{
	bool good = true;
	size_t i = 0;

	for (; i < units; i++) {
		uint32_t c = get_le16(p + 2 * i), next = 0;

		if (c == 0)
			break;
		if (i + 1 < units)
			next = get_le16(p + 2 * i + 2);
		if (c >= 0xD800 && c < 0xDC00 && next >= 0xDC00 &&
		    next < 0xE000) {
			c = 0x10000 + ((c & 0x3FF) << 10 | (next & 0x3FF));
			i++;
		}
		if (is_odd(c)) {
			c = '?';
			good = false;
		}
		to += put_utf8(c, to);
	}
	*to = '\0';
	return good && i < units;
}

/* The character at s and its bytes; 0xFFFFFFFF for what is no UTF-8. */
static uint32_t get_utf8(const char *s, size_t *ret_n)
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

void pac_clean(const char *from, char *to, size_t cap)
{
	size_t n, at = 0;

	for (; *from; from += n) {
		uint32_t c = get_utf8(from, &n);

		if (is_odd(c))
			c = '?';
		if (at + 4 >= cap)
			break;
		at += put_utf8(c, to + at);
	}
	to[at] = '\0';
}

/* Where the extension begins, or the end. */
static char *extension(char *name)
{
	char *dot = strrchr(name, '.');

	return dot && dot > name && strlen(dot) <= 16 ? dot
						      : name + strlen(name);
}

/* Cuts in front of the extension, between two characters. */
static void shorten(char *name, size_t most)
{
	char *ext = extension(name), *cut;
	size_t n = strlen(name), extra = n > most ? n - most : 0;

	if (!extra)
		return;
	cut = ext - extra;
	while (cut > name && ((uint8_t)*cut & 0xC0) == 0x80)
		cut--;
	memmove(cut, ext, strlen(ext) + 1);
}

bool pac_safe_name(const char *name, char to[PAC_FILE_NAME_MAX])
{
	char all[PAC_TEXT_MAX];
	size_t n;

	pac_clean(name, all, sizeof(all));
	for (char *c = all; *c; c++)
		if (strchr("/\\:*?\"<>|", *c))
			*c = '_';
	/* No hidden files, no "..", nothing that a shell takes for an option.
	 */
	if (all[0] == '.' || all[0] == '-' || all[0] == ' ')
		all[0] = '_';
	n = strlen(all);
	while (n > 1 && (all[n - 1] == ' ' || all[n - 1] == '.'))
		all[--n] = '\0';
	if (n >= strlen(PARTIAL) &&
	    strcasecmp(all + n - strlen(PARTIAL), PARTIAL) == 0)
		all[n - strlen(PARTIAL)] = '_';
	shorten(all, PAC_FILE_NAME_MAX - 16);
	if (!*all)
		strcpy(all, "unnamed");
	memcpy(to, all, strlen(all) + 1);
	return strcmp(name, to) == 0;
}

static bool is_taken(const struct pac_file *files, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		/* Some file systems do not tell them apart. */
		if (strcasecmp(files[i].safe, name) == 0)
			return true;
	return false;
}

void pac_make_unique(struct pac_file *files, size_t n)
{
	char ext[PAC_FILE_NAME_MAX], stem[PAC_FILE_NAME_MAX];
	char name[PAC_FILE_NAME_MAX + 16];
	char *dot;

	if (!is_taken(files, n, files[n].safe))
		return;
	memcpy(stem, files[n].safe, sizeof(stem));
	dot = extension(stem);
	memcpy(ext, dot, strlen(dot) + 1);
	*dot = '\0';
	/* At most n names are taken, so one of n + 1 is free. */
	for (unsigned i = 2;; i++) {
		snprintf(name, sizeof(name), "%.200s-%u%.16s", stem, i, ext);
		if (!is_taken(files, n, name))
			break;
	}
	memcpy(files[n].safe, name, strlen(name) + 1);
}
