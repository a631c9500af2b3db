/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usb_find.c - which phone is on the bus, waiting for one, and rights.
 *
 * Every look takes a context of its own: its enumeration reads the kernel's
 * list anew, so that arrivals are seen also where no udev runs.
 */
#include "base/clock.h"
#include "base/text.h"
#include "host_internal.h"
#include "usb_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS	    100u  /* between two looks */
#define RIGHTS_MS   1500u /* what udev may take to set them on arrival */
#define CHARGING_MS 5000u /* a ROM gives up waiting before that [1.6] */

/* What one look has seen. */
struct look {
	libusb_context *ctx;
	libusb_device *dev; /* the last phone that fits, referenced */
	struct usb_path path;
	unsigned phones;      /* that fit and are in download mode */
	struct strbuf names;  /* of those */
	char instead[96];     /* what is there and is no such phone; "" */
	bool instead_is_diag; /* at least a phone */
};

static void look_end(struct look *l)
{
	if (l->dev)
		libusb_unref_device(l->dev);
	if (l->ctx)
		libusb_exit(l->ctx);
	strbuf_free(&l->names);
	memset(l, 0, sizeof(*l));
}

int usb_no_bus(int rc, struct err *e)
{
	int r;

	if (rc == LIBUSB_ERROR_NO_MEM)
		return err_nomem(e);
	r = err_set(e, ERR_NODEV, "this system lets nobody look at its USB");
	err_hint(e, "there should be /dev/bus/usb; a container or a virtual "
		    "machine must be given it (or the phone) from outside");
	return r;
}

bool usb_path_of(libusb_device *dev, struct usb_path *ret)
{
	int n = libusb_get_port_numbers(dev, ret->ports, USB_PORTS_MAX);

	ret->bus = libusb_get_bus_number(dev);
	ret->nports = n > 0 ? (unsigned)n : 0;
	return n > 0;
}

static void take_note_of(struct look *l, const struct usb_path *want,
			 libusb_device *dev)
{
	struct libusb_device_descriptor d;
	struct usb_path path;
	char text[USB_PATH_MAX];
	bool ours;

	if (libusb_get_device_descriptor(dev, &d) != 0 ||
	    !usb_path_of(dev, &path) || !usb_path_fits(want, &path))
		return;
	ours = d.idVendor == USB_VID;
	usb_path_text(&path, text);
	if (ours && d.idProduct == USB_PID_DOWNLOAD) {
		if (l->dev)
			libusb_unref_device(l->dev);
		l->dev = libusb_ref_device(dev);
		l->path = path;
		strbuf_add(&l->names, "%susb:%s", l->phones ? ", " : "", text);
		l->phones++;
	} else if (ours && d.idProduct == USB_PID_DIAG) {
		snprintf(l->instead, sizeof(l->instead),
			 "the phone at usb:%s runs in diag mode (1782:4d03)",
			 text);
		l->instead_is_diag = true;
	} else if ((ours || want->nports) && !l->instead_is_diag) {
		snprintf(l->instead, sizeof(l->instead),
			 "usb:%s is %04x:%04x, no phone in download mode", text,
			 d.idVendor, d.idProduct);
	}
}

static int look(const struct usb_path *want, struct look *l, struct err *e)
{
	libusb_device **list;
	ssize_t n;
	int rc;

	memset(l, 0, sizeof(*l));
	rc = libusb_init(&l->ctx);
	if (rc != 0)
		return usb_no_bus(rc, e);
	n = libusb_get_device_list(l->ctx, &list);
	if (n < 0) {
		look_end(l);
		return usb_no_bus((int)n, e);
	}
	for (ssize_t i = 0; i < n; i++)
		take_note_of(l, want, list[i]);
	libusb_free_device_list(list, 1);
	return 0;
}

bool usb_visit_is_charging(uint64_t ms)
{
	return ms > 0 && ms < CHARGING_MS;
}

void usb_hint_boot_key(struct err *e)
{
	err_hint(e, "charging mode: the boot key was not held; switch the "
		    "phone off, hold the key of its model (often volume down) "
		    "and keep holding it while you plug it in");
	err_why(e, WHY_CHARGING);
}

int usb_denied(const char *name, struct err *e)
{
	const char *rule = host_rule("");
	int rc = err_set(e, ERR_NODEV,
			 "the phone at %s is there, but you have no right to "
			 "open it",
			 name);

	err_why(e, WHY_NO_RIGHT);

	if (rule)
		err_hint(e,
			 "the udev rule %s is installed: run 'sudo udevadm "
			 "control --reload' and plug the phone in again; it "
			 "serves the user at the screen only, so over ssh run "
			 "as root",
			 rule);
	else
		err_hint(e, "install the udev rule ('make install', or copy "
			    "scripts/" HOST_RULE " to /etc/udev/rules.d), run "
			    "'sudo udevadm control --reload' and plug the "
			    "phone in again; or run as root");
	return rc;
}

static int several(const struct look *l, struct err *e)
{
	char first[USB_NAME_MAX];
	int rc = err_set(e, ERR_NODEV, "%u phones are in download mode: %s",
			 l->phones, l->names.s ? l->names.s : "");

	snprintf(first, sizeof(first), "%s", l->names.s ? l->names.s : "");
	first[strcspn(first, ",")] = '\0';
	err_hint(e, "say which one, for example --device %s", first);
	return rc;
}

static int none(const struct look *l, const struct usb_watch *w,
		const struct usb_path *want, unsigned wait_ms, struct err *e)
{
	char text[USB_PATH_MAX], waited[64] = "";
	int rc;

	if (w->visit_ms) {
		rc = err_set(e, ERR_NODEV,
			     "a phone came, stayed for %u.%u s and left",
			     (unsigned)(w->visit_ms / 1000),
			     (unsigned)(w->visit_ms / 100 % 10));
		usb_hint_boot_key(e);
		return rc;
	}
	if (*l->instead) {
		rc = err_set(e, ERR_NODEV, "%s", l->instead);
		if (l->instead_is_diag)
			err_hint(e, "switch the phone off, hold the key of its "
				    "model and plug it in: then it is in "
				    "download mode");
		return rc;
	}
	if (wait_ms >= 1000)
		snprintf(waited, sizeof(waited), ", and none came within %u s",
			 wait_ms / 1000);
	if (want->nports)
		return err_set(e, ERR_NODEV,
			       "no phone in download mode is at usb:%s%s",
			       usb_path_text(want, text), waited);
	return err_set(e, ERR_NODEV,
		       "no phone in download mode (1782:4d00) is on the "
		       "USB%s",
		       waited);
}

/* Comings and goings; a visit that ends early is remembered. */
static void watch(struct usb_watch *w, bool there)
{
	uint64_t now = clock_ms();

	if (there && !w->there)
		w->came_ms = w->looked ? now : 0;
	if (!there && w->there) {
		w->visit_ms = w->came_ms ? now - w->came_ms : 0;
		if (!usb_visit_is_charging(w->visit_ms))
			w->visit_ms = 0;
		w->came_ms = 0;
		w->denied_since = 0;
	}
	w->there = there;
	w->looked = true;
}

/* 1 open, 0 not now (it leaves, or udev is not ready), or an error. */
static int try_open(struct look *l, struct usb_watch *w, bool last,
		    struct usb_port *ret, struct err *e)
{
	char text[USB_PATH_MAX];
	int rc;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "usb:%s",
		 usb_path_text(&l->path, text));
	rc = libusb_open(l->dev, &ret->handle);
	w->denied = rc == LIBUSB_ERROR_ACCESS;
	if (rc == 0) {
		ret->ctx = l->ctx;
		ret->path = l->path;
		ret->came_ms = w->came_ms;
		l->ctx = NULL; /* the port's from now on */
		return 1;
	}
	if (rc == LIBUSB_ERROR_NO_MEM)
		return err_nomem(e);
	if (w->denied) {
		if (!w->denied_since)
			w->denied_since = clock_ms();
		if (last || clock_ms() - w->denied_since >= RIGHTS_MS)
			return usb_denied(ret->name, e);
	} else if (last) {
		return err_set(e, ERR_NODEV, "opening %s: %s", ret->name,
			       usb_words(rc));
	}
	return 0;
}

static void tell_waiting(const struct transport_env *env, struct usb_watch *w,
			 const struct look *l)
{
	char text[160];

	if (w->told || !env->note)
		return;
	w->told = true;
	snprintf(text, sizeof(text), "waiting for a phone in download mode%s%s",
		 *l->instead ? "; " : "", l->instead);
	env->note(env->user, text);
}

int usb_find(const struct usb_path *want, unsigned wait_ms,
	     const struct transport_env *env, struct usb_watch *w,
	     struct usb_port *ret, struct err *e)
{
	uint64_t limit = clock_ms() + wait_ms;

	for (;;) {
		bool last = clock_ms() >= limit;
		struct look l;
		int r;

		if (env->cancelled && env->cancelled(env->user))
			return err_set(e, ERR_CANCELLED, "stopped by the user");
		r = look(want, &l, e);
		if (r < 0)
			return r;
		watch(w, l.phones > 0);
		if (l.phones > 1)
			r = several(&l, e);
		else if (l.phones == 1)
			r = try_open(&l, w, last, ret, e);
		else if (last)
			r = none(&l, w, want, wait_ms, e);
		else
			tell_waiting(env, w, &l);
		look_end(&l);
		if (r != 0)
			return r < 0 ? r : 0;
		usleep(LOOK_MS * 1000);
	}
}

static libusb_context *context_without_search(int *ret_rc)
{
	libusb_context *ctx = NULL;

#if defined(LIBUSB_API_VERSION) && LIBUSB_API_VERSION >= 0x0100010A
	struct libusb_init_option o = {
		.option = LIBUSB_OPTION_NO_DEVICE_DISCOVERY
	};

	*ret_rc = libusb_init_context(&ctx, &o, 1);
#else
	/* As a default of all contexts: it is the only one of this process. */
	libusb_set_option(NULL, LIBUSB_OPTION_NO_DEVICE_DISCOVERY, NULL);
	*ret_rc = libusb_init(&ctx);
#endif
	return ctx;
}

int usb_adopt(int fd, struct usb_port *ret, struct err *e)
{
	struct libusb_device_descriptor d = { 0 };
	int rc;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "fd:%d", fd);
	ret->ctx = context_without_search(&rc);
	if (rc != 0)
		return usb_no_bus(rc, e);
	rc = libusb_wrap_sys_device(ret->ctx, fd, &ret->handle);
	if (rc != 0) {
		ret->handle = NULL;
		usb_port_close(ret);
		rc = err_set(e, ERR_NODEV,
			     "descriptor %d is no USB device that is open for "
			     "reading and writing",
			     fd);
		err_hint(e, "pass on an open file of /dev/bus/usb");
		return rc;
	}
	libusb_get_device_descriptor(libusb_get_device(ret->handle), &d);
	if (d.idVendor == USB_VID && d.idProduct == USB_PID_DOWNLOAD)
		return 0;
	usb_port_close(ret);
	return err_set(e, ERR_NODEV,
		       "descriptor %d is %04x:%04x, no phone in download mode "
		       "(1782:4d00)",
		       fd, d.idVendor, d.idProduct);
}

void usb_port_close(struct usb_port *p)
{
	if (p->handle)
		libusb_close(p->handle);
	if (p->ctx)
		libusb_exit(p->ctx);
	p->handle = NULL;
	p->ctx = NULL;
}
