/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor_watch.c - comings and goings on the bus, and what they mean. */
#include "doctor.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The address tells two visits at one port apart. */
static bool same_visit(const struct host_device *a, const struct host_device *b)
{
	return a->address == b->address && a->vid == b->vid &&
	       a->pid == b->pid && strcmp(a->path, b->path) == 0;
}

static bool is_there(const struct host_device *d, const struct host_device *v,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_visit(d, &v[i]))
			return true;
	return false;
}

static void leave(struct bus_watch *w, size_t i, uint64_t now_ms,
		  struct bus_event *ret)
{
	*ret = (struct bus_event) { .what = BUS_LEFT,
				    .device = w->v[i].device,
				    .ms = now_ms - w->v[i].since,
				    .since_ever = w->v[i].since_ever };
	if (ret->device.mode == HOST_DOWNLOAD && !ret->since_ever &&
	    ret->ms < BUS_STAYS_MS)
		w->short_visits++;
	memmove(&w->v[i], &w->v[i + 1], (--w->n - i) * sizeof(w->v[0]));
}

static size_t find(const struct bus_watch *w, const struct host_device *d)
{
	size_t i = 0;

	while (i < w->n && !same_visit(&w->v[i].device, d))
		i++;
	return i;
}

size_t bus_watch_look(struct bus_watch *w, const struct host_device *v,
		      size_t n, uint64_t now_ms, struct bus_event *ret)
{
	size_t events = 0;

	for (size_t i = w->n; i-- > 0;)
		if (!is_there(&w->v[i].device, v, n))
			leave(w, i, now_ms, &ret[events++]);
	for (size_t k = 0; k < n; k++) {
		size_t i = find(w, &v[k]);

		if (i == HOST_DEVICES_MAX)
			continue;
		if (i == w->n) {
			w->v[w->n].since = now_ms;
			w->v[w->n].since_ever = !w->begun;
			w->v[w->n++].told = false;
			ret[events++] =
				(struct bus_event) { .what = BUS_CAME,
						     .device = v[k],
						     .since_ever = !w->begun };
		}
		w->v[i].device = v[k]; /* its rights may have come */
		if (w->v[i].told || now_ms - w->v[i].since < BUS_STAYS_MS)
			continue;
		w->v[i].told = true;
		ret[events++] =
			(struct bus_event) { .what = BUS_STAYS,
					     .device = v[k],
					     .ms = now_ms - w->v[i].since,
					     .since_ever = w->v[i].since_ever };
	}
	w->begun = true;
	return events;
}

/* -- in words ------------------------------------------------------------ */

#define ANY_KEY                                                               \
	"with the phone off hold volume down before and while you plug it "   \
	"in; on other models it is volume up or both, on feature phones the " \
	"centre key or *"

/* The first visit names the key, later ones that it may be another. */
static void hint_key(const struct bus_watch *w, const char *key,
		     struct finding *ret)
{
	if (w->short_visits > 1)
		snprintf(ret->hint, sizeof(ret->hint),
			 "%u times now: try another key (volume up, both, or "
			 "none with the battery put in last), and charge the "
			 "phone for half an hour",
			 w->short_visits);
	else
		text_copy(ret->hint, sizeof(ret->hint), key ? key : ANY_KEY);
}

static void say_left(const struct bus_watch *w, const struct bus_event *b,
		     const char *key, struct finding *ret)
{
	const struct host_device *d = &b->device;
	unsigned s = (unsigned)(b->ms / 1000),
		 tenth = (unsigned)(b->ms / 100 % 10);

	ret->severity = FINDING_NOTE;
	if (d->mode != HOST_DOWNLOAD)
		snprintf(ret->text, sizeof(ret->text), "%s: %04x:%04x left",
			 d->where, d->vid, d->pid);
	else if (b->since_ever)
		snprintf(ret->text, sizeof(ret->text),
			 "%s: the phone that was there left", d->where);
	else if (b->ms >= BUS_STAYS_MS)
		snprintf(ret->text, sizeof(ret->text),
			 "%s: it left after %u.%u s: unplugged, switched "
			 "off, or its battery is flat",
			 d->where, s, tenth);
	else {
		ret->severity = FINDING_WARN;
		snprintf(ret->text, sizeof(ret->text),
			 "%s: it appeared for %u.%u s and left: boot key "
			 "not held, it went on to charging",
			 d->where, s, tenth);
		hint_key(w, key, ret);
	}
}

static void say_came(const struct bus_event *b, struct finding *ret)
{
	static const struct host_facts nothing;
	struct findings all = { .n = 0 };

	if (b->device.mode == HOST_DOWNLOAD) {
		ret->severity = FINDING_NOTE;
		snprintf(ret->text, sizeof(ret->text),
			 "%s: a phone %s in download mode; does it stay?",
			 b->device.where,
			 b->since_ever ? "is there," : "came,");
		return;
	}
	judge_device(&nothing, &b->device, &all);
	ret->severity = all.v[0].severity;
	memcpy(ret->text, all.v[0].text, sizeof(ret->text));
	memcpy(ret->hint, all.v[0].hint, sizeof(ret->hint));
}

void bus_event_say(const struct bus_watch *w, const struct bus_event *b,
		   const char *key, struct finding *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->id = "bus";
	switch (b->what) {
	case BUS_CAME:
		say_came(b, ret);
		break;
	case BUS_LEFT:
		say_left(w, b, key, ret);
		break;
	case BUS_STAYS:
		ret->severity = FINDING_OK;
		snprintf(ret->text, sizeof(ret->text),
			 b->device.mode == HOST_DOWNLOAD
				 ? "%s: it stays: this is download mode"
				 : "%s: it stays",
			 b->device.where);
		break;
	}
}
