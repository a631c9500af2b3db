/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_sim.c - a simulated phone for others to talk to. */
#include "base/clock.h"
#include "commands.h"
#include "sim/gadget.h"
#include "sim/phone.h"
#include "ui.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TICK_MS	    5	 /* how exactly the phone's clock follows ours */
#define REATTACH_MS 1000 /* a phone that reset comes back after this */

struct pty {
	int master;
	int keep; /* the other side held open, so that closing it is no end */
};

static int open_pty(struct pty *y, char *name, size_t cap, struct err *e)
{
	struct termios tio;

	y->keep = -1;
	y->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (y->master < 0 || grantpt(y->master) < 0 ||
	    unlockpt(y->master) < 0 || ptsname_r(y->master, name, cap) != 0)
		return err_sys(e, errno, "opening a pseudo terminal");
	y->keep = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (y->keep < 0 || tcgetattr(y->keep, &tio) < 0)
		return err_sys(e, errno, "opening '%s'", name);
	/* Raw from the start: an echo would be taken for requests. */
	cfmakeraw(&tio);
	if (tcsetattr(y->keep, TCSANOW, &tio) < 0)
		return err_sys(e, errno, "setting '%s' raw", name);
	if (fcntl(y->master, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, errno, "setting up '%s'", name);
	return 0;
}

static void close_pty(struct pty *y)
{
	if (y->keep >= 0)
		close(y->keep);
	if (y->master >= 0)
		close(y->master);
}

/* What the phone has to say goes out, as far as the terminal takes it. */
static bool give(struct phone *ph, int fd, uint8_t *held, size_t *nheld)
{
	for (;;) {
		ssize_t n;

		if (*nheld == 0)
			*nheld = phone_give(ph, held, 4096);
		if (*nheld == 0)
			return false;
		n = write(fd, held, *nheld);
		if (n < 0)
			return errno == EAGAIN;
		memmove(held, held + n, *nheld - (size_t)n);
		*nheld -= (size_t)n;
	}
}

static void serve(struct phone *ph, int fd)
{
	uint8_t in[4096], held[4096];
	size_t nheld = 0;
	uint64_t last = clock_ms(), gone_at = 0;

	while (!ui_stopped(NULL)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now;
		ssize_t n;

		if (give(ph, fd, held, &nheld))
			p.events |= POLLOUT;
		/* Nothing due: sleep until somebody speaks. */
		if (poll(&p, 1,
			 phone_next_ms(ph) < 0 && !gone_at ? 250 : TICK_MS) <
			    0 &&
		    errno != EINTR)
			return;
		now = clock_ms();
		if (now > last)
			phone_advance(ph, now - last);
		last = now;
		n = read(fd, in, sizeof(in));
		if (n > 0 && phone_attached(ph))
			phone_take(ph, in, (size_t)n);
		if (!phone_attached(ph) && !gone_at)
			gone_at = now;
		if (gone_at && now - gone_at >= REATTACH_MS) {
			phone_attach(ph);
			phone_line_state(ph, 0x0601);
			gone_at = 0;
		}
	}
}

static void say_changes(struct ui *u, const char *log)
{
	if (*log)
		ui_note(u, "changes:");
	while (*log) {
		size_t n = strcspn(log, "\n");

		ui_note(u, "%.*s", (int)n, log);
		log += n + (log[n] == '\n');
	}
}

static void say_witness(struct ui *u, const struct phone *ph)
{
	struct phone_stats st;

	phone_stats(ph, &st);
	ui_note(u,
		"the phone saw %" PRIu64 " requests, refused %" PRIu64
		", did not know %" PRIu64 "; its storage changed %" PRIu64
		" times; it is in %s%s%s",
		st.requests, st.refused, st.unsupported, st.storage_writes,
		st.stage, st.dead ? " and dead: " : "", st.dead ? st.dead : "");
	say_changes(u, phone_write_log(ph));
}

static json_t *witness_json(const struct phone *ph)
{
	struct phone_stats st;

	phone_stats(ph, &st);
	return json_pack("{ss sI sI sI sI sI sI sI ss ss? ss? ss}", "model",
			 phone_model(ph)->name, "requests",
			 (json_int_t)st.requests, "reads", (json_int_t)st.reads,
			 "refused", (json_int_t)st.refused, "unsupported",
			 (json_int_t)st.unsupported, "early",
			 (json_int_t)st.early, "storage_writes",
			 (json_int_t)st.storage_writes, "commanded_writes",
			 (json_int_t)st.commanded_writes, "stage", st.stage,
			 "dead", st.dead, "harm", st.harm, "changes",
			 phone_write_log(ph));
}

static json_t *say_models(struct ui *u)
{
	json_t *list = json_array();
	size_t n;
	const struct phone_model *m = phone_models(&n);

	for (size_t i = 0; i < n; i++) {
		ui_result(u, "%-10s %s", m[i].name, m[i].title);
		json_array_append_new(list,
				      json_pack("{ss ss ss}", "name", m[i].name,
						"title", m[i].title, "chip",
						m[i].chip));
	}
	return list;
}

static int run_pty(const char *model, struct ui *u, json_t **ret, struct err *e)
{
	struct phone *ph;
	struct pty y;
	char spec[512], name[128];
	int rc;

	if (snprintf(spec, sizeof(spec), "%s%s", model,
		     strstr(model, "link=") ? "" : ",link=serial") >=
	    (int)sizeof(spec))
		return err_set(e, ERR_USAGE, "the model's text is too long");
	rc = phone_new(spec, &ph, e);
	if (rc < 0)
		return rc;
	rc = open_pty(&y, name, sizeof(name), e);
	if (rc == 0) {
		ui_result(u, "%s", name);
		fflush(stdout);
		ui_event(u, "ready", json_pack("{ss}", "path", name));
		serve(ph, y.master);
		say_witness(u, ph);
		*ret = json_pack("{so}", "phone", witness_json(ph));
	}
	close_pty(&y);
	phone_free(ph);
	return rc;
}

/* -- on USB -------------------------------------------------------------- */

static void gadget_ready(void *user)
{
	struct ui *u = user;

	ui_result(u, "ready");
	fflush(stdout);
	ui_event(u, "ready", json_object());
}

static void say_cable(struct ui *u, const struct gadget_stats *st)
{
	ui_note(u,
		"the cable: %" PRIu64 " transfers of %" PRIu64
		" bytes to the phone, %" PRIu64 " of %" PRIu64
		" bytes to the host (%" PRIu64 " empty ones, %" PRIu64
		" lost); enumerated %" PRIu64 " times, left the bus %" PRIu64
		" times, pulled %" PRIu64 " times; line state set %" PRIu64
		" times, other requests refused: %" PRIu64,
		st->out_transfers, st->out_bytes, st->in_transfers,
		st->in_bytes, st->in_empty, st->in_lost, st->enabled, st->left,
		st->pulled, st->line_states, st->setups);
}

static json_t *cable_json(const struct gadget_stats *st)
{
	return json_pack(
		"{sI sI sI sI sI sI sI sI sI sI sI sI sI sI sI}", "enumerated",
		(json_int_t)st->enabled, "left", (json_int_t)st->left, "pulled",
		(json_int_t)st->pulled, "line_states",
		(json_int_t)st->line_states, "requests_refused",
		(json_int_t)st->setups, "out_transfers",
		(json_int_t)st->out_transfers, "out_bytes",
		(json_int_t)st->out_bytes, "out_full", (json_int_t)st->out_full,
		"out_empty", (json_int_t)st->out_empty, "in_transfers",
		(json_int_t)st->in_transfers, "in_bytes",
		(json_int_t)st->in_bytes, "in_empty", (json_int_t)st->in_empty,
		"in_lost", (json_int_t)st->in_lost, "replies",
		(json_int_t)st->replies, "stalls", (json_int_t)st->stalls);
}

static int run_gadget(const char *model, const char *dir, struct ui *u,
		      json_t **ret, struct err *e)
{
	const struct gadget_calls calls = { u, gadget_ready, ui_stopped };
	struct gadget_options go;
	struct gadget_stats st;
	struct phone *ph;
	char *spec;
	int rc = gadget_spec(model, &go, &spec, e);

	if (rc < 0)
		return rc;
	rc = phone_new(spec, &ph, e);
	free(spec);
	if (rc < 0)
		return rc;
	rc = gadget_serve(ph, dir, &go, &calls, &st, e);
	if (rc == 0) {
		say_witness(u, ph);
		say_cable(u, &st);
		*ret = json_pack("{so so}", "phone", witness_json(ph), "cable",
				 cable_json(&st));
	}
	phone_free(ph);
	return rc;
}

/* -- what it holds ------------------------------------------------------- */

static int run_save(const char *model, const char *dir, struct err *e)
{
	struct phone *ph;
	int rc = phone_new(model, &ph, e);

	if (rc < 0)
		return rc;
	rc = phone_save(ph, dir, e);
	phone_free(ph);
	return rc < 0 ? err_context(e, "saving the phone's storage") : 0;
}

/* With a way of serving, and nothing to be served. */
static int which_model(struct err *e)
{
	int rc = err_set(e, ERR_USAGE, "which phone?");

	err_hint(e, "a model comes first: spdvault sim ums512 --pty; "
		    "'spdvault sim' alone lists them");
	return rc;
}

/* How the phone is served, if only one way is asked for. */
static int run_as(const struct options *o, struct ui *u, json_t **ret,
		  struct err *e)
{
	int rc;

	if (o->nargs < 2)
		return which_model(e);
	if (o->pty + !!o->gadget + !!o->save == 1) {
		if (o->save)
			return run_save(o->args[1], o->save, e);
		return o->pty ? run_pty(o->args[1], u, ret, e)
			      : run_gadget(o->args[1], o->gadget, u, ret, e);
	}
	rc = err_set(e, ERR_USAGE, "serve the phone how?");
	err_hint(e,
		 "--pty makes a pseudo terminal, --gadget DIR a USB device, "
		 "--save DIR files; without serving, any command takes "
		 "--device sim:%s",
		 o->args[1]);
	return rc;
}

static int run_sim(const struct options *o, struct ui *u)
{
	json_t *more = NULL;
	struct err e;
	int rc;

	if (o->nargs < 2 && !o->pty && !o->gadget && !o->save)
		return command_done(u, 0,
				    json_pack("{so}", "models", say_models(u)));
	rc = run_as(o, u, &more, &e);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	return command_done(u, 0, more);
}

const struct command cmd_sim = {
	.name = "sim",
	.args = "[MODEL[,key=value...] --pty|--gadget DIR|--save DIR]",
	.summary = "serve a simulated phone; without MODEL: list them",
	.text = "With --pty a simulated phone answers on a pseudo terminal, "
		"whose path is printed,\nwith --gadget as a USB device, by "
		"FunctionFS, until Ctrl-C; then it says what it\nsaw, and "
		"every change to its storage. With --save it is not served: "
		"what "
		"it holds becomes files.\nKeys are in docs/simulator.md."
		"\n\n"
		"Example:\n"
		"  spdvault sim ums512 --pty &\n"
		"  spdvault backup --device tty:/dev/pts/N --chip UMS512 ...\n",
	.max_args = 1,
	.groups = OPT_SIM,
	.run = run_sim,
};
