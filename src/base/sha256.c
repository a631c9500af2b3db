/* SPDX-License-Identifier: BSD-3-Clause */
/* sha256.c - EVP behind four functions. */
#include "base/sha256.h"

#include <openssl/evp.h>

#include <stdlib.h>

struct sha256 {
	EVP_MD_CTX *ctx;
};

static int failed(struct err *e)
{
	return err_set(e, ERR_BUG, "libcrypto refused to compute a SHA-256");
}

int sha256_new(struct sha256 **ret, struct err *e)
{
	struct sha256 *h = calloc(1, sizeof(*h));

	if (!h)
		return err_nomem(e);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx) {
		free(h);
		return err_nomem(e);
	}
	*ret = h;
	return 0;
}

void sha256_free(struct sha256 *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

int sha256_begin(struct sha256 *h, struct err *e)
{
	if (EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
		return failed(e);
	return 0;
}

int sha256_add(struct sha256 *h, const void *p, size_t n, struct err *e)
{
	if (EVP_DigestUpdate(h->ctx, p, n) != 1)
		return failed(e);
	return 0;
}

int sha256_end(struct sha256 *h, uint8_t ret[SHA256_LEN], struct err *e)
{
	if (EVP_DigestFinal_ex(h->ctx, ret, NULL) != 1)
		return failed(e);
	return 0;
}

int sha256_of(const void *p, size_t n, uint8_t ret[SHA256_LEN], struct err *e)
{
	if (EVP_Digest(p, n, ret, NULL, EVP_sha256(), NULL) != 1)
		return failed(e);
	return 0;
}
