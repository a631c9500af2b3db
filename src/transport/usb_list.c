/* SPDX-License-Identifier: BSD-3-Clause */
/* usb_list.c - what is on the bus, for people who look for their phone. */
#include "base/text.h"
#include "usb_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *usb_mode_name(enum usb_mode m)
{
	static const char *const names[] = { "download", "diag", "other" };

	return names[m];
}

const char *usb_access_name(enum usb_access a)
{
	static const char *const names[] = { "ok", "denied", "in-use",
					     "unknown" };

	return names[a];
}

int usb_no_right(const struct usb_phone *p, struct err *e)
{
	char name[USB_NAME_MAX];

	snprintf(name, sizeof(name), "usb:%s", p->path);
	return usb_denied(name, e);
}

static void set_speed(struct usb_phone *p, int speed)
{
	static const char *const names[] = {
		[LIBUSB_SPEED_UNKNOWN] = "unknown",
		[LIBUSB_SPEED_LOW] = "low",
		[LIBUSB_SPEED_FULL] = "full",
		[LIBUSB_SPEED_HIGH] = "high",
		[LIBUSB_SPEED_SUPER] = "super",
		[LIBUSB_SPEED_SUPER_PLUS] = "super+",
	};
	bool known =
		speed >= 0 && speed < (int)(sizeof(names) / sizeof(names[0]));

	p->speed = known ? names[speed] : "super+";
	p->slow = speed == LIBUSB_SPEED_LOW || speed == LIBUSB_SPEED_FULL;
}

/*
 * The kernel's word in sysfs: asking libusb would need the right to open it.
 * A program that has claimed the interface counts as the driver "usbfs".
 */
static void set_driver(struct usb_phone *p, libusb_device *dev)
{
	struct libusb_config_descriptor *c;

	if (libusb_get_active_config_descriptor(dev, &c) != 0)
		return;
	for (unsigned i = 0; i < c->bNumInterfaces && !*p->driver; i++) {
		char link[160], target[256];
		const char *name;
		ssize_t n;

		snprintf(
			link, sizeof(link),
			"/sys/bus/usb/devices/%s:%u.%u/driver", p->path,
			c->bConfigurationValue,
			c->interface[i].num_altsetting > 0
				? c->interface[i].altsetting[0].bInterfaceNumber
				: i);
		n = readlink(link, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		name = strrchr(target, '/');
		text_copy(p->driver, sizeof(p->driver),
			  name ? name + 1 : target);
	}
	libusb_free_config_descriptor(c);
}

static void set_access(struct usb_phone *p, libusb_device *dev)
{
	libusb_device_handle *h;
	int rc = libusb_open(dev, &h);

	if (rc == 0)
		libusb_close(h);
	if (rc == LIBUSB_ERROR_ACCESS)
		p->access = USB_ACCESS_DENIED;
	else if (rc != 0)
		p->access = USB_ACCESS_UNKNOWN;
	else if (strcmp(p->driver, "usbfs") == 0)
		p->access = USB_ACCESS_IN_USE;
	else
		p->access = USB_ACCESS_OK;
}

static enum usb_mode mode_of(unsigned pid)
{
	return pid == USB_PID_DOWNLOAD ? USB_DOWNLOAD
	       : pid == USB_PID_DIAG   ? USB_DIAG
				       : USB_OTHER;
}

static bool describe(libusb_device *dev, struct usb_phone *p)
{
	struct libusb_device_descriptor d;
	struct usb_path path;

	if (libusb_get_device_descriptor(dev, &d) != 0 || d.idVendor != USB_VID)
		return false;
	usb_path_of(dev, &path);
	memset(p, 0, sizeof(*p));
	p->vid = d.idVendor;
	p->pid = d.idProduct;
	p->mode = mode_of(d.idProduct);
	p->bus = path.bus;
	p->address = libusb_get_device_address(dev);
	usb_path_text(&path, p->path);
	set_speed(p, libusb_get_device_speed(dev));
	set_driver(p, dev);
	set_access(p, dev);
	return true;
}

int usb_list(struct usb_phone **ret, size_t *ret_n, struct err *e)
{
	libusb_context *ctx;
	libusb_device **list;
	struct usb_phone *v = NULL;
	size_t n = 0;
	ssize_t all;
	int rc = libusb_init(&ctx);

	if (rc != 0)
		return usb_no_bus(rc, e);
	all = libusb_get_device_list(ctx, &list);
	if (all < 0) {
		libusb_exit(ctx);
		return usb_no_bus((int)all, e);
	}
	if (all > 0)
		v = calloc((size_t)all, sizeof(*v));
	for (ssize_t i = 0; v && i < all; i++)
		n += describe(list[i], &v[n]);
	libusb_free_device_list(list, 1);
	libusb_exit(ctx);
	if (all > 0 && !v)
		return err_nomem(e);
	if (n == 0) {
		free(v);
		v = NULL;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}
