/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_seektable.c - a tail that is accepted is made again byte for byte. */
#include "fuzz.h"

#include "archive/seektable.h"

#include <xxhash.h>

#define LENGTH_AT      40 /* in the trailer: bytes before it */
#define TAIL_DIGEST_AT 56

/* No fuzzer finds a digest. */
static void fix_digest(uint8_t *p, size_t n)
{
	XXH64_hash_t head = XXH64(p, TAIL_DIGEST_AT, 0);

	put_le64(p + TAIL_DIGEST_AT,
		 XXH64(p + TAIL_TRAILER_SIZE, n - TAIL_TRAILER_SIZE, head));
}

static void check(const struct seektable *t, const struct trailer *tr,
		  const uint8_t *p, size_t n, uint64_t file_size)
{
	struct err e;
	uint8_t *again;
	size_t again_n;

	assert(t->count >= 1 && t->count <= SEEKTABLE_FRAMES_MAX);
	assert(t->start[0] == 0 && t->start[t->count] == file_size - n);
	for (uint32_t i = 0; i < t->count; i++)
		assert(t->start[i] + seektable_compressed(t, i) ==
		       t->start[i + 1]);
	assert(tr->manifest_frame < t->count);
	assert(tail_encode(t, tr, &again, &again_n, &e) == 0);
	assert(again_n == n && memcmp(again, p, n) == 0);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in);
	uint64_t file_size = options & 1 ? take_u64(&in) : 0;
	uint8_t *tail = exact_copy(in.p, in.n);
	struct seektable t;
	struct trailer tr;
	struct err e = { .code = ERR_NONE };
	size_t measured = 0;
	int rc;

	if (in.n >= TAIL_TRAILER_SIZE && options & 2)
		fix_digest(tail, in.n);
	if (in.n >= TAIL_TRAILER_SIZE && !(options & 1))
		file_size = get_le64(tail + LENGTH_AT) + in.n;
	if (in.n >= TAIL_FOOTER_SIZE) {
		rc = tail_measure(tail + in.n - TAIL_FOOTER_SIZE, file_size,
				  &measured, &e);
		if (rc < 0)
			assert_failure(rc, &e);
		else
			assert(measured <= file_size);
	}
	rc = tail_decode(tail, in.n, file_size, &t, &tr, &e);
	if (rc < 0) {
		assert_failure(rc, &e);
	} else {
		assert(measured == in.n);
		check(&t, &tr, tail, in.n, file_size);
		seektable_free(&t);
	}
	free(tail);
	return 0;
}
