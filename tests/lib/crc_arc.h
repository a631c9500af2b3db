/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * crc_arc.h - CRC-16/ARC bit by bit: what packages and NV items are sealed
 * with, for tests that share no code with the program's tables.
 */
#ifndef LIB_CRC_ARC_H
#define LIB_CRC_ARC_H

#include <stddef.h>
#include <stdint.h>

/* `crc` is 0 at the beginning, or what the bytes before gave. */
static inline uint16_t crc_arc(uint16_t crc, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001
						 : crc >> 1);
	}
	return crc;
}

#endif
