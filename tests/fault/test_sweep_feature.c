/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same with phones that know no names: regions by number, a fence that is
 * another reading, and nothing that may be asked for twice the size.
 */
#include "sweep.h"

#define KIB ((uint64_t)1 << 10)

/* Smaller than they are: what is asked for must be there. */
static const struct region_hint regions[] = {
	{ "ps", 0x80000003, 0, 0, true },
	{ "fixnv", 0x90000001, 8 * KIB, 0, true },
	{ "prodinfo", 0x90000002, 0, 0, true },
	{ "runningnv", 0x90000007, 4 * KIB, 0, true },
};
/* In a flash of 1 MiB, docs/simulator.md. */
static const uint64_t places[] = { 0, 768 * KIB, 831 * KIB, 896 * KIB };

#define FEATURE(title, spec)                                      \
	{                                                         \
		.name = title, .model = spec, .regions = regions, \
		.nregions = 4, .places = places                   \
	}

static const struct faulted_case cases[] = {
	FEATURE("two loaders", "sc6531e,flash=1M"),
	FEATURE("one loader", "sc6530,flash=1M"),
	FEATURE("somebody is at hand", "sc6531e,flash=1M,revive_ms=30000"),
};

int main(int argc, char **argv)
{
	return sweep_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
