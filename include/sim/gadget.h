/* SPDX-License-Identifier: BSD-3-Clause */
/* gadget.h - the simulated phone on a USB cable, by FunctionFS. */
#ifndef SIM_GADGET_H
#define SIM_GADGET_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct phone;

/* What the cable does; from keys in the model's text (docs/simulator.md). */
struct gadget_options {
	char udc[64];		 /* controller to bind to; empty: others do */
	uint64_t reply_delay_us; /* from the request to its reply */
	/*
	 * The wire moves so many megabytes (10^6) a second, which a controller
	 * made of software does not take into account; 0: at once.
	 */
	uint64_t bus_mb_s;
	uint64_t reattach_ms;  /* how long the phone stays off the bus */
	bool zlp_in;	       /* ends a full last packet with an empty one */
	bool split32;	       /* dwc_otg: the last 32 bytes on their own */
	bool stall_line_state; /* a ROM that does not know the request */
	/* Faults and forms of replies; numbers count them from 1, 0: none. */
	uint64_t piece;	    /* transfers of at most so many bytes; 0: whole */
	bool join;	    /* replies that are ready leave in one transfer */
	uint64_t stall_nth; /* the endpoint stalls in front of it */
	uint64_t slow_nth;  /* it leaves slow_ms later */
	uint64_t slow_ms;
	uint64_t cut_nth; /* half of it, then the phone has left the bus */
};

/*
 * Splits "MODEL[,key=value...]" into the cable's keys and the rest, which is
 * for phone_new() and belongs to the caller to free.
 */
int gadget_spec(const char *spec, struct gadget_options *ret, char **ret_rest,
		struct err *e) MUST_CHECK;

struct gadget_stats {
	uint64_t enabled;     /* times that the host chose our configuration */
	uint64_t left;	      /* times that the phone left the bus itself */
	uint64_t pulled;      /* times that it was taken off from outside */
	uint64_t line_states; /* the class request of protocol.md 1.2 */
	uint64_t setups;      /* other requests on endpoint 0, refused */
	uint64_t out_transfers, out_bytes;
	uint64_t out_full;  /* transfers of whole packets, so ended by an empty
				one */
	uint64_t out_empty; /* zero-length packets that ended nothing */
	uint64_t in_transfers, in_bytes;
	uint64_t in_empty; /* zero-length packets after full last packets */
	uint64_t in_lost;  /* replies that nobody was there to take */
	uint64_t replies, stalls;
	uint64_t max_packet;
};

/*
 * Serves ph on the functionfs that is mounted on dir until stop(user) is
 * true, which is asked at least four times a second; blocks.  ready(user) is
 * called when the host may come.  What the host does, or that it goes, is no
 * failure; a system that does not let us serve is.  *st is always filled.
 */
struct gadget_calls {
	void *user;
	void (*ready)(void *user);
	bool (*stop)(void *user);
};
int gadget_serve(struct phone *ph, const char *dir,
		 const struct gadget_options *o, const struct gadget_calls *c,
		 struct gadget_stats *st, struct err *e) MUST_CHECK;

#endif
