/* SPDX-License-Identifier: BSD-3-Clause */
/* sha256.h - SHA-256 by libcrypto, which uses the CPU's instructions. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32
#define SHA256_HEX 65

struct sha256;

int sha256_new(struct sha256 **ret, struct err *e) MUST_CHECK;
void sha256_free(struct sha256 *h);
/* Starts (again); a sha256 may be used for any number of digests. */
int sha256_begin(struct sha256 *h, struct err *e) MUST_CHECK;
int sha256_add(struct sha256 *h, const void *p, size_t n,
	       struct err *e) MUST_CHECK;
int sha256_end(struct sha256 *h, uint8_t ret[SHA256_LEN],
	       struct err *e) MUST_CHECK;
/* All at once. */
int sha256_of(const void *p, size_t n, uint8_t ret[SHA256_LEN],
	      struct err *e) MUST_CHECK;

#endif
