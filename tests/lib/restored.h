/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * restored.h - whole restores, from first contact to the last partition read
 * back, on a line or a phone that is not well; and the judgement of their end.
 */
#ifndef LIB_RESTORED_H
#define LIB_RESTORED_H

#include "lib/badline.h"
#include "lib/phonesum.h"

struct restored_case {
	const char *name;
	const char *model; /* "MODEL[,key=value...]", without the storage */
};

enum restored_end {
	RESTORED_WHOLE,	    /* done, and the storage is that of the archive */
	RESTORED_STOPPED,   /* named, a true account, and gone on or undone */
	RESTORED_UNTOUCHED, /* named, and the storage is as it was */
	RESTORED_WRONG
};

struct restored_result {
	enum restored_end end;
	char why[512]; /* the error; or what is wrong */
	uint64_t faults;
	bool resumed, undone;
};

struct restored {
	struct badline b;
	/* Of the case at hand, by restored_reference(): */
	struct phonesum was, damaged;
	uint64_t replies, requests, replies_before, requests_before;
	unsigned writes; /* changes of the storage by a whole restore */
};

/* An empty folder, small storages, small loaders; false with a message. */
bool restored_open(struct restored *f);
void restored_close(struct restored *f);
/*
 * Makes an archive of the case's phone, damages all of the phone, and restores
 * it without a fault; false, with a message, when that does not go well.
 */
bool restored_reference(struct restored *f, const struct restored_case *c);
/*
 * One restore of the damaged phone, with these keys more and this plan.  What
 * stops in the middle is gone on with, or undone, without either.
 */
void restored_session(struct restored *f, const struct restored_case *c,
		      const char *keys, const char *plan, bool undo,
		      struct restored_result *ret);

#endif
