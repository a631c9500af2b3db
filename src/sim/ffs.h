/* SPDX-License-Identifier: BSD-3-Clause */
/* ffs.h - the kernel's side of a gadget: FunctionFS, AIO, configfs. */
#ifndef SIM_FFS_H
#define SIM_FFS_H

#include "base/err.h"

#include <linux/aio_abi.h>
#include <linux/usb/functionfs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Requests to the endpoints are asynchronous: a read that blocks could not be
 * left when the phone has something to say, a write that blocks not when the
 * host has gone.  At most this many are under way.
 */
#define FFS_REQUESTS 4

struct ffs {
	int ep0, in, out;
	int done; /* an eventfd: requests have ended */
	aio_context_t aio;
	struct iocb cb[FFS_REQUESTS];
	char gadget[256]; /* its folder in configfs; empty: not found */
	char udc[64];	  /* what it was bound to when it left */
};

/* dir: where functionfs is mounted.  After a failure f is closed. */
int ffs_open(struct ffs *f, const char *dir, struct err *e) MUST_CHECK;
void ffs_close(struct ffs *f);

/* Up to n events of endpoint 0; 0 when there are none. */
size_t ffs_events(struct ffs *f, struct usb_functionfs_event *ev, size_t n);
/* The two ways to answer a SETUP without data. */
void ffs_ack(struct ffs *f, const struct usb_ctrlrequest *rq);
void ffs_stall(struct ffs *f, const struct usb_ctrlrequest *rq);
/* Of the bulk endpoints at the speed of this connection. */
uint16_t ffs_max_packet(const struct ffs *f);

/*
 * Queues a request under a number below FFS_REQUESTS, which must be free.
 * buf must stay until it is done; without a host that is at once, with
 * -EAGAIN.  False when the system refuses.
 */
bool ffs_read(struct ffs *f, unsigned id, void *buf, size_t len);
bool ffs_write(struct ffs *f, unsigned id, const void *buf, size_t len);
/* The endpoint to the host stalls until the host clears it. */
bool ffs_halt(struct ffs *f);
/* One request that has ended: bytes, or a negative errno; false: none. */
bool ffs_done(struct ffs *f, unsigned *ret_id, int64_t *ret_res);

/* Looks for the gadget that the functionfs on dir belongs to; may find none. */
void ffs_find_gadget(struct ffs *f, const char *dir);
/* Pulls the cable, or puts it in again. */
int ffs_unbind(struct ffs *f, struct err *e) MUST_CHECK;
int ffs_bind(struct ffs *f, const char *udc, struct err *e) MUST_CHECK;

#endif
