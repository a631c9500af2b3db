/* SPDX-License-Identifier: BSD-3-Clause */
/* fdl2_misc.c - the second loader: what it writes into miscdata and its log. */
#include "internal.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MISC_DATETIME 0x81400
#define MISC_DEBUG    0x2400 /* 9 KiB */
#define MISC_REFINFO  0xFA000

void fdl2_miscdata(struct phone *p, const char *cause, bool commanded,
		   uint64_t offset, const uint8_t *data, size_t n)
{
	struct target t;

	if (!n || !fdl2_find(p, "miscdata", &t) || offset > t.size ||
	    n > t.size - offset)
		return;
	sim_write(p, cause, commanded, t.area, t.start + offset, data, n);
}

/* At the END_DATA of miscdata itself [7.3]. */
void fdl2_miscdata_end(struct phone *p)
{
	fdl2_miscdata(p, "END_DATA of miscdata", true, MISC_DATETIME, NULL,
		      0x400);
	fdl2_miscdata(p, "END_DATA of miscdata", true, MISC_DEBUG, NULL, 0x400);
}

/* One line after each command, into the partition that is made for it [4.7]. */
void fdl2_log(struct phone *p, const struct wire_msg *m)
{
	char line[64];
	struct target t;
	int n;

	if (!p->cfg.writes_log || !fdl2_find(p, "uboot_log", &t) || !t.size)
		return;
	n = snprintf(line, sizeof(line), "fdl2: command %04x, %zu bytes\n",
		     m->type, m->len);
	if (p->logged > t.size - sizeof(line))
		p->logged = 0;
	sim_write(p, "log of FDL2", false, t.area, t.start + p->logged,
		  (const uint8_t *)line, (uint64_t)n);
	p->logged += (uint64_t)n;
}

/* ACK first, then the watchdog flags into miscdata [3.3]. */
void fdl2_reset(struct phone *p, const char *cause)
{
	static const uint8_t on[32] = "enabled", off[32] = "disable";
	bool power_off = !strcmp(cause, "POWER_OFF");

	sim_answer(p, BSL_REP_ACK);
	if (p->cfg.miscdata_writes & MISC_RESET) {
		fdl2_miscdata(p, cause, false, MISC_DEBUG + 800, on,
			      sizeof(on));
		fdl2_miscdata(p, cause, false, MISC_DEBUG + 832, off,
			      sizeof(off));
	}
	if (power_off && p->cfg.poweroff_waits)
		sim_die(p, "powers off when the cable is pulled");
	else
		sim_leave(p, STAGE_BROM);
}

/* Returns what is there and puts the request's payload in its place [3.1]. */
static void read_refinfo(struct phone *p, const struct wire_msg *m)
{
	uint8_t old[256] = { 0 };
	size_t n = m->len < sizeof(old) ? m->len : sizeof(old);
	struct target t;

	if (!fdl2_find(p, "miscdata", &t) || t.size < MISC_REFINFO + n ||
	    !area_read(&p->storage.area[t.area], t.start + MISC_REFINFO, old,
		       n)) {
		sim_answer(p, BSL_REP_OPERATION_FAILED);
		return;
	}
	fdl2_miscdata(p, "READ_REFINFO", true, MISC_REFINFO, m->data, n);
	sim_reply(p, 0xB1, old, n);
}

static void misc_command(struct phone *p, const char *cause, uint64_t offset,
			 const uint8_t *data, size_t n)
{
	fdl2_miscdata(p, cause, true, offset, data, n);
	sim_answer(p, BSL_REP_ACK);
}

static void first_mode(struct phone *p, const struct wire_msg *m)
{
	uint8_t mark[4];

	put_le32(mark, 0x53464D00U + (m->len ? m->data[0] : 0));
	misc_command(p, "SET_FIRST_MODE", MISC_DEBUG + 0x20, mark,
		     sizeof(mark));
}

bool fdl2_misc_command(struct phone *p, const struct wire_msg *m)
{
	switch (m->type) {
	case BSL_CMD_WRITE_DATETIME:
		misc_command(p, "WRITE_DATETIME", MISC_DATETIME, m->data,
			     m->len);
		return true;
	case BSL_CMD_SET_DEBUGINFO:
		if (m->len)
			misc_command(p, "SET_DEBUGINFO", MISC_DEBUG, m->data,
				     m->len);
		else
			misc_command(p, "SET_DEBUGINFO", MISC_DEBUG,
				     (const uint8_t *)"enable", 6);
		return true;
	case BSL_CMD_SET_FIRST_MODE:
		first_mode(p, m);
		return true;
	case BSL_CMD_SET_TIME_STAMP:
		misc_command(p, "SET_TIME_STAMP", MISC_DATETIME + 0x200,
			     m->data, m->len);
		return true;
	case BSL_CMD_WRITE_VPAC:
		misc_command(p, "WRITE_VPAC", MISC_DATETIME + 0x300, m->data,
			     m->len);
		return true;
	case BSL_CMD_READ_REFINFO:
		read_refinfo(p, m);
		return true;
	}
	return false;
}
