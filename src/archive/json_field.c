/* SPDX-License-Identifier: BSD-3-Clause */
/* json_field.c - the values of a JSON object from anywhere, or a refusal. */
#include "json_field.h"

#include "base/text.h"

#include <string.h>

int field_bad(struct err *e, const char *key, const char *what)
{
	return err_set(e, ERR_FORMAT, "'%s' %s", key, what);
}

void field_blunt(char *s)
{
	for (; *s; s++) {
		if ((uint8_t)*s < 0x20 || *s == 0x7F)
			*s = '?';
		else if ((uint8_t)s[0] == 0xC2 && (uint8_t)s[1] < 0xA0)
			s[0] = s[1] = '?'; /* U+0080 to U+009F */
	}
}

int field_text(const json_t *o, const char *key, char *out, size_t cap,
	       struct err *e)
{
	const json_t *v = json_object_get(o, key);
	const char *s = json_string_value(v);

	if (!s)
		return field_bad(e, key, v ? "is no text" : "is missing");
	if (strlen(s) >= cap)
		return field_bad(e, key, "is too long");
	memcpy(out, s, strlen(s) + 1);
	field_blunt(out);
	return 0;
}

int field_number(const json_t *o, const char *key, uint64_t max, uint64_t *ret,
		 struct err *e)
{
	const json_t *v = json_object_get(o, key);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v))
		return field_bad(e, key,
				 v ? "is no whole number" : "is missing");
	if (n < 0 || (uint64_t)n > max)
		return field_bad(e, key, "is out of range");
	*ret = (uint64_t)n;
	return 0;
}

int field_u32(const json_t *o, const char *key, uint32_t *ret, struct err *e)
{
	uint64_t n;

	if (field_number(o, key, UINT32_MAX, &n, e) < 0)
		return -(int)e->code;
	*ret = (uint32_t)n;
	return 0;
}

int field_bool(const json_t *o, const char *key, bool *ret, struct err *e)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_boolean(v))
		return field_bad(
			e, key, v ? "is neither true nor false" : "is missing");
	*ret = json_is_true(v);
	return 0;
}

int field_digest(const json_t *o, const char *key, uint8_t ret[SHA256_LEN],
		 struct err *e)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!s || !text_unhex(s, ret, SHA256_LEN))
		return field_bad(e, key, "is no SHA-256 in hex");
	return 0;
}

int field_object(const json_t *o, const char *key, const json_t **ret,
		 struct err *e)
{
	*ret = json_object_get(o, key);
	if (!json_is_object(*ret))
		return field_bad(e, key, *ret ? "is no object" : "is missing");
	return 0;
}

int field_list(const json_t *o, const char *key, size_t max, const json_t **ret,
	       struct err *e)
{
	*ret = json_object_get(o, key);
	if (!json_is_array(*ret))
		return field_bad(e, key, *ret ? "is no list" : "is missing");
	if (json_array_size(*ret) > max)
		return field_bad(e, key, "has too many elements");
	return 0;
}
