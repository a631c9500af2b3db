/* SPDX-License-Identifier: BSD-3-Clause */
/* test_resume.c - runs that end anywhere, and the archives they become. */
#include "archive/resume.h"
#include "lib/arc.h"

#include <unistd.h>

#define OPEN "partitions/big.img"

struct member {
	const char *name;
	uint64_t size;
};

/* All that an archive will hold; how far a run came is a number of blocks. */
static const struct member small[] = {
	{ "device.json", 30 },
	{ "partitions/nv.img", 700 },
	{ "partitions/none.img", 0 },
	{ "partitions/misc.img", 512 },
	{ NULL, 0 },
};

static const struct member large[] = {
	{ "device.json", 30 },
	{ "partitions/nv.img", 700 },
	{ OPEN, 3 * BLOCK_SIZE + 1000 },
	{ "partitions/misc.img", 512 },
	{ NULL, 0 },
};

/* Mostly one byte, so that 4 MiB become small frames, each with its own. */
static void content(const char *name, struct block *b, uint64_t size)
{
	uint64_t left = size - b->offset;

	b->used = left < BLOCK_SIZE ? left : BLOCK_SIZE;
	memset(b->data, (int)(b->offset / BLOCK_SIZE) + 1, b->used);
	arc_fill(name, b->offset, b->data, b->used < 200 ? b->used : 200);
}

/*
 * Puts what is still missing, from `from` of the first member on, until
 * `blocks` have been put; false: those are out.
 */
static bool put_rest(struct archive_writer *w, struct manifest *m,
		     const struct member *list, bool open, uint64_t from,
		     unsigned blocks)
{
	struct block *b;
	struct err e;

	for (; list->name; list++, open = false, from = 0) {
		if (!open)
			assert_ok(archive_begin(w, list->name, list->size, &e),
				  &e);
		while (from < list->size) {
			if (blocks-- == 0)
				return false;
			assert_ok(archive_get(w, &b, &e), &e);
			assert_int_equal(b->offset, from);
			content(list->name, b, list->size);
			from += b->used;
			assert_ok(archive_put(w, b, &e), &e);
		}
		assert_ok(archive_note(w, "done", list->name, &e), &e);
		arc_end(w, m);
	}
	return true;
}

static void write_plain(const char *path, const struct member *list)
{
	struct archive_writer *w = arc_create(path, 0);
	struct manifest m = { 0 };

	assert_true(put_rest(w, &m, list, false, 0, 1000));
	arc_finish(w, &m);
}

/* The two files that a run leaves which ends after so many blocks. */
struct left {
	uint8_t *data, *journal, *spool;
	size_t ndata, njournal, nspool;
};

static void read_left(const char *name, struct left *l)
{
	char path[100];

	snprintf(path, sizeof(path), "%s.partial", name);
	arc_slurp(arc_path(path), &l->data, &l->ndata);
	strcat(path, ".journal");
	arc_slurp(arc_path(path), &l->journal, &l->njournal);
}

static void make_left(const struct member *list, unsigned blocks,
		      struct left *l)
{
	struct archive_writer *w = arc_create(arc_path("left"), 0);
	struct manifest m = { 0 };

	memset(l, 0, sizeof(*l));
	put_rest(w, &m, list, false, 0, blocks);
	archive_drop(w);
	manifest_free(&m);
	read_left("left", l);
}

static void free_left(struct left *l)
{
	free(l->data);
	free(l->journal);
	free(l->spool);
}

static void write_left(const struct left *l)
{
	unlink(arc_path("a"));
	arc_spit(arc_path("a.partial"), l->data, l->ndata);
	arc_spit(arc_path("a.partial.journal"), l->journal, l->njournal);
	unlink(arc_path("a.partial.mend"));
	if (l->spool)
		arc_spit(arc_path("a.partial.mend"), l->spool, l->nspool);
}

static void same_left(const struct left *l)
{
	struct left now = { 0 };

	read_left("a", &now);
	assert_int_equal(now.ndata, l->ndata);
	assert_int_equal(now.njournal, l->njournal);
	assert_memory_equal(now.data, l->data, l->ndata);
	assert_memory_equal(now.journal, l->journal, l->njournal);
	free_left(&now);
}

struct seen {
	unsigned blocks;
	uint64_t bytes;
};

static bool on_stored(void *user, const struct block *b)
{
	struct seen *s = user;

	assert_int_equal(b->offset, s->bytes);
	if (b->used > 200)
		assert_int_equal(b->data[b->used - 1], s->blocks + 1);
	s->bytes += b->used;
	s->blocks++;
	return true;
}

/* Every member with an end has its note; what was ended is not put again. */
static size_t check_notes(const struct journal *j, const struct member *list)
{
	size_t ended = 0;

	while (ended < j->nmembers && j->members[ended].ended) {
		assert_string_equal(j->members[ended].name, list[ended].name);
		assert_int_equal(j->members[ended].size, list[ended].size);
		ended++;
	}
	assert_true(j->nmembers - ended <= 1);
	assert_true(journal_count(j, "done") >= ended);
	return ended;
}

/*
 * Resumes what is in the folder, to its end: the bytes of an undisturbed run.
 * Returns how many blocks were found, or -1 when it was refused, and then
 * nothing was changed.
 */
static int resume(const struct left *l, const struct member *list,
		  const char *plain, unsigned threads)
{
	struct archive_options o = { .threads = threads };
	const struct archive_resume_info *i;
	struct seen seen = { 0 };
	struct manifest m = { 0 };
	struct archive_resume *r;
	struct archive_writer *w;
	size_t ended, found;
	uint64_t position;
	struct err e;
	bool open;
	int rc = archive_resume_open(arc_path("a"), &o, NULL, NULL, &r, &e);

	if (rc < 0) {
		assert_err(rc, ERR_EXISTS, "cannot be resumed", &e);
		same_left(l);
		return -1;
	}
	assert_int_equal(rc, 1);
	i = archive_resume_info(r);
	ended = check_notes(i->journal, list);
	open = i->journal->nmembers > ended;
	position = i->position;
	found = i->journal->nframes - i->journal->nmembers;
	for (size_t k = 0; k < ended; k++) {
		struct manifest_part *p = manifest_add_part(&m);

		archive_resume_part(&i->journal->members[k], p);
		snprintf(p->name, sizeof(p->name), "part%zu", m.nparts);
	}
	assert_ok(archive_resume_begin(r, KEEP_ALL, on_stored, &seen, &w, &e),
		  &e);
	if (open)
		assert_int_equal(seen.bytes, position);
	assert_true(put_rest(w, &m, list + ended, open, position, 1000));
	arc_finish(w, &m);
	arc_same_files(arc_path("a"), arc_path(plain));
	assert_false(arc_exists(arc_path("a.partial")));
	assert_false(arc_exists(arc_path("a.partial.journal")));
	assert_false(arc_exists(arc_path("a.partial.mend")));
	return (int)found;
}

static int resume_left(const struct left *l, const struct member *list,
		       const char *plain)
{
	write_left(l);
	return resume(l, list, plain, 0);
}

/* -- where it ends ------------------------------------------------------- */

static void after_any_number_of_blocks(void **state)
{
	struct left l;

	(void)state;
	for (unsigned blocks = 0; blocks < 8; blocks++) {
		make_left(large, blocks, &l);
		for (unsigned threads = 0; threads <= 4; threads += 4) {
			write_left(&l);
			assert_int_equal(resume(&l, large, "large", threads),
					 blocks < 7 ? blocks : 7);
		}
		free_left(&l);
	}
}

static void a_resumed_one_can_be_resumed(void **state)
{
	struct archive_options o = { 0 };
	struct archive_resume *r;
	struct archive_writer *w;
	struct manifest m = { 0 };
	struct block *b;
	struct left l;
	struct err e;

	(void)state;
	make_left(large, 3, &l);
	write_left(&l);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(archive_resume_open(arc_path("a"), &o, NULL,
						     NULL, &r, &e),
				 1);
		assert_int_equal(archive_resume_info(r)->resumed, i);
		assert_int_equal(archive_resume_info(r)->position,
				 (1 + i) * BLOCK_SIZE);
		assert_ok(archive_resume_begin(r, KEEP_ALL, NULL, NULL, &w, &e),
			  &e);
		assert_ok(archive_get(w, &b, &e), &e);
		content(OPEN, b, large[2].size);
		assert_ok(archive_put(w, b, &e), &e);
		archive_drop(w);
	}
	manifest_free(&m);
	assert_int_equal(resume(&l, large, "large", 0), 6);
	free_left(&l);
}

/* The archive and its journal, each cut at every length, the other whole. */
static void every_length(const struct member *list, unsigned blocks,
			 const char *plain, size_t step)
{
	struct left l, cut;
	int last = 0, found;

	make_left(list, blocks, &l);
	for (size_t n = 0; n <= l.ndata; n += step) {
		cut = l;
		cut.ndata = n;
		found = resume_left(&cut, list, plain);
		assert_true(found >= last);
		last = found;
	}
	for (size_t n = 0; n <= l.njournal; n += step) {
		cut = l;
		cut.njournal = n;
		resume_left(&cut, list, plain);
	}
	assert_int_equal(resume_left(&l, list, plain), blocks);
	free_left(&l);
}

static void with_every_length_of_either_file(void **state)
{
	(void)state;
	every_length(small, 2, "small", 1);
	every_length(large, 4, "large", 41);
}

/* After a power cut the end of either file may be zeros, or never written. */
static void with_any_ends_torn_or_zero(void **state)
{
	uint32_t seed = 20261121;
	struct left l, torn;

	(void)state;
	make_left(large, 5, &l);
	for (unsigned i = 0; i < 150; i++) {
		size_t data = next_random(&seed) % (l.ndata + 1);
		size_t journal = next_random(&seed) % (l.njournal + 1);
		uint32_t how = next_random(&seed);

		torn = l;
		torn.data = malloc(l.ndata);
		torn.journal = malloc(l.njournal);
		memcpy(torn.data, l.data, l.ndata);
		memcpy(torn.journal, l.journal, l.njournal);
		memset(torn.data + data, 0, l.ndata - data);
		memset(torn.journal + journal, 0, l.njournal - journal);
		if (how & 1)
			torn.ndata = data;
		if (how & 2)
			torn.njournal = journal;
		resume_left(&torn, large, "large");
		free_left(&torn);
	}
	free_left(&l);
}

static void flip_each(struct left *l, uint8_t *p, size_t n, size_t step,
		      const struct member *list, const char *plain)
{
	for (size_t i = 0; i < n; i += step) {
		p[i] ^= (uint8_t)(1 << i % 8);
		resume_left(l, list, plain);
		p[i] ^= (uint8_t)(1 << i % 8);
	}
}

static void with_any_byte_of_either_file_flipped(void **state)
{
	struct left l;

	(void)state;
	make_left(small, 2, &l);
	flip_each(&l, l.data, l.ndata, 1, small, "small");
	flip_each(&l, l.journal, l.njournal, 1, small, "small");
	free_left(&l);
	make_left(large, 4, &l);
	flip_each(&l, l.data, l.ndata, 37, large, "large");
	flip_each(&l, l.journal, l.njournal, 37, large, "large");
	free_left(&l);
}

static void with_a_journal_that_belongs_to_another(void **state)
{
	struct left l, other, mixed;
	char *line;

	(void)state;
	make_left(large, 4, &l);
	make_left(small, 2, &other);
	mixed = l;
	mixed.journal = other.journal;
	mixed.njournal = other.njournal;
	/* device.json and nv are the same in both. */
	assert_int_equal(resume_left(&mixed, small, "small"), 2);
	/* A line that is missing in the middle ends what counts. */
	line = strstr((char *)l.journal, "\nbody 1 ") + 1;
	mixed = l;
	mixed.njournal -= (size_t)(strchr(line, '\n') + 1 - line);
	memmove(line, strchr(line, '\n') + 1,
		l.njournal -
			(size_t)(strchr(line, '\n') + 1 - (char *)l.journal));
	assert_int_equal(resume_left(&mixed, large, "large"), 0);
	free_left(&l);
	free_left(&other);
}

/* -- what is refused, and what is not there ------------------------------ */

static int try_open(bool force, struct err *e)
{
	struct archive_options o = { .force = force };
	struct archive_resume *r;
	int rc = archive_resume_open(arc_path("a"), &o, NULL, NULL, &r, e);

	if (rc > 0)
		archive_resume_drop(r);
	return rc;
}

static void without_a_partial_there_is_nothing(void **state)
{
	struct err e;

	(void)state;
	unlink(arc_path("a"));
	unlink(arc_path("a.partial"));
	assert_int_equal(try_open(false, &e), 0);
	/* A finished one is never touched, with or without --force. */
	arc_spit(arc_path("a"), "x", 1);
	arc_spit(arc_path("a.partial.journal"), "x", 1);
	assert_err(try_open(false, &e), ERR_EXISTS, "no .partial", &e);
	assert_err(try_open(true, &e), ERR_EXISTS, "no .partial", &e);
	assert_non_null(strstr(e.hint, "verify"));
	/* Its journal is of no use, and goes. */
	assert_false(arc_exists(arc_path("a.partial.journal")));
	assert_false(arc_exists(arc_path("a.partial")));
	unlink(arc_path("a"));
}

static void what_cannot_be_resumed_says_why(void **state)
{
	struct left l;
	struct err e;
	char *version;

	(void)state;
	make_left(small, 2, &l);
	write_left(&l);
	unlink(arc_path("a.partial.journal"));
	assert_err(try_open(false, &e), ERR_EXISTS, "no journal", &e);
	assert_non_null(strstr(e.hint, "extract"));
	assert_non_null(strstr(e.hint, "--force"));
	version = strchr((char *)l.journal, ' ') + 1;
	*version = '7';
	write_left(&l);
	assert_err(try_open(false, &e), ERR_EXISTS, "first line", &e);
	same_left(&l);
	/* An existing archive is in the way, until it may be replaced. */
	*version = '1';
	write_left(&l);
	arc_spit(arc_path("a"), "x", 1);
	assert_err(try_open(false, &e), ERR_EXISTS, "beside its .partial", &e);
	assert_int_equal(try_open(true, &e), 1);
	same_left(&l);
	unlink(arc_path("a"));
	free_left(&l);
}

static void one_at_a_time(void **state)
{
	struct archive_options o = { 0 };
	struct archive_resume *r;
	struct archive_writer *w;
	struct left l;
	struct err e;

	(void)state;
	make_left(small, 2, &l);
	write_left(&l);
	assert_int_equal(
		archive_resume_open(arc_path("a"), &o, NULL, NULL, &r, &e), 1);
	assert_err(try_open(false, &e), ERR_EXISTS, "another process", &e);
	archive_resume_drop(r);
	w = arc_create(arc_path("a"), 0);
	assert_err(try_open(false, &e), ERR_EXISTS, "another process", &e);
	archive_drop(w);
	/* That one had nothing in it yet. */
	assert_int_equal(try_open(false, &e), 1);
	free_left(&l);
}

static bool never(void *user, uint64_t done, uint64_t total)
{
	assert_true(done <= total);
	(*(unsigned *)user)++;
	return false;
}

static void looking_can_be_stopped(void **state)
{
	struct archive_options o = { 0 };
	struct archive_resume *r;
	unsigned calls = 0;
	struct left l;
	struct err e;

	(void)state;
	make_left(small, 2, &l);
	write_left(&l);
	assert_err(
		archive_resume_open(arc_path("a"), &o, never, &calls, &r, &e),
		ERR_CANCELLED, "", &e);
	assert_int_equal(calls, 1);
	same_left(&l);
	free_left(&l);
}

static void parts_can_be_given_up(void **state)
{
	static const enum archive_keep keeps[] = { KEEP_ALL, KEEP_MEMBERS,
						   KEEP_NOTHING };
	static const size_t members[] = { 3, 2, 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct archive_options o = { 0 };
		struct archive_resume *r;
		struct archive_writer *w;
		struct left l;
		struct err e;

		make_left(large, 4, &l);
		write_left(&l);
		assert_int_equal(archive_resume_open(arc_path("a"), &o, NULL,
						     NULL, &r, &e),
				 1);
		assert_ok(archive_resume_begin(r, keeps[i], NULL, NULL, &w, &e),
			  &e);
		archive_drop(w);
		assert_int_equal(archive_resume_open(arc_path("a"), &o, NULL,
						     NULL, &r, &e),
				 1);
		assert_int_equal(archive_resume_info(r)->journal->nmembers,
				 members[i]);
		archive_resume_drop(r);
		assert_true(resume(&l, large, "large", 0) >= 0);
		free_left(&l);
	}
}

/* -- ended inside a mend ------------------------------------------------- */

/* Zeros in the open member, then mended: the files before and after. */
static void make_mend(struct left *before, struct left *after, size_t *from)
{
	struct archive_writer *w = arc_create(arc_path("left"), 0);
	struct archive_patch patch = { .offset = BLOCK_SIZE, .len = 200 };
	struct manifest m = { 0 };
	uint8_t right[200];
	struct block *b;
	struct err e;

	memset(before, 0, sizeof(*before));
	memset(after, 0, sizeof(*after));
	put_rest(w, &m, large, false, 0, 2);
	for (uint64_t at = 0; at < large[2].size; at += b->used) {
		assert_ok(archive_get(w, &b, &e), &e);
		content(OPEN, b, large[2].size);
		if (at == BLOCK_SIZE)
			memset(b->data, 0, 200);
		assert_ok(archive_put(w, b, &e), &e);
	}
	read_left("left", before);
	arc_fill(OPEN, BLOCK_SIZE, right, 200);
	patch.data = right;
	assert_ok(archive_mend(w, &patch, 1, &e), &e);
	archive_drop(w);
	manifest_free(&m);
	read_left("left", after);
	for (*from = 0; before->data[*from] == after->data[*from];)
		++*from;
}

/* What is found, brought to its end by mending once more. */
static void resume_mend(const struct left *l, bool nothing_lost)
{
	struct archive_options o = { 0 };
	const struct archive_resume_info *i;
	struct archive_patch patch = { .offset = BLOCK_SIZE, .len = 200 };
	struct archive_resume *r;
	struct archive_writer *w;
	struct manifest m = { 0 };
	uint8_t right[200];
	uint64_t position;
	struct block *b;
	struct err e;

	write_left(l);
	assert_int_equal(
		archive_resume_open(arc_path("a"), &o, NULL, NULL, &r, &e), 1);
	i = archive_resume_info(r);
	position = i->position;
	assert_int_equal(i->journal->nmembers, 3);
	if (nothing_lost)
		assert_int_equal(position, large[2].size);
	for (size_t k = 0; k < 2; k++) {
		struct manifest_part *p = manifest_add_part(&m);

		archive_resume_part(&i->journal->members[k], p);
		snprintf(p->name, sizeof(p->name), "part%zu", m.nparts);
	}
	assert_ok(archive_resume_begin(r, KEEP_ALL, NULL, NULL, &w, &e), &e);
	for (uint64_t at = position; at < large[2].size; at += b->used) {
		assert_ok(archive_get(w, &b, &e), &e);
		content(OPEN, b, large[2].size);
		assert_ok(archive_put(w, b, &e), &e);
	}
	arc_fill(OPEN, BLOCK_SIZE, right, 200);
	patch.data = right;
	assert_ok(archive_mend(w, &patch, 1, &e), &e);
	arc_end(w, &m);
	assert_true(put_rest(w, &m, large + 3, false, 0, 100));
	arc_finish(w, &m);
	arc_same_files(arc_path("a"), arc_path("large"));
	assert_false(arc_exists(arc_path("a.partial.mend")));
}

static void ended_anywhere_in_a_mend(void **state)
{
	struct left before, after, now;
	size_t from, start;

	(void)state;
	make_mend(&before, &after, &from);
	/* The spool begins where the first changed frame does. */
	for (start = from; memcmp(after.data + start, "\x28\xB5\x2F\xFD", 4);)
		start--;
	/* The journal is being written; the data are the old ones. */
	for (size_t n = before.njournal; n <= after.njournal; n += 5) {
		now = before;
		now.journal = after.journal;
		now.njournal = n;
		now.spool = after.data + start;
		now.nspool = after.ndata - start;
		resume_mend(&now, true);
	}
	/* The new data are being copied. */
	for (size_t n = start; n <= after.ndata; n += 53) {
		now = after;
		now.ndata = n;
		now.spool = after.data + start;
		now.nspool = after.ndata - start;
		resume_mend(&now, true);
		/* A spool that got lost costs blocks, not bytes. */
		now.spool = NULL;
		resume_mend(&now, false);
	}
	resume_mend(&after, true);
	free_left(&before);
	free_left(&after);
}

static int setup(void **state)
{
	int rc = arc_make_folder(state);

	if (rc == 0) {
		write_plain(arc_path("small"), small);
		write_plain(arc_path("large"), large);
	}
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_any_number_of_blocks),
		cmocka_unit_test(a_resumed_one_can_be_resumed),
		cmocka_unit_test(with_every_length_of_either_file),
		cmocka_unit_test(with_any_ends_torn_or_zero),
		cmocka_unit_test(with_any_byte_of_either_file_flipped),
		cmocka_unit_test(with_a_journal_that_belongs_to_another),
		cmocka_unit_test(without_a_partial_there_is_nothing),
		cmocka_unit_test(what_cannot_be_resumed_says_why),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(looking_can_be_stopped),
		cmocka_unit_test(parts_can_be_given_up),
		cmocka_unit_test(ended_anywhere_in_a_mend),
	};

	return cmocka_run_group_tests(tests, setup, arc_remove_folder);
}
