/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_write.c - NV images and sparse images. */
#include "seeds.h"

/* One image for fuzz_nv: its header is made there. */
static void nv_body(struct strbuf *b, const struct strbuf *body)
{
	add_u8(b, 0);
	add_u16(b, (unsigned)body->len);
	add(b, body->s, body->len);
}

static void nv_item(struct strbuf *b, unsigned id, const char *text)
{
	size_t n = strlen(text);

	add_u16(b, id);
	add_u16(b, (unsigned)n);
	add(b, text, n);
	add_zeros(b, (4 - n % 4) % 4);
}

static void nv_list(struct strbuf *b, const char *text)
{
	add_u32(b, 0x12340000);
	nv_item(b, 5, text);
	nv_item(b, 377, "abcd");
	nv_item(b, 9, "");
	add_u32(b, 0xFFFFFFFF);
}

static void nv_cores(struct strbuf *b)
{
	char name[17] = "CORE_A";

	add_u32(b, 0);
	add_u16(b, 0);
	add_u16(b, 8 + 48);
	add(b, "INDX\0\0\2", 8);
	for (unsigned i = 0; i < 2; i++) {
		name[5] = (char)('A' + i);
		add(b, name, 16);
		add_u32(b, 64 + 16 * i);
		add_u32(b, 16);
	}
	for (unsigned i = 0; i < 2; i++) {
		nv_item(b, 5, "12345678");
		add_u32(b, 0xFFFFFFFF);
	}
}

static void nvs(void)
{
	struct strbuf list = { 0 }, more = { 0 }, cores = { 0 }, b = { 0 };

	nv_list(&list, "IMEI");
	nv_list(&more, "another");
	nv_cores(&cores);
	nv_body(&b, &list);
	nv_body(&b, &more);
	save("nv", "lists", &b);
	nv_body(&b, &list);
	nv_body(&b, &list);
	save("nv", "same", &b);
	nv_body(&b, &cores);
	nv_body(&b, &cores);
	save("nv", "cores", &b);
	nv_body(&b, &cores);
	nv_body(&b, &list);
	save("nv", "mixed", &b);
	add_u8(&b, 1);
	add_u16(&b, 512 + 16);
	add(&b, "\x56\x4E\0\0\x10\0\0\0", 8);
	add_zeros(&b, 504);
	add(&b, list.s, 16);
	save("nv", "header", &b);
	strbuf_free(&list);
	strbuf_free(&more);
	strbuf_free(&cores);
}

static void sparse_head(struct strbuf *b, uint32_t blocks, uint32_t chunks)
{
	add_u16(b, 0x1000); /* the size of pieces */
	add_u32(b, 0xED26FF3A);
	add_u32(b, 1);
	add_u16(b, 28);
	add_u16(b, 12);
	add_u32(b, 512);
	add_u32(b, blocks);
	add_u32(b, chunks);
	add_u32(b, 0);
}

static void sparse_chunk(struct strbuf *b, unsigned type, uint32_t blocks,
			 uint32_t body)
{
	add_u32(b, type);
	add_u32(b, blocks);
	add_u32(b, 12 + body);
	for (uint32_t i = 0; i < body; i++)
		add_u8(b, i);
}

static void sparses(void)
{
	struct strbuf b = { 0 };

	sparse_head(&b, 8, 4);
	sparse_chunk(&b, 0xCAC1, 1, 512);
	sparse_chunk(&b, 0xCAC2, 3, 4);
	sparse_chunk(&b, 0xCAC3, 4, 0);
	sparse_chunk(&b, 0xCAC4, 0, 4);
	save("sparse", "all", &b);
	sparse_head(&b, 2, 1);
	sparse_chunk(&b, 0xCAC1, 2, 1024);
	save("sparse", "raw", &b);
	sparse_head(&b, 0, 0);
	save("sparse", "empty", &b);
}

void seeds_write(void)
{
	nvs();
	sparses();
}
