/* SPDX-License-Identifier: BSD-3-Clause */
/* layout_internal.h - what the files of the layout share. */
#ifndef DEVICE_LAYOUT_INTERNAL_H
#define DEVICE_LAYOUT_INTERNAL_H

#include "device/layout.h"

#define FOUR_GIB ((uint64_t)1 << 32)

/*
 * GPT through user_partition, primary or backup, into l.  1: the table is
 * there; 0: another source is needed; negative: the link failed.
 */
int layout_from_gpt(struct session *s, struct layout *l,
		    struct err *e) MUST_CHECK;
/* READ_PARTITION.  1: the table is there; 0: this loader has no list. */
int layout_from_list(struct session *s, struct layout *l,
		     struct err *e) MUST_CHECK;
/*
 * The regions of a phone that is read by address.  Those without a known size
 * stay rows, with a size of 0.
 */
int layout_from_regions(struct session *s, struct layout *l,
			struct err *e) MUST_CHECK;
/* layout_base.c */
void layout_warn(struct layout *l, const char *fmt, ...) PRINTF(2, 3);
/* The link failed, as opposed to: the phone said no. */
bool layout_is_fatal(const struct err *e);

#endif
