/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2_write.c - the second loader: START_DATA, MIDST_DATA, END_DATA. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

bool fdl2_may_write(struct phone *p)
{
	/* "Security download" [4.5]. */
	if (p->cfg.refuse_starts)
		sim_answer(p, BSL_REP_OPERATION_FAILED);
	else if (p->cfg.write_enable && !p->write_enabled)
		sim_answer(p, BSL_REP_NOT_ENABLE_WRITE);
	else
		return true;
	return false;
}

/*
 * name72 and LE32 size [, LE32 sum], or name72, LE64, 8 more [, sum] [7.1].
 * The oldest builds know a sum only in the first form, and take any other
 * length than 88 for that one.
 */
static bool parse_start(const struct phone *p, const struct wire_msg *m,
			struct writing *w)
{
	bool wide = p->cfg.start_exact ? m->len == 88 : m->len >= 88;

	if (m->len != 76 && m->len != 80 && m->len != 88 && m->len != 92)
		return false;
	fdl2_name(m, w->name);
	w->size = wide ? get_le64(m->data + 72) : get_le32(m->data + 72);
	if (m->len == 80)
		w->checksum = get_le32(m->data + 76);
	if (m->len == 92 && wide)
		w->checksum = get_le32(m->data + 88);
	return true;
}

void fdl2_drop_writing(struct phone *p)
{
	free(p->writing.buf);
	memset(&p->writing, 0, sizeof(p->writing));
}

static bool size_fits(const struct phone *p, const struct target *t)
{
	const struct writing *w = &p->writing;
	uint64_t most = p->cfg.nand ? t->size : UINT64_MAX;

	/*
	 * Others than NAND compare only an NV's here, and see when they write
	 * that there is no room [7.1]; a sparse image may be larger.
	 */
	if (w->nv)
		most = nv_most(p, t);
	/* The vendor's host sends no odd ones [2.2, 7.1]. */
	return w->size && w->size <= most &&
	       !(p->cfg.even_sizes && w->size % 2);
}

/* What came before and was not ended is forgotten. */
static void start_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;
	struct target t;

	fdl2_drop_writing(p);
	if (!fdl2_may_write(p))
		return;
	if (!parse_start(p, m, w) || !strcmp(w->name, BSL_USER_PARTITION)) {
		sim_answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (!fdl2_find(p, w->name, &t)) {
		sim_answer(p, p->cfg.unknown_name_96 || p->cfg.nand
				      ? BSL_REP_INCOMPATIBLE_PARTITION
				      : BSL_REP_OPERATION_FAILED);
		return;
	}
	if (p->cfg.start_says) {
		static const uint16_t says[] = {
			BSL_REP_OPERATION_FAILED,
			BSL_REP_INCOMPATIBLE_PARTITION,
			BSL_REP_NOT_ENABLE_WRITE,
		};

		sim_answer(p, says[p->cfg.start_says - 1]);
		return;
	}
	w->nv = p->cfg.nv_repair != NV_NONE && nv_is_primary(p, w->name);
	if (!size_fits(p, &t)) {
		sim_answer(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	w->open = true;
	sim_answer(p, BSL_REP_ACK);
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

/* Full windows, and everything once all has come [7.2]. */
static uint16_t store(struct phone *p)
{
	struct writing *w = &p->writing;
	uint16_t type = BSL_REP_ACK;

	if (p->cfg.last_says && w->got == w->size) {
		static const uint16_t says[] = {
			BSL_REP_CHECKSUM_ERROR,
			BSL_REP_SIGN_VERIFY_ERROR,
			BSL_REP_FLASH_WRITTEN_PROTECTION,
		};

		return says[p->cfg.last_says - 1];
	}
	if (w->nv)
		return w->got == w->size ? nv_store(p) : BSL_REP_ACK;
	while (type == BSL_REP_ACK && w->got < w->size &&
	       w->len >= p->cfg.window)
		type = store_window(p, false);
	if (type == BSL_REP_ACK && w->got == w->size)
		type = store_window(p, true);
	return type;
}

/*
 * Nothing in a MIDST tells which piece it is: one that comes twice is
 * appended like any other.
 */
static void midst_data(struct phone *p, const struct wire_msg *m)
{
	struct writing *w = &p->writing;
	uint16_t type;

	if (!w->open || w->failed || w->got == w->size) {
		sim_answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	if (m->len > w->size - w->got) {
		sim_answer(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	type = collect(w, m->data, m->len) ? store(p)
					   : BSL_REP_OPERATION_FAILED;
	w->failed = type != BSL_REP_ACK;
	if (type)
		sim_answer(p, type);
}

static void end_data(struct phone *p)
{
	const struct writing *w = &p->writing;
	bool ok = w->open && !w->failed && w->got == w->size;

	if (ok && !strcmp(w->name, "miscdata"))
		fdl2_miscdata_end(p);
	fdl2_drop_writing(p);
	sim_answer(p, ok ? BSL_REP_ACK : BSL_REP_OPERATION_FAILED);
}

/* Only builds that want it know it [3.1]. */
static bool enable_write(struct phone *p)
{
	if (!p->cfg.write_enable)
		return false;
	p->write_enabled = true;
	sim_answer(p, BSL_REP_ACK);
	return true;
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
		fdl2_erase(p, m);
		return true;
	case BSL_CMD_REPARTITION:
		fdl2_repartition(p, m);
		return true;
	case BSL_CMD_NORMAL_RESET:
		fdl2_reset(p, "NORMAL_RESET");
		return true;
	case BSL_CMD_POWER_OFF:
		fdl2_reset(p, "POWER_OFF");
		return true;
	case BSL_CMD_ENABLE_WRITE_FLASH:
		return enable_write(p);
	case BSL_CMD_ENABLE_RAW_DATA:
		sim_answer(p, BSL_REP_ACK);
		return true;
	case 0x31: /* RAW_START and what belongs to it: not simulated */
	case 0x32:
	case 0x33:
		sim_answer(p, BSL_REP_OPERATION_FAILED);
		return true;
	}
	return fdl2_misc_command(p, m);
}
