/* SPDX-License-Identifier: BSD-3-Clause */
/* judge.c - what the parts of a backup say, with the phone still at hand. */
#include "job/backup.h"
#include "job/slot.h"

/* A phone without slots, or with an invalid table of them, has none active. */
static int ask_slot(struct session *s, const struct layout *l, char *ret,
		    struct err *e)
{
	int rc = job_active_slot(s, l, ret, e);

	if (rc < 0 && e->code != ERR_USAGE && e->code != ERR_REFUSED)
		return rc;
	if (rc < 0)
		*ret = 0;
	return 0;
}

int job_judge_blank(struct session *s, const struct layout *l, bool accept,
		    struct manifest *m, struct blank_report *ret, struct err *e)
{
	char active = 0;

	if (blank_asks_for_slot(m) && ask_slot(s, l, &active, e) < 0)
		return err_context(e, "asking which slot is active");
	blank_judge(m, active, ret);
	if (ret->grave && !accept)
		m->complete = false;
	return 0;
}
