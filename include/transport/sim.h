/* SPDX-License-Identifier: BSD-3-Clause */
/* sim.h - what only the simulator's end can tell; for tests and try-outs. */
#ifndef TRANSPORT_SIM_H
#define TRANSPORT_SIM_H

#include "sim/phone.h"
#include "transport/transport.h"

/* The phone behind a "sim:" transport, borrowed; NULL for any other. */
struct phone *transport_sim_phone(struct transport *t);

#endif
