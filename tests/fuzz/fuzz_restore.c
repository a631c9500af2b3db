/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_restore.c - plans and states of a restore, cut anywhere. */
#include "fuzz.h"

#include "../../src/job/restore_paper.h"
#include "base/block.h"
#include "base/text.h"

/* Lines "KIND TEXT" as notes, each with its digest: no fuzzer finds one. */
static void seal_lines(struct input in, struct strbuf *b)
{
	uint64_t chain;

	journal_line_start(b, &chain, BLOCK_SIZE, "spdvault 0");
	while (in.n > 0) {
		const uint8_t *stop = memchr(in.p, '\n', in.n);
		struct input line =
			take(&in, stop ? (size_t)(stop - in.p) + 1 : in.n);
		char text[1024] = "", *rest;

		memcpy(text, line.p,
		       line.n < sizeof(text) ? line.n : sizeof(text) - 1);
		text[strcspn(text, "\n")] = '\0';
		rest = strchr(text, ' ');
		if (rest)
			*rest++ = '\0';
		if (strlen(text) > 0 && strlen(text) < JOURNAL_KIND_MAX)
			journal_line_note(b, &chain, text, rest ? rest : "");
	}
	assert(!b->failed);
}

static void check_request(const struct restore_paper *p)
{
	const struct restore_request *q = restore_paper_request(p);

	assert(q->kinds < 1u << RESTORE_KINDS);
	assert(q->slots <= RESTORE_SLOT_B);
	assert(q->nnames <= p->j.nnotes);
	for (size_t i = 0; i < q->nnames; i++)
		assert(strlen(q->names[i]) < JOURNAL_LINE_MAX);
	assert(p->end < p->j.nnotes && p->archive);
}

/* What was begun is told once, and had its line. */
static void check_state(const struct restore_paper *p)
{
	size_t n = 0;
	const char *name;

	while ((name = restore_paper_touched(p, n)) != NULL) {
		assert(restore_paper_done(p, name) != RESTORE_NOT_BEGUN);
		assert(restore_paper_last(p, PAPER_BEGIN, name));
		(void)restore_paper_writes(p, name);
		assert(++n <= p->j.nnotes);
	}
	assert(restore_paper_done(p, "no such line") == RESTORE_NOT_BEGUN ||
	       restore_paper_last(p, PAPER_BEGIN, "no such line"));
	assert(restore_paper_saved(p) ==
	       (restore_paper_last(p, PAPER_SAVED, NULL) != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in);
	uint16_t cut = take_u16(&in);
	struct restore_paper paper;
	struct strbuf b = { 0 };
	struct err e = { .code = ERR_NONE };
	int rc;

	/* More is a matter of patience: each name is looked for in each line.
	 */
	if (in.n > 4096)
		return 0;
	if (options & 1)
		seal_lines(in, &b);
	else
		strbuf_add_bytes(&b, in.p, in.n);
	n = options & 2 && cut < b.len ? cut : b.len;
	rc = restore_paper_parse((char *)exact_copy((uint8_t *)b.s, n), n,
				 &paper, &e);
	strbuf_free(&b);
	if (rc < 0) {
		assert_failure(rc, &e);
		return 0;
	}
	check_request(&paper);
	check_state(&paper);
	restore_paper_clear(&paper);
	return 0;
}
