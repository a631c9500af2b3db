/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_frame.c - the frames of a byte stream do not depend on its pieces. */
#include "fuzz.h"

#include "../../src/sim/wire.h"

#include "base/text.h"
#include "bsl/frame.h"

#define BULK_TYPE 0x93

struct setup {
	struct frame_format fmt;
	size_t bulk_cap; /* 0: no bulk data is expected */
	bool built;	 /* the input are payloads, framed by the phone */
};

static uint8_t wire[FRAME_WIRE_MAX(0xFFFF)];
static struct wire_in phone;

/* What the decoder gives out, the phone's codec takes. */
static void send_back(const struct setup *s, const struct frame *f)
{
	struct frame_format fmt = { f->check, s->fmt.escape };
	enum wire_chk chk = f->check == FRAME_CRC16 ? WIRE_CRC : WIRE_SUM;
	size_t n = frame_encode(fmt, f->type, f->payload, f->len, wire);
	struct wire_msg m;
	bool done;

	if (f->len > WIRE_IN_MAX - WIRE_OVERHEAD)
		return;
	wire_in_reset(&phone);
	if (fmt.escape)
		assert(wire_feed(&phone, wire, n, &done) == n && done);
	else
		wire_feed_transfer(&phone, wire, n);
	assert(wire_parse(&phone, chk, true, &m));
	assert(m.type == f->type && m.len == f->len);
	assert(!f->len || memcmp(m.data, f->payload, f->len) == 0);
}

/* Everything that comes out, as text; cut 0: all bytes at once. */
static void decode(const struct setup *s, struct input in, uint32_t cut,
		   struct strbuf *log)
{
	static struct frame_decoder d;
	uint8_t *bulk = exact(s->bulk_cap);
	size_t calls = 0, most = 4 * in.n + 16;
	struct frame f;

	frame_decoder_init(&d, s->fmt);
	frame_decoder_expect(&d, BULK_TYPE, s->bulk_cap ? bulk : NULL,
			     s->bulk_cap);
	while (in.n > 0) {
		struct input piece = in;
		size_t used;
		enum frame_status st;

		assert(calls++ < most);
		if (cut) {
			cut = cut * 1103515245 + 12345;
			piece = take(&piece, 1 + (cut >> 16) % 7);
		}
		st = frame_feed(&d, piece.p, piece.n, &used, &f);
		assert(used <= piece.n);
		assert(st != FRAME_MORE || used == piece.n);
		take(&in, used);
		if (st == FRAME_BAD)
			strbuf_add(log, "bad: %s\n", d.why);
		if (st != FRAME_DONE)
			continue;
		strbuf_add(log, "%x %zu %x %d\n", f.type, f.len,
			   touch(f.payload, f.len), f.check);
		if (!cut)
			send_back(s, &f);
	}
	strbuf_add(log, "inside: %d\n", frame_decoder_is_inside(&d));
	free(bulk);
}

/* Records of type, length, payload become frames; returns how many. */
static size_t build(const struct setup *s, struct input in, struct strbuf *out)
{
	enum wire_chk chk = s->fmt.check == FRAME_CRC16 ? WIRE_CRC : WIRE_SUM;
	static uint8_t buf[WIRE_BUILT_MAX];
	size_t frames = 0;

	for (; in.n > 0; frames++) {
		uint16_t type = take_u8(&in);
		struct input data = take(&in, take_u16(&in) % FRAME_CTL_MAX);

		strbuf_add_bytes(out, buf,
				 wire_build(buf, type, data.p, data.n, chk,
					    s->fmt.escape));
	}
	return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in), cut = take_u8(&in);
	struct setup s = { .fmt = { options % 3, options & 4 },
			   .bulk_cap = (size_t)(options >> 4) * 0x401,
			   .built = options & 8 };
	struct strbuf whole = { 0 }, cuts = { 0 }, built = { 0 };
	size_t frames = 0, lines = 0;

	if (s.built) {
		frames = build(&s, in, &built);
		in = (struct input) { (uint8_t *)built.s, built.len };
	}
	decode(&s, in, 0, &whole);
	decode(&s, in, 1u + cut, &cuts);
	assert(strcmp(whole.s, cuts.s) == 0);
	for (const char *c = whole.s; s.built && (c = strchr(c, '\n')); c++)
		lines++;
	/* One line for each, none of them bad, and the last line. */
	assert(!s.built || (lines == frames + 1 && !strstr(whole.s, "bad:")));
	strbuf_free(&whole);
	strbuf_free(&cuts);
	strbuf_free(&built);
	return 0;
}
