/* SPDX-License-Identifier: BSD-3-Clause */
/* test_resume_job.c - a backup that ended behind any line of its journal. */
#include "archive/resume.h"
#include "job/archive_jobs.h"
#include "job/backup.h"
#include "lib/arc.h"
#include "lib/smallphone.h"
#include "sim/phone.h"
#include "transport/sim.h"

#include <unistd.h>

/*
 * Places that cannot be read in the first and in the second block, one that
 * can on a second try.
 */
#define PHONE                                               \
	"ums512,bad=super+4096+1024,bad=super+4198400+512," \
	"bad=misc+512+512,flaky=super+8192+512,flaky=boot_a+1024+1024"

static struct loader fdl1, fdl2;

/* The two files at the moment when the last partition was whole. */
static struct {
	uint8_t *data, *journal;
	size_t ndata, njournal;
} left;

static void keep_left(void *user, const struct manifest_part *p)
{
	const char *out = user;
	char path[200];

	(void)p;
	free(left.data);
	free(left.journal);
	snprintf(path, sizeof(path), "%s.partial", out);
	arc_slurp(path, &left.data, &left.ndata);
	strcat(path, ".journal");
	arc_slurp(path, &left.journal, &left.njournal);
}

struct outcome {
	struct manifest m; /* as the finished archive has it */
	struct backup_totals totals;
	struct phone_stats phone;
};

static struct session *open_phone(const char *spec, struct phone **ret)
{
	const struct session_events ev = { .user = NULL };
	struct session_options so = { .fdl1 = &fdl1, .fdl2 = &fdl2 };
	struct transport *t;
	struct session *s;
	const uint8_t *bytes;
	struct err e;
	size_t n;

	assert_ok(transport_open_sim(spec, &t, &e), &e);
	*ret = transport_sim_phone(t);
	phone_sample_loader(*ret, 1, &fdl1.addr, &bytes, &n);
	phone_sample_loader(*ret, 2, &fdl2.addr, &bytes, &n);
	assert_ok(session_open(t, &so, &ev, &s, &e), &e);
	assert_ok(session_raise(s, STAGE_FDL2, &e), &e);
	return s;
}

static int run_backup(const char *spec, const struct plan_request *plan,
		      const char *out, bool resume, bool keep,
		      struct outcome *ret, struct err *e)
{
	struct backup_request q = { .out = out,
				    .plan = *plan,
				    .archive = { .level = 1, .force = !resume },
				    .device = "sim",
				    .ending = "leave",
				    .simulated = true };
	const struct job_events ev = { .user = (void *)(uintptr_t)out,
				       .part_done = keep ? keep_left : NULL };
	const struct session_options so = { .fdl1 = &fdl1, .fdl2 = &fdl2 };
	struct phone *phone;
	struct session *s;
	int rc;

	memset(ret, 0, sizeof(*ret));
	s = open_phone(spec, &phone);
	if (resume)
		assert_int_equal(archive_resume_open(out, &q.archive, NULL,
						     NULL, &q.resume, e),
				 1);
	rc = job_backup(s, &so, &q, &ev, &ret->m, &ret->totals, e);
	phone_stats(phone, &ret->phone);
	assert_int_equal(ret->phone.storage_writes, 0);
	session_close(s);
	return rc;
}

static int back_up(const char *keys, bool large, const char *out, bool resume,
		   struct outcome *ret, struct err *e)
{
	const struct plan_request all = { .all = true };
	char spec[512];

	smallphone_spec(arc_path("."), keys, 512, large, spec, sizeof(spec));
	return run_backup(spec, &all, out, resume, !resume, ret, e);
}

static void free_outcome(struct outcome *o)
{
	manifest_free(&o->m);
}

/* Every promise but the times, and the members made anew. */
static void same_part(const struct manifest_part *a,
		      const struct manifest_part *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->member, b->member);
	if (strcmp(a->member, MANIFEST_DEVICE) == 0)
		return;
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a->sha256, b->sha256, SHA256_LEN);
	assert_int_equal(a->first_frame, b->first_frame);
	assert_int_equal(a->method, b->method);
	assert_int_equal(a->raw_offset, b->raw_offset);
	assert_string_equal(a->class, b->class);
	assert_int_equal(a->private_, b->private_);
	assert_string_equal(a->content, b->content);
	assert_int_equal(a->payload, b->payload);
	assert_string_equal(a->suspect, b->suspect);
	assert_int_equal(a->nunreadable, b->nunreadable);
	for (size_t i = 0; i < a->nunreadable; i++) {
		assert_int_equal(a->unreadable[i].offset,
				 b->unreadable[i].offset);
		assert_int_equal(a->unreadable[i].length,
				 b->unreadable[i].length);
	}
}

static void same_outcome(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->m.nparts, b->m.nparts);
	for (size_t i = 0; i < a->m.nparts; i++)
		same_part(&a->m.parts[i], &b->m.parts[i]);
	assert_int_equal(a->m.complete, b->m.complete);
	assert_int_equal(a->m.nomitted, b->m.nomitted);
	for (size_t i = 0; i < a->m.nomitted; i++)
		assert_string_equal(a->m.omitted[i].name, b->m.omitted[i].name);
	assert_int_equal(a->m.nwarnings, b->m.nwarnings);
	assert_int_equal(a->totals.unreadable, b->totals.unreadable);
	assert_int_equal(a->totals.parts, b->totals.parts);
	assert_int_equal(a->totals.bytes + a->totals.resumed,
			 b->totals.bytes + b->totals.resumed);
}

static void is_good(const char *path)
{
	const struct job_events ev = { .user = NULL };
	struct verify_result v;
	struct err e;

	assert_ok(job_verify(path, 0, &ev, &v, &e), &e);
	assert_int_equal(v.differences, 0);
	manifest_free(&v.manifest);
}

/* A text, so that lines can be looked for. */
static void end_journal(void)
{
	left.journal = realloc(left.journal, left.njournal + 1);
	assert_non_null(left.journal);
	left.journal[left.njournal] = '\0';
}

static void write_left(size_t ndata, size_t njournal)
{
	unlink(arc_path("b"));
	arc_spit(arc_path("b.partial"), left.data, ndata);
	arc_spit(arc_path("b.partial.journal"), left.journal, njournal);
	/* Of what lies behind the journal's end nothing is known. */
	unlink(arc_path("b.partial.mend"));
}

static struct outcome truth;

static void resume_is_same(size_t ndata, size_t njournal, bool more)
{
	struct outcome now;
	struct err e;

	write_left(ndata, njournal);
	assert_ok(back_up(PHONE, true, arc_path("b"), true, &now, &e), &e);
	same_outcome(&now, &truth);
	if (more)
		is_good(arc_path("b"));
	free_outcome(&now);
}

static void behind_any_line(void **state)
{
	uint32_t seed = 4;

	(void)state;
	assert_int_equal(truth.m.complete, false);
	assert_int_equal(truth.totals.unreadable, 1024 + 512 + 512);
	for (size_t i = 0; i < left.njournal; i++) {
		if (left.journal[i] != '\n')
			continue;
		resume_is_same(left.ndata, i + 1, true);
		resume_is_same(next_random(&seed) % left.ndata, i + 1, false);
	}
}

/* What is whole is not asked for again: the phone counts its answers. */
static void nothing_is_read_twice(void **state)
{
	const char *part = "\nend ", *at = (char *)left.journal;
	uint64_t before = truth.phone.reads, resumed = 0;

	(void)state;
	while ((at = strstr(at, part))) {
		struct outcome now;
		struct err e;

		at = strchr(at + 1, '\n');
		write_left(left.ndata, (size_t)(at + 1 - (char *)left.journal));
		assert_ok(back_up(PHONE, true, arc_path("b"), true, &now, &e),
			  &e);
		assert_true(now.totals.resumed >= resumed);
		assert_true(now.phone.reads <= before);
		resumed = now.totals.resumed;
		before = now.phone.reads;
		free_outcome(&now);
	}
	assert_int_equal(resumed, truth.totals.bytes);
	assert_true(before * 3 < truth.phone.reads);
}

static void another_table_is_refused(void **state)
{
	uint8_t *data, *journal;
	size_t ndata, njournal;
	struct outcome now;
	struct err e;

	(void)state;
	write_left(left.ndata, left.njournal);
	assert_err(back_up("ums512", false, arc_path("b"), true, &now, &e),
		   ERR_EXISTS, "another phone", &e);
	assert_false(now.totals.begun);
	free_outcome(&now);
	arc_slurp(arc_path("b.partial"), &data, &ndata);
	arc_slurp(arc_path("b.partial.journal"), &journal, &njournal);
	assert_int_equal(ndata, left.ndata);
	assert_memory_equal(data, left.data, ndata);
	assert_int_equal(njournal, left.njournal);
	assert_memory_equal(journal, left.journal, njournal);
	free(data);
	free(journal);
}

/* -- what was refused first ---------------------------------------------- */

/* By its name, with no ext4 in it, prodnv is refused whole. */
#define LISTED "ums512,super=6M,userdata=1M,user_partition=84,prodnv_check=1"

/* prodnv is before both of them in the plan. */
static int back_up_listed(const char *spec, bool resume, bool keep,
			  struct outcome *ret, struct err *e)
{
	static const char *const names[] = { "prodnv", "misc", "sml_a" };
	const struct plan_request few = { .names = names, .nnames = 3 };

	return run_backup(spec, &few, arc_path("b"), resume, keep, ret, e);
}

/* Where the first line from `from` on that begins so ends. */
static size_t behind(size_t from, const char *begin)
{
	const char *at = strstr((char *)left.journal + from - 1, begin);

	assert_non_null(at);
	at = strchr(at + 1, '\n');
	assert_non_null(at);
	return (size_t)(at + 1 - (char *)left.journal);
}

static void listed_resume_is_same(size_t njournal, const struct outcome *whole)
{
	struct outcome now;
	struct err e;

	write_left(left.ndata, njournal);
	assert_ok(back_up_listed(LISTED, true, false, &now, &e), &e);
	same_outcome(&now, whole);
	is_good(arc_path("b"));
	free_outcome(&now);
}

/*
 * Refused in the first run and given in the second one, it lies behind all
 * others, and so it is in the manifest, wherever the second one ended.
 */
static void put_off_is_the_last_one(void **state)
{
	struct outcome refused, given;
	struct err e;

	(void)state;
	assert_ok(back_up_listed(LISTED ",damage=prodnv", false, true, &refused,
				 &e),
		  &e);
	assert_null(manifest_find(&refused.m, "prodnv"));
	free_outcome(&refused);
	end_journal();
	write_left(left.ndata,
		   behind(behind(1, "\nnote left-out prodnv"), "\nend "));
	assert_ok(back_up_listed(LISTED, true, true, &given, &e), &e);
	assert_true(given.m.complete);
	assert_string_equal(given.m.parts[given.m.nparts - 1].name, "prodnv");
	end_journal();
	for (size_t i = behind(1, "\nnote resumed "); i <= left.njournal; i++)
		if (left.journal[i - 1] == '\n')
			listed_resume_is_same(i, &given);
	free_outcome(&given);
}

static int setup(void **state)
{
	struct err e;
	int rc = arc_make_folder(state);

	if (rc != 0)
		return rc;
	assert_true(smallphone_files(arc_path(".")));
	assert_true(smallphone_loader(1, &fdl1, &e));
	assert_true(smallphone_loader(2, &fdl2, &e));
	assert_ok(back_up(PHONE, true, arc_path("a"), false, &truth, &e), &e);
	end_journal();
	return 0;
}

static int teardown(void **state)
{
	free(left.data);
	free(left.journal);
	free_outcome(&truth);
	loader_free(&fdl1);
	loader_free(&fdl2);
	return arc_remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behind_any_line),
		cmocka_unit_test(nothing_is_read_twice),
		cmocka_unit_test(another_table_is_refused),
		cmocka_unit_test(put_off_is_the_last_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
