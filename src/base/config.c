/* SPDX-License-Identifier: BSD-3-Clause */
/* config.c - INI text into a list of values, over inih. */
#include "base/config.h"

#include <ini.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct value {
	char *section, *key, *value;
	unsigned line;
	bool taken;
};

struct config {
	char *origin;
	struct value *v;
	size_t n;
};

/*
 * What the callbacks of inih share.  Its handler gets no line number in the
 * builds of the distributions, but it asks for one line at a time, so the
 * reader can count.
 */
struct parse {
	struct config *c;
	const char *text;
	size_t left;
	unsigned line;
	bool failed; /* e is filled; no further lines are handed out */
	struct err *e;
};

static void parse_fail(struct parse *p, int code)
{
	(void)code; /* the same as p->e->code */
	p->failed = true;
}

/*
 * The fgets() of inih.  inih cuts a line that does not fit its buffer (200
 * bytes as it is packaged) without a word and takes the rest for a new line;
 * so such a line is refused here, whatever the size of the buffer is.
 */
static char *read_line(char *buf, int cap, void *stream)
{
	struct parse *p = stream;
	const char *nl;
	size_t n;

	if (p->failed || !p->left)
		return NULL;
	nl = memchr(p->text, '\n', p->left);
	n = nl ? (size_t)(nl - p->text) + 1 : p->left;
	p->line++;
	/* One byte less than fits, for a last line without a newline. */
	if (n + 2 > (size_t)cap) {
		parse_fail(p, err_set(p->e, ERR_PROFILE,
				      "%s:%u: line longer than %d characters",
				      p->c->origin, p->line, cap - 2));
		err_hint(p->e, "use several lines with the same key");
		return NULL;
	}
	memcpy(buf, p->text, n);
	buf[n] = '\0';
	p->text += n;
	p->left -= n;
	return buf;
}

static bool value_copy(struct value *v, const char *section, const char *key,
		       const char *value)
{
	v->section = strdup(section);
	v->key = strdup(key);
	v->value = strdup(value);
	return v->section && v->key && v->value;
}

static int add_value(void *user, const char *section, const char *key,
		     const char *value)
{
	struct parse *p = user;
	struct config *c = p->c;
	struct value *v;

	if (p->failed)
		return 0;
	if (c->n == CONFIG_VALUES_MAX) {
		parse_fail(p, err_set(p->e, ERR_PROFILE,
				      "%s:%u: more than %d values", c->origin,
				      p->line, CONFIG_VALUES_MAX));
		return 0;
	}
	v = &c->v[c->n++];
	v->line = p->line;
	if (!value_copy(v, section, key, value)) {
		parse_fail(p, err_nomem(p->e));
		return 0;
	}
	return 1;
}

static int check_bytes(const char *text, size_t n, const char *origin,
		       struct err *e)
{
	unsigned line = 1;

	if (n > CONFIG_FILE_MAX)
		return err_set(e, ERR_PROFILE,
			       "%s: %zu bytes are too many (at most %d)",
			       origin, n, CONFIG_FILE_MAX);
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)text[i];

		if (b == '\n')
			line++;
		else if ((b < 0x20 && b != '\t' && b != '\r') || b == 0x7F)
			return err_set(e, ERR_PROFILE,
				       "%s:%u: byte 0x%02x is no text", origin,
				       line, b);
	}
	return 0;
}

int config_parse(const char *text, size_t n, const char *origin,
		 struct config **ret, struct err *e)
{
	struct parse p = { .text = text, .left = n, .e = e };
	int line, code = check_bytes(text, n, origin, e);

	if (code < 0)
		return code;
	p.c = calloc(1, sizeof(*p.c));
	if (!p.c)
		return err_nomem(e);
	p.c->origin = strdup(origin);
	p.c->v = calloc(CONFIG_VALUES_MAX, sizeof(*p.c->v));
	if (!p.c->origin || !p.c->v) {
		config_free(p.c);
		return err_nomem(e);
	}
	line = ini_parse_stream(read_line, &p, add_value, &p);
	if (!p.failed && line)
		parse_fail(&p, line < 0 ? err_nomem(e)
					: err_set(e, ERR_PROFILE,
						  "%s:%d: neither [section] "
						  "nor key = value",
						  origin, line));
	if (p.failed) {
		config_free(p.c);
		return -(int)e->code;
	}
	*ret = p.c;
	return 0;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].section);
		free(c->v[i].key);
		free(c->v[i].value);
	}
	free(c->v);
	free(c->origin);
	free(c);
}

const char *config_take(struct config *c, const char *section, const char *key)
{
	for (size_t i = 0; i < c->n; i++) {
		struct value *v = &c->v[i];

		if (v->taken || strcmp(v->section, section) != 0 ||
		    strcmp(v->key, key) != 0)
			continue;
		v->taken = true;
		return v->value;
	}
	return NULL;
}

int config_need(struct config *c, const char *section, const char *key,
		const char **ret, struct err *e)
{
	const char *s = config_take(c, section, key);

	if (!s)
		return err_set(e, ERR_PROFILE, "%s: [%s] %s is missing",
			       c->origin, section, key);
	*ret = s;
	return 0;
}

int config_bad(const struct config *c, const char *section, const char *key,
	       const char *value, const char *why, struct err *e)
{
	unsigned line = 0;

	for (size_t i = 0; i < c->n && !line; i++)
		if (c->v[i].value == value)
			line = c->v[i].line;
	if (!line)
		return err_set(e, ERR_PROFILE, "%s: [%s] %s = %.80s: %s",
			       c->origin, section, key, value, why);
	return err_set(e, ERR_PROFILE, "%s:%u: [%s] %s = %.80s: %s", c->origin,
		       line, section, key, value, why);
}

int config_done(const struct config *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->v[i].taken)
			return err_set(e, ERR_PROFILE,
				       "%s:%u: unknown or repeated key "
				       "[%.60s] %.60s",
				       c->origin, c->v[i].line, c->v[i].section,
				       c->v[i].key);
	return 0;
}
