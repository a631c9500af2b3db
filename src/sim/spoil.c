/* SPDX-License-Identifier: BSD-3-Clause */
/* spoil.c - a phone that holds, or gives, what is of no use. */
#include "internal.h"

#include <string.h>

static const struct {
	const char *key;
	enum spoil_kind kind;
} kinds[] = {
	{ "blank", SPOIL_BLANK },
	{ "erased", SPOIL_ERASED },
	{ "stuck", SPOIL_STUCK },
	{ "change", SPOIL_CHANGE },
};

static bool is_key(const char *key, enum spoil_kind *ret)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].key, key) == 0) {
			*ret = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* NAME, or NAME+OFFSET+LENGTH for what differs in a place. */
int spoil_parse(struct cfg *c, const char *key, char *value, struct err *e)
{
	struct spoil *s = &c->spoil[c->n_spoil];
	enum spoil_kind kind = SPOIL_BLANK;
	char *offset = strchr(value, '+');
	char *size = offset ? strchr(offset + 1, '+') : NULL;

	if (c->n_spoil == CFG_SPOIL_MAX)
		return err_set(e, ERR_USAGE, "more than %d spoilt places",
			       CFG_SPOIL_MAX);
	memset(s, 0, sizeof(*s));
	if (!is_key(key, &kind) || (kind == SPOIL_CHANGE) != (size != NULL))
		return err_set(e, ERR_USAGE, "key '%s' takes PARTITION%s", key,
			       kind == SPOIL_CHANGE ? "+OFFSET+LENGTH" : "");
	s->kind = kind;
	if (size) {
		*offset++ = *size++ = 0;
		if (text_to_size(offset, &s->offset, e) < 0 ||
		    text_to_size(size, &s->size, e) < 0)
			return err_context(e, "key '%s'", key);
	}
	if (!*value || strlen(value) >= sizeof(s->part))
		return err_set(e, ERR_USAGE, "key '%s': no partition is '%s'",
			       key, value);
	strcpy(s->part, value);
	c->n_spoil++;
	return 0;
}

static void spoil_bytes(struct phone *p, const struct spoil *s,
			const struct target *t, uint8_t *out, size_t n)
{
	switch (s->kind) {
	case SPOIL_BLANK:
		memset(out, 0, n);
		return;
	case SPOIL_ERASED:
		memset(out, 0xFF, n);
		return;
	case SPOIL_STUCK:
		if (!area_read(&p->storage.area[t->area], t->start, out, n))
			memset(out, 0, n);
		return;
	case SPOIL_CHANGE:
		for (size_t i = 0; i < n; i++)
			out[i] ^= 0x55;
		return;
	}
}

void spoil_read(struct phone *p, enum area_id area, uint64_t at, uint8_t *out,
		size_t n)
{
	for (size_t i = 0; i < p->cfg.n_spoil; i++) {
		const struct spoil *s = &p->cfg.spoil[i];
		struct target t;
		uint64_t from, to;

		if (!fdl2_locate(p, s->part, &t) || t.area != area)
			continue;
		from = t.start + s->offset;
		to = s->size ? from + s->size : t.start + t.size;
		from = from > at ? from : at;
		to = to < at + n ? to : at + n;
		if (from < to)
			spoil_bytes(p, s, &t, out + (from - at),
				    (size_t)(to - from));
	}
}

void spoil_lie(struct phone *p, uint8_t *data, size_t n)
{
	uint64_t dice = content_mix(p->cfg.seed ^ p->stats.reads << 20);

	if (p->cfg.lie && n && dice % p->cfg.lie == 0)
		data[(dice >> 20) % n] ^= (uint8_t)(1 << (dice >> 17 & 7));
}
