/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tablerig.h - what a test of a phone's table works on: one session, the table
 * that was read of it, and the last error.  For one file of a program.
 */
#ifndef LIB_TABLERIG_H
#define LIB_TABLERIG_H

#include "lib/unit.h"
#include "lib/wirerig.h"

#include "device/layout.h"

static struct wirerig on;
static struct layout l;
static struct err e;

/* The teardown, also of a test that failed on its way. */
static int drop(void **state)
{
	(void)state;
	layout_free(&l);
	wirerig_drop(&on);
	return 0;
}

/* The row of this name; fails the test when there is none. */
static const struct partition *row(const char *name)
{
	const struct partition *p = ptable_find(&l.table, name);

	if (!p)
		fail_msg("no '%s' in the table", name);
	return p;
}

#endif
