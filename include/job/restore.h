/* SPDX-License-Identifier: BSD-3-Clause */
/* restore.h - an archive back onto its phone: look, plan, save, write. */
#ifndef JOB_RESTORE_H
#define JOB_RESTORE_H

#include "device/session.h"
#include "job/events.h"

/* What writing a partition means for the phone; docs/restore.md. */
enum restore_kind {
	RESTORE_DATA,
	RESTORE_CODE,
	RESTORE_CONTROL, /* which slot boots */
	RESTORE_UNIT,	 /* lock and flags of this unit */
	RESTORE_NV,	 /* NV and calibration */
	RESTORE_BOOT,	 /* boot chain */
	RESTORE_LOG,
	RESTORE_KINDS
};
const char *restore_kind_name(enum restore_kind k);

enum restore_when {
	RESTORE_BY_DEFAULT,
	RESTORE_WITH_SUPER, /* when that is written, too, or by name */
	RESTORE_BY_KIND,    /* --class, or by name */
	RESTORE_BY_NAME,
	RESTORE_NEVER,
};

/* One row of the table of rules: what a partition is to a restore. */
struct restore_rule {
	const char *class; /* of job/plan.h */
	const char *glob;  /* of the name without _a, _b, _bak; NULL: any */
	enum restore_kind kind;
	enum restore_when when;
	unsigned order; /* low ones are written first */
	/* What has to match each other has one group; NULL: none. */
	const char *group;
	bool per_slot;	/* each slot has its own such group */
	bool is_signed; /* a loader may check it [7.5] */
};
const struct restore_rule *restore_rule(const char *partition);

enum restore_state {
	RESTORE_EQUAL,	 /* nothing to do */
	RESTORE_WRITE,	 /* will be written, or was */
	RESTORE_ALONG,	 /* the loader writes it with another one */
	RESTORE_LEFT,	 /* not asked for */
	RESTORE_REFUSED, /* asked for, and not done: see `reason` */
};
const char *restore_state_name(enum restore_state s);

enum restore_how {
	RESTORE_WHOLE,
	RESTORE_PAYLOAD, /* as far as its own header reaches */
	RESTORE_AS_NV,	 /* by the first copy's name, without the header */
};
const char *restore_how_name(enum restore_how h);

/* How far the writing of one got. */
enum restore_done {
	RESTORE_NOT_BEGUN, /* as it was */
	RESTORE_BEGUN,	   /* the old bytes, the new ones, or parts of both */
	RESTORE_WROTE,	   /* acknowledged, and not read back */
	RESTORE_BAD,	   /* read back, and not as it should be */
	RESTORE_GOOD,	   /* read back, and as it should be */
};

/* One partition of the plan. */
struct restore_item {
	char name[37];
	char target[37];	      /* the name that is asked to be written */
	char member[MEMBER_NAME_MAX]; /* of the archive */
	const struct restore_rule *rule;
	enum restore_state state;
	enum restore_how how;
	uint64_t size;	 /* of the partition, bytes */
	uint64_t source; /* bytes that the archive or the image has for it */
	uint64_t length; /* of these, how many are written */
	bool private_;	 /* belongs to one unit */
	bool named;	 /* by the user */
	bool looked;	 /* it was compared with the phone */
	bool differs;
	bool to_the_end;      /* the comparison did not stop early */
	uint64_t first, last; /* differing bytes: from, to (when to the end) */
	uint64_t differing;   /* bytes, in whole sectors; when to the end */
	uint64_t behind;      /* bytes behind `length` that differ */
	bool erased_first;    /* ... which a loader erases before it writes */
	char with[37];	      /* RESTORE_ALONG: with this one */
	char group[40];	      /* or empty */
	char reason[192];
	uint8_t sha256[SHA256_LEN]; /* of the archive's bytes */
	uint8_t phone[SHA256_LEN];  /* of the phone's; when to the end */
	enum restore_done done;
};

/* A row of both tables, side by side; an empty name: none there. */
struct restore_row {
	struct restore_entry {
		char name[37];
		uint64_t offset, size; /* bytes; offset 0: not known */
	} archive, phone;
	bool same;
};

enum restore_owner {
	RESTORE_SAME_PHONE, /* chip uid or disk GUID say so */
	RESTORE_UNPROVEN,   /* the phone tells neither */
	RESTORE_OTHER_PHONE,
};

struct restore_plan {
	struct restore_item *v; /* in the order of writing */
	size_t n;
	enum restore_owner owner;
	char owner_why[200]; /* what proves it, or what differs */
	/* Both tables, when they are not the same; else NULL. */
	struct restore_row *rows;
	size_t nrows;
	size_t counts[RESTORE_REFUSED + 1]; /* by state */
	size_t equal;	/* compared, the same, and to stay so */
	uint64_t bytes; /* to be written */
};

struct restore_paper;

/* What of both slots is written by a loader that writes both at once. */
enum restore_slots {
	RESTORE_SLOTS_TOGETHER, /* so it is; both have to be the same */
	RESTORE_SLOTS_APART,	/* the user knows a loader that does not */
	RESTORE_SLOT_A,		/* both get what slot a has */
	RESTORE_SLOT_B,
};

struct restore_request {
	const char *archive; /* or: */
	const char *image;   /* a raw or sparse image, or a firmware package */
	/* Of a package: a glob for the file; NULL: the one named as PART. */
	const char *member;
	const char *inside; /* as for pac_open() */
	/* With an image: the one partition that it is for. */
	const char *const *names; /* globs of partitions; none: the default */
	size_t nnames;
	unsigned kinds; /* 1 << enum restore_kind: these, too */
	enum restore_slots slots;
	bool other_phone; /* of the same model; what is not private */
	bool same_phone;  /* the user vouches for one that tells nothing */
	bool whole;	  /* compare to the end, for a plan that is kept */
	/* What an earlier run was to write: nothing else is; or NULL. */
	const struct restore_paper *resumed;
	/*
	 * What an earlier run may have left half done: a first NV copy that
	 * cannot be seen is written once more; or NULL.
	 */
	const struct restore_paper *begun;
	unsigned threads;
	/* For the manifest of the safety copy. */
	const char *device;
	bool simulated;
};

struct restore;

/*
 * Opens the archive and verifies every byte of it, or reads an image once; no
 * phone is needed.
 * ERR_MISMATCH, ERR_FORMAT: it is not as it was made.  Copies q, but not what
 * it points to.
 */
int restore_open(const struct restore_request *q, const struct job_events *ev,
		 struct restore **ret, struct err *e) MUST_CHECK;
const struct manifest *restore_manifest(const struct restore *r);
/*
 * Reads the phone (in FDL2) and makes the plan; sends nothing that writes.
 * ERR_EXISTS: phone and archive do not belong together, and the plan has the
 * reason (owner_why, rows).  s and so are borrowed until restore_close().
 */
int restore_look(struct restore *r, struct session *s,
		 const struct session_options *so, struct err *e) MUST_CHECK;
/* Good until restore_close(). */
const struct restore_plan *restore_plan(const struct restore *r);
void restore_close(struct restore *r);

/* -- writing ------------------------------------------------------------- */

/* The note of an archive that undoes a restore: all of it is asked for. */
#define RESTORE_UNDO_NOTE "safety copy of what a restore overwrites"

/*
 * What the plan overwrites, and what a loader overwrites along with that, into
 * the new archive `undo`, which is verified; and the plan into the new file
 * `state`.  Nothing is written to the phone.  ERR_EXISTS: undo or state is
 * there.  Without a safety copy there is no state file, either.
 */
int restore_save(struct restore *r, const char *undo, const char *state,
		 struct err *e) MUST_CHECK;
/*
 * In place of restore_save(): goes on with the state file of an earlier run
 * (undo: writes back what its safety copy holds, which r was opened with).
 */
int restore_go_on(struct restore *r, const struct restore_paper *p,
		  const char *state, bool undo, struct err *e) MUST_CHECK;
/*
 * Writes what the plan says, reads each partition back, and stops at the first
 * that is not as it should be: `done` of the plan's items then says what is on
 * the phone.  The session must have been opened with may_write.  The state
 * file is removed when all is done; also, with the safety copy, when a failure
 * left the phone as it was (restore_touched()).
 */
int restore_apply(struct restore *r, struct err *e) MUST_CHECK;
/* May anything on the phone be other than before restore_apply()? */
bool restore_touched(const struct restore *r);

/* -- a plan that is kept ------------------------------------------------- */

/*
 * The plan with its request and all digests as lines of text, mode 0600;
 * made with q.whole, it proves later that nothing has changed.
 */
int restore_plan_save(const struct restore *r, const char *path, bool force,
		      struct err *e) MUST_CHECK;

/* ERR_FORMAT: no plan, or not as it was written. */
int restore_paper_open(const char *path, struct restore_paper **ret,
		       struct err *e) MUST_CHECK;
void restore_paper_close(struct restore_paper *p);
/* What was asked for then: names, kinds, slots, whose phone. */
const struct restore_request *
restore_paper_request(const struct restore_paper *p);
/*
 * Of a state file.  Saved: the safety copy is whole, so that something may have
 * been written since.  Else nothing was, and both files can go.
 */
bool restore_paper_saved(const struct restore_paper *p);
/* The k-th name that was begun, once each; NULL: no more. */
const char *restore_paper_touched(const struct restore_paper *p, size_t k);
/* How far that one got. */
enum restore_done restore_paper_done(const struct restore_paper *p,
				     const char *name);
/*
 * Removes what such a run left, and its state.  ERR_EXISTS: it is not over,
 * another process works with it.
 */
int restore_paper_discard(const char *undo, const char *state,
			  struct err *e) MUST_CHECK;
/*
 * Is r's archive the one of the plan (undo: its safety copy)?  ERR_EXISTS: it
 * is another one.
 */
int restore_paper_fits(const struct restore_paper *p, const struct restore *r,
		       bool undo, struct err *e) MUST_CHECK;
/* ERR_EXISTS: this plan is not that one; the first line that differs. */
int restore_paper_check(const struct restore_paper *p, const struct restore *r,
			struct err *e) MUST_CHECK;

#endif
