/* SPDX-License-Identifier: BSD-3-Clause */
/* noted.c - many ranges in any order into few in order. */
#include "noted.h"

#include <stdlib.h>
#include <string.h>

bool noted_add(struct noted *l, uint64_t offset, uint64_t length)
{
	/* Doubles at the powers of two, so no capacity has to be kept. */
	if ((l->n & (l->n - 1)) == 0) {
		void *more =
			realloc(l->v, (l->n ? l->n * 2 : 1) * sizeof(*l->v));

		if (!more)
			return false;
		l->v = more;
	}
	l->v[l->n].offset = offset;
	l->v[l->n++].length = length;
	return true;
}

void noted_only(struct noted *l, uint64_t n)
{
	struct noted last = { 0 };

	if (n >= l->n)
		return;
	/* To a list of its own, as the length says how much room there is. */
	for (size_t i = l->n - (size_t)n; i < l->n; i++)
		if (!noted_add(&last, l->v[i].offset, l->v[i].length)) {
			noted_free(&last);
			return; /* too many are no loss */
		}
	noted_free(l);
	*l = last;
}

static int by_offset(const void *a, const void *b)
{
	const struct manifest_range *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

bool noted_settle(struct noted *l, uint64_t end, struct manifest_part *p)
{
	uint64_t done = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_offset);
	for (size_t i = 0; i < l->n; i++) {
		uint64_t from = l->v[i].offset, to;

		if (__builtin_add_overflow(from, l->v[i].length, &to) ||
		    to > end)
			to = end;
		from = from > done ? from : done;
		if (from >= to)
			continue;
		if (!manifest_add_range(p, from, to - from))
			return false;
		done = to;
	}
	return true;
}

void noted_free(struct noted *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}
