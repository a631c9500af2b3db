/* SPDX-License-Identifier: BSD-3-Clause */
/* usb_parts.c - the parts of the USB transport that need no device. */
#include "usb_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *digits(const char *s, unsigned *ret)
{
	unsigned n = 0;
	const char *p = s;

	while (*p >= '0' && *p <= '9' && p - s < 3)
		n = n * 10 + (unsigned)(*p++ - '0');
	if (p == s || n == 0 || n > 255)
		return NULL;
	*ret = n;
	return p;
}

static int bad_path(const char *s, struct err *e)
{
	int rc = err_set(e, ERR_USAGE, "'%s' is no place on the USB", s);

	err_hint(e, "write usb:BUS-PORT[.PORT...] as 'spdvault devices' shows "
		    "it, or just usb");
	return rc;
}

int usb_path_parse(const char *s, struct usb_path *ret, struct err *e)
{
	struct usb_path p = { .nports = 0 };
	const char *at = s;
	char want = '-';

	if (*s == '\0') {
		*ret = p;
		return 0;
	}
	at = digits(s, &p.bus);
	while (at && *at != '\0') {
		unsigned port;

		if (*at != want || p.nports == USB_PORTS_MAX)
			return bad_path(s, e);
		at = digits(at + 1, &port);
		if (!at)
			break;
		p.ports[p.nports++] = (uint8_t)port;
		want = '.';
	}
	if (!at || p.nports == 0)
		return bad_path(s, e);
	*ret = p;
	return 0;
}

const char *usb_path_text(const struct usb_path *p, char buf[USB_PATH_MAX])
{
	int n = snprintf(buf, USB_PATH_MAX, "%u", p->bus);

	for (unsigned i = 0; i < p->nports; i++)
		n += snprintf(buf + n, (size_t)(USB_PATH_MAX - n), "%c%u",
			      i ? '.' : '-', p->ports[i]);
	return buf;
}

bool usb_path_fits(const struct usb_path *want, const struct usb_path *p)
{
	return want->nports == 0 ||
	       (want->bus == p->bus && want->nports == p->nports &&
		memcmp(want->ports, p->ports, p->nports) == 0);
}

/*
 * Sizes that a bulk endpoint may have on some bus.  64 on high speed is against
 * the standard and what some loaders say [1.1], so the bus is not asked.
 */
static bool is_packet_size(unsigned n)
{
	return n >= 8 && n <= 1024 && (n & (n - 1)) == 0;
}

static bool scan_one(const struct libusb_interface_descriptor *d,
		     struct usb_ends *ret)
{
	struct usb_ends f = {
		d->bInterfaceNumber, d->bAlternateSetting, 0, 0, 0, 0
	};

	for (unsigned i = 0; d->endpoint && i < d->bNumEndpoints; i++) {
		const struct libusb_endpoint_descriptor *p = &d->endpoint[i];
		unsigned packet = p->wMaxPacketSize & 0x7ffu;

		if ((p->bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK)
			continue;
		if (p->bEndpointAddress & LIBUSB_ENDPOINT_IN && !f.in) {
			f.in = p->bEndpointAddress;
			f.in_packet = packet;
		} else if (!(p->bEndpointAddress & LIBUSB_ENDPOINT_IN) &&
			   !f.out) {
			f.out = p->bEndpointAddress;
			f.out_packet = packet;
		}
	}
	*ret = f;
	return f.in && f.out;
}

static int no_ends(unsigned looked_at, const struct usb_ends *lie,
		   struct err *e)
{
	int rc;

	if (lie->in)
		rc = err_set(e, ERR_NODEV,
			     "its descriptors make no sense: packets of %u "
			     "bytes in and %u out",
			     lie->in_packet, lie->out_packet);
	else
		rc = err_set(e, ERR_NODEV,
			     "none of its %u interfaces has a bulk endpoint "
			     "in each direction",
			     looked_at);
	err_hint(e, "unplug it, switch it off and start again; a phone in "
		    "download mode looks otherwise");
	return rc;
}

int usb_scan(const struct libusb_config_descriptor *c, struct usb_ends *ret,
	     struct err *e)
{
	struct usb_ends f, lie = { .in = 0 };

	for (unsigned i = 0; c->interface && i < c->bNumInterfaces; i++) {
		const struct libusb_interface *itf = &c->interface[i];

		for (int a = 0; itf->altsetting && a < itf->num_altsetting;
		     a++) {
			if (!scan_one(&itf->altsetting[a], &f))
				continue;
			if (is_packet_size(f.in_packet) &&
			    is_packet_size(f.out_packet)) {
				*ret = f;
				return 0;
			}
			lie = f;
		}
	}
	return no_ends(c->bNumInterfaces, &lie, e);
}

bool usb_needs_zlp(size_t len, unsigned packet)
{
	return len > 0 && len % packet == 0;
}

int usb_queue_init(struct usb_queue *q, size_t cap, struct err *e)
{
	memset(q, 0, sizeof(*q));
	q->data = malloc(cap);
	if (!q->data)
		return err_nomem(e);
	q->cap = cap;
	return 0;
}

void usb_queue_free(struct usb_queue *q)
{
	free(q->data);
	memset(q, 0, sizeof(*q));
}

size_t usb_queue_room(const struct usb_queue *q)
{
	return q->cap - q->len;
}

bool usb_queue_put(struct usb_queue *q, const void *p, size_t n)
{
	size_t at, first;

	if (n > usb_queue_room(q))
		return false;
	if (n == 0)
		return true;
	at = (q->head + q->len) % q->cap;
	first = n < q->cap - at ? n : q->cap - at;
	memcpy(q->data + at, p, first);
	memcpy(q->data, (const uint8_t *)p + first, n - first);
	q->len += n;
	return true;
}

size_t usb_queue_take(struct usb_queue *q, void *buf, size_t cap)
{
	size_t n = cap < q->len ? cap : q->len, first;

	if (n == 0)
		return 0;
	first = n < q->cap - q->head ? n : q->cap - q->head;
	memcpy(buf, q->data + q->head, first);
	memcpy((uint8_t *)buf + first, q->data, n - first);
	q->len -= n;
	/* An empty ring starts anew, so that most answers lie in one piece. */
	q->head = q->len ? (q->head + n) % q->cap : 0;
	return n;
}

const char *usb_words(int rc)
{
	switch (rc) {
	case LIBUSB_ERROR_IO:
		return "the transfer was damaged on the way";
	case LIBUSB_ERROR_ACCESS:
		return "no right to open it";
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return "it has left the bus";
	case LIBUSB_ERROR_BUSY:
		return "another program uses it";
	case LIBUSB_ERROR_TIMEOUT:
		return "no answer in time";
	case LIBUSB_ERROR_OVERFLOW:
		return "it sent more than it announced";
	case LIBUSB_ERROR_PIPE:
		return "it refused the request (stall)";
	case LIBUSB_ERROR_INTERRUPTED:
		return "interrupted by a signal";
	case LIBUSB_ERROR_NO_MEM:
		return "the system has no memory for USB transfers";
	case LIBUSB_ERROR_NOT_SUPPORTED:
	case LIBUSB_ERROR_INVALID_PARAM:
		return "the system does not support this";
	default:
		return "the system gives no reason; 'dmesg' may tell more";
	}
}
