/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest_write.c - a manifest as JSON, keys in a fixed order. */
#include "archive/manifest.h"

#include "base/text.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

/*
 * An object or list while it is filled.  The first failure stays; the object
 * itself is always whole enough to be freed.
 */
struct maker {
	const char *failed; /* the key */
	bool too_large;	    /* and not for lack of memory */
};

static void put(struct maker *k, json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value) < 0 && !k->failed)
		k->failed = key;
}

static void append(struct maker *k, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) < 0 && !k->failed)
		k->failed = "a list";
}

static json_t *text(const char *s)
{
	json_t *value = json_string(s);
	char clean[512];

	if (value)
		return value;
	/* Not UTF-8: whatever it was, most of it is kept. */
	text_clean(s, strlen(s), clean, sizeof(clean));
	return json_string(clean);
}

static json_t *number(struct maker *k, uint64_t n)
{
	if (n <= INT64_MAX)
		return json_integer((json_int_t)n);
	/* JSON readers would get it wrong. */
	k->too_large = true;
	return NULL;
}

static json_t *digest(const uint8_t sha256[SHA256_LEN])
{
	char hex[SHA256_HEX];

	text_hex(sha256, SHA256_LEN, hex);
	return json_string(hex);
}

static json_t *duration(double seconds)
{
	/* Whole milliseconds; what is no number has no room in JSON. */
	if (!(seconds >= 0 && seconds < 1e9))
		return json_real(0);
	return json_real((double)(int64_t)(seconds * 1000 + 0.5) / 1000);
}

static json_t *phone_object(struct maker *k, const struct manifest *m,
			    bool finished)
{
	json_t *o = json_object();

	put(k, o, "chip", text(m->chip));
	put(k, o, "profile", text(m->profile));
	put(k, o, "hello", text(m->hello));
	put(k, o, "fdl1_hello", text(m->fdl1_hello));
	put(k, o, "uid", text(m->uid));
	put(k, o, "disk_guid", text(m->disk_guid));
	put(k, o, "storage", text(m->storage));
	put(k, o, "sector_size", number(k, m->sector_size));
	put(k, o, "storage_size", number(k, m->storage_size));
	put(k, o, "table_source", text(m->table_source));
	if (finished)
		put(k, o, "ending", text(m->ending));
	put(k, o, "simulated", json_boolean(m->simulated));
	return o;
}

static json_t *loader_object(struct maker *k, const struct manifest_loader *l)
{
	json_t *o = json_object();

	put(k, o, "file", text(l->file));
	put(k, o, "address", number(k, l->address));
	put(k, o, "size", number(k, l->size));
	put(k, o, "sha256", digest(l->sha256));
	return o;
}

static json_t *package_object(struct maker *k, const struct manifest_package *p)
{
	json_t *o = json_object();

	put(k, o, "file", text(p->file));
	put(k, o, "product", text(p->product));
	put(k, o, "version", text(p->version));
	return o;
}

static json_t *link_object(struct maker *k, const struct manifest *m)
{
	json_t *o = json_object();

	put(k, o, "device", text(m->device));
	put(k, o, "transcode_off", json_boolean(m->transcode_off));
	put(k, o, "chunk", number(k, m->chunk));
	put(k, o, "fdl1", loader_object(k, &m->fdl1));
	put(k, o, "fdl2", loader_object(k, &m->fdl2));
	if (*m->package.file)
		put(k, o, "package", package_object(k, &m->package));
	return o;
}

static json_t *range_list(struct maker *k, const struct manifest_part *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nunreadable; i++) {
		json_t *o = json_object();

		put(k, o, "offset", number(k, p->unreadable[i].offset));
		put(k, o, "length", number(k, p->unreadable[i].length));
		append(k, list, o);
	}
	return list;
}

static json_t *part_object(struct maker *k, const struct manifest_part *p)
{
	json_t *o = json_object();

	put(k, o, "name", text(p->name));
	put(k, o, "member", text(p->member));
	put(k, o, "size", number(k, p->size));
	put(k, o, "sha256", digest(p->sha256));
	put(k, o, "first_frame", number(k, p->first_frame));
	put(k, o, "frames", number(k, p->frames));
	put(k, o, "method", text(manifest_method_name(p->method)));
	put(k, o, "raw_offset", number(k, p->raw_offset));
	put(k, o, "size_probed", json_boolean(p->size_probed));
	if (p->method == METHOD_BY_ADDRESS) {
		put(k, o, "region", number(k, p->region));
		put(k, o, "size_from", text(p->size_from));
	}
	put(k, o, "class", text(p->class));
	put(k, o, "private", json_boolean(p->private_));
	put(k, o, "content", text(p->content));
	put(k, o, "payload", number(k, p->payload));
	if (*p->doubt)
		put(k, o, "doubt", text(p->doubt));
	if (*p->suspect) {
		put(k, o, "suspect", text(p->suspect));
		put(k, o, "grave", json_boolean(p->grave));
	}
	if (p->confirmed) {
		put(k, o, "confirmed", number(k, p->confirmed));
		put(k, o, "outvoted", number(k, p->outvoted));
	}
	put(k, o, "seconds", duration(p->seconds));
	put(k, o, "unreadable", range_list(k, p));
	return o;
}

static json_t *omitted_object(struct maker *k, const struct manifest_omitted *p)
{
	json_t *o = json_object();

	put(k, o, "name", text(p->name));
	put(k, o, "size", number(k, p->size));
	put(k, o, "reason", text(p->reason));
	return o;
}

static json_t *recheck_object(struct maker *k, const struct manifest_recheck *r)
{
	json_t *o = json_object();

	put(k, o, "percent", json_real(r->percent));
	put(k, o, "seed", number(k, r->seed));
	put(k, o, "blocks", number(k, r->blocks));
	put(k, o, "compared", number(k, r->compared));
	put(k, o, "differing", number(k, r->differing));
	put(k, o, "unsteady", number(k, r->unsteady));
	put(k, o, "refused", number(k, r->refused));
	return o;
}

static void put_lists(struct maker *k, json_t *o, const struct manifest *m)
{
	json_t *parts = json_array(), *omitted = json_array();
	json_t *warnings = json_array();

	for (size_t i = 0; i < m->nparts; i++)
		append(k, parts, part_object(k, &m->parts[i]));
	for (size_t i = 0; i < m->nomitted; i++)
		append(k, omitted, omitted_object(k, &m->omitted[i]));
	for (size_t i = 0; i < m->nwarnings; i++)
		append(k, warnings, text(m->warnings[i]));
	put(k, o, "parts", parts);
	put(k, o, "omitted", omitted);
	put(k, o, "warnings", warnings);
}

static int print(struct maker *k, json_t *o, char **ret, size_t *ret_len,
		 struct err *e)
{
	char *dump = NULL, *text_end;
	size_t n;

	if (!k->failed)
		dump = json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	json_decref(o);
	if (k->too_large)
		return err_set(e, ERR_BUG, "'%s' cannot be written as JSON",
			       k->failed);
	if (!dump)
		return err_nomem(e);
	n = strlen(dump);
	text_end = realloc(dump, n + 2);
	if (!text_end) {
		free(dump);
		return err_nomem(e);
	}
	memcpy(text_end + n, "\n", 2);
	if (n + 1 > MANIFEST_MAX) {
		free(text_end);
		return err_set(e, ERR_BUG, "a manifest of %zu bytes", n + 1);
	}
	*ret = text_end;
	*ret_len = n + 1;
	return 0;
}

/* What both documents begin with. */
static json_t *begin_object(struct maker *k, const struct manifest *m)
{
	json_t *o = json_object();

	put(k, o, "format", number(k, m->format));
	put(k, o, "tool", text(m->tool));
	put(k, o, "created", text(m->created));
	return o;
}

int manifest_to_json(const struct manifest *m, char **ret, size_t *ret_len,
		     struct err *e)
{
	struct maker k = { 0 };
	json_t *o = begin_object(&k, m);

	put(&k, o, "finished", text(m->finished));
	put(&k, o, "note", text(m->note));
	put(&k, o, "resumed", number(&k, m->resumed));
	put(&k, o, "complete", json_boolean(m->complete));
	put(&k, o, "phone", phone_object(&k, m, true));
	put(&k, o, "link", link_object(&k, m));
	if (m->recheck.percent > 0)
		put(&k, o, "recheck", recheck_object(&k, &m->recheck));
	put(&k, o, "block_size", number(&k, m->block_size));
	put_lists(&k, o, m);
	return print(&k, o, ret, ret_len, e);
}

int manifest_device_json(const struct manifest *m, char **ret, size_t *ret_len,
			 struct err *e)
{
	struct maker k = { 0 };
	json_t *o = begin_object(&k, m);

	put(&k, o, "note", text(m->note));
	put(&k, o, "phone", phone_object(&k, m, false));
	put(&k, o, "link", link_object(&k, m));
	return print(&k, o, ret, ret_len, e);
}

int manifest_part_to_text(const struct manifest_part *p, char **ret,
			  struct err *e)
{
	struct manifest_part bare = *p;
	struct maker k = { 0 };
	json_t *o;

	bare.unreadable = NULL;
	bare.nunreadable = 0;
	o = part_object(&k, &bare);
	*ret = k.failed ? NULL : json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return *ret ? 0 : err_nomem(e);
}
