/* SPDX-License-Identifier: BSD-3-Clause */
/* crc32.h - the CRC-32 of zlib, which GPT and bootloader_control use. */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from crc; start with 0. */
uint32_t crc32_add(uint32_t crc, const void *p, size_t n);

#endif
