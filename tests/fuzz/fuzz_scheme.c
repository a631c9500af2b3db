/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_scheme.c - the XML of firmware packages. */
#include "fuzz.h"

#include "pac/scheme.h"

static void check_text(const char *s, size_t cap)
{
	char again[256];

	assert(memchr(s, 0, cap));
	pac_clean(s, again, sizeof(again));
	assert(strcmp(s, again) == 0);
}

static void check(const struct pac_scheme *s)
{
	assert(s->nitems <= PAC_FILES_MAX && s->nnv <= PAC_NV_MAX);
	assert(s->npartitions <= PAC_PARTITIONS_MAX);
	check_text(s->product, sizeof(s->product));
	check_text(s->scheme, sizeof(s->scheme));
	check_text(s->chip, sizeof(s->chip));
	for (size_t i = 0; i < s->nitems; i++) {
		check_text(s->items[i].id, sizeof(s->items[i].id));
		check_text(s->items[i].alias, sizeof(s->items[i].alias));
		check_text(s->items[i].type, sizeof(s->items[i].type));
		assert(!s->items[i].file);
	}
	for (size_t i = 0; i < s->npartitions; i++) {
		const struct pac_partition *p = &s->partitions[i];

		/* It goes to the phone: the loader takes 35 characters. */
		assert(*p->name && strlen(p->name) <= 35);
		assert(!strpbrk(p->name, "/\\"));
		assert(p->size == PAC_REST || p->size % (1 << 20) == 0);
	}
	for (size_t i = 0; i < s->nnv; i++) {
		check_text(s->nv[i].name, sizeof(s->nv[i].name));
		check_text(s->nv[i].ids, sizeof(s->nv[i].ids));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint8_t *xml = exact_copy(p, n);
	struct err e = { .code = ERR_NONE };
	struct pac_scheme s;
	int rc = pac_scheme_parse(xml, n, "mine", &s, &e);

	free(xml);
	if (rc == 0) {
		check(&s);
		pac_scheme_free(&s);
	} else {
		assert_failure(rc, &e);
		assert(e.code == ERR_FORMAT);
	}
	return 0;
}
