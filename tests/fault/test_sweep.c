/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every kind of fault at every transfer of a small session, until a run meets
 * none.  It ends with the whole archive, or with a named error and what was
 * read kept; nothing else.
 */
#include "lib/faulted.h"

#include <stdlib.h>
#include <string.h>

static const struct faulted_case cases[] = {
	{ .name = "eMMC, escaping off", .model = "ums512", .sector = 512 },
	{ .name = "the same with threads",
	  .model = "ums512",
	  .sector = 512,
	  .threads = 2 },
	{ .name = "chunks of 4 KiB",
	  .model = "ums512",
	  .sector = 512,
	  .chunk_max = 4096 },
	{ .name = "UFS", .model = "ums9230", .sector = 4096, .threads = 2 },
	{ .name = "escaping on", .model = "sc9863a,hdlc=0", .sector = 512 },
	{ .name = "answers in small pieces",
	  .model = "ums512,hdlc=0",
	  .sector = 512,
	  .chunk_max = 8192,
	  .line = "split:1/1" },
	{ .name = "log frames",
	  .model = "sc9863a,log_frames=2",
	  .sector = 512 },
	{ .name = "an old loader", .model = "sc9832", .sector = 512 },
	{ .name = "somebody is at hand",
	  .model = "ums512,revive_ms=30000",
	  .sector = 512,
	  .threads = 2 },
	{ .name = "a loader's list",
	  .model = "ums512,user_partition=84",
	  .sector = 512 },
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static bool is_of_request(enum fault_kind k)
{
	return k == FAULT_UNHEARD || k == FAULT_MISHEARD;
}

/* One kind at every transfer of one case; returns how many ended wrong. */
static unsigned sweep_kind(struct faulted *f, const struct faulted_truth *t,
			   enum fault_kind kind, struct faulted_totals *sum)
{
	unsigned bad = 0;

	for (uint64_t n = 1;; n++) {
		struct faulted_result r;
		char plan[64];

		snprintf(plan, sizeof(plan), "%s:n=%llu,seed=%llu",
			 fault_kind_name(kind), (unsigned long long)n,
			 (unsigned long long)n);
		faulted_session(f, t, plan, &r);
		faulted_count(sum, &r);
		if (r.end == FAULTED_WRONG) {
			printf("# %s, %s: %s\n", t->c.name, plan, r.why);
			bad++;
		}
		if (r.faults == 0)
			return bad;
		/* A fault adds exchanges, but not without end. */
		if (n > 4 * (is_of_request(kind) ? t->requests : t->replies)) {
			printf("# %s, %s: no end\n", t->c.name, plan);
			return bad + 1;
		}
	}
}

static unsigned sweep_case(struct faulted *f, const struct faulted_case *c,
			   struct faulted_totals *sum)
{
	struct faulted_truth t;
	uint64_t before = sum->sessions;
	unsigned bad = 0;

	if (!faulted_reference(f, c, &t))
		return 1;
	for (unsigned k = 0; k < FAULT_KINDS; k++)
		bad += sweep_kind(f, &t, k, sum);
	printf("# %s: %llu answers, %llu sessions\n", c->name,
	       (unsigned long long)t.replies,
	       (unsigned long long)(sum->sessions - before));
	return bad;
}

/* An argument: only the cases whose name holds it. */
int main(int argc, char **argv)
{
	struct faulted_totals sum = { 0 };
	struct faulted f;
	unsigned failed = 0;

	if (!faulted_open(&f))
		return 1;
	printf("1..%zu\n", NCASES);
	for (size_t i = 0; i < NCASES; i++) {
		unsigned bad = 0;

		if (argc < 2 || strstr(cases[i].name, argv[1]))
			bad = sweep_case(&f, &cases[i], &sum);
		printf("%sok %zu - %s\n", bad ? "not " : "", i + 1,
		       cases[i].name);
		fflush(stdout);
		failed += bad > 0;
	}
	faulted_print(&sum, stdout);
	faulted_close(&f);
	return failed > 0;
}
