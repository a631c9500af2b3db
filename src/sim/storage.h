/* SPDX-License-Identifier: BSD-3-Clause */
/* storage.h - what the simulated phone holds, and what was done to it. */
#ifndef SIM_STORAGE_H
#define SIM_STORAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum content {
	CONTENT_ZERO,
	CONTENT_RANDOM,
	CONTENT_BULK,  /* half of the 64 KiB blocks compress well */
	CONTENT_TEXT,  /* log-like lines of 16 characters */
	CONTENT_FLAGS, /* mostly 7E and 7D, the worst case for escaping */
	CONTENT_ERASED /* all FF */
};

/* Every 16 bytes of the first four kinds tell their own offset. */
void content_fill(enum content kind, uint64_t seed, uint64_t offset,
		  uint8_t *out, size_t n);
uint64_t content_mix(uint64_t x);

/* A piece of an area: a head made beforehand, then content as a function. */
struct extent {
	uint64_t start, size;
	uint64_t tail_at;    /* from here (relative) on: tail_kind */
	uint64_t seed, from; /* content is a function of from + at */
	enum content kind, tail_kind;
	uint8_t *head;
	size_t head_len;
};

#define AREA_PAGE 4096

struct range {
	uint64_t start, size;
};

struct page {
	uint64_t no; /* + 1; 0: slot is free */
	uint8_t *data;
};

struct area {
	uint64_t size;
	struct extent *extents; /* sorted, not overlapping */
	size_t n_extents;
	const uint8_t *map; /* a file instead of extents */
	size_t map_len;
	/* What another area holds, in another form; owns image_of. */
	void (*image)(const void *image_of, uint64_t offset, uint8_t *buf,
		      size_t n);
	void *image_of;
	struct page *pages; /* what was written since, a hash table */
	size_t n_pages, cap_pages;
	struct range *erased;
	size_t n_erased;
	uint8_t erased_byte; /* what erased places read as */
};

enum area_id { AREA_USER, AREA_BOOT1, AREA_BOOT2, AREAS };

struct storage {
	struct area area[AREAS];
};

void storage_free(struct storage *s);
const char *area_name(enum area_id id);

/* Caller frees nothing; the area owns the head from here on. */
int area_add(struct area *a, const struct extent *x, struct err *e) MUST_CHECK;
/* The file itself is never changed. */
int area_map_file(struct area *a, const char *path, struct err *e) MUST_CHECK;

/* False, and nothing done, when any of it lies outside the area. */
bool area_read(const struct area *a, uint64_t offset, uint8_t *buf, size_t n);
/* What was there before anything was written; offset and n lie in the area. */
void area_as_made(const struct area *a, uint64_t offset, uint8_t *buf,
		  size_t n);
/* False when outside or out of memory. */
bool area_write(struct area *a, uint64_t offset, const uint8_t *buf, size_t n);
bool area_erase(struct area *a, uint64_t offset, uint64_t n);

#endif
