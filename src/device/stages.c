/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stages.c - the steps from one stage of the phone to the next.  Nothing else
 * changes framing, speed or stage.  Facts: docs/protocol.md sections 1.5, 4.
 */
#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>
#include <time.h>

/* CHANGE_BAUD is acknowledged at the old speed, then the phone switches. */
#define BAUD_SETTLE_MS 500

static const struct frame_format any_format = { FRAME_EITHER, true };
static const struct frame_format rom_format = { FRAME_CRC16, true };
static const struct frame_format fdl_format = { FRAME_SUM16, true };

/* A serial ROM listens for three flags after its run of 'U' [1.5]. */
static unsigned hello_flags(const struct session *s)
{
	return s->t->baud ? 3 : 1;
}

/*
 * Flags until VER comes.  Silence is normal while a ROM waits for its port or
 * FDL1 starts the memory; other answers are old ones or noise.
 */
static int hello(struct session *s, unsigned tries, unsigned wait_ms,
		 struct reply *ret, struct err *e)
{
	int rc;

	for (unsigned i = 0; i < tries; i++) {
		rc = link_hello(s->link, hello_flags(s), wait_ms, ret, e);
		if (rc == 0 && ret->type == BSL_REP_VER)
			return 0;
		if (rc == -(int)ERR_GONE)
			rc = session_reopen(s, e);
		if (rc < 0 && e->code != ERR_TIMEOUT && e->code != ERR_FRAME &&
		    e->code != ERR_MISMATCH)
			return rc;
	}
	return err_set(e, ERR_TIMEOUT,
		       "no version came in %u tries of %u ms each", tries,
		       wait_ms);
}

/*
 * CONNECT.  Each flag that was sent before may still bring its VER: those are
 * not the answer.
 */
static int greet(struct session *s, struct err *e)
{
	unsigned ms = session_timeout(s, ANSWER_MS);
	struct reply r;
	int rc = link_call(s->link, BSL_CMD_CONNECT, NULL, 0, ms, &r, e);

	for (unsigned i = 0; rc == 0 && r.type == BSL_REP_VER; i++) {
		if (i == HELLO_TRIES_ROM)
			return err_set(e, ERR_STAGE,
				       "the phone answers nothing but its "
				       "version");
		rc = link_wait(s->link, ms, &r, e);
	}
	if (rc < 0)
		return rc;
	return r.type == BSL_REP_ACK
		       ? 0
		       : session_refusal(s, BSL_CMD_CONNECT, &r, e);
}

static int silent_at_first(const struct session *s, unsigned tries,
			   struct err *e)
{
	int rc = err_set(e, ERR_NODEV,
			 "nothing that speaks the download protocol answered "
			 "within %u s",
			 tries * HELLO_MS / 1000);

	session_explain(s, STEP_CONTACT, e);
	return rc;
}

/* An FDL1 that was left running speaks at the speed that it was told. */
static int hello_to_left_fdl1(struct session *s, struct reply *ret,
			      struct err *e)
{
	const struct session_left *left = s->opt.left;
	unsigned rom_baud = s->t->baud;
	int rc;

	if (!left || left->stage != STAGE_FDL1 || !s->t->ops->set_speed ||
	    !left->info.baud || left->info.baud == rom_baud)
		return 0;
	if (s->t->ops->set_speed(s->t, left->info.baud, e) < 0)
		return -(int)e->code;
	rc = hello(s, HELLO_TRIES_LEFT, HELLO_MS, ret, e);
	if (rc == 0) {
		s->info.baud = left->info.baud;
		return 1;
	}
	if (rc != -(int)ERR_TIMEOUT)
		return rc;
	return s->t->ops->set_speed(s->t, rom_baud, e);
}

/* VER tells the checksum, and with its text the stage [4.1, 4.2]. */
static int step_first_contact(struct session *s, struct err *e)
{
	unsigned tries = s->contact_ms / HELLO_MS + (s->opt.wait_ms != 0);
	struct reply r;
	int rc = takeup_known(s, e);

	if (rc == 1)
		return 0;
	if (rc == 0)
		rc = hello_to_left_fdl1(s, &r, e);
	if (rc == 0)
		rc = hello(s, tries, HELLO_MS, &r, e);
	if (rc == -(int)ERR_TIMEOUT) {
		rc = takeup_silent(s, e);
		if (rc == 0)
			return silent_at_first(s, tries, e);
		if (rc == 1)
			return 0;
	}
	if (rc < 0)
		return session_explain(s, STEP_CONTACT, e);
	s->info.sent.started = s->info.sent.fdl2 = false;
	text_clean(r.data, r.len, s->info.hello, sizeof(s->info.hello));
	session_note(s, "the phone says '%s'", s->info.hello);
	if (r.check == FRAME_SUM16) {
		link_set_format(s->link, fdl_format);
		text_copy(s->info.fdl1_hello, sizeof(s->info.fdl1_hello),
			  s->info.hello);
		s->stage = STAGE_FDL1;
	} else {
		link_set_format(s->link, rom_format);
		s->info.sent.fdl1 = false;
		s->stage = strcmp(s->info.hello, BSL_HELLO_AUTOD) == 0
				   ? STAGE_AUTOD
				   : STAGE_BOOTROM;
	}
	rc = greet(s, e);
	/* A ROM may fail the first one [3.1]. */
	if (rc < 0 && (e->code == ERR_REFUSED || e->code == ERR_STAGE))
		rc = greet(s, e);
	if (rc < 0) {
		s->stage = STAGE_UNKNOWN;
		session_explain(s, STEP_CONTACT, e);
		return err_context(e, "greeting the phone");
	}
	return 0;
}

/* FDL1 runs, or the ROM is back, or nobody answers [4.1, 4.3]. */
static int greet_fdl1(struct session *s, struct err *e)
{
	struct reply r;
	int rc;

	link_set_format(s->link, any_format);
	rc = hello(s, FDL1_TRIES, FDL1_HELLO_MS, &r, e);
	if (rc == -(int)ERR_TIMEOUT) {
		rc = err_set(e, ERR_TIMEOUT,
			     "FDL1 was sent and started, and is silent since");
		session_explain(s, STEP_START_FDL1, e);
		return rc;
	}
	if (rc < 0)
		return rc;
	if (r.check == FRAME_CRC16 && s->stage != STAGE_AUTOD) {
		rc = err_set(e, ERR_REFUSED,
			     "FDL1 was sent and the BootROM is back: it "
			     "rejected the loader");
		session_explain(s, STEP_START_FDL1, e);
		return rc;
	}
	link_set_format(s->link, fdl_format);
	text_clean(r.data, r.len, s->info.fdl1_hello,
		   sizeof(s->info.fdl1_hello));
	return greet(s, e);
}

static int keep_charge(struct session *s, struct err *e)
{
	if (!session_has_quirk(s, QUIRK_KEEP_CHARGE))
		return 0;
	if (session_expect_ack(s, BSL_CMD_KEEP_CHARGE, NULL, 0,
			       session_timeout(s, ANSWER_MS), e) == 0)
		return 0;
	if (e->code != ERR_REFUSED)
		return session_explain(s, STEP_KEEP_CHARGE, e);
	session_note(s, "the loader does not keep the battery charging");
	return 0;
}

static int change_baud(struct session *s, struct err *e)
{
	const struct timespec settle = { 0, BAUD_SETTLE_MS * 1000000L };
	unsigned baud = s->t->wanted_baud;
	uint8_t msg[MSG_MAX];
	size_t n;

	if (!baud || baud == s->t->baud || !s->t->ops->set_speed)
		return 0;
	n = msg_change_baud(baud, msg);
	if (session_expect_ack(s, BSL_CMD_CHANGE_BAUD, msg, n,
			       session_timeout(s, ANSWER_MS), e) < 0)
		return err_context(e, "changing the line to %u baud", baud);
	if (s->t->ops->set_speed(s->t, baud, e) < 0)
		return -(int)e->code;
	/* No event tells when the phone has switched; its UART just does. */
	nanosleep(&settle, NULL);
	s->info.baud = baud;
	session_note(s, "the line runs at %u baud", baud);
	return 0;
}

/*
 * Numbers of regions differ from chip to chip, some make old loaders write, and
 * a wrong one hangs the others [5.4]: only those that a profile names are used.
 */
static int check_regions(const struct session *s, struct err *e)
{
	int rc;

	if (!s->opt.profile &&
	    strcmp(s->info.fdl1_hello, BSL_HELLO_FEATURE) == 0) {
		rc = err_set(
			e, ERR_PROFILE,
			"this is a feature phone, and which one was not "
			"said: it is read by numbers that differ from chip "
			"to chip");
		err_hint(e, "name the chip with --chip ('spdvault chips' finds "
			    "it by the phone's model)");
		return rc;
	}
	if (!session_has_quirk(s, QUIRK_READ_BY_ADDRESS) ||
	    s->opt.profile->nregions > 0)
		return 0;
	rc = err_set(e, ERR_PROFILE,
		     "phones of this chip (%s) are read by address, and which "
		     "regions they have is not known",
		     s->opt.profile->title);
	err_hint(e, "nothing was sent but a greeting; a profile with [region] "
		    "sections makes such phones readable (profiles/README.md)");
	return rc;
}

static int step_rom_to_fdl1(struct session *s, struct err *e)
{
	const struct loader *l = s->opt.fdl1;
	int rc;

	if (check_regions(s, e) < 0 ||
	    load_need(l, "first stage loader (FDL1)", e) < 0)
		return -(int)e->code;
	if (load_send(s, l, "FDL1", LOAD_PIECE_ROM, e) < 0)
		return -(int)e->code;
	s->info.sent.fdl1 = true;
	rc = session_expect_ack(s, BSL_CMD_EXEC_DATA, NULL, 0,
				session_timeout(s, ANSWER_MS), e);
	/* Silence or leaving the bus are all right when FDL1 lives then. */
	if (rc < 0 && e->code != ERR_TIMEOUT && e->code != ERR_GONE) {
		session_explain(s, STEP_START_FDL1, e);
		return err_context(e, "starting FDL1");
	}
	rc = greet_fdl1(s, e);
	if (rc == 0)
		rc = keep_charge(s, e);
	if (rc == 0)
		rc = change_baud(s, e);
	if (rc < 0)
		return session_explain(s, STEP_START_FDL1, e);
	s->stage = STAGE_FDL1;
	return 0;
}

/* The phone's own u-boot plays the ROM: nothing needs to be sent [4.6]. */
static int step_autod_to_fdl1(struct session *s, struct err *e)
{
	int rc = session_expect_ack(s, BSL_CMD_EXEC_DATA, NULL, 0,
				    session_timeout(s, ANSWER_MS), e);

	if (rc == 0)
		rc = greet_fdl1(s, e);
	if (rc < 0) {
		session_explain(s, STEP_START_FDL1, e);
		return err_context(e, "starting the phone's own loader");
	}
	s->stage = STAGE_FDL1;
	return 0;
}

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
	link_set_format(s->link, any_format);
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

static int stop_escaping(struct session *s, struct err *e)
{
	struct frame_format plain = { FRAME_SUM16, false };
	int rc;

	if (!s->info.da.can_stop_escape ||
	    session_has_quirk(s, QUIRK_KEEP_ESCAPING))
		return 0;
	rc = s->t->ops->drain(s->t, e); /* DA_INFO, should it come twice */
	if (rc == 0)
		rc = session_expect_ack(s, BSL_CMD_DISABLE_TRANSCODE, NULL, 0,
					session_timeout(s, ANSWER_MS), e);
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

static int step_fdl1_to_fdl2(struct session *s, struct err *e)
{
	int rc = 0;

	if (check_regions(s, e) < 0)
		return -(int)e->code;
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
	session_enter_fdl2(s);
	return 0;
}

static const struct {
	enum stage from;
	int (*step)(struct session *s, struct err *e);
} steps[] = {
	{ STAGE_UNKNOWN, step_first_contact },
	{ STAGE_BOOTROM, step_rom_to_fdl1 },
	{ STAGE_AUTOD, step_autod_to_fdl1 },
	{ STAGE_FDL1, step_fdl1_to_fdl2 },
};

int stages_step(struct session *s, enum stage to, struct err *e)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i].from == s->stage)
			return steps[i].step(s, e);
	return err_set(e, ERR_STAGE, "no way from %s to %s",
		       session_stage_name(s->stage), session_stage_name(to));
}
