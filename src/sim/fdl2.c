/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2.c - the second loader: greeting, names, dispatch. */
#include "internal.h"

#include "base/bytes.h"

#include <string.h>

#define DA_STRUCT 256
#define FLUSH_KIB 2048

static void ack(struct phone *p)
{
	sim_reply(p, BSL_REP_ACK, NULL, 0);
}

static void say_no(struct phone *p, uint16_t why)
{
	sim_reply(p, why, NULL, 0);
}

bool fdl2_may_reply_data(struct phone *p)
{
	if (p->leaked + 1 < p->cfg.pool || !p->cfg.leak_unknown)
		return true;
	sim_die(p, "no packet left for a data reply: unknown commands leak");
	return false;
}

static size_t da_struct(const struct phone *p, uint8_t *out)
{
	const struct cfg *c = &p->cfg;

	memset(out, 0, DA_STRUCT);
	put_le32(out + 4, (uint32_t)c->hdlc);
	put_le32(out, 1);
	if (c->da == DA_V1)
		return 8;
	put_le32(out, c->da == DA_V2 ? 2 : 4);
	out[8] = (uint8_t)c->old_memory;
	if (c->storage_type) {
		put_le32(out + 12, FLUSH_KIB);
		put_le32(out + 16, (uint32_t)c->storage_type);
	}
	return DA_STRUCT;
}

static uint8_t *tlv(uint8_t *at, uint16_t id, uint16_t len, uint32_t value)
{
	put_le16(at, id);
	put_le16(at + 2, len);
	memset(at + 4, 0, len);
	if (len == 1)
		at[4] = (uint8_t)value;
	else
		put_le32(at + 4, value);
	return at + 4 + len;
}

/* In the order of the wire: 0, 1, 2, 3, 5, 6, 7, 4 [4.4]. */
static size_t da_tlv(const struct phone *p, uint8_t *out)
{
	const struct cfg *c = &p->cfg;
	uint8_t *at = out + 4;

	put_le32(out, BSL_DA_TLV_MAGIC);
	at = tlv(at, 0, 4, (uint32_t)c->hdlc);
	at = tlv(at, 1, 1, (uint32_t)c->old_memory);
	at = tlv(at, 2, 1, 0);
	at = tlv(at, 3, 4, FLUSH_KIB);
	at = tlv(at, 5, 8, 0);
	memset(at - 8, 0xFF, 8);
	if (c->storage_type)
		at = tlv(at, 6, 4, (uint32_t)c->storage_type);
	at = tlv(at, 7, 4, 1);
	if (c->rsa_handshake) {
		at = tlv(at, 4, 260, 2);
		content_fill(CONTENT_RANDOM, c->seed, 0, at - 256, 256);
	}
	return (size_t)(at - out);
}

void fdl2_start(struct phone *p)
{
	static const uint8_t selinux[] = "Selinux:1";
	uint8_t info[4 + 8 * 12 + 264 + DA_STRUCT];
	size_t n = 0;

	if (p->cfg.miscdata_writes & MISC_START)
		fdl2_miscdata(p, "start of FDL2", false, 0x2460, selinux,
			      sizeof(selinux));
	p->handshake_due = p->cfg.rsa_handshake != 0;
	/* One that does it all has been asked nothing yet. */
	if (!p->model->fdl2)
		return;
	p->delay_ms = p->cfg.fdl2_delay_ms;
	if (p->cfg.da == DA_NONE) {
		ack(p);
		return;
	}
	if (p->cfg.rsa_handshake || p->cfg.da == DA_TLV)
		n = da_tlv(p, info);
	else if (p->cfg.da != DA_BARE)
		n = da_struct(p, info);
	sim_reply(p, BSL_REP_INCOMPATIBLE_PARTITION, info, n);
}

void fdl2_unknown(struct phone *p)
{
	p->stats.unsupported++;
	switch (p->cfg.unknown) {
	case UNKNOWN_83:
		say_no(p, BSL_REP_UNKNOWN_CMD);
		return;
	case UNKNOWN_CRASH:
		sim_die(p, "unknown command");
		return;
	case UNKNOWN_SILENT:
		return;
	}
	say_no(p, BSL_REP_UNSUPPORTED_COMMAND);
	if (!p->cfg.leak_unknown)
		return;
	p->leaked++;
	if (p->leaked >= p->cfg.pool)
		sim_die(p, "every packet buffer leaked to unknown commands");
}

/* Ends at the first 0000 or after 35 units; one byte per unit [5.1]. */
void fdl2_name(const struct wire_msg *m, char name[BSL_NAME_UNITS])
{
	size_t n = 0;

	memset(name, 0, BSL_NAME_UNITS);
	if (m->len < BSL_NAME_BYTES + 4)
		return;
	while (n < BSL_NAME_MAX && get_le16(m->data + 2 * n)) {
		uint8_t c = m->data[2 * n];

		/* Names end up in the log and in text replies. */
		name[n++] = (char)(c > ' ' && c < 0x7F ? c : '?');
	}
}

static bool find_in_table(const struct phone *p, const char *name,
			  struct target *ret)
{
	for (size_t i = 0; i < p->table.n; i++) {
		if (strcmp(p->table.part[i].name, name))
			continue;
		ret->area = AREA_USER;
		ret->start = p->table.part[i].start;
		ret->size = p->table.part[i].size;
		return true;
	}
	return false;
}

/* So that the keys of a spec can name them. */
static void name_regions(struct phone *p)
{
	struct region r[REGIONS_MAX];
	struct table *t = &p->table;

	memset(t, 0, sizeof(*t));
	t->n = regions_plan(p->model, &p->cfg, p->storage.area[AREA_USER].size,
			    r);
	for (size_t i = 0; i < t->n; i++) {
		strcpy(t->part[i].name, r[i].name);
		t->part[i].start = r[i].start;
		t->part[i].size = r[i].size;
	}
	t->known = t->ok = t->primary_ok = true;
}

void fdl2_load_table(struct phone *p)
{
	if (p->table.known)
		return;
	if (p->model->kind == MODEL_UBI)
		ubi_volumes(p->model, &p->cfg, &p->table);
	else if (sim_by_number(p))
		name_regions(p);
	else
		gpt_load(&p->storage.area[AREA_USER], p->cfg.sector, &p->table);
}

/* Any access by name rewrites a bad primary table from the backup [4.7]. */
static void repair_table(struct phone *p)
{
	uint64_t sector = p->cfg.sector;
	size_t n = gpt_front_size(sector) - sector;

	fdl2_load_table(p);
	if (!p->table.ok || p->table.primary_ok ||
	    !gpt_front_from_back(&p->storage.area[AREA_USER], sector,
				 p->scratch))
		return;
	sim_write(p, "repair of the primary GPT", false, AREA_USER, sector,
		  p->scratch, n);
	fdl2_load_table(p);
}

static bool whole(const struct phone *p, enum area_id area, struct target *ret)
{
	ret->area = area;
	ret->start = 0;
	ret->size = p->storage.area[area].size;
	return true;
}

/* sharkl3 tries again with and without "_a" [5.5]. */
static bool find_fixnv(const struct phone *p, const char *name,
		       struct target *ret)
{
	char other[BSL_NAME_UNITS + 3];
	size_t n = strlen(name);

	if (!strstr(name, "fixnv"))
		return false;
	memcpy(other, name, n + 1);
	if (n > 2 && !strcmp(name + n - 2, "_a"))
		other[n - 2] = 0;
	else
		memcpy(other + n, "_a", 3);
	return find_in_table(p, other, ret);
}

static bool locate_nand(struct phone *p, const char *name, struct target *ret)
{
	fdl2_load_table(p);
	return ubi_raw_part(p, name, ret) || find_in_table(p, name, ret);
}

bool fdl2_locate(struct phone *p, const char *name, struct target *ret)
{
	if (p->model->kind == MODEL_UBI)
		return locate_nand(p, name, ret);
	if (!strcmp(name, BSL_USER_PARTITION))
		return whole(p, AREA_USER, ret);
	if (!strcmp(name, BSL_SPLLOADER))
		return whole(p, AREA_BOOT1, ret);
	if (!strcmp(name, BSL_SPLLOADER_BAK))
		return whole(p, AREA_BOOT2, ret);
	fdl2_load_table(p);
	if (find_in_table(p, name, ret))
		return true;
	if (!strcmp(name, "uboot"))
		return whole(p, AREA_BOOT2, ret);
	return find_fixnv(p, name, ret);
}

bool fdl2_find(struct phone *p, const char *name, struct target *ret)
{
	if (strcmp(name, BSL_USER_PARTITION) &&
	    strncmp(name, BSL_SPLLOADER, strlen(BSL_SPLLOADER)))
		repair_table(p);
	return fdl2_locate(p, name, ret);
}

/* Until the vendor's key has answered: B9, then nothing [4.5]. */
static bool handshake(struct phone *p)
{
	if (!p->handshake_due)
		return false;
	say_no(p, BSL_REP_HANDSHAKE_FAILED);
	if (p->cfg.rsa_hang)
		sim_die(p, "this loader wants the vendor's key");
	return true;
}

static bool gate(struct phone *p, const struct wire_msg *m)
{
	uint8_t m1[290] = { 0 };

	if (!p->cfg.auth_gate || m->type == BSL_CMD_DISABLE_TRANSCODE)
		return false;
	if (m->type == BSL_CMD_AUTH_BEGIN) {
		content_fill(CONTENT_RANDOM, p->cfg.seed, 0, m1, 256);
		strcpy((char *)m1 + 256, "spdvault-sim");
		if (fdl2_may_reply_data(p))
			sim_reply(p, BSL_REP_AUTH_M1, m1, sizeof(m1));
	} else if (m->type == BSL_CMD_AUTH_END) {
		say_no(p, BSL_REP_OPERATION_FAILED);
	} else {
		fdl2_unknown(p);
	}
	return true;
}

/*
 * What would change fuses or flags in a build that knows it [3.1].  This one
 * does not, but whoever sends it has not only read.
 */
static void unknown_write(struct phone *p, unsigned type)
{
	switch (type) {
	case BSL_CMD_ENABLE_SECUREBOOT:
		sim_blind_write(p, "ENABLE_SECUREBOOT");
		break;
	case BSL_CMD_DISABLE_SELINUX:
		sim_blind_write(p, "DISABLE_SELINUX");
		break;
	case BSL_CMD_WRITE_EFUSE:
		sim_blind_write(p, "WRITE_EFUSE");
		break;
	}
}

void fdl2_command(struct phone *p, const struct wire_msg *m)
{
	static const uint8_t log[] = "\0\0\0\0sim: working\n";

	p->frames++;
	if (p->cfg.log_frames && p->frames % p->cfg.log_frames == 0)
		sim_reply(p, BSL_REP_LOG, log, sizeof(log) - 1);
	if (handshake(p) || gate(p, m))
		return;
	if (!(sim_by_number(p)
		      ? ids_command(p, m)
		      : fdl2_read_command(p, m) || fdl2_write_command(p, m))) {
		unknown_write(p, m->type);
		fdl2_unknown(p);
	}
	fdl2_log(p, m);
}
