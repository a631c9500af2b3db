/* SPDX-License-Identifier: BSD-3-Clause */
/* bench.c - frames for the simulated phone, made by hand. */
#include "lib/bench.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

struct bench bench;

void bench_plug(const char *spec)
{
	struct err e;

	phone_free(bench.phone);
	bench.phone = NULL;
	if (phone_new(spec, &bench.phone, &e) < 0)
		fail_msg("%s", e.text);
	bench.crc = true;
	bench.plain = false;
	bench.serial = strstr(spec, "serial") || strstr(spec, "uart");
}

int bench_unplug(void **state)
{
	(void)state;
	phone_free(bench.phone);
	bench.phone = NULL;
	return 0;
}

static unsigned crc_of(const uint8_t *p, size_t n)
{
	unsigned c = 0;

	while (n--) {
		c ^= (unsigned)*p++ << 8;
		for (int i = 0; i < 8; i++)
			c = c & 0x8000 ? (c << 1 ^ 0x1021) & 0xFFFF : c << 1;
	}
	return c;
}

/* As two bytes in the order of the wire, from the host. */
unsigned bench_sum(const uint8_t *p, size_t n)
{
	unsigned long s = 0;

	for (size_t i = 0; i < n; i++)
		s += (unsigned long)p[i] << (i % 2 ? 8 : 0);
	while (s >> 16)
		s = (s & 0xFFFF) + (s >> 16);
	s = ~s & 0xFFFF;
	return n % 2 ? s : (s >> 8 | s << 8) & 0xFFFF;
}

size_t bench_make_frame(unsigned type, const void *data, size_t n, uint8_t *out)
{
	static uint8_t raw[0x11000];
	size_t at = 0;

	put_be16(raw, type);
	put_be16(raw + 2, n);
	if (n)
		memcpy(raw + 4, data, n);
	put_be16(raw + 4 + n,
		 bench.crc ? crc_of(raw, n + 4) : bench_sum(raw, n + 4));
	out[at++] = 0x7E;
	for (size_t i = 0; i < n + 6; i++) {
		if (!bench.plain && (raw[i] == 0x7E || raw[i] == 0x7D)) {
			out[at++] = 0x7D;
			out[at++] = raw[i] ^ 0x20;
		} else {
			out[at++] = raw[i];
		}
	}
	out[at++] = 0x7E;
	return at;
}

void bench_hear(void)
{
	bench.wire_len =
		phone_give(bench.phone, bench.wire, sizeof(bench.wire));
	while (!bench.wire_len && phone_next_ms(bench.phone) > 0) {
		phone_advance(bench.phone, phone_next_ms(bench.phone));
		bench.wire_len =
			phone_give(bench.phone, bench.wire, sizeof(bench.wire));
	}
}

/* The type of the next reply, payload in bench.data; or BENCH_NOTHING. */
int bench_reply(void)
{
	size_t n = 0;

	bench_hear();
	if (!bench.wire_len)
		return BENCH_NOTHING;
	assert_int_equal(bench.wire[0], 0x7E);
	assert_int_equal(bench.wire[bench.wire_len - 1], 0x7E);
	for (size_t i = 1; i + 1 < bench.wire_len; i++) {
		uint8_t b = bench.wire[i];

		if (!bench.plain && b == 0x7D)
			b = bench.wire[++i] ^ 0x20;
		bench.data[n++] = b;
	}
	bench.len = n - 6;
	assert_int_equal(get_be16(bench.data + 2), bench.len);
	if (bench.crc)
		assert_int_equal(crc_of(bench.data, n - 2),
				 get_be16(bench.data + n - 2));
	n = get_be16(bench.data);
	memmove(bench.data, bench.data + 4, bench.len);
	return (int)n;
}

int bench_call(unsigned type, const void *data, size_t len)
{
	static uint8_t frame[0x22000];
	size_t n = bench_make_frame(type, data, len, frame);

	phone_take(bench.phone, frame, n);
	return bench_reply();
}

int bench_say(unsigned type)
{
	return bench_call(type, NULL, 0);
}

int bench_baud(void)
{
	phone_take(bench.phone, "\x7E", 1);
	return bench_reply();
}

int bench_send_loader(int which, size_t piece)
{
	const uint8_t *p;
	uint8_t start[8];
	uint32_t addr;
	size_t n;
	int r;

	phone_sample_loader(bench.phone, which, &addr, &p, &n);
	put_be32(start, addr);
	put_be32(start + 4, n);
	r = bench_call(BSL_CMD_START_DATA, start, 8);
	for (size_t i = 0; r == BSL_REP_ACK && i < n; i += piece)
		r = bench_call(BSL_CMD_MIDST_DATA, p + i,
			       n - i < piece ? n - i : piece);
	return r == BSL_REP_ACK ? bench_say(BSL_CMD_END_DATA) : r;
}

void bench_to_fdl1(void)
{
	assert_int_equal(bench_baud(), BSL_REP_VER);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
	assert_int_equal(bench_send_loader(1, 528), BSL_REP_ACK);
	assert_int_equal(bench_say(BSL_CMD_EXEC_DATA), BSL_REP_ACK);
	bench.crc = false;
}

void bench_greet_fdl1(void)
{
	int r = bench_baud();

	if (r == BENCH_NOTHING)
		r = bench_baud();
	assert_int_equal(r, BSL_REP_VER);
	assert_int_equal(bench_say(BSL_CMD_CONNECT), BSL_REP_ACK);
}

/* Returns the answer to the last EXEC. */
int bench_boot(const char *spec)
{
	bench_plug(spec);
	phone_line_state(bench.phone, 0x0601);
	bench_to_fdl1();
	bench_greet_fdl1();
	assert_int_equal(bench_send_loader(2, 0x1000), BSL_REP_ACK);
	return bench_say(BSL_CMD_EXEC_DATA);
}

void bench_plain(void)
{
	assert_int_equal(bench_say(BSL_CMD_DISABLE_TRANSCODE), BSL_REP_ACK);
	bench.plain = true;
}

void bench_put_name(uint8_t *out, const char *name)
{
	memset(out, 0, 72);
	for (size_t i = 0; name[i]; i++)
		out[2 * i] = name[i];
}

int bench_open_name(const char *name)
{
	uint8_t b[88] = { 0 };

	bench_put_name(b, name);
	put_le64(b + 72, 0x1000);
	return bench_call(BSL_CMD_READ_START, b, 88);
}

int bench_read_at(uint64_t offset, uint32_t size)
{
	uint8_t b[12];

	put_le32(b, size);
	put_le64(b + 4, offset);
	return bench_call(BSL_CMD_READ_MIDST, b, 12);
}

int bench_read32_at(uint32_t offset, uint32_t size)
{
	uint8_t b[8];

	put_le32(b, size);
	put_le32(b + 4, offset);
	return bench_call(BSL_CMD_READ_MIDST, b, 8);
}

struct phone_stats bench_stats(void)
{
	struct phone_stats s;

	phone_stats(bench.phone, &s);
	return s;
}

void bench_is_dead(void)
{
	assert_non_null(bench_stats().dead);
	assert_int_equal(bench_say(BSL_CMD_READ_END), BENCH_NOTHING);
}

void bench_is_alive(void)
{
	assert_null(bench_stats().dead);
	assert_int_equal(bench_say(BSL_CMD_READ_END), BSL_REP_ACK);
}

/* Where the list says a partition lies: start and size in bytes. */
bool bench_find_part(const char *name, uint64_t *start, uint64_t *size)
{
	uint8_t row[128], utf[72];
	size_t s =
		strcmp(phone_model(bench.phone)->name, "ums9230") ? 512 : 4096;

	bench_put_name(utf, name);
	for (int i = 0; i < 128; i++) {
		phone_peek(bench.phone, "user", 2 * s + i * 128, row, 128);
		if (memcmp(row + 56, utf, 72))
			continue;
		*start = get_le64(row + 32) * s;
		*size = (get_le64(row + 40) + 1) * s - *start;
		return true;
	}
	return false;
}

int bench_write_name(const char *name, const uint8_t *p, size_t n, uint32_t sum)
{
	uint8_t b[80];
	int r;

	bench_put_name(b, name);
	put_le32(b + 72, n);
	put_le32(b + 76, sum);
	r = bench_call(BSL_CMD_START_DATA, b, 80);
	if (r != BSL_REP_ACK)
		return r;
	r = bench_call(BSL_CMD_MIDST_DATA, p, n);
	if (r != BSL_REP_ACK)
		return r;
	return bench_say(BSL_CMD_END_DATA);
}

void bench_check_at(const char *name, unsigned at, const void *want, size_t n)
{
	uint64_t start, size;
	uint8_t b[64];

	assert_true(bench_find_part(name, &start, &size));
	phone_peek(bench.phone, "user", start + at, b, n);
	assert_memory_equal(b, want, n);
}

int bench_read_id(uint32_t id, uint32_t offset, uint32_t size)
{
	uint8_t b[12];

	put_be32(b, id);
	put_be32(b + 4, size);
	put_be32(b + 8, offset);
	return bench_call(BSL_CMD_READ_FLASH, b, 12);
}

void bench_holds(uint64_t at, size_t n)
{
	static uint8_t want[0x1000];

	assert_true(n <= sizeof(want) && n == bench.len);
	assert_true(phone_peek(bench.phone, "user", at, want, n));
	assert_memory_equal(bench.data, want, n);
}

uint64_t bench_where(void)
{
	uint64_t size = phone_area_size(bench.phone, "user");
	uint8_t b[64];

	for (uint64_t at = 0; at + sizeof(b) <= size; at += 0x200)
		if (phone_peek(bench.phone, "user", at, b, sizeof(b)) &&
		    !memcmp(b, bench.data, sizeof(b)))
			return at;
	return (uint64_t)-1;
}

void bench_takes_numbers(void)
{
	assert_null(bench_stats().dead);
	assert_int_equal(bench_say(BSL_CMD_READ_CHIP_TYPE),
			 BSL_REP_READ_CHIP_TYPE);
}

uint32_t bench_crc32(const uint8_t *p, size_t n)
{
	uint32_t c = ~0U;

	while (n--) {
		c ^= *p++;
		for (int i = 0; i < 8; i++)
			c = c & 1 ? c >> 1 ^ 0xEDB88320 : c >> 1;
	}
	return ~c;
}
