/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * nv.h - NV partitions as they lie on the flash, and as a loader wants them
 * back; pure.  Nothing here edits an item.  docs/protocol.md 5.6 and 7.2.
 */
#ifndef DEVICE_NV_H
#define DEVICE_NV_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NV_HEAD_SIZE 512u
#define NV_IMAGE_MAX ((size_t)16 << 20) /* the largest build has 7 MiB */
#define NV_ITEMS_MAX 65536u
#define NV_CORES_MAX 32u

struct nv_core {
	char name[17]; /* printable; "" when there is one list only */
	uint32_t offset, size;
};

/* An image behind its header.  The bytes are borrowed. */
struct nv_image {
	const uint8_t *body;
	size_t len;	 /* as the header says */
	size_t list_end; /* behind the last list and its mark */
	size_t send_len; /* to be sent: without padding behind the lists */
	size_t items;	 /* in all lists */
	size_t ncores;	 /* at least 1 */
	struct nv_core cores[NV_CORES_MAX];
	bool sum_fits; /* the header's sum is that of the image */
	bool crc_fits; /* the first two bytes are the CRC of the rest */
};

/*
 * From the bytes of a partition, header first, as read raw or from a second
 * copy.  ERR_FORMAT says why it is none that can be written by its name: no
 * header (then it was read by its first copy's name), a length beyond the
 * bytes, or no list of items: such a build encrypts or protects its NV, and
 * what lies there may only go back where it came from, as it is.
 */
int nv_parse(const uint8_t *p, size_t n, struct nv_image *ret,
	     struct err *e) MUST_CHECK;

/*
 * What goes to a first copy's name: send_len bytes, and a zero behind an odd
 * number of them, with the CRC made anew, in *ret, which the caller frees; and
 * their sum for START_DATA.
 */
int nv_pack(const struct nv_image *im, uint8_t **ret, size_t *ret_n,
	    uint32_t *ret_sum, struct err *e) MUST_CHECK;

struct nv_item {
	unsigned core; /* of nv_image.cores */
	uint16_t id, len;
	const uint8_t *data;
};

/* Where nv_next() stands; starts as { 0 }. */
struct nv_cursor {
	unsigned core;
	size_t at; /* in that core's list */
};
/* The next item of an image that nv_parse() took; false behind the last. */
bool nv_next(const struct nv_image *im, struct nv_cursor *c,
	     struct nv_item *ret);

struct nv_difference {
	bool cores; /* other cores: nothing else was compared */
	size_t equal, differ, only_a, only_b;
	/* The first item that is not the same, by core and id. */
	char core[17];
	uint16_t id;
};

/*
 * Item by item, wherever they stand; time stamp, CRC and padding do not count.
 * Returns 1 when all are the same, 0 when not, -code without memory.
 */
int nv_compare(const struct nv_image *a, const struct nv_image *b,
	       struct nv_difference *ret, struct err *e) MUST_CHECK;

#endif
