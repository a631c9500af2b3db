/* SPDX-License-Identifier: BSD-3-Clause */
/* layout_gpt.c - the GPT through user_partition, both copies; [6.2]. */
#include "base/bytes.h"
#include "base/text.h"
#include "bsl/proto.h"
#include "device/gpt.h"
#include "device/reader.h"
#include "internal.h"
#include "layout_internal.h"
#include "probe.h"

#include <stdlib.h>
#include <string.h>

#define RAW_PROBE_AT ((uint64_t)1 << 20) /* behind every primary GPT */

static int explain_authorisation(const struct session *s, struct err *e)
{
	if (!session_wants_authorisation(e))
		return -(int)e->code;
	session_explain(s, STEP_READ, e);
	return err_context(e, "reading the storage");
}

static int read_raw(struct session *s, uint64_t offset, size_t len,
		    struct gpt_copy *ret, struct err *e)
{
	struct extent x = { .offset = offset, .length = len };
	uint8_t *data = malloc(len);

	if (!data)
		return err_nomem(e);
	text_copy(x.name, sizeof(x.name), BSL_USER_PARTITION);
	if (reader_read(s, &x, data, e) < 0) {
		free(data);
		return -(int)e->code;
	}
	free(ret->data);
	ret->data = data;
	ret->len = len;
	ret->offset = offset;
	return 0;
}

/* -- GPT ----------------------------------------------------------------- */

/* The copy read so far must also hold the entries. */
static int read_primary_entries(struct session *s, struct layout *l,
				const struct gpt_header *h, struct gpt *ret,
				struct err *e)
{
	uint64_t at = h->entries_lba * h->sector, n = gpt_entries_bytes(h);

	if (at + n > l->primary.len &&
	    read_raw(s, 0, (size_t)(at + n), &l->primary, e) < 0)
		return -(int)e->code;
	return gpt_parse_entries(h, l->primary.data + at, (size_t)n, ret, e);
}

static int read_primary(struct session *s, struct layout *l,
			struct gpt_header *h, struct gpt *ret, struct err *e)
{
	int rc = gpt_parse_primary(l->primary.data, l->primary.len, h, e);

	if (rc == 0)
		rc = read_primary_entries(s, l, h, ret, e);
	if (rc == 0)
		l->primary.valid = true;
	return rc;
}

/*
 * Header in the last sector, entries in front of it.  Keeps the bytes even
 * if they are not valid.  *ret_here: a GPT header that says it belongs there,
 * which proves that this offset is really where we read.
 */
static int read_backup(struct session *s, struct layout *l, uint32_t sector,
		       uint64_t lba, bool *ret_here, struct gpt *ret,
		       struct err *e)
{
	struct gpt_copy head = { 0 };
	struct gpt_header h;
	uint64_t first;
	int rc;

	*ret_here = false;
	if (read_raw(s, lba * sector, sector, &head, e) < 0)
		return -(int)e->code;
	*ret_here = memcmp(head.data, "EFI PART", 8) == 0 &&
		    get_le64(head.data + 24) == lba;
	rc = gpt_parse_header(head.data, head.len, sector, lba, &h, e);
	if (rc == 0 && (h.entries_lba >= lba ||
			gpt_entries_bytes(&h) > (lba - h.entries_lba) * sector))
		rc = err_set(e, ERR_FORMAT,
			     "the backup GPT's entries do not lie before it");
	if (rc < 0 && !*ret_here && (lba + 1) * sector > UINT32_MAX) {
		/* Who knows where these bytes are from. */
		free(head.data);
		return rc;
	}
	if (rc < 0 && l->backup.data) {
		free(head.data); /* what an earlier try found says more */
		return rc;
	}
	if (rc < 0) {
		l->backup = head;
		return rc;
	}
	free(head.data);
	first = h.entries_lba * sector;
	if (read_raw(s, first, (size_t)((lba + 1) * sector - first), &l->backup,
		     e) < 0)
		return -(int)e->code;
	rc = gpt_parse_entries(&h, l->backup.data, l->backup.len - sector, ret,
			       e);
	if (rc == 0)
		l->backup.valid = true;
	return rc;
}

static int take_gpt(struct layout *l, const struct gpt *g,
		    enum ptable_source source, struct err *e)
{
	struct ptable *t = &l->table;
	uint64_t last = g->header.my_lba > g->header.alternate_lba
				? g->header.my_lba
				: g->header.alternate_lba;

	t->source = source;
	t->sector = g->header.sector;
	t->storage_size = (last + 1) * t->sector;
	memcpy(t->disk_guid, g->header.disk_guid, sizeof(t->disk_guid));
	for (size_t i = 0; i < g->n; i++) {
		struct partition *p = ptable_add(t);

		if (!p)
			return err_nomem(e);
		memcpy(p->name, g->v[i].name, sizeof(p->name));
		p->offset = g->v[i].first_lba * t->sector;
		p->size =
			(g->v[i].last_lba - g->v[i].first_lba + 1) * t->sector;
		p->has_offset = true;
	}
	return 0;
}

/* The primary holds; what does the backup say, and does 64-bit reading work? */
static int check_backup(struct session *s, struct layout *l,
			const struct gpt *primary, struct err *e)
{
	const struct gpt_header *h = &primary->header;
	struct gpt backup = { .v = NULL };
	bool here;
	int rc = read_backup(s, l, h->sector, h->alternate_lba, &here, &backup,
			     e);

	if (rc < 0 && e->code != ERR_FORMAT && layout_is_fatal(e))
		return rc;
	if (rc < 0)
		layout_warn(l, "the backup GPT cannot be used: %s", e->text);
	else if (gpt_differ(primary, &backup))
		layout_warn(l, "primary and backup GPT differ: %s",
			    gpt_differ(primary, &backup));
	gpt_free(&backup);

	l->wide_proven = here;
	return 0;
}

/* 1: the backup was found at this sector; 0: it is not there. */
static int try_backup(struct session *s, struct layout *l, uint32_t sector,
		      uint64_t lba, struct err *e)
{
	struct gpt g = { .v = NULL };
	bool here;
	int rc = read_backup(s, l, sector, lba, &here, &g, e);

	if (rc < 0)
		return e->code != ERR_FORMAT && layout_is_fatal(e) ? rc : 0;
	l->wide_proven = here;
	rc = take_gpt(l, &g, PTABLE_GPT_BACKUP, e);
	gpt_free(&g);
	return rc < 0 ? rc : 1;
}

/*
 * The primary is damaged: find the backup by its hint, or by the size.  1
 * found, 0 not there.
 */
static int rescue_by_backup(struct session *s, struct layout *l,
			    const struct gpt_header *hint, struct err *e)
{
	static const uint32_t sectors[] = { 512, 4096 };
	uint64_t size;
	int rc = 0;

	l->names_write = true;
	if (hint->sector && hint->alternate_lba > 1 &&
	    hint->alternate_lba < PROBE_STORAGE_MAX / hint->sector)
		rc = try_backup(s, l, hint->sector, hint->alternate_lba, e);
	if (rc != 0)
		return rc;
	rc = probe_storage_size(s, &size, e);
	if (rc == 0 && size == PROBE_BEYOND)
		return 0;
	for (size_t i = 0; rc == 0 && i < 2 && size > 4096; i++)
		rc = try_backup(s, l, sectors[i], size / sectors[i] - 1, e);
	return rc;
}

/* 1: the table is there; 0: another source is needed. */
/*
 * The first bytes were refused: is it only those?  Then the storage can be
 * read raw, and its primary GPT counts as damaged.
 */
static int raw_elsewhere(struct session *s, struct err *e)
{
	int rc = reader_probe(s, BSL_USER_PARTITION, RAW_PROBE_AT, 512, e);

	if (rc == 0)
		session_note(s, "the loader does not give the raw storage");
	return rc;
}

int layout_from_gpt(struct session *s, struct layout *l, struct err *e)
{
	struct gpt_header h = { 0 };
	struct gpt g = { .v = NULL };
	int rc;

	if (session_has_quirk(s, QUIRK_NO_RAW))
		return 0;
	rc = read_raw(s, 0, GPT_HEAD_BYTES, &l->primary, e);
	if (rc < 0) {
		if (layout_is_fatal(e))
			return explain_authorisation(s, e);
		rc = raw_elsewhere(s, e);
		if (rc <= 0)
			return rc;
		l->raw = true;
		layout_warn(l, "the beginning of the storage cannot be read");
		return rescue_by_backup(s, l, &h, e);
	}
	l->raw = true;
	rc = read_primary(s, l, &h, &g, e);
	if (rc == 0) {
		rc = check_backup(s, l, &g, e);
		if (rc == 0)
			rc = take_gpt(l, &g, PTABLE_GPT, e);
		gpt_free(&g);
		return rc < 0 ? rc : 1;
	}
	if (e->code != ERR_FORMAT && layout_is_fatal(e))
		return rc;
	layout_warn(l, "the primary GPT is damaged: %s", e->text);
	rc = rescue_by_backup(s, l, &h, e);
	if (rc == 0)
		layout_warn(l, "the backup GPT cannot be used either");
	return rc;
}
