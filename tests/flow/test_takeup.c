/* SPDX-License-Identifier: BSD-3-Clause */
/* test_takeup.c - a second session with a phone that the first one left. */
#include "lib/rig.h"

#include "bsl/msg.h"
#include "bsl/proto.h"
#include "device/layout.h"
#include "job/plan.h"
#include "transport/sim.h"

/* The phone stays when its session goes. */
struct cable {
	struct transport base;
	struct transport *phone;
	bool deaf; /* drain leaves what is there, as a phone that still sends */
	unsigned flags;	    /* transfers of flags alone */
	unsigned sent[256]; /* frames, by command */
};

static struct cable cable;

static int cable_send(struct transport *t, const void *buf, size_t len,
		      unsigned timeout_ms, struct err *e)
{
	const uint8_t *p = buf;

	(void)t;
	if (len < 8)
		cable.flags++;
	else
		cable.sent[p[2]]++;
	return cable.phone->ops->send(cable.phone, buf, len, timeout_ms, e);
}

static int cable_recv(struct transport *t, void *buf, size_t cap,
		      size_t *ret_len, unsigned timeout_ms, struct err *e)
{
	(void)t;
	return cable.phone->ops->recv(cable.phone, buf, cap, ret_len,
				      timeout_ms, e);
}

static int cable_drain(struct transport *t, struct err *e)
{
	(void)t;
	return cable.deaf ? 0 : cable.phone->ops->drain(cable.phone, e);
}

static int cable_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	(void)t;
	return cable.phone->ops->reopen(cable.phone, timeout_ms, e);
}

static void cable_close(struct transport *t)
{
	(void)t;
}

static const struct transport_ops cable_ops = {
	.name = "cable",
	.send = cable_send,
	.recv = cable_recv,
	.drain = cable_drain,
	.reopen = cable_reopen,
	.close = cable_close,
};

static struct phone *plug_in(const char *spec)
{
	struct err e;

	memset(&cable, 0, sizeof(cable));
	cable.base.ops = &cable_ops;
	assert_ok(transport_open(spec, &cable.phone, &e), &e);
	return transport_sim_phone(cable.phone);
}

static void unplug(struct rig *r)
{
	rig_close(r);
	r->phone = NULL;
	transport_close(cable.phone);
}

/* A session on the cable that knows what `left` says; counts from here. */
static struct session *again(const struct session_options *so,
			     const struct session_left *left)
{
	struct session_options with = *so;
	struct session *s;
	struct err e;

	with.left = left;
	memset(cable.sent, 0, sizeof(cable.sent));
	cable.flags = 0;
	assert_ok(session_open(&cable.base, &with, NULL, &s, &e), &e);
	return s;
}

/* The same without loaders. */
static struct session *second(const struct rig *r,
			      const struct session_left *left)
{
	const struct session_options so = { .profile = r->so.profile };

	return again(&so, left);
}

static struct session_left leave(struct rig *r, struct phone *p)
{
	struct session_left left = { .stage = STAGE_FDL2 };

	rig_open_on(r, &cable.base, p);
	left.info = *session_info(r->s);
	session_close(r->s);
	r->s = NULL;
	return left;
}

static void assert_taken_up(struct session *s)
{
	const char *const *names;
	struct layout l;
	struct err e;
	size_t n;

	assert_ok(session_raise(s, STAGE_FDL2, &e), &e);
	assert_true(session_info(s)->taken_up);
	assert_int_equal(cable.flags, 0);
	assert_int_equal(cable.sent[BSL_CMD_CONNECT], 0);
	assert_int_equal(cable.sent[BSL_CMD_START_DATA], 0);
	names = plan_known_names(&n);
	assert_ok(layout_read(s, names, n, &l, &e), &e);
	assert_true(l.table.n > 20);
	layout_free(&l);
}

static void assert_well(const struct phone *p, unsigned unsupported)
{
	struct phone_stats st;

	phone_stats(p, &st);
	assert_null(st.dead);
	assert_int_equal(st.unsupported, unsupported);
	assert_int_equal(st.storage_writes, 0);
	assert_string_equal(st.stage, "fdl2");
}

static void fdl2_is_gone_on_with_whether_it_escapes_or_not(void **state)
{
	static const char *const specs[] = {
		"sim:ums512,super=6M,userdata=1M",
		"sim:ums9230,super=6M,userdata=1M",
		"sim:sc9832",
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct phone *p = plug_in(specs[i]);
		struct session_left left = leave(r, p);
		struct session *s = second(r, &left);

		assert_taken_up(s);
		assert_int_equal(session_info(s)->escaping, left.info.escaping);
		assert_string_equal(session_info(s)->hello, left.info.hello);
		session_close(s);
		assert_well(p, 0);
		unplug(r);
	}
}

/* READ_START, READ_MIDST; of the answer only `got` bytes are collected. */
static void break_off_inside(const struct session_left *left, size_t got)
{
	const struct frame_format fmt = { FRAME_SUM16, left->info.escaping };
	const struct guard reading = { .mode = GUARD_READ };
	uint8_t msg[MSG_MAX], some[4096];
	struct reply r;
	struct link *l;
	struct err e;
	size_t n;

	assert_ok(link_new(&cable.base, NULL, &l, &e), &e);
	link_set_format(l, fmt);
	link_set_guard(l, &reading);
	n = msg_read_start("splloader", 1 << 20, false, msg);
	assert_ok(link_call(l, BSL_CMD_READ_START, msg, n, 1000, &r, &e), &e);
	n = msg_read_midst(0x1000, 0, false, msg);
	assert_ok(link_post(l, BSL_CMD_READ_MIDST, msg, n, &e), &e);
	while (got > 0) {
		assert_ok(cable.phone->ops->recv(
				  cable.phone, some,
				  got < sizeof(some) ? got : sizeof(some), &n,
				  1000, &e),
			  &e);
		got -= n;
	}
	link_free(l);
}

static void a_half_read_answer_is_passed_over(void **state)
{
	static const size_t got[] = { 0, 1, 5, 700, 4095, 4096 };
	struct rig *r = *state;

	for (size_t i = 0; i < 2 * sizeof(got) / sizeof(got[0]); i++) {
		struct phone *p =
			plug_in(i % 2 ? "sim:ums512,super=6M,userdata=1M"
				      : "sim:sc9832");
		struct session_left left = leave(r, p);
		struct session *s;

		break_off_inside(&left, got[i / 2]);
		s = second(r, &left);
		cable.deaf = true;
		assert_taken_up(s);
		session_close(s);
		assert_well(p, 0);
		unplug(r);
	}
}

static void a_command_that_was_refused_is_not_asked_again(void **state)
{
	struct rig *r = *state;
	struct phone *p = plug_in(
		"sim:ums512,super=6M,userdata=1M,user_partition=84,ptable=fe");
	struct session_left left = { .stage = STAGE_FDL2 };
	const char *const *names;
	struct layout l;
	struct session *s;
	size_t n;

	rig_open_on(r, &cable.base, p);
	names = plan_known_names(&n);
	assert_ok(layout_read(r->s, names, n, &l, &r->e), &r->e);
	layout_free(&l);
	left.info = *session_info(r->s);
	assert_true(left.info.no_list);
	session_close(r->s);
	r->s = NULL;
	s = second(r, &left);
	assert_taken_up(s);
	assert_int_equal(cable.sent[BSL_CMD_READ_PARTITION], 0);
	session_close(s);
	assert_well(p, 1);
	unplug(r);
}

/* Nothing is known, and the loader has ended by none of our flags. */
static void a_silent_phone_may_be_an_fdl2_that_escapes(void **state)
{
	struct rig *r = *state;
	struct phone *p = plug_in("sim:sc9832");
	struct session *s;
	struct err e;

	leave(r, p);
	s = second(r, NULL);
	assert_ok(session_raise(s, STAGE_FDL2, &e), &e);
	assert_true(session_info(s)->taken_blind);
	assert_int_equal(cable.sent[BSL_CMD_CONNECT], 0);
	session_close(s);
	assert_well(p, 0);
	unplug(r);
}

/* Somebody has switched it off and on again in between. */
static void a_rom_in_its_place_is_brought_up(void **state)
{
	struct rig *r = *state;
	struct session_left left = { .stage = STAGE_FDL2,
				     .info.escaping = false };
	struct phone *p =
		plug_in("sim:ums512,super=6M,userdata=1M,bad_chk=reply");
	struct session_options so = { .profile = NULL };
	struct session *s;

	leave(r, p);
	transport_close(cable.phone);
	p = plug_in("sim:ums512,super=6M,userdata=1M,bad_chk=reply");
	so.fdl1 = &r->fdl1;
	so.fdl2 = &r->fdl2;
	s = again(&so, &left);
	assert_ok(session_raise(s, STAGE_FDL2, &r->e), &r->e);
	assert_false(session_info(s)->taken_up);
	assert_true(cable.flags > 0);
	session_close(s);
	assert_well(p, 0);
	unplug(r);
}

static void an_fdl1_that_was_left_is_gone_on_with(void **state)
{
	struct rig *r = *state;
	struct phone *p = plug_in("sim:ums512,super=6M,userdata=1M");
	struct session_left left = { .stage = STAGE_FDL1 };
	struct session_options so;
	struct session *s;

	leave(r, p);
	transport_close(cable.phone);
	p = plug_in("sim:ums512,super=6M,userdata=1M");
	so = r->so;
	assert_ok(session_open(&cable.base, &so, NULL, &s, &r->e), &r->e);
	assert_ok(session_raise(s, STAGE_FDL1, &r->e), &r->e);
	left.info = *session_info(s);
	session_close(s);
	so.fdl1 = NULL;
	s = again(&so, &left);
	assert_ok(session_raise(s, STAGE_FDL2, &r->e), &r->e);
	assert_int_equal(cable.sent[BSL_CMD_READ_END], 0);
	session_close(s);
	assert_well(p, 0);
	unplug(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fdl2_is_gone_on_with_whether_it_escapes_or_not),
		TEST(a_half_read_answer_is_passed_over),
		TEST(a_command_that_was_refused_is_not_asked_again),
		TEST(a_silent_phone_may_be_an_fdl2_that_escapes),
		TEST(a_rom_in_its_place_is_brought_up),
		TEST(an_fdl1_that_was_left_is_gone_on_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
