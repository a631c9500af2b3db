/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.c - one table out of GPT, loader's list or probing; 13.3, 6. */
#include "device/layout.h"

#include "base/bytes.h"
#include "base/text.h"
#include "bsl/proto.h"
#include "device/gpt.h"
#include "internal.h"
#include "probe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUR_GIB ((uint64_t)1 << 32)

static void warn(struct layout *l, const char *fmt, ...) PRINTF(2, 3);
static void warn(struct layout *l, const char *fmt, ...)
{
	va_list ap;

	if (l->nwarnings == LAYOUT_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(l->warnings[l->nwarnings++], sizeof(l->warnings[0]), fmt, ap);
	va_end(ap);
}

void layout_free(struct layout *l)
{
	ptable_free(&l->table);
	free(l->primary.data);
	free(l->backup.data);
	memset(l, 0, sizeof(*l));
}

/* The link failed, as opposed to: the phone said no. */
static bool is_fatal(const struct err *e)
{
	return e->code != ERR_REFUSED || session_wants_authorisation(e);
}

static int explain_authorisation(struct err *e)
{
	if (!session_wants_authorisation(e))
		return -(int)e->code;
	err_hint(e, "this loader wants to be authorised by its maker's own "
		    "program; take the FDL2 of a firmware that does not");
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
	if (rc < 0) {
		free(l->backup.data);
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

	if (rc < 0 && e->code != ERR_FORMAT && is_fatal(e))
		return rc;
	if (rc < 0)
		warn(l, "the backup GPT cannot be used: %s", e->text);
	else if (gpt_differ(primary, &backup))
		warn(l, "primary and backup GPT differ: %s",
		     gpt_differ(primary, &backup));
	gpt_free(&backup);

	if ((h->alternate_lba + 1) * h->sector > FOUR_GIB && !here) {
		l->raw_limit = FOUR_GIB;
		warn(l,
		     "this loader does not show the end of the storage: what "
		     "lies at 4 GiB and above is read by name");
	}
	return 0;
}

/* The primary is damaged: find the backup by its hint, or by the size. */
static int rescue_by_backup(struct session *s, struct layout *l,
			    const struct gpt_header *hint, struct err *e)
{
	static const uint32_t sectors[] = { 512, 4096 };
	uint64_t size;
	bool here;
	int rc;

	l->names_write = true;
	if (hint->sector && hint->alternate_lba > 1 &&
	    hint->alternate_lba < PROBE_STORAGE_MAX / hint->sector) {
		struct gpt g = { .v = NULL };

		rc = read_backup(s, l, hint->sector, hint->alternate_lba, &here,
				 &g, e);
		if (rc == 0) {
			rc = take_gpt(l, &g, PTABLE_GPT_BACKUP, e);
			gpt_free(&g);
			return rc;
		}
		if (e->code != ERR_FORMAT && is_fatal(e))
			return rc;
	}
	rc = probe_storage_size(s, &size, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < 2 && size > 4096; i++) {
		struct gpt g = { .v = NULL };

		rc = read_backup(s, l, sectors[i], size / sectors[i] - 1, &here,
				 &g, e);
		if (rc == 0) {
			rc = take_gpt(l, &g, PTABLE_GPT_BACKUP, e);
			gpt_free(&g);
			return rc;
		}
		if (e->code != ERR_FORMAT && is_fatal(e))
			return rc;
	}
	return err_set(e, ERR_FORMAT, "no valid backup GPT either");
}

/* 1: the table is there; 0: another source is needed. */
static int from_gpt(struct session *s, struct layout *l, struct err *e)
{
	struct gpt_header h = { 0 };
	struct gpt g = { .v = NULL };
	int rc;

	if (session_has_quirk(s, QUIRK_NO_RAW))
		return 0;
	rc = read_raw(s, 0, GPT_HEAD_BYTES, &l->primary, e);
	if (rc < 0) {
		if (is_fatal(e))
			return explain_authorisation(e);
		session_note(s, "the loader does not give the raw storage");
		return 0;
	}
	l->raw = true;
	l->raw_limit = UINT64_MAX;
	rc = read_primary(s, l, &h, &g, e);
	if (rc == 0) {
		rc = check_backup(s, l, &g, e);
		if (rc == 0)
			rc = take_gpt(l, &g, PTABLE_GPT, e);
		gpt_free(&g);
		return rc < 0 ? rc : 1;
	}
	if (e->code != ERR_FORMAT && is_fatal(e))
		return rc;
	warn(l, "the primary GPT is damaged: %s", e->text);
	rc = rescue_by_backup(s, l, &h, e);
	if (rc == 0)
		return 1;
	if (e->code != ERR_FORMAT && is_fatal(e))
		return rc;
	warn(l, "the backup GPT cannot be used: %s", e->text);
	return 0;
}

/* -- the loader's list --------------------------------------------------- */

/* Does p end where this size says?  1 yes, 0 no, negative: the link failed. */
static int ends_there(struct session *s, const struct partition *p,
		      struct err *e)
{
	int rc = reader_probe(s, p->name, p->size - 512, 512, e);

	if (rc != 1)
		return rc;
	rc = reader_probe(s, p->name, p->size, 512, e);
	return rc < 0 ? rc : !rc;
}

static const struct partition *unit_witness(const struct ptable *t)
{
	const struct partition *best = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct partition *p = &t->v[i];

		if (p->size < 4096 || guard_name_repairs(p->name))
			continue;
		if (!best || p->size < best->size)
			best = p;
	}
	return best;
}

/* The guess, then the other units, until one shows its end by reading. */
static int list_with_unit(struct session *s, struct layout *l, const uint8_t *p,
			  size_t n, uint32_t guess, struct err *e)
{
	const uint32_t units[] = { guess, 1024, 8192, 1u << 20 };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const struct partition *w;
		int rc;

		if (i > 0 && units[i] == guess)
			continue;
		rc = ptable_from_list(p, n, units[i], &l->table, e);
		if (rc < 0 && i == 0)
			return rc;
		if (rc < 0)
			continue;
		w = unit_witness(&l->table);
		rc = w && !l->names_write ? ends_there(s, w, e) : 0;
		if (rc < 0)
			return rc;
		if (rc == 1) {
			l->table.sector = units[i] == 8192 ? 4096 : 512;
			return 0;
		}
		ptable_free(&l->table);
	}
	warn(l, "no size of the loader's list could be confirmed by reading");
	return ptable_from_list(p, n, guess, &l->table, e);
}

/* 1: the table is there; 0: this loader has no list. */
static int from_list(struct session *s, struct layout *l, struct err *e)
{
	uint8_t *buf;
	struct reply r;
	uint32_t unit;
	bool sure;
	int rc;

	if (session_has_quirk(s, QUIRK_NO_LIST))
		return 0;
	buf = malloc(BSL_PAYLOAD_MAX);
	if (!buf)
		return err_nomem(e);
	rc = link_fetch(s->link, BSL_CMD_READ_PARTITION, NULL, 0,
			session_timeout(s, READ_MS), BSL_REP_READ_PARTITION,
			buf, BSL_PAYLOAD_MAX, &r, e);
	if (rc == -(int)ERR_TIMEOUT) {
		session_note(s, "the loader does not answer READ_PARTITION");
		rc = 0;
		goto out;
	}
	if (rc < 0)
		goto out;
	if (r.type != BSL_REP_READ_PARTITION) {
		rc = session_refusal(s, BSL_CMD_READ_PARTITION, &r, e);
		rc = e->code == ERR_REFUSED ? 0 : rc;
		goto out;
	}
	rc = ptable_guess_unit(buf, r.len, s->info.da.storage_type, 0, &unit,
			       &sure, l->unit_why, e);
	if (rc == 0)
		rc = list_with_unit(s, l, buf, r.len, unit, e);
	if (rc < 0)
		goto out;
	l->table.source = PTABLE_LIST;
	rc = 1;
out:
	free(buf);
	return rc;
}

/* -- all of it ------------------------------------------------------------ */

int layout_read(struct session *s, const char *const *known, size_t nknown,
		struct layout *ret, struct err *e)
{
	struct layout l = { .raw = false };
	int rc = from_gpt(s, &l, e);

	if (rc == 0)
		rc = from_list(s, &l, e);
	if (rc == 0)
		rc = probe_names(s, known, nknown, &l.table, e);
	if (rc >= 0 && l.table.n == 0) {
		rc = err_set(e, ERR_FORMAT,
			     "the phone shows no partition table: no GPT, no "
			     "list, and none of the usual names");
		err_hint(e, "another FDL2 of the same model may show it; name "
			    "partitions yourself with 'spdvault read'");
	}
	/* Only what a name leads to; a damaged GPT makes names dangerous. */
	if (rc >= 0 && !l.names_write)
		rc = probe_boot_areas(s, &l.table, e);
	else if (rc >= 0)
		warn(&l, "the boot areas are left out: with a damaged GPT the "
			 "loader may write when it is asked for a name");
	if (rc < 0) {
		layout_free(&l);
		return rc;
	}
	*ret = l;
	return 0;
}

bool layout_is_first_nv(const struct partition *p)
{
	return guard_name_repairs(p->name);
}

bool layout_raw_extent(const struct layout *l, const struct partition *p,
		       struct extent *ret)
{
	if (!l->raw || !p->has_offset || p->boot_area ||
	    p->size > l->raw_limit || p->offset > l->raw_limit - p->size)
		return false;
	text_copy(ret->name, sizeof(ret->name), BSL_USER_PARTITION);
	ret->offset = p->offset;
	ret->length = p->size;
	return true;
}

void layout_name_extent(const struct partition *p, struct extent *ret)
{
	memcpy(ret->name, p->name, sizeof(ret->name));
	ret->offset = 0;
	ret->length = p->size;
}

int layout_compare(struct session *s, const struct layout *l,
		   const struct partition *p, struct err *e)
{
	uint8_t raw[READER_UNIT], named[READER_UNIT];
	struct extent x;
	size_t n = p->size < READER_UNIT ? (size_t)p->size : READER_UNIT;

	if (!layout_raw_extent(l, p, &x))
		return err_set(e, ERR_REFUSED, "'%s' cannot be read raw",
			       p->name);
	x.length = n;
	if (reader_read(s, &x, raw, e) < 0)
		return -(int)e->code;
	layout_name_extent(p, &x);
	x.length = n;
	if (reader_read(s, &x, named, e) < 0)
		return -(int)e->code;
	if (memcmp(raw, named, n) != 0)
		return err_set(e, ERR_MISMATCH,
			       "'%s' read by its name differs from the same "
			       "place read raw",
			       p->name);
	return memcmp(raw, raw + 1, n - 1) != 0;
}
