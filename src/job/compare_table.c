/* SPDX-License-Identifier: BSD-3-Clause */
/* compare_table.c - is it the same phone, and is its table the same? */
#include "base/text.h"
#include "compare_run.h"
#include "job/backup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NO_PLACE UINT64_MAX

void compare_tell(struct compare *c, const char *member, uint64_t offset,
		  uint64_t length, const char *fmt, ...)
{
	char what[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (c->ev->difference)
		c->ev->difference(c->ev->user, member, offset, length, what);
}

/* -- identity ------------------------------------------------------------ */

/* 0: not known on both sides; 1: the same. */
static int same_trait(const char *what, const char *archive, const char *phone,
		      struct err *e)
{
	int rc;

	if (!*archive || !*phone)
		return 0;
	if (strcasecmp(archive, phone) == 0)
		return 1;
	rc = err_set(e, ERR_EXISTS,
		     "this is another phone: the archive is of the one with "
		     "%s %s, this one has %s",
		     what, archive, phone);
	err_hint(e, "connect the phone that the archive is of, or take its "
		    "own archive; 'spdvault inspect' says whose it is");
	return rc;
}

int compare_identity(struct compare *c, struct err *e)
{
	const struct manifest *m = c->m;
	struct manifest now = { .format = 0 };
	int by_uid, by_disk;

	job_describe(c->s, &c->layout, c->q->so, &now);
	by_uid = same_trait("chip uid", m->uid, now.uid, e);
	if (by_uid < 0)
		return by_uid;
	by_disk = same_trait("disk GUID", m->disk_guid, now.disk_guid, e);
	if (by_disk < 0)
		return by_disk;
	c->res->proven = by_uid || by_disk;
	/* A chip may have been given by another name; that is no other phone.
	 */
	if (!c->res->proven &&
	    (same_trait("the chip", m->profile, now.profile, e) < 0 ||
	     same_trait("the storage", m->storage, now.storage, e) < 0))
		return -(int)e->code;
	if (!c->res->proven)
		job_warn(c->ev,
			 "nothing proves that this is the phone that the "
			 "archive is of: it tells neither a chip uid nor "
			 "a disk GUID that the archive has, too");
	return 0;
}

/* -- the table ----------------------------------------------------------- */

static bool is_partition(const struct manifest_part *p)
{
	return p->method != METHOD_NONE && strcmp(p->class, "table") != 0;
}

static void compare_row(struct compare *c, const struct manifest_part *p)
{
	const struct partition *row = ptable_find(&c->layout.table, p->name);

	if (!row) {
		c->res->table++;
		compare_tell(c, p->member, NO_PLACE, 0,
			     "the phone has no such partition any more");
		return;
	}
	if (row->by_address)
		return; /* its size is somebody's word, not the phone's */
	if (row->size != p->size) {
		c->res->table++;
		compare_tell(c, p->member, NO_PLACE, 0,
			     "is %" PRIu64 " bytes large on the phone, %" PRIu64
			     " in the archive",
			     row->size, p->size);
	}
	if (p->method == METHOD_RAW && row->has_offset &&
	    row->offset != p->raw_offset) {
		c->res->table++;
		compare_tell(c, p->member, NO_PLACE, 0,
			     "begins at 0x%" PRIx64
			     " on the phone, at 0x%" PRIx64
			     " when it was archived",
			     row->offset, p->raw_offset);
	}
}

static bool was_known(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->nomitted; i++)
		if (strcmp(m->omitted[i].name, name) == 0)
			return true;
	return manifest_find(m, name) != NULL;
}

void compare_tables(struct compare *c)
{
	for (size_t i = 0; i < c->m->nparts; i++)
		if (is_partition(&c->m->parts[i]))
			compare_row(c, &c->m->parts[i]);
	for (size_t i = 0; i < c->layout.table.n; i++) {
		const char *name = c->layout.table.v[i].name;

		if (was_known(c->m, name))
			continue;
		c->res->table++;
		compare_tell(c, name, NO_PLACE, 0,
			     "the phone has it, and the archive does not know "
			     "of it");
	}
}

/* -- the GPT ------------------------------------------------------------- */

static int compare_copy(struct compare *c, const struct gpt_copy *g,
			const char *member, struct err *e)
{
	struct archive_member m;
	struct archive_piece p;
	int rc;

	if (!g->data || !manifest_find(c->m, member))
		return 0;
	rc = archive_find(c->r, member, &m, e);
	while (rc > 0 && (rc = archive_pull(c->r, &p, e)) > 0) {
		if (!p.damage && p.offset + p.len <= g->len &&
		    memcmp(p.data, g->data + p.offset, p.len) == 0)
			continue;
		c->res->table++;
		compare_tell(c, member, p.offset, p.len, "%s",
			     p.damage ? "the archive is damaged here"
				      : "the partition table differs");
	}
	return rc;
}

int compare_gpt(struct compare *c, struct err *e)
{
	if (compare_copy(c, &c->layout.primary, "gpt/primary.img", e) < 0)
		return -(int)e->code;
	return compare_copy(c, &c->layout.backup, "gpt/backup.img", e);
}

const struct plan_item *compare_item(const struct compare *c,
				     const struct manifest_part *p)
{
	for (size_t i = 0; i < c->plan.n; i++)
		if (strcmp(c->plan.v[i].part->name, p->name) == 0)
			return &c->plan.v[i];
	return NULL;
}
