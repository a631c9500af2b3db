/* SPDX-License-Identifier: BSD-3-Clause */
/* journal_words.h - a line of a journal, word by word; foreign bytes. */
#ifndef ARCHIVE_JOURNAL_WORDS_H
#define ARCHIVE_JOURNAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a line; words are separated by single blanks. */
struct words {
	char *p, *end;
	bool bad; /* a word was missing or no such thing; stays so */
};

/* The next word, not terminated; false when there is none. */
bool words_next(struct words *w, char **ret, size_t *ret_n);
/* A decimal number up to max; 0 and `bad` when it is none. */
uint64_t words_number(struct words *w, uint64_t max);
/* 16 hex digits; 0 and `bad` when they are none. */
uint64_t words_digest(struct words *w);
/* All was good, and nothing is left. */
bool words_end(const struct words *w);
/* The 16 hex digits at s. */
bool words_hex64(const char *s, uint64_t *ret);

#endif
