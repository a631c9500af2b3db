/* SPDX-License-Identifier: BSD-3-Clause */
/* test_usb.c - the USB transport against made-up phones behind usbfs. */
#include "transport/transport.h"
#include "transport/usb.h"

#include "lib/unit.h"
#include "mock.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err e;
static struct transport *t;
static char notes[2048];
static uint8_t pattern[200000], got[sizeof(pattern)];
static const struct mock_desc usual;

static void keep_note(void *user, const char *text)
{
	(void)user;
	snprintf(notes + strlen(notes), sizeof(notes) - strlen(notes), "%s\n",
		 text);
}

static int open_spec(const char *spec, unsigned wait_ms)
{
	struct transport_env env = { .wait_ms = wait_ms, .note = keep_note };

	return transport_open_in(spec, &env, &t, &e);
}

static int setup(void **state)
{
	const char *why;

	(void)state;
	if (!mock_begin(&why))
		return -1;
	notes[0] = '\0';
	t = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (t)
		transport_close(t);
	t = NULL;
	mock_end();
	/* Whatever happened: nothing stays claimed or held. */
	return mock.claims == mock.releases && !mock.outlived &&
			       !mock.freed_late
		       ? 0
		       : -1;
}

static void begin(void)
{
	mock_plug(&usual);
	assert_ok(open_spec("usb", 0), &e);
}

/* Exactly n bytes of the pattern, in whatever pieces. */
static void expect(size_t n, unsigned timeout_ms)
{
	size_t at = 0, len;

	while (at < n) {
		assert_ok(t->ops->recv(t, got + at, sizeof(got) - at, &len,
				       timeout_ms, &e),
			  &e);
		assert_true(len > 0);
		at += len;
	}
	assert_int_equal(at, n);
	assert_memory_equal(got, pattern, n);
}

static void expect_silence(void)
{
	size_t len;

	assert_err(t->ops->recv(t, got, sizeof(got), &len, 60, &e), ERR_TIMEOUT,
		   "60 ms", &e);
}

static int send(size_t n)
{
	return t->ops->send(t, pattern, n, 300, &e);
}

static void endpoints_are_looked_for_and_everything_is_given_back(void **state)
{
	(void)state;
	begin();
	assert_int_equal(mock.claims, 1);
	assert_int_equal(mock.interface, 1);
	assert_int_equal(mock.lines, 1);
	assert_ok(send(20), &e);
	assert_int_equal(mock.in_ep, 0x85);
	assert_int_equal(mock.out_ep, 0x06);
	assert_int_equal(mock.in_at_first_out, 2);
	transport_close(t);
	t = NULL;
	assert_int_equal(mock.releases, 1);
	assert_int_equal(mock.reattached, 1);
	assert_int_equal(mock.in_flying, 0);
	assert_string_equal(notes, "");
}

static unsigned open_files(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void nothing_stays_open(void **state)
{
	unsigned before = 0;

	(void)state;
	mock_plug(&usual);
	for (int i = 0; i < 8; i++) {
		if (i == 1)
			before = open_files();
		assert_ok(open_spec("usb", 0), &e);
		transport_close(t);
		mock.claim_error = EBUSY;
		assert_err(open_spec("usb", 0), ERR_NODEV, "", &e);
		mock.claim_error = 0;
	}
	t = NULL;
	/* The other ends, umockdev's, are closed a little later. */
	for (int i = 0; i < 100 && open_files() > before; i++)
		usleep(10000);
	assert_true(open_files() <= before);
}

static void of_two_interfaces_the_first_is_taken(void **state)
{
	struct mock_desc d = { .second = true };

	(void)state;
	mock_plug(&d);
	assert_ok(open_spec("usb", 0), &e);
	assert_int_equal(mock.interface, 1);
}

static void two_phones_are_told_apart(void **state)
{
	struct mock_desc d = { .place = "1-3.4" };
	struct mock_desc hub = { .place = "1-3", .vid = 0x05e3, .pid = 0x608 };

	(void)state;
	mock_plug(&usual);
	mock_plug(&hub);
	mock_plug(&d);
	assert_err(open_spec("usb", 0), ERR_NODEV, "2 phones", &e);
	assert_non_null(strstr(e.text, "usb:1-2"));
	assert_non_null(strstr(e.text, "usb:1-3.4"));
	assert_non_null(strstr(e.hint, "--device usb:1-"));
	assert_ok(open_spec("usb:1-3.4", 0), &e);
	transport_close(t);
	t = NULL;
	assert_err(open_spec("usb:1-5", 0), ERR_NODEV, "usb:1-5", &e);
	assert_err(open_spec("usb:1-3", 0), ERR_NODEV, "05e3:0608", &e);
}

static void what_is_there_instead_is_said(void **state)
{
	struct mock_desc diag = { .pid = 0x4d03 };

	(void)state;
	assert_err(open_spec("usb", 0), ERR_NODEV, "1782:4d00", &e);
	mock_plug(&diag);
	assert_err(open_spec("usb", 0), ERR_NODEV, "diag mode", &e);
	mock_unplug("1-2");
	diag.pid = 0x1234;
	mock_plug(&diag);
	assert_err(open_spec("usb", 0), ERR_NODEV, "1782:1234", &e);
}

static void descriptors_that_lie_are_refused(void **state)
{
	struct mock_desc d = { .no_bulk = true };

	(void)state;
	mock_plug(&d);
	assert_err(open_spec("usb", 0), ERR_NODEV, "bulk endpoint", &e);
	mock_unplug("1-2");
	d = (struct mock_desc) { .packet = 0xffff };
	mock_plug(&d);
	assert_err(open_spec("usb", 0), ERR_NODEV, "packets of 0 bytes", &e);
	mock_unplug("1-2");
	d.packet = 100;
	mock_plug(&d);
	assert_err(open_spec("usb", 0), ERR_NODEV, "packets of 100 bytes", &e);
	assert_int_equal(mock.claims, 0);
}

static void slow_phones_are_noted(void **state)
{
	struct mock_desc d = { .packet = 64, .speed = 12 };

	(void)state;
	mock_plug(&d);
	assert_ok(open_spec("usb", 0), &e);
	assert_non_null(strstr(notes, "full speed"));
	assert_ok(send(64), &e);
	assert_int_equal(mock.nouts, 2);
}

static void whole_packets_are_followed_by_an_empty_one(void **state)
{
	static const size_t sent[] = { 511, 512, 513, 1024, 65536, 1 };
	static const size_t seen[] = { 511, 512, 0, 513, 1024, 0, 65536, 0, 1 };

	(void)state;
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(sent); i++)
		assert_ok(send(sent[i]), &e);
	assert_int_equal(mock.nouts, ARRAY_SIZE(seen));
	assert_memory_equal(mock.outs, seen, sizeof(seen));
}

static void a_stalled_line_state_is_noted(void **state)
{
	(void)state;
	mock.line_error = EPIPE;
	begin();
	assert_int_equal(mock.lines, 1);
	assert_non_null(strstr(notes, "stall"));
	mock_give(pattern, 10, 1, false);
	assert_ok(send(20), &e);
	expect(10, 1000);
}

static void frames_come_in_any_pieces(void **state)
{
	size_t len;

	(void)state;
	begin();
	/* An empty read is nothing yet; halves, and two in one. */
	mock_give(pattern, 0, 1, false);
	mock_give(pattern, 0, 1, false);
	mock_give(pattern, 100, 1, false);
	mock_give(pattern + 100, 1, 1, false);
	mock_give(pattern + 101, 63000, 1, false);
	assert_ok(send(20), &e);
	expect(63101, 1000);
	expect_silence();
	/* A buffer smaller than what came. */
	mock_give(pattern, 300, 2, false);
	assert_ok(send(20), &e);
	for (size_t i = 0; i < 300; i += 100) {
		assert_ok(t->ops->recv(t, got + i, 100, &len, 1000, &e), &e);
		assert_int_equal(len, 100);
	}
	assert_memory_equal(got, pattern, 300);
}

static void more_than_the_queue_holds_is_not_lost(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 4; i++) {
		mock_give(pattern, sizeof(pattern), 1, false);
		mock_give(pattern, 0, 1, false);
	}
	assert_ok(send(20), &e);
	for (int i = 0; i < 4; i++) {
		size_t at = 0, len;

		while (at < sizeof(pattern)) {
			assert_ok(t->ops->recv(t, got + at,
					       sizeof(pattern) - at, &len, 1000,
					       &e),
				  &e);
			at += len;
		}
		assert_memory_equal(got, pattern, sizeof(pattern));
	}
	expect_silence();
}

static void whole_packets_without_an_end_cost_no_timeout(void **state)
{
	uint64_t start;

	(void)state;
	begin();
	mock_give(pattern, 1024, 1, true);
	assert_ok(send(20), &e);
	start = clock_ms();
	expect(1024, 3000);
	assert_true(clock_ms() - start < 1000);
	/* Once known, it costs less. */
	mock_give(pattern, 4096, 2, true);
	assert_ok(send(20), &e);
	start = clock_ms();
	expect(4096, 3000);
	assert_true(clock_ms() - start < 500);
}

static void half_an_answer_is_kept_over_a_timeout(void **state)
{
	(void)state;
	begin();
	mock_give(pattern, 512, 1, true);
	assert_ok(send(20), &e);
	expect(512, 40);
	expect_silence();
	expect_silence();
	mock_give(pattern, 100, 1, false);
	expect(100, 1000);
}

static void drain_leaves_nothing(void **state)
{
	(void)state;
	begin();
	mock_give(pattern + 7, 5000, 1, false);
	mock_give(pattern + 9, 1024, 1, true);
	assert_ok(send(20), &e);
	assert_ok(t->ops->drain(t, &e), &e);
	mock_give(pattern, 64, 2, false);
	assert_ok(send(20), &e);
	expect(64, 1000);
}

static void silence_is_no_departure(void **state)
{
	size_t len;

	(void)state;
	begin();
	expect_silence();
	mock_vanish("1-2");
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_GONE,
		   "usb:1-2", &e);
	assert_err(send(20), ERR_GONE, "left the bus", &e);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_GONE,
		   "", &e);
}

static void what_came_before_the_departure_is_handed_out(void **state)
{
	size_t len;

	(void)state;
	begin();
	mock_give(pattern, 77, 1, false);
	mock_give(pattern + 77, 512, 1, true);
	assert_ok(send(20), &e);
	mock_vanish("1-2");
	expect(77 + 512, 1000);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_GONE,
		   "", &e);
}

static void it_may_vanish_at_any_transfer(void **state)
{
	(void)state;
	for (int n = 1; n < 20; n++) {
		size_t len;
		int r;

		mock_end();
		setup(NULL);
		mock.gone_at = n;
		mock_plug(&usual);
		mock_give(pattern, 100, 1, false);
		mock_give(pattern, 100, 3, false);
		r = open_spec("usb", 0);
		for (int i = 0; r == 0 && i < 3; i++) {
			r = send(512);
			if (r == 0)
				r = t->ops->recv(t, got, sizeof(got), &len, 50,
						 &e);
			if (r == -(int)ERR_TIMEOUT)
				r = 0;
		}
		if (r < 0)
			assert_err(r, ERR_GONE, "left the bus", &e);
		else
			assert_true(n > 8);
		if (t)
			transport_close(t);
		t = NULL;
		assert_int_equal(mock.claims, mock.releases);
		assert_int_equal(mock.in_flying, 0);
	}
}

static void stalls_and_babble_are_named(void **state)
{
	size_t len;

	(void)state;
	begin();
	mock.in_error = EPIPE;
	mock.in_errors = 1;
	mock_give(pattern, 100, 1, false);
	assert_ok(send(20), &e);
	expect(100, 1000); /* one stall is mended */
	assert_int_equal(mock.clear_halts, 1);
	assert_int_equal(mock.in_at_clear, 0); /* nothing in its way */
	mock.in_error = EPIPE;
	mock.in_errors = 100;
	mock_give(pattern, 0, 1, false);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_FRAME,
		   "stall of its endpoint", &e);
	mock.in_errors = 0;
	t->ops->drain(t, &e);
	mock.in_error = EOVERFLOW;
	mock.in_errors = 1;
	mock_give(pattern, 0, 1, false);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_FRAME,
		   "more than it announced", &e);
	mock_give(pattern, 100, 2, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
}

static void noise_on_the_cable_ends(void **state)
{
	size_t len;

	(void)state;
	begin();
	mock.in_error = EPROTO;
	mock.in_errors = 3;
	mock_give(pattern, 100, 1, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
	mock.in_error = EPROTO;
	mock.in_errors = 1000;
	mock_give(pattern, 0, 1, false);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 5000, &e), ERR_FRAME,
		   "in a row", &e);
	mock.in_errors = 0;
}

static void a_phone_that_takes_nothing_is_named(void **state)
{
	(void)state;
	begin();
	mock.out_mute = 1;
	assert_err(send(20), ERR_TIMEOUT, "0 of 20", &e);
	mock.out_mute = 0;
	mock.out_error = EPIPE;
	assert_err(send(20), ERR_FRAME, "stall", &e);
	mock.out_error = EPROTO;
	assert_err(send(20), ERR_FRAME, "damaged", &e);
	mock.out_error = 0;
	assert_ok(send(20), &e);
}

/* It answers: the next small request is not waited for. */
static void trusted(void)
{
	mock_give(pattern, 100, mock.nouts + 1, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
}

static void a_small_request_is_not_waited_for(void **state)
{
	size_t len;

	(void)state;
	begin();
	trusted();
	mock.out_mute = 1;
	assert_ok(send(20), &e);
	assert_int_equal(mock.in_flying, 2);
	expect_silence();
	assert_err(send(20), ERR_TIMEOUT, "0 of 20 bytes, then none for 300",
		   &e);
	assert_err(send(20), ERR_TIMEOUT, "0 of 20", &e);
	mock.out_mute = 0;
	trusted();
	mock.out_error = EPIPE;
	assert_ok(send(20), &e);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_FRAME,
		   "stall", &e);
	assert_int_equal(mock.clear_halts, 1);
	mock.out_error = 0;
	trusted();
	mock.out_error = EPROTO;
	assert_ok(send(20), &e);
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_FRAME,
		   "damaged", &e);
	mock.out_error = 0;
	trusted();
	/* More than one packet may be a piece of a loader. */
	mock.out_mute = 1;
	assert_err(send(600), ERR_TIMEOUT, "0 of 600", &e);
	mock.out_mute = 0;
	trusted();
	mock.out_mute = 1;
	assert_ok(send(20), &e);
	mock_vanish("1-2");
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_GONE,
		   "usb:1-2", &e);
}

static void in_use_is_told_from_absent(void **state)
{
	(void)state;
	mock.claim_error = EBUSY;
	mock_plug(&usual);
	assert_err(open_spec("usb", 0), ERR_NODEV, "another program", &e);
}

/* As somebody who may read everything and write nothing. */
static void become(uid_t uid, gid_t gid)
{
	if (uid) {
		assert_int_equal(setegid(gid), 0);
		assert_int_equal(seteuid(uid), 0);
	} else {
		assert_int_equal(seteuid(uid), 0);
		assert_int_equal(setegid(gid), 0);
	}
}

static void without_the_right_the_rule_is_named(void **state)
{
	struct usb_phone *v = NULL;
	size_t n = 0;
	int opened, listed;
	gid_t gid = getegid();
	uid_t uid = geteuid();

	(void)state;
	mock_plug(&usual);
	mock_forbid();
	if (uid == 0)
		become(65534, 65534);
	opened = open_spec("usb", 0);
	listed = usb_list(&v, &n, &e);
	if (uid == 0)
		become(0, gid);
	assert_int_equal(opened, -(int)ERR_NODEV);
	assert_ok(listed, &e);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].access, USB_ACCESS_DENIED);
	assert_err(usb_no_right(&v[0], &e), ERR_NODEV, "no right", &e);
	assert_non_null(strstr(e.hint, "99-spdvault.rules"));
	free(v);
}

static void phones_are_listed(void **state)
{
	struct mock_desc diag = { .place = "1-4", .pid = 0x4d03, .speed = 12 };
	struct usb_phone *v;
	size_t n;

	(void)state;
	assert_ok(usb_list(&v, &n, &e), &e);
	assert_int_equal(n, 0);
	assert_null(v);
	mock_plug(&usual);
	mock_plug(&diag);
	assert_ok(usb_list(&v, &n, &e), &e);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		bool is_diag = v[i].pid == 0x4d03;

		assert_int_equal(v[i].mode, is_diag ? USB_DIAG : USB_DOWNLOAD);
		assert_string_equal(v[i].path, is_diag ? "1-4" : "1-2");
		assert_string_equal(v[i].speed, is_diag ? "full" : "high");
		assert_int_equal(v[i].slow, is_diag);
		assert_int_equal(v[i].access, USB_ACCESS_OK);
	}
	free(v);
	assert_int_equal(mock.claims, 0);
}

/* What happens meanwhile: plug, or plug and unplug. */
struct later {
	unsigned after_ms, stay_ms;
	struct mock_desc d;
	bool deaf;
};

static void *do_later(void *arg)
{
	struct later *l = arg;

	usleep(l->after_ms * 1000);
	if (l->deaf)
		mock.claim_error = ENODEV;
	mock_plug(&l->d);
	if (l->stay_ms) {
		usleep(l->stay_ms * 1000);
		mock_unplug("1-2");
	}
	return NULL;
}

static void a_phone_may_come_later(void **state)
{
	struct later l = { .after_ms = 300 };
	pthread_t thread;
	int r;

	(void)state;
	pthread_create(&thread, NULL, do_later, &l);
	r = open_spec("usb", 5000);
	pthread_join(thread, NULL);
	assert_ok(r, &e);
	assert_non_null(strstr(notes, "waiting"));
}

static void a_short_visit_is_explained(void **state)
{
	struct later l = { .after_ms = 300, .stay_ms = 600, .deaf = true };
	pthread_t thread;
	int r;

	(void)state;
	pthread_create(&thread, NULL, do_later, &l);
	r = open_spec("usb", 1800);
	pthread_join(thread, NULL);
	assert_err(r, ERR_NODEV, "stayed for", &e);
	assert_non_null(strstr(e.hint, "boot key"));
}

/* Silent, and off the bus: it went on to charging. */
static void leaves_without_a_word(void)
{
	size_t len;

	assert_ok(send(1), &e);
	mock_vanish("1-2");
	assert_err(t->ops->recv(t, got, sizeof(got), &len, 1000, &e), ERR_GONE,
		   "left the bus", &e);
	mock.gone_at = 0;
}

/* Not after the time that a phone gets which starts its next loader. */
static void a_silent_visit_is_explained_at_once(void **state)
{
	(void)state;
	begin();
	leaves_without_a_word();
	assert_err(t->ops->reopen(t, 600000, &e), ERR_NODEV, "without a word",
		   &e);
	assert_non_null(strstr(e.text, "after it was opened"));
	assert_non_null(strstr(e.hint, "boot key"));
}

static void who_waits_goes_on_waiting_after_a_silent_visit(void **state)
{
	struct later first = { .after_ms = 100 };
	struct later next = { .after_ms = 300, .d = { .place = "1-3" } };
	pthread_t thread;
	int r;

	(void)state;
	pthread_create(&thread, NULL, do_later, &first);
	assert_ok(open_spec("usb", 60000), &e);
	pthread_join(thread, NULL);
	leaves_without_a_word();
	pthread_create(&thread, NULL, do_later, &next);
	r = t->ops->reopen(t, 1, &e);
	pthread_join(thread, NULL);
	assert_ok(r, &e);
	assert_non_null(strstr(notes, "s after it came (charging mode"));
	assert_int_equal(mock.claims, 2);
	mock_give(pattern, 100, 2, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
}

static void a_wait_in_vain_ends_with_the_silent_visit(void **state)
{
	struct later l = { .after_ms = 100 };
	pthread_t thread;

	(void)state;
	pthread_create(&thread, NULL, do_later, &l);
	assert_ok(open_spec("usb", 1000), &e);
	pthread_join(thread, NULL);
	leaves_without_a_word();
	assert_err(t->ops->reopen(t, 600000, &e), ERR_NODEV, "without a word",
		   &e);
	assert_non_null(strstr(e.hint, "boot key"));
}

static bool at_once(void *user)
{
	(void)user;
	return true;
}

static void a_wait_can_be_stopped(void **state)
{
	struct transport_env env = { .wait_ms = 60000, .cancelled = at_once };

	(void)state;
	assert_err(transport_open_in("usb", &env, &t, &e), ERR_CANCELLED, "",
		   &e);
}

static void it_comes_back_at_the_same_place(void **state)
{
	struct mock_desc elsewhere = { .place = "1-5" };
	struct later l = { .after_ms = 300 };
	pthread_t thread;
	int r;

	(void)state;
	begin();
	mock_give(pattern, 64, 1, false);
	assert_ok(send(20), &e);
	expect(64, 1000);
	mock_vanish("1-2");
	assert_err(send(20), ERR_GONE, "", &e);
	mock_plug(&elsewhere); /* another phone */
	assert_err(t->ops->reopen(t, 300, &e), ERR_GONE, "usb:1-2", &e);
	assert_err(send(20), ERR_GONE, "", &e);
	mock.gone_at = 0;
	pthread_create(&thread, NULL, do_later, &l);
	r = t->ops->reopen(t, 5000, &e);
	pthread_join(thread, NULL);
	assert_ok(r, &e);
	assert_int_equal(mock.lines, 2);
	mock_give(pattern, 100, 2, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
}

/* Last: a descriptor makes libusb of this process stop looking around. */
static void a_descriptor_is_as_good_as_a_name(void **state)
{
	char spec[16];
	int fd;

	(void)state;
	assert_err(open_spec("fd:x", 0), ERR_USAGE, "", &e);
	assert_err(open_spec("fd:999", 0), ERR_USAGE, "not open", &e);
	mock_plug(&usual);
	fd = open("/dev/bus/usb/001/002", O_RDWR);
	assert_true(fd >= 0);
	snprintf(spec, sizeof(spec), "fd:%d", fd);
	if (open_spec(spec, 0) < 0) {
		close(fd);
		if (strstr(e.text, "no USB device"))
			skip(); /* descriptors cannot be read from this fd */
		fail_msg("%s", e.text);
	}
	mock_give(pattern, 100, 1, false);
	assert_ok(send(20), &e);
	expect(100, 1000);
	assert_err(t->ops->reopen(t, 100, &e), ERR_GONE, "", &e);
	transport_close(t);
	t = NULL;
	assert_true(fcntl(fd, F_GETFD) >= 0);
	close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int run(void)
{
	const struct CMUnitTest tests[] = {
		T(endpoints_are_looked_for_and_everything_is_given_back),
		T(nothing_stays_open),
		T(of_two_interfaces_the_first_is_taken),
		T(two_phones_are_told_apart),
		T(what_is_there_instead_is_said),
		T(descriptors_that_lie_are_refused),
		T(slow_phones_are_noted),
		T(whole_packets_are_followed_by_an_empty_one),
		T(a_stalled_line_state_is_noted),
		T(frames_come_in_any_pieces),
		T(more_than_the_queue_holds_is_not_lost),
		T(whole_packets_without_an_end_cost_no_timeout),
		T(half_an_answer_is_kept_over_a_timeout),
		T(drain_leaves_nothing),
		T(silence_is_no_departure),
		T(what_came_before_the_departure_is_handed_out),
		T(it_may_vanish_at_any_transfer),
		T(stalls_and_babble_are_named),
		T(noise_on_the_cable_ends),
		T(a_phone_that_takes_nothing_is_named),
		T(a_small_request_is_not_waited_for),
		T(in_use_is_told_from_absent),
		T(without_the_right_the_rule_is_named),
		T(phones_are_listed),
		T(a_phone_may_come_later),
		T(a_short_visit_is_explained),
		T(a_silent_visit_is_explained_at_once),
		T(who_waits_goes_on_waiting_after_a_silent_visit),
		T(a_wait_in_vain_ends_with_the_silent_visit),
		T(a_wait_can_be_stopped),
		T(it_comes_back_at_the_same_place),
		T(a_descriptor_is_as_good_as_a_name),
	};
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)next_random(&seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return mock_main(argc, argv, run);
}
