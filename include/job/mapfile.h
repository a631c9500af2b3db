/* SPDX-License-Identifier: BSD-3-Clause */
/* mapfile.h - unreadable ranges in the form of GNU ddrescue. */
#ifndef JOB_MAPFILE_H
#define JOB_MAPFILE_H

#include "archive/archive.h"
#include "base/text.h"

/*
 * Appends the mapfile of a part to *s: '+' is read, '-' is a bad place.  Pure;
 * s->failed when memory is out.
 */
void mapfile_text(const struct manifest_part *p, struct strbuf *s);
/*
 * One member mapfiles/NAME.map for each part of m that has unreadable ranges.
 * After the last partition, before archive_finish().
 */
int mapfile_add_all(struct archive_writer *w, struct manifest *m,
		    struct err *e) MUST_CHECK;

#endif
