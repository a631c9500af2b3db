/* SPDX-License-Identifier: BSD-3-Clause */
/* pac.h - a vendor's firmware package; docs/pac.md, docs/protocol.md 8. */
#ifndef PAC_PAC_H
#define PAC_PAC_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAC_HEADER_SIZE	  2124u
#define PAC_ENTRY_SIZE	  2580u
#define PAC_FILES_MAX	  1024u		      /* real ones have below 200 */
#define PAC_SIZE_MAX	  ((uint64_t)1 << 38) /* of a PAC, bytes */
#define PAC_XML_MAX	  ((size_t)4 << 20)
#define PAC_LOADER_MAX	  ((size_t)16 << 20)
#define PAC_TEXT_MAX	  (256 * 3 + 1) /* 256 units of UTF-16 in UTF-8 */
#define PAC_FILE_NAME_MAX 216
#define PAC_PROBLEMS_MAX  64u

enum pac_kind {
	PAC_OPERATION = 0, /* something to do, without a file */
	PAC_FILE = 1,
	PAC_XML = 2,
	PAC_FDL = 0x101,
};

/* One row of the directory.  Texts are UTF-8 without control characters. */
struct pac_file {
	char id[PAC_TEXT_MAX];	 /* "FDL", "BOOT"; empty for the XML */
	char name[PAC_TEXT_MAX]; /* as it stands there, for people */
	/* The same as a file name, and no other row has it; "": no file. */
	char safe[PAC_FILE_NAME_MAX];
	uint64_t offset, size; /* bytes */
	uint32_t kind;	       /* of enum pac_kind, or unknown */
	bool must_flash, may_omit;
	uint32_t address[5];
	unsigned naddresses;
	bool beyond; /* reaches behind the end of what there is */
};

struct pac_info {
	char format[32]; /* "BP_R2.0.1" */
	char product[PAC_TEXT_MAX], version[PAC_TEXT_MAX], alias[PAC_TEXT_MAX];
	uint64_t said_size; /* bytes, by the header */
	uint64_t size;	    /* bytes that are there; by the header if... */
	bool size_known;    /* ...this is false (inside some archives) */
	uint16_t crc_header, crc_rest; /* as the header says */
	uint16_t crc_header_is;	       /* of the header as it is */
	char inside[256]; /* the name it has in an archive, or "" */
	const struct pac_file *files;
	size_t nfiles;
	/* What is not as it should be, without reading all of it. */
	const char (*problems)[256];
	size_t nproblems;
};

struct pac;

/*
 * A PAC, or a zip, 7z or tar (compressed or not) with one in it, which is read
 * as a stream.  `inside` (or NULL) is a glob for its name there.  Reads header
 * and directory.  ERR_FORMAT: no PAC, or one that lies about what is needed to
 * read on; ERR_USAGE: several fit `inside`, or none.
 */
int pac_open(const char *path, const char *inside, struct pac **ret,
	     struct err *e) MUST_CHECK;
/*
 * A file that may be anything: 0 with *ret NULL when nothing in it speaks for a
 * package.  One that cannot be read fails as with pac_open().
 */
int pac_open_if_one(const char *path, struct pac **ret,
		    struct err *e) MUST_CHECK;
/* pac_open() from memory, which stays the caller's and must stay. */
int pac_open_memory(const void *p, size_t n, struct pac **ret,
		    struct err *e) MUST_CHECK;
void pac_close(struct pac *p);
/* Good until pac_close(). */
const struct pac_info *pac_info(const struct pac *p);

/*
 * Exactly n bytes from `offset` of the PAC; ERR_FORMAT when it ends before.
 * Inside an archive going back costs unpacking it again from its start, which
 * is done a few times only; the last cause of ERR_FORMAT.
 */
int pac_read(struct pac *p, void *to, size_t n, uint64_t offset,
	     struct err *e) MUST_CHECK;
/* A whole file of at most max bytes; the caller frees *ret. */
int pac_load(struct pac *p, const struct pac_file *f, size_t max, uint8_t **ret,
	     struct err *e) MUST_CHECK;

/*
 * A text that may hold anything as UTF-8 without control and direction marks,
 * cut between two characters so that it fits.
 */
void pac_clean(const char *from, char *to, size_t cap);

#endif
