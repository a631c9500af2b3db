/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json_field.h - the values of a JSON object from anywhere: of the kind and the
 * size that is wanted, or ERR_FORMAT with the key's name.
 */
#ifndef ARCHIVE_JSON_FIELD_H
#define ARCHIVE_JSON_FIELD_H

#include "base/err.h"
#include "base/sha256.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "'KEY' WHAT" */
int field_bad(struct err *e, const char *key, const char *what) MUST_CHECK;
/* What a terminal would take for a command becomes '?'. */
void field_blunt(char *s);
/* Blunted. */
int field_text(const json_t *o, const char *key, char *out, size_t cap,
	       struct err *e) MUST_CHECK;
int field_number(const json_t *o, const char *key, uint64_t max, uint64_t *ret,
		 struct err *e) MUST_CHECK;
int field_u32(const json_t *o, const char *key, uint32_t *ret,
	      struct err *e) MUST_CHECK;
int field_bool(const json_t *o, const char *key, bool *ret,
	       struct err *e) MUST_CHECK;
int field_digest(const json_t *o, const char *key, uint8_t ret[SHA256_LEN],
		 struct err *e) MUST_CHECK;
/* These are borrowed from o. */
int field_object(const json_t *o, const char *key, const json_t **ret,
		 struct err *e) MUST_CHECK;
int field_list(const json_t *o, const char *key, size_t max, const json_t **ret,
	       struct err *e) MUST_CHECK;

#endif
