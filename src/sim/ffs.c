/* SPDX-License-Identifier: BSD-3-Clause */
/* ffs.c - FunctionFS: descriptors, endpoint 0, bulk requests by AIO. */
#include "ffs.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * As the vendor's FDL2 on musb describes itself [1.1]: one interface of vendor
 * class, bulk IN first, no strings.  The numbers of the endpoints are a wish;
 * the controller gives its own.
 */
#define EP_IN  0x85
#define EP_OUT 0x06

struct descs {
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in, out;
} __attribute__((packed));

struct descriptors {
	struct usb_functionfs_descs_head_v2 head;
	uint32_t fs_count, hs_count;
	struct descs fs, hs;
} __attribute__((packed));

static void describe_endpoint(struct usb_endpoint_descriptor_no_audio *d,
			      uint8_t address, uint16_t max_packet)
{
	d->bLength = USB_DT_ENDPOINT_SIZE;
	d->bDescriptorType = USB_DT_ENDPOINT;
	d->bEndpointAddress = address;
	d->bmAttributes = USB_ENDPOINT_XFER_BULK;
	d->wMaxPacketSize = htole16(max_packet);
}

static void describe(struct descs *d, uint16_t max_packet)
{
	d->intf.bLength = USB_DT_INTERFACE_SIZE;
	d->intf.bDescriptorType = USB_DT_INTERFACE;
	d->intf.bNumEndpoints = 2;
	d->intf.bInterfaceClass = USB_CLASS_VENDOR_SPEC;
	describe_endpoint(&d->in, EP_IN, max_packet);
	describe_endpoint(&d->out, EP_OUT, max_packet);
}

static int write_descriptors(int ep0, struct err *e)
{
	struct descriptors d = { 0 };
	struct usb_functionfs_strings_head s = { 0 };

	d.head.magic = htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2);
	d.head.length = htole32(sizeof(d));
	/*
	 * Without ALL_CTRL_RECIP the composite layer refuses class requests
	 * that it has no driver for, and the phone would never see 21 22.
	 */
	d.head.flags = htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC |
			       FUNCTIONFS_ALL_CTRL_RECIP);
	d.fs_count = htole32(3);
	d.hs_count = htole32(3);
	describe(&d.fs, 64);
	describe(&d.hs, 512);
	if (write(ep0, &d, sizeof(d)) != (ssize_t)sizeof(d))
		return err_sys(e, errno, "writing the descriptors to ep0");
	s.magic = htole32(FUNCTIONFS_STRINGS_MAGIC);
	s.length = htole32(sizeof(s));
	if (write(ep0, &s, sizeof(s)) != (ssize_t)sizeof(s))
		return err_sys(e, errno, "writing the strings to ep0");
	return 0;
}

static int open_file(const char *dir, const char *name, int *ret, struct err *e)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_nomem(e);
	/*
	 * Not blocking: else a request to an endpoint that the host has not
	 * enabled waits for that within the system call.
	 */
	*ret = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	free(path);
	if (*ret < 0)
		return err_sys(e, errno, "opening '%s/%s'", dir, name);
	return 0;
}

static int open_all(struct ffs *f, const char *dir, struct err *e)
{
	if (open_file(dir, "ep0", &f->ep0, e) < 0) {
		err_hint(e, "mount functionfs there first; docs/simulator.md "
			    "shows how");
		return -(int)e->code;
	}
	/* The files of the endpoints appear when they are described. */
	if (write_descriptors(f->ep0, e) < 0 ||
	    open_file(dir, "ep1", &f->in, e) < 0 ||
	    open_file(dir, "ep2", &f->out, e) < 0)
		return -(int)e->code;
	f->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->done < 0 || syscall(SYS_io_setup, FFS_REQUESTS, &f->aio) < 0)
		return err_sys(e, errno, "setting up requests to '%s'", dir);
	return 0;
}

int ffs_open(struct ffs *f, const char *dir, struct err *e)
{
	int rc;

	memset(f, 0, sizeof(*f));
	f->ep0 = f->in = f->out = f->done = -1;
	rc = open_all(f, dir, e);
	if (rc < 0)
		ffs_close(f);
	else
		ffs_find_gadget(f, dir);
	return rc;
}

void ffs_close(struct ffs *f)
{
	/* Takes back what is still queued, so it comes before the files. */
	if (f->aio)
		syscall(SYS_io_destroy, f->aio);
	f->aio = 0;
	if (f->in >= 0)
		close(f->in);
	if (f->out >= 0)
		close(f->out);
	if (f->done >= 0)
		close(f->done);
	if (f->ep0 >= 0)
		close(f->ep0);
	f->ep0 = f->in = f->out = f->done = -1;
}

size_t ffs_events(struct ffs *f, struct usb_functionfs_event *ev, size_t n)
{
	ssize_t got = read(f->ep0, ev, n * sizeof(*ev));

	return got > 0 ? (size_t)got / sizeof(*ev) : 0;
}

/*
 * On endpoint 0 a transfer in the direction that the host asked for goes on
 * with the request, one in the other direction refuses it.  A request that
 * the host has given up meanwhile fails, which is as well.
 */
void ffs_ack(struct ffs *f, const struct usb_ctrlrequest *rq)
{
	uint8_t waste[512];
	size_t n = le16toh(rq->wLength);

	if (rq->bRequestType & USB_DIR_IN)
		(void)!write(f->ep0, waste, 0);
	else
		(void)!read(f->ep0, waste, n < sizeof(waste) ? n : 0);
}

void ffs_stall(struct ffs *f, const struct usb_ctrlrequest *rq)
{
	uint8_t waste[1];

	if (rq->bRequestType & USB_DIR_IN)
		(void)!read(f->ep0, waste, 0);
	else
		(void)!write(f->ep0, waste, 0);
}

uint16_t ffs_max_packet(const struct ffs *f)
{
	struct usb_endpoint_descriptor d;

	if (ioctl(f->out, FUNCTIONFS_ENDPOINT_DESC, &d) < 0)
		return 0;
	return le16toh(d.wMaxPacketSize);
}

static bool submit(struct ffs *f, unsigned id, uint16_t op, int fd,
		   const void *buf, size_t len)
{
	struct iocb *cb = &f->cb[id];

	memset(cb, 0, sizeof(*cb));
	cb->aio_data = id;
	cb->aio_lio_opcode = op;
	cb->aio_fildes = (uint32_t)fd;
	cb->aio_buf = (uintptr_t)buf;
	cb->aio_nbytes = len;
	cb->aio_flags = IOCB_FLAG_RESFD;
	cb->aio_resfd = (uint32_t)f->done;
	return syscall(SYS_io_submit, f->aio, 1, &cb) == 1;
}

bool ffs_read(struct ffs *f, unsigned id, void *buf, size_t len)
{
	return submit(f, id, IOCB_CMD_PREAD, f->out, buf, len);
}

bool ffs_write(struct ffs *f, unsigned id, const void *buf, size_t len)
{
	return submit(f, id, IOCB_CMD_PWRITE, f->in, buf, len);
}

/* To read where only writing makes sense is how FunctionFS is told. */
bool ffs_halt(struct ffs *f)
{
	uint8_t waste[1];

	return read(f->in, waste, sizeof(waste)) < 0 && errno == EBADMSG;
}

bool ffs_done(struct ffs *f, unsigned *ret_id, int64_t *ret_res)
{
	struct timespec at_once = { 0 };
	struct io_event ev;

	if (syscall(SYS_io_getevents, f->aio, 0, 1, &ev, &at_once) != 1)
		return false;
	*ret_id = (unsigned)ev.data;
	*ret_res = ev.res;
	return true;
}
