/* SPDX-License-Identifier: BSD-3-Clause */
/* nv_items.c - what is inside an NV image [5.6]. */
#include "internal.h"

#include "base/bytes.h"

#include <string.h>

#define ITEMS_AT 4 /* behind the CRC and the stamp */
#define ITEM_END 0xFFFF

struct item {
	uint16_t id;
	const uint8_t *data;
	size_t len, next;
};

uint16_t nv_crc(const uint8_t *p, size_t n)
{
	static const uint16_t nibble[16] = {
		0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
		0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
	};
	unsigned c = 0;

	for (size_t i = 0; i < n; i++) {
		c ^= p[i];
		c = c >> 4 ^ nibble[c & 15];
		c = c >> 4 ^ nibble[c & 15];
	}
	return (uint16_t)c;
}

bool nv_crc_fits(const uint8_t *image, size_t n)
{
	return n > 2 && nv_crc(image + 2, n - 2) == get_be16(image);
}

/* False at the end of the list, and where it is none. */
static bool item_at(const uint8_t *image, size_t n, size_t at, struct item *ret)
{
	if (at > n || n - at < 4 || get_le16(image + at) == ITEM_END)
		return false;
	ret->id = get_le16(image + at);
	ret->len = get_le16(image + at + 2);
	ret->data = image + at + 4;
	ret->next = at + 4 + (ret->len + 3) / 4 * 4;
	return ret->next <= n;
}

bool nv_is_list(const uint8_t *image, size_t n)
{
	struct item it;
	size_t at = ITEMS_AT;

	while (item_at(image, n, at, &it))
		at = it.next;
	return at + 2 <= n && get_le16(image + at) == ITEM_END && at > ITEMS_AT;
}

/* Of the IMEI, and with some modems the second one. */
static bool is_own(uint16_t id)
{
	return id == 5 || id == 377;
}

void nv_merge(uint8_t *image, size_t n, const uint8_t *old, size_t old_len)
{
	struct item theirs, own;

	for (size_t at = ITEMS_AT; item_at(image, n, at, &theirs);
	     at = theirs.next) {
		size_t i = ITEMS_AT;

		if (!is_own(theirs.id))
			continue;
		while (item_at(old, old_len, i, &own) && own.id != theirs.id)
			i = own.next;
		if (item_at(old, old_len, i, &own) && own.len == theirs.len)
			memcpy(image + at + 4, own.data, own.len);
	}
	put_be16(image, nv_crc(image + 2, n - 2));
}

/* Both ways; not the vendor's, whose key is the phone's own. */
void nv_crypt(const struct cfg *c, uint8_t *image, size_t n)
{
	uint8_t key[256];

	if (!c->nv_crypt)
		return;
	for (size_t at = 0; at < n; at += sizeof(key)) {
		content_fill(CONTENT_RANDOM, content_mix(~c->seed), at, key,
			     sizeof(key));
		for (size_t i = 0; i < sizeof(key) && at + i < n; i++)
			image[at + i] ^= key[i];
	}
}
