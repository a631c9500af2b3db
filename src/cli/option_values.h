/* SPDX-License-Identifier: BSD-3-Clause */
/* option_values.h - what stands behind an option, as a value. */
#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include "base/err.h"

/* Which of n words arg is; ERR_USAGE names them all. */
int option_choice(const char *name, const char *arg, const char *const *words,
		  int n, int *ret, struct err *e) MUST_CHECK;
/* "5", "5%", "0.5%": more than 0, at most 100; of --recheck. */
int option_percent(const char *arg, double *ret, struct err *e) MUST_CHECK;

#endif
