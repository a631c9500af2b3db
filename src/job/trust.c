/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.c - is raw reading what reading by name is?  docs/ARCHITECTURE.md. */
#include "job/backup.h"

#define CANDIDATES 6u /* tries until one says something */

int job_trust_raw(struct session *s, const struct layout *l,
		  const struct job_events *ev, bool *ret, struct err *e)
{
	unsigned tried = 0;

	*ret = l->raw;
	/* With a damaged GPT asking by name would make the loader write. */
	if (!l->raw || l->names_write)
		return 0;
	for (size_t i = 0; i < l->table.n && tried < CANDIDATES; i++) {
		const struct partition *p = &l->table.v[i];
		struct extent x;
		int rc;

		if (!plan_class(p->name)->ordinary ||
		    !layout_raw_extent(l, p, &x))
			continue;
		tried++;
		rc = layout_compare(s, l, p, e);
		if (rc == 1)
			return 0;
		if (rc == 0 || e->code == ERR_REFUSED)
			continue;
		if (e->code != ERR_MISMATCH)
			return rc;
		job_warn(ev, "%s; raw reading is not used", e->text);
		*ret = false;
		return 0;
	}
	job_note(ev, "raw reading could not be compared with reading by name: "
		     "what was tried is blank or refused");
	return 0;
}
