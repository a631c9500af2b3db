/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_restore.c - restore: an archive back onto its phone. */
#include "archive/archive.h"
#include "commands.h"
#include "phone.h"
#include "restore_screen.h"

#include <string.h>

static json_t *restore_json(const struct options *o, const struct restore *r,
			    struct phone_link *p)
{
	json_t *j = r ? restore_plan_json(r) : json_object();

	json_object_set_new(j, "archive", ui_text(o->args[1]));
	if (p)
		json_object_set_new(j, "phone_witness", phone_witness(p));
	return j;
}

static int end_failed(const struct options *o, struct ui *u,
		      const struct restore *r, struct phone_link *p,
		      enum err_place place, const struct err *e)
{
	int exit;

	if (r)
		restore_screen_tables(u, restore_plan(r));
	exit = command_failed(u, e, exit_code(e, place, false), NULL,
			      restore_json(o, r, p));
	if (p)
		phone_left(p, u);
	return exit;
}

static int end_plan(const struct options *o, struct ui *u,
		    const struct restore *r, struct phone_link *p)
{
	const struct restore_plan *plan = restore_plan(r);

	struct err e;

	if (o->plan_out && restore_plan_save(r, o->plan_out, o->force, &e) < 0)
		return end_failed(o, u, r, p, PLACE_PHONE, &e);
	restore_screen(u, r);
	ui_result(u, "  no command of ours wrote to the phone");
	phone_finish(p, o, u);
	return command_done(u,
			    plan->counts[RESTORE_REFUSED] ? EXIT_INCOMPLETE : 0,
			    restore_json(o, r, p));
}

static int with_phone(const struct options *o, struct ui *u, struct restore *r)
{
	struct phone_link p;
	struct err e;
	int exit, rc = phone_open(o, u, &p, &e);

	if (rc < 0)
		return end_failed(o, u, r, NULL, PLACE_PHONE, &e);
	rc = phone_raise(&p, u, &e);
	if (rc == 0)
		rc = restore_look(r, p.session, &p.so, &e);
	exit = rc < 0 ? end_failed(o, u, r, &p, PLACE_PHONE, &e)
		      : end_plan(o, u, r, &p);
	phone_close(&p);
	return exit;
}

static int run_restore(const struct options *o, struct ui *u)
{
	const struct restore_request q = {
		.archive = o->args[1],
		.names = (const char *const *)o->args + 2,
		.nnames = (size_t)o->nargs - 2,
		.kinds = o->kinds,
		.slots = (enum restore_slots)o->slots,
		.other_phone = o->other_phone,
		.same_phone = o->same_phone,
		.whole = o->plan_out != NULL,
		.threads = archive_default_threads(),
	};
	struct restore *r;
	struct job_events ev;
	struct err e;
	int exit;

	if (!o->dry_run) {
		exit = err_set(&e, ERR_USAGE,
			       "this version only makes the plan");
		err_hint(&e, "give --dry-run");
		return command_failed(u, &e, exit < 0 ? EXIT_USAGE : 1, NULL,
				      NULL);
	}
	ui_job_events(u, &ev);
	if (restore_open(&q, &ev, &r, &e) < 0)
		return end_failed(o, u, NULL, NULL, PLACE_ARCHIVE, &e);
	exit = with_phone(o, u, r);
	restore_close(r);
	return exit;
}

const struct command cmd_restore = {
	.name = "restore",
	.args = "ARCHIVE [PART...]",
	.summary = "show what of an archive the phone lacks (--dry-run)",
	.text = "Verifies the archive, reads the phone, and shows on one "
		"screen what would be\nwritten, how and in which order, what "
		"is equal, and what is refused and why.\nNothing is written to "
		"the phone. By default the plan has what differs and is\nsafe; "
		"NV, boot chain and unit data need --class or their name, "
		"uboot and\nsplloader their name.\n\n"
		"Examples:\n"
		"  spdvault restore phone.tar.zst --dry-run\n"
		"  spdvault restore phone.tar.zst --dry-run 'boot_*' "
		"'vbmeta*'\n",
	.min_args = 1,
	.max_args = -1,
	.groups = OPT_PHONE | OPT_AFTER | OPT_DRY_RUN | OPT_RESTORE | OPT_FORCE,
	.run = run_restore,
};
