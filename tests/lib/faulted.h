/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faulted.h - whole sessions, from first contact to a verified archive, on a
 * line that is not well; and the judgement of how they ended.
 */
#ifndef LIB_FAULTED_H
#define LIB_FAULTED_H

#include "lib/badline.h"

#include "archive/manifest.h"
#include "device/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FAULTED_PARTS_MAX 16u

/* One phone, and how it is asked. */
struct faulted_case {
	const char *name;
	const char *model; /* "MODEL[,key=value...]", without the storage */
	unsigned sector;   /* of the small storage made for it; 0: its own */
	uint32_t chunk_max;
	unsigned threads;
	const char *line; /* faults that are always there, harmless; or NULL */
	bool large;	  /* one partition has two blocks; ums512 only */
	/* Of a phone that is read by address: what a package tells ... */
	const struct region_hint *regions;
	size_t nregions;
	const uint64_t *places; /* ... and where each lies in the flash */
};

/* What an undisturbed run of a case gives; filled by faulted_reference(). */
struct faulted_truth {
	struct faulted_case c;
	char spec[512];
	struct {
		char member[MEMBER_NAME_MAX];
		uint8_t sha256[SHA256_LEN];
	} part[FAULTED_PARTS_MAX];
	size_t nparts;
	uint64_t replies, requests; /* from first contact to the end */
	uint64_t replies_to_fdl2;   /* of these, until FDL2 ran */
	uint64_t waited_ms;
};

/* Everything else is WRONG. */
enum faulted_end {
	FAULTED_EXACT, /* 0, and the archive is as it should be */
	FAULTED_NAMED, /* an error with its remedy, and what was read is kept */
	FAULTED_WRONG
};

struct faulted_result {
	enum faulted_end end;
	enum err_code code; /* of the backup */
	char why[512];	    /* its error; or what is wrong */
	bool kept;	    /* there is a .partial ... */
	bool resumed;	    /* ... with which another run came to the whole */
	uint64_t faults, replies, waited_ms;
	uint64_t done[FAULT_KINDS];
};

struct faulted {
	struct badline b;
	bool existing; /* there is a file with the name already */
	/* Called before and after the backup itself; NULL: nobody. */
	void (*arm)(bool on);
	bool arm_resume; /* it is called for the run that goes on instead */
};

/* An empty folder, small storages, small loaders; false with a message. */
bool faulted_open(struct faulted *f);
void faulted_close(struct faulted *f);

/*
 * Runs the case without a fault and compares all members with the phone's
 * storage.  False, with a message on stderr, when that is not well.
 */
bool faulted_reference(struct faulted *f, const struct faulted_case *c,
		       struct faulted_truth *ret);
/*
 * One session with this plan of transport/fault.h.  What it leaves is gone on
 * with on a line that is well, which must give the whole archive.
 */
void faulted_session(struct faulted *f, const struct faulted_truth *t,
		     const char *plan, struct faulted_result *ret);

/* The totals of many sessions. */
struct faulted_totals {
	uint64_t sessions, untouched; /* the fault was never due */
	uint64_t faults[FAULT_KINDS];
	uint64_t by_kind[FAULT_KINDS][3]; /* sessions with it, by their end */
	uint64_t ends[3];
	uint64_t kept, resumed;
	uint64_t codes[ERR_CODES]; /* of the named ones */
};
void faulted_count(struct faulted_totals *t, const struct faulted_result *r);
void faulted_print(const struct faulted_totals *t, FILE *to);

#endif
