/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2_read.c - the second loader: everything that only reads. */
#include "internal.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void ack(struct phone *p)
{
	sim_reply(p, BSL_REP_ACK, NULL, 0);
}

static void say_no(struct phone *p, uint16_t why)
{
	sim_reply(p, why, NULL, 0);
}

/* An old loader that refused a name forgets to answer READ_END [5.9]. */
static void refuse_start(struct phone *p, uint16_t why)
{
	p->reading.refused = p->cfg.unknown_name_96;
	say_no(p, why);
}

static bool prodnv_ok(struct phone *p)
{
	struct target t;
	uint8_t magic[2];

	return fdl2_find(p, "prodnv", &t) && t.size >= 2048 &&
	       area_read(&p->storage.area[t.area], t.start + 1080, magic, 2) &&
	       get_le16(magic) == 0xEF53;
}

static void read_start(struct phone *p, const struct wire_msg *m)
{
	struct reading *r = &p->reading;
	struct target t;

	memset(r, 0, sizeof(*r));
	fdl2_name(m, r->name);
	/* "Security download" [4.5]; or older than the table [3.2]. */
	if (p->cfg.refuse_starts ||
	    (p->cfg.no_name && !strcmp(p->cfg.no_name, r->name))) {
		refuse_start(p, p->cfg.no_name ? BSL_REP_INCOMPATIBLE_PARTITION
					       : BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!strcmp(r->name, BSL_USER_PARTITION) &&
	    p->cfg.user_partition != USER_OK) {
		refuse_start(p, p->cfg.user_partition == USER_84
					? BSL_REP_OPERATION_FAILED
					: BSL_REP_INCOMPATIBLE_PARTITION);
		return;
	}
	if (p->model->kind == MODEL_UBI && p->cfg.nand) {
		uint32_t size = m->len >= 76 ? get_le32(m->data + 72) : 0;

		say_no(p, nand_read_start(p, size));
		return;
	}
	if (p->cfg.nv_repair != NV_NONE && nv_is_primary(p, r->name)) {
		nv_read_start(p);
		return;
	}
	if (p->cfg.prodnv_check && !strcmp(r->name, "prodnv") &&
	    !prodnv_ok(p)) {
		refuse_start(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!p->cfg.read_start_lazy && !fdl2_find(p, r->name, &t)) {
		refuse_start(p, p->cfg.unknown_name_96
					? BSL_REP_INCOMPATIBLE_PARTITION
					: BSL_REP_OPERATION_FAILED);
		return;
	}
	r->open = true;
	ack(p);
}

/* The reply with size bytes that lie in data, which came from sim_room(). */
static void send_data(struct phone *p, const uint8_t *data, size_t size)
{
	size_t escaped = size;

	if (p->plain || !p->cfg.escape_overflow)
		escaped = 0;
	else
		for (size_t i = 0; i < size; i++)
			escaped += data[i] == BSL_FLAG || data[i] == BSL_ESCAPE;
	if (escaped > 0x10000) {
		sim_die(p, "an escaped reply overran its packet");
		return;
	}
	if (size == 0x10000 && !p->cfg.size64k_len0) {
		say_no(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	p->stats.reads++;
	sim_reply(p, BSL_REP_READ_FLASH, data, size);
}

static bool is_bad(struct phone *p, enum area_id area, uint64_t at,
		   uint64_t size)
{
	for (size_t i = 0; i < p->cfg.n_bad; i++) {
		struct bad_range *b = &p->cfg.bad[i];
		struct target t;

		if (!fdl2_locate(p, b->part, &t) || t.area != area ||
		    b->offset > t.size || b->size > t.size - b->offset)
			continue;
		if (t.start + b->offset >= at + size ||
		    at >= t.start + b->offset + b->size)
			continue;
		if (!b->flaky ||
		    b->refusals++ < (p->cfg.flaky_n ? p->cfg.flaky_n : 1))
			return true;
	}
	return false;
}

static bool boot_area(enum area_id area)
{
	return area != AREA_USER;
}

bool fdl2_read_target(struct phone *p, const struct target *t, uint64_t offset,
		      uint8_t *out, size_t size)
{
	const struct area *a = &p->storage.area[t->area];

	/* No bounds check on boot areas: the address wraps [5.5, 5.7]. */
	if (p->cfg.boot_wrap && boot_area(t->area)) {
		for (size_t i = 0; i < size; i++)
			if (!area_read(a, (offset + i) % a->size, out + i, 1))
				return false;
		return true;
	}
	if (offset > t->size || size > t->size - offset ||
	    is_bad(p, t->area, t->start + offset, size))
		return false;
	if (!area_read(a, t->start + offset, out, size))
		return false;
	spoil_read(p, t->area, t->start + offset, out, size);
	return true;
}

static uint64_t size_of_name(struct phone *p, const char *name)
{
	static const char *const known[] = { BSL_USER_PARTITION, BSL_SPLLOADER,
					     BSL_SPLLOADER_BAK };
	size_t n = strlen(name) - strlen("_size");
	struct target t;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == n && !strncmp(known[i], name, n) &&
		    fdl2_find(p, known[i], &t))
			return t.size;
	return 0;
}

/* Text for "X_size"; what lies behind it in the buffer is stale [5.5]. */
static bool read_size_name(struct phone *p, uint8_t *out, size_t size)
{
	const char *name = p->reading.name;
	uint64_t bytes = 0;
	char text[128];
	int n;

	if (strcmp(name + strlen(name) - 5, "_size"))
		return false;
	bytes = size_of_name(p, name);
	if (!bytes)
		return false;
	if (p->cfg.size_names == SIZE_ZERO)
		bytes = 0;
	n = snprintf(text, sizeof(text),
		     "size:%.*s: 0x%" PRIx64 " block number: 0x%" PRIx64 "\n",
		     (int)strlen(name) - 5, name, bytes, bytes / p->cfg.sector);
	memset(out, 0xA5, size);
	memcpy(out, text, (size_t)n + 1 < size ? (size_t)n + 1 : size);
	return true;
}

static void read_ram(struct phone *p, uint64_t offset, uint8_t *out,
		     size_t size)
{
	/* No error past any end [5.6]. */
	memset(out, 0, size);
	if (offset >= NV_RAM)
		return;
	if (size > NV_RAM - offset)
		size = (size_t)(NV_RAM - offset);
	memcpy(out, p->nv_ram + offset, size);
}

/* LK serves the request's own bytes for names it skips [5.2]. */
static void read_skipped(const struct wire_msg *m, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = m->data[i % m->len];
}

static bool read_any(struct phone *p, const struct wire_msg *m, uint64_t offset,
		     uint8_t *out, size_t size)
{
	const struct reading *r = &p->reading;
	struct target t;

	if (r->from_ram) {
		read_ram(p, offset, out, size);
		return true;
	}
	if (!r->open)
		return false;
	if (p->cfg.skip_partition && !strcmp(p->cfg.skip_partition, r->name)) {
		read_skipped(m, out, size);
		return true;
	}
	if (p->model->kind == MODEL_UBI && p->cfg.nand)
		return nand_read_midst(p, offset, out, size);
	if (p->cfg.size_names != SIZE_OFF && strstr(r->name, "_size") &&
	    strlen(r->name) > 5)
		return read_size_name(p, out, size);
	return fdl2_find(p, r->name, &t) &&
	       fdl2_read_target(p, &t, offset, out, size);
}

static void read_midst(struct phone *p, const struct wire_msg *m)
{
	uint64_t offset;
	uint32_t size;
	uint8_t *out;

	if (m->len < 8) {
		say_no(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	size = get_le32(m->data);
	/* Exactly 12 bytes, or it is taken as 8 [5.1]. */
	offset = m->len == 12 && !p->cfg.read32 ? get_le64(m->data + 4)
						: get_le32(m->data + 4);
	if (!size && p->cfg.size0_crash) {
		sim_die(p, "READ_MIDST of size 0 overran the packet");
		return;
	}
	if (!size || size > p->cfg.max_read || size > WIRE_DATA_MAX) {
		say_no(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	if (p->cfg.hang_read && size > p->cfg.hang_read) {
		sim_die(p, "READ_MIDST of more than the loader can take");
		return;
	}
	if (size < p->cfg.min_read) {
		say_no(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	out = sim_room(p);
	if (!read_any(p, m, offset, out, size)) {
		say_no(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!fdl2_may_reply_data(p))
		return;
	spoil_lie(p, out, size);
	if (p->cfg.short_data && size > 2)
		size -= 2;
	send_data(p, out, size);
}

static void read_end(struct phone *p)
{
	if (p->reading.refused) {
		p->reading.refused = false;
		return;
	}
	/* Ignored on eMMC and UFS: the name stays open [5.1]. */
	if (p->cfg.nand)
		nand_read_end(p);
	ack(p);
}

static void read_partition(struct phone *p)
{
	uint64_t unit = p->cfg.sector * 2;
	uint8_t *out;

	if (p->cfg.ptable == PTABLE_SILENT)
		return;
	if (p->cfg.ptable == PTABLE_FE) {
		fdl2_unknown(p);
		return;
	}
	if (p->cfg.ptable == PTABLE_MB)
		unit = 1 << 20;
	fdl2_load_table(p);
	if (!p->table.ok) {
		say_no(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!fdl2_may_reply_data(p))
		return;
	out = sim_room(p);
	for (size_t i = 0; i < p->table.n; i++) {
		const struct part *part = &p->table.part[i];
		uint8_t *row = out + i * BSL_LIST_ENTRY;

		memset(row, 0, BSL_NAME_BYTES);
		(void)text_to_utf16le(part->name, row, BSL_NAME_UNITS);
		put_le32(row + BSL_NAME_BYTES, (uint32_t)(part->size / unit));
	}
	sim_reply(p, BSL_REP_READ_PARTITION, out, p->table.n * BSL_LIST_ENTRY);
}

static void read_uid(struct phone *p)
{
	uint8_t uid[102] = { 0 };
	size_t n = p->cfg.uid ? strlen(p->cfg.uid) : 0;

	if (!n || n % 2 || !text_unhex(p->cfg.uid, uid, n / 2)) {
		fdl2_unknown(p);
		return;
	}
	/* Loaders pad to even, because the vendor's host cannot do odd [2.2].
	 */
	if (fdl2_may_reply_data(p))
		sim_reply(p, BSL_REP_READ_CHIP_UID, uid, (n / 2 + 1) / 2 * 2);
}

static void read_info(struct phone *p)
{
	/* 128 KiB blocks, 2 KiB pages [3.2]. */
	static const uint8_t info[12] = { 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 8, 0 };

	if (p->cfg.info_0d == INFO_DEAD)
		sim_die(p, "READ_FLASH_INFO");
	if (p->cfg.info_0d == INFO_REPLY && fdl2_may_reply_data(p))
		sim_reply(p, BSL_REP_READ_FLASH_INFO, info, sizeof(info));
}

static void disable_transcode(struct phone *p)
{
	if (p->cfg.hdlc_dead) {
		sim_die(p, "DISABLE_TRANSCODE that was not offered");
		return;
	}
	ack(p);
	p->plain = true;
}

static void read_text(struct phone *p, uint16_t type, const char *text,
		      size_t n)
{
	if (fdl2_may_reply_data(p))
		sim_reply(p, type, text, n);
}

bool fdl2_read_command(struct phone *p, const struct wire_msg *m)
{
	switch (m->type) {
	case BSL_CMD_READ_START:
		read_start(p, m);
		return true;
	case BSL_CMD_READ_MIDST:
		read_midst(p, m);
		return true;
	case BSL_CMD_READ_END:
		read_end(p);
		return true;
	case BSL_CMD_READ_PARTITION:
		read_partition(p);
		return true;
	case BSL_CMD_READ_CHIP_UID:
		read_uid(p);
		return true;
	case BSL_CMD_READ_FLASH_INFO:
		read_info(p);
		return true;
	case BSL_CMD_DISABLE_TRANSCODE:
		disable_transcode(p);
		return true;
	case BSL_CMD_READ_VCUR:
		read_text(p, 0xBC, "1\0.\0000\0", 6);
		return true;
	case BSL_CMD_DUMP_LOG:
		read_text(p, 0xBB, "\0\0\0\0sim\n", 8);
		return true;
	case BSL_CMD_CHANGE_BAUD:
	case BSL_CMD_CHECK_ROOT:
	case BSL_CMD_ENABLE_LOG:
	case BSL_CMD_END_PROCESS:
	case 0x44: /* START_WDG */
	case 0x45: /* STOP_WDG */
		ack(p);
		return true;
	}
	return false;
}
