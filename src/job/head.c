/* SPDX-License-Identifier: BSD-3-Clause */
/* head.c - the small members that an archive begins with. */
#include "run.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* The name, or with a number behind it where a partition is called so. */
static void name_it(const struct run *r, const char *name, char out[37])
{
	text_copy(out, 37, name);
	for (unsigned k = 2; ptable_find(&r->layout.table, out); k++)
		snprintf(out, 37, "%s-%u", name, k);
}

static int add_memory(struct run *r, const char *member, const char *name,
		      const void *p, size_t n, struct manifest_part **ret,
		      struct err *e)
{
	struct manifest_part *part;
	int rc = resume_took(&r->re, member, r->m, e);

	if (rc < 0)
		return rc;
	part = rc ? &r->m->parts[r->m->nparts - 1] : manifest_add_part(r->m);
	if (!part)
		return err_nomem(e);
	name_it(r, name, part->name);
	if (!rc && archive_add(r->w, member, p, n, part, e) < 0)
		return err_context(e, "storing '%s'", member);
	if (ret)
		*ret = part;
	return 0;
}

static int add_gpt(struct run *r, const struct gpt_copy *g, const char *member,
		   const char *name, struct err *e)
{
	struct manifest_part *part;

	if (!g->data)
		return 0;
	if (add_memory(r, member, name, g->data, g->len, &part, e) < 0)
		return -(int)e->code;
	part->method = METHOD_RAW;
	part->raw_offset = g->offset;
	text_copy(part->class, sizeof(part->class), "table");
	text_copy(part->content, sizeof(part->content),
		  g->valid ? "gpt" : "gpt-damaged");
	return 0;
}

int run_add_head(struct run *r, struct err *e)
{
	struct manifest_part *part;
	char *json;
	size_t n;
	int rc;

	if (manifest_device_json(r->m, &json, &n, e) < 0)
		return -(int)e->code;
	rc = add_memory(r, MANIFEST_DEVICE, "device", json, n, &part, e);
	free(json);
	if (rc < 0)
		return rc;
	text_copy(part->class, sizeof(part->class), "info");
	part->private_ = true;
	rc = add_gpt(r, &r->layout.primary, "gpt/primary.img", "gpt-primary",
		     e);
	if (rc == 0)
		rc = add_gpt(r, &r->layout.backup, "gpt/backup.img",
			     "gpt-backup", e);
	return rc;
}
