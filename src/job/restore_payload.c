/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_payload.c - how much of a partition is its content [7.5, 9]. */
#include "base/bytes.h"
#include "restore_run.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 0x200u
#define SIGN 0x60u /* header of a signature */
#define MOST ((size_t)64 << 20)

/* All zeros or all FF: what padding is, and what erasing leaves. */
static bool is_padding(const uint8_t *p, size_t n)
{
	return n > 0 && (p[0] == 0 || p[0] == 0xFF) &&
	       memcmp(p, p + 1, n - 1) == 0;
}

/* 256 bytes of header, two blocks; more than padding behind them counts. */
static uint64_t vbmeta(const uint8_t *p, size_t n)
{
	uint64_t auth, aux, all;

	if (n < 256 || memcmp(p, "AVB0", 4) != 0)
		return 0;
	auth = get_be64(p + 12);
	aux = get_be64(p + 20);
	if (auth > n || aux > n)
		return 0;
	all = 256 + auth + aux;
	all += all & 1; /* no loader takes an odd size */
	return all < n && is_padding(p + all, n - all) ? all : 0;
}

/* Header, image, header of the signature that tells where that ends. */
static uint64_t dhtb(const uint8_t *p, size_t n)
{
	uint64_t image, at, end;

	if (n < HEAD + SIGN || memcmp(p, "DHTB", 4) != 0)
		return 0;
	image = get_le32(p + 0x30);
	at = HEAD + image;
	if (image == 0 || at > n - SIGN)
		return 0;
	if (get_le64(p + at + 0x10) != image || get_le64(p + at + 0x18) != HEAD)
		return 0;
	end = get_le64(p + at + 0x28);
	if (end < at || end > n || get_le64(p + at + 0x20) > n - end)
		return 0;
	end += get_le64(p + at + 0x20);
	end = (end + HEAD - 1) / HEAD * HEAD;
	return end <= n ? end : 0;
}

uint64_t restore_payload(const uint8_t *p, size_t n)
{
	uint64_t all = vbmeta(p, n);

	return all ? all : dhtb(p, n);
}

int restore_set_length(struct restore *r, struct restore_item *it,
		       struct err *e)
{
	uint64_t payload;
	uint8_t *p;
	size_t n;

	if (!it->rule->is_signed || it->source > MOST || it->source == 0)
		return 0;
	if (restore_load(r, it->member, MOST, &p, &n, e) < 0)
		return -(int)e->code;
	payload = restore_payload(p, n);
	it->erased_first = strncmp(it->name, "vbmeta", 6) == 0;
	free(p);
	if (payload && payload < it->source) {
		it->length = payload;
		it->how = RESTORE_PAYLOAD;
	}
	return 0;
}

/*
 * A loader erases tables of verified boot before it writes them, and takes
 * padding behind them ill.  Other images may be as long as they were read.
 */
bool restore_needs_whole(const struct restore_item *it)
{
	return it->how == RESTORE_PAYLOAD && it->behind > 0 &&
	       !it->erased_first && it->state != RESTORE_REFUSED;
}
