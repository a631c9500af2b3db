/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_nv_write.c - NV read raw, written by its first copy's name, and read
 * again: the items are what they were, whatever the loader makes around them.
 */
#include "device/nv.h"
#include "device/reader.h"
#include "device/writer.h"

#include "lib/unit.h"
#include "lib/wirerig.h"

#include "base/bytes.h"
#include "bsl/proto.h"

static struct wirerig on;
static struct err e;
static uint8_t before[2 << 20], after[2 << 20];

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

/* A partition as it lies on the flash, through the whole storage. */
static size_t read_raw(const char *name, uint8_t *to)
{
	struct extent x = { .name = BSL_USER_PARTITION };

	wirerig_find(&on, name, &x.offset, &x.length);
	assert_true(x.length <= sizeof(before));
	assert_ok(reader_read(on.s, &x, to, &e), &e);
	return (size_t)x.length;
}

struct feed {
	const uint8_t *p;
	size_t at;
};

static int pull(void *user, void *buf, size_t n, struct err *pe)
{
	struct feed *f = user;

	(void)pe;
	memcpy(buf, f->p + f->at, n);
	f->at += n;
	return 0;
}

static int put_nv(const char *name, const struct nv_image *im)
{
	struct write_target t = { .has_sum = true };
	struct write_result result;
	struct feed f = { 0 };
	struct write_source src = { &f, pull };
	uint8_t *packed;
	size_t n;
	int rc;

	snprintf(t.name, sizeof(t.name), "%s", name);
	assert_ok(nv_pack(im, &packed, &n, &t.sum, &e), &e);
	t.size = n;
	f.p = packed;
	rc = writer_put(on.s, &t, &src, NULL, &result, &e);
	free(packed);
	return rc;
}

static void assert_same(const struct nv_image *im, const char *name)
{
	struct nv_difference d;
	struct nv_image now;
	size_t n = read_raw(name, after);

	assert_ok(nv_parse(after, n, &now, &e), &e);
	if (nv_compare(im, &now, &d, &e) != 1)
		fail_msg("%s: %zu equal, %zu differ, %zu and %zu alone", name,
			 d.equal, d.differ, d.only_a, d.only_b);
	assert_true(now.sum_fits && now.crc_fits);
}

static const struct {
	const char *spec, *first, *second;
} cases[] = {
	{ "ums512", "l_fixnv1_a", "l_fixnv2_a" },
	{ "ums512", "l_runtimenv1", "l_runtimenv2" },
	{ "ums9230", "l_fixnv1_a", "l_fixnv2_a" },
	{ "sc9863a", "l_fixnv1", "l_fixnv2" },
	/* The ways in which builds make the new image. */
	{ "ums512,nv_write=len", "l_fixnv1_a", "l_fixnv2_a" },
	{ "ums512,nv_sum32=1", "l_fixnv1_b", "l_fixnv2_b" },
};

/* The items of one phone onto one with others, and its own back again. */
static void items_come_back_in_both_copies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nv_image own;
		struct nv_image other;
		size_t n;

		on.opt.may_write = on.may_write = true;
		wirerig_open_raised(&on, cases[i].spec);
		n = read_raw(cases[i].first, before);
		assert_ok(nv_parse(before, n, &own, &e), &e);
		assert_true(own.items > 100 && own.sum_fits && own.crc_fits);
		assert_true(own.send_len < own.len);

		memcpy(after, before, n);
		assert_ok(nv_parse(after, n, &other, &e), &e);
		for (size_t k = 0; k < 16; k++) /* another first item */
			after[NV_HEAD_SIZE + 8 + k] ^= 0x5A;
		assert_ok(put_nv(cases[i].first, &other), &e);
		n = read_raw(cases[i].first, after);
		assert_ok(nv_parse(after, n, &other, &e), &e);
		assert_int_equal(other.items, own.items);
		assert_memory_not_equal(other.body + 8, own.body + 8, 16);

		assert_ok(put_nv(cases[i].first, &own), &e);
		assert_same(&own, cases[i].first);
		assert_same(&own, cases[i].second);
		wirerig_close(&on);
	}
}

/* More than the loader keeps room for is refused before anything is lost. */
static void an_image_too_large_leaves_it_as_it_was(void **state)
{
	struct nv_image own;
	size_t n;

	(void)state;
	on.opt.may_write = on.may_write = true;
	wirerig_open_raised(&on, "ums512,fixnv_size=0x1000");
	n = read_raw("l_fixnv1_a", before);
	assert_ok(nv_parse(before, n, &own, &e), &e);
	assert_true(own.send_len > 0x1000);
	assert_err(put_nv("l_fixnv1_a", &own), ERR_REFUSED, "START_DATA", &e);
	assert_int_equal(e.sys, BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(e.why, WHY_WRITE_SIZE);
	assert_same(&own, "l_fixnv1_a");
	wirerig_close(&on);
}

/* "NV protect": what the loader keeps of its own is seen, and named. */
static void items_that_the_loader_keeps_are_seen(void **state)
{
	struct nv_difference d;
	struct nv_image own, now;
	size_t n;

	(void)state;
	on.opt.may_write = on.may_write = true;
	wirerig_open_raised(&on, "ums512,nv_write=merge");
	n = read_raw("l_fixnv1_a", before);
	/* Item 5, behind four of 64 bytes each, and the first. */
	before[NV_HEAD_SIZE + 4 + 4 * 64 + 4] ^= 0x11;
	before[NV_HEAD_SIZE + 4 + 4] ^= 0x11;
	assert_ok(nv_parse(before, n, &own, &e), &e);
	assert_ok(put_nv("l_fixnv1_a", &own), &e);
	n = read_raw("l_fixnv1_a", after);
	assert_ok(nv_parse(after, n, &now, &e), &e);
	assert_int_equal(nv_compare(&own, &now, &d, &e), 0);
	assert_int_equal(d.differ, 1);
	assert_int_equal(d.id, 5);
	assert_int_equal(d.equal, own.items - 1);
	wirerig_close(&on);
}

/* Sent as it lies there it would be encrypted twice. */
static void an_encrypted_build_is_recognised(void **state)
{
	static const char *const names[] = { "l_fixnv1_a", "l_fixnv2_b",
					     "l_runtimenv1" };
	struct nv_image own;

	(void)state;
	on.opt.may_write = on.may_write = true;
	wirerig_open_raised(&on, "ums512,nv_crypt=1");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = read_raw(names[i], before);

		assert_err(nv_parse(before, n, &own, &e), ERR_FORMAT,
			   "encrypts or protects", &e);
	}
	wirerig_close(&on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(items_come_back_in_both_copies, drop),
		cmocka_unit_test_teardown(
			an_image_too_large_leaves_it_as_it_was, drop),
		cmocka_unit_test_teardown(items_that_the_loader_keeps_are_seen,
					  drop),
		cmocka_unit_test_teardown(an_encrypted_build_is_recognised,
					  drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
