/* SPDX-License-Identifier: BSD-3-Clause */
/* probe.c - where does it end?  Asked by reading; docs/protocol.md 5.5, 6.3. */
#include "probe.h"

#include "base/text.h"
#include "bsl/proto.h"
#include "device/reader.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define PROBE_UNIT     512u /* no partition ends inside this */
#define FIRST_GUESS    ((uint64_t)1 << 20)
#define NARROW_MAX     ((uint64_t)1 << 32) /* reach of 32-bit offsets */
#define SIZE_REPLY     0x80u /* what "NAME_size" is asked for [5.5] */
#define WIDE_SAMPLES   64u
#define BOOT_AREA_UNIT ((uint64_t)128 << 10) /* eMMC BOOT_SIZE_MULT */
#define BOOT_AREA_MAX  ((uint64_t)4 << 20)
#define MIDDLE	       ((uint64_t)64 << 10) /* of the smallest boot area */
#define BEHIND_MAX     ((uint64_t)16 << 20) /* a defect may be so long */

/*
 * The end between `good`, below which something can be read, and the first
 * place at or behind `bad` that cannot: doubling, then halving.  `max` if the
 * last unit below it can be read.
 */
static int narrow(struct session *s, const char *name, uint64_t good,
		  uint64_t bad, uint64_t max, uint64_t *ret, struct err *e)
{
	int rc;

	/* Is the unit before `bad` there, too? */
	for (; good < max; good = bad, bad *= 2) {
		if (bad > max)
			bad = max;
		rc = reader_probe(s, name, bad - PROBE_UNIT, PROBE_UNIT, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
	}
	if (good >= max) {
		*ret = max;
		return 0;
	}
	while (bad - good > PROBE_UNIT) {
		uint64_t mid =
			good + (bad - good) / 2 / PROBE_UNIT * PROBE_UNIT;

		rc = reader_probe(s, name, mid - PROBE_UNIT, PROBE_UNIT, e);
		if (rc < 0)
			return rc;
		if (rc)
			good = mid;
		else
			bad = mid;
	}
	*ret = good;
	return 0;
}

/*
 * A bad sector looks like the end.  1 with a readable place behind `end`, if
 * one of some is.
 */
static int goes_on(struct session *s, const char *name, uint64_t end,
		   uint64_t max, uint64_t *place, struct err *e)
{
	int rc = 0;

	for (uint64_t step = PROBE_UNIT; rc == 0 && step <= BEHIND_MAX;
	     step *= 8) {
		*place = end + step;
		if (*place + PROBE_UNIT > max)
			break;
		rc = reader_probe(s, name, *place, PROBE_UNIT, e);
	}
	return rc;
}

/* The end of `name`, of which the unit at `place` can be read. */
static int find_end(struct session *s, const char *name, uint64_t place,
		    uint64_t max, uint64_t *ret, struct err *e)
{
	int rc = 1;

	while (rc == 1) {
		uint64_t good = place + PROBE_UNIT, bad = FIRST_GUESS;

		while (bad <= good)
			bad *= 2;
		rc = narrow(s, name, good, bad, max, ret, e);
		if (rc == 0)
			rc = goes_on(s, name, *ret, max, &place, e);
	}
	return rc;
}

/*
 * Is there something of that name?  1 with a place that can be read: a bad
 * first sector must not hide it.
 */
static int readable_at(struct session *s, const char *name, uint64_t *place,
		       struct err *e)
{
	static const uint64_t places[3] = { 0, READER_UNIT, MIDDLE };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 3; i++) {
		*place = places[i];
		rc = reader_probe(s, name, *place, PROBE_UNIT, e);
		if (rc == 0 && session_wants_authorisation(e))
			return 0;
	}
	return rc;
}

/* How far a loader can be asked: an old one takes offsets modulo 4 GiB. */
static uint64_t reach(const struct session *s)
{
	if (s->info.da.form <= DA_BARE || session_has_quirk(s, QUIRK_OFFSET_32))
		return NARROW_MAX - PROBE_UNIT;
	return PROBE_STORAGE_MAX;
}

/* The same as far as this loader can be asked; PROBE_BEYOND: further. */
static int find_size(struct session *s, const char *name, uint64_t place,
		     uint64_t *ret, struct err *e)
{
	uint64_t max = reach(s);
	int rc = find_end(s, name, place, max, ret, e);

	if (rc == 0 && *ret == max && max < PROBE_BEYOND)
		*ret = PROBE_BEYOND;
	return rc;
}

static struct partition *add_row(struct ptable *t, const char *name,
				 uint64_t size)
{
	struct partition *p = ptable_add(t);

	if (!p)
		return NULL;
	text_copy(p->name, sizeof(p->name), name);
	p->size = size;
	p->probed = true;
	return p;
}

static void drop_row(struct ptable *t, const struct partition *p)
{
	size_t i = (size_t)(p - t->v);

	memmove(&t->v[i], &t->v[i + 1], (t->n - i - 1) * sizeof(*t->v));
	t->n--;
}

/*
 * A loader that does not find an NV tries it again with or without _a [5.5]:
 * then two names are one partition.  Only a phone with slots has an _b.
 */
static void drop_aliases(struct ptable *t)
{
	for (size_t i = 0; i < t->n; i++) {
		char slot[40];
		const struct partition *a, *b;

		snprintf(slot, sizeof(slot), "%s_a", t->v[i].name);
		a = ptable_find(t, slot);
		slot[strlen(slot) - 1] = 'b';
		b = ptable_find(t, slot);
		if (a && a->size == t->v[i].size)
			drop_row(t, b ? &t->v[i] : a);
	}
}

/*
 * A first NV copy is never asked for: the loader would repair, that is write.
 * It is there, and as large, when its second copy is.
 */
static int add_first_nv(struct ptable *t, const char *name)
{
	char second[37];
	const struct partition *copy;

	text_copy(second, sizeof(second), name);
	*strrchr(second, '1') = '2';
	copy = ptable_find(t, second);
	if (copy && !add_row(t, name, copy->size))
		return -1;
	return 0;
}

int probe_ends_at(struct session *s, const char *name, uint64_t size,
		  struct err *e)
{
	int rc = reader_probe(s, name, size - PROBE_UNIT, PROBE_UNIT, e);

	if (rc != 1)
		return rc;
	rc = reader_probe(s, name, size, PROBE_UNIT, e);
	return rc < 0 ? rc : !rc;
}

/*
 * The size a hint tells, if reading shows it; else found by reading, from
 * `place` on.
 */
static int size_of(struct session *s, const char *name, uint64_t hint,
		   uint64_t place, uint64_t *ret, bool *ret_probed,
		   struct err *e)
{
	int rc = 0;

	if (hint >= PROBE_UNIT && hint % PROBE_UNIT == 0 && hint <= reach(s))
		rc = probe_ends_at(s, name, hint, e);
	if (rc < 0)
		return rc;
	*ret_probed = rc == 0;
	*ret = hint;
	return rc ? 0 : find_size(s, name, place, ret, e);
}

/* Looks for one name; `hint` as in struct ptable_hint. */
static int probe_name(struct session *s, const char *name, uint64_t hint,
		      struct ptable *t, struct err *e)
{
	struct partition *p;
	uint64_t size, place = 0;
	bool probed = true;
	int rc;

	if (guard_name_repairs(name) || ptable_find(t, name))
		return 0;
	if (session_is_nand(s))
		rc = probe_nand(s, name, &size, e);
	else
		rc = readable_at(s, name, &place, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return session_wants_authorisation(e) ? -(int)e->code : 0;
	if (!session_is_nand(s) &&
	    size_of(s, name, hint, place, &size, &probed, e) < 0)
		return err_context(e, "size of '%s'", name);
	p = add_row(t, name, size);
	if (!p)
		return err_nomem(e);
	p->probed = probed;
	return 0;
}

int probe_names(struct session *s, const char *const *names, size_t n,
		struct ptable *t, struct err *e)
{
	const struct ptable_hint *hints = s->opt.hints;

	session_note(s, "no partition table: trying %zu names",
		     n + s->opt.nhints);
	t->source = PTABLE_PROBED;
	for (size_t i = 0; i < s->opt.nhints; i++) {
		size_t before = t->n;

		if (probe_name(s, hints[i].name, hints[i].size, t, e) < 0)
			return -(int)e->code;
		if (t->n > before)
			t->source = PTABLE_PACKAGE;
	}
	for (size_t i = 0; i < n; i++)
		if (probe_name(s, names[i], 0, t, e) < 0)
			return -(int)e->code;
	drop_aliases(t);
	for (size_t i = 0; i < s->opt.nhints; i++)
		if (guard_name_repairs(hints[i].name) &&
		    !ptable_find(t, hints[i].name) &&
		    add_first_nv(t, hints[i].name) < 0)
			return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		if (guard_name_repairs(names[i]) && !ptable_find(t, names[i]) &&
		    add_first_nv(t, names[i]) < 0)
			return err_nomem(e);
	return 0;
}

/* The loader's own text about a size; 0: it has none. */
static int ask_size(struct session *s, const char *name, uint64_t *ret,
		    struct err *e)
{
	struct extent x = { .length = SIZE_REPLY };
	uint8_t text[SIZE_REPLY];

	*ret = 0;
	snprintf(x.name, sizeof(x.name), "%s_size", name);
	if (reader_read(s, &x, text, e) < 0)
		return e->code == ERR_REFUSED && !session_wants_authorisation(e)
			       ? 0
			       : -(int)e->code;
	*ret = msg_parse_size_text(text, sizeof(text));
	return 0;
}

int probe_storage_size(struct session *s, uint64_t *ret, struct err *e)
{
	if (ask_size(s, BSL_USER_PARTITION, ret, e) < 0)
		return -(int)e->code;
	if (*ret >= FIRST_GUESS && *ret <= PROBE_STORAGE_MAX)
		return 0;
	return find_size(s, BSL_USER_PARTITION, 0, ret, e);
}

/* READER_UNIT bytes: 1, or 0 where they cannot be read. */
static int sample(struct session *s, const char *name, uint64_t at,
		  uint8_t *buf, struct err *e)
{
	struct extent x = { .offset = at, .length = READER_UNIT };
	int rc;

	text_copy(x.name, sizeof(x.name), name);
	rc = reader_read(s, &x, buf, e);
	if (rc == 0)
		return 1;
	return e->code == ERR_REFUSED && !session_wants_authorisation(e) ? 0
									 : rc;
}

/*
 * Are the READER_UNIT bytes at a and b the same, and not one repeated byte?
 * What cannot be read shows nothing.
 */
static int repeats_at(struct session *s, const char *name, uint64_t a,
		      uint64_t b, struct err *e)
{
	uint8_t one[READER_UNIT], two[READER_UNIT];
	int rc = sample(s, name, a, one, e);

	if (rc == 1)
		rc = sample(s, name, b, two, e);
	if (rc != 1)
		return rc;
	return memcmp(one, two, sizeof(one)) == 0 &&
	       memcmp(one, one + 1, sizeof(one) - 1) != 0;
}

int probe_wide(struct session *s, const char *name, uint64_t size,
	       struct err *e)
{
	const uint64_t wrap = (uint64_t)1 << 32;
	uint8_t low[READER_UNIT], high[READER_UNIT];

	/* Blank places say nothing, so several are looked at. */
	for (uint64_t at = 0; at < WIDE_SAMPLES * FIRST_GUESS;
	     at += FIRST_GUESS) {
		int rc;

		if (wrap + at + READER_UNIT > size)
			break;
		rc = sample(s, name, at, low, e);
		if (rc == 0)
			continue;
		if (rc < 0)
			return rc;
		rc = sample(s, name, wrap + at, high, e);
		if (rc != 1)
			return rc < 0 && e->code != ERR_REFUSED ? rc : 0;
		if (memcmp(low, high, sizeof(low)) != 0)
			return 1;
	}
	return 0;
}

/*
 * A boot area is not checked against its end by all loaders: what lies behind
 * may be the beginning again [5.7].  1 when what is at `place` comes again
 * behind each multiple of `at`: an area may hold a second copy of its image,
 * but is not full of them.
 */
static int wraps_at(struct session *s, const char *name, uint64_t place,
		    uint64_t at, uint64_t size, struct err *e)
{
	int rc = 1;

	for (uint64_t k = place + at; rc == 1 && k + READER_UNIT <= size;
	     k += at)
		rc = repeats_at(s, name, place, k, e);
	return rc;
}

/* `place` is one that can be read. */
static int boot_area_size(struct session *s, const char *name, uint64_t place,
			  uint64_t *ret, struct err *e)
{
	uint64_t size;
	int rc = ask_size(s, name, &size, e);

	if (rc < 0)
		return rc;
	if (size >= PROBE_UNIT && size <= 16 * BOOT_AREA_MAX &&
	    size % PROBE_UNIT == 0) {
		*ret = size;
		return 0;
	}
	rc = find_end(s, name, place, BOOT_AREA_MAX, &size, e);
	if (rc < 0)
		return rc;
	for (uint64_t at = BOOT_AREA_UNIT; at < size; at *= 2) {
		rc = wraps_at(s, name, place, at, size, e);
		if (rc < 0)
			return rc;
		if (rc == 1)
			size = at;
	}
	*ret = size;
	return 0;
}

int probe_boot_areas(struct session *s, struct ptable *t, struct err *e)
{
	static const char *const names[] = { BSL_SPLLOADER, BSL_SPLLOADER_BAK };
	int lacking = 0;

	for (size_t i = 0; i < 2; i++) {
		struct partition *p;
		uint64_t size, place = 0;
		int rc;

		if (ptable_find(t, names[i]))
			continue;
		if (session_is_nand(s))
			rc = probe_nand(s, names[i], &size, e);
		else
			rc = readable_at(s, names[i], &place, e);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			lacking += i == 0;
			continue;
		}
		if (!session_is_nand(s) &&
		    boot_area_size(s, names[i], place, &size, e) < 0)
			return err_context(e, "size of '%s'", names[i]);
		p = add_row(t, names[i], size);
		if (!p)
			return err_nomem(e);
		p->boot_area = true;
	}
	return lacking;
}
