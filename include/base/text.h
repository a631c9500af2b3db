/* SPDX-License-Identifier: BSD-3-Clause */
/* text.h - numbers and names in words. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_SIZE_MAX 32

/* A C string that grows; start from { 0 }, end with strbuf_free(). */
struct strbuf {
	char *s; /* NULL until something is added */
	size_t len, cap;
	bool failed; /* memory ran out; what was added since is lost */
};

void strbuf_add(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
void strbuf_add_bytes(struct strbuf *b, const void *p, size_t n);
void strbuf_free(struct strbuf *b);

/* "4096", "0x1000", "4K", "16M", "2G", "1T" (powers of 1024), whole string. */
int text_to_size(const char *s, uint64_t *ret, struct err *e) MUST_CHECK;
/* A whole decimal or 0x number up to max. */
int text_to_u64(const char *s, uint64_t max, uint64_t *ret,
		struct err *e) MUST_CHECK;
/* "1.5 GiB"; for people, so rounded. */
const char *text_size(uint64_t n, char buf[TEXT_SIZE_MAX]);
/* ", sectors of 512 bytes"; 0, which is not known: "". */
const char *text_sectors(uint32_t n, char buf[TEXT_SIZE_MAX]);
/* "1h02m", "3m05s", "12s". */
const char *text_duration(uint64_t seconds, char buf[TEXT_SIZE_MAX]);
/* Copies as much as fits, always terminated; NULL counts as empty. */
void text_copy(char *to, size_t cap, const char *from);
/* Lower case; out has room for 2 * n + 1. */
void text_hex(const uint8_t *p, size_t n, char *out);
/* Exactly n bytes of hex digits; false when s is anything else. */
bool text_unhex(const char *s, uint8_t *out, size_t n);

/*
 * Up to `units` UTF-16LE units into an ASCII name of at most cap - 1
 * characters.  False when a unit is not printable ASCII, when it is a slash
 * or a backslash, when bytes follow the end of the name, or it does not fit:
 * such a name comes from a damaged table and would become a file name.
 */
bool text_from_utf16le(const uint8_t *p, size_t units, char *out, size_t cap);
/* ASCII into exactly `units` UTF-16LE units, zero-filled; false if too long. */
bool text_to_utf16le(const char *s, uint8_t *out, size_t units);

/* Copies what is printable, the rest as '?', always terminated. */
void text_clean(const void *p, size_t n, char *out, size_t cap);
/* May become a file name: no slash, no leading dot, printable ASCII. */
bool text_is_file_name(const char *s);

#endif
