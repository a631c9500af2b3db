/* SPDX-License-Identifier: BSD-3-Clause */
/* session.c - opening, climbing and leaving; the steps are in stages*.c. */
#include "device/session.h"

#include "bsl/proto.h"
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void forward_log(void *user, const char *text)
{
	struct session *s = user;

	if (s->ev.phone_log)
		s->ev.phone_log(s->ev.user, text);
}

static bool forward_cancelled(void *user)
{
	struct session *s = user;

	return !s->hold_on && s->ev.cancelled && s->ev.cancelled(s->ev.user);
}

int session_open(struct transport *t, const struct session_options *o,
		 const struct session_events *ev, struct session **ret,
		 struct err *e)
{
	struct session *s = calloc(1, sizeof(*s));
	struct link_events lev = { s, forward_log, forward_cancelled };

	if (!s) {
		transport_close(t);
		return err_nomem(e);
	}
	s->t = t;
	s->opt = *o;
	if (ev)
		s->ev = *ev;
	s->info.escaping = true;
	s->info.baud = t->baud;
	if (t->baud) /* nothing is waited for there but the line */
		s->opt.read_ahead = false;
	s->reopen_ms = REOPEN_MS;
	s->contact_ms = o->wait_ms ? o->wait_ms : HELLO_TRIES_ROM * HELLO_MS;
	if (link_new(t, &lev, &s->link, e) < 0) {
		session_close(s);
		return -(int)e->code;
	}
	*ret = s;
	return 0;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	link_free(s->link);
	transport_close(s->t);
	free(s);
}

enum stage session_stage(const struct session *s)
{
	return s->stage;
}

const struct device_info *session_info(const struct session *s)
{
	return &s->info;
}

struct transport *session_transport(const struct session *s)
{
	return s->t;
}

bool session_has_stopped(const struct session *s)
{
	return s->dead;
}

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

void session_enter_fdl2(struct session *s)
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

int session_raise(struct session *s, enum stage to, struct err *e)
{
	while (s->stage < to) {
		enum stage from = s->stage;
		int rc = stages_step(s, to, e);

		if (rc < 0)
			return rc;
		if (s->ev.stage)
			s->ev.stage(s->ev.user, from, s->stage);
	}
	return 0;
}

int session_end(struct session *s, enum session_end how, struct err *e)
{
	unsigned cmd = how == SESSION_REBOOT ? BSL_CMD_NORMAL_RESET
					     : BSL_CMD_POWER_OFF;

	if (how == SESSION_LEAVE)
		return 0;
	return session_expect_ack(s, cmd, NULL, 0,
				  session_timeout(s, ANSWER_MS), e);
}
