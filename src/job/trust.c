/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.c - is raw reading what reading by name is?  docs/ARCHITECTURE.md. */
#include "job/backup.h"

#define CANDIDATES 8u /* partitions looked at, at most */
#define ENOUGH	   2u /* that agree, when another one did not */

/* Counts what the comparison of p says.  Fails only when the link does. */
static int ask(struct session *s, const struct layout *l,
	       const struct partition *p, const struct job_events *ev,
	       unsigned *agree, unsigned *differ, struct err *e)
{
	int rc = layout_compare(s, l, p, e);

	if (rc >= 0) {
		*agree += rc == 1;
		return 0;
	}
	if (e->code == ERR_REFUSED)
		return 0;
	if (e->code != ERR_MISMATCH)
		return rc;
	job_warn(ev, "%s", e->text);
	++*differ;
	return 0;
}

/*
 * One that agrees is enough; when one differs, the loader may have its own
 * idea of that partition, and others decide.
 */
int job_trust_raw(struct session *s, const struct layout *l,
		  const struct job_events *ev, bool *ret, struct err *e)
{
	unsigned tried = 0, agree = 0, differ = 0;

	*ret = l->raw;
	/* With a damaged GPT asking by name would make the loader write. */
	if (!l->raw || l->names_write)
		return 0;
	for (size_t i = 0; i < l->table.n && tried < CANDIDATES; i++) {
		const struct partition *p = &l->table.v[i];
		struct extent x;

		if (!plan_class(p->name)->ordinary ||
		    !layout_raw_extent(l, p, &x))
			continue;
		tried++;
		if (ask(s, l, p, ev, &agree, &differ, e) < 0)
			return -(int)e->code;
		if (agree >= (differ ? ENOUGH : 1))
			break;
	}
	if (differ > 0 && agree < ENOUGH) {
		job_warn(ev, "raw reading is not used");
		*ret = false;
	} else if (agree == 0) {
		job_note(ev, "raw reading could not be compared with reading "
			     "by name: what was tried is blank or refused");
	}
	return 0;
}
