/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_rules.c - what may be written when; docs/restore.md. */
#include "job/plan.h"
#include "job/restore.h"

#include <fnmatch.h>
#include <string.h>

/*
 * Data before code, code before what says which slot boots, the boot chain
 * last, and of that the first stage last of all: what is interrupted earlier
 * can still be gone on with through the boot ROM and a whole boot chain.
 */
enum {
	ORDER_DATA = 10,
	ORDER_UNIT = 20,
	ORDER_NV = 30,
	ORDER_METADATA = 40, /* beside super */
	ORDER_SUPER,
	ORDER_SYSTEM,
	ORDER_FIRMWARE = 50,
	ORDER_KERNEL = 60,
	ORDER_VBMETA = 70, /* behind the images that it vouches for */
	ORDER_CONTROL = 80,
	ORDER_CHAIN = 90,
	ORDER_UBOOT,
	ORDER_FIRST
};

#define VERIFIED "verified boot"
#define SYSTEM	 "system"

/* The first that fits the class of job/classes.c, and the name. */
static const struct restore_rule rules[] = {
	{ "boot-area", NULL, RESTORE_BOOT, RESTORE_BY_NAME, ORDER_FIRST, NULL,
	  false, true },
	{ "nv", NULL, RESTORE_NV, RESTORE_BY_KIND, ORDER_NV, NULL, false,
	  false },
	{ "calibration", NULL, RESTORE_NV, RESTORE_BY_KIND, ORDER_UNIT, NULL,
	  false, false },
	{ "unit", NULL, RESTORE_UNIT, RESTORE_BY_KIND, ORDER_UNIT, NULL, false,
	  false },
	{ "boot-control", NULL, RESTORE_CONTROL, RESTORE_BY_DEFAULT,
	  ORDER_CONTROL, NULL, false, false },
	{ "boot-chain", "*vbmeta*", RESTORE_CODE, RESTORE_BY_DEFAULT,
	  ORDER_VBMETA, VERIFIED, true, true },
	{ "boot-chain", "uboot", RESTORE_BOOT, RESTORE_BY_NAME, ORDER_UBOOT,
	  NULL, false, true },
	{ "boot-chain", "2ndbl", RESTORE_BOOT, RESTORE_BY_NAME, ORDER_UBOOT,
	  NULL, false, true },
	{ "boot-chain", NULL, RESTORE_BOOT, RESTORE_BY_KIND, ORDER_CHAIN, NULL,
	  false, true },
	{ "kernel", NULL, RESTORE_CODE, RESTORE_BY_DEFAULT, ORDER_KERNEL,
	  VERIFIED, true, true },
	{ "firmware", NULL, RESTORE_CODE, RESTORE_BY_DEFAULT, ORDER_FIRMWARE,
	  NULL, false, true },
	{ "system", "super", RESTORE_CODE, RESTORE_BY_DEFAULT, ORDER_SUPER,
	  SYSTEM, false, false },
	{ "system", NULL, RESTORE_CODE, RESTORE_BY_DEFAULT, ORDER_SYSTEM,
	  SYSTEM, false, false },
	{ "keys", NULL, RESTORE_DATA, RESTORE_WITH_SUPER, ORDER_METADATA,
	  SYSTEM, false, false },
	{ "log", NULL, RESTORE_LOG, RESTORE_BY_KIND, ORDER_DATA, NULL, false,
	  false },
	{ "userdata", NULL, RESTORE_DATA, RESTORE_BY_NAME, ORDER_DATA, NULL,
	  false, false },
	{ "whole-storage", NULL, RESTORE_DATA, RESTORE_NEVER, ORDER_DATA, NULL,
	  false, false },
};

/* Names that nobody knows, and the cache. */
static const struct restore_rule rest = { "other",	NULL,
					  RESTORE_DATA, RESTORE_BY_DEFAULT,
					  ORDER_DATA,	NULL,
					  false,	false };

const struct restore_rule *restore_rule(const char *partition)
{
	const char *class = plan_class(partition)->name;
	char name[PLAN_PLAIN_MAX];

	plan_plain_name(partition, name);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].class, class) == 0 &&
		    (!rules[i].glob || fnmatch(rules[i].glob, name, 0) == 0))
			return &rules[i];
	return &rest;
}

const char *restore_kind_name(enum restore_kind k)
{
	static const char *const names[RESTORE_KINDS] = {
		[RESTORE_DATA] = "data",       [RESTORE_CODE] = "code",
		[RESTORE_CONTROL] = "control", [RESTORE_UNIT] = "unit",
		[RESTORE_NV] = "nv",	       [RESTORE_BOOT] = "boot",
		[RESTORE_LOG] = "log",
	};

	return names[k];
}

const char *restore_state_name(enum restore_state s)
{
	static const char *const names[] = {
		[RESTORE_EQUAL] = "equal",     [RESTORE_WRITE] = "write",
		[RESTORE_ALONG] = "along",     [RESTORE_LEFT] = "left",
		[RESTORE_REFUSED] = "refused",
	};

	return names[s];
}

const char *restore_how_name(enum restore_how h)
{
	static const char *const names[] = { [RESTORE_WHOLE] = "whole",
					     [RESTORE_PAYLOAD] = "payload",
					     [RESTORE_AS_NV] = "nv" };

	return names[h];
}
