/* SPDX-License-Identifier: BSD-3-Clause */
/* header.c - header and directory, from bytes; docs/pac.md. */
#include "base/bytes.h"
#include "base/crc16.h"
#include "base/text.h"
#include "internal.h"

#include <string.h>

#define MAGIC 0xFFFAFFFAu

/* Offsets of fields. */
enum {
	H_SIZE_HIGH = 44,
	H_SIZE_LOW = 48,
	H_PRODUCT = 52,
	H_VERSION = 564,
	H_COUNT = 1076,
	H_DIRECTORY = 1080,
	H_ALIAS = 1104,
	H_MAGIC = 2116,
	H_CRC_HEADER = 2120,
	H_CRC_REST = 2122,
	E_ID = 4,
	E_NAME = 516,
	E_SIZE_HIGH = 1532,
	E_OFFSET_HIGH = 1536,
	E_SIZE_LOW = 1540,
	E_KIND = 1544,
	E_CHECK = 1548,
	E_OFFSET_LOW = 1552,
	E_OMIT = 1556,
	E_NADDRESSES = 1560,
	E_ADDRESSES = 1564,
};

bool pac_is_header(const uint8_t *p, size_t n)
{
	char text[22 * 3 + 1];

	if (n < PAC_MARK_SIZE)
		return false;
	pac_text(p, 22, text);
	return strncmp(text, "BP_R", 4) == 0;
}

int pac_parse_header(const uint8_t p[PAC_HEADER_SIZE], struct pac_info *ret,
		     uint32_t *ret_count, uint32_t *ret_directory,
		     bool *ret_wide, bool *ret_magic, struct err *e)
{
	char format[22 * 3 + 1];
	int rc;

	if (!pac_is_header(p, PAC_HEADER_SIZE)) {
		rc = err_set(e, ERR_FORMAT, "this does not begin as a PAC");
		err_hint(e, "a PAC is the vendor's firmware in one file, "
			    "NAME.pac");
		return rc;
	}
	pac_text(p, 22, format);
	*ret_wide = strcmp(format, "BP_R2.0.1") == 0;
	if (!*ret_wide && strcmp(format, "BP_R1.0.0") != 0) {
		rc = err_set(e, ERR_FORMAT, "the PAC has the format '%.40s'",
			     format);
		err_hint(e, "only BP_R1.0.0 and BP_R2.0.1 can be read");
		return rc;
	}
	text_copy(ret->format, sizeof(ret->format), format);
	/* In the older format this belongs to the text before. */
	ret->said_size = get_le32(p + H_SIZE_LOW);
	if (*ret_wide)
		ret->said_size |= (uint64_t)get_le32(p + H_SIZE_HIGH) << 32;
	pac_text(p + H_PRODUCT, 256, ret->product);
	pac_text(p + H_VERSION, 256, ret->version);
	pac_text(p + H_ALIAS, 100, ret->alias);
	ret->crc_header = get_le16(p + H_CRC_HEADER);
	ret->crc_rest = get_le16(p + H_CRC_REST);
	ret->crc_header_is = crc16_arc(0, p, H_CRC_HEADER);
	*ret_count = get_le32(p + H_COUNT);
	*ret_directory = get_le32(p + H_DIRECTORY);
	*ret_magic = get_le32(p + H_MAGIC) == MAGIC;
	return 0;
}

int pac_parse_entry(const uint8_t p[PAC_ENTRY_SIZE], bool wide,
		    struct pac_file *ret, bool *ret_odd, struct err *e)
{
	uint32_t n = get_le32(p + E_NADDRESSES);
	bool good;

	if (get_le32(p) != PAC_ENTRY_SIZE)
		return err_set(e, ERR_FORMAT,
			       "it says that it has %u bytes, where %u are due",
			       get_le32(p), PAC_ENTRY_SIZE);
	memset(ret, 0, sizeof(*ret));
	good = pac_text(p + E_ID, 256, ret->id);
	good &= pac_text(p + E_NAME, 256, ret->name);
	ret->size = get_le32(p + E_SIZE_LOW);
	ret->offset = get_le32(p + E_OFFSET_LOW);
	if (wide) {
		ret->size |= (uint64_t)get_le32(p + E_SIZE_HIGH) << 32;
		ret->offset |= (uint64_t)get_le32(p + E_OFFSET_HIGH) << 32;
	}
	ret->kind = get_le32(p + E_KIND);
	ret->must_flash = get_le32(p + E_CHECK) != 0;
	ret->may_omit = get_le32(p + E_OMIT) != 0;
	ret->naddresses = n < 5 ? n : 5;
	for (unsigned i = 0; i < ret->naddresses; i++)
		ret->address[i] = get_le32(p + E_ADDRESSES + 4 * i);
	*ret_odd = !good || n > 5;
	return 0;
}
