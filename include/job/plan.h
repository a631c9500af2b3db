/* SPDX-License-Identifier: BSD-3-Clause */
/* plan.h - which partitions, in which order, read in which way; pure. */
#ifndef JOB_PLAN_H
#define JOB_PLAN_H

#include "archive/manifest.h"
#include "base/err.h"
#include "device/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of thing a partition is, by its name; docs/partitions.md. */
struct part_class {
	const char *name; /* "nv", "boot-chain" ... */
	unsigned rank;	 /* order in a backup: what cannot be had again first */
	bool by_default; /* part of a backup that was not asked otherwise */
	bool private_;	 /* carries what belongs to this one unit */
	bool ordinary;	 /* the loader gives its bytes by name unchanged */
	bool twice;	 /* read twice: small, and cannot be had again */
};
const struct part_class *plan_class(const char *partition);
#define PLAN_PLAIN_MAX 64
/* The name without _a, _b and _bak; what does not fit is cut. */
void plan_plain_name(const char *partition, char name[PLAN_PLAIN_MAX]);
/* What it means when all of a partition is blank; docs/partitions.md 5. */
enum blank_level {
	BLANK_FINE,  /* happens on phones that work */
	BLANK_ODD,   /* worth a line */
	BLANK_GRAVE, /* never on a phone that works */
};
/*
 * Why the content of a partition changes by itself on a phone that is used;
 * NULL: it should not.  Static; docs/partitions.md 6.
 */
const char *plan_changes(const char *partition);
enum blank_level plan_blank_level(const char *partition);
/* On a NAND with UBI: no volume, but a piece of the chip beside it? */
bool plan_is_below_ubi(const char *partition);
/* Names that phones without a table have; for probing. */
const char *const *plan_known_names(size_t *ret_n);

struct plan_item {
	const struct partition *part; /* of the layout's table */
	const struct part_class *class;
	enum read_method method;
	struct extent x;
	bool bare_nand; /* bad blocks in it shift what lies behind them */
	char member[MEMBER_NAME_MAX];
};

struct plan_left_out {
	const struct partition *part;
	const char *reason; /* static */
	bool lacking;	    /* wanted: without it the backup is incomplete */
};

struct plan {
	struct plan_item *v;
	size_t n;
	struct plan_left_out *left_out;
	size_t nleft_out;
	uint64_t bytes; /* of all items */
};

struct plan_request {
	const char *const *names; /* globs; none: the default set */
	size_t nnames;
	const char *const *exclude; /* globs */
	size_t nexclude;
	bool all;	  /* also what is left out by default */
	bool nv_by_name;  /* first NV copies by name where raw is impossible */
	bool to_archive;  /* which has a file with a name of its own */
	bool raw_trusted; /* by offset through user_partition */
	char only_slot;	  /* 'a', 'b', or 0 for both */
};

/* ERR_USAGE names a glob that fits no partition. */
int plan_make(const struct layout *l, const struct plan_request *q,
	      struct plan *ret, struct err *e) MUST_CHECK;
void plan_free(struct plan *p);
/* May this item also be read by its name, without the loader writing? */
bool plan_may_use_name(const struct layout *l, const struct plan_item *it);

#endif
