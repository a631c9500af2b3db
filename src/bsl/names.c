/* SPDX-License-Identifier: BSD-3-Clause */
/* names.c - commands and replies in the vendor's words, and in ours. */
#include "bsl/msg.h"
#include "bsl/proto.h"

#include <stdio.h>

const char *msg_command_name(unsigned cmd, char buf[MSG_NAME_MAX])
{
	switch (cmd) {
	case BSL_CMD_CHECK_BAUD:
		return "CHECK_BAUD";
	case BSL_CMD_CONNECT:
		return "CONNECT";
	case BSL_CMD_START_DATA:
		return "START_DATA";
	case BSL_CMD_MIDST_DATA:
		return "MIDST_DATA";
	case BSL_CMD_END_DATA:
		return "END_DATA";
	case BSL_CMD_EXEC_DATA:
		return "EXEC_DATA";
	case BSL_CMD_NORMAL_RESET:
		return "NORMAL_RESET";
	case BSL_CMD_READ_FLASH:
		return "READ_FLASH";
	case BSL_CMD_CHANGE_BAUD:
		return "CHANGE_BAUD";
	case BSL_CMD_READ_START:
		return "READ_START";
	case BSL_CMD_READ_MIDST:
		return "READ_MIDST";
	case BSL_CMD_READ_END:
		return "READ_END";
	case BSL_CMD_KEEP_CHARGE:
		return "KEEP_CHARGE";
	case BSL_CMD_POWER_OFF:
		return "POWER_OFF";
	case BSL_CMD_ENABLE_WRITE_FLASH:
		return "ENABLE_WRITE_FLASH";
	case BSL_CMD_READ_CHIP_UID:
		return "READ_CHIP_UID";
	case BSL_CMD_DISABLE_TRANSCODE:
		return "DISABLE_TRANSCODE";
	case BSL_CMD_READ_PARTITION:
		return "READ_PARTITION";
	}
	snprintf(buf, MSG_NAME_MAX, "command 0x%02X", cmd);
	return buf;
}

struct reply_words {
	unsigned type;
	const char *name, *meaning;
};

#define NOT_ASKED "an answer to a request that was not made"

/* Meanings: docs/protocol.md 3.2 and 4.8. */
static const struct reply_words words[] = {
	{ BSL_REP_ACK, "ACK", "" },
	{ BSL_REP_VER, "VER", "" },
	{ BSL_REP_INVALID_CMD, "INVALID_CMD",
	  "the loader does not take this command here" },
	{ BSL_REP_UNKNOWN_CMD, "UNKNOWN_CMD",
	  "the loader does not know this command" },
	{ BSL_REP_OPERATION_FAILED, "OPERATION_FAILED",
	  "the loader could not do it: no such partition, past its end, or "
	  "unreadable flash" },
	{ BSL_REP_NOT_SUPPORT_BAUDRATE, "NOT_SUPPORT_BAUDRATE",
	  "the loader cannot run the serial line at this speed" },
	{ BSL_REP_DOWN_NOT_START, "DOWN_NOT_START",
	  "data came before START_DATA" },
	{ BSL_REP_DOWN_MULTI_START, "DOWN_MULTI_START",
	  "START_DATA came twice" },
	{ BSL_REP_DOWN_EARLY_END, "DOWN_EARLY_END",
	  "END_DATA came before all data" },
	{ BSL_REP_DOWN_DEST_ERROR, "DOWN_DEST_ERROR",
	  "the load address is not one of this chip" },
	{ BSL_REP_DOWN_SIZE_ERROR, "DOWN_SIZE_ERROR",
	  "the size does not fit (for a loader also: a wrong load address)" },
	{ BSL_REP_VERIFY_ERROR, "VERIFY_ERROR",
	  "the phone got a damaged frame; loaders hang after saying so" },
	{ BSL_REP_NOT_VERIFY, "NOT_VERIFY", "not verified" },
	{ BSL_REP_NOT_ENOUGH_MEMORY, "NOT_ENOUGH_MEMORY",
	  "the loader has no memory for it" },
	{ BSL_REP_INPUT_TIMEOUT, "INPUT_TIMEOUT",
	  "the loader waited for data in vain" },
	{ BSL_REP_READ_FLASH, "READ_FLASH", "" },
	{ BSL_REP_INCOMPATIBLE_PARTITION, "INCOMPATIBLE_PARTITION",
	  "the loader knows no partition of this name" },
	{ BSL_REP_UNKNOWN_DEVICE, "UNKNOWN_DEVICE",
	  "the loader does not recognise the phone's storage" },
	{ BSL_REP_INVALID_DEVICE_SIZE, "INVALID_DEVICE_SIZE",
	  "the loader does not recognise the size of the phone's storage" },
	{ BSL_REP_ILLEGAL_SDRAM, "ILLEGAL_SDRAM",
	  "the loader does not fit the phone's memory" },
	{ BSL_REP_WRONG_SDRAM_PARAMETER, "WRONG_SDRAM_PARAMETER",
	  "the loader does not fit the phone's memory" },
	{ BSL_REP_CHECKSUM_ERROR, "CHECKSUM_ERROR", "checksum error" },
	{ BSL_REP_CHECKSUM_DIFF, "CHECKSUM_DIFF", "checksum differs" },
	{ BSL_REP_WRITE_ERROR, "WRITE_ERROR", "writing failed" },
	{ BSL_REP_CHIPID_NOT_MATCH, "CHIPID_NOT_MATCH",
	  "the loader is for another chip" },
	{ BSL_REP_FLASH_CFG_ERROR, "FLASH_CFG_ERROR",
	  "the loader's flash configuration does not fit" },
	{ BSL_REP_SIGN_VERIFY_ERROR, "SIGN_VERIFY_ERROR",
	  "the signature of what was sent was refused: it is not for this "
	  "phone" },
	{ BSL_REP_SECURITY_ERROR, "SECURITY_ERROR",
	  "the loader refused the signature of what it got" },
	{ BSL_REP_NOT_ENABLE_WRITE, "NOT_ENABLE_WRITE",
	  "writing is not enabled" },
	{ BSL_REP_FLASH_WRITTEN_PROTECTION, "FLASH_WRITTEN_PROTECTION",
	  "the storage is write-protected" },
	{ BSL_REP_FLASH_INITIALIZING_FAIL, "FLASH_INITIALIZING_FAIL",
	  "the loader could not start the phone's storage" },
	{ BSL_REP_HANDSHAKE_FAILED, "HANDSHAKE_FAILED",
	  "the loader wants a vendor key" },
	{ BSL_REP_READ_PARTITION, "READ_PARTITION", "" },
	{ BSL_REP_MAGIC_ERROR, "MAGIC_ERROR",
	  "the loader misses the magic number of the content" },
	{ BSL_REP_REPARTITION_ERROR, "REPARTITION_ERROR",
	  "repartitioning failed" },
	{ BSL_REP_READ_ERROR, "READ_ERROR",
	  "the loader could not read: no such partition, past its end, or "
	  "unreadable flash" },
	{ BSL_REP_MALLOC_ERROR, "MALLOC_ERROR",
	  "the loader has no memory for it" },
	{ BSL_REP_UNSUPPORTED_COMMAND, "UNSUPPORTED_COMMAND",
	  "the loader does not know this command, or wants authorisation" },
	{ BSL_REP_LOG, "LOG", "" },
	{ BSL_REP_READ_CHIP_TYPE, "READ_CHIP_TYPE", NOT_ASKED },
	{ BSL_REP_READ_NVITEM, "READ_NVITEM", NOT_ASKED },
	{ BSL_REP_READ_FLASH_INFO, "READ_FLASH_INFO", NOT_ASKED },
	{ BSL_REP_READ_CHIP_UID, "READ_CHIP_UID", "" },
	{ BSL_REP_AUTH_M1, "AUTH_M1", NOT_ASKED },
};

static const struct reply_words *find(unsigned type)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].type == type)
			return &words[i];
	return NULL;
}

const char *msg_reply_name(unsigned type, char buf[MSG_NAME_MAX])
{
	const struct reply_words *w = find(type);

	snprintf(buf, MSG_NAME_MAX, "%s (0x%02X)",
		 w ? w->name : "a reply without a name", type);
	return buf;
}

const char *msg_reply_meaning(unsigned type)
{
	const struct reply_words *w = find(type);

	return w ? w->meaning
		 : "none that spdvault knows; it is taken for a no";
}
