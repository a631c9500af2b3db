/* SPDX-License-Identifier: BSD-3-Clause */
/* mapfile.c - unreadable ranges in the form of GNU ddrescue. */
#include "job/mapfile.h"

#include <inttypes.h>
#include <stdio.h>

static void row(struct strbuf *s, uint64_t at, uint64_t n, char status)
{
	if (n)
		strbuf_add(s, "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n", at, n,
			   status);
}

void mapfile_text(const struct manifest_part *p, struct strbuf *s)
{
	uint64_t at = 0;

	strbuf_add(s,
		   "# Mapfile. Created by spdvault\n"
		   "# %s, %" PRIu64 " bytes, %zu ranges could not be read\n"
		   "# current_pos  current_status  current_pass\n"
		   "0x%08" PRIX64 "     +               1\n"
		   "#      pos        size  status\n",
		   p->member, p->size, p->nunreadable, p->size);
	for (size_t i = 0; i < p->nunreadable; i++) {
		const struct manifest_range *g = &p->unreadable[i];

		row(s, at, g->offset - at, '+');
		row(s, g->offset, g->length, '-');
		at = g->offset + g->length;
	}
	row(s, at, p->size - at, '+');
}

/* NAME.map, or with a number in it where that is too long or taken. */
static void name_it(const struct manifest *m, size_t number, char out[37])
{
	const char *name = m->parts[number].name;

	if (snprintf(out, 37, "%s.map", name) < 37 && !manifest_find(m, out))
		return;
	snprintf(out, 37, "%.20s-%u.map", name, (unsigned)number);
}

static int add_one(struct archive_writer *w, struct manifest *m, size_t number,
		   struct err *e)
{
	char name[37], member[MEMBER_NAME_MAX];
	struct strbuf s = { 0 };
	struct manifest_part *part;
	int rc;

	mapfile_text(&m->parts[number], &s);
	name_it(m, number, name);
	part = s.failed ? NULL : manifest_add_part(m);
	if (!part) {
		strbuf_free(&s);
		return err_nomem(e);
	}
	text_copy(part->name, sizeof(part->name), name);
	text_copy(part->class, sizeof(part->class), "map");
	snprintf(member, sizeof(member), "mapfiles/%s", name);
	rc = archive_add(w, member, s.s, s.len, part, e);
	strbuf_free(&s);
	return rc < 0 ? err_context(e, "storing '%s'", member) : 0;
}

int mapfile_add_all(struct archive_writer *w, struct manifest *m, struct err *e)
{
	size_t n = m->nparts;

	for (size_t i = 0; i < n; i++)
		if (m->parts[i].nunreadable && add_one(w, m, i, e) < 0)
			return -(int)e->code;
	return 0;
}
