/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_pac.c - firmware packages; what is listed is there, and safely named. */
#include "fuzz.h"

#include "pac/scheme.h"

#include <strings.h>

/* Clean texts stay as they are when they are cleaned again. */
static void check_text(const char *s)
{
	char again[PAC_TEXT_MAX + 4];

	assert(memchr(s, 0, PAC_TEXT_MAX));
	pac_clean(s, again, sizeof(again));
	assert(strcmp(s, again) == 0);
	for (; *s; s++)
		assert((uint8_t)*s >= 0x20 && *s != 0x7F);
}

/* A name that can be written below a folder, and nowhere else. */
static void check_name(const struct pac_info *i, size_t k)
{
	const char *s = i->files[k].safe;
	size_t n = strlen(s);

	if (i->files[k].size == 0) {
		assert(n == 0);
		return;
	}
	assert(n > 0 && n < PAC_FILE_NAME_MAX);
	assert(!strpbrk(s, "/\\:") && s[0] != '.' && s[0] != '-');
	check_text(s);
	for (size_t j = 0; j < k; j++)
		assert(strcasecmp(i->files[j].safe, s) != 0);
}

static void check_file(struct pac *p, const struct pac_info *i, size_t k)
{
	const struct pac_file *f = &i->files[k];
	struct err e = { .code = ERR_NONE };
	uint8_t *bytes;
	int rc;

	check_text(f->id);
	check_text(f->name);
	check_name(i, k);
	assert(f->naddresses <= 5);
	assert(f->size == 0 || f->beyond == (f->offset + f->size > i->size));
	rc = pac_load(p, f, PAC_LOADER_MAX, &bytes, &e);
	if (rc == 0) {
		assert(!f->beyond);
		touch(bytes, (size_t)f->size);
		free(bytes);
	} else {
		assert_failure(rc, &e);
		assert(f->beyond || f->size == 0);
	}
}

static void check_loader(const struct pac_info *i, const struct pac_loader *l)
{
	if (!l->file)
		return;
	assert(l->file >= i->files && l->file < i->files + i->nfiles);
	assert(l->file->size > 0 && l->rival != l->file);
	assert(!l->differs || (l->has_address && l->address != l->other));
}

static void check(struct pac *p)
{
	const struct pac_info *i = pac_info(p);
	struct err e = { .code = ERR_NONE };
	struct pac_loader fdl1, fdl2;
	struct pac_scheme s;
	int rc;

	assert(i->nfiles > 0 && i->nfiles <= PAC_FILES_MAX);
	assert(i->nproblems <= PAC_PROBLEMS_MAX);
	check_text(i->product);
	check_text(i->version);
	check_text(i->alias);
	for (size_t k = 0; k < i->nfiles; k++)
		check_file(p, i, k);
	rc = pac_scheme_read(p, &s, &e);
	pac_find_loaders(p, rc == 0 ? &s : NULL, &fdl1, &fdl2);
	check_loader(i, &fdl1);
	check_loader(i, &fdl2);
	if (rc == 0)
		pac_scheme_free(&s);
	else
		assert_failure(rc, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint8_t *bytes = exact_copy(p, n);
	struct err e = { .code = ERR_NONE };
	struct pac *pac;
	int rc = pac_open_memory(bytes, n, &pac, &e);

	if (rc == 0) {
		check(pac);
		pac_close(pac);
	} else {
		assert_failure(rc, &e);
		assert(e.hint[0]);
	}
	free(bytes);
	return 0;
}
