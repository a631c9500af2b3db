/* SPDX-License-Identifier: BSD-3-Clause */
/* slot.h - which of the slots _a and _b the phone boots. */
#ifndef JOB_SLOT_H
#define JOB_SLOT_H

#include "base/err.h"
#include "device/layout.h"
#include "device/session.h"

#include <stdint.h>

#define SLOT_CONTROL_AT	   0x800u /* of bootloader_control in misc [6.4] */
#define SLOT_CONTROL_BYTES 32u

/*
 * From the bytes of a bootloader_control: 'a', 'b', or 0 when it is not a
 * valid one.  Pure.
 */
char slot_from_control(const uint8_t control[SLOT_CONTROL_BYTES]);
/* The same, read from the phone; ERR_USAGE when it has no valid one. */
int job_active_slot(struct session *s, const struct layout *l, char *ret,
		    struct err *e) MUST_CHECK;

#endif
