/* SPDX-License-Identifier: BSD-3-Clause */
/* backup.h - a phone's partitions into an archive. */
#ifndef JOB_BACKUP_H
#define JOB_BACKUP_H

#include "archive/archive.h"
#include "archive/resume.h"
#include "device/layout.h"
#include "device/session.h"
#include "job/blank.h"
#include "job/events.h"
#include "job/plan.h"

enum read_policy { READ_ZERO_FILL, READ_STOP_ON_ERROR };

struct backup_request {
	const char *out;
	struct archive_options archive;
	struct plan_request plan; /* all behind nv_by_name is set here */
	bool active_slot_only;
	enum read_policy policy;
	bool dry_run; /* only make the plan: ret_m lists it, nothing is read */
	double recheck;	    /* percent of the blocks to read again; 0: none */
	bool accept_blank;  /* also a blank boot chain or NV is complete */
	bool ignore_space;  /* start although the disk may be too small */
	const char *device; /* as the user named it, for the manifest */
	const char *note;   /* or NULL */
	const struct manifest_package *package; /* or NULL */
	bool simulated;
	const char *ending; /* what will be done at the end, for the manifest */
	/*
	 * What an earlier run left of `out`, to go on with, or NULL.  Owned by
	 * job_backup() from its call on.
	 */
	struct archive_resume *resume;
	/* The phone's table, when it was just read: it is not asked again. */
	const struct layout *known;
	/* Of what will be overwritten: nothing in it is judged. */
	bool safety_copy;
};

struct backup_totals {
	uint64_t bytes;	  /* read from the phone and stored */
	uint64_t resumed; /* stored by an earlier run */
	uint64_t planned_bytes;
	bool begun;	     /* OUT.partial is of this run */
	uint64_t reached;    /* of planned_bytes, with those of earlier runs */
	uint64_t unreadable; /* of these: zeros in place of what was refused */
	uint64_t archive;    /* size of the file */
	double seconds;
	size_t parts, planned;
	struct blank_report blank;
};

/*
 * Blocks until all is read.  The phone must be in FDL2 (session_raise).
 * Fills *ret_m with what the archive's manifest says, also on failure as far
 * as it goes (the caller frees it), and *totals.  Unreadable ranges are not a
 * failure: see ret_m->complete.  After a failure the .partial stays and can be
 * gone on with (archive_resume_open(), q->resume).
 */
int job_backup(struct session *s, const struct session_options *so,
	       const struct backup_request *q, const struct job_events *ev,
	       struct manifest *ret_m, struct backup_totals *totals,
	       struct err *e) MUST_CHECK;

/* What `info` shows and device.json holds: the phone, no partitions. */
void job_describe(struct session *s, const struct layout *l,
		  const struct session_options *o, struct manifest *m);

/*
 * Compares raw reading with reading by name in a few places; *ret says
 * whether raw reading can be trusted.  Fails only when the link does.
 */
int job_trust_raw(struct session *s, const struct layout *l,
		  const struct job_events *ev, bool *ret,
		  struct err *e) MUST_CHECK;

struct read_request {
	const char *part;
	uint64_t offset, length; /* length 0: to the end */
	const char *out;
	bool force, nv_by_name;
	enum read_policy policy;
};
/* One partition, or a piece of it, into a file or "-". */
int job_read(struct session *s, const struct read_request *q,
	     const struct job_events *ev, struct manifest_part *ret,
	     struct err *e) MUST_CHECK;

#endif
