/* SPDX-License-Identifier: BSD-3-Clause */
/* hints.c - kind of failure > what to do now, and the exit code. */
#include "ui.h"
#include "why.h"

#include <errno.h>

static const struct {
	const char *name;
	int exit; /* with a phone */
	const char *hint;
} kinds[ERR_CODES] = {
	[ERR_NONE] = { "none", 0, "" },
	[ERR_USAGE] = { "usage", 2, "see 'spdvault help COMMAND'" },
	[ERR_NOMEM] = { "memory", 1, "close other programs and try again" },
	[ERR_IO] = { "io", 1, "" },
	[ERR_EXISTS] = { "safety", 7, "" },
	[ERR_NODEV] = { "no-device", 3,
			"switch the phone off, hold the key of its model and "
			"plug it in" },
	[ERR_GONE] = { "gone", 4,
		       "another cable or a port without a hub; keep the "
		       "battery charged" },
	[ERR_TIMEOUT] = { "timeout", 4,
			  "another cable or a port without a hub; a phone that "
			  "hangs in a loader needs 10 s of its power key" },
	[ERR_FRAME] = { "damaged-answer", 4,
			"another cable, or a port without a hub; on a serial "
			"line a lower speed" },
	[ERR_REFUSED] = { "refused", 4,
			  "take the loaders from the firmware of exactly this "
			  "model" },
	[ERR_STAGE] = { "stage", 4,
			"switch the phone off (power key 10 s or battery out) "
			"and start again" },
	[ERR_PROFILE] = { "profile", 2,
			  "'spdvault chips' lists what is known" },
	[ERR_FORMAT] = { "format", 4, "" },
	[ERR_MISMATCH] = { "mismatch", 4, "" },
	[ERR_CANCELLED] = { "interrupted", 130,
			    "the same command again, with --force to replace "
			    "what is kept" },
	[ERR_BUG] = { "bug", 1,
		      "this is a mistake in spdvault: please report it with "
		      "the output of --verbose" },
};

int exit_code(const struct err *e, enum err_place where, bool kept)
{
	switch (e->code) {
	case ERR_FORMAT:
	case ERR_MISMATCH:
		if (where == PLACE_ARCHIVE)
			return EXIT_DIFFERS;
		/* fall through */
	case ERR_GONE:
	case ERR_TIMEOUT:
	case ERR_FRAME:
	case ERR_REFUSED:
	case ERR_STAGE:
		return kept ? EXIT_INCOMPLETE : kinds[e->code].exit;
	default:
		return kinds[e->code].exit;
	}
}

static const char *default_hint(const struct err *e)
{
	if (e->code == ERR_IO && e->sys == ENOSPC)
		return "free some space, or write to another disk";
	if (e->code == ERR_IO && e->sys == EFBIG)
		return "write to another disk: this one takes no larger files "
		       "(FAT ends at 4 GiB), or 'ulimit -f' forbids them";
	if (e->code == ERR_IO && e->sys == EDQUOT)
		return "your share of this disk is used up: free some space, "
		       "or write to another disk";
	if (e->code == ERR_IO && e->sys == EIO)
		return "the disk fails ('dmesg' says more): write to another "
		       "one";
	if (e->code == ERR_IO && (e->sys == EACCES || e->sys == EPERM))
		return "look at the rights of the file and its folder";
	if (e->code == ERR_IO && e->sys == EROFS)
		return "this disk is read-only: choose a folder on another one";
	if (e->code == ERR_IO && e->sys == ENAMETOOLONG)
		return "choose a shorter name";
	if (e->code == ERR_IO && e->sys == ENOTDIR)
		return "a file stands in the path where a folder should be";
	if (e->code == ERR_IO && e->sys == EPIPE)
		return "what reads the pipe ended before all was written";
	if (e->code == ERR_IO && e->sys == EBADF)
		return "this stream is closed: name a file";
	if (e->code == ERR_IO && e->sys == ENOENT)
		return "look at the spelling of the path";
	return kinds[e->code].hint;
}

const char *remedy_of(const struct err *e)
{
	const struct why_row *row = why_row(e);

	if (*e->hint)
		return e->hint;
	return row ? row->causes[0].remedy : default_hint(e);
}

const char *err_kind_name(enum err_code code)
{
	return kinds[code].name;
}
