/* SPDX-License-Identifier: BSD-3-Clause */
/* stages_contact.c - the first words with a phone, whatever runs in it. */
#include "base/text.h"
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>

const struct frame_format stages_any_format = { FRAME_EITHER, true };
const struct frame_format stages_fdl_format = { FRAME_SUM16, true };
static const struct frame_format rom_format = { FRAME_CRC16, true };

/* A serial ROM listens for three flags after its run of 'U' [1.5]. */
static unsigned hello_flags(const struct session *s)
{
	return s->t->baud ? 3 : 1;
}

int stages_hello(struct session *s, unsigned tries, unsigned wait_ms,
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

int stages_greet(struct session *s, struct err *e)
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
	rc = stages_hello(s, HELLO_TRIES_LEFT, HELLO_MS, ret, e);
	if (rc == 0) {
		s->info.baud = left->info.baud;
		return 1;
	}
	if (rc != -(int)ERR_TIMEOUT)
		return rc;
	return s->t->ops->set_speed(s->t, rom_baud, e);
}

int stages_first_contact(struct session *s, struct err *e)
{
	unsigned tries = s->contact_ms / HELLO_MS + (s->opt.wait_ms != 0);
	struct reply r;
	int rc = takeup_known(s, e);

	if (rc == 1)
		return 0;
	if (rc == 0)
		rc = hello_to_left_fdl1(s, &r, e);
	if (rc == 0)
		rc = stages_hello(s, tries, HELLO_MS, &r, e);
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
		link_set_format(s->link, stages_fdl_format);
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
	rc = stages_greet(s, e);
	/* A ROM may fail the first one [3.1]. */
	if (rc < 0 && (e->code == ERR_REFUSED || e->code == ERR_STAGE))
		rc = stages_greet(s, e);
	if (rc < 0) {
		s->stage = STAGE_UNKNOWN;
		session_explain(s, STEP_CONTACT, e);
		return err_context(e, "greeting the phone");
	}
	return 0;
}
