/* SPDX-License-Identifier: BSD-3-Clause */
/* profile.c - one profile file into a struct profile; pure. */
#include "device/profile.h"

#include "base/config.h"
#include "base/text.h"
#include "bsl/guard.h"
#include "device/region.h"
#include "profile_key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define EXTENSION ".profile"

/*
 * A reply carries at most 0xFFF7 bytes, and multiples of 512 never end a
 * frame on a packet border (protocol.md 5.3).
 */
#define CHUNK_UNIT 0x200
#define CHUNK_MAX  0xF800

static const struct {
	enum quirk quirk;
	const char *name;
} quirks[] = {
	{ QUIRK_KEEP_CHARGE, "keep-charge" },
	{ QUIRK_KEEP_ESCAPING, "keep-escaping" },
	{ QUIRK_NO_LIST, "no-list" },
	{ QUIRK_NO_RAW, "no-raw" },
	{ QUIRK_CHIP_UID, "chip-uid" },
	{ QUIRK_OFFSET_32, "offset-32" },
	{ QUIRK_SINGLE_STAGE, "single-stage" },
	{ QUIRK_READ_BY_ADDRESS, "read-by-address" },
};

static const char *const storage_names[] = {
	[STORAGE_UNKNOWN] = "unknown", [STORAGE_EMMC] = "eMMC",
	[STORAGE_UFS] = "UFS",	       [STORAGE_NAND] = "NAND",
	[STORAGE_NOR] = "NOR",
};

static const struct {
	enum confidence confidence;
	const char *key, *text;
} confidences[] = {
	{ CONFIDENCE_DEVICE, "device", "from the firmware of a real phone" },
	{ CONFIDENCE_SEVERAL, "several", "several users report the same" },
	{ CONFIDENCE_ONE, "one", "one report only" },
	{ CONFIDENCE_INFERRED, "inferred",
	  "from vendor build files, no phone seen" },
};

static const char *const classes[] = { "smartphone", "feature phone", "modem" };

const char *profile_quirk_name(enum quirk q)
{
	for (size_t i = 0; i < ARRAY_SIZE(quirks); i++)
		if (quirks[i].quirk == q)
			return quirks[i].name;
	return "unknown";
}

const char *profile_storage_name(enum storage_kind k)
{
	return (size_t)k < ARRAY_SIZE(storage_names) ? storage_names[k]
						     : storage_names[0];
}

const char *profile_confidence_text(enum confidence c)
{
	for (size_t i = 0; i < ARRAY_SIZE(confidences); i++)
		if (confidences[i].confidence == c)
			return confidences[i].text;
	return "unknown";
}

static int take_chunk(struct config *c, struct profile *p, struct err *e)
{
	struct key k = { c, "read", "chunk" };
	const char *s = config_take(c, k.section, k.name);
	struct err why;
	uint64_t n;

	if (!s)
		return 0;
	if (text_to_size(s, &n, &why) < 0 || n == 0 || n > CHUNK_MAX ||
	    n % CHUNK_UNIT)
		return key_bad(&k, s, "a multiple of 512, at most 0xf800", e);
	p->read_chunk = (uint32_t)n;
	return 0;
}

static int take_class(struct config *c, struct profile *p, struct err *e)
{
	struct key k = { c, "profile", "class" };
	const char *s;
	int code = config_need(c, k.section, k.name, &s, e);

	if (code < 0)
		return code;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (strcmp(s, classes[i]) == 0)
			return key_append(&k, s, "", p->class, sizeof(p->class),
					  e);
	return key_bad(&k, s, "smartphone, feature phone or modem", e);
}

static int take_storage(struct config *c, struct profile *p, struct err *e)
{
	struct key k = { c, "storage", "kind" };
	const char *s;

	while ((s = config_take(c, k.section, k.name))) {
		unsigned kind = ARRAY_SIZE(storage_names) - 1;

		while (kind && strcmp(s, storage_names[kind]) != 0)
			kind--;
		if (!kind)
			return key_bad(&k, s, "eMMC, UFS, NAND or NOR", e);
		p->storage |= 1u << kind;
	}
	return 0;
}

static int take_quirks(struct config *c, struct profile *p, struct err *e)
{
	struct key k = { c, "quirks", "quirk" };
	const char *s;

	while ((s = config_take(c, k.section, k.name))) {
		size_t i = 0;

		while (i < ARRAY_SIZE(quirks) && strcmp(s, quirks[i].name) != 0)
			i++;
		if (i == ARRAY_SIZE(quirks))
			return key_bad(&k, s, "no such quirk", e);
		p->quirks |= quirks[i].quirk;
	}
	return 0;
}

static int take_confidence(struct config *c, struct profile *p, struct err *e)
{
	struct key k = { c, "source", "confidence" };
	const char *s;
	int code = config_need(c, k.section, k.name, &s, e);

	if (code < 0)
		return code;
	for (size_t i = 0; i < ARRAY_SIZE(confidences); i++)
		if (strcmp(s, confidences[i].key) == 0) {
			p->confidence = confidences[i].confidence;
			return 0;
		}
	return key_bad(&k, s, "device, several, one or inferred", e);
}

/* Sections [alternative 1], [alternative 2] ... */
static int take_alternatives(struct config *c, struct profile *p, struct err *e)
{
	for (size_t i = 0; i < PROFILE_ALTERNATIVES_MAX; i++) {
		struct profile_alternative *a = &p->alternatives[i];
		char section[32];
		struct key fdl1 = { c, section, "fdl1" };
		struct key fdl2 = { c, section, "fdl2" };
		struct key wrong = { c, section, "wrong" };
		struct key why = { c, section, "why" };
		int code;

		snprintf(section, sizeof(section), "alternative %zu", i + 1);
		code = key_address(&fdl1, &a->has_fdl1, &a->fdl1, e);
		if (code == 0)
			code = key_address(&fdl2, &a->has_fdl2, &a->fdl2, e);
		if (code < 0 || (!a->has_fdl1 && !a->has_fdl2))
			return code;
		code = key_yes(&wrong, &a->wrong, e);
		if (code == 0)
			code = key_need_text(&why, " ", a->why, sizeof(a->why),
					     e);
		if (code < 0)
			return code;
		p->nalternatives++;
	}
	return 0;
}

static int take_region_numbers(struct config *c, const char *section,
			       struct profile_region *r, struct err *e)
{
	struct key id = { c, section, "id" }, size = { c, section, "size" };
	const char *s;
	struct err why;
	uint64_t n;

	if (config_need(c, section, id.name, &s, e) < 0)
		return -(int)e->code;
	if (text_to_u64(s, UINT32_MAX, &n, &why) < 0 ||
	    guard_region_is_for_writing((uint32_t)n))
		return key_bad(&id, s, "no number of a region to be read", e);
	r->id = (uint32_t)n;
	s = config_take(c, section, size.name);
	if (s && (text_to_size(s, &r->size, &why) < 0 || r->size == 0 ||
		  r->size > REGION_MAX))
		return key_bad(&size, s, "no size of a region", e);
	return 0;
}

static int take_region(struct config *c, const char *section, struct profile *p,
		       struct profile_region *r, struct err *e)
{
	struct key name = { c, section, "name" };
	struct key header = { c, section, "header" };
	struct key optional = { c, section, "optional" };

	if (!text_is_file_name(r->name))
		return key_bad(&name, r->name, "no file name", e);
	if (take_region_numbers(c, section, r, e) < 0 ||
	    key_yes(&header, &r->header, e) < 0 ||
	    key_yes(&optional, &r->optional, e) < 0)
		return -(int)e->code;
	if (r->header && r->optional)
		return key_bad(&header, "yes",
			       "looking at what is not there hangs a phone", e);
	for (size_t k = 0; k < p->nregions; k++)
		if (p->regions[k].id == r->id ||
		    strcmp(p->regions[k].name, r->name) == 0)
			return key_bad(&name, r->name, "it stands there twice",
				       e);
	p->nregions++;
	return 0;
}

/* Sections [region 1], [region 2] ... */
static int take_regions(struct config *c, struct profile *p, struct err *e)
{
	for (size_t i = 0; i < PROFILE_REGIONS_MAX; i++) {
		struct profile_region *r = &p->regions[i];
		char section[32];
		struct key name = { c, section, "name" };

		snprintf(section, sizeof(section), "region %zu", i + 1);
		if (key_text(&name, "", r->name, sizeof(r->name), e) < 0)
			return -(int)e->code;
		if (!*r->name)
			return 0;
		if (take_region(c, section, p, r, e) < 0)
			return -(int)e->code;
	}
	return 0;
}

/* "dir/UMS512.profile" to "ums512". */
static int set_name(struct profile *p, const char *origin, struct err *e)
{
	const char *base = strrchr(origin, '/');
	size_t n;

	base = base ? base + 1 : origin;
	n = strlen(base);
	if (n > sizeof(EXTENSION) - 1 &&
	    strcmp(base + n - (sizeof(EXTENSION) - 1), EXTENSION) == 0)
		n -= sizeof(EXTENSION) - 1;
	if (n == 0 || n >= sizeof(p->name) ||
	    strlen(origin) >= sizeof(p->origin))
		goto bad;
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)base[i];

		if (b > 0x7E || (!isalnum(b) && b != '-' && b != '_'))
			goto bad;
		p->name[i] = (char)tolower(b);
	}
	memcpy(p->origin, origin, strlen(origin) + 1);
	return 0;
bad:
	return err_set(e, ERR_PROFILE,
		       "'%.200s': a profile is named by up to %zu letters and "
		       "digits",
		       origin, sizeof(p->name) - 1);
}

static int take_loaders(struct config *c, struct profile *p, struct err *e)
{
	struct key fdl1 = { c, "fdl1", "address" };
	struct key fdl2 = { c, "fdl2", "address" };
	int code = key_address(&fdl1, &p->has_fdl1, &p->fdl1, e);

	return code < 0 ? code : key_address(&fdl2, &p->has_fdl2, &p->fdl2, e);
}

static int check_stages(const struct profile *p, struct err *e)
{
	if (p->has_fdl2 && !p->has_fdl1)
		return err_set(e, ERR_PROFILE,
			       "%s: [fdl2] without an [fdl1] address",
			       p->origin);
	if (p->has_fdl2 && p->quirks & QUIRK_SINGLE_STAGE)
		return err_set(e, ERR_PROFILE,
			       "%s: single-stage, and yet an [fdl2]",
			       p->origin);
	return 0;
}

static int take_head(struct config *c, struct profile *p, struct err *e)
{
	struct key title = { c, "profile", "title" };
	struct key name = { c, "profile", "name" };
	struct key model = { c, "profile", "model" };
	int code = key_need_text(&title, " ", p->title, sizeof(p->title), e);

	if (code == 0)
		code = take_class(c, p, e);
	if (code == 0)
		code = key_rows(&name, p->names[0], sizeof(p->names[0]),
				PROFILE_NAMES_MAX, &p->nnames, e);
	if (code == 0)
		code = key_rows(&model, p->models[0], sizeof(p->models[0]),
				PROFILE_NAMES_MAX, &p->nmodels, e);
	return code;
}

static int take_all(struct config *c, struct profile *p, struct err *e)
{
	struct key boot_key = { c, "help", "boot-key" };
	struct key notes = { c, "help", "notes" };
	struct key evidence = { c, "source", "evidence" };
	int code = take_head(c, p, e);

	if (code == 0)
		code = take_quirks(c, p, e);
	if (code == 0)
		code = take_loaders(c, p, e);
	if (code == 0)
		code = take_chunk(c, p, e);
	if (code == 0)
		code = take_storage(c, p, e);
	if (code == 0)
		code = take_alternatives(c, p, e);
	if (code == 0)
		code = take_regions(c, p, e);
	if (code == 0)
		code = key_text(&boot_key, " ", p->boot_key,
				sizeof(p->boot_key), e);
	if (code == 0)
		code = key_text(&notes, " ", p->notes, sizeof(p->notes), e);
	if (code == 0)
		code = take_confidence(c, p, e);
	if (code == 0)
		code = key_need_text(&evidence, "\n", p->evidence,
				     sizeof(p->evidence), e);
	/* A misspelt key before what its absence leads to. */
	if (code == 0)
		code = config_done(c, e);
	return code < 0 ? code : check_stages(p, e);
}

int profile_parse(const char *text, size_t n, const char *origin,
		  struct profile *ret, struct err *e)
{
	struct profile p = { .nnames = 0 };
	struct config *c;
	int code = set_name(&p, origin, e);

	if (code == 0)
		code = config_parse(text, n, origin, &c, e);
	if (code < 0)
		return code;
	code = take_all(c, &p, e);
	config_free(c);
	if (code == 0)
		*ret = p;
	return code;
}
