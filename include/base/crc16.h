/* SPDX-License-Identifier: BSD-3-Clause */
/* crc16.h - CRC-16/ARC: reflected 0x8005, of firmware packages and NV. */
#ifndef BASE_CRC16_H
#define BASE_CRC16_H

#include <stddef.h>
#include <stdint.h>

/* Of bytes in pieces: start with 0, go on with what it gave. */
uint16_t crc16_arc(uint16_t crc, const void *p, size_t n);

#endif
