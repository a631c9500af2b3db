/* SPDX-License-Identifier: BSD-3-Clause */
/* msg.h - payloads and their meaning; pure.  docs/protocol.md 4.4, 5, 7. */
#ifndef BSL_MSG_H
#define BSL_MSG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSG_MAX 96 /* the longest payload made here */

/* START_DATA of a loader: BE32 address, BE32 size [7.1]. */
size_t msg_start_data(uint32_t addr, uint32_t size, uint8_t out[MSG_MAX]);

/*
 * START_DATA of a partition: 76 bytes, or 88 with a 64-bit size; 4 more when
 * there is a sum (NULL: none) [7.1].  The name is at most BSL_NAME_MAX long.
 */
size_t msg_write_start(const char *name, uint64_t size, bool wide,
		       const uint32_t *sum, uint8_t out[MSG_MAX]);

/*
 * READ_START: 76 bytes, or 88 with a 64-bit size [5.1].  The name is at most
 * BSL_NAME_MAX characters.
 */
size_t msg_read_start(const char *name, uint64_t size, bool wide,
		      uint8_t out[MSG_MAX]);
/* READ_MIDST: 8 bytes, or 12 with a 64-bit offset [5.1]. */
size_t msg_read_midst(uint32_t size, uint64_t offset, bool wide,
		      uint8_t out[MSG_MAX]);
/*
 * READ_FLASH: 12 bytes with the offset in a region, or 8 with an address,
 * which advances; the highest bit of the id tells which [5.4].
 */
size_t msg_read_flash(uint32_t id, uint32_t size, uint32_t offset,
		      uint8_t out[MSG_MAX]);
size_t msg_change_baud(uint32_t baud, uint8_t out[MSG_MAX]);

/* What FDL2 says of itself when it starts [4.4]. */
enum da_form { DA_NONE, DA_BARE, DA_EIGHT, DA_STRUCT, DA_TLV };

struct da_info {
	enum da_form form;
	uint32_t version;     /* of the struct forms */
	bool can_stop_escape; /* DISABLE_TRANSCODE is offered */
	uint8_t old_memory;   /* bit 0 configured, 1 GPT, 2 RPMB key */
	uint8_t raw_data;     /* 0, 1, 2: kinds of fast writing */
	uint32_t flush_kib;
	uint32_t storage_type; /* BSL_STORAGE_*, 0: not said */
	bool wants_handshake;  /* a vendor key is needed [4.5] */
	bool has_log;
};

/*
 * The payload of the 0x96 that answers EXEC.  Any bytes are accepted: what is
 * not understood counts as not said.
 */
void msg_parse_da_info(const uint8_t *p, size_t n, struct da_info *ret);
const char *msg_da_form_name(enum da_form f);

/*
 * The text behind a "NAME_size" read [5.5]: the first 0x number after a colon.
 * 0 when there is none.
 */
uint64_t msg_parse_size_text(const uint8_t *p, size_t n);

/* "READ_MIDST", "0x93 READ_FLASH"; unknown numbers in hex.  Static or buf. */
#define MSG_NAME_MAX 48
const char *msg_command_name(unsigned cmd, char buf[MSG_NAME_MAX]);
const char *msg_reply_name(unsigned type, char buf[MSG_NAME_MAX]);
/* What a reply means that is no success, in words; "" for one that is. */
const char *msg_reply_meaning(unsigned type);

#endif
