/* SPDX-License-Identifier: BSD-3-Clause */
/* tty.c - a serial line, raw; docs/protocol.md 1.5. */
#include "base/clock.h"
#include "base/text.h"
#include "stay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define FIRST_BAUD   115200u /* what every ROM starts with */
#define DRAIN_MS     50u     /* silence after which a line counts as empty */
#define DRAIN_MAX_MS 2000u
#define LEAVE_MS     1000u /* by then 4 KiB have left at 57600 baud */
#define LOOK_MS	     100u  /* how often for a device that is away */

struct tty {
	struct transport base;
	struct transport_env env;
	int fd;
	char *path;
};

static const struct {
	unsigned baud;
	speed_t speed;
} speeds[] = {
	{ 57600, B57600 },     { 115200, B115200 },   { 230400, B230400 },
	{ 460800, B460800 },   { 921600, B921600 },   { 1000000, B1000000 },
	{ 1500000, B1500000 }, { 2000000, B2000000 }, { 3000000, B3000000 },
	{ 4000000, B4000000 },
};

static int find_speed(unsigned baud, speed_t *ret, struct err *e)
{
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		if (speeds[i].baud == baud) {
			*ret = speeds[i].speed;
			return 0;
		}
	}
	return err_set(
		e, ERR_USAGE,
		"a serial line cannot run at %u baud; use 57600, 115200, "
		"230400, 460800, 921600 or up to 4000000",
		baud);
}

static int gone(const struct tty *y, struct err *e)
{
	return err_set(e, ERR_GONE, "'%s' was closed at the other end",
		       y->path);
}

/* What the system says of an adapter that was pulled out. */
static bool means_gone(int sys)
{
	return sys == EIO || sys == ENXIO || sys == ENODEV;
}

/* 1 ready, 0 not within the time; an interrupted wait counts as time. */
static int wait_for(const struct tty *y, short events, unsigned timeout_ms,
		    struct err *e)
{
	struct pollfd p = { .fd = y->fd, .events = events };
	int n = poll(&p, 1, (int)timeout_ms);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n < 0)
		return err_sys(e, errno, "waiting for '%s'", y->path);
	if (n == 0)
		return 0;
	if (p.revents & events)
		return 1;
	return gone(y, e);
}

static int tty_send(struct transport *t, const void *buf, size_t len,
		    unsigned timeout_ms, struct err *e)
{
	struct tty *y = (struct tty *)t;
	const char *p = buf;
	uint64_t limit = clock_ms() + timeout_ms;

	if (y->fd < 0)
		return gone(y, e);
	while (len > 0) {
		ssize_t n = write(y->fd, p, len);
		int r;

		if (n > 0) {
			p += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return means_gone(errno)
				       ? gone(y, e)
				       : err_sys(e, errno, "writing to '%s'",
						 y->path);
		if (clock_ms() >= limit)
			return err_set(e, ERR_TIMEOUT,
				       "'%s' takes no bytes for %u ms", y->path,
				       timeout_ms);
		r = wait_for(y, POLLOUT, 100, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tty_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
		    unsigned timeout_ms, struct err *e)
{
	struct tty *y = (struct tty *)t;
	uint64_t now = clock_ms(), limit = now + timeout_ms;

	if (y->fd < 0)
		return gone(y, e);
	for (;;) {
		ssize_t n;
		int r = wait_for(y, POLLIN, (unsigned)(limit - now), e);

		if (r < 0)
			return r;
		n = r ? read(y->fd, buf, cap) : -1;
		if (n > 0) {
			*ret_len = (size_t)n;
			return 0;
		}
		/* Hung up: a pty says EIO, a removed adapter end of file. */
		if (r && (n == 0 || (errno != EAGAIN && errno != EINTR)))
			return gone(y, e);
		now = clock_ms();
		if (now >= limit)
			return err_set(e, ERR_TIMEOUT,
				       "nothing came within %u ms", timeout_ms);
	}
}

static int tty_drain(struct transport *t, struct err *e)
{
	char waste[4096];
	uint64_t limit = clock_ms() + DRAIN_MAX_MS;
	size_t n;

	while (clock_ms() < limit) {
		int r = tty_recv(t, waste, sizeof(waste), &n, DRAIN_MS, e);

		if (r == -(int)ERR_TIMEOUT)
			return 0;
		if (r < 0)
			return r;
	}
	return err_set(e, ERR_FRAME, "the line is never silent");
}

/* False: the other end takes nothing of what was written. */
static bool has_left(const struct tty *y)
{
	const struct timespec look = { 0, 5 * 1000000L };
	uint64_t limit = clock_ms() + LEAVE_MS;
	int inside = 0;

	while (ioctl(y->fd, TIOCOUTQ, &inside) == 0 && inside > 0) {
		if (clock_ms() >= limit)
			return false;
		nanosleep(&look, NULL);
	}
	return true;
}

/* As TCSADRAIN, which waits without end; what does not leave is dropped. */
static int set_when_empty(const struct tty *y, const struct termios *tio)
{
	if (has_left(y))
		return tcsetattr(y->fd, TCSADRAIN, tio);
	tcflush(y->fd, TCOFLUSH);
	return tcsetattr(y->fd, TCSANOW, tio);
}

static int set_line(struct tty *y, unsigned baud, struct err *e)
{
	struct termios tio;
	speed_t speed = B0;

	if (find_speed(baud, &speed, e) < 0)
		return -(int)e->code;
	if (tcgetattr(y->fd, &tio) < 0) {
		int r;

		if (means_gone(errno))
			return gone(y, e);
		r = err_set(e, ERR_USAGE, "'%s' is no serial line", y->path);

		err_hint(e, "name a terminal device such as /dev/ttyUSB0");
		return r;
	}
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL | CREAD;
	tio.c_cflag &= ~(tcflag_t)(CRTSCTS | CSTOPB);
	tio.c_cc[VMIN] = 1; /* so that 0 bytes mean the end, not silence */
	tio.c_cc[VTIME] = 0;
	cfsetispeed(&tio, speed);
	cfsetospeed(&tio, speed);
	if (set_when_empty(y, &tio) < 0)
		return means_gone(errno)
			       ? gone(y, e)
			       : err_sys(e, errno, "setting '%s' to %u baud",
					 y->path, baud);
	y->base.baud = baud;
	return 0;
}

static int tty_set_speed(struct transport *t, unsigned baud, struct err *e)
{
	struct tty *y = (struct tty *)t;

	return y->fd < 0 ? gone(y, e) : set_line(y, baud, e);
}

static void let_go(struct tty *y)
{
	if (y->fd >= 0)
		close(y->fd);
	y->fd = -1;
}

static void tty_close(struct transport *t)
{
	struct tty *y = (struct tty *)t;

	let_go(y);
	free(y->path);
	free(y);
}

/*
 * The device of the line, since it was made.  A phone behind an adapter may
 * leave without a trace: this alone proves nothing.
 */
static void name_stay(struct tty *y)
{
	char place[64], stay[96];
	struct stat st;

	y->base.stay[0] = '\0';
	if (fstat(y->fd, &st) < 0)
		return;
	snprintf(place, sizeof(place), "tty-%u-%u", major(st.st_rdev),
		 minor(st.st_rdev));
	snprintf(stay, sizeof(stay), "%lld.%09ld", (long long)st.st_ctim.tv_sec,
		 st.st_ctim.tv_nsec);
	transport_set_stay(&y->base, place, stay);
}

static int open_device(struct tty *y, struct err *e)
{
	int r, sys;

	y->fd = open(y->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (y->fd >= 0)
		return 0;
	sys = errno;
	r = err_set(e, ERR_NODEV, "opening '%s': %s", y->path, strerror(sys));
	if (sys == EACCES) {
		err_hint(e, "add yourself to the group of the device "
			    "(dialout), or run as root");
		err_why(e, WHY_NO_RIGHT);
	} else
		err_hint(e, "look with 'ls /dev/tty*' which serial "
			    "devices there are");
	return r;
}

static int lock_line(const struct tty *y, struct err *e)
{
	int r;

	if (flock(y->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	r = err_set(e, ERR_NODEV, "'%s' is in use by another process", y->path);
	err_hint(e, "end the other process first; two would spoil each "
		    "other's answers");
	err_why(e, WHY_PORT_BUSY);
	return r;
}

/* Nothing of a line is touched that another process has. */
static int open_line(struct tty *y, struct err *e)
{
	int r = open_device(y, e);

	if (r == 0)
		r = lock_line(y, e);
	if (r == 0)
		r = set_line(y, FIRST_BAUD, e);
	if (r == 0)
		name_stay(y);
	else
		let_go(y);
	return r;
}

static bool is_cancelled(const struct tty *y)
{
	return y->env.cancelled && y->env.cancelled(y->env.user);
}

/*
 * A device that was pulled out may come back under its name; one that stayed
 * is opened anew, at the speed of a ROM.
 */
static int tty_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };
	struct tty *y = (struct tty *)t;
	uint64_t limit = clock_ms() + timeout_ms;
	struct err why;

	for (;;) {
		let_go(y);
		if (open_line(y, e) == 0)
			return 0;
		if (clock_ms() >= limit)
			break;
		if (is_cancelled(y))
			return err_set(e, ERR_CANCELLED, "stopped by the user");
		nanosleep(&look, NULL);
	}
	why = *e;
	return err_set(e, ERR_GONE, "'%s' did not come back within %u ms (%s)",
		       y->path, timeout_ms, why.text);
}

static const struct transport_ops tty_ops = {
	.name = "tty",
	.send = tty_send,
	.recv = tty_recv,
	.drain = tty_drain,
	.reopen = tty_reopen,
	.set_speed = tty_set_speed,
	.close = tty_close,
};

int transport_open_tty(const char *rest, const struct transport_env *env,
		       struct transport **ret, struct err *e)
{
	const char *at = strrchr(rest, '@');
	struct tty *y = calloc(1, sizeof(*y));
	uint64_t baud = 0;
	speed_t speed = B0;
	int r = 0;

	if (!y)
		return err_nomem(e);
	y->base.ops = &tty_ops;
	y->env = *env;
	y->fd = -1;
	y->path = at ? strndup(rest, (size_t)(at - rest)) : strdup(rest);
	if (!y->path)
		r = err_nomem(e);
	if (r == 0 && at) {
		r = text_to_u64(at + 1, 4000000, &baud, e);
		if (r == 0)
			r = find_speed((unsigned)baud, &speed, e);
	}
	if (r == 0)
		r = open_line(y, e);
	if (r < 0) {
		tty_close(&y->base);
		return r;
	}
	y->base.wanted_baud = (unsigned)baud;
	*ret = &y->base;
	return 0;
}
