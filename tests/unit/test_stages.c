/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stages.c - from the first flag to FDL2, and all that stops there. */
#include "device/session.h"

#include "lib/wirerig.h"
#include "lib/script.h"
#include "lib/unit.h"

#include "bsl/proto.h"
#include "device/layout.h"

static struct wirerig on;
static struct err e;

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

static struct phone_stats stats(void)
{
	struct phone_stats st;

	phone_stats(on.phone, &st);
	return st;
}

static int raise_to_fdl2(void)
{
	return session_raise(on.s, STAGE_FDL2, &e);
}

/* -- success ------------------------------------------------------------- */

static void each_model_is_raised_to_fdl2(void **state)
{
	static const struct {
		const char *spec;
		enum da_form form;
		enum storage_kind storage;
		bool escaping;
	} cases[] = {
		{ "ums512", DA_TLV, STORAGE_EMMC, false },
		{ "ums9230", DA_TLV, STORAGE_UFS, false },
		{ "sc9863a", DA_STRUCT, STORAGE_UNKNOWN, false },
		{ "sc9832", DA_BARE, STORAGE_UNKNOWN, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct device_info *info;

		wirerig_open_raised(&on, cases[i].spec);
		info = session_info(on.s);
		assert_int_equal(session_stage(on.s), STAGE_FDL2);
		assert_string_equal(stats().stage, "fdl2");
		assert_string_equal(info->hello, "SPRD3");
		assert_string_equal(info->fdl1_hello,
				    "Spreadtrum Boot Block version 1.1");
		assert_int_equal(info->da.form, cases[i].form);
		assert_int_equal(info->storage, cases[i].storage);
		assert_int_equal(info->escaping, cases[i].escaping);
		assert_int_equal(info->unsupported, 0);
		assert_int_equal(stats().unsupported, 0);
		assert_int_equal(stats().refused, 0);
		assert_int_equal(on.stages, 3);
		/* Nothing that only a profile may ask for. */
		assert_int_equal(on.tap->sent[BSL_CMD_KEEP_CHARGE], 0);
		assert_int_equal(on.tap->sent[BSL_CMD_READ_CHIP_UID], 0);
		assert_int_equal(on.tap->sent[BSL_CMD_DISABLE_TRANSCODE],
				 !cases[i].escaping);
		assert_int_equal(on.tap->sent[BSL_CMD_EXEC_DATA], 2);
		/* Raising again has nothing to do. */
		wirerig_raise(&on);
		assert_int_equal(on.tap->sent[BSL_CMD_EXEC_DATA], 2);
		wirerig_close(&on);
	}
}

static void raising_stops_at_the_wanted_stage(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512");
	assert_ok(session_raise(on.s, STAGE_BOOTROM, &e), &e);
	assert_string_equal(stats().stage, "brom");
	assert_int_equal(session_stage(on.s), STAGE_BOOTROM);
	assert_ok(session_raise(on.s, STAGE_FDL1, &e), &e);
	assert_string_equal(stats().stage, "fdl1");
	assert_int_equal(session_stage(on.s), STAGE_FDL1);
	wirerig_raise(&on);
	wirerig_close(&on);
}

static void a_slow_fdl1_is_greeted_again(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,ver_skip=9");
	wirerig_close(&on);
}

static void autod_needs_no_loader(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,version=SPRD4:AutoD");
	on.fdl1.has_addr = on.fdl2.has_addr = false; /* of no use now */
	wirerig_raise(&on);
	assert_string_equal(session_info(on.s)->hello, "SPRD4:AutoD");
	assert_string_equal(stats().stage, "fdl2");
	assert_int_equal(on.tap->sent[BSL_CMD_START_DATA], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_MIDST_DATA], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_EXEC_DATA], 2);
	assert_int_equal(session_info(on.s)->da.form, DA_TLV);
	wirerig_close(&on);
}

static void every_form_of_da_info_is_understood(void **state)
{
	static const struct {
		const char *spec;
		enum da_form form;
		bool escaping;
		enum storage_kind storage;
	} cases[] = {
		{ "ums512,da=none", DA_NONE, true, STORAGE_UNKNOWN },
		{ "ums512,da=bare", DA_BARE, true, STORAGE_UNKNOWN },
		{ "ums512,da=v1", DA_EIGHT, false, STORAGE_UNKNOWN },
		{ "ums512,da=v1,hdlc=0", DA_EIGHT, true, STORAGE_UNKNOWN },
		{ "ums512,da=v2", DA_STRUCT, false, STORAGE_EMMC },
		{ "ums512,da=v4,storage_type=0", DA_STRUCT, false,
		  STORAGE_UNKNOWN },
		{ "ums512,da=v4,storage_type=0x103", DA_STRUCT, false,
		  STORAGE_UFS },
		{ "ums512,da=tlv,storage_type=0x101", DA_TLV, false,
		  STORAGE_NAND },
		{ "ums512,da=tlv,hdlc=0", DA_TLV, true, STORAGE_EMMC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct device_info *info;

		wirerig_open_raised(&on, cases[i].spec);
		info = session_info(on.s);
		if (info->da.form != cases[i].form ||
		    info->escaping != cases[i].escaping ||
		    info->storage != cases[i].storage)
			fail_msg("%s: form %d, escaping %d, storage %d",
				 cases[i].spec, info->da.form, info->escaping,
				 info->storage);
		wirerig_close(&on);
	}
}

/* Both kinds of FDL1, and as slow as a real FDL2 was seen [4.3]. */
static void fdl2_may_take_fifteen_seconds(void **state)
{
	static const char *const specs[] = {
		"ums512,fdl2_delay_ms=0",
		"ums512,fdl2_delay_ms=15000",
		"ums512,no_ack_exec=0,fdl2_delay_ms=0",
		"ums512,no_ack_exec=0,fdl2_delay_ms=15000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		wirerig_open_raised(&on, specs[i]);
		assert_int_equal(session_info(on.s)->da.form, DA_TLV);
		wirerig_close(&on);
	}
}

static void a_dead_fdl2_is_a_timeout_and_a_row(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,fdl2_delay_ms=60000");
	assert_err(raise_to_fdl2(), ERR_TIMEOUT, "starting FDL2", &e);
	assert_int_equal(e.why, WHY_FDL2_SILENT);
	assert_int_equal(on.tap->sent[BSL_CMD_EXEC_DATA], 2);
	wirerig_close(&on);
}

static void log_frames_do_not_disturb(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,log_frames=1");
	assert_int_equal(on.logs, 1); /* in front of one answer */
	wirerig_close(&on);
}

static void a_phone_that_wants_its_port_opened_answers(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,need_line_state=1");
	wirerig_close(&on);
}

/* -- loaders ------------------------------------------------------------- */

static void a_wrong_address_is_refused_as_a_row(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512");
	on.fdl1.addr = 0x5000;
	assert_err(raise_to_fdl2(), ERR_REFUSED,
		   "loading FDL1 'fdl1.bin': at address 0x00005000: START_DATA",
		   &e);
	assert_int_equal(e.sys, BSL_REP_DOWN_SIZE_ERROR);
	assert_int_equal(e.why, WHY_FDL1_ADDRESS);
	assert_int_equal(on.tap->sent[BSL_CMD_MIDST_DATA], 0);
	wirerig_close(&on);

	wirerig_open(&on, "ums512");
	on.fdl2.addr = 0x80000000;
	assert_err(raise_to_fdl2(), ERR_REFUSED,
		   "loading FDL2 'fdl2.bin': at address 0x80000000: START_DATA",
		   &e);
	assert_int_equal(e.sys, BSL_REP_DOWN_DEST_ERROR);
	assert_int_equal(e.why, WHY_FDL2_ADDRESS);
	assert_int_equal(session_stage(on.s), STAGE_FDL1);
	wirerig_close(&on);
}

static void a_wrong_address_can_be_corrected_in_the_same_session(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512");
	on.fdl1.addr = 0x5000;
	assert_int_equal(raise_to_fdl2(), -(int)ERR_REFUSED);
	on.fdl1.addr = 0x5500;
	wirerig_raise(&on);
	wirerig_close(&on);
}

static void a_missing_loader_is_named(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512");
	on.fdl1.has_addr = false;
	assert_err(raise_to_fdl2(), ERR_USAGE, "no load address", &e);
	assert_non_null(strstr(e.hint, "--chip"));
	on.fdl1.has_addr = true;
	on.fdl2.has_addr = false;
	assert_err(raise_to_fdl2(), ERR_USAGE, "FDL2", &e);
	assert_int_equal(session_stage(on.s), STAGE_FDL1);
	wirerig_close(&on);
}

static void an_unsigned_loader_is_refused_as_such(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,secure=1");
	on.fdl1.data[0] = 'X';
	assert_err(raise_to_fdl2(), ERR_REFUSED, "signature", &e);
	assert_int_equal(e.sys, BSL_REP_SIGN_VERIFY_ERROR);
	assert_int_equal(e.why, WHY_FDL1_SIGNATURE);
	wirerig_drop(&on); /* such a phone is dead now */

	wirerig_open(&on, "ums512,secure=1");
	on.fdl2.data[0] = 'X';
	assert_err(raise_to_fdl2(), ERR_REFUSED, "signature", &e);
	wirerig_drop(&on);

	wirerig_open_raised(&on, "ums512,secure=1");
	wirerig_close(&on);
}

static void a_loader_of_odd_length_is_sent_even(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512");
	on.fdl1.len--;
	on.fdl2.len--;
	wirerig_raise(&on);
	assert_int_equal(on.tap->odd, 0);
	wirerig_close(&on);
}

static void a_silent_fdl1_is_a_timeout_and_a_row(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,ver_skip=1000");
	assert_err(raise_to_fdl2(), ERR_TIMEOUT, "FDL1", &e);
	assert_int_equal(e.why, WHY_FDL1_SILENT);
	assert_int_equal(session_stage(on.s), STAGE_BOOTROM);
	wirerig_close(&on);
}

/* -- loaders that refuse ------------------------------------------------- */

/* Any other command than the vendor's answer would hang such a phone. */
static void a_handshake_is_not_answered(void **state)
{
	uint64_t requests;

	(void)state;
	wirerig_open(&on, "ums512,rsa_handshake=1");
	assert_err(raise_to_fdl2(), ERR_REFUSED, "vendor key", &e);
	assert_int_equal(e.why, WHY_VENDOR_KEY);
	assert_true(session_info(on.s)->da.wants_handshake);
	assert_int_equal(on.tap->sent[BSL_CMD_DISABLE_TRANSCODE], 0);
	requests = stats().requests;
	assert_int_equal(requests, on.tap->requests);
	wirerig_close(&on);
}

static void an_authorisation_gate_is_asked_once(void **state)
{
	struct layout l;

	(void)state;
	wirerig_open_raised(&on, "ums512,auth_gate=1");
	assert_err(layout_read(on.s, NULL, 0, &l, &e), ERR_REFUSED,
		   "authorisation", &e);
	assert_int_equal(e.why, WHY_AUTHORISATION);
	assert_int_equal(stats().unsupported, 1);
	assert_int_equal(session_info(on.s)->unsupported, 1);
	wirerig_close(&on);
}

/* -- by profile ---------------------------------------------------------- */

static void with_quirks(const char *spec, unsigned quirks)
{
	strcpy(on.profile.name, "test");
	on.profile.quirks = quirks;
	wirerig_open_raised(&on, spec);
}

static void keep_charge_is_sent_by_profile(void **state)
{
	(void)state;
	with_quirks("ums512", QUIRK_KEEP_CHARGE);
	assert_int_equal(on.tap->sent[BSL_CMD_KEEP_CHARGE], 1);
	wirerig_close(&on);
	/* Not known to this one: that is no failure. */
	with_quirks("ums512,keep_charge=fe", QUIRK_KEEP_CHARGE);
	assert_non_null(strstr(on.notes, "charging"));
	wirerig_close(&on);
}

static void escaping_stays_on_by_profile(void **state)
{
	(void)state;
	with_quirks("ums512", QUIRK_KEEP_ESCAPING);
	assert_int_equal(on.tap->sent[BSL_CMD_DISABLE_TRANSCODE], 0);
	assert_true(session_info(on.s)->escaping);
	wirerig_close(&on);
}

static void raise_with(enum tap_fault fault, unsigned at)
{
	wirerig_open(&on, "ums512");
	on.tap->type = BSL_REP_ACK;
	on.tap->fault = fault;
	on.tap->at = at;
	on.tap->times = 1;
	wirerig_raise(&on);
}

/* The last ACK on the way up is that of DISABLE_TRANSCODE. */
static void a_spoilt_ack_of_no_escapes_is_asked_for_again(void **state)
{
	static const enum tap_fault faults[] = { TAP_LOSE, TAP_LATE, TAP_CUT,
						 TAP_FLIP, TAP_DOUBLE };
	unsigned last;

	(void)state;
	raise_with(TAP_LOSE, 100000);
	last = on.tap->seen;
	wirerig_close(&on);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct layout l;

		raise_with(faults[i], last);
		assert_int_equal(on.tap->spoilt, 1);
		assert_int_equal(on.tap->sent[BSL_CMD_DISABLE_TRANSCODE],
				 faults[i] == TAP_DOUBLE ? 1 : 2);
		assert_false(session_info(on.s)->escaping);
		assert_ok(layout_read(on.s, NULL, 0, &l, &e), &e);
		assert_int_equal(l.table.source, PTABLE_GPT);
		layout_free(&l);
		wirerig_close(&on);
	}
}

static void the_chip_uid_is_asked_by_profile(void **state)
{
	(void)state;
	with_quirks("ums512,uid=0123456789abcdef", QUIRK_CHIP_UID);
	assert_int_equal(session_info(on.s)->uid_len, 8);
	assert_memory_equal(session_info(on.s)->uid,
			    "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	wirerig_close(&on);
	with_quirks("ums512", QUIRK_CHIP_UID);
	assert_int_equal(session_info(on.s)->uid_len, 0);
	assert_int_equal(session_info(on.s)->unsupported, 1);
	wirerig_close(&on);
}

static void the_only_storage_of_a_profile_is_taken(void **state)
{
	(void)state;
	on.profile.storage = 1u << STORAGE_UFS;
	with_quirks("sc9832", 0);
	assert_int_equal(session_info(on.s)->storage, STORAGE_UFS);
	wirerig_close(&on);
	on.profile.storage = 1u << STORAGE_UFS | 1u << STORAGE_EMMC;
	with_quirks("sc9832", 0);
	assert_int_equal(session_info(on.s)->storage, STORAGE_UNKNOWN);
	wirerig_close(&on);
}

/* -- leaving ------------------------------------------------------------- */

static void ending_needs_leave(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	assert_ok(session_end(on.s, SESSION_LEAVE, &e), &e);
	assert_int_equal(session_end(on.s, SESSION_REBOOT, &e), -(int)ERR_BUG);
	assert_int_equal(session_end(on.s, SESSION_POWER_OFF, &e),
			 -(int)ERR_BUG);
	assert_string_equal(stats().stage, "fdl2");
	wirerig_close(&on);
}

static void a_reboot_leaves_the_bus(void **state)
{
	(void)state;
	on.opt.may_end = true;
	wirerig_open_raised(&on, "ums512,miscdata_writes=0");
	assert_ok(session_end(on.s, SESSION_REBOOT, &e), &e);
	assert_string_equal(stats().stage, "off");
	wirerig_close(&on);
}

static void a_phone_that_leaves_is_gone(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,disconnect_at=10");
	assert_err(raise_to_fdl2(), ERR_GONE, "after", &e);
	wirerig_close(&on);
}

static void cancelling_ends_the_climb(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,ver_skip=1000");
	on.cancel_after = 60;
	assert_err(raise_to_fdl2(), ERR_CANCELLED, "", &e);
	wirerig_close(&on);
}

/* -- answers that only a script gives ------------------------------------ */

#define ACK_CRC	    "7E 00 80 00 00 3B 5A 7E"
#define ACK	    "7E 00 80 00 00 FF 7F 7E"
#define VER_ROM	    "7E 00 81 00 06 53 50 52 44 33 00 57 0A 7E"
#define VER_FDL	    "7E 00 81 00 02 31 00 CE 7C 7E"
#define CONNECT_CRC "7E 00 00 00 00 00 00 7E"
#define CONNECT	    "7E 00 00 00 00 FF FF 7E"
/* START_DATA at 0 for 2 bytes, those, END_DATA, EXEC_DATA; by the sum. */
#define START "7E 00 01 00 08 00 00 00 00 00 00 00 02 FF F4 7E"
#define PIECE "7E 00 02 00 02 01 02 FE F9 7E"
#define END   "7E 00 03 00 00 FF FC 7E"
#define EXEC  "7E 00 04 00 00 FF FB 7E"
/* From CONNECT on, all that is sent to FDL1 until FDL2 starts. */
#define TAKES(hex)                   \
	{ SCRIPT_HOST, hex, 0 },     \
	{                            \
		SCRIPT_PHONE, ACK, 0 \
	}
#define LOADS_FDL2                                              \
	TAKES(CONNECT), TAKES(START), TAKES(PIECE), TAKES(END), \
	{                                                       \
		SCRIPT_HOST, EXEC, 0                            \
	}
/* The same by CRC. */
#define START_CRC "7E 00 01 00 08 00 00 00 00 00 00 00 02 D1 F4 7E"
#define PIECE_CRC "7E 00 02 00 02 01 02 39 90 7E"
#define END_CRC	  "7E 00 03 00 00 59 50 7E"
#define EXEC_CRC  "7E 00 04 00 00 DC C0 7E"

static uint8_t two_bytes[] = { 1, 2 };
static struct session *scripted;
static struct transport *script;

static int drop_script(void **state)
{
	(void)state;
	session_close(scripted);
	scripted = NULL;
	return 0;
}

static int play(const struct script_step *steps, size_t n)
{
	static struct loader tiny = { .file = "tiny.bin",
				      .has_addr = true,
				      .data = two_bytes,
				      .len = 2 };
	struct session_options opt = { .fdl1 = &tiny, .fdl2 = &tiny };

	script = script_open(steps, n);
	assert_ok(session_open(script, &opt, NULL, &scripted, &e), &e);
	return session_raise(scripted, STAGE_FDL2, &e);
}

#define PLAY(steps) play(steps, ARRAY_SIZE(steps))

static void silence_is_no_phone(void **state)
{
	struct session_options opt = { .wait_ms = 2000 };
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		/* Nothing is lost by asking for an FDL2 now [4.9]. */
		{ SCRIPT_HOST, "7E 00 12 00 00 FF ED 7E", 0 },
		{ SCRIPT_SILENT, NULL, 3000 },
	};

	(void)state;
	script = script_open(steps, ARRAY_SIZE(steps));
	assert_ok(session_open(script, &opt, NULL, &scripted, &e), &e);
	assert_err(session_raise(scripted, STAGE_FDL1, &e), ERR_NODEV, "", &e);
	assert_int_equal(e.why, WHY_ROM_SILENT);
	script_assert_played(script);
}

/* Found in FDL1 already: an earlier run ended there [1.6]. */
static void a_phone_left_in_fdl1_goes_on_from_there(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_PHONE, VER_FDL, 0 },
		LOADS_FDL2,
		{ SCRIPT_PHONE, "7E 00 96 00 00 FF 69 7E", 0 },
	};

	(void)state;
	assert_ok(PLAY(steps), &e);
	assert_int_equal(session_stage(scripted), STAGE_FDL2);
	assert_int_equal(session_info(scripted)->da.form, DA_BARE);
	script_assert_played(script);
}

/* A ROM may fail the first CONNECT [3.1]. */
static void connect_is_sent_twice_to_a_rom(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_PHONE, VER_ROM, 0 },
		{ SCRIPT_HOST, CONNECT_CRC, 0 },
		{ SCRIPT_PHONE, "7E 00 8B 00 00 CB AB 7E", 0 },
		{ SCRIPT_HOST, CONNECT_CRC, 0 },
		{ SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, START_CRC, 0 },
		{ SCRIPT_SILENT, NULL, 60000 },
	};

	(void)state;
	assert_err(PLAY(steps), ERR_TIMEOUT, "START_DATA", &e);
}

static void a_rom_that_is_back_has_rejected_the_loader(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },	 { SCRIPT_PHONE, VER_ROM, 0 },
		{ SCRIPT_HOST, CONNECT_CRC, 0 }, { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, START_CRC, 0 },	 { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, PIECE_CRC, 0 },	 { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, END_CRC, 0 },	 { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, EXEC_CRC, 0 },	 { SCRIPT_PHONE, ACK_CRC, 0 },
		{ SCRIPT_HOST, "7E", 0 },	 { SCRIPT_PHONE, VER_ROM, 0 },
	};

	(void)state;
	assert_err(PLAY(steps), ERR_REFUSED, "rejected", &e);
	assert_int_equal(e.why, WHY_FDL1_REJECTED);
	script_assert_played(script);
}

/*
 * Two flags asked, two versions come, the second one late.  Answers carry no
 * number: if it were taken for the answer to CONNECT, every later answer
 * would be that of the request before.
 */
static void a_second_version_does_not_shift_the_answers(void **state)
{
	static const struct script_step steps[] = {
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_SILENT, NULL, 500 },
		{ SCRIPT_HOST, "7E", 0 },
		{ SCRIPT_PHONE, VER_FDL, 0 },
		{ SCRIPT_SILENT, NULL, 5 },
		{ SCRIPT_PHONE, VER_FDL, 0 },
		LOADS_FDL2,
		{ SCRIPT_PHONE, "7E 00 96 00 00 FF 69 7E", 0 },
	};

	(void)state;
	assert_ok(PLAY(steps), &e);
	script_assert_played(script);
}

/* docs/protocol.md 4.4 and 4.8: what else may answer EXEC. */
static void other_answers_to_exec_are_refusals(void **state)
{
	static const struct {
		const char *hex;
		uint8_t type;
		enum err_code code;
		const char *text;
	} cases[] = {
		{ "7E 00 97 00 00 FF 68 7E", 0x97, ERR_REFUSED, "storage" },
		{ "7E 00 98 00 00 FF 67 7E", 0x98, ERR_REFUSED, "storage" },
		{ "7E 00 B4 00 00 FF 4B 7E", 0xB4, ERR_REFUSED, "storage" },
		{ "7E 00 A6 00 00 FF 59 7E", 0xA6, ERR_REFUSED, "signature" },
		{ "7E 00 FE 00 00 FF 01 7E", 0xFE, ERR_REFUSED, "" },
		{ "7E 00 55 00 00 FF AA 7E", 0x55, ERR_REFUSED, "0x55" },
		/* A loader that says this has stopped for good [2.5]. */
		{ "7E 00 8B 00 00 FF 74 7E", 0, ERR_STAGE, "VERIFY_ERROR" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct script_step steps[] = {
			{ SCRIPT_HOST, "7E", 0 },
			{ SCRIPT_PHONE, VER_FDL, 0 },
			LOADS_FDL2,
			{ SCRIPT_PHONE, cases[i].hex, 0 },
		};

		assert_err(PLAY(steps), cases[i].code, cases[i].text, &e);
		assert_int_equal(e.sys, cases[i].type);
		assert_non_null(strstr(e.text, "starting FDL2"));
		assert_int_equal(session_stage(scripted), STAGE_FDL1);
		script_assert_played(script);
		drop_script(NULL);
	}
}

#define TEST(f)	  cmocka_unit_test_teardown(f, drop)
#define SCRIPT(f) cmocka_unit_test_teardown(f, drop_script)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_model_is_raised_to_fdl2),
		TEST(raising_stops_at_the_wanted_stage),
		TEST(a_slow_fdl1_is_greeted_again),
		TEST(autod_needs_no_loader),
		TEST(every_form_of_da_info_is_understood),
		TEST(fdl2_may_take_fifteen_seconds),
		TEST(a_dead_fdl2_is_a_timeout_and_a_row),
		TEST(log_frames_do_not_disturb),
		TEST(a_phone_that_wants_its_port_opened_answers),
		TEST(a_wrong_address_is_refused_as_a_row),
		TEST(a_wrong_address_can_be_corrected_in_the_same_session),
		TEST(a_missing_loader_is_named),
		TEST(an_unsigned_loader_is_refused_as_such),
		TEST(a_loader_of_odd_length_is_sent_even),
		TEST(a_silent_fdl1_is_a_timeout_and_a_row),
		TEST(a_handshake_is_not_answered),
		TEST(an_authorisation_gate_is_asked_once),
		TEST(keep_charge_is_sent_by_profile),
		TEST(escaping_stays_on_by_profile),
		TEST(a_spoilt_ack_of_no_escapes_is_asked_for_again),
		TEST(the_chip_uid_is_asked_by_profile),
		TEST(the_only_storage_of_a_profile_is_taken),
		TEST(ending_needs_leave),
		TEST(a_reboot_leaves_the_bus),
		TEST(a_phone_that_leaves_is_gone),
		TEST(cancelling_ends_the_climb),
		SCRIPT(silence_is_no_phone),
		SCRIPT(a_phone_left_in_fdl1_goes_on_from_there),
		SCRIPT(connect_is_sent_twice_to_a_rom),
		SCRIPT(a_rom_that_is_back_has_rejected_the_loader),
		SCRIPT(a_second_version_does_not_shift_the_answers),
		SCRIPT(other_answers_to_exec_are_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
