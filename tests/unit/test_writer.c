/* SPDX-License-Identifier: BSD-3-Clause */
/* test_writer.c - one partition onto a phone, and what is known afterwards. */
#include "device/writer.h"

#include "lib/script.h"
#include "lib/unit.h"
#include "lib/wirerig.h"

#include "../../src/cli/why.h"
#include "../../src/device/internal.h"
#include "bsl/proto.h"
#include "device/reader.h"

#define MIB ((uint64_t)1 << 20)

static struct wirerig on;
static struct err e;
static struct write_result result;
static uint8_t mem[4 << 20], back[4 << 20];

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

static void open_with(const char *spec)
{
	on.opt.may_write = true;
	on.may_write = true;
	wirerig_open_raised(&on, spec);
}

struct feed {
	size_t at, fail_at;
	uint64_t progress;
};

static int pull(void *user, void *buf, size_t n, struct err *pe)
{
	struct feed *f = user;

	assert_true(n >= 1 && n <= WRITE_PULL_MAX);
	if (f->fail_at && f->at >= f->fail_at)
		return err_set(pe, ERR_IO, "the disk is gone");
	/* The middle of a large one is of no interest. */
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = mem[(f->at + i) % sizeof(mem)];
	f->at += n;
	return 0;
}

static void tell(void *user, uint64_t done)
{
	struct feed *f = user;

	assert_true(done > f->progress);
	f->progress = done;
}

static void fill(uint32_t seed)
{
	for (size_t i = 0; i < sizeof(mem); i += 4) {
		uint32_t v = next_random(&seed);

		memcpy(mem + i, &v, 4);
	}
}

static int put_target(struct session *s, const struct write_target *t,
		      struct feed *f)
{
	struct write_source src = { f, pull };
	struct write_events ev = { f, tell };
	int rc;

	memset(&e, 0, sizeof(e));
	memset(&result, 0xA5, sizeof(result));
	rc = writer_put(s, t, &src, &ev, &result, &e);
	assert_int_equal(f->progress, result.done);
	if (rc == 0) {
		assert_int_equal(result.state, WRITE_DONE);
		assert_int_equal(result.done, t->size);
	} else {
		assert_int_not_equal(result.state, WRITE_DONE);
	}
	return rc;
}

static struct write_target target(const char *name, uint64_t size)
{
	struct write_target t = { .size = size };

	snprintf(t.name, sizeof(t.name), "%s", name);
	return t;
}

static int put(const char *name, uint64_t size)
{
	struct write_target t = target(name, size);
	struct feed f = { 0 };

	return put_target(on.s, &t, &f);
}

/* Into the phone, and what it then holds. */
static void put_and_compare(const char *name, size_t size)
{
	const char *area = "user";
	uint64_t start = 0, whole;

	assert_ok(put(name, size), &e);
	if (strcmp(name, BSL_SPLLOADER) == 0)
		area = "boot1";
	else
		wirerig_find(&on, name, &start, &whole);
	wirerig_assert_bytes(&on, area, start, mem, size);
}

static void assert_reads(const char *name)
{
	struct extent x = { .length = 0x8000 };
	uint64_t start, size;

	snprintf(x.name, sizeof(x.name), "%s", name);
	assert_ok(reader_read(on.s, &x, back, &e), &e);
	wirerig_find(&on, name, &start, &size);
	wirerig_assert_bytes(&on, "user", start, back, 0x8000);
}

/* -- it arrives ---------------------------------------------------------- */

static void every_model_takes_a_partition(void **state)
{
	static const struct {
		const char *spec, *names[3];
	} cases[] = {
		{ "ums512", { "boot_b", "persist", "splloader" } },
		{ "ums512,hdlc=0", { "boot_b", "persist", "logo" } },
		{ "ums9230", { "boot_b", "persist", "l_fixnv2_a" } },
		{ "sc9863a", { "boot", "persist", "l_fixnv2" } },
		{ "sc9832", { "boot", "logo", "wfixnv2" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		open_with(cases[i].spec);
		for (size_t k = 0; k < 3; k++) {
			fill((uint32_t)(i * 3 + k + 1));
			/* Into a first stage without it goes a sum [7.3]. */
			memcpy(mem, "DHTB", 4);
			put_and_compare(cases[i].names[k], MIB / 4);
		}
		assert_reads("misc");
		assert_int_equal(on.tap->odd, 0);
		wirerig_close(&on);
	}
}

/* Everything 7E: twice as long on the wire, and still one transfer. */
static void the_worst_for_escaping_arrives(void **state)
{
	(void)state;
	memset(mem, 0x7E, sizeof(mem));
	open_with("ums512,hdlc=0");
	put_and_compare("boot_b", MIB);
	wirerig_close(&on);
	open_with("sc9832");
	put_and_compare("boot", MIB);
	wirerig_close(&on);
}

static void an_odd_length_is_filled_up(void **state)
{
	uint64_t start, size;
	uint8_t behind[3];

	(void)state;
	fill(7);
	open_with("ums512");
	put_and_compare("persist", 0x10000 + 0x1235);
	wirerig_find(&on, "persist", &start, &size);
	assert_true(phone_peek(on.phone, "user", start + 0x11234, behind, 2));
	assert_int_equal(behind[0], mem[0x11234]);
	assert_int_equal(behind[1], 0);
	assert_int_equal(on.tap->odd, 0);
	/* One byte is two. */
	put_and_compare("persist", 1);
	wirerig_close(&on);
}

static void pieces_are_what_the_loader_takes(void **state)
{
	static const struct {
		const char *spec;
		uint32_t chunk_max, piece;
	} cases[] = {
		{ "ums512", 0, 0xF000 },       { "ums512,hdlc=0", 0, 0x3000 },
		{ "sc9832", 0, 0x1000 },       { "ums512", 0x1000, 0x1000 },
		{ "ums512", 0x12345, 0xF000 }, { "ums512", 5000, 0x1000 },
		{ "ums512,hdlc=0", 1, 0x400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t piece = cases[i].piece;

		on.opt.chunk_max = cases[i].chunk_max;
		open_with(cases[i].spec);
		assert_int_equal(writer_piece(on.s), piece);
		memset(on.tap->sent, 0, sizeof(on.tap->sent));
		assert_ok(put("persist", 3 * piece + 2), &e);
		assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 1);
		assert_int_equal(on.tap->sent[BSL_CMD_MIDST_DATA], 4);
		assert_int_equal(on.tap->sent[BSL_CMD_END_DATA], 1);
		wirerig_close(&on);
	}
}

static void writing_is_enabled_once(void **state)
{
	(void)state;
	fill(3);
	open_with("ums512,write_enable=1");
	memset(on.tap->sent, 0, sizeof(on.tap->sent));
	put_and_compare("persist", MIB / 4);
	assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 2);
	assert_int_equal(on.tap->sent[BSL_CMD_ENABLE_WRITE_FLASH], 1);
	put_and_compare("boot_b", MIB / 4);
	assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 3);
	assert_int_equal(on.tap->sent[BSL_CMD_ENABLE_WRITE_FLASH], 1);
	wirerig_close(&on);
	/* Who does not ask for it is not told. */
	open_with("ums512");
	put_and_compare("persist", MIB / 4);
	assert_int_equal(on.tap->sent[BSL_CMD_ENABLE_WRITE_FLASH], 0);
	wirerig_close(&on);
}

/* -- it is not sent ------------------------------------------------------ */

static void a_reading_session_cannot_write(void **state)
{
	unsigned requests;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	requests = on.tap->requests;
	assert_err(put("persist", 0x1000), ERR_BUG, "only reads", &e);
	assert_int_equal(result.state, WRITE_UNTOUCHED);
	assert_int_equal(on.tap->requests, requests);
	wirerig_close(&on); /* which asks for zero writes */
}

/* Open for one name and size only, and closed behind it. */
static void the_guard_is_closed_again(void **state)
{
	uint8_t msg[MSG_MAX];
	size_t n = msg_write_start("persist", 0x1000, false, NULL, msg);
	struct reply r;

	(void)state;
	open_with("ums512");
	assert_ok(put("persist", 0x1000), &e);
	assert_err(
		link_call(on.s->link, BSL_CMD_START_DATA, msg, n, 1000, &r, &e),
		ERR_BUG, "reading session", &e);
	assert_err(put("no_such_partition", 0x1000), ERR_REFUSED, "", &e);
	assert_err(
		link_call(on.s->link, BSL_CMD_START_DATA, msg, n, 1000, &r, &e),
		ERR_BUG, "reading session", &e);
	assert_reads("persist");
	wirerig_close(&on);
}

static void what_cannot_be_written_is_not_tried(void **state)
{
	static const struct {
		const char *name;
		uint64_t size;
		const char *why;
	} cases[] = {
		{ BSL_USER_PARTITION, 0x1000, "whole storage" },
		{ "", 0x1000, "no name" },
		{ "abcdefghijklmnopqrstuvwxyz_123456789", 0x1000, "too long" },
		{ "boot\x81", 0x1000, "characters" },
		{ "bo ot", 0x1000, "characters" },
		{ "boot_a", 0, "nothing" },
		{ "l_fixnv1_a", 0x1000, "sum" },
		{ "runtimenv1", 0x1000, "sum" },
	};
	unsigned requests;

	(void)state;
	on.may_write = false; /* looked at by wirerig_close() */
	on.opt.may_write = true;
	wirerig_open_raised(&on, "ums512");
	requests = on.tap->requests;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_err(put(cases[i].name, cases[i].size), ERR_EXISTS,
			   cases[i].why, &e);
		assert_int_equal(result.state, WRITE_UNTOUCHED);
	}
	assert_int_equal(on.tap->requests, requests);
	wirerig_close(&on);

	/* 32 bits for the size, and no other form that is sure to be known. */
	on.opt.may_write = true;
	wirerig_open_raised(&on, "sc9832");
	assert_err(put("boot", UINT32_MAX), ERR_EXISTS, "4 GiB", &e);
	wirerig_close(&on);
}

static void without_fdl2_nothing_is_written(void **state)
{
	struct write_target t = target("boot_a", 2);

	(void)state;
	wirerig_open(&on, "ums512");
	assert_err(writer_check(on.s, &t, &e), ERR_STAGE, "no FDL2", &e);
	wirerig_close(&on);
}

/* -- spoilt answers ------------------------------------------------------ */

#define PIECES 4u /* START, so many MIDST, END: PIECES + 2 answers */

/* The at-th answer of a write is spoilt; nothing may be sent twice. */
static int put_spoilt(const char *spec, enum tap_fault fault, unsigned at)
{
	open_with(spec);
	memset(on.tap->sent, 0, sizeof(on.tap->sent));
	on.tap->fault = fault;
	on.tap->type = BSL_REP_ACK;
	on.tap->seen = 0;
	on.tap->at = at;
	on.tap->times = 1;
	return put("persist", PIECES * writer_piece(on.s));
}

static void a_lost_or_damaged_answer_is_not_asked_for_again(void **state)
{
	static const enum tap_fault faults[] = { TAP_LOSE, TAP_CUT, TAP_FLIP,
						 TAP_LATE };

	(void)state;
	fill(5);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		for (unsigned at = 1; at <= PIECES + 2; at++) {
			int rc = put_spoilt("ums512", faults[i], at);
			unsigned midst = at == 1	   ? 0
					 : at > PIECES + 1 ? PIECES
							   : at - 1;

			if (rc == 0 ||
			    (e.code != ERR_TIMEOUT && e.code != ERR_FRAME))
				fail_msg("%zu, %u: %d %s", i, at, rc, e.text);
			assert_int_equal(result.state, WRITE_UNKNOWN);
			assert_string_equal(why_row(&e)->id, "write-lost");
			assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 1);
			assert_int_equal(on.tap->sent[BSL_CMD_MIDST_DATA],
					 midst);
			assert_int_equal(on.tap->sent[BSL_CMD_END_DATA],
					 at == PIECES + 2);
			/* The line is clear: what is there can be read. */
			on.tap->fault = TAP_NONE;
			assert_false(on.s->dead);
			assert_int_equal(on.s->owed, 0);
			assert_reads("persist");
			wirerig_close(&on);
		}
	}
}

/* An ACK that reading still waits for is not that of START_DATA. */
static void what_is_owed_is_waited_for_first(void **state)
{
	unsigned ends;

	(void)state;
	open_with("ums512");
	on.s->owed = 1;
	ends = on.tap->sent[BSL_CMD_READ_END];
	put_and_compare("persist", 0x1000);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], ends + 1);
	assert_int_equal(on.s->owed, 0);
	put_and_compare("persist", 0x1000);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], ends + 1);
	wirerig_close(&on);
}

/* An ACK that comes twice never makes a wrong byte, nor a false "done". */
static void a_doubled_answer_does_no_harm(void **state)
{
	(void)state;
	fill(6);
	for (unsigned at = 1; at <= PIECES + 2; at++) {
		uint64_t start, size;

		assert_ok(put_spoilt("ums512", TAP_DOUBLE, at), &e);
		on.tap->fault = TAP_NONE;
		wirerig_find(&on, "persist", &start, &size);
		wirerig_assert_bytes(&on, "user", start, mem, result.done);
		assert_reads("boot_b");
		wirerig_close(&on);
	}
}

static void a_phone_that_leaves_leaves_it_unknown(void **state)
{
	struct phone_stats st;
	char spec[64];
	unsigned first;

	(void)state;
	fill(8);
	open_with("ums512");
	phone_stats(on.phone, &st);
	first = (unsigned)st.requests + 1;
	wirerig_close(&on);
	for (unsigned at = 0; at < PIECES + 2; at++) {
		snprintf(spec, sizeof(spec), "ums512,disconnect_at=%u",
			 first + at);
		assert_int_equal(put_spoilt(spec, TAP_NONE, 0), -(int)ERR_GONE);
		assert_int_equal(result.state, WRITE_UNKNOWN);
		assert_string_equal(why_row(&e)->id, "write-lost");
		wirerig_drop(&on);
	}
}

/* -- it goes wrong in words ---------------------------------------------- */

static void a_signature_that_hangs_is_named(void **state)
{
	struct write_target t = target("boot_b", 0x20000);
	struct feed f = { 0 };

	(void)state;
	t.is_signed = true;
	open_with("ums512,verify_hang=1");
	assert_err(put_target(on.s, &t, &f), ERR_TIMEOUT, "MIDST_DATA", &e);
	assert_string_equal(why_row(&e)->id, "write-signature-hang");
	assert_int_equal(result.state, WRITE_UNKNOWN);
	assert_true(on.s->dead);
	wirerig_close(&on);
}

/* As a simulated phone says it, and not a script. */
static void a_phones_own_refusals_are_named(void **state)
{
	static const struct {
		const char *spec;
		enum err_code code;
		const char *row;
	} cases[] = {
		{ "ums512,protect=boot_b", ERR_REFUSED, "write-failed" },
		{ "ums512,verify_hang=84", ERR_REFUSED, "write-signature" },
		{ "ums512,verify_hang=AA", ERR_REFUSED, "write-signature" },
		{ "ums512,refuse_starts=1", ERR_REFUSED, "write-name" },
		{ "ums512,power_loss=1", ERR_GONE, "write-lost" },
	};

	(void)state;
	fill(11);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct write_target t = target("boot_b", 0x20000);
		struct feed f = { 0 };

		t.is_signed = true;
		open_with(cases[i].spec);
		assert_err(put_target(on.s, &t, &f), cases[i].code, "boot_b",
			   &e);
		if (strcmp(why_row(&e)->id, cases[i].row) != 0)
			fail_msg("%s: %s", cases[i].spec, why_row(&e)->id);
		wirerig_drop(&on);
	}
}

/* Time limits of 4.9: a loader may take minutes over the last piece. */
static void a_slow_phone_is_waited_for(void **state)
{
	(void)state;
	fill(12);
	open_with("ums512,last_ms=119000");
	put_and_compare("boot_b", 0x20000);
	wirerig_close(&on);
	open_with("ums512,last_ms=200000");
	assert_err(put("boot_b", 0x20000), ERR_TIMEOUT, "MIDST_DATA", &e);
	assert_string_equal(why_row(&e)->id, "write-lost");
	wirerig_close(&on);
}

static void a_wish_to_stop_is_heard_between_pieces(void **state)
{
	struct write_target t = target("persist", MIB / 4);
	struct feed f = { 0 }, g = { 0 };

	(void)state;
	open_with("ums512");
	on.cancel_after = 3;
	assert_err(put_target(on.s, &t, &f), ERR_CANCELLED, "", &e);
	assert_int_equal(result.state, WRITE_UNKNOWN);
	assert_int_equal(result.done, 2 * 0xF000);
	/* In step with the phone: reading needs no repair. */
	assert_reads("persist");
	assert_int_equal(on.retries, 0);
	t.to_its_end = true;
	on.cancel_after = 3;
	assert_ok(put_target(on.s, &t, &g), &e);
	on.cancel_after = 0;
	wirerig_close(&on);
}

static void a_source_that_fails_is_told(void **state)
{
	struct write_target t = target("persist", MIB / 4);
	struct feed f = { .fail_at = 1 };

	(void)state;
	open_with("ums512");
	assert_err(put_target(on.s, &t, &f), ERR_IO, "the disk is gone", &e);
	assert_int_equal(result.state, WRITE_UNKNOWN);
	assert_reads("persist");
	wirerig_close(&on);
}

/* -- each refusal, at each step ------------------------------------------ */

static char lines[16][4096];
static struct script_step steps[16];
static size_t nsteps;

static void say(enum script_what what, unsigned type, const void *payload,
		size_t n)
{
	static const struct frame_format plain = { FRAME_SUM16, false };
	uint8_t wire[FRAME_WIRE_MAX(0x400)];
	size_t len = frame_encode(plain, (uint16_t)type, payload, n, wire);

	assert_true(nsteps < ARRAY_SIZE(steps) && 3 * len < sizeof(lines[0]));
	for (size_t i = 0; i < len; i++)
		sprintf(lines[nsteps] + 3 * i, "%02X ", wire[i]);
	steps[nsteps] = (struct script_step) { what, lines[nsteps], 0 };
	nsteps++;
}

/* A session as after FDL2 has started, whose phone follows the steps. */
static struct session *open_scripted(void)
{
	static const struct session_options opt = { .may_write = true,
						    .chunk_max = 0x400 };
	static const struct frame_format plain = { FRAME_SUM16, false };
	struct session *s;

	assert_ok(session_open(script_open(steps, nsteps), &opt, NULL, &s, &e),
		  &e);
	s->stage = STAGE_FDL2;
	s->info.da.form = DA_TLV;
	s->info.escaping = false;
	link_set_format(s->link, plain);
	session_guard_reading(s);
	return s;
}

enum where { AT_START, AT_FIRST, AT_LAST, AT_END };

static const struct {
	enum where where;
	unsigned reply;
	bool nv, is_signed;
	const char *row;
} refusals[] = {
	{ AT_START, 0x84, false, false, "write-name" },
	{ AT_START, 0x96, false, false, "write-name" },
	{ AT_START, 0x8A, false, false, "write-size" },
	{ AT_START, 0x8A, true, false, "write-size" },
	{ AT_START, 0xB3, false, false, "write-protected" },
	{ AT_START, 0xFE, false, false, "authorisation" },
	{ AT_START, 0xA2, false, false, "write-failed" },
	{ AT_FIRST, 0x84, false, true, "write-failed" },
	{ AT_FIRST, 0xA2, false, false, "write-failed" },
	{ AT_FIRST, 0xAC, false, false, "write-not-enabled" },
	{ AT_FIRST, 0x86, false, false, "write-failed" },
	{ AT_LAST, 0x84, false, false, "write-failed" },
	{ AT_LAST, 0x84, false, true, "write-signature" },
	{ AT_LAST, 0xA6, false, false, "write-signature" },
	{ AT_LAST, 0xAA, false, false, "write-signature" },
	{ AT_LAST, 0x8C, false, false, "write-signature" },
	{ AT_LAST, 0xB3, false, false, "write-protected" },
	{ AT_LAST, 0xA0, false, false, "write-checksum" },
	{ AT_LAST, 0xA1, true, false, "write-checksum" },
	{ AT_LAST, 0xA2, true, false, "write-checksum" },
	{ AT_LAST, 0xA2, false, false, "write-failed" },
	{ AT_END, 0x84, false, false, "write-failed" },
	{ AT_END, 0x88, false, false, "write-failed" },
};

static void say_until(size_t i, const struct write_target *t)
{
	enum where where = refusals[i].where;
	uint8_t msg[MSG_MAX];
	size_t n = msg_write_start(t->name, t->size, false,
				   t->has_sum ? &t->sum : NULL, msg);

	nsteps = 0;
	say(SCRIPT_HOST, BSL_CMD_START_DATA, msg, n);
	for (int at = AT_START; at < (int)where; at++) {
		say(SCRIPT_PHONE, BSL_REP_ACK, NULL, 0);
		if (at == AT_LAST)
			say(SCRIPT_HOST, BSL_CMD_END_DATA, NULL, 0);
		else if (at == AT_FIRST)
			say(SCRIPT_HOST, BSL_CMD_MIDST_DATA, mem + 0x400, 2);
		else
			say(SCRIPT_HOST, BSL_CMD_MIDST_DATA, mem, 0x400);
	}
	say(SCRIPT_PHONE, refusals[i].reply, NULL, 0);
}

static void each_refusal_has_its_row(void **state)
{
	(void)state;
	fill(9);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		enum where where = refusals[i].where;
		struct write_target t =
			target(refusals[i].nv ? "l_fixnv1" : "boot", 0x402);
		struct feed f = { 0 };
		struct session *s;

		t.is_signed = refusals[i].is_signed;
		t.has_sum = refusals[i].nv;
		t.sum = 0x12345;
		say_until(i, &t);
		s = open_scripted();
		assert_err(put_target(s, &t, &f), ERR_REFUSED, "writing '", &e);
		assert_int_equal(e.sys, refusals[i].reply);
		if (strcmp(why_row(&e)->id, refusals[i].row) != 0)
			fail_msg("0x%02X at %d: %s", refusals[i].reply, where,
				 why_row(&e)->id);
		assert_int_equal(result.state, where == AT_START
						       ? WRITE_UNTOUCHED
						       : WRITE_UNKNOWN);
		script_assert_played(session_transport(s));
		session_close(s);
	}
}

/* Its loader does not survive that, so that nothing more is sent. */
static void a_damaged_frame_ends_all(void **state)
{
	struct write_target t = target("boot", 0x400);
	uint8_t msg[MSG_MAX];
	struct feed f = { 0 };
	struct session *s;

	(void)state;
	nsteps = 0;
	say(SCRIPT_HOST, BSL_CMD_START_DATA, msg,
	    msg_write_start("boot", 0x400, false, NULL, msg));
	say(SCRIPT_PHONE, BSL_REP_ACK, NULL, 0);
	say(SCRIPT_HOST, BSL_CMD_MIDST_DATA, mem, 0x400);
	say(SCRIPT_PHONE, BSL_REP_VERIFY_ERROR, NULL, 0);
	s = open_scripted();
	assert_err(put_target(s, &t, &f), ERR_STAGE, "VERIFY_ERROR", &e);
	assert_int_equal(result.state, WRITE_UNKNOWN);
	assert_string_equal(why_row(&e)->id, "damaged-frame");
	assert_true(s->dead);
	script_assert_played(session_transport(s));
	session_close(s);
}

static void enabling_that_is_refused_is_told(void **state)
{
	static const unsigned replies[] = { 0xFE, 0x84, 0x80 };
	struct write_target t = target("boot", 0x400);
	uint8_t msg[MSG_MAX];
	size_t n = msg_write_start("boot", 0x400, false, NULL, msg);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct feed f = { 0 };
		struct session *s;

		nsteps = 0;
		say(SCRIPT_HOST, BSL_CMD_START_DATA, msg, n);
		say(SCRIPT_PHONE, BSL_REP_NOT_ENABLE_WRITE, NULL, 0);
		say(SCRIPT_HOST, BSL_CMD_ENABLE_WRITE_FLASH, NULL, 0);
		say(SCRIPT_PHONE, replies[i], NULL, 0);
		if (replies[i] == BSL_REP_ACK) { /* and it did not help */
			say(SCRIPT_HOST, BSL_CMD_START_DATA, msg, n);
			say(SCRIPT_PHONE, BSL_REP_NOT_ENABLE_WRITE, NULL, 0);
		}
		s = open_scripted();
		assert_err(put_target(s, &t, &f), ERR_REFUSED, "", &e);
		assert_string_equal(why_row(&e)->id, "write-not-enabled");
		assert_int_equal(result.state, WRITE_UNTOUCHED);
		script_assert_played(session_transport(s));
		session_close(s);
	}
}

/* 88 bytes from 4 GiB on, 76 below, 4 more with a sum [7.1]. */
static void the_form_of_start_follows_size_and_sum(void **state)
{
	static const struct {
		uint64_t size;
		bool sum;
		size_t len;
	} cases[] = {
		{ 0xFFFFFFFE, false, 76 },  { 0xFFFFFFFF, false, 88 },
		{ 0x100000000, false, 88 }, { 0x123456789A, false, 88 },
		{ 0xFFFFFFFE, true, 80 },   { 0x100000000, true, 92 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct write_target t = target("super", cases[i].size);
		uint8_t want[92] = { 's', 0, 'u', 0, 'p', 0, 'e', 0, 'r' };
		struct feed f = { 0 };
		struct session *s;

		t.has_sum = cases[i].sum;
		t.sum = 0x44332211;
		for (int k = 0; k < 5; k++)
			want[72 + k] =
				(uint8_t)((t.size + t.size % 2) >> (8 * k));
		for (int k = 0; t.has_sum && k < 4; k++)
			want[cases[i].len - 4 + k] = (uint8_t)(0x11 * (k + 1));
		nsteps = 0;
		say(SCRIPT_HOST, BSL_CMD_START_DATA, want, cases[i].len);
		say(SCRIPT_PHONE, BSL_REP_DOWN_SIZE_ERROR, NULL, 0);
		s = open_scripted();
		assert_err(put_target(s, &t, &f), ERR_REFUSED, "", &e);
		script_assert_played(session_transport(s));
		session_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, drop)
		TEST(every_model_takes_a_partition),
		TEST(the_worst_for_escaping_arrives),
		TEST(an_odd_length_is_filled_up),
		TEST(pieces_are_what_the_loader_takes),
		TEST(writing_is_enabled_once),
		TEST(a_reading_session_cannot_write),
		TEST(the_guard_is_closed_again),
		TEST(what_cannot_be_written_is_not_tried),
		TEST(without_fdl2_nothing_is_written),
		TEST(a_lost_or_damaged_answer_is_not_asked_for_again),
		TEST(what_is_owed_is_waited_for_first),
		TEST(a_doubled_answer_does_no_harm),
		TEST(a_phone_that_leaves_leaves_it_unknown),
		TEST(a_signature_that_hangs_is_named),
		TEST(a_phones_own_refusals_are_named),
		TEST(a_slow_phone_is_waited_for),
		TEST(a_wish_to_stop_is_heard_between_pieces),
		TEST(a_source_that_fails_is_told),
		cmocka_unit_test(each_refusal_has_its_row),
		cmocka_unit_test(a_damaged_frame_ends_all),
		cmocka_unit_test(enabling_that_is_refused_is_told),
		cmocka_unit_test(the_form_of_start_follows_size_and_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
