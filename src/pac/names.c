/* SPDX-License-Identifier: BSD-3-Clause */
/* names.c - names from outside: for people, and for a folder of theirs. */
#include "base/bytes.h"
#include "base/utf8.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PARTIAL ".partial" /* base/file.h writes under that name first */

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
		if (utf8_is_odd(c)) {
			c = '?';
			good = false;
		}
		to += utf8_put(c, to);
	}
	*to = '\0';
	return good && i < units;
}

void pac_clean(const char *from, char *to, size_t cap)
{
	size_t n, at = 0;

	for (; *from; from += n) {
		uint32_t c = utf8_get(from, &n);

		if (utf8_is_odd(c))
			c = '?';
		if (at + 4 >= cap)
			break;
		at += utf8_put(c, to + at);
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
