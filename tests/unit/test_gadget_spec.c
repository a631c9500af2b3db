/* SPDX-License-Identifier: BSD-3-Clause */
/* test_gadget_spec.c - which keys are the cable's and which the phone's. */
#include "sim/gadget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_phone_keeps_its_keys(void **state)
{
	struct gadget_options o;
	struct err e;
	char *rest;

	(void)state;
	assert_int_equal(
		gadget_spec("ums512,super=4M,zlp_in=0,seed=2", &o, &rest, &e),
		0);
	assert_string_equal(rest, "ums512,super=4M,seed=2");
	assert_false(o.zlp_in);
	free(rest);
}

static void defaults_are_those_of_musb(void **state)
{
	struct gadget_options o;
	struct err e;
	char *rest;

	(void)state;
	assert_int_equal(gadget_spec("ums512", &o, &rest, &e), 0);
	assert_true(o.zlp_in);
	assert_false(o.split32);
	assert_false(o.stall_line_state);
	assert_int_equal(o.reply_delay_us, 0);
	assert_int_equal(o.reattach_ms, 1000);
	assert_false(o.join);
	assert_int_equal(o.piece | o.stall_nth | o.slow_nth | o.cut_nth, 0);
	assert_string_equal(o.udc, "");
	free(rest);
}

static void every_key_is_taken(void **state)
{
	struct gadget_options o;
	struct err e;
	char *rest;

	(void)state;
	assert_int_equal(gadget_spec("m,udc=x.0,split32=1,stall_line_state=1,"
				     "reply_delay_us=300,reattach_ms=5,zz,"
				     "piece=100,join=1,stall_nth=7,slow_nth=8,"
				     "slow_ms=9,cut_nth=10",
				     &o, &rest, &e),
			 0);
	assert_string_equal(rest, "m,zz");
	assert_string_equal(o.udc, "x.0");
	assert_true(o.split32 && o.stall_line_state);
	assert_int_equal(o.reply_delay_us, 300);
	assert_int_equal(o.reattach_ms, 5);
	assert_int_equal(o.piece, 100);
	assert_true(o.join);
	assert_int_equal(o.stall_nth, 7);
	assert_int_equal(o.slow_nth, 8);
	assert_int_equal(o.slow_ms, 9);
	assert_int_equal(o.cut_nth, 10);
	free(rest);
}

static void wrong_values_are_named(void **state)
{
	static const char *const specs[] = {
		"m,zlp_in=2",
		"m,split32=",
		"m,reply_delay_us=-1",
		"m,reattach_ms=x",
		"m,join=2",
		"m,piece=0x20001",
		"m,cut_nth=",
		"m,udc=",
		"",
		",",
		("m,udc=a-name-that-is-longer-than-any-controller-has-"
		 "0123456789abcdef0123456789abcdef"),
	};
	struct gadget_options o;
	char *rest;

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct err e = { .code = ERR_NONE };

		assert_int_equal(gadget_spec(specs[i], &o, &rest, &e),
				 -(int)ERR_USAGE);
		assert_int_equal(e.code, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_phone_keeps_its_keys),
		cmocka_unit_test(defaults_are_those_of_musb),
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(wrong_values_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
