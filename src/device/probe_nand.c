/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe_nand.c - how large is a volume, or a piece of a bare NAND?  Loaders for
 * NAND compare the size in READ_START with what there is, docs/protocol.md 5.8.
 */
#include "base/bytes.h"
#include "base/text.h"
#include "bsl/proto.h"
#include "exchange.h"
#include "probe.h"

#define UNIT	  512u
#define TOLD_SIZE 8u /* bytes behind SIZE_ERROR: the real one [3.2] */
#define NAND_MAX  ((uint64_t)2 << 30) /* their sizes have 32 bits */
#define DOUBTS	  5u

/*
 * ACKs carry no number: one that comes twice would be taken for the answer to
 * the next size, and that one's for the one behind.  READ_END is never refused:
 * such an answer belongs to what was asked before, too.  *ret_sure: nothing of
 * that kind was seen; the line is empty in any case.
 */
static int end_of_it(struct session *s, bool *ret_sure, struct err *e)
{
	struct part_reader r = { .s = s };
	int rc = exchange_end(&r, e), strays;

	*ret_sure = rc == 0;
	if (rc == -(int)ERR_REFUSED && !session_wants_authorisation(e)) {
		rc = s->t->ops->drain(s->t, e);
		if (rc == 0)
			rc = exchange_end(&r, e);
	}
	if (rc < 0 && exchange_is_spoilt(e))
		rc = exchange_end_again(&r, e);
	if (rc < 0 && rc != -(int)ERR_REFUSED)
		return rc;
	strays = exchange_drop_strays(s, e);
	*ret_sure = *ret_sure && strays == 0;
	return strays < 0 ? strays : 0;
}

/*
 * READ_START, and READ_END whatever came, but not when nothing did.  *ret_sure:
 * the answer is none of an earlier size.
 */
static int ask_size(struct session *s, const char *name, uint64_t size,
		    uint64_t *ret_told, bool *ret_sure, struct err *e)
{
	uint8_t msg[MSG_MAX];
	size_t n = msg_read_start(name, size, false, msg);
	struct err refusal;
	struct reply r;
	int rc = link_call(s->link, BSL_CMD_READ_START, msg, n,
			   session_timeout(s, FIRST_READ_MS), &r, e);

	*ret_told = 0;
	s->started[0] = '\0';
	if (rc < 0)
		return rc;
	if (r.type == BSL_REP_DOWN_SIZE_ERROR && r.len == TOLD_SIZE)
		*ret_told = get_le64(r.data);
	rc = 1;
	if (r.type != BSL_REP_ACK) {
		rc = session_refusal(s, BSL_CMD_READ_START, &r, e);
		if (rc != -(int)ERR_REFUSED || session_wants_authorisation(e))
			return rc;
		refusal = *e;
		rc = 0;
	}
	s->served |= rc > 0;
	if (end_of_it(s, ret_sure, e) < 0)
		return -(int)e->code;
	if (rc == 0)
		*e = refusal;
	return rc;
}

/*
 * 1: so many bytes are there, 0: not so many, or no such name.  *ret_told: what
 * the loader says itself, or 0.
 */
static int try_size(struct session *s, const char *name, uint64_t size,
		    uint64_t *ret_told, struct err *e)
{
	struct part_reader r = { .s = s };

	for (unsigned i = 0;; i++) {
		bool sure = false;
		int rc = ask_size(s, name, size, ret_told, &sure, e);

		/* Each time: then it is this loader's way (a log message). */
		if (rc >= 0 && !sure && i < DOUBTS)
			continue;
		if (rc >= 0 || !exchange_is_spoilt(e) || i == REPEATS)
			return rc;
		if (s->ev.retry)
			s->ev.retry(s->ev.user, i + 1, e);
		/* Its ACK may still come, and would be taken for the next. */
		s->owed++;
		if (exchange_end_again(&r, e) < 0)
			return -(int)e->code;
	}
}

/* Between what is taken and what is not; `told` is tried first. */
static int halve(struct session *s, const char *name, uint64_t good,
		 uint64_t bad, uint64_t told, uint64_t *ret, struct err *e)
{
	uint64_t next = told, again;

	while (bad - good > UNIT) {
		int rc;

		if (next <= good || next >= bad)
			next = good + (bad - good) / 2 / UNIT * UNIT;
		rc = try_size(s, name, next, &again, e);
		if (rc < 0)
			return rc;
		if (rc)
			good = next;
		else
			bad = next;
		next = rc && next == told ? told + UNIT : 0;
	}
	*ret = good;
	return 0;
}

/* The largest size that is taken, given that `good` is. */
static int largest(struct session *s, const char *name, uint64_t good,
		   uint64_t *ret, struct err *e)
{
	uint64_t told = 0, bad;
	int rc = 1;

	for (bad = 2 * good; rc && bad <= NAND_MAX; bad *= 2) {
		rc = try_size(s, name, bad, &told, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return halve(s, name, good, bad, told, ret, e);
		good = bad;
	}
	*ret = good;
	return 0;
}

/* NV is given without its header, and so ends that much earlier. */
static int without_header(struct session *s, const char *name, uint64_t *size,
			  struct err *e)
{
	int rc =
		*size > UNIT ? reader_probe(s, name, *size - UNIT, UNIT, e) : 1;

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = reader_probe(s, name, *size - 2 * UNIT, UNIT, e);
	if (rc == 1)
		*size -= UNIT;
	return rc < 0 ? rc : 0;
}

/* Is it there, and how large? */
static int measure(struct session *s, const char *name, uint64_t *ret,
		   struct err *e)
{
	uint64_t told;
	int rc = try_size(s, name, UNIT, &told, e);

	if (rc > 0)
		rc = largest(s, name, UNIT, ret, e) < 0 ? -(int)e->code : 1;
	return rc;
}

/*
 * One that comes twice may come late.  So what was found is asked for once
 * more, from a line that has been silent.  1: the same comes out.
 */
static int holds(struct session *s, const char *name, uint64_t size,
		 struct err *e)
{
	uint64_t told;
	int rc = s->t->ops->drain(s->t, e);

	if (rc == 0)
		rc = try_size(s, name, size, &told, e);
	if (rc <= 0 || size >= NAND_MAX)
		return rc;
	rc = try_size(s, name, size + UNIT, &told, e);
	return rc < 0 ? rc : rc == 0;
}

int probe_nand(struct session *s, const char *name, uint64_t *ret,
	       struct err *e)
{
	for (unsigned i = 0; i <= REPEATS; i++) {
		int rc = measure(s, name, ret, e);

		if (rc <= 0)
			return rc;
		rc = holds(s, name, *ret, e);
		if (rc > 0)
			rc = without_header(s, name, ret, e) < 0 ? -(int)e->code
								 : 1;
		if (rc != 0)
			return rc;
		session_note(s,
			     "'%s' is measured again: the sizes that were "
			     "taken do not agree",
			     name);
	}
	return err_set(e, ERR_FRAME,
		       "the size of '%s' came out differently each time", name);
}
