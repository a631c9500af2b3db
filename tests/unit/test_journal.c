/* SPDX-License-Identifier: BSD-3-Clause */
/* test_journal.c - lines written and read, and what ends the reading. */
#include "archive/journal.h"

#include "archive/tarhdr.h"
#include "archive/zframe.h"
#include "base/block.h"
#include "lib/unit.h"

#include <inttypes.h>
#include <xxhash.h>

#define BIG "partitions/big.img"

struct text {
	struct strbuf b;
	uint64_t chain;
};

static void start(struct text *t)
{
	memset(t, 0, sizeof(*t));
	journal_line_start(&t->b, &t->chain, BLOCK_SIZE, "spdvault 1");
}

static void head(struct text *t, uint32_t frame, const char *name,
		 uint64_t size)
{
	struct journal_frame f = { 7, 0, 90, 512 };

	journal_line_head(&t->b, &t->chain, frame, &f, name, size);
}

static void body(struct text *t, uint32_t frame, uint32_t content)
{
	struct journal_frame f = { 1000 + frame, 0, 50 + frame, content };

	journal_line_body(&t->b, &t->chain, frame, &f);
}

static void end(struct text *t)
{
	static const uint8_t sha256[SHA256_LEN] = { 0xAB, 0xCD };

	journal_line_end(&t->b, &t->chain, sha256);
}

/* Two blocks and a piece, open. */
static void open_member(struct text *t)
{
	start(t);
	head(t, 0, "device.json", 100);
	body(t, 1, 512);
	journal_line_note(&t->b, &t->chain, "part", "first");
	end(t);
	head(t, 2, BIG, 2 * BLOCK_SIZE + 600);
	body(t, 3, BLOCK_SIZE);
	body(t, 4, BLOCK_SIZE);
	body(t, 5, 1024);
}

static int parse(const struct text *t, size_t n, struct journal *ret,
		 struct err *e)
{
	char *copy = malloc(n + 1);

	memcpy(copy, t->b.s, n);
	return journal_parse(copy, n, ret, e);
}

static void parse_all(struct text *t, struct journal *ret)
{
	struct err e;

	assert_false(t->b.failed);
	assert_ok(parse(t, t->b.len, ret, &e), &e);
}

static void what_is_written_is_read(void **state)
{
	struct journal j;
	struct text t;

	(void)state;
	open_member(&t);
	parse_all(&t, &j);
	assert_int_equal(j.length, t.b.len);
	assert_true(j.chain == t.chain);
	assert_string_equal(j.tool, "spdvault 1");
	assert_int_equal(j.nframes, 6);
	assert_int_equal(j.nmembers, 2);
	assert_string_equal(j.members[0].name, "device.json");
	assert_int_equal(j.members[0].size, 100);
	assert_true(j.members[0].ended);
	assert_int_equal(j.members[0].sha256[1], 0xCD);
	assert_string_equal(j.members[1].name, BIG);
	assert_int_equal(j.members[1].header, 2);
	assert_ptr_equal(journal_open_member(&j), &j.members[1]);
	assert_int_equal(j.frames[5].digest, 1005);
	assert_int_equal(j.frames[5].compressed, 55);
	assert_int_equal(j.frames[5].content, 1024);
	assert_int_equal(j.nnotes, 1);
	assert_string_equal(j.notes[0].kind, "part");
	assert_string_equal(j.notes[0].text, "first");
	assert_int_equal(journal_count(&j, "part"), 1);
	journal_free(&j);
	strbuf_free(&t.b);
}

static void notes_are_one_line_of_a_limited_length(void **state)
{
	char *big = malloc(100001);
	struct journal j;
	struct text t;

	(void)state;
	memset(big, 'x', 100000);
	big[100000] = '\0';
	start(&t);
	journal_line_note(&t.b, &t.chain, "a", "");
	journal_line_note(&t.b, &t.chain, "b", "two\nlines\tand \x7F");
	journal_line_note(&t.b, &t.chain, "c", " = ");
	journal_line_note(&t.b, &t.chain, "d", big);
	journal_line_note(&t.b, &t.chain, "e", "behind");
	parse_all(&t, &j);
	assert_int_equal(j.nnotes, 5);
	assert_string_equal(j.notes[0].text, "");
	assert_string_equal(j.notes[1].text, "two?lines?and ?");
	assert_string_equal(j.notes[2].text, " = ");
	assert_in_range(strlen(j.notes[3].text), 64000, JOURNAL_LINE_MAX);
	assert_string_equal(j.notes[4].text, "behind");
	journal_free(&j);
	strbuf_free(&t.b);
	free(big);
}

/* Every length: the lines that are whole, and nothing of the next. */
static void a_torn_line_ends_it(void **state)
{
	struct journal j;
	struct text t;
	struct err e;
	size_t first;

	(void)state;
	open_member(&t);
	first = (size_t)(strchr(t.b.s, '\n') - t.b.s) + 1;
	for (size_t n = 0; n <= t.b.len; n++) {
		int rc = parse(&t, n, &j, &e);
		size_t whole = 0;

		if (n < first) {
			assert_err(rc, ERR_FORMAT, "first line", &e);
			continue;
		}
		assert_ok(rc, &e);
		for (size_t i = 0; i < n; i++)
			if (t.b.s[i] == '\n')
				whole = i + 1;
		assert_int_equal(j.length, whole);
		journal_free(&j);
	}
	strbuf_free(&t.b);
}

static void a_flipped_bit_ends_it(void **state)
{
	struct journal j;
	struct text t;
	struct err e;
	size_t line = 0, first;

	(void)state;
	open_member(&t);
	first = (size_t)(strchr(t.b.s, '\n') - t.b.s) + 1;
	for (size_t i = 0; i < t.b.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			int rc;

			t.b.s[i] ^= (char)(1 << bit);
			rc = parse(&t, t.b.len, &j, &e);
			t.b.s[i] ^= (char)(1 << bit);
			if (i < first) {
				assert_err(rc, ERR_FORMAT, "", &e);
				continue;
			}
			assert_ok(rc, &e);
			assert_int_equal(j.length, line);
			journal_free(&j);
		}
		if (t.b.s[i] == '\n')
			line = i + 1;
	}
	strbuf_free(&t.b);
}

/* After `make` one good line more that makes no sense there. */
static void refuse(void (*make)(struct text *t), void (*bad)(struct text *t),
		   const char *what)
{
	struct journal j;
	struct text t;
	size_t good;

	make(&t);
	good = t.b.len;
	parse_all(&t, &j);
	assert_int_equal(j.length, good);
	journal_free(&j);
	bad(&t);
	journal_line_note(&t.b, &t.chain, "note", "behind");
	parse_all(&t, &j);
	if (j.length != good)
		fail_msg("%s: %zu bytes count, not %zu", what, (size_t)j.length,
			 good);
	journal_free(&j);
	strbuf_free(&t.b);
}

static void two_members_at_once(struct text *t)
{
	head(t, 6, "partitions/other.img", 5);
}
static void a_block_too_many(struct text *t)
{
	body(t, 6, BLOCK_SIZE);
}
static void cut_of_a_header(struct text *t)
{
	journal_line_cut(&t->b, &t->chain, 2);
}
static void cut_of_another_member(struct text *t)
{
	journal_line_cut(&t->b, &t->chain, 1);
}
static void cut_of_nothing(struct text *t)
{
	journal_line_cut(&t->b, &t->chain, 6);
}
static void same_name(struct text *t)
{
	head(t, 0, "device.json", 4);
	body(t, 1, 512);
	end(t);
	head(t, 2, "device.json", 4);
}
static void wrong_number(struct text *t)
{
	head(t, 1, "device.json", 4);
}
static void wrong_block_size(struct text *t)
{
	head(t, 0, BIG, BLOCK_SIZE * 2);
	body(t, 1, 512);
}
static void early_end(struct text *t)
{
	head(t, 0, BIG, BLOCK_SIZE * 2);
	end(t);
}
static void unsafe_name(struct text *t)
{
	head(t, 0, "../device.json", 4);
}
static void end_of_nothing(struct text *t)
{
	end(t);
}

static void a_line_that_makes_no_sense_ends_it(void **state)
{
	struct journal j;
	struct text t;

	(void)state;
	refuse(open_member, two_members_at_once, "two members at once");
	refuse(open_member, a_block_too_many, "a block too many");
	refuse(open_member, cut_of_a_header, "cut of a header");
	refuse(open_member, cut_of_another_member, "cut of another member");
	refuse(open_member, cut_of_nothing, "cut of nothing");
	refuse(start, wrong_number, "wrong number");
	refuse(start, unsafe_name, "unsafe name");
	refuse(start, end_of_nothing, "end of nothing");
	start(&t);
	same_name(&t);
	parse_all(&t, &j);
	assert_int_equal(j.nmembers, 1);
	journal_free(&j);
	strbuf_free(&t.b);
	start(&t);
	wrong_block_size(&t);
	parse_all(&t, &j);
	assert_int_equal(j.nframes, 1);
	journal_free(&j);
	strbuf_free(&t.b);
	start(&t);
	early_end(&t);
	parse_all(&t, &j);
	assert_false(j.members[0].ended);
	journal_free(&j);
	strbuf_free(&t.b);
}

/* A header and a block of these sizes: how many of the two count. */
static size_t count_frames(size_t head_packed, size_t head_content,
			   size_t packed)
{
	const struct journal_frame h = { 7, 0, (uint32_t)head_packed,
					 (uint32_t)head_content };
	const struct journal_frame b = { 8, 0, (uint32_t)packed, BLOCK_SIZE };
	struct journal j;
	struct text t;
	size_t n;

	start(&t);
	journal_line_head(&t.b, &t.chain, 0, &h, BIG, BLOCK_SIZE);
	journal_line_body(&t.b, &t.chain, 1, &b);
	parse_all(&t, &j);
	n = j.nframes;
	journal_free(&j);
	strbuf_free(&t.b);
	return n;
}

/* Whoever goes on has room for what was written, and not for more. */
static void no_frame_is_larger_than_ours(void **state)
{
	size_t most = zframe_bound(BLOCK_SIZE);

	(void)state;
	assert_int_equal(count_frames(most, TARHDR_MAX, most), 2);
	assert_int_equal(count_frames(most, TARHDR_MAX, most + 1), 1);
	assert_int_equal(count_frames(most + 1, TARHDR_MAX, most), 0);
	assert_int_equal(count_frames(90, TARHDR_MAX + TAR_UNIT, most), 0);
}

static void other_versions_say_so(void **state)
{
	struct text t = { { 0 }, 0 };
	struct journal j;
	struct err e;

	(void)state;
	journal_line_start(&t.b, &t.chain, 4096, "spdvault 1");
	assert_err(parse(&t, t.b.len, &j, &e), ERR_FORMAT,
		   "blocks of 4096 bytes", &e);
	strbuf_free(&t.b);
	strbuf_add(&t.b, "spdvault-journal 7 4194304 x");
	strbuf_add(&t.b, " %016" PRIx64 "\n", XXH64(t.b.s, t.b.len, 0));
	assert_err(parse(&t, t.b.len, &j, &e), ERR_FORMAT,
		   "version 7; this program knows 1", &e);
	strbuf_free(&t.b);
	t.chain = 0;
	journal_line_note(&t.b, &t.chain, "x", "y");
	assert_err(parse(&t, t.b.len, &j, &e), ERR_FORMAT, "no journal of ours",
		   &e);
	strbuf_free(&t.b);
}

static void it_can_be_cut_anywhere(void **state)
{
	struct journal j, again;
	struct text t;
	struct err e;

	(void)state;
	open_member(&t);
	for (uint32_t frames = 0; frames <= 7; frames++) {
		parse_all(&t, &j);
		journal_cut(&j, frames);
		assert_int_equal(j.nframes, frames < 6 ? frames : 6);
		assert_int_equal(j.nmembers, frames == 0  ? 0
					     : frames < 3 ? 1
							  : 2);
		assert_int_equal(j.nnotes, frames < 2 ? 0 : 1);
		if (frames == 1)
			assert_false(j.members[0].ended);
		/* The rest is what would be read if there were no more. */
		assert_ok(parse(&t, j.length, &again, &e), &e);
		assert_true(again.chain == j.chain);
		assert_int_equal(again.nframes, j.nframes);
		journal_free(&again);
		journal_free(&j);
	}
	strbuf_free(&t.b);
}

static void no_mend_begins_inside_of_another(void **state)
{
	struct journal j;
	struct text t;
	size_t before;

	(void)state;
	open_member(&t);
	before = t.b.len;
	journal_line_cut(&t.b, &t.chain, 4);
	body(&t, 4, BLOCK_SIZE);
	journal_line_cut(&t.b, &t.chain, 4);
	parse_all(&t, &j);
	assert_int_equal(j.length, before);
	assert_int_equal(j.nframes, 6);
	journal_free(&j);
	strbuf_free(&t.b);
}

static void a_mend_counts_when_it_is_whole(void **state)
{
	struct journal j;
	struct text t;
	size_t before;

	(void)state;
	open_member(&t);
	before = t.b.len;
	journal_line_cut(&t.b, &t.chain, 4);
	parse_all(&t, &j);
	assert_false(j.mended);
	assert_int_equal(j.length, before);
	assert_int_equal(j.nframes, 6);
	journal_free(&j);
	body(&t, 4, BLOCK_SIZE);
	parse_all(&t, &j);
	assert_false(j.mended);
	assert_int_equal(j.length, before);
	assert_int_equal(j.frames[4].line < before, 1);
	journal_free(&j);
	body(&t, 5, 1024);
	parse_all(&t, &j);
	assert_true(j.mended);
	assert_int_equal(j.mend_frame, 4);
	assert_int_equal(j.length, t.b.len);
	assert_int_equal(j.nframes, 6);
	assert_true(j.frames[4].line > before);
	/* Cut inside of it: what was before the mend is gone for good. */
	journal_cut(&j, 5);
	assert_int_equal(j.nframes, 5);
	journal_free(&j);
	strbuf_free(&t.b);
}

static void who_went_on_inside_a_mend_has_decided(void **state)
{
	struct journal j;
	struct text t;

	(void)state;
	open_member(&t);
	journal_line_cut(&t.b, &t.chain, 4);
	body(&t, 4, BLOCK_SIZE);
	journal_line_note(&t.b, &t.chain, JOURNAL_RESUMED, "1");
	parse_all(&t, &j);
	assert_int_equal(j.nframes, 5);
	assert_int_equal(j.length, t.b.len);
	journal_free(&j);
	strbuf_free(&t.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(notes_are_one_line_of_a_limited_length),
		cmocka_unit_test(a_torn_line_ends_it),
		cmocka_unit_test(a_flipped_bit_ends_it),
		cmocka_unit_test(a_line_that_makes_no_sense_ends_it),
		cmocka_unit_test(no_frame_is_larger_than_ours),
		cmocka_unit_test(other_versions_say_so),
		cmocka_unit_test(it_can_be_cut_anywhere),
		cmocka_unit_test(no_mend_begins_inside_of_another),
		cmocka_unit_test(a_mend_counts_when_it_is_whole),
		cmocka_unit_test(who_went_on_inside_a_mend_has_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
