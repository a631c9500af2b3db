/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_run.h - inside of a restore. */
#ifndef SRC_JOB_RESTORE_RUN_H
#define SRC_JOB_RESTORE_RUN_H

#include "archive/archive.h"
#include "job/plan.h"
#include "job/restore.h"
#include "recover.h"

/* The bytes of one item, from the first on. */
struct restore_source {
	struct archive_reader *r;
	struct archive_piece piece;
	size_t used; /* of the piece */
};

struct restore_image;

/* The state file while it is open. */
struct restore_log {
	char *path; /* NULL: none is */
	int fd;
	uint64_t chain;
};

struct restore {
	struct restore_request q;
	struct job_events ev;
	struct archive_reader *r;
	const struct manifest *m;
	struct restore_source src;
	struct restore_image *image;	  /* in place of an archive, or NULL */
	struct session *s;		  /* borrowed, from the look on */
	const struct session_options *so; /* borrowed */
	struct recovery rec;
	struct layout layout;
	struct plan reading; /* how each partition of the phone is read */
	struct restore_plan plan;
	struct job_progress pr;
	uint8_t *ours, *theirs; /* BLOCK_SIZE bytes: archive, phone */
	struct sha256 *hash;
	struct restore_log log;
	bool untouched;	  /* the last write failed before it began */
	bool left_behind; /* what was read back has more behind its payload */
	bool touched;	  /* something of this run may be on the phone */
	char *undo;	  /* the safety copy of this run, or NULL */
};

/* A member that holds the bytes of a partition. */
bool restore_is_partition(const struct manifest_part *p);
/* Is the archive the safety copy of a restore? */
bool restore_is_undo(const struct restore *r);
struct restore_item *restore_find(struct restore *r, const char *name);
void restore_say(struct restore_item *it, enum restore_state st,
		 const char *fmt, ...) PRINTF(3, 4);

/* -- source -------------------------------------------------------------- */

int restore_source_begin(struct restore *r, const struct restore_item *it,
			 struct err *e) MUST_CHECK;
/* Exactly the next n bytes; damage is ERR_MISMATCH. */
int restore_source_pull(struct restore *r, void *buf, size_t n,
			struct err *e) MUST_CHECK;
/* A whole small member; the caller frees *ret. */
int restore_load(struct restore *r, const char *member, size_t most,
		 uint8_t **ret, size_t *ret_n, struct err *e) MUST_CHECK;

/*
 * How much of it is written: as far as its own header reaches, for what a
 * loader erases first or checks a signature of; else all.
 */
uint64_t restore_payload(const uint8_t *p, size_t n);
int restore_set_length(struct restore *r, struct restore_item *it,
		       struct err *e) MUST_CHECK;
/* Bytes behind the payload that differ, and would not by writing that. */
bool restore_needs_whole(const struct restore_item *it);

/* -- NV ------------------------------------------------------------------ */

bool restore_is_nv(const struct restore_item *it);
/* Do two members hold the same items?  1 or 0. */
int restore_nv_same(struct restore *r, const struct restore_item *a,
		    const struct restore_item *b, struct err *e) MUST_CHECK;
/* One whose bytes differ: do its items?  RESTORE_REFUSED: no NV to write. */
int restore_nv_look(struct restore *r, struct restore_item *it,
		    struct err *e) MUST_CHECK;
/* What goes to the first copy's name; the caller frees *ret. */
int restore_nv_pack(struct restore *r, const struct restore_item *it,
		    uint8_t **ret, size_t *ret_n, uint32_t *ret_sum,
		    struct err *e) MUST_CHECK;

/* What no request can say, by its name or size, becomes RESTORE_REFUSED. */
void restore_ask_writer(const struct restore *r, struct restore_item *it);

/* -- the state file ------------------------------------------------------ */

/* A new one: the plan, and that the safety copy is being made. */
int restore_state_begin(struct restore *r, const char *path, const char *undo,
			struct err *e) MUST_CHECK;
/* That of an earlier run, behind its last good line. */
int restore_state_go_on(struct restore *r, const char *path,
			const struct restore_paper *p,
			struct err *e) MUST_CHECK;
/* One line, on disk when this returns; without a file nothing. */
int restore_state_note(struct restore *r, struct err *e, const char *kind,
		       const char *fmt, ...) MUST_CHECK PRINTF(4, 5);
void restore_state_close(struct restore *r, bool remove);

/* -- the safety copy ----------------------------------------------------- */

/* Removes it, and what there is of one that was begun: of no use by itself. */
void restore_save_forget(const char *undo);

/* -- an image in place of an archive ------------------------------------- */

int restore_image_open(struct restore *r, struct err *e) MUST_CHECK;
void restore_image_close(struct restore_image *im);
int restore_image_begin(struct restore_image *im, struct err *e) MUST_CHECK;
int restore_image_pull(struct restore_image *im, void *buf, size_t n,
		       struct err *e) MUST_CHECK;
int restore_image_fits(struct restore *r, struct err *e) MUST_CHECK;

/* -- looking ------------------------------------------------------------- */

/* Whose archive is it?  Fills owner and owner_why of the plan. */
int restore_identify(struct restore *r, struct err *e) MUST_CHECK;
/* Fills rows of the plan when the tables are not the same: ERR_EXISTS. */
int restore_compare_tables(struct restore *r, struct err *e) MUST_CHECK;
/* One row for each partition of the archive, compared with nothing yet. */
int restore_list(struct restore *r, struct err *e) MUST_CHECK;
/*
 * The phone's bytes against the archive's.  A partition that the phone does
 * not give becomes RESTORE_REFUSED.
 */
int restore_compare(struct restore *r, struct restore_item *it,
		    struct err *e) MUST_CHECK;
/* n bytes of a partition of the phone; the caller frees *ret. */
int restore_read(struct restore *r, const char *name, size_t n, uint8_t **ret,
		 struct err *e) MUST_CHECK;
/* What a loader writes along with what; after all were compared. */
int restore_pair(struct restore *r, struct err *e) MUST_CHECK;
/* Of the slot that both get: its letter, or 0. */
char restore_chosen_slot(const struct restore *r);
/* The member that a partition gets its bytes from: its own, or that slot's. */
const struct manifest_part *restore_chosen(const struct restore *r,
					   const struct manifest_part *p);
/*
 * Is it written by a first copy's name?  The first copy itself, and a second
 * one whose first the archive lacks.
 */
bool restore_by_first_name(const struct restore *r, const char *name,
			   char ret[37]);
/* Groups, super and metadata, boot control; then order and sums. */
void restore_settle(struct restore *r);
/* Names (with that one) that a loader writes when it writes `name`. */
#define RESTORE_ALONG_MAX 4
size_t restore_companions(const struct restore *r, const char *name,
			  char ret[RESTORE_ALONG_MAX][37]);
/* The same, and what one does that was said to keep slots apart. */
size_t restore_in_danger(const struct restore *r, const char *name,
			 char ret[RESTORE_ALONG_MAX][37]);
/* The name in the other slot; false: it has none. */
bool restore_other_slot(const char *name, char ret[37]);

#endif
