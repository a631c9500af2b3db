/* SPDX-License-Identifier: BSD-3-Clause */
/* crc16.c - CRC-16/ARC, half a byte at a time. */
#include "base/crc16.h"

/* Of the 16 values of four bits. */
static const uint16_t low[16] = {
	0x0000, 0xC0C1, 0xC181, 0x0140, 0xC301, 0x03C0, 0x0280, 0xC241,
	0xC601, 0x06C0, 0x0780, 0xC741, 0x0500, 0xC5C1, 0xC481, 0x0440,
};
static const uint16_t high[16] = {
	0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
	0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
};

uint16_t crc16_arc(uint16_t crc, const void *p, size_t n)
{
	const uint8_t *in = p;

	for (size_t i = 0; i < n; i++) {
		unsigned v = (crc ^ in[i]) & 0xFF;

		crc = (uint16_t)(crc >> 8 ^ low[v & 15] ^ high[v >> 4]);
	}
	return crc;
}
