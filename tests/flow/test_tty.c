/* SPDX-License-Identifier: BSD-3-Clause */
/* A backup over a pseudo terminal, with a phone on a thread behind it. */
#include "lib/rig.h"

#include "base/clock.h"
#include "transport/transport.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <termios.h>
#include <unistd.h>

struct line {
	struct phone *phone; /* the thread's own while it runs */
	int master, slave;
	char path[128]; /* "PATH", for transport_open_tty() */
	pthread_t thread;
	atomic_bool stop;
	size_t piece; /* bytes that the line takes at a time */
};

static void put_all(struct line *l, const uint8_t *p, size_t n)
{
	while (n > 0 && !l->stop) {
		struct pollfd out = { .fd = l->master, .events = POLLOUT };
		ssize_t k;

		poll(&out, 1, 20);
		k = write(l->master, p, n < l->piece ? n : l->piece);
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
}

static void *serve(void *user)
{
	struct line *l = user;
	uint64_t last = clock_ms();
	uint8_t buf[4096];

	while (!l->stop) {
		struct pollfd in = { .fd = l->master, .events = POLLIN };
		uint64_t now;
		ssize_t k;
		size_t n;

		while ((n = phone_give(l->phone, buf, sizeof(buf))) > 0)
			put_all(l, buf, n);
		poll(&in, 1, 5);
		now = clock_ms();
		phone_advance(l->phone, now - last);
		last = now;
		k = read(l->master, buf, sizeof(buf));
		if (k > 0)
			phone_take(l->phone, buf, (size_t)k);
	}
	return NULL;
}

static void line_open(struct line *l, const char *spec, size_t piece,
		      struct err *e)
{
	struct termios tio;

	memset(l, 0, sizeof(*l));
	l->piece = piece;
	assert_ok(phone_new(spec, &l->phone, e), e);
	l->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert_true(l->master >= 0);
	assert_int_equal(grantpt(l->master), 0);
	assert_int_equal(unlockpt(l->master), 0);
	assert_int_equal(ptsname_r(l->master, l->path, sizeof(l->path)), 0);
	l->slave = open(l->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(l->slave >= 0);
	assert_int_equal(tcgetattr(l->slave, &tio), 0);
	cfmakeraw(&tio);
	assert_int_equal(tcsetattr(l->slave, TCSANOW, &tio), 0);
	assert_int_equal(pthread_create(&l->thread, NULL, serve, l), 0);
}

/* What the phone saw. */
static struct phone_stats line_close(struct line *l)
{
	struct phone_stats st;

	l->stop = true;
	pthread_join(l->thread, NULL);
	close(l->slave);
	close(l->master);
	phone_stats(l->phone, &st);
	st.dead = st.dead ? "dead" : NULL;
	phone_free(l->phone);
	return st;
}

/* `same` holds the same bytes, and stands still: to compare with. */
static void back_up_over(struct rig *r, const char *model, const char *same,
			 size_t piece, unsigned threads,
			 const struct backup_request *q)
{
	char keys[128];
	struct transport *t;
	struct phone_stats st;
	struct phone *other;
	struct line l;

	snprintf(keys, sizeof(keys), "%s,link=serial,fdl2_delay_ms=50", model);
	line_open(&l, keys, piece, &r->e);
	assert_ok(phone_new(same, &other, &r->e), &r->e);
	assert_ok(transport_open_tty(l.path,
				     &(struct transport_env) { .wait_ms = 0 },
				     &t, &r->e),
		  &r->e);
	rig_open_on(r, t, other);
	assert_ok(rig_backup(r, "t.tar.zst", threads, q), &r->e);
	assert_true(r->m.complete);
	rig_assert_exact(r, rig_path(r, "t.tar.zst"), threads);
	session_close(r->s);
	r->s = NULL;
	st = line_close(&l);
	phone_free(other);
	assert_int_equal(st.storage_writes, 0);
	assert_true(st.unsupported <= 1);
	assert_true(st.reads > 100);
	assert_null(st.dead);
	unlink(rig_path(r, "t.tar.zst"));
}

static void a_whole_phone(void **state)
{
	back_up_over(*state, "sc9863a,super=5M", "sc9863a,super=5M", 4096, 2,
		     NULL);
}

static void in_small_pieces(void **state)
{
	static const char *const names[] = { "misc", "logo", "splloader" };
	struct backup_request q = { .plan = { .names = names, .nnames = 3 },
				    .simulated = true };

	back_up_over(*state, "ums512", "ums512", 61, 0, &q);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_phone),
		TEST(in_small_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
