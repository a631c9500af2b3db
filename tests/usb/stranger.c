/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stranger.c - a host that was written from docs/protocol.md alone and has none
 * of the program's habits: codec of its own, odd sizes, requests in pieces and
 * together, the list of partitions first, reading from the end.
 *
 * usage: stranger usb|TTY PART BYTES >FILE    (with the addresses of ums512)
 */
#include <errno.h>
#include <fcntl.h>
#include <libusb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define FLAG   0x7E
#define ESC    0x7D
#define MAX    0x20000u
#define SLOW   5000 /* ms that an answer may take */
#define LOADER 20011

enum {
	CONNECT,
	START,
	MIDST,
	END,
	EXEC,
	READ_START = 0x10,
	READ_MIDST,
	READ_END,
	PLAIN = 0x21,
	LIST = 0x2D,
	ACK = 0x80,
	VER,
	DATA = 0x93,
	STARTED = 0x96,
	TABLE = 0xBA,
};

static libusb_device_handle *usb;
static uint8_t ep_in, ep_out;
static int tty = -1;
static bool loader, plain; /* sum instead of CRC; no escapes */

/* What has come and was not looked at yet, and the last frame. */
static uint8_t pond[MAX], got[MAX];
static size_t pond_n, got_n;
static unsigned got_type;

static void fail(const char *what, long n)
{
	fprintf(stderr, "stranger: %s (%ld)\n", what, n);
	exit(1);
}

/* -- bytes --------------------------------------------------------------- */

static void put_usb(const uint8_t *p, size_t n)
{
	int rc, done;

	rc = libusb_bulk_transfer(usb, ep_out, (uint8_t *)(uintptr_t)p, (int)n,
				  &done, SLOW);
	if (rc || done != (int)n)
		fail("sending", rc);
	if (n % 512 == 0)
		libusb_bulk_transfer(usb, ep_out, (uint8_t *)(uintptr_t)p, 0,
				     &done, SLOW);
}

static void put_tty(const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = write(tty, p, n);

		if (r < 0)
			fail("writing", errno);
		p += r;
		n -= (size_t)r;
	}
}

static void put(const uint8_t *p, size_t n)
{
	if (usb)
		put_usb(p, n);
	else
		put_tty(p, n);
}

/* One packet, and not before the request is out; false: silence. */
static bool more(int ms)
{
	uint8_t one[512];
	struct pollfd p = { .fd = tty, .events = POLLIN };
	int rc, n = 0;

	if (usb) {
		rc = libusb_bulk_transfer(usb, ep_in, one, sizeof(one), &n,
					  (unsigned)ms);
		if (rc && rc != LIBUSB_ERROR_TIMEOUT)
			fail("receiving", rc);
		if (rc && n == 0)
			return false;
	} else {
		if (poll(&p, 1, ms) <= 0)
			return false;
		n = (int)read(tty, one, 61);
		if (n <= 0)
			fail("reading", errno);
	}
	if (pond_n + (size_t)n > MAX)
		fail("more than any frame holds", n);
	memcpy(pond + pond_n, one, (size_t)n);
	pond_n += (size_t)n;
	return true;
}

/* -- frames -------------------------------------------------------------- */

static unsigned crc(const uint8_t *p, size_t n)
{
	unsigned c = 0;

	while (n--) {
		c ^= (unsigned)*p++ << 8;
		for (int i = 0; i < 8; i++)
			c = c & 0x8000 ? (c << 1 ^ 0x1021) & 0xFFFF : c << 1;
	}
	return c;
}

static unsigned sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++)
		s += (uint32_t)p[i] << (i & 1 ? 8 : 0);
	s = (s >> 16) + (s & 0xFFFF);
	s += s >> 16;
	return ~s & 0xFFFF;
}

/* From the host the high byte comes first behind an odd payload [2.2]. */
static size_t encode(unsigned cmd, const void *data, size_t n, uint8_t *out)
{
	static uint8_t raw[MAX];
	unsigned c;
	size_t o = 0;

	raw[0] = 0;
	raw[1] = (uint8_t)cmd;
	raw[2] = (uint8_t)(n >> 8);
	raw[3] = (uint8_t)n;
	if (n)
		memcpy(raw + 4, data, n);
	c = loader ? sum(raw, n + 4) : crc(raw, n + 4);
	if (loader && n % 2 == 0)
		c = (c << 8 | c >> 8) & 0xFFFF;
	raw[n + 4] = (uint8_t)(c >> 8);
	raw[n + 5] = (uint8_t)c;
	out[o++] = FLAG;
	for (size_t i = 0; i < n + 6; i++) {
		bool escape = !plain && (raw[i] == FLAG || raw[i] == ESC);

		if (escape)
			out[o++] = ESC;
		out[o++] = escape ? raw[i] ^ 0x20 : raw[i];
	}
	out[o++] = FLAG;
	return o;
}

/* Length of the frame in front of the pond with its flags; 0: not all here. */
static size_t whole_frame(size_t at)
{
	size_t n;

	if (plain) {
		if (pond_n < at + 5)
			return 0;
		n = (size_t)pond[at + 3] << 8 | pond[at + 4];
		return pond_n >= at + n + 8 ? n + 8 : 0;
	}
	for (n = at + 1; n < pond_n; n++)
		if (pond[n] == FLAG && n > at + 1)
			return n + 1 - at;
	return 0;
}

static bool take_frame(int ms)
{
	size_t at, n = 0;
	unsigned want;

	for (at = 0; n == 0;) {
		/* A serial ROM says 'U' when it gets power [1.5]. */
		while (at < pond_n && pond[at] != FLAG)
			at++;
		n = whole_frame(at);
		if (n == 0 && !more(ms))
			return false;
	}
	got_n = 0;
	for (size_t i = at + 1; i < at + n - 1; i++)
		got[got_n++] =
			!plain && pond[i] == ESC ? pond[++i] ^ 0x20 : pond[i];
	memmove(pond, pond + at + n, pond_n - at - n);
	pond_n -= at + n;
	got_type = got[1];
	if (got_n < 6 || got_n != (size_t)(got[2] << 8 | got[3]) + 6)
		fail("a frame of another length than it says", (long)got_n);
	want = loader ? sum(got, got_n - 2) : crc(got, got_n - 2);
	if (loader)
		want = (want << 8 | want >> 8) & 0xFFFF;
	if (want != (unsigned)(got[got_n - 2] << 8 | got[got_n - 1]))
		fail("a wrong checksum", (long)got_n);
	return true;
}

static void expect(unsigned type, unsigned also)
{
	do
		if (!take_frame(SLOW))
			fail("silence, waiting for", (long)type);
	while (got_type == VER && type != VER);
	if (got_type != type && got_type != also)
		fail("another answer", (long)got_type);
}

/*
 * In pieces whose borders lie anywhere, as a chain of buffers makes them.  With
 * escaping off a frame is one transfer [1.3].
 */
static void send_in_pieces(const uint8_t *p, size_t n)
{
	static const size_t sizes[] = { 5, 1, 61, 509, 1021 };

	for (unsigned i = 0; n > 0; i++) {
		size_t k = sizes[i % 5];

		if (k > n || (usb && plain))
			k = n;
		put(p, k);
		p += k;
		n -= k;
	}
}

static void ask(unsigned cmd, const void *data, size_t n, unsigned type,
		unsigned also)
{
	static uint8_t frame[2 * MAX];

	send_in_pieces(frame, encode(cmd, data, n, frame));
	expect(type, also);
}

/* -- the way up ---------------------------------------------------------- */

static void hello(unsigned flags)
{
	static const uint8_t run[8] = { FLAG, FLAG, FLAG, FLAG,
					FLAG, FLAG, FLAG, FLAG };

	for (int i = 0; i < 10; i++) {
		put(run, flags);
		if (take_frame(400) && got_type == VER)
			return;
	}
	fail("no version", 0);
}

static void be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* The last piece and END_DATA go out in one breath. */
static void load(uint32_t addr, const size_t *sizes, size_t nsizes)
{
	static uint8_t bytes[LOADER], both[MAX];
	uint8_t head[8];
	size_t n;

	be32(head, addr);
	be32(head + 4, LOADER);
	ask(START, head, 8, ACK, 0);
	for (size_t at = 0, i = 0; at < LOADER; at += n, i++) {
		n = sizes[i % nsizes];
		if (n < LOADER - at) {
			ask(MIDST, bytes + at, n, ACK, 0);
			continue;
		}
		n = LOADER - at;
		i = encode(MIDST, bytes + at, n, both);
		i += encode(END, NULL, 0, both + i);
		put(both, i);
		expect(ACK, 0);
		expect(ACK, 0);
		break;
	}
	ask(EXEC, NULL, 0, ACK, STARTED);
}

static void climb(void)
{
	static const size_t rom[] = { 97, 528, 1, 263 };
	static const size_t fdl1[] = { 1031, 4095, 2, 511, 512 };
	uint8_t two[32];
	size_t n;

	hello(4);
	hello(usb ? 1 : 3);
	for (int i = 0; i < 3; i++)
		ask(CONNECT, NULL, 0, ACK, 0);
	n = encode(CONNECT, NULL, 0, two);
	n += encode(CONNECT, NULL, 0, two + n);
	put(two, n);
	expect(ACK, 0);
	expect(ACK, 0);
	load(0x5500, rom, 4);
	loader = true;
	hello(7);
	ask(CONNECT, NULL, 0, ACK, 0);
	ask(CONNECT, NULL, 0, ACK, 0);
	load(0x9EFFFE00, fdl1, 5);
	if (got_type != STARTED)
		fail("the second loader did not greet", (long)got_type);
}

/* -- reading ------------------------------------------------------------- */

static void name16(uint8_t *to, const char *name)
{
	memset(to, 0, 72);
	for (size_t i = 0; name[i]; i++)
		to[2 * i] = (uint8_t)name[i];
}

/* The list counts KiB here [6.1]. */
static void look_up(const char *part, uint32_t bytes)
{
	uint8_t name[72], size[4];
	size_t n;

	ask(LIST, NULL, 0, TABLE, 0);
	n = (got_n - 6) / 76;
	if (n < 20 || (got_n - 6) % 76)
		fail("the list has another form", (long)got_n);
	name16(name, part);
	le32(size, bytes / 1024);
	for (size_t i = 0; i < n; i++)
		if (memcmp(got + 4 + 76 * i, name, 72) == 0 &&
		    memcmp(got + 4 + 76 * i + 72, size, 4) == 0)
			return;
	fail("not in the list in this size", (long)n);
}

/* Backwards from `end` to `begin`, in sizes that no table of ours holds. */
static void read_back(const char *part, uint8_t *image, uint32_t begin,
		      uint32_t end, const uint32_t *sizes, size_t nsizes)
{
	uint8_t start[76], midst[8];

	name16(start, part);
	le32(start + 72, end);
	ask(READ_START, start, 76, ACK, 0);
	for (size_t i = 0; end > begin; i++) {
		uint32_t n = sizes[i % nsizes];

		if (n > end - begin)
			n = end - begin;
		end -= n;
		le32(midst, n);
		le32(midst + 4, end);
		ask(READ_MIDST, midst, 8, DATA, 0);
		if (got_n != n + 6)
			fail("a chunk of another size", (long)got_n);
		memcpy(image + end, got + 4, n);
	}
}

static void read_part(const char *part, uint32_t bytes, uint8_t *image)
{
	static const uint32_t small[] = { 4095, 1, 777, 12345, 3 };
	static const uint32_t large[] = { 32769, 504, 5, 61440, 4088 };
	uint32_t half = bytes / 2 + 1;

	look_up(part, bytes);
	/* A second start takes the place of the first one. */
	read_back("misc", image, 0, 1, small, 1);
	read_back(part, image, half, bytes, small, 5);
	ask(READ_END, NULL, 0, ACK, 0);
	if (usb) {
		ask(PLAIN, NULL, 0, ACK, 0);
		plain = true;
	}
	read_back(part, image, 0, half, plain ? large : small, 5);
	ask(READ_END, NULL, 0, ACK, 0);
}

/* -- the two ends -------------------------------------------------------- */

static void open_usb(void)
{
	struct libusb_config_descriptor *c;
	const struct libusb_interface_descriptor *d;

	if (libusb_init(NULL))
		fail("libusb", 0);
	usb = libusb_open_device_with_vid_pid(NULL, 0x1782, 0x4d00);
	if (!usb || libusb_claim_interface(usb, 0))
		fail("no phone", 0);
	if (libusb_get_active_config_descriptor(libusb_get_device(usb), &c))
		fail("no configuration", 0);
	d = &c->interface[0].altsetting[0];
	for (int i = 0; i < d->bNumEndpoints; i++)
		*(d->endpoint[i].bEndpointAddress & 0x80 ? &ep_in : &ep_out) =
			d->endpoint[i].bEndpointAddress;
	libusb_free_config_descriptor(c);
	/* Opened, closed and opened again. */
	for (int i = 0; i < 3; i++)
		libusb_control_transfer(usb, 0x21, 0x22, i == 1 ? 0 : 0x0601, 0,
					NULL, 0, 1000);
}

static void open_tty(const char *path)
{
	struct termios t;

	tty = open(path, O_RDWR | O_NOCTTY);
	if (tty < 0 || tcgetattr(tty, &t))
		fail("no such line", errno);
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	if (tcsetattr(tty, TCSANOW, &t))
		fail("the line", errno);
}

int main(int argc, char **argv)
{
	uint32_t bytes;
	uint8_t *image;

	if (argc != 4) {
		fprintf(stderr, "usage: stranger usb|TTY PART BYTES >FILE\n");
		return 2;
	}
	bytes = (uint32_t)strtoul(argv[3], NULL, 0);
	image = malloc(bytes);
	if (!image)
		fail("memory", 0);
	if (strcmp(argv[1], "usb") == 0)
		open_usb();
	else
		open_tty(argv[1]);
	climb();
	read_part(argv[2], bytes, image);
	if (fwrite(image, 1, bytes, stdout) != bytes || fflush(stdout))
		fail("writing the image", errno);
	free(image);
	if (usb) {
		libusb_release_interface(usb, 0);
		libusb_close(usb);
		libusb_exit(NULL);
	}
	return 0;
}
