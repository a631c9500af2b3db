/* SPDX-License-Identifier: BSD-3-Clause */
/* intake.c - from transfers of the host to commands of the stage that runs. */
#include "internal.h"

#include <stddef.h>

#define SYNC_RUN 3 /* flags that the ROM wants on a serial line [1.5] */

static bool is_pulled(const struct phone *p)
{
	uint64_t n = p->stats.requests;

	if (p->cfg.disconnect_every && n % p->cfg.disconnect_every == 0)
		return true;
	return p->cfg.disconnect_at && n == p->cfg.disconnect_at;
}

static void command(struct phone *p, const struct wire_msg *m)
{
	p->stats.requests++;
	if (is_pulled(p)) {
		p->others_turn = p->cfg.back_uid || p->cfg.back_seed;
		sim_leave(p,
			  p->cfg.back_in == BACK_FDL2 && p->stage == STAGE_FDL2
				  ? STAGE_FDL2
				  : STAGE_BROM);
		return;
	}
	if (p->stage == STAGE_FDL2)
		fdl2_command(p, m);
	else
		rom_command(p, m);
}

/* A frame that is none [2.5]: the ROM goes on, loaders hang. */
static void bad_frame(struct phone *p, const struct wire_msg *m)
{
	bool rom = p->stage == STAGE_BROM || p->stage == STAGE_AUTOD;

	if (!rom && p->cfg.bad_chk == BAD_CHK_IGNORE && m) {
		command(p, m);
		return;
	}
	sim_reply(p, BSL_REP_VERIFY_ERROR, NULL, 0);
	if (!rom && p->cfg.bad_chk == BAD_CHK_HANG)
		sim_die(p, "wrong checksum or length of a frame");
}

static void frame(struct phone *p)
{
	struct wire_msg m = { 0 };
	bool ok = wire_parse(&p->in, rom_chk(p), p->cfg.chk_odd_fold, &m);

	if (ok)
		command(p, &m);
	else
		bad_frame(p, wire_has_head(&p->in) && !p->in.over ? &m : NULL);
	wire_in_reset(&p->in);
}

static void check_baud(struct phone *p)
{
	/* A transfer of flags alone, to a loader that waits for frames. */
	if (p->stage == STAGE_FDL2 && (p->model->fdl2 || p->synced))
		return;
	rom_check_baud(p);
}

/* Off means: bytes 1 .. n - 2 of a transfer are the frame [1.3]. */
static void take_plain(struct phone *p, const uint8_t *b, size_t n)
{
	if (n == 1) {
		sim_die(p, "one byte with escaping off: frame of length -1");
		return;
	}
	if (n > p->cfg.rx_max)
		n = (size_t)p->cfg.rx_max;
	wire_feed_transfer(&p->in, b, n);
	frame(p);
}

static bool deaf(const struct phone *p)
{
	return !p->attached || p->leaving || p->stats.dead ||
	       (p->cfg.need_line_state && !p->line_open);
}

static void take_stream(struct phone *p, const uint8_t *b, size_t n)
{
	bool done;
	size_t i = 0;

	while (i < n && !deaf(p)) {
		i += p->plain ? wire_feed_plain(&p->in, b + i, n - i, &done)
			      : wire_feed(&p->in, b + i, n - i, &done);
		if (!done)
			continue;
		frame(p);
		if (sim_on_usb(p) && p->stage == STAGE_FDL2 &&
		    p->cfg.drop_pipelined)
			return;
	}
}

/*
 * On USB the end of a transfer shows that a run of flags was no start of a
 * frame.  A serial line has no such end: the ROM wants its three, FDL1 one,
 * and later only a run that no frame begins with.
 */
static bool is_check_baud(const struct phone *p)
{
	unsigned enough = 1;

	if (p->in.len || p->in.escape || !p->in.flags)
		return false;
	if (!sim_on_usb(p) && (p->synced || p->stage == STAGE_BROM))
		enough = SYNC_RUN;
	return p->in.flags >= enough;
}

static void take(struct phone *p, const void *buf, size_t len)
{
	if (deaf(p) || !len)
		return;
	if (p->plain && sim_on_usb(p) && p->cfg.frame_is_transfer) {
		take_plain(p, buf, len);
		return;
	}
	take_stream(p, buf, len);
	if (deaf(p) || p->plain || !is_check_baud(p))
		return;
	check_baud(p);
	/* What follows may be a frame whose flag this was. */
	p->in.flags = sim_on_usb(p) ? 1 : 0;
}

void phone_take_early(struct phone *p, const void *buf, size_t len)
{
	bool keep =
		p->stage != STAGE_FDL2 || !sim_on_usb(p) || !p->cfg.drop_early;

	p->stats.early++;
	if (keep || p->stats.early % p->cfg.drop_early)
		take(p, buf, len);
}

void phone_take(struct phone *p, const void *buf, size_t len)
{
	if (p->out_n)
		phone_take_early(p, buf, len);
	else
		take(p, buf, len);
}
