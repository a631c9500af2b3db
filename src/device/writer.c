/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writer.c - one partition onto the phone; docs/protocol.md 7.  Repeats
 * nothing: an answer that is lost here may hide that all went well, and a
 * piece sent twice would shift what follows.
 */
#include "device/writer.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "exchange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW	     ((uint64_t)256 << 20) /* collected before writing [7.2] */
#define SLOWEST	     ((uint64_t)8 << 20)   /* bytes written per second [4.9] */
#define PIECE_OLD    0x1000u /* of loaders that say nothing of themselves */
#define PIECE_ESCAPE 0x3000u /* what the vendor's own program sends [2.4] */
#define PIECE_PLAIN  0xF000u
#define PIECE_LEAST  0x400u /* the first decides what it is taken for [7.3] */

struct put {
	struct session *s;
	const struct write_target *t;
	const struct write_source *src;
	const struct write_events *ev;
	struct write_result *ret;
	uint8_t *buf; /* of one piece */
};

uint32_t writer_piece(const struct session *s)
{
	uint32_t n = PIECE_PLAIN;

	if (s->info.da.form <= DA_BARE || s->info.baud)
		n = PIECE_OLD;
	else if (s->info.escaping)
		n = PIECE_ESCAPE;
	if (s->opt.chunk_max && s->opt.chunk_max < n)
		n = s->opt.chunk_max / PIECE_LEAST * PIECE_LEAST;
	return n < PIECE_LEAST ? PIECE_LEAST : n;
}

static int no(const struct write_target *t, struct err *e, const char *why)
{
	return err_set(e, ERR_EXISTS, "'%s' is not written: %s", t->name, why);
}

/* The only form that every loader takes has 32 bits. */
static bool is_wide(const struct write_target *t)
{
	return t->size + t->size % 2 > UINT32_MAX;
}

int writer_check(const struct session *s, const struct write_target *t,
		 struct err *e)
{
	const char *why = guard_name_unwritable(t->name);

	if (s->stage != STAGE_FDL2)
		return err_set(e, ERR_STAGE,
			       "'%s' cannot be written: no FDL2 runs", t->name);
	if (why)
		return no(t, e, why);
	if (t->size == 0)
		return no(t, e, "there is nothing to be written");
	if (guard_name_repairs(t->name) && !t->has_sum)
		return no(t, e,
			  "a first NV copy is taken only as items with their "
			  "sum");
	if (session_has_quirk(s, QUIRK_READ_BY_ADDRESS) ||
	    session_has_quirk(s, QUIRK_SINGLE_STAGE))
		return no(t, e,
			  "the loader of this kind of phone knows no names");
	if (is_wide(t) && (session_has_quirk(s, QUIRK_OFFSET_32) ||
			   s->info.da.form <= DA_BARE))
		return no(t, e,
			  "it is larger than 4 GiB, and this loader's request "
			  "has 32 bits for the size");
	return 0;
}

/* -- three requests ------------------------------------------------------ */

/* An answer that came twice must not be taken for that of the next request. */
static int ask(struct put *p, unsigned cmd, const void *payload, size_t n,
	       bool clear, unsigned ms, struct err *e)
{
	struct transport *t = p->s->t;

	if (clear && t->ops->drain(t, e) < 0)
		return -(int)e->code;
	return session_expect_ack(p->s, cmd, payload, n,
				  session_timeout(p->s, ms), e);
}

static int send_start(struct put *p, struct err *e)
{
	const struct write_target *t = p->t;
	uint8_t msg[MSG_MAX];
	size_t n = msg_write_start(t->name, t->size + t->size % 2, is_wide(t),
				   t->has_sum ? &t->sum : NULL, msg);
	int rc;

	p->ret->state = WRITE_UNKNOWN;
	rc = ask(p, BSL_CMD_START_DATA, msg, n, true, WRITE_START_MS, e);
	/* It says so itself: this request changed nothing. */
	if (rc == -(int)ERR_REFUSED || rc == -(int)ERR_STAGE)
		p->ret->state = WRITE_UNTOUCHED;
	return rc;
}

static bool is_not_enabled(const struct err *e)
{
	return e->code == ERR_REFUSED && e->sys == BSL_REP_NOT_ENABLE_WRITE;
}

static int begin(struct put *p, struct err *e)
{
	int rc = send_start(p, e);

	if (rc == 0 || !is_not_enabled(e) || p->s->write_enabled)
		return rc;
	session_note(p->s, "this loader writes only when told so; it is told");
	rc = ask(p, BSL_CMD_ENABLE_WRITE_FLASH, NULL, 0, true, ANSWER_MS, e);
	if (rc < 0) {
		err_why(e, WHY_WRITE_NOT_ENABLED);
		return rc;
	}
	p->s->write_enabled = true;
	return send_start(p, e);
}

static unsigned midst_ms(const struct put *p, bool last)
{
	uint64_t held = p->ret->done < WINDOW ? p->ret->done : WINDOW;
	unsigned ms = (unsigned)(held / SLOWEST) * 1000;

	if (last)
		return ms + WRITE_LAST_MS;
	/* What is erased first, is when the first piece has come [7.3]. */
	return ms + (p->ret->done ? WRITE_MS : WRITE_START_MS);
}

static bool wants_to_stop(const struct put *p)
{
	const struct session_events *ev = &p->s->ev;

	return !p->t->to_its_end && ev->cancelled && ev->cancelled(ev->user);
}

static int send_piece(struct put *p, size_t n, struct err *e)
{
	bool last = p->ret->done + n == p->t->size;

	if (wants_to_stop(p))
		return err_set(e, ERR_CANCELLED, "stopped by the user");
	if (p->src->pull(p->src->user, p->buf, n, e) < 0)
		return -(int)e->code;
	if (n % 2)
		p->buf[n] = 0;
	if (last)
		session_note(p->s,
			     "the last bytes of '%s' are with the phone, which "
			     "may take minutes over them",
			     p->t->name);
	return ask(p, BSL_CMD_MIDST_DATA, p->buf, n + n % 2, last,
		   midst_ms(p, last), e);
}

static int send_all(struct put *p, struct err *e)
{
	uint32_t piece = writer_piece(p->s);

	while (p->ret->done < p->t->size) {
		uint64_t left = p->t->size - p->ret->done;
		size_t n = left < piece ? (size_t)left : piece;

		if (send_piece(p, n, e) < 0)
			return -(int)e->code;
		p->ret->done += n;
		if (p->ev && p->ev->progress)
			p->ev->progress(p->ev->user, p->ret->done);
	}
	return 0;
}

/* -- all of it ----------------------------------------------------------- */

/* Which row of the table it is, by how far it got. */
static void explain(const struct put *p, struct err *e)
{
	uint64_t left = p->t->size - p->ret->done;

	if (e->code == ERR_CANCELLED)
		return;
	if (p->ret->state == WRITE_UNTOUCHED)
		session_explain(p->s, STEP_WRITE_START, e);
	if (p->t->is_signed && left <= writer_piece(p->s))
		session_explain(p->s, STEP_WRITE_SIGNED, e);
	if (p->t->has_sum)
		session_explain(p->s, STEP_WRITE_NV, e);
	session_explain(p->s, STEP_WRITE, e);
}

/*
 * The answer may still come, and is the same ACK as of what would be asked
 * next.  READ_END changes nothing and every FDL2 acknowledges it.
 */
static int clear_line(struct session *s, struct err *e)
{
	struct part_reader r = { .s = s };

	return exchange_end_again(&r, e);
}

static int run(struct put *p, struct err *e)
{
	if (begin(p, e) < 0 || send_all(p, e) < 0 ||
	    ask(p, BSL_CMD_END_DATA, NULL, 0, true, WRITE_END_MS, e) < 0)
		return -(int)e->code;
	p->ret->state = WRITE_DONE;
	return 0;
}

static int put(struct put *p, struct err *e)
{
	struct guard writing = { .mode = GUARD_WRITE };
	struct session *s = p->s;
	struct err ignored;
	int rc;

	if (s->owed && clear_line(s, e) < 0)
		return err_context(e, "before writing '%s'", p->t->name);
	text_copy(writing.write_name, sizeof(writing.write_name), p->t->name);
	writing.write_size = p->t->size + p->t->size % 2;
	s->started[0] = '\0'; /* what was being read is forgotten by this */
	s->hold_on = true;
	link_set_guard(s->link, &writing);
	rc = run(p, e);
	s->hold_on = false;
	session_guard_reading(s);
	if (rc < 0) {
		explain(p, e);
		s->owed += exchange_is_spoilt(e);
		if (exchange_is_spoilt(e) && !s->dead &&
		    clear_line(s, &ignored) < 0)
			session_note(s, "after that: %s", ignored.text);
		rc = err_context(e,
				 "writing '%s' (%" PRIu64 " of %" PRIu64
				 " bytes acknowledged)",
				 p->t->name, p->ret->done, p->t->size);
	}
	return rc;
}

int writer_put(struct session *s, const struct write_target *t,
	       const struct write_source *src, const struct write_events *ev,
	       struct write_result *ret, struct err *e)
{
	struct put p = { s, t, src, ev, ret, NULL };
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!s->opt.may_write)
		return err_set(e, ERR_BUG,
			       "'%s' was to be written in a session that only "
			       "reads",
			       t->name);
	rc = writer_check(s, t, e);
	if (rc < 0)
		return rc;
	p.buf = malloc(WRITE_PULL_MAX);
	if (!p.buf)
		return err_nomem(e);
	rc = put(&p, e);
	free(p.buf);
	return rc;
}
