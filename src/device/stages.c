/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stages.c - the steps from one stage of the phone to the next.  Facts:
 * docs/protocol.md sections 1.5, 4.
 */
#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>
#include <time.h>

/* CHANGE_BAUD is acknowledged at the old speed, then the phone switches. */
#define BAUD_SETTLE_MS 500

/* FDL1 runs, or the ROM is back, or nobody answers [4.1, 4.3]. */
static int greet_fdl1(struct session *s, struct err *e)
{
	struct reply r;
	int rc;

	link_set_format(s->link, stages_any_format);
	rc = stages_hello(s, FDL1_TRIES, FDL1_HELLO_MS, &r, e);
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
	link_set_format(s->link, stages_fdl_format);
	text_clean(r.data, r.len, s->info.fdl1_hello,
		   sizeof(s->info.fdl1_hello));
	return stages_greet(s, e);
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

static int step_fdl1_to_fdl2(struct session *s, struct err *e)
{
	return check_regions(s, e) < 0 ? -(int)e->code
				       : stages_start_fdl2(s, e);
}

static const struct {
	enum stage from;
	int (*step)(struct session *s, struct err *e);
} steps[] = {
	{ STAGE_UNKNOWN, stages_first_contact },
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
