/* SPDX-License-Identifier: BSD-3-Clause */
/* layout_list.c - the loader's own list, with its unit proven by reading. */
#include "bsl/proto.h"
#include "internal.h"
#include "layout_internal.h"
#include "probe.h"

#include <stdlib.h>
#include <string.h>

#define LIST_TRIES    6u
#define SERVICE_TRIES 3u /* names that are tried before it is given up */

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

int layout_from_list(struct session *s, struct layout *l, struct err *e)
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
