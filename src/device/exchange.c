/* SPDX-License-Identifier: BSD-3-Clause */
/* exchange.c - requests to read, one at a time: by name, or by address. */
#include "exchange.h"

#include "base/text.h"
#include "bsl/proto.h"

#include <string.h>

#define FENCE_TRIES 5u /* of each of its two requests */
#define OUT_OF_STEP 8u /* ACKs; so many are not under way */
#define DOUBTS	    2u
#define PRIME_SIZE  0x80u /* a length that no other request has */
#define STRAY_MS    5u	  /* an answer that comes twice, does so at once */

/*
 * ACKs carry no number, so those are counted that a request in vain may still
 * get.  More than there are cost a silence, one too few may cost a chunk.
 */
static int acked(struct part_reader *r, unsigned cmd, const void *msg, size_t n,
		 unsigned ms, struct err *e)
{
	int rc = session_expect_ack(r->s, cmd, msg, n,
				    session_timeout(r->s, ms), e);

	if (rc < 0 && exchange_is_spoilt(e))
		r->s->owed++;
	return rc;
}

uint64_t exchange_size(const struct part_reader *r)
{
	uint64_t size = r->x.offset + r->x.length;

	return session_is_nand(r->s) && r->x.whole > size ? r->x.whole : size;
}

static size_t pack_read_start(struct part_reader *r, uint8_t msg[MSG_MAX])
{
	/* A first NV copy is a volume, and is not started again for that. */
	r->unprimed = session_is_nand(r->s) && !guard_name_repairs(r->x.name);
	return msg_read_start(r->x.name, exchange_size(r), r->wide, msg);
}

static int send_start(struct part_reader *r, struct err *e)
{
	uint8_t msg[MSG_MAX];
	size_t n = pack_read_start(r, msg);

	return acked(r, BSL_CMD_READ_START, msg, n, FIRST_READ_MS, e);
}

int exchange_drop_strays(struct session *s, struct err *e)
{
	struct transport *t = s->t;
	bool more = link_has_more(s->link);
	uint8_t waste[512];
	struct err why;
	size_t n;
	int rc = t->ops->recv(t, waste, sizeof(waste), &n, STRAY_MS, &why);

	if (rc == -(int)ERR_TIMEOUT && !more)
		return 0;
	if (rc == 0 || why.code == ERR_TIMEOUT)
		rc = t->ops->drain(t, &why);
	if (rc == 0)
		return 1;
	*e = why;
	return rc;
}

/* On a NAND a volume may be open all the same, and keep all others shut. */
static int started_in_vain(struct part_reader *r, struct err *e)
{
	struct err ignored;

	if (session_is_nand(r->s) && e->code == ERR_REFUSED &&
	    exchange_end(r, &ignored) < 0)
		ignored.code = ERR_NONE;
	return session_explain(r->s, STEP_READ, e);
}

int exchange_start(struct part_reader *r, struct err *e)
{
	bool refused = r->s->refused;
	int rc;

	if (r->x.by_address)
		return address_check(r, 0, 1, e);
	rc = r->s->owed ? exchange_end_again(r, e) : 0;
	if (rc == 0)
		rc = send_start(r, e);
	if (guard_name_repairs(r->x.name)) {
		r->s->started[0] = '\0';
		return rc < 0 ? started_in_vain(r, e) : 0;
	}
	if (rc == -(int)ERR_REFUSED && !session_wants_authorisation(e)) {
		int strays = exchange_drop_strays(r->s, e);

		if (strays < 0)
			return strays;
		if (strays || refused)
			rc = session_is_nand(r->s) ? exchange_anew(r, e)
						   : send_start(r, e);
	}
	if (rc == 0 && strcmp(r->s->started, r->x.name) != 0)
		rc = exchange_anew(r, e);
	if (rc < 0)
		return started_in_vain(r, e);
	r->s->served = true;
	text_copy(r->s->started, sizeof(r->s->started), r->x.name);
	return 0;
}

int exchange_end(struct part_reader *r, struct err *e)
{
	if (r->x.by_address)
		return 0;
	return acked(r, BSL_CMD_READ_END, NULL, 0, READ_MS, e);
}

static unsigned read_command(const struct part_reader *r)
{
	return r->x.by_address ? BSL_CMD_READ_FLASH : BSL_CMD_READ_MIDST;
}

static size_t pack_read(const struct part_reader *r, uint64_t pos, uint32_t n,
			uint8_t msg[MSG_MAX])
{
	if (r->x.by_address)
		return address_pack(r, pos, n, msg);
	return msg_read_midst(n, r->x.offset + pos, r->wide, msg);
}

static int post(struct part_reader *r, uint64_t pos, uint32_t n, struct err *e)
{
	uint8_t msg[MSG_MAX];
	size_t len = pack_read(r, pos, n, msg);

	if (r->x.by_address &&
	    (address_check(r, pos, n, e) < 0 || address_stopped(r, e) < 0))
		return -(int)e->code;
	return link_post(r->s->link, read_command(r), msg, len, e);
}

/* -- one request ahead --------------------------------------------------- */

uint32_t exchange_pending(const struct part_reader *r)
{
	return r->ahead && r->ahead_pos == r->pos ? r->ahead : 0;
}

/*
 * What to ask for behind n bytes at pos before these have come; 0: nothing.
 * Two requests under way never have the same length: if the loader drops the
 * second one, the answer to the third cannot be taken for it.
 */
static uint32_t next_ahead(const struct part_reader *r, uint32_t n)
{
	uint64_t left = r->x.length - r->pos - n;
	uint64_t next;

	if (r->careful || r->pos < r->suspect_end || n > r->s->chunk.proven)
		return 0;
	if (left > r->room)
		left = r->room;
	next = chunk_fit(r->s, chunk_after(r->s, n), left);
	if (r->x.by_address &&
	    r->x.offset + r->pos + n + next > address_limit(r->s, r->x.region))
		return 0;
	return next == n ? 0 : (uint32_t)next;
}

static int post_ahead(struct part_reader *r, uint32_t n, struct err *e)
{
	uint32_t next = next_ahead(r, n);
	int rc;

	if (!next)
		return 0;
	rc = post(r, r->pos + n, next, e);
	r->ahead_pos = r->pos + n;
	r->ahead = next;
	return rc;
}

/*
 * With a request ahead a missing or strange answer may mean that this loader
 * does not keep what comes early, so that was the last one.
 */
static void judge_ahead(struct part_reader *r, const struct err *e)
{
	if (!r->s->opt.read_ahead || !exchange_is_spoilt(e))
		return;
	r->s->opt.read_ahead = false;
	session_note(r->s,
		     "--read-ahead ends here: an answer is missing, and this "
		     "loader may drop requests that come early");
}

/* -- reading ------------------------------------------------------------- */

static unsigned answer_ms(const struct part_reader *r)
{
	return session_timeout(r->s, r->answered ? READ_MS : FIRST_READ_MS);
}

/*
 * The phone need not wait until its answer has been checked and copied: when
 * all of it has come the next request may go out.  Not on a serial line, which
 * is the bottleneck itself, nor where a repeat might write.
 */
static int post_next(struct part_reader *r, uint32_t n, struct err *e)
{
	bool whole;

	if (guard_name_repairs(r->x.name))
		return 0;
	if (r->s->opt.read_ahead)
		return post_ahead(r, n, e);
	if (r->s->info.baud || next_ahead(r, n) == 0)
		return 0;
	if (link_await(r->s->link, answer_ms(r), BSL_REP_READ_FLASH, n, &whole,
		       e) < 0)
		return -(int)e->code;
	return whole ? post_ahead(r, n, e) : 0;
}

static int refused_read(struct part_reader *r, const struct reply *rep,
			uint32_t n, struct err *e)
{
	char name[MSG_NAME_MAX];
	int rc = session_refusal(r->s, read_command(r), rep, e);
	int strays;

	if (r->x.by_address)
		rc = address_refused(r, n, e);
	if (r->x.by_address && r->s->dead)
		return rc;
	/* Out of step, by how much is not known. */
	if (rep->type == BSL_REP_ACK)
		r->s->owed += OUT_OF_STEP;
	if (rc != -(int)ERR_REFUSED || r->ahead ||
	    session_wants_authorisation(e))
		return rc;
	strays = exchange_drop_strays(r->s, e);
	/* Each time: then it is this loader's way (a log message). */
	if (strays == 0 || r->doubted == DOUBTS)
		return rc;
	if (strays < 0)
		return strays;
	r->doubted++;
	return err_set(e, ERR_FRAME,
		       "%s was refused, and more came behind that",
		       msg_command_name(read_command(r), name));
}

static int collect(struct part_reader *r, void *dst, uint32_t n, struct err *e)
{
	struct reply rep;
	int rc = link_collect(r->s->link, answer_ms(r), BSL_REP_READ_FLASH, dst,
			      n, &rep, e);

	if (rc < 0)
		return rc;
	if (rep.type != BSL_REP_READ_FLASH)
		return refused_read(r, &rep, n, e);
	if (rep.len != n) {
		rc = err_set(e, ERR_MISMATCH,
			     "%zu bytes came where %u were asked for", rep.len,
			     n);
		err_why(e, WHY_SHORT_ANSWER);
		return rc;
	}
	r->answered = true;
	r->last = n;
	r->doubted = 0;
	r->s->refused = false;
	return 0;
}

/* After an error a loader wants a new start [5.1]. */
static int start_again(struct part_reader *r, struct err *e)
{
	int rc = exchange_anew(r, e);

	r->unprimed = false;
	return rc;
}

/* 1: bytes came from there; 0: refused. */
static int peep(struct part_reader *r, uint64_t offset, uint32_t n,
		struct err *e)
{
	uint8_t msg[MSG_MAX], waste[PRIME_SIZE + 1];
	size_t len = msg_read_midst(n, offset, r->wide, msg);
	struct reply rep;
	int rc = link_fetch(r->s->link, BSL_CMD_READ_MIDST, msg, len,
			    session_timeout(r->s, FIRST_READ_MS),
			    BSL_REP_READ_FLASH, waste, sizeof(waste), &rep, e);

	if (rc == 0 && rep.type == BSL_REP_READ_FLASH)
		return rep.len == n ? 1
				    : err_set(e, ERR_MISMATCH,
					      "%zu bytes came where %u were "
					      "asked for",
					      rep.len, n);
	if (rc == 0)
		rc = session_refusal(r->s, BSL_CMD_READ_MIDST, &rep, e);
	return rc == -(int)ERR_REFUSED && !session_wants_authorisation(e) ? 0
									  : rc;
}

/*
 * Some pieces of a bare NAND are read into the loader's memory as a whole with
 * the first request, which must be for their beginning, and are given from
 * there [5.8].  When that fails they are given all the same, and it is other
 * memory: then there is something behind their end, too.
 */
static int prime(struct part_reader *r, struct err *e)
{
	int rc;

	if (!r->unprimed || r->x.by_address || r->x.offset + r->pos == 0)
		return 0;
	rc = peep(r, 0, PRIME_SIZE, e);
	if (rc == 0) {
		rc = peep(r, exchange_size(r), PRIME_SIZE + 1, e);
		if (rc == 1)
			return err_set(e, ERR_REFUSED,
				       "the loader cannot read the whole of "
				       "it, and gives other memory in its "
				       "place");
		r->unprimed = rc < 0;
		return rc < 0 ? rc : start_again(r, e);
	}
	r->unprimed = rc < 0;
	return rc < 0 ? rc : 0;
}

int exchange_ask(struct part_reader *r, void *dst, uint32_t n, bool *ret_echo,
		 struct err *e)
{
	bool posted = n && exchange_pending(r) == n;
	uint8_t msg[MSG_MAX];
	size_t len;
	int rc = 0;

	if (!posted)
		rc = prime(r, e);
	if (!posted && rc == 0)
		rc = post(r, r->pos, n, e);
	r->ahead = 0;
	if (rc == 0)
		rc = post_next(r, n, e);
	if (rc == 0)
		rc = collect(r, dst, n, e);
	if (rc < 0) {
		if (posted || r->ahead)
			judge_ahead(r, e);
		r->stale = r->stale || r->ahead;
		return rc;
	}
	r->unprimed = false;
	len = pack_read(r, r->pos, n, msg);
	*ret_echo = !r->x.by_address && n >= len && memcmp(dst, msg, len) == 0;
	return 0;
}

bool exchange_is_spoilt(const struct err *e)
{
	return e->code == ERR_TIMEOUT || e->code == ERR_FRAME ||
	       e->code == ERR_MISMATCH;
}

/* Silence also where nothing but an ACK was asked for, and repeatedly. */
static int is_dead(struct part_reader *r, struct err *e)
{
	if (e->code != ERR_TIMEOUT)
		return -(int)e->code;
	r->s->dead = true;
	err_hint(e, "the loader hangs: hold the power key for 10 s or pull the "
		    "battery, then start again");
	return -(int)e->code;
}

/*
 * In place of an ACK came the same refusal twice, and nothing behind: that is
 * the answer.  One alone may be an old one, with the ACK lost; but 0xFE costs a
 * buffer each time [2.6].
 */
static int refused_again(struct part_reader *r, unsigned cmd, uint16_t *before,
			 struct err *e)
{
	const struct reply rep = { .type = link_fence_saw(r->s->link) };
	struct err why;
	bool counts =
		rep.type == *before || rep.type == BSL_REP_UNSUPPORTED_COMMAND;

	*before = rep.type;
	if (e->code != ERR_TIMEOUT || cmd != BSL_CMD_READ_START || !rep.type ||
	    rep.type == BSL_REP_VERIFY_ERROR || !counts ||
	    session_refusal(r->s, cmd, &rep, &why) != -(int)ERR_REFUSED)
		return 0;
	r->shut = true;
	/* Both have had their answer. */
	r->s->owed -= r->s->owed < 2 ? r->s->owed : 2;
	*e = why;
	return -(int)e->code;
}

/*
 * A request that changes nothing and is answered by ACK, again and again
 * while its own answers are spoilt.
 */
static int fence_with(struct part_reader *r, unsigned cmd, const void *msg,
		      size_t n, struct err *e)
{
	uint16_t before = 0;

	for (unsigned i = 1;; i++) {
		unsigned ms = i == 1 ? FIRST_READ_MS : READ_MS;
		int rc;

		ms = session_timeout(r->s, ms);
		rc = r->x.by_address ? address_fence(r, ms, e)
				     : link_fence(r->s->link, cmd, msg, n, ms,
						  BSL_REP_ACK, r->s->owed, e);

		if (rc == 0) {
			r->s->owed = 0;
			return 0;
		}
		r->s->owed += e->code == ERR_TIMEOUT;
		if (!r->x.by_address && refused_again(r, cmd, &before, e) < 0)
			return -(int)e->code;
		if (!exchange_is_spoilt(e) || i == FENCE_TRIES)
			return is_dead(r, e);
		/* A volume that is open now would be lost by another [5.8]. */
		if (cmd == BSL_CMD_READ_START && session_is_nand(r->s) &&
		    exchange_end_again(r, e) < 0)
			return -(int)e->code;
	}
}

int exchange_end_again(struct part_reader *r, struct err *e)
{
	return fence_with(r, BSL_CMD_READ_END, NULL, 0, e);
}

/* Each READ_START of a first NV copy may make the loader write [5.6]. */
static int may_start_again(const struct part_reader *r, struct err *e)
{
	if (r->x.by_address || !guard_name_repairs(r->x.name))
		return 0;
	return err_set(e, ERR_BUG, "'%s' would be started again", r->x.name);
}

int exchange_fence(struct part_reader *r, struct err *e)
{
	uint8_t msg[MSG_MAX];
	size_t n = 0;
	int rc = may_start_again(r, e);

	if (rc < 0)
		return rc;
	if (!r->x.by_address)
		n = pack_read_start(r, msg);
	r->ahead = 0;
	r->stale = false;
	r->last = 0;
	rc = exchange_end_again(r, e);
	if (rc == 0 && !r->x.by_address)
		rc = fence_with(r, BSL_CMD_READ_START, msg, n, e);
	return rc < 0 ? err_context(e, "clearing the line") : 0;
}

int exchange_anew(struct part_reader *r, struct err *e)
{
	int rc = may_start_again(r, e);

	if (rc < 0)
		return rc;
	if (r->x.by_address)
		return exchange_fence(r, e);
	rc = exchange_end(r, e);
	r->last = 0;
	if (rc == -(int)ERR_REFUSED) /* of something else: END is never */
		return exchange_fence(r, e);
	if (rc == 0)
		rc = send_start(r, e);
	return rc < 0 && exchange_is_spoilt(e) ? exchange_fence(r, e) : rc;
}
