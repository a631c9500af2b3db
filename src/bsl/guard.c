/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.c - the white list; docs/protocol.md 3.1 and 5.6. */
#include "bsl/guard.h"

#include "base/bytes.h"
#include "base/text.h"
#include "bsl/msg.h"
#include "bsl/proto.h"

#include <inttypes.h>
#include <string.h>

#define IN(mode) (1u << (mode))

static const struct {
	unsigned cmd, modes;
} allowed[] = {
	{ BSL_CMD_CHECK_BAUD, IN(GUARD_LOAD) },
	{ BSL_CMD_CONNECT, IN(GUARD_LOAD) },
	{ BSL_CMD_START_DATA, IN(GUARD_LOAD) | IN(GUARD_WRITE) },
	{ BSL_CMD_MIDST_DATA, IN(GUARD_LOAD) | IN(GUARD_WRITE) },
	{ BSL_CMD_END_DATA, IN(GUARD_LOAD) | IN(GUARD_WRITE) },
	{ BSL_CMD_ENABLE_WRITE_FLASH, IN(GUARD_WRITE) },
	{ BSL_CMD_EXEC_DATA, IN(GUARD_LOAD) },
	{ BSL_CMD_CHANGE_BAUD, IN(GUARD_LOAD) },
	{ BSL_CMD_KEEP_CHARGE, IN(GUARD_LOAD) },
	{ BSL_CMD_READ_START, IN(GUARD_READ) },
	{ BSL_CMD_READ_MIDST, IN(GUARD_READ) },
	{ BSL_CMD_READ_END, IN(GUARD_READ) },
	{ BSL_CMD_READ_FLASH, IN(GUARD_READ) },
	{ BSL_CMD_READ_PARTITION, IN(GUARD_READ) },
	{ BSL_CMD_READ_CHIP_UID, IN(GUARD_READ) },
	{ BSL_CMD_DISABLE_TRANSCODE, IN(GUARD_READ) },
};

static bool is_allowed(const struct guard *g, unsigned cmd)
{
	if (cmd == BSL_CMD_NORMAL_RESET || cmd == BSL_CMD_POWER_OFF)
		return g->allow_ending && g->mode != GUARD_WRITE;
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

/* The first four are there to be erased [5.4]. */
bool guard_region_is_for_writing(uint32_t id)
{
	static const uint32_t ids[] = { 0x90000003, 0x90000005, 0x90000112,
					0x90000113, 0x90000009, 0x90001000 };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* How much of it may be asked for; an address may lie inside a region. */
static uint64_t region_room(const struct guard *g, uint32_t id, uint64_t offset)
{
	for (size_t i = 0; i < g->nregions; i++) {
		const struct guard_region *r = &g->regions[i];
		uint64_t at = offset;

		if (id & BSL_REGION_BIT
			    ? r->id != id
			    : (r->id & BSL_REGION_BIT) || id < r->id ||
				      id - r->id >= r->limit)
			continue;
		if (!(id & BSL_REGION_BIT))
			at = id - r->id;
		return at < r->limit ? r->limit - at : 0;
	}
	return 0;
}

static int check_read_flash(const struct guard *g, const uint8_t *payload,
			    size_t len, struct err *e)
{
	uint32_t id, size;
	uint64_t offset, room;

	if (len != 8 && len != 12)
		return err_set(e, ERR_BUG, "READ_FLASH of %zu bytes", len);
	id = get_be32(payload);
	size = get_be32(payload + 4);
	offset = len == 12 ? get_be32(payload + 8) : 0;
	if ((len == 12) != !!(id & BSL_REGION_BIT))
		return err_set(e, ERR_BUG,
			       "READ_FLASH of region 0x%08X with %zu bytes", id,
			       len);
	room = guard_region_is_for_writing(id) ? 0 : region_room(g, id, offset);
	if (size == 0 || size > BSL_READ_FLASH_MAX || size > room)
		return err_set(e, ERR_BUG,
			       "READ_FLASH of %u bytes at 0x%llX of 0x%08X, "
			       "where %llu are known to be: a wrong size hangs "
			       "the phone",
			       size, (unsigned long long)offset, id,
			       (unsigned long long)room);
	return 0;
}

const char *guard_name_unwritable(const char *name)
{
	size_t n = strlen(name);

	if (n == 0)
		return "it has no name";
	if (n > BSL_NAME_MAX)
		return "its name is too long for the request";
	for (size_t i = 0; i < n; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return "its name has characters that no table holds";
	if (!strcmp(name, BSL_USER_PARTITION))
		return "it is the whole storage, which loaders do not write "
		       "by name";
	return NULL;
}

/* 76 or 88 bytes, 4 more with a checksum [7.1]. */
static int check_write_start(const struct guard *g, const uint8_t *payload,
			     size_t len, struct err *e)
{
	bool wide = len == 88 || len == 92, sum = len == 80 || len == 92;
	char name[BSL_NAME_UNITS + 1];
	const char *why;
	uint64_t size;

	if ((len != 76 && !wide && !sum) ||
	    !text_from_utf16le(payload, BSL_NAME_UNITS, name, sizeof(name)))
		return err_set(e, ERR_BUG, "START_DATA without a proper name");
	why = guard_name_unwritable(name);
	if (why)
		return err_set(e, ERR_BUG, "START_DATA of '%s': %s", name, why);
	size = wide ? get_le64(payload + BSL_NAME_BYTES)
		    : get_le32(payload + BSL_NAME_BYTES);
	if (strcmp(name, g->write_name) != 0 || size != g->write_size ||
	    size == 0 || size % 2)
		return err_set(e, ERR_BUG,
			       "START_DATA of '%s' with %" PRIu64
			       " bytes, where '%s' with %" PRIu64
			       " was agreed on",
			       name, size, g->write_name, g->write_size);
	if (guard_name_repairs(name) && !sum)
		return err_set(e, ERR_BUG,
			       "START_DATA of the NV '%s' without its sum",
			       name);
	return 0;
}

/* Never an odd one [2.2]; more would not fit the loader's buffer [2.4]. */
static int check_write_midst(const struct guard *g, size_t len, struct err *e)
{
	size_t max = g->escape ? BSL_WRITE_MAX_ESCAPED : BSL_WRITE_MAX_PLAIN;

	if (len == 0 || len > max || len % 2)
		return err_set(e, ERR_BUG,
			       "MIDST_DATA of %zu bytes (2 to %zu, even ones, "
			       "are possible)",
			       len, max);
	return 0;
}

int guard_check(const struct guard *g, unsigned cmd, const uint8_t *payload,
		size_t len, struct err *e)
{
	static const char *const modes[] = { "loading", "reading", "writing" };
	char name[MSG_NAME_MAX];

	if (!is_allowed(g, cmd))
		return err_set(e, ERR_BUG, "%s may not be sent in a %s session",
			       msg_command_name(cmd, name), modes[g->mode]);
	if (g->mode == GUARD_WRITE && cmd == BSL_CMD_START_DATA)
		return check_write_start(g, payload, len, e);
	if (g->mode == GUARD_WRITE && cmd == BSL_CMD_MIDST_DATA)
		return check_write_midst(g, len, e);
	if (cmd == BSL_CMD_READ_START)
		return check_read_start(g, payload, len, e);
	if (cmd == BSL_CMD_READ_MIDST)
		return check_read_midst(g, payload, len, e);
	if (cmd == BSL_CMD_READ_FLASH)
		return check_read_flash(g, payload, len, e);
	return 0;
}
