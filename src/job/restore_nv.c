/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_nv.c - NV: items are what counts, not bytes [5.6, 7.2]. */
#include "device/nv.h"

#include "base/text.h"
#include "restore_run.h"

#include <stdlib.h>
#include <string.h>

#define NV_MOST ((size_t)64 << 20) /* bytes of a partition; real ones: 55 */

/* One copy with its bytes. */
struct copy {
	uint8_t *p;
	struct nv_image image;
	bool good;
	char why[sizeof(((struct err *)0)->text)];
};

static void parse(struct copy *c, size_t n)
{
	struct err why;

	c->good = nv_parse(c->p, n, &c->image, &why) == 0;
	if (!c->good)
		text_copy(c->why, sizeof(c->why), why.text);
	else if (!c->image.sum_fits)
		text_copy(c->why, sizeof(c->why),
			  "its checksum does not fit: it is damaged");
	c->good = c->good && c->image.sum_fits;
}

static int stored(struct restore *r, const struct restore_item *it,
		  struct copy *c, struct err *e)
{
	size_t n;

	memset(c, 0, sizeof(*c));
	if (restore_load(r, it->member, NV_MOST, &c->p, &n, e) < 0)
		return -(int)e->code;
	parse(c, n);
	return 0;
}

static int on_phone(struct restore *r, const struct restore_item *it,
		    struct copy *c, struct err *e)
{
	size_t n = it->size < NV_HEAD_SIZE + NV_IMAGE_MAX
			   ? (size_t)it->size
			   : NV_HEAD_SIZE + NV_IMAGE_MAX;

	memset(c, 0, sizeof(*c));
	if (restore_read(r, it->name, n, &c->p, e) < 0)
		return -(int)e->code;
	parse(c, n);
	return 0;
}

static int compare(const struct copy *a, const struct copy *b, struct err *e)
{
	struct nv_difference d;

	return a->good && b->good ? nv_compare(&a->image, &b->image, &d, e) : 0;
}

bool restore_is_nv(const struct restore_item *it)
{
	return strcmp(it->rule->class, "nv") == 0;
}

int restore_nv_same(struct restore *r, const struct restore_item *a,
		    const struct restore_item *b, struct err *e)
{
	struct copy x, y;
	int rc = stored(r, a, &x, e);

	if (rc == 0) {
		rc = stored(r, b, &y, e);
		if (rc == 0)
			rc = compare(&x, &y, e);
		free(y.p);
	}
	free(x.p);
	return rc;
}

int restore_nv_look(struct restore *r, struct restore_item *it, struct err *e)
{
	struct copy x, y;
	int rc = stored(r, it, &x, e);

	if (rc < 0)
		return rc;
	if (!x.good && it->how == RESTORE_AS_NV) {
		restore_say(it, RESTORE_REFUSED,
			    "the archive's copy cannot be written by name: "
			    "%.120s",
			    x.why);
	} else if (x.good) {
		rc = on_phone(r, it, &y, e);
		if (rc == 0)
			rc = compare(&x, &y, e);
		free(y.p);
	}
	free(x.p);
	/* Another header or time stamp is no difference. */
	if (rc == 1)
		it->differs = false;
	return rc < 0 ? rc : 0;
}

int restore_nv_pack(struct restore *r, const struct restore_item *it,
		    uint8_t **ret, size_t *ret_n, uint32_t *ret_sum,
		    struct err *e)
{
	struct copy x;
	int rc = stored(r, it, &x, e);

	if (rc < 0)
		return rc;
	rc = x.good ? nv_pack(&x.image, ret, ret_n, ret_sum, e)
		    : err_set(e, ERR_FORMAT, "%s", x.why);
	free(x.p);
	return rc;
}
