/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_reply.c - payloads from the phone, and the guard on those to it. */
#include "fuzz.h"

#include "base/text.h"
#include "bsl/guard.h"
#include "bsl/msg.h"
#include "bsl/proto.h"

static void try_guard(struct input in)
{
	uint8_t options = take_u8(&in);
	unsigned cmd = take_u8(&in);
	struct guard g = { .mode = options & 1 ? GUARD_READ : GUARD_LOAD,
			   .escape = options & 2,
			   .allow_nv_name = options & 4,
			   .allow_ending = options & 8 };
	uint32_t most = g.escape ? BSL_READ_MAX_ESCAPED : BSL_READ_MAX_PLAIN;
	uint8_t *payload = exact_copy(in.p, in.n);
	char name[BSL_NAME_UNITS + 1];
	struct err e = { .code = ERR_NONE };

	if (guard_check(&g, cmd, payload, in.n, &e) < 0) {
		assert(e.code == ERR_BUG && e.text[0]);
	} else if (cmd == BSL_CMD_READ_MIDST) {
		assert(in.n == 8 || in.n == 12);
		assert(get_le32(payload) >= 1 && get_le32(payload) <= most);
	} else if (cmd == BSL_CMD_READ_START) {
		assert(text_from_utf16le(payload, BSL_NAME_UNITS, name,
					 sizeof(name)));
		assert(text_is_file_name(name) || name[0] == '.');
		assert(g.allow_nv_name || !guard_name_repairs(name));
	} else if (g.mode == GUARD_READ) {
		/* What can get through to an FDL2 at all. */
		assert(cmd == BSL_CMD_READ_END ||
		       cmd == BSL_CMD_READ_PARTITION ||
		       cmd == BSL_CMD_READ_CHIP_UID ||
		       cmd == BSL_CMD_DISABLE_TRANSCODE ||
		       (g.allow_ending && (cmd == BSL_CMD_NORMAL_RESET ||
					   cmd == BSL_CMD_POWER_OFF)));
	}
	free(payload);
}

static void try_texts(const uint8_t *p, size_t n)
{
	char clean[40], name[20];
	uint8_t units[40] = { 0 };

	text_clean(p, n, clean, sizeof(clean));
	for (const char *c = clean; *c; c++)
		assert(*c >= 0x20 && *c < 0x7F);
	if (!text_from_utf16le(p, n / 2, name, sizeof(name)))
		return;
	assert(strlen(name) < sizeof(name) && strlen(name) <= n / 2);
	assert(text_to_utf16le(name, units, strlen(name)));
	assert(!name[0] || memcmp(units, p, 2 * strlen(name)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct da_info da;
	char buf[MSG_NAME_MAX];

	memset(&da, 0xA5, sizeof(da));
	msg_parse_da_info(p, n, &da);
	assert(da.form >= DA_BARE && da.form <= DA_TLV);
	assert(msg_da_form_name(da.form)[0]);
	assert(da.form != DA_BARE || !da.can_stop_escape);
	if (msg_parse_size_text(p, n))
		assert(memmem(p, n, "size", 4) && memmem(p, n, ": 0x", 4));
	if (n) {
		assert(msg_reply_name(p[0], buf)[0]);
		assert(msg_command_name(p[0], buf)[0]);
		assert(msg_reply_meaning(p[0]));
	}
	try_texts(p, n);
	try_guard((struct input) { p, n });
	return 0;
}
