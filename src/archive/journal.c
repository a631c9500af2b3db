/* SPDX-License-Identifier: BSD-3-Clause */
/* journal.c - lines from a file that may end anywhere into what counts. */
#include "archive/journal.h"

#include "archive/seektable.h"
#include "archive/tarhdr.h"
#include "archive/zframe.h"
#include "base/block.h"
#include "journal_words.h"

#include <xxhash.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEAL_LEN 17u /* a blank and 16 digits */

/* Room for one more element of a list that doubles at the powers of two. */
static bool grow(void **list, size_t count, size_t size)
{
	void *more;

	if (count & (count - 1))
		return true;
	more = realloc(*list, (count ? count * 2 : 1) * size);
	if (!more)
		return false;
	*list = more;
	return true;
}

#define GROW(list, count) grow((void **)&(list), count, sizeof(*(list)))

/* -- lines --------------------------------------------------------------- */

/*
 * Each takes what follows the first word of a line that begins at `at`: 1, 0
 * when it makes no sense here, or ERR_NOMEM.
 */
typedef int take_line(struct journal *j, struct words *w, uint64_t at,
		      struct err *e);

static bool is_open(const struct journal *j)
{
	return j->nmembers > 0 && !j->members[j->nmembers - 1].ended;
}

const struct journal_member *journal_open_member(const struct journal *j)
{
	return is_open(j) ? &j->members[j->nmembers - 1] : NULL;
}

static bool take_frame(struct journal *j, struct words *w, uint64_t at,
		       struct journal_frame *ret)
{
	uint64_t number = words_number(w, SEEKTABLE_FRAMES_MAX - 1);

	ret->line = at;
	/* The buffers of a writer that goes on have room for these. */
	ret->compressed = (uint32_t)words_number(w, zframe_bound(BLOCK_SIZE));
	ret->content = (uint32_t)words_number(w, BLOCK_SIZE);
	ret->digest = words_digest(w);
	return !w->bad && number == j->nframes && ret->compressed > 0;
}

static int add_frame(struct journal *j, const struct journal_frame *f,
		     struct err *e)
{
	if (!GROW(j->frames, j->nframes))
		return err_nomem(e);
	j->frames[j->nframes++] = *f;
	return 1;
}

static bool is_new_name(const struct journal *j, const char *s, size_t n)
{
	for (size_t i = 0; i < j->nmembers; i++)
		if (strlen(j->members[i].name) == n &&
		    memcmp(j->members[i].name, s, n) == 0)
			return false;
	return true;
}

static int take_head(struct journal *j, struct words *w, uint64_t at,
		     struct err *e)
{
	struct journal_frame f;
	struct journal_member *m;
	uint64_t size;
	size_t len;
	char *name;

	if (is_open(j) || j->nmembers >= MANIFEST_PARTS_MAX ||
	    !take_frame(j, w, at, &f))
		return 0;
	size = words_number(w, (uint64_t)SEEKTABLE_FRAMES_MAX * BLOCK_SIZE);
	if (!words_next(w, &name, &len) || !words_end(w) ||
	    len >= MEMBER_NAME_MAX || f.content > TARHDR_MAX ||
	    f.content % TAR_UNIT || !is_new_name(j, name, len))
		return 0;
	if (!GROW(j->members, j->nmembers))
		return err_nomem(e);
	m = &j->members[j->nmembers];
	memset(m, 0, sizeof(*m));
	memcpy(m->name, name, len);
	m->size = size;
	m->header = (uint32_t)j->nframes;
	if (!manifest_member_is_safe(m->name))
		return 0;
	j->nmembers++;
	j->mended = false;
	return add_frame(j, &f, e);
}

/* How many frames the body of a member of this size has. */
static uint64_t blocks_of(uint64_t size)
{
	return size / BLOCK_SIZE + (size % BLOCK_SIZE != 0);
}

static int take_body(struct journal *j, struct words *w, uint64_t at,
		     struct err *e)
{
	struct journal_frame f;
	const struct journal_member *m;
	uint64_t done, left;

	if (!is_open(j) || !take_frame(j, w, at, &f) || !words_end(w))
		return 0;
	m = &j->members[j->nmembers - 1];
	done = (j->nframes - m->header - 1) * (uint64_t)BLOCK_SIZE;
	if (done >= m->size)
		return 0;
	left = m->size - done;
	left = left < BLOCK_SIZE ? left + tar_padding(left) : BLOCK_SIZE;
	if (f.content != left)
		return 0;
	return add_frame(j, &f, e);
}

static int take_end(struct journal *j, struct words *w, uint64_t at,
		    struct err *e)
{
	struct journal_member *m;
	char *s, hex[SHA256_HEX];
	size_t len;

	(void)e;
	if (!is_open(j) || !words_next(w, &s, &len) || !words_end(w) ||
	    len != SHA256_HEX - 1)
		return 0;
	m = &j->members[j->nmembers - 1];
	memcpy(hex, s, len);
	hex[len] = '\0';
	if (j->nframes != m->header + 1 + blocks_of(m->size) ||
	    !text_unhex(hex, m->sha256, SHA256_LEN))
		return 0;
	m->ended = true;
	m->end_line = at;
	return 1;
}

/* Are lines still to come of a mend? */
static bool is_half_mended(const struct journal *j)
{
	return j->mended && j->nframes < j->mend_frame + j->nreplaced;
}

/* Only blocks of the open member are ever replaced, by one mend at a time. */
static int take_cut(struct journal *j, struct words *w, uint64_t at,
		    struct err *e)
{
	uint64_t frame = words_number(w, SEEKTABLE_FRAMES_MAX - 1);
	size_t n;

	if (!words_end(w) || !is_open(j) || is_half_mended(j) ||
	    frame >= j->nframes || frame <= j->members[j->nmembers - 1].header)
		return 0;
	n = j->nframes - (size_t)frame;
	free(j->replaced);
	j->nreplaced = 0;
	j->replaced = malloc(n * sizeof(*j->replaced));
	if (!j->replaced)
		return err_nomem(e);
	memcpy(j->replaced, j->frames + frame, n * sizeof(*j->replaced));
	j->nreplaced = n;
	j->nframes = (size_t)frame;
	j->mended = true;
	j->mend_frame = (uint32_t)frame;
	j->mend_line = at;
	return 1;
}

static int take_note(struct journal *j, struct words *w, uint64_t at,
		     struct err *e)
{
	struct journal_note *note;
	size_t len;
	char *kind;

	if (!words_next(w, &kind, &len) || len > JOURNAL_KIND_MAX ||
	    j->nnotes >= JOURNAL_NOTES_MAX)
		return 0;
	if (!GROW(j->notes, j->nnotes))
		return err_nomem(e);
	note = &j->notes[j->nnotes++];
	/* A blank stands behind both, the second one before the digest. */
	kind[len] = '\0';
	*w->end = '\0';
	note->kind = kind;
	note->text = w->p;
	note->line = at;
	/* Whoever went on from here has decided what counts. */
	if (strcmp(kind, JOURNAL_RESUMED) == 0)
		j->nreplaced = 0;
	return 1;
}

static const struct {
	const char *word;
	take_line *take;
} kinds[] = {
	{ "head", take_head }, { "body", take_body }, { "end", take_end },
	{ "cut", take_cut },   { "note", take_note },
};

/* -- the whole ----------------------------------------------------------- */

/*
 * The next line that is whole and has its digest, without both; false: here
 * the part that counts ends.
 */
static bool next_line(struct journal *j, size_t n, struct words *ret,
		      uint64_t *ret_next)
{
	char *line = j->text + j->length, *stop;
	size_t room = n - (size_t)j->length;
	uint64_t is, said;

	if (room > JOURNAL_LINE_MAX)
		room = JOURNAL_LINE_MAX;
	stop = memchr(line, '\n', room);
	if (!stop || (size_t)(stop - line) <= SEAL_LEN)
		return false;
	ret->p = line;
	ret->end = stop - SEAL_LEN;
	ret->bad = false;
	if (*ret->end != ' ' || !words_hex64(ret->end + 1, &said))
		return false;
	is = XXH64(line, (size_t)(ret->end - line), j->chain);
	/* In a file that was not torn only text comes; a zero ends it. */
	if (is != said || memchr(line, '\0', (size_t)(ret->end - line)))
		return false;
	j->chain = is;
	*ret_next = j->length + (uint64_t)(stop - line) + 1;
	return true;
}

static int take_start(struct journal *j, struct words *w, struct err *e)
{
	uint64_t version, block;
	size_t len, n;
	char *word;

	if (!words_next(w, &word, &len) || len != 16 ||
	    memcmp(word, "spdvault-journal", len) != 0)
		return err_set(e, ERR_FORMAT, "it is no journal of ours");
	version = words_number(w, UINT32_MAX);
	if (w->bad || version != JOURNAL_VERSION)
		return err_set(e, ERR_FORMAT,
			       "it has version %" PRIu64
			       "; this program knows %d",
			       version, JOURNAL_VERSION);
	block = words_number(w, UINT32_MAX);
	if (w->bad || block != BLOCK_SIZE)
		return err_set(e, ERR_FORMAT,
			       "it has blocks of %" PRIu64
			       " bytes; this program uses %zu",
			       block, BLOCK_SIZE);
	n = (size_t)(w->end - w->p);
	n = n < sizeof(j->tool) ? n : sizeof(j->tool) - 1;
	text_clean(w->p, n, j->tool, sizeof(j->tool));
	return 0;
}

static int take_any(struct journal *j, struct words *w, struct err *e)
{
	uint64_t at = j->length;
	size_t len;
	char *word;

	if (!words_next(w, &word, &len))
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].word) == len &&
		    memcmp(kinds[i].word, word, len) == 0)
			return kinds[i].take(j, w, at, e);
	return 0;
}

static uint64_t chain_before(const struct journal *j, uint64_t at)
{
	uint64_t chain = 0;

	/* The first line is never cut, so there is one before. */
	return words_hex64(j->text + at - SEAL_LEN, &chain) ? chain : 0;
}

static void cut_lines(struct journal *j, uint64_t at)
{
	while (j->nnotes > 0 && j->notes[j->nnotes - 1].line >= at)
		j->nnotes--;
	j->length = at;
	j->chain = chain_before(j, at);
}

/*
 * The lines of a mend are written before it happens.  When they are not all
 * there it has not begun, and what it was to replace is still in the file.
 */
static int undo_half_mend(struct journal *j, struct err *e)
{
	size_t n = j->nreplaced, all = j->mend_frame + n;
	void *frames;

	if (!is_half_mended(j))
		return 0;
	frames = realloc(j->frames, all * sizeof(*j->frames));
	if (!frames)
		return err_nomem(e);
	j->frames = frames;
	memcpy(j->frames + j->mend_frame, j->replaced,
	       n * sizeof(*j->replaced));
	j->nframes = all;
	j->mended = false;
	cut_lines(j, j->mend_line);
	return 0;
}

static int parse(struct journal *j, size_t n, struct err *e)
{
	struct words w;
	uint64_t next, chain;
	int rc;

	if (n > JOURNAL_MAX)
		return err_set(e, ERR_FORMAT, "it is larger than any of ours");
	if (!next_line(j, n, &w, &next))
		return err_set(e, ERR_FORMAT, "its first line is damaged");
	rc = take_start(j, &w, e);
	while (rc >= 0) {
		j->length = next;
		chain = j->chain;
		if (!next_line(j, n, &w, &next))
			return 0;
		rc = take_any(j, &w, e);
		if (rc == 0) {
			j->chain = chain;
			return 0;
		}
	}
	return rc;
}

int journal_parse(char *text, size_t n, struct journal *ret, struct err *e)
{
	struct journal j = { .text = text };

	if (parse(&j, n, e) < 0 || undo_half_mend(&j, e) < 0) {
		journal_free(&j);
		return -(int)e->code;
	}
	*ret = j;
	return 0;
}

void journal_cut(struct journal *j, uint32_t frames)
{
	uint64_t at;

	if (frames >= j->nframes)
		return;
	at = j->frames[frames].line;
	j->nframes = frames;
	while (j->nmembers > 0 && j->members[j->nmembers - 1].header >= frames)
		j->nmembers--;
	if (j->nmembers > 0 && j->members[j->nmembers - 1].ended &&
	    j->members[j->nmembers - 1].end_line >= at)
		j->members[j->nmembers - 1].ended = false;
	if (j->mended && j->mend_line >= at)
		j->mended = false;
	cut_lines(j, at);
}

void journal_free(struct journal *j)
{
	free(j->frames);
	free(j->replaced);
	free(j->members);
	free(j->notes);
	free(j->text);
	memset(j, 0, sizeof(*j));
}

size_t journal_count(const struct journal *j, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < j->nnotes; i++)
		n += strcmp(j->notes[i].kind, kind) == 0;
	return n;
}
