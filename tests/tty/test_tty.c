/* SPDX-License-Identifier: BSD-3-Clause */
/* test_tty.c - serial lines: a pseudo terminal with a phone at its end. */
#include "transport/transport.h"

#include "lib/unit.h"

#include "base/clock.h"
#include "bsl/proto.h"
#include "device/reader.h"
#include "device/session.h"
#include "sim/phone.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* The line: `master` is the phone's end, `spec` names the host's. */
static struct {
	int master;
	char path[64], spec[96];
	struct transport *t;
	struct transport *other; /* another process on the same line */
	struct session *s;
	struct loader fdl1, fdl2;
	struct phone *phone;
	pthread_mutex_t lock; /* of phone */
	pthread_t thread;
	bool running;
	atomic_bool stop;
	atomic_uint
		hang_up_at; /* after so many bytes from the host; 0: never */
} on = { .master = -1, .lock = PTHREAD_MUTEX_INITIALIZER };
static struct err e;

static int try_pty(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (grantpt(fd) < 0 || unlockpt(fd) < 0 ||
	    ptsname_r(fd, on.path, sizeof(on.path)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void open_pty(const char *baud)
{
	on.master = try_pty();
	assert_true(on.master >= 0);
	snprintf(on.spec, sizeof(on.spec), "tty:%s%s", on.path, baud);
}

static void open_line(const char *baud)
{
	open_pty(baud);
	assert_ok(transport_open(on.spec, &on.t, &e), &e);
}

static void hang_up(void)
{
	close(on.master);
	on.master = -1;
}

static int drop(void **state)
{
	(void)state;
	atomic_store(&on.stop, true);
	if (on.running)
		pthread_join(on.thread, NULL);
	on.running = false;
	if (on.s)
		session_close(on.s); /* and its transport */
	else
		transport_close(on.t);
	transport_close(on.other);
	on.s = NULL;
	on.t = on.other = NULL;
	if (on.master >= 0)
		hang_up();
	phone_free(on.phone);
	on.phone = NULL;
	loader_free(&on.fdl1);
	loader_free(&on.fdl2);
	atomic_store(&on.stop, false);
	atomic_store(&on.hang_up_at, 0);
	return 0;
}

static void from_phone(const void *p, size_t n)
{
	assert_int_equal(write(on.master, p, n), n);
}

static unsigned speed_now(void)
{
	struct termios tio;

	assert_int_equal(tcgetattr(on.master, &tio), 0);
	return cfgetospeed(&tio);
}

/* -- the line itself ----------------------------------------------------- */

static void all_bytes_pass_unchanged(void **state)
{
	uint8_t all[256], got[256];
	size_t n = 0, k;

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	open_line("");
	assert_ok(on.t->ops->send(on.t, all, sizeof(all), 1000, &e), &e);
	while (n < sizeof(got)) {
		ssize_t r = read(on.master, got + n, sizeof(got) - n);

		assert_true(r > 0);
		n += (size_t)r;
	}
	assert_memory_equal(got, all, sizeof(all));

	memset(got, 0, sizeof(got));
	from_phone(all, sizeof(all));
	for (n = 0; n < sizeof(got); n += k)
		assert_ok(on.t->ops->recv(on.t, got + n, sizeof(got) - n, &k,
					  1000, &e),
			  &e);
	assert_memory_equal(got, all, sizeof(all));
}

static void nothing_is_echoed(void **state)
{
	uint8_t got[8];
	size_t n;

	(void)state;
	open_line("");
	from_phone("UUUUU", 5);
	assert_ok(on.t->ops->recv(on.t, got, sizeof(got), &n, 1000, &e), &e);
	assert_memory_equal(got, "UUUUU", n);
	assert_int_equal(poll(&(struct pollfd) { on.master, POLLIN, 0 }, 1, 20),
			 0);
}

static void a_small_buffer_gets_the_rest_later(void **state)
{
	uint8_t got[4];
	size_t n;

	(void)state;
	open_line("");
	from_phone("abcdef", 6);
	assert_ok(on.t->ops->recv(on.t, got, 4, &n, 1000, &e), &e);
	assert_int_equal(n, 4);
	assert_memory_equal(got, "abcd", 4);
	assert_ok(on.t->ops->recv(on.t, got, 4, &n, 1000, &e), &e);
	assert_int_equal(n, 2);
	assert_memory_equal(got, "ef", 2);
}

static void silence_is_a_timeout(void **state)
{
	uint64_t began;
	uint8_t b;
	size_t n;

	(void)state;
	open_line("");
	began = clock_ms();
	assert_err(on.t->ops->recv(on.t, &b, 1, &n, 60, &e), ERR_TIMEOUT,
		   "60 ms", &e);
	assert_in_range(clock_ms() - began, 59, 5000);
	assert_err(on.t->ops->recv(on.t, &b, 1, &n, 0, &e), ERR_TIMEOUT, "",
		   &e);
}

/* Nobody reads at the other end: the line fills up. */
static void a_full_line_is_a_timeout(void **state)
{
	static uint8_t much[1 << 20];

	(void)state;
	open_line("");
	assert_err(on.t->ops->send(on.t, much, sizeof(much), 150, &e),
		   ERR_TIMEOUT, "takes no bytes", &e);
}

static void hanging_up_is_gone(void **state)
{
	uint8_t b;
	size_t n;

	(void)state;
	open_line("");
	hang_up();
	assert_err(on.t->ops->recv(on.t, &b, 1, &n, 1000, &e), ERR_GONE,
		   on.path, &e);
	assert_err(on.t->ops->send(on.t, "x", 1, 1000, &e), ERR_GONE, on.path,
		   &e);
	assert_err(on.t->ops->drain(on.t, &e), ERR_GONE, on.path, &e);
}

static void drain_throws_away_what_has_come(void **state)
{
	uint8_t b;
	size_t n;

	(void)state;
	open_line("");
	from_phone("old answers", 11);
	assert_ok(on.t->ops->drain(on.t, &e), &e);
	assert_err(on.t->ops->recv(on.t, &b, 1, &n, 20, &e), ERR_TIMEOUT, "",
		   &e);
}

static void *chatter(void *unused)
{
	/* Without a pause: on a busy machine it is silent long enough. */
	static const uint8_t noise[2048];

	(void)unused;
	while (!atomic_load(&on.stop)) {
		struct pollfd p = { on.master, POLLOUT, 0 };

		if (poll(&p, 1, 10) > 0 && (p.revents & POLLOUT) &&
		    write(on.master, noise, sizeof(noise)) < 0)
			break;
	}
	return NULL;
}

static void a_line_that_is_never_silent_cannot_be_drained(void **state)
{
	(void)state;
	open_line("");
	assert_int_equal(pthread_create(&on.thread, NULL, chatter, NULL), 0);
	on.running = true;
	assert_err(on.t->ops->drain(on.t, &e), ERR_FRAME, "silent", &e);
}

/* -- opening ------------------------------------------------------------- */

static void what_is_no_terminal_is_refused(void **state)
{
	char path[] = "/tmp/test_tty.XXXXXX", spec[64];
	struct transport *t;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	snprintf(spec, sizeof(spec), "tty:%s", path);
	assert_err(transport_open(spec, &t, &e), ERR_USAGE, "no serial line",
		   &e);
	assert_true(e.hint[0]);
	close(fd);
	unlink(path);
	assert_err(transport_open("tty:/dev/null", &t, &e), ERR_USAGE,
		   "no serial line", &e);
	assert_err(transport_open(spec, &t, &e), ERR_NODEV, path, &e);
	assert_true(e.hint[0]);
	assert_err(transport_open("tty:", &t, &e), ERR_NODEV, "", &e);
}

static void other_forms_of_a_device_are_refused(void **state)
{
	static const char *const specs[] = { "", "tty", "/dev/ttyUSB0", "TTY:x",
					     "pty:x" };
	struct transport *t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		assert_err(transport_open(specs[i], &t, &e), ERR_USAGE,
			   "is no device", &e);
}

static void a_line_in_use_is_refused(void **state)
{
	struct transport *second;

	(void)state;
	open_line("");
	assert_err(transport_open(on.spec, &second, &e), ERR_NODEV, "in use",
		   &e);
	assert_true(e.hint[0]);
	/* And free again afterwards. */
	transport_close(on.t);
	on.t = NULL;
	assert_ok(transport_open(on.spec, &on.t, &e), &e);
}

/* The owner talks to a phone at a speed that the phone expects. */
static void a_line_in_use_keeps_its_speed(void **state)
{
	(void)state;
	open_line("");
	assert_ok(on.t->ops->set_speed(on.t, 921600, &e), &e);
	assert_err(transport_open(on.spec, &on.other, &e), ERR_NODEV, "in use",
		   &e);
	assert_int_equal(speed_now(), B921600);
}

static void a_line_starts_at_115200(void **state)
{
	(void)state;
	open_line("@921600");
	assert_int_equal(speed_now(), B115200);
	assert_int_equal(on.t->baud, 115200);
	assert_int_equal(on.t->wanted_baud, 921600);
}

static void speeds_are_those_of_serial_lines(void **state)
{
	static const struct {
		unsigned baud;
		speed_t speed;
	} good[] = {
		{ 57600, B57600 },     { 230400, B230400 },
		{ 460800, B460800 },   { 921600, B921600 },
		{ 1000000, B1000000 }, { 3000000, B3000000 },
		{ 4000000, B4000000 },
	};
	static const char *const bad[] = { "@",	       "@0",	"@12345",
					   "@5000000", "@fast", "@115200 " };

	(void)state;
	open_line("");
	assert_int_equal(on.t->wanted_baud, 0);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(on.t->ops->set_speed(on.t, good[i].baud, &e), &e);
		assert_int_equal(speed_now(), good[i].speed);
		assert_int_equal(on.t->baud, good[i].baud);
	}
	assert_err(on.t->ops->set_speed(on.t, 12345, &e), ERR_USAGE, "12345",
		   &e);
	assert_int_equal(on.t->baud, 4000000);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct transport *t;
		char spec[96];

		snprintf(spec, sizeof(spec), "tty:%s%s", on.path, bad[i]);
		assert_err(transport_open(spec, &t, &e), ERR_USAGE, "", &e);
	}
}

/* -- a phone that takes nothing ------------------------------------------ */

/* What an adapter has not sent; a pseudo terminal never has any. */
static struct {
	int inside;
	bool stuck;
	int inside_then, how; /* when the line was set last */
} adapter;

int __real_ioctl(int fd, unsigned long what, ...);
int __wrap_ioctl(int fd, unsigned long what, ...);
int __real_tcsetattr(int fd, int how, const struct termios *tio);
int __wrap_tcsetattr(int fd, int how, const struct termios *tio);

/* In front of libc, by the linker's --wrap. */
int __wrap_ioctl(int fd, unsigned long what, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, what);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (what != TIOCOUTQ)
		return __real_ioctl(fd, what, arg);
	*(int *)arg = adapter.inside;
	if (adapter.inside && !adapter.stuck)
		adapter.inside--;
	return 0;
}

int __wrap_tcsetattr(int fd, int how, const struct termios *tio)
{
	adapter.inside_then = adapter.inside;
	adapter.how = how;
	return __real_tcsetattr(fd, how, tio);
}

static int drop_adapter(void **state)
{
	memset(&adapter, 0, sizeof(adapter));
	return drop(state);
}

static void what_was_written_leaves_before_the_speed_changes(void **state)
{
	(void)state;
	open_line("");
	adapter.inside = 3;
	assert_ok(on.t->ops->set_speed(on.t, 921600, &e), &e);
	assert_int_equal(adapter.inside_then, 0);
	assert_int_equal(adapter.how, TCSADRAIN);
	assert_int_equal(speed_now(), B921600);
}

/* TCSADRAIN would wait for it without end. */
static void what_never_leaves_is_not_waited_for_without_end(void **state)
{
	(void)state;
	open_line("");
	adapter.inside = 3;
	adapter.stuck = true;
	assert_ok(on.t->ops->set_speed(on.t, 921600, &e), &e);
	assert_int_equal(adapter.how, TCSANOW);
	assert_int_equal(speed_now(), B921600);
}

/* -- a phone at the other end -------------------------------------------- */

/* One turn: what the host said to the phone, and the phone's words back. */
static bool pump(uint64_t *now)
{
	struct pollfd p = { on.master, POLLIN, 0 };
	uint8_t buf[4096];
	uint64_t then = *now;
	ssize_t n = 0;
	size_t k;

	if (poll(&p, 1, 2) > 0 && (p.revents & POLLIN)) {
		n = read(on.master, buf, sizeof(buf));
		if (n < 0)
			return false;
	}
	pthread_mutex_lock(&on.lock);
	*now = clock_ms();
	phone_advance(on.phone, *now - then);
	if (n > 0)
		phone_take(on.phone, buf, (size_t)n);
	k = phone_give(on.phone, buf, sizeof(buf));
	pthread_mutex_unlock(&on.lock);
	while (k > 0) {
		/* In pieces, as a serial line has no transfers. */
		size_t piece = k < 1000 ? k : 1000;

		if (write(on.master, buf, piece) != (ssize_t)piece)
			return false;
		k -= piece;
		memmove(buf, buf + piece, k);
	}
	if (n > 0 && on.hang_up_at) {
		if (on.hang_up_at <= (unsigned)n)
			return false;
		on.hang_up_at -= (unsigned)n;
	}
	return true;
}

static void *play_phone(void *unused)
{
	uint64_t now = clock_ms();

	(void)unused;
	while (!atomic_load(&on.stop) && pump(&now))
		;
	if (!atomic_load(&on.stop))
		hang_up();
	return NULL;
}

static void sample(int which, struct loader *ret)
{
	const uint8_t *p;
	uint32_t addr;
	size_t n;

	phone_sample_loader(on.phone, which, &addr, &p, &n);
	assert_ok(loader_from_memory("fdl.bin", addr, p, n, ret, &e), &e);
}

static void plug(const char *phone, const char *baud, unsigned hang_up_at)
{
	struct session_options opt = { .fdl1 = &on.fdl1, .fdl2 = &on.fdl2 };

	open_pty(baud);
	assert_ok(phone_new(phone, &on.phone, &e), &e);
	sample(1, &on.fdl1);
	sample(2, &on.fdl2);
	atomic_store(&on.hang_up_at, hang_up_at);
	assert_ok(transport_open(on.spec, &on.t, &e), &e);
	assert_int_equal(pthread_create(&on.thread, NULL, play_phone, NULL), 0);
	on.running = true;
	assert_ok(session_open(on.t, &opt, NULL, &on.s, &e), &e);
}

static void read_and_compare(const char *name, uint64_t offset, size_t n)
{
	static uint8_t got[1 << 20], want[1 << 20];
	struct extent x = { .offset = offset, .length = n };
	struct phone_stats st;

	assert_true(n <= sizeof(got));
	snprintf(x.name, sizeof(x.name), "%s", name);
	assert_ok(reader_read(on.s, &x, got, &e), &e);
	pthread_mutex_lock(&on.lock);
	phone_stats(on.phone, &st);
	assert_true(phone_peek(on.phone, "user", offset, want, n));
	pthread_mutex_unlock(&on.lock);
	assert_memory_equal(got, want, n);
	assert_int_equal(st.storage_writes, 0);
	assert_int_equal(st.unsupported, 0);
}

static void a_phone_on_a_line_is_raised_and_read(void **state)
{
	(void)state;
	plug("ums512,link=serial,ver_skip=0,fdl2_delay_ms=50", "", 0);
	assert_ok(session_raise(on.s, STAGE_FDL2, &e), &e);
	assert_string_equal(session_info(on.s)->hello, "SPRD3");
	assert_int_equal(session_info(on.s)->baud, 115200);
	/* No switch of escaping on a line, and an FDL2 of few words [1.5]. */
	assert_int_equal(session_info(on.s)->da.form, DA_BARE);
	assert_true(session_info(on.s)->escaping);
	read_and_compare(BSL_USER_PARTITION, 0, 0x20000);
}

static void a_phone_on_a_line_changes_its_speed(void **state)
{
	(void)state;
	plug("ums512,uart=1,ver_skip=0,fdl2_delay_ms=50,da=tlv", "@921600", 0);
	assert_ok(session_raise(on.s, STAGE_FDL1, &e), &e);
	assert_int_equal(session_info(on.s)->baud, 921600);
	assert_int_equal(on.t->baud, 921600);
	assert_int_equal(speed_now(), B921600);
	assert_ok(session_raise(on.s, STAGE_FDL2, &e), &e);
	read_and_compare(BSL_USER_PARTITION, 0x100000, 0x20000);
}

/* Escaping off over a stream: no transfer shows where a frame ends. */
static void a_line_may_run_without_escapes(void **state)
{
	(void)state;
	plug("ums512,uart=1,ver_skip=0,fdl2_delay_ms=50,da=tlv,hdlc=1", "", 0);
	assert_ok(session_raise(on.s, STAGE_FDL2, &e), &e);
	assert_false(session_info(on.s)->escaping);
	read_and_compare(BSL_USER_PARTITION, 0x200000, 0x80000);
}

static void a_phone_that_is_unplugged_is_gone(void **state)
{
	(void)state;
	plug("ums512,uart=1", "", 9000);
	assert_err(session_raise(on.s, STAGE_FDL2, &e), ERR_GONE,
		   "loading FDL1", &e);
}

static void a_line_without_a_phone_is_no_device(void **state)
{
	struct session_options opt = { .wait_ms = 500 };

	(void)state;
	open_line("");
	assert_ok(session_open(on.t, &opt, NULL, &on.s, &e), &e);
	assert_err(session_raise(on.s, STAGE_FDL1, &e), ERR_NODEV, "", &e);
	assert_int_equal(e.why, WHY_ROM_SILENT);
}

/* -- a device that is pulled out ----------------------------------------- */

/* The name of the device: the pseudo terminal behind it may change. */
static struct {
	char dir[32], name[64];
	unsigned looks; /* how often the wait was asked whether to end */
} away;

static int drop_away(void **state)
{
	unlink(away.name);
	rmdir(away.dir);
	return drop(state);
}

static void point_to_pty(void)
{
	open_pty("");
	unlink(away.name);
	assert_int_equal(symlink(on.path, away.name), 0);
}

/* Comes back while it is waited for, or the user has enough. */
static bool on_wait(void *user)
{
	const char *what = user;

	if (++away.looks == 2 && strcmp(what, "back") == 0)
		point_to_pty();
	return away.looks == 3 && strcmp(what, "stop") == 0;
}

static void open_away(const char *what)
{
	struct transport_env env = { .cancelled = on_wait,
				     .user = (void *)(uintptr_t)what };
	char spec[96];

	strcpy(away.dir, "/tmp/tty.XXXXXX");
	assert_non_null(mkdtemp(away.dir));
	snprintf(away.name, sizeof(away.name), "%s/line", away.dir);
	away.looks = 0;
	point_to_pty();
	snprintf(spec, sizeof(spec), "tty:%s@921600", away.name);
	assert_ok(transport_open_in(spec, &env, &on.t, &e), &e);
	assert_ok(on.t->ops->set_speed(on.t, 921600, &e), &e);
	hang_up();
	unlink(away.name);
}

static void a_device_that_comes_back_is_opened_anew(void **state)
{
	char buf[8];
	size_t n;

	(void)state;
	open_away("back");
	assert_err(on.t->ops->recv(on.t, buf, sizeof(buf), &n, 1000, &e),
		   ERR_GONE, "line", &e);
	assert_ok(on.t->ops->reopen(on.t, 60000, &e), &e);
	assert_int_equal(away.looks, 2);
	from_phone("hello", 5);
	assert_ok(on.t->ops->recv(on.t, buf, sizeof(buf), &n, 1000, &e), &e);
	assert_memory_equal(buf, "hello", 5);
	/* The ROM is back, and that starts slowly. */
	assert_int_equal(speed_now(), B115200);
	assert_int_equal(on.t->baud, 115200);
}

static void a_device_that_stays_away_is_gone(void **state)
{
	(void)state;
	open_away("");
	assert_err(on.t->ops->reopen(on.t, 150, &e), ERR_GONE,
		   "did not come back within 150 ms", &e);
	assert_err(on.t->ops->send(on.t, "x", 1, 100, &e), ERR_GONE, "", &e);
}

static void waiting_for_a_device_can_be_ended(void **state)
{
	(void)state;
	open_away("stop");
	assert_err(on.t->ops->reopen(on.t, 600000, &e), ERR_CANCELLED,
		   "stopped by the user", &e);
}

static void a_line_that_another_took_meanwhile_is_left_alone(void **state)
{
	char spec[96];

	(void)state;
	open_away("");
	point_to_pty();
	snprintf(spec, sizeof(spec), "tty:%s", away.name);
	assert_ok(transport_open(spec, &on.other, &e), &e);
	assert_ok(on.other->ops->set_speed(on.other, 230400, &e), &e);
	assert_err(on.t->ops->reopen(on.t, 0, &e), ERR_GONE, "in use", &e);
	assert_int_equal(speed_now(), B230400);
	assert_err(on.t->ops->send(on.t, "x", 1, 100, &e), ERR_GONE, "", &e);
	assert_int_equal(poll(&(struct pollfd) { on.master, POLLIN, 0 }, 1, 0),
			 0);
}

#define TEST(f)		cmocka_unit_test_teardown(f, drop)
#define TEST_ADAPTER(f) cmocka_unit_test_teardown(f, drop_adapter)
#define TEST_AWAY(f)	cmocka_unit_test_teardown(f, drop_away)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_bytes_pass_unchanged),
		TEST(nothing_is_echoed),
		TEST(a_small_buffer_gets_the_rest_later),
		TEST(silence_is_a_timeout),
		TEST(a_full_line_is_a_timeout),
		TEST(hanging_up_is_gone),
		TEST(drain_throws_away_what_has_come),
		TEST(a_line_that_is_never_silent_cannot_be_drained),
		TEST(what_is_no_terminal_is_refused),
		TEST(other_forms_of_a_device_are_refused),
		TEST(a_line_in_use_is_refused),
		TEST(a_line_in_use_keeps_its_speed),
		TEST(a_line_starts_at_115200),
		TEST(speeds_are_those_of_serial_lines),
		TEST_ADAPTER(what_was_written_leaves_before_the_speed_changes),
		TEST_ADAPTER(what_never_leaves_is_not_waited_for_without_end),
		TEST(a_phone_on_a_line_is_raised_and_read),
		TEST(a_phone_on_a_line_changes_its_speed),
		TEST(a_line_may_run_without_escapes),
		TEST(a_phone_that_is_unplugged_is_gone),
		TEST(a_line_without_a_phone_is_no_device),
		TEST_AWAY(a_device_that_comes_back_is_opened_anew),
		TEST_AWAY(a_device_that_stays_away_is_gone),
		TEST_AWAY(waiting_for_a_device_can_be_ended),
		TEST_AWAY(a_line_that_another_took_meanwhile_is_left_alone),
	};
	int fd = try_pty();

	if (fd < 0) {
		printf("no pseudo terminal here: %s\n", strerror(errno));
		return 77;
	}
	close(fd);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
