/* SPDX-License-Identifier: BSD-3-Clause */
/* wirerig.h - a session with a simulated phone, watched from both ends. */
#ifndef LIB_WIRERIG_H
#define LIB_WIRERIG_H

#include "lib/tap.h"

#include "device/loader.h"
#include "device/profile.h"
#include "device/session.h"
#include "sim/phone.h"

struct wirerig {
	struct session *s;
	struct tap *tap;
	struct phone *phone;
	struct loader fdl1, fdl2;
	struct profile profile;	    /* given to the session when .name is set */
	struct session_options opt; /* loaders are filled in */
	unsigned retries, logs, stages;
	enum stage last_stage;
	unsigned cancel_after; /* so many questions more; 0: never */
	bool may_write;	       /* wirerig_close() does not look at the writes */
	char notes[4096];      /* one line per step that was told */
};

/* A zeroed rig (or with opt and profile set): spec is "MODEL[,key=value]". */
void wirerig_open(struct wirerig *r, const char *spec);
/* Up to FDL2; fails the test otherwise. */
void wirerig_raise(struct wirerig *r);
void wirerig_open_raised(struct wirerig *r, const char *spec);
/* Nothing written, at most one command that the loader did not know. */
void assert_untouched(const struct wirerig *r);
/* assert_untouched(), then all is gone; the rig may be used again. */
void wirerig_close(struct wirerig *r);
/* After a test that failed on its way. */
void wirerig_drop(struct wirerig *r);
/*
 * Where a partition lies, by an own look at the phone's primary GPT; fails
 * when there is none of this name.
 */
void wirerig_find(const struct wirerig *r, const char *name,
		  uint64_t *ret_offset, uint64_t *ret_size);
/* The bytes that the phone holds there must be p[0 .. n). */
void wirerig_assert_bytes(const struct wirerig *r, const char *area,
			  uint64_t offset, const uint8_t *p, size_t n);

#endif
