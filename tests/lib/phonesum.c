/* SPDX-License-Identifier: BSD-3-Clause */
/* phonesum.c - digests of a simulated phone's storage, and damage to it. */
#include "lib/phonesum.h"

#include "lib/crc_arc.h"
#include "lib/rig.h"

#include "base/bytes.h"

#include <fnmatch.h>

#define NV_HEAD	 512u
#define NV_ITEMS (NV_HEAD + 4u)

static uint8_t *load(const struct phone *p, const struct rig_place *at)
{
	uint8_t *all = malloc(at->size);

	assert_non_null(all);
	assert_true(phone_peek(p, at->area, at->offset, all, at->size));
	return all;
}

static bool is_nv_name(const char *name)
{
	return fnmatch("*fixnv[12]*", name, 0) == 0 ||
	       fnmatch("*runtimenv[12]*", name, 0) == 0;
}

/* The end of its items; 0 when that is none. */
static size_t nv_end(const uint8_t *p, size_t n)
{
	size_t at = NV_ITEMS;

	if (n < NV_ITEMS + 8 || get_le32(p) != 0x4E56)
		return 0;
	while (at + 4 <= n && get_le16(p + at) != 0xFFFF)
		at += 4 + ((size_t)get_le16(p + at + 2) + 3) / 4 * 4;
	return at + 4 <= n ? at + 4 : 0;
}

static void sum(const uint8_t *p, size_t n, uint8_t out[SHA256_LEN])
{
	struct err e;

	assert_ok(sha256_of(p, n, out, &e), &e);
}

static void take_one(const struct phone *p, const char *name,
		     const struct rig_place *at, struct phonesum *ret)
{
	struct phonesum_part *s = &ret->v[ret->n++];
	uint8_t *all = load(p, at);
	size_t end = is_nv_name(name) ? nv_end(all, at->size) : 0;

	assert_true(ret->n <= PHONESUM_MAX);
	memset(s, 0, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "%s", name);
	if (strcmp(name, "miscdata") == 0 && at->size >= 0x81800) {
		memset(all + 0x2400, 0, 0x400);
		memset(all + 0x81400, 0, 0x400);
	}
	sum(all, at->size, s->bytes);
	s->is_nv = end > 0;
	if (s->is_nv)
		sum(all + NV_ITEMS, end - NV_ITEMS, s->items);
	free(all);
}

struct taking {
	const struct phone *p;
	struct phonesum *ret;
};

static void take_named(void *user, const char *name, uint64_t size)
{
	struct taking *t = user;
	struct rig_place at;

	(void)size;
	assert_true(rig_find(t->p, name, &at));
	take_one(t->p, name, &at, t->ret);
}

void phonesum_take(const struct phone *p, struct phonesum *ret)
{
	struct taking t = { p, ret };
	const struct rig_place table = { "user", 0, 0x6000 };

	ret->n = 0;
	take_one(p, "table", &table, ret);
	rig_each(p, take_named, &t);
	take_named(&t, "splloader", 0);
	take_named(&t, "splloader_bak", 0);
}

const struct phonesum_part *phonesum_find(const struct phonesum *s,
					  const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	return NULL;
}

bool phonesum_same(const struct phonesum_part *a, const struct phonesum_part *b,
		   bool items)
{
	if (items && a->is_nv && b->is_nv)
		return memcmp(a->items, b->items, SHA256_LEN) == 0;
	return memcmp(a->bytes, b->bytes, SHA256_LEN) == 0;
}

void phonesum_assert_same(const struct phonesum *a, const struct phonesum *b,
			  bool items)
{
	unsigned bad = 0;

	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->v[i].name, b->v[i].name);
		if (!phonesum_same(&a->v[i], &b->v[i], items)) {
			print_error("'%s' is not the same\n", a->v[i].name);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

/* -- damage -------------------------------------------------------------- */

static void seal_nv(uint8_t *p, size_t end)
{
	uint32_t len = get_le32(p + 4);
	uint64_t s = 0;

	put_be16(p + NV_HEAD, crc_arc(0, p + NV_HEAD + 2, end - NV_HEAD - 2));
	for (uint32_t i = 0; i < len; i += 2)
		s += get_le16(p + NV_HEAD + i);
	while (s >> 16)
		s = (s & 0xFFFF) + (s >> 16);
	put_le32(p + 8, (uint16_t)~s);
}

/* Every item with this number; 0: every seventh. */
static void change_items(uint8_t *p, size_t end, unsigned id)
{
	size_t at = NV_ITEMS;

	while (at + 4 < end) {
		unsigned no = get_le16(p + at), n = get_le16(p + at + 2);

		if (n && (id ? no == id : no % 7 == 5))
			p[at + 4] ^= 0x5A;
		at += 4 + ((size_t)n + 3) / 4 * 4;
	}
}

void phonesum_change_item(struct phone *p, const char *name, unsigned id)
{
	struct rig_place at;
	uint8_t *all;
	size_t end;

	assert_true(rig_find(p, name, &at));
	all = load(p, &at);
	end = nv_end(all, at.size);
	assert_true(end > 0);
	change_items(all, end, id);
	seal_nv(all, end);
	assert_true(phone_poke(p, at.area, at.offset, all, at.size));
	free(all);
}

void phonesum_damage(struct phone *p, const char *name, uint64_t from)
{
	struct rig_place at;
	uint8_t *all;
	uint32_t x = 1;

	assert_true(rig_find(p, name, &at));
	all = load(p, &at);
	for (uint64_t i = 0; i < at.size; i++) {
		x = x * 1664525 + 1013904223;
		if (i >= from)
			all[i] = (uint8_t)(x >> 24);
	}
	assert_true(phone_poke(p, at.area, at.offset, all, at.size));
	free(all);
}

static void damage_named(void *user, const char *name, uint64_t size)
{
	struct phone *p = user;

	(void)size;
	if (is_nv_name(name))
		phonesum_change_item(p, name, 0);
	else if (strcmp(name, "prodnv") == 0)
		/* Without its magic a loader does not give it [5.5]. */
		phonesum_damage(p, name, 4096);
	else if (strncmp(name, "splloader", 9) == 0)
		/* Into one without a header a loader puts a sum [7.3]. */
		phonesum_damage(p, name, 512);
	else
		phonesum_damage(p, name, 0);
}

void phonesum_damage_all(struct phone *p)
{
	rig_each(p, damage_named, p);
	damage_named(p, "splloader", 0);
	damage_named(p, "splloader_bak", 0);
}
