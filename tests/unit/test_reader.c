/* SPDX-License-Identifier: BSD-3-Clause */
/* test_reader.c - bytes of a simulated phone, compared with what it holds. */
#include "device/reader.h"

#include "lib/wirerig.h"
#include "lib/unit.h"

#include "bsl/proto.h"

#define MIB ((uint64_t)1 << 20)

static struct wirerig on;
static struct err e;
static uint8_t mem[8 << 20];

static int drop(void **state)
{
	(void)state;
	wirerig_drop(&on);
	return 0;
}

static struct extent extent(const char *name, uint64_t offset, uint64_t length)
{
	struct extent x = { .offset = offset, .length = length };

	snprintf(x.name, sizeof(x.name), "%s", name);
	return x;
}

static int read_at(const char *name, uint64_t offset, uint64_t length)
{
	struct extent x = extent(name, offset, length);

	assert_true(length <= sizeof(mem));
	memset(mem, 0xA5, sizeof(mem));
	return reader_read(on.s, &x, mem, &e);
}

/* Reads it and compares with the phone's own bytes. */
static void read_and_compare(const char *name, uint64_t offset, uint64_t length)
{
	const char *area = "user";
	uint64_t start = 0, size;

	assert_ok(read_at(name, offset, length), &e);
	if (strcmp(name, BSL_SPLLOADER) == 0)
		area = "boot1";
	else if (strcmp(name, BSL_SPLLOADER_BAK) == 0)
		area = "boot2";
	else if (strcmp(name, BSL_USER_PARTITION) != 0)
		wirerig_find(&on, name, &start, &size);
	wirerig_assert_bytes(&on, area, start + offset, mem, length);
	assert_int_equal(mem[length], 0xA5);
}

/* -- content ------------------------------------------------------------- */

static void every_model_is_read_by_name(void **state)
{
	/* Noise, mostly 7E and 7D, text, NV with its header, boot area. */
	static const struct {
		const char *spec, *names[6];
	} cases[] = {
		{ "ums512",
		  { "l_modem_a", "logo", "uboot_log", "l_fixnv2_a", "splloader",
		    "prodnv" } },
		{ "ums9230",
		  { "l_modem_b", "logo_a", "uboot_log", "l_runtimenv2",
		    "splloader_bak", "misc" } },
		{ "sc9863a",
		  { "l_modem", "logo", "uboot_log", "l_fixnv2", "splloader",
		    "vbmeta" } },
		{ "sc9832",
		  { "wmodem", "logo", "uboot_log", "wfixnv2", "splloader",
		    "boot" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		wirerig_open_raised(&on, cases[i].spec);
		for (size_t k = 0; k < ARRAY_SIZE(cases[i].names); k++)
			read_and_compare(cases[i].names[k], 0, MIB);
		wirerig_close(&on);
	}
}

static void the_whole_storage_is_read_raw(void **state)
{
	static const char *const specs[] = { "ums512", "ums9230", "sc9863a" };
	uint64_t offset, size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		wirerig_open_raised(&on, specs[i]);
		read_and_compare(BSL_USER_PARTITION, 0, 2 * MIB);
		size = phone_area_size(on.phone, "user");
		read_and_compare(BSL_USER_PARTITION, size - MIB, MIB);
		/* A first NV copy, which must not be asked for by name. */
		wirerig_find(&on, i == 2 ? "l_fixnv1" : "l_fixnv1_a", &offset,
			     &size);
		read_and_compare(BSL_USER_PARTITION, offset, size);
		assert_int_equal(mem[0], 0x56); /* its header is there */
		wirerig_close(&on);
	}
}

/* The worst for escaping: double on the wire, and the loader's buffer. */
static void escaped_data_is_read(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,hdlc=0");
	assert_true(session_info(on.s)->escaping);
	read_and_compare("logo", 0, MIB);
	read_and_compare("fbootlogo", 0, MIB);
	wirerig_close(&on);
}

static void odd_places_and_lengths_are_exact(void **state)
{
	static const struct {
		uint64_t offset, length;
	} cases[] = {
		{ 0, 1 },      { 1, 1 },       { 511, 3 },     { 0, 0xFFF },
		{ 0, 0x1001 }, { 7, 0x12345 }, { MIB - 1, 1 }, { 3, MIB - 3 },
	};

	(void)state;
	wirerig_open_raised(&on, "ums512");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		read_and_compare("l_gdsp_a", cases[i].offset, cases[i].length);
	wirerig_close(&on);
}

static void offsets_beyond_four_gib_are_read(void **state)
{
	const uint64_t four = (uint64_t)4 << 30;
	uint64_t offset, size;

	(void)state;
	wirerig_open_raised(&on, "ums512,userdata=9G");
	wirerig_find(&on, "userdata", &offset, &size);
	read_and_compare("userdata", 5 * four / 4, MIB);
	read_and_compare("userdata", four - 0x3000, 0x6000);
	read_and_compare("userdata", four, 0x1000);
	read_and_compare("userdata", 0, 0x1000);
	read_and_compare(BSL_USER_PARTITION, offset + size - MIB, MIB);
	read_and_compare(BSL_USER_PARTITION, four - 0x1800, 0x3000);
	/* The size of READ_START is the end: exactly 4 GiB has no 32 bits. */
	read_and_compare(BSL_USER_PARTITION, four - 0x1000, 0x1000);
	wirerig_close(&on);
}

static void reading_may_start_inside(void **state)
{
	struct extent x = extent("l_gdsp_a", 0x4000, 0x8000);
	struct block b = { .data = mem, .cap = 0x1000 };
	struct part_reader *r;
	uint64_t start, size;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	wirerig_find(&on, x.name, &start, &size);
	assert_ok(part_reader_open(on.s, &x, 0x5000, &r, &e), &e);
	assert_int_equal(part_reader_pos(r), 0x5000);
	for (uint64_t at = 0x5000; at < 0x8000; at += 0x1000) {
		b.used = 0;
		assert_ok(part_reader_fill(r, &b, &e), &e);
		assert_int_equal(b.used, 0x1000);
		assert_int_equal(b.offset, at);
		wirerig_assert_bytes(&on, "user", start + 0x4000 + at, mem,
				     0x1000);
	}
	b.used = 0;
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_int_equal(b.used, 0);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_close(&on);
}

static void log_frames_between_are_no_data(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,log_frames=1");
	read_and_compare("l_gdsp_a", 0, MIB);
	assert_true(on.logs > 16);
	wirerig_close(&on);
}

/* -- how it is asked for ------------------------------------------------- */

/* Sizes of READ_MIDST while 1 MiB is read at offset 0. */
static uint32_t on_sector(const struct wirerig *r)
{
	return session_info(r->s)->storage == STORAGE_UFS ? 0x1000 : 0x200;
}

static void assert_growth(const char *spec, const uint32_t *want, size_t n)
{
	uint64_t at = 0;

	wirerig_open_raised(&on, spec);
	read_and_compare("boot_a", 0, MIB);
	for (size_t i = 0; i < on.tap->nreads; i++) {
		const struct tap_read *r = &on.tap->reads[i];
		uint32_t usual = want[i < n ? i : n - 1];

		if (r->offset != at)
			fail_msg("%s: read %zu is at 0x%llx", spec, i,
				 (unsigned long long)r->offset);
		/* Every other one is a sector shorter once that is proven. */
		if (r->size != usual && r->size != MIB - at &&
		    !(i >= n && usual > on_sector(&on) &&
		      usual - r->size == on_sector(&on)))
			fail_msg("%s: read %zu has 0x%x bytes", spec, i,
				 r->size);
		at += r->size;
	}
	assert_int_equal(at, MIB);
	assert_int_equal(reader_chunk(on.s), want[n - 1]);
	wirerig_close(&on);
}

static void chunks_grow_to_what_the_loader_takes(void **state)
{
	static const uint32_t emmc[] = { 0x1000, 0x2000, 0x4000, 0x8000,
					 0xF800 };
	static const uint32_t ufs[] = { 0x1000, 0x2000, 0x4000, 0x8000,
					0xF000 };
	static const uint32_t escaped[] = { 0x1000, 0x2000, 0x4000, 0x7000 };
	static const uint32_t old[] = { 0x1000 };

	(void)state;
	assert_growth("ums512", emmc, ARRAY_SIZE(emmc));
	assert_growth("ums9230", ufs, ARRAY_SIZE(ufs));
	assert_growth("ums512,hdlc=0", escaped, ARRAY_SIZE(escaped));
	/* One that says nothing of itself may hang on more [5.3]. */
	assert_growth("ums512,da=bare", old, ARRAY_SIZE(old));
	assert_growth("ums512,da=none", old, ARRAY_SIZE(old));
}

static void the_users_limit_is_kept(void **state)
{
	static const struct {
		const char *spec;
		uint32_t limit, most;
	} cases[] = {
		{ "ums512", 0x3000, 0x3000 },
		{ "ums512", 0x200, 0x200 },
		{ "ums512", 0x100000, 0xFFF0 },
		{ "ums512,hdlc=0", 0x100000, 0x7F00 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t most = 0;

		on.opt.chunk_max = cases[i].limit;
		wirerig_open_raised(&on, cases[i].spec);
		read_and_compare("logo", 0, MIB);
		for (size_t k = 0; k < on.tap->nreads; k++)
			if (on.tap->reads[k].size > most)
				most = on.tap->reads[k].size;
		assert_int_equal(most, cases[i].most);
		wirerig_close(&on);
	}
}

static void no_request_is_wasted(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	on.tap->requests = 0;
	read_and_compare("boot_a", 0, 4 * MIB);
	/* 0x1000 .. 0x8000, then pieces of 0xF800, the last one shorter. */
	assert_int_equal(on.tap->nreads,
			 4 + (4 * MIB - 0xF000 + 0xF7FF) / 0xF800);
	/* Another name than before is started twice. */
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], 2);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], 2);
	assert_int_equal(on.tap->requests, on.tap->nreads + 4);
	on.tap->requests = on.tap->nreads = 0;
	read_and_compare("boot_a", 4 * MIB - 512, 512);
	assert_int_equal(on.tap->requests, 3);
	assert_int_equal(on.retries, 0);
	wirerig_close(&on);
}

static void a_pause_cuts_no_chunk(void **state)
{
	struct extent x = extent("boot_a", 0, 4 * MIB);
	struct block b = { .data = mem, .cap = 4 * MIB };
	struct part_reader *r;
	uint64_t start, size;
	size_t whole, calls = 0;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	wirerig_find(&on, x.name, &start, &size);
	read_and_compare(x.name, 0, x.length);
	whole = on.tap->nreads;
	wirerig_close(&on);
	wirerig_open_raised(&on, "ums512");
	memset(mem, 0xA5, sizeof(mem));
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	for (; b.used < b.cap; calls++)
		assert_ok(part_reader_fill_some(r, &b, &e), &e);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_assert_bytes(&on, "user", start, mem, x.length);
	assert_int_equal(on.tap->nreads, whole);
	assert_int_equal(calls, (whole + 7) / 8);
	wirerig_close(&on);
}

static void a_size_that_is_refused_is_not_tried_again(void **state)
{
	static const struct {
		const char *spec;
		uint32_t most, tried;
	} cases[] = {
		{ "ums512,max_read=0x3000", 0x2000, 0x4000 },
		{ "ums512,max_read=0x1000", 0x1000, 0x2000 },
		{ "ums512,max_read=0xF000", 0x8000, 0xF800 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned larger = 0;

		wirerig_open_raised(&on, cases[i].spec);
		read_and_compare("boot_a", 0, MIB);
		read_and_compare("boot_b", 0, MIB);
		for (size_t k = 0; k < on.tap->nreads; k++) {
			if (on.tap->reads[k].size <= cases[i].most)
				continue;
			assert_int_equal(on.tap->reads[k].size, cases[i].tried);
			larger++;
		}
		assert_int_equal(larger, 1);
		assert_in_range(on.tap->reads[on.tap->nreads - 3].size,
				cases[i].most - 0x200, cases[i].most);
		assert_int_equal(reader_chunk(on.s), cases[i].most);
		assert_int_equal(on.retries, 0);
		wirerig_close(&on);
	}
}

/* Its frame of 0xFFF0 + 8 bytes still has a length of 16 bits [1.3]. */
static void the_largest_plain_read_is_answered(void **state)
{
	(void)state;
	on.opt.chunk_max = 0xFFF0;
	wirerig_open_raised(&on, "ums512");
	read_and_compare("logo", 0, MIB);
	assert_int_equal(reader_chunk(on.s), 0xFFF0);
	wirerig_close(&on);
}

/* -- faults -------------------------------------------------------------- */

static const enum tap_fault faults[] = { TAP_LOSE, TAP_LATE, TAP_CUT,
					 TAP_FLIP };

static void spoil(enum tap_fault fault, unsigned at, unsigned times)
{
	on.tap->type = BSL_REP_READ_FLASH;
	on.tap->fault = fault;
	on.tap->at = at;
	on.tap->times = times;
	on.tap->seen = 0;
}

/* Each data reply in turn is spoilt, in each way; the bytes are right. */
static void a_spoilt_answer_is_asked_for_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		for (unsigned at = 1; at <= 8; at++) {
			wirerig_open_raised(&on, at & 1 ? "ums512,hdlc=0"
							: "ums512");
			spoil(faults[i], at, 1);
			read_and_compare("boot_a", 0, MIB / 4);
			assert_int_equal(on.tap->spoilt, 1);
			assert_int_equal(on.retries, 1);
			/*
			 * The fence: both ends of a reading, once more; and
			 * again if the last piece is as long as the one before.
			 */
			assert_in_range(on.tap->sent[BSL_CMD_READ_START], 3, 4);
			assert_int_equal(on.tap->sent[BSL_CMD_READ_START],
					 on.tap->sent[BSL_CMD_READ_END]);
			wirerig_close(&on);
		}
	}
}

static void two_spoilt_answers_in_a_row_are_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		wirerig_open_raised(&on, "ums512");
		spoil(faults[i], 3, 2);
		read_and_compare("boot_a", 0, MIB / 4);
		assert_int_equal(on.retries, 2);
		wirerig_close(&on);
	}
}

/*
 * An ACK that came twice, and a READ_START that got lost behind it: the loader
 * goes on with what was started before.
 */
static void a_lost_start_behind_a_stray_ack_is_noticed(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	read_and_compare("logo", 0, READER_UNIT);
	spoil(TAP_DOUBLE, 2, 1); /* that of READ_END */
	on.tap->type = BSL_REP_ACK;
	on.tap->lose_start = 2;
	read_and_compare("logo", 0, READER_UNIT);
	read_and_compare("boot_a", 0, READER_UNIT);
	assert_int_equal(on.tap->spoilt, 1);
	assert_int_equal(on.tap->lose_start, 0);
	wirerig_close(&on);
}

/* An ACK too much says nothing of the bytes: they are not unreadable. */
static void a_stray_ack_is_no_refusal(void **state)
{
	(void)state;
	for (int old = 0; old < 2; old++) {
		wirerig_open_raised(&on, old ? "sc9832" : "ums512");
		spoil(TAP_DOUBLE, 3, 1);
		on.tap->type = BSL_REP_ACK;
		read_and_compare("logo", 0, MIB / 4);
		assert_int_equal(on.retries, 1);
		wirerig_close(&on);
	}
}

/* It may be the line: the size is tried again. */
static void a_spoilt_answer_to_a_new_size_is_not_the_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		wirerig_open_raised(&on, "ums512");
		spoil(faults[i], 5, 1); /* the first of 0xF800 */
		read_and_compare("boot_a", 0, MIB);
		assert_int_equal(on.retries, 1);
		assert_int_equal(reader_chunk(on.s), 0xF800);
		wirerig_close(&on);
	}
}

/* A driver that cuts what is too long for it [1.3]. */
static void a_size_that_never_works_is_given_up(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	on.tap->longest = 0x8008;
	read_and_compare("boot_a", 0, MIB);
	assert_int_equal(on.retries, 3);
	assert_int_equal(reader_chunk(on.s), 0x8000);
	read_and_compare("boot_b", 0, MIB);
	assert_int_equal(on.retries, 3);
	wirerig_close(&on);
}

/* To a size that has worked it is the answer to something else. */
static void a_short_answer_to_a_proven_size_costs_a_retry(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,da=bare");
	spoil(TAP_SHORT, 6, 1);
	read_and_compare("boot_a", 0, MIB);
	assert_int_equal(on.retries, 1);
	assert_int_equal(reader_chunk(on.s), READER_UNIT);
	wirerig_close(&on);
}

/* The length tells it at once, so that nothing wrong was taken yet. */
static void a_doubled_answer_between_two_sizes_costs_a_retry(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	spoil(TAP_DOUBLE, 8, 1);
	read_and_compare("boot_a", 0, MIB);
	assert_int_equal(on.retries, 1);
	wirerig_close(&on);
}

/*
 * A doubled answer would have the right length for the next request of the
 * same size, and its place is not in it.  So no two that follow each other
 * have one size; where they must, there is a fence between them.
 */
static void a_doubled_answer_never_shifts_the_data(void **state)
{
	static const struct {
		const char *spec;
		uint32_t chunk;
	} cases[] = {
		{ "ums512", 0 },     { "ums512,hdlc=0", 0 },
		{ "ums512", 0x200 }, { "ums512", READER_UNIT },
		{ "sc9832", 0 },     { "ums9230", READER_UNIT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned at = 1; at <= 24; at++) {
			on.opt.chunk_max = cases[i].chunk;
			wirerig_open_raised(&on, cases[i].spec);
			spoil(TAP_DOUBLE, at, 1);
			read_and_compare("persist", 0, MIB / 16 + 64 * at);
			wirerig_close(&on);
		}
	}
}

static void every_answer_late_never_shifts_the_data(void **state)
{
	struct extent x = extent("boot_a", 0, MIB / 4);
	struct block b = { .data = mem, .cap = MIB / 4 };
	struct part_reader *r;
	uint64_t start, size;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	wirerig_find(&on, "boot_a", &start, &size);
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	spoil(TAP_LATE, 5, 1000);
	assert_int_equal(part_reader_fill(r, &b, &e), -(int)ERR_TIMEOUT);
	/* What counts as good is good. */
	assert_int_equal(b.used, 0xF000);
	assert_int_equal(part_reader_pos(r), 0xF000);
	wirerig_assert_bytes(&on, "user", start, mem, b.used);
	/* A chunk has a few tries, then the reader gives up. */
	assert_in_range(on.retries, 2, 12);
	part_reader_drop(r);
	wirerig_close(&on);
}

static void a_failure_names_place_and_cause(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	spoil(TAP_FLIP, 3, 1000);
	assert_err(read_at("boot_a", 0, MIB), ERR_FRAME,
		   "at 0x3000: a damaged answer to READ_MIDST: wrong checksum",
		   &e);
	wirerig_close(&on);
}

static void a_phone_that_leaves_is_not_asked_again(void **state)
{
	(void)state;
	wirerig_open(&on, "ums512,disconnect_at=160");
	wirerig_raise(&on);
	assert_err(read_at("super", 0, 8 * MIB), ERR_GONE, "at 0x", &e);
	assert_int_equal(on.retries, 0);
	wirerig_drop(&on);
}

static void cancelling_ends_a_read(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512");
	on.cancel_after = 6;
	assert_err(read_at("super", 0, 8 * MIB), ERR_CANCELLED, "", &e);
	assert_int_equal(on.retries, 0);
	wirerig_close(&on);
}

/* -- what cannot be read ------------------------------------------------- */

static void unreadable_bytes_are_narrowed_down(void **state)
{
	struct extent x = extent("boot_a", 0, MIB);
	struct block b = { .data = mem, .cap = MIB };
	struct part_reader *r;
	uint64_t start, size;

	(void)state;
	wirerig_open_raised(&on, "ums512,bad=boot_a+0x45200+0x200");
	read_and_compare("boot_b", 0, MIB); /* chunks are large now */
	wirerig_find(&on, "boot_a", &start, &size);
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_err(part_reader_fill(r, &b, &e), ERR_REFUSED,
		   "at 0x45200: ", &e);
	assert_int_equal(e.sys, BSL_REP_OPERATION_FAILED);
	assert_int_equal(b.used, 0x45200);
	assert_int_equal(part_reader_pos(r), 0x45200);
	assert_int_equal(part_reader_unit(r), 0x200);
	assert_int_equal(part_reader_skip(r, &b, 0x200), 0x200);
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_int_equal(b.used, MIB);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_assert_bytes(&on, "user", start, mem, 0x45200);
	wirerig_assert_bytes(&on, "user", start + 0x45400, mem + 0x45400,
			     MIB - 0x45400);
	for (size_t i = 0x45200; i < 0x45400; i++)
		assert_int_equal(mem[i], 0);
	/* That says nothing of the size of chunks. */
	assert_int_equal(reader_chunk(on.s), 0xF800);
	assert_in_range(on.tap->reads[on.tap->nreads - 3].size, 0xF600, 0xF800);
	assert_int_equal(on.retries, 0);
	wirerig_close(&on);
}

/*
 * A loader that gives nothing below 4 KiB: its refusal of a sector says
 * nothing, and what is good around the defect's 4 KiB must not be lost.
 */
static void a_loader_of_large_reads_loses_four_kib(void **state)
{
	struct extent x = extent("boot_a", 0, MIB);
	struct block b = { .data = mem, .cap = MIB };
	struct part_reader *r;

	(void)state;
	wirerig_open_raised(&on, "ums512,min_read=0x1000,"
				 "bad=boot_a+0x45200+0x200");
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_int_equal(part_reader_fill(r, &b, &e), -(int)ERR_REFUSED);
	assert_int_equal(part_reader_pos(r), 0x45000);
	assert_int_equal(part_reader_unit(r), 0x1000);
	part_reader_skip(r, &b, 0x1000);
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_int_equal(b.used, MIB);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_close(&on);
}

/* Flash of 4096 bytes a sector is not asked for less. */
static void sectors_of_four_kib_are_not_halved(void **state)
{
	struct extent x = extent("boot_a", 0, MIB);
	struct block b = { .data = mem, .cap = MIB };
	struct part_reader *r;

	(void)state;
	wirerig_open_raised(&on, "ums9230,bad=boot_a+0x45000+0x1000");
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_int_equal(part_reader_fill(r, &b, &e), -(int)ERR_REFUSED);
	assert_int_equal(part_reader_pos(r), 0x45000);
	assert_int_equal(part_reader_unit(r), 0x1000);
	for (size_t i = 0; i < on.tap->nreads; i++)
		assert_int_equal(on.tap->reads[i].size % 0x1000, 0);
	part_reader_drop(r);
	wirerig_close(&on);
}

/* A look elsewhere moves nothing, and is not fooled by a bad place. */
static void a_look_ahead_leaves_the_place(void **state)
{
	struct extent x = extent("boot_a", 0, MIB);
	struct block b = { .data = mem, .cap = 0x1000 };
	struct part_reader *r;
	uint64_t start, size;
	uint8_t look[512];

	(void)state;
	wirerig_open_raised(&on, "ums512,bad=boot_a+0x45200+0x200");
	wirerig_find(&on, "boot_a", &start, &size);
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_int_equal(part_reader_peek(r, 0x45200, look, 512, &e), 0);
	assert_int_equal(part_reader_peek(r, 0x45400, look, 512, &e), 512);
	wirerig_assert_bytes(&on, "user", start + 0x45400, look, 512);
	assert_int_equal(part_reader_pos(r), 0);
	assert_ok(part_reader_fill(r, &b, &e), &e);
	wirerig_assert_bytes(&on, "user", start, mem, 0x1000);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_close(&on);
}

/* The same before large chunks are proven: they must be found later. */
static void an_early_bad_place_does_not_slow_all_that_follows(void **state)
{
	struct extent x = extent("boot_a", 0, MIB);
	struct block b = { .data = mem, .cap = MIB };
	struct part_reader *r;

	(void)state;
	wirerig_open_raised(&on, "ums512,bad=boot_a+0x1200+0x200");
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_int_equal(part_reader_fill(r, &b, &e), -(int)ERR_REFUSED);
	assert_int_equal(part_reader_pos(r), 0x1200);
	part_reader_skip(r, &b, part_reader_unit(r));
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_ok(part_reader_close(r, &e), &e);
	assert_int_equal(reader_chunk(on.s), 0xF800);
	wirerig_close(&on);
}

static void the_end_of_a_partition_is_refused(void **state)
{
	uint64_t offset, size;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	wirerig_find(&on, "misc", &offset, &size);
	read_and_compare("misc", size - 0x1000, 0x1000);
	assert_err(read_at("misc", size - 0x1000, 0x1200), ERR_REFUSED,
		   "READ_MIDST", &e);
	assert_int_equal(e.sys, BSL_REP_OPERATION_FAILED);
	assert_err(read_at("misc", size, 1), ERR_REFUSED, "", &e);
	read_and_compare("misc", 0, size);
	wirerig_close(&on);
}

static void an_unknown_name_is_refused_and_no_harm_done(void **state)
{
	(void)state;
	/* A usual loader: READ_START says yes to anything [5.2]. */
	wirerig_open_raised(&on, "ums512");
	assert_err(read_at("nosuch", 0, 0x1000), ERR_REFUSED, "READ_MIDST", &e);
	read_and_compare("misc", 0, 0x10000);
	wirerig_close(&on);
	/* An old one says no, and never answers READ_END then [5.9]. */
	wirerig_open_raised(&on, "sc9832");
	assert_err(read_at("nosuch", 0, 0x1000), ERR_REFUSED, "READ_START", &e);
	assert_int_equal(e.sys, BSL_REP_INCOMPATIBLE_PARTITION);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], 0);
	read_and_compare("misc", 0, 0x10000);
	assert_int_equal(on.retries, 0);
	wirerig_close(&on);
}

static void a_first_nv_copy_is_never_asked_for(void **state)
{
	unsigned requests;

	(void)state;
	wirerig_open_raised(&on, "ums512,nv_bad=l_fixnv2_a");
	requests = on.tap->requests;
	assert_err(read_at("l_fixnv1_a", 0, 0x1000), ERR_BUG, "l_fixnv1_a", &e);
	assert_int_equal(on.tap->requests, requests);
	wirerig_close(&on);
}

/* With leave the loader repairs, that is writes: the witness must see it. */
static void the_witness_sees_what_a_first_nv_copy_does(void **state)
{
	struct phone_stats st;

	(void)state;
	on.opt.nv_by_name = true;
	wirerig_open_raised(&on, "ums512,nv_bad=l_fixnv2_a");
	assert_ok(read_at("l_fixnv1_a", 0, 0x1000), &e);
	phone_stats(on.phone, &st);
	assert_true(st.storage_writes > 0);
	wirerig_drop(&on);
}

/* Each READ_START of such a name may write: no second one after a fault. */
static void a_first_nv_copy_is_not_asked_for_twice(void **state)
{
	(void)state;
	on.opt.nv_by_name = true;
	wirerig_open_raised(&on, "ums512,nv_repair=none");
	spoil(TAP_FLIP, 2, 1);
	assert_err(read_at("l_fixnv1_a", 0, MIB), ERR_FRAME, "", &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], 1);
	wirerig_close(&on);
}

/* Nothing goes ahead of its answers: that would need a new start to clear. */
static void a_bad_place_in_a_first_nv_copy_starts_nothing(void **state)
{
	struct extent x = extent("l_fixnv1_a", 0, MIB);
	struct block b = { .data = mem, .cap = MIB };
	struct part_reader *r;

	(void)state;
	on.opt.nv_by_name = on.opt.read_ahead = true;
	wirerig_open_raised(&on, "ums512,nv_repair=none,"
				 "bad=l_fixnv1_a+0x20000+0x4000");
	read_and_compare("boot_a", 0, MIB);
	on.tap->sent[BSL_CMD_READ_START] = 0;
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_err(part_reader_fill(r, &b, &e), ERR_REFUSED, "0x84", &e);
	assert_true(part_reader_pos(r) <= 0x20000);
	part_reader_skip(r, &b, 0x24000 - part_reader_pos(r));
	assert_ok(part_reader_fill(r, &b, &e), &e);
	assert_ok(part_reader_close(r, &e), &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], 1);
	wirerig_close(&on);
}

static void authorisation_is_asked_for_once(void **state)
{
	(void)state;
	wirerig_open_raised(&on, "ums512,auth_gate=1");
	assert_err(read_at("misc", 0, 0x1000), ERR_REFUSED, "authorisation",
		   &e);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_START], 1);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_MIDST], 0);
	assert_int_equal(on.tap->sent[BSL_CMD_READ_END], 0);
	wirerig_close(&on);
}

static void skipping_is_bounded_by_extent_and_block(void **state)
{
	struct extent x = extent("misc", 0, 0x1800);
	struct block b = { .data = mem, .cap = 0x1400 };
	struct part_reader *r;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	memset(mem, 0xA5, 0x2000);
	assert_ok(part_reader_open(on.s, &x, 0, &r, &e), &e);
	assert_int_equal(part_reader_skip(r, &b, 0x1000), 0x1000);
	assert_int_equal(part_reader_skip(r, &b, 0x1000), 0x400);
	assert_int_equal(part_reader_skip(r, &b, 0x1000), 0);
	assert_int_equal(b.used, 0x1400);
	assert_int_equal(mem[0x1400], 0xA5);
	b.used = 0;
	assert_int_equal(part_reader_skip(r, &b, UINT64_MAX), 0x400);
	assert_int_equal(b.offset, 0x1400);
	assert_int_equal(part_reader_pos(r), 0x1800);
	assert_ok(part_reader_close(r, &e), &e);
	wirerig_close(&on);
}

static void a_probe_says_yes_or_no(void **state)
{
	uint64_t offset, size;

	(void)state;
	wirerig_open_raised(&on, "ums512");
	wirerig_find(&on, "misc", &offset, &size);
	assert_int_equal(reader_probe(on.s, "misc", 0, 512, &e), 1);
	assert_int_equal(reader_probe(on.s, "misc", size - 512, 512, &e), 1);
	assert_int_equal(reader_probe(on.s, "misc", size - 511, 512, &e), 0);
	assert_int_equal(reader_probe(on.s, "misc", size, 1, &e), 0);
	assert_int_equal(reader_probe(on.s, "nosuch", 0, 512, &e), 0);
	assert_int_equal(on.retries, 0);
	wirerig_close(&on);
}

#define TEST(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_model_is_read_by_name),
		TEST(the_whole_storage_is_read_raw),
		TEST(escaped_data_is_read),
		TEST(odd_places_and_lengths_are_exact),
		TEST(offsets_beyond_four_gib_are_read),
		TEST(reading_may_start_inside),
		TEST(log_frames_between_are_no_data),
		TEST(chunks_grow_to_what_the_loader_takes),
		TEST(the_users_limit_is_kept),
		TEST(no_request_is_wasted),
		TEST(a_lost_start_behind_a_stray_ack_is_noticed),
		TEST(a_pause_cuts_no_chunk),
		TEST(a_size_that_is_refused_is_not_tried_again),
		TEST(the_largest_plain_read_is_answered),
		TEST(a_spoilt_answer_is_asked_for_again),
		TEST(two_spoilt_answers_in_a_row_are_survived),
		TEST(a_stray_ack_is_no_refusal),
		TEST(a_spoilt_answer_to_a_new_size_is_not_the_size),
		TEST(a_size_that_never_works_is_given_up),
		TEST(a_short_answer_to_a_proven_size_costs_a_retry),
		TEST(a_doubled_answer_between_two_sizes_costs_a_retry),
		TEST(a_doubled_answer_never_shifts_the_data),
		TEST(every_answer_late_never_shifts_the_data),
		TEST(a_failure_names_place_and_cause),
		TEST(a_phone_that_leaves_is_not_asked_again),
		TEST(cancelling_ends_a_read),
		TEST(unreadable_bytes_are_narrowed_down),
		TEST(a_loader_of_large_reads_loses_four_kib),
		TEST(sectors_of_four_kib_are_not_halved),
		TEST(a_look_ahead_leaves_the_place),
		TEST(an_early_bad_place_does_not_slow_all_that_follows),
		TEST(the_end_of_a_partition_is_refused),
		TEST(an_unknown_name_is_refused_and_no_harm_done),
		TEST(a_first_nv_copy_is_never_asked_for),
		TEST(the_witness_sees_what_a_first_nv_copy_does),
		TEST(a_first_nv_copy_is_not_asked_for_twice),
		TEST(a_bad_place_in_a_first_nv_copy_starts_nothing),
		TEST(authorisation_is_asked_for_once),
		TEST(skipping_is_bounded_by_extent_and_block),
		TEST(a_probe_says_yes_or_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
