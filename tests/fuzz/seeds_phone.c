/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_phone.c - what a phone says, and what one is told. */
#include "seeds.h"

#include "base/bytes.h"
#include "bsl/proto.h"

#include <stdio.h>

/*
 * A storage of 64 KiB and what the phone does otherwise.  Its transfers are
 * of at most 0x10000 - cut bytes.
 */
static void one_session(const char *name, unsigned options, unsigned quirks,
			unsigned cut, const struct disk *d, const void *script,
			size_t n)
{
	static uint8_t sectors[3 * SECTOR];
	struct strbuf b = { 0 };
	size_t len;

	add_u8(&b, options);
	add_u8(&b, quirks);
	add_u16(&b, cut);
	len = d ? make_head(d, sectors) : 0;
	add_u16(&b, (unsigned)len);
	add(&b, sectors, len);
	add_u16(&b, 126);
	len = d ? make_tail(d, sectors) : 0;
	add_u16(&b, (unsigned)len);
	add(&b, sectors, len);
	add(&b, script, n);
	save("session", name, &b);
}

#define SESSION(name, options, quirks, d, script) \
	one_session(name, options, quirks, 0, d, script, sizeof(script) - 1)

static void sessions(void)
{
	/* Of a good climb: the requests up to FDL2, all answered. */
#define CLIMB "\x80\x11"
	SESSION("good", 3, 0, &small_disk, "");
	SESSION("keep-escaping", 3, 2, &small_disk, "");
	SESSION("small-chunks", 11, 0, &small_disk, "");
	SESSION("no-table", 1, 0, NULL, "");
	SESSION("names-only", 1, 8, NULL, "");
	SESSION("chip-uid", 3, 0x10, &small_disk, "");
	SESSION("no-fdl1", 7, 0, &small_disk, "");
	SESSION("in-fdl1", 3, 0, &small_disk, "\x10");
	SESSION("autod", 3, 0, &small_disk, "\x01\x81\x0C\0SPRD4:AutoD\0");
	SESSION("silent-first", 3, 0, &small_disk, "\3\3\3\3\3\0");
	SESSION("noise-first", 3, 0, &small_disk, "\2\5\x7E\x7E\1\2\x7E\0");
	SESSION("lost-later", 3, 0, &small_disk, CLIMB "\3\0\3\4\0\3\4\3\0");
	SESSION("spoiled-later", 3, 0, &small_disk,
		CLIMB "\x40\0\x40\0\0\x40\0\0\0\x40\0\0\x40");
	SESSION("late-later", 3, 0, &small_disk,
		CLIMB "\0\0\4\0\0\0\4\0\0\0\0\4\0\0\4\4\4");
	SESSION("short-later", 3, 0, &small_disk,
		CLIMB "\0\5\0\1\0\0\5\0\x20\0\0");
	SESSION("twice-later", 3, 0, &small_disk, CLIMB "\6\6\0\6\0\6");
	SESSION("gone-later", 3, 0, &small_disk, CLIMB "\0\0\7");
	SESSION("refused-later", 3, 0, &small_disk,
		CLIMB "\0\0\1\x84\0\0\0\0\1\x8A\0\0\0\0\1\xFE\0\0");
	SESSION("logs", 3, 0, &small_disk,
		"\1\xFF\x08\0\0\0\0\0logs\1\xFF\x05\0\0\0\0\0x");
	SESSION("old-da", 3, 0, &small_disk,
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x96\0\0");
	SESSION("far-entries", 3, 0, &far_disk, "");
	SESSION("address", 0, 0x80, NULL, "");
	SESSION("address-single", 0, 0xC0, NULL, "");
	SESSION("address-refused", 0, 0x80, NULL, CLIMB "\0\0\1\x8A\0\0\0\0");
	SESSION("address-late", 0, 0x80, NULL, CLIMB "\0\0\4\0\0\3\0\x40");
	SESSION("nand", 0x40, 8, NULL, "");
	SESSION("nand-refused", 0x40, 8, NULL,
		CLIMB "\0\0\1\x8A\x08\0\0\x10\0\0\0\0\0\0\0");
	for (unsigned i = 0; i < 24; i++) {
		/* One late answer; so cut that it comes alone. */
		char script[] = { (char)0x80, (char)(9 * i), 4 }, name[32];

		snprintf(name, sizeof(name), "late-cut-%u", i);
		one_session(name, 11, 2, 0xFFC0, &small_disk, script,
			    sizeof(script));
	}
	/* START_DATA is the next request, then. */
	SESSION("write-good", 0x23, 0, &small_disk, "");
	SESSION("write-escaped", 0x23, 2, &small_disk, "");
	SESSION("write-enable", 0x23, 0, &small_disk, "\x80\xA8\1\xAC\0\0");
	SESSION("write-refused", 0x23, 0, &small_disk, "\x80\xA8\0\1\x84\0\0");
	for (unsigned i = 0; i < 20; i++) {
		/* Lost, late, spoilt, twice, gone; here and there. */
		char script[] = { (char)0x80, (char)(0xB6 + i / 2),
				  "\3\4\x40\6\7"[i % 5] };
		char name[32];

		snprintf(name, sizeof(name), "write-ill-%u", i);
		one_session(name, 0x2B, 0, 0, &small_disk, script,
			    sizeof(script));
	}
	SESSION("huge-chunks", 0x13, 0, &small_disk, "");
	SESSION("broken-primary", 1, 0, &twice_disk, "");
}

/* A frame for the simulated phone, then taking what it says. */
static void add_request(struct strbuf *b, unsigned how, unsigned cmd,
			const void *p, size_t n)
{
	add_u8(b, how);
	add_u8(b, cmd);
	add_u16(b, (unsigned)n);
	add(b, p, n);
	add_u8(b, 0xF2);
}

static void add_read(struct strbuf *b, unsigned how, const char *name,
		     uint32_t n)
{
	struct strbuf p = { 0 };

	add_name(&p, name);
	add_u32(&p, n);
	add_request(b, how, BSL_CMD_READ_START, p.s, p.len);
	strbuf_free(&p);
	add_u32(&p, n);
	add_u32(&p, 0);
	add_request(b, how, BSL_CMD_READ_MIDST, p.s, p.len);
	strbuf_free(&p);
	add_request(b, how, BSL_CMD_READ_END, NULL, 0);
}

static void add_write(struct strbuf *b, unsigned how, const char *name)
{
	struct strbuf p = { 0 };

	add_name(&p, name);
	add_u32(&p, 1024);
	add_request(b, how, BSL_CMD_START_DATA, p.s, p.len);
	add_zeros(&p, 1024 - p.len);
	add_request(b, how, BSL_CMD_MIDST_DATA, p.s, p.len);
	strbuf_free(&p);
	add_request(b, how, BSL_CMD_END_DATA, NULL, 0);
	add_name(&p, name);
	add_u32(&p, 0);
	add_request(b, how, BSL_CMD_ERASE_FLASH, p.s, p.len);
	strbuf_free(&p);
}

static void sims(void)
{
	static const uint8_t code[64] = "DHTB";
	struct strbuf b = { 0 };

	for (unsigned spec = 0; spec < 9; spec++) {
		/* Only these have an FDL2 that is talked to unescaped. */
		unsigned how = spec == 0 || spec == 1 || spec == 2 ||
					       spec == 4 || spec == 8
				       ? 0x80u
				       : 0;
		char name[32];

		add_u8(&b, 0x80 | spec);
		add_read(&b, how, "user_partition", 4096);
		add_read(&b, how, "boot_a", 512);
		add_read(&b, how, "l_fixnv1", 512);
		add_read(&b, how, "user_partition_size", 128);
		add_request(&b, how, BSL_CMD_READ_PARTITION, NULL, 0);
		add_request(&b, how, BSL_CMD_READ_CHIP_UID, NULL, 0);
		add_request(&b, how, BSL_CMD_READ_FLASH_INFO, NULL, 0);
		add_write(&b, how, spec % 2 ? "misc" : "l_fixnv1_a");
		add_request(&b, how, BSL_CMD_REPARTITION, NULL, 0);
		add_request(&b, how, BSL_CMD_NORMAL_RESET, NULL, 0);
		add_u8(&b, 5);
		snprintf(name, sizeof(name), "fdl2-%u", spec);
		save("sim", name, &b);

		add_u8(&b, spec);
		add(&b, "\x04\x01\x06\x01\x7E\xF2\x01\x7E\xF2", 9);
		add_request(&b, 0, BSL_CMD_CONNECT, NULL, 0);
		add_request(&b, 0, BSL_CMD_START_DATA, "\0\0\x55\0\0\0\2\x10",
			    8);
		add_request(&b, 0, BSL_CMD_MIDST_DATA, code, sizeof(code));
		add_request(&b, 0, BSL_CMD_END_DATA, NULL, 0);
		add_request(&b, 0, BSL_CMD_EXEC_DATA, NULL, 0);
		add(&b, "\x03\xFF\xFF\x01\x7E\xF2", 6);
		add_request(&b, 0, BSL_CMD_CONNECT, NULL, 0);
		snprintf(name, sizeof(name), "rom-%u", spec);
		save("sim", name, &b);
	}
}

static void add_numbers(struct strbuf *b, unsigned cmd, uint32_t id, uint32_t n,
			uint32_t offset)
{
	uint8_t p[12];

	put_be32(p, id);
	put_be32(p + 4, n);
	put_be32(p + 8, offset);
	add_request(b, 0, cmd, p, sizeof(p));
}

static void add_feature_phone(struct strbuf *b)
{
	static const uint32_t ids[] = { 0x80000001, 0x80000003, 0x90000001,
					0x90000007, 0x10000000, 0x300FFFFF };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		add_numbers(b, BSL_CMD_READ_FLASH, ids[i], 0x200, 0x40000);
	add_request(b, 0, BSL_CMD_READ_CHIP_TYPE, NULL, 0);
	add_numbers(b, BSL_CMD_START_DATA, 0x90000006, 8, 0);
	add_request(b, 0, BSL_CMD_MIDST_DATA, "12345678", 8);
	add_request(b, 0, BSL_CMD_END_DATA, NULL, 0);
	add_numbers(b, BSL_CMD_ERASE_FLASH, 0x90000003, 0, 0);
	add_request(b, 0, BSL_CMD_READ_PARTITION, NULL, 0);
	add_request(b, 0, BSL_CMD_NORMAL_RESET, NULL, 0);
}

/* Those of fuzz_sim.c that come behind the smartphones. */
enum { NOR = 9, NOR_ONE, NAND, MODEM };

static void sims_without_table(void)
{
	struct strbuf b = { 0 };

	for (unsigned spec = NOR; spec <= NAND; spec += NAND - NOR) {
		char name[32];

		add_u8(&b, 0x80 | spec);
		add_feature_phone(&b);
		snprintf(name, sizeof(name), "number-%u", spec);
		save("sim", name, &b);
	}
	add_u8(&b, NOR_ONE);
	add(&b, "\x04\x01\x06\x01\x7E\xF2\x01\x7E\xF2", 9);
	add_request(&b, 0, BSL_CMD_CONNECT, NULL, 0);
	add_numbers(&b, BSL_CMD_START_DATA, 0x34000000, 4, 0);
	add_request(&b, 0, BSL_CMD_MIDST_DATA, "DHTB", 4);
	add_request(&b, 0, BSL_CMD_END_DATA, NULL, 0);
	add_request(&b, 0, BSL_CMD_EXEC_DATA, NULL, 0);
	add(&b, "\x01\x7E\xF2\x01\x7E\xF2", 6);
	add_request(&b, 0, BSL_CMD_CONNECT, NULL, 0);
	add_feature_phone(&b);
	save("sim", "number-one", &b);
	add_u8(&b, 0x80 | MODEM);
	add_read(&b, 0x80, "misc", 4096);
	add_read(&b, 0x80, "nr_fixnv1", 512);
	add_read(&b, 0x80, "splloader", 4096);
	add_read(&b, 0x80, "kpanic", 4096);
	add_read(&b, 0x80, "ubipac", 8192);
	add_request(&b, 0x80, BSL_CMD_READ_FLASH_INFO, NULL, 0);
	add_write(&b, 0x80, "m_raw");
	add_write(&b, 0x80, "ubipac");
	add_request(&b, 0x80, BSL_CMD_NORMAL_RESET, NULL, 0);
	save("sim", "volumes", &b);
}

/* One loader, and in half of them a second one behind it. */
static void one_loader(const char *name, const char *file, unsigned flags,
		       uint32_t addr, const void *body, size_t n)
{
	struct strbuf b = { 0 };

	add_u8(&b, flags);
	add_u8(&b, (unsigned)strlen(file));
	add(&b, file, strlen(file));
	add_u64(&b, addr);
	add(&b, body, n);
	save("loader", name, &b);
}

static void loaders(void)
{
	static uint8_t p[0x200 + 0x100 + 0x60 + 0x234];

	memcpy(p, "DHTB", 4);
	p[4] = 1;
	p[0x29] = 0x55; /* 0x5500 */
	p[0x31] = 1;	/* 0x100 bytes */
	memcpy(p + 0x200, "\x0E\0\0\xEA\x18\xF0\x9F\xE5", 8);
	one_loader("unsigned", "fdl1.bin", 1, 0x5500, p, 0x300);
	one_loader("cut", "fdl1.bin", 1, 0x5500, p, 0x280);
	one_loader("elsewhere", "fdl1-ums9230.bin", 1, 0x65000800, p, 0x300);
	p[0x319] = 2; /* data at 0x200 */
	p[0x320] = 0x34;
	p[0x321] = 2;
	p[0x328] = 0x60;
	p[0x329] = 3;
	one_loader("signed", "fdl1.bin", 1, 0x5500, p, sizeof(p));
	one_loader("two", "fdl2.bin", 3, 0x9EFFFE00, p, sizeof(p));
	one_loader("html", "fdl1.bin", 0, 0, "<html>", 6);
	one_loader("pac", "fw.pac", 0, 0, "B\0P\0_\0R\0001\0", 10);
}

/* The first bytes of a region, and what lies behind its image. */
static void one_region(const char *name, uint64_t image, const uint8_t *sign,
		       const uint8_t *head, size_t n)
{
	struct strbuf b = { 0 };

	add_u64(&b, image);
	add_u16(&b, 0x60);
	add(&b, sign, 0x60);
	add(&b, head, n);
	save("region", name, &b);
}

static void regions(void)
{
	static uint8_t head[0x200], sign[0x60];

	memcpy(head, "DHTB", 4);
	head[4] = 1;
	head[0x31] = 0x80; /* 0x8000 bytes */
	one_region("unsigned", 0x8200, sign, head, sizeof(head));
	sign[0x19] = 2;	   /* data at 0x200 */
	sign[0x20] = 0x34; /* 0x234 bytes at 0x8260 */
	sign[0x21] = 2;
	sign[0x28] = 0x60;
	sign[0x29] = 0x82;
	one_region("signed", 0x8200, sign, head, sizeof(head));
	memcpy(head, "VNTS", 4);
	head[13] = 2; /* 512 blocks */
	head[15] = 8; /* of 2 KiB */
	one_region("blocks", 0x8200, sign, head, 16);
}

void seeds_phone(void)
{
	regions();
	loaders();
	sessions();
	sims();
	sims_without_table();
}
