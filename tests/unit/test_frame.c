/* SPDX-License-Identifier: BSD-3-Clause */
/* test_frame.c - the host's codec: known frames, damage, and the sim's codec.
 */
#include "bsl/frame.h"

#include "lib/golden.h"
#include "lib/unit.h"

#include "base/bytes.h"
#include "bsl/proto.h"
#include "../../src/sim/wire.h"

static const struct frame_format crc_on = { FRAME_CRC16, true };
static const struct frame_format sum_on = { FRAME_SUM16, true };
static const struct frame_format sum_off = { FRAME_SUM16, false };
static const struct frame_format either_on = { FRAME_EITHER, true };

/* Large; one at a time is enough for all tests. */
static struct frame_decoder dec;
static uint8_t wire[FRAME_WIRE_MAX(BSL_PAYLOAD_MAX)];
static uint8_t bulk[BSL_PAYLOAD_MAX + 16];
static uint8_t data[BSL_PAYLOAD_MAX];

/* Feeds all of in; returns the first end of a frame, *used up to there. */
static enum frame_status feed(const uint8_t *in, size_t n, size_t *used,
			      struct frame *f)
{
	enum frame_status st = frame_feed(&dec, in, n, used, f);

	if (st == FRAME_MORE)
		assert_int_equal(*used, n);
	else
		assert_true(*used <= n);
	return st;
}

static void expect(const uint8_t *in, size_t n, uint16_t type,
		   const void *payload, size_t len)
{
	struct frame f;
	size_t used;

	assert_int_equal(feed(in, n, &used, &f), FRAME_DONE);
	assert_int_equal(used, n);
	assert_int_equal(f.type, type);
	assert_int_equal(f.len, len);
	assert_memory_equal(f.payload, payload, len);
}

static void expect_bad(const uint8_t *in, size_t n, size_t used_at,
		       const char *why)
{
	struct frame f;
	size_t used;

	assert_int_equal(feed(in, n, &used, &f), FRAME_BAD);
	assert_int_equal(used, used_at);
	assert_string_equal(dec.why, why);
}

static void expect_hex(const char *hex, uint16_t type, const char *payload)
{
	uint8_t in[256], want[256];
	size_t n = golden_hex(hex, in, sizeof(in));

	expect(in, n, type, want, golden_hex(payload, want, sizeof(want)));
}

/* -- known frames -------------------------------------------------------- */

static struct golden golden[GOLDEN_MAX];

static void golden_frames_of_the_host_are_encoded(void **state)
{
	size_t n = golden_load_all(golden, 30), seen = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct golden *g = &golden[i];

		if (g->from_phone)
			continue;
		memset(wire, 0, sizeof(wire));
		if (frame_encode(g->fmt, g->type, g->payload, g->len, wire) !=
			    g->wire_len ||
		    memcmp(wire, g->wire, g->wire_len) != 0)
			fail_msg("%s is not encoded as known", g->name);
		seen++;
	}
	assert_true(seen >= 12);
}

static void expect_golden(const struct golden *g, const struct frame *f)
{
	if (f->type != g->type || f->len != g->len ||
	    memcmp(f->payload, g->payload, g->len) != 0 ||
	    f->check != g->fmt.check)
		fail_msg("%s is not decoded as known", g->name);
}

/* In pieces that end at `cut`, or of one byte for cut 0. */
static void decode_golden(const struct golden *g, size_t cut)
{
	size_t at = 0;

	frame_decoder_init(&dec, g->fmt);
	while (at < g->wire_len) {
		size_t end = cut == 0 ? at + 1 : at < cut ? cut : g->wire_len;
		enum frame_status st;
		struct frame f;
		size_t used;

		st = frame_feed(&dec, g->wire + at, end - at, &used, &f);
		if (used != end - at)
			fail_msg("%s: %zu of %zu bytes taken", g->name, used,
				 end - at);
		at = end;
		if (st != (at == g->wire_len ? FRAME_DONE : FRAME_MORE))
			fail_msg("%s: status %d after %zu bytes", g->name, st,
				 at);
		if (st == FRAME_DONE)
			expect_golden(g, &f);
		else if (at > 1 && !frame_decoder_is_inside(&dec))
			fail_msg("%s: not inside after %zu", g->name, at);
	}
	assert_false(frame_decoder_is_inside(&dec));
}

static void golden_frames_of_the_phone_are_decoded_whole(void **state)
{
	size_t n = golden_load_all(golden, 30), seen = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (!golden[i].from_phone)
			continue;
		decode_golden(&golden[i], golden[i].wire_len);
		seen++;
	}
	assert_true(seen >= 12);
}

static void golden_frames_of_the_phone_are_decoded_byte_by_byte(void **state)
{
	size_t n = golden_load_all(golden, 30);

	(void)state;
	for (size_t i = 0; i < n; i++)
		if (golden[i].from_phone)
			decode_golden(&golden[i], 0);
}

static void golden_frames_of_the_phone_are_decoded_at_every_split(void **state)
{
	size_t n = golden_load_all(golden, 30);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t cut = 1;
		     golden[i].from_phone && cut < golden[i].wire_len; cut++)
			decode_golden(&golden[i], cut);
}

static void either_check_tells_which_one_fitted(void **state)
{
	static const char *const names[] = { "ver-brom", "ver-fdl1", "ack-brom",
					     "ack-fdl", "read-flash-odd" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct frame f;
		size_t used;

		golden_load(names[i], &golden[0]);
		frame_decoder_init(&dec, either_on);
		assert_int_equal(
			feed(golden[0].wire, golden[0].wire_len, &used, &f),
			FRAME_DONE);
		expect_golden(&golden[0], &f);
	}
}

static void the_other_check_is_refused(void **state)
{
	struct frame_format other = { FRAME_SUM16, true };

	(void)state;
	golden_load("ver-brom", &golden[0]);
	frame_decoder_init(&dec, other);
	expect_bad(golden[0].wire, golden[0].wire_len, golden[0].wire_len,
		   "wrong checksum");
	golden_load("ver-fdl1", &golden[0]);
	frame_decoder_init(&dec, crc_on);
	expect_bad(golden[0].wire, golden[0].wire_len, golden[0].wire_len,
		   "wrong checksum");
}

/* -- the checksum -------------------------------------------------------- */

/* The host's order of an odd frame is a damaged one in the other direction. */
static void odd_frame_of_the_host_is_no_frame_of_the_phone(void **state)
{
	(void)state;
	golden_load("midst-data-odd", &golden[0]);
	frame_decoder_init(&dec, sum_on);
	expect_bad(golden[0].wire, golden[0].wire_len, golden[0].wire_len,
		   "wrong checksum");
}

/* Where 0000 belongs a phone would take FFFF too; the host compares. */
static void sum_of_zero_is_not_taken_as_ffff(void **state)
{
	static const uint8_t payload[] = { 0xFF, 0x7D };

	(void)state;
	frame_decoder_init(&dec, sum_off);
	expect_hex("7E 00 80 00 02 FF 7D 00 00 7E", 0x80, "FF 7D");
	assert_int_equal(frame_encode(sum_off, 0x80, payload, 2, wire), 10);
	assert_int_equal(get_be16(wire + 7), 0);
	golden_hex("7E 00 80 00 02 FF 7D FF FF 7E", wire, sizeof(wire));
	expect_bad(wire, 10, 10, "wrong checksum");
}

/* Every flipped bit between the flags leads to anything but a frame. */
static void each_flipped_bit_is_found(void **state)
{
	static const char *const names[] = { "ver-brom", "read-flash-odd",
					     "plain-phone", "escape-phone",
					     "log" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct golden *g = &golden[0];

		golden_load(names[i], g);
		for (size_t bit = 8; bit < 8 * (g->wire_len - 1); bit++) {
			size_t at = 0, used;
			struct frame f;

			frame_decoder_init(&dec, g->fmt);
			g->wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
			for (; at < g->wire_len; at += used)
				if (frame_feed(&dec, g->wire + at,
					       g->wire_len - at, &used,
					       &f) == FRAME_DONE)
					fail_msg("%s: bit %zu not noticed",
						 g->name, bit);
			g->wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* -- escapes ------------------------------------------------------------- */

static void flags_and_escapes_are_escaped_everywhere(void **state)
{
	(void)state;
	for (unsigned type = 0x7D7D; type <= 0x7E7E; type++) {
		static const uint8_t all[] = { 0x7D, 0x7E, 0x7D, 0x7E };
		size_t n = frame_encode(sum_on, (uint16_t)type, all, 4, wire);

		assert_true(n <= FRAME_WIRE_MAX(4));
		for (size_t i = 1; i + 1 < n; i++) {
			assert_int_not_equal(wire[i], BSL_FLAG);
			if (wire[i] != BSL_ESCAPE)
				continue;
			i++;
			assert_true(wire[i] == 0x5E || wire[i] == 0x5D);
		}
	}
}

static void worst_case_fits_into_what_the_header_promises(void **state)
{
	(void)state;
	memset(data, BSL_FLAG, sizeof(data));
	/* Two flags; all but the checksum escaped, or that, too. */
	assert_in_range(frame_encode(sum_on, 0x7E7E, data, 0x7E7E, wire),
			2 + 2 * (0x7E7E + 4) + 2, FRAME_WIRE_MAX(0x7E7E));
}

static void other_bytes_are_not_escaped(void **state)
{
	(void)state;
	for (unsigned b = 0; b < 256; b++) {
		uint8_t one = (uint8_t)b;
		size_t on = frame_encode(crc_on, 2, &one, 1, wire);
		size_t extra = 0;

		frame_encode((struct frame_format) { FRAME_CRC16, false }, 2,
			     &one, 1, data);
		for (size_t i = 1; i < 8; i++)
			extra += data[i] == BSL_FLAG || data[i] == BSL_ESCAPE;
		assert_int_equal(on, 9 + extra);
	}
}

static void a_wrong_escape_is_damage(void **state)
{
	static const char after[] = "7E 00 80 00 00 FF 7F 7E";
	uint8_t in[16];
	struct frame f;
	size_t used;

	(void)state;
	for (unsigned b = 0; b < 256; b++) {
		if (b == 0x5E || b == 0x5D)
			continue;
		golden_hex("7E 00 93 7D 00 7E", in, sizeof(in));
		in[4] = (uint8_t)b;
		frame_decoder_init(&dec, sum_on);
		assert_int_equal(feed(in, 6, &used, &f), FRAME_BAD);
		assert_string_equal(dec.why, "a wrong escape");
		assert_false(frame_decoder_is_inside(&dec));
		expect_hex(after, 0x80, "");
	}
}

static void an_escape_may_be_cut_in_two(void **state)
{
	struct frame f;
	size_t used;

	(void)state;
	golden_load("escape-phone", &golden[0]);
	frame_decoder_init(&dec, sum_on);
	/* 7E 00 93 00 0A 7D | 5E ... */
	assert_int_equal(golden[0].wire[5], BSL_ESCAPE);
	assert_int_equal(feed(golden[0].wire, 6, &used, &f), FRAME_MORE);
	expect(golden[0].wire + 6, golden[0].wire_len - 6, 0x93,
	       golden[0].payload, golden[0].len);
}

/* -- where a frame begins and ends --------------------------------------- */

static void a_run_of_flags_is_one_start(void **state)
{
	(void)state;
	frame_decoder_init(&dec, sum_on);
	expect_hex("7E 7E 7E 7E 7E 00 80 00 00 FF 7F 7E", 0x80, "");
	frame_decoder_init(&dec, sum_off);
	expect_hex("7E 7E 7E 00 93 00 02 7E 7E 80 EC 7E", 0x93, "7E 7E");
}

static void garbage_before_the_first_flag_is_passed_over(void **state)
{
	struct frame f;
	size_t used;

	(void)state;
	frame_decoder_init(&dec, sum_on);
	assert_int_equal(feed((const uint8_t *)"UUUUU\x7D\x11", 7, &used, &f),
			 FRAME_MORE);
	assert_false(frame_decoder_is_inside(&dec));
	expect_hex("55 80 00 FF 7E 00 80 00 00 FF 7F 7E", 0x80, "");
}

static void two_frames_in_one_transfer_come_one_by_one(void **state)
{
	static const uint8_t two[] = { 0x7E, 0x00, 0x80, 0x00, 0x00, 0xFF,
				       0x7F, 0x7E, 0x7E, 0x00, 0x8B, 0x00,
				       0x00, 0xFF, 0x74, 0x7E };
	struct frame f;
	size_t used;

	(void)state;
	frame_decoder_init(&dec, sum_on);
	assert_int_equal(feed(two, sizeof(two), &used, &f), FRAME_DONE);
	assert_int_equal(used, 8);
	assert_int_equal(f.type, 0x80);
	assert_int_equal(feed(two + used, sizeof(two) - used, &used, &f),
			 FRAME_DONE);
	assert_int_equal(used, 8);
	assert_int_equal(f.type, 0x8B);
}

static void one_flag_may_end_a_frame_and_start_the_next(void **state)
{
	(void)state;
	frame_decoder_init(&dec, sum_on);
	expect_hex("7E 00 80 00 00 FF 7F 7E", 0x80, "");
	expect_hex("00 8B 00 00 FF 74 7E", 0x8B, "");
}

static void a_frame_that_ends_too_early_is_damage(void **state)
{
	uint8_t in[16];

	(void)state;
	/* The flag at its end is the next one's start. */
	golden_hex("7E 00 80 00 00 FF 7E 00 80 00 00 FF 7F 7E", in, 16);
	for (size_t n = 2; n <= 6; n++) {
		uint8_t cut[16];

		memcpy(cut, in, n);
		memcpy(cut + n, in + 6, 8);
		frame_decoder_init(&dec, sum_on);
		expect_bad(cut, n + 8, n, "it ends too early");
		assert_false(dec.too_long);
		expect(cut + n, 8, 0x80, "", 0);
	}
}

static void a_missing_end_flag_is_damage(void **state)
{
	uint8_t in[16];

	(void)state;
	for (int escape = 0; escape < 2; escape++) {
		frame_decoder_init(&dec, escape ? sum_on : sum_off);
		golden_hex("7E 00 80 00 00 FF 7F 11 7E", in, sizeof(in));
		expect_bad(in, 9, 7, "no flag at the end");
		expect_hex("22 7E 00 80 00 00 FF 7F 7E", 0x80, "");
	}
}

static void escaping_off_goes_by_the_length(void **state)
{
	static const uint8_t all[] = { 0x7E, 0x7D, 0x5E, 0x7E, 0x7E, 0x7D };
	size_t n;

	(void)state;
	n = wire_build(wire, 0x93, all, sizeof(all), WIRE_SUM, false);
	assert_int_equal(n, sizeof(all) + 8);
	for (size_t cut = 1; cut < n; cut++) {
		struct frame f;
		size_t used;

		frame_decoder_init(&dec, sum_off);
		assert_int_equal(feed(wire, cut, &used, &f), FRAME_MORE);
		expect(wire + cut, n - cut, 0x93, all, sizeof(all));
	}
}

/* -- where the payload goes ---------------------------------------------- */

static void bulk_lands_in_its_buffer_and_nothing_behind_it(void **state)
{
	size_t n;

	(void)state;
	memset(data, 0x7E, 6000);
	memset(bulk, 0xA5, sizeof(bulk));
	n = wire_build(wire, 0x93, data, 6000, WIRE_SUM, true);
	frame_decoder_init(&dec, sum_on);
	frame_decoder_expect(&dec, 0x93, bulk, 6000);
	expect(wire, n, 0x93, data, 6000);
	assert_memory_equal(bulk, data, 6000);
	assert_int_equal(bulk[6000], 0xA5);
}

static void other_types_leave_the_bulk_buffer_alone(void **state)
{
	(void)state;
	memset(bulk, 0xA5, sizeof(bulk));
	frame_decoder_init(&dec, sum_on);
	frame_decoder_expect(&dec, 0x93, bulk, 4);
	golden_load("log", &golden[0]);
	expect(golden[0].wire, golden[0].wire_len, 0xFF, golden[0].payload,
	       golden[0].len);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(bulk[i], 0xA5);
}

/* More than asked for, and more than any small answer: passed over whole. */
static void a_bulk_reply_that_is_too_long_is_damage(void **state)
{
	struct frame_format fmts[] = { sum_on, sum_off };

	(void)state;
	memset(data, 0x7E, 0x5000);
	for (size_t i = 0; i < 2; i++) {
		size_t n = wire_build(wire, 0x93, data, 0x5000, WIRE_SUM,
				      fmts[i].escape);

		memset(bulk, 0xA5, sizeof(bulk));
		frame_decoder_init(&dec, fmts[i]);
		frame_decoder_expect(&dec, 0x93, bulk, 0x4FFF);
		expect_bad(wire, n, n,
			   "an answer longer than what was asked for");
		assert_true(dec.too_long);
		for (size_t k = 0; k < 0x5000; k++)
			assert_int_equal(bulk[k], 0xA5);
		expect_hex("7E 00 80 00 00 FF 7F 7E", 0x80, "");
	}
}

/* A little more than asked for still is an answer; its length tells. */
static void a_reply_over_the_bulk_size_may_land_inside(void **state)
{
	size_t n = wire_build(wire, 0x93, data, 9, WIRE_SUM, true);

	(void)state;
	memset(bulk, 0xA5, sizeof(bulk));
	frame_decoder_init(&dec, sum_on);
	frame_decoder_expect(&dec, 0x93, bulk, 8);
	expect(wire, n, 0x93, data, 9);
	assert_int_equal(bulk[0], 0xA5);
}

static void small_answers_have_a_limit(void **state)
{
	size_t n;

	(void)state;
	memset(data, 0x11, sizeof(data));
	frame_decoder_init(&dec, sum_on);
	n = wire_build(wire, 0x96, data, FRAME_CTL_MAX, WIRE_SUM, true);
	expect(wire, n, 0x96, data, FRAME_CTL_MAX);
	n = wire_build(wire, 0x96, data, FRAME_CTL_MAX + 1, WIRE_SUM, true);
	expect_bad(wire, n, n, "an answer longer than what was asked for");
}

static void the_largest_payload_is_decoded(void **state)
{
	uint32_t seed = 7;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)next_random(&seed);
	for (int escape = 0; escape < 2; escape++) {
		n = wire_build(wire, 0x93, data, BSL_PAYLOAD_MAX, WIRE_SUM,
			       escape);
		frame_decoder_init(&dec, escape ? sum_on : sum_off);
		frame_decoder_expect(&dec, 0x93, bulk, BSL_PAYLOAD_MAX);
		expect(wire, n, 0x93, data, BSL_PAYLOAD_MAX);
	}
}

static void init_forgets_a_frame_that_was_begun(void **state)
{
	struct frame f;
	size_t used;

	(void)state;
	frame_decoder_init(&dec, sum_on);
	golden_load("ver-fdl1", &golden[0]);
	assert_int_equal(feed(golden[0].wire, 20, &used, &f), FRAME_MORE);
	assert_true(frame_decoder_is_inside(&dec));
	frame_decoder_init(&dec, sum_on);
	assert_false(frame_decoder_is_inside(&dec));
	expect_hex("7E 00 80 00 00 FF 7F 7E", 0x80, "");
}

/* -- against the simulator's codec, which shares no line with ours ------- */

/* Much 7E and 7D, much zero, some noise. */
static size_t random_payload(uint32_t *seed)
{
	static const size_t most[] = { 4, 40, 600, 9000 };
	size_t n = next_random(seed) % most[next_random(seed) % 4];

	for (size_t i = 0; i < n; i++) {
		uint32_t r = next_random(seed) >> 3;

		data[i] = r % 4 == 0   ? 0x7E
			  : r % 4 == 1 ? 0x7D
			  : r % 4 == 2 ? 0
				       : (uint8_t)(r >> 8);
	}
	return n;
}

/* Without escapes a type of 7Exx would look like one more flag. */
static uint16_t random_type(uint32_t *seed, bool escape)
{
	return (uint16_t)(next_random(seed) & (escape ? 0xFFFF : 0xFF));
}

static void what_we_encode_the_phone_understands(void **state)
{
	static struct wire_in in;
	uint32_t seed = 1;
	unsigned odd = 0;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		struct frame_format fmt = { round & 1 ? FRAME_SUM16
						      : FRAME_CRC16,
					    round & 2 };
		uint16_t type = (uint16_t)next_random(&seed);
		size_t n = random_payload(&seed), len, used;
		struct wire_msg m;
		bool done = true;

		len = frame_encode(fmt, type, data, n, wire);
		assert_true(len <= FRAME_WIRE_MAX(n));
		if (!fmt.escape)
			assert_int_equal(len, n + 8);
		wire_in_reset(&in);
		if (fmt.escape) {
			used = wire_feed(&in, wire, len, &done);
			assert_int_equal(used, len);
		} else {
			wire_feed_transfer(&in, wire, len);
		}
		assert_true(done);
		if (!wire_parse(&in, round & 1 ? WIRE_SUM : WIRE_CRC, true, &m))
			fail_msg("round %d: %zu bytes refused", round, n);
		assert_int_equal(m.type, type);
		assert_int_equal(m.len, n);
		assert_memory_equal(m.data, data, n);
		odd += n & 1;
	}
	assert_true(odd > 1000);
}

static void what_the_phone_builds_we_decode(void **state)
{
	uint32_t seed = 2;
	unsigned odd = 0;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		struct frame_format fmt = { round & 1 ? FRAME_SUM16
						      : FRAME_CRC16,
					    round & 2 };
		uint16_t type = random_type(&seed, fmt.escape);
		size_t n = random_payload(&seed), len, at = 0, used = 0;
		enum frame_status st = FRAME_MORE;
		struct frame f;

		len = wire_build(wire, type, data, n,
				 round & 1 ? WIRE_SUM : WIRE_CRC, fmt.escape);
		if (round & 4)
			fmt.check = FRAME_EITHER;
		frame_decoder_init(&dec, fmt);
		frame_decoder_expect(&dec, type, bulk, n);
		for (; at < len && st == FRAME_MORE; at += used) {
			size_t piece = 1 + next_random(&seed) % 700;

			if (piece > len - at)
				piece = len - at;
			st = frame_feed(&dec, wire + at, piece, &used, &f);
			if (st == FRAME_MORE)
				assert_int_equal(used, piece);
		}
		assert_int_equal(st, FRAME_DONE);
		assert_int_equal(at, len);
		assert_int_equal(f.type, type);
		assert_int_equal(f.len, n);
		assert_memory_equal(f.payload, data, n);
		/* 16 bits of both kinds can agree by chance; seldom. */
		if (fmt.check != FRAME_EITHER)
			assert_int_equal(f.check, fmt.check);
		odd += n & 1;
	}
	assert_true(odd > 1000);
}

/* Any bytes: no overrun (sanitizers watch), all bytes taken in the end. */
static void noise_never_stops_the_decoder(void **state)
{
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = random_payload(&seed), at = 0;

		frame_decoder_init(&dec, round & 1 ? sum_on : sum_off);
		frame_decoder_expect(&dec, 0x7E7D, bulk, 100);
		for (unsigned turns = 0; at < n; turns++) {
			struct frame f;
			size_t used;

			frame_feed(&dec, data + at, n - at, &used, &f);
			at += used;
			assert_true(turns <= 2 * n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_frames_of_the_host_are_encoded),
		cmocka_unit_test(golden_frames_of_the_phone_are_decoded_whole),
		cmocka_unit_test(
			golden_frames_of_the_phone_are_decoded_byte_by_byte),
		cmocka_unit_test(
			golden_frames_of_the_phone_are_decoded_at_every_split),
		cmocka_unit_test(either_check_tells_which_one_fitted),
		cmocka_unit_test(the_other_check_is_refused),
		cmocka_unit_test(
			odd_frame_of_the_host_is_no_frame_of_the_phone),
		cmocka_unit_test(sum_of_zero_is_not_taken_as_ffff),
		cmocka_unit_test(each_flipped_bit_is_found),
		cmocka_unit_test(flags_and_escapes_are_escaped_everywhere),
		cmocka_unit_test(worst_case_fits_into_what_the_header_promises),
		cmocka_unit_test(other_bytes_are_not_escaped),
		cmocka_unit_test(a_wrong_escape_is_damage),
		cmocka_unit_test(an_escape_may_be_cut_in_two),
		cmocka_unit_test(a_run_of_flags_is_one_start),
		cmocka_unit_test(garbage_before_the_first_flag_is_passed_over),
		cmocka_unit_test(two_frames_in_one_transfer_come_one_by_one),
		cmocka_unit_test(one_flag_may_end_a_frame_and_start_the_next),
		cmocka_unit_test(a_frame_that_ends_too_early_is_damage),
		cmocka_unit_test(a_missing_end_flag_is_damage),
		cmocka_unit_test(escaping_off_goes_by_the_length),
		cmocka_unit_test(
			bulk_lands_in_its_buffer_and_nothing_behind_it),
		cmocka_unit_test(other_types_leave_the_bulk_buffer_alone),
		cmocka_unit_test(a_bulk_reply_that_is_too_long_is_damage),
		cmocka_unit_test(a_reply_over_the_bulk_size_may_land_inside),
		cmocka_unit_test(small_answers_have_a_limit),
		cmocka_unit_test(the_largest_payload_is_decoded),
		cmocka_unit_test(init_forgets_a_frame_that_was_begun),
		cmocka_unit_test(what_we_encode_the_phone_understands),
		cmocka_unit_test(what_the_phone_builds_we_decode),
		cmocka_unit_test(noise_never_stops_the_decoder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
