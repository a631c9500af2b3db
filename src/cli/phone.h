/* SPDX-License-Identifier: BSD-3-Clause */
/* phone.h - from options to a session: chip, loaders, transport. */
#ifndef CLI_PHONE_H
#define CLI_PHONE_H

#include "device/session.h"
#include "left.h"
#include "options.h"
#include "phone_pac.h"
#include "ui.h"

struct phone_link {
	struct profile_set profiles;
	struct loader fdl1, fdl2;
	struct phone_pac pac; /* of --pac */
	struct session_options so;
	struct left left; /* what an earlier run left in it, if noted */
	bool noted;
	struct ui *ui;
	struct session *session;
	bool simulated;
	bool raised; /* FDL2 runs; the phone must be told to be switched off */
};

/* --device, or "usb" when none is given. */
const char *phone_device(const struct options *o);
/*
 * Waits for the phone (--wait), opens the transport and a session; sends no
 * request yet.
 */
int phone_open(const struct options *o, struct ui *u, struct phone_link *ret,
	       struct err *e) MUST_CHECK;
/*
 * ERR_EXISTS when a loader is no loader, or (without --force) most likely the
 * wrong one.  What is only worth a line is told with --verbose.
 */
int phone_look_at_loaders(const struct options *o, struct ui *u,
			  const struct phone_link *p, struct err *e) MUST_CHECK;
/*
 * BootROM to FDL2, or on from the FDL2 that an earlier run left; p->so then has
 * the loaders that were sent, as far as that is known.
 */
int phone_raise(struct phone_link *p, struct ui *u, struct err *e) MUST_CHECK;
/* Says that the phone is still in its loader, if it is; after a failure. */
void phone_left(const struct phone_link *p, struct ui *u);
/* It was told to restart or to switch off. */
void phone_ended(const struct phone_link *p);
/* The closing line of what has sent nothing that writes; then: */
void phone_say_claim(const struct options *o, struct ui *u);
/* --after; says in words how the phone is left.  Fails softly: a warning. */
void phone_finish(struct phone_link *p, const struct options *o, struct ui *u);
void phone_close(struct phone_link *p);
/* The word of --after, for the manifest: what is asked of the phone then. */
const char *phone_ending(enum after a);
/* The witness of a simulated phone, or NULL; for the result event. */
json_t *phone_witness(struct phone_link *p);

#endif
