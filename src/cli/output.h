/* SPDX-License-Identifier: BSD-3-Clause */
/* output.h - can OUT be written at all? */
#ifndef SRC_CLI_OUTPUT_H
#define SRC_CLI_OUTPUT_H

#include "options.h"

/*
 * Looks at -o OUT before anything is done with a phone: its name, its folder,
 * whether it is there already.  Creates nothing; what comes later can fail all
 * the same.
 */
int output_check(const struct options *o, struct err *e) MUST_CHECK;

#endif
