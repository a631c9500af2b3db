/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep.c - each kind at the 1st, 2nd ... transfer until a run meets none. */
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

bool sweep_is_of_request(enum fault_kind kind)
{
	return kind == FAULT_UNHEARD || kind == FAULT_MISHEARD;
}

void sweep_plan(char *out, size_t cap, enum fault_kind kind, uint64_t n)
{
	snprintf(out, cap, "%s:n=%llu,seed=%llu", fault_kind_name(kind),
		 (unsigned long long)n, (unsigned long long)n);
}

unsigned sweep_told(size_t i, const char *name, unsigned bad)
{
	printf("%sok %zu - %s\n", bad ? "not " : "", i + 1, name);
	fflush(stdout);
	return bad > 0;
}

/* One kind at every transfer of one case; returns how many ended wrong. */
static unsigned sweep_kind(struct faulted *f, const struct faulted_truth *t,
			   enum fault_kind kind, struct faulted_totals *sum)
{
	unsigned bad = 0;

	for (uint64_t n = 1;; n++) {
		struct faulted_result r;
		char plan[64];

		sweep_plan(plan, sizeof(plan), kind, n);
		faulted_session(f, t, plan, &r);
		faulted_count(sum, &r);
		if (r.end == FAULTED_WRONG) {
			printf("# %s, %s: %s\n", t->c.name, plan, r.why);
			bad++;
		}
		if (r.faults == 0)
			return bad;
		/* A fault adds exchanges, but not without end. */
		if (n > 4 * (sweep_is_of_request(kind) ? t->requests
						       : t->replies)) {
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

int sweep_main(const struct faulted_case *cases, size_t n, int argc,
	       char **argv)
{
	struct faulted_totals sum = { 0 };
	struct faulted f;
	unsigned failed = 0;

	if (!faulted_open(&f))
		return 1;
	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		unsigned bad = 0;

		if (argc < 2 || strstr(cases[i].name, argv[1]))
			bad = sweep_case(&f, &cases[i], &sum);
		failed += sweep_told(i, cases[i].name, bad);
	}
	faulted_print(&sum, stdout);
	faulted_close(&f);
	return failed > 0;
}
