/* SPDX-License-Identifier: BSD-3-Clause */
/* events.c - calls a callback if there is one. */
#include "job/events.h"

#include <stdarg.h>
#include <stdio.h>

static void tell(void (*call)(void *, const char *), void *user,
		 const char *fmt, va_list ap) PRINTF(3, 0);
static void tell(void (*call)(void *, const char *), void *user,
		 const char *fmt, va_list ap)
{
	char text[512];

	if (!call)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	call(user, text);
}

void job_note(const struct job_events *ev, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(ev->note, ev->user, fmt, ap);
	va_end(ap);
}

void job_warn(const struct job_events *ev, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(ev->warning, ev->user, fmt, ap);
	va_end(ap);
}

void job_progress(const struct job_events *ev, const struct job_progress *p)
{
	if (ev->progress)
		ev->progress(ev->user, p);
}

int job_go_on(const struct job_events *ev, struct err *e)
{
	if (ev->cancelled && ev->cancelled(ev->user))
		return err_set(e, ERR_CANCELLED, "stopped by the user");
	return 0;
}

static bool wants_an_end(void *user)
{
	const struct job_events *ev = user;

	return ev->cancelled && ev->cancelled(ev->user);
}

static void tell_stuck(void *user, const char *text)
{
	job_warn(user, "%s", text);
}

struct watch job_watch(const struct job_events *ev, const char *what)
{
	return (struct watch) { .user = (void *)(uintptr_t)ev,
				.what = what,
				.cancelled = wants_an_end,
				.stuck = tell_stuck };
}
