/* SPDX-License-Identifier: BSD-3-Clause */
/* err.h - how a failure travels up: a kind, a cause in words, a remedy. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/why.h"

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

enum err_code {
	ERR_NONE = 0,
	ERR_USAGE,     /* the request makes no sense as asked */
	ERR_NOMEM,     /* the system gave no memory */
	ERR_IO,	       /* a local file or the system said no */
	ERR_EXISTS,    /* refused for safety: something would be lost */
	ERR_NODEV,     /* no phone there, or not ours to open */
	ERR_GONE,      /* it was there and left the bus */
	ERR_TIMEOUT,   /* it is there and does not answer */
	ERR_FRAME,     /* bytes came that are no valid frame */
	ERR_REFUSED,   /* a valid answer that says no */
	ERR_STAGE,     /* not possible in the stage the phone is in */
	ERR_PROFILE,   /* no profile fits, or one is wrong */
	ERR_FORMAT,    /* an archive or table that we cannot read */
	ERR_MISMATCH,  /* data differs from what was promised */
	ERR_CANCELLED, /* the user said stop */
	ERR_BUG,       /* ours; please report */
	ERR_CODES
};

/*
 * Lives on the caller's stack; never allocated, never NULL.  A function that
 * fails has filled it; one that succeeds has not touched it.
 */
struct err {
	enum err_code code;
	int sys;	/* errno; with ERR_REFUSED the reply's number; else 0 */
	enum why why;	/* row of the table of failures: causes, remedies */
	char text[320]; /* cause; outer context first */
	char hint[256]; /* remedy; empty: that of the row, or of the kind */
};

/* Each returns -code, so that a failing function can return the call. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) MUST_CHECK
	PRINTF(3, 4);
/* Kind ERR_IO (ERR_NOMEM for ENOMEM) with the system's words for sys. */
int err_sys(struct err *e, int sys, const char *fmt, ...) MUST_CHECK
	PRINTF(3, 4);
int err_nomem(struct err *e) MUST_CHECK;
/*
 * Puts "context: " before the cause on the way up.  When the whole gets too
 * long the middle is cut, never the end: the cause stands there.
 */
int err_context(struct err *e, const char *fmt, ...) MUST_CHECK PRINTF(2, 3);
/* Sets the remedy unless a deeper layer, which knew better, already did. */
void err_hint(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Names the row in the same way; WHY_NONE changes nothing. */
void err_why(struct err *e, enum why why);

#endif
