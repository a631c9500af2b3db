/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_pac.c - pac list, extract and check: firmware packages, no phone. */
#include "base/text.h"
#include "commands.h"
#include "job/pac_jobs.h"
#include "pac_words.h"

#include <string.h>

static int pac_failed(struct ui *u, const struct err *e, json_t *more)
{
	return command_failed(u, e, exit_code(e, PLACE_ARCHIVE, false), NULL,
			      more);
}

/* -- list ---------------------------------------------------------------- */

/* What is shown cannot all be taken out. */
static int cut(struct ui *u, json_t *more)
{
	struct err e;
	int rc = err_set(&e, ERR_FORMAT,
			 "the package was cut: files marked NOT WHOLE reach "
			 "behind its end");

	err_hint(&e, "copy or download it again; the other files can be taken "
		     "out all the same");
	(void)rc;
	return pac_failed(u, &e, more);
}

static int list_one(struct pac *p, struct ui *u)
{
	struct pac_words w = { .info = pac_info(p) };
	struct profile_set all = { 0 };
	struct pac_scheme s;
	bool whole = true;
	struct err e;
	int rc, exit;

	rc = pac_scheme_read(p, &s, &e);
	if (rc == 0)
		w.scheme = &s;
	else if (rc != -(int)ERR_FORMAT)
		return pac_failed(u, &e, NULL);
	for (size_t i = 0; i < w.info->nproblems; i++)
		ui_warn(u, "%s", w.info->problems[i]);
	if (rc < 0)
		ui_warn(u, "%s", e.text);
	pac_find_loaders(p, w.scheme, &w.fdl1, &w.fdl2);
	/* Without profiles there is no chip's name, and no harm. */
	if (profile_load_all(&all, &e) == 0)
		pac_words_chip(w.info, w.scheme, &all, &w.chip);
	pac_words_say(u, &w);
	for (size_t i = 0; i < w.info->nfiles; i++)
		whole &= !w.info->files[i].beyond;
	exit = whole ? command_done(u, 0, pac_words_json(&w))
		     : cut(u, pac_words_json(&w));
	profile_set_free(&all);
	if (w.scheme)
		pac_scheme_free(&s);
	return exit;
}

/* -- extract, check ------------------------------------------------------ */

static int extract(struct pac *p, const struct options *o, struct ui *u)
{
	struct pac_extract_request q = {
		.dir = o->directory ? o->directory : ".",
		.names = (const char *const *)o->args + 3,
		.nnames = (size_t)o->nargs - 3,
		.force = o->force,
	};
	struct pac_extract_result r;
	struct job_events ev;
	struct err e;
	char size[TEXT_SIZE_MAX];
	json_t *more;
	int rc;

	ui_job_events(u, &ev);
	rc = job_pac_extract(p, &q, &ev, &r, &e);
	more = json_pack("{so sI sI sI}", "directory", ui_text(q.dir), "files",
			 (json_int_t)r.files, "bytes", (json_int_t)r.bytes,
			 "damaged", (json_int_t)r.damaged);
	if (rc < 0)
		return pac_failed(u, &e, more);
	ui_result(u, "%zu file%s, %s, below '%s'", r.files,
		  r.files == 1 ? "" : "s", text_size(r.bytes, size), q.dir);
	ui_result(u, "  not compared with the package's checksum, which is of "
		     "all of it: 'spdvault pac check' does that");
	return command_done(u, 0, more);
}

static int check(struct pac *p, const struct options *o, struct ui *u)
{
	struct job_events ev;
	struct err e;
	size_t faults;
	json_t *more;
	int rc;

	ui_job_events(u, &ev);
	rc = job_pac_check(p, &ev, &faults, &e);
	more = json_pack("{so sI}", "pac", ui_text(o->args[2]), "faults",
			 (json_int_t)faults);
	if (rc < 0)
		return pac_failed(u, &e, more);
	ui_result(u, "%s: good", o->args[2]);
	ui_result(u,
		  "  %zu entries, both checksums as promised, nothing "
		  "overlaps, every name can be a file's",
		  pac_info(p)->nfiles);
	return command_done(u, 0, more);
}

static int run_pac(const struct options *o, struct ui *u)
{
	const char *what = o->args[1];
	bool lists = strcmp(what, "list") == 0;
	bool checks = strcmp(what, "check") == 0;
	bool extracts = strcmp(what, "extract") == 0;
	struct pac *p;
	struct err e;
	int exit, rc = 0;

	if (!lists && !checks && !extracts)
		rc = err_set(&e, ERR_USAGE,
			     "pac takes list, extract or check, not '%s'",
			     what);
	else if (!extracts && (o->directory || o->force || o->nargs > 3))
		rc = err_set(&e, ERR_USAGE,
			     "'pac %s' takes one file and none of -C, --force",
			     what);
	if (rc < 0) {
		err_hint(&e, "see 'spdvault help pac'");
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	}
	if (pac_open(o->args[2], o->inside, &p, &e) < 0)
		return pac_failed(u, &e, NULL);
	exit = lists	? list_one(p, u)
	       : checks ? check(p, o, u)
			: extract(p, o, u);
	pac_close(p);
	return exit;
}

const struct command cmd_pac = {
	.name = "pac",
	.args = "list|extract|check FILE [NAME...]",
	.summary = "look into a vendor's firmware package (.pac)",
	.text = "list     product, version, files, loaders with their "
		"addresses, partitions, NV items\n"
		"extract  writes all files, or those whose id or name fits a "
		"NAME (a glob), below -C DIR\n"
		"check    reads all of it: checksums, overlaps, borders, "
		"names; exit 5 if something is wrong\n\n"
		"FILE is a PAC, or a .zip, .7z or .tar (.gz, .xz, ...) with "
		"one inside, which is read\nwithout unpacking it to disk. "
		"Nothing is written outside DIR.\n\n"
		"Examples:\n"
		"  spdvault pac list FW.pac\n"
		"  spdvault pac extract FW.zip 'FDL*' -C loaders\n",
	.min_args = 2,
	.max_args = -1,
	.groups = OPT_DIR | OPT_FORCE | OPT_PAC,
	.run = run_pac,
};
