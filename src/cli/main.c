/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - find the command, run it, end with its exit code. */
#include "commands.h"
#include "ui.h"
#include "why.h"

#include <archive.h>
#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

static const struct command *const commands[] = {
	&cmd_backup, &cmd_read,	    &cmd_info,	  &cmd_restore,
	&cmd_verify, &cmd_list,	    &cmd_inspect, &cmd_extract,
	&cmd_cat,    &cmd_chips,    &cmd_devices, &cmd_doctor,
	&cmd_reboot, &cmd_poweroff, &cmd_pac,	  &cmd_sim,
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void print_usage(FILE *to)
{
	fprintf(to, "usage: spdvault COMMAND [OPTION...] [ARGUMENT...]\n\n"
		    "Backs up the partitions of Spreadtrum/Unisoc phones into "
		    "archives that can be\nverified. Reading a phone sends "
		    "no command that writes to it; only --nv-by-name\nand "
		    "--after let its loader do so.\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i]->name,
			commands[i]->summary);
	fprintf(to, "  %-9s %s\n\n", "help", "help on a command");
	fprintf(to, "Try it without a phone: spdvault backup --device "
		    "sim:ums512 -o phone.tar.zst\n");
}

static void end_event(struct ui *u, int exit, json_t *error, json_t *more)
{
	json_t *o = json_pack("{sb si so?}", "ok", exit == 0, "exit", exit,
			      "error", error);

	if (more) {
		json_object_update(o, more);
		json_decref(more);
	}
	ui_event(u, "result", o);
}

int command_failed(struct ui *u, const struct err *e, int exit,
		   const char *kept, json_t *more)
{
	struct err told = *e;

	if (e->code == ERR_USAGE && e->why == WHY_NONE && u->command)
		err_hint(&told, "see 'spdvault help %s'", u->command);
	ui_error(u, &told, kept);
	end_event(u, exit,
		  json_pack("{ss so so so so?}", "kind",
			    err_kind_name(told.code), "text",
			    ui_text(told.text), "hint",
			    ui_text(remedy_of(&told)), "kept", ui_text(kept),
			    "why", why_json(&told)),
		  more);
	return exit;
}

int command_done(struct ui *u, int exit, json_t *more)
{
	end_event(u, exit, NULL, more);
	return exit;
}

static int no_command(struct ui *u, const char *name)
{
	struct err e;

	(void)!err_set(&e, ERR_USAGE, "no command '%s'", name);
	err_hint(&e, "'spdvault help' lists them");
	return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
}

static int print_help(struct ui *u, const char *name)
{
	const struct command *c;

	if (!name || strcmp(name, "help") == 0) {
		print_usage(stdout);
		printf("\nOptions of all commands:\n");
		options_print(NULL);
		printf("\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 no "
		       "phone or no right to open it,\n4 the phone or a loader "
		       "refused or did not come up, 5 data differs from what "
		       "was\npromised, 6 incomplete, 7 refused for safety, 130 "
		       "interrupted.\n");
		return 0;
	}
	c = find_command(name);
	if (!c)
		return no_command(u, name);
	printf("usage: spdvault %s%s%s\n\n%s\nOptions:\n", c->name,
	       *c->args ? " " : "", c->args, c->text);
	options_print(c);
	return 0;
}

static int print_version(struct ui *u)
{
	if (u->json)
		return command_done(
			u, 0, json_pack("{ss}", "version", SPDVAULT_VERSION));
	printf("spdvault %s\n", SPDVAULT_VERSION);
	printf("%s, zstd %s, %s, jansson %s, %s\n", archive_version_string(),
	       ZSTD_versionString(), OpenSSL_version(OPENSSL_VERSION),
	       JANSSON_VERSION, XML_ExpatVersion());
	return 0;
}

/* Results that could not be written are no results. */
static int flush_results(int exit)
{
	int sys = 0;

	if (fflush(stdout) < 0)
		sys = errno;
	else if (!ferror(stdout))
		return exit;
	if (exit == 0) {
		fprintf(stderr,
			"error: standard output could not be written%s%s\n"
			"  try: the same command again, with its output to a "
			"place that takes it\n",
			sys ? ": " : "", sys ? strerror(sys) : "");
		exit = 1;
	}
	return exit;
}

static int run_command(const struct options *o, struct ui *u)
{
	const struct command *c = find_command(o->args[0]);
	struct err e;
	int rc;

	if (!c)
		return no_command(u, o->args[0]);
	u->command = c->name;
	rc = options_check(o, c, &e);
	if (rc < 0)
		return command_failed(u, &e, EXIT_USAGE, NULL, NULL);
	return c->run(o, u);
}

/*
 * Who starts us with a standard stream closed would have the next file we open
 * in its place, and our words in that file.  Opened the wrong way round, so
 * that using it fails as it does when it is closed.
 */
static void fill_closed_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null",
			 fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_FAILURE);
}

/* A program that reads our events gets one also when the rest is unclear. */
static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* For a hint, when the rest is unclear. */
static const char *command_typed(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (find_command(argv[i]))
			return argv[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct options o;
	struct ui u = { .json = false };
	struct err e;
	int exit;

	fill_closed_streams();
	ui_catch_signals();
	if (options_parse(argc, argv, &o, &e) < 0) {
		u.json = asks_for_json(argc, argv);
		u.command = command_typed(argc, argv);
		exit = command_failed(&u, &e, EXIT_USAGE, NULL, NULL);
		options_free(&o);
		return flush_results(exit);
	}
	u.json = o.json;
	if (o.version) {
		exit = print_version(&u);
	} else if (o.nargs > 0 && strcmp(o.args[0], "help") == 0) {
		exit = print_help(&u, o.nargs > 1 ? o.args[1] : NULL);
	} else if (o.help) {
		exit = print_help(&u, o.nargs > 0 ? o.args[0] : NULL);
	} else if (o.nargs == 0 && !o.json) {
		print_usage(stderr);
		exit = EXIT_USAGE;
	} else if (ui_init(&u, &o, &e) < 0) {
		exit = command_failed(&u, &e, 1, NULL, NULL);
	} else if (o.nargs == 0) {
		(void)!err_set(&e, ERR_USAGE, "no command");
		err_hint(&e, "'spdvault help' lists them");
		exit = command_failed(&u, &e, EXIT_USAGE, NULL, NULL);
	} else {
		exit = run_command(&o, &u);
	}
	ui_end(&u);
	options_free(&o);
	return flush_results(exit);
}
