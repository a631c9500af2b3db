/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_journal.c - journals of runs that ended in different places. */
#include "seeds.h"

#include "archive/journal.h"
#include "base/block.h"

#define OPEN_BLOCKS 3u

static void start(struct strbuf *b, uint64_t *chain)
{
	add_u8(b, 0);
	add_u16(b, 2);
	journal_line_start(b, chain, BLOCK_SIZE, "spdvault 0");
	journal_line_note(b, chain, "id", "uid = 0123");
}

static void body(struct strbuf *b, uint64_t *chain, uint32_t frame)
{
	struct journal_frame f = { frame, 0, 100 + frame, BLOCK_SIZE };

	journal_line_body(b, chain, frame, &f);
}

/* A whole member, and one with some of its blocks. */
static void members(struct strbuf *b, uint64_t *chain)
{
	static const uint8_t sha256[SHA256_LEN] = { 1, 2, 3 };
	struct journal_frame f = { 0x1234, 0, 90, 512 };

	journal_line_head(b, chain, 0, &f, "device.json", 20);
	journal_line_body(b, chain, 1, &f);
	journal_line_note(b, chain, "part", "{}");
	journal_line_end(b, chain, sha256);
	journal_line_head(b, chain, 2, &f, "partitions/super.img",
			  4 * BLOCK_SIZE);
	journal_line_note(b, chain, "range", "0 512 partitions/super.img");
	for (uint32_t i = 0; i < OPEN_BLOCKS; i++)
		body(b, chain, 3 + i);
}

/* The same for the option that makes the digests: without any. */
static void save_bare(const char *name, struct strbuf *b)
{
	struct strbuf bare = { 0 };
	const char *p = b->s + 3, *end = b->s + b->len;

	add_u8(&bare, 1);
	add(&bare, b->s + 1, 2);
	for (const char *stop; p < end; p = stop + 1) {
		stop = memchr(p, '\n', (size_t)(end - p));
		add(&bare, p, (size_t)(stop - p) - 17);
		add_u8(&bare, '\n');
	}
	save("journal", name, &bare);
}

void seeds_journal(void)
{
	struct strbuf b = { 0 };
	uint64_t chain;

	start(&b, &chain);
	members(&b, &chain);
	save_bare("bare", &b);
	journal_line_cut(&b, &chain, 4);
	body(&b, &chain, 4);
	save("journal", "half-mended", &b);
	start(&b, &chain);
	members(&b, &chain);
	journal_line_cut(&b, &chain, 4);
	for (uint32_t i = 4; i < 3 + OPEN_BLOCKS; i++)
		body(&b, &chain, i);
	journal_line_note(&b, &chain, JOURNAL_RESUMED, "1");
	save_bare("bare-mended", &b);
	save("journal", "mended", &b);
	start(&b, &chain);
	members(&b, &chain);
	b.len -= 20;
	save("journal", "torn", &b);
	start(&b, &chain);
	save("journal", "begun", &b);
	strbuf_add(&b, "%c%c%cspdvault-journal 2 4194304 x\n", 1, 0, 0);
	save("journal", "version-2", &b);
}
