/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * seeds.c - writes the inputs that fuzzing starts from, by what they are.
 *
 * usage: seeds FOLDER
 *
 * Files with other names in FOLDER/TARGET were found by fuzzing.
 */
#include "fuzz.h"

#include "../../src/sim/wire.h"

#include "archive/archive.h"
#include "archive/seektable.h"
#include "archive/tarhdr.h"
#include "archive/zframe.h"
#include "base/file.h"
#include "base/text.h"
#include "bsl/proto.h"

#include <xxhash.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512u

static const char *root;

static void must(int rc, const struct err *e)
{
	if (rc < 0)
		errx(1, "%s", e->text);
}

/* -- bytes --------------------------------------------------------------- */

static void add(struct strbuf *b, const void *p, size_t n)
{
	strbuf_add_bytes(b, p, n);
}

static void add_u8(struct strbuf *b, unsigned v)
{
	uint8_t byte = (uint8_t)v;

	add(b, &byte, 1);
}

static void add_u16(struct strbuf *b, unsigned v)
{
	uint8_t p[2];

	put_le16(p, (uint16_t)v);
	add(b, p, 2);
}

static void add_u32(struct strbuf *b, uint32_t v)
{
	uint8_t p[4];

	put_le32(p, v);
	add(b, p, 4);
}

static void add_u64(struct strbuf *b, uint64_t v)
{
	uint8_t p[8];

	put_le64(p, v);
	add(b, p, 8);
}

static void add_zeros(struct strbuf *b, size_t n)
{
	while (n-- > 0)
		add_u8(b, 0);
}

static void write_file(const char *target, const char *name, const void *p,
		       size_t n)
{
	char path[512];
	struct outfile *f;
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", root, target);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		err(1, "%s", path);
	snprintf(path, sizeof(path), "%s/%s/%s", root, target, name);
	must(outfile_open(path, true, &f, &e), &e);
	must(outfile_write(f, p, n, &e), &e);
	must(outfile_commit(f, &e), &e);
	outfile_close(f, false);
	if (chmod(path, 0644) < 0)
		err(1, "%s", path);
}

/* Writes b and empties it. */
static void save(const char *target, const char *name, struct strbuf *b)
{
	if (b->failed)
		errx(1, "no memory");
	write_file(target, name, b->s ? b->s : "", b->len);
	strbuf_free(b);
}

static void copy_file(const char *target, const char *name, const char *from)
{
	uint8_t *p;
	size_t n;
	struct err e;

	must(file_read_all(from, 1 << 20, &p, &n, &e), &e);
	write_file(target, name, p, n);
	free(p);
}

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

static void add_name(struct strbuf *b, const char *name)
{
	uint8_t units[2 * BSL_NAME_UNITS];

	assert(text_to_utf16le(name, units, BSL_NAME_UNITS));
	add(b, units, sizeof(units));
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

struct disk {
	uint32_t sector;
	uint64_t last; /* LBA of the backup header */
	const char *names[4];
	uint64_t far; /* where the primary's entries are said to be; 0: there */
};

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

/* Protective MBR, header, entries: three sectors. */
static size_t make_head(const struct disk *d, uint8_t *p)
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

/* Entries, header: the last two sectors. */
static size_t make_tail(const struct disk *d, uint8_t *p)
{
	memset(p, 0, 2 * d->sector);
	put_header(p + d->sector, d, d->last, 1, d->last - 1);
	put_entries(p, d);
	fix_gpt(p, 2 * d->sector, d->last - 1, d->sector, d->sector);
	return 2 * d->sector;
}

static const struct disk small_disk = {
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
static const struct disk twice_disk = {
	.sector = 512,
	.last = 127,
	.names = { "boot", "boot" },
};
static const struct disk far_disk = {
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

/* -- texts --------------------------------------------------------------- */

static void texts(void)
{
	static const char *const profiles[] = { "ums512", "sc9863a", "sc6531e",
						"sc9830" };
	static const char *const bad[] = { "alternative_gap", "chunk_odd",
					   "escape",	      "name_twice",
					   "line_long",	      "nul",
					   "single_two",      "twice" };
	char path[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "profiles/%s.profile",
			 profiles[i]);
		copy_file("profile", profiles[i], path);
	}
	for (size_t i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "tests/data/bad/%s.profile",
			 bad[i]);
		copy_file("profile", bad[i], path);
		copy_file("config", bad[i], path);
	}
	write_file("config", "plain", "key = 1\n[a]\nkey=2 ; x\nkey: 3\n", 32);
	write_file("config", "more",
		   "; c\n[profile]\n title = a\n  b\nname=\n[fdl1\n", 43);
	write_file("config", "cr", "[read]\r\nchunk = 1\r2\r\n", 21);
}

/* -- content ------------------------------------------------------------- */

static void one_content(const char *name, size_t offset, const void *magic,
			size_t n, uint64_t size)
{
	struct strbuf b = { 0 };

	add_u64(&b, size);
	add_zeros(&b, offset);
	add(&b, magic, n);
	for (size_t i = 0; b.len < 8 + 0x700 && offset < 0x700; i++)
		add_u8(&b, i % 4 ? 0 : 1);
	save("content", name, &b);
}

static void contents(void)
{
	uint64_t size = (uint64_t)64 << 20;

	one_content("dhtb", 0, "DHTB\1\0\0\0", 8, size);
	one_content("android", 0, "ANDROID!\0\1\0\0", 12, size);
	one_content("vbmeta", 0, "AVB0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\1\0", 20,
		    size);
	one_content("nv", 0, "\x56\x4E\0\0\0\1\0\0", 8, size);
	one_content("bmp", 0, "BM\x36\1\0\0", 6, size);
	one_content("f2fs", 1024, "\x10\x20\xF5\xF2", 4, size);
	one_content("ext4", 1080, "\x53\xEF", 2, size);
	one_content("super", 4096, "gDla", 4, size);
	one_content("spl", 0x20, "\xA5\xA5\x55\xAA", 4, 1);
	one_content("gpt", 512, "EFI PART", 8, size);
}

/* -- a phone's answers --------------------------------------------------- */

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
	for (unsigned i = 0; i < 24; i++) {
		/* One late answer; so cut that it comes alone. */
		char script[] = { (char)0x80, (char)(9 * i), 4 }, name[32];

		snprintf(name, sizeof(name), "late-cut-%u", i);
		one_session(name, 11, 2, 0xFFC0, &small_disk, script,
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
		add_request(&b, 0, BSL_CMD_MIDST_DATA, b.s, 64);
		add_request(&b, 0, BSL_CMD_END_DATA, NULL, 0);
		add_request(&b, 0, BSL_CMD_EXEC_DATA, NULL, 0);
		add(&b, "\x03\xFF\xFF\x01\x7E\xF2", 6);
		add_request(&b, 0, BSL_CMD_CONNECT, NULL, 0);
		snprintf(name, sizeof(name), "rom-%u", spec);
		save("sim", name, &b);
	}
}

/* -- archives ------------------------------------------------------------ */

#define BLOCK 1024u /* so that a small member has more than one */

static const struct {
	const char *path;
	size_t n;
} members[] = {
	{ "device.json", 20 },
	{ "gpt/gpt-primary.img", 1024 },
	{ "partitions/empty.img", 0 },
	{ "partitions/misc.img", 1300 },
};

#define NMEMBERS (sizeof(members) / sizeof(members[0]))

static const uint8_t *content(size_t member)
{
	static uint8_t p[1300];

	memset(p, 'a' + (int)member, sizeof(p));
	return p;
}

static void fill_manifest(struct manifest *m)
{
	uint32_t frame = 0;
	struct err e;

	memset(m, 0, sizeof(*m));
	m->format = MANIFEST_FORMAT;
	m->complete = true;
	m->block_size = BLOCK;
	strcpy(m->tool, "spdvault");
	strcpy(m->chip, "ums512");
	for (size_t i = 0; i < NMEMBERS; i++) {
		struct manifest_part *p = manifest_add_part(m);

		snprintf(p->name, sizeof(p->name), "part%zu", i);
		text_copy(p->member, sizeof(p->member), members[i].path);
		p->size = members[i].n;
		p->first_frame = frame + 1;
		p->frames = (uint32_t)(p->size + BLOCK - 1) / BLOCK;
		frame += 1 + p->frames;
		p->method = METHOD_RAW;
		must(sha256_of(content(i), p->size, p->sha256, &e), &e);
	}
}

/* As fuzz_archive takes frames: a length and bytes. */
static void add_record(struct strbuf *b, const void *p, size_t n)
{
	add_u16(b, (unsigned)n);
	add(b, p, n);
}

/* Returns the number of frames. */
static unsigned add_member(struct strbuf *b, const char *path, const void *p,
			   size_t n)
{
	uint8_t hdr[TARHDR_MAX];
	struct strbuf body = { 0 };
	unsigned count = 1;
	struct err e;
	size_t len;

	must(tarhdr_make(path, n, hdr, &len, &e), &e);
	add_record(b, hdr, len);
	add(&body, p, n);
	add_zeros(&body, tar_padding(n));
	for (size_t at = 0; at < body.len; at += len, count++) {
		len = body.len - at < BLOCK ? body.len - at : BLOCK;
		add_record(b, body.s + at, len);
	}
	strbuf_free(&body);
	return count;
}

static void add_sums(struct strbuf *b, const struct manifest *m,
		     const char *json, size_t n)
{
	struct strbuf sums = { 0 };
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];
	struct err e;

	for (size_t i = 0; i < m->nparts; i++) {
		text_hex(m->parts[i].sha256, SHA256_LEN, hex);
		strbuf_add(&sums, "%s  %s\n", hex, m->parts[i].member);
	}
	must(sha256_of(json, n, sum, &e), &e);
	text_hex(sum, SHA256_LEN, hex);
	strbuf_add(&sums, "%s  %s\n", hex, MANIFEST_NAME);
	add_member(b, MANIFEST_SUMS, sums.s, sums.len);
	strbuf_free(&sums);
}

/* An archive as frames that are still to be compressed. */
static void built_archive(const char *name, uint32_t block_size)
{
	static const uint8_t end[1024];
	struct strbuf b = { 0 };
	struct manifest m;
	unsigned frame = 0;
	struct err e;
	char *json;
	size_t n;

	fill_manifest(&m);
	m.block_size = block_size;
	must(manifest_to_json(&m, &json, &n, &e), &e);
	add_u8(&b, 1);
	add_u8(&b, 0);
	for (size_t i = 0; i < NMEMBERS; i++)
		frame += add_member(&b, members[i].path, content(i),
				    members[i].n);
	b.s[1] = (char)frame;
	add_member(&b, MANIFEST_NAME, json, n);
	add_sums(&b, &m, json, n);
	add_record(&b, end, sizeof(end));
	save("archive", name, &b);
	free(json);
	manifest_free(&m);
}

/* By the writer, with blocks of the usual size. */
static void write_archive(const char *path)
{
	struct archive_options o = { .level = 1, .force = true };
	struct archive_writer *w;
	struct manifest m;
	struct err e;

	memset(&m, 0, sizeof(m));
	m.format = MANIFEST_FORMAT;
	m.block_size = BLOCK_SIZE;
	must(archive_create(path, &o, &w, &e), &e);
	for (size_t i = 0; i < NMEMBERS; i++) {
		struct manifest_part *p = manifest_add_part(&m);

		must(archive_add(w, members[i].path, content(i), members[i].n,
				 p, &e),
		     &e);
		snprintf(p->name, sizeof(p->name), "part%zu", i);
	}
	must(archive_finish(w, &m, &e), &e);
	archive_drop(w);
	manifest_free(&m);
}

/* A zero byte in front: the file as it is. */
static void save_file(const char *name, const void *p, size_t n)
{
	struct strbuf b = { 0 };

	add_u8(&b, 0);
	add(&b, p, n);
	save("archive", name, &b);
}

static void whole_archives(void)
{
	char path[512];
	uint8_t *p;
	size_t n;
	struct err e;

	snprintf(path, sizeof(path), "%s/temporary", root);
	write_archive(path);
	must(file_read_all(path, 1 << 20, &p, &n, &e), &e);
	unlink(path);
	save_file("whole", p, n);
	save_file("cut-half", p, n / 2);
	save_file("cut-tail", p, n - 20);
	save_file("cut-first", p, 60);
	p[n / 3] ^= 0x10;
	save_file("flipped-body", p, n);
	p[n / 3] ^= 0x10;
	p[n - 5] ^= 1;
	save_file("flipped-tail", p, n);
	p[n - 5] ^= 1;
	/* 4 million frames in a file of some hundred bytes. */
	put_le32(p + n - TAIL_FOOTER_SIZE, SEEKTABLE_FRAMES_MAX);
	save_file("absurd-frames", p, n);
	put_le32(p + n - TAIL_FOOTER_SIZE, UINT32_MAX);
	save_file("absurd-frames-max", p, n);
	free(p);
}

static void add_tar(struct strbuf *b, const char *name, uint64_t size,
		    char type, const char *link, const void *p, size_t n)
{
	uint8_t hdr[TARHDR_MAX];
	struct err e;
	size_t len;

	must(tarhdr_make("x", size, hdr, &len, &e), &e);
	memset(hdr + len - 512, 0, 100);
	memcpy(hdr + len - 512, name, strnlen(name, 100));
	hdr[len - 512 + 156] = (uint8_t)type;
	if (link)
		memcpy(hdr + len - 512 + 157, link, strlen(link));
	fix_tar(hdr + len - 512);
	add(b, hdr, len);
	add(b, p, n);
	add_zeros(b, tar_padding(n));
}

/* As a plain tar, and in zstd frames of at most 700 bytes. */
static void save_tar(const char *name, struct strbuf *tar)
{
	struct zframe_enc *enc;
	struct strbuf z = { 0 };
	uint8_t out[2048];
	char zst[64];
	struct err e;
	size_t n;

	save_file(name, tar->s, tar->len);
	must(zframe_enc_new(3, &enc, &e), &e);
	for (size_t at = 0; at < tar->len; at += 700) {
		size_t left = tar->len - at;

		must(zframe_encode(enc, tar->s + at, left < 700 ? left : 700,
				   out, sizeof(out), &n, &e),
		     &e);
		add(&z, out, n);
	}
	zframe_enc_free(enc);
	snprintf(zst, sizeof(zst), "%s-zst", name);
	save_file(zst, z.s, z.len);
	strbuf_free(&z);
	strbuf_free(tar);
}

static void foreign_tars(void)
{
	static const char deep[] = "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
	struct strbuf b = { 0 };

	add_tar(&b, "a.txt", 5, '0', NULL, "hello", 5);
	add_tar(&b, "./dir/b.bin", 600, '0', NULL, content(1), 600);
	add_zeros(&b, 1024);
	save_tar("foreign", &b);
	add_tar(&b, "/etc/passwd", 5, '0', NULL, "hello", 5);
	add_tar(&b, "../../up", 5, '0', NULL, "hello", 5);
	add_tar(&b, "a/../b", 5, '0', NULL, "hello", 5);
	add_tar(&b, "\x1b[2J", 5, '0', NULL, "hello", 5);
	add_zeros(&b, 1024);
	save_tar("unsafe-names", &b);
	add_tar(&b, "hard", 0, '1', "/etc/passwd", NULL, 0);
	add_tar(&b, "soft", 0, '2', "../..", NULL, 0);
	add_tar(&b, "soft/inside", 5, '0', NULL, "hello", 5);
	add_tar(&b, "device", 0, '3', NULL, NULL, 0);
	add_tar(&b, "fifo", 0, '6', NULL, NULL, 0);
	add_tar(&b, "folder/", 0, '5', NULL, NULL, 0);
	add_zeros(&b, 1024);
	save_tar("links", &b);
	add_tar(&b, MANIFEST_NAME, sizeof(deep), '0', NULL, deep, sizeof(deep));
	add_zeros(&b, 1024);
	save_tar("deep-json", &b);
	add_tar(&b, "terabytes", (uint64_t)9 << 40, '0', NULL, "hello", 5);
	save_tar("terabytes", &b);
	add_tar(&b, "no-end", 5, '0', NULL, "hello", 5);
	save_tar("no-end", &b);
	add_tar(&b, "PaxHeader", 30, 'x', NULL,
		"30 GNU.sparse.size=999999999\n\n", 30);
	add_tar(&b, "sparse", 5, '0', NULL, "hello", 5);
	add_zeros(&b, 1024);
	save_tar("sparse", &b);
}

static void headers(void)
{
	uint8_t hdr[TARHDR_MAX];
	struct strbuf b = { 0 };
	struct err e;
	size_t n;

	must(tarhdr_make("partitions/boot.img", 1000, hdr, &n, &e), &e);
	add_u8(&b, 0);
	add(&b, hdr, n);
	save("tarhdr", "small", &b);
	must(tarhdr_make("partitions/super.img", (uint64_t)9 << 30, hdr, &n,
			 &e),
	     &e);
	add_u8(&b, 0);
	add(&b, hdr, n);
	save("tarhdr", "pax", &b);
	add_u8(&b, 1);
	add_tar(&b, "../up", 5, '0', NULL, NULL, 0);
	save("tarhdr", "up", &b);
	add_u8(&b, 1);
	add_tar(&b, "link", 0, '1', "there", NULL, 0);
	save("tarhdr", "link", &b);
	add_u8(&b, 1);
	add_tar(&b, "a", 40, 'x', NULL, "38 size=18446744073709551615\n", 29);
	b.len = 1 + 1024;
	add_tar(&b, "b", 5, '0', NULL, NULL, 0);
	save("tarhdr", "pax-size", &b);
}

static void zframes(void)
{
	/* Content sizes of 8 bytes: 4 GiB and 16 EiB. */
	static const uint8_t giant[] = { 0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0, 0,
					 0,    0,    1,	   0,	 0,    0, 1,
					 0,    0,    1,	   2,	 3,    4 };
	static const uint8_t more[] = { 0x28, 0xB5, 0x2F, 0xFD, 0xE4, 255, 255,
					255,  255,  255,  255,	255,  255, 1,
					0,    0,    1,	  2,	3,    4 };
	static const uint8_t window[] = { 0x28, 0xB5, 0x2F, 0xFD, 0x04,
					  0xF8, 1,    0,    0 };
	uint8_t frame[2048];
	struct strbuf b = { 0 };
	struct zframe_enc *enc;
	struct err e;
	size_t n;

	must(zframe_enc_new(3, &enc, &e), &e);
	for (unsigned size = 0; size <= 1200; size += 400) {
		char name[32];

		must(zframe_encode(enc, content(size / 400), size, frame,
				   sizeof(frame), &n, &e),
		     &e);
		add_u16(&b, size);
		add_u8(&b, 0);
		add(&b, frame, n);
		snprintf(name, sizeof(name), "frame-%u", size);
		save("zframe", name, &b);
	}
	zframe_enc_free(enc);
	save_file("giant-frame", giant, sizeof(giant));
	save_file("giant-frame-max", more, sizeof(more));
	save_file("giant-window", window, sizeof(window));
	add(&b, "\xFF\xFF\xFF", 3);
	add(&b, giant, sizeof(giant));
	save("zframe", "giant", &b);
	add(&b, "\x00\x02\x00", 3);
	add(&b, window, sizeof(window));
	save("zframe", "window", &b);
}

static void tails(void)
{
	struct trailer tr = { .manifest_frame = 2 };
	struct seektable t = { 0 };
	struct strbuf b = { 0 };
	struct err e;
	uint8_t *tail;
	size_t n;

	for (uint32_t i = 0; i < 6; i++)
		assert(seektable_add(&t, 100 + i, 1000));
	tr.manifest_offset = t.start[2];
	must(tail_encode(&t, &tr, &tail, &n, &e), &e);
	add_u8(&b, 0);
	add(&b, tail, n);
	save("seektable", "plain", &b);
	add_u8(&b, 3);
	add_u64(&b, t.start[t.count] + n);
	add(&b, tail, n);
	save("seektable", "with-size", &b);
	put_le32(tail + n - TAIL_FOOTER_SIZE, SEEKTABLE_FRAMES_MAX + 1);
	add_u8(&b, 3);
	add_u64(&b, UINT64_MAX);
	add(&b, tail, n);
	save("seektable", "absurd", &b);
	free(tail);
	seektable_free(&t);
}

static void manifests(void)
{
	struct strbuf b = { 0 };
	struct manifest m;
	struct err e;
	char *json;
	size_t n;

	fill_manifest(&m);
	assert(manifest_add_range(&m.parts[3], 512, 512));
	assert(manifest_add_range(&m.parts[3], 1100, 100));
	text_copy(manifest_add_omitted(&m)->name, 37, "userdata");
	assert(manifest_add_warning(&m, "a warning with \xC3\xA9"));
	must(manifest_to_json(&m, &json, &n, &e), &e);
	write_file("manifest", "small", json, n);
	free(json);
	manifest_free(&m);
	for (unsigned i = 0; i < 3000; i++)
		add_u8(&b, '[');
	save("manifest", "deep", &b);
	strbuf_add(&b, "{\"format\": 2}");
	save("manifest", "format-2", &b);
	strbuf_add(&b, "{\"format\": 1, \"format\": 1}");
	save("manifest", "twice", &b);
	strbuf_add(&b, "{\"format\": 1, \"tool\": \"\\u0000\"}");
	save("manifest", "zero", &b);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(1, "usage: %s FOLDER", argv[0]);
	root = argv[1];
	frames();
	replies();
	gpts();
	ptables();
	texts();
	contents();
	sessions();
	sims();
	built_archive("built", BLOCK);
	built_archive("built-other-block", 512);
	whole_archives();
	foreign_tars();
	headers();
	zframes();
	tails();
	manifests();
	return 0;
}
