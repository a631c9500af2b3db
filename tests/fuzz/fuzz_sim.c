/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_sim.c - the simulated phone takes anything; and as long as the guard
 * would have let every frame through, no command changes its storage.
 */
#include "fuzz.h"

#include "bsl/frame.h"
#include "bsl/guard.h"
#include "bsl/proto.h"
#include "device/session.h"
#include "transport/sim.h"

static const char *const specs[] = {
	"ums512",
	"ums9230",
	"sc9863a",
	"sc9832",
	"ums512,version=SPRD4:AutoD",
	"sc9863a,link=serial",
	"ums512,bad_chk=ignore,unknown=83,hdlc=0,ptable=mb",
	"sc9863a,gpt_primary_bad=1,reenum=fdl2,log_frames=2",
	"ums9230,auth_gate=1,size_names=zero,boot_wrap=1",
	"ums512,window=4K,nv_write=merge,nv_crypt=1,power_loss=3",
	"sc9863a,window=5000,nv_write=len,verify_hang=84,writes_log=1",
	"sc6531e,feature_hang=0,unknown=83",
	"sc6530,split=1",
	"ums9117,feature_hang=0,unknown=83,bad_block=kernel+0x40000",
	"udx710,bad_block=kpanic+0,bad_block=ubipac+0x20000,nv_bad=nr_fixnv1",
};

enum { TAKE_FRAME, TAKE_BYTES, GIVE, WAIT, LINE, ATTACH, DEEDS };

static uint8_t wire[FRAME_WIRE_MAX(0xFFFF)];

static void give_all(struct phone *p, size_t piece)
{
	static uint8_t buf[0x20000];
	size_t n;

	while ((n = phone_give(p, buf, piece)) > 0)
		assert(n <= piece);
}

/* A session closes its transport; this one is only lent. */
static int lent_send(struct transport *t, const void *buf, size_t len,
		     unsigned timeout_ms, struct err *e)
{
	return t->next->ops->send(t->next, buf, len, timeout_ms, e);
}

static int lent_recv(struct transport *t, void *buf, size_t cap,
		     size_t *ret_len, unsigned timeout_ms, struct err *e)
{
	return t->next->ops->recv(t->next, buf, cap, ret_len, timeout_ms, e);
}

static int lent_drain(struct transport *t, struct err *e)
{
	return t->next->ops->drain(t->next, e);
}

static void lent_close(struct transport *t)
{
	(void)t;
}

static const struct transport_ops lent_ops = {
	.name = "lent",
	.send = lent_send,
	.recv = lent_recv,
	.drain = lent_drain,
	.close = lent_close,
};

/* Quickly to FDL2, where most of the code is. */
static void climb(struct transport *t)
{
	struct transport lent = { .ops = &lent_ops, .next = t };
	struct loader fdl[2] = { 0 };
	struct session_options o = { .fdl1 = &fdl[0] };
	const uint8_t *data;
	uint32_t addr;
	size_t n;
	struct session *s;
	struct err e;

	for (int i = 0; i < 2; i++) {
		phone_sample_loader(transport_sim_phone(t), i + 1, &addr, &data,
				    &n);
		if (!data) /* one loader does it all */
			continue;
		o.fdl2 = i ? &fdl[i] : NULL;
		/* The simulator looks at its beginning only. */
		n = n < 0x400 ? n : 0x400;
		assert(loader_from_memory("fdl", addr, data, n, &fdl[i], &e) ==
		       0);
	}
	assert(session_open(&lent, &o, NULL, &s, &e) == 0);
	if (session_raise(s, STAGE_FDL2, &e) < 0)
		assert(e.code != ERR_BUG);
	session_close(s);
	loader_free(&fdl[0]);
	loader_free(&fdl[1]);
}

static bool is_harmless(const struct phone_stats *st, unsigned cmd,
			struct input data)
{
	bool fdl2 = strcmp(st->stage, "fdl2") == 0;
	struct guard g = { .mode = fdl2 ? GUARD_READ : GUARD_LOAD,
			   .allow_ending = true };
	struct err e;

	return guard_check(&g, cmd, data.p, data.n, &e) == 0;
}

static void take_frame(struct phone *p, struct input *in, bool plain,
		       bool *harmless)
{
	struct frame_format fmt = { FRAME_SUM16, !plain };
	uint8_t cmd = take_u8(in);
	struct input data = take(in, take_u16(in) & 0x7FFF);
	struct phone_stats st;
	size_t n;

	phone_stats(p, &st);
	if (strcmp(st.stage, "brom") == 0 || strcmp(st.stage, "autod") == 0)
		fmt.check = FRAME_CRC16;
	if (!is_harmless(&st, cmd, data))
		*harmless = false;
	n = frame_encode(fmt, cmd, data.p, data.n, wire);
	phone_take(p, wire, n);
}

static void play(struct phone *p, struct input in)
{
	bool harmless = true;
	struct phone_stats st;

	while (in.n > 0) {
		uint8_t k = take_u8(&in);
		size_t piece = 1u << (k >> 4);
		struct input bytes;

		switch (k % 8) {
		case TAKE_BYTES:
			bytes = take(&in, piece);
			phone_take(p, bytes.p, bytes.n);
			harmless = false;
			break;
		case GIVE:
			give_all(p, piece);
			break;
		case WAIT:
			phone_advance(p, take_u16(&in));
			assert(phone_next_ms(p) >= -1);
			break;
		case LINE:
			phone_line_state(p, take_u16(&in));
			break;
		case ATTACH:
			if (!phone_attached(p))
				phone_attach(p);
			break;
		default:
			take_frame(p, &in, k & 0x80, &harmless);
		}
		phone_stats(p, &st);
		assert(!harmless || st.commanded_writes == 0);
		assert(st.commanded_writes <= st.storage_writes);
	}
	give_all(p, 0x10000);
	assert(phone_write_log(p));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const size_t nspecs = sizeof(specs) / sizeof(specs[0]);
	struct input in = { p, n };
	uint8_t which = take_u8(&in);
	struct transport *t;
	struct err e;

	assert(transport_open_sim(specs[(which & 0x7F) % nspecs], &t, &e) == 0);
	if (which & 0x80)
		climb(t);
	play(transport_sim_phone(t), in);
	transport_close(t);
	return 0;
}
