/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_write.c - each kind of fault at each transfer of writing a partition.
 * Whatever comes, what writer_put() says of it is true: done is exact,
 * untouched is as before, nothing was written elsewhere, and who still answers
 * can be read.
 */
#include "lib/rig.h"

#include "../../src/device/internal.h"
#include "device/reader.h"
#include "device/writer.h"
#include "transport/fault.h"
#include "transport/sim.h"

#include <inttypes.h>

#define PART   "persist"
#define PIECES 3u
#define ROOM   (4 * 0xF000u)

static const char *const phones[] = {
	"ums512",
	"ums512,hdlc=0,write_enable=1",
	"ums9230,window=64K",
	"sc9863a,nv_repair=none",
};

static uint8_t old[ROOM], new[ROOM], is[ROOM];

struct ending {
	int rc;
	struct write_result result;
	uint64_t first, replies, requests; /* transfers of the write */
};

static int pull(void *user, void *buf, size_t n, struct err *e)
{
	size_t *at = user;

	(void)e;
	memcpy(buf, new + *at, n);
	*at += n;
	return 0;
}

static void read_part(struct rig *r, const char *what)
{
	struct extent x = { .name = PART, .length = ROOM };
	struct rig_place at;

	if (reader_read(r->s, &x, is, &r->e) < 0)
		fail_msg("%s: not readable: %s", what, r->e.text);
	assert_true(rig_find(r->phone, PART, &at));
	assert_true(phone_peek(r->phone, at.area, at.offset, old, ROOM));
	if (memcmp(is, old, ROOM) != 0)
		fail_msg("%s: read other bytes than are there", what);
}

/* A write by way of a plan; the loaders have come up before it takes effect. */
static void run(struct rig *r, const char *spec, const char *plan,
		struct ending *ret)
{
	struct write_target t = { .name = PART };
	const struct fault_stats *st;
	struct transport *tr;
	struct phone *p;
	size_t at = 0;
	struct write_source src = { &at, pull };

	assert_ok(transport_open_sim(spec, &tr, &r->e), &r->e);
	p = transport_sim_phone(tr);
	assert_ok(transport_open_fault(plan, NULL, tr, &tr, &r->e), &r->e);
	st = transport_fault_stats(tr);
	rig_open_on(r, tr, p);
	r->s->opt.may_write = true;
	read_part(r, spec);
	memcpy(is, old, ROOM);
	ret->first = st->replies;
	t.size = PIECES * writer_piece(r->s);
	memset(&r->e, 0, sizeof(r->e));
	ret->rc = writer_put(r->s, &t, &src, NULL, &ret->result, &r->e);
	ret->replies = st->replies;
	ret->requests = st->requests;
}

/* Nothing but this partition was written; to be seen in the log. */
static void assert_only_here(const struct rig *r, const char *what)
{
	const char *line = phone_write_log(r->phone);

	for (; *line; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, "\n");

		if (!memmem(line, n, PART, strlen(PART)))
			fail_msg("%s: %.*s", what, (int)n, line);
		if (!line[n])
			break;
	}
}

static void assert_true_account(struct rig *r, const char *what,
				const struct ending *end)
{
	size_t n = PIECES * writer_piece(r->s);
	struct rig_place at;

	assert_true(rig_find(r->phone, PART, &at));
	assert_true(phone_peek(r->phone, at.area, at.offset, is, ROOM));
	if (end->rc == 0 && memcmp(is, new, n) != 0)
		fail_msg("%s: a false 'done'", what);
	if (end->rc == 0 && end->result.state != WRITE_DONE)
		fail_msg("%s: done, and state %d", what, end->result.state);
	if (end->rc < 0 && (end->result.state == WRITE_DONE || !r->e.text[0]))
		fail_msg("%s: %d, '%s'", what, end->result.state, r->e.text);
	if (end->result.state == WRITE_UNTOUCHED && memcmp(is, old, ROOM) != 0)
		fail_msg("%s: touched", what);
	assert_only_here(r, what);
}

/*
 * The phone answers, or it is known that it does not: one whose loader hangs,
 * or that stays away, needs its user.
 */
static void assert_goes_on(struct rig *r, const char *what, bool failed,
			   bool gone)
{
	if (failed && session_is_lost(r->s, &r->e)) {
		int rc = session_recover(r->s, &r->e);

		if (rc < 0 && gone)
			return;
		if (rc < 0)
			fail_msg("%s: does not come back: %s", what, r->e.text);
	}
	read_part(r, what);
}

static void at_each_transfer(struct rig *r, const char *spec, enum fault_kind k,
			     unsigned totals[3])
{
	bool request = k >= FAULT_UNHEARD;
	struct ending well, ill;
	uint64_t first, last;

	run(r, spec, "lose:n=1000000000", &well);
	assert_ok(well.rc, &r->e);
	assert_true_account(r, spec, &well);
	first = well.first + 1;
	last = request ? well.requests : well.replies;
	if (request)
		first += well.requests - well.replies;
	/* What of a reading before is still on its way. */
	if (k == FAULT_LATE || k == FAULT_DOUBLE || k == FAULT_MERGE)
		first -= 3;
	for (uint64_t n = first; n <= last; n++) {
		char plan[64], what[160];

		snprintf(plan, sizeof(plan), "%s:n=%" PRIu64 ",seed=%" PRIu64,
			 fault_kind_name(k), n, n);
		snprintf(what, sizeof(what), "%s, %s", spec, plan);
		run(r, spec, plan, &ill);
		assert_true_account(r, what, &ill);
		assert_goes_on(r, what, ill.rc < 0,
			       k == FAULT_VANISH || k == FAULT_STALL ||
				       k == FAULT_MISHEARD);
		totals[ill.result.state]++;
	}
}

static void sweep(void **state)
{
	struct rig *r = *state;
	unsigned totals[3] = { 0 };
	uint32_t seed = 4711;

	for (size_t i = 0; i < sizeof(new); i++)
		new[i] = (uint8_t)next_random(&seed);
	r->recover_ms = 60000;
	for (size_t i = 0; i < ARRAY_SIZE(phones); i++)
		for (int k = 0; k < FAULT_KINDS; k++)
			at_each_transfer(r, phones[i], (enum fault_kind)k,
					 totals);
	print_message("#= %u untouched, %u unknown, %u done\n", totals[0],
		      totals[1], totals[2]);
	assert_true(totals[0] > 0 && totals[1] > 0 && totals[2] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sweep, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
