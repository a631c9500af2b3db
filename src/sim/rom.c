/* SPDX-License-Identifier: BSD-3-Clause */
/* rom.c - the stages that only take a loader: mask ROM, FDL1, AutoD. */
#include "internal.h"

#include "base/bytes.h"

#include <string.h>

#define HELLO_FDL1    "Spreadtrum Boot Block version 1.1"
#define HELLO_FEATURE "Spreadtrum Boot Block version 1.2"
/* RAM windows, wide enough for every loader seen. */
#define WINDOW_FDL1 0x100000
#define WINDOW_FDL2 0x2000000
/* It stays away. */
#define NEVER_MS 999999999u

static bool is_rom(const struct phone *p)
{
	return p->stage == STAGE_BROM || (p->stage == STAGE_AUTOD && !p->execs);
}

/* The ROM and whoever plays it: CRC; everybody later: sum [2.3]. */
enum wire_chk rom_chk(const struct phone *p)
{
	return is_rom(p) ? WIRE_CRC : WIRE_SUM;
}

static const char *hello(const struct phone *p)
{
	if (p->stage == STAGE_FDL1 || p->stage == STAGE_FDL2)
		return sim_by_number(p) ? HELLO_FEATURE : HELLO_FDL1;
	return p->cfg.version ? p->cfg.version : BSL_HELLO_BROM;
}

void rom_check_baud(struct phone *p)
{
	const char *text = hello(p);

	if (p->cfg.mute)
		return;
	/* While DRAM comes up FDL1 does not hear [4.3]. */
	if (!is_rom(p) && p->skipped < p->cfg.ver_skip) {
		p->skipped++;
		return;
	}
	if (p->cfg.link == LINK_SERIAL && !p->synced)
		p->out_n = 0; /* the rest of UUUUU */
	p->synced = true;
	sim_reply(p, BSL_REP_VER, text, strlen(text) + 1);
}

static void ack(struct phone *p)
{
	sim_reply(p, BSL_REP_ACK, NULL, 0);
}

static void say_no(struct phone *p, uint16_t why)
{
	sim_reply(p, why, NULL, 0);
}

static bool discards(const struct phone *p)
{
	return p->stage == STAGE_AUTOD;
}

static void start_data(struct phone *p, const struct wire_msg *m)
{
	bool rom = is_rom(p);
	uint32_t addr, size;

	if (discards(p)) {
		ack(p);
		return;
	}
	memset(&p->load, 0, sizeof(p->load));
	if (m->len < 8) {
		say_no(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	addr = get_be32(m->data);
	size = get_be32(m->data + 4);
	if (addr != (rom ? p->model->fdl1 : p->model->fdl2)) {
		/* The ROM says size error here, too [3.2]. */
		say_no(p,
		       rom ? BSL_REP_DOWN_SIZE_ERROR : BSL_REP_DOWN_DEST_ERROR);
		return;
	}
	if (!size || size > (rom ? WINDOW_FDL1 : WINDOW_FDL2)) {
		say_no(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	p->load.started = true;
	p->load.size = size;
	ack(p);
}

static void midst_data(struct phone *p, const struct wire_msg *m)
{
	struct load *l = &p->load;
	uint64_t most = is_rom(p) ? p->cfg.brom_max : p->cfg.fdl1_max;

	if (discards(p)) {
		ack(p);
		return;
	}
	if (!l->started || l->ended) {
		say_no(p, BSL_REP_DOWN_NOT_START);
		return;
	}
	if (m->len > most || m->len > l->size - l->got) {
		say_no(p, BSL_REP_DOWN_SIZE_ERROR);
		return;
	}
	for (size_t i = 0; i < m->len && l->got + i < sizeof(l->first); i++)
		l->first[l->got + i] = m->data[i];
	l->got += (uint32_t)m->len;
	ack(p);
}

static void end_data(struct phone *p)
{
	struct load *l = &p->load;

	if (discards(p)) {
		ack(p);
		return;
	}
	if (!l->started) {
		say_no(p, BSL_REP_DOWN_NOT_START);
		return;
	}
	if (l->got < l->size) {
		say_no(p, BSL_REP_DOWN_EARLY_END);
		return;
	}
	l->ended = true;
	l->dhtb = !memcmp(l->first, "DHTB", 4);
	ack(p);
}

static void become_fdl1(struct phone *p)
{
	memset(&p->load, 0, sizeof(p->load));
	p->synced = false;
	p->skipped = 0;
	if (p->cfg.fdl1 == FDL1_SILENT) {
		sim_die(p, "FDL1 hangs while it starts the memory");
		return;
	}
	if (p->cfg.fdl1 == FDL1_ROM) {
		sim_power_on(p); /* the signature did not please the ROM */
		return;
	}
	if (p->cfg.fdl1 == FDL1_LEAVES)
		p->cfg.back_ms = NEVER_MS;
	if (p->cfg.fdl1 == FDL1_LEAVES || p->cfg.reenum == REENUM_FDL1)
		sim_leave(p, p->model->fdl2 ? STAGE_FDL1 : STAGE_FDL2);
	else
		p->stage = p->model->fdl2 ? STAGE_FDL1 : STAGE_FDL2;
}

/* One that does not come up; true when that was the end [4.4, 4.5]. */
static bool fdl2_fails(struct phone *p)
{
	static const uint16_t says[] = {
		BSL_REP_OPERATION_FAILED,      BSL_REP_UNKNOWN_DEVICE,
		BSL_REP_INVALID_DEVICE_SIZE,   BSL_REP_ILLEGAL_SDRAM,
		BSL_REP_WRONG_SDRAM_PARAMETER, BSL_REP_CHIPID_NOT_MATCH,
		BSL_REP_SIGN_VERIFY_ERROR,     BSL_REP_FLASH_INITIALIZING_FAIL,
	};

	switch (p->cfg.fdl2) {
	case FDL2_RUNS:
		return false;
	case FDL2_SILENT:
		sim_die(p, "FDL2 does not come up");
		return true;
	case FDL2_LEAVES:
		p->cfg.back_ms = NEVER_MS;
		sim_leave(p, STAGE_BROM);
		return true;
	}
	say_no(p, says[p->cfg.fdl2 - FDL2_SAYS]);
	sim_die(p, "FDL2 refused to start");
	return true;
}

static void become_fdl2(struct phone *p)
{
	if (fdl2_fails(p))
		return;
	if (p->cfg.reenum == REENUM_FDL2) {
		sim_leave(p, STAGE_FDL2);
		return;
	}
	p->stage = STAGE_FDL2;
	fdl2_start(p);
}

static void exec_autod(struct phone *p)
{
	if (p->execs) {
		become_fdl2(p);
		return;
	}
	ack(p);
	p->execs = 1;
	p->synced = false;
	p->skipped = 0;
}

static void exec(struct phone *p)
{
	if (discards(p)) {
		exec_autod(p);
		return;
	}
	if (!p->load.ended) {
		say_no(p, BSL_REP_DOWN_NOT_START);
		return;
	}
	if (p->cfg.secure && !p->load.dhtb) {
		say_no(p, BSL_REP_SIGN_VERIFY_ERROR);
		sim_die(p, "the loader has no signature");
		return;
	}
	if (is_rom(p)) {
		ack(p);
		become_fdl1(p);
		return;
	}
	/* FDL2 answers for it; one that ACKs, too, makes it two answers. */
	if (!p->cfg.no_ack_exec)
		ack(p);
	become_fdl2(p);
}

/* KEEP_CHARGE; older FDL1s call a null pointer for it [3.5]. */
static void keep_charge(struct phone *p)
{
	switch (p->cfg.keep_charge) {
	case CHARGE_ACK:
		ack(p);
		return;
	case CHARGE_CRASH:
		p->stats.unsupported++;
		sim_die(p, "FDL1 has no KEEP_CHARGE and called a null pointer");
		return;
	}
	p->stats.unsupported++;
	say_no(p, BSL_REP_UNSUPPORTED_COMMAND);
}

static void unknown(struct phone *p)
{
	p->stats.unsupported++;
	/* The ROM, and AutoD in its place, say nothing [4.6]. */
	if (p->stage != STAGE_FDL1)
		return;
	if (p->cfg.keep_charge == CHARGE_CRASH)
		sim_die(p, "FDL1 called a null pointer: unknown command");
	else
		say_no(p, BSL_REP_UNSUPPORTED_COMMAND);
}

void rom_command(struct phone *p, const struct wire_msg *m)
{
	/* FDL1 and AutoD's second role wait for CHECK_BAUD first [4.3, 4.6]. */
	if (!is_rom(p) && !p->synced)
		return;
	switch (m->type) {
	case BSL_CMD_CONNECT:
		ack(p);
		return;
	case BSL_CMD_START_DATA:
		start_data(p, m);
		return;
	case BSL_CMD_MIDST_DATA:
		midst_data(p, m);
		return;
	case BSL_CMD_END_DATA:
		end_data(p);
		return;
	case BSL_CMD_EXEC_DATA:
		exec(p);
		return;
	case BSL_CMD_KEEP_CHARGE:
		if (p->stage == STAGE_FDL1) {
			keep_charge(p);
			return;
		}
		break;
	case BSL_CMD_CHANGE_BAUD:
		if (p->stage == STAGE_FDL1) {
			ack(p);
			return;
		}
		break;
	}
	unknown(p);
}
