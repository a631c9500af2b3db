/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * compare_nv.c - a loader that is given an NV makes a new header and fills up
 * what lies behind it, so that other bytes may be the same NV [7.2].
 */
#include "compare_nv.h"

#include <stdlib.h>
#include <string.h>

int compare_nv_begin(struct nv_pair *n, const struct manifest_part *p,
		     struct err *e)
{
	memset(n, 0, sizeof(*n));
	if (strcmp(p->class, "nv") != 0 || p->size == 0)
		return 0;
	n->cap = NV_HEAD_SIZE + NV_IMAGE_MAX;
	if (p->size < n->cap)
		n->cap = (size_t)p->size;
	n->then = malloc(n->cap);
	n->now = malloc(n->cap);
	return n->then && n->now ? 0 : err_nomem(e);
}

void compare_nv_add(struct nv_pair *n, const uint8_t *then, const uint8_t *now,
		    size_t len)
{
	if (!n->then)
		return;
	if (len > n->cap - n->n)
		len = n->cap - n->n;
	memcpy(n->then + n->n, then, len);
	memcpy(n->now + n->n, now, len);
	n->n += len;
}

static bool is_whole(const uint8_t *p, size_t n, struct nv_image *ret)
{
	struct err why;

	return nv_parse(p, n, ret, &why) == 0 && ret->sum_fits;
}

int compare_nv_end(const struct nv_pair *n, struct nv_difference *ret,
		   struct err *e)
{
	struct nv_image a, b;

	if (!n->then || !is_whole(n->then, n->n, &a) ||
	    !is_whole(n->now, n->n, &b))
		return 2;
	return nv_compare(&a, &b, ret, e);
}

void compare_nv_free(struct nv_pair *n)
{
	free(n->then);
	free(n->now);
	memset(n, 0, sizeof(*n));
}
