/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_report.h - how a restore ended: what is on the phone now. */
#ifndef CLI_RESTORE_REPORT_H
#define CLI_RESTORE_REPORT_H

#include "job/restore.h"
#include "ui.h"

/* The archive, or the image. */
const char *restore_source_name(const struct options *o);

/* The files of a restore beside its archive; both are freed by the caller. */
struct restore_paths {
	char *undo;  /* the safety copy */
	char *state; /* while it is not done */
};
/* ERR_NOMEM. */
int restore_paths_of(const struct options *o, struct restore_paths *ret,
		     struct err *e) MUST_CHECK;
void restore_paths_free(struct restore_paths *p);

/* After a restore that is done. */
void restore_say_done(struct ui *u, const struct options *o,
		      const struct restore *r, const struct restore_paths *p);
/* After one that is not: a true account, and both ways on. */
void restore_say_account(struct ui *u, const struct options *o,
			 const struct restore *r,
			 const struct restore_paths *p);
/* What an earlier run noted in its state file. */
void restore_say_state(struct ui *u, const struct restore_paper *p);

#endif
