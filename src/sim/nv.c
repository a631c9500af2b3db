/* SPDX-License-Identifier: BSD-3-Clause */
/* nv.c - primary NV names: what reading repairs, what writing builds. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* One of the two copies, header included. */
struct copy {
	char name[BSL_NAME_UNITS];
	struct target at;
	bool found, good;
	uint32_t len;
	uint8_t *buf;
};

uint32_t nv_checksum(const struct cfg *c, const uint8_t *p, size_t n,
		     uint64_t ff)
{
	uint64_t s = ff / 2 * 0xFFFF;

	for (size_t i = 0; i + 2 <= n; i += 2)
		s += get_le16(p + i);
	if (n % 2)
		s += p[n - 1];
	/* How much the sum holds before it is folded differs [5.6]. */
	if (c->nv_sum32)
		s &= 0xFFFFFFFFU;
	while (s >> 16)
		s = (s & 0xFFFF) + (s >> 16);
	return (uint16_t)~s;
}

/* '_a' or '_b' at the end, else 0. */
static char suffix_of(const char *name)
{
	size_t n = strlen(name);

	if (n > 2 && name[n - 2] == '_' &&
	    (name[n - 1] == 'a' || name[n - 1] == 'b'))
		return name[n - 1];
	return 0;
}

static bool in_list(const char *s, size_t n, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == n && !strncmp(*list, s, n))
			return true;
	return false;
}

/* The table of sharkl3 and lk [5.6]. */
bool nv_is_primary(const struct phone *p, const char *name)
{
	static const char *const prefixes[] = { "",   "td",  "g_",  "nr_",
						"l_", "tl_", "lf_", "w",
						"w_", "wl_", "wcn", NULL };
	static const char *const slotted[] = { "nr_", "l_", "w_", "wl_", NULL };
	const char *fix = strstr(name, "fixnv1");
	const char *at = fix ? fix : strstr(name, "runtimenv1");
	const char *rest;
	size_t n;

	if (!at)
		return false;
	n = (size_t)(at - name);
	rest = at + strlen(fix ? "fixnv1" : "runtimenv1");
	if (!*rest)
		return in_list(name, n, prefixes);
	return p->cfg.nv_repair == NV_AB && fix && suffix_of(rest - 1) &&
	       strlen(rest) == 2 && in_list(name, n, slotted);
}

/* Another copy's or slot's name: "l_fixnv1_a" becomes "l_fixnv2_b". */
static void variant(const char *name, char digit, char slot,
		    char ret[BSL_NAME_UNITS])
{
	size_t n = strlen(name);

	memset(ret, 0, BSL_NAME_UNITS);
	memcpy(ret, name, n);
	if (suffix_of(name)) {
		ret[n - 3] = digit;
		ret[n - 1] = slot ? slot : name[n - 1];
	} else {
		ret[n - 1] = digit;
	}
}

static char active_slot(struct phone *p)
{
	struct target t;
	uint8_t b[32];
	unsigned pri[2];

	if (!fdl2_find(p, "misc", &t) || t.size < 0x800 + sizeof(b) ||
	    !area_read(&p->storage.area[t.area], t.start + 0x800, b,
		       sizeof(b)) ||
	    get_le32(b + 4) != 0x42414342)
		return 'a';
	for (int i = 0; i < 2; i++)
		pri[i] = get_le16(b + 12 + 2 * i) & 15;
	return pri[1] > pri[0] ? 'b' : 'a';
}

static void read_copy(struct phone *p, struct copy *c)
{
	const struct area *a;
	uint64_t most;

	c->found = fdl2_find(p, c->name, &c->at) && c->at.size >= NV_HEAD;
	if (!c->found)
		return;
	a = &p->storage.area[c->at.area];
	most = c->at.size - NV_HEAD;
	if (most > NV_RAM)
		most = NV_RAM;
	c->buf = malloc(NV_HEAD + (size_t)most);
	if (!c->buf || !area_read(a, c->at.start, c->buf, NV_HEAD))
		return;
	c->len = get_le32(c->buf + 4);
	if (get_le32(c->buf) != NV_MAGIC || c->len > most ||
	    !area_read(a, c->at.start + NV_HEAD, c->buf + NV_HEAD, c->len))
		return;
	c->good = nv_checksum(&p->cfg, c->buf + NV_HEAD, c->len, 0) ==
		  get_le32(c->buf + 8);
}

/* Header first, then the image, as two writes [5.6]. */
static void write_copy(struct phone *p, const char *cause, bool commanded,
		       const char *name, const uint8_t *buf, uint32_t len)
{
	struct target t;

	if (!fdl2_find(p, name, &t) || t.size < (uint64_t)NV_HEAD + len)
		return;
	sim_write(p, cause, commanded, t.area, t.start, buf, NV_HEAD);
	sim_write(p, cause, commanded, t.area, t.start + NV_HEAD, buf + NV_HEAD,
		  len);
}

static void other_slot(struct phone *p, const char *name, char active,
		       const struct copy *good)
{
	char other = active == 'a' ? 'b' : 'a', to[BSL_NAME_UNITS];

	for (char digit = '1'; digit <= '2'; digit++) {
		variant(name, digit, other, to);
		write_copy(p, "NV of one slot over the other", false, to,
			   good->buf, good->len);
	}
}

/* Repairs, loads and answers for the two copies of what is to be served. */
static void serve(struct phone *p, struct copy c[2], const char *name,
		  char active)
{
	const struct copy *good;

	read_copy(p, &c[0]);
	read_copy(p, &c[1]);
	if (!c[0].good && !c[1].good) {
		sim_reply(p, BSL_REP_OPERATION_FAILED, NULL, 0);
		return;
	}
	good = c[0].good ? &c[0] : &c[1];
	for (int i = 0; i < 2; i++)
		if (c[i].found && !c[i].good)
			write_copy(p, "NV repair", false, c[i].name, good->buf,
				   good->len);
	if (active)
		other_slot(p, name, active, good);
	/* What lies behind len stays from whatever was there before. */
	memcpy(p->nv_ram, good->buf + NV_HEAD, good->len);
	nv_crypt(&p->cfg, p->nv_ram, good->len);
	p->reading.from_ram = true;
	sim_reply(p, BSL_REP_ACK, NULL, 0);
}

void nv_repair_copies(struct phone *p)
{
	struct copy c[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		variant(p->reading.name, i ? '2' : '1', 0, c[i].name);
		read_copy(p, &c[i]);
	}
	for (int i = 0; i < 2; i++)
		if (c[i].found && !c[i].good && c[!i].good)
			write_copy(p, "NV repair", false, c[i].name, c[!i].buf,
				   c[!i].len);
	free(c[0].buf);
	free(c[1].buf);
}

void nv_read_start(struct phone *p)
{
	const char *name = p->reading.name;
	char active = suffix_of(name) ? active_slot(p) : 0;
	struct copy c[2] = { 0 };

	p->nv_flags |= suffix_of(name) ? 1 : 2;
	if (p->cfg.nv_stale && p->nv_flags == 3) {
		/* The check fails, failure counts as success [5.6]. */
		p->reading.from_ram = true;
		sim_reply(p, BSL_REP_ACK, NULL, 0);
		return;
	}
	variant(name, '1', active, c[0].name);
	variant(name, '2', active, c[1].name);
	serve(p, c, name, active);
	free(c[0].buf);
	free(c[1].buf);
}

static uint32_t byte_sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++)
		s += p[i];
	return s;
}

uint64_t nv_most(const struct phone *p, const struct target *t)
{
	uint64_t room = t->size > NV_HEAD ? t->size - NV_HEAD : 0;

	return p->cfg.fixnv_size < room ? p->cfg.fixnv_size : room;
}

/* "NV protect": some items stay those that the phone has [7.2]. */
static void keep_own_items(struct phone *p, uint8_t *image, size_t n)
{
	struct copy c[2] = { 0 };
	const struct copy *good = NULL;

	for (int i = 0; i < 2; i++) {
		variant(p->writing.name, (char)('1' + i), 0, c[i].name);
		read_copy(p, &c[i]);
		if (c[i].good && !good)
			good = &c[i];
	}
	if (good) {
		nv_crypt(&p->cfg, good->buf + NV_HEAD, good->len);
		nv_merge(image, n, good->buf + NV_HEAD, good->len);
	}
	free(c[0].buf);
	free(c[1].buf);
}

/* Header and image as the flash holds them; NULL without memory. */
static uint8_t *make_copy(struct phone *p, size_t len)
{
	const struct writing *w = &p->writing;
	uint8_t *buf = calloc(1, NV_HEAD + len), *image;

	if (!buf)
		return NULL;
	image = buf + NV_HEAD;
	memset(image, 0xFF, len);
	memcpy(image, w->buf, w->len);
	if (p->cfg.nv_write == NV_WRITE_MERGE)
		keep_own_items(p, image, w->len);
	nv_crypt(&p->cfg, image, len);
	put_le32(buf, NV_MAGIC);
	put_le32(buf + 4, (uint32_t)len);
	put_le32(buf + 8, nv_checksum(&p->cfg, image, len, 0));
	put_le32(buf + 12, 101);
	return buf;
}

static void write_copies(struct phone *p, const uint8_t *buf, size_t len)
{
	const char *name = p->writing.name;
	char to[BSL_NAME_UNITS];

	for (char slot = 'a'; slot <= 'b'; slot++) {
		for (char digit = '1'; digit <= '2'; digit++) {
			variant(name, digit, slot, to);
			write_copy(p, "START_DATA of an NV", true, to, buf,
				   (uint32_t)len);
		}
		if (!suffix_of(name))
			return;
	}
}

/* Build by build: A1 or A2 for a sum that differs [7.2]. */
static bool sums_fit(const struct writing *w)
{
	return byte_sum(w->buf, w->len) == w->checksum &&
	       nv_crc_fits(w->buf, w->len);
}

uint16_t nv_store(struct phone *p)
{
	const struct writing *w = &p->writing;
	struct target t;
	size_t len = w->len;
	uint8_t *buf;

	p->delay_ms = p->cfg.last_ms;
	if (!sums_fit(w))
		return p->cfg.nv_diff == NV_DIFF_A1 ? BSL_REP_CHECKSUM_DIFF
						    : BSL_REP_WRITE_ERROR;
	if (!fdl2_find(p, w->name, &t) || store_is_protected(p, w->name))
		return BSL_REP_WRITE_ERROR;
	if (p->cfg.nv_write == NV_WRITE_PAD)
		len = (size_t)nv_most(p, &t);
	buf = make_copy(p, len);
	if (!buf)
		return BSL_REP_OPERATION_FAILED;
	write_copies(p, buf, len);
	sim_harm(p, w->name,
		 nv_is_list(w->buf, w->len)
			 ? NULL
			 : "an NV was stored that is no list of items");
	free(buf);
	return BSL_REP_ACK;
}
