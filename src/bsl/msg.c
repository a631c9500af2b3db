/* SPDX-License-Identifier: BSD-3-Clause */
/* msg.c - payloads to bytes and back. */
#include "bsl/msg.h"

#include "base/bytes.h"
#include "base/text.h"
#include "bsl/proto.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

size_t msg_start_data(uint32_t addr, uint32_t size, uint8_t out[MSG_MAX])
{
	put_be32(out, addr);
	put_be32(out + 4, size);
	return 8;
}

size_t msg_read_start(const char *name, uint64_t size, bool wide,
		      uint8_t out[MSG_MAX])
{
	bool fits = text_to_utf16le(name, out, BSL_NAME_MAX);

	assert(fits && (wide || size <= UINT32_MAX));
	(void)fits;
	/* The last unit is an NV slot flag to newer loaders: keep it zero. */
	put_le16(out + 2 * BSL_NAME_MAX, 0);
	if (!wide) {
		put_le32(out + BSL_NAME_BYTES, (uint32_t)size);
		return BSL_NAME_BYTES + 4;
	}
	put_le64(out + BSL_NAME_BYTES, size);
	put_le64(out + BSL_NAME_BYTES + 8, 0);
	return BSL_NAME_BYTES + 16;
}

size_t msg_write_start(const char *name, uint64_t size, bool wide,
		       const uint32_t *sum, uint8_t out[MSG_MAX])
{
	size_t n = msg_read_start(name, size, wide, out);

	if (!sum)
		return n;
	put_le32(out + n, *sum);
	return n + 4;
}

size_t msg_read_midst(uint32_t size, uint64_t offset, bool wide,
		      uint8_t out[MSG_MAX])
{
	assert(wide || offset <= UINT32_MAX);
	put_le32(out, size);
	if (!wide) {
		put_le32(out + 4, (uint32_t)offset);
		return 8;
	}
	put_le64(out + 4, offset);
	return 12;
}

size_t msg_read_flash(uint32_t id, uint32_t size, uint32_t offset,
		      uint8_t out[MSG_MAX])
{
	bool region = id & BSL_REGION_BIT;

	put_be32(out, region ? id : id + offset);
	put_be32(out + 4, size);
	if (!region)
		return 8;
	put_be32(out + 8, offset);
	return 12;
}

size_t msg_change_baud(uint32_t baud, uint8_t out[MSG_MAX])
{
	put_be32(out, baud);
	return 4;
}

static void parse_struct(const uint8_t *p, size_t n, struct da_info *ret)
{
	ret->form = n == 8 ? DA_EIGHT : DA_STRUCT;
	ret->version = get_le32(p);
	ret->can_stop_escape = get_le32(p + 4) == 1;
	if (n < 20)
		return;
	ret->old_memory = p[8];
	ret->raw_data = p[9];
	ret->flush_kib = get_le32(p + 12);
	ret->storage_type = get_le32(p + 16);
}

static void parse_tlv_value(unsigned id, const uint8_t *v, size_t n,
			    struct da_info *ret)
{
	uint32_t number = n >= 4 ? get_le32(v) : n >= 1 ? v[0] : 0;

	if (n == 0)
		return;
	switch (id) {
	case 0:
		ret->can_stop_escape = number == 1;
		break;
	case 1:
		ret->old_memory = v[0];
		break;
	case 2:
		ret->raw_data = v[0];
		break;
	case 3:
		ret->flush_kib = number;
		break;
	case 4:
		ret->wants_handshake = true;
		break;
	case 6:
		ret->storage_type = number;
		break;
	case 7:
		ret->has_log = number == 1;
		break;
	default: /* 5 is a time stamp; later ids are not for us */
		break;
	}
}

static void parse_tlv(const uint8_t *p, size_t n, struct da_info *ret)
{
	ret->form = DA_TLV;
	while (n >= 4) {
		unsigned id = get_le16(p);
		size_t len = get_le16(p + 2);

		if (len > n - 4)
			return; /* a short tail: stop, keep what is known */
		parse_tlv_value(id, p + 4, len, ret);
		p += 4 + len;
		n -= 4 + len;
	}
}

void msg_parse_da_info(const uint8_t *p, size_t n, struct da_info *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->form = DA_BARE;
	if (n >= 4 && get_le32(p) == BSL_DA_TLV_MAGIC)
		parse_tlv(p + 4, n - 4, ret);
	else if (n >= 8)
		parse_struct(p, n, ret);
}

const char *msg_da_form_name(enum da_form f)
{
	switch (f) {
	case DA_BARE:
		return "bare";
	case DA_EIGHT:
		return "8-byte";
	case DA_STRUCT:
		return "struct";
	case DA_TLV:
		return "tlv";
	default:
		return "none";
	}
}

uint64_t msg_parse_size_text(const uint8_t *p, size_t n)
{
	char text[129], *at;

	if (n > sizeof(text) - 1)
		n = sizeof(text) - 1;
	memcpy(text, p, n);
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (!strstr(text, "size"))
		return 0;
	at = strstr(text, ": 0x");
	return at ? strtoull(at + 2, NULL, 16) : 0;
}
