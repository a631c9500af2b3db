/* SPDX-License-Identifier: BSD-3-Clause */
/* session_base.c - what every step with a phone stands on. */
#include "bsl/proto.h"
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *session_stage_name(enum stage st)
{
	static const char *const names[] = { "unknown", "BootROM", "AutoD",
					     "FDL1", "FDL2" };

	return names[st];
}

bool session_has_quirk(const struct session *s, enum quirk q)
{
	return s->opt.profile && (s->opt.profile->quirks & q);
}

void session_note(const struct session *s, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (!s->ev.step)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->ev.step(s->ev.user, text);
}

bool session_is_nand(const struct session *s)
{
	return s->info.storage == STORAGE_NAND &&
	       !session_has_quirk(s, QUIRK_READ_BY_ADDRESS);
}

uint32_t session_sector(const struct session *s)
{
	if (s->sector)
		return s->sector;
	return s->info.storage == STORAGE_UFS ? 4096 : 512;
}

unsigned session_timeout(const struct session *s, unsigned usual_ms)
{
	return s->opt.timeout_ms > usual_ms ? s->opt.timeout_ms : usual_ms;
}

/* A command that this loader does not know: never again in this session. */
static void learn_unknown(struct session *s, unsigned cmd)
{
	s->info.unsupported++;
	s->info.no_list |= cmd == BSL_CMD_READ_PARTITION;
	if (s->ev.learned)
		s->ev.learned(s->ev.user);
}

int session_refusal(struct session *s, unsigned cmd, const struct reply *r,
		    struct err *e)
{
	char cname[MSG_NAME_MAX], rname[MSG_NAME_MAX];
	const char *meaning = msg_reply_meaning(r->type);
	int rc;

	if (r->type == BSL_REP_ACK || r->type == BSL_REP_VER ||
	    r->type == BSL_REP_READ_FLASH ||
	    r->type == BSL_REP_READ_PARTITION ||
	    r->type == BSL_REP_READ_CHIP_UID ||
	    (r->type == BSL_REP_INCOMPATIBLE_PARTITION && r->len > 0))
		/*
		 * One that came late or twice says nothing about this (0x96
		 * with a payload is DA_INFO).
		 */
		return err_set(e, ERR_FRAME,
			       "%s got the answer to another request (%s)",
			       msg_command_name(cmd, cname),
			       msg_reply_name(r->type, rname));
	if (r->type == BSL_REP_UNSUPPORTED_COMMAND ||
	    r->type == BSL_REP_UNKNOWN_CMD)
		learn_unknown(s, cmd);
	if (r->type == BSL_REP_VERIFY_ERROR) {
		/* Vendor loaders loop for ever after this [2.5]. */
		s->dead = true;
		rc = err_set(e, ERR_STAGE,
			     "the phone got a damaged frame with %s and its "
			     "loader has stopped (VERIFY_ERROR, 0x8B)",
			     msg_command_name(cmd, cname));
		err_hint(e, "hold the power key for 10 s or pull the battery, "
			    "then start again with another cable");
		err_why(e, WHY_DAMAGED_FRAME);
		return rc;
	}
	s->refused = true;
	rc = err_set(e, ERR_REFUSED, "%s was answered by %s%s%s",
		     msg_command_name(cmd, cname),
		     msg_reply_name(r->type, rname), *meaning ? ": " : "",
		     meaning);
	e->sys = r->type;
	return rc;
}

bool session_wants_authorisation(const struct err *e)
{
	return e->code == ERR_REFUSED && e->sys == BSL_REP_UNSUPPORTED_COMMAND;
}

void session_guard_reading(struct session *s)
{
	const struct guard reading = { .mode = GUARD_READ,
				       .allow_nv_name = s->opt.nv_by_name,
				       .allow_ending = s->opt.may_end,
				       .regions = s->allowed,
				       .nregions = REGIONS_MAX };

	link_set_guard(s->link, &reading);
}

int session_expect_ack(struct session *s, unsigned cmd, const void *payload,
		       size_t len, unsigned timeout_ms, struct err *e)
{
	struct reply r;
	int rc = link_call(s->link, cmd, payload, len, timeout_ms, &r, e);

	if (rc < 0)
		return rc;
	if (r.type != BSL_REP_ACK)
		return session_refusal(s, cmd, &r, e);
	s->refused = false;
	return 0;
}

int session_reopen(struct session *s, struct err *e)
{
	if (!s->t->ops->reopen || s->reopened >= REOPENS_MAX)
		return -(int)e->code;
	/* A user who waits may try the key often: the wait is the limit. */
	s->reopened += s->stage != STAGE_UNKNOWN;
	session_note(s, "the phone left the bus");
	return s->t->ops->reopen(s->t, s->reopen_ms, e);
}

void session_forget(struct session *s)
{
	static const struct frame_format either = { FRAME_EITHER, true };
	static const struct guard loading = { .mode = GUARD_LOAD };

	const struct sent_loaders sent = s->info.sent;

	s->stage = STAGE_UNKNOWN;
	s->dead = false;
	s->reopened = 0;
	s->owed = 0;
	memset(&s->info, 0, sizeof(s->info));
	s->info.sent = sent;
	s->info.escaping = true;
	s->info.baud = s->t->baud;
	link_set_format(s->link, either);
	link_set_guard(s->link, &loading);
}
