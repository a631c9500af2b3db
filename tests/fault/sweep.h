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

#endif
