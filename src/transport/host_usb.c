/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host_usb.c - phones on the bus as sysfs shows them.  It needs no right and
 * disturbs nobody, so that it can be looked at ten times a second.
 */
#include "base/text.h"
#include "host_internal.h"
#include "transport/host.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES_SEEN 1024 /* on all buses */
#define PARTS_SEEN   256  /* files of one device */

static bool read_of(const char *root, const char *device, const char *file,
		    char *buf, size_t cap)
{
	char path[PATH_MAX];

	buf[0] = '\0';
	if (snprintf(path, sizeof(path), HOST_USB "/%s/%s", device, file) >=
	    (int)sizeof(path))
		return false;
	return host_read(root, path, buf, cap);
}

static unsigned number_of(const char *root, const char *device,
			  const char *file, int base)
{
	char text[HOST_TEXT_MAX];
	unsigned long v;

	if (!read_of(root, device, file, text, sizeof(text)))
		return 0;
	v = strtoul(text, NULL, base);
	return v > UINT_MAX ? 0 : (unsigned)v;
}

/* "1-4.2", not "usb1" or "1-4.2:1.0". */
static bool is_device(const char *name)
{
	return isdigit((unsigned char)name[0]) && strchr(name, '-') &&
	       !strchr(name, ':') && strlen(name) < USB_PATH_MAX;
}

/* The kernel's driver of this interface, if it has none yet. */
static void take_driver(const char *root, const char *part,
			struct host_device *d)
{
	char link[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	if (*d->driver ||
	    snprintf(link, sizeof(link), "%s" HOST_USB "/%s/driver", root,
		     part) >= (int)sizeof(link))
		return;
	n = readlink(link, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = '\0';
	slash = strrchr(target, '/');
	text_copy(d->driver, sizeof(d->driver), slash ? slash + 1 : target);
}

/* Still image (MTP, PTP), or adb. */
static bool is_android(const char *root, const char *part)
{
	unsigned class = number_of(root, part, "bInterfaceClass", 16);
	unsigned sub = number_of(root, part, "bInterfaceSubClass", 16);

	return class == 0x06 || (class == 0xFF && sub == 0x42);
}

/* Its interfaces lie in its folder; *ret_android: one is that of Android. */
static void look_at_parts(const char *root, struct host_device *d,
			  bool *ret_android)
{
	char full[PATH_MAX];
	size_t len = strlen(d->path);
	struct dirent *entry;
	DIR *dir;

	*ret_android = false;
	if (snprintf(full, sizeof(full), "%s" HOST_USB "/%s", root, d->path) >=
	    (int)sizeof(full))
		return;
	dir = opendir(full);
	for (int i = 0; dir && i < PARTS_SEEN && (entry = readdir(dir)); i++) {
		char part[PATH_MAX];

		if (strncmp(entry->d_name, d->path, len) != 0 ||
		    entry->d_name[len] != ':')
			continue;
		if (snprintf(part, sizeof(part), "%s/%s", d->path,
			     entry->d_name) >= (int)sizeof(part))
			continue;
		take_driver(root, part, d);
		*ret_android |= is_android(root, part);
	}
	if (dir)
		closedir(dir);
}

static bool find_mode(struct host_device *d, bool android)
{
	if (d->vid == 0x1782)
		d->mode = d->pid == 0x4D00   ? HOST_DOWNLOAD
			  : d->pid == 0x4D03 ? HOST_DIAG
					     : HOST_VENDOR;
	else if (android)
		d->mode = HOST_ANDROID;
	else if ((d->vid == 0x0E8D && (d->pid == 0x0003 || d->pid == 0x2000)) ||
		 (d->vid == 0x05C6 && d->pid == 0x9008))
		d->mode = HOST_FOREIGN;
	else
		return false;
	return true;
}

static enum usb_access access_of(const char *root, unsigned bus,
				 const struct host_device *d)
{
	char node[PATH_MAX];

	if (strcmp(d->driver, "usbfs") == 0)
		return USB_ACCESS_IN_USE;
	if (snprintf(node, sizeof(node), "%s/dev/bus/usb/%03u/%03u", root, bus,
		     d->address) >= (int)sizeof(node))
		return USB_ACCESS_UNKNOWN;
	if (access(node, R_OK | W_OK) == 0)
		return USB_ACCESS_OK;
	return errno == EACCES || errno == EPERM ? USB_ACCESS_DENIED
						 : USB_ACCESS_UNKNOWN;
}

static unsigned hubs_on(const char *path)
{
	unsigned n = 0;

	for (; *path; path++)
		n += *path == '.';
	return n;
}

static bool describe(const char *root, const char *name, struct host_device *d)
{
	bool android;

	memset(d, 0, sizeof(*d));
	text_copy(d->path, sizeof(d->path), name);
	snprintf(d->where, sizeof(d->where), "usb:%s", d->path);
	d->vid = number_of(root, name, "idVendor", 16);
	d->pid = number_of(root, name, "idProduct", 16);
	if (!d->vid)
		return false;
	look_at_parts(root, d, &android);
	if (!find_mode(d, android))
		return false;
	d->address = number_of(root, name, "devnum", 10);
	d->mbits = number_of(root, name, "speed", 10);
	d->hubs = hubs_on(name);
	read_of(root, name, "product", d->name, sizeof(d->name));
	d->access = access_of(root, number_of(root, name, "busnum", 10), d);
	return true;
}

size_t host_devices(const char *root, struct host_device *ret)
{
	char full[PATH_MAX];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	if (snprintf(full, sizeof(full), "%s" HOST_USB, root) >=
	    (int)sizeof(full))
		return 0;
	dir = opendir(full);
	for (int i = 0; dir && i < DEVICES_SEEN && n < HOST_DEVICES_MAX &&
			(entry = readdir(dir));
	     i++)
		if (is_device(entry->d_name))
			n += describe(root, entry->d_name, &ret[n]);
	if (dir)
		closedir(dir);
	return n;
}
