/* SPDX-License-Identifier: BSD-3-Clause */
/* test_link.c - one request, one answer, and all that can come between. */
#include "bsl/link.h"

#include "lib/script.h"
#include "lib/unit.h"

#include "bsl/msg.h"
#include "bsl/proto.h"
#include "transport/transport.h"

/* Frames of docs/protocol.md 2.2, or made by its rules. */
#define CONNECT_CRC "7E 00 00 00 00 00 00 7E"
#define ACK_CRC	    "7E 00 80 00 00 3B 5A 7E"
#define VER_CRC	    "7E 00 81 00 06 53 50 52 44 33 00 57 0A 7E"
#define CONNECT	    "7E 00 00 00 00 FF FF 7E"
#define ACK	    "7E 00 80 00 00 FF 7F 7E"
#define FAILED	    "7E 00 84 00 00 FF 7B 7E"
#define LOG	    "7E 00 FF 00 0A 00 00 00 00 68 65 6C 6C 6F 0A BB 1A 7E"
#define READ_END    "7E 00 12 00 00 FF ED 7E"
/* READ_MIDST of 3 bytes at 0, and its answer. */
#define MIDST	 "7E 00 11 00 08 03 00 00 00 00 00 00 00 FC E6 7E"
#define DATA	 "7E 00 93 00 03 11 22 33 BB 47 7E"
#define DATA_BAD "7E 00 93 00 03 11 22 34 BB 47 7E"

/* One link on a script; events are noted. */
static struct {
	struct transport *t;
	struct link *l;
	unsigned logs, asked;
	unsigned cancel_at; /* this question is answered by yes; 0: never */
	char log[512];
	uint8_t bulk[64];
} on;
static struct reply rep;
static struct err e;

static void note_log(void *user, const char *text)
{
	assert_ptr_equal(user, &on);
	on.logs++;
	snprintf(on.log, sizeof(on.log), "%s", text);
}

static bool is_cancelled(void *user)
{
	assert_ptr_equal(user, &on);
	return ++on.asked == on.cancel_at;
}

static void begin(const struct script_step *steps, size_t n)
{
	const struct link_events ev = { &on, note_log, is_cancelled };

	memset(&on, 0, sizeof(on));
	memset(&rep, 0, sizeof(rep));
	on.t = script_open(steps, n);
	assert_ok(link_new(on.t, &ev, &on.l, &e), &e);
}

/* As FDL2 is talked to. */
static void begin_reading(const struct script_step *steps, size_t n)
{
	const struct frame_format fdl = { FRAME_SUM16, true };
	const struct guard reading = { .mode = GUARD_READ };

	begin(steps, n);
	link_set_format(on.l, fdl);
	link_set_guard(on.l, &reading);
}

#define BEGIN(steps)	     begin(steps, ARRAY_SIZE(steps))
#define BEGIN_READING(steps) begin_reading(steps, ARRAY_SIZE(steps))

static void played(void)
{
	script_assert_played(on.t);
}

static int end(void **state)
{
	(void)state;
	link_free(on.l);
	transport_close(on.t);
	on.l = NULL;
	on.t = NULL;
	return 0;
}

static int connect_to(unsigned timeout_ms)
{
	return link_call(on.l, BSL_CMD_CONNECT, NULL, 0, timeout_ms, &rep, &e);
}

static int read_end(unsigned timeout_ms)
{
	return link_call(on.l, BSL_CMD_READ_END, NULL, 0, timeout_ms, &rep, &e);
}

static int fetch(size_t cap)
{
	uint8_t msg[MSG_MAX];
	size_t n = msg_read_midst(3, 0, false, msg);

	memset(on.bulk, 0xA5, sizeof(on.bulk));
	return link_fetch(on.l, BSL_CMD_READ_MIDST, msg, n, 1000,
			  BSL_REP_READ_FLASH, on.bulk, cap, &rep, &e);
}

static int fence_owing(unsigned owed)
{
	return link_fence(on.l, BSL_CMD_READ_END, NULL, 0, 1000, BSL_REP_ACK,
			  owed, &e);
}

static int fence(void)
{
	return fence_owing(0);
}

/* -- one exchange -------------------------------------------------------- */

static void an_answer_is_delivered(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, CONNECT_CRC, 0 },
		{ SCRIPT_PHONE, ACK_CRC, 0 },
	};

	(void)state;
	BEGIN(steps);
	assert_ok(connect_to(1000), &e);
	assert_int_equal(rep.type, BSL_REP_ACK);
	assert_int_equal(rep.check, FRAME_CRC16);
	assert_int_equal(rep.len, 0);
	played();
}

static void an_answer_may_come_in_pieces(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	for (size_t piece = 1; piece < 12; piece++) {
		BEGIN_READING(steps);
		script_set_piece(on.t, piece);
		assert_ok(fetch(3), &e);
		assert_memory_equal(on.bulk, "\x11\x22\x33", 3);
		played();
		if (piece < 11)
			end(NULL);
	}
}

static void a_pause_inside_an_answer_is_no_silence(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_SILENT, NULL, 900 },
		{ SCRIPT_PHONE, "7E 00 93 00 03", 0 },
		{ SCRIPT_SILENT, NULL, 900 },
		{ SCRIPT_PHONE, "11 22 33 BB 47 7E", 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(3), &e);
	assert_memory_equal(on.bulk, "\x11\x22\x33", 3);
	played();
}

static void data_lands_in_the_callers_buffer(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(3), &e);
	assert_int_equal(rep.type, BSL_REP_READ_FLASH);
	assert_ptr_equal(rep.data, on.bulk);
	assert_int_equal(rep.len, 3);
	assert_int_equal(on.bulk[3], 0xA5);
}

static void another_answer_leaves_the_buffer_alone(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, FAILED, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(3), &e);
	assert_int_equal(rep.type, BSL_REP_OPERATION_FAILED);
	assert_int_equal(rep.len, 0);
	assert_int_equal(on.bulk[0], 0xA5);
}

/* No byte may land behind a buffer that is too small for the answer. */
static void a_longer_answer_than_asked_for_is_not_in_the_buffer(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(2), &e);
	assert_int_equal(rep.len, 3);
	for (size_t i = 0; i < sizeof(on.bulk); i++)
		assert_int_equal(on.bulk[i], 0xA5);
}

static void the_buffer_is_for_one_exchange_only(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, FAILED, 0 },
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(3), &e);
	assert_ok(read_end(1000), &e);
	assert_int_equal(rep.type, BSL_REP_READ_FLASH);
	assert_int_equal(on.bulk[0], 0xA5);
}

static void a_damaged_answer_says_what_is_wrong(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, DATA_BAD, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(fetch(3), ERR_FRAME, "READ_MIDST: wrong checksum", &e);
	played();
}

static void the_format_decides_the_checksum(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, CONNECT_CRC, 0 }, { SCRIPT_PHONE, ACK, 0 },
		{ SCRIPT_HOST, CONNECT, 0 },	 { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, CONNECT_CRC, 0 }, { SCRIPT_PHONE, ACK, 0 },
	};
	const struct frame_format fdl = { FRAME_SUM16, true };
	const struct frame_format rom = { FRAME_CRC16, true };

	(void)state;
	BEGIN(steps);
	/* At first either; what is sent is for a BootROM. */
	assert_int_equal(link_format(on.l).check, FRAME_EITHER);
	assert_ok(connect_to(1000), &e);
	assert_int_equal(rep.check, FRAME_SUM16);
	link_set_format(on.l, fdl);
	assert_err(connect_to(1000), ERR_FRAME, "wrong checksum", &e);
	link_set_format(on.l, rom);
	assert_int_equal(link_format(on.l).check, FRAME_CRC16);
	assert_err(connect_to(1000), ERR_FRAME, "wrong checksum", &e);
	played();
}

/* -- hello --------------------------------------------------------------- */

static void hello_sends_flags_and_takes_either_check(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_PHONE, VER_CRC, 0 },
		{ SCRIPT_HOST, "7E 7E 7E", 0 },
		/* What a serial ROM says before [docs/protocol.md 1.5]. */
		{ SCRIPT_PHONE, "55 55 55 55", 0 },
		{ SCRIPT_PHONE, "7E 00 81 00 02 31 00 CE 7C 7E", 0 },
		{ SCRIPT_HOST, "7E 7E 7E 7E 7E 7E 7E 7E 7E 7E", 0 },
		{ SCRIPT_PHONE, VER_CRC, 0 },
	};

	(void)state;
	BEGIN(steps);
	assert_ok(link_hello(on.l, 1, 500, &rep, &e), &e);
	assert_int_equal(rep.type, BSL_REP_VER);
	assert_int_equal(rep.check, FRAME_CRC16);
	assert_memory_equal(rep.data, "SPRD3", 6);
	assert_ok(link_hello(on.l, 3, 500, &rep, &e), &e);
	assert_int_equal(rep.check, FRAME_SUM16);
	assert_memory_equal(rep.data, "1", 2);
	/* Ten are the most that any host sends. */
	assert_ok(link_hello(on.l, 99, 500, &rep, &e), &e);
	played();
}

/* -- log frames ---------------------------------------------------------- */

static void log_frames_are_skipped_and_delivered(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, LOG, 0 },
		{ SCRIPT_SILENT, NULL, 10 },
		{ SCRIPT_PHONE, LOG LOG ACK, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(read_end(1000), &e);
	assert_int_equal(rep.type, BSL_REP_ACK);
	assert_int_equal(on.logs, 3);
	/* Kind and line feed are no text. */
	assert_memory_equal(on.log, "hello", 5);
	assert_null(strchr(on.log, '\n'));
	played();
}

static void a_log_frame_in_front_of_data_is_not_data(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, LOG DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fetch(3), &e);
	assert_memory_equal(on.bulk, "\x11\x22\x33", 3);
	assert_int_equal(on.logs, 1);
}

static void log_frames_are_bounded(void **state)
{
	static const struct script_step endless[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, LOG, 1000000 },
	};
	static const struct script_step many[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, LOG, 1000 },
		{ SCRIPT_PHONE, ACK, 0 },
	};

	(void)state;
	BEGIN_READING(endless);
	assert_err(read_end(1000), ERR_FRAME, "without end", &e);
	assert_in_range(on.logs, 1000, 1001);
	end(NULL);
	BEGIN_READING(many);
	assert_ok(read_end(1000), &e);
	assert_int_equal(on.logs, 1000);
}

/* A log message before each time limit, n times, and then the answer. */
static void log_slowly(struct script_step *steps, unsigned n)
{
	*steps++ = (struct script_step) { SCRIPT_HOST, READ_END, 0 };
	while (n--) {
		*steps++ = (struct script_step) { SCRIPT_SILENT, NULL, 999 };
		*steps++ = (struct script_step) { SCRIPT_PHONE, LOG, 0 };
	}
	*steps = (struct script_step) { SCRIPT_PHONE, ACK, 0 };
}

static void log_frames_do_not_hold_an_answer_back_for_ever(void **state)
{
	static struct script_step steps[2 * 900 + 2];

	(void)state;
	log_slowly(steps, 900);
	BEGIN_READING(steps);
	assert_err(read_end(1000), ERR_TIMEOUT,
		   "no answer to READ_END, only log messages", &e);
	/* Two minutes and the time limit, but for what is less than a slice. */
	assert_in_range(on.logs, 121, 121 * 4 / 3 + 1);
}

static void log_frames_may_hold_an_answer_back_for_two_minutes(void **state)
{
	static struct script_step steps[2 * 120 + 2];

	(void)state;
	log_slowly(steps, 120);
	BEGIN_READING(steps);
	assert_ok(read_end(1000), &e);
	assert_int_equal(on.logs, 120);
	played();
}

/* -- silence ------------------------------------------------------------- */

static void silence_names_the_command_and_the_time(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_SILENT, NULL, 5000 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(read_end(700), ERR_TIMEOUT,
		   "no answer to READ_END within 700 ms", &e);
}

static void a_broken_answer_says_how_far_it_came(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, "7E 00 93 00 03 11 22", 0 },
		{ SCRIPT_SILENT, NULL, 5000 },
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, "7E 00 80 00 00", 0 },
		{ SCRIPT_SILENT, NULL, 5000 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(fetch(3), ERR_TIMEOUT,
		   "the answer to READ_MIDST broke off after 2 of 3 bytes, "
		   "then nothing for 1000 ms",
		   &e);
	/* An ACK has none to count. */
	assert_err(read_end(700), ERR_TIMEOUT,
		   "the answer to READ_END broke off, then nothing for 700 ms",
		   &e);
}

static void a_broken_answer_is_forgotten_by_the_next_call(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, "7E 00 93 00 03 11 22", 0 },
		{ SCRIPT_SILENT, NULL, 5000 },
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_int_equal(fetch(3), -(int)ERR_TIMEOUT);
	assert_ok(fetch(3), &e);
	assert_memory_equal(on.bulk, "\x11\x22\x33", 3);
	played();
}

static void noise_does_not_keep_a_wait_alive(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, "55", 0xFFFFFFFF },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(read_end(20), ERR_TIMEOUT, "no answer to READ_END", &e);
}

static void waiting_looks_up_four_times_a_second(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_SILENT, NULL, 60000 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_int_equal(read_end(10000), -(int)ERR_TIMEOUT);
	assert_in_range(on.asked, 40, 41);
}

static void cancelling_ends_a_wait(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_SILENT, NULL, 60000 },
	};

	(void)state;
	BEGIN_READING(steps);
	on.cancel_at = 3;
	assert_err(read_end(10000), ERR_CANCELLED, "", &e);
	assert_int_equal(on.asked, 3);
}

static void a_phone_that_leaves_is_gone_at_once(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_GONE, NULL, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(read_end(10000), ERR_GONE, "", &e);
	assert_err(read_end(10000), ERR_GONE, "", &e);
	assert_err(fence(), ERR_GONE, "", &e);
}

/* -- what was not asked for ---------------------------------------------- */

static void bytes_behind_an_answer_are_forgotten(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		/* A second answer, and the beginning of a third. */
		{ SCRIPT_PHONE, ACK FAILED "7E 00 93", 0 },
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, ACK, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(read_end(1000), &e);
	assert_int_equal(rep.type, BSL_REP_ACK);
	assert_ok(read_end(1000), &e);
	assert_int_equal(rep.type, BSL_REP_ACK);
	played();
}

static void wait_takes_a_second_answer(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, ACK FAILED, 0 },
		{ SCRIPT_SILENT, NULL, 800 },
		{ SCRIPT_PHONE, DATA, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(read_end(1000), &e);
	assert_ok(link_wait(on.l, 1000, &rep, &e), &e);
	assert_int_equal(rep.type, BSL_REP_OPERATION_FAILED);
	assert_ok(link_wait(on.l, 1000, &rep, &e), &e);
	assert_int_equal(rep.type, BSL_REP_READ_FLASH);
	assert_err(link_wait(on.l, 1000, &rep, &e), ERR_TIMEOUT, "READ_END",
		   &e);
}

/* The trap: the next request would take the late answer for its own. */
static void a_late_answer_is_thrown_away_by_the_fence(void **state)
{
	static const struct script_step before[] = {
		{ SCRIPT_HOST, MIDST, 0 },    { SCRIPT_SILENT, NULL, 1000 },
		{ SCRIPT_PHONE, DATA, 0 }, /* while nobody waits */
		{ SCRIPT_HOST, READ_END, 0 }, { SCRIPT_PHONE, ACK, 0 },
	};
	static const struct script_step after[] = {
		{ SCRIPT_HOST, MIDST, 0 },
		{ SCRIPT_SILENT, NULL, 1001 },
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, DATA, 0 }, /* in front of the fence's own */
		{ SCRIPT_PHONE, DATA ACK, 0 },
	};

	(void)state;
	BEGIN_READING(before);
	assert_int_equal(fetch(3), -(int)ERR_TIMEOUT);
	assert_ok(fence(), &e);
	played();
	end(NULL);
	BEGIN_READING(after);
	assert_int_equal(fetch(3), -(int)ERR_TIMEOUT);
	assert_ok(fence(), &e);
	played();
}

/* The first ACK is that of an older request, and so may the second be. */
static void a_fence_waits_for_the_acks_that_are_owed(void **state)
{
	static const struct script_step all[] = {
		{ SCRIPT_HOST, READ_END, 0 },	{ SCRIPT_PHONE, ACK, 0 },
		{ SCRIPT_SILENT, NULL, 14000 }, { SCRIPT_PHONE, ACK DATA, 0 },
		{ SCRIPT_PHONE, ACK, 0 },
	};
	static const struct script_step lost[] = {
		{ SCRIPT_HOST, READ_END, 0 },	{ SCRIPT_PHONE, ACK, 0 },
		{ SCRIPT_SILENT, NULL, 14000 }, { SCRIPT_PHONE, ACK, 0 },
		{ SCRIPT_SILENT, NULL, 20000 },
	};

	(void)state;
	BEGIN_READING(all);
	assert_ok(fence_owing(2), &e);
	played();
	end(NULL);
	BEGIN_READING(lost);
	assert_ok(fence_owing(2), &e);
	played();
}

/* More than a fence would look at one by one. */
static void a_fence_drains_the_line_first(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_PHONE, DATA, 20 },
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, ACK, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fence(), &e);
	played();
}

static void damage_in_front_of_a_fence_is_thrown_away(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, "33 BB 47 7E 7E 00 93 7E", 0 },
		{ SCRIPT_PHONE, DATA_BAD, 0 },
		{ SCRIPT_PHONE, ACK, 0 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_ok(fence(), &e);
	played();
}

static void a_fence_gives_up_after_some_answers(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, DATA, 100 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(fence(), ERR_FRAME, "other answers", &e);
}

static void a_fence_without_an_answer_times_out(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, READ_END, 0 },
		{ SCRIPT_PHONE, DATA, 0 },
		{ SCRIPT_SILENT, NULL, 60000 },
	};

	(void)state;
	BEGIN_READING(steps);
	assert_err(fence(), ERR_TIMEOUT, "READ_END", &e);
}

/* -- the guard ----------------------------------------------------------- */

static void a_refused_request_sends_nothing(void **state)
{
	uint8_t msg[MSG_MAX];
	size_t n;

	(void)state;
	begin_reading(NULL, 0);
	assert_err(
		link_call(on.l, BSL_CMD_ERASE_FLASH, NULL, 0, 1000, &rep, &e),
		ERR_BUG, "", &e);
	assert_err(link_hello(on.l, 1, 1000, &rep, &e), ERR_BUG, "", &e);
	n = msg_read_start("l_fixnv1_a", 1, true, msg);
	assert_err(link_call(on.l, BSL_CMD_READ_START, msg, n, 1000, &rep, &e),
		   ERR_BUG, "l_fixnv1_a", &e);
	assert_err(link_fence(on.l, BSL_CMD_READ_START, msg, n, 1000,
			      BSL_REP_ACK, 0, &e),
		   ERR_BUG, "l_fixnv1_a", &e);
	n = msg_read_midst(0, 0, true, msg);
	assert_err(link_fetch(on.l, BSL_CMD_READ_MIDST, msg, n, 1000,
			      BSL_REP_READ_FLASH, on.bulk, 1, &rep, &e),
		   ERR_BUG, "0 bytes", &e);
}

static void the_guard_follows_the_format(void **state)
{
	static const struct script_step steps[] = {
		/* READ_MIDST of 0x7F01 at 0, escaping off. */
		{ SCRIPT_HOST,
		  "7E 00 11 00 08 01 7F 00 00 00 00 00 00 FE 67 7E", 0 },
		{ SCRIPT_PHONE, FAILED, 0 },
	};
	const struct frame_format plain = { FRAME_SUM16, false };
	uint8_t msg[MSG_MAX];
	size_t n = msg_read_midst(0x7F01, 0, false, msg);

	(void)state;
	BEGIN_READING(steps);
	assert_err(link_call(on.l, BSL_CMD_READ_MIDST, msg, n, 1000, &rep, &e),
		   ERR_BUG, "32513", &e);
	link_set_format(on.l, plain);
	assert_ok(link_call(on.l, BSL_CMD_READ_MIDST, msg, n, 1000, &rep, &e),
		  &e);
	played();
}

#define TEST(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_delivered),
		TEST(an_answer_may_come_in_pieces),
		TEST(a_pause_inside_an_answer_is_no_silence),
		TEST(data_lands_in_the_callers_buffer),
		TEST(another_answer_leaves_the_buffer_alone),
		TEST(a_longer_answer_than_asked_for_is_not_in_the_buffer),
		TEST(the_buffer_is_for_one_exchange_only),
		TEST(a_damaged_answer_says_what_is_wrong),
		TEST(the_format_decides_the_checksum),
		TEST(hello_sends_flags_and_takes_either_check),
		TEST(log_frames_are_skipped_and_delivered),
		TEST(a_log_frame_in_front_of_data_is_not_data),
		TEST(log_frames_are_bounded),
		TEST(log_frames_do_not_hold_an_answer_back_for_ever),
		TEST(log_frames_may_hold_an_answer_back_for_two_minutes),
		TEST(silence_names_the_command_and_the_time),
		TEST(a_broken_answer_says_how_far_it_came),
		TEST(a_broken_answer_is_forgotten_by_the_next_call),
		TEST(noise_does_not_keep_a_wait_alive),
		TEST(waiting_looks_up_four_times_a_second),
		TEST(cancelling_ends_a_wait),
		TEST(a_phone_that_leaves_is_gone_at_once),
		TEST(bytes_behind_an_answer_are_forgotten),
		TEST(wait_takes_a_second_answer),
		TEST(a_late_answer_is_thrown_away_by_the_fence),
		TEST(a_fence_waits_for_the_acks_that_are_owed),
		TEST(a_fence_drains_the_line_first),
		TEST(damage_in_front_of_a_fence_is_thrown_away),
		TEST(a_fence_gives_up_after_some_answers),
		TEST(a_fence_without_an_answer_times_out),
		TEST(a_refused_request_sends_nothing),
		TEST(the_guard_follows_the_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
