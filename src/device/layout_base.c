/* SPDX-License-Identifier: BSD-3-Clause */
/* layout_base.c - a layout by itself: its warnings, what may be read how. */
#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"
#include "layout_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void layout_warn(struct layout *l, const char *fmt, ...)
{
	va_list ap;

	if (l->nwarnings == LAYOUT_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(l->warnings[l->nwarnings++], sizeof(l->warnings[0]), fmt, ap);
	va_end(ap);
}

void layout_free(struct layout *l)
{
	ptable_free(&l->table);
	free(l->primary.data);
	free(l->backup.data);
	memset(l, 0, sizeof(*l));
}

bool layout_is_fatal(const struct err *e)
{
	return e->code != ERR_REFUSED || session_wants_authorisation(e);
}

bool layout_is_first_nv(const struct partition *p)
{
	return guard_name_repairs(p->name);
}

bool layout_is_out_of_reach(const struct layout *l, const struct partition *p)
{
	return l->narrow_only && p->size > FOUR_GIB;
}

bool layout_raw_extent(const struct layout *l, const struct partition *p,
		       struct extent *ret)
{
	if (!l->raw || !p->has_offset || p->boot_area ||
	    (l->narrow_only && p->offset + p->size > FOUR_GIB))
		return false;
	memset(ret, 0, sizeof(*ret));
	text_copy(ret->name, sizeof(ret->name), BSL_USER_PARTITION);
	ret->offset = p->offset;
	ret->length = p->size;
	return true;
}

void layout_name_extent(const struct partition *p, struct extent *ret)
{
	memcpy(ret->name, p->name, sizeof(ret->name));
	ret->offset = 0;
	ret->length = p->size;
	ret->whole = p->size;
	ret->by_address = p->by_address;
	ret->region = p->region;
}
