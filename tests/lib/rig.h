/* SPDX-License-Identifier: BSD-3-Clause */
/* rig.h - a simulated phone, a folder, and jobs between them, for tests. */
#ifndef LIB_RIG_H
#define LIB_RIG_H

#include "lib/unit.h"

#include "archive/seektable.h"
#include "device/profile.h"
#include "device/session.h"
#include "job/archive_jobs.h"
#include "job/backup.h"
#include "sim/phone.h"

struct rig {
	char dir[64];
	struct phone *phone; /* borrowed from the transport */
	struct session *s;
	struct session_options so;
	/* For the phones that are opened from now on. */
	unsigned recover_ms;
	bool may_write;
	struct loader fdl1, fdl2;
	struct profile_set profiles;
	struct err e;

	/* of the last job */
	struct manifest m;
	struct backup_totals totals;
	unsigned warnings, differences, parts_done;
	char last_warning[512], last_difference[512];
	uint64_t done;
	uint64_t cancel_at; /* end the job after so many bytes; 0: never */
};

/* cmocka fixtures: *state is a struct rig with an empty folder. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* The phone "MODEL[,key=value...]", in FDL2. */
void rig_open(struct rig *r, const char *spec);
/* Any transport, with the loaders and the profile of the phone. */
void rig_open_on(struct rig *r, struct transport *t, struct phone *phone);
void rig_close(struct rig *r);
/* A path in the folder; good until four more are made. */
const char *rig_path(struct rig *r, const char *name);
struct job_events rig_events(struct rig *r);

/* job_backup into a file of the folder; 0 or what it returned. */
int rig_backup(struct rig *r, const char *name, unsigned threads,
	       const struct backup_request *more);
/* Zero writes, at most one command that the loader did not know. */
void rig_assert_untouched(const struct rig *r);

/* Where the phone's storage holds a partition, by its own GPT. */
struct rig_place {
	const char *area;
	uint64_t offset, size;
};
bool rig_find(const struct phone *p, const char *name, struct rig_place *ret);
/* Calls f for every partition of that GPT; returns how many. */
size_t rig_each(const struct phone *p,
		void (*f)(void *user, const char *name, uint64_t size),
		void *user);
/*
 * Every partition in the archive, byte by byte, against the storage; zeros
 * where the manifest says unreadable.  Returns how many there were.
 */
size_t rig_assert_exact(struct rig *r, const char *archive, unsigned threads);

/* A whole file. */
uint8_t *rig_load(const char *path, size_t *ret_n);

#endif
