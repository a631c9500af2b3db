/* SPDX-License-Identifier: BSD-3-Clause */
/* phone.c - the phone as a whole: replies, clock, power, the witness. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define U_COUNT	 5
#define U_GAP_MS 50

void sim_die(struct phone *p, const char *why)
{
	if (p->stats.dead)
		return;
	p->stats.dead = why;
	p->died_ms = p->now_ms;
}

/* The answers that say neither yes nor data count as refused. */
static bool is_success(const struct phone *p, uint16_t type)
{
	switch (type) {
	case BSL_REP_INCOMPATIBLE_PARTITION:
		return p->frames == 0; /* the answer to EXEC */
	case BSL_REP_ACK:
	case BSL_REP_VER:
	case BSL_REP_READ_FLASH:
	case BSL_REP_READ_FLASH_INFO:
	case BSL_REP_READ_CHIP_TYPE:
	case BSL_REP_READ_NVITEM:
	case BSL_REP_READ_CHIP_UID:
	case BSL_REP_READ_PARTITION:
	case 0xB1: /* READ_REFINFO */
	case 0xBB: /* DUMP_LOG */
	case 0xBC: /* READ_VCUR */
	case BSL_REP_AUTH_M1:
	case BSL_REP_LOG:
		return true;
	}
	return false;
}

/* The next free place; NULL when the host has let too many wait. */
static struct out *next_out(struct phone *p)
{
	struct out *o = &p->out[(p->out_first + p->out_n) % OUTS];

	if (p->out_n == OUTS)
		return NULL;
	if (!o->buf)
		o->buf = malloc(WIRE_BUILT_MAX);
	return o->buf ? o : NULL;
}

static bool escaping(const struct phone *p)
{
	return !p->plain;
}

uint8_t *sim_room(struct phone *p)
{
	struct out *o = escaping(p) ? NULL : next_out(p);

	return o ? o->buf + WIRE_DATA_AT : p->scratch;
}

void sim_reply(struct phone *p, uint16_t type, const void *data, size_t n)
{
	struct out *o = next_out(p);

	if (p->dark)
		return;
	if (!is_success(p, type))
		p->stats.refused++;
	if (!o) {
		p->delay_ms = 0;
		return;
	}
	o->len = wire_build(o->buf, type, data, n, rom_chk(p), escaping(p));
	/* The descriptor of this driver counts in 16 bits [1.3]. */
	if (p->stage == STAGE_FDL2 && sim_on_usb(p) && p->cfg.tx16)
		o->len &= 0xFFFF;
	o->pos = 0;
	o->ready_ms = p->now_ms + p->delay_ms;
	p->delay_ms = 0;
	if (o->len)
		p->out_n++;
}

static void say_u(struct phone *p)
{
	for (int i = 0; i < U_COUNT; i++) {
		struct out *o = next_out(p);

		if (!o)
			return;
		o->buf[0] = 'U';
		o->len = 1;
		o->pos = 0;
		o->ready_ms = p->now_ms + (uint64_t)i * U_GAP_MS;
		p->out_n++;
	}
}

static void enter(struct phone *p, enum stage stage)
{
	p->stage = stage;
	p->attached = true;
	p->leaving = false;
	p->line_open = false;
	p->out_n = 0;
	p->delay_ms = 0;
	wire_in_reset(&p->in);
}

void sim_power_on(struct phone *p)
{
	bool autod = p->cfg.version && !strcmp(p->cfg.version, BSL_HELLO_AUTOD);

	enter(p, autod ? STAGE_AUTOD : STAGE_BROM);
	p->stats.dead = NULL;
	memset(&p->load, 0, sizeof(p->load));
	p->execs = 0;
	p->skipped = 0;
	p->synced = false;
	p->plain = false;
	p->write_enabled = false;
	p->handshake_due = false;
	p->connected = false;
	memset(p->opened, 0, sizeof(p->opened));
	p->leaked = 0;
	p->frames = 0;
	memset(&p->reading, 0, sizeof(p->reading));
	fdl2_drop_writing(p);
	p->dark = false;
	p->power_ons++;
	p->nv_flags = 0;
	p->table.known = false;
	if (!sim_on_usb(p) && !autod)
		say_u(p);
}

void sim_leave(struct phone *p, enum stage next)
{
	p->leaving = true;
	p->next_stage = next;
	p->left_ms = p->now_ms;
}

/* The last words are still delivered. */
bool phone_attached(const struct phone *p)
{
	return p->attached && !(p->leaving && !p->out_n);
}

uint64_t phone_away_ms(const struct phone *p)
{
	uint64_t away = p->now_ms - p->left_ms;

	return phone_attached(p) || away >= p->cfg.back_ms
		       ? 0
		       : p->cfg.back_ms - away;
}

/* Somebody plugs in another one of the same model. */
static void become_another(struct phone *p)
{
	struct cfg *c = &p->cfg;
	struct err e;

	p->others_turn = false;
	if (c->back_uid) {
		free(c->uid);
		c->uid = c->back_uid;
		c->back_uid = NULL;
	}
	if (!c->back_seed)
		return;
	c->seed = c->back_seed;
	c->back_seed = 0;
	keep_close(p);
	storage_free(&p->storage);
	if (layout_make(&p->storage, p->model, c, &e) < 0)
		sim_die(p, "no memory for another phone's storage");
}

/* The cable came back and the battery has kept the loader running. */
static void loader_goes_on(struct phone *p)
{
	p->attached = true;
	p->leaving = false;
	p->out_n = 0;
	wire_in_reset(&p->in);
}

void phone_attach(struct phone *p)
{
	if (p->leaving && p->next_stage == STAGE_FDL2 &&
	    p->stage == STAGE_FDL2) {
		loader_goes_on(p);
		return;
	}
	if (p->leaving && p->next_stage != STAGE_BROM) {
		enter(p, p->next_stage);
		if (p->stage == STAGE_FDL2)
			fdl2_start(p);
		return;
	}
	sim_power_on(p);
	if (p->others_turn)
		become_another(p);
}

void phone_line_state(struct phone *p, uint16_t value)
{
	/* The gadget looks at the low byte only [1.2]. */
	p->line_open = (value & 0xFF) == 1;
}

size_t phone_give(struct phone *p, void *buf, size_t cap)
{
	struct out *o = &p->out[p->out_first];
	size_t n;

	if (!p->out_n || o->ready_ms > p->now_ms || !cap)
		return 0;
	n = o->len - o->pos < cap ? o->len - o->pos : cap;
	memcpy(buf, o->buf + o->pos, n);
	o->pos += n;
	if (o->pos == o->len) {
		p->out_first = (p->out_first + 1) % OUTS;
		p->out_n--;
	}
	return n;
}

int64_t phone_next_ms(const struct phone *p)
{
	for (unsigned i = 0; i < p->out_n; i++) {
		const struct out *o = &p->out[(p->out_first + i) % OUTS];

		if (o->ready_ms > p->now_ms)
			return (int64_t)(o->ready_ms - p->now_ms);
	}
	return -1;
}

/* Its user pulls the battery of a phone that hangs. */
static void maybe_revive(struct phone *p)
{
	if (!p->stats.dead || !p->cfg.revive_ms || p->leaving ||
	    p->now_ms - p->died_ms < p->cfg.revive_ms)
		return;
	p->out_n = 0;
	sim_leave(p, STAGE_BROM);
}

enum phone_host phone_host(const struct phone *p)
{
	return (enum phone_host)p->cfg.host;
}

void phone_advance(struct phone *p, uint64_t ms)
{
	p->now_ms += ms;
	maybe_revive(p);
}

const struct phone_model *phone_model(const struct phone *p)
{
	size_t n;

	return &phone_models(&n)[p->index];
}

static int find_model(const char *spec, size_t len, size_t *ret, struct err *e)
{
	size_t n;
	const struct phone_model *m = phone_models(&n);
	struct strbuf names = { 0 };
	int r;

	for (size_t i = 0; i < n; i++) {
		if (strlen(m[i].name) == len &&
		    !strncmp(m[i].name, spec, len)) {
			*ret = i;
			return 0;
		}
	}
	r = err_set(e, ERR_USAGE, "no simulated model '%.*s'", (int)len, spec);
	for (size_t i = 0; i < n; i++)
		strbuf_add(&names, "%s%s", i ? ", " : "", m[i].name);
	err_hint(e, "there are %s", names.s ? names.s : "none");
	strbuf_free(&names);
	return r;
}

static bool names_fit(const char *list)
{
	size_t n = 0, len;

	for (; list && *list; list += len + (list[len] == '+'), n++) {
		len = strcspn(list, "+");
		if (!len || len > BSL_NAME_UNITS)
			return false;
	}
	return n <= 16;
}

/* The model's own keys, then those that follow from others, then the user's. */
static int configure(struct phone *p, const char *keys, struct err *e)
{
	struct cfg *c = &p->cfg;
	int r = cfg_parse(c, p->model->defaults, e);

	if (!r && strstr(keys, "version=" BSL_HELLO_AUTOD))
		r = cfg_parse(c, "need_line_state=1,ver_skip=0,window=128M", e);
	if (!r && !sim_by_number(p) &&
	    (strstr(keys, "link=serial") || strstr(keys, "uart=1")))
		r = cfg_parse(c, "da=bare,hdlc=0", e);
	if (!r)
		r = cfg_parse(c, keys, e);
	if (r < 0)
		return r;
	if (c->uart)
		c->link = LINK_SERIAL;
	if (c->version && strlen(c->version) > 200)
		return err_set(e, ERR_USAGE, "key 'version' is too long");
	if (!names_fit(c->add))
		return err_set(e, ERR_USAGE,
			       "key 'add' takes up to 16 names "
			       "of up to 36 characters");
	if (c->window < 4096)
		return err_set(e, ERR_USAGE, "key 'window' is under 4K");
	if (c->fixnv_size > NV_RAM)
		return err_set(e, ERR_USAGE, "key 'fixnv_size' is over 2M");
	if ((c->uid && strlen(c->uid) > 200) ||
	    (c->back_uid && strlen(c->back_uid) > 200))
		return err_set(e, ERR_USAGE, "key 'uid' is too long");
	return 0;
}

static int build(struct phone *p, const char *spec, struct err *e)
{
	size_t len = strcspn(spec, ",");
	int r = find_model(spec, len, &p->index, e);

	if (r < 0)
		return r;
	p->model = model_at(p->index);
	r = configure(p, spec[len] ? spec + len + 1 : "", e);
	if (!r)
		r = layout_make(&p->storage, p->model, &p->cfg, e);
	if (!r)
		r = keep_open(p, e);
	if (!r)
		r = damage_do(p, e);
	if (!r)
		r = log_open(p, e);
	if (!r)
		r = loader_make(p, e);
	if (r < 0)
		return r;
	p->scratch = malloc(WIRE_DATA_MAX);
	p->nv_ram = calloc(1, NV_RAM);
	if (!p->scratch || !p->nv_ram)
		return err_nomem(e);
	sim_power_on(p);
	return 0;
}

int phone_new(const char *spec, struct phone **ret, struct err *e)
{
	struct phone *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return err_nomem(e);
	p->keep_fd = -1;
	p->log_fd = -1;
	r = build(p, spec, e);
	if (r < 0) {
		phone_free(p);
		return r;
	}
	*ret = p;
	return 0;
}

void phone_free(struct phone *p)
{
	if (!p)
		return;
	for (int i = 0; i < OUTS; i++)
		free(p->out[i].buf);
	for (int i = 0; i < 2; i++)
		free(p->loader[i]);
	fdl2_drop_writing(p);
	free(p->nv_ram);
	free(p->scratch);
	keep_close(p);
	log_close(p);
	storage_free(&p->storage);
	strbuf_free(&p->log);
	cfg_free(&p->cfg);
	free(p);
}
