/* SPDX-License-Identifier: BSD-3-Clause */
/* phone.c - from options to a session, and how the phone is left. */
#include "phone.h"

#include "loader_choice.h"

#include "base/text.h"
#include "sim/phone.h"
#include "transport/fault.h"
#include "transport/sim.h"

#include <stdlib.h>
#include <string.h>

static void on_phone_log(void *user, const char *text)
{
	struct phone_link *p = user;

	ui_step(p->ui, "phone: %s", text);
}

static void on_step(void *user, const char *text)
{
	struct phone_link *p = user;

	ui_step(p->ui, "%s", text);
}

/*
 * What the note of an earlier run says of its loaders holds for what runs now,
 * or ran before FDL2.
 */
static bool note_holds(const struct phone_link *p)
{
	const struct device_info *d = session_info(p->session);
	const struct device_info *was = &p->left.session.info;

	if (!p->noted)
		return false;
	if (d->taken_up && !d->sent.started)
		return !d->taken_blind;
	return p->left.session.stage == STAGE_FDL1 &&
	       strcmp(d->fdl1_hello, was->fdl1_hello) == 0;
}

/* Which one was sent, by this run or by the one before; NULL: none was, or it
 * is not known. */
static const struct loader *sent(const struct phone_link *p, int which)
{
	const struct sent_loaders *here = &session_info(p->session)->sent;
	const struct loader *l;

	if (which == 1 ? here->fdl1 : here->fdl2)
		return which == 1 ? &p->fdl1 : &p->fdl2;
	l = which == 1 ? &p->left.fdl1 : &p->left.fdl2;
	return note_holds(p) && *l->file ? l : NULL;
}

/* A loader runs that the next run may find, however this one ends. */
static void take_note(void *user)
{
	struct phone_link *p = user;
	struct left l = { .session.stage = session_stage(p->session),
			  .session.info = *session_info(p->session) };

	if (l.session.stage != STAGE_FDL1 && l.session.stage != STAGE_FDL2)
		return;
	if (p->so.profile)
		text_copy(l.profile, sizeof(l.profile), p->so.profile->name);
	if (sent(p, 1))
		l.fdl1 = *sent(p, 1);
	if (sent(p, 2))
		l.fdl2 = *sent(p, 2);
	left_save(session_transport(p->session)->stay, &l);
}

static void on_stage(void *user, enum stage from, enum stage to)
{
	struct phone_link *p = user;
	struct ui *u = p->ui;

	ui_step(u, "%s runs", session_stage_name(to));
	if (u->json)
		ui_event(u, "stage",
			 json_pack("{ss ss}", "from", session_stage_name(from),
				   "to", session_stage_name(to)));
	take_note(p);
}

static void on_retry(void *user, unsigned attempt, const struct err *why)
{
	struct phone_link *p = user;
	struct ui *u = p->ui;

	ui_step(u, "asking again (%u): %s", attempt, why->text);
	if (u->json)
		ui_event(u, "retry",
			 json_pack("{si ss so}", "attempt", (int)attempt,
				   "kind", err_kind_name(why->code), "why",
				   ui_text(why->text)));
}

static bool on_cancelled(void *user)
{
	(void)user;
	return ui_stopped(NULL);
}

static int choose_profile(const struct options *o, struct phone_link *p,
			  const struct phone *sim, struct err *e)
{
	const char *name = o->chip, *model;

	if (!name && sim)
		name = phone_model(sim)->chip;
	if (!name && *p->pac.chip)
		name = p->pac.chip;
	if (!name)
		return 0;
	if (profile_load_all(&p->profiles, e) < 0)
		/* A simulated phone also works without any. */
		return o->chip ? -(int)e->code : 0;
	if (profile_find(&p->profiles, name, &p->so.profile, e) < 0)
		return -(int)e->code;
	model = o->chip ? profile_guess(p->so.profile, name) : NULL;
	if (model)
		ui_note(p->ui,
			"--chip '%s' is taken for the %s (%s); if "
			"the phone is another one, name its chip",
			name, model, p->so.profile->name);
	return 0;
}

/*
 * A file with an address, the package's or the profile's; the package's own;
 * or the simulator's.
 */
static int choose_loader(const struct options *o, struct ui *u,
			 struct phone_link *p, int which,
			 const struct phone *sim, struct err *e)
{
	const char *spec = which == 1 ? o->fdl1 : o->fdl2;
	struct loader *l = which == 1 ? &p->fdl1 : &p->fdl2;
	struct loader *from = which == 1 ? &p->pac.fdl1 : &p->pac.fdl2;
	const uint8_t *bytes;
	uint32_t addr;
	size_t n;

	if (l->data) /* out of the folder of --loaders */
		return 0;
	if (!spec && o->pac) {
		*l = *from;
		memset(from, 0, sizeof(*from));
		loader_choose_address(u, l, which, p->so.profile);
		return 0;
	}
	if (!spec && sim) {
		phone_sample_loader(sim, which, &addr, &bytes, &n);
		if (!bytes) /* this phone has one loader only */
			return 0;
		return loader_from_memory(which == 1 ? "simulated-fdl1.bin"
						     : "simulated-fdl2.bin",
					  addr, bytes, n, l, e);
	}
	if (!spec)
		return 0;
	if (loader_open(spec, l, e) < 0)
		return -(int)e->code;
	if (!l->has_addr && from->has_addr) {
		l->addr = from->addr;
		l->has_addr = true;
	}
	loader_choose_address(u, l, which, p->so.profile);
	if (!l->has_addr && sim) {
		phone_sample_loader(sim, which, &l->addr, &bytes, &n);
		l->has_addr = true;
	}
	return 0;
}

static void on_transport_note(void *user, const char *text)
{
	ui_note(user, "%s", text);
}

static bool is_simulated(const char *device)
{
	return strncmp(device, "sim:", 4) == 0;
}

static int inside_of_what(struct err *e)
{
	int rc = err_set(e, ERR_USAGE,
			 "--inside without a firmware package to look into");

	err_hint(e, "name the file with --pac, or leave --inside out");
	return rc;
}

static int open_parts(const struct options *o, struct ui *u,
		      struct phone_link *p, const struct phone *sim,
		      struct err *e)
{
	int rc = 0;

	p->simulated = sim != NULL;
	if (o->inside && !o->pac && !o->from)
		return inside_of_what(e);
	if (o->pac && o->loaders)
		return loader_two_sources(e);
	if (o->pac)
		rc = phone_pac_open(o, u, &p->pac, e);
	if (rc == 0)
		rc = choose_profile(o, p, sim, e);
	if (rc == 0)
		rc = loader_choice(o, u, p, e);
	if (rc == 0)
		rc = choose_loader(o, u, p, 1, sim, e);
	if (rc == 0)
		rc = choose_loader(o, u, p, 2, sim, e);
	p->so.fdl1 = p->fdl1.data ? &p->fdl1 : NULL;
	p->so.fdl2 = p->fdl2.data ? &p->fdl2 : NULL;
	p->so.hints = p->pac.hints;
	p->so.nhints = p->pac.nhints;
	p->so.regions = p->pac.regions;
	p->so.nregions = p->pac.nregions;
	if (rc == 0 && p->so.profile && *p->pac.chip &&
	    strcmp(p->so.profile->name, p->pac.chip) != 0)
		ui_warn(u,
			"the package is for %s by its product's name, and "
			"this phone should be %s",
			p->pac.title, p->so.profile->title);
	if (rc == 0 && o->pac)
		phone_pac_say(o, u, &p->pac, &p->fdl1, &p->fdl2);
	if (rc == 0)
		rc = phone_look_at_loaders(o, u, p, e);
	return rc;
}

/* What an earlier run has left at this place, and whose chip that was. */
static void recall(struct phone_link *p, const struct transport *t)
{
	struct err e;

	p->noted = left_load(t->stay, &p->left);
	if (!p->noted)
		return;
	p->so.left = &p->left.session;
	if (p->so.profile || !*p->left.profile)
		return;
	if ((p->profiles.n == 0 && profile_load_all(&p->profiles, &e) < 0) ||
	    profile_find(&p->profiles, p->left.profile, &p->so.profile, &e) < 0)
		p->so.profile = NULL;
}

/*
 * Files are opened before a real phone is waited for, so that it need not be
 * plugged in twice for a wrong name; a simulated one brings files of its own.
 */
static int open_all(const struct options *o, struct ui *u, struct phone_link *p,
		    struct transport **ret, struct err *e)
{
	const char *device = phone_device(o);
	const struct transport_env env = { (unsigned)(o->wait_s * 1000),
					   ui_stopped, on_transport_note, u };
	struct transport *t;
	int rc;

	if (!is_simulated(device) && open_parts(o, u, p, NULL, e) < 0)
		return -(int)e->code;
	rc = transport_open_in(device, &env, &t, e);
	if (rc < 0)
		return rc;
	if (is_simulated(device))
		rc = open_parts(o, u, p, transport_sim_phone(t), e);
	else
		recall(p, t);
	if (rc < 0) {
		transport_close(t);
		return rc;
	}
	if (o->fault)
		return transport_open_fault(o->fault, &env, t, ret, e);
	*ret = t;
	return 0;
}

const char *phone_device(const struct options *o)
{
	return o->device ? o->device : "usb";
}

int phone_open(const struct options *o, struct ui *u, struct phone_link *p,
	       struct err *e)
{
	const struct session_events ev = { .user = p,
					   .phone_log = on_phone_log,
					   .step = on_step,
					   .stage = on_stage,
					   .learned = take_note,
					   .retry = on_retry,
					   .cancelled = on_cancelled };
	struct transport *t = NULL;
	int rc;

	memset(p, 0, sizeof(*p));
	p->ui = u;
	p->so.timeout_ms = (unsigned)o->timeout_ms;
	p->so.wait_ms = (unsigned)(o->wait_s * 1000);
	p->so.recover_ms = (unsigned)(o->lost_s * 1000);
	p->so.chunk_max = (uint32_t)o->chunk;
	p->so.nv_by_name = o->nv_by_name;
	p->so.read_ahead = o->read_ahead;
	p->so.may_write = o->writes;
	p->so.may_end = o->after != AFTER_LEAVE;
	rc = open_all(o, u, p, &t, e);
	if (rc == 0)
		rc = session_open(t, &p->so, &ev, &p->session, e);
	if (rc < 0)
		phone_close(p);
	return rc;
}

/* For the manifest: what runs, and not what could have been sent. */
static void keep_what_was_sent(struct phone_link *p)
{
	const struct sent_loaders *here = &session_info(p->session)->sent;

	p->so.fdl1 = sent(p, 1);
	p->so.fdl2 = sent(p, 2);
	if (!here->fdl1 && !here->fdl2)
		memset(&p->pac.package, 0, sizeof(p->pac.package));
}

static void say_if_it_went_on(const struct phone_link *p, struct ui *u)
{
	const struct device_info *d = session_info(p->session);

	if (d->taken_up && !d->sent.started)
		ui_note(u, "the phone still runs the loader of an earlier "
			   "run: nothing had to be sent");
	else if (d->taken_up)
		ui_note(u, "the phone left the bus while FDL2 started, and "
			   "FDL2 answers now");
}

int phone_raise(struct phone_link *p, struct ui *u, struct err *e)
{
	int rc = session_raise(p->session, STAGE_FDL2, e);

	if (rc < 0)
		return rc;
	p->raised = true;
	say_if_it_went_on(p, u);
	keep_what_was_sent(p);
	ui_step(u, "FDL2 says: %s, escaping %s",
		msg_da_form_name(session_info(p->session)->da.form),
		session_info(p->session)->escaping ? "on" : "off");
	return 0;
}

const char *phone_ending(enum after a)
{
	static const char *const names[] = { "leave", "reboot", "poweroff" };

	return names[a];
}

void phone_left(const struct phone_link *p, struct ui *u)
{
	if (!p->raised || session_stage(p->session) != STAGE_FDL2)
		return;
	if (session_has_stopped(p->session)) {
		phone_ended(p);
		ui_note(u, "the phone's loader has stopped: unplug it and "
			   "hold the power key for 10 s (or take the battery "
			   "out) before the next command");
		return;
	}
	/* A simulated phone ends with us. */
	if (!p->simulated)
		ui_note(u, "the phone is still in its loader: unplug it and "
			   "hold the power key for 10 s (or take the battery "
			   "out) to switch it off, or leave it connected for "
			   "the next command, which goes on from there");
}

void phone_say_claim(const struct options *o, struct ui *u)
{
	ui_result(u, "  no command of ours wrote to the phone%s",
		  o->after == AFTER_LEAVE
			  ? ""
			  : " so far (--after may let it write flags)");
}

void phone_finish(struct phone_link *p, const struct options *o, struct ui *u)
{
	static const enum session_end ends[] = { SESSION_LEAVE, SESSION_REBOOT,
						 SESSION_POWER_OFF };
	struct err e;

	if (o->after == AFTER_LEAVE) {
		phone_left(p, u);
		return;
	}
	if (session_end(p->session, ends[o->after], &e) < 0)
		ui_warn(u, "the phone did not %s: %s",
			o->after == AFTER_REBOOT ? "reboot" : "power off",
			e.text);
	else {
		phone_ended(p);
		ui_note(u,
			o->after == AFTER_REBOOT
				? "the phone reboots"
				: "the phone powers off when it is unplugged");
	}
}

void phone_ended(const struct phone_link *p)
{
	left_forget(session_transport(p->session)->stay);
}

void phone_close(struct phone_link *p)
{
	session_close(p->session);
	loader_free(&p->fdl1);
	loader_free(&p->fdl2);
	phone_pac_free(&p->pac);
	profile_set_free(&p->profiles);
	memset(p, 0, sizeof(*p));
}

json_t *phone_witness(struct phone_link *p)
{
	struct transport *t = session_transport(p->session);
	char *text = t->ops->witness ? t->ops->witness(t) : NULL;
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return o;
}
