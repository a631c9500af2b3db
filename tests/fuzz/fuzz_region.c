/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_region.c - sizes out of the first bytes of a region: never too much. */
#include "fuzz.h"

#include "device/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint64_t image = take_u64(&in) % (REGION_MAX + 1);
	struct input sign = take(&in, take_u16(&in) % (REGION_SIGN_SIZE + 1));
	uint8_t *head = exact_copy(in.p, in.n);
	uint8_t *tail = exact_copy(sign.p, sign.n);
	enum region_size_from from;
	uint64_t size = region_size_of_head(head, in.n, &from);

	assert(size <= REGION_MAX);
	assert((size == 0) == (from == REGION_SIZE_UNKNOWN));
	assert(!size || in.n >= 16);
	size = region_size_of_sign(tail, sign.n, image);
	/* The image at least, and no more than a signature behind it. */
	assert(size >= image && size % 512 == 0);
	assert(size < image + (1 << 20));
	free(head);
	free(tail);
	return 0;
}
