/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2_write.c - the second loader: everything that changes the storage. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW	      ((size_t)256 << 20) /* collected in RAM before writing [7.2] */
#define MISC_DATETIME 0x81400
#define MISC_DEBUG    0x2400 /* 9 KiB */
#define MISC_REFINFO  0xFA000
#define MIB	      ((uint64_t)1 << 20)

static void answer(struct phone *p, uint16_t type)
{
	sim_reply(p, type, NULL, 0);
}

void fdl2_miscdata(struct phone *p, const char *cause, bool commanded,
		   uint64_t offset, const uint8_t *data, size_t n)
{
	struct target t;

	if (!n || !fdl2_find(p, "miscdata", &t) || offset > t.size ||
	    n > t.size - offset)
		return;
	sim_write(p, cause, commanded, t.area, t.start + offset, data, n);
}

static char *slot_letter(char *name)
{
	size_t n = strlen(name);

	if (n < 3 || name[n - 2] != '_' ||
	    (name[n - 1] != 'a' && name[n - 1] != 'b'))
		return NULL;
	return name + n - 1;
}

static bool one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

/* The name that is written along with this one [7.3]; false if none is. */
static bool companion(const struct phone *p, const char *name,
		      char ret[BSL_NAME_UNITS + 4])
{
	static const char *const doubled[] = { "splloader", "uboot", "trustos",
					       "teecfg",    "sml",   "vbmeta",
					       NULL };
	char *slot;

	strcpy(ret, name);
	slot = slot_letter(ret);
	if (slot) {
		*slot = *slot == 'a' ? 'b' : 'a';
		return p->cfg.ab_mirror != 0;
	}
	if (!one_of(name, doubled))
		return false;
	strcat(ret, "_bak");
	return true;
}

/* Signed parts, which the loader verifies at the last MIDST [7.5]. */
static bool is_signed(const char *name)
{
	static const char *const starts[] = {
		"splloader", "sml",    "trustos", "teecfg",
		"uboot",     "vbmeta", "boot",	  "vendor_boot",
		"recovery",  "dtb",    NULL
	};

	for (const char *const *s = starts; *s; s++)
		if (!strncmp(name, *s, strlen(*s)))
			return true;
	return strstr(name, "modem") || strstr(name, "dsp");
}

static bool may_write(struct phone *p)
{
	if (!p->cfg.write_enable || p->write_enabled)
		return true;
	answer(p, BSL_REP_NOT_ENABLE_WRITE);
	return false;
}

/* name72 and LE32 size [, LE32 sum], or name72, LE64, 8 more [, sum] [7.1]. */
static bool parse_start(const struct wire_msg *m, struct writing *w)
{
	if (m->len != 76 && m->len != 80 && m->len != 88 && m->len != 92)
		return false;
	fdl2_name(m, w->name);
	w->size =
		m->len >= 88 ? get_le64(m->data + 72) : get_le32(m->data + 72);
	if (m->len == 80)
		w->checksum = get_le32(m->data + 76);
	if (m->len == 92)
		w->checksum = get_le32(m->data + 88);
	return true;
}

static void drop_writing(struct phone *p)
{
	free(p->writing.buf);
	memset(&p->writing, 0, sizeof(p->writing));
}

static void start_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;
	struct target t;
	uint64_t most;

	drop_writing(p);
	if (!may_write(p))
		return;
	if (!parse_start(m, w) || !strcmp(w->name, BSL_USER_PARTITION)) {
		answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!fdl2_find(p, w->name, &t)) {
		answer(p, p->cfg.unknown_name_96 || p->cfg.nand
				  ? BSL_REP_INCOMPATIBLE_PARTITION
				  : BSL_REP_OPERATION_FAILED);
		return;
	}
	w->nv = p->cfg.nv_repair != NV_NONE && nv_is_primary(p, w->name);
	most = w->nv && p->cfg.fixnv_size < t.size ? p->cfg.fixnv_size : t.size;
	if (!w->size || w->size > most) {
		answer(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	w->open = true;
	answer(p, BSL_REP_ACK);
}

static bool collect(struct writing *w, const uint8_t *data, size_t n)
{
	size_t want = w->len + n, cap = w->cap ? w->cap : 0x10000;
	uint8_t *grown;

	while (cap < want)
		cap *= 2;
	if (cap != w->cap) {
		grown = realloc(w->buf, cap);
		if (!grown)
			return false;
		w->buf = grown;
		w->cap = cap;
	}
	if (n)
		memcpy(w->buf + w->len, data, n);
	w->len += n;
	w->got += n;
	return true;
}

static bool write_to(struct phone *p, const char *name)
{
	const struct writing *w = &p->writing;
	struct target t;

	/* Where the copy does not exist, there is none to write. */
	if (!fdl2_find(p, name, &t))
		return true;
	if (w->flushed > t.size || w->len > t.size - w->flushed)
		return false;
	if (!strncmp(name, "vbmeta", 6) && !w->flushed)
		sim_write(p, "vbmeta is erased first", true, t.area, t.start,
			  NULL, t.size);
	if (!w->flushed && sparse_is(w->buf, w->len))
		return sparse_write(p, &t, w->buf, w->len);
	return sim_write(p, "START_DATA", true, t.area, t.start + w->flushed,
			 w->buf, w->len);
}

static uint16_t flush(struct phone *p)
{
	char other[BSL_NAME_UNITS + 4];
	struct writing *w = &p->writing;
	bool ok;

	if (p->cfg.verify_hang && w->got == w->size && is_signed(w->name)) {
		sim_die(p, "signature of what was written is wrong");
		return 0;
	}
	if (w->nv)
		return nv_store(p);
	ok = write_to(p, w->name);
	if (ok && companion(p, w->name, other))
		ok = write_to(p, other);
	w->flushed += w->len;
	w->len = 0;
	return ok ? BSL_REP_ACK : BSL_REP_OPERATION_FAILED;
}

static void midst_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;
	uint16_t type = BSL_REP_ACK;

	if (!w->open || w->got == w->size) {
		answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (m->len > w->size - w->got) {
		answer(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	if (!collect(w, m->data, m->len))
		type = BSL_REP_OPERATION_FAILED;
	else if (w->got == w->size || w->len >= WINDOW)
		type = flush(p);
	if (type)
		answer(p, type);
}

static void end_data(struct phone *p)
{
	bool misc = !strcmp(p->writing.name, "miscdata");
	bool ok = p->writing.open && p->writing.got == p->writing.size;

	if (ok && misc) {
		fdl2_miscdata(p, "END_DATA of miscdata", true, MISC_DATETIME,
			      NULL, 0x400);
		fdl2_miscdata(p, "END_DATA of miscdata", true, MISC_DEBUG, NULL,
			      0x400);
	}
	drop_writing(p);
	answer(p, ok ? BSL_REP_ACK : BSL_REP_OPERATION_FAILED);
}

static bool erase_named(struct phone *p, const char *name, uint64_t size)
{
	struct target t;

	if (!fdl2_find(p, name, &t))
		return false;
	if (!size || size > t.size)
		size = t.size;
	return sim_write(p, "ERASE_FLASH", true, t.area, t.start, NULL, size);
}

static void erase(struct phone *p, const struct wire_msg *m)
{
	char name[BSL_NAME_UNITS], other[BSL_NAME_UNITS + 4];
	uint64_t size;
	bool ok;

	fdl2_name(m, name);
	if (!may_write(p))
		return;
	if (!name[0] || !strcmp(name, BSL_USER_PARTITION)) {
		answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	size = m->len >= 88 ? get_le64(m->data + 72) : get_le32(m->data + 72);
	if (!strcmp(name, "erase_all") && size == 0xFFFFFFFF) {
		sim_write(p, "ERASE_FLASH of everything", true, AREA_USER, 0,
			  NULL, p->storage.area[AREA_USER].size);
		answer(p, BSL_REP_ACK);
		return;
	}
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
	answer(p, ok ? BSL_REP_ACK : BSL_REP_OPERATION_FAILED);
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

static void repartition(struct phone *p, const struct wire_msg *m)
{
	struct table *t = calloc(1, sizeof(*t));
	uint16_t type = BSL_REP_OPERATION_FAILED;

	if (!may_write(p)) {
		free(t);
		return;
	}
	if (t && !parse_table(p, m, t))
		type = BSL_REP_INCOMPATIBLE_PARTITION;
	else if (t && write_table(p, t))
		type = BSL_REP_ACK;
	free(t);
	answer(p, type);
}

/* ACK first, then the watchdog flags into miscdata [3.3]. */
static void reset(struct phone *p, const char *cause)
{
	static const uint8_t on[32] = "enabled", off[32] = "disable";
	bool power_off = !strcmp(cause, "POWER_OFF");

	answer(p, BSL_REP_ACK);
	if (p->cfg.miscdata_writes & MISC_RESET) {
		fdl2_miscdata(p, cause, false, MISC_DEBUG + 800, on,
			      sizeof(on));
		fdl2_miscdata(p, cause, false, MISC_DEBUG + 832, off,
			      sizeof(off));
	}
	if (power_off && p->cfg.poweroff_waits)
		sim_die(p, "powers off when the cable is pulled");
	else
		sim_leave(p, STAGE_BROM);
}

/* Returns what is there and puts the request's payload in its place [3.1]. */
static void read_refinfo(struct phone *p, const struct wire_msg *m)
{
	uint8_t old[256] = { 0 };
	size_t n = m->len < sizeof(old) ? m->len : sizeof(old);
	struct target t;

	if (!fdl2_find(p, "miscdata", &t) || t.size < MISC_REFINFO + n ||
	    !area_read(&p->storage.area[t.area], t.start + MISC_REFINFO, old,
		       n)) {
		answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	fdl2_miscdata(p, "READ_REFINFO", true, MISC_REFINFO, m->data, n);
	sim_reply(p, 0xB1, old, n);
}

static void misc_command(struct phone *p, const char *cause, uint64_t offset,
			 const uint8_t *data, size_t n)
{
	fdl2_miscdata(p, cause, true, offset, data, n);
	answer(p, BSL_REP_ACK);
}

static void first_mode(struct phone *p, const struct wire_msg *m)
{
	uint8_t mark[4];

	put_le32(mark, 0x53464D00U + (m->len ? m->data[0] : 0));
	misc_command(p, "SET_FIRST_MODE", MISC_DEBUG + 0x20, mark,
		     sizeof(mark));
}

static bool misc_commands(struct phone *p, const struct wire_msg *m)
{
	switch (m->type) {
	case BSL_CMD_WRITE_DATETIME:
		misc_command(p, "WRITE_DATETIME", MISC_DATETIME, m->data,
			     m->len);
		return true;
	case BSL_CMD_SET_DEBUGINFO:
		if (m->len)
			misc_command(p, "SET_DEBUGINFO", MISC_DEBUG, m->data,
				     m->len);
		else
			misc_command(p, "SET_DEBUGINFO", MISC_DEBUG,
				     (const uint8_t *)"enable", 6);
		return true;
	case BSL_CMD_SET_FIRST_MODE:
		first_mode(p, m);
		return true;
	case BSL_CMD_SET_TIME_STAMP:
		misc_command(p, "SET_TIME_STAMP", MISC_DATETIME + 0x200,
			     m->data, m->len);
		return true;
	case BSL_CMD_WRITE_VPAC:
		misc_command(p, "WRITE_VPAC", MISC_DATETIME + 0x300, m->data,
			     m->len);
		return true;
	case BSL_CMD_READ_REFINFO:
		read_refinfo(p, m);
		return true;
	}
	return false;
}

bool fdl2_write_command(struct phone *p, const struct wire_msg *m)
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
	case BSL_CMD_ERASE_FLASH:
		erase(p, m);
		return true;
	case BSL_CMD_REPARTITION:
		repartition(p, m);
		return true;
	case BSL_CMD_NORMAL_RESET:
		reset(p, "NORMAL_RESET");
		return true;
	case BSL_CMD_POWER_OFF:
		reset(p, "POWER_OFF");
		return true;
	case BSL_CMD_ENABLE_WRITE_FLASH:
		p->write_enabled = true;
		answer(p, BSL_REP_ACK);
		return true;
	case BSL_CMD_ENABLE_RAW_DATA:
		answer(p, BSL_REP_ACK);
		return true;
	case 0x31: /* RAW_START and what belongs to it: not simulated */
	case 0x32:
	case 0x33:
		answer(p, BSL_REP_OPERATION_FAILED);
		return true;
	}
	return misc_commands(p, m);
}
