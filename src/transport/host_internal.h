/* SPDX-License-Identifier: BSD-3-Clause */
/* host_internal.h - small files below a root that tests may make up. */
#ifndef TRANSPORT_HOST_INTERNAL_H
#define TRANSPORT_HOST_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_USB  "/sys/bus/usb/devices"
#define HOST_RULE "99-spdvault.rules" /* in scripts/ */

/* The first line, printable, cut at cap; false when it cannot be opened. */
bool host_read(const char *root, const char *path, char *buf, size_t cap);
bool host_has(const char *root, const char *path);
/* Our udev rule, in the order in which udev looks; NULL: it is nowhere. */
const char *host_rule(const char *root);

#endif
