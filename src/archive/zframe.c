/* SPDX-License-Identifier: BSD-3-Clause */
/* zframe.c - libzstd behind two objects: one buffer, one frame. */
#include "archive/zframe.h"

#include "base/block.h"

#include <zstd.h>

#include <stdlib.h>

/*
 * The window of level 3 is 2 MiB.  With 4 MiB a block is a single segment:
 * no window descriptor, and decoders need no more than the content itself.
 */
#define WINDOW_LOG 22

/* Bits of the byte behind the magic number, RFC 8878 section 3.1.1.1.1. */
#define DESCRIPTOR_CHECKSUM 0x04u
#define DESCRIPTOR_ZERO	    0x18u /* the unused and the reserved bit */
#define DESCRIPTOR_SINGLE   0x20u

struct zframe_enc {
	ZSTD_CCtx *ctx;
};

struct zframe_dec {
	ZSTD_DCtx *ctx;
};

_Static_assert(BLOCK_SIZE <= (size_t)1 << WINDOW_LOG, "one block, one segment");

static int set(struct zframe_enc *z, ZSTD_cParameter p, int value,
	       struct err *e)
{
	size_t r = ZSTD_CCtx_setParameter(z->ctx, p, value);

	if (ZSTD_isError(r))
		return err_set(e, ERR_USAGE, "zstd refuses the value %d: %s",
			       value, ZSTD_getErrorName(r));
	return 0;
}

int zframe_enc_new(int level, struct zframe_enc **ret, struct err *e)
{
	struct zframe_enc *z = calloc(1, sizeof(*z));

	if (!z)
		return err_nomem(e);
	z->ctx = ZSTD_createCCtx();
	if (!z->ctx) {
		free(z);
		return err_nomem(e);
	}
	if (set(z, ZSTD_c_compressionLevel, level, e) < 0 ||
	    set(z, ZSTD_c_windowLog, WINDOW_LOG, e) < 0 ||
	    set(z, ZSTD_c_contentSizeFlag, 1, e) < 0 ||
	    set(z, ZSTD_c_checksumFlag, 1, e) < 0 ||
	    set(z, ZSTD_c_dictIDFlag, 0, e) < 0) {
		zframe_enc_free(z);
		return -(int)e->code;
	}
	*ret = z;
	return 0;
}

void zframe_enc_free(struct zframe_enc *z)
{
	if (!z)
		return;
	ZSTD_freeCCtx(z->ctx);
	free(z);
}

size_t zframe_bound(size_t n)
{
	return ZSTD_compressBound(n);
}

int zframe_encode(struct zframe_enc *z, const void *p, size_t n, void *out,
		  size_t cap, size_t *ret_len, struct err *e)
{
	size_t r = ZSTD_compress2(z->ctx, out, cap, p, n);

	if (ZSTD_isError(r))
		return err_set(e, ERR_BUG, "compressing %zu bytes: %s", n,
			       ZSTD_getErrorName(r));
	*ret_len = r;
	return 0;
}

int zframe_dec_new(struct zframe_dec **ret, struct err *e)
{
	struct zframe_dec *z = calloc(1, sizeof(*z));

	if (!z)
		return err_nomem(e);
	z->ctx = ZSTD_createDCtx();
	if (!z->ctx) {
		free(z);
		return err_nomem(e);
	}
	*ret = z;
	return 0;
}

void zframe_dec_free(struct zframe_dec *z)
{
	if (!z)
		return;
	ZSTD_freeDCtx(z->ctx);
	free(z);
}

const char *zframe_check(const void *p, size_t n, size_t content)
{
	const uint8_t *in = p;
	unsigned long long claimed;
	size_t length;

	if (content > ZFRAME_CONTENT_MAX ||
	    n > zframe_bound(ZFRAME_CONTENT_MAX))
		return "the frame is larger than any of ours";
	if (n < 9 || in[0] != 0x28 || in[1] != 0xB5 || in[2] != 0x2F ||
	    in[3] != 0xFD)
		return "no zstd frame starts here";
	if ((in[4] & DESCRIPTOR_ZERO) || !(in[4] & DESCRIPTOR_SINGLE) ||
	    !(in[4] & DESCRIPTOR_CHECKSUM))
		return "the frame header is not as we write it";
	if (ZSTD_getDictID_fromFrame(p, n) != 0)
		return "the frame asks for a dictionary";
	claimed = ZSTD_getFrameContentSize(p, n);
	if (claimed != content)
		return "the frame states another content size";
	length = ZSTD_findFrameCompressedSize(p, n);
	if (ZSTD_isError(length) || length != n)
		return "the frame does not end where the next one starts";
	return NULL;
}

size_t zframe_length(const void *p, size_t n)
{
	size_t length = ZSTD_findFrameCompressedSize(p, n);

	return ZSTD_isError(length) ? 0 : length;
}

const char *zframe_decode(struct zframe_dec *z, const void *p, size_t n,
			  void *out, size_t content)
{
	const char *damage = zframe_check(p, n, content);
	size_t r;

	if (damage)
		return damage;
	r = ZSTD_decompressDCtx(z->ctx, out, content, p, n);
	if (ZSTD_isError(r))
		return ZSTD_getErrorName(r);
	if (r != content)
		return "the frame holds less than it states";
	return NULL;
}
