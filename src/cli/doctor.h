/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor.h - what this computer and its bus say, and what to do about it. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/err.h"
#include "transport/host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity {
	FINDING_OK,
	FINDING_NOTE, /* worth knowing */
	FINDING_WARN, /* may be in the way */
	FINDING_BAD,  /* is in the way */
};

struct finding {
	enum severity severity;
	const char *id; /* "rights", "driver", ... */
	char text[256]; /* what was found */
	char hint[256]; /* what to do; may be empty */
};

#define FINDINGS_MAX 64

struct findings {
	struct finding v[FINDINGS_MAX];
	size_t n;
};

/* -- doctor_judge.c: pure ------------------------------------------------ */

const char *severity_name(enum severity s);
/* usb: what listing the devices by libusb ended with; ERR_NONE: it works. */
void judge_host(const struct host_facts *f, const struct err *usb,
		struct findings *ret);
/* One device that is there; f for remedies. */
void judge_device(const struct host_facts *f, const struct host_device *d,
		  struct findings *ret);
/* Can it be read now?  Else it stands in the findings why not. */
bool device_is_ready(const struct host_device *d);

/* -- doctor_watch.c: pure ------------------------------------------------ */

enum bus_what { BUS_CAME, BUS_LEFT, BUS_STAYS };

struct bus_event {
	enum bus_what what;
	struct host_device device;
	uint64_t ms;	 /* how long it was, or is, there */
	bool since_ever; /* it was there before the watching began */
};

/* Start from { 0 }. */
struct bus_watch {
	bool begun;
	struct {
		struct host_device device;
		uint64_t since;
		bool since_ever, told;
	} v[HOST_DEVICES_MAX];
	size_t n;
	unsigned short_visits; /* of phones in download mode */
};

/* A phone that stays for so long was brought in by its key [1.6]. */
#define BUS_STAYS_MS 5000u

/*
 * One look at the bus at a time of any clock.  Returns how many events there
 * are, at most 2 * HOST_DEVICES_MAX.
 */
size_t bus_watch_look(struct bus_watch *w, const struct host_device *v,
		      size_t n, uint64_t now_ms, struct bus_event *ret);
/*
 * What it means, in words for people; hint: the boot key, or what else to do
 * (may be empty).  key: of the model, or NULL.
 */
void bus_event_say(const struct bus_watch *w, const struct bus_event *b,
		   const char *key, struct finding *ret);

/* -- doctor_bus.c -------------------------------------------------------- */

/* Where devices come from: the kernel's files, or a made-up phone. */
struct bus {
	const char *root; /* "" or a made-up one */
	const char *sim;  /* "MODEL[,key...]" or NULL */
	uint64_t sim_ms;  /* the made-up clock */
	int host;	  /* enum phone_host of the simulated phone */
};

/* spec: --device, "usb" or "sim:..."; ERR_USAGE for one that has no bus. */
int bus_open(const char *spec, const char *root, struct bus *ret,
	     struct err *e) MUST_CHECK;
uint64_t bus_clock(const struct bus *b);
size_t bus_look(struct bus *b, struct host_device *ret);
/* Until the next look; no real time with a made-up phone. */
void bus_wait(struct bus *b);

#endif
