/* SPDX-License-Identifier: BSD-3-Clause */
/* blank.c - which copies say nothing, and which of them matter. */
#include "job/blank.h"

#include "base/text.h"
#include "job/plan.h"

#include <stdio.h>
#include <string.h>

static bool is_content(const struct manifest_part *p, const char *what)
{
	return strcmp(p->content, what) == 0;
}

static bool is_one_byte(const struct manifest_part *p)
{
	return is_content(p, "zero") || is_content(p, "erased") ||
	       is_content(p, "uniform");
}

/* Zeros in place of what was refused say nothing of the phone. */
static bool says_nothing(const struct manifest_part *p)
{
	return (is_one_byte(p) && p->nunreadable == 0) ||
	       is_content(p, "repeated");
}

static const char *blank_kind(const struct manifest_part *p)
{
	return is_content(p, "zero")	 ? "all-zero"
	       : is_content(p, "erased") ? "all-ff"
					 : "repeated-block";
}

static bool cut_suffix(char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	if (n <= k || strcmp(name + n - k, suffix) != 0)
		return false;
	name[n - k] = '\0';
	return true;
}

/* 'a', 'b', or 0 for a partition without slots. */
static char slot_of(const char *name)
{
	size_t n = strlen(name);

	if (n < 3 || name[n - 2] != '_')
		return 0;
	return name[n - 1] == 'a' || name[n - 1] == 'b' ? name[n - 1] : 0;
}

/* What the copies of one thing are called together: slots, _bak, NV 1 and 2. */
static void base_name(const struct manifest_part *p, char base[40])
{
	size_t n;

	text_copy(base, 40, p->name);
	if (!cut_suffix(base, "_a"))
		cut_suffix(base, "_b");
	cut_suffix(base, "_bak");
	n = strlen(base);
	if (strcmp(p->class, "nv") == 0 && n > 1 &&
	    (base[n - 1] == '1' || base[n - 1] == '2'))
		base[n - 1] = '\0';
}

static bool are_copies(const struct manifest_part *p,
		       const struct manifest_part *q)
{
	char a[40], b[40];

	base_name(p, a);
	base_name(q, b);
	return strcmp(a, b) == 0;
}

/* Another copy of the same thing (slot 0: any) that is worth something. */
static bool has_good_copy(const struct manifest *m,
			  const struct manifest_part *p, char slot)
{
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *q = &m->parts[i];

		if (q != p && !says_nothing(q) && are_copies(q, p) &&
		    (!slot || slot_of(q->name) == slot))
			return true;
	}
	return false;
}

static bool is_grave(const struct manifest *m, const struct manifest_part *p,
		     char active)
{
	char slot = slot_of(p->name);

	if (plan_blank_level(p->name) != BLANK_GRAVE)
		return false;
	if (slot && active && slot != active)
		return false;
	return !has_good_copy(m, p, active ? slot : 0);
}

static void judge_blank(const struct manifest *m, struct manifest_part *p,
			char active, struct blank_report *ret)
{
	if (plan_blank_level(p->name) == BLANK_FINE) {
		ret->quiet++;
		return;
	}
	text_copy(p->suspect, sizeof(p->suspect), blank_kind(p));
	p->grave = is_grave(m, p, active);
}

/* -- twins --------------------------------------------------------------- */

static bool both_class(const struct manifest_part *p,
		       const struct manifest_part *q, const char *class)
{
	return strcmp(p->class, class) == 0 && strcmp(q->class, class) == 0;
}

/*
 * May two partitions hold the same bytes?  Copies of one thing; running NV
 * begins as fixed NV; people flash one recovery or one empty vbmeta to all
 * places that take it; pictures are shared.
 */
static bool may_be_equal(const struct manifest_part *p,
			 const struct manifest_part *q)
{
	if (are_copies(p, q) || both_class(p, q, "nv") ||
	    both_class(p, q, "kernel"))
		return true;
	if (strstr(p->name, "vbmeta") && strstr(q->name, "vbmeta"))
		return true;
	return plan_blank_level(p->name) == BLANK_FINE ||
	       plan_blank_level(q->name) == BLANK_FINE;
}

static const struct manifest_part *twin_of(const struct manifest *m, size_t i)
{
	const struct manifest_part *p = &m->parts[i], *q;

	if (p->method == METHOD_NONE || p->size == 0 || p->nunreadable)
		return NULL;
	for (q = m->parts; q < p; q++)
		if (q->size == p->size && q->method != METHOD_NONE &&
		    memcmp(q->sha256, p->sha256, SHA256_LEN) == 0 &&
		    !may_be_equal(p, q))
			return q;
	return NULL;
}

static void judge_twin(const struct manifest *m, size_t i)
{
	struct manifest_part *p = &m->parts[i];
	const struct manifest_part *q = twin_of(m, i);

	if (!q)
		return;
	snprintf(p->suspect, sizeof(p->suspect), "same-as:%s", q->name);
	/* A name that was only tried may be another one for the same place. */
	p->grave = !p->size_probed && !q->size_probed &&
		   (plan_blank_level(p->name) == BLANK_GRAVE ||
		    plan_blank_level(q->name) == BLANK_GRAVE);
}

/* -- all of it ----------------------------------------------------------- */

void blank_judge(struct manifest *m, char active, struct blank_report *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < m->nparts; i++) {
		struct manifest_part *p = &m->parts[i];

		p->suspect[0] = '\0';
		p->grave = false;
		if (p->method == METHOD_NONE || p->size == 0)
			continue;
		if (says_nothing(p))
			judge_blank(m, p, active, ret);
		else
			judge_twin(m, i);
		if (p->grave)
			ret->grave++;
		else if (*p->suspect)
			ret->odd++;
	}
}

bool blank_asks_for_slot(const struct manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++)
		if (says_nothing(&m->parts[i]) && slot_of(m->parts[i].name) &&
		    plan_blank_level(m->parts[i].name) == BLANK_GRAVE)
			return true;
	return false;
}

const char *blank_words(const struct manifest_part *p, char buf[64])
{
	if (strncmp(p->suspect, "same-as:", 8) == 0)
		snprintf(buf, 64, "the same bytes as '%s'", p->suspect + 8);
	else
		snprintf(buf, 64, "%s",
			 strcmp(p->suspect, "all-zero") == 0 ? "all zeros"
			 : strcmp(p->suspect, "all-ff") == 0
				 ? "all FF (erased)"
				 : "one block again and again");
	return buf;
}
