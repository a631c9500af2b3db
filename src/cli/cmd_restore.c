/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_restore.c - restore: an archive back onto its phone. */
#include "archive/archive.h"
#include "base/text.h"
#include "commands.h"
#include "phone.h"
#include "restore_report.h"
#include "restore_screen.h"

#include <string.h>
#include <unistd.h>

/* One run of the command. */
struct run {
	struct options o; /* with `writes` */
	struct ui *u;
	struct restore_request q;
	struct restore_paths paths;
	struct restore_paper *paper; /* of --resume or --plan */
	bool goes_on;		     /* with what an earlier run has written */
	struct restore *r;
	struct phone_link p;
};

static json_t *result_json(const struct run *x, bool phone)
{
	json_t *j = x->r ? restore_plan_json(x->r) : json_object();

	json_object_set_new(j, "archive", ui_text(restore_source_name(&x->o)));
	if (x->o.writes && x->paths.state) {
		json_object_set_new(j, "undo", ui_text(x->paths.undo));
		json_object_set_new(j, "state",
				    ui_text(access(x->paths.state, F_OK) == 0
						    ? x->paths.state
						    : NULL));
	}
	if (phone)
		json_object_set_new(j, "phone_witness",
				    phone_witness((struct phone_link *)&x->p));
	return j;
}

static int failed(struct run *x, enum err_place place, struct err *e,
		  bool phone)
{
	bool kept = x->r && restore_touched(x->r);
	int exit = e->code == ERR_MISMATCH ? EXIT_DIFFERS
					   : exit_code(e, place, kept);

	if (e->code == ERR_CANCELLED && !kept)
		err_hint(e, "nothing was written to the phone; the same "
			    "command begins anew");
	if (x->r)
		restore_screen_tables(x->u, restore_plan(x->r));
	exit = command_failed(x->u, e, exit, NULL, result_json(x, phone));
	if (phone)
		phone_left(&x->p, x->u);
	return exit;
}

/* -- before the phone ---------------------------------------------------- */

static int unfinished(const char *state, struct err *e)
{
	int rc = err_set(e, ERR_EXISTS,
			 "an earlier restore has not come to its end: '%s'",
			 state);

	err_hint(e, "the same command with --resume goes on with it, with "
		    "--resume --undo it writes back what was there");
	return rc;
}

/* The safety copy of a restore that is not done has a state beside it. */
static int check_states(const struct run *x, struct err *e)
{
	struct strbuf own = { 0 };
	int rc = 0;

	strbuf_add(&own, "%s.state", restore_source_name(&x->o));
	if (own.failed)
		rc = err_nomem(e);
	else if (access(x->paths.state, F_OK) == 0)
		rc = unfinished(x->paths.state, e);
	else if (access(own.s, F_OK) == 0)
		rc = unfinished(own.s, e);
	strbuf_free(&own);
	return rc;
}

static bool same_names(const struct restore_request *a,
		       const struct restore_request *b)
{
	if (a->nnames != b->nnames)
		return false;
	for (size_t i = 0; i < a->nnames; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

/* What is given anew and was not said then; NULL: nothing. */
static const char *find_change(const struct restore_request *now,
			       const struct restore_request *then)
{
	if (now->nnames && !same_names(now, then))
		return "these are not the partitions that were asked for then";
	if (now->kinds & ~then->kinds)
		return "--class was not the same then";
	if (now->slots && now->slots != then->slots)
		return "--slots was not the same then";
	if (now->other_phone && !then->other_phone)
		return "--other-phone was not given then";
	if (now->same_phone && !then->same_phone)
		return "--same-phone was not given then";
	return NULL;
}

/* What was asked for then; the same may be said again. */
static int take_request(struct run *x, struct err *e)
{
	const struct restore_request *then = restore_paper_request(x->paper);
	const char *change = find_change(&x->q, then);

	if (change) {
		int rc = err_set(e, ERR_USAGE, "%s", change);

		err_hint(e, "leave it out: '%s' has what was asked for",
			 x->o.resume ? x->paths.state : x->o.plan_in);
		return rc;
	}
	x->q.names = then->names;
	x->q.nnames = then->nnames;
	x->q.kinds = then->kinds;
	x->q.slots = then->slots;
	x->q.other_phone = then->other_phone;
	x->q.same_phone = then->same_phone;
	return 0;
}

static int open_state(struct run *x, struct err *e)
{
	if (access(x->paths.state, F_OK) != 0) {
		int rc = err_set(e, ERR_USAGE, "there is no '%s' to go on with",
				 x->paths.state);

		err_hint(e, "without --resume a restore begins anew; -o names "
			    "the safety copy, if it was given then");
		return rc;
	}
	if (restore_paper_open(x->paths.state, &x->paper, e) < 0 ||
	    take_request(x, e) < 0)
		return -(int)e->code;
	restore_say_state(x->u, x->paper);
	x->goes_on = restore_paper_saved(x->paper);
	if (!x->goes_on)
		return x->o.writes ? restore_paper_discard(x->paths.undo,
							   x->paths.state, e)
				   : 0;
	x->q.resumed = x->q.begun = x->paper;
	if (!x->o.undo) {
		if (access(x->paths.undo, F_OK) != 0)
			ui_warn(x->u,
				"the safety copy '%s' is not there any more: "
				"there is no way back from here",
				x->paths.undo);
		return 0;
	}
	x->q.archive = x->paths.undo;
	x->q.image = NULL;
	x->q.names = NULL;
	x->q.nnames = 0;
	x->q.other_phone = false;
	x->q.same_phone = true;
	x->q.resumed = NULL;
	return 0;
}

/* An archive, or an image and where it goes. */
static int check_words(const struct run *x, struct err *e)
{
	const struct options *o = &x->o;

	if (o->nargs > 1 && !o->from && !o->to && !o->member)
		return 0;
	if (o->nargs == 1 && o->from && o->to)
		return 0;
	return err_set(
		e, ERR_USAGE,
		"restore takes an ARCHIVE, or --from FILE and --to PART");
}

static int prepare(struct run *x, struct err *e)
{
	const struct options *o = &x->o;

	if (check_words(x, e) < 0 || restore_paths_of(o, &x->paths, e) < 0)
		return -(int)e->code;
	if (o->undo && !o->resume)
		return err_set(e, ERR_USAGE, "--undo only with --resume");
	if (o->resume && o->plan_in)
		return err_set(e, ERR_USAGE,
			       "--resume goes on with the plan of the earlier "
			       "run: leave --plan out");
	if (o->resume)
		return open_state(x, e);
	if (o->writes && check_states(x, e) < 0)
		return -(int)e->code;
	if (!o->plan_in)
		return 0;
	if (restore_paper_open(o->plan_in, &x->paper, e) < 0 ||
	    take_request(x, e) < 0)
		return -(int)e->code;
	x->q.whole = true;
	return 0;
}

static int open_archive(struct run *x, struct err *e)
{
	struct job_events ev;

	ui_job_events(x->u, &ev);
	if (restore_open(&x->q, &ev, &x->r, e) < 0)
		return -(int)e->code;
	if (!x->paper)
		return 0;
	return restore_paper_fits(x->paper, x->r, x->goes_on && x->o.undo, e);
}

/* -- with the phone ------------------------------------------------------ */

static int look(struct run *x, struct err *e)
{
	if (phone_raise(&x->p, x->u, e) < 0 ||
	    restore_look(x->r, x->p.session, &x->p.so, e) < 0)
		return -(int)e->code;
	if (x->o.plan_in && restore_paper_check(x->paper, x->r, e) < 0)
		return -(int)e->code;
	if (x->o.plan_out)
		return restore_plan_save(x->r, x->o.plan_out, x->o.force, e);
	return 0;
}

static int ask(struct run *x, struct err *e)
{
	int rc;

	if (x->o.json)
		ui_event(x->u, "plan", restore_plan_json(x->r));
	if (x->o.yes)
		return 0;
	if (!x->o.no_input && !x->o.json &&
	    ui_ask(x->u, "write this to the phone?"))
		return 0;
	if (ui_stopped(NULL))
		return err_set(e, ERR_CANCELLED, "stopped by the user");
	rc = err_set(e, ERR_EXISTS, "not agreed to: nothing was written");
	err_hint(e, "give --yes when you have seen the plan, or answer y "
		    "(nothing is asked with --json or --no-input)");
	return rc;
}

static int begin(struct run *x, struct err *e)
{
	if (x->goes_on)
		return restore_go_on(x->r, x->paper, x->paths.state, x->o.undo,
				     e);
	return restore_save(x->r, x->paths.undo, x->paths.state, e);
}

static int done(struct run *x)
{
	const struct restore_plan *p = restore_plan(x->r);
	int exit = p->counts[RESTORE_REFUSED] ? EXIT_INCOMPLETE : 0;

	phone_finish(&x->p, &x->o, x->u);
	return command_done(x->u, exit, result_json(x, true));
}

/* Nothing to write: what was left of an earlier run is settled by that. */
static int nothing_to_do(struct run *x, struct err *e)
{
	if (!x->goes_on)
		return 0;
	if (begin(x, e) < 0)
		return -(int)e->code;
	return restore_apply(x->r, e);
}

static int write_all(struct run *x)
{
	struct err e;
	int exit;

	if (ask(x, &e) < 0 || begin(x, &e) < 0)
		return failed(x, PLACE_PHONE, &e, true);
	if (restore_apply(x->r, &e) == 0) {
		restore_say_done(x->u, &x->o, x->r, &x->paths);
		return done(x);
	}
	if (restore_touched(x->r))
		err_hint(&e,
			 "look at what is on the phone now, below; --resume "
			 "goes on, with --undo it writes back what was "
			 "there");
	exit = failed(x, PLACE_PHONE, &e, true);
	restore_say_account(x->u, &x->o, x->r, &x->paths);
	return exit;
}

static int with_phone(struct run *x)
{
	struct err e;
	int rc = look(x, &e);

	if (rc < 0)
		return failed(x, PLACE_PHONE, &e, true);
	restore_screen(x->u, x->r);
	if (x->o.writes && restore_plan(x->r)->counts[RESTORE_WRITE])
		return write_all(x);
	if (x->o.writes && nothing_to_do(x, &e) < 0)
		return failed(x, PLACE_PHONE, &e, true);
	phone_say_claim(&x->o, x->u);
	return done(x);
}

/* Killed before its safety copy was whole: nothing was sent that writes. */
static int nothing_to_undo(struct run *x)
{
	ui_result(x->u, "nothing to undo: the run before had written nothing");
	return command_done(x->u, 0, result_json(x, false));
}

static int run_all(struct run *x)
{
	struct err e;
	int exit;

	if (prepare(x, &e) < 0)
		return failed(x, PLACE_ARCHIVE, &e, false);
	if (x->o.undo && !x->goes_on)
		return nothing_to_undo(x);
	if (open_archive(x, &e) < 0)
		return failed(x, PLACE_ARCHIVE, &e, false);
	if (phone_open(&x->o, x->u, &x->p, &e) < 0)
		return failed(x, PLACE_PHONE, &e, false);
	exit = with_phone(x);
	phone_close(&x->p);
	return exit;
}

static int run_restore(const struct options *o, struct ui *u)
{
	struct run x = {
		.o = *o,
		.u = u,
		.q = { .archive = o->args[1],
		       .image = o->from,
		       .member = o->member,
		       .inside = o->inside,
		       .names = (const char *const *)o->args + 2,
		       .nnames = o->nargs > 2 ? (size_t)o->nargs - 2 : 0,
		       .device = phone_device(o),
		       .simulated = strncmp(phone_device(o), "sim:", 4) == 0,
		       .kinds = o->kinds,
		       .slots = (enum restore_slots)o->slots,
		       .other_phone = o->other_phone,
		       .same_phone = o->same_phone,
		       .whole = o->plan_out != NULL,
		       .threads = archive_default_threads() },
	};
	int exit;

	if (o->from && o->to) {
		x.q.names = &x.o.to;
		x.q.nnames = 1;
	}
	x.o.writes = !o->dry_run;
	exit = run_all(&x);
	restore_close(x.r);
	restore_paper_close(x.paper);
	restore_paths_free(&x.paths);
	return exit;
}

const struct command cmd_restore = {
	.name = "restore",
	.args = "ARCHIVE [PART...] | --from FILE --to PART",
	.summary = "write an archive back onto its phone",
	.text = "Verifies the archive, compares the phone with it, and shows "
		"on one screen what will\nbe written, how and in which order, "
		"what is equal, and what is refused and why.\nWith your "
		"consent what will be overwritten is saved first; then each "
		"partition is\nwritten and read back, and the first that is "
		"not as it should be ends the run.\n\n"
		"By default what differs and is safe is written; NV, boot "
		"chain and unit data need\n--class or their name, uboot and "
		"splloader their name. Only onto the phone that the\narchive "
		"is of. --dry-run stops behind the plan.\n\n"
		"Examples:\n"
		"  spdvault restore phone.tar.zst --dry-run\n"
		"  spdvault restore phone.tar.zst 'boot_*' 'vbmeta*'\n"
		"  spdvault restore phone.undo.tar.zst           undoes that\n"
		"  spdvault restore --from boot.img --to boot\n",
	.min_args = 0,
	.max_args = -1,
	.groups = OPT_PHONE | OPT_AFTER | OPT_DRY_RUN | OPT_RESTORE |
		  OPT_FORCE | OPT_OUTPUT | OPT_PAC,
	.run = run_restore,
};
