/* SPDX-License-Identifier: BSD-3-Clause */
/* stages_fdl2.c - FDL2 is sent and started, and its first commands. */
#include "bsl/proto.h"
#include "exchange.h"
#include "internal.h"

#include <string.h>

#define PLAIN_TRIES 3u /* of DISABLE_TRANSCODE */

static int learn_da_info(struct session *s, const struct reply *r,
			 struct err *e)
{
	struct da_info *da = &s->info.da;

	if (r->type == BSL_REP_ACK) {
		memset(da, 0, sizeof(*da));
		return 0;
	}
	/* 0x96 is a success here; its payload is DA_INFO [4.4]. */
	if (r->type != BSL_REP_INCOMPATIBLE_PARTITION)
		return session_refusal(s, BSL_CMD_EXEC_DATA, r, e);
	session_note(s, "FDL2 says 0x96, which is its usual way to say that it "
			"runs");
	s->refused = true; /* should it come twice */
	msg_parse_da_info(r->data, r->len, da);
	if (da->storage_type == BSL_STORAGE_EMMC)
		s->info.storage = STORAGE_EMMC;
	else if (da->storage_type == BSL_STORAGE_UFS)
		s->info.storage = STORAGE_UFS;
	else if (da->storage_type == BSL_STORAGE_NAND)
		s->info.storage = STORAGE_NAND;
	if (da->wants_handshake) {
		int rc = err_set(e, ERR_REFUSED,
				 "this FDL2 wants a vendor key (handshake) "
				 "before it does anything");

		err_why(e, WHY_VENDOR_KEY);
		return rc;
	}
	return 0;
}

/*
 * FDL2 left the bus to come back.  It says at last that it runs, or it plays
 * the ROM once more and everything is asked for again [1.4].  EXEC is not
 * sent twice.  1: begin from first contact.
 */
static int comes_back(struct session *s, struct err *e)
{
	struct reply r;
	int rc = session_reopen(s, e);

	if (rc == 0)
		rc = link_wait(s->link, ANSWER_MS, &r, e);
	if (rc == 0)
		return learn_da_info(s, &r, e);
	if (e->code != ERR_TIMEOUT && e->code != ERR_FRAME)
		return rc;
	link_set_format(s->link, stages_any_format);
	s->stage = STAGE_UNKNOWN;
	return 1;
}

/*
 * EXEC of FDL2.  Some FDL1 acknowledge first, and FDL2 answers on its own
 * when it runs; with others FDL2's answer is the only one [4.3].
 */
static int start_fdl2(struct session *s, struct err *e)
{
	unsigned ms = session_timeout(s, FDL2_START_MS);
	struct reply r, second;
	/* An ACK that came twice would be taken for the first of two answers.
	 */
	int rc = s->t->ops->drain(s->t, e);

	if (rc == 0)
		rc = link_call(s->link, BSL_CMD_EXEC_DATA, NULL, 0, ms, &r, e);
	s->info.sent.started = true;
	if (rc == -(int)ERR_GONE)
		return comes_back(s, e);
	if (rc < 0)
		return rc;
	/*
	 * Was this FDL1, or an old FDL2 that has no more to say?  Only time
	 * tells: a late DA_INFO would be taken for the next request's answer.
	 */
	if (r.type == BSL_REP_ACK) {
		/* Those that are read by address have nothing to tell. */
		if (session_has_quirk(s, QUIRK_READ_BY_ADDRESS))
			ms = HELLO_MS;
		rc = link_wait(s->link, ms, &second, e);
		if (rc == 0)
			r = second;
		else if (e->code != ERR_TIMEOUT)
			return rc;
	}
	return learn_da_info(s, &r, e);
}

/*
 * With its ACK lost or damaged nobody knows whether escaping is on.  Neither
 * the command nor its ACK has a byte that would be escaped, and to a loader
 * that has heard it the second one changes nothing: it is sent until it is
 * acknowledged.  Whichever of them an ACK is for, escaping is off then [2.7].
 */
static int ask_for_no_escapes(struct session *s, struct err *e)
{
	for (unsigned i = 1;; i++) {
		/* DA_INFO, should it come twice, or an ACK that is late */
		int rc = s->t->ops->drain(s->t, e);

		if (rc == 0)
			rc = session_expect_ack(
				s, BSL_CMD_DISABLE_TRANSCODE, NULL, 0,
				session_timeout(s, ANSWER_MS), e);
		if (rc == 0 || !exchange_is_spoilt(e) || i == PLAIN_TRIES)
			return rc;
		s->owed++;
		if (s->ev.retry)
			s->ev.retry(s->ev.user, i, e);
	}
}

static int stop_escaping(struct session *s, struct err *e)
{
	struct frame_format plain = { FRAME_SUM16, false };
	unsigned owed = s->owed;
	int rc;

	if (!s->info.da.can_stop_escape ||
	    session_has_quirk(s, QUIRK_KEEP_ESCAPING))
		return 0;
	rc = ask_for_no_escapes(s, e);
	if (rc == -(int)ERR_REFUSED && s->owed != owed)
		rc = err_set(e, ERR_STAGE,
			     "the loader did not answer at first, and refuses "
			     "it now: whether it escapes is not known");
	if (rc == -(int)ERR_REFUSED) {
		session_note(s, "the loader keeps escaping on");
		return 0;
	}
	if (rc < 0)
		return err_context(e, "switching escaping off");
	link_set_format(s->link, plain);
	s->info.escaping = false;
	return 0;
}

int stages_learn_uid(struct session *s, struct err *e)
{
	struct reply r;
	int rc;

	if (!session_has_quirk(s, QUIRK_CHIP_UID))
		return 0;
	rc = link_call(s->link, BSL_CMD_READ_CHIP_UID, NULL, 0,
		       session_timeout(s, ANSWER_MS), &r, e);
	if (rc == 0 && r.type == BSL_REP_ACK) /* of what was sent before */
		rc = link_wait(s->link, session_timeout(s, ANSWER_MS), &r, e);
	if (rc < 0)
		return rc;
	if (r.type != BSL_REP_READ_CHIP_UID) {
		/* Not told: no failure, but counted as a refusal. */
		rc = session_refusal(s, BSL_CMD_READ_CHIP_UID, &r, e);
		return rc == -(int)ERR_REFUSED ? 0 : rc;
	}
	s->info.uid_len =
		r.len < sizeof(s->info.uid) ? r.len : sizeof(s->info.uid);
	memcpy(s->info.uid, r.data, s->info.uid_len);
	return 0;
}

/* FDL2 into the phone, and started.  1: begin from first contact. */
static int bring_fdl2(struct session *s, struct err *e)
{
	const struct loader *l = s->opt.fdl2;
	int rc;

	if (strcmp(s->info.hello, BSL_HELLO_AUTOD) != 0) {
		if (load_need(l, "second stage loader (FDL2)", e) < 0 ||
		    load_send(s, l, "FDL2", LOAD_PIECE_FDL1, e) < 0)
			return -(int)e->code;
		s->info.sent.fdl2 = true;
	}
	rc = start_fdl2(s, e);
	if (rc < 0) {
		session_explain(s, STEP_START_FDL2, e);
		return err_context(e, "starting FDL2");
	}
	return rc;
}

void stages_enter_fdl2(struct session *s)
{
	if (s->info.storage == STORAGE_UNKNOWN && s->opt.profile) {
		/* A profile with one kind only knows it. */
		for (int k = STORAGE_EMMC; k <= STORAGE_NOR; k++)
			if (s->opt.profile->storage == 1u << k)
				s->info.storage = k;
	}
	s->started[0] = '\0';
	s->served = false;
	s->write_enabled = false;
	chunk_init(&s->chunk, chunk_cap(s));
	s->dead = false; /* a ROM says 0x8B and goes on [2.5] */
	s->stage = STAGE_FDL2;
}

int stages_start_fdl2(struct session *s, struct err *e)
{
	int rc = 0;

	/* With one stage only, what runs already is the loader that reads. */
	if (!session_has_quirk(s, QUIRK_SINGLE_STAGE))
		rc = bring_fdl2(s, e);
	if (rc < 0)
		return rc;
	if (rc == 1)
		return 0; /* another round, from the beginning */
	session_guard_reading(s);
	rc = stop_escaping(s, e);
	if (rc == 0)
		rc = stages_learn_uid(s, e);
	if (rc < 0)
		return session_explain(s, STEP_FIRST_COMMAND, e);
	stages_enter_fdl2(s);
	return 0;
}
