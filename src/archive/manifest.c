/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest.c - the lists of a manifest: add, find, free. */
#include "archive/manifest.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more element, zeroed; NULL: memory or the limit is out. */
static void *append(void **list, size_t *count, size_t max, size_t size)
{
	uint8_t *element;
	void *more;

	if (*count >= max)
		return NULL;
	/* Doubles at the powers of two, so no capacity has to be kept. */
	if ((*count & (*count - 1)) == 0) {
		size_t cap = *count ? *count * 2 : 1;

		more = realloc(*list, cap * size);
		if (!more)
			return NULL;
		*list = more;
	}
	element = (uint8_t *)*list + *count * size;
	memset(element, 0, size);
	(*count)++;
	return element;
}

struct manifest_part *manifest_add_part(struct manifest *m)
{
	void *list = m->parts;
	void *p = append(&list, &m->nparts, MANIFEST_PARTS_MAX,
			 sizeof(*m->parts));

	m->parts = list;
	return p;
}

void manifest_drop_part(struct manifest *m)
{
	free(m->parts[--m->nparts].unreadable);
}

static int by_frame(const void *a, const void *b)
{
	const struct manifest_part *x = a, *y = b;

	return x->first_frame < y->first_frame
		       ? -1
		       : x->first_frame > y->first_frame;
}

void manifest_sort_parts(struct manifest *m)
{
	if (m->nparts > 1)
		qsort(m->parts, m->nparts, sizeof(*m->parts), by_frame);
}

struct manifest_omitted *manifest_add_omitted(struct manifest *m)
{
	void *list = m->omitted;
	void *p = append(&list, &m->nomitted, MANIFEST_PARTS_MAX,
			 sizeof(*m->omitted));

	m->omitted = list;
	return p;
}

void manifest_drop_warnings(struct manifest *m, const char *begin)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->nwarnings; i++) {
		if (strncmp(m->warnings[i], begin, strlen(begin)) == 0)
			continue;
		if (kept != i)
			memcpy(m->warnings[kept], m->warnings[i],
			       sizeof(*m->warnings));
		kept++;
	}
	m->nwarnings = kept;
}

bool manifest_add_warning(struct manifest *m, const char *text)
{
	void *list = m->warnings;
	char *p = append(&list, &m->nwarnings, MANIFEST_PARTS_MAX,
			 sizeof(*m->warnings));

	m->warnings = list;
	if (!p)
		return false;
	snprintf(p, sizeof(*m->warnings), "%s", text);
	return true;
}

bool manifest_add_range(struct manifest_part *p, uint64_t offset,
			uint64_t length)
{
	struct manifest_range *last, *added;
	void *list = p->unreadable;

	if (p->nunreadable > 0) {
		last = &p->unreadable[p->nunreadable - 1];
		if (last->offset + last->length == offset) {
			last->length += length;
			return true;
		}
	}
	added = append(&list, &p->nunreadable, MANIFEST_RANGES_MAX,
		       sizeof(*added));
	p->unreadable = list;
	if (!added)
		return false;
	added->offset = offset;
	added->length = length;
	return true;
}

void manifest_free(struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++)
		free(m->parts[i].unreadable);
	free(m->parts);
	free(m->omitted);
	free(m->warnings);
	memset(m, 0, sizeof(*m));
}

const struct manifest_part *manifest_find(const struct manifest *m,
					  const char *name)
{
	for (size_t i = 0; i < m->nparts; i++)
		if (strcmp(m->parts[i].name, name) == 0 ||
		    strcmp(m->parts[i].member, name) == 0)
			return &m->parts[i];
	return NULL;
}

bool manifest_member_is_safe(const char *member)
{
	char step[MEMBER_NAME_MAX];
	const char *slash;

	if (strlen(member) >= MEMBER_NAME_MAX)
		return false;
	for (;; member = slash + 1) {
		slash = strchrnul(member, '/');
		memcpy(step, member, (size_t)(slash - member));
		step[slash - member] = '\0';
		/* No leading dot: neither "..", nor a hidden file. */
		if (!text_is_file_name(step))
			return false;
		if (!*slash)
			return true;
	}
}

static const char *const methods[] = {
	[METHOD_NONE] = "none",
	[METHOD_RAW] = "raw",
	[METHOD_BY_NAME] = "by-name",
	[METHOD_NV_BY_NAME] = "nv-by-name",
	[METHOD_BY_ADDRESS] = "by-address",
};

const char *manifest_method_name(enum read_method m)
{
	return methods[m];
}
