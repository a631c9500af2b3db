/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * why.h - the rows of the table of failures, by name only.  Who fails knows
 * what was seen and names the row; likely causes and remedies are words for
 * people, in src/cli/why.c and docs/failures.md.
 */
#ifndef BASE_WHY_H
#define BASE_WHY_H

enum why {
	WHY_NONE,
	/* the host: the phone cannot be opened */
	WHY_NO_PHONE,
	WHY_NO_RIGHT,
	WHY_PORT_BUSY,
	WHY_CHARGING,
	/* on the way to FDL1 */
	WHY_ROM_SILENT,
	WHY_FDL1_ADDRESS,
	WHY_FDL1_STALLED,
	WHY_FDL1_SIGNATURE,
	WHY_FDL1_REJECTED,
	WHY_FDL1_SILENT,
	WHY_KEEP_CHARGE,
	WHY_LOST_ON_THE_WAY, /* left the bus anywhere before FDL2 ran */
	/* on the way to FDL2 */
	WHY_FDL2_ADDRESS,
	WHY_FDL2_STALLED,
	WHY_FDL2_SIGNATURE,
	WHY_FDL2_SILENT,
	WHY_FDL2_LEFT,
	WHY_FDL2_REFUSED,
	WHY_MEMORY,
	WHY_STORAGE,
	WHY_OTHER_CHIP,
	WHY_VENDOR_KEY,
	WHY_FDL2_MUTE,
	/* FDL2 runs, and does not serve */
	WHY_AUTHORISATION,
	WHY_AUTOD,
	WHY_REFUSING_BUILD,
	WHY_OLDER_THAN_TABLE,
	WHY_WRONG_REGION,
	/* the line, and what hangs on it */
	WHY_DAMAGED_FRAME,
	WHY_SHORT_ANSWER,
	WHY_LEFT_THE_BUS,
	WHY_HANGS,
	WHY_DAMAGED_ANSWERS,
	/* writing to the phone */
	WHY_WRITE_NAME,
	WHY_WRITE_SIZE,
	WHY_WRITE_NOT_ENABLED,
	WHY_WRITE_PROTECTED,
	WHY_WRITE_CHECKSUM,
	WHY_WRITE_FAILED,
	WHY_WRITE_SIGNATURE,
	WHY_WRITE_SIGNATURE_HANG,
	WHY_WRITE_LOST,
	WHY_ROWS
};

#endif
