/* SPDX-License-Identifier: BSD-3-Clause */
/* bench.h - one simulated phone, driven by raw transfers. */
#ifndef LIB_BENCH_H
#define LIB_BENCH_H

#include "sim/phone.h"

#include "bsl/proto.h"

#define BENCH_NOTHING (-1)

/* Its codec knows no file of the project. */
struct bench {
	struct phone *phone;
	bool crc, plain, serial;
	uint8_t wire[0x24000];
	size_t wire_len;
	uint8_t data[0x11000];
	size_t len;
};
extern struct bench bench;

/* The phone "MODEL[,key=value...]", off; in place of the one before. */
void bench_plug(const char *spec);
/* A cmocka teardown. */
int bench_unplug(void **state);

/* The loaders' checksum, as two bytes in the order of the wire. */
unsigned bench_sum(const uint8_t *p, size_t n);
/* The whole frame of a host; returns its length. */
size_t bench_make_frame(unsigned type, const void *data, size_t n,
			uint8_t *out);
/* What the phone says next, as it is on the wire. */
void bench_hear(void);
/* The type of the next reply, payload in bench.data; or BENCH_NOTHING. */
int bench_reply(void);
/* One request, one reply. */
int bench_call(unsigned type, const void *data, size_t len);
int bench_say(unsigned type);
int bench_baud(void);

int bench_send_loader(int which, size_t piece);
void bench_to_fdl1(void);
void bench_greet_fdl1(void);
/* Plugs in and goes on to FDL2; returns the answer to the last EXEC. */
int bench_boot(const char *spec);
/* Escaping off. */
void bench_plain(void);

/* 72 bytes of UTF-16. */
void bench_put_name(uint8_t *out, const char *name);
int bench_open_name(const char *name);
int bench_read_at(uint64_t offset, uint32_t size);
int bench_read32_at(uint32_t offset, uint32_t size);

/*
 * START, one MIDST and END, the 32-bit form with a checksum; the first answer
 * that is no ACK.
 */
int bench_write_name(const char *name, const uint8_t *p, size_t n,
		     uint32_t sum);

/* READ_FLASH, with all three words: a number or an address. */
int bench_read_id(uint32_t id, uint32_t offset, uint32_t size);
/* The answer is n bytes, those of the user area from there on. */
void bench_holds(uint64_t at, size_t n);
/* Where the answer lies in the user area; (uint64_t)-1: nowhere. */
uint64_t bench_where(void);
/* A loader that knows no names is alive. */
void bench_takes_numbers(void);

/* That of zip and GPT; UBI does not invert it. */
uint32_t bench_crc32(const uint8_t *p, size_t n);

struct phone_stats bench_stats(void);
void bench_is_dead(void);
void bench_is_alive(void);

/* Where the list says a partition lies: start and size in bytes. */
bool bench_find_part(const char *name, uint64_t *start, uint64_t *size);
/* Up to 64 bytes of a partition, as the storage has them. */
void bench_check_at(const char *name, unsigned at, const void *want, size_t n);

#endif
