/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_doctor.c - why no phone answers: this computer, then the bus, watched. */
#include "commands.h"
#include "device/profile.h"
#include "doctor.h"
#include "phone.h"
#include "ui.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define WATCH_DEFAULT_S 60u

struct doctor {
	const struct options *o;
	struct ui *u;
	struct bus bus;
	struct host_facts facts;
	struct profile_set profiles;
	const char *key; /* how this model enters download mode, or NULL */
	json_t *findings;
};

static json_t *finding_json(const struct finding *f)
{
	return json_pack("{ss ss so so}", "severity",
			 severity_name(f->severity), "about", f->id, "text",
			 ui_text(f->text), "hint",
			 ui_text(*f->hint ? f->hint : NULL));
}

static void say(struct doctor *d, const struct finding *f)
{
	struct ui *u = d->u;

	ui_result(u, "%-8s %s", severity_name(f->severity), f->text);
	if (*f->hint)
		ui_result(u, "%-8s   try: %s", "", f->hint);
	ui_event(u, "finding", finding_json(f));
	json_array_append_new(d->findings, finding_json(f));
}

/* -- this computer ------------------------------------------------------- */

/* libusb has to see the bus, too; not on a made-up computer. */
static void ask_libusb(const struct doctor *d, struct err *ret)
{
	struct usb_phone *v = NULL;
	size_t n;

	memset(ret, 0, sizeof(*ret));
	if (*d->bus.root || usb_list(&v, &n, ret) == 0)
		ret->code = ERR_NONE;
	free(v);
}

static void examine_host(struct doctor *d)
{
	struct findings all = { .n = 0 };
	struct err usb;

	host_look(d->bus.root, &d->facts);
	ask_libusb(d, &usb);
	judge_host(&d->facts, &usb, &all);
	for (size_t i = 0; i < all.n; i++)
		say(d, &all.v[i]);
}

static int learn_key(struct doctor *d, struct err *e)
{
	const struct profile *p;

	if (!d->o->chip)
		return 0;
	if (profile_load_all(&d->profiles, e) < 0 ||
	    profile_find(&d->profiles, d->o->chip, &p, e) < 0)
		return -(int)e->code;
	if (*p->boot_key)
		d->key = p->boot_key;
	ui_result(d->u, "%-8s %s: %s", "key", p->title,
		  *p->boot_key ? p->boot_key : "not known");
	return 0;
}

/* -- the bus ------------------------------------------------------------- */

static json_t *event_json(const struct bus_event *b, const struct finding *f)
{
	static const char *const what[] = { "came", "left", "stays" };
	static const char *const modes[] = { "download", "diag", "other",
					     "android", "foreign" };

	return json_pack("{ss ss ss si si sI sb so so}", "what", what[b->what],
			 "device", b->device.where, "mode",
			 modes[b->device.mode], "vid", (int)b->device.vid,
			 "pid", (int)b->device.pid, "ms", (json_int_t)b->ms,
			 "since_ever", b->since_ever, "text", ui_text(f->text),
			 "hint", ui_text(*f->hint ? f->hint : NULL));
}

static void tell(struct doctor *d, const struct bus_watch *w,
		 const struct bus_event *b)
{
	struct finding f;

	bus_event_say(w, b, d->key, &f);
	ui_result(d->u, "%-8s %s", "bus", f.text);
	if (*f.hint)
		ui_result(d->u, "%-8s   try: %s", "", f.hint);
	fflush(stdout); /* whoever reads this waits for it */
	ui_event(d->u, "bus", event_json(b, &f));
}

/* A phone that is not only on its way to charging.  0: it can be read. */
static int settle(struct doctor *d, const struct host_device *v, struct err *e)
{
	static const enum why whys[] = { [USB_ACCESS_DENIED] = WHY_NO_RIGHT,
					 [USB_ACCESS_IN_USE] = WHY_PORT_BUSY,
					 [USB_ACCESS_UNKNOWN] = WHY_NO_RIGHT };
	bool ready = device_is_ready(v);
	struct findings all = { .n = 0 };
	int rc;

	judge_device(&d->facts, v, &all);
	/* What is bad is the error, and said as such. */
	for (size_t i = ready ? 0 : 1; i < all.n; i++)
		say(d, &all.v[i]);
	if (ready)
		return 0;
	rc = err_set(e, ERR_NODEV, "%s", all.v[0].text);
	err_hint(e, "%s", all.v[0].hint);
	err_why(e, whys[v->access]);
	return rc;
}

static int nobody_came(const struct bus_watch *w, unsigned s, struct err *e)
{
	int rc;

	if (w->short_visits)
		rc = err_set(e, ERR_NODEV,
			     "a phone came %u time%s in %u s and never stayed",
			     w->short_visits, w->short_visits == 1 ? "" : "s",
			     s);
	else
		rc = err_set(e, ERR_NODEV,
			     "no phone in download mode (1782:4d00) stayed "
			     "within %u s",
			     s);
	err_why(e, w->short_visits ? WHY_CHARGING : WHY_NO_PHONE);
	return rc;
}

/* What is there now may stay; or nothing is. */
static int time_is_up(struct doctor *d, const struct bus_watch *w, unsigned s,
		      struct err *e)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].device.mode == HOST_DOWNLOAD && !w->short_visits)
			return settle(d, &w->v[i].device, e);
	return nobody_came(w, s, e);
}

/* Is this one what --device asks for? */
static bool is_meant(const struct doctor *d, const struct host_device *v)
{
	const char *spec = phone_device(d->o);

	return strncmp(spec, "usb:", 4) != 0 || strcmp(spec + 4, v->path) == 0;
}

static size_t look(struct doctor *d, struct host_device *v)
{
	size_t n = bus_look(&d->bus, v), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (is_meant(d, &v[i]))
			v[kept++] = v[i];
	return kept;
}

/* Until a phone stays, or the time is up. */
static int watch(struct doctor *d, unsigned seconds, struct err *e)
{
	uint64_t end = bus_clock(&d->bus) + 1000ull * seconds;
	struct bus_event events[2 * HOST_DEVICES_MAX];
	struct host_device v[HOST_DEVICES_MAX];
	struct bus_watch w = { .begun = false };
	bool told = false;

	for (;;) {
		size_t n = look(d, v);
		uint64_t now = bus_clock(&d->bus);

		n = bus_watch_look(&w, v, n, now, events);
		for (size_t i = 0; i < n; i++) {
			tell(d, &w, &events[i]);
			if (events[i].what == BUS_STAYS &&
			    events[i].device.mode == HOST_DOWNLOAD)
				return settle(d, &events[i].device, e);
		}
		if (now >= end)
			return time_is_up(d, &w, seconds, e);
		if (ui_stopped(NULL))
			return err_set(e, ERR_CANCELLED, "stopped by the user");
		if (!told)
			ui_note(d->u,
				"watching the bus for %u s: plug the phone in, "
				"with its key held (Ctrl-C ends this)",
				seconds);
		told = true;
		bus_wait(&d->bus);
	}
}

static int run_doctor(const struct options *o, struct ui *u)
{
	unsigned seconds = options_given(o, "wait") ? (unsigned)o->wait_s
						    : WATCH_DEFAULT_S;
	struct doctor d = { .o = o, .u = u };
	struct err e;
	int rc, exit;

	rc = bus_open(phone_device(o), o->root, &d.bus, &e);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	d.findings = json_array();
	rc = learn_key(&d, &e);
	if (rc == 0) {
		examine_host(&d);
		rc = watch(&d, seconds, &e);
	}
	if (rc < 0) {
		exit = command_failed(
			u, &e, exit_code(&e, PLACE_PHONE, false), NULL,
			json_pack("{so}", "findings", d.findings));
	} else {
		ui_note(u, "a phone is ready; next: spdvault info, then "
			   "spdvault backup -o FILE");
		exit = command_done(u, 0,
				    json_pack("{so}", "findings", d.findings));
	}
	profile_set_free(&d.profiles);
	return exit;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "why no phone answers, and what to do; watches the bus",
	.text = "Looks at this computer - rights, udev rule, drivers, libusb, "
		"ModemManager, virtual\nmachine - and then watches the bus "
		"while you try keys, and tells what it sees. It\nneeds no root "
		"and sends nothing to any device. With --chip (also a phone's "
		"model)\nit names the key.\n\n"
		"Exit code 0 when a phone in download mode stays and may be "
		"opened, 3 when none does\nwithin the time (--wait, default "
		"60).\n\n"
		"Examples:\n"
		"  spdvault doctor --chip 'moto g04'\n"
		"  spdvault doctor --device sim:ums512,host=charging\n",
	.groups = OPT_WATCH,
	.run = run_doctor,
};
