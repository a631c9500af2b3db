/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_sparse.c - sparse images from outside; and wrapped dumps come back. */
#include "fuzz.h"

#include "device/sparse.h"

#define OUT_MAX ((uint64_t)1 << 20)

static int from_input(void *user, void *buf, size_t n, struct err *e)
{
	struct input *in = user;

	assert(n > 0 && n <= WRITE_PULL_MAX);
	if (n > in->n)
		return err_set(e, ERR_FORMAT, "the file ends");
	memcpy(buf, take(in, n).p, n);
	return 0;
}

/* What comes, in pieces of that size; false: a failure with words. */
static bool pull(const struct write_source *s, uint8_t *to, size_t n,
		 size_t piece)
{
	struct err e = { .code = ERR_NONE };

	for (size_t at = 0; at < n;) {
		size_t some = n - at < piece ? n - at : piece;
		int rc = s->pull(s->user, to + at, some, &e);

		if (rc < 0) {
			assert_failure(rc, &e);
			return false;
		}
		at += some;
	}
	return true;
}

static bool expand(struct input in, size_t piece, uint8_t **ret, size_t *ret_n)
{
	struct write_source from = { &in, from_input };
	struct err e = { .code = ERR_NONE };
	struct sparse_read r;
	struct write_source s = { &r, sparse_read_pull };
	int rc = sparse_read_begin(&r, &from, &e);

	*ret = NULL;
	if (rc < 0) {
		assert_failure(rc, &e);
		return false;
	}
	if (r.size > OUT_MAX)
		return false;
	*ret_n = (size_t)r.size;
	*ret = exact(*ret_n);
	if (!pull(&s, *ret, *ret_n, piece))
		return false;
	assert(r.unsaid <= r.size);
	rc = sparse_read_end(&r, &e);
	if (rc < 0)
		assert_failure(rc, &e);
	return rc == 0;
}

static void there_and_back(const uint8_t *p, size_t n, size_t piece)
{
	struct input raw = { p, n - n % 512 };
	struct write_source from = { &raw, from_input }, s;
	size_t len = raw.n, size = (size_t)sparse_wrapped_size(len), back_n;
	uint8_t *image, *back;
	struct sparse_wrap w;

	if (!size)
		return;
	image = exact(size);
	s = sparse_wrap_begin(&w, &from, len);
	assert(pull(&s, image, size, piece));
	assert(sparse_is_expanded(image, size));
	assert(expand((struct input) { image, size }, piece, &back, &back_n));
	assert(back_n == len && memcmp(back, p, len) == 0);
	free(image);
	free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	size_t piece = take_u16(&in) % 0xF000 + 1;
	uint8_t *copy = exact_copy(in.p, in.n), *one, *two;
	size_t none = 0, ntwo = 0;

	(void)sparse_is_expanded(copy, in.n);
	/* The pieces make no difference. */
	if (expand((struct input) { copy, in.n }, piece, &one, &none)) {
		assert(expand((struct input) { copy, in.n }, 0xF000, &two,
			      &ntwo));
		assert(none == ntwo && memcmp(one, two, none) == 0);
		free(two);
	}
	free(one);
	there_and_back(copy, in.n, piece);
	free(copy);
	return 0;
}
