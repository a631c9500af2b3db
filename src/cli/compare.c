/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.c - verify --device: words for a phone beside its archive. */
#include "base/text.h"
#include "commands.h"
#include "archive/archive.h"
#include "job/compare.h"
#include "phone.h"
#include "trust.h"

#include <stdio.h>

static void say_compared(struct ui *u, const struct compare_result *r)
{
	char bytes[TEXT_SIZE_MAX];

	ui_result(u, "%s: %zu partitions, %s compared",
		  r->differing || r->table   ? "different"
		  : r->refused || r->skipped ? "the same as far as it could be "
					       "compared"
		  : r->changed ? "the same, but for what changes by itself"
			       : "the same",
		  r->parts, text_size(r->bytes, bytes));
	ui_result(u,
		  "  %zu are equal, %zu changed as expected, %zu differ, %zu "
		  "were not compared",
		  r->same, r->changed, r->differing, r->skipped);
}

static json_t *compare_json(const struct options *o,
			    const struct compare_result *r,
			    struct phone_link *p)
{
	return json_pack(
		"{so sI sI sI sI sI sI sI sI sI sb so?}", "archive",
		ui_text(o->args[1]), "partitions", (json_int_t)r->parts,
		"bytes", (json_int_t)r->bytes, "same", (json_int_t)r->same,
		"changed", (json_int_t)r->changed, "differing",
		(json_int_t)r->differing, "skipped", (json_int_t)r->skipped,
		"table", (json_int_t)r->table, "lacking",
		(json_int_t)r->lacking, "refused", (json_int_t)r->refused,
		"proven", r->proven, "phone_witness", phone_witness(p));
}

/* What differs and should not, as the error that the command ends with. */
static int check_result(const struct compare_result *r, struct err *e)
{
	char table[64] = "";
	int rc;

	if (r->differing == 0 && r->table == 0)
		return 0;
	if (r->table)
		snprintf(table, sizeof(table), "%s%zu place%s of its table",
			 r->differing ? " and " : "", r->table,
			 r->table == 1 ? "" : "s");
	if (r->differing)
		rc = err_set(e, ERR_MISMATCH,
			     "the phone differs from the archive in %zu "
			     "partition%s%s",
			     r->differing, r->differing == 1 ? "" : "s", table);
	else
		rc = err_set(e, ERR_MISMATCH,
			     "the phone differs from the archive in %s", table);
	err_hint(e, "if nobody changed these, one of the two readings is "
		    "wrong: make another backup and compare that");
	return rc;
}

static int end_compare(const struct options *o, struct ui *u,
		       struct phone_link *p, const struct compare_result *r,
		       int rc, struct err *e)
{
	int exit;

	if (rc < 0) {
		exit = command_failed(u, e, exit_code(e, PLACE_PHONE, false),
				      NULL, compare_json(o, r, p));
		phone_left(p, u);
		return exit;
	}
	say_compared(u, r);
	phone_say_claim(o, u);
	phone_finish(p, o, u);
	if (check_result(r, e) < 0)
		exit = command_failed(u, e, EXIT_DIFFERS, NULL,
				      compare_json(o, r, p));
	else
		exit = command_done(u, r->refused ? EXIT_INCOMPLETE : 0,
				    compare_json(o, r, p));
	return exit;
}

/* Before a phone is waited for: is that an archive that can be used? */
static int check_archive(const char *path, struct err *e)
{
	struct archive_reader *r;
	int rc = archive_open(path, 0, &r, e);

	if (rc < 0) {
		if (e->code == ERR_FORMAT)
			err_hint(e, "a backup is a .tar.zst made by 'spdvault "
				    "backup'");
		return rc;
	}
	if (!archive_is_indexed(r)) {
		rc = err_set(e, ERR_FORMAT,
			     "'%s' has no index, by which its members are "
			     "reached one by one",
			     path);
		err_hint(e, "'spdvault verify' without --device says what it "
			    "is");
	}
	archive_close(r);
	return rc;
}

int run_compare(const struct options *o, struct ui *u)
{
	struct phone_link p;
	const struct compare_request q = {
		.archive = o->args[1],
		.names = (const char *const *)o->args + 2,
		.nnames = (size_t)o->nargs - 2,
		.strict = o->strict,
		.threads = archive_default_threads(),
		.so = &p.so,
	};
	struct compare_result r = { .parts = 0 };
	struct job_events ev;
	struct err e;
	int exit, rc;

	if (check_archive(o->args[1], &e) < 0)
		return command_failed(
			u, &e, exit_code(&e, PLACE_ARCHIVE, false), NULL, NULL);
	rc = phone_open(o, u, &p, &e);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	rc = phone_raise(&p, u, &e);
	if (rc == 0) {
		ui_job_events(u, &ev);
		rc = job_compare(p.session, &q, &ev, &r, &e);
	}
	exit = end_compare(o, u, &p, &r, rc, &e);
	phone_close(&p);
	return exit;
}
