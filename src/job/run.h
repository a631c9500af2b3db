/* SPDX-License-Identifier: BSD-3-Clause */
/* run.h - one backup while it runs. */
#ifndef SRC_JOB_RUN_H
#define SRC_JOB_RUN_H

#include "job/backup.h"
#include "job/content.h"
#include "recover.h"
#include "resume.h"

struct run {
	struct session *s;
	const struct backup_request *q;
	const struct session_options *so;
	const struct job_events *ev;
	struct layout layout;
	struct recovery rec;
	struct plan plan;
	struct archive_writer *w;
	struct manifest *m;
	struct backup_totals *totals;
	struct content_look look; /* of the partition that is being read */
	struct resumed re;
	bool begun; /* the member of that partition is in the archive */
};

/* To the user, into the manifest, and into the journal once there is one. */
void run_warn(struct run *r, const char *text);
/* Not in the backup; -1: no memory. */
int run_omit(struct run *r, const struct partition *p,
	     const char *reason) MUST_CHECK;
/* device.json and both copies of the GPT, which come before partitions. */
int run_add_head(struct run *r, struct err *e) MUST_CHECK;
/* All partitions of the plan, each stored whole, gone on with or left out. */
int run_store_parts(struct run *r, struct err *e) MUST_CHECK;
/* What the plan says of a partition, before anything is read of it. */
void run_describe_part(const struct plan_item *it, struct manifest_part *p);

#endif
