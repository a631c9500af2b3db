/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * seeds.c - writes the inputs that fuzzing starts from, by what they are.
 *
 * usage: seeds FOLDER
 *
 * Files named found-* in FOLDER/TARGET were found by fuzzing.
 */
#include "seeds.h"

#include "base/file.h"
#include "bsl/proto.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *root;

const char *seeds_root(void)
{
	return root;
}

void must(int rc, const struct err *e)
{
	if (rc < 0)
		errx(1, "%s", e->text);
}

/* -- bytes --------------------------------------------------------------- */

void add(struct strbuf *b, const void *p, size_t n)
{
	if (n > 0)
		strbuf_add_bytes(b, p, n);
}

void add_u8(struct strbuf *b, unsigned v)
{
	uint8_t byte = (uint8_t)v;

	add(b, &byte, 1);
}

void add_u16(struct strbuf *b, unsigned v)
{
	uint8_t p[2];

	put_le16(p, (uint16_t)v);
	add(b, p, 2);
}

void add_u32(struct strbuf *b, uint32_t v)
{
	uint8_t p[4];

	put_le32(p, v);
	add(b, p, 4);
}

void add_u64(struct strbuf *b, uint64_t v)
{
	uint8_t p[8];

	put_le64(p, v);
	add(b, p, 8);
}

void add_zeros(struct strbuf *b, size_t n)
{
	while (n-- > 0)
		add_u8(b, 0);
}

void add_name(struct strbuf *b, const char *name)
{
	uint8_t units[2 * BSL_NAME_UNITS];

	assert(text_to_utf16le(name, units, BSL_NAME_UNITS));
	add(b, units, sizeof(units));
}

void write_file(const char *target, const char *name, const void *p, size_t n)
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

void save(const char *target, const char *name, struct strbuf *b)
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

/* -- texts --------------------------------------------------------------- */

static void write_text(const char *target, const char *name, const char *text)
{
	write_file(target, name, text, strlen(text));
}

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
	write_text("config", "plain", "key = 1\n[a]\nkey=2 ; x\nkey: 3\n");
	write_text("config", "more",
		   "; c\n[profile]\n title = a\n  b\nname=\n[fdl1\n");
	write_text("config", "cr", "[read]\r\nchunk = 1\r2\r\n");
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

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(1, "usage: %s FOLDER", argv[0]);
	root = argv[1];
	seeds_wire();
	texts();
	contents();
	seeds_phone();
	seeds_archive();
	seeds_journal();
	seeds_pac();
	seeds_write();
	seeds_keep();
	return 0;
}
