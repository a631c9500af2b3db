/* SPDX-License-Identifier: BSD-3-Clause */
/* folder.h - the folder that files are taken out into. */
#ifndef SRC_JOB_FOLDER_H
#define SRC_JOB_FOLDER_H

#include "base/err.h"

/* Makes dir (not those above it), or finds it. */
int folder_make(const char *dir, struct err *e) MUST_CHECK;
/* ERR_EXISTS: something that is no folder has this name. */
int folder_in_the_way(const char *path, struct err *e) MUST_CHECK;

#endif
