/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_tarhdr.c - tar headers; names that are accepted stay in the folder. */
#include "fuzz.h"

#include "archive/tarhdr.h"

static void check(const struct tarhdr *h)
{
	uint8_t made[TARHDR_MAX];
	struct tarhdr again;
	struct err e;
	size_t n;

	assert(manifest_member_is_safe(h->name));
	assert(h->size <= INT64_MAX && tar_padding(h->size) < TAR_UNIT);
	assert(tarhdr_make(h->name, h->size, made, &n, &e) == 0);
	assert(n == TAR_UNIT || n == 3 * TAR_UNIT);
	assert(tarhdr_parse(made, n, &again, &e) == 0);
	assert(strcmp(again.name, h->name) == 0 && again.size == h->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in);
	uint8_t *raw = exact_copy(in.p, in.n);
	struct err e = { .code = ERR_NONE };
	char name[MEMBER_NAME_MAX];
	struct tarhdr h;
	int rc;

	for (size_t at = 0; options & 1 && at + TAR_UNIT <= in.n;
	     at += TAR_UNIT)
		fix_tar(raw + at);
	rc = tarhdr_parse(raw, in.n, &h, &e);
	if (rc < 0)
		assert_failure(rc, &e);
	else
		check(&h);
	if (in.n > 0) {
		raw[in.n - 1] = '\0';
		if (!tar_name((char *)raw, name))
			assert(manifest_member_is_safe(name));
		assert(strlen(name) < sizeof(name));
	}
	free(raw);
	return 0;
}
