/* SPDX-License-Identifier: BSD-3-Clause */
/* region_head.c - sizes that the content of a region tells itself; pure. */
#include "base/bytes.h"
#include "device/loader_check.h"
#include "device/region.h"

#include <string.h>

#define SECTOR		512u
#define VNTS_BLOCKS_AT	12u
#define VNTS_BLOCK_AT	14u
#define VNTS_BLOCKS_MIN 4u
#define VNTS_BLOCK_MIN	0x100u

static uint64_t whole_sectors(uint64_t n)
{
	return (n + SECTOR - 1) / SECTOR * SECTOR;
}

static uint64_t dhtb_size(const uint8_t *p, size_t n)
{
	struct loader_head h;

	if (!loader_head_parse(p, n, &h) || h.version != 1 || h.size == 0)
		return 0;
	return REGION_HEAD_SIZE + (uint64_t)h.size;
}

static uint64_t vnts_size(const uint8_t *p, size_t n)
{
	uint32_t blocks, block;

	if (n < VNTS_BLOCK_AT + 2 || memcmp(p, "VNTS", 4) != 0)
		return 0;
	blocks = get_le16(p + VNTS_BLOCKS_AT);
	block = get_le16(p + VNTS_BLOCK_AT);
	if (blocks < VNTS_BLOCKS_MIN || block < VNTS_BLOCK_MIN ||
	    (block & (block - 1)) != 0)
		return 0;
	return (uint64_t)blocks * block;
}

uint64_t region_size_of_head(const uint8_t *p, size_t n,
			     enum region_size_from *ret_from)
{
	uint64_t size = dhtb_size(p, n);

	*ret_from = REGION_SIZE_DHTB;
	if (size == 0) {
		size = vnts_size(p, n);
		*ret_from = REGION_SIZE_VNTS;
	}
	if (size && size <= REGION_MAX)
		return size;
	*ret_from = REGION_SIZE_UNKNOWN;
	return 0;
}

uint64_t region_size_of_sign(const uint8_t *p, size_t n, uint64_t image)
{
	uint64_t end = image;

	loader_find_signature(p, n, image, image, &end);
	return whole_sectors(end);
}

const char *region_size_name(enum region_size_from from)
{
	static const char *const names[] = {
		[REGION_SIZE_UNKNOWN] = "",
		[REGION_SIZE_PROFILE] = "profile",
		[REGION_SIZE_DHTB] = "dhtb",
		[REGION_SIZE_VNTS] = "vnts",
		[REGION_SIZE_PACKAGE] = "package",
	};

	return (size_t)from < sizeof(names) / sizeof(names[0]) ? names[from]
							       : "";
}
