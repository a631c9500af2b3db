/* SPDX-License-Identifier: BSD-3-Clause */
/* ring.c - slots that go round from producer over workers to consumer. */
#include "base/ring.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>

/*
 * Of 19.  Who wakes up runs at once only if the one that runs has had more than
 * its share; the higher this is, the sooner it has.
 */
#define NICER 10

enum slot_state { FREE, FILLING, QUEUED, RUNNING, DONE, TAKEN };

struct slot {
	enum slot_state state;
	struct err error; /* of the work; code ERR_NONE: it went well */
};

struct ring {
	ring_work *work;
	void *user;
	unsigned nslots, nthreads;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* All below is guarded by lock. */
	bool ended, quit;
	struct err stopped; /* code ERR_NONE: go on */
	/* Counters that only grow; modulo nslots they are slots. */
	unsigned long filled, started, taken, returned;
	struct slot *slots;
	pthread_t *threads;
	struct watch watch; /* of the producer's waits ... */
	bool watch_take;    /* ... and of the consumer's: the same thread */
};

struct worker_start {
	struct ring *ring;
	unsigned number;
};

static struct slot *slot_at(struct ring *r, unsigned long counter)
{
	return &r->slots[counter % r->nslots];
}

static void run_slot(struct ring *r, unsigned worker, unsigned slot)
{
	struct slot *s = &r->slots[slot];

	s->error.code = ERR_NONE;
	if (r->work(r->user, worker, slot, &s->error) >= 0)
		s->error.code = ERR_NONE;
}

/* Best effort: it changes who is first, not what is done. */
void ring_give_way(void)
{
	/* On Linux this is the calling thread's own. */
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICER);
}

static void *worker_main(void *arg)
{
	struct worker_start start = *(struct worker_start *)arg;
	struct ring *r = start.ring;

	free(arg);
	ring_give_way();
	pthread_mutex_lock(&r->lock);
	for (;;) {
		unsigned long mine;

		while (!r->quit && r->started == r->filled)
			pthread_cond_wait(&r->changed, &r->lock);
		if (r->quit)
			break;
		mine = r->started++;
		slot_at(r, mine)->state = RUNNING;
		pthread_mutex_unlock(&r->lock);
		run_slot(r, start.number, (unsigned)(mine % r->nslots));
		pthread_mutex_lock(&r->lock);
		slot_at(r, mine)->state = DONE;
		pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static int start_worker(struct ring *r, struct err *e)
{
	struct worker_start *start = malloc(sizeof(*start));
	int sys;

	if (!start)
		return err_nomem(e);
	start->ring = r;
	start->number = r->nthreads;
	sys = pthread_create(&r->threads[r->nthreads], NULL, worker_main,
			     start);
	if (sys) {
		free(start);
		sys = err_sys(e, sys, "starting a thread");
		err_hint(e, "close other programs, or raise the limit of "
			    "processes (ulimit -u)");
		return sys;
	}
	r->nthreads++;
	return 0;
}

/* Its time does not jump when the clock on the wall is set. */
static void init_changed(pthread_cond_t *c)
{
	pthread_condattr_t a;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(c, &a);
	pthread_condattr_destroy(&a);
}

int ring_new(unsigned threads, unsigned slots, ring_work *work, void *user,
	     struct ring **ret, struct err *e)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem(e);
	r->work = work;
	r->user = user;
	r->nslots = slots;
	pthread_mutex_init(&r->lock, NULL);
	init_changed(&r->changed);
	r->slots = calloc(slots, sizeof(*r->slots));
	r->threads = calloc(threads ? threads : 1, sizeof(*r->threads));
	if (!r->slots || !r->threads) {
		(void)ring_free(r);
		return err_nomem(e);
	}
	for (unsigned i = 0; i < threads; i++) {
		if (start_worker(r, e) < 0) {
			(void)ring_free(r);
			return -(int)e->code;
		}
	}
	*ret = r;
	return 0;
}

bool ring_free(struct ring *r)
{
	struct err stuck;

	if (!r)
		return true;
	pthread_mutex_lock(&r->lock);
	r->quit = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	/* A wait that was too long is not waited for once more. */
	if (r->stopped.code != ERR_NONE)
		r->watch.limit_ms = WATCH_GRACE_MS;
	for (unsigned i = 0; i < r->nthreads; i++)
		if (watch_join(r->threads[i], &r->watch, &stuck) < 0)
			return false;
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r->threads);
	free(r->slots);
	free(r);
	return true;
}

void ring_set_watch(struct ring *r, const struct watch *w, bool take_too)
{
	pthread_mutex_lock(&r->lock);
	r->watch = *w;
	r->watch_take = take_too;
	pthread_mutex_unlock(&r->lock);
}

/* Called and left with the lock held. */
static int check_stopped(struct ring *r, struct err *e)
{
	if (r->stopped.code == ERR_NONE)
		return 0;
	*e = r->stopped;
	return -(int)e->code;
}

/*
 * Until something has changed, or for one slice.  Called and left with the
 * lock held; a wait that is over stops the ring for the other side, too.
 */
static int wait_watched(struct ring *r, struct watch_wait *x, struct err *e)
{
	struct timespec t = watch_slice();
	unsigned long moved = r->returned + r->taken;
	int rc;

	if (pthread_cond_timedwait(&r->changed, &r->lock, &t) == 0) {
		if (r->returned + r->taken != moved)
			watch_begin(x, &r->watch);
		return 0;
	}
	/* It may call back for long. */
	pthread_mutex_unlock(&r->lock);
	rc = watch_look(x, e);
	pthread_mutex_lock(&r->lock);
	if (rc < 0 && r->stopped.code == ERR_NONE) {
		r->stopped = *e;
		pthread_cond_broadcast(&r->changed);
	}
	return rc;
}

int ring_get(struct ring *r, unsigned *ret_slot, struct err *e)
{
	struct watch_wait x;
	int rc;

	watch_begin(&x, &r->watch);
	pthread_mutex_lock(&r->lock);
	do {
		rc = check_stopped(r, e);
		if (rc < 0 || r->filled - r->returned < r->nslots)
			break;
		rc = wait_watched(r, &x, e);
	} while (rc == 0);
	if (rc == 0) {
		*ret_slot = (unsigned)(r->filled % r->nslots);
		r->slots[*ret_slot].state = FILLING;
	}
	pthread_mutex_unlock(&r->lock);
	return rc;
}

bool ring_may_get(struct ring *r)
{
	bool may;

	pthread_mutex_lock(&r->lock);
	may = r->stopped.code != ERR_NONE ||
	      r->filled - r->returned < r->nslots;
	pthread_mutex_unlock(&r->lock);
	return may;
}

void ring_put(struct ring *r, unsigned slot)
{
	if (r->nthreads == 0)
		run_slot(r, 0, slot);
	pthread_mutex_lock(&r->lock);
	r->slots[slot].state = r->nthreads ? QUEUED : DONE;
	r->filled++;
	if (r->nthreads == 0)
		r->started++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

void ring_end(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->ended = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

int ring_take(struct ring *r, unsigned *ret_slot, struct err *e)
{
	struct watch_wait x;
	int rc;

	pthread_mutex_lock(&r->lock);
	watch_begin(&x, &r->watch);
	for (;;) {
		rc = check_stopped(r, e);
		if (rc < 0)
			break;
		if (r->taken < r->filled &&
		    slot_at(r, r->taken)->state == DONE) {
			rc = 1;
			break;
		}
		if (r->ended && r->taken == r->filled)
			break;
		if (!r->watch_take)
			pthread_cond_wait(&r->changed, &r->lock);
		else if ((rc = wait_watched(r, &x, e)) < 0)
			break;
	}
	if (rc == 1) {
		struct slot *s = slot_at(r, r->taken);

		*ret_slot = (unsigned)(r->taken % r->nslots);
		s->state = TAKEN;
		r->taken++;
		if (s->error.code != ERR_NONE) {
			*e = s->error;
			rc = -(int)e->code;
		}
	}
	pthread_mutex_unlock(&r->lock);
	return rc;
}

void ring_give_back(struct ring *r, unsigned slot)
{
	pthread_mutex_lock(&r->lock);
	r->slots[slot].state = FREE;
	r->returned++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

int ring_flush(struct ring *r, struct err *e)
{
	struct watch_wait x;
	int rc;

	watch_begin(&x, &r->watch);
	pthread_mutex_lock(&r->lock);
	do {
		rc = check_stopped(r, e);
		if (rc < 0 || r->returned == r->filled)
			break;
		rc = wait_watched(r, &x, e);
	} while (rc == 0);
	pthread_mutex_unlock(&r->lock);
	return rc;
}

bool ring_is_stopped(struct ring *r)
{
	bool stopped;

	pthread_mutex_lock(&r->lock);
	stopped = r->stopped.code != ERR_NONE;
	pthread_mutex_unlock(&r->lock);
	return stopped;
}

void ring_stop(struct ring *r, const struct err *why)
{
	pthread_mutex_lock(&r->lock);
	if (r->stopped.code == ERR_NONE)
		r->stopped = *why;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}
