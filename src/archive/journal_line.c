/* SPDX-License-Identifier: BSD-3-Clause */
/* journal_line.c - the lines of a journal, each with its digest. */
#include "archive/journal.h"

#include <xxhash.h>

#include <inttypes.h>
#include <string.h>

/*
 * The digest of a line begins with that of the line before: a line that is
 * missing, or comes from an older journal, is noticed as a flipped one is.
 */
static void seal(struct strbuf *b, size_t from, uint64_t *chain)
{
	if (b->failed)
		return;
	*chain = XXH64(b->s + from, b->len - from, *chain);
	strbuf_add(b, " %016" PRIx64 "\n", *chain);
}

void journal_line_start(struct strbuf *b, uint64_t *chain, uint32_t block_size,
			const char *tool)
{
	size_t from = b->len;

	strbuf_add(b, "spdvault-journal %d %" PRIu32 " %s", JOURNAL_VERSION,
		   block_size, tool);
	*chain = 0;
	seal(b, from, chain);
}

static void add_frame(struct strbuf *b, const char *what, uint32_t frame,
		      const struct journal_frame *f)
{
	strbuf_add(b, "%s %" PRIu32 " %" PRIu32 " %" PRIu32 " %016" PRIx64,
		   what, frame, f->compressed, f->content, f->digest);
}

void journal_line_head(struct strbuf *b, uint64_t *chain, uint32_t frame,
		       const struct journal_frame *f, const char *name,
		       uint64_t size)
{
	size_t from = b->len;

	add_frame(b, "head", frame, f);
	strbuf_add(b, " %" PRIu64 " %s", size, name);
	seal(b, from, chain);
}

void journal_line_body(struct strbuf *b, uint64_t *chain, uint32_t frame,
		       const struct journal_frame *f)
{
	size_t from = b->len;

	add_frame(b, "body", frame, f);
	seal(b, from, chain);
}

void journal_line_end(struct strbuf *b, uint64_t *chain,
		      const uint8_t sha256[SHA256_LEN])
{
	size_t from = b->len;
	char hex[SHA256_HEX];

	text_hex(sha256, SHA256_LEN, hex);
	strbuf_add(b, "end %s", hex);
	seal(b, from, chain);
}

void journal_line_cut(struct strbuf *b, uint64_t *chain, uint32_t frame)
{
	size_t from = b->len;

	strbuf_add(b, "cut %" PRIu32, frame);
	seal(b, from, chain);
}

void journal_line_note(struct strbuf *b, uint64_t *chain, const char *kind,
		       const char *text)
{
	size_t from = b->len, n = strlen(text);
	size_t most = JOURNAL_LINE_MAX - JOURNAL_KIND_MAX - 32;

	strbuf_add(b, "note %s ", kind);
	strbuf_add_bytes(b, text, n < most ? n : most);
	if (b->failed)
		return;
	for (size_t i = from; i < b->len; i++)
		if ((uint8_t)b->s[i] < 0x20 || b->s[i] == 0x7F)
			b->s[i] = '?';
	seal(b, from, chain);
}
