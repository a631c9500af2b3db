/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writer.h - one partition onto the phone: START_DATA, MIDST_DATA, END_DATA.
 * The only code that changes the storage.  What may be written, with which
 * bytes and in which order, is decided above; docs/protocol.md 7.
 */
#ifndef DEVICE_WRITER_H
#define DEVICE_WRITER_H

#include "base/err.h"
#include "device/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct write_target {
	char name[37];
	uint64_t size; /* bytes that the source gives; at least 1 */
	/* Of a first NV copy: the sum of all bytes (device/nv.h) goes along. */
	bool has_sum;
	uint32_t sum;
	/* The loader may check a signature behind the last byte [7.5]. */
	bool is_signed;
	/* A wish to stop (session_events.cancelled) is heard only before. */
	bool to_its_end;
};

/* The bytes, once and in their order. */
struct write_source {
	void *user;
	/* Exactly the next n bytes, at most WRITE_PULL_MAX; else -code. */
	int (*pull)(void *user, void *buf, size_t n, struct err *e);
};
#define WRITE_PULL_MAX 0x10000u

struct write_events {
	void *user;
	/* Bytes of the source that the phone has acknowledged.  May be NULL. */
	void (*progress)(void *user, uint64_t done);
};

/* What is known of the partition when writer_put() returns. */
enum write_state {
	/* As before: START_DATA was not sent, or was refused. */
	WRITE_UNTOUCHED,
	/*
	 * START_DATA went out, and not everything behind it was acknowledged:
	 * it may hold the old bytes, the new ones, or both in parts.  Reading
	 * it back tells.
	 */
	WRITE_UNKNOWN,
	/* END_DATA was acknowledged. */
	WRITE_DONE,
};

struct write_result {
	enum write_state state;
	uint64_t done; /* bytes of the source that were acknowledged */
};

/*
 * Can this be asked of the loader at all?  Sends nothing.  ERR_EXISTS says why
 * not: no such name can be written (BSL_USER_PARTITION, more than 35 or other
 * characters than printable ASCII), a first NV copy without its sum, too large
 * for the loader's form of the request.  ERR_STAGE: FDL2 does not run.
 */
int writer_check(const struct session *s, const struct write_target *t,
		 struct err *e) MUST_CHECK;

/*
 * Writes one partition, from its first byte on.  The session must have been
 * opened with may_write; the guard is opened for this one name and size, and
 * closed again before this returns.  START_DATA and MIDST_DATA are never
 * repeated, whatever comes; only START_DATA that was refused because writing
 * was not enabled is sent again, after ENABLE_WRITE_FLASH, once in a session.
 *
 * *ret is filled in every case.  Failures: those of the link (a lost answer
 * leaves WRITE_UNKNOWN, err.why names it), ERR_REFUSED (the reply is in
 * err.sys), ERR_CANCELLED between two pieces, and those of the source.  When
 * the loader lives, the line has been cleared and reading may follow;
 * session_is_lost() tells if not.  ev may be NULL.
 */
int writer_put(struct session *s, const struct write_target *t,
	       const struct write_source *src, const struct write_events *ev,
	       struct write_result *ret, struct err *e) MUST_CHECK;

/* Bytes that one MIDST_DATA will carry, by what the loader takes [2.4]. */
uint32_t writer_piece(const struct session *s);

#endif
