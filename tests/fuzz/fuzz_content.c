/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_content.c - what bytes are; never more than the partition holds. */
#include "fuzz.h"

#include "job/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint64_t size = take_u64(&in);
	uint8_t *head = exact_copy(in.p, in.n);
	struct content c = { .kind = NULL, .payload = UINT64_MAX };
	struct content no_size;

	content_sniff(head, in.n, size, &c);
	assert(c.kind && strlen(c.kind) < 32);
	assert(c.payload <= size && (c.kind[0] || !c.payload));
	/* The kind does not depend on the size. */
	content_sniff(head, in.n, 0, &no_size);
	assert(no_size.kind == c.kind && no_size.payload == 0);
	free(head);
	return 0;
}
