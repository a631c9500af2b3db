/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.h - inside of resuming: looking there, going on here. */
#ifndef SRC_ARCHIVE_RESUME_H
#define SRC_ARCHIVE_RESUME_H

#include "archive/resume.h"
#include "writer.h"

struct archive_resume {
	struct archive_options options;
	char *partial, *spool_name;
	struct outfile *file;
	uint64_t size; /* of the .partial as it was found */
	int spool;     /* or -1 */
	bool redo;     /* what a mend began has to be done again */
	struct journal journal;
	struct seektable table; /* of the good frames */
	struct frame_digests digests;
	XXH64_state_t *xxh, *xxh_begin; /* at their end; at the last header */
	uint8_t *packed;
	struct archive_resume_info info;
};

#endif
