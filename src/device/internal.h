/* SPDX-License-Identifier: BSD-3-Clause */
/* internal.h - what the files of this folder share of a session. */
#ifndef DEVICE_INTERNAL_H
#define DEVICE_INTERNAL_H

#include "bsl/link.h"
#include "device/session.h"

/* Time limits; docs/protocol.md 4.9 compares them with other hosts. */
#define ANSWER_MS	 3000u
#define HELLO_MS	 500u
#define HELLO_TRIES_ROM	 30u
#define HELLO_TRIES_LEFT 4u
#define FDL1_HELLO_MS	 1000u
#define FDL1_TRIES	 10u
#define FDL2_START_MS	 20000u
#define READ_MS		 5000u
#define FIRST_READ_MS	 15000u
#define REOPEN_MS	 15000u
/* A loader may erase before it answers these [7.2, 7.3]. */
#define WRITE_START_MS 60000u
#define WRITE_END_MS   60000u
#define WRITE_MS       15000u  /* and 1 s per 8 MiB that it may write now */
#define WRITE_LAST_MS  120000u /* the last of them; verified as well [7.5] */
#define REOPENS_MAX    4u      /* a phone that keeps leaving is not well */

/* What every host sends to a ROM [2.4]; FDL1 buffers hold 0x1000 [2.4]. */
#define LOAD_PIECE_ROM	528u
#define LOAD_PIECE_FDL1 0x800u

/* Some loaders may serve nothing below 4 KiB: not taken for granted. */
enum small_reads { SMALL_UNKNOWN, SMALL_WORKS, SMALL_FAILS };

/* What has been learned about the size of one READ_MIDST. */
struct chunk_state {
	uint32_t now;	  /* asked for next */
	uint32_t proven;  /* the largest that has worked */
	uint32_t cap;	  /* never above; comes down */
	uint32_t doubt;	  /* what cap was before a refusal that said no why */
	bool odd;	  /* the next one is the shorter of a pair */
	uint32_t struck;  /* a size that never worked and had spoilt answers */
	unsigned strikes; /* so many in a row */
	enum small_reads small; /* reading single sectors */
};

struct session {
	struct transport *t;
	struct link *link;
	struct session_options opt;
	struct session_events ev;
	struct device_info info;
	enum stage stage;
	uint32_t sector;     /* by a partition table; 0: none was read */
	unsigned reopened;   /* how often the phone left and came back */
	unsigned reopen_ms;  /* how long it is waited for then */
	unsigned contact_ms; /* how long flags are sent to a silent one */
	bool dead;	     /* the loader answers nothing any more */
	bool served;	     /* FDL2 has taken a name to read */
	bool refused;	     /* the answer before reads as a refusal */
	unsigned owed;	     /* ACKs that may still come, for old requests */
	bool write_enabled;  /* ENABLE_WRITE_FLASH was acknowledged */
	bool hold_on;	     /* a wish to stop is not heard just now */
	char started[37];    /* by READ_START, for certain; "": nothing */
	struct chunk_state chunk;
	/* What READ_FLASH may be asked for; where it was refused, less. */
	struct guard_region allowed[REGIONS_MAX], refusals[REGIONS_MAX];
	size_t nallowed, nrefusals;
	unsigned fences; /* by READ_FLASH, so far */
};

/* session_base.c */
bool session_has_quirk(const struct session *s, enum quirk q);
void session_note(const struct session *s, const char *fmt, ...) PRINTF(2, 3);
/* UBI volumes and pieces of a bare chip, by name [5.8]. */
bool session_is_nand(const struct session *s);
/* Bytes that the storage reads and loses together. */
uint32_t session_sector(const struct session *s);
/* The usual time limit: the user's, or this one if that is longer. */
unsigned session_timeout(const struct session *s, unsigned usual_ms);
/* Back to what this stage's loader may be sent, after a write or a climb. */
void session_guard_reading(struct session *s);
/* One command without a payload that must be answered by ACK. */
int session_expect_ack(struct session *s, unsigned cmd, const void *payload,
		       size_t len, unsigned timeout_ms,
		       struct err *e) MUST_CHECK;
/* A reply that is none of those expected, as an error; counts 0xFE. */
int session_refusal(struct session *s, unsigned cmd, const struct reply *r,
		    struct err *e) MUST_CHECK;

/*
 * 0xFE to a reading command says nothing about bytes or sizes: this loader
 * wants to be authorised first, and each further try costs it a buffer.
 */
bool session_wants_authorisation(const struct err *e);

/*
 * After ERR_GONE in *e: waits for the phone at the same place [1.4].  Keeps
 * that error where the transport cannot, or the phone has left too often.
 */
int session_reopen(struct session *s, struct err *e) MUST_CHECK;
/* Back to where session_open() left it. */
void session_forget(struct session *s);

/* why.c */
/* Where something went wrong; what was seen there is in the error. */
enum step {
	STEP_CONTACT,
	STEP_LOAD_FDL1,
	STEP_START_FDL1, /* until it has been greeted */
	STEP_KEEP_CHARGE,
	STEP_LOAD_FDL2,
	STEP_START_FDL2, /* until it has said something */
	STEP_FIRST_COMMAND,
	STEP_READ,
	STEP_WRITE_START,
	STEP_WRITE,	   /* START_DATA was acknowledged */
	STEP_WRITE_NV,	   /* the same, of what goes with its sum */
	STEP_WRITE_SIGNED, /* the last byte of what may be signed went out */
};
/* Names the row of the table of failures, in *e, and returns its code. */
int session_explain(const struct session *s, enum step step, struct err *e);
/* address.c */
/* Lets READ_FLASH ask for so much of a region from now on. */
int address_allow(struct session *s, uint32_t id, uint64_t limit,
		  struct err *e) MUST_CHECK;
void address_forget(struct session *s);
/* Bytes of a region that may be asked for; 0: none. */
uint64_t address_limit(const struct session *s, uint32_t id);
/* Does a loader that is read by address still answer? */
bool address_answers(struct session *s, struct err *e);
/* load.c */
int load_need(const struct loader *l, const char *which,
	      struct err *e) MUST_CHECK;
int load_send(struct session *s, const struct loader *l, const char *which,
	      size_t piece, struct err *e) MUST_CHECK;
/* stages_contact.c */
extern const struct frame_format stages_any_format, stages_fdl_format;
/*
 * Flags until VER comes.  Silence is normal while a ROM waits for its port or
 * FDL1 starts the memory; other answers are old ones or noise.
 */
int stages_hello(struct session *s, unsigned tries, unsigned wait_ms,
		 struct reply *ret, struct err *e) MUST_CHECK;
/*
 * CONNECT.  Each flag that was sent before may still bring its VER: those are
 * not the answer.
 */
int stages_greet(struct session *s, struct err *e) MUST_CHECK;
/* VER tells the checksum, and with its text the stage [4.1, 4.2]. */
int stages_first_contact(struct session *s, struct err *e) MUST_CHECK;
/* stages_fdl2.c */
/* From FDL1 on; the stage is unknown when all begins anew [1.4]. */
int stages_start_fdl2(struct session *s, struct err *e) MUST_CHECK;
/* The chip's own number, where this loader can be asked for it. */
int stages_learn_uid(struct session *s, struct err *e) MUST_CHECK;
/* FDL2 answers: what begins with it, however it came up. */
void stages_enter_fdl2(struct session *s);
/* stages.c */
int stages_step(struct session *s, enum stage to, struct err *e) MUST_CHECK;
/* takeup.c */
/*
 * Does FDL2 run, at this speed of a serial line?  Asked in the
 * format of the link; once, or until a loader that was left in the middle of
 * an answer has come round.  False: *e says how it failed.
 */
bool takeup_runs(struct session *s, unsigned baud, bool once, struct err *e);
/* 1: FDL2 was taken up as opt.left has it; 0: it is not there. */
int takeup_known(struct session *s, struct err *e) MUST_CHECK;
/* The same for a phone that is silent to CHECK_BAUD and not known. */
int takeup_silent(struct session *s, struct err *e) MUST_CHECK;
/* chunk.c: pure rules */
/*
 * The next size to ask for.  Above a sector every other one is a sector
 * shorter: answers carry no number, but one that belongs to the request
 * before has then another length and is noticed at once.  With one request
 * ahead this holds for smaller chunks, too.
 */
uint32_t chunk_next(const struct session *s);
/*
 * What chunk_next() will say when n bytes have come; 0 while sizes are still
 * being tried, which is done one by one.
 */
uint32_t chunk_after(const struct session *s, uint32_t n);
/*
 * n, or what is left where that is less.  Where a small rest would stay behind
 * n bytes that have worked, two requests share what is left: some loaders may
 * give no small pieces.  Never more than either.
 */
uint32_t chunk_fit(const struct session *s, uint64_t n, uint64_t left);
void chunk_init(struct chunk_state *c, uint32_t cap);
uint32_t chunk_cap(const struct session *s);
void chunk_worked(struct chunk_state *c, uint32_t n);
/*
 * True when the size itself is suspect, so that a smaller one is tried.
 * size_error: the loader said so itself.
 */
bool chunk_failed(struct chunk_state *c, uint32_t n, bool size_error);
/*
 * The same for an answer that is missing or damaged, which may be the line's
 * doing: the size is tried again after a smaller one has worked, three times.
 */
bool chunk_spoilt(struct chunk_state *c, uint32_t n);
/* The smallest chunk is refused, too: it is the place, not the size. */
void chunk_acquit(struct chunk_state *c);
/* The loader died of a request of n bytes: half of it at most, for good. */
void chunk_killed(struct chunk_state *c, uint32_t n);

#endif
