/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_journal.c - what is taken from a journal holds together, cut anywhere.
 */
#include "fuzz.h"

#include "archive/journal.h"
#include "archive/seektable.h"
#include "base/block.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

/* No fuzzer finds a digest: each line gets its own. */
static uint8_t *seal_lines(struct input in, size_t *ret_n)
{
	size_t n = 0, cap = in.n + 1;
	uint64_t chain = 0;
	uint8_t *out;

	for (size_t i = 0; i < in.n; i++)
		cap += in.p[i] == '\n' ? 17 : 0;
	out = exact(cap);
	while (in.n > 0) {
		const uint8_t *stop = memchr(in.p, '\n', in.n);
		size_t len = stop ? (size_t)(stop - in.p) : in.n;
		char seal[19];

		memcpy(out + n, in.p, len);
		chain = XXH64(in.p, len, chain);
		n += len;
		in.p += len;
		in.n -= len;
		if (!stop)
			break;
		snprintf(seal, sizeof(seal), " %016" PRIx64 "\n", chain);
		memcpy(out + n, seal, 18);
		n += 18;
		in.p++;
		in.n--;
	}
	*ret_n = n;
	return out;
}

static void check_member(const struct journal *j, size_t i)
{
	const struct journal_member *m = &j->members[i];
	uint64_t blocks = m->size / BLOCK_SIZE + (m->size % BLOCK_SIZE != 0);
	uint64_t end =
		i + 1 < j->nmembers ? j->members[i + 1].header : j->nframes;

	assert(memchr(m->name, 0, sizeof(m->name)));
	assert(manifest_member_is_safe(m->name));
	assert(m->header < end && end - m->header - 1 <= blocks);
	assert(!m->ended || end - m->header - 1 == blocks);
	assert(m->ended || i + 1 == j->nmembers);
	assert(i > 0 || m->header == 0);
}

static void check(const struct journal *j, size_t n)
{
	assert(j->length > 0 && j->length <= n);
	assert(j->nframes <= SEEKTABLE_FRAMES_MAX);
	assert(j->nnotes <= JOURNAL_NOTES_MAX);
	assert(j->nmembers > 0 || j->nframes == 0);
	for (size_t i = 0; i < j->nmembers; i++)
		check_member(j, i);
	for (size_t i = 0; i < j->nframes; i++)
		assert(j->frames[i].compressed > 0 &&
		       j->frames[i].line < j->length);
	for (size_t i = 0; i < j->nnotes; i++) {
		assert(j->notes[i].line < j->length);
		assert(strlen(j->notes[i].kind) <= JOURNAL_KIND_MAX);
		touch(j->notes[i].text, strlen(j->notes[i].text));
	}
	if (j->mended)
		assert(j->mend_frame <= j->nframes && j->mend_line < j->length);
}

/* What counts counts again when there is nothing behind it. */
static void parse_again(const uint8_t *p, const struct journal *j)
{
	struct journal again;
	struct err e;

	assert(journal_parse((char *)exact_copy(p, j->length), j->length,
			     &again, &e) == 0);
	assert(again.length == j->length && again.chain == j->chain);
	assert(again.nframes == j->nframes && again.nnotes == j->nnotes);
	assert(again.nmembers == j->nmembers);
	journal_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in);
	uint32_t cut = take_u16(&in);
	struct err e = { .code = ERR_NONE };
	uint8_t *text, *copy;
	struct journal j;
	int rc;

	n = in.n;
	text = options & 1 ? seal_lines(in, &n) : exact_copy(in.p, in.n);
	copy = exact_copy(text, n);
	rc = journal_parse((char *)text, n, &j, &e);
	if (rc < 0) {
		assert_failure(rc, &e);
	} else {
		check(&j, n);
		parse_again(copy, &j);
		journal_cut(&j, cut);
		assert(j.nframes <= cut);
		check(&j, n);
		journal_free(&j);
	}
	free(copy);
	return 0;
}
