/* SPDX-License-Identifier: BSD-3-Clause */
/* resume_note.c - what a backup notes in its journal for the next run. */
#include "base/file.h"
#include "base/text.h"
#include "resume.h"

#include <inttypes.h>
#include <stdio.h>

static int note_range(struct archive_writer *w, const char *member,
		      uint64_t offset, uint64_t length, struct err *e)
{
	char text[MEMBER_NAME_MAX + 64];

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %s", offset,
		 length, member);
	return archive_note(w, NOTE_RANGE, text, e);
}

int resume_note_block(struct archive_writer *w, const char *member,
		      const struct manifest_part *p, const struct block *b,
		      struct err *e)
{
	uint64_t end = b->offset + b->used;

	/* Only at the first byte can another way of reading be found. */
	if (b->offset == 0 && p->method == METHOD_BY_NAME &&
	    archive_note(w, NOTE_METHOD, member, e) < 0)
		return -(int)e->code;
	for (size_t i = p->nunreadable; i-- > 0;) {
		const struct manifest_range *r = &p->unreadable[i];
		uint64_t from = r->offset, to = r->offset + r->length;

		if (to <= b->offset)
			break; /* they are in order */
		from = from > b->offset ? from : b->offset;
		to = to < end ? to : end;
		if (from < to && note_range(w, member, from, to - from, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

int resume_note_ranges(struct archive_writer *w, const char *member,
		       const struct manifest_part *p, struct err *e)
{
	char text[MEMBER_NAME_MAX + 32];

	for (size_t i = 0; i < p->nunreadable; i++)
		if (note_range(w, member, p->unreadable[i].offset,
			       p->unreadable[i].length, e) < 0)
			return -(int)e->code;
	snprintf(text, sizeof(text), "%zu %s", p->nunreadable, member);
	return archive_note(w, NOTE_ONLY, text, e);
}

int resume_note_part(struct archive_writer *w, const char *member,
		     const struct manifest_part *p, struct err *e)
{
	CLEANUP(file_freep) char *json = NULL;
	struct manifest_part named = *p;

	if (resume_note_ranges(w, member, p, e) < 0)
		return -(int)e->code;
	/* What archive_end() fills is not there yet; it must be readable. */
	text_copy(named.member, sizeof(named.member), member);
	if (manifest_part_to_text(&named, &json, e) < 0)
		return -(int)e->code;
	return archive_note(w, NOTE_PART, json, e);
}

int resume_note_left_out(struct archive_writer *w, const char *name,
			 struct err *e)
{
	if (archive_note(w, NOTE_LEFT_OUT, name, e) < 0)
		return -(int)e->code;
	/* It may have been the end of the phone: nothing may come behind it. */
	return archive_keep_notes(w, e);
}

int resume_note_warning(struct archive_writer *w, const char *text,
			struct err *e)
{
	return archive_note(w, NOTE_WARNING, text, e);
}

int resume_note_start(struct archive_writer *w, const struct manifest *m,
		      const struct identity *id, struct err *e)
{
	char text[sizeof(id->v->label) + sizeof(id->v->value) + 8];

	if (archive_note(w, NOTE_BEGUN, m->created, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i < id->n; i++) {
		snprintf(text, sizeof(text), "%s = %s", id->v[i].label,
			 id->v[i].value);
		if (archive_note(w, IDENTITY_NOTE, text, e) < 0)
			return -(int)e->code;
	}
	for (size_t i = 0; i < m->nwarnings; i++)
		if (resume_note_warning(w, m->warnings[i], e) < 0)
			return -(int)e->code;
	return 0;
}
