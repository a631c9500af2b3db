/* SPDX-License-Identifier: BSD-3-Clause */
/* unit.h - what every cmocka test of the wire includes. */
#ifndef LIB_UNIT_H
#define LIB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Fails the test with the text of e unless rc is 0. */
#define assert_ok(rc, e)                                                      \
	do {                                                                  \
		int assert_ok_rc = (rc);                                      \
		if (assert_ok_rc != 0)                                        \
			fail_msg("%s: %d: %s", #rc, assert_ok_rc, (e)->text); \
	} while (0)

/* The kind, and a piece of the text ("" when any will do). */
#define assert_err(rc, kind, piece, e)                                      \
	do {                                                                \
		int assert_err_rc = (rc);                                   \
		if (assert_err_rc != -(int)(kind) || (e)->code != (kind) || \
		    !strstr((e)->text, piece))                              \
			fail_msg("%s: got %d '%s', wanted %d '%s'", #rc,    \
				 assert_err_rc,                             \
				 assert_err_rc ? (e)->text : "(success)",   \
				 -(int)(kind), piece);                      \
	} while (0)

/* A random number generator whose numbers are the same everywhere. */
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
