/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.h - bytes to the phone and back; knows no frame and no phone. */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct transport;

#define TRANSPORT_STAY_MAX 192

/*
 * Every method takes the transport it is called on, nothing from above, so
 * that a filter can stand in front of any other transport.
 */
struct transport_ops {
	const char *name;
	/*
	 * All of buf as one transfer, or an error.  Of one that need not be
	 * waited for the error may be that of the next call.
	 */
	int (*send)(struct transport *t, const void *buf, size_t len,
		    unsigned timeout_ms, struct err *e);
	/* 1..cap bytes as they come; silence is ERR_TIMEOUT, never 0 bytes. */
	int (*recv)(struct transport *t, void *buf, size_t cap, size_t *ret_len,
		    unsigned timeout_ms, struct err *e);
	/* Throws away what is still on its way to us. */
	int (*drain)(struct transport *t, struct err *e);
	/*
	 * Waits for the same phone at the same place after it left the bus and
	 * opens it anew; what was still to be received is lost.  ERR_GONE when
	 * it does not come within the time; then only close is left, or this
	 * once more.  May be NULL.
	 */
	int (*reopen)(struct transport *t, unsigned timeout_ms, struct err *e);
	/* Serial lines only.  May be NULL. */
	int (*set_speed)(struct transport *t, unsigned baud, struct err *e);
	/*
	 * What the end knows about the phone that no reply tells (the
	 * simulator's count of changes to its storage), as one line of JSON
	 * for a report; the caller frees.  May be NULL.
	 */
	char *(*witness)(struct transport *t);
	void (*close)(struct transport *t);
};

struct transport {
	const struct transport_ops *ops;
	struct transport *next; /* what a filter stands in front of */
	unsigned baud;		/* now; 0: no serial line */
	unsigned wanted_baud;	/* to change to in FDL1; 0: stay */
	/*
	 * "PLACE#STAY": the same words later mean that the phone at that place
	 * may not have left since.  "": that cannot be told.
	 */
	char stay[TRANSPORT_STAY_MAX];
};

/*
 * What an end may want from the one who opens it; { 0 } is valid.  The
 * functions and `user` are kept and called until the transport is closed, from
 * inside its methods only.
 */
struct transport_env {
	/* How long the phone may take to come; 0: it is there or it is not. */
	unsigned wait_ms;
	/* True ends a wait with ERR_CANCELLED.  NULL: never. */
	bool (*cancelled)(void *user);
	/* What is odd and no failure, and what is waited for.  May be NULL. */
	void (*note)(void *user, const char *text);
	void *user;
};

/*
 * "usb" (the one phone there is), "usb:BUS-PORT[.PORT...]", "fd:N" (an open
 * file of /dev/bus/usb, which stays the caller's), "tty:PATH[@BAUD]",
 * "sim:MODEL[,key=value...]".  BAUD is the speed to change to when FDL1 runs:
 * the ROM always starts at 115200.  ERR_USAGE for a spec of no known form,
 * ERR_NODEV when nothing is there or it may not be opened, ERR_GONE when it
 * came and left.
 */
int transport_open_in(const char *spec, const struct transport_env *env,
		      struct transport **ret, struct err *e) MUST_CHECK;
/* The same without waiting and without notes. */
int transport_open(const char *spec, struct transport **ret,
		   struct err *e) MUST_CHECK;
void transport_close(struct transport *t);

/* Each end's own opener; `rest` is what follows its prefix. */
int transport_open_tty(const char *rest, const struct transport_env *env,
		       struct transport **ret, struct err *e) MUST_CHECK;
int transport_open_sim(const char *rest, struct transport **ret,
		       struct err *e) MUST_CHECK;
int transport_open_usb(const char *rest, const struct transport_env *env,
		       struct transport **ret, struct err *e) MUST_CHECK;
int transport_open_fd(const char *rest, const struct transport_env *env,
		      struct transport **ret, struct err *e) MUST_CHECK;

#endif
