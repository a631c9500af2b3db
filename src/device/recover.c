/* SPDX-License-Identifier: BSD-3-Clause */
/* recover.c - a phone that was lost in the middle: found again, same one? */
#include "device/session.h"

#include "base/text.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define CLIMBS_MAX 4u /* ways up that may break off before it is given up */

bool session_is_lost(const struct session *s, const struct err *e)
{
	return s->opt.recover_ms && s->t->ops->reopen &&
	       s->stage == STAGE_FDL2 &&
	       (e->code == ERR_GONE ||
		(s->dead && (e->code == ERR_TIMEOUT || e->code == ERR_STAGE)));
}

/* Nothing to be had at this port within the time; *why: the loss itself. */
static int not_back(const struct session *s, const struct err *why,
		    struct err *e)
{
	struct err last = *e;
	int rc;

	if (last.code == ERR_CANCELLED)
		return -(int)last.code;
	if (last.code == ERR_REFUSED) /* says nothing about a partition */
		e->code = ERR_STAGE;
	if (last.code != ERR_GONE && last.code != ERR_NODEV)
		return err_context(e, "bringing the phone back");
	rc = err_set(e, why->code,
		     "%s; it was waited for at the same port, in vain (%u s)",
		     why->text, s->opt.recover_ms / 1000);
	err_hint(e, "%s",
		 *last.hint ? last.hint
			    : "what was read so far is kept; another cable or "
			      "a port without a hub, a charged battery, the "
			      "phone into download mode, then start again");
	return rc;
}

static bool may_go_better(const struct err *e)
{
	return e->code == ERR_GONE || e->code == ERR_TIMEOUT ||
	       e->code == ERR_FRAME;
}

/* 1: it had not heard the first question, and is the loader of before. */
static int went_on(struct session *s, const struct device_info *before)
{
	struct device_info info;

	if (!s->info.taken_up)
		return 0;
	info = *before;
	info.baud = s->t->baud;
	info.escaping = s->info.escaping; /* it has just been heard so */
	info.sent = s->info.sent;
	s->info = info;
	return 1;
}

/* Some that are read by address go on after a refusal [5.4]. */
static bool may_run(const struct session *s)
{
	return session_has_quirk(s, QUIRK_READ_BY_ADDRESS);
}

/*
 * Back in FDL2, whoever it is; 1: the loader was running all the time.  A cable
 * that slipped leaves it running where there is a battery: that is asked
 * first, as flags would be the end of an FDL2 that has its escaping off [1.3].
 */
static int climb_again(struct session *s, bool dead,
		       const struct device_info *before, const struct err *why,
		       struct err *e)
{
	for (unsigned i = 0;; i++) {
		int rc = s->t->ops->reopen(s->t, s->opt.recover_ms, e);

		if (rc < 0)
			return not_back(s, why, e);
		if (i == 0 && (!dead || may_run(s)) &&
		    takeup_runs(s, before->baud, true, e))
			return 1;
		if (e->code == ERR_CANCELLED)
			return -(int)e->code;
		session_forget(s);
		rc = session_raise(s, STAGE_FDL2, e);
		if (rc == 0)
			return went_on(s, before);
		if (!may_go_better(e) || i + 1 == CLIMBS_MAX)
			return not_back(s, why, e);
		session_note(s, "the way up broke off: %s", e->text);
	}
}

/* What was learned about sizes holds for the same loader. */
static void keep_sizes(struct session *s, const struct chunk_state *before)
{
	struct chunk_state *c = &s->chunk;
	uint32_t cap = c->cap < before->cap ? c->cap : before->cap;

	*c = *before;
	c->cap = cap;
	if (c->proven > cap)
		c->proven = cap;
	if (c->now > cap)
		c->now = cap;
}

static int another(struct err *e, const char *what)
{
	int rc = err_set(e, ERR_EXISTS,
			 "another phone came to this port: %s; nothing of it "
			 "was read",
			 what);

	err_hint(e, "connect the phone that was being read and start again; "
		    "what was read of it is kept");
	return rc;
}

static int prove(struct session *s, const struct device_info *before,
		 struct err *e)
{
	char was[65], is[65], text[192];

	if (before->uid_len != s->info.uid_len ||
	    memcmp(before->uid, s->info.uid, before->uid_len) != 0) {
		text_hex(before->uid, before->uid_len, was);
		text_hex(s->info.uid, s->info.uid_len, is);
		snprintf(text, sizeof(text), "its chip says '%s' and not '%s'",
			 is, was);
		return another(e, text);
	}
	if (s->info.storage == STORAGE_UNKNOWN) /* it was not heard [4.4] */
		s->info.storage = before->storage;
	if (before->storage != STORAGE_UNKNOWN &&
	    before->storage != s->info.storage)
		return another(e, "it has another kind of storage");
	return 0;
}

int session_recover(struct session *s, struct err *e)
{
	struct device_info before = s->info;
	struct chunk_state chunk = s->chunk;
	unsigned reopen_ms = s->reopen_ms, contact_ms = s->contact_ms;
	struct err why = *e;
	bool dead = s->dead;
	int rc;

	if (!session_is_lost(s, e))
		return -(int)e->code;
	s->reopen_ms = s->contact_ms = s->opt.recover_ms;
	rc = climb_again(s, dead, &before, &why, e);
	s->reopen_ms = reopen_ms;
	s->contact_ms = contact_ms;
	if (rc < 0) {
		session_forget(s);
		return rc;
	}
	s->dead = false;
	keep_sizes(s, &chunk);
	/* What did not tell a uid would lose a buffer by being asked [2.6]. */
	if (rc == 1 && before.uid_len && stages_learn_uid(s, e) < 0)
		return -(int)e->code;
	return prove(s, &before, e);
}

void session_ask_for_less(struct session *s)
{
	chunk_killed(&s->chunk, s->chunk.now);
}
