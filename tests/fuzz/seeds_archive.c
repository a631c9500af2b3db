/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_archive.c - archives, ours and foreign, whole and broken. */
#include "seeds.h"

#include "archive/archive.h"
#include "archive/seektable.h"
#include "archive/tarhdr.h"
#include "archive/zframe.h"
#include "base/file.h"

#include <stdio.h>
#include <unistd.h>

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

	snprintf(path, sizeof(path), "%s/temporary", seeds_root());
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

void seeds_archive(void)
{
	built_archive("built", BLOCK);
	built_archive("built-other-block", 512);
	whole_archives();
	foreign_tars();
	headers();
	zframes();
	tails();
	manifests();
}
