/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.c - one table out of GPT, loader's list or probing. */
#include "device/layout.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"
#include "layout_internal.h"
#include "probe.h"

#include <string.h>

/* -- 64-bit offsets ------------------------------------------------------ */

/* What is longest is where high offsets will be asked for. */
static bool largest_space(const struct layout *l, struct extent *ret)
{
	ret->length = 0;
	if (l->raw) {
		text_copy(ret->name, sizeof(ret->name), BSL_USER_PARTITION);
		ret->length = l->table.storage_size;
	}
	for (size_t i = 0; !l->raw && i < l->table.n; i++) {
		const struct partition *p = &l->table.v[i];

		if (p->size > ret->length && !layout_is_first_nv(p)) {
			memcpy(ret->name, p->name, sizeof(ret->name));
			ret->length = p->size;
		}
	}
	return ret->length > FOUR_GIB;
}

/*
 * The backup GPT, read where it should be, has proven 64-bit offsets, or
 * nothing lies that high; else they are tried.
 */
static int check_reach(struct session *s, struct layout *l, struct err *e)
{
	struct extent x = { .offset = 0 };
	int rc;

	if (l->wide_proven || !largest_space(l, &x))
		return 0;
	rc = session_has_quirk(s, QUIRK_OFFSET_32)
		     ? 0
		     : probe_wide(s, x.name, x.length, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		l->narrow_only = true;
		layout_warn(
			l,
			"this loader does not show that it understands offsets "
			"of 4 GiB and more");
	}
	return 0;
}

/*
 * Boot areas have names only, and with a damaged GPT a name may make the
 * loader write.  The first one is there all the same: to be told as missing.
 */
static int unread_boot_area(struct ptable *t, struct err *e)
{
	struct partition *p = ptable_add(t);

	if (!p)
		return err_nomem(e);
	text_copy(p->name, sizeof(p->name), BSL_SPLLOADER);
	p->boot_area = true;
	return 0;
}

/* -- all of it ----------------------------------------------------------- */

/*
 * No table, and names are out of the question: the storage itself, as one
 * partition, is better than nothing.
 */
static int whole_storage(struct session *s, struct layout *l, struct err *e)
{
	struct partition *p;
	uint64_t size;

	if (probe_storage_size(s, &size, e) < 0)
		return err_context(e, "size of the storage");
	ptable_free(&l->table);
	p = ptable_add(&l->table);
	if (!p)
		return err_nomem(e);
	text_copy(p->name, sizeof(p->name), BSL_USER_PARTITION);
	p->size = size;
	p->has_offset = true;
	p->probed = true;
	l->table.storage_size = size;
	layout_warn(l, "no usable partition table: the whole storage is taken "
		       "as one image");
	return 0;
}

/* Whatever shows what there is, best source first. */
static int find_table(struct session *s, const char *const *known,
		      size_t nknown, struct layout *l, struct err *e)
{
	int rc = layout_from_gpt(s, l, e);

	if (rc != 0)
		return rc;
	/* With a damaged GPT a name may write [4.7]. */
	if (l->names_write)
		return whole_storage(s, l, e);
	rc = layout_from_list(s, l, e);
	if (rc == 0)
		rc = probe_names(s, known, nknown, &l->table, e);
	if (rc >= 0 && l->table.n > 0 &&
	    (l->table.source == PTABLE_PROBED ||
	     l->table.source == PTABLE_PACKAGE))
		layout_warn(l,
			    "there is no partition table; %susual names were "
			    "tried, so there may be partitions with other "
			    "names",
			    l->table.source == PTABLE_PACKAGE
				    ? "those of the firmware package and "
				    : "");
	if (rc < 0 || l->table.n > 0)
		return rc;
	rc = err_set(e, ERR_FORMAT,
		     "the phone shows no partition table: no GPT, no list, and "
		     "none of the usual names");
	err_hint(e, "another FDL2 of the same model may show it");
	if (!s->served)
		err_why(e, WHY_REFUSING_BUILD);
	return rc;
}

static int boot_areas(struct session *s, struct layout *l, struct err *e)
{
	int rc;

	/* With a damaged GPT a name may write [4.7]. */
	if (l->names_write)
		return unread_boot_area(&l->table, e);
	rc = probe_boot_areas(s, &l->table, e);
	if (rc > 0)
		layout_warn(l,
			    "this loader does not give the boot area '%s': "
			    "what the phone starts from is not read",
			    BSL_SPLLOADER);
	return rc;
}

int layout_read(struct session *s, const char *const *known, size_t nknown,
		struct layout *ret, struct err *e)
{
	struct layout l = { .raw = false };
	bool by_address = session_has_quirk(s, QUIRK_READ_BY_ADDRESS);
	int rc = by_address ? layout_from_regions(s, &l, e)
			    : find_table(s, known, nknown, &l, e);

	if (rc >= 0 && !by_address)
		rc = check_reach(s, &l, e);
	if (rc >= 0 && !by_address)
		rc = boot_areas(s, &l, e);
	if (rc < 0) {
		layout_free(&l);
		return rc;
	}
	s->sector = l.table.sector;
	l.nand = s->info.storage == STORAGE_NAND;
	*ret = l;
	return 0;
}

int layout_read_both(struct session *s, const struct layout *l,
		     const struct partition *p, struct both_ways *ret,
		     struct err *e)
{
	struct extent x;

	if (!layout_raw_extent(l, p, &x))
		return err_set(e, ERR_REFUSED, "'%s' cannot be read raw",
			       p->name);
	ret->n = p->size < READER_UNIT ? (size_t)p->size : READER_UNIT;
	x.length = ret->n;
	if (reader_read(s, &x, ret->raw, e) < 0)
		return -(int)e->code;
	layout_name_extent(p, &x);
	x.length = ret->n;
	return reader_read(s, &x, ret->named, e);
}
