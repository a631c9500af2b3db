/* SPDX-License-Identifier: BSD-3-Clause */
/* identity.c - a list of traits, and the first that differs. */
#include "identity.h"

#include "base/sha256.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR " = "

/* Appends; doubles at the powers of two. */
static int add(struct identity *id, struct err *e, const char *kind,
	       const char *name, const char *fmt, ...) PRINTF(5, 6);

static int add(struct identity *id, struct err *e, const char *kind,
	       const char *name, const char *fmt, ...)
{
	struct trait *t;
	va_list ap;

	if ((id->n & (id->n - 1)) == 0) {
		void *more = realloc(id->v,
				     (id->n ? id->n * 2 : 1) * sizeof(*id->v));

		if (!more)
			return err_nomem(e);
		id->v = more;
	}
	t = &id->v[id->n++];
	snprintf(t->label, sizeof(t->label), "%s%s%s", kind, *name ? " " : "",
		 name);
	va_start(ap, fmt);
	vsnprintf(t->value, sizeof(t->value), fmt, ap);
	va_end(ap);
	return 0;
}

static int add_phone(struct identity *id, const struct manifest *m,
		     struct err *e)
{
	if (add(id, e, "chip", "", "%s", m->chip) < 0 ||
	    add(id, e, "uid", "", "%s", m->uid) < 0 ||
	    add(id, e, "disk", "", "%s", m->disk_guid) < 0 ||
	    add(id, e, "storage", "", "%s", m->storage) < 0 ||
	    add(id, e, "storage size", "", "%" PRIu64, m->storage_size) < 0 ||
	    add(id, e, "sector size", "", "%" PRIu32, m->sector_size) < 0)
		return -(int)e->code;
	return add(id, e, "table source", "", "%s", m->table_source);
}

static int add_gpt(struct identity *id, const char *which,
		   const struct gpt_copy *g, struct err *e)
{
	uint8_t sha256[SHA256_LEN];
	char hex[SHA256_HEX];

	if (!g->data)
		return add(id, e, which, "", "not there");
	if (sha256_of(g->data, g->len, sha256, e) < 0)
		return -(int)e->code;
	text_hex(sha256, SHA256_LEN, hex);
	return add(id, e, which, "", "SHA-256 %s", hex);
}

static int add_table(struct identity *id, const struct layout *l, struct err *e)
{
	for (size_t i = 0; i < l->table.n; i++) {
		const struct partition *p = &l->table.v[i];

		/* Sizes of regions are what a package says: the request's. */
		if (add(id, e, p->by_address ? "reading region" : "partition",
			p->name, "%" PRIu64 " bytes at 0x%" PRIx64, p->size,
			p->has_offset ? p->offset : 0) < 0)
			return -(int)e->code;
	}
	if (add_gpt(id, "primary GPT", &l->primary, e) < 0)
		return -(int)e->code;
	return add_gpt(id, "backup GPT", &l->backup, e);
}

int identity_of(const struct manifest *m, const struct layout *l,
		const struct plan *p, enum read_policy policy,
		struct identity *ret, struct err *e)
{
	struct identity id = { 0 };
	int rc = add_phone(&id, m, e);

	if (rc == 0)
		rc = add_table(&id, l, e);
	if (rc == 0)
		rc = add(&id, e, "on-error", "", "%s",
			 policy == READ_ZERO_FILL ? "zero" : "stop");
	for (size_t i = 0; rc == 0 && i < p->n; i++)
		rc = add(&id, e, "reading", p->v[i].part->name, "%s",
			 manifest_method_name(p->v[i].method));
	if (rc < 0)
		identity_free(&id);
	else
		*ret = id;
	return rc;
}

void identity_free(struct identity *id)
{
	free(id->v);
	memset(id, 0, sizeof(*id));
}

/* -- the same? ----------------------------------------------------------- */

/* Of a request, not of a phone. */
static bool is_option(const char *label)
{
	return strncmp(label, "reading", 7) == 0 ||
	       strncmp(label, "on-error", 8) == 0;
}

static int differs(const char *out, const char *label, struct err *e,
		   const char *fmt, ...) PRINTF(4, 5);

static int differs(const char *out, const char *label, struct err *e,
		   const char *fmt, ...)
{
	char what[256];
	va_list ap;
	int rc;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	rc = err_set(e, ERR_EXISTS, "'%s.partial' belongs to another %s: %s",
		     out, is_option(label) ? "request" : "phone", what);
	if (is_option(label))
		err_hint(e, "give the same partitions, options and package as "
			    "then, or another name with -o");
	else
		err_hint(e, "connect the phone that it was made from, or give "
			    "another name with -o");
	return rc;
}

static bool split(const char *text, struct trait *ret)
{
	const char *mid = strstr(text, SEPARATOR);

	if (!mid || (size_t)(mid - text) >= sizeof(ret->label))
		return false;
	memcpy(ret->label, text, (size_t)(mid - text));
	ret->label[mid - text] = '\0';
	text_copy(ret->value, sizeof(ret->value), mid + strlen(SEPARATOR));
	return true;
}

/* Not told is no other phone: a loader's first words may have got lost. */
static bool may_be_unknown(const char *label)
{
	return strcmp(label, "chip") == 0 || strcmp(label, "uid") == 0 ||
	       strcmp(label, "storage") == 0;
}

/*
 * Stopping at the first unreadable place and then going on past it is no
 * contradiction: nothing that is stored so far would be otherwise.
 */
static bool may_differ(const struct trait *then, const struct trait *now)
{
	if (may_be_unknown(then->label))
		return !*then->value || !*now->value;
	return strcmp(then->label, "on-error") == 0 &&
	       strcmp(then->value, "stop") == 0;
}

static bool has(const struct identity *id, const char *label)
{
	for (size_t i = 0; i < id->n; i++)
		if (strcmp(id->v[i].label, label) == 0)
			return true;
	return false;
}

static int compare_one(const struct trait *then, const struct identity *now,
		       size_t i, const char *out, struct err *e)
{
	const struct trait *is = i < now->n ? &now->v[i] : NULL;

	if (is && strcmp(is->label, then->label) == 0) {
		if (strcmp(is->value, then->value) == 0 || may_differ(then, is))
			return 0;
		return differs(out, then->label, e, "%s: %s then, %s now",
			       then->label, *then->value ? then->value : "none",
			       *is->value ? is->value : "none");
	}
	if (!is || !has(now, then->label))
		return differs(out, then->label, e, "%s: %s then, not now",
			       then->label, then->value);
	return differs(out, is->label, e, "%s: %s now, not then or elsewhere",
		       is->label, is->value);
}

int identity_compare(const struct journal *j, const struct identity *now,
		     const char *out, struct err *e)
{
	struct trait then;
	size_t n = 0;

	for (size_t i = 0; i < j->nnotes; i++) {
		if (strcmp(j->notes[i].kind, IDENTITY_NOTE) != 0 ||
		    !split(j->notes[i].text, &then))
			continue;
		if (compare_one(&then, now, n++, out, e) < 0)
			return -(int)e->code;
	}
	if (n < now->n)
		return differs(out, now->v[n].label, e, "%s: %s now, not then",
			       now->v[n].label, now->v[n].value);
	return 0;
}
