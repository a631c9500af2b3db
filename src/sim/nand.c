/* SPDX-License-Identifier: BSD-3-Clause */
/* nand.c - what is other on NAND: volumes, bad blocks, sizes [5.8]. */
#include "internal.h"

#include "base/bytes.h"

#include <string.h>

#define UBIFS_MAGIC 0x06101831u

static bool is_bad(struct phone *p, const struct target *part, uint64_t block)
{
	for (size_t i = 0; i < p->cfg.n_blocks; i++) {
		const struct bad_block *b = &p->cfg.blocks[i];
		struct target t;

		if (fdl2_locate(p, b->part, &t) && t.area == part->area &&
		    (t.start + b->offset) / NAND_BLOCK ==
			    part->start / NAND_BLOCK + block)
			return true;
	}
	return false;
}

/* Whoever wrote the part stepped over them, too: what lies there is behind. */
static uint64_t bad_before(struct phone *p, const struct target *part,
			   uint64_t block)
{
	uint64_t n = 0;

	for (uint64_t i = 0; p->cfg.n_blocks && i < block; i++)
		n += is_bad(p, part, i);
	return n;
}

bool nand_read(struct phone *p, const struct target *part, uint64_t offset,
	       uint8_t *out, size_t n)
{
	while (n) {
		uint64_t block = offset / NAND_BLOCK;
		uint64_t in = offset % NAND_BLOCK, from;
		size_t take =
			n < NAND_BLOCK - in ? n : (size_t)(NAND_BLOCK - in);

		if (offset >= part->size)
			return false;
		if (is_bad(p, part, block)) {
			offset = (block + 1) * NAND_BLOCK;
			continue;
		}
		from = offset - bad_before(p, part, block) * NAND_BLOCK;
		if (take > part->size - offset ||
		    !fdl2_read_target(p, part, from, out, take))
			return false;
		offset += take;
		out += take;
		n -= take;
	}
	return true;
}

/* -- by name ------------------------------------------------------------- */

static struct part *find_volume(struct phone *p, const char *name, size_t *ret)
{
	fdl2_load_table(p);
	for (size_t i = 0; i < p->table.n; i++) {
		if (strcmp(p->table.part[i].name, name))
			continue;
		*ret = i;
		return &p->table.part[i];
	}
	return NULL;
}

/* Of those that READ_END has not closed; a volume is opened for writing. */
static bool may_open(const struct phone *p, size_t volume)
{
	if (p->cfg.must_end == END_VOLUME)
		return !p->opened[volume];
	if (p->cfg.must_end == END_ANY)
		for (size_t i = 0; i < GPT_PARTS_MAX; i++)
			if (p->opened[i])
				return false;
	return true;
}

static bool is_ubifs(struct phone *p, const struct part *v)
{
	uint8_t magic[4];

	return area_read(&p->storage.area[AREA_USER], v->start, magic, 4) &&
	       get_le32(magic) == UBIFS_MAGIC;
}

/* Opened first and looked at then: also a refused one wants its READ_END. */
static uint16_t open_volume(struct phone *p, const struct part *v, size_t i,
			    uint32_t size)
{
	struct reading *r = &p->reading;

	if (!may_open(p, i))
		return BSL_REP_INCOMPATIBLE_PARTITION;
	p->opened[i] = true;
	r->volume = (int)i;
	if (size > v->size)
		return BSL_REP_DOWN_SIZE_ERROR;
	if (p->cfg.nv_repair != NV_NONE && nv_is_primary(p, r->name)) {
		r->nv = true;
		nv_repair_copies(p);
	}
	if (p->cfg.prodnv_check && !strcmp(r->name, "prodnv") &&
	    !is_ubifs(p, v))
		return BSL_REP_OPERATION_FAILED;
	return BSL_REP_ACK;
}

uint16_t nand_read_start(struct phone *p, uint32_t size)
{
	struct reading *r = &p->reading;
	const struct part *v;
	struct target t;
	uint16_t answer;
	size_t i;

	r->volume = -1;
	r->size = size;
	if (ubi_raw_part(p, r->name, &t)) {
		answer = size > t.size ? BSL_REP_DOWN_SIZE_ERROR : BSL_REP_ACK;
	} else {
		v = find_volume(p, r->name, &i);
		answer = v ? open_volume(p, v, i, size)
			   : BSL_REP_INCOMPATIBLE_PARTITION;
	}
	/* Also what was refused for its size is what READ_MIDST reads. */
	r->open = answer != BSL_REP_INCOMPATIBLE_PARTITION;
	return answer;
}

void nand_read_end(struct phone *p)
{
	if (p->reading.volume >= 0)
		p->opened[p->reading.volume] = false;
	p->reading.volume = -1;
	p->reading.open = false;
}

/*
 * The first stages are read as a whole, as READ_START said, when offset 0 is
 * asked for; from then on it is RAM.
 */
static bool read_stage(struct phone *p, const struct target *t, uint64_t offset,
		       uint8_t *out, size_t n)
{
	size_t all = p->reading.size < NV_RAM ? p->reading.size : NV_RAM;

	if (!offset && !nand_read(p, t, 0, p->nv_ram, all))
		return false;
	memset(out, 0, n);
	if (offset < NV_RAM)
		memcpy(out, p->nv_ram + offset,
		       n < NV_RAM - offset ? n : (size_t)(NV_RAM - offset));
	return true;
}

bool nand_read_midst(struct phone *p, uint64_t offset, uint8_t *out, size_t n)
{
	const struct reading *r = &p->reading;
	struct target t;

	offset = (uint32_t)offset;
	if (r->volume < 0) {
		if (!ubi_raw_part(p, r->name, &t))
			return false;
		if (!strcmp(r->name, BSL_SPLLOADER) ||
		    !strcmp(r->name, "uboot"))
			return read_stage(p, &t, offset, out, n);
		return nand_read(p, &t, offset, out, n);
	}
	t.area = AREA_USER;
	t.start = p->table.part[r->volume].start;
	t.size = p->table.part[r->volume].size;
	if (r->nv)
		offset += NV_HEAD;
	return fdl2_read_target(p, &t, offset, out, n);
}
