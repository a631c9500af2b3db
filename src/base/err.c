/* SPDX-License-Identifier: BSD-3-Clause */
/* err.c - fill a struct err and put context in front of it. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	e->sys = 0;
	e->why = WHY_NONE;
	e->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -(int)code;
}

int err_sys(struct err *e, int sys, const char *fmt, ...)
{
	const char *why = strerror(sys);
	va_list ap;
	size_t n, room;

	e->code = sys == ENOMEM ? ERR_NOMEM : ERR_IO;
	e->sys = sys;
	e->why = WHY_NONE;
	e->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	room = sizeof(e->text) - strlen(why) - sizeof(": ");
	if (n > room) {
		/* The cause at the end says more than the rest of a name. */
		n = room;
		memcpy(e->text + n - 3, "...", 3);
	}
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", why);
	return -(int)e->code;
}

int err_nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, "the system gave no memory");
}

int err_context(struct err *e, const char *fmt, ...)
{
	static const char cut[] = "... ";
	char head[sizeof(e->text)];
	size_t head_len, text_len = strlen(e->text), room;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	head_len = strlen(head);
	if (head_len > sizeof(e->text) / 3)
		head_len = sizeof(e->text) / 3;

	room = sizeof(e->text) - 1 - head_len - 2;
	if (text_len > room) {
		size_t keep = room - (sizeof(cut) - 1);

		memmove(e->text + sizeof(cut) - 1, e->text + text_len - keep,
			keep + 1);
		memcpy(e->text, cut, sizeof(cut) - 1);
		text_len = room;
	}
	memmove(e->text + head_len + 2, e->text, text_len + 1);
	memcpy(e->text, head, head_len);
	memcpy(e->text + head_len, ": ", 2);
	return -(int)e->code;
}

void err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e->hint[0])
		return;
	va_start(ap, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
}

void err_why(struct err *e, enum why why)
{
	if (e->why == WHY_NONE)
		e->why = why;
}
