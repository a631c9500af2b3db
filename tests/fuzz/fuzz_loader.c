/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_loader.c - the looks at a loader file, before it is sent. */
#include "fuzz.h"

#include "base/text.h"
#include "device/loader_check.h"

#include <stdio.h>

static void check_verdict(const struct loader_verdict *v)
{
	assert(v->worth <= LOADER_WRONG);
	assert(memchr(v->text, 0, sizeof(v->text)));
	assert(memchr(v->hint, 0, sizeof(v->hint)));
	assert((v->worth == LOADER_FINE) == !v->text[0]);
	/* Whoever is refused is told what to do. */
	assert(v->worth < LOADER_SUSPECT || v->hint[0]);
}

static void make(struct input *in, struct loader *l)
{
	unsigned flags = take_u8(in);
	struct input name = take(in, take_u8(in) % sizeof(l->file));
	struct input body;

	memset(l, 0, sizeof(*l));
	text_clean(name.p, name.n, l->file, sizeof(l->file));
	l->has_addr = flags & 1;
	l->addr = (uint32_t)take_u64(in);
	body = take(in, flags & 2 ? in->n / 2 : in->n);
	l->data = exact_copy(body.p, body.n);
	l->len = body.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct profile chip = { .name = "ums512",
					     .title = "UMS512 (T610)",
					     .names = { "UMS512" },
					     .nnames = 1 };
	struct input in = { p, n };
	struct loader one, two;
	struct loader_verdict v;
	struct loader_head h;
	const char *kind;

	make(&in, &one);
	make(&in, &two);
	if (loader_head_parse(one.data, one.len, &h))
		assert(one.len >= 0x200 && h.end >= 0x200u + h.size);
	else
		assert(!h.dhtb && !h.size && !h.end);
	kind = loader_foreign_kind(one.data, one.len);
	for (int which = 1; which <= 2; which++) {
		loader_check(&one, which, which == 1 ? &chip : NULL, &v);
		check_verdict(&v);
		assert(!kind || v.worth == LOADER_WRONG);
	}
	loader_check_pair(&one, &two, &v);
	check_verdict(&v);
	free(one.data);
	free(two.data);
	return 0;
}
