/* SPDX-License-Identifier: BSD-3-Clause */
/* fault_plan.c - "late:n=7;flip:1/50,seed=2": the words of --fault; pure. */
#include "fault_internal.h"

#include "base/text.h"

#include <string.h>

#define COUNT_MAX 1000000000u
#define MS_MAX	  3600000u

static const char *const names[FAULT_KINDS] = {
	[FAULT_LOSE] = "lose",	       [FAULT_LATE] = "late",
	[FAULT_DOUBLE] = "double",     [FAULT_CUT] = "cut",
	[FAULT_FLIP] = "flip",	       [FAULT_MERGE] = "merge",
	[FAULT_SPLIT] = "split",       [FAULT_GARBAGE] = "garbage",
	[FAULT_STALL] = "stall",       [FAULT_DISCONNECT] = "disconnect",
	[FAULT_VANISH] = "vanish",     [FAULT_UNHEARD] = "unheard",
	[FAULT_MISHEARD] = "misheard",
};

const char *fault_kind_name(enum fault_kind k)
{
	return names[k];
}

bool fault_is_of_request(enum fault_kind k)
{
	return k == FAULT_UNHEARD || k == FAULT_MISHEARD;
}

/* splitmix64: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

uint64_t fault_choose(struct planned_fault *f, uint64_t below)
{
	return next_random(&f->rng) % below;
}

bool fault_is_due(struct planned_fault *f, uint64_t number)
{
	if (number < f->n || f->times == 0)
		return false;
	if (f->one_in && fault_choose(f, f->one_in) != 0)
		return false;
	if (f->times != UINT64_MAX)
		f->times--;
	return true;
}

static int find_kind(const char *name, enum fault_kind *ret, struct err *e)
{
	struct strbuf all = { 0 };
	int rc;

	for (unsigned i = 0; i < FAULT_KINDS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = i;
			strbuf_free(&all);
			return 0;
		}
		strbuf_add(&all, "%s%s", i ? ", " : "", names[i]);
	}
	rc = err_set(e, ERR_USAGE, "no fault '%s'", name);
	err_hint(e, "there are %s", all.s ? all.s : "none now");
	strbuf_free(&all);
	return rc;
}

static int take_number(const char *text, uint64_t least, uint64_t most,
		       uint64_t *ret, struct err *e)
{
	if (text_to_u64(text, most, ret, e) < 0)
		return -(int)e->code;
	if (*ret < least)
		return err_set(e, ERR_USAGE, "'%s' is too small", text);
	return 0;
}

static int take_word(const char *word, struct planned_fault *f, struct err *e)
{
	if (strncmp(word, "n=", 2) == 0)
		return take_number(word + 2, 1, COUNT_MAX, &f->n, e);
	if (strncmp(word, "1/", 2) == 0)
		return take_number(word + 2, 1, COUNT_MAX, &f->one_in, e);
	if (strncmp(word, "times=", 6) == 0)
		return take_number(word + 6, 1, COUNT_MAX, &f->times, e);
	if (strncmp(word, "ms=", 3) == 0)
		return take_number(word + 3, 1, MS_MAX, &f->late_ms, e);
	if (strncmp(word, "seed=", 5) == 0)
		return take_number(word + 5, 0, UINT64_MAX, &f->rng, e);
	return err_set(e, ERR_USAGE,
		       "'%s' is none of n=N, 1/K, times=N, ms=N, seed=N", word);
}

/* "KIND[:WORD,...]"; text is cut to pieces. */
static int take_fault(char *text, struct planned_fault *f, struct err *e)
{
	char *words = strchr(text, ':'), *word;

	*f = (struct planned_fault) { .n = 1, .rng = 1 };
	if (words)
		*words++ = '\0';
	if (find_kind(text, &f->kind, e) < 0)
		return -(int)e->code;
	while (words && (word = strsep(&words, ",")))
		if (take_word(word, f, e) < 0)
			return err_context(e, "in '%s'", text);
	if (f->times == 0)
		f->times = f->one_in ? UINT64_MAX : 1;
	if (f->late_ms && f->kind != FAULT_LATE)
		return err_set(e, ERR_USAGE, "ms= belongs to 'late', not '%s'",
			       text);
	return 0;
}

int fault_plan_parse(const char *text, struct fault_plan *ret, struct err *e)
{
	char copy[FAULT_PLAN_MAX + 1], *rest = copy, *one;

	ret->n = 0;
	if (strlen(text) > FAULT_PLAN_MAX)
		return err_set(e, ERR_USAGE,
			       "a plan of faults has up to %u characters",
			       FAULT_PLAN_MAX);
	text_copy(copy, sizeof(copy), text);
	while ((one = strsep(&rest, ";"))) {
		if (ret->n == FAULT_PLAN_SIZE)
			return err_set(e, ERR_USAGE,
				       "a plan has up to %u faults",
				       FAULT_PLAN_SIZE);
		if (take_fault(one, &ret->v[ret->n], e) < 0) {
			err_hint(e, "KIND[:WORD,...][;KIND...], as in "
				    "'late:n=7;flip:1/50,seed=2'; see "
				    "HACKING.md");
			return err_context(e, "the plan of faults");
		}
		ret->n++;
	}
	return 0;
}
