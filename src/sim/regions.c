/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * regions.c - flash without a table on it: the loader was built with the
 * places (docs/partitions.md 4).  Sizes are our own.
 */
#include "internal.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

#define NOR_MIN MIB
#define NOR_MAX (64 * MIB) /* what one chip select reaches */

/* Of `size` bytes, or of one in `of` of the chip; neither: what is left. */
static const struct piece {
	const char *name;
	uint32_t id, of;
	uint64_t size;
} nor[] = {
	{ "bootloader", 0x80000000, 0, 64 * KIB }, /* with split=1 */
	{ "ps", 0x80000003, 0, 0 },
	{ "resources", 0x90000004, 4, 0 },
	{ "fixnv", 0x90000001, 0, 63 * KIB },
	{ "prodinfo", 0x90000002, 0, 1 * KIB },
	{ "fixnv_bak", 0, 0, 64 * KIB },
	{ "runningnv", 0x90000007, 16, 0 },
	{ "udisk", 0x90000006, 16, 0 },
}, nand[] = {
	{ "boot0", 0x80000001, 0, 128 * KIB },
	{ "boot1", 0x80000002, 0, 256 * KIB },
	{ "kernel", 0x80000003, 0, 2 * MIB },
	{ "userimage", 0x80000004, 0, 4 * MIB },
	{ "nv", 0x90000001, 0, 1 * MIB },
	{ "nv2", 0x9000000C, 0, 256 * KIB },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t size_of(const struct piece *p, uint64_t chip)
{
	return p->of ? chip / p->of : p->size;
}

size_t regions_plan(const struct model *m, const struct cfg *c, uint64_t size,
		    struct region out[REGIONS_MAX])
{
	bool is_nor = m->kind == MODEL_NOR;
	const struct piece *p = is_nor ? nor : nand;
	size_t count = is_nor ? COUNT(nor) : COUNT(nand), n = 0;
	size_t first = is_nor && !c->split;
	uint64_t at = 0, rest = size;

	for (size_t i = first; i < count; i++)
		rest -= size_of(&p[i], size);
	for (size_t i = first; i < count; i++) {
		uint64_t len = size_of(&p[i], size);

		if (!len)
			len = rest;
		out[n++] = (struct region) { p[i].name, p[i].id, at, len };
		at += len;
	}
	return n;
}

static bool is_chip_size(uint64_t n)
{
	return n >= NOR_MIN && n <= NOR_MAX && !(n & (n - 1));
}

static uint64_t nand_size(void)
{
	uint64_t size = 0;

	for (size_t i = 0; i < COUNT(nand); i++)
		size += nand[i].size;
	return size;
}

int regions_make(struct area *a, const struct model *m, const struct cfg *c,
		 struct err *e)
{
	struct region r[REGIONS_MAX];
	uint64_t want = m->kind == MODEL_NOR ? c->flash : nand_size();
	size_t n;
	int rc = 0;

	if (c->boot1 || c->boot2)
		return err_set(e, ERR_USAGE, "this model has no boot areas");
	if (m->kind == MODEL_NOR && !is_chip_size(want))
		return err_set(e, ERR_USAGE,
			       "key 'flash' takes 1M, 2M, 4M ... 64M");
	if (c->storage) {
		rc = area_map_file(a, c->storage, e);
		if (rc == 0 && a->size != want)
			return err_set(e, ERR_USAGE,
				       "storage file '%s' has %llu bytes, "
				       "not the %llu of this phone's flash",
				       c->storage, (unsigned long long)a->size,
				       (unsigned long long)want);
		return rc;
	}
	a->size = want;
	n = regions_plan(m, c, want, r);
	for (size_t i = 0; i < n && !rc; i++)
		rc = contents_add(a, c, r[i].name, r[i].start, r[i].size, e);
	return rc;
}
