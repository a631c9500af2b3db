/* SPDX-License-Identifier: BSD-3-Clause */
/* The filter that spoils: plans, ends of answers, each kind of fault. */
#include "lib/unit.h"

#include "../../src/transport/fault_internal.h"

#include <stdlib.h>

/* -- an end that says what it is told to, one piece a recv --------------- */

#define PIECES 16u

struct end {
	struct transport base;
	struct {
		const void *p;
		size_t n;
	} say[PIECES];
	size_t first, last;
	uint64_t clock_ms;
	uint8_t heard[256];
	size_t heard_len;
	unsigned sends, reopened, drained;
	bool gone;
};

static int end_send(struct transport *t, const void *buf, size_t len,
		    unsigned timeout_ms, struct err *e)
{
	struct end *x = (struct end *)t;

	(void)timeout_ms;
	(void)e;
	assert_true(x->heard_len + len <= sizeof(x->heard));
	memcpy(x->heard + x->heard_len, buf, len);
	x->heard_len += len;
	x->sends++;
	return 0;
}

static int end_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
		    unsigned timeout_ms, struct err *e)
{
	struct end *x = (struct end *)t;

	if (x->gone)
		return err_set(e, ERR_GONE, "gone");
	if (x->first == x->last) {
		x->clock_ms += timeout_ms;
		return err_set(e, ERR_TIMEOUT, "silence");
	}
	assert_true(x->say[x->first].n <= cap);
	memcpy(buf, x->say[x->first].p, x->say[x->first].n);
	*ret_len = x->say[x->first++].n;
	return 0;
}

static int end_drain(struct transport *t, struct err *e)
{
	struct end *x = (struct end *)t;

	(void)e;
	x->first = x->last;
	x->drained++;
	return 0;
}

static int end_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	struct end *x = (struct end *)t;

	(void)timeout_ms;
	(void)e;
	x->first = x->last;
	x->reopened++;
	return 0;
}

static void end_close(struct transport *t)
{
	(void)t;
}

static const struct transport_ops end_ops = {
	.name = "end",
	.send = end_send,
	.recv = end_recv,
	.drain = end_drain,
	.reopen = end_reopen,
	.close = end_close,
};

struct line {
	struct end end;
	struct transport *t;
	struct err e;
	char note[128];
	unsigned notes;
};

static void on_note(void *user, const char *text)
{
	struct line *l = user;

	snprintf(l->note, sizeof(l->note), "%s", text);
	l->notes++;
}

static void open_line(struct line *l, const char *plan)
{
	struct transport_env env = { .note = on_note, .user = l };

	memset(l, 0, sizeof(*l));
	l->end.base.ops = &end_ops;
	assert_ok(transport_open_fault(plan, &env, &l->end.base, &l->t, &l->e),
		  &l->e);
}

static void says(struct line *l, const void *p, size_t n)
{
	assert_true(l->end.last < PIECES);
	l->end.say[l->end.last].p = p;
	l->end.say[l->end.last++].n = n;
}

static void ask(struct line *l)
{
	assert_ok(l->t->ops->send(l->t, "ask", 3, 100, &l->e), &l->e);
}

static void expect(struct line *l, const void *p, size_t n)
{
	uint8_t got[512];
	size_t len;

	assert_ok(l->t->ops->recv(l->t, got, sizeof(got), &len, 100, &l->e),
		  &l->e);
	assert_int_equal(len, n);
	assert_memory_equal(got, p, n);
}

static size_t receive(struct line *l, uint8_t *got, size_t cap)
{
	size_t len;

	assert_ok(l->t->ops->recv(l->t, got, cap, &len, 100, &l->e), &l->e);
	return len;
}

static void expect_error(struct line *l, enum err_code code)
{
	uint8_t got[512];
	size_t len;
	int rc = l->t->ops->recv(l->t, got, sizeof(got), &len, 100, &l->e);

	assert_int_equal(rc, -(int)code);
}

static const uint8_t one[] = { 0x7E, 0, 0x80, 0, 0, 0x7F, 0xFF, 0x7E };
static const uint8_t two[] = { 0x7E, 0, 0x81, 0, 2, 0x11, 0x22, 1, 2, 0x7E };

/* -- plans --------------------------------------------------------------- */

static void plans_are_read(void **state)
{
	struct fault_plan p;
	struct err e;

	(void)state;
	assert_ok(fault_plan_parse("late:n=7,ms=20;flip:1/50,seed=2;lose", &p,
				   &e),
		  &e);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.v[0].kind, FAULT_LATE);
	assert_int_equal(p.v[0].n, 7);
	assert_int_equal(p.v[0].times, 1);
	assert_int_equal(p.v[0].late_ms, 20);
	assert_int_equal(p.v[1].kind, FAULT_FLIP);
	assert_int_equal(p.v[1].one_in, 50);
	assert_true(p.v[1].times == UINT64_MAX);
	assert_int_equal(p.v[1].rng, 2);
	assert_int_equal(p.v[2].n, 1);
	for (unsigned k = 0; k < FAULT_KINDS; k++) {
		assert_ok(fault_plan_parse(fault_kind_name(k), &p, &e), &e);
		assert_int_equal(p.v[0].kind, k);
	}
}

static void other_plans_are_refused(void **state)
{
	static const struct {
		const char *plan, *why;
	} cases[] = {
		{ "", "no fault ''" },
		{ "lose;", "no fault ''" },
		{ "lost", "no fault 'lost'" },
		{ "lose:n=0", "too small" },
		{ "lose:n=", "in 'lose'" },
		{ "lose:n=1000000001", "in 'lose'" },
		{ "lose:1/0", "too small" },
		{ "lose:times=-1", "in 'lose'" },
		{ "lose:k=1", "none of n=N" },
		{ "lose:n=1,,", "none of n=N" },
		{ "lose:ms=5", "belongs to 'late'" },
		{ "lose;lose;lose;lose;lose;lose;lose;lose;lose;lose;lose;"
		  "lose;lose;lose;lose;lose;lose",
		  "up to 16 faults" },
	};
	char text[600];
	struct fault_plan p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_err(fault_plan_parse(cases[i].plan, &p, &e), ERR_USAGE,
			   cases[i].why, &e);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_err(fault_plan_parse(text, &p, &e), ERR_USAGE, "characters", &e);
}

static void chance_is_the_same_each_time(void **state)
{
	struct fault_plan a, b;
	unsigned hits = 0, differ = 0;
	struct err e;

	(void)state;
	for (unsigned seed = 0; seed < 2; seed++) {
		hits = 0;
		assert_ok(fault_plan_parse("flip:n=11,1/10,seed=5", &a, &e),
			  &e);
		assert_ok(fault_plan_parse(seed ? "flip:n=11,1/10,seed=6"
						: "flip:n=11,1/10,seed=5",
					   &b, &e),
			  &e);
		for (unsigned i = 1; i <= 10010; i++) {
			bool x = fault_is_due(&a.v[0], i);

			assert_true(!x || i > 10);
			hits += x;
			differ += x != fault_is_due(&b.v[0], i);
		}
		assert_in_range(hits, 800, 1200);
		assert_true((differ != 0) == (seed != 0));
	}
}

/* -- where an answer ends ------------------------------------------------ */

static void assert_end(const void *p, size_t n, size_t end)
{
	uint8_t *exact = malloc(n);

	assert_non_null(exact);
	for (size_t k = 0; k < n; k++) {
		memcpy(exact, p, n);
		if (k < end)
			assert_int_equal(fault_answer_end(exact, k), 0);
	}
	assert_int_equal(fault_answer_end(exact, n), end);
	free(exact);
}

static void answers_end_at_their_flag(void **state)
{
	static const uint8_t escaped[] = { 0x7E, 0,    0x93, 0, 2, 0x7D,
					   0x5E, 0x7D, 0x5D, 9, 9, 0x7E };
	static const uint8_t plain[] = { 0x7E, 0,    0x93, 0, 4,    0x7E, 0x7E,
					 0x7D, 0x7E, 9,	   9, 0x7E, 0x7E };
	static const uint8_t flags[] = { 0x7E, 0x7E, 0x7E, 0,	 0x80,
					 0,    0,    0x7F, 0xFF, 0x7E };

	(void)state;
	assert_end(one, sizeof(one), sizeof(one));
	assert_end(two, sizeof(two), sizeof(two));
	assert_end(escaped, sizeof(escaped), sizeof(escaped));
	assert_end(plain, sizeof(plain), sizeof(plain) - 1);
	assert_end(flags, sizeof(flags), sizeof(flags));
	/* No frame at all. */
	assert_int_equal(fault_answer_end((const uint8_t *)"UUU", 3), 3);
	assert_int_equal(fault_answer_end((const uint8_t *)"UU~", 3), 2);
	assert_int_equal(
		fault_answer_end((const uint8_t *)"~\0\x80\0\0~aaaaa", 11), 11);
}

/* -- kinds --------------------------------------------------------------- */

static void without_a_fault_all_goes_through(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "lose:n=100");
	ask(&l);
	assert_memory_equal(l.end.heard, "ask", 3);
	says(&l, one, sizeof(one));
	expect(&l, one, sizeof(one));
	/* A whole answer, in whatever pieces it comes. */
	says(&l, two, 3);
	says(&l, two + 3, sizeof(two) - 3);
	expect(&l, two, sizeof(two));
	/* Two with one recv are two. */
	says(&l, "~\0\x80\0\0ab~~\0\x80\0\0cd~", 16);
	expect(&l, "~\0\x80\0\0ab~", 8);
	expect(&l, "~\0\x80\0\0cd~", 8);
	/* One that breaks off comes as it is, after the silence. */
	says(&l, two, 5);
	expect(&l, two, 5);
	expect_error(&l, ERR_TIMEOUT);
	assert_int_equal(transport_fault_stats(l.t)->replies, 5);
	assert_int_equal(transport_fault_stats(l.t)->all, 0);
	transport_close(l.t);
}

static void lost(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "lose:n=2");
	says(&l, one, sizeof(one));
	says(&l, two, sizeof(two));
	expect(&l, one, sizeof(one));
	expect_error(&l, ERR_TIMEOUT);
	assert_int_equal(l.end.clock_ms, 100);
	assert_string_equal(l.note, "fault: lose, answer 2 (10 bytes)");
	says(&l, one, sizeof(one));
	expect(&l, one, sizeof(one));
	assert_int_equal(l.notes, 1);
	transport_close(l.t);
}

static void late_comes_behind_the_next_request(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "late:n=1");
	says(&l, one, sizeof(one));
	expect_error(&l, ERR_TIMEOUT);
	/* Not here yet, so that nothing can throw it away. */
	assert_ok(l.t->ops->drain(l.t, &l.e), &l.e);
	assert_int_equal(l.end.drained, 1);
	ask(&l);
	says(&l, two, sizeof(two));
	expect(&l, one, sizeof(one));
	expect(&l, two, sizeof(two));
	transport_close(l.t);
}

static void late_by_a_time(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "late:n=1,ms=250");
	says(&l, one, sizeof(one));
	says(&l, two, sizeof(two));
	expect_error(&l, ERR_TIMEOUT);
	ask(&l);
	expect_error(&l, ERR_TIMEOUT);
	/* What is behind it on the line waits, too. */
	expect(&l, one, sizeof(one));
	assert_int_equal(l.end.clock_ms, 250);
	expect(&l, two, sizeof(two));
	transport_close(l.t);
}

static void doubled(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "double:n=1");
	says(&l, one, sizeof(one));
	says(&l, two, sizeof(two));
	expect(&l, one, sizeof(one));
	expect(&l, one, sizeof(one));
	expect(&l, two, sizeof(two));
	transport_close(l.t);
}

static void cut(void **state)
{
	uint8_t got[64];

	(void)state;
	for (unsigned seed = 0; seed < 50; seed++) {
		char plan[64];
		struct line l;
		size_t n;

		snprintf(plan, sizeof(plan), "cut:n=1,seed=%u", seed);
		open_line(&l, plan);
		says(&l, two, sizeof(two));
		n = receive(&l, got, sizeof(got));
		assert_in_range(n, 1, sizeof(two) - 1);
		assert_memory_equal(got, two, n);
		expect_error(&l, ERR_TIMEOUT);
		transport_close(l.t);
	}
}

static unsigned different_bits(const uint8_t *a, const uint8_t *b, size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits += (unsigned)__builtin_popcount(a[i] ^ b[i]);
	return bits;
}

static void flipped(void **state)
{
	uint8_t got[64];
	struct line l;

	(void)state;
	open_line(&l, "flip:n=1");
	says(&l, two, sizeof(two));
	assert_int_equal(receive(&l, got, sizeof(got)), sizeof(two));
	assert_int_equal(different_bits(got, two, sizeof(two)), 1);
	transport_close(l.t);
}

static void merged(void **state)
{
	uint8_t both[sizeof(one) + sizeof(two)];
	struct line l;

	(void)state;
	memcpy(both, one, sizeof(one));
	memcpy(both + sizeof(one), two, sizeof(two));
	open_line(&l, "merge:n=1");
	says(&l, one, sizeof(one));
	expect_error(&l, ERR_TIMEOUT);
	says(&l, two, sizeof(two));
	expect(&l, both, sizeof(both));
	transport_close(l.t);
}

static void split(void **state)
{
	uint8_t got[64], all[sizeof(two)];
	size_t n, pieces = 0;
	struct line l;

	(void)state;
	open_line(&l, "split:n=1,seed=4");
	says(&l, two, sizeof(two));
	for (size_t at = 0; at < sizeof(two); at += n, pieces++) {
		n = receive(&l, got, sizeof(got));
		assert_true(at + n <= sizeof(two));
		memcpy(all + at, got, n);
	}
	assert_true(pieces > 1);
	assert_memory_equal(all, two, sizeof(two));
	transport_close(l.t);
}

static void garbage(void **state)
{
	uint8_t got[64];
	struct line l;
	size_t n;

	(void)state;
	open_line(&l, "garbage:n=1");
	says(&l, two, sizeof(two));
	n = receive(&l, got, sizeof(got));
	assert_true(n > sizeof(two));
	assert_memory_equal(got + n - sizeof(two), two, sizeof(two));
	transport_close(l.t);
}

static void stalled_until_opened_again(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "stall:n=2");
	says(&l, one, sizeof(one));
	says(&l, two, sizeof(two));
	expect(&l, one, sizeof(one));
	expect_error(&l, ERR_TIMEOUT);
	says(&l, one, sizeof(one));
	ask(&l);
	assert_int_equal(l.end.sends, 0);
	expect_error(&l, ERR_TIMEOUT);
	assert_ok(l.t->ops->reopen(l.t, 100, &l.e), &l.e);
	assert_int_equal(l.end.reopened, 1);
	ask(&l);
	assert_int_equal(l.end.sends, 1);
	says(&l, one, sizeof(one));
	expect(&l, one, sizeof(one));
	transport_close(l.t);
}

static void gone_until_opened_again(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "disconnect:n=1");
	says(&l, one, sizeof(one));
	expect_error(&l, ERR_GONE);
	expect_error(&l, ERR_GONE);
	assert_int_equal(l.t->ops->send(l.t, "x", 1, 100, &l.e),
			 -(int)ERR_GONE);
	assert_ok(l.t->ops->reopen(l.t, 100, &l.e), &l.e);
	says(&l, two, sizeof(two));
	expect(&l, two, sizeof(two));
	transport_close(l.t);
}

static void gone_for_good(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "vanish:n=1");
	says(&l, one, sizeof(one));
	expect_error(&l, ERR_GONE);
	assert_err(l.t->ops->reopen(l.t, 100, &l.e), ERR_GONE, "100 ms", &l.e);
	assert_int_equal(l.end.reopened, 0);
	expect_error(&l, ERR_GONE);
	transport_close(l.t);
}

static void requests_are_lost_and_damaged(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "unheard:n=1;misheard:n=2");
	ask(&l);
	assert_int_equal(l.end.heard_len, 0);
	assert_string_equal(l.note, "fault: unheard, request 1 (3 bytes)");
	ask(&l);
	assert_int_equal(different_bits(l.end.heard, (const uint8_t *)"ask", 3),
			 1);
	ask(&l);
	assert_memory_equal(l.end.heard + 3, "ask", 3);
	assert_int_equal(transport_fault_stats(l.t)->requests, 3);
	assert_int_equal(transport_fault_stats(l.t)->done[FAULT_UNHEARD], 1);
	transport_close(l.t);
}

static void several_faults_to_one_answer(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "late:n=1;double:n=1");
	says(&l, one, sizeof(one));
	expect_error(&l, ERR_TIMEOUT);
	ask(&l);
	expect(&l, one, sizeof(one));
	expect(&l, one, sizeof(one));
	assert_int_equal(transport_fault_stats(l.t)->all, 2);
	transport_close(l.t);
}

/* What `next` cannot do, the filter cannot do either. */
static void methods_follow_the_end(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "lose");
	assert_non_null(l.t->ops->reopen);
	assert_null(l.t->ops->set_speed);
	assert_null(l.t->ops->witness);
	transport_close(l.t);
}

static void the_end_going_is_told(void **state)
{
	struct line l;

	(void)state;
	open_line(&l, "lose:n=5");
	l.end.gone = true;
	expect_error(&l, ERR_GONE);
	transport_close(l.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_are_read),
		cmocka_unit_test(other_plans_are_refused),
		cmocka_unit_test(chance_is_the_same_each_time),
		cmocka_unit_test(answers_end_at_their_flag),
		cmocka_unit_test(without_a_fault_all_goes_through),
		cmocka_unit_test(lost),
		cmocka_unit_test(late_comes_behind_the_next_request),
		cmocka_unit_test(late_by_a_time),
		cmocka_unit_test(doubled),
		cmocka_unit_test(cut),
		cmocka_unit_test(flipped),
		cmocka_unit_test(merged),
		cmocka_unit_test(split),
		cmocka_unit_test(garbage),
		cmocka_unit_test(stalled_until_opened_again),
		cmocka_unit_test(gone_until_opened_again),
		cmocka_unit_test(gone_for_good),
		cmocka_unit_test(requests_are_lost_and_damaged),
		cmocka_unit_test(several_faults_to_one_answer),
		cmocka_unit_test(methods_follow_the_end),
		cmocka_unit_test(the_end_going_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
