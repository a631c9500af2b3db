/* SPDX-License-Identifier: BSD-3-Clause */
/* smallphone.h - storage of half a MiB for simulated phones: quick sessions. */
#ifndef LIB_SMALLPHONE_H
#define LIB_SMALLPHONE_H

#include "device/loader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Storages of both sector sizes, and a boot area, into dir. */
bool smallphone_files(const char *dir);
/*
 * "MODEL,storage=..." with the storage of this sector size; 0: none.  large:
 * one partition is more than a block (ums512 only).
 */
void smallphone_spec(const char *dir, const char *model, unsigned sector,
		     bool large, char *out, size_t cap);
/* One file into dir; false with a message. */
bool smallphone_put(const char *dir, const char *name, const uint8_t *p,
		    size_t n);
/* Loaders of a few transfers. */
bool smallphone_loader(int which, struct loader *ret, struct err *e);

#endif
