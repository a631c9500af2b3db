/* SPDX-License-Identifier: BSD-3-Clause */
/* borders.c - do the files of a PAC lie where they can lie? */
#include "internal.h"

#include <stdlib.h>

static int by_offset(const void *a, const void *b)
{
	const struct pac_file *x = *(const struct pac_file *const *)a;
	const struct pac_file *y = *(const struct pac_file *const *)b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Two rows may share the same bytes; anything else that meets is wrong. */
static void check_pairs(struct pac *p, const struct pac_file **v, size_t n)
{
	const struct pac_file *last = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct pac_file *f = v[i];

		if (last && f->offset < last->offset + last->size &&
		    (f->offset != last->offset || f->size != last->size))
			pac_problem(p, "'%.60s' and '%.60s' overlap",
				    last->name, f->name);
		if (!last || f->offset + f->size > last->offset + last->size)
			last = f;
	}
}

void pac_check_borders(struct pac *p, uint64_t directory_end)
{
	const struct pac_file *v[PAC_FILES_MAX] = { NULL };
	size_t n = 0;

	for (size_t i = 0; i < p->info.nfiles; i++) {
		struct pac_file *f = &p->files[i];

		if (f->size == 0)
			continue;
		/* (pac_open() refused what overflows) */
		f->beyond = f->offset + f->size > p->info.size;
		if (f->beyond)
			pac_problem(p,
				    "'%.60s' (%llu bytes at %llu) reaches "
				    "behind the end of the PAC at %llu",
				    f->name, (unsigned long long)f->size,
				    (unsigned long long)f->offset,
				    (unsigned long long)p->info.size);
		if (f->offset < directory_end)
			pac_problem(p, "'%.60s' lies in the directory",
				    f->name);
		v[n++] = f;
	}
	qsort(v, n, sizeof(v[0]), by_offset);
	check_pairs(p, v, n);
}
