/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.c - the white list; docs/protocol.md 3.1 and 5.6. */
#include "bsl/guard.h"

#include "base/bytes.h"
#include "base/text.h"
#include "bsl/msg.h"
#include "bsl/proto.h"

#include <string.h>

#define IN(mode) (1u << (mode))

static const struct {
	unsigned cmd, modes;
} allowed[] = {
	{ BSL_CMD_CHECK_BAUD, IN(GUARD_LOAD) },
	{ BSL_CMD_CONNECT, IN(GUARD_LOAD) },
	{ BSL_CMD_START_DATA, IN(GUARD_LOAD) },
	{ BSL_CMD_MIDST_DATA, IN(GUARD_LOAD) },
	{ BSL_CMD_END_DATA, IN(GUARD_LOAD) },
	{ BSL_CMD_EXEC_DATA, IN(GUARD_LOAD) },
	{ BSL_CMD_CHANGE_BAUD, IN(GUARD_LOAD) },
	{ BSL_CMD_KEEP_CHARGE, IN(GUARD_LOAD) },
	{ BSL_CMD_READ_START, IN(GUARD_READ) },
	{ BSL_CMD_READ_MIDST, IN(GUARD_READ) },
	{ BSL_CMD_READ_END, IN(GUARD_READ) },
	{ BSL_CMD_READ_PARTITION, IN(GUARD_READ) },
	{ BSL_CMD_READ_CHIP_UID, IN(GUARD_READ) },
	{ BSL_CMD_DISABLE_TRANSCODE, IN(GUARD_READ) },
};

static bool is_allowed(const struct guard *g, unsigned cmd)
{
	if (cmd == BSL_CMD_NORMAL_RESET || cmd == BSL_CMD_POWER_OFF)
		return g->allow_ending;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i].cmd == cmd)
			return allowed[i].modes & IN(g->mode);
	return false;
}

bool guard_name_repairs(const char *name)
{
	static const char *const copies[] = { "fixnv1", "runtimenv1" };
	size_t n = strlen(name);

	if (n > 2 &&
	    (!strcmp(name + n - 2, "_a") || !strcmp(name + n - 2, "_b")))
		n -= 2;
	for (size_t i = 0; i < 2; i++) {
		size_t k = strlen(copies[i]);

		if (n >= k && !memcmp(name + n - k, copies[i], k))
			return true;
	}
	return false;
}

static int check_read_start(const struct guard *g, const uint8_t *payload,
			    size_t len, struct err *e)
{
	char name[BSL_NAME_UNITS + 1];

	if (len < BSL_LIST_ENTRY ||
	    !text_from_utf16le(payload, BSL_NAME_UNITS, name, sizeof(name)) ||
	    !name[0] || strlen(name) > BSL_NAME_MAX)
		return err_set(e, ERR_BUG, "READ_START without a proper name");
	if (guard_name_repairs(name) && !g->allow_nv_name)
		return err_set(e, ERR_BUG,
			       "READ_START of '%s' would let the loader "
			       "repair, that is write, the NV",
			       name);
	return 0;
}

static int check_read_midst(const struct guard *g, const uint8_t *payload,
			    size_t len, struct err *e)
{
	uint32_t max = g->escape ? BSL_READ_MAX_ESCAPED : BSL_READ_MAX_PLAIN;
	uint32_t size;

	if (len != 8 && len != 12)
		return err_set(e, ERR_BUG, "READ_MIDST of %zu bytes", len);
	size = get_le32(payload);
	if (size == 0 || size > max)
		return err_set(e, ERR_BUG,
			       "READ_MIDST for %u bytes (1 to %u are possible)",
			       size, max);
	return 0;
}

int guard_check(const struct guard *g, unsigned cmd, const uint8_t *payload,
		size_t len, struct err *e)
{
	char name[MSG_NAME_MAX];

	if (!is_allowed(g, cmd))
		return err_set(e, ERR_BUG, "%s may not be sent in a %s session",
			       msg_command_name(cmd, name),
			       g->mode == GUARD_READ ? "reading" : "loading");
	if (cmd == BSL_CMD_READ_START)
		return check_read_start(g, payload, len, e);
	if (cmd == BSL_CMD_READ_MIDST)
		return check_read_midst(g, payload, len, e);
	return 0;
}
