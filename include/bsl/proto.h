/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * proto.h - the numbers of the download protocol, with the vendor's names.
 * Constants only; also the simulator's one common ground with the host.
 * Facts and sources: docs/protocol.md, sections in brackets.
 */
#ifndef BSL_PROTO_H
#define BSL_PROTO_H

#define BSL_FLAG       0x7E /* both ends of a frame; a run of it: CHECK_BAUD */
#define BSL_ESCAPE     0x7D /* next byte is xored with BSL_ESCAPE_XOR */
#define BSL_ESCAPE_XOR 0x20

/* Host to phone [3.1]. */
enum bsl_cmd {
	BSL_CMD_CONNECT = 0x00,
	BSL_CMD_START_DATA = 0x01,
	BSL_CMD_MIDST_DATA = 0x02,
	BSL_CMD_END_DATA = 0x03,
	BSL_CMD_EXEC_DATA = 0x04,
	BSL_CMD_NORMAL_RESET = 0x05,
	BSL_CMD_READ_FLASH = 0x06,
	BSL_CMD_READ_CHIP_TYPE = 0x07,
	BSL_CMD_READ_NVITEM = 0x08,
	BSL_CMD_CHANGE_BAUD = 0x09,
	BSL_CMD_ERASE_FLASH = 0x0A,
	BSL_CMD_REPARTITION = 0x0B,
	BSL_CMD_READ_FLASH_TYPE = 0x0C,
	BSL_CMD_READ_FLASH_INFO = 0x0D,
	BSL_CMD_READ_SECTOR_SIZE = 0x0F,
	BSL_CMD_READ_START = 0x10,
	BSL_CMD_READ_MIDST = 0x11,
	BSL_CMD_READ_END = 0x12,
	BSL_CMD_KEEP_CHARGE = 0x13,
	BSL_CMD_POWER_OFF = 0x17,
	BSL_CMD_CHECK_ROOT = 0x19,
	BSL_CMD_READ_CHIP_UID = 0x1A,
	BSL_CMD_ENABLE_WRITE_FLASH = 0x1B,
	BSL_CMD_ENABLE_SECUREBOOT = 0x1C,
	BSL_CMD_READ_REFINFO = 0x20,
	BSL_CMD_DISABLE_TRANSCODE = 0x21,
	BSL_CMD_WRITE_DATETIME = 0x22,
	BSL_CMD_SET_DEBUGINFO = 0x25,
	BSL_CMD_ENABLE_RAW_DATA = 0x28,
	BSL_CMD_SET_FIRST_MODE = 0x2A,
	BSL_CMD_HANDSHAKE_CHECK = 0x2B,
	BSL_CMD_SET_TIME_STAMP = 0x2C,
	BSL_CMD_READ_PARTITION = 0x2D,
	BSL_CMD_READ_VCUR = 0x2E,
	BSL_CMD_WRITE_VPAC = 0x2F,
	BSL_CMD_ENABLE_LOG = 0x34,
	BSL_CMD_DUMP_LOG = 0x35,
	BSL_CMD_DISABLE_SELINUX = 0x40,
	BSL_CMD_AUTH_BEGIN = 0x41,
	BSL_CMD_AUTH_END = 0x42,
	BSL_CMD_WRITE_EFUSE = 0x47,
	BSL_CMD_END_PROCESS = 0x7F,
	/* Not a frame: a run of BSL_FLAG.  Never to FDL2 [1.3, 3.1]. */
	BSL_CMD_CHECK_BAUD = 0x7E,
};

/* Phone to host [3.2]. */
enum bsl_rep {
	BSL_REP_ACK = 0x80,
	BSL_REP_VER = 0x81,
	BSL_REP_INVALID_CMD = 0x82,
	BSL_REP_UNKNOWN_CMD = 0x83,
	BSL_REP_OPERATION_FAILED = 0x84,
	BSL_REP_NOT_SUPPORT_BAUDRATE = 0x85,
	BSL_REP_DOWN_NOT_START = 0x86,
	BSL_REP_DOWN_MULTI_START = 0x87,
	BSL_REP_DOWN_EARLY_END = 0x88,
	BSL_REP_DOWN_DEST_ERROR = 0x89,
	BSL_REP_DOWN_SIZE_ERROR = 0x8A,
	BSL_REP_VERIFY_ERROR = 0x8B,
	BSL_REP_NOT_VERIFY = 0x8C,
	BSL_REP_NOT_ENOUGH_MEMORY = 0x8D,
	BSL_REP_INPUT_TIMEOUT = 0x8E,
	BSL_REP_READ_FLASH = 0x93,
	BSL_REP_READ_CHIP_TYPE = 0x94,
	BSL_REP_READ_NVITEM = 0x95,
	BSL_REP_INCOMPATIBLE_PARTITION = 0x96,
	BSL_REP_UNKNOWN_DEVICE = 0x97,
	BSL_REP_INVALID_DEVICE_SIZE = 0x98,
	BSL_REP_ILLEGAL_SDRAM = 0x99,
	BSL_REP_WRONG_SDRAM_PARAMETER = 0x9A,
	BSL_REP_READ_FLASH_INFO = 0x9B,
	BSL_REP_CHECKSUM_ERROR = 0xA0,
	BSL_REP_CHECKSUM_DIFF = 0xA1,
	BSL_REP_WRITE_ERROR = 0xA2,
	BSL_REP_CHIPID_NOT_MATCH = 0xA3,
	BSL_REP_FLASH_CFG_ERROR = 0xA4,
	BSL_REP_SIGN_VERIFY_ERROR = 0xA6,
	BSL_REP_SECURITY_ERROR = 0xAA,
	BSL_REP_READ_CHIP_UID = 0xAB,
	BSL_REP_NOT_ENABLE_WRITE = 0xAC,
	BSL_REP_FLASH_WRITTEN_PROTECTION = 0xB3,
	BSL_REP_FLASH_INITIALIZING_FAIL = 0xB4,
	BSL_REP_HANDSHAKE_FAILED = 0xB9,
	BSL_REP_READ_PARTITION = 0xBA,
	BSL_REP_AUTH_M1 = 0xBD,
	BSL_REP_MAGIC_ERROR = 0xD0,
	BSL_REP_REPARTITION_ERROR = 0xD1,
	BSL_REP_READ_ERROR = 0xD2,
	BSL_REP_MALLOC_ERROR = 0xD3,
	BSL_REP_UNSUPPORTED_COMMAND = 0xFE,
	BSL_REP_LOG = 0xFF,
};

#define BSL_NAME_UNITS	36 /* UTF-16LE units of a partition name [5.1] */
#define BSL_NAME_MAX	35 /* the last unit is a flag to some loaders [5.1] */
#define BSL_NAME_BYTES	72
#define BSL_LIST_ENTRY	76 /* one row of READ_PARTITION [6.1] */
#define BSL_PAYLOAD_MAX 0xFFFF

/*
 * The most that one READ_MIDST may ask for.  With escaping a reply may double
 * and must fit the loader's 0x10000 buffer [2.4]; without, the frame must stay
 * below the 16 bit length of the musb driver [1.3].  0 and more than these
 * corrupt the loader's memory [5.2].
 */
#define BSL_READ_MAX_ESCAPED 0x7F00
#define BSL_READ_MAX_PLAIN   0xFFF0
/* Where a reply frame never ends at a packet border and no peer failed [5.3] */
#define BSL_READ_PLAIN_EMMC 0xF800
#define BSL_READ_PLAIN_UFS  0xF000

/*
 * The most that one MIDST_DATA may carry to FDL2.  The frame is one transfer of
 * at most 0xFC00 bytes [1.3], and with escaping it may double; a larger one is
 * cut and hangs the loader.
 */
#define BSL_WRITE_MAX_ESCAPED 0x7000
#define BSL_WRITE_MAX_PLAIN   0xF800

/*
 * READ_FLASH [5.4]: a number with this bit is a region that the loader knows,
 * one without it is an address.  More than this in one answer hangs it.
 */
#define BSL_REGION_BIT	   0x80000000U
#define BSL_READ_FLASH_MAX 0x1000

#define BSL_DA_TLV_MAGIC 0x7477656EU /* "newt" [4.4] */
#define BSL_STORAGE_NAND 0x101
#define BSL_STORAGE_EMMC 0x102
#define BSL_STORAGE_UFS	 0x103

#define BSL_USER_PARTITION "user_partition" /* the whole storage, raw [5.5] */
#define BSL_SPLLOADER	   "splloader"	    /* boot area 1 [5.5] */
#define BSL_SPLLOADER_BAK  "splloader_bak"  /* boot area 2 [5.5] */

#define BSL_HELLO_BROM "SPRD3" /* [4.1] */
/* FDL1, or the only loader, of feature phones [4.1]. */
#define BSL_HELLO_FEATURE "Spreadtrum Boot Block version 1.2"
#define BSL_HELLO_AUTOD	  "SPRD4:AutoD" /* [4.6] */

#endif
