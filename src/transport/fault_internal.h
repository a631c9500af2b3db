/* SPDX-License-Identifier: BSD-3-Clause */
/* fault_internal.h - which fault, when, and to how many bytes. */
#ifndef TRANSPORT_FAULT_INTERNAL_H
#define TRANSPORT_FAULT_INTERNAL_H

#include "transport/fault.h"

#include <stdbool.h>
#include <stddef.h>

#define FAULT_PLAN_MAX	512u /* characters */
#define FAULT_PLAN_SIZE 16u  /* faults */

struct planned_fault {
	enum fault_kind kind;
	uint64_t n;	  /* first transfer of its direction, from 1 */
	uint64_t one_in;  /* 0: at n, n + 1 ...; else by chance */
	uint64_t times;	  /* left; UINT64_MAX: no end */
	uint64_t late_ms; /* 0: until the next request */
	uint64_t rng;
};

struct fault_plan {
	struct planned_fault v[FAULT_PLAN_SIZE];
	size_t n;
};

int fault_plan_parse(const char *text, struct fault_plan *ret,
		     struct err *e) MUST_CHECK;
/* Of the transfer with this number; counts it when true. */
bool fault_is_due(struct planned_fault *f, uint64_t number);
bool fault_is_of_request(enum fault_kind k);
/* 0 .. below - 1, of the fault's own choices. */
uint64_t fault_choose(struct planned_fault *f, uint64_t below);

/*
 * How many of n bytes are the first answer; 0: it goes on.  Whether escaping
 * is on is not known here; a frame fits one of the two ways.  What fits none
 * is taken as it came.
 */
size_t fault_answer_end(const uint8_t *p, size_t n);

#endif
