/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_usb_session.c - a simulated phone behind usbfs, from its ROM to bytes of
 * its storage, and all that may go wrong on the way.
 */
#include "bsl/frame.h"
#include "device/reader.h"
#include "device/session.h"
#include "sim/phone.h"
#include "transport/transport.h"

#include "lib/unit.h"
#include "mock.h"

#include <errno.h>

#define SPEC   "ums512,super=1M,userdata=1M,ver_skip=0,fdl2_delay_ms=0"
#define WANTED ((size_t)20000)

static struct err e;
static struct phone *phone;
static uint8_t got[WANTED], there[WANTED];
static const struct mock_desc usual;
static struct transport_ops patient;
static int (*usual_reopen)(struct transport *t, unsigned ms, struct err *e);

static int setup(void **state)
{
	const char *why;

	(void)state;
	if (!mock_begin(&why))
		return -1;
	assert_ok(phone_new(SPEC, &phone, &e), &e);
	mock_serve(phone);
	mock_plug(&usual);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mock_end();
	phone_free(phone);
	phone = NULL;
	/* Whatever happened: nothing stays claimed, posted or held. */
	return mock.claims == mock.releases && mock.in_flying == 0 &&
			       mock.outlived == 0 && mock.freed_late == 0
		       ? 0
		       : -1;
}

/* What has left here does not come back: nobody needs to wait for it. */
static int reopen_now(struct transport *t, unsigned ms, struct err *err)
{
	(void)ms;
	return usual_reopen(t, 1, err);
}

static int read_some(const struct session_options *o, struct err *err)
{
	const struct extent x = { .name = "user_partition", .length = WANTED };
	const struct transport_env env = { 0 };
	struct transport *t;
	struct session *s;
	int rc = transport_open_in("usb", &env, &t, err);

	if (rc < 0)
		return rc;
	patient = *t->ops;
	usual_reopen = t->ops->reopen;
	patient.reopen = reopen_now;
	t->ops = &patient;
	rc = session_open(t, o, NULL, &s, err);
	if (rc < 0)
		return rc;
	rc = session_raise(s, STAGE_FDL2, err);
	if (rc == 0)
		rc = reader_read(s, &x, got, err);
	session_close(s);
	return rc;
}

/* From a phone that is off, with the smallest loaders. */
static int whole_session(struct err *err)
{
	static const uint8_t bytes[1200];
	struct loader fdl1, fdl2;
	struct session_options o = { .fdl1 = &fdl1, .fdl2 = &fdl2 };
	int rc;

	assert_ok(loader_from_memory("one", 0x5500, bytes, sizeof(bytes), &fdl1,
				     &e),
		  &e);
	assert_ok(loader_from_memory("two", 0x9EFFFE00, bytes, sizeof(bytes),
				     &fdl2, &e),
		  &e);
	memset(got, 0xEE, sizeof(got));
	rc = read_some(&o, err);
	loader_free(&fdl1);
	loader_free(&fdl2);
	return rc;
}

static void assert_exact(void)
{
	struct phone_stats st;

	assert_true(phone_peek(phone, "user", 0, there, sizeof(there)));
	assert_memory_equal(got, there, sizeof(there));
	phone_stats(phone, &st);
	assert_int_equal(st.storage_writes, 0);
}

static void bytes_come_from_the_rom_to_the_storage(void **state)
{
	(void)state;
	assert_ok(whole_session(&e), &e);
	assert_exact();
}

static void again(void)
{
	assert_int_equal(teardown(NULL), 0);
	assert_int_equal(setup(NULL), 0);
}

static void it_may_vanish_at_any_transfer(void **state)
{
	int n, rc = -1;

	(void)state;
	for (n = 1; rc < 0; n++) {
		mock.gone_at = n;
		rc = whole_session(&e);
		if (rc == 0)
			break;
		if (e.code != ERR_GONE && e.code != ERR_NODEV)
			fail_msg("at transfer %d: %s", n, e.text);
		assert_true(n < 1000);
		again();
	}
	assert_exact();
	/* The loaders alone are more than that. */
	assert_true(n > 20);
}

/* A named failure, or exactly the bytes; never a hang, never others. */
static void fault_at_any_transfer(int fault)
{
	unsigned n, survived = 0;

	for (n = 1; n < 1000; n++) {
		int rc;

		mock.in_error = fault;
		mock.in_error_at = n;
		rc = whole_session(&e);
		if (rc == 0) {
			survived++;
			assert_exact();
		} else if (e.code != ERR_FRAME) {
			fail_msg("%s at transfer %u: %s", strerror(fault), n,
				 e.text);
		}
		if (mock.in_begun < n)
			break; /* it never came to that */
		again();
	}
	assert_true(n > 15);
	assert_true(survived > 5);
}

static void a_stall_at_any_transfer_is_survived(void **state)
{
	(void)state;
	fault_at_any_transfer(EPIPE);
}

static void noise_at_any_transfer_is_survived(void **state)
{
	(void)state;
	fault_at_any_transfer(EPROTO);
}

static void babble_at_any_transfer_is_named_or_survived(void **state)
{
	(void)state;
	fault_at_any_transfer(EOVERFLOW);
}

static void garbage_before_the_first_frame_is_passed_over(void **state)
{
	uint8_t noise[1500];
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)next_random(&seed);
	mock_give(noise, sizeof(noise), 0, false);
	mock_give("\x7E\x7E\x00\x80", 4, 0, false); /* a frame's beginning */
	assert_ok(whole_session(&e), &e);
	assert_exact();
}

static size_t answer(uint16_t type, const char *text, uint8_t *out)
{
	const struct frame_format crc = { FRAME_CRC16, true };

	return frame_encode(crc, type, text, strlen(text) + 1, out);
}

/* To the ROM's greeting: what only loaders say. */
static void an_answer_of_another_stage_is_named(void **state)
{
	static const uint16_t types[] = { 0x93, 0x96, 0xBA, 0xAB, 0xFE, 0x8B };
	uint8_t wire[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		mock_serve(NULL);
		mock_give(wire, answer(0x81, "SPRD3", wire), 1, false);
		mock_give(wire, answer(types[i], "x", wire), 2, false);
		mock_give(wire, answer(types[i], "x", wire), 3, false);
		assert_true(whole_session(&e) < 0);
		assert_true(e.code == ERR_REFUSED || e.code == ERR_STAGE ||
			    e.code == ERR_FRAME);
		assert_non_null(strstr(e.text, "greeting the phone"));
		again();
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int run(void)
{
	const struct CMUnitTest tests[] = {
		T(bytes_come_from_the_rom_to_the_storage),
		T(it_may_vanish_at_any_transfer),
		T(a_stall_at_any_transfer_is_survived),
		T(noise_at_any_transfer_is_survived),
		T(babble_at_any_transfer_is_named_or_survived),
		T(garbage_before_the_first_frame_is_passed_over),
		T(an_answer_of_another_stage_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return mock_main(argc, argv, run);
}
