/* SPDX-License-Identifier: BSD-3-Clause */
/* sample.c - draws blocks, reads them again, says what differs. */
#include "sample.h"

#include "job/recheck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct sample {
	struct reread *q;
	struct archive_writer *w;
	struct manifest *m;
	struct manifest_recheck *r;
	struct job_progress pr;
	uint8_t *stored, *again, *third;
};

static uint64_t block_len(const struct manifest_part *p, uint64_t block)
{
	uint64_t left = p->size - block * BLOCK_SIZE;

	return left < BLOCK_SIZE ? left : BLOCK_SIZE;
}

static bool is_eligible(const struct manifest_part *p, uint64_t block)
{
	return !part_has_gap(p, block * BLOCK_SIZE, block_len(p, block));
}

static uint64_t count_eligible(struct sample *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->m->nparts; i++) {
		const struct manifest_part *p = &s->m->parts[i];

		if (!reread_may(s->q, p))
			continue;
		for (uint64_t k = 0; k * BLOCK_SIZE < p->size; k++)
			n += is_eligible(p, k);
	}
	return n;
}

/* A place that is stored wrongly, or that nobody knows. */
static void tell_bad(struct sample *s, const struct manifest_part *p,
		     uint64_t offset, uint64_t len, const char *what)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "'%s': %" PRIu64 " bytes at 0x%" PRIx64 ": %s", p->name, len,
		 offset, what);
	if (s->q->ev->difference)
		s->q->ev->difference(s->q->ev->user, p->member, offset, len,
				     what);
	manifest_add_warning(s->m, text);
}

/* A place where the stored bytes came twice, and others once. */
static void tell_unsteady(struct sample *s, const struct manifest_part *p,
			  uint64_t offset, uint64_t len)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "'%s': %" PRIu64 " bytes at 0x%" PRIx64
		 " came differently once; two of three readings gave what is "
		 "stored",
		 p->name, len, offset);
	job_warn(s->q->ev, "%s", text);
	manifest_add_warning(s->m, text);
}

/* A third reading does not mend what is stored; it says who was wrong. */
static int explain(struct sample *s, const struct manifest_part *p,
		   struct diff *d, struct err *e)
{
	struct manifest_part gaps;
	bool bad = false;
	size_t at, n;
	int rc = reread(s->q, p, 2, d->offset, s->third, d->len, &gaps, e);

	d->at = 0;
	while (rc == 0 && diff_next(d, &at, &n)) {
		uint64_t place = d->offset + at;

		if (!part_has_gap(&gaps, place, n) &&
		    memcmp(s->third + at, d->p + at, n) == 0) {
			tell_unsteady(s, p, place, n);
			continue;
		}
		bad = true;
		tell_bad(s, p, place, n,
			 memcmp(s->third + at, d->q + at, n) == 0
				 ? "is stored wrongly: two later readings "
				   "agree on other bytes"
				 : "no two of three readings agree");
	}
	s->r->differing += bad;
	s->r->unsteady += !bad;
	free(gaps.unreadable);
	return rc;
}

static int check_block(struct sample *s, const struct manifest_part *p,
		       uint64_t block, struct err *e)
{
	struct manifest_part gaps = { .size = 0 };
	struct diff d = { .p = s->stored,
			  .q = s->again,
			  .offset = block * BLOCK_SIZE,
			  .a = p,
			  .b = &gaps };
	size_t at, n;
	int rc;

	if (archive_read_back(s->w, p, block, s->stored, &d.len, e) < 0)
		return -(int)e->code;
	rc = reread(s->q, p, 1, d.offset, s->again, d.len, &gaps, e);
	if (rc == 0 && gaps.nunreadable)
		s->r->refused++;
	else if (rc == 0)
		s->r->compared++;
	if (rc == 0 && diff_next(&d, &at, &n))
		rc = explain(s, p, &d, e);
	free(gaps.unreadable);
	return rc;
}

static void show(struct sample *s, const struct manifest_part *p, uint64_t done,
		 uint64_t total)
{
	s->pr.part = p->name;
	s->pr.done = done;
	s->pr.total = total;
	job_progress(s->q->ev, &s->pr);
}

static int check_part(struct sample *s, const struct manifest_part *p,
		      struct recheck_dice *dice, struct err *e)
{
	if (!reread_may(s->q, p))
		return 0;
	for (uint64_t k = 0; k * BLOCK_SIZE < p->size; k++) {
		if (!is_eligible(p, k) || !recheck_take(dice))
			continue;
		s->pr.number++;
		show(s, p, 0, block_len(p, k));
		if (check_block(s, p, k, e) < 0)
			return err_context(e, "'%s'", p->name);
		s->pr.all_done += BLOCK_SIZE;
		show(s, p, block_len(p, k), block_len(p, k));
	}
	return 0;
}

static int check_all(struct sample *s, struct err *e)
{
	struct recheck_dice dice = { .left = s->r->blocks };
	int rc = 0;

	dice.state = s->r->seed;
	dice.wanted = s->pr.count;
	for (size_t i = 0; rc == 0 && i < s->m->nparts; i++)
		rc = check_part(s, &s->m->parts[i], &dice, e);
	return rc;
}

static int begin(struct sample *s, double percent, struct err *e)
{
	s->stored = malloc(BLOCK_SIZE);
	s->again = malloc(BLOCK_SIZE);
	s->third = malloc(BLOCK_SIZE);
	if (!s->stored || !s->again || !s->third)
		return err_nomem(e);
	memset(s->r, 0, sizeof(*s->r));
	if (getrandom(&s->r->seed, sizeof(s->r->seed), 0) != sizeof(s->r->seed))
		return err_sys(e, errno, "asking for a random number");
	s->r->seed >>= 1; /* what JSON can hold */
	s->r->percent = percent;
	s->r->blocks = count_eligible(s);
	s->pr.count = s->r->blocks ? recheck_sample(s->r->blocks, percent) : 0;
	s->pr.all_total = s->pr.count * (uint64_t)BLOCK_SIZE;
	return 0;
}

int job_recheck(struct reread *q, struct archive_writer *w, double percent,
		struct manifest *m, struct err *e)
{
	struct sample s = { .q = q, .w = w, .m = m, .r = &m->recheck };
	int rc = 0;

	if (!archive_can_mend(w)) {
		job_warn(q->ev, "nothing is read again: what was written "
				"cannot be read back there");
		return 0;
	}
	rc = begin(&s, percent, e);
	if (rc == 0) {
		job_note(q->ev, "reading %zu of %" PRIu64 " blocks again",
			 s.pr.count, s.r->blocks);
		rc = check_all(&s, e);
	}
	free(s.stored);
	free(s.again);
	free(s.third);
	return rc < 0 ? err_context(e, "reading again") : 0;
}
