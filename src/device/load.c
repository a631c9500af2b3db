/* SPDX-License-Identifier: BSD-3-Clause */
/* load.c - a loader into the phone's RAM: START, MIDST ..., END [4.1, 4.3]. */
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>

int load_need(const struct loader *l, const char *which, struct err *e)
{
	int rc;

	if (l && l->has_addr)
		return 0;
	if (l) {
		rc = err_set(e, ERR_USAGE, "no load address for %s '%s'", which,
			     l->file);
		err_hint(e, "name the chip with --chip (see 'spdvault chips'), "
			    "or write FILE@ADDRESS");
		return rc;
	}
	rc = err_set(e, ERR_USAGE, "the phone needs a %s and none was given",
		     which);
	err_hint(e, "give --fdl1 FILE[@ADDR] and --fdl2 FILE[@ADDR] from the "
		    "firmware of exactly this model");
	return rc;
}

/* The last piece is filled up to an even length: never an odd payload [2.2]. */
static int send_piece(struct session *s, const uint8_t *p, size_t n,
		      struct err *e)
{
	uint8_t even[LOAD_PIECE_FDL1];
	unsigned ms = session_timeout(s, ANSWER_MS);

	if (n % 2 == 0)
		return session_expect_ack(s, BSL_CMD_MIDST_DATA, p, n, ms, e);
	memcpy(even, p, n);
	even[n] = 0;
	return session_expect_ack(s, BSL_CMD_MIDST_DATA, even, n + 1, ms, e);
}

static int send_all(struct session *s, const struct loader *l, size_t piece,
		    struct err *e)
{
	unsigned ms = session_timeout(s, FIRST_READ_MS);
	uint8_t msg[MSG_MAX];
	size_t n =
		msg_start_data(l->addr, (uint32_t)(l->len + l->len % 2), msg);

	/* FDL1 may fill the target memory before it answers [4.3]. */
	if (session_expect_ack(s, BSL_CMD_START_DATA, msg, n, ms, e) < 0)
		return err_context(e, "at address 0x%08X", l->addr);
	for (size_t at = 0; at < l->len; at += piece) {
		n = l->len - at < piece ? l->len - at : piece;
		if (send_piece(s, l->data + at, n, e) < 0)
			return err_context(e, "after %zu of %zu bytes", at,
					   l->len);
	}
	return session_expect_ack(s, BSL_CMD_END_DATA, NULL, 0, ms, e);
}

int load_send(struct session *s, const struct loader *l, const char *which,
	      size_t piece, struct err *e)
{
	session_note(s, "sending %s '%s' to 0x%08X", which, l->file, l->addr);
	if (send_all(s, l, piece, e) == 0)
		return 0;
	session_explain(
		s, piece == LOAD_PIECE_ROM ? STEP_LOAD_FDL1 : STEP_LOAD_FDL2,
		e);
	return err_context(e, "loading %s '%s'", which, l->file);
}
