/* SPDX-License-Identifier: BSD-3-Clause */
/* loader.c - loader files into memory. */
#include "device/loader.h"

#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static int check(struct loader *l, struct err *e)
{
	int r;

	if (l->len == 0) {
		r = err_set(e, ERR_USAGE, "the loader '%s' is empty", l->file);
		err_hint(e, "copy it again from the firmware package");
		return r;
	}
	return sha256_of(l->data, l->len, l->sha256, e);
}

static void set_name(struct loader *l, const char *path)
{
	const char *slash = strrchr(path, '/');

	text_copy(l->file, sizeof(l->file), slash ? slash + 1 : path);
}

int loader_open(const char *spec, struct loader *ret, struct err *e)
{
	CLEANUP(file_freep) char *path = strdup(spec);
	struct loader l = { .has_addr = false };
	char *at;
	uint64_t addr;
	int r;

	if (!path)
		return err_nomem(e);
	at = strrchr(path, '@');
	if (at) {
		if (text_to_u64(at + 1, UINT32_MAX, &addr, e) < 0)
			/* cppcheck-suppress memleak */
			return err_context(e, "load address of '%s'", spec);
		l.addr = (uint32_t)addr;
		l.has_addr = true;
		*at = '\0';
	}
	r = loader_read(path, ret, e);
	if (r == 0) {
		ret->addr = l.addr;
		ret->has_addr = l.has_addr;
	}
	return r;
}

int loader_read(const char *path, struct loader *ret, struct err *e)
{
	struct loader l = { .has_addr = false };
	int r;

	set_name(&l, path);
	if (file_read_all(path, LOADER_MAX, &l.data, &l.len, e) < 0)
		return err_context(e, "loader");
	r = check(&l, e);
	if (r < 0) {
		loader_free(&l);
		return r;
	}
	*ret = l;
	return 0;
}

int loader_from_memory(const char *name, uint32_t addr, const uint8_t *p,
		       size_t n, struct loader *ret, struct err *e)
{
	struct loader l = { .has_addr = true, .addr = addr, .len = n };
	int r;

	set_name(&l, name);
	l.data = malloc(n ? n : 1);
	if (!l.data)
		return err_nomem(e);
	memcpy(l.data, p, n);
	r = check(&l, e);
	if (r < 0) {
		loader_free(&l);
		return r;
	}
	*ret = l;
	return 0;
}

void loader_free(struct loader *l)
{
	free(l->data);
	memset(l, 0, sizeof(*l));
}
