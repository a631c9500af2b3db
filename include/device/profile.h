/* SPDX-License-Identifier: BSD-3-Clause */
/* profile.h - what differs from chip to chip, read from profiles/. */
#ifndef DEVICE_PROFILE_H
#define DEVICE_PROFILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Named behaviours; the code tests these, never a chip's name. */
enum quirk {
	QUIRK_KEEP_CHARGE = 1 << 0,	/* FDL1 knows KEEP_CHARGE [3.5] */
	QUIRK_KEEP_ESCAPING = 1 << 1,	/* never switch escaping off [2.7] */
	QUIRK_NO_LIST = 1 << 2,		/* FDL2 has no READ_PARTITION [6.1] */
	QUIRK_NO_RAW = 1 << 3,		/* user_partition is refused [6.2] */
	QUIRK_CHIP_UID = 1 << 4,	/* FDL2 answers READ_CHIP_UID */
	QUIRK_OFFSET_32 = 1 << 5,	/* no 64-bit offsets [5.1] */
	QUIRK_SINGLE_STAGE = 1 << 6,	/* one loader only, no FDL2 */
	QUIRK_READ_BY_ADDRESS = 1 << 7, /* READ_FLASH by id, no names [5.4] */
};

enum storage_kind {
	STORAGE_UNKNOWN,
	STORAGE_EMMC,
	STORAGE_UFS,
	STORAGE_NAND,
	STORAGE_NOR,
};

/* How much the load addresses rest on; from proven to guessed. */
enum confidence {
	CONFIDENCE_DEVICE,   /* from the scheme file of a real phone */
	CONFIDENCE_SEVERAL,  /* several users report the same */
	CONFIDENCE_ONE,	     /* one user reports it */
	CONFIDENCE_INFERRED, /* from vendor build files, no device report */
};

/*
 * An address pair that another source gives; kept, and used only for a file
 * that says so itself (loader_place.h).
 */
struct profile_alternative {
	bool has_fdl1, has_fdl2;
	uint32_t fdl1, fdl2;
	bool wrong; /* phones or better sources contradict it: never used */
	char why[320];
};

/* A piece of the flash that has a number and no name [5.4]. */
struct profile_region {
	char name[37];
	uint32_t id;   /* region number, or an address */
	uint64_t size; /* bytes, on all phones of the chip; 0: not told */
	bool header;   /* its first bytes may tell the size */
	bool optional; /* some phones of the chip have it, some have not */
};

#define PROFILE_REGIONS_MAX	 24
#define PROFILE_NAMES_MAX	 48
#define PROFILE_ALTERNATIVES_MAX 6

struct profile {
	char name[32];	/* the file's base name, lower case: "ums512" */
	char title[96]; /* "Unisoc UMS512 (Tiger T610, T618, T700)" */
	char class[24]; /* "smartphone", "feature phone", "modem" */
	char names[PROFILE_NAMES_MAX][40]; /* chips, marketing names, codes */
	size_t nnames;
	char models[PROFILE_NAMES_MAX][64]; /* phones it was seen on */
	size_t nmodels;
	bool has_fdl1, has_fdl2;
	uint32_t fdl1, fdl2; /* load addresses */
	uint32_t read_chunk; /* largest proven READ_MIDST, bytes; 0: by rule */
	unsigned storage;    /* 1 << enum storage_kind, several possible */
	unsigned quirks;     /* of enum quirk */
	enum confidence confidence;
	struct profile_alternative alternatives[PROFILE_ALTERNATIVES_MAX];
	size_t nalternatives;
	struct profile_region regions[PROFILE_REGIONS_MAX];
	size_t nregions;
	char boot_key[256]; /* how this kind of phone enters download mode */
	char notes[1024];
	char evidence[2048]; /* where the values come from */
	char origin[512];    /* the file, for messages */
};

/* Parses a profile from memory; pure.  ERR_PROFILE says line and key. */
int profile_parse(const char *text, size_t n, const char *origin,
		  struct profile *ret, struct err *e) MUST_CHECK;

/*
 * All profiles that are installed, sorted by name: those of the folder
 * $SPDVAULT_PROFILES alone, else those of $XDG_CONFIG_HOME/spdvault/profiles,
 * of profiles/ when run from a source tree, and of the data directory.  A name
 * found earlier hides one found later; one bad file fails the whole.
 */
struct profile_set {
	struct profile *v;
	size_t n;
};
int profile_load_all(struct profile_set *ret, struct err *e) MUST_CHECK;
void profile_set_free(struct profile_set *s);

/*
 * By profile name, chip, marketing name or code; case, blanks, dashes and
 * brands ("Unisoc", "Tiger") do not count.  Exact names win, then a phone's
 * whole name, a chip's number ("9863"), words of a phone's name ("moto g04").
 * ERR_PROFILE lists what was near, or says that several fit.
 */
int profile_find(const struct profile_set *s, const char *name,
		 const struct profile **ret, struct err *e) MUST_CHECK;
/* Does the title, a name or a phone model contain all words of `query`? */
bool profile_matches(const struct profile *p, const char *query);

/*
 * How well a query fits, for a search.  Brands do not count beside a name.
 * WHOLE: its words are words of the profile, or a chip's number.  PART: they
 * are in its words.  NEAR: one letter is wrong, or it is a board's name.
 */
enum profile_fit {
	PROFILE_FIT_WHOLE,
	PROFILE_FIT_PART,
	PROFILE_FIT_NEAR,
	PROFILE_FIT_NONE
};
enum profile_fit profile_fit(const struct profile *p, const char *query);
/* The phone that profile_find() took `name` for when that was not its whole
 * name; NULL: it was. */
const char *profile_guess(const struct profile *p, const char *name);

const char *profile_quirk_name(enum quirk q);
const char *profile_storage_name(enum storage_kind k); /* "eMMC" */
const char *profile_confidence_text(enum confidence c);

#endif
