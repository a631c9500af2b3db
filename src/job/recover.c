/* SPDX-License-Identifier: BSD-3-Clause */
/* recover.c - is the phone that came back the one that was lost? */
#include "recover.h"

#include "job/plan.h"

#include <inttypes.h>
#include <string.h>

/*
 * Losses with less than so much read in between.  More are no accident: the
 * place, the size or the cable does it each time.
 */
#define TRIES_MAX 5u
#define PROGRESS  ((uint64_t)1 << 20)

void job_has_read(struct recovery *r, uint64_t n)
{
	r->since += n;
	if (r->since >= PROGRESS)
		r->tries = 0;
}

/* What is not the same in b; NULL: nothing. */
static const char *differ(const struct layout *a, const struct layout *b)
{
	const struct ptable *x = &a->table, *y = &b->table;

	if (strcmp(x->disk_guid, y->disk_guid) != 0)
		return "its partition table has another disk GUID";
	if (x->n != y->n)
		return "it has another number of partitions";
	for (size_t i = 0; i < x->n; i++) {
		const struct partition *p = &x->v[i], *q = &y->v[i];

		if (strcmp(p->name, q->name) != 0)
			return "its partitions have other names, or another "
			       "order";
		if (p->size != q->size || p->has_offset != q->has_offset ||
		    p->offset != q->offset)
			return "its partitions have other sizes or places";
	}
	return NULL;
}

static int check_table(struct recovery *r, struct err *e)
{
	const char *const *names;
	const char *what;
	struct layout now;
	size_t n;
	int rc;

	if (!r->known)
		return 0;
	names = plan_known_names(&n);
	if (layout_read(r->s, names, n, &now, e) < 0)
		return err_context(e, "reading the partition table again");
	what = differ(r->known, &now);
	layout_free(&now);
	if (!what)
		return 0;
	rc = err_set(e, ERR_EXISTS,
		     "another phone came to this port: %s; nothing more was "
		     "read",
		     what);
	err_hint(e, "connect the phone that was being read and start again; "
		    "what was read of it is kept");
	return rc;
}

static void tell_loss(struct recovery *r, const char *part, const struct err *e)
{
	job_warn(r->ev, "the phone is lost: %s%s%s", part ? part : "",
		 part ? " " : "", e->text);
	if (e->code == ERR_GONE)
		job_note(r->ev,
			 "waiting for it to come back to the same port: check "
			 "the cable, or bring it into download mode once more "
			 "(Ctrl-C ends this)");
	else
		job_note(r->ev,
			 "its loader has stopped: hold the power key for 10 s "
			 "or pull the battery, then bring it into download "
			 "mode at the same port; waiting (Ctrl-C ends this)");
}

static void tell_return(struct recovery *r)
{
	const struct device_info *i = session_info(r->s);
	bool guid = r->known && *r->known->table.disk_guid;

	if (r->known)
		job_note(r->ev,
			 "the phone is back and the same one (%s%spartition "
			 "table); going on",
			 i->uid_len ? "chip uid, " : "",
			 guid ? "disk GUID, " : "");
	else
		job_note(r->ev, "the phone is back; going on (no partition was "
				"read before, so only what its loader tells "
				"of itself was compared)");
}

/* It was given back too often for nothing. */
static int too_often(struct err *e)
{
	struct err why = *e;
	int rc =
		err_set(e, why.code,
			"the phone was lost %u times at nearly the same place: "
			"%s",
			TRIES_MAX + 1, why.text);

	err_hint(e, "another cable or a port without a hub, and --chunk 4K; if "
		    "it is always this place, the flash is bad there: another "
		    "backup, to another file, with --exclude gets the rest");
	return rc;
}

int job_recover(struct recovery *r, const char *part, struct err *e)
{
	while (session_is_lost(r->s, e)) {
		int rc;

		if (r->tries == TRIES_MAX)
			return too_often(e);
		if (r->tries++ > 0)
			session_ask_for_less(r->s);
		r->since = 0;
		tell_loss(r, part, e);
		rc = session_recover(r->s, e);
		if (rc == 0)
			rc = check_table(r, e);
		if (rc == 0) {
			tell_return(r);
			return 0;
		}
		/* It was there: lost once more is another try. */
	}
	return -(int)e->code;
}

int job_layout(struct recovery *r, struct layout *ret, struct err *e)
{
	const char *const *names;
	size_t n;

	names = plan_known_names(&n);
	while (layout_read(r->s, names, n, ret, e) < 0)
		if (job_recover(r, NULL, e) < 0)
			return err_context(e, "reading the partition table");
	return 0;
}
