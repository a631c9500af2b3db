/* SPDX-License-Identifier: BSD-3-Clause */
/* loader.h - a vendor's loader file and where it goes. */
#ifndef DEVICE_LOADER_H
#define DEVICE_LOADER_H

#include "base/err.h"
#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOADER_MAX ((size_t)16 << 20) /* real ones are below 4 MiB */

struct loader {
	char file[128]; /* base name, for messages and the manifest */
	uint32_t addr;
	bool has_addr;
	uint8_t *data;
	size_t len;
	uint8_t sha256[SHA256_LEN];
};

/*
 * "FILE" or "FILE@ADDR".  ERR_USAGE for an empty file or an address that is
 * no number; ERR_IO when it cannot be read.  What is in it: loader_check.h.
 */
int loader_open(const char *spec, struct loader *ret, struct err *e) MUST_CHECK;
/* The same for a path as it is, without an address. */
int loader_read(const char *path, struct loader *ret, struct err *e) MUST_CHECK;
/* The same from memory, which is copied. */
int loader_from_memory(const char *name, uint32_t addr, const uint8_t *p,
		       size_t n, struct loader *ret, struct err *e) MUST_CHECK;
void loader_free(struct loader *l);

#endif
