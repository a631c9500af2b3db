/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sim_wire.c - golden frames, as the phone sees them. */
#include "../../src/sim/wire.h"

#include "bsl/proto.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BYTES(...)                         \
	(const uint8_t[]) { __VA_ARGS__ }, \
		sizeof((const uint8_t[]) { __VA_ARGS__ })

static struct wire_in in;
static uint8_t out[WIRE_BUILT_MAX];

/* Feeds one whole frame; the message is inside `in`. */
static bool take(const uint8_t *p, size_t n, enum wire_chk chk, bool fold,
		 struct wire_msg *m)
{
	bool done;

	wire_in_reset(&in);
	assert_int_equal(wire_feed(&in, p, n, &done), n);
	assert_true(done);
	return wire_parse(&in, chk, fold, m);
}

static void check_in(const uint8_t *p, size_t n, enum wire_chk chk,
		     unsigned type, size_t len)
{
	struct wire_msg m;

	assert_true(take(p, n, chk, true, &m));
	assert_int_equal(m.type, type);
	assert_int_equal(m.len, len);
}

static void check_out(const uint8_t *p, size_t n, enum wire_chk chk,
		      unsigned type, const void *data, size_t len)
{
	assert_int_equal(wire_build(out, type, data, len, chk, true), n);
	assert_memory_equal(out, p, n);
}

static void reads_the_hosts_golden_frames(void **state)
{
	(void)state;
	check_in(BYTES(0x7E, 0, 0, 0, 0, 0, 0, 0x7E), WIRE_CRC, 0, 0);
	check_in(BYTES(0x7E, 0, 0, 0, 0, 0xFF, 0xFF, 0x7E), WIRE_SUM, 0, 0);
	check_in(BYTES(0x7E, 0x00, 0x01, 0x00, 0x08, 0x00, 0x00, 0x55, 0x00,
		       0x00, 0x00, 0xE0, 0x00, 0xD2, 0x91, 0x7E),
		 WIRE_CRC, BSL_CMD_START_DATA, 8);
	check_in(BYTES(0x7E, 0, 3, 0, 0, 0x59, 0x50, 0x7E), WIRE_CRC,
		 BSL_CMD_END_DATA, 0);
	check_in(BYTES(0x7E, 0, 4, 0, 0, 0xDC, 0xC0, 0x7E), WIRE_CRC,
		 BSL_CMD_EXEC_DATA, 0);
	check_in(BYTES(0x7E, 0, 4, 0, 0, 0xFF, 0xFB, 0x7E), WIRE_SUM,
		 BSL_CMD_EXEC_DATA, 0);
	check_in(BYTES(0x7E, 0x00, 0x11, 0x00, 0x0C, 0x00, 0x10, 0x00, 0x00,
		       0x00, 0x60, 0x45, 0x23, 0x01, 0x00, 0x00, 0x00, 0xB9,
		       0x4F, 0x7E),
		 WIRE_SUM, BSL_CMD_READ_MIDST, 12);
}

static void unescapes(void **state)
{
	struct wire_msg m;

	(void)state;
	/* READ_MIDST 0x1000 at 0x7E000: 7E in the data. */
	assert_true(take(BYTES(0x7E, 0x00, 0x11, 0x00, 0x08, 0x00, 0x10, 0x00,
			       0x00, 0x00, 0xE0, 0x07, 0x00, 0xF7, 0xF6, 0x7E),
			 WIRE_SUM, true, &m));
	assert_true(take(BYTES(0x7E, 0x00, 0x02, 0x00, 0x02, 0x7D, 0x5E, 0x7D,
			       0x5D, 0x81, 0x7D, 0x5E, 0x7E),
			 WIRE_SUM, true, &m));
	assert_int_equal(m.len, 2);
	assert_int_equal(m.data[0], 0x7E);
	assert_int_equal(m.data[1], 0x7D);
}

/* Odd payload: the host stores the sum not swapped, because phones fold. */
static void accepts_odd_frames_by_folding(void **state)
{
	const uint8_t right[] = { 0x7E, 0,    2,    0,	  3,   0x11,
				  0x22, 0x33, 0xD8, 0xBB, 0x7E };
	const uint8_t swapped[] = { 0x7E, 0,	2,    0,    3,	 0x11,
				    0x22, 0x33, 0xBB, 0xD8, 0x7E };
	struct wire_msg m;

	(void)state;
	assert_true(take(right, sizeof(right), WIRE_SUM, true, &m));
	assert_int_equal(m.len, 3);
	assert_false(take(swapped, sizeof(swapped), WIRE_SUM, true, &m));
	assert_false(take(right, sizeof(right), WIRE_SUM, false, &m));
	assert_true(take(swapped, sizeof(swapped), WIRE_SUM, false, &m));
}

/* FFFF passes where 0000 would be right: type FFFF, no payload. */
static void accepts_ffff_for_0000(void **state)
{
	struct wire_msg m;

	(void)state;
	assert_true(take(BYTES(0x7E, 0xFF, 0xFF, 0, 0, 0, 0, 0x7E), WIRE_SUM,
			 true, &m));
	assert_true(take(BYTES(0x7E, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0x7E),
			 WIRE_SUM, true, &m));
	assert_false(
		take(BYTES(0x7E, 0, 0, 0, 0, 0, 0, 0x7E), WIRE_SUM, true, &m));
}

static void refuses_damage(void **state)
{
	struct wire_msg m;

	(void)state;
	assert_false(take(BYTES(0x7E, 0, 4, 0, 0, 0xDC, 0xC1, 0x7E), WIRE_CRC,
			  true, &m));
	assert_false(take(BYTES(0x7E, 0, 4, 0, 1, 0xFF, 0xFA, 0x7E), WIRE_SUM,
			  true, &m));
	assert_false(take(BYTES(0x7E, 0, 4, 0x7E), WIRE_SUM, true, &m));
	assert_false(take(BYTES(0x7E, 0, 4, 0, 0, 0xFF, 0xFB, 0x7D, 0x7E),
			  WIRE_CRC, true, &m));
}

static void finds_frames_in_any_pieces(void **state)
{
	const uint8_t noise[] = { 'U', 'U', 0x7E, 0x7E, 0x7E, 0,    4,
				  0,   0,   0xFF, 0xFB, 0x7E, 0x7E, 0,
				  4,   0,   0,	  0xFF, 0xFB, 0x7E };
	unsigned frames = 0;
	struct wire_msg m;
	bool done;

	(void)state;
	wire_in_reset(&in);
	for (size_t i = 0; i < sizeof(noise); i++) {
		assert_int_equal(wire_feed(&in, noise + i, 1, &done), 1);
		if (!done)
			continue;
		assert_true(wire_parse(&in, WIRE_SUM, true, &m));
		wire_in_reset(&in);
		frames++;
	}
	assert_int_equal(frames, 2);
}

static void counts_a_run_of_flags(void **state)
{
	bool done;

	(void)state;
	wire_in_reset(&in);
	wire_feed(&in, BYTES(0x7E, 0x7E, 0x7E, 0x7E), &done);
	assert_false(done);
	assert_int_equal(in.flags, 4);
	assert_int_equal(in.len, 0);
}

static void a_frame_may_be_too_long(void **state)
{
	uint8_t *p = malloc(0x11000);
	struct wire_msg m;

	(void)state;
	memset(p, 0, 0x11000);
	p[0] = p[0x11000 - 1] = 0x7E;
	assert_false(take(p, 0x11000, WIRE_SUM, true, &m));
	assert_true(in.over);
	wire_feed_transfer(&in, p, 0x11000);
	assert_true(in.over);
	assert_int_equal(in.len, WIRE_IN_MAX);
	free(p);
}

static void takes_a_transfer_without_looking_at_flags(void **state)
{
	struct wire_msg m;

	(void)state;
	wire_feed_transfer(
		&in, BYTES(0x7E, 0, 2, 0, 2, 0x7E, 0x7D, 0x81, 0x7E, 0x7E));
	assert_true(wire_parse(&in, WIRE_SUM, true, &m));
	assert_int_equal(m.data[0], 0x7E);
	assert_int_equal(m.data[1], 0x7D);
	wire_feed_transfer(&in, BYTES(0x7E, 0x7E));
	assert_false(wire_parse(&in, WIRE_SUM, true, &m));
}

static void takes_a_plain_stream_by_length(void **state)
{
	const uint8_t two[] = { 0x7E, 0,    2, 0, 2, 0x7E, 0x7D, 0x81, 0x7E,
				0x7E, 0x7E, 0, 4, 0, 0,	   0xFF, 0xFB, 0x7E };
	struct wire_msg m;
	size_t first;
	bool done;

	(void)state;
	wire_in_reset(&in);
	first = wire_feed_plain(&in, two, sizeof(two), &done);
	assert_true(done);
	assert_int_equal(first, 10);
	assert_true(wire_parse(&in, WIRE_SUM, true, &m));
	wire_in_reset(&in);
	assert_int_equal(
		wire_feed_plain(&in, two + first, sizeof(two) - first, &done),
		sizeof(two) - first);
	assert_true(done);
	assert_true(wire_parse(&in, WIRE_SUM, true, &m));
}

static void writes_the_golden_replies(void **state)
{
	(void)state;
	check_out(BYTES(0x7E, 0, 0x81, 0, 6, 0x53, 0x50, 0x52, 0x44, 0x33, 0,
			0x57, 0x0A, 0x7E),
		  WIRE_CRC, BSL_REP_VER, "SPRD3", 6);
	check_out(BYTES(0x7E, 0, 0x80, 0, 0, 0x3B, 0x5A, 0x7E), WIRE_CRC,
		  BSL_REP_ACK, NULL, 0);
	check_out(BYTES(0x7E, 0, 0x80, 0, 0, 0xFF, 0x7F, 0x7E), WIRE_SUM,
		  BSL_REP_ACK, NULL, 0);
	check_out(BYTES(0x7E, 0, 0x8B, 0, 0, 0xFF, 0x74, 0x7E), WIRE_SUM,
		  BSL_REP_VERIFY_ERROR, NULL, 0);
	check_out(BYTES(0x7E, 0, 0xFE, 0, 0, 0xFF, 0x01, 0x7E), WIRE_SUM,
		  BSL_REP_UNSUPPORTED_COMMAND, NULL, 0);
	check_out(BYTES(0x7E, 0, 0x96, 0, 0, 0xFF, 0x69, 0x7E), WIRE_SUM,
		  BSL_REP_INCOMPATIBLE_PARTITION, NULL, 0);
	/* Odd, and still with the low byte first. */
	check_out(
		BYTES(0x7E, 0, 0x93, 0, 3, 0x11, 0x22, 0x33, 0xBB, 0x47, 0x7E),
		WIRE_SUM, BSL_REP_READ_FLASH, "\x11\x22\x33", 3);
}

static void greets_as_fdl1(void **state)
{
	const char text[] = "Spreadtrum Boot Block version 1.1";
	size_t n;

	(void)state;
	n = wire_build(out, BSL_REP_VER, (const uint8_t *)text, sizeof(text),
		       WIRE_SUM, true);
	assert_int_equal(n, 34 + 8);
	assert_memory_equal(out, "\x7E\x00\x81\x00\x22Spread", 11);
	assert_memory_equal(out + n - 5, "1\x00\xAA\xE9\x7E", 5);
}

static void escapes_only_when_asked(void **state)
{
	uint8_t data[64];

	(void)state;
	memset(data, 0x7E, sizeof(data));
	data[17] = 0x11;
	assert_int_equal(wire_build(out, 0x93, data, 64, WIRE_SUM, false), 72);
	assert_memory_equal(out + WIRE_DATA_AT, data, sizeof(data));
	assert_int_equal(wire_build(out, 0x93, data, 64, WIRE_SUM, true),
			 72 + 63);
	assert_memory_equal(out + 5, "\x7D\x5E\x7D\x5E", 4);
}

static void knows_the_check_string(void **state)
{
	(void)state;
	assert_int_equal(wire_crc16((const uint8_t *)"123456789", 9), 0x31C3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_hosts_golden_frames),
		cmocka_unit_test(unescapes),
		cmocka_unit_test(accepts_odd_frames_by_folding),
		cmocka_unit_test(accepts_ffff_for_0000),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(finds_frames_in_any_pieces),
		cmocka_unit_test(counts_a_run_of_flags),
		cmocka_unit_test(a_frame_may_be_too_long),
		cmocka_unit_test(takes_a_transfer_without_looking_at_flags),
		cmocka_unit_test(takes_a_plain_stream_by_length),
		cmocka_unit_test(writes_the_golden_replies),
		cmocka_unit_test(greets_as_fdl1),
		cmocka_unit_test(escapes_only_when_asked),
		cmocka_unit_test(knows_the_check_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
