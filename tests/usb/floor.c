/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * floor.c - the least that reading a phone over USB can take: request, reply,
 * request, with bare libusb, the replies dropped.
 *
 * usage: floor PART CHUNK BYTES [--escaped]   (with the addresses of ums512)
 *
 * It climbs by itself, with nothing of the program but the frames, so that it
 * is also a second host for the gadget.  Prints bytes, seconds, CPU seconds.
 */
#include "bsl/frame.h"
#include "bsl/msg.h"
#include "bsl/proto.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define VENDOR	  0x1782
#define PRODUCT	  0x4d00
#define CAP	  ((size_t)256 << 10)
#define FDL1_ADDR 0x5500
#define FDL2_ADDR 0x9EFFFE00
#define LOADER	  (20 << 10)

struct host {
	libusb_device_handle *h;
	uint8_t in, out;
	int max_packet;
	struct frame_format fmt;
	uint8_t *tx, *rx;
};

static void fail(const char *what, int rc)
{
	fprintf(stderr, "floor: %s: %s\n", what,
		rc ? libusb_error_name(rc) : "unexpected");
	exit(1);
}

static void send_bytes(struct host *h, uint8_t *p, size_t n)
{
	int rc, done;

	rc = libusb_bulk_transfer(h->h, h->out, p, (int)n, &done, 5000);
	if (rc == 0 && n % (size_t)h->max_packet == 0)
		rc = libusb_bulk_transfer(h->h, h->out, p, 0, &done, 5000);
	if (rc)
		fail("sending", rc);
}

/* One transfer, of `want` bytes when that is known, else up to all there is. */
static size_t receive(struct host *h, size_t want, unsigned ms)
{
	int rc, done = 0;

	if (!want)
		want = CAP;
	rc = libusb_bulk_transfer(h->h, h->in, h->rx, (int)want, &done, ms);
	if (rc && rc != LIBUSB_ERROR_TIMEOUT)
		fail("receiving", rc);
	return (size_t)done;
}

/* The type of the reply; ends the program when it is none of the two. */
static unsigned call(struct host *h, uint16_t cmd, const void *data, size_t len,
		     unsigned ok, unsigned also)
{
	size_t got;
	unsigned type;

	send_bytes(h, h->tx, frame_encode(h->fmt, cmd, data, len, h->tx));
	do
		got = receive(h, 0, 5000);
	while (got == 0); /* the packet that ended the one before */
	type = got > 2 ? h->rx[1] << 8 | h->rx[2] : 0;
	if (type != ok && type != also) {
		fprintf(stderr, "floor: command %02X: reply %02X\n", cmd, type);
		exit(1);
	}
	return type;
}

/* The second stage does not hear the first one [docs/protocol.md 4.3]. */
static void greet(struct host *h)
{
	uint8_t flag = BSL_CMD_CHECK_BAUD;

	for (int i = 0; i < 5; i++) {
		send_bytes(h, &flag, 1);
		if (receive(h, 0, 300) > 2)
			return;
	}
	fail("greeting", 0);
}

static void load(struct host *h, uint32_t addr, size_t piece)
{
	uint8_t head[MSG_MAX], *bytes = calloc(1, LOADER);

	if (!bytes)
		fail("memory", 0);
	call(h, BSL_CMD_CONNECT, NULL, 0, BSL_REP_ACK, 0);
	call(h, BSL_CMD_START_DATA, head, msg_start_data(addr, LOADER, head),
	     BSL_REP_ACK, 0);
	for (size_t at = 0; at < LOADER; at += piece)
		call(h, BSL_CMD_MIDST_DATA, bytes + at,
		     LOADER - at < piece ? LOADER - at : piece, BSL_REP_ACK, 0);
	call(h, BSL_CMD_END_DATA, NULL, 0, BSL_REP_ACK, 0);
	call(h, BSL_CMD_EXEC_DATA, NULL, 0, BSL_REP_ACK,
	     BSL_REP_INCOMPATIBLE_PARTITION);
	free(bytes);
}

static void climb(struct host *h, bool escaped)
{
	h->fmt = (struct frame_format) { FRAME_CRC16, true };
	greet(h);
	load(h, FDL1_ADDR, 512);
	h->fmt.check = FRAME_SUM16;
	greet(h);
	load(h, FDL2_ADDR, 4096);
	if (escaped)
		return;
	call(h, BSL_CMD_DISABLE_TRANSCODE, NULL, 0, BSL_REP_ACK, 0);
	h->fmt.escape = false;
}

static double seconds(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_part(struct host *h, const char *part, size_t chunk,
		      uint64_t bytes)
{
	uint8_t msg[MSG_MAX];
	double wall, cpu;
	uint64_t at = 0;

	call(h, BSL_CMD_READ_START, msg,
	     msg_read_start(part, bytes, false, msg), BSL_REP_ACK, 0);
	wall = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	for (; at + chunk <= bytes; at += chunk) {
		size_t n = msg_read_midst((uint32_t)chunk, at, false, msg);
		size_t want = chunk + 8, got = 0;

		send_bytes(h, h->tx,
			   frame_encode(h->fmt, BSL_CMD_READ_MIDST, msg, n,
					h->tx));
		/* Escaped the length is not known: up to the short packet. */
		while (got == 0)
			got = receive(
				h, h->fmt.escape ? 0 : (want + 511) / 512 * 512,
				5000);
		if (h->rx[2] != BSL_REP_READ_FLASH ||
		    (!h->fmt.escape && got != want))
			fail("a chunk", 0);
	}
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	call(h, BSL_CMD_READ_END, NULL, 0, BSL_REP_ACK, 0);
	printf("%llu %.3f %.3f\n", (unsigned long long)at, wall, cpu);
}

static void find_endpoints(struct host *h)
{
	struct libusb_config_descriptor *c;
	const struct libusb_interface_descriptor *i;
	int rc = libusb_get_active_config_descriptor(libusb_get_device(h->h),
						     &c);

	if (rc)
		fail("configuration", rc);
	i = &c->interface[0].altsetting[0];
	for (int n = 0; n < i->bNumEndpoints; n++) {
		const struct libusb_endpoint_descriptor *d = &i->endpoint[n];

		if (d->bEndpointAddress & LIBUSB_ENDPOINT_IN)
			h->in = d->bEndpointAddress;
		else
			h->out = d->bEndpointAddress;
		h->max_packet = d->wMaxPacketSize;
	}
	libusb_free_config_descriptor(c);
	if (!h->in || !h->out)
		fail("endpoints", 0);
}

static void open_phone(struct host *h)
{
	int rc = libusb_init(NULL);

	if (rc)
		fail("libusb", rc);
	h->h = libusb_open_device_with_vid_pid(NULL, VENDOR, PRODUCT);
	if (!h->h)
		fail("no phone", 0);
	rc = libusb_claim_interface(h->h, 0);
	if (rc)
		fail("claiming", rc);
	find_endpoints(h);
	rc = libusb_control_transfer(h->h, 0x21, 0x22, 0x0601, 0, NULL, 0,
				     1000);
	if (rc < 0 && rc != LIBUSB_ERROR_PIPE)
		fail("line state", rc);
}

int main(int argc, char **argv)
{
	struct host h = { 0 };

	if (argc < 4) {
		fprintf(stderr, "usage: floor PART CHUNK BYTES [--escaped]\n");
		return 2;
	}
	h.tx = malloc(CAP);
	h.rx = malloc(CAP);
	if (!h.tx || !h.rx)
		fail("memory", 0);
	open_phone(&h);
	climb(&h, argc > 4);
	read_part(&h, argv[1], strtoul(argv[2], NULL, 0),
		  strtoull(argv[3], NULL, 0));
	libusb_release_interface(h.h, 0);
	libusb_close(h.h);
	libusb_exit(NULL);
	free(h.tx);
	free(h.rx);
	return 0;
}
