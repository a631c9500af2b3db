/* SPDX-License-Identifier: BSD-3-Clause */
/* failing.h - the n-th call of memory or of the disk fails. */
#ifndef FAULT_FAILING_H
#define FAULT_FAILING_H

#include <stdatomic.h>
#include <stdbool.h>

/* What is counted, and so may fail. */
enum failing_what {
	FAIL_ALLOC = 1 << 0, /* malloc() and its kin; what libraries make */
	FAIL_WRITE = 1 << 1, /* write(), fallocate() */
	FAIL_READ = 1 << 2,  /* read(), pread() */
	FAIL_SYNC = 1 << 3,  /* fsync(), fdatasync() */
	FAIL_NAME = 1 << 4,  /* open(), rename(), unlink(), mkdir() */
	FAIL_FILE = 1 << 5,  /* ftruncate(), lseek(), fchmod(), flock() */
	FAIL_DISK = FAIL_WRITE | FAIL_READ | FAIL_SYNC | FAIL_NAME | FAIL_FILE
};

/* In `error`, instead of an errno. */
#define FAIL_SHORT (-1) /* half of it is written or read */
/* It stops until failing_release(); then EIO, or what a read has read. */
#define FAIL_HANG (-2)

/*
 * Calls by the program and the tests, not those that libraries make inside,
 * nor those of the simulated phone; linked with --wrap for it.
 */
struct failing {
	unsigned what;
	int error;	  /* errno */
	unsigned long at; /* from 1; 0: none */
	bool keep;	  /* and all behind it */
	/* set by failing_arm(true) and counted since */
	atomic_bool armed;
	atomic_ulong seen, failed;
};
extern struct failing failing;

/* Starts counting, or ends it. */
void failing_arm(bool on);
/* Waits until a call hangs, and lets it go. */
void failing_release(void);

#endif
