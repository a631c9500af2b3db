/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_wire.c - frames, payloads and partition tables. */
#include "seeds.h"

#include "../../src/sim/wire.h"

#include "bsl/proto.h"

#include <stdio.h>

/* -- frame, reply -------------------------------------------------------- */

static void add_frame(struct strbuf *b, unsigned type, const void *p, size_t n,
		      enum wire_chk chk, bool escape)
{
	static uint8_t out[WIRE_BUILT_MAX];

	add(b, out, wire_build(out, (uint16_t)type, p, n, chk, escape));
}

static void frames(void)
{
	static const uint8_t odd[] = { 0x7E, 1, 0x7D, 2, 0x5E };
	static uint8_t bulk[0x500] = "data";
	struct strbuf b = { 0 };

	for (unsigned options = 0; options < 6; options++) {
		unsigned check = options % 3;
		bool escape = options >= 3;
		char name[32];

		unsigned first = 0x20; /* room for bulk data */

		/* fuzz_frame takes the check from the remainder by 3. */
		while (first % 3 != check || !!(first & 4) != escape ||
		       first & 8)
			first++;
		add_u8(&b, first);
		add_u8(&b, options);
		add_frame(&b, BSL_REP_VER, "SPRD3", 6,
			  check == 1 ? WIRE_SUM : WIRE_CRC, escape);
		add_frame(&b, BSL_REP_ACK, NULL, 0,
			  check == 0 ? WIRE_CRC : WIRE_SUM, escape);
		add_frame(&b, BSL_REP_READ_FLASH, bulk, sizeof(bulk),
			  check == 0 ? WIRE_CRC : WIRE_SUM, escape);
		add_frame(&b, BSL_REP_LOG, odd, sizeof(odd),
			  check == 0 ? WIRE_CRC : WIRE_SUM, escape);
		add(&b, "\x7E\x7E\x00\x80\x00\x10zz\x7E", 9);
		snprintf(name, sizeof(name), "stream-%u", options);
		save("frame", name, &b);
	}
	for (unsigned options = 0x18; options < 0x1E; options++) {
		/* Bulk data of as many bytes as there is room for, and more. */
		for (unsigned n = 0x401; n <= 0x403; n += 2) {
			char name[32];

			add_u8(&b, options);
			add_u8(&b, 3);
			add_u8(&b, BSL_REP_READ_FLASH);
			add_u16(&b, n);
			add(&b, bulk, n);
			snprintf(name, sizeof(name), "bulk-%u-%x", options & 7,
				 n);
			save("frame", name, &b);
		}
	}
	for (unsigned options = 8; options < 16; options++) {
		char name[32];

		add_u8(&b, options);
		add_u8(&b, 3);
		add(&b, "\x81\x06\x00SPRD3\0\x80\x00\x00\x93\x05\x00", 15);
		add(&b, odd, sizeof(odd));
		snprintf(name, sizeof(name), "built-%u", options);
		save("frame", name, &b);
	}
}

static void replies(void)
{
	struct strbuf b = { 0 };

	for (uint32_t words = 1; words <= 6; words++) {
		static const uint32_t v2[] = { 2, 1, 0x106, 512, 0x102, 0 };
		char name[32];

		for (uint32_t i = 0; i < words; i++)
			add_u32(&b, v2[i]);
		snprintf(name, sizeof(name), "da-struct-%u", words);
		save("reply", name, &b);
	}
	add_u32(&b, BSL_DA_TLV_MAGIC);
	for (unsigned id = 0; id < 9; id++) {
		add_u16(&b, id);
		add_u16(&b, 4);
		add_u32(&b, id == 6 ? BSL_STORAGE_UFS : 1);
	}
	add(&b, "\x01\x00\xFF", 3);
	save("reply", "da-tlv", &b);
	strbuf_add(&b, "user_partition size: 0x3A3E00000\r\n");
	save("reply", "size-text", &b);
	strbuf_add(&b, "size: size: 0xFFFFFFFFFFFFFFFFFFF");
	save("reply", "size-text-large", &b);
	add_u8(&b, 1);
	add_u8(&b, BSL_CMD_READ_MIDST);
	add_u32(&b, 0x7F00);
	add_u32(&b, 0);
	save("reply", "midst", &b);
	add_u8(&b, 3);
	add_u8(&b, BSL_CMD_READ_MIDST);
	add_u32(&b, 0x7F01);
	add_u64(&b, 1);
	save("reply", "midst-too-much", &b);
	add_u8(&b, 1);
	add_u8(&b, BSL_CMD_READ_START);
	add_name(&b, "l_fixnv1_a");
	add_u32(&b, 4096);
	save("reply", "start-repairs", &b);
	add_u8(&b, 1);
	add_u8(&b, BSL_CMD_READ_START);
	add_name(&b, "boot_a");
	add_u64(&b, 4096);
	add_u64(&b, 0);
	save("reply", "start-wide", &b);
	add_u8(&b, 9);
	add_u8(&b, BSL_CMD_POWER_OFF);
	save("reply", "ending", &b);
	add_u8(&b, 1);
	add_u8(&b, BSL_CMD_ERASE_FLASH);
	save("reply", "erase", &b);
}

/* -- tables -------------------------------------------------------------- */

static void put_header(uint8_t *p, const struct disk *d, uint64_t my,
		       uint64_t other, uint64_t entries)
{
	memcpy(p, "EFI PART", 8);
	put_le32(p + 8, 0x10000);
	put_le32(p + 12, 92);
	put_le64(p + 24, my);
	put_le64(p + 32, other);
	put_le64(p + 40, 3);
	put_le64(p + 48, d->last - 2);
	memcpy(p + 56, "0123456789abcdef", 16);
	put_le64(p + 72, entries);
	put_le32(p + 80, 4);
	put_le32(p + 84, 128);
}

static void put_entries(uint8_t *p, const struct disk *d)
{
	for (unsigned i = 0; i < 4 && d->names[i]; i++, p += 128) {
		memset(p, 0xA0 + (int)i, 32);
		put_le64(p + 32, 3 + 30 * i);
		put_le64(p + 40, d->sector == 512 ? 32 + 30 * i : 12 + 30 * i);
		assert(text_to_utf16le(d->names[i], p + 56, 36));
	}
}

size_t make_head(const struct disk *d, uint8_t *p)
{
	memset(p, 0, 3 * d->sector);
	put_header(p + d->sector, d, 1, d->last, 2);
	put_entries(p + 2 * d->sector, d);
	if (d->far) {
		put_le64(p + d->sector + 40, d->far + 1);
		put_le64(p + d->sector + 48, d->far + 1);
		put_le64(p + d->sector + 72, d->far);
	}
	fix_gpt(p, 3 * d->sector, 0, d->sector, d->sector);
	return 3 * d->sector;
}

size_t make_tail(const struct disk *d, uint8_t *p)
{
	memset(p, 0, 2 * d->sector);
	put_header(p + d->sector, d, d->last, 1, d->last - 1);
	put_entries(p, d);
	fix_gpt(p, 2 * d->sector, d->last - 1, d->sector, d->sector);
	return 2 * d->sector;
}

const struct disk small_disk = {
	.sector = 512,
	.last = 127,
	.names = { "boot_a", "l_fixnv1_a", "misc", "userdata" },
};
static const struct disk large_disk = {
	.sector = 4096,
	.last = 99,
	.names = { "super", "boot" },
};
static const struct disk slash_disk = {
	.sector = 512,
	.last = 127,
	.names = { "../etc", "boot" },
};
const struct disk twice_disk = {
	.sector = 512,
	.last = 127,
	.names = { "boot", "boot" },
};
const struct disk far_disk = {
	.sector = 512,
	.last = 127,
	.names = { "boot" },
	.far = (uint64_t)1 << 40,
};

static void one_gpt(const char *name, const struct disk *d, bool backup)
{
	static uint8_t disk[3 * 4096];
	size_t n = backup ? make_tail(d, disk) : make_head(d, disk);
	struct strbuf b = { 0 };

	add_u8(&b, (d->sector == 4096) | (backup ? 2u : 0) | 4);
	if (backup)
		add_u64(&b, d->last - 1);
	/* The 4096 bytes of a sector are zero mostly. */
	add(&b, disk, n);
	save("gpt", name, &b);
}

static void gpts(void)
{
	one_gpt("primary", &small_disk, false);
	one_gpt("primary-4096", &large_disk, false);
	one_gpt("primary-slash", &slash_disk, false);
	one_gpt("primary-twice", &twice_disk, false);
	one_gpt("primary-far", &far_disk, false);
	one_gpt("backup", &small_disk, true);
	one_gpt("backup-4096", &large_disk, true);
}

static void one_list(const char *name, unsigned kind, uint64_t storage,
		     uint32_t unit, const char *const names[4])
{
	struct strbuf b = { 0 };
	static const uint32_t kib[] = { 1024, 2048, 65536, 0 };

	add_u16(&b, kind);
	add_u64(&b, storage);
	for (size_t i = 0; i < 4 && names[i]; i++) {
		add_name(&b, names[i]);
		add_u32(&b, kib[i] / (unit / 1024));
	}
	save("ptable", name, &b);
}

static void ptables(void)
{
	static const char *const names[] = { "misc", "persist", "boot",
					     "userdata" };
	static const char *const bad[] = { "misc", "a/b", "misc", NULL };

	one_list("emmc", BSL_STORAGE_EMMC, 0, 1024, names);
	one_list("ufs", BSL_STORAGE_UFS, 0, 8192, names);
	one_list("by-names", 0, 0, 8192, names);
	one_list("by-sum", 0, (uint64_t)100 << 20, 1024, names);
	one_list("no-room", 0, 1 << 20, 1024, names);
	one_list("bad-names", 0, 0, 1024, bad);
}

void seeds_wire(void)
{
	frames();
	replies();
	gpts();
	ptables();
}
