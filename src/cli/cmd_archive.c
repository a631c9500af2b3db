/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_archive.c - verify, list, inspect, extract and cat: no phone needed. */
#include "base/text.h"
#include "commands.h"
#include "job/archive_jobs.h"
#include "trust.h"
#include "ui.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int archive_failed(struct ui *u, const struct err *e, json_t *more)
{
	struct err told = *e;

	if (e->code == ERR_FORMAT)
		err_hint(&told, "a backup is a .tar.zst made by 'spdvault "
				"backup'; 'file NAME' may tell what this is");
	else if (e->code == ERR_MISMATCH)
		err_hint(&told, "take another copy of the file; 'spdvault "
				"verify' names all that is damaged");
	return command_failed(u, &told, exit_code(e, PLACE_ARCHIVE, false),
			      NULL, more);
}

/* What a good archive does not hold, so that nobody takes it for all. */
static void say_limits(struct ui *u, const struct manifest *m)
{
	size_t ranges = 0;

	for (size_t i = 0; i < m->nparts; i++)
		ranges += m->parts[i].nunreadable;
	if (!m->complete && !ranges)
		ui_result(u, "  the backup itself is incomplete ('spdvault "
			     "inspect' says what it lacks)");
	else if (!m->complete)
		ui_result(u,
			  "  the backup itself is incomplete: %zu ranges "
			  "were unreadable ('spdvault inspect' names them)",
			  ranges);
	if (m->nomitted)
		ui_result(u, "  %zu partitions were left out of it",
			  m->nomitted);
	say_doubts(u, m);
	say_odd(u, m, true);
}

static int verify_file(const struct options *o, struct ui *u)
{
	struct verify_result r;
	struct job_events ev;
	struct err e;
	char size[TEXT_SIZE_MAX];
	json_t *more;
	int rc, exit;

	ui_job_events(u, &ev);
	rc = job_verify(o->args[1], archive_default_threads(), &ev, &r, &e);
	more = json_pack("{so sI sI sI sb sb}", "archive", ui_text(o->args[1]),
			 "members", (json_int_t)r.members, "bytes",
			 (json_int_t)r.bytes, "differences",
			 (json_int_t)r.differences, "indexed", r.indexed,
			 "complete", r.complete);
	if (rc < 0) {
		if (e.code == ERR_MISMATCH)
			err_hint(&e, "this is not the file that was written: "
				     "take another copy; 'spdvault extract' "
				     "still takes out what is whole");
		exit = archive_failed(u, &e, more);
	} else {
		ui_result(u, "%s: good", o->args[1]);
		ui_result(u, "  %zu members, %s, every SHA-256 as promised%s",
			  r.members, text_size(r.bytes, size),
			  r.indexed ? ", every byte of the file accounted for"
				    : " (read from front to back: no seek "
				      "table)");
		say_limits(u, &r.manifest);
		exit = command_done(u, 0, more);
	}
	manifest_free(&r.manifest);
	return exit;
}

/* The phone is only asked when it is named: a file can be verified alone. */
static int run_verify(const struct options *o, struct ui *u)
{
	struct err e;
	int rc;

	if (o->device)
		return run_compare(o, u);
	if (o->nargs == 2 && !o->strict && !options_phone(o))
		return verify_file(o, u);
	rc = err_set(&e, ERR_USAGE,
		     "%s only with --device, that is for a comparison with a "
		     "phone",
		     o->nargs > 2 ? "'verify' takes PART"
				  : "'verify' takes options of a phone");
	err_hint(&e, "without a phone: spdvault verify ARCHIVE; with one: "
		     "spdvault verify --device usb ... ARCHIVE");
	return command_failed(u, &e, exit_code(&e, PLACE_ARCHIVE, rc > 0), NULL,
			      NULL);
}

const struct command cmd_verify = {
	.name = "verify",
	.args = "ARCHIVE|- | --device SPEC ARCHIVE [PART...]",
	.summary = "check every byte of an archive, or a phone against it",
	.text = "Reads the whole archive and compares it with what it "
		"promises: every frame, the\nSHA-256 of every member, tar "
		"structure, seek table, manifest and SHA256SUMS. Names\nmember "
		"and offset of each difference. Exit 0: good, 5: something "
		"differs.\nAn archive that others packed again from the "
		"unpacked folder is read, too.\n\n"
		"With --device it compares a phone with the archive instead: "
		"reads the partitions\nthat are in it, and names ranges that "
		"differ. Another phone is refused (7). What\nchanges by itself "
		"on a phone in use is told and no difference, unless "
		"--strict.\nNo command that writes is sent to the phone, but "
		"for --after.\n\n"
		"Examples:\n"
		"  spdvault verify phone.tar.zst\n"
		"  spdvault verify --device sim:ums512 phone.tar.zst 'boot*'\n",
	.min_args = 1,
	.max_args = -1,
	.groups = OPT_PHONE | OPT_AFTER | OPT_COMPARE,
	.run = run_verify,
};

/* -- list and inspect ---------------------------------------------------- */

static json_t *part_json(const struct manifest_part *p)
{
	char hex[SHA256_HEX];

	text_hex(p->sha256, SHA256_LEN, hex);
	return json_pack(
		"{ss ss sI ss ss ss sb sI sI}", "name", p->name, "member",
		p->member, "size", (json_int_t)p->size, "sha256", hex, "method",
		manifest_method_name(p->method), "class", p->class, "private",
		p->private_, "unreadable_ranges", (json_int_t)p->nunreadable,
		"payload", (json_int_t)p->payload);
}

static json_t *list_manifest(struct ui *u, const struct manifest *m, bool all)
{
	json_t *list = json_array();
	char size[TEXT_SIZE_MAX], hex[SHA256_HEX];

	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		text_hex(p->sha256, SHA256_LEN, hex);
		ui_result(u, "%-34s %10s  %-12s %-14s %s%s", p->member,
			  text_size(p->size, size), *p->class ? p->class : "-",
			  *p->content ? p->content : "-",
			  all		? hex
			  : p->private_ ? "private"
					: "",
			  p->nunreadable ? "  UNREADABLE RANGES" : "");
		json_array_append_new(list, part_json(p));
	}
	return list;
}

/* A stream shows its members by passing; the manifest may come at its end. */
static int list_members(struct ui *u, struct archive_reader *r, json_t **ret,
			struct err *e)
{
	json_t *list = json_array();
	struct archive_member m;
	char size[TEXT_SIZE_MAX];
	int rc;

	while ((rc = archive_next(r, &m, e)) > 0) {
		if (!m.is_file)
			continue;
		ui_result(u, "%-34s %10s  %s", m.name, text_size(m.size, size),
			  m.unsafe ? m.unsafe : "");
		json_array_append_new(list, json_pack("{so sI}", "member",
						      ui_text(m.name), "size",
						      (json_int_t)m.size));
	}
	*ret = list;
	return rc;
}

static int run_list(const struct options *o, struct ui *u)
{
	struct archive_reader *r;
	json_t *list = NULL;
	struct err e;
	int exit, rc = archive_open(o->args[1], 0, &r, &e);

	if (rc < 0)
		return archive_failed(u, &e, NULL);
	if (archive_lost_index(r))
		ui_warn(u, "%s; these are the members up to there",
			archive_lost_index(r));
	if (archive_is_indexed(r))
		list = list_manifest(u, archive_manifest(r), o->verbose);
	else
		rc = list_members(u, r, &list, &e);
	if (rc < 0 && archive_lost_index(r))
		err_hint(&e, "what is listed above can be taken out with "
			     "'spdvault extract'; the last one is not whole");
	if (rc < 0)
		exit = archive_failed(u, &e,
				      json_pack("{so}", "members", list));
	else
		exit = command_done(u, 0, json_pack("{so}", "members", list));
	archive_close(r);
	return exit;
}

const struct command cmd_list = {
	.name = "list",
	.args = "ARCHIVE|-",
	.summary = "what an archive holds",
	.text = "Lists members with size, class and content; with --verbose "
		"their SHA-256. Reads\nonly the end of the file. A cut-off or "
		".partial archive shows what is there.\n\n"
		"Example:\n"
		"  spdvault list phone.tar.zst\n",
	.min_args = 1,
	.max_args = 1,
	.run = run_list,
};

static void say_manifest(struct ui *u, const struct manifest *m)
{
	char size[TEXT_SIZE_MAX], bytes[TEXT_SIZE_MAX], hex[SHA256_HEX];
	char words[64], sectors[TEXT_SIZE_MAX];
	const struct manifest_loader *l[] = { &m->fdl1, &m->fdl2 };
	uint64_t sum = 0;

	for (size_t i = 0; i < m->nparts; i++)
		sum += m->parts[i].size;
	ui_result(u, "made:       %s by %s%s", m->created, m->tool,
		  m->simulated ? ", from a SIMULATED phone" : "");
	if (*m->note)
		ui_result(u, "note:       %s", m->note);
	ui_result(u, "state:      %s", m->complete ? "complete" : "INCOMPLETE");
	ui_result(u, "chip:       %s (profile %s), says '%s'",
		  *m->chip ? m->chip : "not named",
		  *m->profile ? m->profile : "none", m->hello);
	ui_result(u, "storage:    %s, %s%s%s%s",
		  *m->storage ? m->storage : "kind not told",
		  m->storage_size ? text_size(m->storage_size, size)
				  : "size not known",
		  text_sectors(m->sector_size, sectors),
		  *m->disk_guid ? ", disk " : "", m->disk_guid);
	ui_result(u, "table:      from %s", m->table_source);
	for (int i = 0; i < 2; i++) {
		if (!l[i]->size)
			continue;
		text_hex(l[i]->sha256, SHA256_LEN, hex);
		ui_result(u, "FDL%d:       %s at 0x%X, SHA-256 %s", i + 1,
			  l[i]->file, l[i]->address, hex);
	}
	if (*m->package.file)
		ui_result(u, "package:    %s: %s, version %s", m->package.file,
			  m->package.product, m->package.version);
	ui_result(u, "link:       %s, chunks up to %u, escaping %s", m->device,
		  m->chunk, m->transcode_off ? "off" : "on");
	ui_result(u, "afterwards: %s", m->ending);
	ui_result(u, "holds:      %zu members, %s", m->nparts,
		  text_size(sum, bytes));
	for (size_t i = 0; i < m->nomitted; i++)
		ui_result(u, "left out:   %s, %s: %s", m->omitted[i].name,
			  m->omitted[i].size
				  ? text_size(m->omitted[i].size, size)
				  : "size not known",
			  m->omitted[i].reason);
	for (size_t i = 0; i < m->nparts; i++)
		for (size_t k = 0; k < m->parts[i].nunreadable; k++)
			ui_result(u,
				  "unreadable: %s, %" PRIu64
				  " bytes at 0x%" PRIx64,
				  m->parts[i].name,
				  m->parts[i].unreadable[k].length,
				  m->parts[i].unreadable[k].offset);
	for (size_t i = 0; i < m->nparts; i++)
		if (*m->parts[i].suspect)
			ui_result(u, "suspect:    %s is %s%s", m->parts[i].name,
				  blank_words(&m->parts[i], words),
				  m->parts[i].grave
					  ? ": no phone works like that"
					  : "");
	if (m->recheck.percent > 0)
		ui_result(u,
			  "read again: %" PRIu64 " of %" PRIu64
			  " blocks, %" PRIu64 " stored wrongly",
			  m->recheck.compared, m->recheck.blocks,
			  m->recheck.differing);
	for (size_t i = 0; i < m->nwarnings; i++)
		ui_result(u, "warning:    %s", m->warnings[i]);
}

static int run_inspect(const struct options *o, struct ui *u)
{
	const struct manifest *m;
	struct archive_reader *r;
	struct archive_member member;
	json_t *whole = NULL;
	struct err e;
	char *text;
	size_t n;
	int exit, rc = archive_open(o->args[1], 0, &r, &e);

	if (rc < 0)
		return archive_failed(u, &e, NULL);
	/* In a stream the manifest is met on the way. */
	while (!archive_manifest(r) && (rc = archive_next(r, &member, &e)) > 0)
		;
	m = archive_manifest(r);
	if (!m && rc == 0)
		rc = err_set(&e, ERR_FORMAT, "it holds no manifest.json: %s",
			     archive_lost_index(r)
				     ? archive_lost_index(r)
				     : "this is no backup of spdvault");
	if (rc < 0 && archive_lost_index(r))
		err_hint(&e, "its end is lost, and the manifest with it; "
			     "'spdvault list' shows what is still there");
	if (rc < 0) {
		exit = archive_failed(u, &e, NULL);
	} else {
		say_manifest(u, m);
		if (manifest_to_json(m, &text, &n, &e) == 0) {
			whole = json_loads(text, 0, NULL);
			free(text);
		}
		exit = command_done(u, 0,
				    json_pack("{so?}", "manifest", whole));
	}
	archive_close(r);
	return exit;
}

const struct command cmd_inspect = {
	.name = "inspect",
	.args = "ARCHIVE|-",
	.summary = "where an archive comes from and what it lacks",
	.text = "Shows the manifest in words: phone, loaders and their hashes, "
		"how it was read, what\nwas left out, what could not be read. "
		"With --json the manifest itself.\n\n"
		"Example:\n"
		"  spdvault inspect phone.tar.zst\n",
	.min_args = 1,
	.max_args = 1,
	.run = run_inspect,
};

/* -- extract and cat ----------------------------------------------------- */

static int run_extract(const struct options *o, struct ui *u)
{
	struct extract_request q = {
		.archive = o->args[1],
		.dir = o->directory ? o->directory : ".",
		.names = (const char *const *)o->args + 2,
		.nnames = (size_t)o->nargs - 2,
		.threads = archive_default_threads(),
		.force = o->force,
	};
	struct extract_result r;
	struct job_events ev;
	struct err e;
	char size[TEXT_SIZE_MAX];
	json_t *more;
	int rc;

	ui_job_events(u, &ev);
	rc = job_extract(&q, &ev, &r, &e);
	more = json_pack("{so sI sI sI}", "directory", ui_text(q.dir), "files",
			 (json_int_t)r.files, "bytes", (json_int_t)r.bytes,
			 "damaged", (json_int_t)r.damaged);
	if (rc < 0 && e.code == ERR_FORMAT && r.files)
		err_hint(&e,
			 "%zu file%s before that %s below '%s', though "
			 "nothing proves them; copy the archive again, or "
			 "make a new backup",
			 r.files, r.files == 1 ? "" : "s",
			 r.files == 1 ? "is" : "are", q.dir);
	if (rc < 0)
		return archive_failed(u, &e, more);
	ui_result(u, "%zu file%s, %s, below '%s'", r.files,
		  r.files == 1 ? "" : "s", text_size(r.bytes, size), q.dir);
	return command_done(u, 0, more);
}

const struct command cmd_extract = {
	.name = "extract",
	.args = "ARCHIVE|- [PART...]",
	.summary = "take members out into files",
	.text = "Writes all members, or those that fit a PART (a partition, a "
		"path in the archive,\nor a glob), below -C DIR. Each file is "
		"checked against its SHA-256 before it gets\nits name; zeros "
		"become holes; nothing is written outside DIR.\n\n"
		"Examples:\n"
		"  spdvault extract phone.tar.zst -C phone\n"
		"  spdvault extract phone.tar.zst 'boot_*' vbmeta_a\n",
	.min_args = 1,
	.max_args = -1,
	.groups = OPT_DIR | OPT_FORCE,
	.run = run_extract,
};

static int run_cat(const struct options *o, struct ui *u)
{
	struct job_events ev;
	struct err e;
	int rc;

	if (o->json) {
		rc = err_set(&e, ERR_USAGE,
			     "--json and cat both want standard output");
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	}
	/* A reader that has enough ends us as it ends cat(1). */
	signal(SIGPIPE, SIG_DFL);
	ui_job_events(u, &ev);
	rc = job_cat(o->args[1], o->args[2], o->offset, o->length,
		     STDOUT_FILENO, &ev, &e);
	if (rc < 0)
		return archive_failed(u, &e, NULL);
	return 0;
}

const struct command cmd_cat = {
	.name = "cat",
	.args = "ARCHIVE|- PART",
	.summary = "a member, or a piece of it, to standard output",
	.text = "Writes a partition's bytes to standard output. With --offset "
		"and --length only the\nframes that hold them are read.\n\n"
		"Examples:\n"
		"  spdvault cat phone.tar.zst boot_a > boot_a.img\n"
		"  spdvault cat phone.tar.zst super --offset 1G --length 64K | "
		"xxd\n",
	.min_args = 2,
	.max_args = 2,
	.groups = OPT_RANGE,
	.run = run_cat,
};
