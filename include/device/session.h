/* SPDX-License-Identifier: BSD-3-Clause */
/* session.h - a phone on a link, and how far we have brought it. */
#ifndef DEVICE_SESSION_H
#define DEVICE_SESSION_H

#include "base/err.h"
#include "bsl/link.h"
#include "bsl/msg.h"
#include "device/loader.h"
#include "device/profile.h"
#include "device/ptable.h"
#include "device/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage {
	STAGE_UNKNOWN,
	STAGE_BOOTROM,
	STAGE_AUTOD,
	STAGE_FDL1,
	STAGE_FDL2
};

/* What this session has done itself; outlives the loss of a phone. */
struct sent_loaders {
	bool fdl1, fdl2; /* their bytes went out */
	bool started;	 /* EXEC of FDL2, also of one that was not sent [4.6] */
};

struct device_info {
	char hello[64];	     /* the first version text, as the phone said it */
	char fdl1_hello[64]; /* the same of FDL1 */
	uint8_t uid[32];
	size_t uid_len; /* 0: not asked or not told */
	enum storage_kind storage;
	struct da_info da;
	bool escaping;	      /* of the link now */
	unsigned baud;	      /* of a serial line, else 0 */
	unsigned unsupported; /* commands that the loader did not know */
	bool no_list;	      /* READ_PARTITION was one of them */
	bool taken_up;	      /* FDL2 was found running, by asking it */
	/* And nobody knows what it was asked before. */
	bool taken_blind;
	struct sent_loaders sent;
};

/* A loader that an earlier session left running, as it was then. */
struct session_left {
	enum stage stage; /* STAGE_FDL1 or STAGE_FDL2 */
	struct device_info info;
};

struct session_events {
	void *user;
	void (*phone_log)(void *user, const char *text);
	/* A step begins or something worth a line was seen. */
	void (*step)(void *user, const char *text);
	void (*stage)(void *user, enum stage from, enum stage to);
	/* session_info() tells more of the loader than before. */
	void (*learned)(void *user);
	/* A chunk or a step is tried again; once per repeat. */
	void (*retry)(void *user, unsigned attempt, const struct err *why);
	bool (*cancelled)(void *user);
};

struct session_options {
	const struct profile *profile;	  /* may be NULL; borrowed */
	const struct loader *fdl1, *fdl2; /* may be NULL; borrowed */
	/* What may still run in the phone; may be NULL; borrowed. */
	const struct session_left *left;
	unsigned timeout_ms; /* of a usual answer; 0: the default */
	unsigned wait_ms;    /* for a BootROM to answer; 0: the default */
	unsigned recover_ms; /* for a lost phone to come back; 0: not at all */
	uint32_t chunk_max;  /* 0: by rule */
	/* The partitions of a firmware package, where the phone tells none. */
	const struct ptable_hint *hints; /* may be NULL; borrowed */
	size_t nhints;
	const struct region_hint *regions; /* the same of its regions */
	size_t nregions;
	/*
	 * Sends one request ahead of the answer [1.3]: an experiment, which
	 * the session ends by itself at the first answer that is missing.
	 */
	bool read_ahead;
	bool nv_by_name; /* may READ_START a first NV copy */
	bool may_end;	 /* may send NORMAL_RESET and POWER_OFF */
	bool may_write;	 /* device/writer.h may be used; else it refuses */
};

struct session;

/* Takes t over, also when it fails.  Copies o and ev. */
int session_open(struct transport *t, const struct session_options *o,
		 const struct session_events *ev, struct session **ret,
		 struct err *e) MUST_CHECK;
enum stage session_stage(const struct session *s);
const char *session_stage_name(enum stage st);
const struct device_info *session_info(const struct session *s);
struct transport *session_transport(const struct session *s);
/*
 * Climbs one step after the other; nothing to do is a success.  ERR_REFUSED
 * or ERR_TIMEOUT name the step, what was seen and what is likely.
 */
int session_raise(struct session *s, enum stage to, struct err *e) MUST_CHECK;

/*
 * Did *e end the reading because the phone is lost, so that
 * session_recover() may help?  It left the bus, or its loader is dead: it got
 * a damaged frame, or answers nothing any more.
 */
bool session_is_lost(const struct session *s, const struct err *e);
/* The loader answers nothing any more, until the phone was switched off. */
bool session_has_stopped(const struct session *s);
/*
 * After such a failure in *e: waits for a phone at the same port, at most
 * recover_ms without a sign of it, and brings it up to FDL2 with the same
 * loaders, or finds its loader still running.  ERR_EXISTS: chip uid or kind of
 * storage say that it is another one.  Other failures: the loss, and that it
 * did not come back, or why it did not come up; the session is of no use then.
 * Readers opened before are of no use either; sizes that were learned are
 * kept.
 */
int session_recover(struct session *s, struct err *e) MUST_CHECK;
/* Half of what was asked for at a time, for good; not below 4 KiB. */
void session_ask_for_less(struct session *s);

enum session_end { SESSION_LEAVE, SESSION_REBOOT, SESSION_POWER_OFF };
/* What session_close() will leave, for the manifest and the last words. */
int session_end(struct session *s, enum session_end how,
		struct err *e) MUST_CHECK;
void session_close(struct session *s);

#endif
