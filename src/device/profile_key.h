/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * profile_key.h - the values of a profile's keys: each is taken out of the
 * file, or refused with a message that names file, line and key; pure.
 */
#ifndef DEVICE_PROFILE_KEY_H
#define DEVICE_PROFILE_KEY_H

#include "base/config.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key {
	struct config *c;
	const char *section, *name;
};

/* The refusal of this value; the caller returns it. */
int key_bad(const struct key *k, const char *value, const char *why,
	    struct err *e) MUST_CHECK;
/* Adds a value to text of cap bytes, behind `glue` unless it is the first. */
int key_append(const struct key *k, const char *value, const char *glue,
	       char *text, size_t cap, struct err *e) MUST_CHECK;
/* All lines of one key as one text; may be empty. */
int key_text(const struct key *k, const char *glue, char *text, size_t cap,
	     struct err *e) MUST_CHECK;
/* The same of a key that must be there. */
int key_need_text(const struct key *k, const char *glue, char *text, size_t cap,
		  struct err *e) MUST_CHECK;
/* Each line of one key into a row of its own, max at most; none twice. */
int key_rows(const struct key *k, char *rows, size_t row_size, size_t max,
	     size_t *n, struct err *e) MUST_CHECK;
/* A load address; *has and *ret stay as they are without the key. */
int key_address(const struct key *k, bool *has, uint32_t *ret,
		struct err *e) MUST_CHECK;
/* A key that is there to say yes. */
int key_yes(const struct key *k, bool *ret, struct err *e) MUST_CHECK;

#endif
