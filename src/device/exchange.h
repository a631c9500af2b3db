/* SPDX-License-Identifier: BSD-3-Clause */
/* exchange.h - single requests of a reader and what their answers mean. */
#ifndef DEVICE_EXCHANGE_H
#define DEVICE_EXCHANGE_H

#include "device/reader.h"
#include "internal.h"

/*
 * Of one chunk after the first try, while the loader answers otherwise [4.9]:
 * with one answer in ten lost, one chunk in a billion is given up.
 */
#define REPEATS 8u

struct part_reader {
	struct session *s;
	struct extent x;
	uint64_t pos;
	bool wide;	  /* 64-bit form: part of it lies at 4 GiB or above */
	bool answered;	  /* the first chunk has come; time limits shrink */
	bool stale;	  /* an error was answered: READ_START is due again */
	bool lost;	  /* nobody is there to be told READ_END */
	bool shut;	  /* READ_START is refused; what was started is lost */
	bool unprimed;	  /* started, and nothing of its beginning came yet */
	bool blind;	  /* equal answers came with no fence between them */
	uint32_t last;	  /* length of the answer before; 0: none is left */
	unsigned doubted; /* refusals in a row with more behind them */
	/* One request ahead */
	size_t room;	    /* what may be asked for behind the next answer */
	uint64_t ahead_pos; /* asked for already ... */
	uint32_t ahead;	    /* ... so many bytes; 0: nothing */
	/* Unreadable places */
	uint32_t unit;	      /* not narrowed below this */
	uint32_t careful;     /* behind one: small chunks, growing; 0: usual */
	uint64_t suspect_end; /* from pos to here something cannot be read */
	uint64_t good;	      /* a place that was read, on a sector */
	bool has_good;
};

/* -- address.c: a reader whose extent is by_address ---------------------- */

#define ADDRESS_NOT_ASKED (-2) /* in err.sys: no reply of the protocol */

/* ERR_REFUSED when so much may not be asked for at pos. */
int address_check(const struct part_reader *r, uint64_t pos, uint32_t n,
		  struct err *e) MUST_CHECK;
size_t address_pack(const struct part_reader *r, uint64_t pos, uint32_t n,
		    uint8_t msg[MSG_MAX]);
/* Of n bytes at r->pos those that may be asked for; n when none may. */
uint32_t address_cut(const struct part_reader *r, uint32_t n);
/* ERR_STAGE when it hangs after a refusal, and nothing need be sent. */
int address_stopped(const struct part_reader *r, struct err *e) MUST_CHECK;
/*
 * n bytes at r->pos were refused with *e.  If that says that place or size are
 * wrong the loader hangs now, which the next request for what may be asked for
 * tells, and nothing from there on is ever asked for again.  Returns -e->code.
 */
int address_refused(struct part_reader *r, uint32_t n,
		    struct err *e) MUST_CHECK;
/* What a READ_END and a READ_START with their ACKs are elsewhere. */
int address_fence(struct part_reader *r, unsigned ms, struct err *e) MUST_CHECK;

/* -- exchange.c ---------------------------------------------------------- */

/* No answer, a damaged one, or another's: the loader itself is well. */
bool exchange_is_spoilt(const struct err *e);

/*
 * The size that READ_START tells: a NAND takes it at its word, and wants all of
 * it at once [5.8].
 */
uint64_t exchange_size(const struct part_reader *r);
/*
 * READ_START.  A refusal right behind another one, or with more behind it,
 * may be an old one, or the same, come twice: then it says nothing about this
 * name, which is asked for again. An ACK may be an earlier one that came twice,
 * and hide that this request was lost: then the loader would go on giving what
 * was started before.  So another name than before is started a second time,
 * behind a READ_END.  A name that repairs is asked for only once, whatever
 * comes.
 */
int exchange_start(struct part_reader *r, struct err *e) MUST_CHECK;
int exchange_end(struct part_reader *r, struct err *e) MUST_CHECK;
/*
 * A refusal has no length that would tell whose it is.  Is there more behind
 * it?  1: yes, so it may be an old one; the line is empty now.  *e stays as it
 * is unless this fails.
 */
int exchange_drop_strays(struct session *s, struct err *e) MUST_CHECK;
/* READ_END whose answer was spoilt: again, and only its own counts. */
int exchange_end_again(struct part_reader *r, struct err *e) MUST_CHECK;
/*
 * One READ_MIDST: exactly n bytes at r->pos, or an error.  Before it waits for
 * the answer it may post the request behind, of at most r->room bytes; the
 * next call must then be for exchange_pending() bytes, or a fence.
 */
int exchange_ask(struct part_reader *r, void *dst, uint32_t n, bool *ret_echo,
		 struct err *e) MUST_CHECK;
/* Bytes at r->pos that were asked for ahead; 0: none. */
uint32_t exchange_pending(const struct part_reader *r);
/*
 * READ_END and READ_START, each answered by ACK: every data frame that was
 * still on its way has arrived before them and is thrown away.  Both change
 * nothing, so that they may be sent again when their own answers are spoilt.
 * ERR_REFUSED when the loader does not open it again: nothing more can be read.
 * ERR_BUG for a name that repairs: that is started only once.
 */
int exchange_fence(struct part_reader *r, struct err *e) MUST_CHECK;
/*
 * The same while all seems well: a fence, which waits for silence, only when
 * one of the two gets another answer.
 */
int exchange_anew(struct part_reader *r, struct err *e) MUST_CHECK;

#endif
