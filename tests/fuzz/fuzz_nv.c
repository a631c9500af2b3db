/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_nv.c - NV partitions: what is accepted can be packed and compared. */
#include "fuzz.h"

#include "device/nv.h"

static void check_image(const struct nv_image *im, size_t n)
{
	struct nv_cursor c = { 0 };
	struct nv_item item;
	size_t count = 0;

	assert(n >= NV_HEAD_SIZE && im->len <= n - NV_HEAD_SIZE);
	assert(im->list_end <= im->len && im->send_len <= im->len);
	assert(im->send_len == im->len || im->send_len == im->list_end);
	assert(im->ncores >= 1 && im->ncores <= NV_CORES_MAX);
	assert(im->items >= 1 && im->items <= NV_ITEMS_MAX);
	for (; nv_next(im, &c, &item); count++) {
		assert(item.core < im->ncores && item.id < 0xFFFE);
		touch(item.data, item.len);
	}
	assert(count == im->items);
}

static void check_pack(const struct nv_image *im)
{
	struct err e = { .code = ERR_NONE };
	uint32_t sum, want = 0;
	uint8_t *p;
	size_t n;

	assert(nv_pack(im, &p, &n, &sum, &e) == 0);
	assert(n % 2 == 0 && n - im->send_len < 2);
	assert(memcmp(p + 2, im->body + 2, im->send_len - 2) == 0);
	for (size_t i = 0; i < n; i++)
		want += p[i];
	assert(sum == want);
	free(p);
}

/* Header and a list of its own, from what is left: deeper than chance gets. */
static size_t make(struct input *in, uint8_t **ret)
{
	bool as_it_is = take_u8(in) & 1;
	struct input body = take(in, take_u16(in));
	size_t n = body.n + (as_it_is ? 0 : NV_HEAD_SIZE);
	uint8_t *p = exact(n);

	if (as_it_is) {
		memcpy(p, body.p, body.n);
	} else {
		memset(p, 0, NV_HEAD_SIZE);
		put_le32(p, 0x4E56);
		put_le32(p + 4, (uint32_t)body.n);
		memcpy(p + NV_HEAD_SIZE, body.p, body.n);
	}
	*ret = p;
	return n;
}

static bool parse(const uint8_t *p, size_t n, struct nv_image *im)
{
	struct err e = { .code = ERR_NONE };
	int rc = nv_parse(p, n, im, &e);

	if (rc < 0) {
		assert_failure(rc, &e);
		return false;
	}
	check_image(im, n);
	check_pack(im);
	return true;
}

static void check_difference(const struct nv_image *a, const struct nv_image *b,
			     int rc, const struct nv_difference *d)
{
	assert(rc == 0 || rc == 1);
	if (d->cores)
		return;
	assert(d->equal + d->differ + d->only_a == a->items);
	assert(d->equal + d->differ + d->only_b == b->items);
	assert((rc == 1) == (d->differ + d->only_a + d->only_b == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	struct nv_image a, b;
	struct nv_difference d;
	struct err e = { .code = ERR_NONE };
	uint8_t *pa, *pb;
	size_t na = make(&in, &pa), nb = make(&in, &pb);
	bool first = parse(pa, na, &a), second = parse(pb, nb, &b);

	if (first)
		assert(nv_compare(&a, &a, &d, &e) == 1 && d.equal == a.items);
	if (first && second)
		check_difference(&a, &b, nv_compare(&a, &b, &d, &e), &d);
	free(pa);
	free(pb);
	return 0;
}
