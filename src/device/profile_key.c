/* SPDX-License-Identifier: BSD-3-Clause */
/* profile_key.c - the values of a profile's keys, checked. */
#include "profile_key.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

int key_bad(const struct key *k, const char *value, const char *why,
	    struct err *e)
{
	return config_bad(k->c, k->section, k->name, value, why, e);
}

int key_append(const struct key *k, const char *value, const char *glue,
	       char *text, size_t cap, struct err *e)
{
	size_t used = strlen(text), len = strlen(value);
	size_t glue_len = used ? strlen(glue) : 0;

	if (len == 0)
		return key_bad(k, value, "it is empty", e);
	for (const char *s = value; *s; s++)
		if (*s < 0x20 || *s > 0x7E)
			return key_bad(k, value, "plain ASCII only", e);
	if (used + glue_len + len >= cap)
		return key_bad(k, value, "the text is too long", e);
	memcpy(text + used, glue, glue_len);
	memcpy(text + used + glue_len, value, len + 1);
	return 0;
}

int key_text(const struct key *k, const char *glue, char *text, size_t cap,
	     struct err *e)
{
	const char *s;
	int code = 0;

	while (code == 0 && (s = config_take(k->c, k->section, k->name)))
		code = key_append(k, s, glue, text, cap, e);
	return code;
}

int key_need_text(const struct key *k, const char *glue, char *text, size_t cap,
		  struct err *e)
{
	const char *first;
	int code = config_need(k->c, k->section, k->name, &first, e);

	if (code == 0)
		code = key_append(k, first, glue, text, cap, e);
	return code < 0 ? code : key_text(k, glue, text, cap, e);
}

int key_rows(const struct key *k, char *rows, size_t row_size, size_t max,
	     size_t *n, struct err *e)
{
	const char *s;
	int code = 0;

	while (code == 0 && (s = config_take(k->c, k->section, k->name))) {
		if (*n == max)
			return key_bad(k, s, "too many of them", e);
		for (size_t i = 0; i < *n; i++)
			if (strcasecmp(rows + i * row_size, s) == 0)
				return key_bad(k, s, "it stands there twice",
					       e);
		code = key_append(k, s, "", rows + *n * row_size, row_size, e);
		*n += code == 0;
	}
	return code;
}

int key_address(const struct key *k, bool *has, uint32_t *ret, struct err *e)
{
	const char *s = config_take(k->c, k->section, k->name);
	struct err why;
	uint64_t n;

	if (!s)
		return 0;
	if (text_to_u64(s, UINT32_MAX, &n, &why) < 0 || n % 4)
		return key_bad(k, s, "no 32-bit load address", e);
	*has = true;
	*ret = (uint32_t)n;
	return 0;
}

int key_yes(const struct key *k, bool *ret, struct err *e)
{
	const char *s = config_take(k->c, k->section, k->name);

	if (s && strcmp(s, "yes") != 0)
		return key_bad(k, s, "yes, or left out", e);
	*ret = s;
	return 0;
}
