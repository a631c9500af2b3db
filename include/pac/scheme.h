/* SPDX-License-Identifier: BSD-3-Clause */
/* scheme.h - the XML in a PAC: loaders, partitions, NV items. */
#ifndef PAC_SCHEME_H
#define PAC_SCHEME_H

#include "pac/pac.h"

#define PAC_PARTITIONS_MAX 1024u
#define PAC_NV_MAX	   1024u
#define PAC_DEPTH_MAX	   32u
#define PAC_REST	   UINT64_MAX /* the size of what takes the rest */

/* A File of the scheme: what the vendor's tool does with it. */
struct pac_item {
	char id[64], alias[64], type[32];
	bool has_base;
	uint32_t base; /* load address, NV id or number of a region */
	uint32_t size; /* of the block, bytes; 0: not told */
	bool backup;   /* the vendor's tool saves this partition first */
	const struct pac_file *file; /* of the directory, or NULL */
};

struct pac_partition {
	char name[36];
	uint64_t size; /* bytes; PAC_REST; 0: not told */
};

struct pac_nv {
	char name[64];
	char ids[96]; /* as they stand there, the first ones: "0x5 0x179" */
	bool backup;
};

struct pac_scheme {
	/* Of the XML, without control characters, or empty. */
	char product[128], scheme[128], chip[64];
	struct pac_item *items;
	size_t nitems;
	struct pac_partition *partitions;
	size_t npartitions;
	struct pac_nv *nv;
	size_t nnv;
	size_t odd; /* rows that were left out: no name, or no number */
};

/*
 * ERR_FORMAT for what is no well-formed XML or no scheme, for a document type
 * (so that no entity can be declared), and above the limits.  Of several
 * products the one with this name is taken, else the first.
 */
int pac_scheme_parse(const void *xml, size_t n, const char *product,
		     struct pac_scheme *ret, struct err *e) MUST_CHECK;
/* Out of p, with the items tied to its files: equal ids by their order. */
int pac_scheme_read(struct pac *p, struct pac_scheme *ret,
		    struct err *e) MUST_CHECK;
void pac_scheme_free(struct pac_scheme *s);

struct pac_loader {
	const struct pac_file *file; /* NULL: there is none */
	bool has_address;
	uint32_t address;
	/* The directory gives another address than the scheme; kept here. */
	bool differs;
	uint32_t other;
	/* There is another one with this id that is not the same. */
	const struct pac_file *rival;
};

/*
 * FDL1 and FDL2 out of the scheme (NULL: there is none to be had) or else the
 * directory.  HOST_FDL is none of them.
 */
void pac_find_loaders(const struct pac *p, const struct pac_scheme *s,
		      struct pac_loader *ret_fdl1, struct pac_loader *ret_fdl2);

#endif
