/* SPDX-License-Identifier: BSD-3-Clause */
/* phone.h - a phone made of code: transfers in, transfers out. */
#ifndef SIM_PHONE_H
#define SIM_PHONE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct phone;

/*
 * spec: "MODEL[,key=value...]".  MODEL is a built-in one (phone_models()).
 * Keys: docs/simulator.md.  ERR_USAGE names what is wrong in the spec.
 */
int phone_new(const char *spec, struct phone **ret, struct err *e) MUST_CHECK;
void phone_free(struct phone *p);

struct phone_model {
	const char *name;
	const char *title;
	const char *chip; /* as in profiles/ */
};
/* All built-in models; *ret_n of them. */
const struct phone_model *phone_models(size_t *ret_n);
const struct phone_model *phone_model(const struct phone *p);

/*
 * One transfer from the host.  Over a serial line (key link=serial) any piece
 * of the byte stream.
 */
void phone_take(struct phone *p, const void *buf, size_t len);
/* The same for an end that is still sending what phone_give() gave it. */
void phone_take_early(struct phone *p, const void *buf, size_t len);
/*
 * The next transfer to the host, cut at cap; the rest comes with the next
 * call.  0: nothing to say now.
 */
size_t phone_give(struct phone *p, void *buf, size_t cap);
/* The class request of protocol.md 1.2; value as on the wire. */
void phone_line_state(struct phone *p, uint16_t value);

/*
 * The phone's clock stands still until moved: milliseconds until something
 * is ready that is not yet, or -1 for never; and moving it.
 */
int64_t phone_next_ms(const struct phone *p);
void phone_advance(struct phone *p, uint64_t ms);
/* False when the phone has left the bus; phone_attach() brings it back. */
bool phone_attached(const struct phone *p);
void phone_attach(struct phone *p);
/* How long it will stay away yet (key back_ms); 0: it may be attached. */
uint64_t phone_away_ms(const struct phone *p);

/* The witness. */
struct phone_stats {
	uint64_t requests;    /* frames understood */
	uint64_t reads;	      /* READ_MIDST and READ_FLASH with data */
	uint64_t refused;     /* answers that were no success */
	uint64_t unsupported; /* commands that this loader does not know */
	uint64_t early;	      /* transfers that came before a reply was out */
	uint64_t storage_writes; /* changes to the storage, by whatever cause */
	/* Of these: caused by a command; also one for which it was refused. */
	uint64_t commanded_writes;
	const char *dead; /* why the loader hangs, or NULL */
	/* What was written will hurt, though it was not refused; or NULL. */
	const char *harm;
	char stage[16]; /* "brom", "fdl1", "fdl2", "autod", "off" */
};
void phone_stats(const struct phone *p, struct phone_stats *ret);
/* What the system of the host says when the phone is to be opened. */
enum phone_host {
	PHONE_HOST_OK,
	PHONE_HOST_DENIED,
	PHONE_HOST_BUSY,
	PHONE_HOST_ABSENT,
	PHONE_HOST_CHARGING
};
enum phone_host phone_host(const struct phone *p);
/*
 * A log of the writes, one line each, up to some 256 KiB; the last line then
 * says that there were more.  Borrowed, never NULL.
 */
const char *phone_write_log(const struct phone *p);

/*
 * Stand-ins for the vendor's signed loaders, good for this phone only:
 * which is 1 or 2.  The bytes are borrowed from the phone.  *ret is NULL for
 * the second one of a phone that has only one.
 */
void phone_sample_loader(const struct phone *p, int which, uint32_t *ret_addr,
			 const uint8_t **ret, size_t *ret_len);

/*
 * Bytes that the storage holds, as seen from outside; for tests and for
 * export.  `area` is "user", "boot1" or "boot2".  False past its end.
 */
bool phone_peek(const struct phone *p, const char *area, uint64_t offset,
		void *buf, size_t len);
/*
 * Changes them, as whatever happened to the phone between two sessions: no
 * write of the phone, so not counted.  False past the end of the area.
 */
bool phone_poke(struct phone *p, const char *area, uint64_t offset,
		const void *buf, size_t len);
uint64_t phone_area_size(const struct phone *p, const char *area);
/*
 * All of it into DIR (made if need be): user.img, boot1.img, boot2.img, with
 * holes for zeros.  None of them may be there already.
 */
int phone_save(const struct phone *p, const char *dir,
	       struct err *e) MUST_CHECK;

#endif
