/* SPDX-License-Identifier: BSD-3-Clause */
/* why.c - step, and what was seen there, to a row of the failure table. */
#include "bsl/proto.h"
#include "internal.h"

#include <string.h>

#define ANY -1

static const struct {
	enum step step;
	enum err_code code;
	int reply; /* with ERR_REFUSED */
	enum why why;
} seen[] = {
	{ STEP_CONTACT, ERR_NODEV, ANY, WHY_ROM_SILENT },
	{ STEP_CONTACT, ERR_TIMEOUT, ANY, WHY_ROM_SILENT },
	{ STEP_LOAD_FDL1, ERR_REFUSED, BSL_REP_DOWN_DEST_ERROR,
	  WHY_FDL1_ADDRESS },
	{ STEP_LOAD_FDL1, ERR_REFUSED, BSL_REP_DOWN_SIZE_ERROR,
	  WHY_FDL1_ADDRESS },
	{ STEP_LOAD_FDL1, ERR_TIMEOUT, ANY, WHY_FDL1_STALLED },
	{ STEP_LOAD_FDL1, ERR_REFUSED, ANY, WHY_FDL1_SIGNATURE },
	{ STEP_START_FDL1, ERR_REFUSED, 0, WHY_FDL1_REJECTED },
	{ STEP_START_FDL1, ERR_REFUSED, ANY, WHY_FDL1_SIGNATURE },
	{ STEP_START_FDL1, ERR_TIMEOUT, ANY, WHY_FDL1_SILENT },
	{ STEP_KEEP_CHARGE, ERR_TIMEOUT, ANY, WHY_KEEP_CHARGE },
	{ STEP_LOAD_FDL2, ERR_REFUSED, BSL_REP_DOWN_DEST_ERROR,
	  WHY_FDL2_ADDRESS },
	{ STEP_LOAD_FDL2, ERR_REFUSED, BSL_REP_DOWN_SIZE_ERROR,
	  WHY_FDL2_ADDRESS },
	{ STEP_LOAD_FDL2, ERR_REFUSED, BSL_REP_SIGN_VERIFY_ERROR,
	  WHY_FDL2_SIGNATURE },
	{ STEP_LOAD_FDL2, ERR_TIMEOUT, ANY, WHY_FDL2_STALLED },
	{ STEP_LOAD_FDL2, ERR_REFUSED, ANY, WHY_FDL2_REFUSED },
	{ STEP_START_FDL2, ERR_TIMEOUT, ANY, WHY_FDL2_SILENT },
	{ STEP_START_FDL2, ERR_GONE, ANY, WHY_FDL2_LEFT },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_SIGN_VERIFY_ERROR,
	  WHY_FDL2_SIGNATURE },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_SECURITY_ERROR,
	  WHY_FDL2_SIGNATURE },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_UNKNOWN_DEVICE, WHY_STORAGE },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_INVALID_DEVICE_SIZE,
	  WHY_STORAGE },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_FLASH_INITIALIZING_FAIL,
	  WHY_STORAGE },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_ILLEGAL_SDRAM, WHY_MEMORY },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_WRONG_SDRAM_PARAMETER,
	  WHY_MEMORY },
	{ STEP_START_FDL2, ERR_REFUSED, BSL_REP_CHIPID_NOT_MATCH,
	  WHY_OTHER_CHIP },
	{ STEP_START_FDL2, ERR_REFUSED, ANY, WHY_FDL2_REFUSED },
	{ STEP_FIRST_COMMAND, ERR_TIMEOUT, ANY, WHY_FDL2_MUTE },
	{ STEP_READ, ERR_REFUSED, BSL_REP_UNSUPPORTED_COMMAND,
	  WHY_AUTHORISATION },
	{ STEP_READ, ERR_REFUSED, BSL_REP_INCOMPATIBLE_PARTITION,
	  WHY_OLDER_THAN_TABLE },
};

/* The phone's own u-boot: no loader of ours is to blame [4.6]. */
static bool is_autods(const struct session *s, enum step step,
		      const struct err *e)
{
	if (strcmp(s->info.hello, BSL_HELLO_AUTOD) != 0)
		return false;
	if (step == STEP_READ)
		return session_wants_authorisation(e);
	return e->code == ERR_REFUSED || e->code == ERR_TIMEOUT;
}

int session_explain(const struct session *s, enum step step, struct err *e)
{
	enum why why = WHY_NONE;

	if (is_autods(s, step, e))
		why = WHY_AUTOD;
	for (size_t i = 0; !why && i < sizeof(seen) / sizeof(seen[0]); i++)
		if (seen[i].step == step && seen[i].code == e->code &&
		    (seen[i].reply == ANY || seen[i].reply == e->sys))
			why = seen[i].why;
	if (!why && step < STEP_READ && e->code == ERR_GONE)
		why = WHY_LOST_ON_THE_WAY;
	err_why(e, why);
	return -(int)e->code;
}
