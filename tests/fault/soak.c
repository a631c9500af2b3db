/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random phones, random plans of several faults, for a time or a number of
 * sessions.  A session follows from its number alone:
 *
 *   soak [-s SECONDS] [-n SESSIONS] [-f FIRST]
 *   soak CASE PLAN
 *
 * -f 1234 -n 1 is that one again, of the same build; what a case and a plan
 * do is told, whatever build found them.
 */
#include "lib/faulted.h"

#include "base/clock.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct faulted_case cases[] = {
	{ .name = "plain", .model = "ums512", .sector = 512 },
	{ .name = "threads", .model = "ums512", .sector = 512, .threads = 2 },
	{ .name = "4k", .model = "ums512", .sector = 512, .chunk_max = 4096 },
	{ .name = "512", .model = "ums512", .sector = 512, .chunk_max = 512 },
	{ .name = "ufs", .model = "ums9230", .sector = 4096 },
	{ .name = "ufs-4k",
	  .model = "ums9230",
	  .sector = 4096,
	  .chunk_max = 4096 },
	{ .name = "escaped", .model = "sc9863a,hdlc=0", .sector = 512 },
	{ .name = "pieces",
	  .model = "ums512,hdlc=0",
	  .sector = 512,
	  .chunk_max = 8192,
	  .line = "split:1/1" },
	{ .name = "logs", .model = "sc9863a,log_frames=3", .sector = 512 },
	{ .name = "old", .model = "sc9832", .sector = 512 },
	{ .name = "revived",
	  .model = "ums512,revive_ms=30000",
	  .sector = 512,
	  .threads = 3 },
	{ .name = "list", .model = "ums512,user_partition=84", .sector = 512 },
	{ .name = "two blocks",
	  .model = "ums512",
	  .sector = 512,
	  .threads = 2,
	  .large = true },
};

#define NCASES	   (sizeof(cases) / sizeof(cases[0]))
#define FAULTS_MAX 5u

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static unsigned below(uint64_t *state, uint64_t n)
{
	return (unsigned)(next(state) % n);
}

/* One to five faults, at a transfer or by chance; half spare the way up. */
static void make_plan(uint64_t *rng, const struct faulted_truth *t, char *out,
		      size_t cap)
{
	unsigned n = 1 + below(rng, FAULTS_MAX);
	size_t len = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned kind = below(rng, FAULT_KINDS);
		unsigned from = 1 + below(rng, t->replies + 20);

		if (below(rng, 2))
			from += (unsigned)t->replies_to_fdl2;
		len += snprintf(out + len, cap - len, "%s%s:n=%u,seed=%u",
				i ? ";" : "", fault_kind_name(kind), from,
				below(rng, 1000000));
		if (below(rng, 3) == 0)
			len += snprintf(out + len, cap - len, ",1/%u",
					3 + below(rng, 40));
		if (below(rng, 4) == 0)
			len += snprintf(out + len, cap - len, ",times=%u",
					1 + below(rng, 6));
		if (kind == FAULT_LATE && below(rng, 2))
			len += snprintf(out + len, cap - len, ",ms=%u",
					1 + below(rng, 30000));
	}
}

static int replay(struct faulted *f, const struct faulted_truth *truths,
		  const char *name, const char *plan)
{
	struct faulted_result r;
	size_t i = 0;

	while (i < NCASES && strcmp(name, cases[i].name) != 0)
		i++;
	if (i == NCASES) {
		for (i = 0; i < NCASES; i++)
			fprintf(stderr, "there is '%s'\n", cases[i].name);
		return 2;
	}
	f->b.tell = true;
	faulted_session(f, &truths[i], plan, &r);
	printf("# %s: %s\n",
	       r.end == FAULTED_WRONG	? "wrong"
	       : r.end == FAULTED_NAMED ? "named"
					: "exact",
	       r.why);
	return r.end == FAULTED_WRONG;
}

static bool run(struct faulted *f, const struct faulted_truth *truths,
		uint64_t number, struct faulted_totals *sum)
{
	const struct faulted_truth *t;
	struct faulted_result r;
	uint64_t rng = number;
	char plan[400];

	t = &truths[below(&rng, NCASES)];
	make_plan(&rng, t, plan, sizeof(plan));
	faulted_session(f, t, plan, &r);
	faulted_count(sum, &r);
	if (r.end != FAULTED_WRONG)
		return true;
	printf("# session %" PRIu64 " (%s, '%s'): %s\n", number, t->c.name,
	       plan, r.why);
	fflush(stdout);
	return false;
}

int main(int argc, char **argv)
{
	static struct faulted_truth truths[NCASES];
	struct faulted_totals sum = { 0 };
	uint64_t first = 1, most = UINT64_MAX, seconds = UINT64_MAX / 1000;
	uint64_t start = clock_ms(), failed = 0;
	struct faulted f;
	int c;

	while ((c = getopt(argc, argv, "s:n:f:")) != -1) {
		if (c == 's')
			seconds = strtoull(optarg, NULL, 0);
		else if (c == 'n')
			most = strtoull(optarg, NULL, 0);
		else if (c == 'f')
			first = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (!faulted_open(&f))
		return 1;
	for (size_t i = 0; i < NCASES; i++)
		if (!faulted_reference(&f, &cases[i], &truths[i]))
			return 1;
	if (argc - optind == 2) {
		c = replay(&f, truths, argv[optind], argv[optind + 1]);
		faulted_close(&f);
		return c;
	}
	for (uint64_t i = 0; i < most && !stopped; i++) {
		if (clock_ms() - start >= seconds * 1000)
			break;
		failed += !run(&f, truths, first + i, &sum);
	}
	faulted_print(&sum, stdout);
	printf("%sok 1 - %" PRIu64 " sessions from number %" PRIu64
	       " on, %" PRIu64 " s\n1..1\n",
	       failed ? "not " : "", sum.sessions, first,
	       (clock_ms() - start) / 1000);
	faulted_close(&f);
	return failed > 0;
}
