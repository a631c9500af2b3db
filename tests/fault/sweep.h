/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep.h - every kind of fault at every transfer of some sessions. */
#ifndef FAULT_SWEEP_H
#define FAULT_SWEEP_H

#include "lib/faulted.h"

/*
 * The main() of a sweep over these cases: one test each.  An argument: only
 * the cases whose name holds it.
 */
int sweep_main(const struct faulted_case *cases, size_t n, int argc,
	       char **argv);

/* -- for sweeps of other sessions ---------------------------------------- */

/* The plan for one fault of this kind at the n-th transfer that it can meet. */
void sweep_plan(char *out, size_t cap, enum fault_kind kind, uint64_t n);
/* It meets requests, not answers. */
bool sweep_is_of_request(enum fault_kind kind);
/* Prints the line of the i-th case, from 0; 1 if any ended wrong. */
unsigned sweep_told(size_t i, const char *name, unsigned bad);

#endif
