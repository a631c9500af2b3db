/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.c - one table out of GPT, loader's list or probing. */
#include "device/layout.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"
#include "layout_internal.h"
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUR_GIB      ((uint64_t)1 << 32)
#define LIST_TRIES    6u
#define SERVICE_TRIES 3u /* names that are tried before it is given up */

void layout_warn(struct layout *l, const char *fmt, ...)
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
bool layout_is_fatal(const struct err *e)
{
	return e->code != ERR_REFUSED || session_wants_authorisation(e);
}

/* -- the loader's list --------------------------------------------------- */

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
		rc = w && !l->names_write
			     ? probe_ends_at(s, w->name, w->size, e)
			     : 0;
		if (rc < 0)
			return rc;
		if (rc == 1) {
			l->table.sector = units[i] == 8192 ? 4096 : 512;
			return 0;
		}
		ptable_free(&l->table);
	}
	layout_warn(
		l,
		"no size of the loader's list could be confirmed by reading");
	return ptable_from_list(p, n, guess, &l->table, e);
}

/*
 * The list counts pairs of sectors and leaves an odd one out [6.1]: is there
 * one more?  A refused read costs nothing [6.3].  First NV copies are not
 * asked; they are as large as their second ones.
 */
static int round_up(struct session *s, struct layout *l, struct err *e)
{
	uint32_t sector = l->table.sector ? l->table.sector : 512;

	for (size_t i = 0; i < l->table.n; i++) {
		struct partition *p = &l->table.v[i];
		int rc;

		if (layout_is_first_nv(p))
			continue;
		rc = reader_probe(s, p->name, p->size, sector, e);
		if (rc < 0)
			return rc;
		if (rc == 1)
			p->size += sector;
	}
	return 0;
}

/* An earlier refusal may have come twice; 0xFE costs a buffer each time. */
static bool may_be_old(const struct err *e)
{
	return e->code == ERR_REFUSED &&
	       e->sys != BSL_REP_UNSUPPORTED_COMMAND &&
	       e->sys != BSL_REP_UNKNOWN_CMD;
}

/*
 * READ_PARTITION.  Without an answer again: where the list is the only table,
 * a lost one must not look as if there were none.  Something else is asked in
 * between: only a loader that answers that, and never this, has no list.  The
 * type of its answer is its own, so that none can be mixed up; a refusal has no
 * type of its own.
 */
static int ask_list(struct session *s, uint8_t *buf, struct reply *ret,
		    struct err *e)
{
	for (unsigned i = 1;; i++) {
		unsigned ms = i == 1 ? READ_MS : ANSWER_MS;
		int rc = s->t->ops->drain(s->t, e);

		if (rc == 0)
			rc = link_fetch(s->link, BSL_CMD_READ_PARTITION, NULL,
					0, session_timeout(s, ms),
					BSL_REP_READ_PARTITION, buf,
					BSL_PAYLOAD_MAX, ret, e);
		if (rc == 0 && ret->type != BSL_REP_READ_PARTITION)
			rc = session_refusal(s, BSL_CMD_READ_PARTITION, ret, e);
		if (i == LIST_TRIES ||
		    (rc != -(int)ERR_TIMEOUT && rc != -(int)ERR_FRAME &&
		     rc != -(int)ERR_MISMATCH &&
		     !(rc < 0 && i == 1 && may_be_old(e))))
			return rc;
		if (reader_probe(s, BSL_SPLLOADER, 0, 512, e) < 0)
			return -(int)e->code;
	}
}

/*
 * Builds of "security download" list their partitions and answer 0x84 to each
 * READ_START [4.5].  A few names that they list themselves tell.
 */
static int check_service(struct session *s, const struct layout *l,
			 struct err *e)
{
	unsigned asked = 0;
	int rc;

	for (size_t i = 0;
	     !s->served && i < l->table.n && asked < SERVICE_TRIES; i++) {
		if (guard_name_repairs(l->table.v[i].name))
			continue;
		asked++;
		rc = reader_probe(s, l->table.v[i].name, 0, 512, e);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	if (s->served || !asked)
		return 0;
	rc = err_set(e, ERR_REFUSED,
		     "the loader lists %zu partitions, and refuses to read any "
		     "of them",
		     l->table.n);
	err_why(e, WHY_REFUSING_BUILD);
	return rc;
}

/* 1: the table is there; 0: this loader has no list. */
static int from_list(struct session *s, struct layout *l, struct err *e)
{
	uint8_t *buf;
	struct reply r;
	uint32_t unit;
	bool sure;
	int rc;

	/* Builds for NAND have none [6.1]. */
	if (session_has_quirk(s, QUIRK_NO_LIST) || session_is_nand(s) ||
	    s->info.no_list)
		return 0;
	if (s->info.taken_blind) {
		layout_warn(l,
			    "the loader ran already, and its own list was not "
			    "asked for: it may have refused a command before, "
			    "and does not bear a second one; switch the phone "
			    "off and start again to have it asked");
		return 0;
	}
	buf = malloc(BSL_PAYLOAD_MAX);
	if (!buf)
		return err_nomem(e);
	rc = ask_list(s, buf, &r, e);
	if (rc == -(int)ERR_REFUSED) {
		rc = 0;
		goto out;
	}
	if (rc == -(int)ERR_TIMEOUT) {
		session_note(s, "the loader does not answer READ_PARTITION");
		rc = 0;
		goto out;
	}
	if (rc < 0)
		goto out;
	rc = ptable_guess_unit(buf, r.len, s->info.da.storage_type, 0, &unit,
			       &sure, l->unit_why, e);
	if (rc == 0)
		rc = list_with_unit(s, l, buf, r.len, unit, e);
	if (rc < 0)
		goto out;
	l->table.source = PTABLE_LIST;
	rc = check_service(s, l, e);
	if (rc == 0)
		rc = round_up(s, l, e);
	if (rc == 0)
		rc = 1;
out:
	free(buf);
	return rc;
}

/* -- 64-bit offsets ------------------------------------------------------ */

/* What is longest is where high offsets will be asked for. */
static bool largest_space(const struct layout *l, struct extent *ret)
{
	ret->length = 0;
	if (l->raw) {
		text_copy(ret->name, sizeof(ret->name), BSL_USER_PARTITION);
		ret->length = l->table.storage_size;
	}
	for (size_t i = 0; !l->raw && i < l->table.n; i++) {
		const struct partition *p = &l->table.v[i];

		if (p->size > ret->length && !layout_is_first_nv(p)) {
			memcpy(ret->name, p->name, sizeof(ret->name));
			ret->length = p->size;
		}
	}
	return ret->length > FOUR_GIB;
}

/*
 * The backup GPT, read where it should be, has proven 64-bit offsets, or
 * nothing lies that high; else they are tried.
 */
static int check_reach(struct session *s, struct layout *l, struct err *e)
{
	struct extent x = { .offset = 0 };
	int rc;

	if (l->wide_proven || !largest_space(l, &x))
		return 0;
	rc = session_has_quirk(s, QUIRK_OFFSET_32)
		     ? 0
		     : probe_wide(s, x.name, x.length, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		l->narrow_only = true;
		layout_warn(
			l,
			"this loader does not show that it understands offsets "
			"of 4 GiB and more");
	}
	return 0;
}

/*
 * Boot areas have names only, and with a damaged GPT a name may make the
 * loader write.  The first one is there all the same: to be told as missing.
 */
static int unread_boot_area(struct ptable *t, struct err *e)
{
	struct partition *p = ptable_add(t);

	if (!p)
		return err_nomem(e);
	text_copy(p->name, sizeof(p->name), BSL_SPLLOADER);
	p->boot_area = true;
	return 0;
}

/* -- all of it ----------------------------------------------------------- */

/*
 * No table, and names are out of the question: the storage itself, as one
 * partition, is better than nothing.
 */
static int whole_storage(struct session *s, struct layout *l, struct err *e)
{
	struct partition *p;
	uint64_t size;

	if (probe_storage_size(s, &size, e) < 0)
		return err_context(e, "size of the storage");
	ptable_free(&l->table);
	p = ptable_add(&l->table);
	if (!p)
		return err_nomem(e);
	text_copy(p->name, sizeof(p->name), BSL_USER_PARTITION);
	p->size = size;
	p->has_offset = true;
	p->probed = true;
	l->table.storage_size = size;
	layout_warn(l, "no usable partition table: the whole storage is taken "
		       "as one image");
	return 0;
}

/* Whatever shows what there is, best source first. */
static int find_table(struct session *s, const char *const *known,
		      size_t nknown, struct layout *l, struct err *e)
{
	int rc = layout_from_gpt(s, l, e);

	if (rc != 0)
		return rc;
	/* With a damaged GPT a name may write [4.7]. */
	if (l->names_write)
		return whole_storage(s, l, e);
	rc = from_list(s, l, e);
	if (rc == 0)
		rc = probe_names(s, known, nknown, &l->table, e);
	if (rc >= 0 && l->table.n > 0 &&
	    (l->table.source == PTABLE_PROBED ||
	     l->table.source == PTABLE_PACKAGE))
		layout_warn(l,
			    "there is no partition table; %susual names were "
			    "tried, so there may be partitions with other "
			    "names",
			    l->table.source == PTABLE_PACKAGE
				    ? "those of the firmware package and "
				    : "");
	if (rc < 0 || l->table.n > 0)
		return rc;
	rc = err_set(e, ERR_FORMAT,
		     "the phone shows no partition table: no GPT, no list, and "
		     "none of the usual names");
	err_hint(e, "another FDL2 of the same model may show it");
	if (!s->served)
		err_why(e, WHY_REFUSING_BUILD);
	return rc;
}

static int boot_areas(struct session *s, struct layout *l, struct err *e)
{
	int rc;

	/* With a damaged GPT a name may write [4.7]. */
	if (l->names_write)
		return unread_boot_area(&l->table, e);
	rc = probe_boot_areas(s, &l->table, e);
	if (rc > 0)
		layout_warn(l,
			    "this loader does not give the boot area '%s': "
			    "what the phone starts from is not read",
			    BSL_SPLLOADER);
	return rc;
}

int layout_read(struct session *s, const char *const *known, size_t nknown,
		struct layout *ret, struct err *e)
{
	struct layout l = { .raw = false };
	bool by_address = session_has_quirk(s, QUIRK_READ_BY_ADDRESS);
	int rc = by_address ? layout_from_regions(s, &l, e)
			    : find_table(s, known, nknown, &l, e);

	if (rc >= 0 && !by_address)
		rc = check_reach(s, &l, e);
	if (rc >= 0 && !by_address)
		rc = boot_areas(s, &l, e);
	if (rc < 0) {
		layout_free(&l);
		return rc;
	}
	s->sector = l.table.sector;
	l.nand = s->info.storage == STORAGE_NAND;
	*ret = l;
	return 0;
}

bool layout_is_first_nv(const struct partition *p)
{
	return guard_name_repairs(p->name);
}

bool layout_is_out_of_reach(const struct layout *l, const struct partition *p)
{
	return l->narrow_only && p->size > FOUR_GIB;
}

bool layout_raw_extent(const struct layout *l, const struct partition *p,
		       struct extent *ret)
{
	if (!l->raw || !p->has_offset || p->boot_area ||
	    (l->narrow_only && p->offset + p->size > FOUR_GIB))
		return false;
	memset(ret, 0, sizeof(*ret));
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
	ret->whole = p->size;
	ret->by_address = p->by_address;
	ret->region = p->region;
}

int layout_read_both(struct session *s, const struct layout *l,
		     const struct partition *p, struct both_ways *ret,
		     struct err *e)
{
	struct extent x;

	if (!layout_raw_extent(l, p, &x))
		return err_set(e, ERR_REFUSED, "'%s' cannot be read raw",
			       p->name);
	ret->n = p->size < READER_UNIT ? (size_t)p->size : READER_UNIT;
	x.length = ret->n;
	if (reader_read(s, &x, ret->raw, e) < 0)
		return -(int)e->code;
	layout_name_extent(p, &x);
	x.length = ret->n;
	return reader_read(s, &x, ret->named, e);
}
