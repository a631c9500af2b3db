/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_folder.h - which files of a folder are this phone's loaders? */
#ifndef DEVICE_LOADER_FOLDER_H
#define DEVICE_LOADER_FOLDER_H

#include "device/loader_check.h"
#include "device/loader_place.h"

#define LOADER_CANDIDATES_MAX 64

/* A file with the name of a loader, and what speaks for it. */
struct loader_candidate {
	char file[128];
	int which; /* 1 FDL1, 2 FDL2 */
	struct loader_place place;
	struct loader_verdict verdict; /* as if it went there */
	uint8_t sha256[SHA256_LEN];
	int points;	/* more is better; equal ones are no choice */
	char why[320];	/* what the points are for, in words */
	char minus[96]; /* what there are none for; may be empty */
};

struct loader_folder {
	struct loader_candidate v[LOADER_CANDIDATES_MAX];
	size_t n; /* FDL1 before FDL2, the best of each first */
};

/* What a name says: 0 no loader, 1 FDL1, 2 FDL2.  Pure. */
int loader_role(const char *file);

/*
 * What is known of one file, and its points; pure.  The profile may be NULL;
 * twin: the name of the other loader, where that is settled, else NULL.
 */
void loader_rate(const struct loader *l, int which, const struct profile *p,
		 const char *twin, struct loader_candidate *ret);

/*
 * Looks into the files of dir (not below it) that are named like loaders.
 * Certain non-loaders and copies of the same bytes are left out.  ERR_IO when
 * it cannot be read, ERR_USAGE with more than LOADER_CANDIDATES_MAX of them.
 * The caller frees *ret.
 */
int loader_folder_read(const char *dir, const struct profile *p,
		       const char *twin, struct loader_folder **ret,
		       struct err *e) MUST_CHECK;
/* How many share the first place among those for `which`; *ret_at: the first.
 */
size_t loader_folder_best(const struct loader_folder *f, int which,
			  size_t *ret_at);

#endif
