/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest_check.h - what the parts of a manifest must be to each other. */
#ifndef SRC_ARCHIVE_MANIFEST_CHECK_H
#define SRC_ARCHIVE_MANIFEST_CHECK_H

#include "archive/manifest.h"

/*
 * Frames in order and as many as the sizes need, no name twice; else
 * ERR_FORMAT.  m->block_size is not 0.
 */
int manifest_check_parts(const struct manifest *m, struct err *e) MUST_CHECK;

/* Is a member path one of those that an archive of ours has? */
bool manifest_is_our_folder(const char *member);

#endif
