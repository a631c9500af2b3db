/* SPDX-License-Identifier: BSD-3-Clause */
/* slot.c - the active slot, out of bootloader_control in misc. */
#include "job/slot.h"

#include "base/bytes.h"
#include "base/crc32.h"

#include <string.h>

#define CONTROL_MAGIC 0x42414342u /* "BCAB" */

char slot_from_control(const uint8_t control[SLOT_CONTROL_BYTES])
{
	unsigned best[2];

	if (get_le32(control + 4) != CONTROL_MAGIC ||
	    get_le32(control + 28) != crc32_add(0, control, 28))
		return 0;
	/* Priority, then successful, then tries; a tie is slot a [6.4]. */
	for (int i = 0; i < 2; i++) {
		unsigned v = get_le16(control + 12 + 2 * i);

		best[i] = (v & 15) << 4 | (v >> 7 & 1) << 3 | (v >> 4 & 7);
	}
	return best[1] > best[0] ? 'b' : 'a';
}

static bool has_slots(const struct ptable *t)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t n = strlen(t->v[i].name);

		if (n > 2 && strcmp(t->v[i].name + n - 2, "_b") == 0)
			return true;
	}
	return false;
}

int job_active_slot(struct session *s, const struct layout *l, char *ret,
		    struct err *e)
{
	const struct partition *p = ptable_find(&l->table, "misc");
	uint8_t control[SLOT_CONTROL_BYTES];
	struct extent x = { .offset = 0 };

	if (!has_slots(&l->table)) {
		int rc = err_set(e, ERR_USAGE, "the phone has no slots");

		err_hint(e, "leave --slot out");
		return rc;
	}
	if (!p || p->size < SLOT_CONTROL_AT + sizeof(control))
		return err_set(e, ERR_USAGE,
			       "the phone has no slot table (no 'misc')");
	if (!layout_raw_extent(l, p, &x)) {
		if (l->names_write)
			return err_set(e, ERR_USAGE,
				       "the slot table cannot be read without "
				       "the loader writing");
		layout_name_extent(p, &x);
	}
	x.offset += SLOT_CONTROL_AT;
	x.length = sizeof(control);
	if (reader_read(s, &x, control, e) < 0)
		return err_context(e, "reading the slot table");
	*ret = slot_from_control(control);
	if (!*ret)
		return err_set(e, ERR_USAGE,
			       "the slot table of the phone is not valid, so "
			       "no slot is the active one");
	return 0;
}
