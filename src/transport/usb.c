/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usb.c - opening a phone on the USB, opening it again, and leaving it as it
 * was; docs/protocol.md 1.1, 1.2 and 1.4.
 */
#include "base/clock.h"
#include "base/text.h"
#include "stay.h"
#include "usb_internal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_STATE_MS 1000u
#define RETRY_MS      20u

static void note(const struct usb *u, const char *fmt, ...) PRINTF(2, 3);

static void note(const struct usb *u, const char *fmt, ...)
{
	char text[640]; /* a cause and its remedy */
	va_list ap;

	if (!u->env.note)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	u->env.note(u->env.user, text);
}

static int bus_failed(const struct usb *u, int rc, const char *what,
		      struct err *e)
{
	int r;

	if (rc == LIBUSB_ERROR_NO_MEM)
		return err_nomem(e);
	if (rc == LIBUSB_ERROR_NO_DEVICE || rc == LIBUSB_ERROR_NOT_FOUND)
		return usb_gone(u, e);
	r = err_set(e, ERR_NODEV, "%s: %s: %s", u->port.name, what,
		    usb_words(rc));
	if (rc == LIBUSB_ERROR_BUSY) {
		err_hint(e, "end the other program first; two would spoil each "
			    "other's answers");
		err_why(e, WHY_PORT_BUSY);
	}
	return r;
}

/* A phone that nobody has given a configuration yet gets its first one. */
static int scan(struct usb *u, struct err *e)
{
	libusb_device *dev = libusb_get_device(u->port.handle);
	struct libusb_config_descriptor *c;
	int rc = libusb_get_active_config_descriptor(dev, &c);

	if (rc == LIBUSB_ERROR_NOT_FOUND) {
		rc = libusb_get_config_descriptor(dev, 0, &c);
		if (rc == LIBUSB_ERROR_NOT_FOUND)
			rc = LIBUSB_ERROR_OTHER;
		if (rc == 0 &&
		    libusb_set_configuration(u->port.handle,
					     c->bConfigurationValue) != 0)
			note(u, "%s does not take its configuration",
			     u->port.name);
	}
	if (rc != 0)
		return bus_failed(u, rc, "its descriptors", e);
	rc = usb_scan(c, &u->ends, e);
	libusb_free_config_descriptor(c);
	if (rc < 0)
		return err_context(e, "%s", u->port.name);
	return 0;
}

static int claim(struct usb *u, struct err *e)
{
	libusb_device_handle *h = u->port.handle;
	int rc;

	/* Back to the driver when the interface is released. */
	libusb_set_auto_detach_kernel_driver(h, 1);
	rc = libusb_claim_interface(h, u->ends.interface);
	if (rc != 0)
		return bus_failed(u, rc, "claiming its interface", e);
	u->claimed = true;
	if (u->ends.alt) {
		rc = libusb_set_interface_alt_setting(h, u->ends.interface,
						      u->ends.alt);
		if (rc != 0)
			return bus_failed(u, rc, "choosing its setting", e);
	}
	return 0;
}

/* Smartphones need it, some ROMs stall it, feature phones ignore it [1.2]. */
static int line_state(struct usb *u, struct err *e)
{
	int rc = libusb_control_transfer(u->port.handle, 0x21, 0x22, 0x0601, 0,
					 NULL, 0, LINE_STATE_MS);

	if (rc == LIBUSB_ERROR_NO_DEVICE)
		u->gone = true;
	else if (rc == LIBUSB_ERROR_IO)
		usb_watch_it_leave(u);
	if (u->gone)
		return usb_gone(u, e);
	if (rc < 0)
		note(u, "%s does not take the line state 0x0601: %s; going on",
		     u->port.name, usb_words(rc));
	return 0;
}

static void tell_speed(const struct usb *u)
{
	int speed = libusb_get_device_speed(libusb_get_device(u->port.handle));

	if (speed == LIBUSB_SPEED_LOW || speed == LIBUSB_SPEED_FULL)
		note(u,
		     "%s runs at full speed only, about 1 MB/s; another "
		     "cable or port may bring high speed",
		     u->port.name);
	else if (u->ends.in_packet < 512 && speed >= LIBUSB_SPEED_HIGH)
		note(u, "%s announces packets of %u bytes at high speed",
		     u->port.name, u->ends.in_packet);
}

/* Each time that a phone comes, the bus gives it another address. */
static void name_stay(struct usb *u)
{
	libusb_device *dev = libusb_get_device(u->port.handle);
	char place[USB_NAME_MAX], stay[32], text[USB_PATH_MAX];
	struct usb_path path;

	u->base.stay[0] = '\0';
	if (!usb_path_of(dev, &path))
		return;
	snprintf(place, sizeof(place), "usb-%s", usb_path_text(&path, text));
	snprintf(stay, sizeof(stay), "%u", libusb_get_device_address(dev));
	transport_set_stay(&u->base, place, stay);
}

/* From a device that is open to one that is listened to. */
static int bring_up(struct usb *u, struct err *e)
{
	int r;

	u->gone = u->heard = false;
	r = scan(u, e);
	if (r == 0)
		r = claim(u, e);
	if (r == 0)
		r = usb_io_start(u, e);
	if (r == 0)
		r = line_state(u, e);
	if (r == 0) {
		name_stay(u);
		tell_speed(u);
	}
	return r;
}

/*
 * Leaves nothing claimed, posted or open.  A transfer belongs to its handle and
 * its device, so it is freed before the handle is closed, and the context; but
 * should a host controller never have given it back, close() takes it off.
 */
static void tear_down(struct usb *u)
{
	if (u->port.handle) {
		usb_io_stop(u);
		if (u->claimed)
			libusb_release_interface(u->port.handle,
						 u->ends.interface);
		libusb_close(u->port.handle);
	}
	u->port.handle = NULL;
	u->claimed = false;
	usb_io_end(u);
	usb_port_close(&u->port);
}

/* A phone may leave between being found and being claimed: then once more. */
static int attach(struct usb *u, unsigned wait_ms, struct usb_watch *w,
		  struct err *e)
{
	uint64_t limit = clock_ms() + wait_ms;

	for (;;) {
		uint64_t now = clock_ms();
		int r = usb_find(&u->want,
				 now < limit ? (unsigned)(limit - now) : 0,
				 &u->env, w, &u->port, e);

		if (r < 0)
			return r;
		u->opened_ms = clock_ms();
		r = bring_up(u, e);
		if (r == 0) {
			u->want = u->port.path;
			return 0;
		}
		tear_down(u);
		if (e->code != ERR_GONE || clock_ms() >= limit)
			return r;
		usleep(RETRY_MS * 1000);
	}
}

/*
 * How long a phone was there that has never said a word: it goes on to charging
 * [1.6].  0: another case, or it said something on an earlier visit, as one
 * does that comes back as its next loader [1.4].
 */
static uint64_t charging_visit(const struct usb *u)
{
	uint64_t came = u->port.came_ms ? u->port.came_ms : u->opened_ms;
	uint64_t stayed = clock_ms() - came + 1;

	return u->known || u->heard || !usb_visit_is_charging(stayed) ? 0
								      : stayed;
}

/* Nothing is to come back; another one is waited for if the user said so. */
static int after_charging_visit(struct usb *u, uint64_t stayed, struct err *e)
{
	struct usb_watch w = { .told = true };
	struct usb_path met = u->want;
	uint64_t now = clock_ms();
	struct err why;
	int r = err_set(&why, ERR_NODEV,
			"the phone at %s left the bus without a word, %u.%u s "
			"after it %s",
			u->port.name, (unsigned)(stayed / 1000),
			(unsigned)(stayed / 100 % 10),
			u->port.came_ms ? "came" : "was opened");

	usb_hint_boot_key(&why);
	if (now < u->wait_until) {
		note(u, "%s (%s); waiting for it to come again", why.text,
		     why.hint);
		u->want = u->asked;
		r = attach(u, (unsigned)(u->wait_until - now), &w, e);
		if (r == 0 || e->code != ERR_NODEV || w.denied || w.there)
			return r;
		u->want = met;
	}
	*e = why;
	return -(int)why.code;
}

static int usb_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	struct usb *u = (struct usb *)t;
	struct usb_watch w = { .told = true };
	uint64_t charging = charging_visit(u);
	int r;

	if (u->want.nports == 0) {
		r = usb_gone(u, e);
		err_hint(e, "a phone that was passed on as an open file cannot "
			    "be opened anew from here");
		return r;
	}
	u->known = u->known || u->heard;
	tear_down(u);
	if (charging)
		return after_charging_visit(u, charging, e);
	r = attach(u, timeout_ms, &w, e);
	if (r == 0 || e->code != ERR_NODEV || w.denied || w.there)
		return r;
	return err_set(e, ERR_GONE,
		       "the phone left the bus and did not come back to %s "
		       "within %u ms",
		       u->port.name, timeout_ms);
}

static void usb_close(struct transport *t)
{
	struct usb *u = (struct usb *)t;

	tear_down(u);
	usb_io_free(u);
	free(u);
}

static const struct transport_ops usb_ops = {
	.name = "usb",
	.send = usb_send,
	.recv = usb_recv,
	.drain = usb_drain,
	.reopen = usb_reopen,
	.close = usb_close,
};

static int usb_new(const struct transport_env *env, struct usb **ret,
		   struct err *e)
{
	struct usb *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return err_nomem(e);
	u->base.ops = &usb_ops;
	u->env = *env;
	r = usb_io_new(u, e);
	if (r < 0) {
		usb_close(&u->base);
		return r;
	}
	*ret = u;
	return 0;
}

int transport_open_usb(const char *rest, const struct transport_env *env,
		       struct transport **ret, struct err *e)
{
	struct usb_watch w = { .told = false };
	struct usb_path want;
	struct usb *u;
	int r = usb_path_parse(rest, &want, e);

	if (r == 0)
		r = usb_new(env, &u, e);
	if (r < 0)
		return r;
	u->want = u->asked = want;
	u->wait_until = clock_ms() + env->wait_ms;
	r = attach(u, env->wait_ms, &w, e);
	if (r < 0) {
		usb_close(&u->base);
		return r;
	}
	*ret = &u->base;
	return 0;
}

int transport_open_fd(const char *rest, const struct transport_env *env,
		      struct transport **ret, struct err *e)
{
	uint64_t fd;
	struct usb *u;
	int r = text_to_u64(rest, INT_MAX, &fd, e);

	if (r < 0)
		return r;
	if (fcntl((int)fd, F_GETFD) < 0) {
		r = err_set(e, ERR_USAGE, "descriptor %d is not open", (int)fd);
		err_hint(e, "fd:N is the number that a program such as "
			    "'termux-usb -e' hands over; elsewhere: --device "
			    "usb");
		return r;
	}
	r = usb_new(env, &u, e);
	if (r < 0)
		return r;
	r = usb_adopt((int)fd, &u->port, e);
	if (r == 0)
		r = bring_up(u, e);
	if (r < 0) {
		usb_close(&u->base);
		return r;
	}
	*ret = &u->base;
	return 0;
}
