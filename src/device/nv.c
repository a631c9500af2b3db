/* SPDX-License-Identifier: BSD-3-Clause */
/* nv.c - header, lists of items, and what goes to a first copy [5.6, 7.2]. */
#include "device/nv.h"

#include "base/bytes.h"
#include "base/crc16.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_MAGIC  0x00004E56u /* "VN" */
#define PREFIX	    4u		/* CRC and a time stamp, in front of a list */
#define ITEM_HEAD   4u
#define INDEX_MAGIC 0x58444E49u /* "INDX" */
#define INDEX_HEAD  8u
#define INDEX_ROW   24u
#define LAST_ID	    0xFFFEu /* this and FFFF end a list */

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* -- lists --------------------------------------------------------------- */

/* The item at `at`: 1, and *next behind it; 0: the end; -1: it is none. */
static int item_at(const uint8_t *p, size_t n, size_t at, struct nv_item *ret,
		   size_t *next)
{
	if (at >= n) {
		*next = n;
		return 0;
	}
	if (n - at < 2)
		return -1;
	ret->id = get_le16(p + at);
	if (ret->id >= LAST_ID) {
		/* With or without a length of its own. */
		*next = n - at < ITEM_HEAD ? n : at + ITEM_HEAD;
		return 0;
	}
	if (n - at < ITEM_HEAD)
		return -1;
	ret->len = get_le16(p + at + 2);
	ret->data = p + at + ITEM_HEAD;
	if (ret->len > n - at - ITEM_HEAD)
		return -1;
	*next = at + ITEM_HEAD + padded(ret->len);
	if (*next > n)
		*next = n;
	return 1;
}

/* Walks a list; false when it is none.  *ret_end: behind its mark. */
static bool walk(const uint8_t *p, size_t n, size_t from, size_t *items,
		 size_t *ret_end)
{
	struct nv_item item;
	size_t at = from, count = 0;
	int rc;

	while ((rc = item_at(p, n, at, &item, &at)) > 0)
		if (++count > NV_ITEMS_MAX)
			return false;
	*items += count;
	*ret_end = at;
	return rc == 0;
}

static void core_name(const uint8_t *p, char ret[17])
{
	size_t n = strnlen((const char *)p, 16);

	text_clean(p, n, ret, 17);
}

/* An index in place of the first item: a list for each core. */
static bool parse_index(struct nv_image *im)
{
	const uint8_t *index = im->body + PREFIX + ITEM_HEAD;
	size_t len = get_le16(im->body + PREFIX + 2);
	size_t end;

	im->ncores = get_le16(index + 6);
	if (len < INDEX_HEAD || im->ncores == 0 || im->ncores > NV_CORES_MAX ||
	    im->ncores > (len - INDEX_HEAD) / INDEX_ROW ||
	    len > im->len - PREFIX - ITEM_HEAD)
		return false;
	im->list_end = PREFIX + ITEM_HEAD + padded(len);
	if (im->list_end > im->len)
		im->list_end = im->len;
	for (size_t i = 0; i < im->ncores; i++) {
		const uint8_t *row = index + INDEX_HEAD + i * INDEX_ROW;
		struct nv_core *c = &im->cores[i];

		core_name(row, c->name);
		c->offset = get_le32(row + 16);
		c->size = get_le32(row + 20);
		if (c->offset > im->len || c->size > im->len - c->offset ||
		    !walk(im->body + c->offset, c->size, 0, &im->items, &end))
			return false;
		if (c->offset + c->size > im->list_end)
			im->list_end = c->offset + c->size;
	}
	return im->items > 0 && im->items <= NV_ITEMS_MAX;
}

static bool parse_lists(struct nv_image *im)
{
	const uint8_t *p = im->body;

	if (im->len >= PREFIX + ITEM_HEAD + INDEX_HEAD &&
	    get_le16(p + PREFIX) == 0 &&
	    get_le32(p + PREFIX + ITEM_HEAD) == INDEX_MAGIC)
		return get_le16(p + PREFIX + ITEM_HEAD + 4) == 0 &&
		       parse_index(im);
	im->ncores = 1;
	im->cores[0] = (struct nv_core) { .offset = PREFIX,
					  .size = (uint32_t)im->len - PREFIX };
	return im->len > PREFIX &&
	       walk(p, im->len, PREFIX, &im->items, &im->list_end) &&
	       im->items > 0;
}

/* -- an image ------------------------------------------------------------ */

static bool is_padding(const uint8_t *p, size_t n)
{
	return n == 0 ||
	       ((p[0] == 0xFF || p[0] == 0) && memcmp(p, p + 1, n - 1) == 0);
}

/* As often as it takes: there may be more than one carry. */
static uint16_t folded(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	return (uint16_t)~sum;
}

/* Builds differ in the width of the register that they add words in. */
static bool sum_fits(const uint8_t *p, size_t n, uint32_t want)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += get_le16(p + i);
	if (n % 2)
		sum += p[n - 1];
	return want == folded(sum) || want == folded((uint32_t)sum) ||
	       want == folded((uint16_t)sum);
}

static bool crc_fits(const uint8_t *p, size_t n)
{
	return get_be16(p) == crc16_arc(0, p + 2, n - 2);
}

static int no_list(struct err *e)
{
	int rc = err_set(e, ERR_FORMAT,
			 "this is no list of NV items: the build encrypts or "
			 "protects its NV");

	err_hint(e, "the second copy can be written as it is, onto the same "
		    "phone");
	return rc;
}

int nv_parse(const uint8_t *p, size_t n, struct nv_image *ret, struct err *e)
{
	memset(ret, 0, sizeof(*ret));
	if (n < NV_HEAD_SIZE || get_le32(p) != HEAD_MAGIC)
		return err_set(e, ERR_FORMAT,
			       "it does not begin with the header of an NV "
			       "partition");
	ret->body = p + NV_HEAD_SIZE;
	ret->len = get_le32(p + 4);
	if (ret->len > n - NV_HEAD_SIZE || ret->len > NV_IMAGE_MAX)
		return err_set(e, ERR_FORMAT,
			       "its header speaks of %zu bytes of NV, and "
			       "there are %zu",
			       ret->len, n - NV_HEAD_SIZE);
	if (!parse_lists(ret))
		return no_list(e);
	ret->sum_fits = sum_fits(ret->body, ret->len, get_le32(p + 8));
	ret->crc_fits = crc_fits(ret->body, ret->list_end) ||
			crc_fits(ret->body, ret->len);
	ret->send_len = ret->len;
	if (is_padding(ret->body + ret->list_end, ret->len - ret->list_end))
		ret->send_len = ret->list_end;
	else if (!ret->crc_fits) /* what looks like a list may be chance */
		return no_list(e);
	return 0;
}

/* No loader takes an odd size; both sums are over all that goes out. */
int nv_pack(const struct nv_image *im, uint8_t **ret, size_t *ret_n,
	    uint32_t *ret_sum, struct err *e)
{
	size_t n = im->send_len + im->send_len % 2;
	uint8_t *p = calloc(1, n);
	uint32_t sum = 0;

	if (!p)
		return err_nomem(e);
	memcpy(p, im->body, im->send_len);
	put_be16(p, crc16_arc(0, p + 2, n - 2));
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	*ret = p;
	*ret_n = n;
	*ret_sum = sum;
	return 0;
}

bool nv_next(const struct nv_image *im, struct nv_cursor *c,
	     struct nv_item *ret)
{
	for (; c->core < im->ncores; c->core++, c->at = 0) {
		const struct nv_core *core = &im->cores[c->core];

		if (item_at(im->body + core->offset, core->size, c->at, ret,
			    &c->at) > 0) {
			ret->core = c->core;
			return true;
		}
	}
	return false;
}

/* -- two images ---------------------------------------------------------- */

/* By core and id; of the same, in the order in which they stand. */
static int by_name(const void *pa, const void *pb)
{
	const struct nv_item *a = pa, *b = pb;

	if (a->core != b->core)
		return a->core < b->core ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->data < b->data ? -1 : a->data > b->data;
}

static struct nv_item *sorted(const struct nv_image *im)
{
	struct nv_item *v = calloc(im->items, sizeof(*v));
	struct nv_cursor c = { 0 };

	for (size_t i = 0; v && i < im->items; i++)
		if (!nv_next(im, &c, &v[i]))
			break;
	if (v)
		qsort(v, im->items, sizeof(*v), by_name);
	return v;
}

static bool same_cores(const struct nv_image *a, const struct nv_image *b)
{
	if (a->ncores != b->ncores)
		return false;
	for (size_t i = 0; i < a->ncores; i++)
		if (strcmp(a->cores[i].name, b->cores[i].name) != 0)
			return false;
	return true;
}

static void note(struct nv_difference *d, const struct nv_image *im,
		 const struct nv_item *item)
{
	if (d->differ + d->only_a + d->only_b > 0)
		return;
	text_copy(d->core, sizeof(d->core), im->cores[item->core].name);
	d->id = item->id;
}

/* -1, 1: only one has it; 0: both have. */
static int side(const struct nv_item *x, const struct nv_item *y)
{
	if (x->core != y->core)
		return x->core < y->core ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void merge(const struct nv_image *a, const struct nv_item *x,
		  const struct nv_image *b, const struct nv_item *y,
		  struct nv_difference *d)
{
	size_t i = 0, k = 0;

	while (i < a->items || k < b->items) {
		int s = i == a->items	? 1
			: k == b->items ? -1
					: side(&x[i], &y[k]);

		if (s == 0 && x[i].len == y[k].len &&
		    memcmp(x[i].data, y[k].data, x[i].len) == 0) {
			d->equal++;
		} else {
			note(d, s <= 0 ? a : b, s <= 0 ? &x[i] : &y[k]);
			*(s == 0  ? &d->differ
			  : s < 0 ? &d->only_a
				  : &d->only_b) += 1;
		}
		i += s <= 0;
		k += s >= 0;
	}
}

int nv_compare(const struct nv_image *a, const struct nv_image *b,
	       struct nv_difference *ret, struct err *e)
{
	struct nv_item *x, *y;
	int rc = 0;

	memset(ret, 0, sizeof(*ret));
	ret->cores = !same_cores(a, b);
	if (ret->cores)
		return 0;
	x = sorted(a);
	y = sorted(b);
	if (!x || !y)
		rc = err_nomem(e);
	else
		merge(a, x, b, y, ret);
	free(x);
	free(y);
	if (rc < 0)
		return rc;
	return ret->differ + ret->only_a + ret->only_b == 0;
}
