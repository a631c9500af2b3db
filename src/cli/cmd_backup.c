/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_backup.c - backup and read: bytes off the phone. */
#include "again.h"
#include "base/text.h"
#include "commands.h"
#include "job/backup.h"
#include "output.h"
#include "phone.h"
#include "trust.h"
#include "ui.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum read_policy policy_of(const struct options *o)
{
	return o->stop_on_error ? READ_STOP_ON_ERROR : READ_ZERO_FILL;
}

#define NAMED_MOST 8u /* that many are listed by name, more are counted */

/* All that was left out for the reason of row `first`, in one line. */
static void say_reason(struct ui *u, const struct manifest *m, size_t first)
{
	const char *reason = m->omitted[first].reason;
	struct strbuf names = { 0 };
	char size[TEXT_SIZE_MAX];
	uint64_t bytes = 0;
	size_t n = 0;

	for (size_t i = first; i < m->nomitted; i++) {
		if (strcmp(m->omitted[i].reason, reason) != 0)
			continue;
		strbuf_add(&names, "%s%s (%s)", n++ ? ", " : "",
			   m->omitted[i].name,
			   m->omitted[i].size
				   ? text_size(m->omitted[i].size, size)
				   : "size not known");
		bytes += m->omitted[i].size;
	}
	if (n <= NAMED_MOST && names.s)
		ui_result(u, "  left out: %s: %s", names.s, reason);
	else
		ui_result(u, "  left out: %zu partitions, %s: %s", n,
			  text_size(bytes, size), reason);
	strbuf_free(&names);
}

static void say_left_out(struct ui *u, const struct manifest *m)
{
	for (size_t i = 0; i < m->nomitted; i++) {
		bool told = false;

		for (size_t k = 0; k < i && !told; k++)
			told = strcmp(m->omitted[k].reason,
				      m->omitted[i].reason) == 0;
		if (!told)
			say_reason(u, m, i);
	}
}

static void say_unreadable(struct ui *u, const struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];
		uint64_t more = 0;

		for (size_t k = NAMED_MOST; k < p->nunreadable; k++)
			more += p->unreadable[k].length;
		for (size_t k = 0; k < p->nunreadable && k < NAMED_MOST; k++)
			ui_result(u,
				  "  unreadable: %s, %" PRIu64
				  " bytes at 0x%" PRIx64,
				  p->name, p->unreadable[k].length,
				  p->unreadable[k].offset);
		if (more)
			ui_result(u,
				  "  unreadable: %s, %" PRIu64
				  " bytes more in %zu ranges, listed in the "
				  "archive's mapfile",
				  p->name, more, p->nunreadable - NAMED_MOST);
	}
}

static void say_plan(struct ui *u, const struct manifest *m,
		     const struct backup_totals *t)
{
	char size[TEXT_SIZE_MAX];

	for (size_t i = 0; i < m->nparts; i++)
		ui_result(u, "  %-22s %10s  %-12s %s", m->parts[i].name,
			  text_size(m->parts[i].size, size), m->parts[i].class,
			  manifest_method_name(m->parts[i].method));
	ui_result(u, "would read %zu partitions, %s", t->planned,
		  text_size(t->bytes, size));
	say_left_out(u, m);
	if (!m->complete)
		ui_result(u, "the backup would be incomplete: it would lack "
			     "partitions that belong to it");
}

/* The claim, and where the user himself has limited it. */
static void say_claim(struct ui *u, const struct options *o,
		      const struct manifest *m)
{
	bool asked_nv = false;

	for (size_t i = 0; i < m->nparts; i++)
		asked_nv |= m->parts[i].method == METHOD_NV_BY_NAME;
	if (asked_nv)
		ui_result(u, "  first NV copies were read by name, as asked: "
			     "the loader may have repaired, that is written, "
			     "them");
	else
		phone_say_claim(o, u);
}

static void say_backup(struct ui *u, const struct options *o,
		       const struct manifest *m, const struct backup_totals *t)
{
	struct strbuf next = { 0 };
	char bytes[TEXT_SIZE_MAX], file[TEXT_SIZE_MAX], time[TEXT_SIZE_MAX],
		storage[TEXT_SIZE_MAX];
	double rate =
		t->seconds > 0 ? (double)t->bytes / t->seconds / (1 << 20) : 0;

	ui_result(u, "%s: %s", m->complete ? "complete" : "incomplete",
		  o->output);
	ui_result(u, "  phone: %s%s%s, %s storage %s, table from %s%s%s",
		  *m->chip ? m->chip : "chip not named", *m->hello ? ", " : "",
		  m->hello, *m->storage ? m->storage : "unknown",
		  m->storage_size ? text_size(m->storage_size, storage)
				  : "of unknown size",
		  m->table_source, *m->disk_guid ? ", disk " : "",
		  m->disk_guid);
	ui_result(u,
		  "  read: %zu of %zu partitions, %s in %s (%.1f MiB/s), up "
		  "to %u bytes at a time, escaping %s",
		  t->parts, t->planned, text_size(t->bytes, bytes),
		  text_duration((uint64_t)(t->seconds + 0.999), time), rate,
		  m->chunk, m->transcode_off ? "off" : "on");
	if (t->resumed)
		ui_result(u, "  of an earlier run: %s, not read again",
			  text_size(t->resumed, bytes));
	ui_result(u, "  archive: %s", text_size(t->archive, file));
	say_left_out(u, m);
	say_unreadable(u, m);
	say_confirmed(u, m);
	say_recheck(u, m);
	say_doubts(u, m);
	say_suspects(u, m, &t->blank, o->accept_blank);
	say_claim(u, o, m);
	again_add_word(&next, o->output);
	ui_result(u, "next: spdvault verify %s", next.s ? next.s : "");
	strbuf_free(&next);
}

static json_t *backup_json(const struct options *o, const struct manifest *m,
			   const struct backup_totals *t, struct phone_link *p)
{
	json_t *left = json_array(), *plan = json_array(), *r;

	for (size_t i = 0; i < m->nomitted; i++)
		json_array_append_new(
			left,
			json_pack("{ss sI ss}", "name", m->omitted[i].name,
				  "size", (json_int_t)m->omitted[i].size,
				  "reason", m->omitted[i].reason));
	for (size_t i = 0; o->dry_run && i < m->nparts; i++)
		json_array_append_new(
			plan,
			json_pack("{ss sI ss ss}", "name", m->parts[i].name,
				  "size", (json_int_t)m->parts[i].size, "class",
				  m->parts[i].class, "method",
				  manifest_method_name(m->parts[i].method)));
	r = json_pack("{so sb sI sI sI sI sI sI sf so so sI so? so?}",
		      "archive", ui_text(o->output), "complete", m->complete,
		      "partitions", (json_int_t)t->parts, "planned",
		      (json_int_t)t->planned, "bytes", (json_int_t)t->bytes,
		      "resumed_bytes", (json_int_t)t->resumed, "unreadable",
		      (json_int_t)t->unreadable, "archive_bytes",
		      (json_int_t)t->archive, "seconds", t->seconds, "left_out",
		      left, "suspects", suspects_json(m), "blank",
		      (json_int_t)t->blank.quiet, "recheck", recheck_json(m),
		      "phone_witness", phone_witness(p));
	if (o->dry_run && r)
		json_object_set_new(r, "plan", plan);
	else
		json_decref(plan);
	return r;
}

static int backup_failed(const struct options *o, struct ui *u, struct err *e,
			 const struct manifest *m,
			 const struct backup_totals *t, struct phone_link *p)
{
	json_t *more = p ? backup_json(o, m, t, p) : json_object();
	const char *kept;
	struct again a;
	int exit;

	again_look(o, t, e, &a);
	again_json(&a, more);
	kept = *a.kept ? a.kept : NULL;
	exit = command_failed(
		u, e, exit_code(e, PLACE_PHONE, kept || a.command), kept, more);
	again_say(u, &a);
	again_free(&a);
	return exit;
}

static int run_backup(const struct options *o, struct ui *u)
{
	struct backup_request q = {
		.out = o->output,
		.archive = { .level = (int)o->level,
			     .threads = archive_default_threads(),
			     .force = o->force },
		.plan = { .names = (const char *const *)o->args + 1,
			  .nnames = (size_t)o->nargs - 1,
			  .exclude = o->exclude,
			  .nexclude = o->nexclude,
			  .all = o->all,
			  .nv_by_name = o->nv_by_name },
		.active_slot_only = o->slot_active,
		.policy = policy_of(o),
		.recheck = o->recheck,
		.accept_blank = o->accept_blank,
		.ignore_space = o->force,
		.dry_run = o->dry_run,
		.device = phone_device(o),
		.note = o->note,
		.ending = phone_ending(o->after),
	};
	struct backup_totals t = { 0 };
	struct manifest m = { 0 };
	struct phone_link p;
	struct job_events ev;
	struct err e;
	int rc, exit;

	if (!o->output && !o->dry_run) {
		rc = err_set(&e, ERR_USAGE, "where to?");
		err_hint(&e, "give the name of the archive: -o phone.tar.zst");
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	}
	if (o->output && !o->dry_run && output_check(o, &e) < 0)
		return backup_failed(o, u, &e, &m, &t, NULL);
	if (again_open(o, u, &q.archive, &q.resume, &e) < 0)
		return backup_failed(o, u, &e, &m, &t, NULL);
	if (phone_open(o, u, &p, &e) < 0) {
		archive_resume_drop(q.resume);
		return backup_failed(o, u, &e, &m, &t, NULL);
	}
	q.simulated = p.simulated;
	q.package = &p.pac.package;
	rc = phone_raise(&p, u, &e);
	if (rc == 0) {
		ui_job_events(u, &ev);
		rc = job_backup(p.session, &p.so, &q, &ev, &m, &t, &e);
	} else {
		archive_resume_drop(q.resume);
	}
	if (rc < 0) {
		exit = backup_failed(o, u, &e, &m, &t, &p);
		phone_left(&p, u);
	} else {
		if (o->dry_run)
			say_plan(u, &m, &t);
		else
			say_backup(u, o, &m, &t);
		phone_finish(&p, o, u);
		exit = command_done(u,
				    m.recheck.differing ? EXIT_DIFFERS
				    : m.complete	? 0
							: EXIT_INCOMPLETE,
				    backup_json(o, &m, &t, &p));
	}
	manifest_free(&m);
	phone_close(&p);
	return exit;
}

const struct command cmd_backup = {
	.name = "backup",
	.args = "-o OUT [PART...]",
	.summary = "read the phone into one archive",
	.text = "Loads FDL1 and FDL2, reads the partition table and then every "
		"partition into\nOUT, a .tar.zst with hashes and a manifest. "
		"What cannot be had again (boot\nareas, NV, calibration) is "
		"read first. userdata, cache and logs are left out\nunless "
		"named or --all is given. PART may be a glob.\n\n"
		"No command that writes is sent to the phone. Its loader may "
		"write where\n--nv-by-name or --after let it, and some write "
		"a flag or a log when they start.\n\n"
		"An existing OUT is never replaced without --force. What an "
		"interrupted run has\nread stays in OUT.partial; the same "
		"command with --resume goes on there, on the\nsame phone.\n\n"
		"Examples:\n"
		"  spdvault backup --device sim:ums512 -o phone.tar.zst\n"
		"  spdvault backup --device tty:/dev/ttyUSB0@921600 --chip "
		"UMS512 \\\n"
		"      --fdl1 fdl1.bin --fdl2 fdl2.bin -o phone.tar.zst\n"
		"  spdvault backup --device sim:ums512 -o nv.tar.zst "
		"'*nv*' miscdata persist\n",
	.min_args = 0,
	.max_args = -1,
	.groups = OPT_PHONE | OPT_AFTER | OPT_OUTPUT | OPT_FORCE | OPT_BACKUP |
		  OPT_READ | OPT_DRY_RUN,
	.run = run_backup,
};

static int run_read(const struct options *o, struct ui *u)
{
	struct read_request q = { .part = o->args[1],
				  .offset = o->offset,
				  .length = o->length,
				  .out = o->output,
				  .force = o->force,
				  .nv_by_name = o->nv_by_name,
				  .policy = policy_of(o) };
	struct manifest_part part = { .size = 0 };
	struct phone_link p;
	struct job_events ev;
	struct err e;
	char hex[SHA256_HEX];
	int rc, exit;

	if (!o->output) {
		rc = err_set(&e, ERR_USAGE, "where to?");
		err_hint(&e, "give a file, -o boot.img, or -o - for a pipe");
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	}
	if (strcmp(o->output, "-") == 0 && o->json) {
		rc = err_set(&e, ERR_USAGE,
			     "--json and -o - both want standard output");
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	}
	rc = output_check(o, &e);
	if (rc == 0)
		rc = phone_open(o, u, &p, &e);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	rc = phone_raise(&p, u, &e);
	if (rc == 0) {
		ui_job_events(u, &ev);
		rc = job_read(p.session, &q, &ev, &part, &e);
	}
	if (rc < 0) {
		exit = command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
		phone_left(&p, u);
	} else {
		text_hex(part.sha256, SHA256_LEN, hex);
		ui_note(u, "%s  %s (%" PRIu64 " bytes of '%s', %s)", hex,
			o->output, part.size, part.name,
			manifest_method_name(part.method));
		if (*part.doubt)
			ui_warn(u,
				"this is of the bare NAND: loaders step over "
				"bad blocks, so that what lies behind one is "
				"not in its place; 'backup' reads it twice");
		for (size_t i = 0; i < part.nunreadable; i++)
			ui_warn(u,
				"%" PRIu64 " bytes at 0x%" PRIx64
				" could not be read and are zeros",
				part.unreadable[i].length,
				part.unreadable[i].offset);
		phone_finish(&p, o, u);
		exit = command_done(
			u, part.nunreadable ? EXIT_INCOMPLETE : 0,
			json_pack("{ss so sI ss so?}", "part", part.name,
				  "file", ui_text(o->output), "bytes",
				  (json_int_t)part.size, "sha256", hex,
				  "phone_witness", phone_witness(&p)));
	}
	free(part.unreadable);
	phone_close(&p);
	return exit;
}

const struct command cmd_read = {
	.name = "read",
	.args = "PART -o FILE|-",
	.summary = "read one partition, or a piece of it, into a file",
	.text = "Reads a partition raw, as it lies on the storage, or --length "
		"bytes of it from\n--offset on. With -o - the bytes go to "
		"standard output.\n\n"
		"Examples:\n"
		"  spdvault read boot_a --device sim:ums512 -o boot_a.img\n"
		"  spdvault read super --device sim:ums512 --offset 1M "
		"--length 4K -o - | xxd\n",
	.min_args = 1,
	.max_args = 1,
	.groups = OPT_PHONE | OPT_AFTER | OPT_OUTPUT | OPT_FORCE | OPT_READ |
		  OPT_RANGE,
	.run = run_read,
};
