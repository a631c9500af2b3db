/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.c - is raw reading what reading by name is?  docs/ARCHITECTURE.md. */
#include "job/backup.h"
#include "job/content.h"

#include <string.h>

#define CANDIDATES 8u /* partitions looked at, at most */
#define ENOUGH	   2u /* that agree, when another one did not */

struct votes {
	unsigned agree, differ;
	unsigned raw_known, name_known; /* of those that differ */
};

static bool is_known(const uint8_t *p, size_t n)
{
	struct content c;

	content_sniff(p, n, UINT64_MAX, &c);
	return *c.kind;
}

/* What the comparison of p says.  Fails only when the link does. */
static int ask(struct session *s, const struct layout *l,
	       const struct partition *p, const struct job_events *ev,
	       struct votes *v, struct err *e)
{
	struct both_ways b;
	bool raw_known, name_known;

	if (layout_read_both(s, l, p, &b, e) < 0)
		return e->code == ERR_REFUSED ? 0 : -(int)e->code;
	if (memcmp(b.raw, b.named, b.n) == 0) {
		/* One repeated byte is the same everywhere. */
		v->agree += memcmp(b.raw, b.raw + 1, b.n - 1) != 0;
		return 0;
	}
	raw_known = is_known(b.raw, b.n);
	name_known = is_known(b.named, b.n);
	v->differ++;
	v->raw_known += raw_known && !name_known;
	v->name_known += name_known && !raw_known;
	job_warn(ev,
		 "'%s' read by its name differs from the same place read "
		 "raw",
		 p->name);
	return 0;
}

/*
 * One that agrees is enough; when one differs, the loader may have its own
 * idea of that partition, and others decide.  When all differ, the way that
 * shows known headers is right; without any, raw reading is if it has shown
 * both copies of the GPT in their places.
 */
static bool decide(const struct votes *v, const struct layout *l)
{
	if (v->differ == 0 || v->agree >= ENOUGH)
		return true;
	if (v->raw_known != v->name_known)
		return v->raw_known > v->name_known;
	return l->primary.valid && l->backup.valid;
}

int job_trust_raw(struct session *s, const struct layout *l,
		  const struct job_events *ev, bool *ret, struct err *e)
{
	struct votes v = { 0 };
	unsigned tried = 0;

	*ret = l->raw;
	/* With a damaged GPT asking by name would make the loader write. */
	if (!l->raw || l->names_write)
		return 0;
	for (size_t i = 0; i < l->table.n && tried < CANDIDATES; i++) {
		const struct partition *p = &l->table.v[i];
		struct extent x;

		if (!plan_class(p->name)->ordinary || p->size < 2 ||
		    !layout_raw_extent(l, p, &x))
			continue;
		tried++;
		if (ask(s, l, p, ev, &v, e) < 0)
			return -(int)e->code;
		if (v.agree >= (v.differ ? ENOUGH : 1))
			break;
	}
	*ret = decide(&v, l);
	if (v.differ)
		job_warn(ev, "%s is taken",
			 *ret ? "what raw reading shows"
			      : "what the names show");
	else if (v.agree == 0)
		job_note(ev, "raw reading could not be compared with reading "
			     "by name: what was tried is blank or refused");
	return 0;
}
