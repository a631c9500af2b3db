/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_session.c - a phone that says anything: climbing, the table, reading,
 * writing.
 *
 * The input is a small storage, then what the phone does instead of
 * answering as it should.  When it is used up, the phone behaves.
 */
#include "fuzz.h"

#include "../../src/sim/wire.h"

#include "bsl/proto.h"
#include "device/layout.h"
#include "device/writer.h"

#define SECTOR	     512u
#define PART_MAX     0x6000u /* read of each partition */
#define REQUESTS_MAX 40000u
#define NAMED_SIZE   0x2800u
#define WRITE_SIZE   0x8001u

enum deed {
	DO_ANSWER,  /* as it should be */
	DO_FRAME,   /* type, length, payload; in a good frame */
	DO_BYTES,   /* as they are */
	DO_NOTHING, /* the answer is lost */
	DO_LATE,    /* the answer comes behind the next request */
	DO_SHORT,   /* data of another length */
	DO_TWICE,   /* the answer, and once more */
	DO_GO,	    /* leaves the bus */
	DEEDS
};

/* PAUSE: what comes next comes after some good answers, a byte of them. */
enum { FLIP_CHECK = 0x10, FLIP_ESCAPE = 0x20, SPOIL = 0x40, PAUSE = 0x80 };

struct player {
	struct transport base;
	struct input script, head, tail;
	uint64_t tail_at, end; /* end: of the storage, 0: none */
	size_t piece;	       /* most bytes of one receive */
	enum wire_chk chk;
	bool plain, gone;
	bool forged; /* something came that the storage does not hold */
	bool by_name;
	unsigned requests, cmd, pause;
	uint32_t want; /* of the last READ_MIDST */
	uint64_t offset;
	bool writing;		     /* what comes now is to be written */
	unsigned starts, enabled;    /* START_DATA, ENABLE_WRITE_FLASH */
	uint8_t got[WRITE_SIZE + 1]; /* of MIDST_DATA, as understood */
	size_t ngot;
	uint8_t out[4 * WIRE_BUILT_MAX]; /* to the host, then what is late */
	size_t at, n, late, border;	 /* border: what was late ends there */
};

/* The part of a piece of the storage that lies in [x, x + n). */
static void lay_over(uint8_t *out, uint64_t x, size_t n, struct input piece,
		     uint64_t at)
{
	uint64_t from = at > x ? at : x;
	uint64_t to = at + piece.n < x + n ? at + piece.n : x + n;

	if (from < to)
		memcpy(out + (from - x), piece.p + (from - at), to - from);
}

/* What lies at x, in a partition by its name or in the whole storage. */
static void storage(const struct player *y, uint64_t x, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)((x + i) >> 9 ^ (x + i));
	if (y->by_name)
		return;
	lay_over(out, x, n, y->head, 0);
	lay_over(out, x, n, y->tail, y->tail_at);
}

/* When a host lets too much wait, the rest is lost. */
static uint8_t *room(struct player *y)
{
	if (y->n + WIRE_BUILT_MAX > sizeof(y->out))
		y->at = y->n = y->late = y->border = 0;
	return y->out + y->n;
}

static void say(struct player *y, unsigned type, const void *p, size_t n)
{
	uint8_t *to = room(y);

	y->n += wire_build(to, (uint16_t)type, p, n, y->chk, !y->plain);
}

static void say_data(struct player *y, size_t n)
{
	static uint8_t data[0x10000];
	uint64_t end = y->by_name ? NAMED_SIZE : y->end;

	if (n > BSL_PAYLOAD_MAX || (end && y->offset + n > end)) {
		say(y, BSL_REP_OPERATION_FAILED, NULL, 0);
		return;
	}
	storage(y, y->offset, data, n);
	say(y, BSL_REP_READ_FLASH, data, n);
}

static void answer(struct player *y)
{
	static const uint8_t tlv[] = { 'n', 'e', 'w', 't', 0, 0,
				       4,   0,	 1,   0,   0, 0 };
	static const uint8_t hello[] = "SPRD3";

	switch (y->cmd) {
	case BSL_CMD_CHECK_BAUD:
		say(y, BSL_REP_VER, hello, sizeof(hello));
		break;
	case BSL_CMD_EXEC_DATA:
		if (y->chk == WIRE_CRC)
			say(y, BSL_REP_ACK, NULL, 0);
		else
			say(y, BSL_REP_INCOMPATIBLE_PARTITION, tlv,
			    sizeof(tlv));
		y->chk = WIRE_SUM;
		break;
	case BSL_CMD_DISABLE_TRANSCODE:
		say(y, BSL_REP_ACK, NULL, 0);
		y->plain = true;
		break;
	case BSL_CMD_READ_MIDST:
	case BSL_CMD_READ_FLASH:
		say_data(y, y->want);
		break;
	case BSL_CMD_READ_PARTITION:
		say(y, BSL_REP_UNSUPPORTED_COMMAND, NULL, 0);
		break;
	default:
		say(y, BSL_REP_ACK, NULL, 0);
	}
}

static void frame_of_input(struct player *y)
{
	unsigned type = take_u8(&y->script);
	struct input data = take(&y->script, take_u16(&y->script));

	say(y, type, data.p, data.n);
	y->forged = true;
}

static void act(struct player *y)
{
	/* At the end 0: DO_ANSWER. */
	uint8_t k = y->pause ? 0 : take_u8(&y->script);
	struct input bytes;
	size_t before;

	room(y);
	before = y->n;
	if (y->pause)
		y->pause--;
	else if (k & PAUSE)
		y->pause = take_u8(&y->script);
	y->chk ^= (k & FLIP_CHECK) != 0;
	/* From then on it misunderstands what it is asked for. */
	y->plain ^= (k & FLIP_ESCAPE) != 0;
	y->forged |= (k & FLIP_ESCAPE) != 0;
	switch ((enum deed)(k % DEEDS)) {
	case DO_FRAME:
		frame_of_input(y);
		break;
	case DO_BYTES:
		bytes = take(&y->script, take_u8(&y->script));
		if (bytes.n)
			memcpy(room(y), bytes.p, bytes.n);
		y->n += bytes.n;
		y->forged = true;
		break;
	case DO_NOTHING:
		break;
	case DO_LATE:
		answer(y);
		y->late += y->n - before;
		return;
	case DO_SHORT:
		say_data(y, take_u16(&y->script));
		y->forged = true;
		break;
	case DO_TWICE:
		/* Answers carry no number: the second one may be believed. */
		answer(y);
		answer(y);
		y->forged = true;
		break;
	case DO_GO:
		y->gone = true;
		break;
	default:
		answer(y);
	}
	if (k & SPOIL && y->n > before)
		y->out[before + (y->n - before) / 2] ^= 1;
}

/* What is to be written; never more, nor twice. */
static void collect(struct player *y, const uint8_t *p, size_t n)
{
	y->starts += y->cmd == BSL_CMD_START_DATA;
	y->enabled += y->cmd == BSL_CMD_ENABLE_WRITE_FLASH;
	assert(y->starts <= 1 + y->enabled && y->enabled <= 1);
	if (y->cmd != BSL_CMD_MIDST_DATA)
		return;
	/* Neither the length in front nor a byte of ours is ever escaped. */
	for (size_t i = 5; i < n && i < 5u + get_be16(p + 3); i++)
		if (y->ngot < sizeof(y->got))
			y->got[y->ngot++] = p[i];
}

/* Type and, of the two reading requests, what they are about. */
static void understand(struct player *y, const uint8_t *p, size_t n)
{
	uint8_t b[128];
	size_t k = 0;

	y->requests++;
	if (n < 8) { /* a run of flags */
		y->cmd = BSL_CMD_CHECK_BAUD;
		return;
	}
	for (size_t i = 1; i + 1 < n && k < sizeof(b); i++) {
		bool escaped = !y->plain && p[i] == BSL_ESCAPE;

		i += escaped;
		b[k++] = escaped ? p[i] ^ BSL_ESCAPE_XOR : p[i];
	}
	y->cmd = get_be16(b);
	if (y->writing)
		collect(y, p, n);
	if (y->cmd == BSL_CMD_READ_START && k > 20)
		y->by_name = memcmp(b + 4, "u\0s\0e\0r\0_", 10) != 0;
	if (y->cmd == BSL_CMD_READ_FLASH && k >= 16) {
		y->by_name = false;
		y->want = get_be32(b + 8);
		y->offset = get_be32(b + 12);
		/* What would hang the phone never gets so far. */
		assert(y->want > 0 && y->want <= BSL_READ_FLASH_MAX);
		assert(y->want + y->offset <= REGION_MAX + 0x260);
	}
	if (y->cmd != BSL_CMD_READ_MIDST || k < 12)
		return;
	y->want = get_le32(b + 4);
	y->offset = k < 18 ? get_le32(b + 8) : get_le64(b + 8);
}

static int play_send(struct transport *t, const void *buf, size_t len,
		     unsigned timeout_ms, struct err *e)
{
	struct player *y = (struct player *)t;

	(void)timeout_ms;
	if (y->gone)
		return err_set(e, ERR_GONE, "gone");
	understand(y, buf, len);
	assert(y->requests < REQUESTS_MAX);
	if (y->late > 0)
		y->border = y->n;
	y->late = 0;
	act(y);
	return 0;
}

static int play_recv(struct transport *t, void *buf, size_t cap,
		     size_t *ret_len, unsigned timeout_ms, struct err *e)
{
	struct player *y = (struct player *)t;
	size_t n = y->n - y->late - y->at;

	(void)timeout_ms;
	if (n == 0)
		return err_set(e, y->gone ? ERR_GONE : ERR_TIMEOUT, "silence");
	/* Of two transfers, one at a time. */
	if (y->at < y->border && n > y->border - y->at)
		n = y->border - y->at;
	if (n > cap)
		n = cap;
	if (n > y->piece)
		n = y->piece;
	memcpy(buf, y->out + y->at, n);
	y->at += n;
	if (y->at == y->n)
		y->at = y->n = y->border = 0;
	*ret_len = n;
	return 0;
}

static int play_drain(struct transport *t, struct err *e)
{
	struct player *y = (struct player *)t;

	y->at = y->n - y->late;
	return y->gone ? err_set(e, ERR_GONE, "gone") : 0;
}

static void play_close(struct transport *t)
{
	(void)t;
}

static const struct transport_ops ops = {
	.name = "player",
	.send = play_send,
	.recv = play_recv,
	.drain = play_drain,
	.close = play_close,
};

/* -- the host ------------------------------------------------------------ */

static void check_bytes(const struct player *y, const struct extent *x,
			const struct block *b)
{
	uint8_t want[PART_MAX];

	storage(y, x->offset + b->offset, want, b->used);
	assert(y->forged || memcmp(b->data, want, b->used) == 0);
}

static void read_part(struct session *s, struct player *y, struct extent x)
{
	struct err e = { .code = ERR_NONE };
	struct part_reader *r;
	struct block b = { .cap = PART_MAX };
	bool skipped = false;
	int rc;

	if (x.length > PART_MAX)
		x.length = PART_MAX;
	rc = part_reader_open(s, &x, 0, &r, &e);
	if (rc < 0) {
		assert_failure(rc, &e);
		return;
	}
	b.data = exact(b.cap);
	while ((rc = part_reader_fill(r, &b, &e)) < 0) {
		assert_failure(rc, &e);
		if (e.code != ERR_REFUSED)
			break;
		skipped = true;
		assert(part_reader_skip(r, &b, READER_UNIT) > 0);
	}
	assert(b.used <= b.cap && b.used == part_reader_pos(r));
	assert(rc < 0 || b.used == x.length);
	if (!skipped)
		check_bytes(y, &x, &b);
	part_reader_drop(r);
	free(b.data);
}

static void read_all(struct session *s, struct player *y)
{
	static const char *const known[] = { "boot", "l_fixnv1", "l_fixnv2",
					     "misc" };
	struct err e = { .code = ERR_NONE };
	struct layout l;
	struct extent x;
	int rc = layout_read(s, known, 4, &l, &e);

	if (rc < 0) {
		assert_failure(rc, &e);
		return;
	}
	assert(l.table.n > 0 && l.nwarnings <= LAYOUT_WARNINGS_MAX);
	for (size_t i = 0; i < l.table.n && i < 3; i++) {
		const struct partition *p = &l.table.v[i];
		bool raw = layout_raw_extent(&l, p, &x);

		if ((p->by_address && !p->size) ||
		    (!raw && layout_is_first_nv(p)))
			continue; /* the guard would call it a bug */
		if (!raw)
			layout_name_extent(p, &x);
		read_part(s, y, x);
	}
	layout_free(&l);
}

static int pull(void *user, void *buf, size_t n, struct err *e)
{
	size_t *at = user;

	(void)e;
	/* No byte that would be escaped, so that collect() can count. */
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = (uint8_t)((*at + i) % 0x71);
	*at += n;
	return 0;
}

static void write_one(struct session *s, struct player *y)
{
	struct write_target t = { .name = "boot", .size = WRITE_SIZE };
	struct err e = { .code = ERR_NONE };
	struct write_result result;
	size_t at = 0;
	struct write_source src = { &at, pull };
	int rc;

	y->writing = true;
	rc = writer_put(s, &t, &src, NULL, &result, &e);
	y->writing = false;
	assert((rc == 0) == (result.state == WRITE_DONE));
	assert(result.done <= WRITE_SIZE && result.done <= at);
	if (rc < 0) {
		assert_failure(rc, &e);
		assert(result.state != WRITE_UNTOUCHED || y->ngot == 0);
		return;
	}
	assert(result.done == WRITE_SIZE && at == WRITE_SIZE && y->starts > 0);
	for (size_t i = 0; !y->forged && i < WRITE_SIZE; i++)
		assert(y->got[i] == i % 0x71);
}

static void make_loader(const char *name, struct loader *ret)
{
	static const uint8_t code[0x900] = "DHTB";
	struct err e;

	assert(loader_from_memory(name, 0x5500, code, sizeof(code), ret, &e) ==
	       0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	static struct player y;
	uint8_t options = take_u8(&in);
	struct profile profile = {
		.quirks = take_u8(&in),
		.regions = { { "one", 0x80000003, 0, true, false },
			     { "two", 0x90000001, 0x3001, false, false } },
		.nregions = 2
	};
	struct session_options opt = { .profile = &profile };
	struct loader fdl1, fdl2;
	struct session *s;
	struct err e = { .code = ERR_NONE };
	uint8_t *head, *tail;
	int rc;

	memset(&y, 0, offsetof(struct player, out));
	y.at = y.n = y.late = y.border = 0;
	y.base.ops = &ops;
	y.chk = WIRE_CRC;
	y.piece = 0x10000u - take_u16(&in);
	y.head = take(&in, take_u16(&in) & 0x3FFF);
	y.tail_at = take_u16(&in) * (uint64_t)SECTOR;
	y.tail = take(&in, take_u16(&in) & 0x3FFF);
	y.script = in;
	y.head.p = head = exact_copy(y.head.p, y.head.n);
	y.tail.p = tail = exact_copy(y.tail.p, y.tail.n);
	if (options & 1)
		y.end = y.tail_at + y.tail.n;
	if (options & 2) {
		size_t last = y.tail.n / SECTOR ? y.tail.n / SECTOR - 1 : 0;

		fix_gpt(head, y.head.n, 0, SECTOR, SECTOR);
		fix_gpt(tail, y.tail.n, y.tail_at / SECTOR, last * SECTOR,
			SECTOR);
	}
	make_loader("fdl1", &fdl1);
	make_loader("fdl2", &fdl2);
	opt.fdl1 = options & 4 ? NULL : &fdl1;
	opt.fdl2 = &fdl2;
	if (options & 0x40)
		profile.storage = 1u << STORAGE_NAND;
	opt.may_write = options & 0x20;
	opt.chunk_max = options & 8 ? 0x1000 : options & 0x10 ? 0x3001 : 0;
	assert(session_open(&y.base, &opt, NULL, &s, &e) == 0);
	rc = session_raise(s, STAGE_FDL2, &e);
	if (rc < 0) {
		assert(e.code == ERR_USAGE || session_stage(s) != STAGE_FDL2);
		assert_failure(rc, &e);
	} else {
		read_all(s, &y);
		if (opt.may_write)
			write_one(s, &y);
	}
	session_close(s);
	loader_free(&fdl1);
	loader_free(&fdl2);
	free(head);
	free(tail);
	return 0;
}
