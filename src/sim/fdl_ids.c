/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fdl_ids.c - the loaders of feature phones: flash by number or by address
 * [5.4].  They check little, and what they refuse is their last word.
 */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW	  0x4000000u /* of one chip select */
#define WINDOWS	  4
#define ID_RUNNV  0x90000003u /* "erase" numbers of running NV and disk */
#define ID_UDISK  0x90000005u
#define ALL_BYTES 0xFFFFFFFFu

/* Where a request goes: into the flash, or into RAM and what is no memory. */
struct place {
	struct target part;
	uint64_t offset;
	unsigned window;
};

static void answer(struct phone *p, uint16_t type)
{
	sim_reply(p, type, NULL, 0);
}

/* A reply, then an endless loop. */
static void refuse(struct phone *p, uint16_t why)
{
	answer(p, why);
	if (p->cfg.feature_hang)
		sim_die(p, "this loader hangs after an address or a size that "
			   "it refuses");
}

static bool find_region(struct phone *p, uint32_t id, struct region *ret)
{
	struct region r[REGIONS_MAX];
	size_t n = regions_plan(p->model, &p->cfg,
				p->storage.area[AREA_USER].size, r);

	for (size_t i = 0; i < n; i++) {
		if (!r[i].id || r[i].id != id)
			continue;
		*ret = r[i];
		return true;
	}
	return false;
}

/* Of the two copies the one that is good. */
static uint64_t region_start(const struct phone *p, const struct region *r)
{
	if (!strcmp(r->name, "fixnv") && p->cfg.nv_bad &&
	    !strcmp(p->cfg.nv_bad, "fixnv"))
		return r->start + r->size + 0x400;
	return r->start;
}

/*
 * A number is the start of its region, then only the chip select is checked:
 * past the end of the region the flash goes on, past the end of the flash it
 * repeats.  What is no number is an address.
 */
static uint16_t find_nor(struct phone *p, uint32_t id, uint32_t offset,
			 uint32_t size, struct place *ret)
{
	uint32_t addr = id, in;
	struct region r;

	if (find_region(p, id, &r))
		addr = p->model->nor_base + (uint32_t)region_start(p, &r) +
		       offset;
	addr -= p->model->nor_base;
	if (addr >= WINDOWS * WINDOW)
		return BSL_REP_DOWN_DEST_ERROR;
	in = addr % WINDOW;
	if (size > WINDOW - in)
		return BSL_REP_DOWN_SIZE_ERROR;
	ret->window = addr / WINDOW;
	ret->offset = in;
	ret->part.area = AREA_USER;
	ret->part.start = 0;
	ret->part.size = p->storage.area[AREA_USER].size;
	return 0;
}

static uint16_t find_nand(struct phone *p, uint32_t id, uint32_t offset,
			  uint32_t size, struct place *ret)
{
	struct region r;

	if (!find_region(p, id, &r))
		return BSL_REP_DOWN_DEST_ERROR;
	if (offset > r.size || size > r.size - offset)
		return BSL_REP_DOWN_SIZE_ERROR;
	ret->window = 0;
	ret->offset = offset;
	ret->part.area = AREA_USER;
	ret->part.start = r.start;
	ret->part.size = r.size;
	return 0;
}

static uint16_t find(struct phone *p, uint32_t id, uint32_t offset,
		     uint32_t size, struct place *ret)
{
	if (p->model->kind == MODEL_NOR)
		return find_nor(p, id, offset, size, ret);
	return find_nand(p, id, offset, size, ret);
}

/* The first chip select is the flash, the second RAM, the others nothing. */
static bool read_nor(struct phone *p, const struct place *at, uint8_t *out,
		     size_t n)
{
	uint64_t chip = at->part.size, from;

	if (at->window) {
		content_fill(at->window == 1 ? CONTENT_RANDOM : CONTENT_ERASED,
			     p->cfg.seed ^ p->model->fdl1, at->offset, out, n);
		return true;
	}
	for (size_t done = 0, take; done < n; done += take) {
		from = (at->offset + done) % chip;
		take = n - done < chip - from ? n - done
					      : (size_t)(chip - from);
		if (!fdl2_read_target(p, &at->part, from, out + done, take))
			return false;
	}
	return true;
}

static void read_flash(struct phone *p, const struct wire_msg *m)
{
	uint32_t id = m->len >= 8 ? get_be32(m->data) : 0;
	uint32_t size = m->len >= 8 ? get_be32(m->data + 4) : 0;
	uint32_t offset = m->len >= 12 ? get_be32(m->data + 8) : 0;
	struct place at;
	uint16_t no = find(p, id, offset, size, &at);
	uint8_t *out;
	bool ok;

	if (no || size > p->cfg.max_read || size >= WIRE_DATA_MAX) {
		refuse(p, no ? no : BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	out = sim_room(p);
	ok = p->model->kind == MODEL_NOR
		     ? read_nor(p, &at, out, size)
		     : nand_read(p, &at.part, at.offset, out, size);
	if (!ok) {
		answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	spoil_lie(p, out, size);
	p->stats.reads++;
	sim_reply(p, BSL_REP_READ_FLASH, out, size);
}

/* -- what changes the flash ---------------------------------------------- */

static void start_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;
	uint32_t size = m->len >= 8 ? get_be32(m->data + 4) : 0;
	struct place at;
	uint16_t no;

	memset(w, 0, sizeof(*w));
	no = m->len < 8 || !size ? BSL_REP_DOWN_SIZE_ERROR
				 : find(p, get_be32(m->data), 0, size, &at);
	if (!no && !at.window && size > at.part.size - at.offset)
		no = BSL_REP_DOWN_SIZE_ERROR;
	if (no) {
		refuse(p, no);
		return;
	}
	w->open = true;
	w->size = size;
	w->at = at.part.start + at.offset;
	w->nowhere = at.window != 0;
	answer(p, BSL_REP_ACK);
}

static void midst_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;

	if (!w->open || m->len > w->size - w->got) {
		refuse(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	if (!w->nowhere && m->len &&
	    !sim_write(p, "START_DATA", true, AREA_USER, w->at + w->got,
		       m->data, m->len)) {
		refuse(p, BSL_REP_WRITE_ERROR);
		return;
	}
	w->got += m->len;
	answer(p, BSL_REP_ACK);
}

static void end_data(struct phone *p)
{
	bool whole = p->writing.open && p->writing.got == p->writing.size;

	p->writing.open = false;
	if (whole)
		answer(p, BSL_REP_ACK);
	else
		refuse(p, BSL_REP_DOWN_EARLY_END);
}

static void erase(struct phone *p, const struct wire_msg *m)
{
	uint32_t id = m->len >= 8 ? get_be32(m->data) : 1;
	uint32_t size = m->len >= 8 ? get_be32(m->data + 4) : 0;
	struct region r;
	struct place at;
	uint16_t no;

	if (id == ID_RUNNV || id == ID_UDISK)
		id = id == ID_RUNNV ? 0x90000007 : 0x90000006;
	if (find_region(p, id, &r))
		size = (uint32_t)r.size;
	if (!id && size == ALL_BYTES) {
		id = p->model->nor_base;
		size = (uint32_t)p->storage.area[AREA_USER].size;
	}
	no = find(p, id, 0, size, &at);
	if (!no && !at.window && size &&
	    !sim_write(p, "ERASE_FLASH", true, AREA_USER,
		       at.part.start + at.offset, NULL, size))
		no = BSL_REP_DOWN_SIZE_ERROR;
	if (no)
		refuse(p, no);
	else
		answer(p, BSL_REP_ACK);
}

/* -- the rest ------------------------------------------------------------ */

static void leave(struct phone *p, bool power_off)
{
	answer(p, BSL_REP_ACK);
	if (power_off && p->cfg.poweroff_waits)
		sim_die(p, "powers off when the cable is pulled");
	else
		sim_leave(p, STAGE_BROM);
}

static void chip_type(struct phone *p)
{
	uint8_t id[4];

	put_le32(id, p->model->chip_id);
	sim_reply(p, BSL_REP_READ_CHIP_TYPE, id, sizeof(id));
}

/* An item's place and length; its own NV holds none of that old kind. */
static void find_nvitem(struct phone *p)
{
	static const uint8_t none[6] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

	sim_reply(p, BSL_REP_READ_NVITEM, none, sizeof(none));
}

/*
 * That of SC6531E has been connected by FDL1 and has no function for it; one
 * that does it all answers the first only; on NAND each [4.2].
 */
static bool connect(struct phone *p)
{
	if (p->model->kind == MODEL_NOR && p->model->fdl2)
		return false;
	if (p->model->kind == MODEL_NAND || !p->connected)
		answer(p, BSL_REP_ACK);
	p->connected = true;
	return true;
}

static bool write_command(struct phone *p, const struct wire_msg *m)
{
	switch (m->type) {
	case BSL_CMD_START_DATA:
		start_data(p, m);
		return true;
	case BSL_CMD_MIDST_DATA:
		midst_data(p, m);
		return true;
	case BSL_CMD_END_DATA:
		end_data(p);
		return true;
	case BSL_CMD_EXEC_DATA:
		answer(p, BSL_REP_ACK);
		sim_die(p, "the loader jumped to what was sent last");
		return true;
	case BSL_CMD_ERASE_FLASH:
		erase(p, m);
		return true;
	}
	return false;
}

bool ids_command(struct phone *p, const struct wire_msg *m)
{
	/* Nothing but a flag wakes the one that does it all. */
	if (!p->model->fdl2 && !p->synced)
		return true;
	switch (m->type) {
	case BSL_CMD_CONNECT:
		return connect(p);
	case BSL_CMD_READ_FLASH:
		read_flash(p, m);
		return true;
	case BSL_CMD_READ_CHIP_TYPE:
		chip_type(p);
		return true;
	case BSL_CMD_READ_NVITEM:
		find_nvitem(p);
		return true;
	case BSL_CMD_CHANGE_BAUD:
		answer(p, BSL_REP_ACK);
		return true;
	case BSL_CMD_NORMAL_RESET:
	case BSL_CMD_POWER_OFF:
		leave(p, m->type == BSL_CMD_POWER_OFF);
		return true;
	}
	return write_command(p, m);
}
