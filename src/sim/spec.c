/* SPDX-License-Identifier: BSD-3-Clause */
/* spec.c - the text after the model's name, key by key. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum key_kind {
	KEY_FLAG,
	KEY_NUMBER,
	KEY_SIZE,
	KEY_WORD,
	KEY_TEXT,
	KEY_BAD,
	KEY_FLAKY,
	KEY_BLOCK,
	KEY_DAMAGE,
	KEY_SPOIL
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t at;
	const char *words; /* "a|b|c": value is the position */
};

#define AT(field) offsetof(struct cfg, field)
#define FLAG(f)                           \
	{                                 \
#f, KEY_FLAG, AT(f), NULL \
	}
#define NUMBER(f)                           \
	{                                   \
#f, KEY_NUMBER, AT(f), NULL \
	}
#define SIZE(f)                           \
	{                                 \
#f, KEY_SIZE, AT(f), NULL \
	}
#define WORD(f, w)                     \
	{                              \
#f, KEY_WORD, AT(f), w \
	}
#define TEXT(f)                           \
	{                                 \
#f, KEY_TEXT, AT(f), NULL \
	}

static const struct key keys[] = {
	TEXT(storage),
	TEXT(add),
	TEXT(boot1),
	TEXT(boot2),
	SIZE(flash),
	FLAG(split),
	FLAG(feature_hang),
	FLAG(nand),
	WORD(must_end, "no|volume|any"),
	TEXT(keep),
	TEXT(log),
	{ "damage", KEY_DAMAGE, 0, NULL },
	NUMBER(seed),
	SIZE(super),
	SIZE(userdata),
	WORD(sector, "512|4096"),
	WORD(link, "usb|serial"),
	FLAG(uart),
	FLAG(need_line_state),
	WORD(reenum, "none|fdl1|fdl2"),
	NUMBER(disconnect_at),
	NUMBER(disconnect_every),
	NUMBER(back_ms),
	WORD(back_in, "rom|fdl2"),
	NUMBER(back_seed),
	TEXT(back_uid),
	NUMBER(revive_ms),
	TEXT(version),
	NUMBER(ver_skip),
	FLAG(secure),
	SIZE(brom_max),
	SIZE(fdl1_max),
	FLAG(no_ack_exec),
	WORD(keep_charge, "ack|crash|fe"),
	NUMBER(fdl2_delay_ms),
	FLAG(chk_odd_fold),
	WORD(bad_chk, "hang|reply|ignore"),
	FLAG(frame_is_transfer),
	FLAG(drop_pipelined),
	NUMBER(drop_early),
	SIZE(rx_max),
	FLAG(tx16),
	FLAG(escape_overflow),
	NUMBER(log_frames),
	NUMBER(pool),
	FLAG(leak_unknown),
	WORD(unknown, "FE|83|crash|silent"),
	FLAG(auth_gate),
	FLAG(rsa_handshake),
	FLAG(rsa_hang),
	WORD(da, "none|bare|v1|v2|v4|tlv"),
	FLAG(hdlc),
	FLAG(hdlc_dead),
	NUMBER(storage_type),
	NUMBER(old_memory),
	SIZE(max_read),
	SIZE(min_read),
	SIZE(hang_read),
	FLAG(size0_crash),
	FLAG(size64k_len0),
	FLAG(read32),
	FLAG(read_start_lazy),
	FLAG(unknown_name_96),
	WORD(user_partition, "ok|84|96"),
	FLAG(prodnv_check),
	WORD(ptable, "ba|fe|silent|mb"),
	WORD(size_names, "text|zero|off"),
	WORD(info_0d, "silent|reply|dead"),
	FLAG(boot_wrap),
	TEXT(uid),
	TEXT(skip_partition),
	{ "bad", KEY_BAD, 0, NULL },
	{ "flaky", KEY_FLAKY, 0, NULL },
	NUMBER(flaky_n),
	{ "bad_block", KEY_BLOCK, 0, NULL },
	{ "blank", KEY_SPOIL, 0, NULL },
	{ "erased", KEY_SPOIL, 0, NULL },
	{ "stuck", KEY_SPOIL, 0, NULL },
	{ "change", KEY_SPOIL, 0, NULL },
	NUMBER(lie),
	WORD(nv_repair, "none|u-boot|ab"),
	FLAG(nv_stale),
	SIZE(fixnv_size),
	WORD(slot, "a|b"),
	FLAG(same_slots),
	TEXT(nv_bad),
	FLAG(gpt_primary_bad),
	FLAG(gpt_backup_bad),
	WORD(miscdata_writes, "0|1|start|both"),
	FLAG(poweroff_waits),
	WORD(nv_write, "pad|len|merge"),
	WORD(nv_diff, "A1|A2"),
	FLAG(nv_crypt),
	FLAG(nv_sum32),
	FLAG(write_enable),
	FLAG(ab_mirror),
	FLAG(vbmeta_erase),
	WORD(bak, "none|signed|always"),
	WORD(verify_hang, "0|1|84|AA"),
	FLAG(start_exact),
	FLAG(even_sizes),
	SIZE(window),
	TEXT(protect),
	WORD(start_says, "ok|84|96|AC"),
	WORD(last_says, "ok|A0|A6|B3"),
	FLAG(writes_log),
	NUMBER(write_ms),
	NUMBER(last_ms),
	NUMBER(erase_ms),
	NUMBER(power_loss),
	SIZE(torn),
	WORD(host, "ok|denied|busy|absent|charging"),
	FLAG(mute),
	WORD(fdl1, "run|silent|rom|leave"),
	WORD(fdl2, "run|silent|leave|84|97|98|99|9A|A3|A6|B4"),
	FLAG(refuse_starts),
	FLAG(short_data),
	TEXT(no_name),
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int to_word(const struct key *k, const char *s, uint64_t *ret,
		   struct err *e)
{
	size_t n = strlen(s);
	uint64_t i = 0;

	for (const char *w = k->words; *w; i++) {
		size_t len = strcspn(w, "|");

		if (len == n && !strncmp(w, s, n)) {
			*ret = i;
			return 0;
		}
		w += len + (w[len] == '|');
	}
	return err_set(e, ERR_USAGE, "key '%s' takes %s, not '%s'", k->name,
		       k->words, s);
}

/* The sector is a word, because only two make sense, but wanted as number. */
static int set_word(struct cfg *c, const struct key *k, const char *value,
		    struct err *e)
{
	uint64_t v = 0;
	int r = to_word(k, value, &v, e);

	if (r < 0)
		return r;
	if (k->at == AT(sector))
		v = v ? 4096 : 512;
	*(uint64_t *)((char *)c + k->at) = v;
	return 0;
}

static int set_text(struct cfg *c, const struct key *k, const char *value,
		    struct err *e)
{
	char **at = (char **)((char *)c + k->at);
	char *copy;

	if (!*value)
		return err_set(e, ERR_USAGE, "key '%s' is empty", k->name);
	copy = strdup(value);
	if (!copy)
		return err_nomem(e);
	free(*at);
	*at = copy;
	return 0;
}

/* PARTITION+OFFSET+LENGTH */
static int set_bad(struct cfg *c, const struct key *k, char *value,
		   struct err *e)
{
	struct bad_range *b = &c->bad[c->n_bad];
	char *offset = strchr(value, '+');
	char *size = offset ? strchr(offset + 1, '+') : NULL;
	int r;

	if (!size || (size_t)(offset - value) >= sizeof(b->part))
		return err_set(e, ERR_USAGE,
			       "key '%s' takes PARTITION+OFFSET+LENGTH, "
			       "not '%s'",
			       k->name, value);
	if (c->n_bad == CFG_BAD_MAX)
		return err_set(e, ERR_USAGE, "more than %d bad ranges",
			       CFG_BAD_MAX);
	*offset++ = 0;
	*size++ = 0;
	strcpy(b->part, value);
	r = text_to_size(offset, &b->offset, e);
	if (!r)
		r = text_to_size(size, &b->size, e);
	if (r < 0)
		return err_context(e, "key '%s'", k->name);
	b->flaky = k->kind == KEY_FLAKY;
	c->n_bad++;
	return 0;
}

/* PARTITION+OFFSET, anywhere inside the block */
static int set_block(struct cfg *c, const struct key *k, char *value,
		     struct err *e)
{
	struct bad_block *b = &c->blocks[c->n_blocks];
	char *offset = strchr(value, '+');

	if (!offset || (size_t)(offset - value) >= sizeof(b->part))
		return err_set(e, ERR_USAGE,
			       "key '%s' takes PARTITION+OFFSET, not '%s'",
			       k->name, value);
	if (c->n_blocks == CFG_BLOCKS_MAX)
		return err_set(e, ERR_USAGE, "more than %d bad blocks",
			       CFG_BLOCKS_MAX);
	*offset++ = 0;
	strcpy(b->part, value);
	if (text_to_size(offset, &b->offset, e) < 0)
		return err_context(e, "key '%s'", k->name);
	c->n_blocks++;
	return 0;
}

static int set_number(struct cfg *c, const struct key *k, const char *value,
		      struct err *e)
{
	uint64_t *at = (uint64_t *)((char *)c + k->at);
	int r;

	if (k->kind == KEY_SIZE)
		r = text_to_size(value, at, e);
	else
		r = text_to_u64(value, k->kind == KEY_FLAG ? 1 : UINT32_MAX, at,
				e);
	return r < 0 ? err_context(e, "key '%s'", k->name) : 0;
}

static int set_key(struct cfg *c, char *pair, struct err *e)
{
	char *value = strchr(pair, '=');
	const struct key *k;

	if (!value)
		return err_set(e, ERR_USAGE, "'%s' is not key=value", pair);
	*value++ = 0;
	k = find_key(pair);
	if (!k)
		return err_set(e, ERR_USAGE, "no simulator key '%s'", pair);
	switch (k->kind) {
	case KEY_WORD:
		return set_word(c, k, value, e);
	case KEY_TEXT:
		return set_text(c, k, value, e);
	case KEY_BAD:
	case KEY_FLAKY:
		return set_bad(c, k, value, e);
	case KEY_BLOCK:
		return set_block(c, k, value, e);
	case KEY_DAMAGE:
		return damage_parse(c, value, e);
	case KEY_SPOIL:
		return spoil_parse(c, k->name, value, e);
	case KEY_FLAG:
	case KEY_NUMBER:
	case KEY_SIZE:
		break;
	}
	return set_number(c, k, value, e);
}

int cfg_parse(struct cfg *c, const char *list, struct err *e)
{
	char *copy = strdup(list), *save = NULL;
	int r = 0;

	if (!copy)
		return err_nomem(e);
	for (char *s = strtok_r(copy, ",", &save); s && !r;
	     s = strtok_r(NULL, ",", &save))
		r = set_key(c, s, e);
	free(copy);
	return r;
}

void cfg_free(struct cfg *c)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].kind == KEY_TEXT)
			free(*(char **)((char *)c + keys[i].at));
}
