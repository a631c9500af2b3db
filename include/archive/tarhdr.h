/* SPDX-License-Identifier: BSD-3-Clause */
/* tarhdr.h - what stands before the bytes of a member in a tar. */
#ifndef ARCHIVE_TARHDR_H
#define ARCHIVE_TARHDR_H

#include "archive/manifest.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_UNIT   512u
#define TARHDR_MAX 8192u

struct tarhdr {
	char name[MEMBER_NAME_MAX];
	uint64_t size;
};

/* Bytes of zeros between the end of a member and the next header. */
static inline size_t tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_UNIT - 1));
}

/*
 * The header of a regular file; the same bytes for the same name and size.
 * 512 bytes, or 1536 with the size in a pax record from 8 GiB on.
 */
int tarhdr_make(const char *name, uint64_t size, uint8_t out[TARHDR_MAX],
		size_t *ret_len, struct err *e) MUST_CHECK;
/* Foreign bytes: exactly one header, of a regular file. */
int tarhdr_parse(const uint8_t *p, size_t n, struct tarhdr *ret,
		 struct err *e) MUST_CHECK;

/*
 * A name out of a foreign tar: without a leading "./", cut to `out`.  Why it
 * must not become the name of a file, or NULL.
 */
const char *tar_name(const char *name, char out[MEMBER_NAME_MAX]);

#endif
