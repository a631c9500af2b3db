/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.h - a filter that spoils what goes through it, by plan. */
#ifndef TRANSPORT_FAULT_H
#define TRANSPORT_FAULT_H

#include "transport/transport.h"

#include <stdint.h>

enum fault_kind {
	/* to an answer */
	FAULT_LOSE,    /* never arrives */
	FAULT_LATE,    /* arrives behind the next request, or after a time */
	FAULT_DOUBLE,  /* arrives twice */
	FAULT_CUT,     /* its end is missing */
	FAULT_FLIP,    /* one bit is wrong */
	FAULT_MERGE,   /* arrives together with the answer after it */
	FAULT_SPLIT,   /* arrives in small pieces */
	FAULT_GARBAGE, /* has noise in front */
	FAULT_STALL,   /* this and all else stay away until the phone is opened
			* again */
	FAULT_DISCONNECT, /* the phone leaves the bus; reopen brings it back */
	FAULT_VANISH,	  /* it leaves and does not come back */
	/* to a request */
	FAULT_UNHEARD,	/* never arrives at the phone */
	FAULT_MISHEARD, /* arrives there with one wrong bit */
	FAULT_KINDS
};

/* "lose", "late" ...: as in a plan. */
const char *fault_kind_name(enum fault_kind k);

/*
 * Stands in front of `next` and takes it over, also when it fails.  The plan:
 *
 *   FAULT[;FAULT...]   FAULT: KIND[:WORD[,WORD...]]
 *
 *   n=N      at the N-th transfer of its direction, from 1
 *   1/K      each transfer with this chance, from the N-th on
 *   times=N  so often at most; without it once, or with 1/K always
 *   ms=N     how late ("late"); without it behind the next request
 *   seed=N   of its choices; 1
 *
 * Same plan and same traffic: same faults.  Up to 16 faults of 512 characters
 * in all; ERR_USAGE says what is wrong.  A note tells each fault, if env (may
 * be NULL) has one.  Held answers cost the end's time, so that in front of a
 * simulated phone nothing takes real time.
 */
int transport_open_fault(const char *plan, const struct transport_env *env,
			 struct transport *next, struct transport **ret,
			 struct err *e) MUST_CHECK;

struct fault_stats {
	uint64_t replies, requests; /* that came by */
	uint64_t done[FAULT_KINDS]; /* faults */
	uint64_t all;		    /* faults of all kinds */
	uint64_t waited_ms;	    /* asked of the end, and nothing came */
};
/* Of a transport opened above; borrowed from it. */
const struct fault_stats *transport_fault_stats(const struct transport *t);

#endif
