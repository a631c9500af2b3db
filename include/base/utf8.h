/* SPDX-License-Identifier: BSD-3-Clause */
/* utf8.h - characters in UTF-8, and which of them nobody may print. */
#ifndef SPDVAULT_BASE_UTF8_H
#define SPDVAULT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BYTES_MAX 4

/* Control characters, what turns the direction of text, and no characters. */
bool utf8_is_odd(uint32_t c);

/* The character at s and its bytes; UINT32_MAX and 1 for what is no UTF-8. */
uint32_t utf8_get(const char *s, size_t *ret_n);

/* Writes c without a zero; returns how many bytes, up to UTF8_BYTES_MAX. */
size_t utf8_put(uint32_t c, char *to);

/* Each odd character, and each byte that is no UTF-8, becomes one '?'. */
void utf8_tame(char *s);

#endif
