/* SPDX-License-Identifier: BSD-3-Clause */
/* classes.c - what a partition is, by its name; docs/partitions.md. */
#include "job/plan.h"

#include <fnmatch.h>
#include <string.h>

/* In the order of a backup: an interrupted one has the irreplaceable first. */
enum {
	RANK_BOOT_AREA,
	RANK_UNIT,
	RANK_BOOT_CHAIN,
	RANK_REST,
	RANK_SUPER,
	RANK_BULK
};

/* Default, private, ordinary, twice: as in job/plan.h. */
static const struct part_class boot_area = {
	"boot-area", RANK_BOOT_AREA, true, false, false, true
};
static const struct part_class nv = {
	"nv", RANK_UNIT, true, true, false, true
};
static const struct part_class calibration = { "calibration", RANK_UNIT, true,
					       true,	      false,	 true };
static const struct part_class unit = { "unit", RANK_UNIT, true,
					true,	true,	   true };
static const struct part_class control = { "boot-control", RANK_BOOT_CHAIN,
					   true,	   false,
					   true,	   true };
static const struct part_class chain = { "boot-chain", RANK_BOOT_CHAIN,
					 true,	       false,
					 true,	       true };
/* Secure loaders may serve these from a copy in RAM (docs/protocol.md 5.2). */
static const struct part_class kernel = { "kernel", RANK_BOOT_CHAIN, true,
					  false,    false,	     false };
static const struct part_class firmware = { "firmware", RANK_REST, true,
					    false,	true,	   false };
static const struct part_class keys = { "keys", RANK_REST, true,
					true,	true,	   false };
static const struct part_class other = { "other", RANK_REST, true,
					 false,	  true,	     false };
static const struct part_class system_ = { "system", RANK_REST, true,
					   false,    true,	false };
static const struct part_class super = { "system", RANK_SUPER, true,
					 false,	   true,       false };
static const struct part_class logs = { "log", RANK_BULK, false,
					true,  true,	  false };
static const struct part_class cache = { "cache", RANK_BULK, false,
					 false,	  true,	     false };
static const struct part_class userdata = { "userdata", RANK_BULK, false,
					    true,	true,	   false };

/* Only where no partition table can be used. */
static const struct part_class whole = { "whole-storage", RANK_BULK, true, true,
					 false,		  false };

/* The first that fits; names come without _a, _b and _bak. */
static const struct {
	const char *glob;
	const struct part_class *class;
} classes[] = {
	{ "splloader", &boot_area },
	{ "user_partition", &whole },
	{ "*fixnv[12]", &nv },
	{ "*runtimenv[12]", &nv },
	{ "*deltanv", &nv },
	{ "fixnv", &nv },
	{ "runtimenv", &nv },
	{ "backupfixnv", &nv },
	{ "calinv", &calibration },
	{ "factorynv", &calibration },
	{ "prodnv", &calibration },
	{ "productinfo", &calibration },
	{ "prodinfo[0-9]", &calibration },
	{ "persist", &calibration },
	{ "miscdata", &unit },
	{ "simlock", &unit },
	{ "ztecfg", &unit },
	{ "ztepersist", &unit },
	{ "elabel", &unit },
	{ "prospecfg", &unit },
	{ "tpf", &unit },
	{ "flag", &unit },
	{ "diag", &unit },
	{ "protect_data", &unit },
	{ "m_data", &unit },
	{ "m_raw", &unit },
	{ "m_webui", &unit },
	{ "isedata", &unit },
	{ "misc", &control },
	{ "uboot_log", &logs },
	{ "uboot", &chain },
	{ "2ndbl", &chain },
	{ "trustos", &chain },
	{ "sml", &chain },
	{ "teecfg", &chain },
	{ "hypervsior", &chain },
	{ "vbmeta", &chain },
	{ "vbmeta_*", &chain },
	{ "avbmeta_*", &chain },
	{ "rvt", &chain },
	{ "boot", &kernel },
	{ "init_boot", &kernel },
	{ "vendor_boot", &kernel },
	{ "vendor_boot_updater", &kernel },
	{ "recovery", &kernel },
	{ "updater", &kernel },
	{ "kernel", &kernel },
	{ "kenel", &kernel }, /* one old build spells it so */
	{ "dtb", &kernel },
	{ "dtbo", &kernel },
	{ "logo", &firmware },
	{ "fbootlogo", &firmware },
	{ "*modem", &firmware },
	{ "*dsp", &firmware },
	{ "*dsp[0-9]", &firmware },
	{ "*phy", &firmware },
	{ "*pm*sys", &firmware },
	{ "ch_sys", &firmware },
	{ "gpsgl", &firmware },
	{ "gpsbd", &firmware },
	{ "ise", &firmware },
	{ "nr_spl", &firmware },
	{ "nr_sml", &firmware },
	{ "nr_uboot", &firmware },
	{ "nr_boot", &firmware },
	{ "metadata", &keys },
	{ "super", &super },
	{ "system", &system_ },
	{ "vendor", &system_ },
	{ "product", &system_ },
	{ "sys_prod", &system_ },
	{ "socko", &system_ },
	{ "odmko", &system_ },
	{ "cache", &cache },
	{ "blackbox", &logs },
	{ "sysdumpdb", &logs },
	{ "kdebug", &logs },
	{ "kdebuginfo", &logs },
	{ "phonelog", &logs },
	{ "kpanic", &logs },
	{ "userdata", &userdata },
	{ "sd", &userdata },
	/* feature phones: docs/partitions.md 4 */
	{ "bootloader", &chain },
	{ "boot[01]", &chain },
	{ "ps", &kernel },
	{ "userimage", &system_ },
	{ "nv", &nv },
	{ "nv2", &nv },
	{ "runningnv", &nv },
	{ "prodinfo", &calibration },
	{ "operatordata", &unit },
	{ "udisk", &userdata },
};

static void cut_suffix(char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	if (n > k && strcmp(name + n - k, suffix) == 0)
		name[n - k] = '\0';
}

void plan_plain_name(const char *partition, char name[PLAN_PLAIN_MAX])
{
	name[0] = '\0';
	strncat(name, partition, PLAN_PLAIN_MAX - 1);
	cut_suffix(name, "_a");
	cut_suffix(name, "_b");
	cut_suffix(name, "_bak");
}

/*
 * Grave is only what no working phone has blank: the chain that leads to the
 * kernel, and the NV with IMEI and calibration.  What depends on the model,
 * or can be made anew, is odd; every other name is fine.
 */
static const struct {
	const char *glob;
	enum blank_level level;
} blank_levels[] = {
	{ "splloader", BLANK_GRAVE },
	{ "uboot", BLANK_GRAVE },
	{ "2ndbl", BLANK_GRAVE },
	{ "trustos", BLANK_GRAVE },
	{ "sml", BLANK_GRAVE },
	{ "boot", BLANK_GRAVE },
	{ "kernel", BLANK_GRAVE },
	{ "kenel", BLANK_GRAVE },
	{ "*fixnv[12]", BLANK_GRAVE },
	{ "fixnv", BLANK_GRAVE },
	{ "*runtimenv[12]", BLANK_ODD },
	{ "runtimenv", BLANK_ODD },
	{ "backupfixnv", BLANK_ODD },
	{ "calinv", BLANK_ODD },
	{ "factorynv", BLANK_ODD },
	{ "prodnv", BLANK_ODD },
	{ "productinfo", BLANK_ODD },
	{ "teecfg", BLANK_ODD },
	{ "vbmeta", BLANK_ODD },
	{ "init_boot", BLANK_ODD },
	{ "vendor_boot", BLANK_ODD },
	{ "recovery", BLANK_ODD },
	{ "*modem", BLANK_ODD },
	{ "*dsp", BLANK_ODD },
	{ "*pm*sys", BLANK_ODD },
	{ "super", BLANK_ODD },
	{ "system", BLANK_ODD },
	{ "vendor", BLANK_ODD },
	{ "user_partition", BLANK_GRAVE },
	{ "ps", BLANK_GRAVE },
	{ "boot[01]", BLANK_ODD },
	{ "nv", BLANK_GRAVE },
	{ "nv2", BLANK_ODD },
};

enum blank_level plan_blank_level(const char *partition)
{
	char name[PLAN_PLAIN_MAX];

	plan_plain_name(partition, name);
	for (size_t i = 0; i < sizeof(blank_levels) / sizeof(blank_levels[0]);
	     i++)
		if (fnmatch(blank_levels[i].glob, name, 0) == 0)
			return blank_levels[i].level;
	return BLANK_FINE;
}

/* Sources: docs/partitions.md 6. */
static const struct {
	const char *glob, *reason;
} changes[] = {
	{ "misc", "the boot control counts starts and takes messages" },
	{ "miscdata", "loaders and Android write flags and times into it" },
	{ "*runtimenv[12]", "the modem writes its running NV" },
	{ "runtimenv", "the modem writes its running NV" },
	{ "runningnv", "the phone writes its running NV" },
	{ "udisk", "what the user does is stored there" },
	{ "userdata", "what the user does is stored there" },
	{ "sd", "what the user does is stored there" },
	{ "metadata", "keys and the state of updates are kept there" },
	{ "cache", "updates put temporary files there" },
	{ "persist", "it is mounted for writing while Android runs" },
	{ "prodnv", "it is mounted for writing while Android runs" },
	{ "productinfo", "it is mounted for writing while Android runs" },
	{ "ztepersist", "it is mounted for writing while Android runs" },
	{ "isedata", "the secure element keeps its state there" },
	{ "uboot_log", "the boot loader logs each start" },
	{ "blackbox", "it is a log" },
	{ "sysdumpdb", "it takes the memory when the phone crashes" },
	{ "kdebug", "it is a log" },
	{ "kdebuginfo", "it is a log" },
	{ "phonelog", "it is a log" },
	{ "kpanic", "it is a log" },
	{ "user_partition", "it holds all partitions, also those that change" },
};

const char *plan_changes(const char *partition)
{
	char name[PLAN_PLAIN_MAX];

	plan_plain_name(partition, name);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (fnmatch(changes[i].glob, name, 0) == 0)
			return changes[i].reason;
	return NULL;
}

const struct part_class *plan_class(const char *partition)
{
	char name[PLAN_PLAIN_MAX];

	plan_plain_name(partition, name);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (fnmatch(classes[i].glob, name, 0) == 0)
			return classes[i].class;
	return &other;
}

bool plan_is_below_ubi(const char *partition)
{
	static const char *const globs[] = { "splloader", "spl",    "uboot",
					     "2ndbl",	  "sml",    "trustos",
					     "teecfg",	  "params", "kpanic",
					     "ubipac" };
	char name[PLAN_PLAIN_MAX];

	plan_plain_name(partition, name);
	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++)
		if (strcmp(globs[i], name) == 0)
			return true;
	return false;
}

/*
 * What Android phones of these chips are known to have.  Probing tries all of
 * them: a name that is not there costs one refused read.
 */
static const char *const known[] = {
	"prodnv",	 "productinfo", "prodinfo1",	 "prodinfo2",
	"prodinfo3",	 "prodinfo4",	"miscdata",	 "misc",
	"simlock",	 "persist",	"l_fixnv2",	 "l_runtimenv2",
	"l_fixnv2_a",	 "l_fixnv2_b",	"l_deltanv",	 "nr_fixnv2",
	"nr_runtimenv2", "fixnv2",	"runtimenv2",	 "tdfixnv2",
	"tdruntimenv2",	 "wfixnv2",	"wruntimenv2",	 "wcnfixnv2",
	"wcnruntimenv2", "trustos",	"trustos_a",	 "trustos_b",
	"trustos_bak",	 "sml",		"sml_a",	 "sml_b",
	"sml_bak",	 "uboot",	"uboot_a",	 "uboot_b",
	"uboot_bak",	 "uboot_log",	"teecfg",	 "teecfg_a",
	"teecfg_b",	 "teecfg_bak",	"vbmeta",	 "vbmeta_a",
	"vbmeta_b",	 "vbmeta_bak",	"vbmeta_system", "vbmeta_vendor",
	"boot",		 "boot_a",	"boot_b",	 "kernel",
	"recovery",	 "dtb",		"dtbo",		 "logo",
	"fbootlogo",	 "modem",	"dsp",		 "l_modem",
	"l_ldsp",	 "l_gdsp",	"l_tgdsp",	 "l_warm",
	"l_agdsp",	 "l_cdsp",	"pm_sys",	 "wcnmodem",
	"gnssmodem",	 "gpsgl",	"gpsbd",	 "wmodem",
	"wdsp",		 "tdmodem",	"tddsp",	 "metadata",
	"sysinfo",	 "elabel",	"socko",	 "odmko",
	"system",	 "vendor",	"product",	 "super",
	"cache",	 "sysdumpdb",	"userdata",	 "l_fixnv1",
	"l_fixnv1_a",	 "l_fixnv1_b",	"l_runtimenv1",	 "fixnv1",
	"runtimenv1",	 "nr_fixnv1",	"nr_runtimenv1", "tdfixnv1",
	"tdruntimenv1",	 "wfixnv1",	"wruntimenv1",	 "nr_pmsys",
	"nr_agdsp",	 "nr_modem",	"nr_v3phy",	 "nr_nrphy",
	"nr_nrdsp1",	 "nr_nrdsp2",	"nr_deltanv",	 "m_raw",
	"m_data",	 "m_webui",
};

const char *const *plan_known_names(size_t *ret_n)
{
	*ret_n = sizeof(known) / sizeof(known[0]);
	return known;
}
