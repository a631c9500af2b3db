/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest.h - what an archive promises; plain data and its JSON. */
#ifndef ARCHIVE_MANIFEST_H
#define ARCHIVE_MANIFEST_H

#include "base/err.h"
#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_FORMAT	    1
#define MANIFEST_NAME	    "manifest.json"
#define MANIFEST_SUMS	    "SHA256SUMS"
#define MANIFEST_DEVICE	    "device.json"
#define MANIFEST_MAX	    ((size_t)16 << 20) /* bytes of JSON */
#define MANIFEST_PARTS_MAX  4096
#define MANIFEST_RANGES_MAX 65536
#define MEMBER_NAME_MAX	    128

/* Bytes of a partition that could not be had; zeros stand in their place. */
struct manifest_range {
	uint64_t offset, length;
};

/* Where the bytes of a member were read from. */
enum read_method {
	METHOD_NONE,	/* made by us: device.json */
	METHOD_RAW,	/* user_partition, by offset */
	METHOD_BY_NAME, /* READ_START with the partition's own name */
	/*
	 * The same for a first NV copy: the loader gives its image from RAM,
	 * without the 512-byte header, and stale bytes behind its length.
	 */
	METHOD_NV_BY_NAME,
	METHOD_BY_ADDRESS, /* READ_FLASH of a region, by its number */
};

/* One member of the archive that holds content. */
struct manifest_part {
	char name[37];		      /* of the partition; "gpt-primary" ... */
	char member[MEMBER_NAME_MAX]; /* path in the archive */
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
	uint32_t first_frame, frames; /* of the body, without the header */
	enum read_method method;
	uint64_t raw_offset; /* METHOD_RAW: of its first byte */
	bool size_probed;    /* no table told the size */
	uint32_t region;     /* METHOD_BY_ADDRESS: its number */
	/* Of a region: "dhtb", "vnts", "package", "profile"; else empty. */
	char size_from[16];
	char class[16];	  /* "nv", "boot-chain", ... */
	bool private_;	  /* carries what belongs to this one unit */
	char content[32]; /* "ext4", "dhtb", "android-boot", "zero", ... */
	uint64_t payload; /* bytes that a header accounts for; 0: unknown */
	/* "raw-nand": bad blocks would shift what lies behind them; or "" */
	char doubt[16];
	/* "all-zero", "all-ff", "repeated-block", "same-as:NAME", or "" */
	char suspect[48];
	bool grave;	    /* suspect where a working phone is never so */
	uint64_t confirmed; /* bytes that a second reading gave the same */
	uint64_t outvoted;  /* of these: one of three gave others */
	double seconds;
	struct manifest_range *unreadable;
	size_t nunreadable;
};

/* Seen in the table and not in the archive. */
struct manifest_omitted {
	char name[37];
	uint64_t size;
	char reason[160];
};

struct manifest_loader {
	char file[128]; /* base name */
	uint32_t address;
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
};

/* The firmware package that loaders came from; empty: there was none. */
struct manifest_package {
	char file[128]; /* base name */
	char product[256], version[256];
};

/* A random sample of the blocks that was read again; percent 0: none was. */
struct manifest_recheck {
	double percent;	    /* as asked for */
	uint64_t seed;	    /* of the choice */
	uint64_t blocks;    /* that there were to choose from */
	uint64_t compared;  /* read again, whole */
	uint64_t differing; /* stored bytes that no other reading gave */
	uint64_t unsteady;  /* two of three readings gave what is stored */
	uint64_t refused;   /* chosen, and not given again */
};

struct manifest {
	unsigned format;
	char tool[48];	   /* "spdvault 0.1.0" */
	char created[32];  /* RFC 3339, UTC */
	char finished[32]; /* RFC 3339, UTC */
	char note[256];	   /* the user's own words */
	unsigned resumed;  /* runs after the first one that went on with it */
	bool complete;	   /* nothing planned is missing or unreadable */

	/* the phone */
	char chip[32], profile[32];
	char hello[64], fdl1_hello[64];
	char uid[65]; /* hex, or empty */
	char disk_guid[40];
	char storage[8]; /* "eMMC", "UFS", "NAND", "NOR" or empty */
	uint32_t sector_size;
	uint64_t storage_size;
	char table_source[16]; /* as ptable_source_name() */
	char ending[16];       /* asked for: "leave", "reboot", "poweroff" */
	bool simulated;

	/* the link */
	char device[128]; /* as the user gave it */
	bool transcode_off;
	uint32_t chunk; /* the largest that worked, bytes */
	struct manifest_loader fdl1, fdl2;
	struct manifest_package package;

	struct manifest_recheck recheck;
	uint32_t block_size;
	struct manifest_part *parts;
	size_t nparts;
	struct manifest_omitted *omitted;
	size_t nomitted;
	char (*warnings)[256];
	size_t nwarnings;
};

/* Zero-terminated, readable JSON; the caller frees *ret. */
int manifest_to_json(const struct manifest *m, char **ret, size_t *ret_len,
		     struct err *e) MUST_CHECK;
/* The same fields without parts: what device.json says. */
int manifest_device_json(const struct manifest *m, char **ret, size_t *ret_len,
			 struct err *e) MUST_CHECK;
/*
 * Foreign bytes: every limit above is checked, member names are safe file
 * names below the archive's own folders, numbers are in range.  Unknown keys
 * are ignored, so that a later minor addition can be read; another `format`
 * is ERR_FORMAT.  On failure *ret is not touched.
 */
int manifest_from_json(const char *p, size_t n, struct manifest *ret,
		       struct err *e) MUST_CHECK;
void manifest_free(struct manifest *m);

/*
 * One part as a line of JSON, without its unreadable ranges, for a journal.
 * The caller frees *ret.
 */
int manifest_part_to_text(const struct manifest_part *p, char **ret,
			  struct err *e) MUST_CHECK;
int manifest_part_from_text(const char *text, struct manifest_part *ret,
			    struct err *e) MUST_CHECK;

/*
 * Appends; the element is zeroed.  NULL when memory or the limit is out.  A
 * pointer is good until the next element is added to the same list.
 */
struct manifest_part *manifest_add_part(struct manifest *m);
/* Takes the last part away again, with what it owns. */
void manifest_drop_part(struct manifest *m);
/* In the order of their frames, as the archive has them. */
void manifest_sort_parts(struct manifest *m);
struct manifest_omitted *manifest_add_omitted(struct manifest *m);
bool manifest_add_warning(struct manifest *m, const char *text);
/* Takes off those that begin so. */
void manifest_drop_warnings(struct manifest *m, const char *begin);
/* Appends, or grows the last range when the new one touches it. */
bool manifest_add_range(struct manifest_part *p, uint64_t offset,
			uint64_t length);

/* By partition name or by member path; NULL when it is not there. */
const struct manifest_part *manifest_find(const struct manifest *m,
					  const char *name);
/* Is this a member path that we may create below a folder? */
bool manifest_member_is_safe(const char *member);
const char *manifest_method_name(enum read_method m);

#endif
