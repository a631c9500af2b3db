/* SPDX-License-Identifier: BSD-3-Clause */
/* config.h - INI files whose every key is used, or it is an error. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CONFIG_FILE_MAX	  65536
#define CONFIG_VALUES_MAX 512

struct config;

/*
 * Parses n bytes; `origin` (a file name) is for messages only.  ERR_PROFILE
 * with the line for control bytes and for lines that inih would cut.
 */
int config_parse(const char *text, size_t n, const char *origin,
		 struct config **ret, struct err *e) MUST_CHECK;
void config_free(struct config *c);

/*
 * The next value of section and key that has not been taken, in the order of
 * the file; NULL when there is none (left).  Borrowed from c.  A key may be
 * repeated where the caller takes it repeatedly.
 */
const char *config_take(struct config *c, const char *section, const char *key);
/* As config_take(); ERR_PROFILE naming origin, section and key without it. */
int config_need(struct config *c, const char *section, const char *key,
		const char **ret, struct err *e) MUST_CHECK;
/* "origin:line: [section] key = value: why", for a value from config_take(). */
int config_bad(const struct config *c, const char *section, const char *key,
	       const char *value, const char *why, struct err *e) MUST_CHECK;
/* ERR_PROFILE with line number for the first key that nobody took. */
int config_done(const struct config *c, struct err *e) MUST_CHECK;

#endif
