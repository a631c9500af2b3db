/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_keep.c - records of the file that a simulated phone's changes are in.
 */
#include "seeds.h"

#include "base/bytes.h"

static void record(struct strbuf *b, unsigned area, bool erase, uint64_t at,
		   uint64_t n)
{
	uint8_t r[24];

	put_le32(r, 0x5045454B);
	put_le32(r + 4, area << 1 | erase);
	put_le64(r + 8, at);
	put_le64(r + 16, n);
	add(b, r, sizeof(r));
}

void seeds_keep(void)
{
	struct strbuf b = { 0 };

	add_u8(&b, 0);
	save("keep", "no-head", &b);
	add_u8(&b, 1);
	record(&b, 0, false, 0x100000, 16);
	add(&b, "0123456789abcdef", 16);
	record(&b, 1, true, 0x1000, 0x2000);
	record(&b, 2, false, 0, 4);
	add(&b, "DHTB", 4);
	save("keep", "three", &b);
	add_u8(&b, 1);
	record(&b, 0, false, 0x100000, 16);
	add(&b, "01234567", 8);
	save("keep", "cut", &b);
	add_u8(&b, 1);
	record(&b, 0, true, UINT64_MAX, 16);
	record(&b, 3, true, 0, 16);
	save("keep", "outside", &b);
	strbuf_free(&b);
}
