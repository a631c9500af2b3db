/* SPDX-License-Identifier: BSD-3-Clause */
/* mock.c - a phone behind usbfs, by umockdev. */
#include "mock.h"

#include <errno.h>
#include <libusb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mock_phone mock;

/* The handle that was closed last; an open one may get its address anew. */
static libusb_device_handle *closed;

void __real_libusb_close(libusb_device_handle *h);
void __wrap_libusb_close(libusb_device_handle *h);
void __real_libusb_free_transfer(struct libusb_transfer *x);
void __wrap_libusb_free_transfer(struct libusb_transfer *x);

/* In front of libusb, by the linker's --wrap. */
void __wrap_libusb_close(libusb_device_handle *h)
{
	__real_libusb_close(h);
	closed = h;
}

/* libusb 1.0.25 looks into the handle; of one under way close() took it off. */
void __wrap_libusb_free_transfer(struct libusb_transfer *x)
{
	if (x && x->dev_handle && x->dev_handle == closed)
		mock.freed_late++;
	__real_libusb_free_transfer(x);
}

#ifdef HAVE_UMOCKDEV

#include "sim/phone.h"

#include <linux/ioctl.h>
#include <linux/usbdevice_fs.h>
#include <sys/stat.h>
#include <umockdev.h>

struct piece {
	uint8_t *bytes;
	size_t n, at;
	unsigned after;
	bool open;
	struct piece *next;
};

static struct {
	UMockdevTestbed *bed;
	UMockdevIoctlBase *handler;
	pthread_mutex_t lock;
	GList *in;   /* IN URBs under way, oldest first */
	GList *mute; /* OUT URBs that never end */
	GList *done; /* URBs to be reaped */
	struct piece *pieces;
	struct phone *phone;
	unsigned urbs, devnum;
	bool halted; /* by a stall, until that is cleared */
	char file[64];
} bed = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct usbdevfs_urb *urb_of(UMockdevIoctlData *d)
{
	return (struct usbdevfs_urb *)(void *)d->data;
}

static void finish(GList **from, GList *l, int status)
{
	UMockdevIoctlData *d = l->data;

	urb_of(d)->status = status;
	if (from == &bed.in)
		mock.in_flying--;
	*from = g_list_delete_link(*from, l);
	bed.done = g_list_append(bed.done, d);
}

static bool is_gone(void)
{
	return mock.gone_at && bed.urbs >= (unsigned)mock.gone_at;
}

static void end_all(void)
{
	while (bed.in)
		finish(&bed.in, bed.in, -ESHUTDOWN);
	while (bed.mute)
		finish(&bed.mute, bed.mute, -ESHUTDOWN);
}

static void fail_oldest(void)
{
	bed.halted = mock.in_error == EPIPE;
	finish(&bed.in, bed.in, -mock.in_error);
}

/* Bytes into the oldest transfer, which ends when it is full or the piece. */
static void flow(void)
{
	while (bed.in && mock.in_errors && !bed.halted) {
		mock.in_errors--;
		fail_oldest();
	}
	while (bed.in && !bed.halted && bed.pieces &&
	       bed.pieces->after <= mock.nouts) {
		struct piece *p = bed.pieces;
		struct usbdevfs_urb *u = urb_of(bed.in->data);
		size_t room = (size_t)(u->buffer_length - u->actual_length);
		size_t n = p->n - p->at < room ? p->n - p->at : room;

		if (++mock.in_begun == mock.in_error_at) {
			fail_oldest();
			continue;
		}
		memcpy((uint8_t *)u->buffer + u->actual_length,
		       p->bytes + p->at, n);
		u->actual_length += (int)n;
		p->at += n;
		if (n == room || (p->at == p->n && !p->open))
			finish(&bed.in, bed.in, 0);
		if (p->at == p->n) {
			bed.pieces = p->next;
			free(p->bytes);
			free(p);
		}
	}
}

static void add_piece(const void *p, size_t n, unsigned after, bool open)
{
	struct piece *x = calloc(1, sizeof(*x)), **at = &bed.pieces;

	x->bytes = malloc(n + 1);
	memcpy(x->bytes, p, n);
	x->n = n;
	x->after = after;
	x->open = open;
	while (*at)
		at = &(*at)->next;
	*at = x;
}

/* Its clock jumps to whatever it waits for. */
static void converse(const void *p, size_t n)
{
	static uint8_t reply[256 << 10];
	int64_t next;

	phone_take(bed.phone, p, n);
	for (;;) {
		n = phone_give(bed.phone, reply, sizeof(reply));
		next = phone_next_ms(bed.phone);
		if (n > 0)
			add_piece(reply, n, 0, false);
		else if (next > 0)
			phone_advance(bed.phone, (uint64_t)next);
		else
			return;
	}
}

static int submit_out(UMockdevIoctlData *d, struct usbdevfs_urb *u)
{
	if (mock.nouts == 0)
		mock.in_at_first_out = mock.in_flying;
	mock.out_ep = u->endpoint;
	if (mock.out_mute) {
		bed.mute = g_list_append(bed.mute, d);
		return 0;
	}
	if (!mock.out_error) {
		if (mock.nouts < MOCK_OUTS)
			mock.outs[mock.nouts] = (size_t)u->buffer_length;
		mock.nouts++;
		u->actual_length = u->buffer_length;
		if (bed.phone)
			converse(u->buffer, (size_t)u->buffer_length);
	}
	u->status = -mock.out_error;
	bed.done = g_list_append(bed.done, d);
	return 0;
}

static int submit(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(
		arg, 0, sizeof(struct usbdevfs_urb), NULL);
	struct usbdevfs_urb *u = urb_of(d);
	UMockdevIoctlData *buf;

	bed.urbs++;
	if (is_gone()) {
		umockdev_ioctl_data_unref(d);
		end_all();
		return -ENODEV;
	}
	if (u->buffer_length > 0) {
		buf = umockdev_ioctl_data_resolve(
			d, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
			(gsize)u->buffer_length, NULL);
		umockdev_ioctl_data_unref(buf); /* d keeps it */
	}
	u = urb_of(d);
	u->actual_length = 0;
	if (u->type == USBDEVFS_URB_TYPE_CONTROL) {
		mock.lines +=
			memcmp(u->buffer, "\x21\x22\x01\x06\0\0\0\0", 8) == 0;
		u->status = -mock.line_error;
		bed.done = g_list_append(bed.done, d);
	} else if (u->endpoint & 0x80) {
		mock.in_ep = u->endpoint;
		mock.in_posted++;
		mock.in_flying++;
		bed.in = g_list_append(bed.in, d);
	} else {
		submit_out(d, u);
	}
	flow();
	return 0;
}

static int reap(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *to, *d;

	if (!bed.done)
		return -EAGAIN;
	d = bed.done->data;
	bed.done = g_list_delete_link(bed.done, bed.done);
	to = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);
	umockdev_ioctl_data_set_ptr(to, 0, d);
	umockdev_ioctl_data_unref(to);
	umockdev_ioctl_data_unref(d);
	return 0;
}

static gint at_address(gconstpointer d, gconstpointer address)
{
	return ((const UMockdevIoctlData *)d)->client_addr != (gulong)address;
}

static int discard(UMockdevIoctlData *arg)
{
	GList **from = &bed.in, *l;
	void *urb = *(void **)(void *)arg->data;

	l = g_list_find_custom(*from, urb, at_address);
	if (!l) {
		from = &bed.mute;
		l = g_list_find_custom(*from, urb, at_address);
	}
	if (!l)
		return -EINVAL;
	mock.discards++;
	finish(from, l, -ENOENT);
	flow();
	return 0;
}

static int driver_ioctl(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(
		arg, 0, sizeof(struct usbdevfs_ioctl), NULL);
	int code = ((struct usbdevfs_ioctl *)(void *)d->data)->ioctl_code;

	umockdev_ioctl_data_unref(d);
	if (code == (int)USBDEVFS_CONNECT) {
		mock.reattached++;
		return 0;
	}
	return -ENODATA;
}

static int capabilities(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d =
		umockdev_ioctl_data_resolve(arg, 0, sizeof(guint32), NULL);

	*(guint32 *)(void *)d->data = USBDEVFS_CAP_BULK_SCATTER_GATHER |
				      USBDEVFS_CAP_BULK_CONTINUATION |
				      USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
				      USBDEVFS_CAP_REAP_AFTER_DISCONNECT |
				      USBDEVFS_CAP_ZERO_PACKET;
	umockdev_ioctl_data_unref(d);
	return 0;
}

static int claim(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d =
		umockdev_ioctl_data_resolve(arg, 0, sizeof(unsigned), NULL);

	mock.interface = *(unsigned *)(void *)d->data;
	umockdev_ioctl_data_unref(d);
	if (mock.claim_error)
		return -mock.claim_error;
	closed = NULL;
	mock.claims++;
	return 0;
}

/* GET_CONFIGURATION, which libusb asks of a descriptor passed to it. */
static int control(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(
		arg, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
	struct usbdevfs_ctrltransfer *c = (void *)d->data;
	UMockdevIoctlData *to;

	if (c->bRequest != 8 || c->wLength < 1) {
		umockdev_ioctl_data_unref(d);
		return -EPIPE;
	}
	to = umockdev_ioctl_data_resolve(
		d, G_STRUCT_OFFSET(struct usbdevfs_ctrltransfer, data),
		c->wLength, NULL);
	to->data[0] = 1;
	umockdev_ioctl_data_unref(to);
	umockdev_ioctl_data_unref(d);
	return 1;
}

static int connect_info(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(
		arg, 0, sizeof(struct usbdevfs_connectinfo), NULL);

	((struct usbdevfs_connectinfo *)(void *)d->data)->devnum = 2;
	umockdev_ioctl_data_unref(d);
	return 0;
}

static int answer(gulong request, UMockdevIoctlData *arg)
{
	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		return capabilities(arg);
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_DISCONNECT_CLAIM:
		return claim(arg);
	case USBDEVFS_RELEASEINTERFACE:
		mock.releases++;
		return 0;
	case USBDEVFS_CLEAR_HALT:
		mock.clear_halts++;
		mock.in_at_clear += mock.in_flying;
		bed.halted = false;
		flow();
		return 0;
	case USBDEVFS_CONNECTINFO:
		return connect_info(arg);
	case USBDEVFS_CONTROL:
		return control(arg);
	case USBDEVFS_IOCTL:
		return driver_ioctl(arg);
	case USBDEVFS_SUBMITURB:
		return submit(arg);
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return reap(arg);
	case USBDEVFS_DISCARDURB:
		return discard(arg);
	default:
		return -ENOTTY;
	}
}

static gboolean on_ioctl(UMockdevIoctlBase *h, UMockdevIoctlClient *client,
			 gpointer unused)
{
	int r;

	(void)h;
	(void)unused;
	pthread_mutex_lock(&bed.lock);
	r = answer(umockdev_ioctl_client_get_request(client),
		   umockdev_ioctl_client_get_arg(client));
	pthread_mutex_unlock(&bed.lock);
	umockdev_ioctl_client_complete(client, r < 0 ? -1 : r, r < 0 ? -r : 0);
	return TRUE;
}

static void add_root_hub(void)
{
	umockdev_testbed_add_from_string(
		bed.bed,
		"P: /devices/usb1\nN: bus/usb/001/001\nE: SUBSYSTEM=usb\n"
		"E: DRIVER=usb\nE: BUSNUM=001\nE: DEVNUM=001\n"
		"E: DEVNAME=/dev/bus/usb/001/001\nE: DEVTYPE=usb_device\n"
		"A: bConfigurationValue=1\\n\nA: busnum=1\\n\nA: devnum=1\\n\n"
		"A: speed=480\\n\n"
		"H: descriptors=12010002090001406b1d0200060403020101"
		"0902190001010000000904000001090000000705810304000c\n",
		NULL);
}

/* What libusb itself says at the end of a context. */
static void LIBUSB_CALL on_log(libusb_context *ctx, enum libusb_log_level level,
			       const char *text)
{
	(void)ctx;
	(void)level;
	if (strstr(text, "still referenced") || strstr(text, "leaked"))
		mock.outlived++;
}

bool mock_begin(const char **why)
{
	libusb_set_option(NULL, LIBUSB_OPTION_LOG_LEVEL,
			  LIBUSB_LOG_LEVEL_WARNING);
	libusb_set_log_cb(NULL, on_log, LIBUSB_LOG_CB_GLOBAL);
	memset(&mock, 0, sizeof(mock));
	bed.urbs = 0;
	bed.halted = false;
	bed.devnum = 1;
	bed.bed = umockdev_testbed_new();
	if (!umockdev_in_mock_environment()) {
		*why = "the preload library of umockdev is not loaded";
		return false;
	}
	bed.handler = umockdev_ioctl_base_new();
	g_object_connect(bed.handler, "signal-after::handle-ioctl", on_ioctl,
			 NULL, NULL);
	add_root_hub();
	return true;
}

static void drop_urbs(GList **l)
{
	while (*l) {
		umockdev_ioctl_data_unref((*l)->data);
		*l = g_list_delete_link(*l, *l);
	}
}

void mock_end(void)
{
	g_clear_object(&bed.handler);
	g_clear_object(&bed.bed);
	drop_urbs(&bed.in);
	drop_urbs(&bed.mute);
	drop_urbs(&bed.done);
	bed.phone = NULL;
	while (bed.pieces) {
		struct piece *p = bed.pieces;

		bed.pieces = p->next;
		free(p->bytes);
		free(p);
	}
}

static size_t put(uint8_t *to, size_t at, const uint8_t *p, size_t n)
{
	memcpy(to + at, p, n);
	return at + n;
}

static size_t descriptors(const struct mock_desc *d, uint8_t *to)
{
	unsigned vid = d->vid ? d->vid : 0x1782, pid = d->pid ? d->pid : 0x4d00;
	unsigned packet = d->packet == 0xffff ? 0 : d->packet ? d->packet : 512;
	unsigned nitf = d->second ? 3 : 2;
	uint8_t kind = d->no_bulk ? 3 : 2;
	size_t at;
	uint8_t device[18] = { 18,	   1,	     0,	   2,	       0,
			       0,	   0,	     64,   vid & 0xff, vid >> 8,
			       pid & 0xff, pid >> 8, 0xff, 0xff,       0,
			       0,	   0,	     1 };
	uint8_t config[9] = { 9, 2, 0, 0, nitf, 1, 0, 0xc0, 50 };
	/* The first interface is one that does not fit. */
	const uint8_t other[] = { 9, 4, 0, 0,	 1, 0xff, 0, 0,
				  0, 7, 5, 0x81, 3, 8,	  0, 10 };
	const uint8_t ours[] = {
		9,	     4, 1, 0, 2,    0xff, 0,
		0,	     0, 7, 5, 0x85, kind, packet & 0xff,
		packet >> 8, 1, 7, 5, 0x06, kind, packet & 0xff,
		packet >> 8, 1
	};
	const uint8_t more[] = { 9, 4, 2, 0, 2, 0xff, 0,    0, 0, 7, 5, 0x87,
				 2, 0, 2, 0, 7, 5,    0x08, 2, 0, 2, 0 };

	at = put(to, 0, device, sizeof(device));
	at = put(to, at, config, sizeof(config));
	at = put(to, at, other, sizeof(other));
	at = put(to, at, ours, sizeof(ours));
	if (d->second)
		at = put(to, at, more, sizeof(more));
	to[20] = (uint8_t)(at - 18);
	return at;
}

void mock_plug(const struct mock_desc *d)
{
	const char *place = d->place ? d->place : "1-2";
	unsigned num = ++bed.devnum;
	uint8_t raw[256];
	char hex[513], text[2048], node[64];
	size_t n = descriptors(d, raw);

	for (size_t i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02X", raw[i]);
	snprintf(node, sizeof(node), "/dev/bus/usb/001/%03u", num);
	g_assert(umockdev_testbed_attach_ioctl(bed.bed, node, bed.handler,
					       NULL));
	snprintf(
		text, sizeof(text),
		"P: /devices/usb1/%s\nN: bus/usb/001/%03u=%s\nE: "
		"SUBSYSTEM=usb\n"
		"E: DRIVER=usb\nE: BUSNUM=001\nE: DEVNUM=%03u\n"
		"E: DEVNAME=%s\nE: DEVTYPE=usb_device\n"
		"A: bConfigurationValue=1\\n\nA: busnum=1\\n\nA: devnum=%u\\n\n"
		"A: speed=%u\\n\nH: descriptors=%s\n",
		place, num, hex, num, node, num, d->speed ? d->speed : 480,
		hex);
	g_assert(umockdev_testbed_add_from_string(bed.bed, text, NULL));
	snprintf(bed.file, sizeof(bed.file), "%s", node);
}

void mock_unplug(const char *place)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/devices/usb1/%s", place);
	umockdev_testbed_remove_device(bed.bed, path);
}

void mock_vanish(const char *place)
{
	pthread_mutex_lock(&bed.lock);
	mock.gone_at = 1;
	bed.urbs = 1;
	end_all();
	pthread_mutex_unlock(&bed.lock);
	if (place)
		mock_unplug(place);
}

void mock_forbid(void)
{
	gchar *root = umockdev_testbed_get_root_dir(bed.bed);
	gchar *file = g_strconcat(root, bed.file, NULL);
	/* Sockets of the made-up udev and usbfs lie there, too. */
	gchar *all = g_strconcat("chmod -R a+rwX ", root, NULL);

	g_assert(system(all) == 0);
	g_assert(chmod(file, 0444) == 0);
	g_free(all);
	g_free(file);
	g_free(root);
}

void mock_give(const void *p, size_t n, unsigned after, bool open)
{
	pthread_mutex_lock(&bed.lock);
	add_piece(p, n, after, open);
	flow();
	pthread_mutex_unlock(&bed.lock);
}

void mock_serve(struct phone *ph)
{
	pthread_mutex_lock(&bed.lock);
	bed.phone = ph;
	pthread_mutex_unlock(&bed.lock);
}

int mock_main(int argc, char **argv, int (*run)(void))
{
	const char *asan = getenv("ASAN_OPTIONS");
	char options[512];

	(void)argc;
	if (getenv("MOCK_TRIED")) {
		const char *why;
		bool works = mock_begin(&why);

		mock_end();
		if (works)
			return run();
		puts(why);
		return 77;
	}
	/* The sanitizer need not be the first library for what we do. */
	snprintf(options, sizeof(options), "%s%sverify_asan_link_order=0",
		 asan ? asan : "", asan ? ":" : "");
	setenv("ASAN_OPTIONS", options, 1);
	setenv("LD_PRELOAD", "libumockdev-preload.so.0", 1);
	setenv("MOCK_TRIED", "1", 1);
	execv("/proc/self/exe", argv);
	puts("the program could not be started again");
	return 77;
}

#else

bool mock_begin(const char **why)
{
	*why = "built without umockdev";
	return false;
}

void mock_end(void)
{
}

void mock_plug(const struct mock_desc *d)
{
	(void)d;
}

void mock_unplug(const char *place)
{
	(void)place;
}

void mock_vanish(const char *place)
{
	(void)place;
}

void mock_forbid(void)
{
}

void mock_give(const void *p, size_t n, unsigned after, bool open)
{
	(void)p;
	(void)n;
	(void)after;
	(void)open;
}

void mock_serve(struct phone *ph)
{
	(void)ph;
}

int mock_main(int argc, char **argv, int (*run)(void))
{
	(void)argc;
	(void)argv;
	(void)run;
	puts("built without umockdev (Debian: libumockdev-dev)");
	return 77;
}

#endif
