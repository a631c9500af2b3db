/* SPDX-License-Identifier: BSD-3-Clause */
/* damage.c - what happened to the storage before the phone was plugged in. */
#include "internal.h"

#include <fnmatch.h>
#include <string.h>

#define PIECE 4096

/* NAME or NAME+OFFSET+LENGTH; the name is a pattern, length 0 the rest. */
int damage_parse(struct cfg *c, char *value, struct err *e)
{
	struct damage *d = &c->damage[c->n_damage];
	char *offset = strchr(value, '+');
	char *size = offset ? strchr(offset + 1, '+') : NULL;

	if (c->n_damage == CFG_DAMAGE_MAX)
		return err_set(e, ERR_USAGE, "more than %d damaged places",
			       CFG_DAMAGE_MAX);
	memset(d, 0, sizeof(*d));
	if (offset) {
		if (!size)
			return err_set(e, ERR_USAGE,
				       "key 'damage' takes "
				       "PARTITION[+OFFSET+LENGTH], not '%s'",
				       value);
		*offset++ = *size++ = 0;
		if (text_to_size(offset, &d->offset, e) < 0 ||
		    text_to_size(size, &d->size, e) < 0)
			return err_context(e, "key 'damage'");
	}
	if (!*value || strlen(value) >= sizeof(d->part))
		return err_set(e, ERR_USAGE,
			       "key 'damage': no partition is '%s'", value);
	strcpy(d->part, value);
	c->n_damage++;
	return 0;
}

/*
 * Other noise than any that the phone was made with, always the same; in both
 * slots the same, if they hold the same.
 */
static bool spoil_place(struct phone *p, const struct damage *d,
			const char *name, const struct target *t)
{
	uint64_t seed = ~content_seed(&p->cfg, name);
	uint8_t piece[PIECE];
	uint64_t at, left;

	if (d->offset > t->size || d->size > t->size - d->offset)
		return false;
	at = t->start + d->offset;
	left = d->size ? d->size : t->size - d->offset;
	while (left) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		content_fill(CONTENT_RANDOM, seed, at - t->start, piece, n);
		if (!sim_poke(p, t->area, at, piece, n))
			return false;
		at += n;
		left -= n;
	}
	return true;
}

static int damage_name(struct phone *p, const struct damage *d,
		       const char *name, unsigned *found, struct err *e)
{
	struct target t;

	if (fnmatch(d->part, name, 0) != 0 || !fdl2_locate(p, name, &t))
		return 0;
	++*found;
	if (!spoil_place(p, d, name, &t))
		return err_set(e, ERR_USAGE,
			       "key 'damage': that place is not in '%s'", name);
	return 0;
}

static int damage_all(struct phone *p, const struct damage *d, struct err *e)
{
	unsigned found = 0;
	int r;

	fdl2_load_table(p);
	r = damage_name(p, d, BSL_SPLLOADER, &found, e);
	if (!r)
		r = damage_name(p, d, BSL_SPLLOADER_BAK, &found, e);
	for (size_t i = 0; i < p->table.n && !r; i++)
		r = damage_name(p, d, p->table.part[i].name, &found, e);
	if (!r && !found)
		return err_set(e, ERR_USAGE,
			       "key 'damage': no partition is '%s'", d->part);
	return r;
}

int damage_do(struct phone *p, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < p->cfg.n_damage && !r; i++)
		r = damage_all(p, &p->cfg.damage[i], e);
	p->table.known = false;
	return r;
}
