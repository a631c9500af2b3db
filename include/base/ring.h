/* SPDX-License-Identifier: BSD-3-Clause */
/* ring.h - work done on many threads, taken back in the order it was given. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include "base/err.h"
#include "base/watch.h"

/*
 * A fixed number of slots goes round: the producer gets an empty one, fills
 * it and puts it; some worker does the work on it; the consumer takes the
 * oldest one, when its work is done, and gives it back empty.  The number of
 * slots is the memory limit and the back-pressure.
 *
 * One producer and one consumer, which may be the same thread if it never
 * gets while no slot is free (ring_may_get).  What a slot is, is the owner's
 * business: the ring hands out indices 0 .. slots - 1.
 */
struct ring;

/* The work on one slot, on some worker; `worker` counts from 0. */
typedef int ring_work(void *user, unsigned worker, unsigned slot,
		      struct err *e);

/*
 * The calling thread gives way from now on to those that wait for a phone, an
 * answer of which must not lie about for want of a processor.  All workers do.
 */
void ring_give_way(void);

/* threads 0: the work is done inside ring_put(), and no thread exists. */
int ring_new(unsigned threads, unsigned slots, ring_work *work, void *user,
	     struct ring **ret, struct err *e) MUST_CHECK;
/*
 * Waits for the workers to end; queued work is dropped.  False: one of them
 * still works at something that does not end; it and what it uses stay.
 */
_Bool ring_free(struct ring *r);
/*
 * For the producer: how it waits; take_too: the consumer is the same thread.
 * A wait that *w ends stops the ring.
 */
void ring_set_watch(struct ring *r, const struct watch *w, _Bool take_too);

/* Waits for an empty slot.  Fails after ring_stop(), or by its watch. */
int ring_get(struct ring *r, unsigned *ret_slot, struct err *e) MUST_CHECK;
/* True when ring_get() would not wait. */
_Bool ring_may_get(struct ring *r);
void ring_put(struct ring *r, unsigned slot);
/* The producer will put no more. */
void ring_end(struct ring *r);

/*
 * Waits for the oldest slot.  Returns 1 with a slot, 0 after ring_end() when
 * all have been taken, or the work's own error: that slot is taken, too, and
 * named in ret_slot.
 */
int ring_take(struct ring *r, unsigned *ret_slot, struct err *e) MUST_CHECK;
/* Must be called for slots in the order in which they were taken. */
void ring_give_back(struct ring *r, unsigned slot);

/* Waits until everything that was put has been given back. */
int ring_flush(struct ring *r, struct err *e) MUST_CHECK;
/*
 * Either side gives up: every wait, now and later, ends with *why.  The first
 * reason is kept.
 */
void ring_stop(struct ring *r, const struct err *why);
_Bool ring_is_stopped(struct ring *r);

#endif
