/* SPDX-License-Identifier: BSD-3-Clause */
/* store.c - a window of what START_DATA announced, into the storage. */
#include "internal.h"

#include "base/bytes.h"

#include <fnmatch.h>
#include <string.h>

#define MIB	    ((uint64_t)1 << 20)
#define VBMETA_UNIT 4096 /* what the vendor's own image is filled up to */
#define SPL_SUM_AT  0x24 /* in the header of a first stage, at 0x20 [9] */

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

/* Where there is no partition `uboot` its boot area is the copy's [5.5]. */
static bool copy_is_uboot(struct phone *p, const char *name)
{
	struct target uboot;

	return !strcmp(name, BSL_SPLLOADER) &&
	       fdl2_locate(p, "uboot", &uboot) && uboot.area != AREA_USER;
}

/* The name that is written along with this one [7.3], or an empty one. */
static void find_other(struct phone *p)
{
	static const char *const doubled[] = { "splloader", "uboot", "trustos",
					       "teecfg",    "sml",   "vbmeta",
					       NULL };
	struct writing *w = &p->writing;
	char *slot;

	strcpy(w->other, w->name);
	slot = slot_letter(w->other);
	if (slot && p->cfg.ab_mirror) {
		*slot = *slot == 'a' ? 'b' : 'a';
		return;
	}
	w->other[0] = 0;
	if (!one_of(w->name, doubled) || copy_is_uboot(p, w->name) ||
	    p->cfg.bak == BAK_NONE ||
	    (p->cfg.bak == BAK_SIGNED && !signed_is_dhtb(w->buf, w->len) &&
	     !signed_is_vbmeta(w->buf, w->len)))
		return;
	strcpy(w->other, w->name);
	strcat(w->other, "_bak");
}

/* Which bytes and which sum is not known: the words behind the header. */
static void fill_spl_sum(struct writing *w)
{
	uint32_t sum = 0;

	if (strcmp(w->name, BSL_SPLLOADER) != 0 ||
	    signed_is_dhtb(w->buf, w->len) || w->len < SPL_SUM_AT + 4)
		return;
	for (size_t i = SPL_SUM_AT + 4; i + 4 <= w->len; i += 4)
		sum += get_le32(w->buf + i);
	put_le32(w->buf + SPL_SUM_AT, sum);
}

/* What the beginning of the data decides. */
static void look_at_first(struct phone *p)
{
	struct writing *w = &p->writing;

	w->payload = signed_payload(w->buf, w->len);
	w->expand = sparse_is(w->buf, w->len);
	find_other(p);
	fill_spl_sum(w);
}

/* BSL_REP_ACK, another answer, or 0 when there will be none [7.5]. */
static uint16_t check_signature(struct phone *p, size_t n, bool last)
{
	struct writing *w = &p->writing;

	if (p->cfg.verify_hang == VERIFY_OFF || !signed_name(w->name))
		return BSL_REP_ACK;
	if (!signed_as_made(p, w->name, w->flushed, w->buf, n))
		w->foreign[0] = true;
	if (!w->other[0] || !signed_as_made(p, w->other, w->flushed, w->buf, n))
		w->foreign[1] = true;
	if (!last ||
	    (w->size >= w->payload && !(w->foreign[0] && w->foreign[1])))
		return BSL_REP_ACK;
	if (p->cfg.verify_hang == VERIFY_84)
		return BSL_REP_OPERATION_FAILED;
	if (p->cfg.verify_hang == VERIFY_AA)
		return BSL_REP_SECURITY_ERROR;
	sim_die(p, "signature of what was written is wrong");
	return 0;
}

/* Until the power has been off once [7.7]. */
bool store_is_protected(const struct phone *p, const char *name)
{
	return p->cfg.protect && p->power_ons == 1 &&
	       fnmatch(p->cfg.protect, name, 0) == 0;
}

/* What goes before the first byte of some parts is written [7.3]. */
static void clear_first(struct phone *p, const char *name,
			const struct target *t)
{
	uint64_t part = t->size / 100;

	if (!strncmp(name, "vbmeta", 6) && p->cfg.vbmeta_erase)
		sim_write(p, "vbmeta is erased first", true, t->area, t->start,
			  NULL, t->size);
	else if (!strcmp(name, "userdata"))
		sim_write(p, "the first 1 % of userdata is erased", true,
			  t->area, t->start, NULL, part - part % p->cfg.sector);
}

/* n bytes of the window to one name; *took of them are done with. */
static uint16_t store_as(struct phone *p, const char *name, struct sparse *s,
			 size_t n, size_t *took)
{
	struct writing *w = &p->writing;
	struct target t;
	ptrdiff_t r;

	*took = n;
	/* Where the copy does not exist, there is none to write. */
	if (!fdl2_find(p, name, &t))
		return BSL_REP_ACK;
	if (store_is_protected(p, name))
		return BSL_REP_WRITE_ERROR;
	if (!w->flushed)
		clear_first(p, name, &t);
	if (w->expand) {
		r = sparse_take(p, &t, s, w->buf, n);
		*took = r < 0 ? n : (size_t)r;
		return r < 0 ? BSL_REP_OPERATION_FAILED : BSL_REP_ACK;
	}
	if (w->flushed > t.size || n > t.size - w->flushed)
		return BSL_REP_OPERATION_FAILED;
	return sim_write(p, "START_DATA", true, t.area, t.start + w->flushed,
			 w->buf, n)
		       ? BSL_REP_ACK
		       : BSL_REP_OPERATION_FAILED;
}

static void drop_front(struct writing *w, size_t n)
{
	memmove(w->buf, w->buf + n, w->len - n);
	w->len -= n;
	w->flushed += n;
}

/* Does more than padding lie behind the payload? */
static void look_for_tail(struct writing *w, size_t n)
{
	size_t at = 0;

	if (w->payload > w->flushed)
		at = w->payload - w->flushed < n
			     ? (size_t)(w->payload - w->flushed)
			     : n;
	for (; at < n && !w->has_tail; at++)
		w->has_tail = w->buf[at] != 0 && w->buf[at] != 0xFF;
}

/* A padded vbmeta: "No valid OS" at the next start [7.5 U]. */
static void look_at_padding(struct phone *p)
{
	const struct writing *w = &p->writing;
	uint64_t most =
		(w->payload + VBMETA_UNIT - 1) / VBMETA_UNIT * VBMETA_UNIT;

	if (!strncmp(w->name, "vbmeta", 6) && p->cfg.vbmeta_erase)
		sim_harm(p, w->name,
			 w->payload && w->size > most && !w->has_tail
				 ? "vbmeta was written with its padding"
				 : NULL);
}

uint16_t store_window(struct phone *p, bool last)
{
	struct writing *w = &p->writing;
	size_t n = last ? w->len : (size_t)p->cfg.window, took, same;
	uint16_t type;

	if (!w->flushed)
		look_at_first(p);
	look_for_tail(w, n);
	p->delay_ms = n / MIB * p->cfg.write_ms + (last ? p->cfg.last_ms : 0);
	type = check_signature(p, n, last);
	if (type != BSL_REP_ACK)
		return type;
	type = store_as(p, w->name, &w->sparse[0], n, &took);
	if (type == BSL_REP_ACK && w->other[0])
		type = store_as(p, w->other, &w->sparse[1], n, &same);
	drop_front(w, took);
	if (type != BSL_REP_ACK || !last)
		return type;
	if (w->expand && !sparse_done(&w->sparse[0]))
		return BSL_REP_OPERATION_FAILED;
	look_at_padding(p);
	return BSL_REP_ACK;
}
