/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same with a loader that has no table: its partitions are found by names,
 * their sizes by trying, in 600 exchanges.
 */
#include "sweep.h"

static const struct faulted_case cases[] = {
	{ .name = "an old loader", .model = "sc9832", .sector = 512 },
};

int main(int argc, char **argv)
{
	return sweep_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
