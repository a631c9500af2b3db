/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest_read.c - JSON from anywhere into a manifest, or a refusal. */
#include "archive/manifest.h"

#include "base/block.h"
#include "base/text.h"
#include "json_field.h"
#include "manifest_check.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

/*
 * Commas and opening brackets in the text.  jansson takes some 300 bytes for
 * an empty object of two characters, so the text's length is no limit for
 * the memory.  An honest manifest has three of them for an unreadable range.
 */
#define TOKENS_MAX 600000u

#define TEXT(o, key, field) field_text(o, key, field, sizeof(field), e)

static int read_phone(const json_t *root, struct manifest *m, struct err *e)
{
	const json_t *o;

	if (field_object(root, "phone", &o, e) < 0 ||
	    TEXT(o, "chip", m->chip) < 0 ||
	    TEXT(o, "profile", m->profile) < 0 ||
	    TEXT(o, "hello", m->hello) < 0 ||
	    TEXT(o, "fdl1_hello", m->fdl1_hello) < 0 ||
	    TEXT(o, "uid", m->uid) < 0 ||
	    TEXT(o, "disk_guid", m->disk_guid) < 0 ||
	    TEXT(o, "storage", m->storage) < 0 ||
	    field_u32(o, "sector_size", &m->sector_size, e) < 0 ||
	    field_number(o, "storage_size", INT64_MAX, &m->storage_size, e) <
		    0 ||
	    TEXT(o, "table_source", m->table_source) < 0 ||
	    TEXT(o, "ending", m->ending) < 0 ||
	    field_bool(o, "simulated", &m->simulated, e) < 0)
		return err_context(e, "phone");
	return 0;
}

static int read_loader(const json_t *link, const char *key,
		       struct manifest_loader *l, struct err *e)
{
	const json_t *o;

	if (field_object(link, key, &o, e) < 0 ||
	    TEXT(o, "file", l->file) < 0 ||
	    field_u32(o, "address", &l->address, e) < 0 ||
	    field_number(o, "size", INT64_MAX, &l->size, e) < 0 ||
	    field_digest(o, "sha256", l->sha256, e) < 0)
		return err_context(e, "%s", key);
	return 0;
}

/* Not there in most. */
static int read_package(const json_t *link, struct manifest_package *p,
			struct err *e)
{
	const json_t *o;

	if (!json_object_get(link, "package"))
		return 0;
	if (field_object(link, "package", &o, e) < 0 ||
	    TEXT(o, "file", p->file) < 0 ||
	    TEXT(o, "product", p->product) < 0 ||
	    TEXT(o, "version", p->version) < 0)
		return err_context(e, "package");
	return 0;
}

static int read_link(const json_t *root, struct manifest *m, struct err *e)
{
	const json_t *o;

	if (field_object(root, "link", &o, e) < 0 ||
	    TEXT(o, "device", m->device) < 0 ||
	    field_bool(o, "transcode_off", &m->transcode_off, e) < 0 ||
	    field_u32(o, "chunk", &m->chunk, e) < 0 ||
	    read_loader(o, "fdl1", &m->fdl1, e) < 0 ||
	    read_loader(o, "fdl2", &m->fdl2, e) < 0 ||
	    read_package(o, &m->package, e) < 0)
		return err_context(e, "link");
	return 0;
}

static int read_method(const json_t *o, enum read_method *ret, struct err *e)
{
	char name[16];

	if (TEXT(o, "method", name) < 0)
		return -(int)e->code;
	for (int i = METHOD_NONE; i <= METHOD_BY_ADDRESS; i++) {
		if (strcmp(name, manifest_method_name(i)) != 0)
			continue;
		*ret = i;
		return 0;
	}
	return field_bad(e, "method", "is not known");
}

static int read_ranges(const json_t *o, struct manifest_part *p, struct err *e)
{
	const json_t *list;
	uint64_t end = 0;

	if (field_list(o, "unreadable", MANIFEST_RANGES_MAX, &list, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *range = json_array_get(list, i);
		uint64_t offset, length;

		if (field_number(range, "offset", p->size, &offset, e) < 0 ||
		    field_number(range, "length", p->size - offset, &length,
				 e) < 0)
			return err_context(e, "unreadable");
		if (length == 0 || offset < end)
			return field_bad(e, "unreadable", "is not in order");
		if (!manifest_add_range(p, offset, length))
			return err_nomem(e);
		end = offset + length;
	}
	return 0;
}

static int read_names(const json_t *o, struct manifest_part *p, struct err *e)
{
	if (TEXT(o, "name", p->name) < 0 || TEXT(o, "member", p->member) < 0)
		return -(int)e->code;
	if (!text_is_file_name(p->name))
		return field_bad(e, "name", "is not usable as a name");
	if (!manifest_member_is_safe(p->member) ||
	    !manifest_is_our_folder(p->member))
		return field_bad(e, "member", "is no path below our folders");
	return 0;
}

static int read_seconds(const json_t *o, double *ret, struct err *e)
{
	const json_t *v = json_object_get(o, "seconds");

	if (!json_is_number(v) || json_number_value(v) < 0)
		return field_bad(e, "seconds", "is no duration");
	*ret = json_number_value(v);
	return 0;
}

/* Not in every part: archives of earlier versions have none. */
static int read_suspect(const json_t *o, struct manifest_part *p, struct err *e)
{
	if (!json_object_get(o, "suspect"))
		return 0;
	if (TEXT(o, "suspect", p->suspect) < 0)
		return -(int)e->code;
	return field_bool(o, "grave", &p->grave, e);
}

static int read_confirmed(const json_t *o, struct manifest_part *p,
			  struct err *e)
{
	if (!json_object_get(o, "confirmed"))
		return 0;
	if (field_number(o, "confirmed", p->size, &p->confirmed, e) < 0)
		return -(int)e->code;
	return field_number(o, "outvoted", p->confirmed, &p->outvoted, e);
}

/* Of phones that are read by address, or from a bare NAND. */
static int read_place(const json_t *o, struct manifest_part *p, struct err *e)
{
	if (json_object_get(o, "doubt") && TEXT(o, "doubt", p->doubt) < 0)
		return -(int)e->code;
	if (p->method == METHOD_BY_ADDRESS &&
	    (field_u32(o, "region", &p->region, e) < 0 ||
	     TEXT(o, "size_from", p->size_from) < 0))
		return -(int)e->code;
	return 0;
}

static int read_part(const json_t *o, struct manifest_part *p, struct err *e)
{
	if (!json_is_object(o))
		return field_bad(e, "parts", "holds no object");
	if (read_names(o, p, e) < 0 ||
	    field_number(o, "size", INT64_MAX, &p->size, e) < 0 ||
	    field_digest(o, "sha256", p->sha256, e) < 0 ||
	    field_u32(o, "first_frame", &p->first_frame, e) < 0 ||
	    field_u32(o, "frames", &p->frames, e) < 0 ||
	    read_method(o, &p->method, e) < 0 ||
	    field_number(o, "raw_offset", INT64_MAX, &p->raw_offset, e) < 0 ||
	    field_bool(o, "size_probed", &p->size_probed, e) < 0 ||
	    TEXT(o, "class", p->class) < 0 ||
	    field_bool(o, "private", &p->private_, e) < 0 ||
	    TEXT(o, "content", p->content) < 0 ||
	    field_number(o, "payload", INT64_MAX, &p->payload, e) < 0 ||
	    read_suspect(o, p, e) < 0 || read_confirmed(o, p, e) < 0 ||
	    read_place(o, p, e) < 0 || read_seconds(o, &p->seconds, e) < 0)
		return -(int)e->code;
	return read_ranges(o, p, e);
}

static int read_parts(const json_t *root, struct manifest *m, struct err *e)
{
	const json_t *list;

	if (field_list(root, "parts", MANIFEST_PARTS_MAX, &list, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct manifest_part *p = manifest_add_part(m);

		if (!p)
			return err_nomem(e);
		if (read_part(json_array_get(list, i), p, e) < 0)
			return err_context(e, "part %zu", i);
	}
	return 0;
}

static int read_omitted(const json_t *root, struct manifest *m, struct err *e)
{
	const json_t *list;

	if (field_list(root, "omitted", MANIFEST_PARTS_MAX, &list, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct manifest_omitted *p = manifest_add_omitted(m);

		if (!p)
			return err_nomem(e);
		if (TEXT(o, "name", p->name) < 0 ||
		    field_number(o, "size", INT64_MAX, &p->size, e) < 0 ||
		    TEXT(o, "reason", p->reason) < 0)
			return err_context(e, "omitted part %zu", i);
	}
	return 0;
}

static int read_warnings(const json_t *root, struct manifest *m, struct err *e)
{
	const json_t *list;

	if (field_list(root, "warnings", MANIFEST_PARTS_MAX, &list, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (!s || strlen(s) >= sizeof(m->warnings[0]))
			return field_bad(e, "warnings",
					 "holds what is no warning");
		if (!manifest_add_warning(m, s))
			return err_nomem(e);
		field_blunt(m->warnings[i]);
	}
	return 0;
}

/* Only there when it was asked for. */
static int read_recheck(const json_t *root, struct manifest_recheck *r,
			struct err *e)
{
	const json_t *o = json_object_get(root, "recheck");
	const json_t *percent = json_object_get(o, "percent");

	if (!o)
		return 0;
	r->percent = json_number_value(percent);
	if (!json_is_number(percent) || !(r->percent > 0 && r->percent <= 100))
		return field_bad(e, "recheck", "has no percentage");
	if (field_number(o, "seed", INT64_MAX, &r->seed, e) < 0 ||
	    field_number(o, "blocks", INT64_MAX, &r->blocks, e) < 0 ||
	    field_number(o, "compared", r->blocks, &r->compared, e) < 0 ||
	    field_number(o, "differing", r->blocks, &r->differing, e) < 0 ||
	    field_number(o, "unsteady", r->blocks, &r->unsteady, e) < 0 ||
	    field_number(o, "refused", r->blocks, &r->refused, e) < 0)
		return err_context(e, "recheck");
	return 0;
}

/* All that work with pieces of an archive have room for our own blocks. */
static int read_block_size(const json_t *root, struct manifest *m,
			   struct err *e)
{
	if (field_u32(root, "block_size", &m->block_size, e) < 0)
		return -(int)e->code;
	if (m->block_size == 0 || m->block_size % 512 ||
	    m->block_size > BLOCK_SIZE)
		return field_bad(e, "block_size", "is out of range");
	return 0;
}

/* Not in archives of versions that could not resume. */
static int read_resumed(const json_t *root, struct manifest *m, struct err *e)
{
	uint32_t n = 0;

	if (json_object_get(root, "resumed") &&
	    field_u32(root, "resumed", &n, e) < 0)
		return -(int)e->code;
	m->resumed = n;
	return 0;
}

static int read_all(const json_t *root, struct manifest *m, struct err *e)
{
	if (field_u32(root, "format", &m->format, e) < 0)
		return -(int)e->code;
	if (m->format != MANIFEST_FORMAT)
		return err_set(e, ERR_FORMAT,
			       "it has format %u; this program knows %u",
			       m->format, MANIFEST_FORMAT);
	if (TEXT(root, "tool", m->tool) < 0 ||
	    TEXT(root, "created", m->created) < 0 ||
	    TEXT(root, "finished", m->finished) < 0 ||
	    TEXT(root, "note", m->note) < 0 || read_resumed(root, m, e) < 0 ||
	    field_bool(root, "complete", &m->complete, e) < 0 ||
	    read_phone(root, m, e) < 0 || read_link(root, m, e) < 0 ||
	    read_recheck(root, &m->recheck, e) < 0 ||
	    read_block_size(root, m, e) < 0 || read_parts(root, m, e) < 0 ||
	    read_omitted(root, m, e) < 0 || read_warnings(root, m, e) < 0)
		return -(int)e->code;
	return manifest_check_parts(m, e);
}

static bool has_too_many_tokens(const char *p, size_t n)
{
	size_t tokens = 0;

	for (size_t i = 0; i < n; i++)
		tokens += p[i] == ',' || p[i] == '[' || p[i] == '{';
	return tokens > TOKENS_MAX;
}

/* Jansson has words for everything else. */
static bool no_memory(const json_error_t *e)
{
	return json_error_code(e) == json_error_out_of_memory || !*e->text;
}

int manifest_from_json(const char *p, size_t n, struct manifest *ret,
		       struct err *e)
{
	struct manifest m = { 0 };
	json_error_t where;
	json_t *root;
	int rc;

	if (n > MANIFEST_MAX || has_too_many_tokens(p, n))
		return err_set(e, ERR_FORMAT,
			       "the manifest is larger than any of ours");
	root = json_loadb(p, n, JSON_REJECT_DUPLICATES, &where);
	if (!root && no_memory(&where))
		return err_nomem(e);
	if (!root)
		return err_set(e, ERR_FORMAT,
			       "the manifest is no JSON: line %d: %s",
			       where.line, where.text);
	rc = read_all(root, &m, e);
	json_decref(root);
	if (rc < 0) {
		manifest_free(&m);
		return err_context(e, "manifest");
	}
	*ret = m;
	return 0;
}

int manifest_part_from_text(const char *text, struct manifest_part *ret,
			    struct err *e)
{
	struct manifest_part p = { .size = 0 };
	json_error_t where;
	json_t *o;
	int rc;

	if (has_too_many_tokens(text, strlen(text)))
		return err_set(e, ERR_FORMAT, "a part larger than any of ours");
	o = json_loadb(text, strlen(text), JSON_REJECT_DUPLICATES, &where);
	if (!o && no_memory(&where))
		return err_nomem(e);
	rc = read_part(o, &p, e);
	json_decref(o);
	if (rc < 0)
		free(p.unreadable);
	else
		*ret = p;
	return rc;
}
