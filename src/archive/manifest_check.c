/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest_check.c - frames that fit, names that are there once. */
#include "manifest_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of the stated size, in order, with a header frame before each. */
static int check_frames(const struct manifest *m, struct err *e)
{
	uint64_t next = 0;

	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];
		uint64_t want = p->size / m->block_size +
				(p->size % m->block_size != 0);

		if (p->frames != want)
			return err_set(e, ERR_FORMAT,
				       "'%s' has %" PRIu32 " frames, its size "
				       "needs %" PRIu64,
				       p->name, p->frames, want);
		if (p->first_frame < next + 1)
			return err_set(e, ERR_FORMAT,
				       "the frames of '%s' are also those of "
				       "another part",
				       p->name);
		next = (uint64_t)p->first_frame + p->frames;
		if (next > UINT32_MAX)
			return err_set(e, ERR_FORMAT,
				       "'%s' has frames out of range", p->name);
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* manifest_find() takes either kind, so a name may not be another's member. */
static int check_unique(const struct manifest *m, struct err *e)
{
	size_t n = 2 * m->nparts;
	const char **names = calloc(n + 1, sizeof(*names));
	int rc = 0;

	if (!names)
		return err_nomem(e);
	for (size_t i = 0; i < m->nparts; i++) {
		names[2 * i] = m->parts[i].name;
		names[2 * i + 1] = m->parts[i].member;
		if (strcmp(names[2 * i], names[2 * i + 1]) == 0)
			names[2 * i] = ""; /* "device.json" is both */
	}
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 1; i < n && rc == 0; i++)
		if (*names[i] && strcmp(names[i - 1], names[i]) == 0)
			rc = err_set(e, ERR_FORMAT, "'%s' is there twice",
				     names[i]);
	free(names);
	return rc;
}

int manifest_check_parts(const struct manifest *m, struct err *e)
{
	if (check_frames(m, e) < 0)
		return -(int)e->code;
	return check_unique(m, e);
}

bool manifest_is_our_folder(const char *member)
{
	static const char *const folders[] = { "gpt/", "boot/", "partitions/",
					       "mapfiles/" };

	if (strcmp(member, MANIFEST_DEVICE) == 0)
		return true;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t n = strlen(folders[i]);

		if (strncmp(member, folders[i], n) == 0)
			return !strchr(member + n, '/');
	}
	return false;
}
