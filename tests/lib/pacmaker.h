/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pacmaker.h - writes firmware packages.  It was made from docs/protocol.md
 * alone and shares nothing with src/pac.
 */
#ifndef TESTS_LIB_PACMAKER_H
#define TESTS_LIB_PACMAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pacmaker_file {
	const char *id, *name; /* UTF-8 */
	const void *data;      /* NULL: the tool writes it */
	uint64_t size;
	uint32_t kind, address; /* address 0: none */
	bool omit;
};

struct pacmaker {
	bool old; /* BP_R1.0.0 */
	const char *product, *version;
	const struct pacmaker_file *files;
	size_t n;
};

/* Header and directory; the bytes of the files follow in their order. */
uint8_t *pacmaker_head(const struct pacmaker *m, size_t *ret_len);
/* All of it, with right checksums.  The caller frees. */
uint8_t *pacmaker_make(const struct pacmaker *m, size_t *ret_len);
/* Makes the checksums right again after a test has changed something. */
void pacmaker_seal(uint8_t *p, size_t n);
/* Where field `at` of entry i lies. */
size_t pacmaker_field(size_t i, size_t at);

#endif
