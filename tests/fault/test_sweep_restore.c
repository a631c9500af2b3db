/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every kind of fault at every transfer of a restore, and the power gone in
 * every write.  It ends complete and read back; or it stops with a true account
 * of what is on the phone, and goes on, or undoes, on a line that is well.
 * Never is a boot chain touched while other data are still to come.
 *
 * With -a at every transfer, which takes minutes; else at every eighth one, and
 * at few of those that only read, where a backup is swept, too.
 */
#include "sweep.h"

#include "lib/restored.h"

#include <stdio.h>
#include <string.h>

static const struct restored_case cases[] = {
	{ "slots, escaping off", "ums512" },
	{ "an old phone, escaping on", "sc9832" },
	{ "copies, small windows, late answers",
	  "sc9863a,hdlc=0,write_enable=1,window=8K,write_ms=100,last_ms=50000,"
	  "nv_write=len" },
};

struct totals {
	unsigned sessions, whole, stopped, untouched, resumed, undone, bad;
};

static void count(struct totals *sum, const struct restored_case *c,
		  const char *plan, const struct restored_result *r)
{
	sum->sessions++;
	sum->whole += r->end == RESTORED_WHOLE;
	sum->stopped += r->end == RESTORED_STOPPED;
	sum->untouched += r->end == RESTORED_UNTOUCHED;
	sum->resumed += r->resumed;
	sum->undone += r->undone;
	if (r->end != RESTORED_WRONG)
		return;
	sum->bad++;
	printf("# %s, %s: %s\n", c->name, plan, r->why);
}

static bool every; /* -a */

/* first: the transfers that only read. */
static uint64_t step(uint64_t n, uint64_t first)
{
	uint64_t wide = every ? 7 : first / 6 + 1;

	if (n + wide < first)
		return wide;
	return every ? 1 : 8;
}

static void sweep_kind(struct restored *f, const struct restored_case *c,
		       enum fault_kind kind, struct totals *sum)
{
	bool of_request = sweep_is_of_request(kind);
	uint64_t first = of_request ? f->requests_before : f->replies_before;
	uint64_t all = of_request ? f->requests : f->replies;
	struct restored_result r;
	char plan[64];

	/* Each kind meets others of the transfers. */
	for (uint64_t n = 1 + (every ? 0 : kind % 8), k = 0;;
	     n += step(n, first), k++) {
		sweep_plan(plan, sizeof(plan), kind, n);
		restored_session(f, c, "", plan, k % 2, &r);
		count(sum, c, plan, &r);
		if (!r.faults)
			return;
		if (n > 4 * all) {
			printf("# %s, %s: no end\n", c->name, plan);
			sum->bad++;
			return;
		}
	}
}

/* Nothing of the change, a part of it, or all and no answer. */
static void sweep_power(struct restored *f, const struct restored_case *c,
			struct totals *sum)
{
	static const char *const torn[] = { "0", "512", "5000", "1G" };
	struct restored_result r;
	char keys[64];

	for (unsigned n = 1; n <= f->writes; n++) {
		for (unsigned i = every ? 0 : n % 4; i < 4;
		     i += every ? 1 : 4) {
			snprintf(keys, sizeof(keys), ",power_loss=%u,torn=%s",
				 n, torn[i]);
			restored_session(f, c, keys, BADLINE_WELL,
					 (n / 2 + i) % 2, &r);
			count(sum, c, keys, &r);
		}
	}
}

static unsigned sweep_case(struct restored *f, const struct restored_case *c,
			   struct totals *all)
{
	struct totals sum = { 0 };

	if (!restored_reference(f, c))
		return 1;
	for (unsigned k = 0; k < FAULT_KINDS; k++)
		sweep_kind(f, c, k, &sum);
	sweep_power(f, c, &sum);
	printf("# %s: %llu answers, %llu before the first write, %u changes; "
	       "%u sessions: %u whole, %u stopped (%u resumed, %u undone), "
	       "%u before anything was written, %u wrong\n",
	       c->name, (unsigned long long)f->replies,
	       (unsigned long long)f->replies_before, f->writes, sum.sessions,
	       sum.whole, sum.stopped, sum.resumed, sum.undone, sum.untouched,
	       sum.bad);
	/* A sweep that never met a write, or never stopped, shows nothing. */
	if (!sum.whole || !sum.resumed || !sum.undone || !sum.untouched)
		sum.bad++;
	all->sessions += sum.sessions;
	return sum.bad;
}

int main(int argc, char **argv)
{
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	struct totals all = { 0 };
	struct restored f;
	unsigned failed = 0;

	every = argc > 1 && strcmp(argv[1], "-a") == 0;
	argc -= every;
	argv += every;
	if (!restored_open(&f))
		return 1;
	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		unsigned bad = 0;

		if (argc < 2 || strstr(cases[i].name, argv[1]))
			bad = sweep_case(&f, &cases[i], &all);
		failed += sweep_told(i, cases[i].name, bad);
	}
	printf("# %u sessions\n", all.sessions);
	restored_close(&f);
	return failed > 0;
}
