/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2_table.c - the second loader: erasing, and a new partition table. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

static bool erase_named(struct phone *p, const char *name, uint64_t size)
{
	struct target t;

	if (!fdl2_find(p, name, &t))
		return false;
	if (!size || size > t.size)
		size = t.size;
	if (store_is_protected(p, name))
		return false;
	return sim_write(p, "ERASE_FLASH", true, t.area, t.start, NULL, size);
}

void fdl2_erase(struct phone *p, const struct wire_msg *m)
{
	char name[BSL_NAME_UNITS], other[BSL_NAME_UNITS + 4];
	uint64_t size;
	bool ok;

	fdl2_name(m, name);
	if (!fdl2_may_write(p))
		return;
	if (!name[0] || !strcmp(name, BSL_USER_PARTITION)) {
		sim_answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	size = m->len >= 88 ? get_le64(m->data + 72) : get_le32(m->data + 72);
	if (!strcmp(name, "erase_all") && size == 0xFFFFFFFF) {
		sim_write(p, "ERASE_FLASH of everything", true, AREA_USER, 0,
			  NULL, p->storage.area[AREA_USER].size);
		sim_answer(p, BSL_REP_ACK);
		return;
	}
	p->delay_ms = p->cfg.erase_ms;
	ok = erase_named(p, name, size);
	if (ok && nv_is_primary(p, name)) {
		strcpy(other, name);
		*strrchr(other, '1') = '2';
		(void)erase_named(p, other, size);
	} else if (ok && !strcmp(name, BSL_SPLLOADER)) {
		(void)erase_named(p, BSL_SPLLOADER_BAK, size);
	} else if (ok && !strcmp(name, "uboot")) {
		(void)erase_named(p, "uboot_bak", size);
	}
	sim_answer(p, ok ? BSL_REP_ACK : BSL_REP_OPERATION_FAILED);
}

/* Both forms of the table [6.6]; rows of 76 in MiB or 88 with a unit. */
static bool parse_table(struct phone *p, const struct wire_msg *m,
			struct table *t)
{
	static const uint32_t units[] = { 1 << 20, 512 << 10, 1 << 10, 1, 0 };
	bool v1 = m->len >= 16 && get_le32(m->data) == 0x3A726170;
	size_t row = v1 ? 88 : 76, head = v1 ? 16 : 0, n;
	uint64_t disk = p->storage.area[AREA_USER].size, at = MIB, unit = MIB;

	if (v1 && m->data[5] < 5)
		unit = units[m->data[5]] ? units[m->data[5]] : p->cfg.sector;
	if (m->len <= head || (m->len - head) % row)
		return false;
	n = (m->len - head) / row;
	if (n > GPT_PARTS_MAX || disk < 4 * MIB)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct part *part = &t->part[i];
		struct wire_msg one = { .data = m->data + head + i * row,
					.len = row };
		uint64_t size =
			v1 ? get_le64(one.data + 72) : get_le32(one.data + 72);
		uint64_t room = disk - MIB - at;

		fdl2_name(&one, part->name);
		part->name[31] = 0;
		if (i + 1 == n && (uint32_t)size == 0xFFFFFFFF)
			size = room;
		else if (__builtin_mul_overflow(size, unit, &size))
			return false;
		size -= size % p->cfg.sector;
		if (!size || size > room)
			return false;
		part->start = at;
		part->size = size;
		at += size;
	}
	t->n = n;
	return true;
}

static bool write_table(struct phone *p, const struct table *t)
{
	uint64_t disk = p->storage.area[AREA_USER].size;
	size_t front_len = gpt_front_size(p->cfg.sector);
	size_t back_len = (size_t)(GPT_BACKUP_LBAS * p->cfg.sector);
	uint8_t *front = malloc(front_len), *back = malloc(back_len);
	bool ok = front && back;

	if (ok) {
		/* A disk of a whole number of sectors; the rest lies idle. */
		disk -= disk % p->cfg.sector;
		gpt_build(t, p->cfg.sector, disk, p->cfg.seed, front, back);
		ok = sim_write(p, "REPARTITION", true, AREA_USER, 0, front,
			       front_len) &&
		     sim_write(p, "REPARTITION", true, AREA_USER,
			       disk - back_len, back, back_len);
	}
	free(front);
	free(back);
	return ok;
}

void fdl2_repartition(struct phone *p, const struct wire_msg *m)
{
	struct table *t = calloc(1, sizeof(*t));
	uint16_t type = BSL_REP_OPERATION_FAILED;

	if (!fdl2_may_write(p)) {
		free(t);
		return;
	}
	if (t && !parse_table(p, m, t))
		type = BSL_REP_INCOMPATIBLE_PARTITION;
	else if (t && write_table(p, t))
		type = BSL_REP_ACK;
	free(t);
	sim_answer(p, type);
}
