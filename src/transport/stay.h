/* SPDX-License-Identifier: BSD-3-Clause */
/* stay.h - how an end names the stay of a phone. */
#ifndef TRANSPORT_STAY_H
#define TRANSPORT_STAY_H

#include "transport/transport.h"

/*
 * Sets t->stay.  place: the same whenever a phone is plugged in there; stay:
 * another one each time, until the system is started anew.
 */
void transport_set_stay(struct transport *t, const char *place,
			const char *stay);

#endif
