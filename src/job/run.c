/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c - what is said of a backup while it runs, and where it is kept. */
#include "run.h"

#include "base/text.h"

void run_warn(struct run *r, const char *text)
{
	struct err ignored; /* of a note; it comes out of the next block, too */

	job_warn(r->ev, "%s", text);
	manifest_add_warning(r->m, text);
	if (r->w && resume_note_warning(r->w, text, &ignored) < 0)
		ignored.code = ERR_NONE;
}

int run_omit(struct run *r, const struct partition *p, const char *reason)
{
	struct manifest_omitted *o = manifest_add_omitted(r->m);

	if (!o)
		return -1;
	text_copy(o->name, sizeof(o->name), p->name);
	o->size = p->size;
	text_copy(o->reason, sizeof(o->reason), reason);
	return 0;
}
