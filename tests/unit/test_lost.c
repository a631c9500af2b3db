/* SPDX-License-Identifier: BSD-3-Clause */
/* test_lost.c - a session whose phone leaves, dies, or is another one. */
#include "device/reader.h"
#include "device/session.h"

#include "lib/unit.h"
#include "lib/wirerig.h"

#include "bsl/proto.h"

static struct wirerig on;
static struct err e;

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

static void open_with(const char *spec, unsigned recover_ms)
{
	on.opt.recover_ms = recover_ms;
	snprintf(on.profile.name, sizeof(on.profile.name), "test");
	on.profile.quirks = QUIRK_CHIP_UID;
	wirerig_open_raised(&on, spec);
}

static int read_one(void)
{
	struct extent x = { .name = "misc", .length = 0x1000 };
	static uint8_t mem[0x1000];

	return reader_read(on.s, &x, mem, &e);
}

/* Reads until the phone is lost. */
static void lose(void)
{
	for (unsigned i = 0; i < 300; i++)
		if (read_one() < 0)
			return;
	fail_msg("it was never lost");
}

static void the_same_uid_is_the_same_phone(void **state)
{
	(void)state;
	open_with("ums512,uid=00112233,disconnect_at=200", 1000);
	lose();
	assert_true(session_is_lost(on.s, &e));
	assert_ok(session_recover(on.s, &e), &e);
	assert_int_equal(session_stage(on.s), STAGE_FDL2);
	assert_int_equal(session_info(on.s)->uid_len, 4);
	assert_ok(read_one(), &e);
	wirerig_close(&on);
}

static void another_uid_is_another_phone(void **state)
{
	(void)state;
	open_with("ums512,uid=00112233,disconnect_at=200,back_uid=44556677",
		  1000);
	lose();
	assert_err(session_recover(on.s, &e), ERR_EXISTS,
		   "its chip says '44556677' and not '00112233'", &e);
	assert_non_null(strstr(e.hint, "kept"));
	/* It is no way back into that phone. */
	e.code = ERR_GONE;
	wirerig_drop(&on);
}

/* Also where its loader kept running and nothing has to be loaded. */
static void a_running_loader_is_asked_for_its_uid(void **state)
{
	unsigned loads;

	(void)state;
	open_with("ums512,uid=00112233,disconnect_at=200,back_in=fdl2", 1000);
	loads = on.tap->sent[BSL_CMD_START_DATA];
	lose();
	assert_ok(session_recover(on.s, &e), &e);
	assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], loads);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_CHIP_UID], 2);
	assert_false(session_info(on.s)->escaping);
	assert_ok(read_one(), &e);
	wirerig_close(&on);
}

static void without_a_time_nothing_is_lost(void **state)
{
	(void)state;
	open_with("ums512,uid=00112233,disconnect_at=200", 0);
	lose();
	assert_int_equal(e.code, ERR_GONE);
	assert_false(session_is_lost(on.s, &e));
	assert_int_equal(session_recover(on.s, &e), -(int)ERR_GONE);
	wirerig_drop(&on);
}

/* A refusal is an answer. */
static void other_failures_are_no_loss(void **state)
{
	struct extent x = { .name = "nosuch", .length = 0x1000 };
	static uint8_t mem[0x1000];

	(void)state;
	open_with("ums512,uid=00112233", 1000);
	assert_int_equal(reader_read(on.s, &x, mem, &e), -(int)ERR_REFUSED);
	assert_false(session_is_lost(on.s, &e));
	wirerig_close(&on);
}

/* It hangs: declared dead after three fences, then it is waited for. */
static void a_dead_loader_is_lost_and_waited_for(void **state)
{
	(void)state;
	open_with("ums512,uid=00112233,hang_read=0x800,revive_ms=80000", 60000);
	assert_err(read_one(), ERR_TIMEOUT, "clearing the line", &e);
	assert_true(session_is_lost(on.s, &e));
	assert_ok(session_recover(on.s, &e), &e);
	assert_int_equal(session_stage(on.s), STAGE_FDL2);
	wirerig_drop(&on);
}

/* A failed way back leaves nothing to go on with. */
static void a_phone_that_stays_away_is_the_end(void **state)
{
	(void)state;
	open_with("ums512,uid=00112233,disconnect_at=200,back_ms=1001", 1000);
	lose();
	assert_err(session_recover(on.s, &e), ERR_GONE, "in vain (1 s)", &e);
	assert_false(session_is_lost(on.s, &e));
	wirerig_drop(&on);
}

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_uid_is_the_same_phone),
		TEST(another_uid_is_another_phone),
		TEST(a_running_loader_is_asked_for_its_uid),
		TEST(without_a_time_nothing_is_lost),
		TEST(other_failures_are_no_loss),
		TEST(a_dead_loader_is_lost_and_waited_for),
		TEST(a_phone_that_stays_away_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
