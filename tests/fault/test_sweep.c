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
	{ "eMMC, escaping off", "ums512", 512, 0, 0, NULL },
	{ "the same with threads", "ums512", 512, 0, 2, NULL },
	{ "chunks of 4 KiB", "ums512", 512, 4096, 0, NULL },
	{ "UFS", "ums9230", 4096, 0, 2, NULL },
	{ "escaping on", "sc9863a,hdlc=0", 512, 0, 0, NULL },
	{ "answers in small pieces", "ums512,hdlc=0", 512, 8192, 0,
	  "split:1/1" },
	{ "log frames", "sc9863a,log_frames=2", 512, 0, 0, NULL },
	{ "an old loader", "sc9832", 512, 0, 0, NULL },
	{ "somebody is at hand", "ums512,revive_ms=30000", 512, 0, 2, NULL },
	{ "a loader's list", "ums512,user_partition=84", 512, 0, 0, NULL },
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
