/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_zframe.c - foreign frames into buffers of exactly the stated size. */
#include "fuzz.h"

#include "archive/zframe.h"

static struct zframe_dec *dec;
static struct zframe_enc *enc;

static void round_trip(const uint8_t *p, size_t n)
{
	uint8_t *frame = exact(zframe_bound(n)), *back = exact(n);
	struct err e;
	size_t len;

	assert(zframe_encode(enc, p, n, frame, zframe_bound(n), &len, &e) == 0);
	assert(!zframe_check(frame, len, n));
	assert(zframe_length(frame, len) == len);
	assert(!zframe_decode(dec, frame, len, back, n));
	assert(!n || memcmp(back, p, n) == 0);
	free(frame);
	free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	/* Large ones are slow and rarely tell more. */
	size_t content = (size_t)take_u16(&in)
			 << (take_u8(&in) == 0xFF ? 9 : 0);
	uint8_t *frame = exact_copy(in.p, in.n), *out = exact(content);
	struct err e;
	const char *wrong;

	if (!dec)
		assert(zframe_dec_new(&dec, &e) == 0 &&
		       zframe_enc_new(1, &enc, &e) == 0);
	assert(zframe_length(frame, in.n) <= in.n);
	wrong = zframe_decode(dec, frame, in.n, out, content);
	if (!wrong) {
		assert(!zframe_check(frame, in.n, content));
		assert(zframe_length(frame, in.n) == in.n);
		touch(out, content);
	} else {
		assert(wrong[0]);
	}
	/* A decoder that has failed is as good as new. */
	round_trip(frame, in.n);
	free(frame);
	free(out);
	return 0;
}
