/* SPDX-License-Identifier: BSD-3-Clause */
/* compare_nv.h - an NV partition of phone and archive, by its items. */
#ifndef SRC_JOB_COMPARE_NV_H
#define SRC_JOB_COMPARE_NV_H

#include "archive/manifest.h"
#include "device/nv.h"

/* Zeroed: of no NV, and all of this does nothing. */
struct nv_pair {
	uint8_t *then, *now; /* NULL: nothing is kept */
	size_t n;	     /* bytes of both, from the first on */
	size_t cap;
};

int compare_nv_begin(struct nv_pair *n, const struct manifest_part *p,
		     struct err *e) MUST_CHECK;
/* The same place of both; in order, without gaps. */
void compare_nv_add(struct nv_pair *n, const uint8_t *then, const uint8_t *now,
		    size_t len);
/*
 * 1: the same items, 0: others, as *ret says; 2: one of them is no whole NV,
 * and only the bytes tell.
 */
int compare_nv_end(const struct nv_pair *n, struct nv_difference *ret,
		   struct err *e) MUST_CHECK;
void compare_nv_free(struct nv_pair *n);

#endif
