/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * regions.c - the table of a phone that is read by address: the regions of its
 * profile and its firmware package, and who tells how large they are [5.4, 9].
 */
#include "device/region.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "device/reader.h"
#include "internal.h"
#include "layout_internal.h"

#include <inttypes.h>
#include <string.h>

/* One region, and what is said of it. */
struct say {
	const struct profile_region *profile; /* either may be NULL */
	const struct region_hint *package;
};

static const struct region_hint *hint_of(const struct session *s, uint32_t id)
{
	for (size_t i = 0; i < s->opt.nregions; i++)
		if (s->opt.regions[i].id == id)
			return &s->opt.regions[i];
	return NULL;
}

static bool is_in_profile(const struct profile *p, uint32_t id)
{
	for (size_t i = 0; i < p->nregions; i++)
		if (p->regions[i].id == id)
			return true;
	return false;
}

/* -- what the phone itself holds ----------------------------------------- */

/* 1: the bytes are there; 0: the loader does not give them. */
static int look(struct session *s, uint32_t id, uint64_t offset, uint8_t *buf,
		size_t n, struct err *e)
{
	struct extent x = {
		.offset = offset, .length = n, .by_address = true, .region = id
	};
	int rc = address_allow(s, id, offset + n, e);

	if (rc == 0)
		rc = reader_read(s, &x, buf, e);
	if (rc == 0)
		return 1;
	return layout_is_fatal(e) ? rc : 0;
}

/*
 * By its own header.  What it accounts for has been written there, so that
 * nothing is asked for that might not be; the header of the signature lies
 * right behind the image, inside of the same block of the flash.
 */
static int size_by_head(struct session *s, struct partition *p, struct err *e)
{
	uint8_t head[REGION_HEAD_SIZE], sign[REGION_SIGN_SIZE];
	int rc = look(s, p->region, 0, head, sizeof(head), e);

	if (rc <= 0)
		return rc;
	p->size = region_size_of_head(head, sizeof(head), &p->size_from);
	if (p->size_from != REGION_SIZE_DHTB)
		return 0;
	rc = look(s, p->region, p->size, sign, sizeof(sign), e);
	if (rc > 0)
		p->size = region_size_of_sign(sign, sizeof(sign), p->size);
	return rc < 0 ? rc : 0;
}

/* -- what others say ----------------------------------------------------- */

static void take_size(struct partition *p, uint64_t size,
		      enum region_size_from from)
{
	if (size <= p->size || size > REGION_MAX)
		return;
	p->size = size;
	p->size_from = from;
}

/*
 * The largest of what is told: what the package puts there must have room, too.
 * The profile's word is for when the package has none.
 */
static void size_by_word(struct layout *l, struct partition *p,
			 const struct say *w)
{
	uint64_t own = p->size, told = w->package ? w->package->size : 0;

	if (told && told < own)
		layout_warn(l,
			    "the package gives %" PRIu64 " bytes for '%s', its "
			    "own header %" PRIu64 ": is it for this phone?",
			    told, p->name, own);
	if (told)
		take_size(p, told, REGION_SIZE_PACKAGE);
	else if (w->profile)
		take_size(p, w->profile->size, REGION_SIZE_PROFILE);
	if (w->package)
		take_size(p, w->package->file, REGION_SIZE_PACKAGE);
}

static int add_region(struct session *s, struct layout *l, const struct say *w,
		      struct err *e)
{
	struct partition *p = ptable_add(&l->table);

	if (!p)
		return err_nomem(e);
	p->by_address = true;
	p->uncertain = !w->profile || w->profile->optional;
	p->region = w->profile ? w->profile->id : w->package->id;
	p->expected = (w->profile && !w->profile->optional) ||
		      (w->package && w->package->file);
	text_copy(p->name, sizeof(p->name),
		  w->profile ? w->profile->name : w->package->name);
	/* What may not be there is asked for when all else has been read. */
	if (!p->uncertain && w->profile->header && size_by_head(s, p, e) < 0)
		return err_context(e, "looking at '%s'", p->name);
	size_by_word(l, p, w);
	return address_allow(s, p->region, p->size, e);
}

int layout_from_regions(struct session *s, struct layout *l, struct err *e)
{
	const struct profile *prof = s->opt.profile;

	address_forget(s);
	l->table.source = PTABLE_REGIONS;
	for (size_t i = 0; i < prof->nregions; i++) {
		const struct say w = { &prof->regions[i],
				       hint_of(s, prof->regions[i].id) };

		if (add_region(s, l, &w, e) < 0)
			return -(int)e->code;
	}
	for (size_t i = 0; i < s->opt.nregions; i++) {
		const struct say w = { NULL, &s->opt.regions[i] };

		if (!w.package->named || is_in_profile(prof, w.package->id) ||
		    guard_region_is_for_writing(w.package->id) ||
		    ptable_find(&l->table, w.package->name) ||
		    hint_of(s, w.package->id) != w.package)
			continue;
		if (add_region(s, l, &w, e) < 0)
			return -(int)e->code;
	}
	return 0;
}
