/* SPDX-License-Identifier: BSD-3-Clause */
/* link.h - one request, one answer.  Repeats nothing, decides nothing. */
#ifndef BSL_LINK_H
#define BSL_LINK_H

#include "base/err.h"
#include "bsl/frame.h"
#include "bsl/guard.h"
#include "transport/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link;

struct reply {
	uint16_t type;
	enum frame_check check; /* that it carried */
	const uint8_t *data;	/* until the next call on this link */
	size_t len;
};

struct link_events {
	void *user;
	/* The phone's own log messages (0xFF), printable.  May be NULL. */
	void (*log)(void *user, const char *text);
	/* Asked at least four times a second while waiting.  May be NULL. */
	bool (*cancelled)(void *user);
};

/* Borrows t and copies *ev.  Starts as for the BootROM: either checksum. */
int link_new(struct transport *t, const struct link_events *ev,
	     struct link **ret, struct err *e) MUST_CHECK;
void link_free(struct link *l);
void link_set_format(struct link *l, struct frame_format fmt);
struct frame_format link_format(const struct link *l);
/* What may be sent from now on; guard.escape follows the format. */
void link_set_guard(struct link *l, const struct guard *g);

/*
 * All of these fail with ERR_TIMEOUT (silence for timeout_ms, or only log
 * messages for two minutes longer), ERR_FRAME (bytes that are no valid frame,
 * or log messages without end), ERR_MISMATCH (a whole answer, but longer than
 * could have been asked for), ERR_GONE, ERR_CANCELLED or ERR_BUG (the guard).
 * Any valid answer is a success; what it means is the caller's.
 */
int link_call(struct link *l, unsigned cmd, const void *payload, size_t len,
	      unsigned timeout_ms, struct reply *ret, struct err *e) MUST_CHECK;
/* An answer of type `want` lands in dst, any other in ret->data. */
int link_fetch(struct link *l, unsigned cmd, const void *payload, size_t len,
	       unsigned timeout_ms, uint16_t want, void *dst, size_t cap,
	       struct reply *ret, struct err *e) MUST_CHECK;
/*
 * The two halves of link_fetch(), for one request ahead of its answer: answers
 * come in the order of what was posted.  After a failure nothing counts as
 * posted any more, though answers may still be on their way: link_fence().
 */
int link_post(struct link *l, unsigned cmd, const void *payload, size_t len,
	      struct err *e) MUST_CHECK;
/*
 * Waits until the whole answer has come, without looking into it: true when it
 * is one of that type and, with escaping off, of that length.  The phone is
 * then done with the request.  False: it is something else, or not to be told
 * yet; link_collect() will.
 */
int link_await(struct link *l, unsigned timeout_ms, uint16_t type, size_t len,
	       bool *ret_whole, struct err *e) MUST_CHECK;
int link_collect(struct link *l, unsigned timeout_ms, uint16_t want, void *dst,
		 size_t cap, struct reply *ret, struct err *e) MUST_CHECK;
/* CHECK_BAUD: `flags` bytes of 7E, which is no frame. */
int link_hello(struct link *l, unsigned flags, unsigned timeout_ms,
	       struct reply *ret, struct err *e) MUST_CHECK;
/* Waits for one more answer to what was sent last. */
int link_wait(struct link *l, unsigned timeout_ms, struct reply *ret,
	      struct err *e) MUST_CHECK;
/* Has more come, behind the last answer, than was looked at? */
bool link_has_more(const struct link *l);
/*
 * After a failed exchange an answer may still be on its way, and answers
 * carry no number.  Throws away what arrives, then exchanges `cmd` and throws
 * away every frame before an answer of type `want`: nothing old is left.
 *
 * `owed` requests before this one, of those answered by `want`, have had no
 * answer, so the first that comes may be theirs.  Then as many more are waited
 * for, or silence that is longer than any answer is late.
 */
int link_fence(struct link *l, unsigned cmd, const void *payload, size_t len,
	       unsigned timeout_ms, uint16_t want, unsigned owed,
	       struct err *e) MUST_CHECK;
/*
 * After a link_fence() that timed out: the type of the last answer that came in
 * place of the wanted one, or 0.  It may be an old one.
 */
uint16_t link_fence_saw(const struct link *l);

#endif
