/* SPDX-License-Identifier: BSD-3-Clause */
/* script.h - a transport that plays a written exchange and checks it. */
#ifndef LIB_SCRIPT_H
#define LIB_SCRIPT_H

#include "transport/transport.h"

#include <stddef.h>

enum script_what {
	SCRIPT_HOST,   /* the host must send exactly `hex` now */
	SCRIPT_PHONE,  /* one transfer to the host; `n` times, 0 is once */
	SCRIPT_SILENT, /* nothing comes for `n` ms of waiting */
	SCRIPT_GONE,   /* the phone has left the bus, for good */
};

struct script_step {
	enum script_what what;
	const char *hex;
	unsigned n;
};

/*
 * Plays the steps in order and borrows them.  What the phone says waits for
 * the host to read it, as on a real bus: also behind a later request.  A
 * wait takes no real time.  Anything that is not in the script fails the
 * running test.
 */
struct transport *script_open(const struct script_step *steps, size_t n);
/* Gives at most so many bytes per receive; 0: whole transfers. */
void script_set_piece(struct transport *t, size_t piece);
/* Fails the test unless all has been played, sent and read. */
void script_assert_played(const struct transport *t);

#endif
