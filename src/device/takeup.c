/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * takeup.c - a loader that an earlier session left running is gone on with:
 * no CHECK_BAUD, no CONNECT, no loader [1.3, 2.6].
 *
 * READ_END is the question: every FDL2 acknowledges it and nothing changes by
 * it.  It has no byte that would be escaped, and its ACK has none, so that it
 * can be asked before it is known whether escaping is on.  A ROM that gets it
 * says 0x8B and goes on [2.5].  Loaders that are read by address know nothing
 * but READ_FLASH: they are asked for a header that every phone of the chip has.
 */
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>

/*
 * A loader that was left in the middle of an answer first sends the rest of
 * it, and drops what came early [1.3]: the first question may be lost.
 */
static const unsigned waits_ms[] = { 1000, 1000, ANSWER_MS };

#define QUESTIONS (sizeof(waits_ms) / sizeof(waits_ms[0]))

static bool is_silence(const struct err *e)
{
	return e->code == ERR_TIMEOUT || e->code == ERR_FRAME ||
	       e->code == ERR_MISMATCH;
}

/* A region's header is what is read first of it in any case. */
static int ask_for_a_header(struct session *s, struct err *e)
{
	const struct profile *p = s->opt.profile;

	for (size_t i = 0; s->nallowed == 0 && i < p->nregions; i++)
		if (p->regions[i].header &&
		    address_allow(s, p->regions[i].id, REGION_HEAD_SIZE, e) < 0)
			return -(int)e->code;
	if (s->nallowed == 0)
		return err_set(e, ERR_TIMEOUT, "there is nothing to ask for");
	return address_answers(s, e) ? 0 : -(int)e->code;
}

/* asked: how often before, in vain. */
static int ask(struct session *s, unsigned ms, unsigned asked, struct err *e)
{
	if (session_has_quirk(s, QUIRK_READ_BY_ADDRESS))
		return ask_for_a_header(s, e);
	return link_fence(s->link, BSL_CMD_READ_END, NULL, 0, ms, BSL_REP_ACK,
			  asked, e);
}

bool takeup_runs(struct session *s, unsigned baud, bool once, struct err *e)
{
	unsigned rom_baud = s->t->baud;
	unsigned asked = 0;
	bool other_speed = s->t->ops->set_speed && baud && baud != rom_baud;

	if (other_speed && s->t->ops->set_speed(s->t, baud, e) < 0)
		return false;
	for (size_t i = once ? QUESTIONS - 1 : 0; i < QUESTIONS; i++) {
		if (ask(s, waits_ms[i], asked++, e) == 0)
			return true;
		if (!is_silence(e))
			break;
	}
	if (other_speed && e->code != ERR_GONE) {
		struct err back;

		if (s->t->ops->set_speed(s->t, rom_baud, &back) < 0)
			session_note(s, "setting the line back: %s", back.text);
	}
	return false;
}

/* In the stage where READ_END may be sent, to a loader of which that is known.
 */
static void listen_to_fdl2(struct session *s, bool escaping)
{
	const struct frame_format fmt = { FRAME_SUM16, escaping };

	link_set_format(s->link, fmt);
	session_guard_reading(s);
}

static int not_taken(struct session *s, const struct err *e)
{
	session_forget(s);
	return is_silence(e) ? 0 : -(int)e->code;
}

int takeup_known(struct session *s, struct err *e)
{
	const struct session_left *left = s->opt.left;

	/* What was started since is another one. */
	if (!left || left->stage != STAGE_FDL2 || s->info.sent.started)
		return 0;
	listen_to_fdl2(s, left->info.escaping);
	if (!takeup_runs(s, left->info.baud, false, e))
		return not_taken(s, e);
	s->info = left->info;
	s->info.sent = (struct sent_loaders) { .fdl1 = false };
	s->info.baud = s->t->baud;
	s->info.taken_up = true;
	stages_enter_fdl2(s);
	session_note(s, "the phone is in FDL2 since an earlier run; nothing "
			"was loaded");
	/* One that did not tell a uid would lose a buffer by it [2.6]. */
	if (left->info.uid_len && stages_learn_uid(s, e) < 0)
		return -(int)e->code;
	return 1;
}

int takeup_silent(struct session *s, struct err *e)
{
	listen_to_fdl2(s, true);
	if (!takeup_runs(s, 0, true, e))
		return not_taken(s, e);
	/*
	 * Escaping off would have been its end at the first flag [1.3].  What
	 * another session has asked it is not known: as if the one unsupported
	 * command that it bears had been used up.
	 */
	s->info.taken_up = true;
	s->info.taken_blind = !s->info.sent.started;
	stages_enter_fdl2(s);
	session_note(s, "the phone answers as FDL2, %s",
		     s->info.sent.started
			     ? "and was away while it started"
			     : "which something else has started; nothing was "
			       "loaded");
	return 1;
}
