/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * session.c - opening, climbing and leaving; the steps are in stages*.c, what
 * they all stand on in session_base.c.
 */
#include "device/session.h"

#include "bsl/proto.h"
#include "internal.h"

#include <stdlib.h>

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
