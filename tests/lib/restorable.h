/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * restorable.h - storage of less than a MiB that a restore can be tried on: an
 * NV with items, signed images, tables of verified boot, both slots or copies.
 */
#ifndef LIB_RESTORABLE_H
#define LIB_RESTORABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Storages and boot areas into dir; false with a message on stderr. */
bool restorable_files(const char *dir);
/* "MODEL,storage=...[,keys]" with the one for this model. */
void restorable_spec(const char *dir, const char *model, char *out, size_t cap);

#endif
