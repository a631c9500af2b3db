/* SPDX-License-Identifier: BSD-3-Clause */
/* judge.c - what the parts of a backup say, with the phone still at hand. */
#include "judge.h"

#include "job/slot.h"

#include <stdio.h>
#include <string.h>

/* A phone without slots, or with an invalid table of them, has none active. */
static int ask_slot(struct recovery *rec, const struct layout *l, char *ret,
		    struct err *e)
{
	while (job_active_slot(rec->s, l, ret, e) < 0) {
		if (e->code == ERR_USAGE || e->code == ERR_REFUSED) {
			*ret = 0;
			return 0;
		}
		if (job_recover(rec, NULL, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

/*
 * A loader that gave other bytes at times, and what was read from it only
 * once: nobody can vouch for that.
 */
static void judge_single_readings(const struct job_events *ev,
				  struct manifest *m)
{
	size_t single = 0;
	bool caught = m->recheck.unsteady > 0;
	char text[256];

	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		caught |= p->outvoted > 0;
		single += p->size && !p->confirmed &&
			  p->method != METHOD_NONE &&
			  strcmp(p->class, "table") != 0;
	}
	if (!caught || !single)
		return;
	snprintf(text, sizeof(text),
		 "%zu partitions were read only once, by a loader or over a "
		 "line that gave other bytes at times: they may be wrong",
		 single);
	job_warn(ev, "%s", text);
	manifest_add_warning(m, text);
	m->complete = false;
}

int job_judge(struct recovery *rec, const struct layout *l, bool accept,
	      struct manifest *m, struct blank_report *ret, struct err *e)
{
	char active = 0;

	if (blank_asks_for_slot(m) && ask_slot(rec, l, &active, e) < 0)
		return err_context(e, "asking which slot is active");
	blank_judge(m, active, ret);
	if (ret->grave && !accept)
		m->complete = false;
	judge_single_readings(rec->ev, m);
	return 0;
}
