/* SPDX-License-Identifier: BSD-3-Clause */
/* wirerig.c - a session with a simulated phone. */
#include "lib/wirerig.h"

#include "lib/unit.h"

#include "base/bytes.h"
#include "transport/sim.h"

static void note_log(void *user, const char *text)
{
	(void)text;
	((struct wirerig *)user)->logs++;
}

static void note_step(void *user, const char *text)
{
	struct wirerig *r = user;
	size_t n = strlen(r->notes);

	snprintf(r->notes + n, sizeof(r->notes) - n, "%s\n", text);
}

static void note_stage(void *user, enum stage from, enum stage to)
{
	struct wirerig *r = user;

	/* A phone that was lost begins anew. */
	if (from != STAGE_UNKNOWN)
		assert_int_equal(from, r->last_stage);
	assert_true(to > from);
	r->last_stage = to;
	r->stages++;
}

static void note_retry(void *user, unsigned attempt, const struct err *why)
{
	(void)attempt;
	assert_int_not_equal(why->code, ERR_NONE);
	((struct wirerig *)user)->retries++;
}

static bool is_cancelled(void *user)
{
	struct wirerig *r = user;

	return r->cancel_after && --r->cancel_after == 0;
}

static void sample(const struct wirerig *r, int which, struct loader *ret)
{
	const uint8_t *p;
	uint32_t addr;
	struct err e;
	size_t n;

	phone_sample_loader(r->phone, which, &addr, &p, &n);
	if (n == 0) /* it has one loader only */
		return;
	assert_ok(loader_from_memory(which == 2 ? "fdl2.bin" : "fdl1.bin", addr,
				     p, n, ret, &e),
		  &e);
}

void wirerig_open(struct wirerig *r, const char *spec)
{
	const struct session_events ev = {
		.user = r,
		.phone_log = note_log,
		.step = note_step,
		.stage = note_stage,
		.retry = note_retry,
		.cancelled = is_cancelled,
	};
	struct transport *t;
	struct err e;
	char full[256];

	snprintf(full, sizeof(full), "sim:%s", spec);
	assert_ok(transport_open(full, &t, &e), &e);
	r->phone = transport_sim_phone(t);
	assert_non_null(r->phone);
	sample(r, 1, &r->fdl1);
	sample(r, 2, &r->fdl2);
	r->opt.fdl1 = &r->fdl1;
	r->opt.fdl2 = r->fdl2.data ? &r->fdl2 : NULL;
	if (r->profile.name[0])
		r->opt.profile = &r->profile;
	t = tap_open(t, &r->tap);
	assert_ok(session_open(t, &r->opt, &ev, &r->s, &e), &e);
}

void wirerig_raise(struct wirerig *r)
{
	struct err e;

	assert_ok(session_raise(r->s, STAGE_FDL2, &e), &e);
}

void wirerig_open_raised(struct wirerig *r, const char *spec)
{
	wirerig_open(r, spec);
	wirerig_raise(r);
}

void assert_untouched(const struct wirerig *r)
{
	struct phone_stats st;

	phone_stats(r->phone, &st);
	if (st.storage_writes)
		fail_msg("the phone wrote:\n%s", phone_write_log(r->phone));
	if (st.unsupported > 1)
		fail_msg("%u unknown commands", (unsigned)st.unsupported);
	assert_int_equal(st.commanded_writes, 0);
	/* Nothing that the host sent may have killed a loader. */
	if (st.dead)
		fail_msg("the phone is dead: %s", st.dead);
	/* What the host counted must be what the phone saw. */
	assert_true(session_info(r->s)->unsupported <= 1);
}

void wirerig_drop(struct wirerig *r)
{
	session_close(r->s);
	loader_free(&r->fdl1);
	loader_free(&r->fdl2);
	memset(r, 0, sizeof(*r));
}

void wirerig_close(struct wirerig *r)
{
	if (!r->may_write)
		assert_untouched(r);
	wirerig_drop(r);
}

static uint32_t sector_of(const struct wirerig *r)
{
	char magic[8];

	assert_true(phone_peek(r->phone, "user", 512, magic, 8));
	if (memcmp(magic, "EFI PART", 8) == 0)
		return 512;
	assert_true(phone_peek(r->phone, "user", 4096, magic, 8));
	assert_memory_equal(magic, "EFI PART", 8);
	return 4096;
}

void wirerig_find(const struct wirerig *r, const char *name,
		  uint64_t *ret_offset, uint64_t *ret_size)
{
	uint32_t sector = sector_of(r);

	for (unsigned i = 0; i < 128; i++) {
		uint8_t row[128];
		char got[37] = "";

		assert_true(phone_peek(r->phone, "user",
				       2 * (uint64_t)sector + 128 * i, row,
				       sizeof(row)));
		for (int k = 0; k < 36; k++)
			got[k] = (char)row[56 + 2 * k];
		if (strcmp(got, name) != 0)
			continue;
		*ret_offset = get_le64(row + 32) * sector;
		*ret_size = (get_le64(row + 40) + 1) * sector - *ret_offset;
		return;
	}
	fail_msg("no partition '%s'", name);
}

void wirerig_assert_bytes(const struct wirerig *r, const char *area,
			  uint64_t offset, const uint8_t *p, size_t n)
{
	static uint8_t want[0x10000];

	for (size_t at = 0; at < n;) {
		size_t k = n - at < sizeof(want) ? n - at : sizeof(want);

		assert_true(phone_peek(r->phone, area, offset + at, want, k));
		if (memcmp(want, p + at, k) != 0)
			for (size_t i = 0; i < k; i++)
				if (want[i] != p[at + i])
					fail_msg("%s differs at 0x%llx", area,
						 (unsigned long long)(offset +
								      at + i));
		at += k;
	}
}
